"""Ways to another answer, as a caller sees them."""

from __future__ import annotations

import json
from typing import Any

import pytest

import hiprun
from hiprun.reader import read_facts


@pytest.fixture(scope="module")
def runner(root: Any) -> dict[str, Any]:
    """The runner of the examples, who is all but ready."""
    return dict(read_facts(root / "examples" / "runner.yaml"))


def test_each_change_says_what_is_and_what_would_do(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """A change has the value now, the nearest that would do, and everything that would do."""
    facts = {**runner, "single_leg_stand_seconds": 20, "pain_in_daily_life": 3}
    (way,) = hip.ways_to("readiness", {"result": "ready"}, facts)
    said = [(change.fact, change.now, change.to, dict(change.within)) for change in way.changes]
    assert said == [
        ("pain_in_daily_life", 3, 1, {"at_most": 1}),
        ("single_leg_stand_seconds", 20, 30, {"at_least": 30}),
    ]
    assert way.outcome["result"] == "ready"
    assert json.loads(json.dumps(way.to_dict()))["changes"][0]["to"] == 1


def test_nothing_has_to_change_where_the_answer_is_as_wanted(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """The only way is then one without changes."""
    (way,) = hip.ways_to("readiness", {"result": "ready"}, runner)
    assert way.changes == ()


def test_what_only_time_changes_is_left_alone(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """Before the week in which running begins there is no way to run today."""
    assert hip.ways_to("today", {"activity": "run"}, {**runner, "weeks_since_injury": 8}) == ()


def test_smaller_changes_come_before_larger_ones(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """Of several single changes the one that moves least is named first."""
    ways = hip.ways_to("progression", {"next_week_distance": "within"}, runner)
    assert [change.fact for change in ways[0].changes] == ["next_week_distance"]
    assert ways[0].changes[0].to == 22


def test_several_answers_can_be_wanted_at_once(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """A test stands for every answer that meets it."""
    facts = {**runner, "numbness": True}
    (way, *_) = hip.ways_to("triage", {"action": {"at_most": "rest_and_check_in"}}, facts)
    assert [change.fact for change in way.changes] == ["numbness"]


def test_a_fact_that_is_not_known_counts_as_a_change(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """What is missing has to turn out right, so it is named with the value it would have to have."""
    facts = {name: value for name, value in runner.items() if name != "cleared_by_professional"}
    (way,) = hip.ways_to("readiness", {"result": "ready"}, facts)
    assert [(change.fact, change.now, change.to) for change in way.changes] == [("cleared_by_professional", None, True)]


def test_sets_keep_the_choices_that_do_not_matter(greenhouse: hiprun.Pack) -> None:
    """A set changes by the choices that matter only; a conflict is a state one can leave."""
    (way, *_) = greenhouse.ways_to("clash", {"window": "open"}, {"temperature": 30, "pests": ["aphids", "slugs"]})
    assert [(change.fact, change.to) for change in way.changes] == [("pests", frozenset({"aphids"}))]


@pytest.mark.parametrize(
    ("decision", "wanted", "message"),
    [
        ("readiness", {"result": "redy"}, "is never that. Did you mean `ready`"),
        ("readiness", {"resul": "ready"}, "is not an output of `readiness`. Did you mean `result`"),
        ("readiness", {}, "Say which answer is wanted"),
        ("triage", {"action": {"at_most": ["none"]}}, "is never that"),
        ("exercises", {"exercise": "bridges"}, "has no single answer"),
        ("run_walk_plan", {"jog_minutes": "many"}, "is never that"),
        ("run_walk_plan", {"jog_minutes": float("nan")}, "is never that"),
    ],
)
def test_what_cannot_be_wanted_is_refused_in_words(
    hip: hiprun.Pack, decision: str, wanted: dict[str, Any], message: str
) -> None:
    """Outputs and answers that do not exist are named with what was probably meant."""
    with pytest.raises(hiprun.HiprunError, match=message):
        hip.ways_to(decision, wanted, {})


def test_a_fact_known_in_part_changes_only_where_it_may_be_otherwise(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """What is known of a fact is enough, as long as everything that it may be would do."""
    facts = {**runner, "single_leg_stand_seconds": {"at_least": 40}, "pain_in_daily_life": {"at_least": 0.5}}
    (way,) = hip.ways_to("readiness", {"result": "ready"}, facts)
    assert [(change.fact, dict(change.within)) for change in way.changes] == [("pain_in_daily_life", {"at_most": 1})]


def test_an_end_that_would_not_do_is_said_even_at_the_edge_of_the_range(
    hip: hiprun.Pack, runner: dict[str, Any]
) -> None:
    """Where the lowest or the highest value of a fact is the only one that would not do, that is said too."""
    facts = {**runner, "days_since_last_run": 2, "hours_of_pain_after_run": 0, "stiffness": False}
    facts |= {"pain_while_running": 0, "pain_in_daily_life": 0}
    changes = [way.changes[0] for way in hip.ways_to("today", {"activity": "rest_or_cross_train"}, facts, most=20)]
    within = {change.fact: dict(change.within) for change in changes}
    assert within["pain_while_running"] == {"above": 0, "below": 4}
