"""Small faults in one condition: a threshold one step off, an edge turned, a test left out, `all` where `any` was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.inference.dependents import domain_of
from hiprun.inference.operators import OPERATORS
from hiprun.language.export.conditions import condition as written
from hiprun.language.export.yaml_layout import in_line
from hiprun.model import All, AnyOf, Condition, Count, Model, Test
from hiprun.model.places import Place
from hiprun.model.substitution import Slot, slots
from hiprun.testing.boundary_values import neighbours, shifted

FaultKind: TypeAlias = Literal["threshold", "edge", "condition", "group", "output", "rule"]

_EDGES = {"at_least": "above", "above": "at_least", "at_most": "below", "below": "at_most"}
_GROUPS = {"includes_any": "includes_all", "includes_all": "includes_any"}


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
    yield from _other_operands(model, test)
    if OPERATORS[test.operator].operands == "many" and len(test.operands) > 1:
        yield from _other_lists(test)
    yield from _other_edges(test)


def _other_operands(model: Model, test: Test) -> Iterator[tuple[FaultKind, Condition]]:
    operands: tuple[Any, ...] = test.operands
    domain = domain_of(model, test.subject)
    for index, operand in enumerate(operands):
        beside: Iterator[Any] = shifted(model, operand) if domain.is_numeric else neighbours(domain, operand)
        for other in beside:
            if other not in operands:
                yield "threshold", _with(test, operands[:index], (other,), operands[index + 1 :])


def _other_lists(test: Test) -> Iterator[tuple[FaultKind, Condition]]:
    operands = test.operands
    for index in range(len(operands)):
        yield "condition", _with(test, operands[:index], operands[index + 1 :])
    if test.operator in _GROUPS:
        yield "group", attrs.evolve(test, operator=_GROUPS[test.operator])


def _other_edges(test: Test) -> Iterator[tuple[FaultKind, Condition]]:
    if test.operator in _EDGES:
        yield "edge", attrs.evolve(test, operator=_EDGES[test.operator])
    elif test.operator == "between":
        for low, high in (("above", "at_most"), ("at_least", "below")):
            ends = zip((low, high), test.operands, strict=True)
            yield "edge", All(tuple(Test(test.subject, name, (end,)) for name, end in ends), place=test.place)


def _with(test: Test, *operands: tuple[Any, ...]) -> Test:
    return attrs.evolve(test, operands=tuple(operand for part in operands for operand in part))
