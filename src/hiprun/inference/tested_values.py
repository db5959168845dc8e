"""Which values tests leave, for saying them in fewer words than test by test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from hiprun.inference.operators import Compare, Every, Has, Leaf, Meaning, Never, Some, expressed
from hiprun.model import Condition, Constant, Domain, Ref, Test, as_formula
from hiprun.model.templates import SAYS_NOTHING

EQUAL = frozenset({0})


def grouped_by_number(
    parts: Sequence[Condition], domain: Callable[[Ref], Domain]
) -> Iterator[tuple[Ref | None, list[Condition]]]:
    """Yield parts of a condition that all have to hold; successive tests of one number together, with that number."""

    def number(condition: Condition) -> Ref | None:
        is_number = isinstance(condition, Test) and domain(condition.subject).is_numeric
        return condition.subject if is_number else None  # type: ignore[union-attr]

    for subject, several in groupby(parts, number):
        yield subject, list(several)


def choices_left(sense: Meaning, domain: Domain) -> Iterator[str]:
    """Yield the choices that meet a test, in their order."""
    order = list(domain.choices)
    for rank, choice in enumerate(order):
        if expressed(sense, _leaf_holds(rank, order), all, any, lambda truth: not truth):
            yield choice


def choices_wanted(sense: Meaning, domain: Domain) -> list[str]:
    """Return the choices of which a set has to have one, or the key for a set that has to be empty."""
    match sense:
        case Has(name) | Every((Has(name),)):
            return [name]
        case Some(parts) if all(isinstance(part, Has) for part in parts):
            return [part.choice for part in parts if isinstance(part, Has)]
        case Every(parts) if len(parts) == len(domain.choices) and all(isinstance(part, Never) for part in parts):
            return [SAYS_NOTHING]
        case _:
            return []


def asks_for_zero(sense: Meaning) -> bool:
    """Return whether a test asks for the number 0."""
    return isinstance(sense, Compare) and sense.signs == EQUAL and as_formula(sense.operand) == Constant(0)


def _leaf_holds(rank: int, order: Sequence[str]) -> Callable[[Leaf], bool]:
    def truth(leaf: Leaf) -> bool:
        assert isinstance(leaf, Compare)
        other = order.index(leaf.operand)
        return ((rank > other) - (rank < other)) in leaf.signs

    return truth
