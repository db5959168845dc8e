"""Columns whose values are of several kinds → those that a fact can have, and which rows hold others."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs
import pyarrow as pa

from hiprun.backends.dataframe.column_checks import TIME_OF_DAY, WRONG_TYPE
from hiprun.inference.facts import shown
from hiprun.model import Domain

_MISSING = ("NoneType", "NAType", "NaTType")
_MIDNIGHT = datetime.time()


@attrs.frozen
class Sorted:
    """The values of a column that a fact can have, null in the other rows, and these as texts, by what is wrong."""

    values: Any
    wrong: Mapping[str, Any]


def is_mixed(values: Iterable[Any]) -> bool:
    """Return whether values have to be sorted one by one; times may each have a zone of their own."""
    kinds = {type(value) for value in values}
    kinds = {kind for kind in kinds if kind.__name__ not in _MISSING}
    return len(kinds) > 1 or any(issubclass(kind, datetime.datetime) for kind in kinds)


def sort(column: Sequence[Any], nulls: Sequence[bool], domain: Domain, *, numeric_booleans: bool) -> Sorted:
    """Return the values that a fact of `domain` can have, and the others."""
    take: Callable[[Any], Any] = _TAKE[domain.type]
    if domain.type == "boolean" and numeric_booleans:
        take = _number_for_truth
    values: list[Any] = []
    wrong: dict[str, list[str | None]] = {}
    for row, (value, is_null) in enumerate(zip(column, nulls, strict=True)):
        if is_null or type(value).__name__ in _MISSING:
            values.append(None)
            continue
        taken = take(value.item() if type(value).__module__ == "numpy" else value)
        if taken is None:
            is_time = domain.type == "date" and isinstance(value, datetime.datetime)
            what = TIME_OF_DAY if is_time else WRONG_TYPE[domain.type]
            wrong.setdefault(what, [None] * len(nulls))[row] = _text(value)
        values.append(taken)
    return Sorted(
        pa.array(values, _kind(domain)), {what: pa.array(texts, pa.string()) for what, texts in wrong.items()}
    )


def _kind(domain: Domain) -> Any:
    """Return of which type the values are that a fact can have."""
    match domain.type:
        case "boolean":
            return pa.bool_()
        case "choice" | "string":
            return pa.string()
        case "set":
            return pa.list_(pa.string())
        case "date":
            return pa.date32()
        case _:
            return pa.float64()


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
