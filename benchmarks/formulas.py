"""Formulas with roots, powers and logarithms: patients of `examples/body_and_kidney` one by one, and as frames.

Run it with `python benchmarks/formulas.py`. Every patient is new to the pack, since what a frame had before it gets
again at once. What is decided is what the interpreter says.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
from cohort import timed
from measuring import print_table

import hiprun

EXAMPLE = Path(__file__).parent.parent / "examples" / "body_and_kidney"
ROWS = 2_000
CHECKED = 200
"""So many patients are interpreted too."""

BEFORE = {"kidney": 285, "measures": 348, "kidney_stage": 546, "weight_class": 26}
"""Microseconds that a patient took, half of them less, when formulas were worked out exactly for everyone."""

LIBRARIES: dict[str, tuple[Callable[[pl.DataFrame], Any], Callable[[Any], Any]]] = {
    "Polars": (lambda frame: frame, lambda decided: decided),
    "Polars lazy": (pl.DataFrame.lazy, pl.LazyFrame.collect),
    "PyArrow": (pl.DataFrame.to_arrow, lambda decided: decided),
    "pandas": (pl.DataFrame.to_pandas, lambda decided: decided),
    "DuckDB": (lambda frame: duckdb.from_arrow(frame.to_arrow()), lambda decided: decided.to_arrow_table()),
}


def patients(rng: np.random.Generator) -> pl.DataFrame:
    """Return adults with what is measured of them, to the digits that devices and laboratories give."""
    return pl.DataFrame(
        {
            "weight": rng.integers(400, 1500, ROWS) / 10,
            "height": rng.integers(150, 200, ROWS) / 100,
            "age": rng.integers(18, 100, ROWS),
            "sex": rng.choice(["female", "male"], ROWS),
            "creatinine": rng.integers(40, 300, ROWS) / 100,
            "qt": rng.integers(320, 500, ROWS) / 1.0,
            "heart_rate": rng.integers(50, 120, ROWS) / 1.0,
            "calcium": rng.integers(70, 110, ROWS) / 10,
            "albumin": rng.integers(20, 50, ROWS) / 10,
        }
    )


def one_by_one(pack: hiprun.Pack, rng: np.random.Generator) -> None:
    """Print how long a patient takes who was not seen before."""
    lines = []
    clock = statistics.median(-(time.process_time_ns() - time.process_time_ns()) for _ in range(ROWS))
    for decision in pack.decisions:
        took: dict[str, list[int]] = {"decide": [], "interpret": []}
        for number, row in enumerate(patients(rng).to_dicts()):
            started = time.process_time_ns()
            outcome = pack.decide(decision, row)
            took["decide"].append(time.process_time_ns() - started)
            if number < CHECKED:
                started = time.process_time_ns()
                interpreted = pack.interpret(row, [decision])
                took["interpret"].append(time.process_time_ns() - started)
                assert outcome == interpreted[decision]
        decided, interpreted_in = ((statistics.median(times) - clock) / 1000 for times in took.values())
        before = BEFORE[decision]
        lines.append((decision, f"{decided:.1f}", f"{before}", f"{before / decided:.0f}", f"{interpreted_in:,.0f}"))
    head = ("decision", "decide", "before", "times", "interpreter")
    print_table("One patient not seen before, median CPU time in µs", head, lines)


def main() -> None:
    pack, rng = hiprun.load(EXAMPLE), np.random.default_rng(1)
    one_by_one(pack, rng)
    print()
    pack.evaluate_frame(patients(rng))  # prepares the decisions
    lines = []
    for decision in pack.decisions:
        rows = patients(rng).to_dicts()
        found = [timed(lambda: [pack.decide(decision, row) for row in rows])[0]]  # noqa: B023 - called at once
        for make, collected in LIBRARIES.values():
            native = make(patients(rng))
            found.append(timed(lambda: collected(pack.evaluate_frame(native, decision)))[0])  # noqa: B023
        lines.append((decision, *(f"{ROWS / seconds:,.0f}" for seconds in found)))
    print_table("Rows in a second of CPU time, none seen before", ("decision", "row by row", *LIBRARIES), lines)


if __name__ == "__main__":
    main()
