"""Every decision of the pack that comes with hiprun, for one runner of whom all is known.

Run it with `python benchmarks/whole_pack.py`.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from measuring import microseconds, print_table, shown

import hiprun
from hiprun.pack import grounded


def runner(pack: hiprun.Pack) -> dict[str, Any]:
    """Return a calm runner: of every fact the best value, or an ordinary one."""
    found: dict[str, Any] = {}
    for name, fact in pack.facts.items():
        domain = fact.domain
        match domain.type:
            case "boolean":
                found[name] = domain.worse == "false"
            case "choice":
                found[name] = next(iter(domain.choices))
            case "set":
                found[name] = []
            case _:
                high = int(domain.highest or 0)
                found[name] = min(high, int(domain.lowest or 0) + 20) if domain.worse != "higher" else 0
    return found


def milliseconds(call: Callable[[], object]) -> float:
    """Return how long a call takes that can be made only once."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1e3


def main() -> None:
    hiprun.load()  # what is imported on the way is no part of the pack
    tracemalloc.start()
    pack = hiprun.load()
    loaded, _ = tracemalloc.get_traced_memory()
    pack.evaluate(runner(pack))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    fresh = hiprun.load()
    resolving = milliseconds(lambda: [grounded(fresh, name) for name in ("", *fresh.decisions)])
    singly = milliseconds(lambda: [fresh._compiled.decide_function(name, fresh._origin) for name in fresh.decisions])
    taken = fresh._compiled.taken(runner(fresh)) or {}
    together = milliseconds(lambda: fresh._compiled.conclude_all(taken))

    facts = runner(pack)
    exactly, quickly = pack.interpret(facts), pack.evaluate(facts)
    assert exactly == quickly
    assert {name: outcome.to_dict() for name, outcome in exactly.items()} == quickly.to_dict()

    def read_all() -> list[Any]:
        return [outcome.to_dict() for outcome in pack.evaluate(facts).values()]

    decided = sum(outcome.status == "decided" for outcome in quickly.values())
    rows = [
        (
            f"all {len(quickly)} decisions, {decided} of them decided, µs",
            shown(microseconds(lambda: pack.evaluate(facts))),
        ),
        ("the same by the interpreter, µs", shown(microseconds(lambda: pack.interpret(facts)))),
        ("all decisions, and everything read as data, µs", shown(microseconds(read_all))),
        ("one explanation, µs", shown(microseconds(lambda: quickly["triage"].explain()))),
        ("resolving derived facts and chained decisions of every decision, ms", f"{resolving:.0f}"),
        ("making one function of all decisions, ms", f"{together:.0f}"),
        ("making a function of every decision, ms", f"{singly:.0f}"),
        ("memory of the loaded pack, MB", f"{loaded / 1e6:.1f}"),
        ("memory once every decision is compiled and was asked for, MB", f"{used / 1e6:.1f}"),
    ]
    print_table(f"The pack {pack.name}, {len(facts)} facts known", ("", ""), rows)


if __name__ == "__main__":
    main()
