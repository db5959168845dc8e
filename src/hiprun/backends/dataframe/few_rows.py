"""A few rows: the engine decides for one after the other, which is quicker than to look at columns.

Rows that are refused, or of whom so much is unknown that the engine takes longer, are left to the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from hiprun.backends.dataframe.batch_evaluation import Kernel
from hiprun.backends.dataframe.column_checks import Types
from hiprun.backends.dataframe.decided_rows import DecidedRows, Tables
from hiprun.backends.dataframe.decision_context import REFUSED
from hiprun.backends.dataframe.new_columns import ColumnType
from hiprun.backends.dataframe.row_reading import Patient, Row, RowReader
from hiprun.errors import FactError

MOST_ROWS = 500
"""So many decisions for rows of whom all is known are made one by one at most."""
_UNKNOWN = 20
"""A row of whom not all is known counts like so many."""


def are_few(rows: int, decisions: Sequence[str]) -> bool:
    """Return whether decisions for so many rows may be made one by one."""
    return 0 < rows * len(decisions) <= MOST_ROWS


class FewRows:
    """Decides for a few rows of one kind of frame, whose new columns are `kinds`.

    A row holds the values of the columns; `places` says where in it those are that hold facts, or choices of sets.
    """

    def __init__(
        self, kernel: Kernel, kinds: Mapping[str, ColumnType], places: Mapping[str, int], tables: Tables
    ) -> None:
        self.kernel, self.kinds, self._tables = kernel, kinds, tables
        self._decisions = [DecidedRows(plan.program, kernel.decide, kinds, tables) for plan in kernel.plans]
        self._reader = RowReader(kernel.held.values(), places)
        self._cost_of_whole = sum(1 if one.needed <= self._reader.whole else _UNKNOWN for one in self._decisions)

    def decided(self, rows: Sequence[Row]) -> Sequence[Any] | None:
        """Return the new columns of some rows; None where these are better left to the kernel."""
        reader = self._reader
        if reader.are_whole(rows):
            patients = [reader.whole_patient(row) for row in rows]
            cost = len(rows) * self._cost_of_whole
        else:
            patients = [reader.patient(row) for row in rows]
            cost = sum(map(self._cost, patients))
        if cost > MOST_ROWS:
            return None
        try:
            columns = [column for one in self._decisions for column in one.columns(patients)]
        except FactError:
            return None
        return columns if REFUSED not in self.kinds else [*columns, *self._nobody_refused(len(rows))]

    def _cost(self, patient: Patient) -> int:
        """Return how many decisions for patients of whom all is known take as long as those for this one."""
        unsure = {name for name in self._reader.sets if type(patient.get(name)) is dict}
        known = patient.keys() - unsure
        return sum(1 if one.needed <= known else _UNKNOWN for one in self._decisions)

    def _nobody_refused(self, rows: int) -> Sequence[Any]:
        table = self._tables.made({REFUSED: self.kinds[REFUSED]}, {REFUSED: [None] * rows})
        return self._tables.columns(table)


def is_plain(types: Types) -> bool:
    """Return whether the values of such columns are facts as they are."""
    return all(map(_is_plain, types.values()))


def _is_plain(kind: Any) -> bool:
    types = pa.types
    holds_others = types.is_dictionary(kind) or types.is_list(kind) or types.is_large_list(kind)
    inner = kind.value_type if holds_others else kind
    return bool(
        types.is_boolean(inner)
        or types.is_integer(inner)
        or inner in (pa.float64(), pa.string(), pa.large_string(), pa.string_view(), pa.date32())
    )
