"""Patients as dataframes of every kind, and what each new column has to say of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

from hiprun.errors import FactError
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.outcome import Outcome
from hiprun.model import Domain, Model
from hiprun.pack import Pack, grounded

Constructor = Callable[[pa.Table], Any]
Patients = Sequence[Mapping[str, Any]]
Outcomes = Mapping[str, Outcome]

IN_MEMORY: Mapping[str, Constructor] = {
    "polars": pl.DataFrame,
    "pandas": lambda table: table.to_pandas(),
    "pandas-pyarrow": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "pyarrow": lambda table: table,
}
LAZY: Mapping[str, Constructor] = {
    "polars-lazy": pl.LazyFrame,
    "duckdb": duckdb.from_arrow,
}
CONSTRUCTORS: Mapping[str, Constructor] = {**IN_MEMORY, **LAZY}

_TYPES = {
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "choice": pa.string(),
    "string": pa.string(),
    "date": pa.date32(),
    "set": pa.list_(pa.string()),
}


def table(model: Model, patients: Patients) -> pa.Table:
    """Return patients as a table with a column for every fact; what is not known is null."""
    return pa.table(
        {
            name: pa.array([_plain(fact.domain, patient.get(name)) for patient in patients], _TYPES[fact.domain.type])
            for name, fact in model.facts.items()
        }
    )


def fits(model: Model, patient: Mapping[str, Any]) -> bool:
    """Return whether what is said of a patient can stand in such a table."""
    try:
        table(model, [patient])
    except (pa.ArrowException, ValueError):
        return False
    return True


def _plain(domain: Domain, value: Any) -> Any:
    if domain.type == "date" and isinstance(value, str):
        return datetime.date.fromisoformat(value)
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
        native = pa.Table.from_pandas(native, preserve_index=False)
    if isinstance(native, duckdb.DuckDBPyRelation):
        native = pa.table(native.to_arrow_table())
    return native.to_pylist() if isinstance(native, pa.Table) else [row.asDict() for row in native.collect()]


def interpreted(pack: Pack, patients: Patients, decisions: Sequence[str] | None = None) -> list[Outcomes | None]:
    """Return what the interpreter makes of each patient, None where it refuses."""

    def one(patient: Mapping[str, Any]) -> Outcomes | None:
        try:
            return pack.interpret(patient, decisions)
        except FactError:
            return None

    return [one(patient) for patient in patients]


def disagreements(
    pack: Pack, native: Any, expected: Sequence[Outcomes | None], decisions: Sequence[str] | None = None
) -> list[str]:
    """Return where the columns of a frame with decisions say something else than the interpreter, row by row.

    Lazy frames may leave rows open, and say so: there the status must not claim more than is so, but for patients who
    cannot be because of numbers that constraints tie together.
    """
    names = list(pack.decisions if decisions is None else decisions)
    lazy = not isinstance(native, pl.DataFrame | pd.DataFrame | pa.Table)
    rows = records(native)
    assert len(rows) == len(expected)
    wrong: list[str] = []
    for number, (row, outcomes) in enumerate(zip(rows, expected, strict=True)):
        is_open = lazy and any(name.endswith("__exact") and value is False for name, value in row.items())
        if (row["refused"] is None) is (outcomes is None) and not is_open:
            wrong.append(f"{number}: refused is {row['refused']!r}")
        for column, found in row.items():
            decision, *parts = column.split("__")
            if decision not in names or not parts:
                continue
            wanted = _wanted(pack, outcomes, decision, parts)
            open_ = lazy and row.get(f"{decision}__exact") is False
            if open_ and (parts != ["status"] or found == "undetermined" or outcomes is None):
                continue
            if not agrees(found, wanted):
                wrong.append(f"{number}: {column} is {found!r}, not {wanted!r}")
    return wrong


def _wanted(pack: Pack, outcomes: Outcomes | None, decision: str, parts: Sequence[str]) -> Any:
    if outcomes is None:
        return {"status": "refused", "exact": True}.get(parts[0])
    return column_says(pack, outcomes[decision], parts)


def column_says(pack: Pack, outcome: Outcome, parts: Sequence[str]) -> Any:
    """Return what the column of an outcome has to say whose name, behind the decision's, consists of `parts`."""
    match parts:
        case ["status" | "may_not_match" | "may_conflict" as name]:
            return getattr(outcome, name)
        case ["exact"]:
            return outcome.exact
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
    decision = pack.decisions[outcome.decision]
    named = [rule.id for rule in decision.rules]
    if HIT_POLICIES[decision.hit].ranks:
        named = [named[index] for index, _ in grounded(pack, outcome.decision).in_turn if index >= 0]
    return next((id_ for id_ in named if id_ in outcome.fired and outcome.status == "decided"), None)


def _output_says(outcome: Outcome, domain: Domain, name: str, part: str = "") -> Any:
    if part == "":
        return outcome.get(name)
    if part == "safest":
        value = outcome.safest.get(name)
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
