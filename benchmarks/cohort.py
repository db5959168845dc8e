"""A cohort of a million runners through `triage`, beside hand-written expressions and deciding row by row.

Run it with `python benchmarks/cohort.py`; `--large` also sends ten million rows of a CSV file through the command line.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
from measuring import print_table

import hiprun

ROWS = 1_000_000
SAMPLE = 2_000
ROUNDS = 5
LARGE = 10_000_000

ACTIONS = (
    "none",
    "rest_and_check_in",
    "schedule_assessment",
    "see_doctor",
    "stop_and_get_checked",
    "urgent_evaluation",
)
RUNNING = ("may_run", "hold", "stop")
FLAGS = (
    *("swelling", "numbness", "trouble_walking", "pain_is_constant", "weakness", "pain_worse_with_activity"),
    *("not_improving", "clicking", "locking", "pain_came_back", "instability", "reduced_motion", "stiffness"),
)
RANGES = {"pain_while_running": 10, "weeks_of_pain_despite_rest": 520, "hours_of_pain_after_run": 1000}


def runners(number: int, known: float = 1.0) -> pl.DataFrame:
    """Return runners, most of them well; each fact is known of this share of them."""
    rng = np.random.default_rng(1)
    pain = np.where(rng.random(number) < 0.6, 0.0, rng.integers(1, 40, number) / 4).clip(0, 10)
    columns: dict[str, Any] = {name: rng.random(number) < 0.04 for name in FLAGS}
    columns |= {
        "pain_while_running": pain,
        "pain_quality": np.where(pain > 0, rng.choice(["dull", "sharp"], number, p=[0.8, 0.2]), "none"),
        "pain_trend": rng.choice(["improving", "steady", "increasing"], number, p=[0.5, 0.45, 0.05]),
        "weeks_of_pain_despite_rest": rng.integers(0, 5, number) / 1.0,
        "hours_of_pain_after_run": rng.integers(0, 60, number) / 1.0,
    }
    frame = pl.DataFrame(columns)
    if known < 1:
        frame = frame.select(
            pl.when(pl.Series(rng.random(number) < known)).then(pl.col(name)).alias(name) for name in frame.columns
        )
    return frame


def by_hand() -> list[pl.Expr]:
    """Return what `triage` says of runners of whom everything is known, as an expert writes it in Polars."""
    pain, sharp = pl.col("pain_while_running"), pl.col("pain_quality") == "sharp"
    urgent = pl.col("swelling") | pl.col("numbness")
    check = pl.col("trouble_walking") | (sharp & (pain > 0)) | (pain >= 4)
    doctor = pl.any_horizontal(
        pl.col("pain_trend") == "increasing",
        *map(pl.col, ("pain_is_constant", "weakness", "pain_worse_with_activity", "not_improving")),
        pl.col("weeks_of_pain_despite_rest") >= 3,
        sharp,
    )
    assess = pl.col("clicking") | pl.col("locking")
    rest = pl.any_horizontal(
        pl.col("hours_of_pain_after_run") > 48, "pain_came_back", "instability", "reduced_motion", "stiffness"
    )
    actions, running = pl.Enum(ACTIONS), pl.Enum(RUNNING)
    action = pl.when(urgent).then(pl.lit("urgent_evaluation", actions))
    for test, name in zip((check, doctor, assess, rest), reversed(ACTIONS[1:5]), strict=True):
        action = action.when(test).then(pl.lit(name, actions))
    stop, hold = urgent | check | (pain > 0), doctor | assess | rest
    return [
        action.otherwise(pl.lit("none", actions)).alias("action"),
        pl.when(stop)
        .then(pl.lit("stop", running))
        .when(hold)
        .then(pl.lit("hold", running))
        .otherwise(pl.lit("may_run", running))
        .alias("running"),
    ]


def rule_by_hand() -> pl.Expr:
    """Return which rule decides: of those that match the most urgent one."""
    pain, sharp = pl.col("pain_while_running"), pl.col("pain_quality") == "sharp"
    tests = {
        "swelling-or-numbness": pl.col("swelling") | pl.col("numbness"),
        "trouble-walking": pl.col("trouble_walking"),
        "sharp-pain-while-running": sharp & (pain > 0),
        "pain-at-stop-level": pain >= 4,
        "increasing-or-constant-pain": (pl.col("pain_trend") == "increasing") | pl.col("pain_is_constant"),
        "weakness": pl.col("weakness"),
        "pain-despite-rest": pl.col("weeks_of_pain_despite_rest") >= 3,
        "sharp-pain": sharp,
        "worse-with-activity": pl.col("pain_worse_with_activity"),
        "not-improving": pl.col("not_improving"),
        "clicking-or-locking": pl.col("clicking") | pl.col("locking"),
        "lingering-pain": pl.col("hours_of_pain_after_run") > 48,
        "pain-came-back": pl.col("pain_came_back"),
        "instability-or-reduced-motion": pl.col("instability") | pl.col("reduced_motion"),
        "stiffness": pl.col("stiffness"),
        "pain-while-running": pain > 0,
    }
    names = pl.Enum(list(tests))
    return pl.coalesce(pl.when(test).then(pl.lit(name, names)) for name, test in tests.items()).alias("rule")


def checked() -> pl.Expr:
    """Return in which rows values or their combination cannot be."""
    inside = [~pl.col(name).is_between(0, high) for name, high in RANGES.items()]
    quality, trend = pl.col("pain_quality"), pl.col("pain_trend")
    choices = [~quality.is_in(["none", "dull", "sharp"]), ~trend.is_in(["improving", "steady", "increasing"])]
    return (
        pl.any_horizontal(*inside, *choices, (pl.col("pain_while_running") > 0) & (quality == "none"))
        .any()
        .alias("bad")
    )


def hand_written(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.lazy().with_columns(*by_hand()).collect()


def hand_written_and_checked(frame: pl.DataFrame) -> pl.DataFrame:
    decided = frame.lazy().with_columns(*by_hand(), checked()).collect()
    assert not decided["bad"].any()
    return decided.drop("bad")


def all_by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """Return all that hiprun says of runners of whom everything is known."""
    decided = frame.lazy().with_columns(*by_hand(), rule_by_hand(), checked(), status=pl.lit("decided")).collect()
    assert not decided["bad"].any()
    copies = [pl.col(name).alias(f"{name}_safest") for name in ("action", "running")]
    return decided.drop("bad").with_columns(*copies)


def quickest(call: Callable[[], Any]) -> float:
    """Return how many seconds a call took."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def measured(pack: hiprun.Pack) -> list[tuple[str, ...]]:
    frame, unsure = runners(ROWS), runners(ROWS, known=0.9)
    table, pandas = frame.to_arrow(), frame.to_pandas()
    relation = duckdb.from_arrow(table)
    names = ["triage"]
    contestants: dict[str, Callable[[], Any]] = {
        "Polars, hand-written: the same columns, checked": lambda: all_by_hand(frame),
        "Polars, hand-written: two outputs, checked": lambda: hand_written_and_checked(frame),
        "Polars, hand-written: two outputs": lambda: hand_written(frame),
        "hiprun, Polars": lambda: pack.evaluate_frame(frame, names),
        "hiprun, Polars lazy": lambda: pack.evaluate_frame(frame.lazy(), names).collect(),
        "hiprun, Polars, a tenth unknown": lambda: pack.evaluate_frame(unsure, names),
        "hiprun, Polars lazy, a tenth unknown": lambda: pack.evaluate_frame(unsure.lazy(), names).collect(),
        "hiprun, PyArrow": lambda: pack.evaluate_frame(table, names),
        "hiprun, pandas": lambda: pack.evaluate_frame(pandas, names),
        "hiprun, DuckDB": lambda: pack.evaluate_frame(relation, names).to_arrow_table(),
    }
    agree(pack, frame, unsure)
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(ROUNDS):
        for name, call in contestants.items():
            best[name] = min(best[name], quickest(call))
    best["hiprun, decide row by row"] = row_by_row(pack, frame)
    same, two, bare = list(best.values())[:3]
    return [
        (name, f"{took * 1e3:,.0f}", f"{took / same:,.2f}", f"{took / two:,.2f}", f"{took / bare:,.2f}")
        for name, took in best.items()
    ]


