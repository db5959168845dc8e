"""Patients as dataframes of every kind, and what each new column has to say of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

from hiprun.errors import FactError
from hiprun.model import Domain, Model
from hiprun.pack import Pack
from hiprun.result import Outcome

Constructor = Callable[[pa.Table], Any]

CONNECTION = duckdb.connect()

IN_MEMORY: Mapping[str, Constructor] = {
    "polars": pl.DataFrame,
    "pandas": lambda table: table.to_pandas(),
    "pyarrow": lambda table: table,
}
LAZY: Mapping[str, Constructor] = {
    "polars-lazy": lambda table: pl.LazyFrame(table),
    "duckdb": CONNECTION.from_arrow,
}
CONSTRUCTORS = {**IN_MEMORY, **LAZY}

_TYPES = {
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "choice": pa.string(),
    "string": pa.string(),
    "date": pa.date32(),
    "set": pa.list_(pa.string()),
}


def table(model: Model, patients: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return patients as a table with a column for every fact; what is not known is null."""
    return pa.table(
        {
            name: pa.array([_plain(patient.get(name)) for patient in patients], _TYPES[fact.domain.type])
            for name, fact in model.facts.items()
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset | set):
        return sorted(value)
    return float(value) if isinstance(value, Decimal | Fraction) else value


def records(native: Any) -> list[dict[str, Any]]:
    """Return the rows of any of these frames as plain values."""
    if isinstance(native, pl.LazyFrame):
        native = native.collect()
    if isinstance(native, pl.DataFrame):
        return native.to_dicts()
    if isinstance(native, pd.DataFrame):
        return pa.Table.from_pandas(native, preserve_index=False).to_pylist()
    if isinstance(native, pa.Table):
        return native.to_pylist()
    if isinstance(native, duckdb.DuckDBPyRelation):
        return pa.table(native.to_arrow_table()).to_pylist()
    return [row.asDict() for row in native.collect()]


def column_says(pack: Pack, outcome: Outcome, parts: Sequence[str]) -> Any:
    """Return what the column of an outcome has to say whose name, behind the decision's, consists of `parts`."""
    match parts:
        case ["status" | "may_not_match" | "may_conflict" as name]:
            return getattr(outcome, name)
        case ["exact"]:
            return True
    if outcome.status == "conflict":
        return None
    decision = pack.decisions[outcome.decision]
    if outcome.limits:
        return _limit_says(outcome, parts)
    if decision.hit == "collect":
        return _item_says(outcome, parts)
    if parts == ["rule"]:
        return _rule_says(pack, outcome)
    by_column = {criterion.id.replace("-", "_"): criterion.status for criterion in outcome.criteria}
    if parts[0] in by_column:
        return by_column[parts[0]]
    domain = decision.output(parts[0]).domain
    if domain.type == "set":
        value = outcome.get(parts[0])
        return None if value is None else parts[1] in value
    return _output_says(outcome, domain, *parts)


def _limit_says(outcome: Outcome, parts: Sequence[str]) -> Any:
    limit = next(limit for limit in outcome.limits if limit.quantity == parts[0])
    return getattr(limit, "_".join(parts[1:]))


def _item_says(outcome: Outcome, parts: Sequence[str]) -> Any:
    item = next(item for item in outcome.items if item.rule.replace("-", "_") == parts[0])
    if len(parts) == 1:
        return item.certainty
    if item.certainty == "excluded":
        return None
    value = item.outputs[parts[1]]
    if len(parts) == 2:
        return None if isinstance(value, Mapping) else value
    return value.get(parts[2]) if isinstance(value, Mapping) else value


def _rule_says(pack: Pack, outcome: Outcome) -> str | None:
    program = pack.program(outcome.decision)
    assert program.policy is not None
    ids = [program.branches[index].rule for index in program.policy.order]
    named = [program.decision.rules[index].id for index in ids if index >= 0]
    return next((id_ for id_ in named if id_ in outcome.fired and outcome.status == "decided"), None)


def _output_says(outcome: Outcome, domain: Domain, name: str, part: str = "") -> Any:
    if part == "":
        return outcome.get(name)
    if part == "safest":
        value = None if outcome.safest is None else outcome.safest.get(name)
        side = "at_least" if domain.worse == "lower" else "at_most"
        return value.get(side) if isinstance(value, Mapping) else value
    ends = [
        answer[name].get(part) if isinstance(answer[name], Mapping) else answer[name] for answer in outcome.possible
    ]
    if not ends or None in ends:
        return None
    return min(ends) if part == "at_least" else max(ends)


def agrees(found: Any, expected: Any) -> bool:
    """Whether a value of a frame is what was expected; numbers are floats there."""
    if isinstance(found, float) and found != found:
        found = None
    if isinstance(expected, Decimal | int) and not isinstance(expected, bool) and isinstance(found, int | float):
        return abs(float(expected) - found) <= 1e-9 * max(1.0, abs(found))
    if isinstance(found, datetime.datetime):
        found = found.date()
    return found == expected and isinstance(found, bool) == isinstance(expected, bool)


def disagreements(
    pack: Pack,
    patients: Sequence[Mapping[str, Any]],
    construct: Constructor,
    decisions: Iterable[str] | None = None,
    *,
    may_be_open: bool = False,
) -> list[str]:
    """Return where the columns of a frame say something else than the interpreter, patient by patient."""
    names = list(pack.decisions if decisions is None else decisions)
    frame = construct(table(pack.model, patients))
    rows = records(pack.evaluate_frame(frame, names, on_error="column"))
    assert len(rows) == len(patients)
    wrong = []
    for number, (patient, row) in enumerate(zip(patients, rows, strict=True)):
        try:
            outcomes: Mapping[str, Outcome] | None = pack.interpret(patient, names)
        except FactError:
            outcomes = None
        for column, found in row.items():
            decision, *parts = column.split("__")
            if decision not in names or not parts:
                continue
            if outcomes is None:
                expected: Any = {"status": "refused", "exact": True}.get(parts[0])
            else:
                expected = column_says(pack, outcomes[decision], parts)
            if may_be_open and row.get(f"{decision}__exact") is False:
                continue
            if not agrees(found, expected):
                wrong.append(f"{number}: {column} is {found!r}, not {expected!r}")
    return wrong
