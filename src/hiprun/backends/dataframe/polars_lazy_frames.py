"""Lazy frames of Polars: what comes back is a source of rows, which reads the frame when it is collected.

Polars hands over at most 100,000 rows at a time to a function in the middle of a query, in which the fixed costs of a
batch weigh more; of a query of its own it gives as many at a time as one likes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import attrs
import polars as pl
from polars.io.plugins import register_io_source

from hiprun.backends.dataframe.evaluate import (
    ROWS_IN_BATCH,
    Evaluation,
    FrameOptions,
    Frames,
    PreparedKernel,
    in_parallel,
)
from hiprun.backends.dataframe.polars_columns import dtype_of, facts_of, with_columns


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
        arrays, _ = facts_of(pl.DataFrame(schema=schema), evaluation)
        kernel = evaluation.prepared({name: array.type for name, array in arrays.items()})
        if not evaluation.refuse:
            collected = self.native.select(set(evaluation.facts.values())).collect()
            arrays, wrong = facts_of(collected, evaluation)
            evaluation.in_memory(kernel, arrays, collected.height, wrong)
        rows = _Rows(self.native, evaluation, kernel)
        types = {**schema, **{name: dtype_of(kind) for name, kind in kernel.types.items()}}
        return register_io_source(rows.frames, schema=types, is_pure=True)


@attrs.frozen(eq=False)
class _Rows:
    """The rows of a lazy frame with the new columns."""

    native: pl.LazyFrame
    evaluation: Evaluation
    kernel: PreparedKernel

    def frames(
        self, with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, _batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        """Yield the columns asked for, of those of the first rows that a predicate lets through.

        What the predicate says of the frame's own columns comes before the rules.
        """
        native = self.native if n_rows is None else self.native.head(n_rows)
        later: list[pl.Expr] = []
        for part in [] if predicate is None else _parts(predicate):
            if self.kernel.types.keys().isdisjoint(part.meta.root_names()):
                native = native.filter(part)
            else:
                later.append(part)
        asked = list({**self.native.collect_schema(), **self.kernel.types}) if with_columns is None else with_columns
        needed = {*asked, *(name for part in later for name in part.meta.root_names())}
        if self.kernel.types.keys().isdisjoint(needed):
            yield from native.select(asked).collect_batches(chunk_size=ROWS_IN_BATCH)
            return
        needed |= set(self.evaluation.facts.values())
        read = native.select(name for name in self.native.collect_schema() if name in needed)
        for frame in in_parallel(self._decided, read.collect_batches(chunk_size=ROWS_IN_BATCH)):
            yield frame.filter(*later).select(asked) if later else frame.select(asked)

    def _decided(self, frame: pl.DataFrame) -> pl.DataFrame:
        arrays, wrong = facts_of(frame, self.evaluation)
        new = self.evaluation.in_memory(self.kernel, arrays, frame.height, wrong)
        return with_columns(frame, self.kernel.types, new)


def _parts(predicate: pl.Expr) -> list[pl.Expr]:
    """Return the conditions that all have to hold for a predicate to hold."""
    found: list[pl.Expr] = []
    waiting = [predicate]
    while waiting:
        part = waiting.pop()
        operands = part.meta.pop()
        if len(operands) == 2 and (operands[1] & operands[0]).meta.eq(part):
            waiting += operands
        else:
            found.append(part)
    return found
