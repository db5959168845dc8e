"""Frames of Polars, in memory and lazy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import polars as pl
import pyarrow as pa

from hiprun.backends.dataframe.batch_evaluation import Wrong
from hiprun.backends.dataframe.column_names import HELPER, places
from hiprun.backends.dataframe.evaluate import Evaluation
from hiprun.backends.dataframe.mixed_columns import sort
from hiprun.backends.dataframe.new_columns import ColumnType

_ANSWERS = f"{HELPER}answers"


@attrs.frozen(eq=False)
class PolarsFrame:
    """A frame of Polars in memory as a source of facts."""

    native: pl.DataFrame
    is_lazy: bool = False
    folds_case: bool = False

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
                    numeric_booleans=evaluation.numeric_booleans,
                )
                arrays[name] = found.values
                wrong += [Wrong(name, what, texts) for what, texts in found.wrong.items()]
            else:
                arrays[name] = _array(series)
        kernel = evaluation.prepared({name: array.type for name, array in arrays.items()})
        new = evaluation.in_memory(kernel, arrays, self.native.height, wrong)
        return self.native.with_columns(_series(kernel.types, new))


@attrs.frozen(eq=False)
class PolarsLazyFrame:
    """A lazy frame of Polars as a source of facts; each row is decided when it is collected."""

    native: pl.LazyFrame
    is_lazy: bool = True
    folds_case: bool = False

    @property
    def names(self) -> Sequence[str]:
        """The names of its columns."""
        return self.native.collect_schema().names()

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
    indexes = pa.chunked_array([chunk.indices.cast(pa.uint32()) for chunk in column.chunks])
    return pl.Series(kind.labels, dtype=pl.Enum(kind.labels))[pl.Series(indexes)]
