"""The table of functions once more, in floats: how far each lies from what it comes to exactly.

A number x is stood for by a float y with |x - y| <= relative * |y| + absolute. What follows for a function of such
numbers is worked out once, from the ranges of its arguments, so a patient costs no more than the floats themselves.

Sums, products, quotients and roots of IEEE 754 are right to half a unit in the last place; a whole one is allowed for.
Powers, exponentials and logarithms come from the platform's C library, whose makers promise no bound. The largest
errors known of those in use are of a unit or two (https://hal.inria.fr/hal-03141101); sixteen are allowed for.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from hiprun.inference.functions import FUNCTIONS
from hiprun.model.value_objects import ValueObject

ROUNDED = 2.0**-52
"""How far an operation of IEEE 754, or a float that stands for a decimal, may be off, for its size."""

LIBRARY = 2.0**-48
"""How far a function of the C library may be off, for its size."""

MOST_RELATIVE = 1e-6
"""What is less certain than this is not worked out in floats; what follows leaves out squares of errors."""

LARGEST_WHOLE = 2**53
"""Floats are exact for whole numbers up to this."""

_SQUARES = 1.001
"""More than what squares of errors, and the rounding of the bounds themselves, can add to a bound."""

_LEAST = 1e-300
"""More than what is lost where a float becomes too small for all its digits."""


@attrs.frozen
class Approximation(ValueObject):
    """A number between two ends, and how far the float that stands for it can be from it."""

    low: float
    high: float
    relative: float = 0.0
    absolute: float = 0.0

    @property
    def is_exact(self) -> bool:
        """Whether the float is the number."""
        return self.relative == self.absolute == 0

    @property
    def is_usable(self) -> bool:
        """Whether the float says anything about the number."""
        return self.relative <= MOST_RELATIVE and self.absolute < math.inf and self.size < math.inf

    @property
    def size(self) -> float:
        """More than the float, and the number, can be, whatever their signs."""
        return (max(-self.low, self.high) + self.absolute) * _SQUARES

    @property
    def least(self) -> float:
        """The least that the number can be, whatever its sign."""
        return max(self.low, -self.high, 0.0)

    @property
    def all_relative(self) -> float:
        """How far the float can be from the number for its size, all in all; infinite where there is no bound."""
        if self.absolute == 0:
            return self.relative
        smallest = (self.least - self.absolute) / _SQUARES
        return self.relative + self.absolute / smallest if smallest > 0 else math.inf


Errors: TypeAlias = tuple[float, float]
"""The relative and the absolute error of a float."""


@attrs.frozen
class FloatFunction(ValueObject):
    """A function of floats. Without `errors` it is exact for whole numbers, and takes no others."""

    call: Callable[..., Any]
    errors: Callable[[Sequence[Approximation]], Errors] | None = None


@attrs.frozen
class FloatRounding(ValueObject):
    """How a float is rounded: `call` of it plus `before`. What becomes 0 lies within half a unit of `middle`."""

    call: Callable[[float], int]
    before: float
    middle: float


def widened(errors: Errors) -> Errors:
    """Return errors with all that was left out on the way to them."""
    relative, absolute = errors
    return relative * _SQUARES, absolute * _SQUARES + _LEAST


def sum_errors(parts: Sequence[Approximation]) -> Errors:
    """Return the errors of a sum that is added up in order."""
    rounding = ROUNDED * (len(parts) - 1)
    if all(part.low >= 0 for part in parts) or all(part.high <= 0 for part in parts):
        relative = max(part.relative for part in parts)
        return relative + rounding, sum(part.absolute for part in parts)
    return 0.0, sum((part.relative + rounding) * part.size + part.absolute for part in parts)


def _product(arguments: Sequence[Approximation]) -> Errors:
    left, right = arguments
    absolute = left.size * right.absolute + right.size * left.absolute + left.absolute * right.absolute
    return left.relative + right.relative + ROUNDED, absolute


def _quotient(arguments: Sequence[Approximation]) -> Errors:
    above, below = arguments
    if not below.least:
        return math.inf, math.inf
    return above.relative + below.all_relative + ROUNDED, above.absolute / below.least


def _power(arguments: Sequence[Approximation]) -> Errors:
    base, exponent = arguments
    power = exponent.low
    if power > 0 and power.is_integer() and not base.least:
        return power * base.relative + LIBRARY, power * base.absolute * base.size ** (power - 1)
    if not base.least:
        return math.inf, math.inf
    off = 0.0 if exponent.is_exact else exponent.relative * abs(power) * _largest_logarithm(base)
    return abs(power) * base.all_relative + off + LIBRARY, 0.0


def _largest_logarithm(number: Approximation) -> float:
    return max(abs(math.log(number.least)), abs(math.log(number.size))) + 1


def _square_root(arguments: Sequence[Approximation]) -> Errors:
    (number,) = arguments
    if number.all_relative < math.inf:
        return number.all_relative / 2 + ROUNDED, 0.0
    return number.relative + ROUNDED, math.sqrt(number.absolute)


def _exponential(arguments: Sequence[Approximation]) -> Errors:
    (number,) = arguments
    return number.relative * number.size + number.absolute + LIBRARY, 0.0


def _logarithm(arguments: Sequence[Approximation]) -> Errors:
    (number,) = arguments
    return LIBRARY, number.all_relative if number.low > 0 else math.inf


def _one_of_them(arguments: Sequence[Approximation]) -> Errors:
    return max(number.relative for number in arguments), max(number.absolute for number in arguments)


_REAL: Mapping[str, FloatFunction] = {
    "multiply": FloatFunction(operator.mul, _product),
    "divide": FloatFunction(operator.truediv, _quotient),
    "power": FloatFunction(operator.pow, _power),
    "min": FloatFunction(min, _one_of_them),
    "max": FloatFunction(max, _one_of_them),
    "abs": FloatFunction(abs, _one_of_them),
    "sqrt": FloatFunction(math.sqrt, _square_root),
    "exp": FloatFunction(math.exp, _exponential),
    "ln": FloatFunction(math.log, _logarithm),
    "log10": FloatFunction(math.log10, _logarithm),
}
_OF_DAYS = ("days", "weeks", "months", "years", "add_days", "add_weeks", "add_months", "add_years")

FLOAT_FUNCTIONS: Mapping[str, FloatFunction] = {
    **_REAL,
    **{name: FloatFunction(FUNCTIONS[name].exact) for name in _OF_DAYS},
}
"""Every function that does not round, by its name in the table."""

FLOAT_ROUNDINGS: Mapping[str, FloatRounding] = {
    "round": FloatRounding(math.floor, 0.5, 0.0),
    "round_down": FloatRounding(math.floor, 0.0, 0.5),
    "round_up": FloatRounding(math.ceil, 0.0, -0.5),
}
"""Every function that rounds. Where a number lies at the edge of what is rounded alike, the float does not tell."""
