"""Small faults in one condition: a threshold one step off, an edge turned, a test left out, `all` where `any` was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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

Kind: TypeAlias = Literal["threshold", "edge", "condition", "group", "output", "rule"]

_EDGES = {"at_least": "above", "above": "at_least", "at_most": "below", "below": "at_most"}
_GROUPS = {"includes_any": "includes_all", "includes_all": "includes_any"}


@attrs.frozen
class Change:
    """A condition with one fault in it: the whole of it, where the fault is, and how the spot read before and after."""

    kind: Kind
    condition: Condition
    place: Place
    before: str
    after: str


def changes(model: Model, condition: Condition) -> Iterator[Change]:
    """Yield every small fault that can be put into `condition`, no two of them the same."""
    seen = {condition}
    for change in _changes(model, condition):
        if change.condition not in seen:
            seen.add(change.condition)
            yield change


def _changes(model: Model, condition: Condition) -> Iterator[Change]:
    for slot in slots(condition):
        part = slot.part
        if slot.without is not None:
            yield Change("condition", slot.without, part.place, shown(part), "nothing")
        if isinstance(part, Test):
            for kind, test in _tests(model, part):
                yield _put(slot, kind, test)
        elif isinstance(part, Count):
            for count in _counts(part):
                yield _put(slot, "threshold", count)
        elif isinstance(part, All | AnyOf) and len(part.parts) > 1:
            other = AnyOf if isinstance(part, All) else All
            yield _put(slot, "group", other(part.parts, place=part.place))


def _put(slot: Slot, kind: Kind, part: Condition) -> Change:
    return Change(kind, slot.put(part), slot.part.place, shown(slot.part), shown(part))


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


def _tests(model: Model, test: Test) -> Iterator[tuple[Kind, Condition]]:
    operator, operands = test.operator, test.operands
    domain = domain_of(model, test.subject)
    make: Callable[[Any], Iterator[Any]]
    if domain.is_numeric:
        make = lambda operand: shifted(model, operand)  # noqa: E731 - one of two, chosen once
    else:
        make = lambda operand: neighbours(domain, operand)  # noqa: E731
    for index, operand in enumerate(operands):
        for other in make(operand):
            if other not in operands:
                yield "threshold", _with(test, operands[:index], (other,), operands[index + 1 :])
    if OPERATORS[operator].operands == "many" and len(operands) > 1:
        for index in range(len(operands)):
            yield "condition", _with(test, operands[:index], operands[index + 1 :])
        if operator in _GROUPS:
            yield "group", attrs.evolve(test, operator=_GROUPS[operator])
    if operator in _EDGES:
        yield "edge", attrs.evolve(test, operator=_EDGES[operator])
    elif operator == "between":
        for low, high in (("above", "at_most"), ("at_least", "below")):
            ends = zip((low, high), operands, strict=True)
            yield "edge", All(tuple(Test(test.subject, name, (end,)) for name, end in ends), place=test.place)


def _with(test: Test, *operands: tuple[Any, ...]) -> Test:
    return attrs.evolve(test, operands=tuple(operand for part in operands for operand in part))
