"""Values of one fact: on, next to and between the thresholds of the rules, or anywhere; the calmest first."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from hiprun.model import Domain, Number
from hiprun.model.value_conversion import decimal, exact, tidy

_MOST_DECIMALS = 6
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_TODAY = datetime.date(2026, 3, 1).toordinal()
_DISTANCE_BEYOND = 100
"""How far ordinary values of a fact without a range go beyond its last threshold."""


def special_values(domain: Domain, numbers: Sequence[Number] = (), texts: Sequence[str] = ()) -> list[Any]:
    """Return values on, just next to and between thresholds, so that every test has each of its results for some value.

    >>> special_values(Domain("integer", lowest=0, highest=9, worse="lower"), [5])
    [9, 8, 7, 6, 5, 4, 2, 1, 0]
    """
    match domain.type:
        case "boolean":
            return [True, False] if domain.worse == "false" else [False, True]
        case "choice":
            return list(domain.choices)[:: -1 if domain.worse == "earlier" else 1]
        case "set":
            return [frozenset(), *(frozenset({name}) for name in domain.choices), frozenset(domain.choices)]
        case "string":
            return list(dict.fromkeys(["", *texts, *(text.swapcase() for text in texts)]))
        case _:
            return _special_numbers(domain, numbers)


def values(domain: Domain, numbers: Sequence[Number], texts: Sequence[str], *, near: bool) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a fact, as the model has them; with `near`, most are close to thresholds."""
    if domain.type in ("boolean", "choice"):
        return st.sampled_from(special_values(domain))
    ordinary: st.SearchStrategy[Any]
    match domain.type:
        case "set":
            ordinary = st.lists(st.sampled_from(list(domain.choices)), unique=True).map(frozenset)
        case "string":
            ordinary = st.text(_LETTERS, max_size=8)
        case _:
            ordinary = _ordinary_numbers(domain, numbers)
    return st.one_of(st.sampled_from(special_values(domain, numbers, texts)), ordinary) if near else ordinary


def as_typed(domain: Domain, value: Any) -> Any:
    """Return a value as a caller would write it: `37.5`, `datetime.date(2026, 3, 1)`, `["left", "right"]`.

    >>> as_typed(Domain("number"), Fraction(75, 2))
    37.5
    """
    match domain.type:
        case "integer" | "number":
            rounded = value if value.denominator == 1 else float(value)
            return rounded if exact(rounded) == value else decimal(value)
        case "date":
            return datetime.date.fromordinal(value)
        case "set" if isinstance(value, frozenset):
            return [name for name in domain.choices if name in value]
        case _:
            return value


def grid_parts(domain: Domain, numbers: Iterable[Number]) -> int:
    """Return how finely to divide 1 so that thresholds can be met exactly and missed on both sides.

    >>> grid_parts(Domain("number"), [4, Fraction(75, 2)]), grid_parts(Domain("integer"), [4])
    (10, 1)
    """
    if domain.type != "number":
        return 1
    points = sorted(numbers)
    parts = 10
    while parts < 10**_MOST_DECIMALS and (
        any((point * parts) % 1 for point in points) or any((b - a) * parts < 2 for a, b in pairwise(points))
    ):
        parts *= 10
    return parts


def allows(domain: Domain, value: Number) -> bool:
    """Whether a number is in the domain of a fact."""
    low, high = _range(domain, [value])
    return low <= value <= high and (domain.type == "number" or value.denominator == 1)


def _range(domain: Domain, points: Sequence[Number]) -> tuple[Number, Number]:
    """Return the ends of a fact's range; if it has none, numbers well outside `points`."""
    first, last = min(points) - _DISTANCE_BEYOND, max(points) + _DISTANCE_BEYOND
    if domain.type == "date":
        first, last = max(first, datetime.date.min.toordinal()), min(last, datetime.date.max.toordinal())
    return (first if domain.lowest is None else domain.lowest), (last if domain.highest is None else domain.highest)


def _points(domain: Domain, numbers: Sequence[Number]) -> list[Number]:
    ends = [end for end in (domain.lowest, domain.highest) if end is not None]
    return sorted({*numbers, *ends}) or [_TODAY if domain.type == "date" else 0]


def _special_numbers(domain: Domain, numbers: Sequence[Number]) -> list[Number]:
    points = _points(domain, numbers)
    parts = grid_parts(domain, points)
    candidates: set[Number] = set()
    for point in points:
        position = point * parts
        candidates |= {
            tidy(Fraction(step, parts)) for step in (math.ceil(position) - 1, round(position), math.floor(position) + 1)
        }
    candidates |= {tidy(Fraction(round(Fraction(one + other) / 2 * parts), parts)) for one, other in pairwise(points)}
    return _calmest_first(domain, [value for value in candidates if allows(domain, value)])


def _calmest_first(domain: Domain, numbers: list[Number]) -> list[Number]:
    if domain.worse:
        return sorted(numbers, reverse=domain.worse == "lower")
    return sorted(numbers, key=lambda value: (abs(value), value < 0))


def _ordinary_numbers(domain: Domain, numbers: Sequence[Number]) -> st.SearchStrategy[Number]:
    first, last = _range(domain, _points(domain, numbers))
    parts = 1
    while math.ceil(first * parts) > math.floor(last * parts):
        parts *= 10
    steps = [parts, parts * 10] if domain.type == "number" else [parts]
    return st.one_of([_on_grid(domain, first, last, step) for step in steps])


def _on_grid(domain: Domain, first: Number, last: Number, parts: int) -> st.SearchStrategy[Number]:
    low, high = math.ceil(first * parts), math.floor(last * parts)
    if domain.worse == "lower":
        return st.integers(0, high - low).map(lambda step: tidy(Fraction(high - step, parts)))
    if domain.worse == "higher":
        return st.integers(0, high - low).map(lambda step: tidy(Fraction(low + step, parts)))
    return st.integers(low, high).map(lambda step: tidy(Fraction(step, parts)))
