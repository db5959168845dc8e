"""Conditions and formulas with one part replaced: every position in them, and the whole with another part there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from hiprun.model.expressions import ALWAYS, All, AnyOf, Arithmetic, Call, Condition, Constant, Count, Formula, Not
from hiprun.model.value_objects import ValueObject

NEVER = AnyOf(())


@attrs.frozen
class Slot(ValueObject):
    """A position in a condition: the part at it, and a function that returns the whole with another part instead.

    `without` is the whole with that part left out; None if the meaning would be an entirely different one, as for the
    only part of an `any`.
    """

    part: Condition
    replace: Callable[[Condition], Condition]
    without: Condition | None


def slots(condition: Condition) -> Iterator[Slot]:
    """Yield every position in `condition`: the whole first, each group before its parts."""
    return _slots(Slot(condition, lambda part: part, None if condition == ALWAYS else ALWAYS))


def _slots(slot: Slot) -> Iterator[Slot]:
    yield slot
    match slot.part:
        case Not(part) as negation:
            yield from _slots(Slot(part, lambda new: slot.replace(attrs.evolve(negation, part=new)), None))
        case All(parts) | AnyOf(parts) | Count(parts) as group:
            for index, part in enumerate(parts):

                def replace_here(new: Condition, index: int = index) -> Condition:
                    return slot.replace(with_parts(group, (*parts[:index], new, *parts[index + 1 :])))

                without = (*parts[:index], *parts[index + 1 :])
                droppable = bool(without) or isinstance(group, All)
                yield from _slots(
                    Slot(part, replace_here, slot.replace(_group_or_only_part(group, without)) if droppable else None)
                )


def with_parts(group: All | AnyOf | Count, parts: tuple[Condition, ...]) -> Condition:
    """Return a group with other parts; a count without an upper bound still has none."""
    if isinstance(group, Count):
        highest = len(parts) if group.highest == len(group.parts) else group.highest
        return attrs.evolve(group, parts=parts, highest=highest)
    return attrs.evolve(group, parts=parts)


def _group_or_only_part(group: All | AnyOf | Count, parts: tuple[Condition, ...]) -> Condition:
    alone = len(parts) == 1 and not isinstance(group, Count)
    return parts[0] if alone else with_parts(group, parts)


def number_slots(formula: Formula) -> Iterator[tuple[Constant, Callable[[Formula], Formula], bool]]:
    """Yield each number in `formula`, a function that replaces it in the whole, and whether it is in a divisor.

    Exponents are left out: they say what is calculated, not where something changes. So are numbers that only convert
    units.
    """
    return _number_slots(formula, lambda new: new, divides=False)


def _number_slots(
    formula: Formula, replace: Callable[[Formula], Formula], *, divides: bool
) -> Iterator[tuple[Constant, Callable[[Formula], Formula], bool]]:
    match formula:
        case Constant():
            if not formula.converts:
                yield formula, replace, divides
        case Arithmetic(operator, left, right) as whole:
            yield from _number_slots(left, lambda new: replace(attrs.evolve(whole, left=new)), divides=divides)
            divides_right = divides or operator == "/"
            yield from _number_slots(right, lambda new: replace(attrs.evolve(whole, right=new)), divides=divides_right)
        case Call(function, arguments) as call:
            for index, argument in enumerate(arguments[:1] if function == "power" else arguments):

                def replace_here(new: Formula, index: int = index) -> Formula:
                    return replace(attrs.evolve(call, arguments=(*arguments[:index], new, *arguments[index + 1 :])))

                yield from _number_slots(argument, replace_here, divides=divides)
