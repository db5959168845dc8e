"""Rows that are decided one by one → the columns of a decision, kept by conclusion: most rows are concluded alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import attrs
import pyarrow as pa

from hiprun.backends.dataframe.batch_evaluation import Decide
from hiprun.backends.dataframe.new_columns import ColumnType, array
from hiprun.backends.dataframe.outcome_values import telling, types
from hiprun.backends.dataframe.row_reading import Patient
from hiprun.inference.grounding import Program
from hiprun.inference.outcome import Outcome, conclusion_of

MOST_KEPT = 1_000
_MOST_PIECES = 20
"""So many rows Arrow puts together one by one sooner than it takes them from a table."""


class Tables(Protocol):
    """The tables of some library."""

    def made(self, kinds: Mapping[str, ColumnType], columns: Mapping[str, Sequence[Any]]) -> Any:
        """Return a table of columns of values, None where there is none."""

    def joined(self, first: Any, second: Any) -> Any:
        """Return two tables as one."""

    def columns(self, table: Any) -> Sequence[Any]:
        """Return the columns of a table."""

    def taken(self, table: Any, places: Sequence[int]) -> Sequence[Any]:
        """Return the columns of some rows of a table."""


@attrs.frozen(eq=False)
class _Kept:
    """A table of what was concluded so far, and in which of its rows each conclusion is.

    Conclusions are told apart by where they are in memory, so they are kept too. `single` are the columns of single
    rows that were asked for.
    """

    places: Mapping[int, int]
    conclusions: Sequence[Any]
    table: Any
    single: dict[int, Sequence[Any]] = attrs.field(factory=dict)


class DecidedRows:
    """Decides row by row; `kinds` are the new columns of a frame, among them those of this decision."""

    def __init__(self, program: Program, decide: Decide, kinds: Mapping[str, ColumnType], tables: Tables) -> None:
        self.program, self._decide, self._tables = program, decide, tables
        self._tell = telling(program)
        self.needed = {name for entry in program.variables for name in entry.facts}
        own = types(program)
        self._kinds = {name: kind for name, kind in kinds.items() if name in own}
        self._nothing = _Kept({}, [], self._made([]))
        self._kept = self._nothing

    def columns(self, patients: Sequence[Patient]) -> Sequence[Any]:
        """Return the new columns of some patients."""
        name, decide = self.program.decision.name, self._decide
        if self.program.formulas:  # nearly every patient has other numbers
            return self._tables.columns(self._made([decide(name, patient) for patient in patients]))
        kept, keys, new = self._kept, [], {}
        places = kept.places
        for patient in patients:
            outcome = decide(name, patient)
            key = id(conclusion_of(outcome))
            keys.append(key)
            if key not in places:
                new[key] = outcome
        if new:
            kept = self._with(kept, new)
        return self._taken(kept, [kept.places[key] for key in keys])

    def _taken(self, kept: _Kept, places: Sequence[int]) -> Sequence[Any]:
        if len(places) > 1:
            return self._tables.taken(kept.table, places)
        (place,) = places
        if place not in kept.single:
            kept.single[place] = self._tables.taken(kept.table, places)
        return kept.single[place]

    def _with(self, kept: _Kept, new: Mapping[int, Outcome]) -> _Kept:
        """Return what was concluded so far together with what is new; beyond a bound, the next begins anew."""
        places = {**kept.places, **{key: len(kept.places) + index for index, key in enumerate(new)}}
        conclusions = [*kept.conclusions, *map(conclusion_of, new.values())]
        found = _Kept(places, conclusions, self._tables.joined(kept.table, self._made(list(new.values()))))
        self._kept = found if len(places) < MOST_KEPT else self._nothing
        return found

    def _made(self, outcomes: Sequence[Outcome]) -> Any:
        values = list(map(self._tell, outcomes))
        return self._tables.made(self._kinds, {name: [row.get(name) for row in values] for name in self._kinds})


class ArrowTables:
    """Tables of Arrow, each one batch."""

    def made(self, kinds: Mapping[str, ColumnType], columns: Mapping[str, Sequence[Any]]) -> Any:
        """Return a table of columns of values, None where there is none."""
        return pa.record_batch({name: array(kind, columns[name]) for name, kind in kinds.items()})

    def joined(self, first: Any, second: Any) -> Any:
        """Return two tables as one."""
        return pa.concat_batches([first, second])

    def columns(self, table: Any) -> Sequence[Any]:
        """Return the columns of a table."""
        return table.columns  # type: ignore[no-any-return]

    def taken(self, table: Any, places: Sequence[int]) -> Sequence[Any]:
        """Return the columns of some rows of a table."""
        if len(places) > _MOST_PIECES:
            return self.columns(table.take(pa.array(places, pa.int32())))
        return self.columns(pa.concat_batches([table.slice(place, 1) for place in places]))
