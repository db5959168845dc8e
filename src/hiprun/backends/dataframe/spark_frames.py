"""Frames of PySpark: each partition is decided where it is, by workers that have hiprun, and nothing is collected."""

from __future__ import annotations

import functools
import pickle
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, assert_never

import attrs
import pyarrow as pa
from pyspark.sql.types import (
    BooleanType,
    DataType,
    DateType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
)

from hiprun.backends.dataframe.arrow_tables import with_columns
from hiprun.backends.dataframe.evaluate import Evaluation, FrameOptions, Frames, PreparedKernel
from hiprun.backends.dataframe.new_columns import ColumnType
from hiprun.backends.dataframe.refused_rows import Tally

_READABLE = {
    **{"boolean": pa.bool_(), "string": pa.string(), "date": pa.date32(), "array<string>": pa.list_(pa.string())},
    **{"tinyint": pa.int8(), "smallint": pa.int16(), "int": pa.int32(), "bigint": pa.int64()},
    **{"float": pa.float32(), "double": pa.float64(), "void": pa.null()},
    **{"timestamp": pa.timestamp("us", "UTC"), "timestamp_ntz": pa.timestamp("us")},
}
_OTHER = pa.binary()


@attrs.frozen(eq=False)
class SparkFrame:
    """A frame of PySpark as a source of facts; its rows are decided when the result is worked out."""

    native: Any
    is_lazy: ClassVar[bool] = True
    folds_case: ClassVar[bool] = True

    @property
    def names(self) -> Sequence[str]:
        """The names of its columns."""
        return self.native.columns  # type: ignore[no-any-return]

    def quickly(self, frames: Frames, decisions: tuple[str, ...], options: FrameOptions) -> None:
        """Return nothing: there is no quicker way."""

    def evaluated(self, evaluation: Evaluation) -> Any:
        """Return a frame with the new columns, whose rows the workers decide."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # what Spark thinks of pandas, which has no part in this
            return self._evaluated(evaluation)

    def _evaluated(self, evaluation: Evaluation) -> Any:
        frame = self.native
        fields = {field.name: field for field in frame.schema.fields}
        types = {name: _arrow(fields[column].dataType) for name, column in evaluation.facts.items()}
        kernel = evaluation.prepared(types)
        packed = pickle.dumps(evaluation)
        if not evaluation.refuse:
            facts = frame.select(*(f"`{column}`" for column in set(evaluation.facts.values())))
            tally = Tally(numbered=False)
            for row in facts.mapInArrow(functools.partial(_counted, packed), "tally binary").collect():
                tally.join(pickle.loads(bytes(row.tally)))
            tally.raise_problems()
        for name, kind in kernel.types.items():
            fields[name] = StructField(name, _spark(kind))
        return frame.mapInArrow(functools.partial(_decided, packed), StructType(list(fields.values())))


def _arrow(kind: DataType) -> Any:
    """Return the Arrow type of a column of Spark, as far as facts can be read from it."""
    name = kind.simpleString()
    if name.startswith("decimal"):
        return pa.float64()
    return pa.string() if name.startswith(("char", "varchar")) else _READABLE.get(name, _OTHER)


def _spark(kind: ColumnType) -> DataType:
    match kind.form:
        case "label" | "text":
            return StringType()
        case "truth":
            return BooleanType()
        case "integer":
            return LongType()
        case "number":
            return DoubleType()
        case "date":
            return DateType()
        case _:
            assert_never(kind.form)


# what workers do


@functools.lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> Evaluation:
    """Return an evaluation that was sent to this worker, whose rules are prepared once for all partitions."""
    found: Evaluation = pickle.loads(packed)
    return found


def _tables(packed: bytes, batches: Iterable[Any]) -> Iterator[tuple[Evaluation, PreparedKernel, Any]]:
    evaluation = _unpacked(packed)
    kernel: PreparedKernel | None = None
    for batch in batches:
        table = pa.Table.from_batches([batch])
        kernel = kernel or evaluation.made(evaluation.types(table.schema))
        yield evaluation, kernel, table


def _decided(packed: bytes, batches: Iterable[Any]) -> Iterator[Any]:
    """Yield batches with the new columns."""
    for evaluation, kernel, table in _tables(packed, batches):
        for _, new in evaluation.streamed(kernel, [table]):
            plain = {name: _plain(kernel.types[name], column) for name, column in new.items()}
            yield from with_columns(table, plain).combine_chunks().to_batches()


def _plain(kind: ColumnType, column: Any) -> Any:
    return column.cast(pa.string()) if kind.form == "label" else column


def _counted(packed: bytes, batches: Iterable[Any]) -> Iterator[Any]:
    """Yield what a partition has of rows that cannot be taken."""
    tally = Tally(numbered=False)
    for evaluation, kernel, table in _tables(packed, batches):
        for evaluated in evaluation.evaluated(kernel, [table]):
            tally.add(evaluated)
    yield pa.RecordBatch.from_pydict({"tally": pa.array([pickle.dumps(tally)], pa.binary())})
