"""The same table with 10, 1,000 and 10,000 rows: how the time of one decision grows.

Run it with `python benchmarks/large_tables.py`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from contestants import hiprun_pack, peers
from measuring import print_table, race, shown
from tables import OPERATORS, Row, grid

SIZES = (10, 1000, 10_000)
Found = dict[str, float]


def by_reading(rows: list[Row], facts: dict[str, Any]) -> str:
    """Return what the table says, row by row."""
    for tests, action in rows:
        if all(OPERATORS[operator](facts[name], value) for name, operator, value in tests):
            return action
    return "none"


def measured(size: int) -> tuple[Found, Found]:
    """Return microseconds for one decision by contestant, and milliseconds of what comes before."""
    rows, kinds = grid(size)
    started = time.perf_counter()
    pack = hiprun_pack(rows, kinds)
    loaded = time.perf_counter()
    decide, bare = pack.decide, pack.compile("triage")
    compiled = time.perf_counter()
    contestants: dict[str, Callable[[dict[str, Any]], Any]] = {
        "hiprun, decide": lambda facts: decide("triage", facts)["action"],
        "hiprun, bare function": lambda facts: bare(facts)["action"],
        **peers(rows, kinds, ("json-logic-qubit", "zen-engine")),
    }
    rng = random.Random(1)
    patients = [{name: rng.randint(0, high) for name, (_, high) in kinds.items()} for _ in range(50)]
    for facts in patients:
        assert {call(facts) for call in contestants.values()} == {by_reading(rows, facts)}

    def all_patients(call: Callable[[dict[str, Any]], Any]) -> Callable[[], Any]:
        return lambda: [call(facts) for facts in patients]

    times = race({name: all_patients(call) for name, call in contestants.items()})
    return {name: took / len(patients) for name, took in times.items()}, {
        "loading from files": (loaded - started) * 1e3,
        "compiling": (compiled - loaded) * 1e3,
    }


def main() -> None:
    found = {size: measured(size) for size in SIZES}
    ten, _ = found[SIZES[0]]
    head = ("µs for one decision (times that of ten rows)", *(f"{size:,} rows" for size in SIZES))
    rows = [
        (name, *(f"{shown(found[size][0][name])} ({found[size][0][name] / ten[name]:,.1f})" for size in SIZES))
        for name in ten
    ]
    rows += [(f"hiprun, {what}, ms", *(f"{found[size][1][what]:,.0f}" for size in SIZES)) for what in found[10][1]]
    print_table("Tables over two numbers, fifty patients in turn", head, rows)


if __name__ == "__main__":
    main()
