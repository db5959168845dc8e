"""Conditions and formulas with one part exchanged: every place in them, and the whole with something else there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from hiprun.model.expressions import ALWAYS, All, AnyOf, Arithmetic, Condition, Constant, Count, Formula, Not

NEVER = AnyOf(())


@attrs.frozen
class Slot:
    """One place in a condition: the part that stands there, and the whole condition with another part in its stead.

    `without` is the whole with nothing there; None where that would say something else altogether, as of the only
    part of an `any`.
    """

    part: Condition
    put: Callable[[Condition], Condition]
    without: Condition | None


def slots(condition: Condition) -> Iterator[Slot]:
    """Yield every place in `condition`, the whole first, each group before its parts."""
    return _slots(Slot(condition, lambda part: part, None if condition == ALWAYS else ALWAYS))


def _slots(slot: Slot) -> Iterator[Slot]:
    yield slot
    match slot.part:
        case Not(part) as negation:
            yield from _slots(Slot(part, lambda new: slot.put(attrs.evolve(negation, part=new)), None))
        case All(parts) | AnyOf(parts) | Count(parts) as group:
            for index, part in enumerate(parts):

                def put(new: Condition, index: int = index) -> Condition:
                    return slot.put(with_parts(group, (*parts[:index], new, *parts[index + 1 :])))

                without = (*parts[:index], *parts[index + 1 :])
                droppable = bool(without) or isinstance(group, All)
                yield from _slots(Slot(part, put, slot.put(_left(group, without)) if droppable else None))


def with_parts(group: All | AnyOf | Count, parts: tuple[Condition, ...]) -> Condition:
    """Return a group with other parts; a count that had no upper bound has none then either."""
    if isinstance(group, Count):
        highest = len(parts) if group.highest == len(group.parts) else group.highest
        return attrs.evolve(group, parts=parts, highest=highest)
    return attrs.evolve(group, parts=parts)


def _left(group: All | AnyOf | Count, parts: tuple[Condition, ...]) -> Condition:
    alone = len(parts) == 1 and not isinstance(group, Count)
    return parts[0] if alone else with_parts(group, parts)


def constants(formula: Formula) -> Iterator[tuple[Constant, Callable[[Formula], Formula], bool]]:
    """Yield every plain number in `formula`, the whole with another formula in its stead, and whether it divides."""
    return _constants(formula, lambda new: new, divides=False)


def _constants(
    formula: Formula, put: Callable[[Formula], Formula], *, divides: bool
) -> Iterator[tuple[Constant, Callable[[Formula], Formula], bool]]:
    match formula:
        case Constant():
            yield formula, put, divides
        case Arithmetic(operator, left, right) as whole:
            yield from _constants(left, lambda new: put(attrs.evolve(whole, left=new)), divides=divides)
            below = divides or operator == "/"
            yield from _constants(right, lambda new: put(attrs.evolve(whole, right=new)), divides=below)
