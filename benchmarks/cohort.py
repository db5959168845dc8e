"""A cohort of a million runners through `triage`, beside hand-written expressions and deciding row by row.

Run it with `python benchmarks/cohort.py`; `--large` also sends ten million rows of a CSV file through the command line.
Ratios are of CPU time, medians of rounds in which all contestants take turns: what else the machine does at the same
time changes them little.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
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
RANGES = {
    "pain_while_running": 10,
    "pain_in_daily_life": 10,
    "weeks_of_pain_despite_rest": 520,
    "hours_of_pain_after_run": 1000,
    "days_since_last_run": 3650,
}
SITES = {"front": 0.3, "side": 0.2, "deep": 0.1}
"""Where it hurts, a column each as surveys export it, and in what share of those in pain."""


def runners(number: int, known: float = 1.0) -> pl.DataFrame:
    """Return runners, most of them well; each fact is known of this share of them."""
    rng = np.random.default_rng(1)
    pain = np.where(rng.random(number) < 0.6, 0.0, rng.integers(1, 40, number) / 4).clip(0, 10)
    columns: dict[str, Any] = {name: rng.random(number) < 0.04 for name in FLAGS}
    columns |= {
        "pain_while_running": pain,
        "pain_in_daily_life": np.where(pain > 0, rng.integers(0, 20, number) / 4, 0.0),
        "pain_quality": np.where(pain > 0, rng.choice(["dull", "sharp"], number, p=[0.8, 0.2]), "none"),
        "pain_trend": rng.choice(["improving", "steady", "increasing"], number, p=[0.5, 0.45, 0.05]),
        "weeks_of_pain_despite_rest": rng.integers(0, 5, number) / 1.0,
        "hours_of_pain_after_run": rng.integers(0, 60, number) / 1.0,
        "days_since_last_run": rng.integers(2, 10, number) + (rng.random(number) < 0.9),
        **{f"pain_sites__{site}": (pain > 0) & (rng.random(number) < share) for site, share in SITES.items()},
    }
    frame = pl.DataFrame(columns)
    if known < 1:
        frame = frame.select(
            pl.when(pl.Series(rng.random(number) < known)).then(pl.col(name)).alias(name) for name in frame.columns
        )
    return frame


def deep_pain_persists() -> pl.Expr:
    """Return whether pain deep in the joint is constant, lingers after a run, or lasts through weeks of rest."""
    lasts = (pl.col("hours_of_pain_after_run") > 48) | (pl.col("weeks_of_pain_despite_rest") >= 3)
    return pl.col("pain_sites__deep") & (pl.col("pain_is_constant") | lasts)


def by_hand() -> list[pl.Expr]:
    """Return what `triage` says of runners of whom everything is known, as an expert writes it in Polars."""
    pain, sharp = pl.col("pain_while_running"), pl.col("pain_quality") == "sharp"
    urgent = pl.col("swelling") | pl.col("numbness")
    check = pl.col("trouble_walking") | (sharp & (pain > 0)) | (pain >= 4) | (pl.col("pain_in_daily_life") >= 4)
    doctor = pl.any_horizontal(
        pl.col("pain_trend") == "increasing",
        deep_pain_persists(),
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


def rule_tests() -> dict[str, pl.Expr]:
    """Return whether each rule matches, the most urgent ones first."""
    pain, sharp = pl.col("pain_while_running"), pl.col("pain_quality") == "sharp"
    return {
        "swelling-or-numbness": pl.col("swelling") | pl.col("numbness"),
        "trouble-walking": pl.col("trouble_walking"),
        "sharp-pain-while-running": sharp & (pain > 0),
        "pain-at-stop-level": (pain >= 4) | (pl.col("pain_in_daily_life") >= 4),
        "increasing-or-constant-pain": (pl.col("pain_trend") == "increasing") | pl.col("pain_is_constant"),
        "deep-pain-that-persists": deep_pain_persists(),
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


RULES = tuple(rule_tests())


def rule_by_hand() -> pl.Expr:
    """Return which rule decides: of those that match the most urgent one."""
    names, tests = pl.Enum(RULES), rule_tests()
    return pl.coalesce(pl.when(test).then(pl.lit(name, names)) for name, test in tests.items()).alias("rule")


def checked() -> pl.Expr:
    """Return in which rows values or their combination cannot be."""
    inside = [~pl.col(name).is_between(0, high) for name, high in RANGES.items()]
    quality, trend = pl.col("pain_quality"), pl.col("pain_trend")
    choices = [~quality.is_in(["none", "dull", "sharp"]), ~trend.is_in(["improving", "steady", "increasing"])]
    in_pain = (pl.col("pain_while_running") > 0) | (pl.col("pain_in_daily_life") > 0)
    days, hours = pl.col("days_since_last_run"), pl.col("hours_of_pain_after_run")
    too_long = [(days <= number) & (hours > 24 * (number + 1)) for number in range(3)]
    return pl.any_horizontal(*inside, *choices, in_pain & (quality == "none"), *too_long).any().alias("bad")


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


Took = tuple[float, float]
"""Seconds of CPU time, and by the clock."""


def timed(call: Callable[[], Any]) -> Took:
    """Return how long a call took."""
    cpu, clock = time.process_time(), time.perf_counter()
    call()
    return time.process_time() - cpu, time.perf_counter() - clock


def medians(contestants: dict[str, Callable[[], Any]], rounds: int = ROUNDS) -> dict[str, Took]:
    """Return how long each call takes, the median of rounds in which they take turns."""
    for call in contestants.values():
        call()
    found: dict[str, list[Took]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, call in contestants.items():
            found[name].append(timed(call))
    return {
        name: (statistics.median(cpu for cpu, _ in times), statistics.median(clock for _, clock in times))
        for name, times in found.items()
    }


BY_HAND = "Polars, hand-written: the same columns, checked"
TARGETS = {
    "hiprun, Polars": 1.3,
    "hiprun, Polars lazy": 1.5,
    "hiprun, PyArrow": 1.5,
    "hiprun, pandas": 2.0,
    "hiprun, DuckDB": 3.0,
    "hiprun, Polars, a tenth unknown": 2.0,
    "hiprun, Polars lazy, a tenth unknown": 2.0,
}


def measured(pack: hiprun.Pack) -> list[tuple[str, ...]]:
    frame, unsure = runners(ROWS), runners(ROWS, known=0.9)
    table, pandas = frame.to_arrow(), frame.to_pandas()
    relation = duckdb.from_arrow(table)
    names = ["triage"]
    contestants: dict[str, Callable[[], Any]] = {
        BY_HAND: lambda: all_by_hand(frame),
        "Polars, hand-written: two outputs, checked": lambda: hand_written_and_checked(frame),
        "Polars, hand-written: two outputs": lambda: hand_written(frame),
        "hiprun, Polars": lambda: pack.evaluate_frame(frame, names),
        "hiprun, Polars lazy": lambda: pack.evaluate_frame(frame.lazy(), names).collect(),
        "hiprun, PyArrow": lambda: pack.evaluate_frame(table, names),
        "hiprun, pandas": lambda: pack.evaluate_frame(pandas, names),
        "hiprun, DuckDB": lambda: pack.evaluate_frame(relation, names).to_arrow_table(),
        "hiprun, DuckDB, counted there": lambda: (
            pack.evaluate_frame(relation, names).aggregate("triage__action, count(*)").fetchall()
        ),
        "DuckDB, the columns of the frame as they are": lambda: relation.to_arrow_table(),
        "hiprun, Polars, a tenth unknown": lambda: pack.evaluate_frame(unsure, names),
        "hiprun, Polars lazy, a tenth unknown": lambda: pack.evaluate_frame(unsure.lazy(), names).collect(),
    }
    agree(pack, frame, unsure)
    found = medians(contestants)
    found["hiprun, decide row by row"] = row_by_row(pack, frame)
    base = found[BY_HAND][0]
    return [
        (name, f"{cpu * 1e3:,.0f}", f"{cpu / base:,.2f}", f"{TARGETS.get(name, '')}", f"{clock * 1e3:,.0f}")
        for name, (cpu, clock) in found.items()
    ]


def start() -> list[tuple[str, ...]]:
    """Return how long all decisions take for the first ten rows, with a pack that was just loaded."""
    frame = runners(10)
    kinds: dict[str, tuple[Any, Callable[[Any], Any]]] = {
        "Polars": (frame, lambda decided: decided),
        "Polars lazy": (frame.lazy(), lambda decided: decided.collect()),
        "PyArrow": (frame.to_arrow(), lambda decided: decided),
        "pandas": (frame.to_pandas(), lambda decided: decided),
        "DuckDB": (duckdb.from_arrow(frame.to_arrow()), lambda decided: decided.to_arrow_table()),
    }
    rows = []
    for name, (native, collected) in kinds.items():
        pack = hiprun.load()
        first = timed(lambda: collected(pack.evaluate_frame(native)))  # noqa: B023 - called at once
        again = timed(lambda: collected(pack.evaluate_frame(native)))  # noqa: B023
        rows.append((name, f"{first[0]:.2f}", f"{again[0]:.3f}"))
    return rows


def large_table() -> list[tuple[str, ...]]:
    """Return what a table of 10,000 rules over two numbers takes, in a process of its own."""
    code = """
