"""Frames of Polars, in memory and lazy."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, assert_never

import attrs
import numpy as np
import polars as pl
import pyarrow as pa

from hiprun.backends.dataframe.arrow_values import stored
from hiprun.backends.dataframe.batch_evaluation import Wrong
from hiprun.backends.dataframe.column_names import HELPER, places
from hiprun.backends.dataframe.evaluate import Evaluation, FrameOptions, Frames, PreparedKernel, Quick
from hiprun.backends.dataframe.few_rows import FewRows, are_few
from hiprun.backends.dataframe.mixed_columns import sort
from hiprun.backends.dataframe.new_columns import ColumnType

_ANSWERS = f"{HELPER}answers"


@attrs.frozen(eq=False)
class PolarsFrame:
    """A frame of Polars in memory as a source of facts."""

    native: pl.DataFrame
    is_lazy: ClassVar[bool] = False
    folds_case: ClassVar[bool] = False

    @property
    def names(self) -> Sequence[str]:
        """The names of its columns."""
        return self.native.columns

    def evaluated(self, evaluation: Evaluation) -> pl.DataFrame:
        """Return the frame with the new columns."""
        arrays: dict[str, Any] = {}
        wrong: list[Wrong] = []
        for name, column in evaluation.facts.items():
            series = self.native[column]
            if series.dtype == pl.Object:
                domain = places(evaluation.frames.model)[name].domain
                found = sort(
                    series.to_list(),
                    series.is_null().to_list(),
                    domain,
                    numeric_booleans=evaluation.options.numeric_booleans,
                )
                arrays[name] = found.values
                wrong += [Wrong(name, what, texts) for what, texts in found.wrong.items()]
            else:
                arrays[name] = _array(series)
        kernel = evaluation.prepared({name: array.type for name, array in arrays.items()})
        new = evaluation.in_memory(kernel, arrays, self.native.height, wrong)
        made = list(_series(kernel.types, new))
        if not kernel.types.keys().isdisjoint(self.names):
            return self.native.with_columns(made)
        if kernel.few is not None and evaluation.is_plain:
            evaluation.frames.keep(
                self._key(evaluation.decisions, evaluation.options),
                kernel.kernel,
                lambda: self._quick(kernel, evaluation.facts),
            )
        return self.native.hstack(made)

    def _quick(self, kernel: PreparedKernel, facts: Mapping[str, str]) -> Quick:
        """Return what decides for a few rows, taken whole, since Polars makes rows of all columns at once."""
        places = {name: self.names.index(column) for name, column in facts.items()}
        return Quick(FewRows(kernel.kernel, kernel.types, places, _Tables()), range(len(self.names)))

    def _key(self, decisions: tuple[str, ...], options: FrameOptions) -> tuple[Any, ...]:
        # the classes of types are enough, and quicker: what these leave open, the engine checks in each value
        return decisions, options.on_error, *self.native.columns, *map(type, self.native.dtypes)

    def quickly(self, frames: Frames, decisions: tuple[str, ...], options: FrameOptions) -> pl.DataFrame | None:
        """Return a frame of few rows with the new columns, if frames like it were decided before; else None."""
        frame = self.native
        if not options.is_plain or not are_few(frame.height, decisions):
            return None
        kept = frames.few.get(self._key(decisions, options))
        new = None if kept is None else kept.few.decided(frame.rows())
        return None if new is None else frame.hstack(list(new))


class _Tables:
    """What was concluded as structs of Polars, which are quicker to take some of than columns are."""

    def made(self, kinds: Mapping[str, ColumnType], columns: Mapping[str, Sequence[Any]]) -> pl.Series:
        """Return a table of columns of values, None where there is none."""
        made = {name: pl.Series(name, _days(kind, columns[name]), _dtype(kind)) for name, kind in kinds.items()}
        return pl.DataFrame(made).to_struct()

    def joined(self, first: pl.Series, second: pl.Series) -> pl.Series:
        """Return two tables as one."""
        return pl.concat([first, second], rechunk=True)

    def columns(self, table: pl.Series) -> Sequence[pl.Series]:
        """Return the columns of a table."""
        return table.struct.unnest().get_columns()

    def taken(self, table: pl.Series, places: Sequence[int]) -> Sequence[pl.Series]:
        """Return the columns of some rows of a table."""
        return self.columns(table[pl.Series("", places, pl.UInt32)])


@attrs.frozen(eq=False)
class PolarsLazyFrame:
    """A lazy frame of Polars as a source of facts; each row is decided when it is collected."""

    native: pl.LazyFrame
    is_lazy: ClassVar[bool] = True
    folds_case: ClassVar[bool] = False

    @property
    def names(self) -> Sequence[str]:
        """The names of its columns."""
        return self.native.collect_schema().names()

    def quickly(self, frames: Frames, decisions: tuple[str, ...], options: FrameOptions) -> None:
        """Return nothing: there is no quicker way."""

    def evaluated(self, evaluation: Evaluation) -> pl.LazyFrame:
        """Return the frame with the new columns, still to be worked out."""
        schema = self.native.collect_schema()
        facts = [_readable(pl.col(column), schema[column]).alias(name) for name, column in evaluation.facts.items()]
        empty = pl.DataFrame(schema=schema).select(facts)
        kernel = evaluation.prepared({name: _array(empty[name]).type for name in empty.columns})
        if not evaluation.refuse:
            collected = self.native.select(facts).collect()
            evaluation.in_memory(kernel, _arrays(collected), collected.height)
        types = {name: _dtype(kind) for name, kind in kernel.types.items()}

        def answers(rows: pl.Series) -> pl.Series:
            frame = rows.struct.unnest()
            new = evaluation.in_memory(kernel, _arrays(frame), frame.height)
            return pl.DataFrame(_series(kernel.types, new)).to_struct()

        worked_out = pl.struct(facts).map_batches(answers, return_dtype=pl.Struct(types), is_elementwise=True)
        new = [pl.col(_ANSWERS).struct.field(name) for name in types]
        return self.native.with_columns(worked_out.alias(_ANSWERS)).with_columns(new).drop(_ANSWERS)


def _readable(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return a column that Arrow can have; of objects, which a lazy frame cannot look into, only where there is one."""
    return pl.when(column.is_not_null()).then(pl.lit(b"")) if dtype == pl.Object else column


