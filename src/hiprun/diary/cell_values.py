"""The text in a cell of a table → its value: a number, true or false, or a list of choices."""

from __future__ import annotations

import re
from typing import Any

from hiprun.model import Domain
from hiprun.model.value_conversion import from_notation

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TRUTHS = {"true": True, "false": False}
NOTHING = "none"
"""The text of a cell whose list is empty; an empty cell says nothing."""


def value(domain: Domain, text: str) -> Any:
    """Return the value that `text` represents in `domain`; text that represents none is returned as it is.

    >>> value(Domain("set", choices={"red": "", "blue": ""}), "red; blue"), value(Domain("boolean"), "true")
    (['red', 'blue'], True)
    """
    text = text.strip()
    match domain.type:
        case "integer" | "number":
            return _number(text)
        case "boolean":
            return _TRUTHS.get(text.lower(), text)
        case "set":
            if text == NOTHING and NOTHING not in domain.choices:
                return []
            return [part.strip() for part in text.split(";") if part.strip()]
        case _:
            return text


def with_a_point(domain: Domain, given: Any) -> str:
    """Return how to write a number whose comma should be a point; empty for everything else.

    >>> with_a_point(Domain("number"), "5,5")
    'Write it with a point: `5.5`.'
    """
    if not domain.is_numeric or not isinstance(given, str):
        return ""
    pointed = given.replace(",", ".")
    return f"Write it with a point: `{pointed}`." if "," in given and _NUMBER.fullmatch(pointed) else ""


def _number(text: str) -> Any:
    number = from_notation(text) if _NUMBER.fullmatch(text) else None
    return text if number is None else number
