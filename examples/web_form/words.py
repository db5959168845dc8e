"""Values and names as a reader sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from hiprun.model import Domain
from hiprun.model.amounts import amount_text


def wording(name: str) -> str:
    """Return a name as words.

    >>> wording("single-leg-stand")
    'Single leg stand'
    """
    text = name.replace("_", " ").replace("-", " ")
    return text[:1].upper() + text[1:]


def shown(domain: Domain, value: Any) -> str:
    """Return a value of an output in words, even if only its range is known.

    >>> shown(Domain("number", unit="min"), {"at_least": 20, "at_most": 30})
    '20 to 30 min'
    """
    if isinstance(value, Mapping):
        low, high = value.get("at_least"), value.get("at_most")
        if low is not None and high is not None:
            return f"{amount_text(low, attrs.evolve(domain, unit='', unit_words=()))} to {shown(domain, high)}"
        return f"at least {shown(domain, low)}" if low is not None else f"at most {shown(domain, high)}"
    match domain.type:
        case "boolean":
            return "yes" if value else "no"
        case "choice":
            return domain.choices[value] or wording(value)
        case "set":
            return ", ".join(text or wording(name) for name, text in domain.choices.items() if name in value) or "none"
        case _:
            return amount_text(value, domain)