def _arrays(frame: pl.DataFrame) -> dict[str, Any]:
    return {name: _array(frame[name]) for name in frame.columns}


def _array(series: pl.Series) -> Any:
    """Return a column as Arrow has it; texts as they lie in memory."""
    return series.to_arrow(compat_level=pl.CompatLevel.newest() if series.dtype == pl.String else None)


def _dtype(kind: ColumnType) -> Any:
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


def _series(types: Mapping[str, ColumnType], new: Mapping[str, Any]) -> Iterator[pl.Series]:
    """Yield new columns as Polars has them: labels as enums. Those that are the same are made once."""
    made: dict[int, pl.Series] = {}
    for name, column in new.items():
        if id(column) not in made:
            made[id(column)] = _one_series(types[name], column)
        yield made[id(column)].alias(name)


def _one_series(kind: ColumnType, column: Any) -> pl.Series:
    if kind.form != "label":
        return pl.Series(column, dtype=_dtype(kind))
    if column.null_count == len(column):
        return _null(kind.labels).new_from_index(0, len(column))
    found = _enum(kind.labels)[pl.Series(pa.chunked_array([_wide(chunk.indices) for chunk in column.chunks]))]
    if column.null_count:  # quicker than to look up nulls
        found = found.zip_with(pl.Series(column.is_valid()), _null(kind.labels))
    return found


def _wide(indexes: Any) -> Any:
    """Return the numbers of labels in the width that Polars looks them up with, whatever is null among them."""
    return pa.Array.from_buffers(pa.uint32(), len(indexes), [None, pa.py_buffer(stored(indexes).astype(np.uint32))])


def _days(kind: ColumnType, values: Sequence[Any]) -> Sequence[Any]:
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
