"""Exact limits as numbers that floats can be compared with, and the code of a stretch of numbers.

A float stands for the decimal number that its shortest notation says. That notation rounds to the float itself, and
rounding never turns an order around, so of two different floats the larger one also stands for the larger decimal.
Hence a float x lies above, at or below an exact number c as it lies above, at or below float(c), where the notation
of float(c) says c; and where it says another number than c, no float stands for c, so that only the side counts on
which float(c) itself lies.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Iterable
from fractions import Fraction

from hiprun.inference.interval_sets import Cut, Region, complement, intersection
from hiprun.model import Number
from hiprun.model.value_conversion import tidy

MOST = 10**15
"""Numbers of this size and beyond are left to exact arithmetic; floats stand for whole numbers below it exactly."""

LEAST = 1e-20
"""Floats closer to zero than this, other than zero, may have too many digits; those too are left to others."""

_MOST_STRETCHES = 4
_ENDS = (-math.inf, math.inf)


def comparable(cut: Cut) -> Cut:
    """Return the cut that parts ints below `MOST` and floats as `cut` parts the numbers they stand for.

    >>> comparable((Fraction(33, 10), 1))
    (3.3, 1)
    >>> comparable((Fraction(1, 3), 1))
    (0.3333333333333333, 1)
    >>> comparable((Fraction(2, 3), 1))
    (0.6666666666666666, 1)
    """
    value, side = cut
    if isinstance(value, int | float):
        return cut
    if abs(value) > MOST:
        return (MOST if value > 0 else -MOST, 1 if value > 0 else 0)
    nearest = float(value)
    stands_for = Fraction(repr(nearest))
    if stands_for == value:
        return (nearest, side)
    return (nearest, 0 if stands_for > value else 1)


def edge(cut: Cut) -> float:
    """Return the least float from which on plain numbers lie behind a cut.

    >>> edge((4, 0)), edge((4, 1))
    (4.0, 4.000000000000001)
    """
    value, side = comparable(cut)
    return math.nextafter(value, math.inf) if side else float(value)


def between(name: str, stretch: tuple[Cut, Cut], domain: tuple[Cut, Cut], *, whole: bool) -> str:
    """Return the code that tells whether the number called `name`, of `domain`, lies in a stretch.

    >>> between("v0", ((4, 0), (10, 1)), ((0, 0), (10, 1)), whole=False)
    'v0 >= 4'
    >>> between("v0", ((Fraction(1, 3), 0), (Fraction(4, 12) + Fraction(1, 10**30), 0)), ((0, 0), (10, 1)), whole=False)
    'False'
    """
    low, high = comparable(stretch[0]), comparable(stretch[1])
    if low >= high:
        return "False"
    below = f"{name} {'<=' if high[1] else '<'} {high[0]!r}"
    if stretch[0] <= domain[0]:
        return below
    if stretch[1] >= domain[1]:
        return f"{name} {'>' if low[1] else '>='} {low[0]!r}"
    if low[0] == high[0] or (whole and high[0] - low[0] == 1):
        return f"{name} == {low[0]!r}"
    return f"{low[0]!r} {'<' if low[1] else '<='} {below}"


def inside(
    name: str, region: Region, domain: tuple[Cut, Cut], bind: Callable[[object], str], *, whole: bool = False
) -> str:
    """Return the code that tells whether the number called `name` lies in `region`; `bind` names a constant."""
    outside = intersection(complement(region), (domain,))
    turned = len(outside) < len(region)
    stretches = outside if turned else region
    if len(stretches) > _MOST_STRETCHES:
        return f"{bind(locator(region))}({name})"
    tests = [between(name, stretch, domain, whole=whole) for stretch in stretches]
    if turned and len(tests) == 1 and " == " in tests[0]:
        return tests[0].replace("==", "!=")
    joined = " or ".join(tests)
    return f"not ({joined})" if turned else f"({joined})" if len(tests) > 1 else joined


def locator(region: Region) -> Callable[[float], bool]:
    """Return a function that tells whether a number lies in a region of many stretches."""
    places = Places(cut for stretch in region for cut in stretch)
    table = [False] * places.count
    for start, end in region:
        for index in range(places.behind(start), places.behind(end)):
            table[index] = True
    return lambda number: table[places.of(number)]


class Places:
    """The places that cuts part a line into: every number a cut stands at is one, and so is what lies between two."""

    def __init__(self, cuts: Iterable[Cut]) -> None:
        self.edges = sorted({comparable(cut)[0] for cut in cuts if cut[0] not in _ENDS})
        self.count = 2 * len(self.edges) + 1

    def of(self, number: Number | float) -> int:
        """Return the place of a number."""
        edges = self.edges
        index = bisect.bisect_left(edges, number)
        return 2 * index + 1 if index < len(edges) and edges[index] == number else 2 * index

    def behind(self, cut: Cut) -> int:
        """Return the first place behind one of the cuts."""
        if cut[0] in _ENDS:
            return self.count if cut[0] == _ENDS[1] else 0
        value, side = comparable(cut)
        return self.of(value) + side


def stands_for(number: float) -> Number:
    """Return the number that an int or a float stands for."""
    return number if isinstance(number, int) else tidy(Fraction(repr(number)))
