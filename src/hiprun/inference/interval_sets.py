"""Sets of numbers, exactly: half-open stretches between cuts.

A cut `(value, 0)` lies just before `value`, `(value, 1)` just behind it, so open and closed ends, single
points and gaps are all the same thing and no case distinction is left.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from hiprun.model import Domain, Number
from hiprun.model.value_conversion import Value, public

Cut: TypeAlias = tuple[Number | float, int]
Region: TypeAlias = tuple[tuple[Cut, Cut], ...]
"""Disjoint stretches [start, end) in rising order."""

BOTTOM: Cut = (-math.inf, 0)
TOP: Cut = (math.inf, 1)
EVERYTHING: Region = ((BOTTOM, TOP),)
NOTHING: Region = ()

_FIRST_DAY, _LAST_DAY = datetime.date.min.toordinal(), datetime.date.max.toordinal()
_THIS_CENTURY = (datetime.date(2000, 1, 1).toordinal(), 0), (datetime.date(2100, 1, 1).toordinal(), 0)


def from_signs(signs: Iterable[int], value: Number) -> Region:
    """Return the numbers x for which the sign of x - value is one of `signs`."""
    stretches: dict[int, tuple[Cut, Cut]] = {
        -1: (BOTTOM, (value, 0)),
        0: ((value, 0), (value, 1)),
        1: ((value, 1), TOP),
    }
    return union(tuple(stretches[sign] for sign in sorted(signs)))


def point(number: Number) -> Region:
    """Return the region of one number."""
    return (((number, 0), (number, 1)),)


def union(*regions: Region) -> Region:
    """Return the numbers that lie in any of `regions`."""
    merged: list[tuple[Cut, Cut]] = []
    for start, end in sorted(stretch for region in regions for stretch in region):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def intersection(first: Region, second: Region) -> Region:
    """Return the numbers that lie in both."""
    return tuple(
        (max(start, other_start), min(end, other_end))
        for start, end in first
        for other_start, other_end in second
        if max(start, other_start) < min(end, other_end)
    )


def complement(region: Region) -> Region:
    """Return the numbers that do not lie in `region`."""
    ends = [BOTTOM, *(cut for stretch in region for cut in stretch), TOP]
    return tuple((start, end) for start, end in zip(ends[::2], ends[1::2], strict=True) if start < end)


def whole(region: Region) -> Region:
    """Return `region` of a domain of whole numbers in its one normal form: every cut before a whole number."""
    return union(
        tuple((start, end) for start, end in ((_whole_cut(a), _whole_cut(b)) for a, b in region) if start < end)
    )


def _whole_cut(cut: Cut) -> Cut:
    value, side = cut
    if isinstance(value, float):
        return cut
    return (math.floor(value) + 1, 0) if side else (math.ceil(value), 0)


def is_whole(domain: Domain) -> bool:
    """Whether the values of `domain` are compared as whole numbers."""
    return domain.type in ("integer", "boolean", "choice", "date")


def of_domain(domain: Domain) -> Region:
    """Return all values of a domain of numbers, dates, booleans or choices, as their codes."""
    low: Number | None
    high: Number | None
    match domain.type:
        case "boolean":
            low, high = 0, 1
        case "choice":
            low, high = 0, len(domain.choices) - 1
        case "date":
            low, high = domain.lowest or _FIRST_DAY, domain.highest or _LAST_DAY
        case _:
            low, high = domain.lowest, domain.highest
    start: Cut = BOTTOM if low is None else (low, 0)
    end: Cut = TOP if high is None else (high, 1)
    return whole(((start, end),)) if is_whole(domain) else ((start, end),)


def as_tests(domain: Domain, start: Cut, end: Cut) -> dict[str, Value]:
    """Return the ends of a stretch as tests of a rule file, as callers see values; ends of the domain are left out.

    >>> as_tests(Domain("integer", lowest=0), (2, 0), (5, 0))
    {'at_least': 2, 'at_most': 4}
    """
    (low, low_side), (high, high_side) = start, end
    everything = of_domain(domain)
    found: dict[str, Value] = {}
    if not isinstance(low, float) and start != everything[0][0]:
        found["above" if low_side else "at_least"] = public(domain, low)
    if not isinstance(high, float) and end != everything[-1][1]:
        last = high - 1 if is_whole(domain) else high
        found["at_most" if high_side or is_whole(domain) else "below"] = public(domain, last)
    return found


def only(region: Region, *, whole_numbers: bool) -> Number | None:
    """Return the single number in `region`, or None when there are more or none."""
    if len(region) != 1:
        return None
    (low, low_side), (high, high_side) = region[0]
    if isinstance(low, float) or isinstance(high, float):
        return None
    if whole_numbers:
        return low if high - low == 1 else None
    return low if low == high and (low_side, high_side) == (0, 1) else None


def ordinary(region: Region, domain: Domain) -> Number:
    """Return an ordinary value in a region of a domain, which is not empty; of days one of this century where it can.

    >>> ordinary(of_domain(Domain("date")), Domain("date")) == datetime.date(2049, 12, 31).toordinal()
    True
    """
    if domain.type == "date":
        region = intersection(region, (_THIS_CENTURY,)) or region
    return sample(region, whole_numbers=is_whole(domain) or domain.type == "string")


def sample(region: Region, *, whole_numbers: bool) -> Number:
    """Return an ordinary number in `region`, which is not empty: the middle of its first stretch where there is one."""
    (low, low_side), (high, high_side) = region[0]
    if isinstance(low, float) and isinstance(high, float):
        return 0
    if isinstance(low, float):
        return math.ceil(high) - 1
    if isinstance(high, float):
        return math.floor(low) + 1 if low_side or low != math.floor(low) else math.floor(low)
    if whole_numbers:
        return (low + high - 1) // 2
    if low == high:
        return low
    middle = Fraction(low + high) / 2
    rounded = round(middle)
    return rounded if (low, low_side) <= (rounded, 0) and (rounded, 1) <= (high, high_side) else middle


def samples(everything: Region, regions: Sequence[Region], *, whole_numbers: bool) -> Iterator[list[Number]]:
    """Yield values of each stretch of `everything` on which the same `regions` lie: one inside, and its ends."""
    cuts = sorted({cut for region in regions for stretch in region for cut in stretch})
    for start, end in pairwise(cuts):
        piece = intersection(everything, ((start, end),))
        if not piece:
            continue
        values = [sample(piece, whole_numbers=whole_numbers)]
        (low, low_side), (high, high_side) = piece[0]
        if not isinstance(low, float) and not low_side:
            values.append(low)
        if not isinstance(high, float) and (high_side or whole_numbers):
            values.append(high if high_side else high - 1)
        yield values


def ordinary_values(region: Region, *, whole_numbers: bool) -> list[Number]:
    """Return some numbers of a region: its ends, and one inside each of its stretches."""
    found: list[Number] = []
    for stretch in region:
        found.append(sample((stretch,), whole_numbers=whole_numbers))
        for (number, side), at_end in ((stretch[0], 0), (stretch[1], 1)):
            if isinstance(number, int | Fraction) and side == at_end:
                found.append(number)
            elif isinstance(number, int) and whole_numbers and at_end:
                found.append(number - 1)
    return list(dict.fromkeys(found))