def row_by_row(pack: hiprun.Pack, frame: pl.DataFrame) -> float:
    """Return how long it would take to decide for one after the other, facts given as they are read from the frame."""
    rows = frame.head(SAMPLE).to_dicts()
    pack.decide("triage", rows[0])
    best = min(quickest(lambda: [pack.decide("triage", row)["action"] for row in rows]) for _ in range(ROUNDS))
    return best / SAMPLE * ROWS


def agree(pack: hiprun.Pack, frame: pl.DataFrame, unsure: pl.DataFrame) -> None:
    """Check that all say the same: of everyone in the frame, and one by one of a sample."""
    wanted = {f"triage__{name}": name for name in ("action", "running", "rule", "status")}
    expected = all_by_hand(frame).select(*wanted.values()).cast(pl.String)
    table = frame.to_arrow()
    found = {
        "Polars": pack.evaluate_frame(frame, "triage"),
        "Polars lazy": pack.evaluate_frame(frame.lazy(), "triage").collect(),
        "PyArrow": pl.DataFrame(pack.evaluate_frame(table, "triage")),
        "pandas": pl.DataFrame(pack.evaluate_frame(frame.to_pandas(), "triage")[list(wanted)]),
        "DuckDB": pl.DataFrame(pack.evaluate_frame(duckdb.from_arrow(table), "triage").to_arrow_table()),
    }
    for name, decided in found.items():
        assert decided.select(*wanted).rename(wanted).cast(pl.String).equals(expected), name
    eager = pack.evaluate_frame(unsure, "triage")
    assert eager.equals(pack.evaluate_frame(unsure.lazy(), "triage").collect().select(eager.columns))
    for index in random.Random(2).sample(range(ROWS), SAMPLE):
        facts, row = unsure.row(index, named=True), eager.row(index, named=True)
        outcome = pack.decide("triage", facts)
        assert row["triage__status"] == outcome.status
        for name in ("action", "running"):
            assert row[f"triage__{name}"] == outcome.get(name)
            assert row[f"triage__{name}__safest"] == outcome.safest[name]


