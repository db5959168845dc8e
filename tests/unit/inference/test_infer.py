"""Facts that cannot occur together are refused, also when only a search finds out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.errors import FactError
from hiprun.inference.facts import check_facts
from hiprun.inference.infer import BUDGET, check_possible
from hiprun.pack import grounded

from .. import small_packs

CONSTRAINTS = """\
constraints:
  - {id: fruit-is-ripe, never: {tree: elm, fruit: ripe}, because: Elms bear no fruit.}
  - {id: dry-or-windy, never: {dry: true, windy: true}}
  - {id: old-and-cold, never: {rings: {above: 5}, warmth: {below: 10}}}
  - {id: young-and-cool, never: {rings: {at_most: 5}, warmth: {below: 20}}}
  - {id: wasps-eat, never: {guests: {includes: wasps}, fruit: green}}
  - {id: birds-eat, never: {guests: {includes_none: [wasps, mice]}, fruit: green}}
  - {id: mice-eat, never: {guests: {includes: mice}, fruit: green}}
"""
HELP = "Check them again, and leave out any that are not certain. [impossible-facts]"


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> hiprun.Pack:
    """A pack in which some facts rule each other out."""
    files = {"constraints": CONSTRAINTS, **small_packs.DECISIONS}
    return small_packs.load(tmp_path_factory.mktemp("garden"), **files)


def reasons(pack: hiprun.Pack, facts: dict[str, Any]) -> list[str]:
    """Return why facts are refused, whatever is asked."""
    found = []
    for ask in (lambda: pack.evaluate(facts), lambda: pack.interpret(facts), lambda: pack.decide("level", facts)):
        with pytest.raises(FactError) as raised:
            ask()
        found.append([str(problem) for problem in raised.value.problems])
    assert found[0] == found[1] == found[2]
    return found[0]


def test_known_facts_that_rule_each_other_out_are_refused(garden: hiprun.Pack) -> None:
    """Every constraint that known facts break is named, with its reason where it has one."""
    assert reasons(garden, {"tree": "elm", "fruit": "ripe", "dry": True, "windy": True}) == [
        f"These facts cannot occur together. Elms bear no fruit. {HELP}",
        f"These facts cannot occur together. See the constraint `dry-or-windy`. {HELP}",
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"fruit": "green"},
        {"fruit": {"below": "ripe"}, "tree": "oak"},
        {"rings": {"at_most": 3}, "warmth": {"below": 20}},
        {"warmth": {"below": 10}},
        {"guests": {"includes_any": ["wasps"]}, "fruit": "green"},
    ],
    ids=str,
)
def test_facts_that_leave_nobody_are_refused(garden: hiprun.Pack, facts: dict[str, Any]) -> None:
    """What is known may break no single constraint and still leave no patient at all."""
    (reason,) = reasons(garden, facts)
    assert reason.startswith("These facts cannot occur together.")
    assert reason.endswith(HELP)


@pytest.mark.parametrize(
    "facts",
    [{}, {"tree": "elm"}, {"warmth": {"between": [10, 19]}}, {"guests": {"is_not": ["birds"]}, "fruit": "ripe"}],
    ids=str,
)
def test_facts_that_leave_somebody_are_taken(garden: hiprun.Pack, facts: dict[str, Any]) -> None:
    """Facts are refused only when they leave nobody, and all else is answered."""
    assert garden.decide("level", facts).exact


def test_a_constraint_can_decide(garden: hiprun.Pack) -> None:
    """What cannot be is left out of what is possible, so a constraint can settle an answer."""
    assert garden.decide("level", {"windy": True}).range("points") == (0, 1)
    assert garden.decide("level", {}).range("points") == (0, 3)
    assert "windy" in garden.decide("level", {}).needs


def test_a_search_that_ends_early_refuses_nobody(garden: hiprun.Pack) -> None:
    """When the work allowed does not suffice to find a contradiction the facts are taken."""
    facts = check_facts(garden.model, {"fruit": "green"})
    check_possible(garden.model, grounded(garden, ""), facts, budget=0)
    with pytest.raises(FactError):
        check_possible(garden.model, grounded(garden, ""), facts, budget=BUDGET)


def test_sums_of_facts_can_be_impossible(tmp_path: Path) -> None:
    """A constraint on two numbers refuses what no pair of numbers fits, and decides where it leaves one way."""
    pack = small_packs.load(
        tmp_path,
        constraints="constraints: [{id: hot, never: {warmth: {above: 10 * rings}}}]",
        decision=small_packs.rule("{rings: {at_least: 3}}"),
    )
    (reason,) = refusal(pack, {"rings": {"at_most": 2}, "warmth": {"above": 20}})
    assert reason.startswith("These facts cannot occur together.")
    assert pack.decide("care", {"warmth": {"above": 20}})["needed"] is True
    assert pack.decide("care", {"warmth": {"at_most": 20}}).needs == ("rings",)


def refusal(pack: hiprun.Pack, facts: dict[str, Any]) -> list[str]:
    """Return why facts are refused."""
    with pytest.raises(FactError) as raised:
        pack.evaluate(facts)
    return [str(problem) for problem in raised.value.problems]
