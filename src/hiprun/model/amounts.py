"""Amounts as people write them: rounded for the eye, with the unit in the singular or the plural."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from hiprun.catalogue import Catalogue, catalogue
from hiprun.model.expressions import Domain, Number
from hiprun.model.value_conversion import text
from hiprun.model.value_notation import notation

_MOST_DECIMALS = 3
"""Of a number whose decimals nobody declared; more are rounded to two, or to three digits that count."""
_MOST_TRIED = 40


def rounded_text(number: Number, decimals: int | None = None, *, apart_from: Iterable[Number] = ()) -> str:
    """Return a number as people write it, to `decimals` places, or as many as make sense, without zeros behind.

    It gets as many places more as it takes to still be above or below each of the numbers in `apart_from`.

    >>> rounded_text(Fraction(102, 7)), rounded_text(Fraction(5, 2), 2), rounded_text(Fraction(1, 800))
    ('14.57', '2.5', '0.00125')
    """
    places = _usual_places(number) if decimals is None else decimals
    limits = [limit for limit in apart_from if limit != number]
    rounded = _rounded(number, places)
    while places < _MOST_TRIED and any((rounded > limit) != (number > limit) or rounded == limit for limit in limits):
        places += 1
        rounded = _rounded(number, places)
    return text(rounded)


def amount_text(value: Any, domain: Domain, words: Catalogue | None = None, *, exactly: bool = False) -> str:
    """Return a value of `domain`, or tests of one, as people write it, with its unit; `exactly`: not rounded.

    `words` are hiprun's own in the language of the reader; English ones by default.

    >>> amount_text({"at_least": 1, "at_most": 6}, Domain("number", unit="points"))
    'at least 1 and at most 6 points'
    """
    written, last = _value_text(value, domain, words or catalogue(), exactly=exactly)
    unit = unit_text(last, domain)
    return f"{written}{'' if unit.startswith('%') else ' '}{unit}" if unit else written


def named_amount_text(name: str, value: Any, domain: Domain, words: Catalogue | None = None) -> str:
    """Return a name with its value; the name alone where it is the unit: `2 sets`, not `sets 2 sets`."""
    written = amount_text(value, domain, words)
    return written if name in (domain.unit, *domain.unit_words) else f"{name} {written}"


def unit_text(amount: Any, domain: Domain) -> str:
    """Return the unit of `domain` as it is written after an amount."""
    if not domain.unit_words:
        return domain.unit
    return domain.unit_words[0 if amount == 1 else 1]


def number_words(number: Number, domain: Domain, words: Catalogue) -> str:
    """Return a number as it is written in a language, without its unit."""
    return rounded_text(number, domain.decimals).replace(".", words.text("number.point"))


def _value_text(value: Any, domain: Domain, words: Catalogue, *, exactly: bool) -> tuple[str, Any]:
    """Return a value as text, and the amount that its unit follows."""
    if isinstance(value, Mapping):
        parts = [
            words.text(f"number.{part}", amount=_value_text(bound, domain, words, exactly=exactly)[0])
            for part, bound in value.items()
        ]
        return words.text("number.and").join(parts), [*value.values()][-1]
    if not exactly and domain.is_numeric:
        return number_words(Fraction(value), domain, words), value
    return notation(value), value


def _usual_places(number: Number) -> int:
    if (Fraction(number) * 10**_MOST_DECIMALS).denominator == 1:
        return _MOST_DECIMALS
    size = abs(Fraction(number))
    # a number just below a power of ten may look one digit shorter here, which costs one digit more
    magnitude = len(str(size.numerator)) - len(str(size.denominator))
    return max(2, 3 - magnitude)


def _rounded(number: Number, places: int) -> Fraction:
    scaled = abs(Fraction(number)) * 10**places
    size = Fraction(math.floor(scaled + Fraction(1, 2)), 10**places)
    return size if number > 0 else -size
