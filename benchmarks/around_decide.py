"""What stands around one decision: more facts than it needs, reading its outcome, explaining it, adding up.

Run it with `python benchmarks/around_decide.py`. Everything is measured over distinct patients, in CPU time, in turn.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from interview import runners
from measuring import print_table, race, shown

import hiprun
from hiprun.pack import grounded

PEOPLE = 400
SIGNS = [f"sign{number}" for number in range(20)]
POINTS = {name: 1 + number % 3 for number, name in enumerate(SIGNS)}


def each(call: Callable[[Any], object], given: Sequence[Any]) -> None:
    for entry in given:
        call(entry)


def own_facts(pack: hiprun.Pack, decision: str) -> list[str]:
    """Return the facts that a decision depends on, with those that constraints tie to them."""
    return list(dict.fromkeys(name for variable in grounded(pack, decision).variables for name in variable.base_facts))


def around(decision: str) -> list[tuple[str, float, str]]:
    """Return what each thing costs, times the decision for its own facts, and the target."""
    pack = hiprun.load()
    people = list(islice(runners(pack, random.Random(3), 0.2), PEOPLE))
    needed = own_facts(pack, decision)
    own = [{name: person[name] for name in needed} for person in people]
    half = [dict(list(person.items())[: len(person) // 2]) | mine for person, mine in zip(people, own, strict=True)]
    decide = partial(pack.decide, decision)
    outcomes = list(map(decide, own))
    took = race(
        {
            "decide": partial(each, decide, own),
            "half of all": partial(each, decide, half),
            "all": partial(each, decide, people),
            "all decisions": partial(each, pack.evaluate, people),
            "facts": partial(each, lambda outcome: outcome.facts, outcomes),
            "data": partial(each, lambda outcome: outcome.to_dict(), outcomes),
            "explain": partial(each, lambda outcome: outcome.explain(), outcomes),
            "text": partial(each, lambda outcome: str(outcome.explain()), outcomes),
            "advice": partial(each, lambda outcome: outcome.advice(), outcomes),
        }
    )
    one = took["decide"]
    count = len(pack.facts)
    return [
        (f"`decide`, {len(needed)} facts that it needs, µs", one / PEOPLE, ""),
        (f"all {count} facts given, times that", took["all"] / one, "little more"),
        ("half of the others given, times that", took["half of all"] / one, "little more"),
        (f"all {len(pack.decisions)} decisions, times that", took["all decisions"] / one, ""),
        ("`.facts`, times that", took["facts"] / one, "not checked again"),
        ("`to_dict`, times that", took["data"] / one, "≤ 10"),
        ("`explain`, times that", took["explain"] / one, "≤ 100"),
        ("`explain` as text, times that", took["text"] / one, ""),
        ("`advice`, times that", took["advice"] / one, ""),
    ]


def by_hand(facts: dict[str, bool]) -> int:
    return sum(points for name, points in POINTS.items() if facts[name])


def sums(hit: str) -> list[tuple[str, float, str]]:
    """Return what a score over twenty booleans costs, times Python's `sum` of the same."""
    then = {name: "" if hit == "count" else f", then: {{points: {points}}}" for name, points in POINTS.items()}
    rules = "\n".join(f"  - {{id: {name}, when: {{{name}: true}}{then[name]}}}" for name in SIGNS)
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "pack.yaml": "pack: score\nlanguage: 1\nversion: 1.0.0\ntitle: A score\n",
            "facts.yaml": "facts:\n" + "\n".join(f"  {name}: {{ask: '{name}?', type: boolean}}" for name in SIGNS),
            "score.yaml": "decision: score\ntitle: Score\noutputs: {points: {type: integer}}\n"
            f"hit: {hit}\nrules:\n{rules}\n",
        }
        for name, text in files.items():
            Path(folder, name).write_text(text)
        pack = hiprun.load(folder)
    rng = random.Random(4)
    decide = partial(pack.decide, "score")
    few = [{name: rng.random() < 0.5 for name in SIGNS} for _ in range(1000)]
    each(decide, few)
    took = race({"hand": partial(each, by_hand, few), "seen": partial(each, decide, few)})
    base = took["hand"] / len(few)
    rows = [(f"`{hit}` over 20 booleans, seen before, times `sum`", took["seen"] / took["hand"], "≤ 3")]
    for name, start in (("not seen before", 0), ("the same once no more are remembered", 60_000)):
        many = [{name: rng.random() < 0.5 for name in SIGNS} for _ in range(max(start, 1))]
        each(decide, many)
        new = [{name: rng.random() < 0.5 for name in SIGNS} for _ in range(5000)]
        started = time.process_time()
        each(decide, new)
        rows.append((f"`{hit}` over 20 booleans, {name}", (time.process_time() - started) / 5000 * 1e6 / base, "≤ 3"))
    return rows


def main() -> None:
    rows = around("triage") + sums("sum") + sums("count")
    pack = hiprun.load()
    started = time.process_time()
    assert pack.digest
    rows.append(("the digest, once for a pack, ms", (time.process_time() - started) * 1e3, "cheap"))
    print_table(
        "Around one decision", ("", "", "target"), [(name, shown(value), target) for name, value, target in rows]
    )


if __name__ == "__main__":
    main()
