"""Mutations of a condition: a threshold moved, included or excluded, a test left out, `all` and `any` swapped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.inference.change_impact import domain_of
from hiprun.inference.operators import (
    OPERATORS,
    Compare,
    Every,
    Leaf,
    Meaning,
    Some,
    expressed,
    leaves,
    meaning,
    spelled,
)
from hiprun.language.export.conditions import condition_data
from hiprun.language.export.yaml_layout import inline_text
from hiprun.model import All, AnyOf, Condition, Count, Domain, HasValue, Model, Not, Ref, Test, is_formula
from hiprun.model.places import Place
from hiprun.model.substitution import Slot, slots
from hiprun.testing.neighbouring_values import neighbouring_values, shifted_formulas

MutationKind: TypeAlias = Literal["threshold", "edge", "condition", "group", "output", "rule"]


@attrs.frozen
class ConditionMutation:
    """A whole condition with one small fault, the place of the fault, and the text there before and after."""

    kind: MutationKind
    condition: Condition
    place: Place
    before: str
    after: str


def condition_mutations(model: Model, condition: Condition) -> Iterator[ConditionMutation]:
    """Yield every mutation of `condition`, each once."""
    seen = {condition}
    for mutation in _all_mutations(model, condition):
        if mutation.condition not in seen:
            seen.add(mutation.condition)
            yield mutation


def _all_mutations(model: Model, condition: Condition) -> Iterator[ConditionMutation]:
    for slot in slots(condition):
        part = slot.part
        if slot.without is not None:
            yield ConditionMutation("condition", slot.without, part.place, condition_text(part), "nothing")
        if isinstance(part, Test):
            for kind, test in _test_mutations(model, part):
                yield _mutation(slot, kind, test)
        elif isinstance(part, HasValue):
            yield _mutation(slot, "condition", attrs.evolve(part, held=not part.held))
        elif isinstance(part, Count):
            for count in _count_mutations(part):
                yield _mutation(slot, "threshold", count)
        elif isinstance(part, All | AnyOf) and len(part.parts) > 1:
            other = AnyOf if isinstance(part, All) else All
            yield _mutation(slot, "group", other(part.parts, place=part.place))


def _mutation(slot: Slot, kind: MutationKind, part: Condition) -> ConditionMutation:
    return ConditionMutation(kind, slot.replace(part), slot.part.place, condition_text(slot.part), condition_text(part))


def condition_text(condition: Condition) -> str:
    """Return a condition in the notation of rule files."""
    return inline_text(condition_data(condition))


def _count_mutations(count: Count) -> Iterator[Count]:
    size = len(count.parts)
    for lowest, highest in (
        (count.lowest - 1, count.highest),
        (count.lowest + 1, count.highest),
        (count.lowest, count.highest - 1),
        (count.lowest, count.highest + 1),
    ):
        bounded = highest < size or count.highest < size
        if 0 <= lowest <= highest <= size and (lowest != count.lowest or bounded):
            yield attrs.evolve(count, lowest=lowest, highest=highest)


def _test_mutations(model: Model, test: Test) -> Iterator[tuple[MutationKind, Condition]]:
    domain = domain_of(model, test.subject)
    test_meaning = meaning(test.operator, test.operands, domain.choices)
    yield from _other_operands(model, test, domain)
    if OPERATORS[test.operator].operands == "many" and len(test.operands) > 1:
        yield from _other_lists(test, test_meaning, domain)
    for edge_flipped in _edge_flips(test, test_meaning, domain):
        yield "edge", edge_flipped


def _other_operands(model: Model, test: Test, domain: Domain) -> Iterator[tuple[MutationKind, Condition]]:
    operands: tuple[Any, ...] = test.operands
    for index, operand in enumerate(operands):
        neighbours: Iterator[Any] = (
            shifted_formulas(model, operand) if is_formula(operand) else neighbouring_values(domain, operand)
        )
        for other in neighbours:
            if other not in operands:
                yield "threshold", _with_operands(test, operands[:index], (other,), operands[index + 1 :])


def _other_lists(test: Test, test_meaning: Meaning, domain: Domain) -> Iterator[tuple[MutationKind, Condition]]:
    operands: tuple[Any, ...] = test.operands
    for index in range(len(operands)):
        yield "condition", _with_operands(test, operands[:index], operands[index + 1 :])
    assert isinstance(test_meaning, Every | Some)  # as that of every list of two or more is
    regrouped = Some(test_meaning.parts) if isinstance(test_meaning, Every) else Every(test_meaning.parts)
    other_name = spelled(regrouped, operands, domain)
    if other_name is not None:
        yield "group", attrs.evolve(test, operator=other_name)


def _edge_flips(test: Test, test_meaning: Meaning, domain: Domain) -> Iterator[Condition]:
    """Yield the test with one of its thresholds included, not excluded, or vice versa, if tests can express it."""
    parts = list(leaves(test_meaning))
    for index, part in enumerate(parts):
        if (
            isinstance(part, Compare) and len(part.signs & {-1, 1}) == 1
        ):  # otherwise it has no inclusive or exclusive end
            other = Compare(part.signs ^ {0}, part.operand)
            leaf_tests = [
                _leaf_test(test.subject, leaf, domain) for leaf in (*parts[:index], other, *parts[index + 1 :])
            ]
            tests = [test_or_none for test_or_none in leaf_tests if test_or_none is not None]
            if len(tests) == len(parts):
                yield attrs.evolve(_condition_of(test_meaning, tests), place=test.place)


def _leaf_test(subject: Ref, leaf: Leaf, domain: Domain) -> Test | None:
    """Return a comparison as a separate test; None if there is no such test."""
    assert isinstance(leaf, Compare)  # a value that is compared has no members
    name = spelled(leaf, (leaf.operand,), domain)
    return None if name is None else Test(subject, name, (leaf.operand,))


def _condition_of(test_meaning: Meaning, tests: Sequence[Condition]) -> Condition:
    """Return a condition that combines `tests` in the way that the meaning combines its leaves."""
    remaining = iter(tests)

    def leaf(_: Leaf) -> Condition:
        return next(remaining)

    return expressed(test_meaning, leaf, lambda parts: All(tuple(parts)), lambda parts: AnyOf(tuple(parts)), Not)


def _with_operands(test: Test, *operands: tuple[Any, ...]) -> Test:
    return attrs.evolve(test, operands=tuple(operand for part in operands for operand in part))
