"""An output that has no value, because its decision ended without a match: what leans on it never guesses one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.language.writer import files

from .. import small_packs

WATER = """\
decision: water
outputs: {litres: {type: number}}
rules:
  - {id: hot, when: {warmth: {above: 30}}, then: {litres: 5}}
otherwise: no_match
"""
CANS = """\
decision: cans
outputs: {filled: {type: number}}
hit: first
rules:
  - {id: as-needed, when: {dry: true}, then: {filled: 2 * water.litres}}
  - {id: one, when: {dry: true}, then: {filled: 1}}
otherwise: {filled: 0}
"""
ASKED = """\
decision: asked
outputs: {holds: {type: boolean}}
rules:
  - {id: it, when: %s, then: {holds: true}}
otherwise: {holds: false}
"""


@pytest.mark.parametrize("formula", ["2 * water.litres", "twice"])
def test_a_rule_without_a_condition_needs_a_value_for_its_formula(formula: str, tmp_path: Path) -> None:
    """Where it has none, rules behind it and `otherwise` have their turn, so neither is refused."""
    cans = CANS.replace("when: {dry: true}, ", "", 1).replace("2 * water.litres", formula)
    files = {"derived": "derived: {twice: {formula: 2 * water.litres}}\n"} if formula == "twice" else {}
    pack = small_packs.load(tmp_path, water=WATER, cans=cans, **files)
    found = [
        pack.decide("cans", {"warmth": warmth, "dry": dry})["filled"] for warmth in (31, 30) for dry in (True, False)
    ]
    assert found == [10, 10, 1, 0]


@pytest.mark.parametrize(("warmth", "filled", "fired"), [(31, 10, "as-needed"), (30, 1, "one")])
def test_a_rule_whose_formula_has_no_value_does_not_apply(tmp_path: Path, warmth: int, filled: int, fired: str) -> None:
    """It is passed over, and the next rule that matches answers."""
    pack = small_packs.load(tmp_path, water=WATER, cans=CANS)
    facts = {"warmth": warmth, "dry": True}
    for outcome in (pack.decide("cans", facts), pack.interpret(facts, ["cans"])["cans"]):
        assert (outcome["filled"], outcome.fired) == (filled, (fired,))


@pytest.mark.parametrize(("warmth", "status"), [(31, "conflict"), (30, "decided")])
def test_a_rule_whose_formula_has_no_value_is_in_no_conflict(tmp_path: Path, warmth: int, status: str) -> None:
    """Where at most one rule may match, it leaves the other one alone; so it does for a decision that leans on both."""
    asked = ASKED % "{cans.filled: {at_least: 1}}"
    pack = small_packs.load(tmp_path, water=WATER, cans=CANS.replace("first", "unique"), asked=asked)
    facts = {"warmth": warmth, "dry": True}
    for found in (pack.evaluate(facts), pack.interpret(facts)):
        assert (found["cans"].status, found["asked"].status) == (status, status)


@pytest.mark.parametrize("test", ["{water.litres: {is_not: 5}}", "{water.litres: {below: 99}}", "{water.litres: 5}"])
def test_no_value_meets_no_test(tmp_path: Path, test: str) -> None:
    """Each test on it is false, also the one for being something else; `not` turns that around."""
    pack = small_packs.load(tmp_path, water=WATER, asked=ASKED % test, turned=turned(test))
    facts: dict[str, Any] = {"warmth": 0}
    for found in (pack.evaluate(facts), pack.interpret(facts)):
        assert found["water"].status == "no_match"
        assert (found["asked"]["holds"], found["turned"]["holds"]) == (False, True)


def turned(test: str) -> str:
    """Return the decision that asks for the opposite."""
    return ASKED.replace("decision: asked", "decision: turned") % f"{{not: {test}}}"


@pytest.mark.parametrize(("warmth", "there"), [(10, True), (90, False)])
def test_rules_can_ask_whether_there_is_a_value(tmp_path: Path, warmth: int, there: bool) -> None:
    """`has_value` holds where the other decision has an answer, or with false where it has none."""
    water = (
        "decision: water\noutputs: {litres: {type: number}, how: {type: choice, choices: [can, hose]}}\n"
        "rules:\n  - {id: cool, when: {warmth: {below: 50}}, then: {litres: 2, how: can}}\notherwise: no_match\n"
    )
    care = small_packs.rule("{water.litres: {has_value: true}, water.how: {has_value: true}}")
    lack = small_packs.rule("{any: [{water.litres: {has_value: false}}, {water.how: {has_value: false}}]}")
    table = (
        "decision: table\noutputs: {told: {type: boolean}}\ntable:\n  - [water.how, dry, told]\n"
        "  - [{has_value: false}, any, true]\n  - [{has_value: true}, true, false]\notherwise: no_match\n"
    )
    pack = small_packs.load(tmp_path, water=water, care=care, lack=lack.replace("care", "lack"), table=table)
    facts = {"warmth": warmth, "dry": True}
    assert pack.decide("care", facts)["needed"] is there
    assert pack.decide("lack", facts)["needed"] is not there
    assert pack.decide("table", facts)["told"] is not there
    assert pack.decide("care", {}).needs == ("warmth",)
    said = str(pack.decide("lack", facts).explain())
    assert ("Water (litres): there is no answer" in " ".join(said.split())) is not there
    for name, text in files(pack.model).items():
        path = tmp_path / "again" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    again = hiprun.load(tmp_path / "again")
    assert again.model == pack.model
