"""What is collected: which items there certainly are, which there may be, and with what values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.verification import cases

from .. import small_packs

LEVEL = """\
decision: level
outputs: {points: {type: integer, worse: higher}}
hit: worst
rules:
  - {id: dry, when: {dry: true}, then: {points: 2}}
  - {id: windy, when: {windy: true}, then: {points: 5}}
otherwise: no_match
"""
CHORES = """\
decision: chores
outputs:
  urgency: {type: choice, choices: [later, soon, now], worse: later}
  minutes: {type: number, worse: higher, optional: true}
hit: collect
rules:
  - {id: look, then: {urgency: later}}
  - {id: water, when: {warmth: {above: 30}}, then: {urgency: soon, minutes: 3 * rings}}
  - {id: tie, when: {tree: {is_not: oak}}, then: {urgency: now, minutes: 10 * level.points}, because: It is shaking.}
  - {id: sweep, when: {any: [{dry: true}, {dry: false}]}, then: {urgency: soon}}
  - {id: prune, when: {all: [{windy: true}, {windy: false}]}, then: {urgency: now}}
"""


def items(outcome: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the items of an outcome by their rules: certainty and outputs."""
    return {item.rule: (item.certainty, dict(item.outputs)) for item in outcome.items}


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> hiprun.Pack:
    """A pack that collects chores, in the order of the file and worst first."""
    worst = CHORES.replace("chores", "worst_first").replace("hit: collect", "hit: collect\norder: worst")
    return small_packs.load(tmp_path_factory.mktemp("garden"), level=LEVEL, chores=CHORES, worst=worst)


def test_each_item_is_certain_possible_or_excluded(garden: hiprun.Pack) -> None:
    """Items are told apart exactly, also where row by row a rule would seem open."""
    found = garden.decide("chores", {"tree": "oak", "warmth": {"above": 20}, "rings": 2})
    assert items(found) == {
        "look": ("certain", {"urgency": "later"}),
        "water": ("possible", {"urgency": "soon", "minutes": 6}),
        "tie": ("excluded", {"urgency": "now", "minutes": {"at_least": 20, "at_most": 50}}),
        "sweep": ("certain", {"urgency": "soon"}),
        "prune": ("excluded", {"urgency": "now"}),
    }
    assert (found.status, found.needs, found.exact) == ("undetermined", ("warmth",), True)


def test_an_item_has_the_values_that_its_formula_can_come_to(garden: hiprun.Pack) -> None:
    """A number that another decision's output goes into is worked out as far as that output is known."""
    ask = {"tree": "elm", "warmth": 20}
    known = garden.decide("chores", {**ask, "dry": True, "windy": False})
    assert (known.status, items(known)["tie"]) == ("decided", ("certain", {"urgency": "now", "minutes": 20}))
    assert known.items[2].because == "It is shaking."
    partly = garden.decide("chores", {**ask, "dry": True})
    assert (partly.status, partly.needs) == ("undetermined", ("windy",))
    assert items(partly)["tie"] == ("certain", {"urgency": "now", "minutes": {"at_least": 20, "at_most": 50}})
    open_ = garden.decide("chores", ask)
    assert items(open_)["tie"][0] == "possible"
    assert set(open_.needs) == {"dry", "windy"}
    without = garden.decide("chores", {**ask, "dry": False, "windy": False})
    assert (without.status, items(without)["tie"][0]) == ("decided", "excluded")


def test_open_numbers_are_needed(garden: hiprun.Pack) -> None:
    """A fact in the formula of an item that may be listed is needed; of one that is excluded it is not."""
    base = {"tree": "oak", "dry": True, "windy": True}
    assert garden.decide("chores", {**base, "warmth": 40}).needs == ("rings",)
    assert garden.decide("chores", {**base, "warmth": 10}).needs == ()


def test_items_can_stand_worst_first(garden: hiprun.Pack) -> None:
    """Ordered by what they give, the worst items come first, by the worst value that an open one may have."""
    rules = [item.rule for item in garden.decide("worst_first", {"windy": True, "rings": 1}).items]
    assert rules == ["tie", "prune", "water", "sweep", "look"]


def test_little_work_leaves_items_open(garden: hiprun.Pack) -> None:
    """When the work allowed is used up items are possible with every value they may have, and all facts are needed."""
    hurried = garden.decide("chores", {"tree": "elm", "warmth": 20}, budget=0)
    assert not hurried.exact
    assert items(hurried)["tie"] == ("possible", {"urgency": "now", "minutes": {"at_least": 20, "at_most": 50}})
    assert set(hurried.needs) == {"dry", "windy"}


