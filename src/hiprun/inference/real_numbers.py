"""Roots, logarithms and powers that are no fractions: between which two decimals they surely lie.

Every operation is rounded outwards at a chosen number of digits, so what is found holds whatever the digits beyond say.
"""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

import attrs

from hiprun.model import Number
from hiprun.model.value_conversion import tidy
from hiprun.model.value_objects import Entity

Near: TypeAlias = tuple[Decimal, Decimal]
"""Two decimals between which a number lies, both included."""


class TooFewDigits(ArithmeticError):  # noqa: N818 - a reason to look closer, not an error
    """With these digits it cannot be told whether the operation has a result."""


@attrs.frozen(eq=False)
class Digits(Entity):
    """Arithmetic with so many significant digits, each result rounded outwards."""

    down: decimal.Context
    up: decimal.Context
    half: decimal.Context

    def near(self, number: Number) -> Near:
        """Return the two decimals around a fraction."""
        above, below = Decimal(number.numerator), Decimal(number.denominator)
        return self.down.divide(above, below), self.up.divide(above, below)

    def add(self, left: Near, right: Near) -> Near:
        """Return the sum."""
        return self.down.add(left[0], right[0]), self.up.add(left[1], right[1])

    def multiply(self, left: Near, right: Near) -> Near:
        """Return the product."""
        pairs = [(one, other) for one in left for other in right]
        return min(self.down.multiply(*pair) for pair in pairs), max(self.up.multiply(*pair) for pair in pairs)

    def divide(self, left: Near, right: Near) -> Near:
        """Return the quotient."""
        if right[0] <= 0 <= right[1]:
            raise TooFewDigits
        pairs = [(one, other) for one in left for other in right]
        return min(self.down.divide(*pair) for pair in pairs), max(self.up.divide(*pair) for pair in pairs)

    def square_root(self, of: Near) -> Near:
        """Return the root; what lies below 0 for want of digits counts as 0."""
        return self._rising(self.half.sqrt, (max(of[0], Decimal(0)), max(of[1], Decimal(0))))

    def exponential(self, of: Near) -> Near:
        """Return e to the power of a number."""
        return self._rising(self.half.exp, of)

    def logarithm(self, of: Near) -> Near:
        """Return the natural logarithm."""
        return self._rising(self.half.ln, self._above_zero(of))

    def decimal_logarithm(self, of: Near) -> Near:
        """Return the logarithm to base 10."""
        return self._rising(self.half.log10, self._above_zero(of))

    def power(self, base: Near, exponent: Number) -> Near:
        """Return a number above 0 to a power that need not be whole."""
        return self.exponential(self.multiply(self.near(exponent), self.logarithm(base)))

    def _above_zero(self, of: Near) -> Near:
        if of[0] <= 0:
            raise TooFewDigits
        return of

    def _rising(self, function: Callable[[Decimal], Decimal], of: Near) -> Near:
        """Return what a function that never falls, and is right to half a digit, comes to.

        Where that is 0, as the root of 0 and the logarithm of 1 are, it is exact, and the next decimal would be so
        close to 0 that no fraction could hold it.
        """
        low, high = function(of[0]), function(of[1])
        return self.half.next_minus(low) if low else low, self.half.next_plus(high) if high else high


def digits(precision: int) -> Digits:
    """Return arithmetic with `precision` significant digits."""

    def context(rounding: str) -> decimal.Context:
        return decimal.Context(
            precision, rounding, decimal.MIN_EMIN, decimal.MAX_EMAX, capitals=1, clamp=0, flags=[], traps=[]
        )

    return Digits(*map(context, (decimal.ROUND_FLOOR, decimal.ROUND_CEILING, decimal.ROUND_HALF_EVEN)))


def exact_root(number: Number, degree: int) -> Number | None:
    """Return the root of a number that is not negative, where it is a fraction.

    >>> exact_root(Fraction(9, 4), 2), exact_root(2, 2)
    (Fraction(3, 2), None)
    """
    above, below = _whole_root(number.numerator, degree), _whole_root(number.denominator, degree)
    return None if above is None or below is None else tidy(Fraction(above, below))


def _whole_root(number: int, degree: int) -> int | None:
    if degree > max(number.bit_length(), 2):
        return number if number in (0, 1) else None  # the root of anything else lies between 1 and 2
    if degree == 2:
        root = math.isqrt(number)
    else:
        low, high = 0, 1 << -(-number.bit_length() // degree)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if middle**degree <= number else (low, middle - 1)
        root = low
    return root if root**degree == number else None


def exact_power_of_ten(number: Number) -> int | None:
    """Return which power of 10 a number is; None where it is none."""
    size = max(len(str(number.numerator)), len(str(number.denominator))) - 1
    exponent = size if number >= 1 else -size
    return exponent if Fraction(10) ** exponent == number else None
