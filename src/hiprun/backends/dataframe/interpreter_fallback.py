"""Rows that expressions leave open are settled by the interpreter, once for all rows that know the same.

That is so for facts that are tied together by sums while only some of them are known, for numbers closer to a limit
than floats can tell, and for decisions too large for expressions. Only frames in memory are settled.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import narwhals as nw

from hiprun.backends.dataframe.column_checks import Held
from hiprun.backends.dataframe.decision_context import REASONS, REFUSED, column_name
from hiprun.backends.dataframe.interpreted_rows import told
from hiprun.errors import FactError
from hiprun.inference.grounding import Program
from hiprun.inference.outcome import Outcome

MOST = 100_000
"""So many different patients are worked out one by one at most; the others stay open."""

Decide: TypeAlias = Callable[[str, Mapping[str, Any]], Outcome]


def settled(  # noqa: PLR0913 - what of a frame, by what rules
    frame: nw.DataFrame[Any],
    places: Mapping[str, Held],
    programs: Sequence[Program],
    columns: Sequence[str],
    exact: str,
    decide: Decide,
    *,
    refuse: bool,
) -> nw.DataFrame[Any]:
    """Return `frame` with the `columns` of a decision worked out in the rows that its column `exact` leaves open.

    `programs` are those of the decision and of the constraints. Facts that cannot occur together raise `FactError`,
    unless they are to be refused row by row.
    """
    names = sorted(
        {name for program in programs for entry in program.variables for name in entry.base_facts} & set(places)
    )
    given = [column for name in names for column in places[name].columns]
    numbered = frame.select(*given, exact).with_row_index("__hiprun_row").filter(~nw.col(exact))
    known: dict[Any, Mapping[str, Any]] = {}
    rows: list[int] = []
    values: list[Mapping[str, Any]] = []
    for row in numbered.select("__hiprun_row", *given).rows():
        facts = _facts([places[name] for name in names], row[1:])
        key = repr(facts)
        if key not in known and len(known) < MOST:
            known[key] = _told(programs[0], facts, decide, refuse=refuse)
        if key in known:
            rows.append(row[0])
            values.append(known[key])
    if not rows:
        return frame
    changed = [
        frame[column].scatter(rows, _series(frame[column], [value.get(column) for value in values]))
        for column in columns
    ]
    return frame.with_columns(*changed)


def _series(like: nw.Series[Any], values: Sequence[Any]) -> nw.Series[Any]:
    if like.dtype.is_float():  # a whole number may be too large for whole numbers there
        values = [None if value is None else float(value) for value in values]
    return nw.new_series(like.name, values, like.dtype, backend=like.implementation)


def _told(program: Program, facts: Mapping[str, Any], decide: Decide, *, refuse: bool) -> Mapping[str, Any]:
    name = program.decision.name
    try:
        return told(program, decide(name, facts))
    except FactError as error:
        if not refuse:
            raise
        words = REASONS.join(problem.message for problem in error.problems)
        return {column_name(name, "status"): "refused", column_name(name, "exact"): True, REFUSED: words}


def _facts(places: Sequence[Held], values: Sequence[Any]) -> dict[str, Any]:
    """Return the facts of one row as the interpreter takes them."""
    found: dict[str, Any] = {}
    waiting = iter(values)
    for entry in places:
        if entry.members:
            present = {choice: next(waiting) for choice in entry.members}
            found[entry.fact.name] = {
                "includes_all": [choice for choice, value in present.items() if value is True],
                "includes_none": [choice for choice, value in present.items() if value is False],
            }
            continue
        value = next(waiting)
        if isinstance(value, datetime.datetime):
            value = value.date()
        if value is not None:
            found[entry.fact.name] = value
    return found
