"""Tables of Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from hiprun.backends.dataframe.evaluate import Evaluation, FrameOptions, Frames


@attrs.frozen(eq=False)
class ArrowTable:
    """A table of Arrow as a source of facts."""

    native: Any
    is_lazy: bool = False
    folds_case: bool = False

    @property
    def names(self) -> Sequence[str]:
        """The names of its columns."""
        return self.native.schema.names  # type: ignore[no-any-return]

    def quickly(self, frames: Frames, decisions: tuple[str, ...], options: FrameOptions) -> None:
        """Return nothing: there is no quicker way."""

    def evaluated(self, evaluation: Evaluation) -> Any:
        """Return the table with the new columns."""
        table = self.native
        arrays = {name: table.column(column) for name, column in evaluation.facts.items()}
        prepared = evaluation.prepared(evaluation.types(table.schema))
        return with_columns(table, evaluation.in_memory(prepared, arrays, table.num_rows))


def with_columns(table: Any, new: Any) -> Any:
    """Return a table of Arrow with new columns, in the place of others of the same name."""
    for name, column in new.items():
        place = table.schema.get_field_index(name)
        table = table.append_column(name, column) if place < 0 else table.set_column(place, name, column)
    return table