import time
from pathlib import Path
import numpy as np, polars as pl
from contestants import hiprun_pack
from tables import grid
rows, kinds = grid(10_000)
pack = hiprun_pack(rows, kinds)
def seconds(number):
    rng = np.random.default_rng(number)
    frame = pl.DataFrame({name: rng.integers(low, high + 1, number) for name, (low, high) in kinds.items()})
    started = time.process_time()
    pack.evaluate_frame(frame, "triage")
    return time.process_time() - started
print(*(f"{seconds(number):.2f}" for number in (10, 10, 1_000_000, 1_000_000)))
status = Path("/proc/self/status").read_text()
print(f"{int(status.partition('VmHWM:')[2].split()[0]) / 1024:,.0f}")
"""
    folder = Path(__file__).parent
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=folder)
    times, memory = done.stdout.splitlines()
    names = ("ten patients, s", "ten patients again, s", "a million patients, s", "a million patients again, s")
    return [*zip(names, times.split(), strict=True), ("most memory, MB (at most 500)", memory)]


def people(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of a frame as facts for `decide`."""
    found = []
    for row in rows:
        sites = {site: row.pop(f"pain_sites__{site}") for site in SITES}
        if None in sites.values():
            row["pain_sites"] = {
                "includes_all": [site for site, hurts in sites.items() if hurts],
                "includes_none": [site for site, hurts in sites.items() if hurts is False],
            }
        else:
            row["pain_sites"] = [site for site, hurts in sites.items() if hurts]
        found.append(row)
    return found


def row_by_row(pack: hiprun.Pack, frame: pl.DataFrame) -> Took:
    """Return how long it would take to decide for one after the other, facts given as they are read from the frame."""
    rows = people(frame.head(SAMPLE).to_dicts())
    ((cpu, clock),) = medians({"": lambda: [pack.decide("triage", row)["action"] for row in rows]}).values()
    return cpu / SAMPLE * ROWS, clock / SAMPLE * ROWS


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
        (facts,), row = people(unsure[index].to_dicts()), eager.row(index, named=True)
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
    head = ("a million runners through triage", "CPU, ms", "times by hand", "target", "by the clock, ms")
    print_table("Cohorts; all agree on a million runners", head, measured(pack))
    print()
    print_table("All decisions of the pack for ten rows", ("", "first, s (at most 1)", "again, s"), start())
    print()
    print_table("A table of 10,000 rules", ("", ""), large_table())


if __name__ == "__main__":
    main()
