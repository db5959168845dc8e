"""Where numbers, dates and counts lie, as expressions."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from operator import and_, or_
from typing import Any

import narwhals as nw

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


def edge(cut: Cut, *, dates: bool = False) -> tuple[Any, int]:
    """Return where a cut lies, as a literal that columns are compared with, and its side."""
    number, side = comparable(cut)
    return _literal(number, dates), side


def within(values: nw.Expr, region: Region, domain: Region, *, dates: bool = False, whole: bool = False) -> nw.Expr:
    """Return the condition that a value lies in `region`, a part of `domain` that does not begin where that does."""
    end = domain[-1][1]
    found: nw.Expr = reduce(or_, [_inside(values, stretch, end, dates=dates, whole=whole) for stretch in region])
    return found


def _inside(values: nw.Expr, stretch: tuple[Cut, Cut], end: Cut, *, dates: bool, whole: bool) -> nw.Expr:
    low, high = comparable(stretch[0]), comparable(stretch[1])
    if low >= high:
        return nw.lit(False)  # no float stands for a number in here
    if low[0] == high[0] or (whole and high[0] - low[0] == 1):
        equal: nw.Expr = values == _literal(low[0], dates)
        return equal
    above: nw.Expr = values > _literal(low[0], dates) if low[1] else values >= _literal(low[0], dates)
    if stretch[1] >= end:
        return above
    below: nw.Expr = values <= _literal(high[0], dates) if high[1] else values < _literal(high[0], dates)
    return above & below


def _literal(number: Any, dates: bool) -> Any:
    return datetime.date.fromordinal(number) if dates else number


def overlap(low: nw.Expr, high: nw.Expr, region: Region) -> list[tuple[nw.Expr | None, nw.Expr | None]]:
    """Return for each stretch what has to hold so that whole numbers from `low` to `high` can lie in it."""
    return [(_before(low, end), _behind(high, start)) for start, end in region]


def contain(low: nw.Expr, high: nw.Expr, region: Region) -> nw.Expr:
    """Return the condition that everything from `low` to `high` lies in one stretch of `region`."""
    return reduce(
        or_,
        (
            reduce(and_, [test for test in (_behind(low, start), _before(high, end)) if test is not None])
            for start, end in region
        ),
    )


def _before(number: nw.Expr, cut: Cut) -> nw.Expr | None:
    if isinstance(cut[0], float):
        return None
    return number <= cut[0] if cut[1] else number < cut[0]


def _behind(number: nw.Expr, cut: Cut) -> nw.Expr | None:
    if isinstance(cut[0], float):
        return None
    return number > cut[0] if cut[1] else number >= cut[0]


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
