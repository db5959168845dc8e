"""A few rows: the engine decides for one after the other, which is quicker than to look at columns.

What a conclusion says in each column is kept, since most rows are concluded alike. Rows that are refused, or of whom so
much is unknown that the engine takes longer, are left to the kernel.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import pyarrow as pa

from hiprun.backends.dataframe.batch_evaluation import Kernel
from hiprun.backends.dataframe.bit_planes import Rows
from hiprun.backends.dataframe.column_checks import Types
from hiprun.backends.dataframe.distinct_rows import set_of
from hiprun.backends.dataframe.new_columns import ColumnType, nothing, replaced
from hiprun.backends.dataframe.outcome_values import told
from hiprun.errors import FactError
from hiprun.inference.outcome import Outcome, conclusion_of

MOST_ROWS = 400
"""So many decisions for rows of whom all is known are made one by one at most."""
_UNKNOWN = 20
"""A row of whom not all is known counts like so many."""
_MOST_KEPT = 1_000

Patient = dict[str, Any]
Key = tuple[int, ...]


@attrs.frozen(eq=False)
class Seen:
    """A table of what was concluded so far, and in which of its rows each conclusion of some decisions is.

    Conclusions are told apart by where they are in memory, so they are kept beside that.
    """

    places: Mapping[Key, tuple[int, Any]]
    table: Any


class FewRows:
    """Decides for a few rows of one kind of frame, whose new columns are those in `types`."""

    def __init__(self, kernel: Kernel, types: Mapping[str, ColumnType]) -> None:
        self.kernel, self.types = kernel, types
        self._programs = [planned.program for planned in kernel.plans]
        self._needed = [{name for entry in program.variables for name in entry.facts} for program in self._programs]
        self._sets = [entry.fact.name for entry in kernel.held.values() if entry.members]
        self._seen = Seen({}, self.made([]))
        self._lock = threading.Lock()

    def patients(self, places: Mapping[str, int], rows: Sequence[Sequence[Any]]) -> list[Patient]:
        """Return the facts in rows of values, of which those of each fact, or choice of a set, have their place."""
        held = self.kernel.held.values()
        plain = [(entry.column, places[entry.column]) for entry in held if not entry.members]
        found = [{name: row[at] for name, at in plain if row[at] is not None} for row in rows]
        for entry in held:
            if entry.members:
                choices, where = list(entry.members), [places[name] for name in entry.members.values()]
                for patient, row in zip(found, rows, strict=True):
                    value = set_of(entry.fact, choices, [row[at] for at in where])
                    if value is not None:
                        patient[entry.fact.name] = value
        return found

    def _is_known(self, patient: Patient, needed: set[str]) -> bool:
        """Return whether all that is needed is known of a patient, and of no set just a part."""
        return needed <= patient.keys() and not any(type(patient.get(name)) is dict for name in self._sets)

    def decided(self, patients: Sequence[Patient]) -> Any:
        """Return a table with the new columns of some patients; None where that is better left to the kernel."""
        most = MOST_ROWS
        for patient in patients:
            for needed in self._needed:
                most -= 1 if self._is_known(patient, needed) else _UNKNOWN
        if most < 0:
            return None
        decide = self.kernel.decide
        names = [program.decision.name for program in self._programs]
        try:
            outcomes = [[decide(name, patient) for name in names] for patient in patients]
        except FactError:
            return None
        keys = [tuple([id(conclusion_of(outcome)) for outcome in row]) for row in outcomes]
        seen = self._seen
        if not seen.places.keys() >= set(keys):
            seen = self._with(dict(zip(keys, outcomes, strict=True)))
        return self.taken(seen.table, [seen.places[key][0] for key in keys])

    def _with(self, new: Mapping[Key, Sequence[Outcome]]) -> Seen:
        """Return what was concluded so far together with what is new; beyond a bound it is begun anew."""
        with self._lock:
            seen = self._seen
            if len(seen.places) >= _MOST_KEPT:
                seen = Seen({}, self.made([]))
            missing = {key: outcomes for key, outcomes in new.items() if key not in seen.places}
            places = dict(seen.places)
            for key, outcomes in missing.items():
                places[key] = len(places), [conclusion_of(outcome) for outcome in outcomes]
            self._seen = Seen(places, self.joined(seen.table, self.made(list(missing.values()))))
            return self._seen

    def columns(self, outcomes: Sequence[Sequence[Outcome]]) -> Mapping[str, Any]:
        """Return the new columns, as Arrow has them, of patients with these outcomes of the decisions."""
        values: list[dict[str, Any]] = []
        for row in outcomes:
            values.append({})
            for program, outcome in zip(self._programs, row, strict=True):
                values[-1] |= told(program, outcome)
        rows = Rows(len(values))
        here = np.arange(rows.length)
        return {
            name: replaced(nothing(kind, rows), rows, here, [row.get(name) for row in values], here).arrow(rows)
            for name, kind in self.types.items()
        }

    # tables of some library

    def made(self, outcomes: Sequence[Sequence[Outcome]]) -> Any:
        """Return a table of the new columns of patients with these outcomes."""
        return pa.table(dict(self.columns(outcomes)))

    def joined(self, first: Any, second: Any) -> Any:
        """Return two tables as one."""
        return pa.concat_tables([first, second]).combine_chunks()

    def taken(self, table: Any, places: Sequence[int]) -> Any:
        """Return some rows of a table."""
        return table.slice(places[0], 1) if len(places) == 1 else table.take(places)


def is_plain(types: Types) -> bool:
    """Return whether the values of such columns are facts as they are."""
    return all(map(_is_plain, types.values()))


def _is_plain(kind: Any) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) or pa.types.is_list(kind) else kind
    return bool(
        pa.types.is_boolean(inner)
        or pa.types.is_integer(inner)
        or inner in (pa.float64(), pa.string(), pa.large_string(), pa.string_view(), pa.date32())
    )
