"""Frames of few rows through `triage`, beside deciding row by row, once frames like them were seen.

Run it with `python benchmarks/few_rows.py`. A frame gets six new columns. "Row by row" decides for each row and makes
the same six columns of the answers, of the same types, with what an expert in the library would write; "action alone"
also decides for each row, but only reads the action of each answer and makes no column.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import pyarrow as pa
from cohort import ACTIONS, RULES, RUNNING, people, runners
from measuring import print_table, race

import hiprun

SIZES = (1, 2, 3, 5, 10, 30, 100, 300, 500, 1_000)
STATUSES = ("decided", "undetermined", "no_match", "conflict", "refused")
LABELS = {
    "triage__status": STATUSES,
    "triage__action": ACTIONS,
    "triage__action__safest": ACTIONS,
    "triage__running": RUNNING,
    "triage__running__safest": RUNNING,
    "triage__rule": tuple(RULES),
}
ENUMS = {name: pl.Enum(labels) for name, labels in LABELS.items()}
PLACES = {name: {label: place for place, label in enumerate(labels)} for name, labels in LABELS.items()}
WORDS = {name: pa.array(labels) for name, labels in LABELS.items()}


def answers(pack: hiprun.Pack, patients: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return what each new column has to say, as lists."""
    outcomes = [pack.decide("triage", facts) for facts in patients]
    return {
        "triage__status": [outcome.status for outcome in outcomes],
        "triage__action": [outcome.get("action") for outcome in outcomes],
        "triage__action__safest": [outcome.safest["action"] for outcome in outcomes],
        "triage__running": [outcome.get("running") for outcome in outcomes],
        "triage__running__safest": [outcome.safest["running"] for outcome in outcomes],
        "triage__rule": [next((rule for rule in RULES if rule in outcome.fired), None) for outcome in outcomes],
    }


def in_polars(pack: hiprun.Pack, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with the answers of its rows, decided one by one."""
    return frame.hstack(pl.DataFrame(answers(pack, people(frame.to_dicts())), schema=ENUMS))


def in_pyarrow(pack: hiprun.Pack, table: pa.Table) -> pa.Table:
    """Return a table with the answers of its rows, decided one by one."""
    for name, labels in answers(pack, people(table.to_pylist())).items():
        places = PLACES[name]
        indexes = pa.array([None if label is None else places[label] for label in labels], pa.int8())
        table = table.append_column(name, pa.DictionaryArray.from_arrays(indexes, WORDS[name]))
    return table


def actions(pack: hiprun.Pack, rows: list[dict[str, Any]]) -> list[str]:
    """Return the action of each row, decided one by one."""
    return [pack.decide("triage", facts)["action"] for facts in people(rows)]


def contestants(pack: hiprun.Pack, frame: pl.DataFrame) -> dict[str, Callable[[], Any]]:
    """Return what makes the columns of a frame, each way."""
    table = frame.to_arrow()
    assert in_polars(pack, frame).equals(pack.evaluate_frame(frame, "triage"))
    assert in_pyarrow(pack, table).equals(pack.evaluate_frame(table, "triage"))
    calls: dict[str, Callable[[], Any]] = {
        "Polars": lambda: pack.evaluate_frame(frame, "triage"),
        "row by row": lambda: in_polars(pack, frame),
        "action alone": lambda: actions(pack, frame.to_dicts()),
        "PyArrow": lambda: pack.evaluate_frame(table, "triage"),
        "row by row ": lambda: in_pyarrow(pack, table),
        "action alone ": lambda: actions(pack, table.to_pylist()),
    }
    for call in calls.values():  # the second call is what is measured
        call()
    return calls


def main() -> None:
    pack = hiprun.load()
    frame = runners(max(SIZES))
    (patient,) = people(frame[:1].to_dicts())
    decide = functools.partial(pack.decide, "triage", patient)
    decide()
    print(f"`decide` for one: {race({'': decide})['']:.1f} µs\n")
    lines = []
    for size in SIZES:
        found = race(contestants(pack, frame[:size]))
        lines.append((f"{size:,}", *(f"{took:,.0f}" for took in found.values())))
    head = ("rows", "Polars", "row by row", "action alone", "PyArrow", "row by row", "action alone")
    print_table("Few rows through triage, CPU in µs", head, lines)


if __name__ == "__main__":
    main()
