"""JSON from outside, read without losing anything: numbers stay exact, and nothing is said twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hiprun.errors import HiprunError, Problem


def read_json(content: bytes, number: Callable[[str], Decimal] = Decimal) -> Any:
    """Return what `content` says; raises `HiprunError` for anything that is not JSON, or says a name twice.

    `number` reads numbers that are not whole; it may raise `ValueError` for those that are not wanted.
    """
    try:
        return json.loads(content, parse_float=number, parse_constant=_no_constant, object_pairs_hook=_distinct)
    except (ValueError, ArithmeticError, RecursionError) as error:
        message = str(error) if isinstance(error, _NotTakenError) else "This is not JSON."
        raise HiprunError([Problem("bad-json", message)]) from None


class _NotTakenError(ValueError):
    """What Python takes for JSON and hiprun does not."""


def _no_constant(name: str) -> Any:
    raise _NotTakenError(f"This is not JSON: {name} is not a number.")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotTakenError("Something is said twice: a name occurs again in the same object.")
    return found
