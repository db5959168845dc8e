"""Values as callers see them, and the exact numbers behind them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from hiprun.model.expressions import Domain, Number

Value: TypeAlias = bool | int | Decimal | str | frozenset[str] | datetime.date | Mapping[str, Any] | tuple[Any, ...]
"""A value of a fact or an output; a mapping such as `{"at_least": 4}` is a partial value."""

MOST_DIGITS = 40
_LONGEST_EXPONENT = 10
_TOO_LONG = 10**MOST_DIGITS
_CONTEXT = Context(prec=MOST_DIGITS)
_PLAIN = frozenset({bool, int, str, type(None)})


def exact(value: int | float | Decimal | Fraction) -> Number | None:
    """Return exactly the number that the decimal notation of `value` says; None for NaN, infinities and absurd lengths.

    >>> exact(0.1)
    Fraction(1, 10)
    """
    if isinstance(value, int):
        return int(value) if abs(value) < _TOO_LONG else None
    if isinstance(value, Fraction):
        small = max(value.numerator.bit_length(), value.denominator.bit_length()) <= 8 * MOST_DIGITS
        return tidy(value) if small else None
    number = Decimal(repr(float(value))) if isinstance(value, float) else value
    if not number.is_finite() or len(number.as_tuple().digits) > MOST_DIGITS:
        return None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > MOST_DIGITS:
        return None
    return tidy(Fraction(number))


def as_truth(value: Any) -> bool | None:
    """Return a truth value as `bool`, including those of numpy, which are no `bool`; None for anything else.

    >>> as_truth(True), as_truth(1)
    (True, None)
    """
    if value is True or value is False:
        return value
    cls = type(value)
    # without importing numpy: its class is called `bool_`, or `bool` from numpy 2 on
    return bool(value) if cls.__module__ == "numpy" and cls.__name__ in ("bool", "bool_") else None


def from_notation(notation: str) -> Number | None:
    """Return exactly the number that a decimal notation says; None for absurd lengths, which are not even computed.

    >>> from_notation("1.5e2"), from_notation("1e999999999")
    (150, None)
    """
    exponent = notation.lower().partition("e")[2]
    if len(notation) > 2 * MOST_DIGITS or len(exponent) > _LONGEST_EXPONENT:
        return None
    return exact(Decimal(notation))


def tidy(number: Number) -> Number:
    """Return a whole number as `int`, anything else unchanged."""
    return number.numerator if number.denominator == 1 else number


def decimal(number: Number) -> int | Decimal:
    """Return an exact number as `int` or `Decimal`; a fraction without finite notation is rounded to 40 digits.

    >>> decimal(Fraction(1, 8))
    Decimal('0.125')
    """
    if number.denominator == 1:
        return number.numerator
    quotient = _CONTEXT.divide(Decimal(number.numerator), Decimal(number.denominator))
    return quotient.normalize(_CONTEXT)


def text(number: Number) -> str:
    """Return a number in decimal notation, without an exponent.

    >>> text(Fraction(33, 10))
    '3.3'
    """
    value = decimal(number)
    return str(value) if isinstance(value, int) else format(value, "f")


def public(domain: Domain, value: Any) -> Value:
    """Return a value of the model as callers see it: numbers as `int` or `Decimal`, dates as `datetime.date`."""
    match domain.type:
        case "integer" | "number":
            return decimal(value)
        case "date":
            return datetime.date.fromordinal(value)
        case _:
            return value  # type: ignore[no-any-return]


def internal(domain: Domain, value: Any) -> Any:
    """Return a caller's value as the model has it; the inverse of `public`.

    Raises ValueError for a number that has no exact form.
    """
    match domain.type:
        case "integer" | "number":
            number = exact(value)
            if number is None:
                raise ValueError("not an ordinary number")
            return number
        case "date":
            return value.toordinal()
        case "set":
            return frozenset(value)
        case _:
            return value


def plain(value: Any) -> Any:
    """Return a value as data for JSON: exact decimals as the nearest number, dates as text, sets as sorted lists."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, Decimal):
        whole, parts = value.as_integer_ratio()
        return whole if parts == 1 else float(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
