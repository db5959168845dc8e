"""The one table of functions that formulas can use: what each comes to, exactly or closely, and how it rises and falls.

Products and quotients of what depends on the patient are functions like the others. Every backend reads this table; the
prover states each entry once more in its own terms, since it checks this one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.inference import real_numbers
from hiprun.inference.calendar_arithmetic import (
    FIRST_DAY,
    LAST_DAY,
    MONTH_ENDS,
    months_between,
    months_later,
    weeks_between,
    years_between,
)
from hiprun.inference.real_numbers import Digits, Near
from hiprun.model import Number
from hiprun.model.value_conversion import tidy
from hiprun.model.value_objects import ValueObject

Ends: TypeAlias = tuple[Any, Any]
"""The least and the greatest number that an argument can be; a float infinity where there is no end."""

Slope: TypeAlias = Literal[-1, 0, 1] | None
"""How a function goes as an argument grows: never up, not at all, never down; None where it does both."""

Takes: TypeAlias = Literal["number", "exponent", "step", "date"]
"""What an argument is. An exponent is a number in the file, a step is the same for every patient."""

UnitRule: TypeAlias = Literal[
    "same", "product", "quotient", "power", "root", "none", "days", "weeks", "months", "years"
]
"""How the unit of the result follows: that which all arguments share, or as the name says."""


@attrs.frozen
class Function(ValueObject):
    """One function. `exact` returns its value, None where that is no fraction; then `near` says how close it lies.

    `slopes` says for each argument how the function goes as it grows, and `kinks` has arguments at which it turns.
    `steps`: it jumps, so values between two of its values may be missing. `whole`: always, or where its arguments are.
    """

    name: str
    takes: tuple[Takes, ...]
    exact: Callable[..., Number | None]
    slopes: Callable[[Sequence[Ends]], tuple[Slope, ...]]
    unit: UnitRule = "same"
    near: Callable[..., Near] | None = None
    gives: Literal["number", "date"] = "number"
    many: bool = False
    optional: int = 0
    kinks: tuple[Number, ...] = ()
    steps: bool = False
    whole: Literal["always", "same", "never"] = "never"
    options: tuple[str, ...] = ()
    is_real: bool = False
    """Whether it has values that are no fractions, so that what it gives has to be rounded."""

    def takes_number_of(self, arguments: int) -> bool:
        """Whether it takes so many arguments."""
        least = len(self.takes) - self.optional
        return least <= arguments and (self.many or arguments <= len(self.takes))

    def argument(self, index: int) -> Takes:
        """Return what its argument at `index` is."""
        return self.takes[min(index, len(self.takes) - 1)]


def sign(ends: Ends) -> Slope:
    """Return the sign that all numbers between two ends have, 0 included in both; None where they have either."""
    low, high = ends
    if low == high == 0:
        return 0
    return 1 if low >= 0 else -1 if high <= 0 else None


def times(*slopes: Slope) -> Slope:
    """Return the slope of something that rises as fast as all of these multiplied."""
    found: Any = 1
    for slope in slopes:
        if slope == 0:
            return 0
        found = None if found is None or slope is None else found * slope
    return found  # type: ignore[no-any-return]


def both(first: Slope, second: Slope) -> Slope:
    """Return the slope of a sum of two."""
    if first == 0 or second == 0:
        return second if first == 0 else first
    return first if first == second else None


def _product(left: Any, right: Any) -> Any:
    if left == 0 or right == 0:
        return 0
    return left * right if isinstance(left, float) or isinstance(right, float) else tidy(left * right)


def _quotient(left: Any, right: Any) -> Any:
    if isinstance(right, float):
        return 0
    if isinstance(left, float):
        return left if right > 0 else -left
    return tidy(Fraction(left) / right)


def _power(base: Any, exponent: Number) -> Any:
    if isinstance(base, float):
        return _infinite_power(base, exponent)
    if exponent.denominator == 1:
        return tidy(Fraction(base) ** int(exponent))
    root = real_numbers.exact_root(base, exponent.denominator)
    return None if root is None else tidy(Fraction(root) ** exponent.numerator)


def _infinite_power(base: float, exponent: Number) -> Any:
    if exponent < 0:
        return 0
    return -math.inf if base < 0 and exponent % 2 == 1 else math.inf


def _power_slope(ranges: Sequence[Ends]) -> tuple[Slope, ...]:
    exponent = ranges[1][0]
    if exponent == 0:
        return 0, 0
    if exponent % 2 == 1 and exponent > 0:
        return 1, None
    slope = sign(ranges[0]) if exponent % 2 != 1 else 1
    return times(slope, 1 if exponent > 0 else -1), None


def _power_near(digits: Digits, base: Near, exponent: Near, number: Number) -> Near:
    if number.denominator != 1:
        return digits.power(base, number)
    found = digits.near(1)
    for _ in range(abs(int(number))):
        found = digits.multiply(found, base)
    if number % 2 == 0 and number > 0:
        found = (max(found[0], 0 * found[0]), found[1])
    return found if number >= 0 else digits.divide(digits.near(1), found)


def half_away(number: Number) -> int:
    """Return the whole number nearest to a number; halves go away from 0."""
    return math.floor(number + Fraction(1, 2)) if number >= 0 else math.ceil(number - Fraction(1, 2))


ROUNDINGS: Mapping[str, Callable[[Number], int]] = {
    "round": half_away,
    "round_down": math.floor,
    "round_up": math.ceil,
}


def _rounding_slope(ranges: Sequence[Ends]) -> tuple[Slope, ...]:
    return (1,) if len(ranges) == 1 else (1, 0 if ranges[1][0] == ranges[1][1] else None)


def _rounding(name: str) -> Function:
    rounded = ROUNDINGS[name]

    def exact(number: Any, step: Number = 1) -> Any:
        return number if isinstance(number, float) else tidy(rounded(Fraction(number) / step) * step)

    return Function(
        name,
        ("number", "step"),
        exact,
        _rounding_slope,
        optional=1,
        steps=True,
        whole="same",
    )


def _rising(ranges: Sequence[Ends]) -> tuple[Slope, ...]:
    return tuple(1 for _ in ranges)


def _least(*numbers: Any) -> Any:
    return min(numbers)


def _most(*numbers: Any) -> Any:
    return max(numbers)


def _least_near(digits: Digits, *near: Near) -> Near:
    return min(low for low, _ in near), min(high for _, high in near)


def _most_near(digits: Digits, *near: Near) -> Near:
    return max(low for low, _ in near), max(high for _, high in near)


def _size_near(digits: Digits, near: Near) -> Near:
    low, high = near
    if low > 0:
        return low, high
    below, above = (
        high.copy_negate(),
        low.copy_negate(),
    )  # a minus sign would round to the digits of the thread's context
    return (0 * high, max(above, high)) if high >= 0 else (below, above)


def _real(
    name: str,
    exact: Callable[[Number], Number | None],
    near: Callable[[Digits, Near], Near],
    at_infinity: Mapping[float, float],
    unit: UnitRule = "none",
) -> Function:
    def anywhere(number: Any) -> Any:
        return at_infinity[number] if isinstance(number, float) else exact(number)

    return Function(name, ("number",), anywhere, _rising, unit, near, is_real=True)


def _day(number: Any) -> int:
    return max(FIRST_DAY, min(LAST_DAY, int(max(min(number, LAST_DAY), FIRST_DAY))))


def _later(months: int) -> Callable[..., int]:
    return lambda day, number, rule: months_later(_day(day), int(number) * months, rule)


_FUNCTIONS = (
    Function(
        "multiply",
        ("number", "number"),
        _product,
        lambda ranges: (sign(ranges[1]), sign(ranges[0])),
        "product",
        lambda digits, left, right: digits.multiply(left, right),
        whole="same",
    ),
    Function(
        "divide",
        ("number", "number"),
        _quotient,
        lambda ranges: (sign(ranges[1]), times(-1, sign(ranges[0]))),
        "quotient",
        lambda digits, left, right: digits.divide(left, right),
    ),
    Function("power", ("number", "exponent"), _power, _power_slope, "power", _power_near, kinks=(0,), whole="same"),
    Function("min", ("number", "number"), _least, _rising, near=_least_near, many=True, whole="same"),
    Function("max", ("number", "number"), _most, _rising, near=_most_near, many=True, whole="same"),
    Function(
        "abs",
        ("number",),
        lambda number: abs(number),
        lambda ranges: (sign(ranges[0]),),
        near=_size_near,
        kinks=(0,),
        whole="same",
    ),
    *map(_rounding, ROUNDINGS),
    _real(
        "sqrt",
        lambda number: real_numbers.exact_root(number, 2),
        Digits.square_root,
        {math.inf: math.inf},
        "root",
    ),
    _real("exp", lambda number: 1 if number == 0 else None, Digits.exponential, {math.inf: math.inf, -math.inf: 0}),
    _real("ln", lambda number: 0 if number == 1 else None, Digits.logarithm, {math.inf: math.inf}),
    _real("log10", real_numbers.exact_power_of_ten, Digits.decimal_logarithm, {math.inf: math.inf}),
    Function("days", ("date", "date"), lambda start, end: end - start, lambda _: (-1, 1), "days", whole="always"),
    Function(
        "weeks",
        ("date", "date"),
        lambda start, end: weeks_between(_day(start), _day(end)),
        lambda _: (-1, 1),
        "weeks",
        steps=True,
        whole="always",
    ),
    Function(
        "months",
        ("date", "date"),
        lambda start, end, rule: months_between(_day(start), _day(end), rule),
        lambda _: (-1, 1),
        "months",
        steps=True,
        whole="always",
        options=MONTH_ENDS,
    ),
    Function(
        "years",
        ("date", "date"),
        lambda start, end, rule: years_between(_day(start), _day(end), rule),
        lambda _: (-1, 1),
        "years",
        steps=True,
        whole="always",
        options=MONTH_ENDS,
    ),
    Function(
        "add_days",
        ("date", "number"),
        lambda day, number: day + number,
        _rising,
        "days",
        gives="date",
        whole="always",
    ),
    Function(
        "add_weeks",
        ("date", "number"),
        lambda day, number: day + 7 * number,
        _rising,
        "weeks",
        gives="date",
        whole="always",
    ),
    Function(
        "add_months",
        ("date", "number"),
        _later(1),
        _rising,
        "months",
        gives="date",
        steps=True,
        whole="always",
        options=MONTH_ENDS,
    ),
    Function(
        "add_years",
        ("date", "number"),
        _later(12),
        _rising,
        "years",
        gives="date",
        steps=True,
        whole="always",
        options=MONTH_ENDS,
    ),
)
FUNCTIONS: Mapping[str, Function] = {function.name: function for function in _FUNCTIONS}
"""Every function by its name. `multiply`, `divide` and `power` are written with signs."""

SIGNS: Mapping[str, str] = {"multiply": "*", "divide": "/", "power": "^"}
"""The functions that are written with a sign between their arguments."""
