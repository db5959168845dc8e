"""Whether facts in a box can meet several demands on sums with terms, by halving the box and trying facts in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import attrs

from hiprun.inference.form_ranges import Box, Ranges, Reach, Stretch, facts_in, is_point
from hiprun.inference.interval_sets import Cut
from hiprun.inference.linear_forms import Irrational, Linear
from hiprun.inference.operators import Truth
from hiprun.model import Number
from hiprun.model.value_conversion import tidy
from hiprun.model.value_objects import Entity, ValueObject

_MOST_POINTS = 600
_MOST_BOXES = 200
_MOST_MOVES = 6
_MOST_HALVINGS = 24
_MOST_CORNERS_OF = 3


@attrs.frozen
class Demand(ValueObject):
    """A sum that has to lie in a stretch."""

    form: Linear
    stretch: Stretch

    @property
    def size(self) -> int:
        """How much work it is to look at the sum."""
        return 1 + sum(1 for _ in self.form.all_terms())


@attrs.define(eq=False)
class Search(Entity):
    """Tells whether facts in a box meet several demands; `work` counts the sums that were looked at for that."""

    whole: frozenset[str]
    most_boxes: int = _MOST_BOXES
    work: int = 0

    def feasible(self, box: Box, demands: Sequence[Demand]) -> Truth:
        """Return whether there are such facts; None where that is not settled in a bounded number of boxes."""
        if self._is_met_by_moving(box, demands):
            return True
        waiting: list[tuple[Box, Sequence[Demand]]] = [(box, demands)]
        truth: Truth = False
        for _ in range(self.most_boxes):
            if not waiting:
                return truth
            here, asked = waiting.pop()
            found = self._settled(here, asked)
            if isinstance(found, bool):
                if found:
                    return True
                continue
            halves = _halves(here, found, self.whole)
            waiting += [(half, found) for half in halves]
            if not halves:
                truth = None
        return truth if not waiting else None

    def _is_met_by_moving(self, box: Box, demands: Sequence[Demand]) -> bool:
        """Return whether the middle of a box meets all demands once facts are moved, one for each that it does not."""
        ranges = {name: _within(box[name], whole=name in self.whole) for name in _names(demands)}
        point = {name: values[0] for name, values in ranges.items()}
        for _ in range(_MOST_MOVES):
            unmet = [demand for demand in demands if not _meets(point, (demand,))]
            if not unmet:
                return True
            moved = [self._moved(point, unmet[0], name, ranges[name]) for name in _names(unmet[:1])]
            moved = [other for other in moved if other != point]
            if not moved:
                return False
            point = min(moved, key=lambda other: sum(not _meets(other, (demand,)) for demand in demands))
        return False

    def _moved(
        self, point: Mapping[str, Number], demand: Demand, name: str, values: Sequence[Number]
    ) -> dict[str, Number]:
        """Return a point with one fact moved so that a demand is met, where halving its range finds such a number."""
        low, high = min(values), max(values)
        ends = [self._side(point, demand, name, end) for end in (low, high)]
        for end, side in zip((low, high), ends, strict=True):
            if side == 0:
                return {**point, name: end}
        if ends[0] == ends[1]:
            return dict(point)
        for _ in range(_MOST_HALVINGS):
            middle = (low + high) // 2 if name in self.whole else tidy(Fraction(low + high) / 2)
            side = self._side(point, demand, name, middle)
            if side == 0:
                return {**point, name: middle}
            if middle in (low, high):
                break
            low, high = (middle, high) if side == ends[0] else (low, middle)
        return dict(point)

    def _side(self, point: Mapping[str, Number], demand: Demand, name: str, value: Number) -> int:
        """Return whether a sum lies below, in or above the stretch it has to lie in, where one fact has a value."""
        self.work += demand.size
        try:
            found = demand.form.at({**point, name: value})
        except Irrational:
            return 1
        return -1 if (found, 0) < demand.stretch[0] else 1 if (found, 1) > demand.stretch[1] else 0

    def points(self, box: Box, demands: Sequence[Demand], names: Sequence[str]) -> list[dict[str, Number]] | None:
        """Return the facts that meet demands where all are whole numbers and few; None where they are not."""
        if not self.whole.issuperset(names):
            return None
        found = _whole_points(box, names)
        return None if found is None else [point for point in found if _meets(point, demands)]

    def _settled(self, box: Box, demands: Sequence[Demand]) -> bool | list[Demand]:
        """Return whether facts in a box meet demands, or the demands that are left to be looked at in parts of it."""
        ranges = Ranges(box, self.whole)
        left: list[Demand] = []
        last: Reach | None = None
        for demand in demands:
            self.work += demand.size
            reach = ranges.reach(demand.form)
            start, end = max(reach.stretch[0], demand.stretch[0]), min(reach.stretch[1], demand.stretch[1])
            if start >= end:
                return False
            if (start, end) != reach.stretch:
                left.append(demand)
                last = reach
        if not left:
            return True
        if len(left) == 1 and last is not None and last.exact and last.solid:
            return True  # it takes every value between its ends
        names = _names(left)
        points = self.points(box, left, names)
        if points is not None:
            self.work += _MOST_POINTS // 4
            return bool(points)
        if any(_meets(point, left) for point in self._samples(box, names)):
            return True
        return left

    def _samples(self, box: Box, names: Sequence[str]) -> Iterable[dict[str, Number]]:
        """Return the middle of a box, and its corners where these are few."""
        ends = [_within(box[name], whole=name in self.whole) for name in names]
        yield {name: entry[0] for name, entry in zip(names, ends, strict=True)}
        if len(names) <= _MOST_CORNERS_OF:
            for corner in product(*(entry[1:] for entry in ends)):
                yield dict(zip(names, corner, strict=True))


def _meets(point: Mapping[str, Number], demands: Iterable[Demand]) -> bool:
    try:
        return all(
            demand.stretch[0] <= (value := demand.form.at(point), 0) and (value, 1) <= demand.stretch[1]
            for demand in demands
        )
    except Irrational:
        return False


def _within(stretch: Stretch, *, whole: bool) -> list[Number]:
    """Return an ordinary number of a stretch, then those of its ends that belong to it."""
    (low, low_side), (high, high_side) = stretch
    ends: list[Number] = []
    if not isinstance(low, float) and not low_side:
        ends.append(low)
    if not isinstance(high, float) and high_side and high != low:
        ends.append(high)
    if isinstance(low, float) or isinstance(high, float):
        finite = low if not isinstance(low, float) else high if not isinstance(high, float) else 0
        return [finite + (1 if isinstance(high, float) else -1), *ends]
    middle = (low + high) // 2 if whole else tidy(Fraction(low + high) / 2)
    return [middle, *ends]


def _whole_points(box: Box, names: Sequence[str]) -> list[dict[str, Number]] | None:
    """Return every combination of whole numbers, or None where they are too many."""
    sizes = [box[name][1][0] - box[name][0][0] + 1 for name in names]
    if any(isinstance(size, float) for size in sizes) or math.prod(sizes) > _MOST_POINTS:
        return None
    values = [range(int(box[name][0][0]), int(box[name][1][0]) + 1) for name in names]
    return [dict(zip(names, combination, strict=True)) for combination in product(*values)]


def _halves(box: Box, demands: Sequence[Demand], whole: frozenset[str]) -> list[Box]:
    """Return the two halves of a box along its longest side that matters; none where every fact is known."""
    names = _names(demands)
    sizes = {name: _size(box[name]) for name in names if not is_point(box[name])}
    if not sizes:
        return []
    relative = {name: size / (1 + abs(_finite(box[name]))) for name, size in sizes.items()}
    name = max(relative, key=relative.__getitem__)
    low, high = box[name]
    cut = _middle(low[0], high[0], whole=name in whole)
    after: Cut = (cut + 1, 0) if name in whole else (cut, 1)
    return [{**box, name: (low, (cut, 1))}, {**box, name: (after, high)}]


def _middle(low: Any, high: Any, *, whole: bool) -> Any:
    """Return a number between two ends, far out where one of them is infinite."""
    if isinstance(low, float) and isinstance(high, float):
        return 0
    if isinstance(low, float):
        return min(2 * high, -1)
    if isinstance(high, float):
        return max(2 * low, 1)
    return (low + high) // 2 if whole else tidy(Fraction(low + high) / 2)


def _size(stretch: Stretch) -> Any:
    return stretch[1][0] - stretch[0][0]


def _finite(stretch: Stretch) -> Any:
    (low, _), (high, _) = stretch
    return low if not isinstance(low, float) else high if not isinstance(high, float) else 0


def _names(demands: Iterable[Demand]) -> list[str]:
    return list(dict.fromkeys(name for demand in demands for name in facts_in(demand.form)))
