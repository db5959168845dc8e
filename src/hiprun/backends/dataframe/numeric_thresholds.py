"""Exact limits as numbers that columns of floats and of whole numbers are compared with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from hiprun.backends.dataframe.bit_planes import Numbers, Plane, Rows, Truth
from hiprun.inference.interval_sets import Cut, Region

_WIDEST = 1 << 53
_FARTHEST = 1 << 62


def comparable(cut: Cut) -> Cut:
    """Return the cut that parts floats as `cut` parts the numbers that their shortest notation says.

    Of two floats the larger also stands for the larger number, so a float lies on the same side of a number as of
    the float next to it; whether that one itself lies before or behind the number decides about the cut.

    >>> comparable((Fraction(33, 10), 1)), comparable((Fraction(2, 3), 1))
    ((3.3, 1), (0.6666666666666666, 1))
    """
    value, side = cut
    if isinstance(value, float) or (isinstance(value, int) and abs(value) <= _WIDEST):
        return cut
    nearest = float(value)
    stands_for = Fraction(repr(nearest))
    return (nearest, side) if stands_for == value else (nearest, int(stands_for <= value))


def edge(cut: Cut, *, whole: bool) -> float:
    """Return the least number behind a cut: of floats, or of `whole` numbers.

    >>> edge((3, 1), whole=True), edge((Fraction(33, 10), 0), whole=False)
    (4, 3.3)
    """
    value, side = cut
    if whole and not isinstance(value, float):
        return max(-_FARTHEST, min(_FARTHEST, math.floor(value) + 1 if side else math.ceil(value)))
    value, side = comparable(cut)
    return float(np.nextafter(float(value), math.inf)) if side else float(value)


class Located:
    """A column of numbers, and where they lie; each limit is compared with once."""

    def __init__(self, rows: Rows, numbers: Numbers) -> None:
        self.rows, self.numbers = rows, numbers
        self._whole = numbers.dtype.kind == "i"
        self._below: dict[Cut, Plane] = {}
        self._cells: dict[tuple[Cut, ...], Numbers] = {}

    def below(self, cut: Cut) -> Truth:
        """Return where numbers lie before a cut."""
        if cut not in self._below:
            self._below[cut] = self.rows.plane(self.numbers < edge(cut, whole=self._whole))
        return self._below[cut]

    def inside(self, region: Region, end: Cut) -> Truth:
        """Return where numbers lie in a region; none lies behind `end`."""
        rows = self.rows
        return rows.some(
            rows.every([rows.negate(self.below(low)), True if high >= end else self.below(high)])
            for low, high in region
        )

    def cells(self, cuts: Sequence[Cut]) -> Numbers:
        """Return between which of some cuts each number lies, counted from 0."""
        key = tuple(cuts)
        if key not in self._cells:
            edges = [edge(cut, whole=self._whole) for cut in cuts[1:-1]]
            kind: Any = np.int64 if self._whole else np.float64
            self._cells[key] = np.searchsorted(np.array(edges, kind), self.numbers, side="right")
        return self._cells[key]


def scaled(region: Region, scale: int) -> Region:
    """Return a region in numbers that are multiplied by `scale`, where its cuts become whole."""
    return tuple((_times(start, scale), _times(end, scale)) for start, end in region)


def _times(cut: Cut, scale: int) -> Cut:
    value, side = cut
    return cut if isinstance(value, float) else (max(-_FARTHEST, min(_FARTHEST, int(value * scale))), side)


def merged(cells: Sequence[tuple[Cut, Cut]], mask: int) -> Region:
    """Return the cells in `mask` as one region."""
    found: list[tuple[Cut, Cut]] = []
    for index, (start, end) in enumerate(cells):
        if mask >> index & 1:
            if found and found[-1][1] == start:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
    return tuple(found)


def overlaps(low: Numbers, high: Numbers, region: Region) -> list[tuple[Numbers | None, Numbers | None]]:
    """Return for each stretch what has to hold so that whole numbers from `low` to `high` can lie in it."""
    return [(_before(low, end), _behind(high, start)) for start, end in region]


def contained(low: Numbers, high: Numbers, region: Region) -> Numbers:
    """Return where everything from `low` to `high` lies in one stretch of `region`."""
    found = np.zeros(len(low), np.bool_)
    for start, end in region:
        behind, before = _behind(low, start), _before(high, end)
        inside = np.ones(len(low), np.bool_)
        for test in (behind, before):
            if test is not None:
                inside &= test
        found |= inside
    return found


def _before(number: Numbers, cut: Cut) -> Numbers | None:
    if isinstance(cut[0], float):
        return None
    found: Numbers = number <= cut[0] if cut[1] else number < cut[0]
    return found


def _behind(number: Numbers, cut: Cut) -> Numbers | None:
    if isinstance(cut[0], float):
        return None
    found: Numbers = number > cut[0] if cut[1] else number >= cut[0]
    return found
