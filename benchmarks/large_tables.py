"""The same table with 10, 1,000 and 10,000 rows: how the time of one decision grows. `python benchmarks/large_tables.py`"""

from __future__ import annotations

import random
import time

from contestants import hiprun_pack, peers
from measuring import microseconds, print_table, shown
from tables import OPERATORS, grid

SIZES = (10, 1000, 10_000)


def main() -> None:
    found: dict[str, list[str]] = {}
    ten: dict[str, float] = {}
    for size in SIZES:
        rows, kinds = grid(size)
        started = time.perf_counter()
        pack = hiprun_pack(rows, kinds)
        loaded = time.perf_counter()
        decide = pack.decide
        decide("triage", {"age": 1, "score": 1})
        compiled = time.perf_counter()
        bare = pack.compile("triage")
        rng = random.Random(1)
        patients = [{name: rng.randint(0, high) for name, (_, high) in kinds.items()} for _ in range(50)]
        contestants = {
            "hiprun, decide": lambda facts: decide("triage", facts)["action"],
            "hiprun, bare function": lambda facts: bare(facts)["action"],
            **peers(rows, kinds, ("json-logic-qubit", "zen-engine")),
        }
        for facts in patients:
            row = next((action for tests, action in rows if all(OPERATORS[op](facts[name], value) for name, op, value in tests)), "none")
            assert {call(facts) for call in contestants.values()} == {row}
        for name, call in contestants.items():
            took = microseconds(lambda call=call: [call(facts) for facts in patients]) / len(patients)
            found.setdefault(name, []).append(f"{shown(took)} ({took / ten.setdefault(name, took):.1f})")
        found.setdefault("hiprun, loading from files, ms", []).append(f"{(loaded - started) * 1e3:,.0f}")
        found.setdefault("hiprun, compiling, ms", []).append(f"{(compiled - loaded) * 1e3:,.0f}")
    head = ("µs for one decision (times that of ten rows)", *(f"{size:,} rows" for size in SIZES))
    print_table("Tables over two numbers, fifty patients in turn", head, [(name, *cells) for name, cells in found.items()])


if __name__ == "__main__":
    main()
