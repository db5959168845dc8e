"""Tables of Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import attrs

from hiprun.backends.dataframe.evaluate import Evaluation, FrameOptions, Frames, OnError, Quick
from hiprun.backends.dataframe.few_rows import are_few


@attrs.frozen(eq=False)
class ArrowTable:
    """A table of Arrow as a source of facts."""

    native: Any
    is_lazy: ClassVar[bool] = False
    folds_case: ClassVar[bool] = False

    @property
    def names(self) -> Sequence[str]:
        """The names of its columns."""
        return self.native.schema.names  # type: ignore[no-any-return]

    def quickly(self, frames: Frames, decisions: tuple[str, ...], options: FrameOptions) -> Any:
        """Return a table of few rows with the new columns, if tables like it were decided before; else None."""
        table = self.native
        if not options.is_plain or not are_few(table.num_rows, decisions):
            return None
        kept = frames.few.get(_Kind(table.schema, decisions, options.on_error))
        if kept is None:
            return None
        batches = table.to_batches()
        (batch,) = batches if len(batches) == 1 else table.combine_chunks().to_batches()
        rows = list(zip(*(batch.column(place).to_pylist() for place in kept.places), strict=True))
        new = kept.few.decided(rows)
        return None if new is None else with_columns(table, dict(zip(kept.few.kinds, new, strict=True)))

    def evaluated(self, evaluation: Evaluation) -> Any:
        """Return the table with the new columns."""
        table = self.native
        arrays = {name: table.column(column) for name, column in evaluation.facts.items()}
        prepared = evaluation.prepared(evaluation.types(table.schema))
        few = prepared.few
        if few is not None and evaluation.is_plain:
            places = [table.schema.get_field_index(column) for column in evaluation.facts.values()]
            kind = _Kind(table.schema, evaluation.decisions, evaluation.options.on_error)
            evaluation.frames.keep(kind, prepared.kernel, lambda: Quick(few, places))
        return with_columns(table, evaluation.in_memory(prepared, arrays, table.num_rows))


@attrs.frozen(eq=False)
class _Kind:
    """Tables that are evaluated alike. Hashing a whole schema would take as long as deciding for three rows."""

    schema: Any
    decisions: tuple[str, ...]
    on_error: OnError | None

    def __hash__(self) -> int:
        return hash((self.decisions, self.on_error, *self.schema.names))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Kind)
            and (self.decisions, self.on_error) == (other.decisions, other.on_error)
            and self.schema.equals(other.schema)
        )


def with_columns(table: Any, new: Any) -> Any:
    """Return a table of Arrow with new columns, in the place of others of the same name."""
    for name, column in new.items():
        place = table.schema.get_field_index(name)
        table = table.append_column(name, column) if place < 0 else table.set_column(place, name, column)
    return table
