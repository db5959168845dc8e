"""Which rules fired, and how an explanation says so: for everyone who remains, whatever is not known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hiprun

from .. import small_packs

CONSTRAINTS = """\
constraints:
  - id: rain-brings-wind
    never: {dry: false, windy: false}
    because: It never rains here without wind.
  - id: mice-like-ripe-fruit
    never: {guests: {includes: mice}, fruit: green}
"""
WORST = """\
decision: care
outputs: {grade: {type: choice, choices: [calm, mild, bad], worse: later}}
hit: worst
rules:
  - {id: shaken, when: {windy: true}, then: {grade: mild}}
  - {id: hot, when: {warmth: {above: 40}}, then: {grade: bad}}
  - {id: sweet, when: {fruit: {at_least: ripe}}, then: {grade: mild}}
otherwise: {grade: calm}
"""
FIRST = WORST.replace("worst", "first")


def statuses(outcome: Any) -> dict[str, str]:
    """Return what an explanation says of each rule."""
    return {step.id: step.status for step in outcome.explain().rules}


@pytest.fixture
def garden(tmp_path: Path) -> hiprun.Pack:
    """A pack with constraints and a decision that takes the worst."""
    return small_packs.load(tmp_path, constraints=CONSTRAINTS, care=WORST)


@pytest.fixture
def in_turn(tmp_path: Path) -> hiprun.Pack:
    """A pack with constraints and a decision that takes the first."""
    return small_packs.load(tmp_path, constraints=CONSTRAINTS, care=FIRST)


def test_a_rule_that_constraints_make_certain_has_fired(garden: hiprun.Pack) -> None:
    """A rule that holds for everyone whom the constraints allow has fired, and its explanation says how."""
    outcome = garden.decide("care", {"dry": False, "warmth": 20})
    assert outcome.fired == ("shaken",)
    assert statuses(outcome) == {"shaken": "fired", "hot": "not_fired", "sweet": "overruled"}
    assert "Holds, whatever is still open: “Is it windy?” – yes (windy: not known)." in " ".join(
        str(outcome.explain()).split()
    )


def test_the_constraint_that_settles_an_outcome_is_named(garden: hiprun.Pack) -> None:
    """An explanation names the constraint without which less would be certain, with its place and in its words."""
    outcome = garden.decide("care", {"dry": False, "warmth": 20, "guests": ["mice"], "tree": "oak"})
    explanation = outcome.explain()
    rain, mice = explanation.constraints
    assert {**rain.to_dict(), "place": rain.place.rpartition("/")[2]} == {
        "id": "rain-brings-wind",
        "text": "“Is it dry?” – no (dry: false) and “Is it windy?” – no (windy: not known)",
        "because": "It never rains here without wind.",
        "source": [],
        "place": "constraints.yaml:2",
    }
    assert mice.id == "mice-like-ripe-fruit"
    assert mice.place.endswith("/constraints.yaml:5")
    assert explanation.to_dict()["constraints"] == [rain.to_dict(), mice.to_dict()]
    text = str(explanation)
    assert f"  ! rain-brings-wind ({rain.place})\n      This cannot be: “Is it dry?” – no (dry: false) and" in text
    assert "      It never rains here without wind.\n" in text


def test_constraints_that_settle_nothing_are_not_named(garden: hiprun.Pack) -> None:
    """Where the facts decide alone, or the constraints leave it open, there is nothing to name."""
    assert garden.decide("care", {"warmth": 50, "dry": True}).explain().constraints == ()
    assert garden.decide("care", {}).explain().constraints == ()
    known = garden.decide("care", {"dry": False, "windy": True, "warmth": 20, "fruit": "green", "guests": []})
    assert known.explain().constraints == ()


def test_one_of_two_constraints_is_enough(tmp_path: Path) -> None:
    """Of two constraints that would each do alone one is named, since it takes no more than that."""
    twice = CONSTRAINTS + "  - {id: and-again, never: {dry: false, windy: false}}\n"
    pack = small_packs.load(tmp_path, constraints=twice, care=WORST)
    named = pack.decide("care", {"dry": False, "warmth": 20, "fruit": "green"}).explain().constraints
    assert [constraint.id for constraint in named] == ["and-again"]
    text = str(pack.decide("care", {"dry": False, "warmth": 20, "fruit": "green"}).explain())
    assert "This cannot be: “Is it dry?” – no (dry: false) and “Is it windy?” – no (windy: not known)." in " ".join(
        text.split()
    )


def test_of_very_many_constraints_some_more_are_named(tmp_path: Path) -> None:
    """Where it would take long to find out which of many constraints it takes, too many are named and none too few."""
    facts = "facts:\n" + "".join(f"  f_{index}: {{ask: So?, type: boolean}}\n" for index in range(60))
    constraints = "constraints:\n" + "".join(
        f"  - {{id: c-{index}, never: {{f_{index}: false, dry: {str(index % 2 == 0).lower()}}}}}\n"
        for index in range(60)
    )
    rules = "".join(f"  - {{id: r-{index}, when: {{f_{index}: true}}, then: {{grade: mild}}}}\n" for index in range(60))
    care = WORST.partition("  - {id")[0] + rules + "otherwise: {grade: calm}\n"
    pack = small_packs.load(tmp_path, more=facts, constraints=constraints, care=care)
    outcome = pack.decide("care", {"dry": True})
    assert outcome.fired == tuple(f"r-{index}" for index in range(0, 60, 2))
    named = {constraint.id for constraint in outcome.explain().constraints}
    assert named >= {f"c-{index}" for index in range(0, 60, 2)}


def test_constraints_are_told_in_words_whatever_their_form(tmp_path: Path) -> None:
    """Groups within a constraint are put into a sentence; its statements are cited."""
    constraints = """\
