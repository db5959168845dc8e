"""Columns whose values are of several kinds → those that a fact can have, and which rows hold others."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import attrs
import narwhals as nw

from hiprun.inference.facts import shown
from hiprun.model import Domain

TIME_OF_DAY = "a time of day, not a date"
WRONG_TYPE: Mapping[str, str] = {
    "boolean": "neither true nor false",
    "choice": "not one of the choices",
    "set": "not a list of choices",
    "string": "not a text",
    "date": "not a date",
    "integer": "not a number",
    "number": "not a number",
}
"""What is said of a value of the wrong type, by the type of the fact."""

_MISSING = ("NoneType", "NAType", "NaTType")
_MIDNIGHT = datetime.time()


@attrs.frozen
class Sorted:
    """The values of a column that a fact can have, null in the other rows, and these as texts, by what is wrong."""

    values: list[Any]
    wrong: Mapping[str, list[str | None]]


def is_mixed(column: nw.Series[Any]) -> bool:
    """Return whether a column of objects has to be sorted value by value; times may each have a zone of their own."""
    if column.dtype != nw.Object:
        return False
    kinds = {type(value) for value in column.to_list()}
    kinds = {kind for kind in kinds if kind.__name__ not in _MISSING}
    return len(kinds) > 1 or column.implementation.is_polars() or any(issubclass(k, datetime.datetime) for k in kinds)


def sort(column: nw.Series[Any], domain: Domain, *, numeric_booleans: bool) -> Sorted:
    """Return the values that a fact of `domain` can have, and the others."""
    take: Callable[[Any], Any] = _TAKE[domain.type]
    if domain.type == "boolean" and numeric_booleans:
        take = _number_for_truth
    values: list[Any] = []
    wrong: dict[str, list[str | None]] = {}
    nulls = column.is_null().to_list()
    for row, (value, is_null) in enumerate(zip(column.to_list(), nulls, strict=True)):
        if is_null or type(value).__name__ in _MISSING:
            values.append(None)
            continue
        taken = take(value.item() if type(value).__module__ == "numpy" else value)
        if taken is None:
            is_time = domain.type == "date" and isinstance(value, datetime.datetime)
            what = TIME_OF_DAY if is_time else WRONG_TYPE[domain.type]
            wrong.setdefault(what, [None] * len(nulls))[row] = _text(value)
        values.append(taken)
    return Sorted(values, wrong)


def dtype(domain: Domain) -> Any:
    """Return of which type the values are that `sort` returns."""
    match domain.type:
        case "boolean":
            return nw.Boolean
        case "choice" | "string":
            return nw.String
        case "set":
            return nw.List(nw.String)
        case "date":
            return nw.Date
        case _:
            return nw.Float64


def _text(value: Any) -> str:
    return shown(value).strip("`")


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _number_for_truth(value: Any) -> bool | None:
    return bool(value) if isinstance(value, bool) or _number(value) in (0.0, 1.0) else None


def _text_value(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _day(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        at_midnight = value.time() == _MIDNIGHT and not getattr(value, "nanosecond", 0)
        return value.date() if at_midnight else None
    return value if isinstance(value, datetime.date) else None


def _choices(value: Any) -> list[str] | None:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        return None
    entries = list(value)
    return entries if all(isinstance(entry, str) for entry in entries) else None


_TAKE: Mapping[str, Callable[[Any], Any]] = {
    "boolean": _truth,
    "choice": _text_value,
    "string": _text_value,
    "set": _choices,
    "date": _day,
    "integer": _number,
    "number": _number,
}
