"""Functions of numbers → terms of the prover: exactly where they are made of whole powers, else between bounds.

Products, whole powers, roots, rounding and the calendar are said exactly. Of logarithms, `exp` and powers with
decimals the prover knows that they rise, or fall, and between which numbers they lie at some points. What is proved of
such bounds holds; who is found within them is tried out, like everyone the prover finds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import attrs

from hiprun.inference.form_ranges import function_ends
from hiprun.inference.functions import FUNCTIONS, Ends
from hiprun.model.value_conversion import tidy
from hiprun.verification.number_encoding import arithmetic, compare
from hiprun.verification.solver import Engine, Term, z3

_POINTS = 24
_LARGEST_ROOT = 4
_MONTHS = 12
_DATES = frozenset({"days", "weeks", "months", "years", "add_days", "add_weeks", "add_months", "add_years"})
_ERA_DAYS, _ERA_YEARS = 146_097, 400
_FROM_MARCH = 306
"""Days from the first of January of year 1 back to the first of March of year 0, which ordinals begin to count from."""


@attrs.define
class FunctionTerms:
    """The unknowns of one engine that stand for values of functions, and what holds of them."""

    engine: Engine
    _definitions: list[Term] = attrs.field(factory=list)
    _values: dict[Any, tuple[Term, Any]] = attrs.field(factory=dict)
    _instances: dict[Any, list[tuple[Term, Term]]] = attrs.field(factory=dict)

    def drain(self) -> list[Term]:
        """Return what holds of the unknowns that came since this was last asked."""
        found, self._definitions = self._definitions, []
        return found

    def called(self, function: str, arguments: Sequence[Term], option: str, ranges: Sequence[Ends]) -> Term:
        """Return a function of numbers, whose arguments lie in `ranges`; exact numbers stay numbers."""
        if not any(map(z3.is_expr, arguments)):
            found = FUNCTIONS[function].exact(*arguments, *([option] if FUNCTIONS[function].options else []))
            if found is not None:
                return found
        if function in _DATES:
            return self._of_dates(function, arguments, option)
        self.engine.is_curved = True
        match function:
            case "power":
                return self._power(arguments[0], arguments[1], ranges)
            case "min" | "max":
                return self._extreme(arguments, frozenset({-1 if function == "min" else 1}))
            case "abs":
                return self._extreme((arguments[0], arithmetic("-", 0, arguments[0])), frozenset({1}))
            case "round" | "round_down" | "round_up":
                return self._rounded(function, arguments[0], arguments[1] if len(arguments) > 1 else 1)
            case "sqrt":
                return self._root(arguments[0], 2)
            case _:
                return self._between(function, arguments[0], ranges[0])

    def _of_dates(self, function: str, arguments: Sequence[Term], option: str) -> Term:
        first, second = arguments
        match function:
            case "days":
                return arithmetic("-", second, first)
            case "add_days":
                return arithmetic("+", first, second)
            case "add_weeks":
                return arithmetic("+", first, arithmetic("*", 7, second))
            case _:
                return self._calendar(function, [self._whole(argument) for argument in arguments], option)

    # numbers

    def _extreme(self, arguments: Sequence[Term], signs: frozenset[int]) -> Term:
        found = arguments[0]
        for other in arguments[1:]:
            found = self._chosen(compare(found, signs, other), found, other)
        return found

    def _real(self, term: Term) -> Term:
        if not z3.is_expr(term):
            return z3.RealVal(str(term), self.engine.context)
        return z3.ToReal(term) if z3.is_int(term) else term

    def _whole(self, term: Term) -> Term:
        if not z3.is_expr(term):
            return z3.IntVal(int(term), self.engine.context)
        return term if z3.is_int(term) else z3.ToInt(term)

    def _chosen(self, condition: Term, then: Term, rest: Term) -> Term:
        if isinstance(condition, bool):
            return then if condition else rest
        both_whole = all(z3.is_int(side) if z3.is_expr(side) else isinstance(side, int) for side in (then, rest))
        sides = [self._whole(side) if both_whole else self._real(side) for side in (then, rest)]
        return z3.If(condition, *sides)

    def _power(self, base: Term, exponent: Any, ranges: Sequence[Ends]) -> Term:
        if exponent.denominator != 1:
            if exponent.denominator <= _LARGEST_ROOT:
                return self._power(self._root(base, exponent.denominator), exponent.numerator, ranges)
            return self._between("power", base, ranges[0], exponent)
        found: Term = 1
        for _ in range(abs(int(exponent))):
            found = arithmetic("*", found, base)
        return found if exponent >= 0 else arithmetic("/", 1, found)

    def _rounded(self, function: str, number: Term, step: Term) -> Term:
        steps = self._real(number) / self._real(step)
        match function:
            case "round_down":
                whole = z3.ToInt(steps)
            case "round_up":
                whole = -z3.ToInt(-steps)
            case _:
                half = z3.RealVal("1/2", self.engine.context)
                whole = z3.If(steps >= 0, z3.ToInt(steps + half), -z3.ToInt(-steps + half))
        if isinstance(step, int):
            return whole * step
        return z3.ToReal(whole) * self._real(step)

    def _unknown(self, key: Any, kept: Any, hold: Callable[[Term], Iterator[Term]]) -> Term:
        """Return the unknown that stands for a value, always the same for the same, of which something holds."""
        found = self._values.get(key)
        if found is None:
            name = self.engine.real(f"{key[0]} [{len(self._values)}]")
            found = self._values[key] = (name, kept)  # what it is of is kept, or its id would be given again
            self._definitions += hold(name)
        return found[0]

    def _root(self, number: Term, degree: int) -> Term:
        term = self._real(number)

        def hold(root: Term) -> Iterator[Term]:
            power = root
            for _ in range(degree - 1):
                power = power * root
            yield root >= 0
            yield power == term

        return self._unknown(("root", degree, term.get_id()), term, hold)

    def _between(self, function: str, number: Term, ends: Ends, *more: Any) -> Term:
        """Return the unknown of a function that only rises, or falls, with its bounds at some points."""
        term = self._real(number)
        rises = function != "power" or more[0] > 0
        kind = (function, *more)

        def hold(value: Term) -> Iterator[Term]:
            for point in _points(ends):
                yield from self._at_point(kind, term, value, point)
            for other, others in self._instances.setdefault(kind, []):
                yield z3.Implies(term <= other, value <= others if rises else value >= others)
                yield z3.Implies(term >= other, value >= others if rises else value <= others)
            self._instances[kind].append((term, value))

        if self.refined not in self.engine.refiners:
            self.engine.refiners.append(self.refined)
        return self._unknown((function, *more, term.get_id()), term, hold)

    def _at_point(self, kind: tuple[Any, ...], term: Term, value: Term, point: Any) -> Iterator[Term]:
        """Yield between which numbers a function lies below and above a point."""
        function, *more = kind
        low, high = function_ends(FUNCTIONS[function], [(point, point), *((part, part) for part in more)])
        at, least, most = self._real(point), self._real(_short(low, -1)), self._real(_short(high, 1))
        rises = function != "power" or more[0] > 0
        yield z3.Implies(term <= at, value <= most if rises else value >= least)
        yield z3.Implies(term >= at, value >= least if rises else value <= most)

    def refined(self, values: Any) -> list[Term] | None:
        """Return the bounds that values break, at the points they are about; None where these are no fractions."""
        found: list[Term] = []
        for kind, pairs in self._instances.items():
            for term, value in pairs:
                numbers = [values.eval(part, model_completion=True) for part in (term, value)]
                if not all(map(z3.is_rational_value, numbers)):
                    return None
                point, given = (Fraction(one.numerator_as_long(), one.denominator_as_long()) for one in numbers)
                function, *more = kind
                low, high = function_ends(FUNCTIONS[function], [(point, point), *((part, part) for part in more)])
                if not _short(low, -1) <= given <= _short(high, 1):
                    found += self._at_point(kind, term, value, point)
        return found

    # days

    def _calendar(self, function: str, arguments: Sequence[Term], option: str) -> Term:
        first, second = arguments
        match function:
            case "weeks":
                days = second - first
                return z3.If(days >= 0, days / 7, -((-days) / 7))
            case "months":
                return self._completed(first, second, option, 1)
            case "years":
                return self._completed(first, second, option, _MONTHS)
            case _:
                return self._later(first, second * (1 if function == "add_months" else _MONTHS), option)

    def _completed(self, first: Term, second: Term, option: str, size: int) -> Term:
        forward = z3.If(second >= first, second, first)
        back = z3.If(second >= first, first, second)
        year, month, day = _civil(back)
        last_year, last_month, last_day = _civil(forward)
        months = (last_year - year) * _MONTHS + last_month - month
        length = _length(last_year, last_month)
        reached = z3.Or(last_day >= day, last_day == length) if option == "last_day" else last_day >= day
        whole = z3.If(reached, months, months - 1) / size
        return z3.If(second >= first, whole, -whole)

    def _later(self, date: Term, months: Term, option: str) -> Term:
        year, month, day = _civil(date)
        total = year * _MONTHS + (month - 1) + months
        new_year, new_month = total / _MONTHS, total % _MONTHS + 1
        length = _length(new_year, new_month)
        short = length + (1 if option == "next_day" else 0)
        return _ordinal(new_year, new_month, 1) - 1 + z3.If(day <= length, day, short)


def _points(ends: Ends) -> list[Any]:
    low, high = ends
    if isinstance(low, float) or isinstance(high, float):
        return [end for end in ends if not isinstance(end, float)]
    points = {tidy(low + (high - low) * Fraction(index, _POINTS)) for index in range(_POINTS + 1)}
    if low > 0:  # closer together where the function bends most
        points |= {_short(tidy(low + (high - low) * Fraction(1, 2**index)), 1) for index in range(1, 12)}
    return sorted(point for point in points if low <= point <= high)


def _short(number: Any, side: int) -> Any:
    """Return a number a little below or above with few decimals, which the prover works with more easily."""
    scale = 10**12
    scaled = Fraction(number) * scale
    return tidy(Fraction(math.floor(scaled) if side < 0 else math.ceil(scaled), scale))


def _civil(date: Term) -> tuple[Term, Term, Term]:
    """Return year, month and day of an ordinal, by counting years from March, when the odd day comes last."""
    days = date - 1 + _FROM_MARCH
    era = days / _ERA_DAYS
    of_era = days % _ERA_DAYS
    year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365
    day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100)
    from_march = (5 * day_of_year + 2) / 153
    day = day_of_year - (153 * from_march + 2) / 5 + 1
    month = z3.If(from_march < 10, from_march + 3, from_march - 9)
    year = year_of_era + era * _ERA_YEARS + z3.If(month <= 2, 1, 0)
    return year, month, day


def _ordinal(year: Term, month: Term, day: Any) -> Term:
    """Return the ordinal of a day."""
    moved = year - z3.If(month <= 2, 1, 0)
    era, year_of_era = moved / _ERA_YEARS, moved % _ERA_YEARS
    from_march = z3.If(month > 2, month - 3, month + 9)
    day_of_year = (153 * from_march + 2) / 5 + day - 1
    of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
    return era * _ERA_DAYS + of_era + 1 - _FROM_MARCH


def _length(year: Term, month: Term) -> Term:
    """Return how many days a month has."""
    leap = z3.And(year % 4 == 0, z3.Or(year % 100 != 0, year % 400 == 0))
    short = z3.Or(month == 4, month == 6, month == 9, month == 11)
    return z3.If(month == 2, z3.If(leap, 29, 28), z3.If(short, 30, 31))
