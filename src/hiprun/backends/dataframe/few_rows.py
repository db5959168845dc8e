"""A few rows: the engine decides for one after the other, which is quicker than to look at columns.

What a conclusion says in each column is kept, since most rows are concluded alike. Rows that are refused, or of whom so
much is unknown that the engine takes longer, are left to the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from hiprun.backends.dataframe.batch_evaluation import Kernel
from hiprun.backends.dataframe.bit_planes import Rows
from hiprun.backends.dataframe.column_checks import Types
from hiprun.backends.dataframe.new_columns import ColumnType, Part, nothing, replaced
from hiprun.backends.dataframe.outcome_values import told
from hiprun.errors import FactError
from hiprun.inference.conclusion import Conclusion
from hiprun.inference.grounding import Program
from hiprun.inference.outcome import Outcome, conclusion_of

MOST_ROWS = 300
"""So many decisions for rows of whom all is known are made one by one at most."""
_UNKNOWN = 100
"""A row of whom not all is known counts like so many."""
_MOST_KEPT = 1_000

Patient = dict[str, Any]
Values = Mapping[str, Any]


class FewRows:
    """Decides for a few rows of one kind of frame, whose new columns are those in `types`."""

    def __init__(self, kernel: Kernel, types: Mapping[str, ColumnType]) -> None:
        self.kernel, self.types = kernel, types
        self._kept: dict[int, tuple[Conclusion, Values]] = {}
        self._programs = [planned.program for planned in kernel.plans]
        self._needed = [{name for entry in program.variables for name in entry.facts} for program in self._programs]

    def outcomes(self, patients: Sequence[Patient]) -> list[list[Outcome]] | None:
        """Return the outcome of each decision for each patient; None where that is better left to the kernel."""
        most = MOST_ROWS
        for patient in patients:
            for needed in self._needed:
                most -= 1 if needed <= patient.keys() else _UNKNOWN
        if most < 0:
            return None
        decide = self.kernel.decide
        try:
            return [[decide(program.decision.name, patient) for patient in patients] for program in self._programs]
        except FactError:
            return None

    def parts(self, patients: Sequence[Patient]) -> Mapping[str, Part] | None:
        """Return the new columns of some patients; None where that is better left to the kernel."""
        outcomes = self.outcomes(patients)
        return None if outcomes is None else self.columns(patients, outcomes)

    def columns(self, patients: Sequence[Patient], outcomes: Sequence[Sequence[Outcome]]) -> Mapping[str, Part]:
        """Return the new columns that say the outcomes of each decision."""
        rows = Rows(len(patients))
        here = np.arange(rows.length)
        return {
            name: replaced(nothing(self.types[name], rows), rows, here, values, here)
            for name, values in self.values(outcomes).items()
        }

    def values(self, outcomes: Sequence[Sequence[Outcome]]) -> dict[str, list[Any]]:
        """Return what each new column has in each row."""
        found: dict[str, list[Any]] = {name: [None] * len(outcomes[0]) for name in self.types}
        for program, own in zip(self._programs, outcomes, strict=True):
            values = [self._values(program, outcome) for outcome in own]
            for name in self.types.keys() & set().union(*values):
                found[name] = [entry.get(name) for entry in values]
        return found

    def _values(self, program: Program, outcome: Outcome) -> Values:
        conclusion = conclusion_of(outcome)
        kept = self._kept.get(id(conclusion))
        if kept is None:
            kept = conclusion, told(program, outcome)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[id(conclusion)] = kept  # with the conclusion, so that no other takes its place in memory
        return kept[1]


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