constraints:
  - id: odd
    never: {dry: false, any: [{windy: false}, {rings: 3, tree: oak}], not: {fruit: rotten}}
    source: [wind]
"""
    guidance = "guidance: A garden\nstatements: {wind: It never rains without wind.}\n"
    care = WORST.replace("hit: worst", "hit: worst\nsource: wind")
    pack = small_packs.load(tmp_path, constraints=constraints, care=care, guidance=guidance)
    outcome = pack.decide("care", {"dry": False, "warmth": 20, "fruit": "ripe"})
    (odd,) = outcome.explain().constraints
    assert odd.text == (
        "“Is it dry?” – no (dry: false) and (“Is it windy?” – no (windy: not known) or"
        " (“How many rings?” – 3 (rings: not known) and “Which tree?” – oak (tree: not known)))"
        " and not: “How ripe?” – rotten (fruit: ripe)"
    )
    assert odd.sources == (("wind", "It never rains without wind."),)
    assert "\n      source: wind" in str(outcome.explain())


def test_rules_that_complete_each_other_are_told_from_those_that_hold(garden: hiprun.Pack) -> None:
    """What is open and does not hold for everyone has not fired."""
    outcome = garden.decide("care", {})
    assert outcome.fired == ()
    assert set(statuses(outcome).values()) == {"unknown"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"dry": False}, ("shaken",)),
        ({"warmth": 50}, ()),
        ({"windy": False, "guests": ["mice"], "warmth": {"below": 40}}, ("sweet",)),
        ({"windy": False, "guests": ["mice"]}, ()),
        ({"windy": False, "warmth": 20, "fruit": "green"}, ()),
    ],
)
def test_the_rule_that_has_the_say_has_fired(
    in_turn: hiprun.Pack, facts: dict[str, Any], expected: tuple[str, ...]
) -> None:
    """Under `first` the rule fired that is the first to match for everyone who remains."""
    outcome = in_turn.decide("care", facts)
    assert outcome.fired == expected
    assert {rule for rule, status in statuses(outcome).items() if status == "fired"} == set(expected)


def test_what_is_given_otherwise_is_no_rule(tmp_path: Path) -> None:
    """Where `otherwise` is worked out from another decision it may have the say, and no rule has fired."""
    level = small_packs.DECISIONS["level"]
    care = """\
decision: care
outputs: {litres: {type: number}}
hit: first
rules:
  - {id: shaken, when: {windy: true}, then: {litres: 1}}
  - {id: ripe, when: {fruit: ripe}, then: {litres: 2}}
otherwise: {litres: 2 * level.points}
"""
    pack = small_packs.load(tmp_path, constraints=CONSTRAINTS, level=level, care=care)
    assert pack.decide("care", {"windy": False, "fruit": "green"}).fired == ()
    assert pack.decide("care", {"windy": False, "guests": ["mice"]}).fired == ()
    assert pack.decide("care", {"dry": False}).fired == ("shaken",)


CONFLICT = """\
decision: clash
outputs: {go: {type: boolean}}
rules:
  - {id: one, when: {dry: true}, then: {go: true}}
  - {id: two, when: {rings: {above: 3}}, then: {go: false}}
