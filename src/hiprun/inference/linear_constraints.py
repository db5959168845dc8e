"""Sums of facts times numbers, and whether several limits on such sums can be kept at once, exactly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

import attrs

from hiprun.inference.intervals import Cut, Region, is_whole
from hiprun.inference.operators import Truth, some
from hiprun.model import Constant, Domain, Formula, Number, ParameterRef, Ref
from hiprun.model.values import tidy

Inequality: TypeAlias = tuple[Mapping[str, Number], Number, bool]
"""Coefficients by variable, a number, and whether the two may not be equal: sum < number, or sum <= number."""

_MOST_INEQUALITIES = 1000
_MOST_TRIES = 1000
_FEW = 8
_WORK = 4


@attrs.frozen
class Linear:
    """A constant plus facts, or outputs of decisions, times numbers; terms in order of first use, none zero."""

    constant: Number
    terms: tuple[tuple[Ref, Number], ...] = ()

    def __add__(self, other: Linear) -> Linear:
        factors = dict(self.terms)
        for ref, factor in other.terms:
            factors[ref] = tidy(factors.get(ref, 0) + factor)
        terms = tuple((ref, factor) for ref, factor in factors.items() if factor)
        return Linear(tidy(self.constant + other.constant), terms)

    def times(self, factor: Number) -> Linear:
        """Return this sum with everything multiplied by `factor`."""
        terms = tuple((ref, tidy(part * factor)) for ref, part in self.terms) if factor else ()
        return Linear(tidy(self.constant * factor), terms)

    def put(self, ref: Ref, value: Linear) -> Linear:
        """Return this sum with `value` in the place of `ref`."""
        factor = dict(self.terms)[ref]
        rest = Linear(self.constant, tuple(term for term in self.terms if term[0] != ref))
        return rest + value.times(factor)


def linear(formula: Formula, parameters: Mapping[str, Number], derived: Mapping[str, Linear] | None = None) -> Linear:
    """Return what a formula comes to, with the values of parameters and of derived numbers put in."""
    match formula:
        case Constant(value):
            return Linear(value)
        case ParameterRef(name):
            return Linear(parameters[name])
        case Ref():
            if formula.kind == "derived" and derived is not None:
                return derived[formula.name]
            return Linear(0, ((formula, 1),))
        case _:
            first, second = (linear(side, parameters, derived) for side in (formula.left, formula.right))
            match formula.operator:
                case "+":
                    return first + second
                case "-":
                    return first + second.times(-1)
                case "*":
                    return second.times(first.constant) if not first.terms else first.times(second.constant)
                case _:
                    return first.times(tidy(Fraction(1) / second.constant))


def bounds(terms: Iterable[tuple[str, Number]], hulls: Mapping[str, tuple[Cut, Cut]]) -> tuple[Cut, Cut]:
    """Return the stretch that a sum of variables times numbers stays in, given that of each variable."""
    low: tuple[Number | float, int] = (0, 0)
    high: tuple[Number | float, int] = (0, 1)
    for name, factor in terms:
        start, end = hulls[name]
        if factor < 0:
            start, end = _mirrored(end), _mirrored(start)
        size: Number = factor if factor > 0 else -factor
        low = (low[0] + start[0] * size, max(low[1], start[1]))
        high = (high[0] + end[0] * size, min(high[1], end[1]))
    return low, high


def _mirrored(cut: Cut) -> Cut:
    return (-cut[0], 1 - cut[1])


def within(terms: Sequence[tuple[str, Number]], stretch: tuple[Cut, Cut]) -> list[Inequality]:
    """Return the inequalities that keep a sum inside `stretch`."""
    (low, low_side), (high, high_side) = stretch
    found: list[Inequality] = []
    if not isinstance(low, float):
        found.append(({name: -factor for name, factor in terms}, -low, low_side == 1))
    if not isinstance(high, float):
        found.append((dict(terms), high, high_side == 0))
    return found


@attrs.define
class Solver:
    """Tells whether numbers exist that keep several inequalities; `work` counts the inequalities looked at."""

    work: int = 0

    def feasible(
        self, inequalities: Sequence[Inequality], whole: frozenset[str] = frozenset(), tries: int = _MOST_TRIES
    ) -> Truth:
        """Return whether numbers exist that keep all `inequalities`, of which those named in `whole` are whole numbers.

        Exact by elimination of one variable after the other. Where that grows too large the answer is None.

        >>> Solver().feasible([({"x": 1}, 3, True), ({"x": -1}, -3, False)])
        False
        """
        names = sorted({name for factors, _, _ in inequalities for name, factor in factors.items() if factor})
        remaining = self.eliminated(inequalities, names)
        if remaining is None:
            return None
        if not _consistent(remaining):
            return False
        integers = [name for name in names if name in whole]
        if not integers:
            return True
        name = integers[0]
        alone = self.eliminated(inequalities, [other for other in names if other != name])
        values, all_of_them = _candidates(*_whole_range(alone or (), name), tries)
        left = tries // max(len(values), 1)
        found = some(self.feasible(_with(inequalities, name, value), whole, left) for value in values)
        return found if found or all_of_them else None

    def eliminated(self, inequalities: Sequence[Inequality], names: Sequence[str]) -> list[Inequality] | None:
        """Return what has to hold of the other variables so that `names` fit; None where it grows too large."""
        rows = _tightest(inequalities)
        for name in names:
            upper = [row for row in rows if row[0].get(name, 0) > 0]
            lower = [row for row in rows if row[0].get(name, 0) < 0]
            rest = [row for row in rows if not row[0].get(name, 0)]
            size = len(rest) + len(upper) * len(lower)
            self.work += _WORK * (len(rows) + size)
            if size > _MOST_INEQUALITIES:
                return None
            rows = _tightest(rest + [_combined(high, low, name) for high in upper for low in lower])
        return rows


def _candidates(low: int | None, high: int | None, tries: int) -> tuple[range, bool]:
    """Return whole numbers to try between two ends that may be open, and whether these are all there are."""
    if low is not None and high is not None and high - low < tries:
        return range(low, high + 1), True
    start = low if low is not None else high - _FEW if high is not None else -_FEW // 2
    return range(start, start + _FEW + 1), False


def _with(inequalities: Sequence[Inequality], name: str, value: int) -> list[Inequality]:
    return [
        (
            {other: factor for other, factor in factors.items() if other != name},
            number - factors.get(name, 0) * value,
            strict,
        )
        for factors, number, strict in inequalities
    ]


def _tightest(rows: Iterable[Inequality]) -> list[Inequality]:
    """Return `rows` with only the tightest of those that limit the same sum."""
    found: dict[tuple[tuple[str, Number], ...], tuple[Number, bool]] = {}
    for factors, number, strict in rows:
        terms = sorted((name, factor) for name, factor in factors.items() if factor)
        first: Number = terms[0][1] if terms else 1
        scale = Fraction(1) / (first if first > 0 else -first)
        key = tuple((name, factor * scale) for name, factor in terms)
        edge = (number * scale, not strict)
        found[key] = min(edge, found.get(key, edge))
    return [(dict(key), number, not included) for key, (number, included) in found.items()]


def _combined(high: Inequality, low: Inequality, name: str) -> Inequality:
    first, second = -low[0][name], high[0][name]
    factors = {
        other: high[0].get(other, 0) * first + low[0].get(other, 0) * second
        for other in sorted({*high[0], *low[0]} - {name})
    }
    return factors, high[1] * first + low[1] * second, high[2] or low[2]


def _consistent(rows: Iterable[Inequality]) -> bool:
    return all(number > 0 or (number == 0 and not strict) for _, number, strict in rows)


def _whole_range(rows: Iterable[Inequality], name: str) -> tuple[int | None, int | None]:
    low: int | None = None
    high: int | None = None
    for factors, number, strict in rows:
        factor = factors.get(name, 0)
        if factor > 0:
            edge = Fraction(number) / factor
            most = math.ceil(edge) - 1 if strict else math.floor(edge)
            high = most if high is None else min(high, most)
        elif factor < 0:
            edge = Fraction(number) / factor
            least = math.floor(edge) + 1 if strict else math.ceil(edge)
            low = least if low is None else max(low, least)
    return low, high


def hull(region: Region, domain: Domain) -> tuple[Cut, Cut]:
    """Return the stretch from the first to the last number of a region of `domain` that is not empty."""
    start, (high, side) = region[0][0], region[-1][1]
    if is_whole(domain) and side == 0 and not isinstance(high, float):
        return start, (high - 1, 1)
    return start, (high, side)
