"""Columns of Polars → those of Arrow, and new columns as Polars has them."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, assert_never

import numpy as np
import polars as pl
import pyarrow as pa

from hiprun.backends.dataframe.arrow_values import stored
from hiprun.backends.dataframe.batch_evaluation import Wrong
from hiprun.backends.dataframe.column_names import places
from hiprun.backends.dataframe.evaluate import Evaluation
from hiprun.backends.dataframe.mixed_columns import sort
from hiprun.backends.dataframe.new_columns import ColumnType


def facts_of(frame: pl.DataFrame, evaluation: Evaluation) -> tuple[dict[str, Any], list[Wrong]]:
    """Return the columns of a frame that hold facts, as Arrow has them, and values in them that no fact can have."""
    arrays: dict[str, Any] = {}
    wrong: list[Wrong] = []
    for name, column in evaluation.facts.items():
        series = frame[column]
        if series.dtype == pl.Object:
            domain = places(evaluation.frames.model)[name].domain
            booleans = evaluation.options.numeric_booleans
            found = sort(series.to_list(), series.is_null().to_list(), domain, numeric_booleans=booleans)
            arrays[name] = found.values
            wrong += [Wrong(name, what, texts) for what, texts in found.wrong.items()]
        else:
            arrays[name] = _array(series)
    return arrays, wrong


def with_columns(frame: pl.DataFrame, kinds: Mapping[str, ColumnType], new: Mapping[str, Any]) -> pl.DataFrame:
    """Return a frame with new columns, in the place of others of the same name."""
    made = list(new_series(kinds, new))
    return frame.hstack(made) if kinds.keys().isdisjoint(frame.columns) else frame.with_columns(made)


def _array(series: pl.Series) -> Any:
    """Return a column as Arrow has it; texts as they lie in memory."""
    return series.to_arrow(compat_level=pl.CompatLevel.newest() if series.dtype == pl.String else None)


def dtype_of(kind: ColumnType) -> Any:
    """Return the type that a new column has in Polars."""
    match kind.form:
        case "label":
            return pl.Enum(kind.labels)
        case "text":
            return pl.String
        case "truth":
            return pl.Boolean
        case "integer":
            return pl.Int64
        case "number":
            return pl.Float64
        case "date":
            return pl.Date
        case _:
            assert_never(kind.form)


def new_series(types: Mapping[str, ColumnType], new: Mapping[str, Any]) -> Iterator[pl.Series]:
    """Yield new columns as Polars has them: labels as enums. Those that are the same are made once."""
    made: dict[int, pl.Series] = {}
    for name, column in new.items():
        if id(column) not in made:
            made[id(column)] = _one_series(types[name], column)
        yield made[id(column)].alias(name)


def _one_series(kind: ColumnType, column: Any) -> pl.Series:
    if kind.form != "label":
        return pl.Series(column, dtype=dtype_of(kind))
    if column.null_count == len(column):
        return _null(kind.labels).new_from_index(0, len(column))
    found = _enum(kind.labels)[pl.Series(pa.chunked_array([_wide(chunk.indices) for chunk in column.chunks]))]
    if column.null_count:  # quicker than to look up nulls
        found = found.zip_with(pl.Series(column.is_valid()), _null(kind.labels))
    return found


def _wide(indexes: Any) -> Any:
    """Return the numbers of labels in the width that Polars looks them up with, whatever is null among them."""
    return pa.Array.from_buffers(pa.uint32(), len(indexes), [None, pa.py_buffer(stored(indexes).astype(np.uint32))])


def values_of(kind: ColumnType, values: Sequence[Any]) -> Sequence[Any]:
    """Return single values as Polars takes them; days are given as ordinals."""
    if kind.form != "date":
        return values
    return [None if value is None else datetime.date.fromordinal(value) for value in values]


@functools.lru_cache(maxsize=256)
def _enum(labels: tuple[str, ...]) -> pl.Series:
    """Return each label once, as values of an enum."""
    return pl.Series(labels, dtype=pl.Enum(labels))


@functools.lru_cache(maxsize=256)
def _null(labels: tuple[str, ...]) -> pl.Series:
    """Return nothing, as the one value of the same enum."""
    return pl.Series([None], dtype=pl.Enum(labels))
