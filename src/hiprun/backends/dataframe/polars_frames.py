"""Frames of Polars in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import attrs
import polars as pl

from hiprun.backends.dataframe.evaluate import Evaluation, FrameOptions, Frames, PreparedKernel, Quick
from hiprun.backends.dataframe.few_rows import FewRows, are_few
from hiprun.backends.dataframe.new_columns import ColumnType
from hiprun.backends.dataframe.polars_columns import dtype_of, facts_of, values_of, with_columns


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
        arrays, wrong = facts_of(self.native, evaluation)
        kernel = evaluation.prepared({name: array.type for name, array in arrays.items()})
        if kernel.few is not None and evaluation.is_plain and pl.Object not in self.native.dtypes:
            key = self._key(evaluation.decisions, evaluation.options)
            is_new = evaluation.frames.keep(key, kernel.kernel, lambda: self._quick(kernel, evaluation.facts))
            few = self.quickly(evaluation.frames, evaluation.decisions, evaluation.options) if is_new else None
            if few is not None:  # so that the next frame like it finds what was concluded
                return few
        new = evaluation.in_memory(kernel, arrays, self.native.height, wrong)
        return with_columns(self.native, kernel.types, new)

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
        made = {name: pl.Series(name, values_of(kind, columns[name]), dtype_of(kind)) for name, kind in kinds.items()}
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
