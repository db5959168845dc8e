"""Columns of texts, as CSV has them → columns of numbers, dates and truths; what cannot be read refuses its row."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import attrs
import pyarrow as pa
import pyarrow.compute as pc

from hiprun.backends.dataframe.column_names import places
from hiprun.backends.dataframe.decision_context import REASONS
from hiprun.interfaces.cli.table_files import BETWEEN_CHOICES, EMPTY_LIST
from hiprun.model import Domain, Model

_NUMBER = r"^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_NO_NUMBER = "not a number such as 2.5"
_WORDS = {
    "boolean": "neither true nor false",
    "integer": _NO_NUMBER,
    "number": _NO_NUMBER,
    "date": "not a date such as 2026-03-01",
}


@attrs.frozen
class Cells:
    """A table whose facts can be taken, and for each row why it cannot be read, null where it can."""

    table: Any
    refused: Any


def kinds(model: Model, columns: Mapping[str, str]) -> dict[str, Domain]:
    """Return of which kind the columns are that hold facts; `columns` maps names of facts to columns."""
    return {columns.get(name, name): place.domain for name, place in places(model).items()}


def read_cells(table: Any, wanted: Mapping[str, Domain], *, numeric_booleans: bool = False) -> Cells:
    """Return a table of texts with the columns in `wanted` as what they are; 1 and 0 are truths if asked for."""
    reasons: list[Any] = []
    for index, name in enumerate(table.schema.names):
        domain = wanted.get(name)
        texts = table.column(index)
        if domain is None or not pa.types.is_string(texts.type):
            continue
        if domain.type == "set":
            lists = pc.split_pattern(texts, BETWEEN_CHOICES)
            nothing = pa.scalar([], lists.type)
            table = table.set_column(index, name, pc.if_else(pc.equal(texts, EMPTY_LIST), nothing, lists))
        elif domain.type in _WORDS:
            trimmed = pc.utf8_trim_whitespace(texts)
            if domain.type == "boolean" and numeric_booleans:
                trimmed = pc.replace_substring_regex(trimmed, r"^1(\.0*)?$", "true")
                trimmed = pc.replace_substring_regex(trimmed, r"^0(\.0*)?$", "false")
            values, bad = _read(trimmed, domain.type)
            table = table.set_column(index, name, values)
            if pc.any(bad).as_py():
                words = f"`{name}`: {_WORDS[domain.type]}"
                reasons.append(pc.if_else(bad, pa.scalar(words), pa.scalar(None, pa.string())))
    return Cells(table, reduce(both_reasons, reasons).combine_chunks() if reasons else None)


def both_reasons(one: Any, other: Any) -> Any:
    """Return what two columns of reasons say together."""
    return pc.coalesce(pc.binary_join_element_wise(one, other, REASONS), one, other)


def _read(texts: Any, kind: str) -> tuple[Any, Any]:
    """Return what texts say, and where they say nothing that can be read."""
    if kind == "boolean":
        lowered = pc.utf8_lower(texts)
        bad = pc.invert(pc.is_in(lowered, value_set=pa.array(["true", "false", None])))
        return pc.if_else(bad, None, pc.equal(lowered, "true")), bad
    type_ = pa.date32() if kind == "date" else pa.float64()
    try:
        values = texts.cast(type_)
    except pa.ArrowInvalid:
        known = _days(texts) if kind == "date" else pc.if_else(pc.match_substring_regex(texts, _NUMBER), texts, None)
        values = known.cast(type_)
    return values, pc.and_(pc.is_null(values), pc.is_valid(texts))


def _days(texts: Any) -> Any:
    """Return those texts that are days there have been or will be."""
    moments = pc.strptime(texts, format="%Y-%m-%d", unit="s", error_is_null=True)
    return pc.if_else(pc.equal(pc.strftime(moments, format="%Y-%m-%d"), texts), texts, None)
