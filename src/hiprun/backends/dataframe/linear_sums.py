"""Sums of facts times numbers, exactly, in whole millionths; of unknown facts with the ends of their ranges.

A float with up to six decimals stands for the decimal number it was written as, so its millionths are whole and sums
of them are exact. Of other numbers the millionths are rounded, and the sum is taken to lie anywhere within what that
can matter: only close to a limit is it then left open on which side it lies.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

import attrs
import numpy as np

from hiprun.backends.dataframe.bit_planes import Numbers, Rows, Truth
from hiprun.backends.dataframe.numeric_thresholds import overlaps, scaled
from hiprun.inference.grounding import Variable
from hiprun.inference.interval_sets import BOTTOM, Region
from hiprun.inference.linear_constraints import Linear
from hiprun.model import Domain, Fact, Number

MILLION = 10**6
_LARGEST = 10**9
"""Numbers beyond this have too few decimals left in a float."""

_MOST = 1 << 62

Terms: TypeAlias = Sequence[tuple[str, Number]]


class Known(Protocol):
    """What sums need to know of facts."""

    def fact(self, name: str) -> Fact:
        """Return what a fact is."""

    def value(self, name: str) -> Any:
        """Return its values, and where they are known."""


@attrs.frozen(eq=False)
class Millionths:
    """A fact in millionths, 0 where it is unknown or too large. `rounded` where they are not exact."""

    values: Numbers | None
    known: Truth
    rounded: Truth
    large: Truth


@attrs.frozen(eq=False)
class Sum:
    """Between which ends a sum lies, in units of one `scale`-th; `no_low`, `no_high` where there is no such end.

    `known` where all facts in it are, and `rough` where rounding leaves it open where exactly it lies.
    """

    low: Numbers
    high: Numbers
    no_low: Truth
    no_high: Truth
    known: Truth
    rough: Truth
    scale: int


class Sums:
    """The sums that conditions and outputs need, each worked out once."""

    def __init__(self, rows: Rows, facts: Known) -> None:
        self.rows, self.facts = rows, facts
        self._millionths: dict[str, Millionths] = {}
        self._sums: dict[Any, Sum | None] = {}
        self._may: dict[Any, Truth] = {}

    def may(self, variable: Variable, region: Region) -> Truth:
        """Return where a sum may lie in `region`."""
        key = (variable.terms, region)
        if key not in self._may:
            self._may[key] = self._reaches(variable, region)
        return self._may[key]

    def rough(self, variable: Variable) -> Truth:
        """Return where a sum lies too close to a limit for its numbers, or its numbers are too large."""
        found = self.sum(variable)
        return True if found is None else found.rough

    def _reaches(self, variable: Variable, region: Region) -> Truth:
        found = self.sum(variable)
        return True if found is None else self._overlapping(found, region)

    def _overlapping(self, found: Sum, region: Region) -> Truth:
        rows = self.rows
        stretches: list[Truth] = []
        for before, behind in overlaps(found.low, found.high, scaled(region, found.scale)):
            sides: list[Truth] = []
            if before is not None:
                sides.append(rows.some([found.no_low, rows.plane(before)]))
            if behind is not None:
                sides.append(rows.some([found.no_high, rows.plane(behind)]))
            stretches.append(rows.every(sides))
        return rows.some(stretches)

    def below(self, terms: Terms, limit: Number, *, strictly: bool) -> Truth:
        """Return where a sum of facts may be at most `limit`, or less."""
        found = self._sum(terms, [limit])
        return True if found is None else self._overlapping(found, ((BOTTOM, (limit, int(not strictly))),))

    def sum(self, variable: Variable) -> Sum | None:
        """Return the ends of a variable; None when its numbers are too large to be added up."""
        limits = [cut[0] for cut in variable.cuts if not isinstance(cut[0], float)]
        return self._sum(variable.terms, limits)

    def number(self, value: Linear) -> Sum | None:
        """Return the ends of what a formula of facts comes to."""
        return self._sum([(ref.name, factor) for ref, factor in value.terms], [], value.constant)

    def _sum(self, terms: Terms, limits: Iterable[Number], constant: Number = 0) -> Sum | None:
        scale = MILLION * math.lcm(
            constant.denominator,
            *(number.denominator for number in limits),
            *(factor.denominator for _, factor in terms),
        )
        key = (tuple(terms), constant, scale)
        if key not in self._sums:
            self._sums[key] = self._added_up(terms, constant, scale)
        return self._sums[key]

    def _added_up(self, terms: Terms, constant: Number, scale: int) -> Sum | None:
        rows = self.rows
        factors = [int(factor * scale) // MILLION for _, factor in terms]
        if sum(abs(factor) * self._widest(name) for factor, (name, _) in zip(factors, terms, strict=True)) > _MOST:
            return None
        ends = [np.full(rows.length, int(constant * scale), np.int64) for _ in range(2)]
        endless: tuple[list[Truth], list[Truth]] = ([], [])
        known: list[Truth] = []
        rough: list[Truth] = []
        for (name, _), factor in zip(terms, factors, strict=True):
            found = self.millionths(name)
            domain = self.facts.fact(name).domain
            known.append(found.known)
            rough += [found.rounded, found.large]
            missing = rows.some([rows.negate(found.known), found.large])
            for side, end in enumerate((domain.lowest, domain.highest)):
                side = side if factor > 0 else 1 - side
                if found.values is not None:
                    ends[side] += found.values * factor
                if found.rounded is not False:
                    ends[side] += rows.bytes(found.rounded).astype(np.int64) * (abs(factor) * (1 if side else -1))
                if end is None:
                    endless[side].append(missing)
                elif missing is not False:
                    ends[side] += rows.bytes(missing).astype(np.int64) * _outward(end, side=side, factor=factor)
        low, high = ends
        return Sum(low, high, rows.some(endless[0]), rows.some(endless[1]), rows.every(known), rows.some(rough), scale)

    def _widest(self, name: str) -> int:
        return math.ceil(_furthest(self.facts.fact(name).domain) * MILLION) + 1

    def millionths(self, name: str) -> Millionths:
        """Return a fact in millionths."""
        if name not in self._millionths:
            self._millionths[name] = self._in_millionths(name)
        return self._millionths[name]

    def _in_millionths(self, name: str) -> Millionths:
        value = self.facts.value(name)
        if value.numbers is None:
            return Millionths(None, False, False, False)
        rows, domain = self.rows, self.facts.fact(name).domain
        numbers = value.numbers.numbers.astype(np.float64)
        small = np.abs(numbers) <= _LARGEST  # others do not fit into whole numbers, not even where they mean nothing
        large = rows.every([value.known, rows.negate(rows.plane(small))]) if not _fits(domain) else False
        taken = small & rows.flags(value.known)
        numbers = np.where(taken, numbers, 0.0)
        if domain.type == "integer":
            return Millionths(np.floor(numbers).astype(np.int64) * MILLION, value.known, False, large)
        found = np.rint(numbers * MILLION).astype(np.int64)
        rounded = rows.plane(found / MILLION != numbers)
        return Millionths(found, value.known, rounded if rows.anywhere(rounded) else False, large)


def _fits(domain: Domain) -> bool:
    """Return whether all numbers of a domain can be taken in millionths."""
    ends = (domain.lowest, domain.highest)
    return all(end is not None and -_LARGEST <= end <= _LARGEST for end in ends)


def _furthest(domain: Domain) -> Number:
    """Return how far from 0 numbers of a domain can be that are taken, or the ends that stand for them."""
    ends = [end if end >= 0 else -end for end in (domain.lowest, domain.highest) if end is not None]
    return max([*ends, 0 if _fits(domain) else _LARGEST], key=Fraction)


def _outward(end: Number, *, side: int, factor: int) -> int:
    """Return the end of a range times a factor, in millionths, rounded away from the middle."""
    exact = Fraction(end) * factor * MILLION
    return math.ceil(exact) if side else math.floor(exact)