otherwise: no_match
"""
LEANING = """\
decision: leaning
outputs: {grade: {type: choice, choices: [calm, bad], worse: later}}
hit: first
rules:
  - {id: gone, when: {clash.go: true}, then: {grade: bad}}
  - {id: hot, when: {warmth: {above: 40}}, then: {grade: bad}}
  - {id: shaken, when: {windy: true}, then: {grade: bad}}
otherwise: {grade: calm}
"""


@pytest.mark.parametrize("hit", ["first", "worst", "any"])
def test_a_conflict_behind_changes_nothing_about_what_fired(tmp_path: Path, hit: str) -> None:
    """In a conflict that comes from another decision, outcome and explanation name the same rules."""
    pack = small_packs.load(tmp_path, clash=CONFLICT, leaning=LEANING.replace("first", hit), constraints=CONSTRAINTS)
    for facts in (
        {"dry": True, "rings": 5, "warmth": 50, "windy": True},
        {"dry": True, "rings": 5, "warmth": 50},
        {"dry": False, "rings": 5, "warmth": 50},
        {"dry": True, "warmth": 50},
    ):
        outcome = pack.decide("leaning", facts)
        assert {rule for rule, status in statuses(outcome).items() if status == "fired"} == set(outcome.fired)
        assert outcome == pack.interpret(facts, ["leaning"])["leaning"]
    assert pack.decide("leaning", {"dry": True, "rings": 5, "warmth": 50, "windy": True}).status == "conflict"


def test_a_list_in_conflict_says_what_held_all_the_same(tmp_path: Path) -> None:
    """A list that leans on a conflict has no answer; the rules that hold for everyone are named."""
    tips = """\
decision: tips
outputs: {text: {type: string}}
hit: collect
rules:
  - {id: go, when: {clash.go: true}, then: {text: Go.}}
  - {id: hold, when: {windy: true}, then: {text: Hold on.}}
"""
    pack = small_packs.load(
        tmp_path, clash=CONFLICT.replace("dry: true", "dry: false"), tips=tips, constraints=CONSTRAINTS
    )
    outcome = pack.decide("tips", {"dry": False, "rings": 5})
    assert (outcome.status, outcome.fired) == ("conflict", ("go", "hold"))
    assert statuses(outcome)["hold"] == "fired"


def test_constraints_that_leave_little_are_followed(tmp_path: Path) -> None:
    """What fired is found out also where most that one would try first cannot be."""
    both = [
        f"  - {{id: no-{a}-{b[:2]}, never: {{dry: false, windy: {a}, fruit: {{{b}: ripe}}}}}}\n"
        for a in ("true", "false")
        for b in ("at_least", "below")
    ]
    care = WORST.replace("{windy: true}", "{dry: true}")
    pack = small_packs.load(tmp_path, constraints="constraints:\n" + "".join(both), care=care)
    assert pack.decide("care", {}).fired == ("shaken",)
    assert pack.decide("care", {"warmth": 20, "fruit": "green"}).status == "decided"


def test_what_takes_too_long_to_find_out_is_no_reason(tmp_path: Path) -> None:
    """Where it takes too many steps to see whether an open rule holds for everyone, it has not fired."""
    facts = "facts:\n" + "".join(
        f"  n_{index}: {{ask: How much?, type: number, range: [0, 100]}}\n" for index in range(14)
    )
    names = [f"n_{index}" for index in range(14)]
    sums = [
        f"{{{first}: {{at_least: {second} + {third}}}}}"
        for first, second, third in zip(names, names[1:] + names[:1], names[2:] + names[:2], strict=True)
    ]
    constraints = "constraints:\n" + "".join(
        f"  - {{id: c-{index}, never: {{{name}: {{above: 1.5 * {names[index - 1]} + {names[index - 2]}}}}}}}\n"
        for index, name in enumerate(names)
    )
    care = f"""\
decision: care
outputs: {{go: {{type: boolean}}}}
hit: first
rules:
  - id: some
    when: {{any: [{", ".join(sums)}]}}
    then: {{go: true}}
otherwise: {{go: false}}
"""
    pack = small_packs.load(tmp_path, more=facts, constraints=constraints, care=care)
    outcome = pack.decide("care", {}, budget=1000)
    assert outcome.fired == ()
    assert not outcome.exact