def test_a_conflict_behind_a_list_is_told(tmp_path: Path) -> None:
    """A list that leans on a decision in conflict is in conflict, or may be."""
    chores = small_packs.DECISIONS["tips"].replace("{dry: true}", "{either.go: true}")
    either = small_packs.DECISIONS["either"].replace("warmth: {below: 5}", "dry: true")
    pack = small_packs.load(tmp_path, either=either, tips=chores)
    assert pack.decide("tips", {"warmth": 40, "dry": True}).status == "conflict"
    assert pack.decide("tips", {"warmth": 40, "dry": True}).needs == ()
    may = pack.decide("tips", {"warmth": 40, "rings": 1})
    assert (may.status, may.may_conflict, may.needs) == ("undetermined", True, ("dry",))
    assert items(may)["water"][0] == "certain"


def test_constraints_settle_which_value_an_item_has(tmp_path: Path) -> None:
    """Of several values that an item could have one is left where constraints leave no other."""
    constraints = "constraints:\n  - {id: stormy, never: {windy: false, tree: ash}}\n"
    pack = small_packs.load(tmp_path, level=LEVEL, chores=CHORES, constraints=constraints)
    found = pack.decide("chores", {"tree": "ash", "dry": True, "warmth": 20})
    assert items(found)["tie"] == ("certain", {"urgency": "now", "minutes": 50})
    assert (found.status, found.needs) == ("decided", ())
    assert found.fired == ("look", "tie", "sweep")


def test_little_work_leaves_simple_items_open(tmp_path: Path) -> None:
    """An item that is open needs its facts, also when no work is allowed to see whether they matter."""
    pack = small_packs.load(tmp_path, tips=small_packs.DECISIONS["tips"])
    hurried = pack.decide("tips", {"rings": 3}, budget=0)
    assert (hurried.needs, items(hurried)["water"][0]) == (("dry",), "possible")
    constrained = small_packs.load(
        tmp_path / "more",
        tips=small_packs.DECISIONS["tips"],
        constraints="constraints:\n  - {id: stormy, never: {windy: false, dry: true}}\n",
    )
    assert set(constrained.decide("tips", {"rings": 3}, budget=0).needs) == {"dry", "windy"}


def test_a_rule_that_can_never_have_its_number_is_excluded(tmp_path: Path) -> None:
    """A rule whose formula uses an output that never has a value gives nothing, and has nothing to give."""
    never = LEVEL.replace("{dry: true}", "{all: [{dry: true}, {dry: false}]}").replace(
        "{windy: true}", "{all: [{windy: true}, {windy: false}]}"
    )
    pack = small_packs.load(tmp_path, level=never, chores=CHORES)
    assert items(pack.decide("chores", {"tree": "elm"}))["tie"] == ("excluded", {})


def test_a_case_may_expect_that_nothing_is_certain(tmp_path: Path) -> None:
    """An empty list of what fired, or is certain, says that there is none, and holds where that is so."""
    expected = small_packs.cases(
        "facts: {dry: false}, expect: {either: {fired: []}, waterings: {certain: [], fired: []}}",
        "facts: {dry: true, warmth: 40}, expect: {either: {fired: [warm]}, waterings: {excluded: []}}",
    )
    water = "decision: waterings\noutputs: {text: {type: string}}\nhit: collect\nrules:\n"
    water += "  - {id: water, when: {dry: true}, then: {text: Water it.}}\n"
    pack = small_packs.load(tmp_path, cases=expected, waterings=water, either=small_packs.DECISIONS["either"])
    assert [str(result) for example in pack.model.examples if not (result := cases.run(pack, example)).passed] == []


def test_items_are_ranked_by_the_outputs_that_have_an_order(tmp_path: Path) -> None:
    """The most urgent comes first; outputs of other types have no say, and equals keep the order of the file."""
    chores = """\
decision: chores
outputs:
  where: {type: set, choices: [shed, garden]}
  minutes: {type: integer}
  urgency: {type: choice, choices: [later, soon, now], worse: later}
  text: {type: string}
hit: collect
order: worst
rules:
  - {id: rake, then: {where: [], urgency: later, minutes: 1, text: Rake.}}
  - {id: tie, when: {windy: true}, then: {where: [shed, garden], urgency: now, minutes: 2, text: Tie it.}}
  - {id: water, when: {dry: true}, then: {where: [garden], urgency: later, minutes: 3, text: Water it.}}
"""
    pack = small_packs.load(tmp_path, chores=chores)
    facts = {"windy": True, "dry": True}
    assert pack.decide("chores", facts)["text"] == ("Tie it.", "Rake.", "Water it.")
    assert pack.interpret(facts, ["chores"])["chores"] == pack.decide("chores", facts)
    assert [item.rule for item in pack.decide("chores", {}).items] == ["tie", "rake", "water"]
