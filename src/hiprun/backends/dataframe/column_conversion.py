"""Columns that hold facts in another form → helper columns of the right type, and what in them cannot be taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import narwhals as nw

from hiprun.backends.dataframe import mixed_columns
from hiprun.backends.dataframe.arrow_conversion import arrow_columns, arrow_table
from hiprun.backends.dataframe.column_checks import Fault
from hiprun.backends.dataframe.column_names import MEMBER, Place, fact_columns, places
from hiprun.backends.dataframe.subexpression_columns import HELPER, AnyFrame
from hiprun.model import Model

_HELPER = f"{HELPER}taken_"


@attrs.frozen
class Converted:
    """A table, the names under which it holds facts, its helper columns, and what was found wrong on the way."""

    table: AnyFrame
    names: Mapping[str, str]
    helpers: tuple[str, ...]
    faults: tuple[Fault, ...]


def converted(frame: AnyFrame, model: Model, names: Mapping[str, str] | None, *, numeric_booleans: bool) -> Converted:
    """Return a table in which every column that may hold a fact has one type.

    That is the frame itself with helper columns; of a frame of pandas, a table of Arrow with the columns of facts.
    With `numeric_booleans`, 1 and 0 are taken for true and false.
    """
    work = _Conversion(model, dict(names or {}), numeric_booleans)
    columns = fact_columns(model, frame.collect_schema().names(), names)
    if isinstance(frame, nw.DataFrame):
        table: AnyFrame = work.sort_mixed(frame, columns)
    else:
        table = work.name_moments(frame, columns)
    if numeric_booleans:
        table = work.compare_numbers(table, columns)
    return Converted(table, work.names, tuple(work.helpers), tuple(work.faults))


@attrs.define
class _Conversion:
    """What has been converted so far."""

    model: Model
    names: dict[str, str]
    numeric_booleans: bool
    helpers: list[str] = attrs.field(factory=list)
    faults: list[Fault] = attrs.field(factory=list)

    def sort_mixed(self, frame: nw.DataFrame[Any], columns: Mapping[str, str]) -> nw.DataFrame[Any]:
        """Return the frame with columns of values of several kinds sorted into those that can be taken and the rest."""
        mixed = {name for name, column in columns.items() if mixed_columns.is_mixed(frame[column])}
        if not frame.implementation.is_pandas_like():
            return frame.with_columns(*self._sorted(frame, columns, mixed)) if mixed else frame
        plain = {column for name, column in columns.items() if name not in mixed}
        arrays = arrow_columns(frame, plain)
        mixed |= {name for name, column in columns.items() if column in plain - arrays.keys()}
        return arrow_table(arrays | {series.name: series.to_native() for series in self._sorted(frame, columns, mixed)})

    def _sorted(
        self, frame: nw.DataFrame[Any], columns: Mapping[str, str], mixed: set[str]
    ) -> Iterator[nw.Series[Any]]:
        backend: Any = "pyarrow" if frame.implementation.is_pandas_like() else frame.implementation
        wanted = places(self.model)
        for name in sorted(mixed):
            place = wanted[name]
            found = mixed_columns.sort(frame[columns[name]], place.domain, numeric_booleans=self.numeric_booleans)
            self.names[name] = self._helper()
            yield nw.new_series(self.names[name], found.values, mixed_columns.dtype(place.domain), backend=backend)
            for what, texts in found.wrong.items():
                told = self._helper()
                self._report(place, told, what, ~nw.col(told).is_null())
                yield nw.new_series(told, texts, nw.String, backend=backend)

    def name_moments(self, frame: nw.LazyFrame[Any], columns: Mapping[str, str]) -> AnyFrame:
        """Return the frame with times where it has moments of a kind of DuckDB that narwhals has no name for."""
        if not frame.implementation.is_duckdb():
            return frame
        native: Any = frame.to_native()
        kinds = dict(zip(native.columns, map(str, native.types), strict=True))
        new: list[nw.Expr] = []
        for name, column in columns.items():
            if kinds[column] == "TIMESTAMPTZ_NS":
                self.names[name] = self._helper()
                new.append(nw.col(column).cast(nw.Datetime("ns")).alias(self.names[name]))
        return frame.with_columns(*new) if new else frame

    def compare_numbers(self, table: AnyFrame, columns: Mapping[str, str]) -> AnyFrame:
        """Return a table with a column of truths for each column of numbers that stands for one."""
        schema, wanted = table.collect_schema(), places(self.model)
        new: list[nw.Expr] = []
        for name, column in columns.items():
            place, dtype = wanted[name], schema.get(column)
            if place.domain.type == "boolean" and dtype is not None and dtype.is_numeric():
                self.names[name] = self._helper()
                new.append((nw.col(column) == 1).alias(self.names[name]))
                other = (nw.col(column) != 0) & (nw.col(column) != 1)
                self._report(place, column, mixed_columns.WRONG_TYPE["boolean"], other)
        return table.with_columns(*new) if new else table

    def _helper(self) -> str:
        self.helpers.append(f"{_HELPER}{len(self.helpers)}")
        return self.helpers[-1]

    def _report(self, place: Place, column: str, what: str, test: nw.Expr) -> None:
        said = f"`{place.choice}` is {what}" if place.domain is MEMBER else what
        self.faults.append(Fault(place.fact, column, "wrong-type", said, test))
