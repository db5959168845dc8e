"""Relations of DuckDB: what comes back is a relation too, and reads the first one anew whenever it is executed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import attrs
import duckdb
import pyarrow as pa

from hiprun.backends.dataframe.arrow_tables import with_columns
from hiprun.backends.dataframe.evaluate import ROWS_IN_BATCH, Evaluation, FrameOptions, Frames, PreparedKernel

_IN_MEMORY = duckdb.connect()
"""A database that has nothing in it: answers are read where they are."""


@attrs.frozen(eq=False)
class DuckDBRelation:
    """A relation of DuckDB as a source of facts; its rows are decided when the result is executed."""

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
        """Return a relation with the new columns, in a connection of its own, since each runs one query at a time."""
        empty = self.native.limit(0).to_arrow_table()
        kernel = evaluation.prepared(evaluation.types(empty.schema))
        if not evaluation.refuse:
            facts = self.native.select(*(f'"{column}"' for column in set(evaluation.facts.values())))
            evaluation.check(kernel, _batches(facts))
        connection = _IN_MEMORY.cursor()
        zones = {field.type.tz for field in empty.schema if pa.types.is_timestamp(field.type) and field.type.tz}
        for zone in zones:
            connection.execute("set timezone = ?", [zone])
        schema = with_columns(empty, {name: pa.array([], kind.arrow) for name, kind in kernel.types.items()}).schema
        return connection.from_arrow(_Answers(self.native, evaluation, kernel, schema))


@attrs.frozen(eq=False)
class _Answers:
    """Batches of a relation with the new columns, as often as they are asked for."""

    relation: Any
    evaluation: Evaluation
    kernel: PreparedKernel
    schema: Any

    def __arrow_c_schema__(self) -> Any:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        reader = pa.RecordBatchReader.from_batches(self.schema, self._batches())
        return reader.__arrow_c_stream__(requested_schema)

    def _batches(self) -> Iterator[Any]:
        for table, new in self.evaluation.streamed(self.kernel, _batches(self.relation)):
            yield from with_columns(table, new).to_batches()


def _batches(relation: Any) -> Iterator[Any]:
    read = getattr(relation, "to_arrow_reader", None) or relation.fetch_record_batch
    for batch in read(ROWS_IN_BATCH):
        yield pa.Table.from_batches([batch])
