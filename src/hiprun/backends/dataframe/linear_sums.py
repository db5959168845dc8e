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
import narwhals as nw

from hiprun.backends.dataframe.interval_membership import overlap, scaled
from hiprun.backends.dataframe.subexpression_columns import Part, Sheet, Truth
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
        """Return its values, and where they are unknown."""


@attrs.frozen
class Millionths:
    """A fact in millionths: null where it is unknown or too large. `rounded` where they are not exact."""

    values: Part | None
    absent: Truth
    rounded: Truth
    large: Truth


@attrs.frozen
class Sum:
    """Between which ends a sum lies, in units of one `scale`-th; `no_low`, `no_high` where there is no such end.

    `known` where all facts in it are, and `rough` where rounding leaves it open where exactly it lies.
    """

    low: Part
    high: Part
    no_low: Truth
    no_high: Truth
    known: Truth
    rough: Truth
    scale: int


class Sums:
    """The sums that conditions and outputs need, each worked out once."""

    def __init__(self, sheet: Sheet, facts: Known) -> None:
        self.sheet, self.facts = sheet, facts
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
        if found is None:
            return True
        sheet = self.sheet
        stretches: list[Truth] = []
        for before, behind in overlap(found.low.expr, found.high.expr, scaled(region, found.scale)):
            sides: list[Truth] = []
            if before is not None:
                sides.append(sheet.some([found.no_low, sheet.part(before, found.low)]))
            if behind is not None:
                sides.append(sheet.some([found.no_high, sheet.part(behind, found.high)]))
            stretches.append(sheet.every(sides))
        reached = sheet.some(stretches)
        return sheet.kept(reached) if isinstance(reached, Part) else reached

    def below(self, terms: Terms, limit: Number, *, strictly: bool) -> Truth:
        """Return where a sum of facts may be at most `limit`, or less."""
        found = self._sum(terms, [limit])
        if found is None:
            return True
        region = scaled(((BOTTOM, (limit, int(not strictly))),), found.scale)
        ((before, _),) = overlap(found.low.expr, found.high.expr, region)
        assert before is not None
        return self.sheet.some([found.no_low, self.sheet.part(before, found.low)])

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
        sheet = self.sheet
        factors = [int(factor * scale) // MILLION for _, factor in terms]
        if sum(abs(factor) * self._widest(name) for factor, (name, _) in zip(factors, terms, strict=True)) > _MOST:
            return None
        ends: tuple[list[nw.Expr], list[nw.Expr]] = ([], [])
        open_ends: tuple[list[Truth], list[Truth]] = ([], [])
        parts: list[Part] = []
        offset = int(constant * scale)
        fixed = [offset, offset]
        known: list[Truth] = []
        rough: list[Truth] = []
        for (name, _), factor in zip(terms, factors, strict=True):
            found = self.millionths(name)
            domain = self.facts.fact(name).domain
            known.append(sheet.negate(found.absent))
            rough += [found.rounded, found.large]
            for side, end in enumerate((domain.lowest, domain.highest)):
                side = side if factor > 0 else 1 - side
                rest = 0 if end is None else _outward(end, side=side, factor=factor)
                if end is None:
                    open_ends[side].append(sheet.some([found.absent, found.large]))
                if found.values is None:
                    fixed[side] += rest
                    continue
                expr = found.values.expr * factor
                if isinstance(found.rounded, Part):
                    slack = abs(factor) * (1 if side else -1)
                    expr = nw.when(found.rounded.expr).then(expr + slack).otherwise(expr)
                    parts.append(found.rounded)
                if found.absent is not False or found.large is not False:
                    expr = nw.when(found.values.expr.is_null()).then(nw.lit(rest, dtype=nw.Int64)).otherwise(expr)
                ends[side].append(expr)
                parts.append(found.values)
        low, high = (
            sheet.kept(sheet.part(_added(part, start), *parts)) for part, start in zip(ends, fixed, strict=True)
        )
        return Sum(
            low, high, sheet.some(open_ends[0]), sheet.some(open_ends[1]), sheet.every(known), sheet.some(rough), scale
        )

    def _widest(self, name: str) -> int:
        return math.ceil(_furthest(self.facts.fact(name).domain) * MILLION) + 1

    def millionths(self, name: str) -> Millionths:
        """Return a fact in millionths."""
        if name not in self._millionths:
            self._millionths[name] = self._in_millionths(name)
        return self._millionths[name]

    def _in_millionths(self, name: str) -> Millionths:
        value = self.facts.value(name)
        if value.values is None:
            return Millionths(None, True, False, False)
        sheet, domain = self.sheet, self.facts.fact(name).domain
        numbers = value.values.expr.cast(nw.Float64)
        large: Truth = False
        small = sheet.kept(sheet.part((numbers <= _LARGEST) & (numbers >= -_LARGEST), value.values))
        numbers = nw.when(small.expr).then(numbers)  # others do not fit into whole numbers, not even bad values may
        if not _fits(domain):
            known = sheet.negate(value.unknown)
            large = sheet.every([known, sheet.negate(Part(small.expr.fill_null(True), 1, small.step))])
        value = attrs.evolve(value, values=Part(numbers, 2, max(value.values.step, small.step)))
        if domain.type == "integer":
            whole = sheet.kept(sheet.part(numbers.floor().cast(nw.Int64) * MILLION, value.values))
            return Millionths(whole, value.unknown, False, large)
        found = sheet.kept(sheet.part((numbers * MILLION).round(0).cast(nw.Int64), value.values))
        again = divided(found.expr, MILLION)
        rounded = sheet.kept(sheet.part((again != numbers).fill_null(False), found, value.values))
        return Millionths(found, value.unknown, rounded, large)


def divided(whole: nw.Expr, number: int) -> nw.Expr:
    """Return whole numbers divided by a number, rounded as floats are.

    Dividing by one fixed number is done as multiplying by its reciprocal by some engines, and that is not the same.
    """
    found = whole.cast(nw.Float64)
    return found / (found * 0.0 + float(number))


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


def _added(parts: Sequence[nw.Expr], start: int) -> nw.Expr:
    found: nw.Expr = nw.lit(start, dtype=nw.Int64)
    for part in parts:
        found = found + part
    return found
