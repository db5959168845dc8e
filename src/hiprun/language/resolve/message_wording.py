"""How values and types are named to a reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from hiprun.model import Domain, Number
from hiprun.model.value_conversion import text

TYPES = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "choice": "a choice",
    "set": "a list of choices",
    "string": "a text",
    "date": "a date",
}


def value(given: Any) -> str:
    """Return a value of a file as a reader wrote it, shortened."""
    match given:
        case bool():
            return "true" if given else "false"
        case int() | Fraction():
            return text(given)
        case str():
            return f"`{given}`" if len(given) <= 60 else f"`{given[:57]}…`"
        case list():
            return "a list"
        case _:
            return "a mapping with names and colons"


def bound(domain: Domain, limit: Number) -> str:
    """Return a bound of `domain` as its file writes it."""
    return date.fromordinal(int(limit)).isoformat() if domain.type == "date" else text(limit)


def span(domain: Domain, low: Number | None = None, high: Number | None = None) -> str:
    """Return the range of `domain`, or another range of its values, in words.

    >>> span(Domain("number", lowest=0, highest=10))
    'from 0 to 10'
    """
    first, last = domain.lowest if low is None else low, domain.highest if high is None else high
    return f"from {bound(domain, first or 0)} to {bound(domain, last or 0)}"


def listed(names: Iterable[str], most: int = 8) -> str:
    """Return names for a sentence.

    >>> listed(["red", "green"])
    '`red`, `green`'
    """
    everything = list(names)
    return ", ".join(f"`{name}`" for name in everything[:most]) + (" …" if len(everything) > most else "")
