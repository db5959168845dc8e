"""Plans as a program uses them: their content, the errors, and replanning."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.plan import Plan

from .. import seedlings
from ..seedlings import INDOORS, SHADE, SUN

START = datetime.date(2026, 4, 6)


@pytest.fixture(scope="module")
def pack() -> hiprun.Pack:
    """A small pack with a protocol of its own."""
    return seedlings.load()


@pytest.fixture
def made(pack: hiprun.Pack) -> Callable[..., Plan]:
    """Return a function that makes a plan for seedlings."""

    def make(facts: dict[str, Any], weeks: int = 4, **more: Any) -> Plan:
        return pack.plan("hardening", facts, start=START, weeks=weeks, **more)

    return make


def stages(plan: Plan) -> list[str]:
    """Return the stage that each week ends in."""
    return [week.stage for week in plan.weeks]


def test_stages_follow_each_other_and_growth_keeps_its_limit(made: Callable[..., Plan]) -> None:
    """Each stage lasts as long as required, and growing measures rise to their limit in whole steps."""
    plan = made(INDOORS, weeks=9)
    assert plan.status == "planned"
    assert stages(plan) == ["shelf", "shade", *["sun"] * 7]
    assert [str(week.totals["outside"]) for week in plan.weeks] == ["0", "5", "7.5", "11", *["15"] * 5]
    assert all(week.bounds["outside"].verdict == "within" for week in plan.weeks[2:])
    assert plan.weeks[3].bounds["outside"].set_by == ("amounts.half-as-much-again",)
    assert {day.activity for day in plan.days[:7]} == {"window"}
    assert [day.activity for day in plan.days[7:14]].count("outside") == 5
    assert [day.activity for day in plan.days[14:21]].count("inside") == 2


def test_a_completed_stage_is_skipped_at_the_start(made: Callable[..., Plan]) -> None:
    """After enough days and sessions at a stage, the plan begins with the next, without a milestone of the first."""
    plan = made(SHADE | {"days_here": 7, "times_here": 4, "hours_last_week": 6}, weeks=1)
    assert stages(plan) == ["sun"]
    assert [goal.stage for goal in plan.milestones] == ["sun", "sun"]


def test_milestones_have_dates_and_lead_from_session_to_session(made: Callable[..., Plan]) -> None:
    """A milestone has the date of the session that reaches it, and each session names the next milestone."""
    plan = made(INDOORS, weeks=6)
    dated = {goal.title: goal.date and goal.date.isoformat() for goal in plan.milestones}
    assert dated == {
        "Sturdy stems": "2026-04-12",
        "A week in the shade": "2026-04-17",
        "Three hours of sun": "2026-04-27",
        "A whole day of sun": "2026-05-04",
    }
    assert plan.days[0].milestone == "Sturdy stems"
    assert plan.days[-1].milestone == ""
    first = plan.supposed[0]
    assert (first.fact, first.value, first.date.isoformat()) == ("sturdy", True, "2026-04-13")


def test_a_milestone_stays_reached_after_going_back(made: Callable[..., Plan]) -> None:
    """After going back, the milestone of a stage keeps its date and number of sessions."""
    before = made(SHADE, weeks=2)
    after, _ = made(SHADE, weeks=5).replan("2026-04-20", {"leaves": "limp"})
    assert stages(after) == ["shade", "sun", "shade", "shade", "shade"]
    for plan in (before, after):
        (goal,) = (goal for goal in plan.milestones if goal.stage == "shade")
        assert (str(goal.date), goal.sessions) == ("2026-04-10", 5)


def test_facts_projected_to_pass_become_assumptions(made: Callable[..., Plan]) -> None:
    """A storm is assumed to be over after its days, and limp leaves after a session at the window."""
    plan = made(INDOORS | {"storm": True, "leaves": "limp"}, weeks=1)
    assert [day.activity for day in plan.days[:3]] == ["inside", "inside", "window"]
    assert [(entry.fact, entry.value) for entry in plan.supposed] == [("storm", False), ("leaves", "firm")]


def test_nobody_goes_back_beyond_the_first_stage(made: Callable[..., Plan]) -> None:
    """A step back from the first stage stays there."""
    plan = made(INDOORS | {"leaves": "limp"}, weeks=1)
    assert [(step.step, step.to) for step in plan.steps] == [("go_back", "shelf")]


def test_one_report_leads_to_one_step_back(made: Callable[..., Plan]) -> None:
    """Limp leaves lead one stage back, and not another one each week while nothing new is reported."""
    plan = made(SUN | {"leaves": "limp"}, weeks=3)
    assert [step.step for step in plan.steps] == ["go_back", "go_back", "go_back"]
    assert stages(plan) == ["shade", "shade", "shade"]


def test_two_ways_back_lead_to_the_earlier_stage(made: Callable[..., Plan]) -> None:
    """If one rule goes back two stages and another to a named stage, the earlier stage applies."""
    plan = made(SUN | {"leaves": "brown"}, weeks=1)
    assert (plan.steps[0].step, plan.steps[0].to) == ("jump", "shelf")


def test_the_more_careful_step_wins(made: Callable[..., Plan]) -> None:
    """Frost stops and pests refer, whatever other rules say, and no session is planned."""
    stopped = made(SHADE | {"frost": True, "leaves": "limp"}, weeks=2)
    assert (stopped.status, [step.step for step in stopped.steps]) == ("stop", ["stop", "stop"])
    assert not stopped.sessions
    referred = made(SHADE | {"pests": True, "frost": True, "leaves": "brown"}, weeks=1)
    assert (referred.status, referred.steps[0].rules) == ("refer", ("hardening.pests",))


def test_a_step_that_stops_or_refers_leaves_no_sessions(made: Callable[..., Plan]) -> None:
    """A step that stops or refers leaves no session and is the reason for that, even without a rule on days."""
    plan = made(SHADE | {"pests": True}, weeks=2)
    assert (plan.status, plan.sessions) == ("refer", ())
    assert {(day.activity, day.rules) for day in plan.days[:5]} == {("window", ("hardening.pests",))}
    new, _ = plan.replan(START + datetime.timedelta(days=7), {"pests": False})
    assert (new.status, len(new.sessions)) == ("planned", 5)


def test_nothing_is_assumed_to_pass_while_stopped(made: Callable[..., Plan]) -> None:
    """While frost stops everything, the storm is not assumed to pass either; once frost is gone, it is."""
    plan = made(SHADE | {"frost": True, "storm": True}, weeks=3)
    assert not plan.supposed
    new, _ = plan.replan(START + datetime.timedelta(days=14), {"frost": False})
    assert new.status == "planned"
    assert [(entry.fact, entry.date.isoformat()) for entry in new.supposed] == [("storm", "2026-04-21")]


def test_nothing_grows_while_a_rule_says_to_repeat(made: Callable[..., Plan]) -> None:
    """Plants that are too young stay at their stage and their amounts do not grow."""
    plan = made(SUN | {"days_old": 0, "weeks_old": 3}, weeks=3)
    assert [step.step for step in plan.steps] == ["repeat", "repeat", "advance"]
    assert [str(week.totals["outside"]) for week in plan.weeks] == ["6", "6", "9"]


def test_a_limit_on_days_between_sessions_is_respected(made: Callable[..., Plan]) -> None:
    """Young plants rest a day between two sessions."""
    plan = made(SHADE | {"weeks_old": 0, "days_old": 11, "days_since_outside": 1}, weeks=2)
    days = [day.date for day in plan.sessions if day.activity == "outside"]
    assert days
    assert all((later - earlier).days >= 2 for earlier, later in pairwise(days))
    assert any("amounts.a-day-between" in day.rules for day in plan.days)


def test_too_little_for_a_session_is_not_planned(made: Callable[..., Plan]) -> None:
    """Where the limits of a week leave less than one step for each session, there is none."""
    plan = made(SUN | {"hours_last_week": 0.25, "sun_last_week": 1}, weeks=1)
    assert not [day for day in plan.sessions if "outside" in day.amounts]


@pytest.mark.parametrize(
    ("limit", "left", "free"), [("at_least: 1", ["1"], [2, 4]), ("at_most: 0.5", ["0.5", "0.5"], [0])]
)
def test_a_session_that_breaks_a_limit_is_left_out(
    tmp_path: Path, limit: str, left: list[str], free: list[int]
) -> None:
    """Of 2 hours in three sessions, those with too little or too much go, and their days name the limit."""
    pack = seedlings.changed(tmp_path, ("amounts.yaml", "at_least: 0.5", limit))
    plan = pack.plan("hardening", SUN | {"hours_last_week": 1.5}, start=START, weeks=1)
    assert [str(day.amounts["outside"]) for day in plan.sessions] == left
    assert [number for number, day in enumerate(plan.days) if day.rules == ("amounts.long-enough",)] == free


def test_the_last_sessions_of_a_week_with_too_much_are_left_out(tmp_path: Path) -> None:
    """Where sessions as long as their stage says are more than a week may have, the last go, and name the limit."""
    most = "bounds:\n  - {id: enough-shade, when: {place: shade}, quantity: hours_this_week, at_most: 3.5}\n"
    pack = seedlings.changed(tmp_path, ("amounts.yaml", "bounds:\n", most))
    plan = pack.plan("hardening", SHADE, start=START, weeks=1)
    assert [day.activity for day in plan.days] == [*["outside"] * 3, *["window"] * 3, "inside"]
    assert [number for number, day in enumerate(plan.days) if day.rules == ("amounts.enough-shade",)] == [3, 4]
    assert plan.weeks[0].totals["outside"] == 3


def test_a_stage_may_be_named(made: Callable[..., Plan]) -> None:
    """A plan begins at the named stage, whatever the facts say."""
    plan = made(INDOORS | {"sturdy": True}, stage="shade", weeks=1)
    assert stages(plan) == ["shade"]
    assert plan.days[0].facts["place"] == "shade" if "place" in plan.days[0].facts else True


def test_without_another_stage_the_first_one_applies(made: Callable[..., Plan]) -> None:
    """Someone at no stage begins at the first, whose facts then hold."""
    plan = made(INDOORS | {"place": "sun", "shelf": 4}, weeks=1)
    assert plan.steps[0].stage == "shelf"


def test_a_missing_fact_is_asked_for(made: Callable[..., Plan]) -> None:
    """Without a fact that matters, the plan has no days and names the fact."""
    facts = dict(INDOORS)
    del facts["frost"]
    plan = made(facts)
    assert (plan.status, plan.needs, plan.days, plan.end) == ("undetermined", ("frost",), (), START)


def test_last_weeks_hours_are_asked_for_where_they_set_the_limit(made: Callable[..., Plan]) -> None:
    """Partly known hours of last week are not enough for a limit that depends on them."""
    part = made(SUN | {"hours_last_week": {"at_least": 3}}, weeks=1)
    assert str(part.weeks[0].totals["outside"]) == "4.5"  # half as much again as the lowest they can be
    assert made(SUN | {"hours_last_week": {"at_most": 3}}, weeks=1).needs == ()
    assert made(SUN | {"hours_last_week": {"at_least": 3}, "sun_last_week": 0}, weeks=1).needs == ("hours_last_week",)
    assert made(SUN | {"hours_last_week": {"at_least": 3}, "days_old": 1}, weeks=1).needs == ("hours_last_week",)


def test_ages_that_are_known_in_part_or_not_at_all_stay_so(made: Callable[..., Plan]) -> None:
    """A lower bound on an age grows with time; an upper bound becomes unknown."""
    assert made(SHADE | {"weeks_old": {"at_least": 3}}, weeks=4).status == "planned"
    assert made(SHADE | {"weeks_old": {"at_least": 2}}, weeks=1).needs == ("weeks_old",)
    assert made(SHADE | {"weeks_old": {"between": [3, 9]}}, weeks=1).needs == ("weeks_old",)


def test_numbers_do_not_grow_past_their_range(pack: hiprun.Pack) -> None:
    """After years of planning, ages stay at the end of their range and the plan continues."""
    plan = pack.plan("hardening", INDOORS | {"days_old": 85, "weeks_old": 19.5}, start=START, weeks=520)
    assert plan.days[-1].facts.get("days_old", 90) == 90
    assert len(plan.days) == 3640


def test_a_plan_can_be_replanned_from_a_day(made: Callable[..., Plan]) -> None:
    """Earlier days stay, and days that change name the rules responsible."""
    before = made(SUN, weeks=3)
    after, changed = before.replan("2026-04-15", {"leaves": "limp"})
    day = datetime.date(2026, 4, 15)
    assert [found for found in after.days if found.date < day] == [found for found in before.days if found.date < day]
    assert changed
    assert all(change.date >= day for change in changed)
    assert {rule for change in changed for rule in change.rules} >= {"hardening.limp"}
    reasons = after.why(changed[0])
    assert [reason.rule for reason in reasons] == ["hardening.limp"]
    assert reasons[0].because == "They were out for too long."
    assert reasons[0].place.endswith("hardening.yaml:60")
    assert after.why(after.steps[-1])


def test_replanning_without_new_facts_changes_nothing(made: Callable[..., Plan]) -> None:
    """Replanning with no facts returns an equal plan."""
    before = made(SUN, weeks=3)
    after, changed = before.replan(START, {})
    assert (after.days, changed) == (before.days, ())


def test_reports_of_one_day_are_merged(made: Callable[..., Plan]) -> None:
    """Two reports on one day are merged, and None makes a fact unknown."""
    plan, _ = made(SUN, weeks=2).replan(START, {"leaves": "limp"})
    plan, _ = plan.replan(START, {"frost": True})
    assert plan.status == "stop"
    plan, _ = plan.replan(START, {"frost": None})
    assert plan.needs == ("frost",)


def test_a_reported_stage_is_taken(made: Callable[..., Plan]) -> None:
    """A stage reported in the middle of a plan becomes the current one, together with its other facts."""
    before = made(SUN, weeks=3)
    after, _ = before.replan("2026-04-16", {"place": "shade", "days_here": 5, "times_here": 2})
    assert stages(after)[1] == "shade"
    after, _ = before.replan("2026-04-16", {"place": "indoors"})
    assert stages(after)[1] == "shelf"


def test_a_rule_that_cannot_be_named_still_sends_back_only_once(tmp_path: Path) -> None:
    """If several rules could be the one that sends back, it still happens only once."""
    more = (
        "steps:\n"
        "  - {id: dry, when: {days_old: {above: 25}, place: sun}, then: {go_back: 1}}\n"
        "  - {id: wet, when: {days_old: {at_most: 25}, place: sun}, then: {go_back: 1}}\n"
    )
    pack = seedlings.changed(tmp_path, ("hardening.yaml", "steps:\n", more))
    plan = pack.plan("hardening", SUN | {"days_old": {"at_least": 20}}, start=START, weeks=1)
    assert (plan.steps[0].step, plan.steps[0].to, plan.steps[0].rules) == ("go_back", "shade", ())


def test_limits_on_facts_outside_the_plan_are_ignored(tmp_path: Path) -> None:
    """Limits on facts that the plan does not project need no facts."""
    other = "limits: heights\nbounds:\n  - {id: top, quantity: shelf, at_most: 3}\n"
    pack = seedlings.changed(
        tmp_path, ("hardening.yaml", "keeps: [amounts]", "keeps: [amounts, heights]"), ("heights.yaml", "", other)
    )
    assert pack.plan("hardening", INDOORS, start=START, weeks=1).status == "planned"


def test_a_session_that_is_not_known_is_asked_for(tmp_path: Path) -> None:
    """If the amounts of a session depend on an unknown fact, the plan asks for it."""
    pack = seedlings.changed(tmp_path, ("hardening.yaml", "session: {misting: 5}", "session: {misting: 5 * shelf}"))
    facts = INDOORS | {"shelf": 2}
    assert str(pack.plan("hardening", facts, start=START, weeks=1).days[0].amounts["misting"]) == "10"
    assert pack.plan("hardening", INDOORS, start=START, weeks=1).needs == ("shelf",)


def test_a_session_rounded_down_to_nothing_is_not_planned(tmp_path: Path) -> None:
    """A session whose amounts round down to zero is not planned."""
    pack = seedlings.changed(tmp_path, ("hardening.yaml", "session: {misting: 5}", "session: {misting: 0.5}"))
    plan = pack.plan("hardening", INDOORS, start=START, weeks=1)
    assert (plan.status, plan.sessions) == ("held", ())


def test_numbers_without_an_upper_bound_keep_growing(tmp_path: Path) -> None:
    """An age without a range grows with the plan."""
    pack = seedlings.changed(tmp_path, ("facts.yaml", ", range: [0, 90], unit: days", ", unit: days"))
    plan = pack.plan("hardening", INDOORS, start=START, weeks=20)
    assert plan.steps[-1].facts["days_old"] == 28 + 19 * 7


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("tomorrow", "`tomorrow` is not a day that a plan can contain."),
        ("9999-12-01", "`9999-12-01` is not a day that a plan can contain."),
        (None, "nothing is not a day that a plan can contain."),
        (7, "`7` is not a day that a plan can contain."),
        (datetime.datetime(2026, 4, 6, 10), "`2026-04-06T10:00:00` is not a day that a plan can contain."),
    ],
)
def test_an_invalid_day_is_rejected(pack: hiprun.Pack, day: Any, said: str) -> None:
    """A plan begins, and is replanned, only on a valid day."""
    plan = pack.plan("hardening", INDOORS, start=START)
    for ask in (lambda: pack.plan("hardening", INDOORS, start=day), lambda: plan.replan(day, {})):
        with pytest.raises(hiprun.FactError) as caught:
            ask()
        (problem,) = caught.value.problems
        assert (problem.code, problem.message) == ("bad-when", said)
        assert "2026-03-01" in problem.help


@pytest.mark.parametrize("weeks", [0, -1, 521, 2.5, "12", True, None])
def test_an_invalid_number_of_weeks_is_rejected(pack: hiprun.Pack, weeks: Any) -> None:
    """A plan has 1 to 520 weeks."""
    with pytest.raises(hiprun.FactError, match="A plan cannot have") as caught:
        pack.plan("hardening", INDOORS, start=START, weeks=weeks)
    assert caught.value.problems[0].help == "Plan for 1 to 520 weeks."


@pytest.mark.parametrize(
    ("stages", "stage", "code", "help"),
    [
        ("hardenning", None, "unknown-stages", "Did you mean `hardening`?"),
        (["hardening"], None, "unknown-stages", ""),
        ("hardening", "shad", "unknown-stage", "Did you mean `shade`?"),
        ("hardening", 1, "unknown-stage", ""),
    ],
)
def test_unknown_names_are_rejected(pack: hiprun.Pack, stages: Any, stage: Any, code: str, help: str) -> None:
    """A misspelt protocol or stage is rejected with a suggestion."""
    with pytest.raises(hiprun.UnknownNameError) as caught:
        pack.plan(stages, INDOORS, start=START, stage=stage)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert help in problem.help


def test_impossible_facts_are_rejected(hip: hiprun.Pack) -> None:
    """All facts are checked, including those that no decision of the plan uses."""
    impossible = {"pain_while_running": 3, "pain_quality": "none"}
    with pytest.raises(hiprun.FactError, match="cannot occur together"):
        hip.plan("run_walk", impossible, start=START)
    plan = hip.plan("run_walk", {}, start=START)
    with pytest.raises(hiprun.FactError, match="cannot occur together"):
        plan.replan(START, impossible)
    with pytest.raises(hiprun.FactError, match="is not a fact of this pack"):
        plan.replan(START, {"pain": 1})


def test_a_report_makes_contradicting_facts_unknown(hip: hiprun.Pack) -> None:
    """Facts that contradict a new report become unknown and are asked for again."""
    facts = dict(hip.model.patients["calm"]) | {"running_stage": "run_walk", "plan_week": 1, "pain_quality": "none"}
    plan = hip.plan("run_walk", facts | {"days_in_stage": 0, "sessions_in_stage": 0}, start=START)
    day = START + datetime.timedelta(days=9)
    asked, _ = plan.replan(day, {"pain_while_running": 2})
    assert asked.needs == ("pain_quality",)
    answered, changed = asked.replan(day, {"pain_quality": "dull"})
    assert (answered.status, bool(changed)) == ("planned", False)  # there were no days to change
    assert [step.step for step in answered.steps if step.date == day] == ["repeat"]


@pytest.mark.parametrize("day", ["2026-04-05", "2026-05-04"])
def test_a_day_outside_the_plan_is_rejected(made: Callable[..., Plan], day: str) -> None:
    """Replanning from a day outside the plan is an error that names its days."""
    with pytest.raises(hiprun.FactError, match="runs from 2026-04-06 to 2026-05-03") as caught:
        made(SUN).replan(day, {})
    assert caught.value.problems[0].code == "not-in-plan"


def test_amounts_in_other_units_are_converted(tmp_path: Path) -> None:
    """What a session may have at most, and what is to be reached, may be parameters in any unit that is declared."""
    units = ("units.yaml", "", "units:\n  min: {is: 1/60 h}\n")
    second = ("pack.yaml", "language: 1", "language: 2")
    in_minutes = (
        "parameters.yaml",
        "longest_day: {value: 5, unit: h, range: [1, 12]}",
        "longest_day: {value: 120, unit: min}",
    )
    in_hours = (
        "parameters.yaml",
        "longest_day: {value: 5, unit: h, range: [1, 12]}",
        "longest_day: {value: 2, unit: h}",
    )
    plans = [
        seedlings.changed(tmp_path / str(number), second, units, each).plan("hardening", SUN, start=START, weeks=6)
        for number, each in enumerate((in_minutes, in_hours))
    ]
    first, other = ([day.amounts for day in plan.days] for plan in plans)
    assert first == other
    assert max(amounts.get("outside", 0) for amounts in first) == 2
    assert [goal.date for goal in plans[0].milestones] == [goal.date for goal in plans[1].milestones]
