"""Sums of facts times numbers, and whether several limits on such sums can be kept at once, exactly."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import attrs

from hiprun.inference.interval_sets import BOTTOM, TOP, Cut, Region, is_whole
from hiprun.inference.linear_forms import Linear as Linear
from hiprun.inference.linear_forms import linear as linear
from hiprun.inference.operators import Truth, some
from hiprun.inference.running_totals import ends
from hiprun.model import Domain, Number
from hiprun.model.value_conversion import tidy
from hiprun.model.value_objects import Entity

Inequality: TypeAlias = tuple[Mapping[str, Number], Number, bool]
"""Coefficients by variable, a number, and whether the two may not be equal: sum < number, or sum <= number."""

_MOST_INEQUALITIES = 1000
_MOST_TRIES = 1000
_MOST_WORK = 100_000
_FEW = 8
_WORK = 4
_VALUE = ""
"""The name of what a sum comes to, which no fact has."""


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


@attrs.define(eq=False)
class Solver(Entity):
    """Tells whether numbers exist that keep inequalities; `work` counts those looked at, up to `_MOST_WORK`."""

    work: int = 0

    def feasible(
        self, inequalities: Sequence[Inequality], whole: frozenset[str] = frozenset(), tries: int = _MOST_TRIES
    ) -> Truth:
        """Return whether numbers exist that keep all `inequalities`, of which those named in `whole` are whole numbers.

        Exact by elimination of one variable after the other. Where that grows too large the answer is None.

        >>> Solver().feasible([({"x": 1}, 3, True), ({"x": -1}, -3, False)])
        False
        """
        totals = self._whole_ends(inequalities, whole, ())
        if totals is not None:
            return bool(totals)
        found = {name for factors, _, _ in inequalities for name, factor in factors.items() if factor}
        integers = sorted(found & whole)
        in_turn = [*sorted(found - whole), *integers]
        remaining, exact = self._without(inequalities, in_turn, whole)
        if remaining is None:
            return None
        if not _consistent(remaining):
            return False
        if exact:
            return True
        roomy, _ = self._without(inequalities, in_turn, whole, roomy=True)
        if roomy is not None and _consistent(roomy):
            return True
        name = integers[0]
        alone = self.eliminated(inequalities, sorted(found - {name}), whole)
        values, all_of_them = _candidates(*_whole_range(alone or (), name), tries)
        left = tries // max(len(values), 1)
        truth = some(self.feasible(with_number(inequalities, name, value), whole, left) for value in values)
        return truth if truth or all_of_them else None

    def span(
        self,
        terms: Sequence[tuple[str, Number]],
        inequalities: Sequence[Inequality],
        whole: frozenset[str] = frozenset(),
        tries: int = _MOST_TRIES,
    ) -> Region | None:
        """Return the stretch of all that a sum can come to where `inequalities` hold, or nothing where they never do.

        Between its ends not every number needs to be one that the sum can come to. Where finding the ends grows too
        large the answer is None.

        >>> Solver().span([("x", 2)], [({"x": 1}, 3, True), ({"x": -1}, 0, False)], frozenset({"x"}))
        (((0, 0), (4, 1)),)
        """
        totals = self._whole_ends(inequalities, whole, terms)
        if totals is not None:
            return (((totals[0], 0), (totals[1], 1)),) if totals else ()
        (name, factor), *rest = terms
        rows = [_put(row, name, factor, rest) for row in inequalities]
        names = sorted({other for factors, _, _ in rows for other in factors} - {_VALUE})
        left = self.eliminated(rows, names, whole - {name})
        if left is None:
            return None
        stretch = _stretch(left)
        mentioned = {other for factors, _, _ in inequalities for other, part in factors.items() if part}
        if not stretch or not whole & (mentioned | {other for other, _ in terms}):
            return stretch
        return self._whole_span(terms, inequalities, whole, stretch[0], tries)

    def _whole_ends(
        self, inequalities: Sequence[Inequality], whole: frozenset[str], terms: Sequence[tuple[str, Number]]
    ) -> tuple[Number, Number] | tuple[()] | None:
        """Return the ends of a sum of whole numbers by its totals, `()` where it has none; None beyond the bounds."""
        names = {name for factors, _, _ in inequalities for name, factor in factors.items() if factor}
        if not whole.issuperset(names.union(name for name, _ in terms)):
            return None
        step = common([factor for _, factor in terms]) if terms else 1
        rows = _tightest(inequalities, whole)
        if not _consistent(row for row in rows if not row[0]):
            return ()
        limits = [
            ({name: int(part) for name, part in factors.items()}, int(number)) for factors, number, _ in rows if factors
        ]
        found = ends(limits, {name: int(factor / step) for name, factor in terms})
        self.work += len(limits) + len(names)
        return (tidy(found[0] * step), tidy(found[1] * step)) if found else found

    def _whole_span(
        self,
        terms: Sequence[tuple[str, Number]],
        inequalities: Sequence[Inequality],
        whole: frozenset[str],
        stretch: tuple[Cut, Cut],
        tries: int,
    ) -> Region | None:
        """Return the ends of a sum that depends on whole numbers, inside those that it would have without."""
        possible = self.feasible(inequalities, whole, tries)
        if not possible:
            return None if possible is None else ()
        mirrored = [(name, -factor) for name, factor in terms]
        (low, low_side), (high, high_side) = stretch
        end = self._highest(terms, inequalities, whole, (high, high_side), tries)
        start = self._highest(mirrored, inequalities, whole, (-low, 1 - low_side), tries)
        return None if end is None or start is None else (((-start[0], 1 - start[1]), end),)

    def _highest(
        self,
        terms: Sequence[tuple[str, Number]],
        inequalities: Sequence[Inequality],
        whole: frozenset[str],
        end: Cut,
        tries: int,
    ) -> Cut | None:
        """Return where a sum ends at the top that can be, and would end at `end` if no number had to be whole."""
        high, side = end
        if isinstance(high, float):
            return end

        def reached(number: Number) -> Truth:
            return self.feasible([*inequalities, *within(terms, ((number, 0), TOP))], whole, tries)

        if all(name in whole for name, _ in terms):
            step = common([factor for _, factor in terms])
            steps = math.floor(high / step) - (0 if side or high % step else 1)
            size = 1
            if not reached(steps * step):
                # the whole numbers that fit lie deeper inside: first a stretch with the end in it, then the end
                while not (found := reached((steps - size) * step)):
                    if found is None:
                        return None
                    size *= 2
                low = steps - size
                high_steps = steps
                while high_steps - low > 1:
                    middle = (low + high_steps) // 2
                    low, high_steps = (middle, high_steps) if reached(middle * step) else (low, middle)
                steps = low
            return tidy(steps * step), 1
        if reached(high) if side else self._approached(terms, inequalities, whole, high, tries):
            return end
        return self._highest_of_each(terms, inequalities, whole, tries)

    def _approached(
        self,
        terms: Sequence[tuple[str, Number]],
        inequalities: Sequence[Inequality],
        whole: frozenset[str],
        end: Number,
        tries: int,
    ) -> bool:
        """Return whether a sum comes as close to `end` as one likes, which it does not reach.

        That is so where, for the same whole numbers, it would reach it if every limit were included, and the limits as
        they are leave something: what is left then goes up to its edge.
        """
        edge = [(_beside(factors, whole), number, False) for factors, number, _ in inequalities]
        edge += [
            (_beside(factors, whole), number, strict) for factors, number, strict in within(terms, ((end, 0), TOP))
        ]
        return self.feasible([*inequalities, *edge], whole, tries) is True

    def _highest_of_each(
        self,
        terms: Sequence[tuple[str, Number]],
        inequalities: Sequence[Inequality],
        whole: frozenset[str],
        tries: int,
    ) -> Cut | None:
        """Return where a sum ends at the top, one whole number after the other put in."""
        mentioned = {name for factors, _, _ in inequalities for name, factor in factors.items() if factor}
        name = min(whole & (mentioned | {name for name, _ in terms}))
        alone = self.eliminated(inequalities, sorted(mentioned - {name}), whole)
        values, all_of_them = _candidates(*_whole_range(alone or (), name), tries)
        if not all_of_them:
            return None
        factor = dict(terms).get(name, 0)
        rest = [term for term in terms if term[0] != name]
        left = tries // max(len(values), 1)
        ends: list[Cut] = []
        for value in values:
            span = self.span(rest, with_number(inequalities, name, value), whole - {name}, left)
            if span is None:
                return None
            ends += [(end + factor * value, side) for _, (end, side) in span]
        return max(ends, default=None)

    def eliminated(
        self, inequalities: Sequence[Inequality], names: Sequence[str], whole: frozenset[str] = frozenset()
    ) -> list[Inequality] | None:
        """Return what has to hold of the other variables so that `names` fit; None where it grows too large."""
        return self._without(inequalities, names, whole)[0]

    def _without(
        self, inequalities: Sequence[Inequality], names: Sequence[str], whole: frozenset[str], *, roomy: bool = False
    ) -> tuple[list[Inequality] | None, bool]:
        """Return the same, and whether it is enough: with whole numbers it may leave too much.

        With `roomy` it leaves too little there: between two limits there has to be room enough for a whole number.
        """
        rows = _tightest(inequalities, whole)
        exact = True
        for name in names:
            upper = [row for row in rows if row[0].get(name, 0) > 0]
            lower = [row for row in rows if row[0].get(name, 0) < 0]
            rest = [row for row in rows if not row[0].get(name, 0)]
            size = len(rest) + len(upper) * len(lower)
            self.work += _WORK * (len(rows) + size)
            if size > _MOST_INEQUALITIES or self.work > _MOST_WORK:
                return None, False
            # between two limits that are whole numbers apart from each other there is a whole one
            if name in whole and not (
                all(row[0][name] == 1 and whole.issuperset(row[0]) for row in upper)
                or all(row[0][name] == -1 and whole.issuperset(row[0]) for row in lower)
            ):
                exact = False
            pairs = [_combined(high, low, name, roomy=roomy and name in whole) for high in upper for low in lower]
            rows = _tightest(rest + pairs, whole)
        return rows, exact


def _beside(factors: Mapping[str, Number], whole: frozenset[str]) -> dict[str, Number]:
    """Return factors of the same whole numbers, and of other variables in the place of the rest."""
    return {name if name in whole else f"{name}~": factor for name, factor in factors.items()}


def _put(row: Inequality, name: str, factor: Number, rest: Sequence[tuple[str, Number]]) -> Inequality:
    """Return an inequality with a sum in the place of `name`, its first term."""
    factors, number, strict = row
    part = factors.get(name, 0)
    if not part:
        return row
    scale = Fraction(part) / factor
    found = {other: value for other, value in factors.items() if other != name}
    found[_VALUE] = scale
    for other, value in rest:
        found[other] = found.get(other, 0) - scale * value
    return found, number, strict


def _stretch(rows: Iterable[Inequality]) -> Region:
    """Return what is left for the value of a sum, the only thing that `rows` still speak of."""
    low, high = BOTTOM, TOP
    for factors, number, strict in rows:
        factor = factors.get(_VALUE, 0)
        if not factor:
            if number < 0 or (number == 0 and strict):
                return ()
        elif factor > 0:
            high = min(high, (tidy(Fraction(number) / factor), 0 if strict else 1))
        else:
            low = max(low, (tidy(Fraction(number) / factor), 1 if strict else 0))
    return ((low, high),) if low < high else ()


def common(factors: Sequence[Number]) -> Number:
    """Return the largest number of which all `factors` are multiples.

    >>> common([6, Fraction(3, 2)])
    Fraction(3, 2)
    """
    below = math.lcm(*(factor.denominator for factor in factors))
    return Fraction(math.gcd(*(int(factor * below) for factor in factors)), below)


def _candidates(low: int | None, high: int | None, tries: int) -> tuple[range, bool]:
    """Return whole numbers to try between two ends that may be open, and whether these are all there are."""
    if low is not None and high is not None and high - low < tries:
        return range(low, high + 1), True
    start = low if low is not None else high - _FEW if high is not None else -_FEW // 2
    return range(start, start + _FEW + 1), False


def with_number(inequalities: Iterable[Inequality], name: str, value: Number) -> list[Inequality]:
    """Return inequalities with a number in the place of a variable."""
    return [
        (
            {other: factor for other, factor in factors.items() if other != name},
            number - factors.get(name, 0) * value,
            strict,
        )
        for factors, number, strict in inequalities
    ]


def _tightest(rows: Iterable[Inequality], whole: frozenset[str]) -> list[Inequality]:
    """Return `rows` with whole factors as small as can be, and only the tightest of those that limit the same sum."""
    found: dict[tuple[tuple[str, int], ...], tuple[Number, bool]] = {}
    for factors, number, strict in rows:
        terms = sorted((name, factor) for name, factor in factors.items() if factor)
        if terms:
            below = math.lcm(*(factor.denominator for _, factor in terms))
            step = math.gcd(*(int(factor * below) for _, factor in terms))
            terms = [(name, int(factor * below) // step) for name, factor in terms]
            if below != step:
                number = tidy(Fraction(number * below) / step)
            if all(name in whole for name, _ in terms):
                number, strict = math.ceil(number) - 1 if strict else math.floor(number), False
        key: Any = tuple(terms)
        edge = (number, not strict)
        found[key] = min(edge, found.get(key, edge))
    return [(dict(key), number, not included) for key, (number, included) in found.items()]


def _combined(high: Inequality, low: Inequality, name: str, *, roomy: bool) -> Inequality:
    first, second = -low[0][name], high[0][name]
    factors = {
        other: high[0].get(other, 0) * first + low[0].get(other, 0) * second
        for other in sorted({*high[0], *low[0]} - {name})
    }
    room = (first - 1) * (second - 1) if roomy else 0
    return factors, high[1] * first + low[1] * second - room, high[2] or low[2]


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


def with_other_names(row: Inequality, names: Collection[str], mark: str) -> Inequality:
    """Return an inequality with `mark` behind some of its names."""
    factors, number, strict = row
    return {name + mark if name in names else name: factor for name, factor in factors.items()}, number, strict


def below_zero(form: Linear) -> Inequality:
    """Return the inequality that keeps a sum below 0."""
    return {ref.name: factor for ref, factor in form.terms}, -form.constant, True
