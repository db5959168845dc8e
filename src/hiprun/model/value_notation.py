"""Values in the notation of rule files, for people to read."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hiprun.model import value_conversion


def notation(value: Any) -> str:
    """Return `value` as a rule file would write it.

    >>> notation({"colour": frozenset({"red", "blue"}), "warm": True, "points": Decimal("1.50")})
    '{colour: [blue, red], warm: true, points: 1.5}'
    """
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "nothing"
        case Fraction():
            return value_conversion.text(value)
        case Decimal():
            return format(value.normalize(), "f")
        case date():
            return value.isoformat()
        case Mapping():
            return f"{{{', '.join(f'{name}: {notation(part)}' for name, part in value.items())}}}"
        case Set():
            return notation(sorted(value))
        case list() | tuple():
            return f"[{', '.join(map(notation, value))}]"
        case _:
            return str(value)
