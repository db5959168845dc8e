"""Words for values and types in messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from hiprun.model import Domain, Number
from hiprun.model.value_conversion import text

TYPE_WORDS = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "choice": "a choice",
    "set": "a list of choices",
    "string": "text",
    "date": "a date",
}


def value_words(value: Any) -> str:
    """Return a value of a file as its author wrote it, shortened."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Fraction():
            return text(value)
        case str():
            return f"`{value}`" if len(value) <= 60 else f"`{value[:57]}…`"
        case list():
            return "a list"
        case _:
            return "a mapping with names and colons"


def bound_text(domain: Domain, limit: Number) -> str:
    """Return a bound of `domain` in the notation of rule files."""
    return date.fromordinal(int(limit)).isoformat() if domain.type == "date" else text(limit)


def range_words(domain: Domain, low: Number | None = None, high: Number | None = None) -> str:
    """Return the range of `domain`, or another range of its values, in words.

    >>> range_words(Domain("number", lowest=0, highest=10))
    'from 0 to 10'
    """
    first, last = domain.lowest if low is None else low, domain.highest if high is None else high
    return f"from {bound_text(domain, first or 0)} to {bound_text(domain, last or 0)}"


def name_list(names: Iterable[str], max_names: int = 8) -> str:
    """Return names as a list within a sentence.

    >>> name_list(["red", "green"])
    '`red`, `green`'
    """
    everything = list(names)
    return ", ".join(f"`{name}`" for name in everything[:max_names]) + (" …" if len(everything) > max_names else "")
