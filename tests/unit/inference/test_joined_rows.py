"""Neighbouring rows that give the same are searched as one: it changes no answer, and large tables stay exact."""

from __future__ import annotations

import random
from itertools import product
from operator import and_, or_
from pathlib import Path

import pytest

import hiprun
from hiprun.inference.circuit import Circuit
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import joined

from .. import small_packs


def answers(outcome: hiprun.Outcome) -> set[object]:
    """Return every level that an outcome says may come out."""
    found = (answer["level"] for answer in outcome.possible)
    return {value for level in found for value in (level["one_of"] if isinstance(level, hiprun.Answer) else [level])}


@pytest.mark.parametrize("hit", ["unique", "any", "first", "priority", "worst"])
def test_neighbours_that_give_the_same_change_no_answer(tmp_path: Path, hit: str) -> None:
    """What may come out with facts unknown is what comes out for somebody, conflicts and no match included."""
    given = (("dry", "low"), ("windy", "low"), ("damp", "high"), ("cold", "low"))
    facts = "facts:\n" + "".join(f"  {name}: {{ask: Is it {name}?, type: boolean}}\n" for name, _ in given)
    rows = "".join(
        f"  - {{id: if-{name}, when: {{{name}: true}}, then: {{level: {level}}}}}\n" for name, level in given
    )
    levels = "{type: choice, choices: [none, low, high], worse: later}"
    text = f"decision: table\noutputs: {{level: {levels}}}\nhit: {hit}\nrules:\n{rows}"
    pack = small_packs.load(tmp_path / "rows", facts=facts, table=text + "otherwise: {level: none}\n")
    names = [name for name, _ in given]
    for known in product((True, False, None), repeat=len(names)):
        start = {name: truth for name, truth in zip(names, known, strict=True) if truth is not None}
        open_ = [name for name in names if name not in start]
        everybody = [
            pack.interpret(start | dict(zip(open_, rest, strict=True)))["table"]
            for rest in product((True, False), repeat=len(open_))
        ]
        outcome = pack.decide("table", start)
        assert outcome.exact
        assert answers(outcome) == {one.possible[0]["level"] for one in everybody if one.status == "decided"}
        conflicts = {one.status == "conflict" for one in everybody}
        assert (outcome.status == "conflict" or outcome.may_conflict) == (True in conflicts)


def test_only_neighbours_are_joined_and_only_where_any_of_them_will_do() -> None:
    """Each of two that match counts in a sum, and is a conflict under `unique`; a row between two keeps them apart."""
    circuit = Circuit([], and_, or_, lambda members, others: members & ~others)
    nodes = [circuit.literal(circuit.variable(0b11), 0b10) for _ in range(4)]
    rows = list(zip(nodes, [("low",), ("low",), ("high",), ("low",)], strict=True))
    together = [(circuit.some(nodes[:2]), ("low",)), *rows[2:]]
    found = {name: joined(circuit, policy, rows) for name, policy in HIT_POLICIES.items()}
    assert all(found[name] == together for name in ("any", "first", "priority", "worst", "min", "max"))
    assert all(found[name] == rows for name in ("unique", "sum", "count"))


def side(rng: random.Random, name: str) -> str:
    """Return a test of one side of a box."""
    if name.startswith("sign"):
        return f"{name}: {'true' if rng.random() < 0.7 else 'false'}"
    low = rng.randint(1, 80)
    match rng.randrange(3):
        case 0:
            return f"{name}: {{at_least: {low}}}"
        case 1:
            return f"{name}: {{below: {low + 19}}}"
        case _:
            return f"{name}: {{between: [{low}, {low + rng.randint(5, 19)}]}}"


def test_a_hundred_overlapping_rows_are_exact_with_nothing_known(tmp_path: Path) -> None:
    """What can come out is found, and so are the smallest ways to the worst; each leads there whatever else is so."""
    rng = random.Random(1)
    numbers, signs = ([f"{kind}_{index}" for index in range(6)] for kind in ("number", "sign"))
    facts = "facts:\n" + "".join(f"  {name}: {{ask: How much?, type: integer, range: [0, 100]}}\n" for name in numbers)
    facts += "".join(f"  {name}: {{ask: Is it so?, type: boolean}}\n" for name in signs)
    rows = []
    for number in range(100):
        when = ", ".join([side(rng, name) for name in rng.sample(numbers + signs, rng.randint(2, 4))])
        level = rng.choice(("low", "middle", "high", "highest"))
        rows.append(f"  - {{id: row-{number}, when: {{{when}}}, then: {{level: {level}}}}}\n")
    levels = "{type: choice, choices: [none, low, middle, high, highest], worse: later}"
    text = f"decision: table\noutputs: {{level: {levels}}}\nhit: worst\nrules:\n{''.join(rows)}"
    pack = small_packs.load(tmp_path / "hundred", facts=facts, table=text + "otherwise: {level: none}\n")
    outcome = pack.decide("table", {})
    assert (outcome.exact, answers(outcome)) == (True, {"middle", "high", "highest"})
    assert set(outcome.needs) == {*numbers, *signs}
    ways = pack.ways_to("table", {"level": "highest"}, {})
    assert (ways.exact, [len(way.changes) for way in ways]) == (True, [1, 1, 2, 2, 2])
    for way in ways:
        decided = pack.decide("table", {change.fact: change.to for change in way.changes})
        assert (decided.status, decided["level"]) == ("decided", "highest")
