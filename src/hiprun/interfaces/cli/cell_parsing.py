"""Text columns of CSV files → columns of numbers, dates and booleans; a row with an unreadable cell is refused."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import attrs
import pyarrow as pa
import pyarrow.compute as pc

from hiprun.backends.dataframe.column_names import places
from hiprun.backends.dataframe.decision_context import REASONS
from hiprun.interfaces.cli.table_files import CHOICE_SEPARATOR, EMPTY_LIST
from hiprun.model import Domain, Model

_NUMBER = r"^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_NO_NUMBER = "not a number such as 2.5"
_PROBLEM_WORDS = {
    "boolean": "neither true nor false",
    "integer": _NO_NUMBER,
    "number": _NO_NUMBER,
    "date": "not a date such as 2026-03-01",
}


@attrs.frozen
class ParsedTable:
    """A table with parsed facts, and for each row the reason why it is unreadable, or null."""

    table: Any
    reasons: Any


def column_domains(model: Model, columns: Mapping[str, str]) -> dict[str, Domain]:
    """Return the domains of the columns that contain facts; `columns` maps names of facts to columns."""
    return {columns.get(name, name): place.domain for name, place in places(model).items()}


def parse_cells(table: Any, domains: Mapping[str, Domain], *, numeric_booleans: bool = False) -> ParsedTable:
    """Return a table of texts with the columns in `wanted` as what they are; 1 and 0 are truths if asked for."""
    reasons: list[Any] = []
    for index, name in enumerate(table.schema.names):
        domain = domains.get(name)
        texts = table.column(index)
        if domain is None or not pa.types.is_string(texts.type):
            continue
        if domain.type == "set":
            lists = pc.split_pattern(texts, CHOICE_SEPARATOR)
            nothing = pa.scalar([], lists.type)
            table = table.set_column(index, name, pc.if_else(pc.equal(texts, EMPTY_LIST), nothing, lists))
        elif domain.type in _PROBLEM_WORDS:
            trimmed = pc.utf8_trim_whitespace(texts)
            if domain.type == "boolean" and numeric_booleans:
                trimmed = pc.replace_substring_regex(trimmed, r"^1(\.0*)?$", "true")
                trimmed = pc.replace_substring_regex(trimmed, r"^0(\.0*)?$", "false")
            values, unreadable = _parse_texts(trimmed, domain.type)
            table = table.set_column(index, name, values)
            if pc.any(unreadable).as_py():
                reason = f"`{name}`: {_PROBLEM_WORDS[domain.type]}"
                reasons.append(pc.if_else(unreadable, pa.scalar(reason), pa.scalar(None, pa.string())))
    return ParsedTable(table, reduce(joined_reasons, reasons).combine_chunks() if reasons else None)


def joined_reasons(first: Any, second: Any) -> Any:
    """Return two columns of reasons joined into one."""
    return pc.coalesce(pc.binary_join_element_wise(first, second, REASONS), first, second)


def _parse_texts(texts: Any, kind: str) -> tuple[Any, Any]:
    """Return the values of texts, and which texts are unreadable."""
    if kind == "boolean":
        lowered = pc.utf8_lower(texts)
        unreadable = pc.invert(pc.is_in(lowered, value_set=pa.array(["true", "false", None])))
        return pc.if_else(unreadable, None, pc.equal(lowered, "true")), unreadable
    type_ = pa.date32() if kind == "date" else pa.float64()
    try:
        values = texts.cast(type_)
    except pa.ArrowInvalid:
        castable = (
            _valid_dates(texts) if kind == "date" else pc.if_else(pc.match_substring_regex(texts, _NUMBER), texts, None)
        )
        values = castable.cast(type_)
    return values, pc.and_(pc.is_null(values), pc.is_valid(texts))


def _valid_dates(texts: Any) -> Any:
    """Return the texts that are valid dates, and null for the others."""
    timestamps = pc.strptime(texts, format="%Y-%m-%d", unit="s", error_is_null=True)
    return pc.if_else(pc.equal(pc.strftime(timestamps, format="%Y-%m-%d"), texts), texts, None)