def large(folder: Path) -> list[tuple[str, ...]]:
    """Return what it takes to send many rows through the command line."""
    source, out = folder / "cohort.csv", folder / "answers.parquet"
    with source.open("wb") as file:
        for part in range(LARGE // ROWS):
            runners(ROWS, known=0.95).write_csv(file, include_header=part == 0)
    command = [sys.executable, "-m", "hiprun", "eval", "triage", "--facts", str(source), "--out", str(out)]
    started = time.perf_counter()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, env=dict(os.environ))
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    assert pl.scan_parquet(out).select(pl.len()).collect().item() == LARGE
    return [
        ("rows", f"{LARGE:,}"),
        ("size of the CSV file, MB", f"{source.stat().st_size / 1e6:,.0f}"),
        ("seconds", f"{took:,.0f}"),
        ("most memory at a time, MB", f"{peak:,.0f}"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also ten million rows from a CSV file")
    arguments = parser.parse_args()
    pack = hiprun.load()
    if arguments.large:
        with tempfile.TemporaryDirectory() as folder:
            print_table("A large file on the command line", ("", ""), large(Path(folder)))
            print()
    head = ("a million runners through triage", "ms", "to the same by hand", "to two outputs", "to these unchecked")
    print_table("Cohorts; all agree on a million runners", head, measured(pack))


if __name__ == "__main__":
    main()
