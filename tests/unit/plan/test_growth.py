"""What a plan grows from, and what a step back or a lost session leaves of it."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.plan import Plan

from .. import seedlings
from ..seedlings import SHADE, SUN

START = datetime.date(2026, 3, 2)
SORE_RUN = {"pain_while_running": 2, "pain_quality": "dull"}
"""A run that hurt a little: no run for a week, and nothing is raised."""


@pytest.fixture
def runner(hip: hiprun.Pack) -> dict[str, Any]:
    """A runner without any sign, beyond the run/walk weeks."""
    weeks = {"running_stage": "continuous", "this_week_minutes": 20, "this_week_distance": 3}
    return {**hip.model.patients["calm"], **weeks, "days_in_stage": 0, "sessions_in_stage": 0}


def day(number: int) -> datetime.date:
    """Return a day of the plan, counted from 0."""
    return START + datetime.timedelta(days=number)


def minutes(plan: Plan) -> list[Fraction]:
    """Return the minutes of running in each week."""
    return [Fraction(week.totals["running"]) for week in plan.weeks]


def test_a_session_keeps_its_length(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """What is not run is walked until running fills the session; from then on it gets longer."""
    plan = hip.plan("run_walk", runner, start=START, weeks=16)
    lengths = {sum(map(Fraction, entry.amounts.values())) for entry in plan.sessions if entry.week < 10}
    assert lengths == {17}
    last = plan.sessions[-1].amounts
    assert list(last) == ["running"]
    assert last["running"] > 17


def test_a_lost_session_is_not_made_up_for(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """The sessions that remain of a week are as long as they would have been with all of them."""
    plan = hip.plan("run_walk", runner, start=START, weeks=3)
    broken, _ = plan.replan(day(3), SORE_RUN)
    remaining = [Fraction(entry.amounts["running"]) for entry in broken.sessions if entry.week == 2]
    assert remaining == [7, Fraction(13, 2)]  # 20 minutes over three runs, one of which was lost
    later, _ = plan.replan(day(8), {"wants_rest_day": True})
    remaining = [Fraction(entry.amounts["running"]) for entry in later.sessions if entry.week == 2]
    assert remaining == [8, Fraction(15, 2), 7]  # the first is over; the others are those of a week that raises nothing


def test_growth_starts_from_the_last_whole_week(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """The week after one with lost sessions raises nothing; then growth goes on from the last whole week."""
    plan = hip.plan("run_walk", runner, start=START, weeks=6)
    broken, _ = plan.replan(day(16), SORE_RUN)
    assert minutes(plan)[:3] == [22, 24, 26]
    assert minutes(broken) == [22, 24, 9, 24, 26, Fraction(57, 2)]


def test_a_first_week_with_lost_sessions_leaves_what_was_reported(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """Before there was a whole week, growth starts from the week that was reported."""
    plan = hip.plan("run_walk", runner, start=START, weeks=4)
    broken, _ = plan.replan(day(3), SORE_RUN)
    assert minutes(broken)[2:] == [20, 22]


def test_the_run_walk_weeks_come_again_after_a_week_off(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """After a week without running, jogging starts again as in the table, not from nothing."""
    plan = hip.plan("run_walk", runner, start=START, weeks=7)
    after, _ = plan.replan(day(14), SORE_RUN)
    assert [week.stage for week in after.weeks[3:]] == ["week_1", "week_2", "week_3", "continuous"]
    assert minutes(after)[2:] == [0, 6, 12, 18, Fraction(39, 2)]


def test_a_step_back_brings_no_more_than_staying(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """Someone who ran less than the run/walk weeks have does not run more for having stepped back to them."""
    few = runner | {"this_week_minutes": 3}
    staying = hip.plan("run_walk", few, start=START, weeks=6)
    back, _ = staying.replan(START, {"limping": True})
    off, _ = staying.replan(START, SORE_RUN)
    assert back.weeks[0].stage == "week_3"
    assert [week.stage for week in off.weeks[1:4]] == ["week_1", "week_2", "week_3"]
    assert minutes(staying) == [3] * 6
    assert minutes(back) == [3] * 6
    assert minutes(off) == [0, *[3] * 5]


def test_after_a_week_off_that_is_all_that_is_known_the_limit_bounds_a_step_back(
    hip: hiprun.Pack, runner: dict[str, Any]
) -> None:
    """If no week with running is known, the weeks after a step back have no more than the limit allowed."""
    nothing = runner | {"this_week_minutes": 0, "this_week_distance": 0, "days_since_last_run": 9}
    plan = hip.plan("run_walk", nothing, start=START, weeks=4)
    assert [week.stage for week in plan.weeks] == ["week_1", "week_2", "week_3", "continuous"]
    assert minutes(plan) == [6, 6, 6, Fraction(13, 2)]


def test_a_step_back_has_its_own_amounts_where_nothing_is_known_of_last_week(
    hip: hiprun.Pack, runner: dict[str, Any]
) -> None:
    """Without any week to compare with, the weeks after a step back are those of their stage."""
    off = runner | {"this_week_distance": 0, "days_since_last_run": 9}
    del off["this_week_minutes"]
    plan = hip.plan("run_walk", off, start=START, weeks=3)
    assert [week.stage for week in plan.weeks] == ["week_1", "week_2", "week_3"]
    assert minutes(plan)[0] == 6


def test_a_step_back_to_a_stage_without_a_measure_has_none_of_it(tmp_path: Path) -> None:
    """What grew in the stage that was left has no place in one whose sessions are about something else."""
    pack = seedlings.changed(tmp_path, ("hardening.yaml", "{outside: first_hours, misting: 3}", "{misting: 3}"))
    plan = pack.plan("hardening", SUN | {"leaves": "limp"}, start=START, weeks=1)
    assert {entry.stage for entry in plan.days} == {"shade"}
    assert {frozenset(entry.amounts.items()) for entry in plan.sessions} == {frozenset({("misting", 3)})}


SORE = {"pain_quality": "dull", "days_since_last_run": 1, "running_stage": "run_walk", "plan_week": 2}


def test_a_little_soreness_is_assumed_to_pass(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """A number that is known to be low enough, exactly or in part, passes; this is one of the assumptions."""
    plan = hip.plan("run_walk", runner | SORE | {"pain_in_daily_life": 2}, start=START, weeks=1)
    assert plan.status == "planned"
    assert [entry.fact for entry in plan.supposed] == ["pain_in_daily_life"]
    part = hip.plan("run_walk", runner | SORE | {"pain_in_daily_life": {"between": [1.5, 3]}}, start=START, weeks=1)
    assert part.status in ("planned", "held")


@pytest.mark.parametrize("pain", [3.5, {"at_least": 1.5}])
def test_a_stronger_pain_is_not_assumed_to_pass(hip: hiprun.Pack, runner: dict[str, Any], pain: Any) -> None:
    """A number above the highest that passes stays, and so does one that may be above it."""
    plan = hip.plan("run_walk", runner | SORE | {"pain_in_daily_life": pain}, start=START, weeks=2)
    assert plan.status in ("stop", "undetermined")
    assert plan.supposed == ()
    assert plan.sessions == ()


@pytest.mark.parametrize(("pain", "passes"), [(3, True), (3.5, False)])
def test_what_passes_while_walking_has_a_highest_level(
    hip: hiprun.Pack, runner: dict[str, Any], pain: float, passes: bool
) -> None:
    """Where nothing stops the plan, only a number up to the highest that passes is assumed to."""
    walking = {
        "running_stage": "not_running",
        "weeks_since_injury": 8,
        "pain_in_daily_life": pain,
        "pain_quality": "dull",
    }
    plan = hip.plan("run_walk", runner | walking, start=START, weeks=1)
    assert plan.status == "planned"
    assert ("pain_in_daily_life" in [entry.fact for entry in plan.supposed]) is passes


def test_a_stage_that_grows_begins_when_it_brings_no_less(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """After a week with less than the third run/walk week asks for, that week comes again; a sign brings no more."""
    last = runner | {"running_stage": "run_walk", "plan_week": 3, "days_in_stage": 14, "sessions_in_stage": 6}
    short = hip.plan("run_walk", last | {"this_week_minutes": 3}, start=START, weeks=3)
    assert [step.to for step in short.steps] == ["week_3", "continuous", "continuous"]
    assert minutes(short) == [18, Fraction(39, 2), 21]
    tired = hip.plan("run_walk", last | {"this_week_minutes": 3, "unusual_fatigue": True}, start=START, weeks=3)
    assert minutes(tired) == [12, 18, Fraction(39, 2)]
    whole = hip.plan("run_walk", last | {"this_week_minutes": 18}, start=START, weeks=1)
    assert [step.to for step in whole.steps] == ["continuous"]


def test_after_a_week_off_a_sign_brings_no_more_than_none(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """A week without running leads to the first run/walk week, whether or not a sign asks for a step back as well."""
    early = runner | {"weeks_since_injury": 11, "this_week_minutes": 12, "days_since_last_run": 0}
    plans = [
        hip.plan("run_walk", early | {"milestone_feels_impossible": sign}, start=START, weeks=4)
        for sign in (False, True)
    ]
    assert minutes(plans[0]) == minutes(plans[1]) == [0, 6, 12, 12]  # and never more than was jogged before
    assert [step.to for step in plans[1].steps] == ["continuous", "week_1", "week_2", "week_3"]


def test_a_session_that_is_too_soon_waits() -> None:
    """If too few days have passed since the last session, a later day has it, and the free day names the limit."""
    young = SHADE | {"weeks_old": 2, "days_old": 14, "days_since_outside": 1}
    plan = seedlings.load().plan("hardening", young, start=START, weeks=1)
    assert [entry.date for entry in plan.sessions] == [day(1), day(3), day(5)]
    assert plan.days[0].rules == ("amounts.a-day-between",)
