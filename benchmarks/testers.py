"""How long the tools for testers take on tables of overlapping rows, with forty cases, in seconds of all processors.

Run it with `python benchmarks/testers.py`; with `--rows 30` the tables are smaller, and words select some of the tools.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from hiprun.errors import HiprunError
from hiprun.model import All, Condition, Constant, Decision, Domain, Example, Fact, Model, Output, Ref, Rule, Test
from hiprun.pack import Pack
from hiprun.testing.coverage import survey
from hiprun.testing.mutation import mutate

LEVELS = ("none", "low", "middle", "high", "highest")
NUMBERS = 6
BOOLEANS = 6
CASES = 40
TARGETS = {"coverage": "(target ≤ 60)", "mutate": "(target ≤ 60)"}
"""What tools may take for 100 rows."""


def overlapping(rows: int, hit: str, seed: int = 1) -> Pack:
    """Return a pack of one table whose rows, boxes over some of its facts, overlap at random."""
    rng = random.Random(seed)
    facts = {f"number_{n}": Fact(f"number_{n}", Domain("integer", lowest=0, highest=100), "?") for n in range(NUMBERS)}
    facts |= {f"sign_{n}": Fact(f"sign_{n}", Domain("boolean"), "?") for n in range(BOOLEANS)}
    output = Output("level", Domain("choice", dict.fromkeys(LEVELS, ""), worse="later", ordered=True))
    if hit == "sum":
        output = Output("level", Domain("integer", worse="higher"))
    rules = tuple(_row(rng, f"row-{n}", facts, output) for n in range(rows))
    otherwise = None if hit == "sum" else (("level", "none"),)
    decision = Decision("table", "rules", "", (output,), hit, rules, otherwise=otherwise)  # type: ignore[arg-type]
    model = Model("made-up", "1.0.0", "Rows that overlap", facts=facts, decisions={"table": decision})
    return Pack(attrs.evolve(model, examples=tuple(_case(rng, Pack(model), number) for number in range(CASES))))


def _row(rng: random.Random, name: str, facts: Mapping[str, Fact], output: Output) -> Rule:
    tests = tuple(_test(rng, facts[fact]) for fact in rng.sample(sorted(facts), rng.randint(2, 4)))
    value: Any = rng.choice(LEVELS[1:]) if output.domain.type == "choice" else Constant(rng.randint(1, 3))
    return Rule(name, All(tests), ((output.name, value),))


def _test(rng: random.Random, fact: Fact) -> Condition:
    subject = Ref("fact", fact.name)
    if fact.domain.type == "boolean":
        return Test(subject, "is", (rng.random() < 0.7,))
    low = rng.randint(1, 80)
    match rng.randrange(3):
        case 0:
            return Test(subject, "at_least", (Constant(low),))
        case 1:
            return Test(subject, "below", (Constant(low + 19),))
        case _:
            return Test(subject, "between", (Constant(low), Constant(low + rng.randint(5, 19))))


def _case(rng: random.Random, pack: Pack, number: int) -> Example:
    facts: dict[str, Any] = {
        name: rng.random() < 0.4 if fact.domain.type == "boolean" else rng.randint(0, 100)
        for name, fact in pack.model.facts.items()
    }
    answer = pack.decide("table", facts)["level"]
    return Example(f"case-{number}", facts, {"table": {"level": answer}})


def measure(tool: str, title: str, call: Callable[[Pack], object], pack: Pack, target: str) -> None:
    wall, before = time.perf_counter(), os.times()
    result = call(pack)
    after = os.times()
    cpu = after.user - before.user + after.children_user - before.children_user
    print(
        f"{tool:10} {title:16} {cpu:7.2f} s CPU {target:13} {time.perf_counter() - wall:7.2f} s   {result}", flush=True
    )


def _covered(pack: Pack) -> str:
    report = survey(pack)
    return ", ".join(f"{report.count(kind)}" for kind in ("rule", "test", "threshold")) + f" {report.stopped}"


def _mutated(pack: Pack, jobs: int | None) -> str:
    report = mutate(pack, jobs=jobs)
    return ", ".join(
        f"{report.count(fate)} {fate}" for fate in ("killed", "equivalent", "survived", "unproved", "untried")
    )


def _ways(pack: Pack) -> str:
    wanted = 5 if pack.decisions["table"].hit == "sum" else "highest"
    try:
        return f"{len(pack.ways_to('table', {'level': wanted}, {}))} ways"
    except HiprunError as error:
        return error.problems[0].code


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tools", nargs="*")
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--hit", nargs="*", default=["first", "worst", "sum"])
    chosen = parser.parse_args()
    tools: dict[str, Callable[[Pack], object]] = {
        "coverage": _covered,
        "mutate": lambda pack: _mutated(pack, chosen.jobs),
        "ways": _ways,
        "decide": lambda pack: pack.decide("table", {}).status,
    }
    for tool, call in tools.items():
        for hit in chosen.hit:
            if not chosen.tools or tool in chosen.tools:
                pack = overlapping(chosen.rows, hit)
                target = TARGETS.get(tool, "") if chosen.rows == 100 else ""
                measure(tool, f"{chosen.rows} rows, {hit}", call, pack, target)


if __name__ == "__main__":
    main()
