"""Small faults in one condition: a threshold one step off, an edge turned, a test left out, `all` where `any` was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias, assert_never

import attrs

from hiprun.inference.dependents import domain_of
from hiprun.inference.operators import (
    OPERATORS,
    Compare,
    Every,
    Has,
    Leaf,
    Meaning,
    Never,
    Some,
    expressed,
    leaves,
    meaning,
    spelled,
)
from hiprun.language.export.conditions import condition as written
from hiprun.language.export.yaml_layout import in_line
from hiprun.model import All, AnyOf, Condition, Count, Domain, Model, Not, Ref, Test
from hiprun.model.places import Place
from hiprun.model.substitution import Slot, slots
from hiprun.testing.neighbouring_values import neighbours, shifted

FaultKind: TypeAlias = Literal["threshold", "edge", "condition", "group", "output", "rule"]


@attrs.frozen
class ConditionFault:
    """A condition with one fault in it: the whole of it, where the fault is, and how the spot read before and after."""

    kind: FaultKind
    condition: Condition
    place: Place
    before: str
    after: str


def changes(model: Model, condition: Condition) -> Iterator[ConditionFault]:
    """Yield every small fault that can be put into `condition`, no two of them the same."""
    seen = {condition}
    for change in _changes(model, condition):
        if change.condition not in seen:
            seen.add(change.condition)
            yield change


def _changes(model: Model, condition: Condition) -> Iterator[ConditionFault]:
    for slot in slots(condition):
        part = slot.part
        if slot.without is not None:
            yield ConditionFault("condition", slot.without, part.place, shown(part), "nothing")
        if isinstance(part, Test):
            for kind, test in _tests(model, part):
                yield _put(slot, kind, test)
        elif isinstance(part, Count):
            for count in _counts(part):
                yield _put(slot, "threshold", count)
        elif isinstance(part, All | AnyOf) and len(part.parts) > 1:
            other = AnyOf if isinstance(part, All) else All
            yield _put(slot, "group", other(part.parts, place=part.place))


def _put(slot: Slot, kind: FaultKind, part: Condition) -> ConditionFault:
    return ConditionFault(kind, slot.put(part), slot.part.place, shown(slot.part), shown(part))


def shown(condition: Condition) -> str:
    """Return a condition as a rule file has it."""
    return in_line(written(condition))


def _counts(count: Count) -> Iterator[Count]:
    most = len(count.parts)
    for lowest, highest in (
        (count.lowest - 1, count.highest),
        (count.lowest + 1, count.highest),
        (count.lowest, count.highest - 1),
        (count.lowest, count.highest + 1),
    ):
        bounded = highest < most or count.highest < most
        if 0 <= lowest <= highest <= most and (lowest != count.lowest or bounded):
            yield attrs.evolve(count, lowest=lowest, highest=highest)


def _tests(model: Model, test: Test) -> Iterator[tuple[FaultKind, Condition]]:
    domain = domain_of(model, test.subject)
    sense = meaning(test.operator, test.operands, domain.choices)
    yield from _other_operands(model, test, domain)
    if OPERATORS[test.operator].operands == "many" and len(test.operands) > 1:
        yield from _other_lists(test, sense, domain)
    for turned in _turned(test, sense, domain):
        yield "edge", turned


def _other_operands(model: Model, test: Test, domain: Domain) -> Iterator[tuple[FaultKind, Condition]]:
    operands: tuple[Any, ...] = test.operands
    for index, operand in enumerate(operands):
        beside: Iterator[Any] = shifted(model, operand) if domain.is_numeric else neighbours(domain, operand)
        for other in beside:
            if other not in operands:
                yield "threshold", _with(test, operands[:index], (other,), operands[index + 1 :])


def _other_lists(test: Test, sense: Meaning, domain: Domain) -> Iterator[tuple[FaultKind, Condition]]:
    operands: tuple[Any, ...] = test.operands
    for index in range(len(operands)):
        yield "condition", _with(test, operands[:index], operands[index + 1 :])
    regrouped = _regrouped(sense)
    other_name = None if regrouped is None else spelled(regrouped, operands, domain)
    if other_name is not None:
        yield "group", attrs.evolve(test, operator=other_name)


def _regrouped(sense: Meaning) -> Meaning | None:
    """Return the meaning that asks for one part where this one asks for all, and the other way around."""
    match sense:
        case Every(parts):
            return Some(parts)
        case Some(parts):
            return Every(parts)
        case Compare() | Has() | Never():
            return None
        case _:
            assert_never(sense)


def _turned(test: Test, sense: Meaning, domain: Domain) -> Iterator[Condition]:
    """Yield the same test with one of its edges on the other side, in tests that there are."""
    parts = list(leaves(sense))
    for index, part in enumerate(parts):
        if isinstance(part, Compare) and len(part.signs & {-1, 1}) == 1:  # only one side of it counts
            other = Compare(part.signs ^ {0}, part.operand)
            found = [_alone(test.subject, leaf, domain) for leaf in (*parts[:index], other, *parts[index + 1 :])]
            tests = [each for each in found if each is not None]
            if len(tests) == len(parts):
                yield attrs.evolve(_put_together(sense, tests), place=test.place)


def _alone(subject: Ref, leaf: Leaf, domain: Domain) -> Test | None:
    """Return a comparison as a test of its own; None where there is no such test."""
    assert isinstance(leaf, Compare)  # nothing that is compared has members
    name = spelled(leaf, (leaf.operand,), domain)
    return None if name is None else Test(subject, name, (leaf.operand,))


def _put_together(sense: Meaning, tests: Sequence[Condition]) -> Condition:
    """Return a condition that is made of `tests` as a meaning is made of its leaves."""
    waiting = iter(tests)

    def leaf(_: Leaf) -> Condition:
        return next(waiting)

    return expressed(sense, leaf, lambda parts: All(tuple(parts)), lambda parts: AnyOf(tuple(parts)), Not)


def _with(test: Test, *operands: tuple[Any, ...]) -> Test:
    return attrs.evolve(test, operands=tuple(operand for part in operands for operand in part))
