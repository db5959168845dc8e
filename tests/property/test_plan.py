"""Whatever is known of a runner: a plan keeps every limit, never runs against the rules, and never guesses."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import hiprun
from hiprun.plan import Day, Plan, StageStep, entries_until

from ..examples import examples

START = datetime.date(2026, 3, 2)
SIGNS = (
    "swelling", "weakness", "stiffness", "clicking", "limping", "unusual_fatigue", "stiffness_after_run",
    "pain_came_back", "wants_rest_day",
)  # fmt: skip
CHANGES: dict[str, st.SearchStrategy[Any]] = {
    **{sign: st.booleans() for sign in SIGNS},
    "milestone_feels_impossible": st.booleans(),
    "discomfort_walking": st.booleans(),
    "discomfort_low_impact": st.booleans(),
    "cleared_by_professional": st.booleans(),
    "walks_10_minutes_pain_free": st.booleans(),
    "hours_of_pain_after_run": st.sampled_from([0, 12, 48, 49, 72]),
    "pain_trend": st.sampled_from(["improving", "steady", "increasing"]),
    "pain_in_daily_life": st.sampled_from([0, 1, 2, 4]),
    "weeks_since_injury": st.integers(0, 30),
    "days_since_last_run": st.integers(0, 12),
    "days_in_stage": st.integers(0, 20),
    "sessions_in_stage": st.integers(0, 9),
    "this_week_minutes": st.integers(0, 400).map(lambda tenths: Fraction(tenths, 4)),
    "this_week_distance": st.integers(0, 30),
    "running_stage": st.sampled_from(["not_running", "run_walk", "continuous"]),
    "plan_week": st.integers(1, 3),
}
RUNS: list[dict[str, Any]] = [
    {},
    {},
    {"pain_while_running": 2, "pain_quality": "dull", "days_since_last_run": 1},
    {"pain_while_running": 5, "pain_quality": "sharp", "days_since_last_run": 0},
]
"""What may be said of the last run."""
PARAMETERS: list[dict[str, Any]] = [
    {},
    {"runs_a_week": 4, "rest_days_a_week": 1},
    {"runs_a_week": 2, "rest_days_a_week": 3, "days_between_runs": 3},
    {"runs_a_week": 1, "days_that_are_a_gap": 4},
    {"weekly_rise_percent": 0, "longest_run_minutes": 17},
    {"weekly_rise_percent": 8, "run_walk_session_minutes": 13, "days_at_a_stage": 14},
    {"weekly_rise_percent": 5.5, "run_walk_session_minutes": 16, "days_between_runs": 4, "first_walk_minutes": 7},
]


@pytest.fixture(scope="module")
def packs(hip: hiprun.Pack) -> list[hiprun.Pack]:
    """The hip pack as several clinics have set it."""
    return [hip.with_parameters(**values) for values in PARAMETERS]


@pytest.fixture(scope="module")
def calm(hip: hiprun.Pack) -> dict[str, Any]:
    """A runner in the first run/walk week, to whom nothing stands in the way."""
    facts = dict(hip.model.patients["calm"])
    facts |= {"running_stage": "run_walk", "plan_week": 1, "days_in_stage": 0, "sessions_in_stage": 0}
    return facts | {"this_week_minutes": 0, "this_week_distance": 0}


def some(changes: dict[str, st.SearchStrategy[Any]], most: int) -> st.SearchStrategy[dict[str, Any]]:
    """Return some of what can change."""
    names = st.lists(st.sampled_from(sorted(changes)), max_size=most, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: changes[name] for name in chosen}))


def possible(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts with the quality that pain has, and no more hours of it than have passed since the last run."""
    facts = dict(facts)
    hurts = facts.get("pain_while_running") or facts.get("pain_in_daily_life")
    if hurts and facts.get("pain_quality") == "none":
        facts["pain_quality"] = "dull"
    if "hours_of_pain_after_run" in facts and "days_since_last_run" in facts:
        since = 24 * (facts["days_since_last_run"] + 1)
        facts["hours_of_pain_after_run"] = min(facts["hours_of_pain_after_run"], since)
    return facts


def runs(plan: Plan) -> list[Day]:
    """Return the days of a plan on which there is running."""
    return [day for day in plan.sessions if day.activity == "run"]


def held(plan: Plan, before: datetime.date) -> list[tuple[Any, ...]]:
    """Return what the days of a plan hold, up to a date."""
    return [(day.stage, day.activity, day.amounts) for day in plan.days if day.date < before]


def totals(plan: Plan) -> Iterator[tuple[str, Fraction]]:
    """Yield the stage of each week and its running time, added up from its days."""
    for week in plan.weeks:
        days = [day for day in plan.days if day.week == week.number]
        stages = {day.stage for day in days}
        yield "+".join(sorted(stages)), sum((Fraction(day.amounts.get("running", 0)) for day in days), Fraction(0))


def check(pack: hiprun.Pack, plan: Plan) -> None:
    """Assert what holds for every plan, by means that have nothing to do with how it was made."""
    reported = {START + datetime.timedelta(days=report.day) for report in plan.reports}
    values = {name: parameter.value for name, parameter in pack.parameters.items()}
    assert [day.date for day in plan.days] == [START + datetime.timedelta(days=n) for n in range(len(plan.days))]
    assert bool(plan.needs) == (plan.status == "undetermined") == (not plan.days)
    for one, other in pairwise(runs(plan)):
        if any(
            one.date < START + datetime.timedelta(days=report.day) <= other.date
            and "days_since_last_run" in report.facts
            for report in plan.reports
        ):
            continue  # the runner says when the last run was, so the planned one may not have been
        assert (other.date - one.date).days >= values["days_between_runs"]
    for day in runs(plan):
        assert pack.decide("today", day.facts)["activity"] == "run"
        assert pack.decide("triage", day.facts)["running"] == "may_run"
    for day in plan.sessions:
        amounts = {name: Fraction(amount) for name, amount in day.amounts.items()}
        measures = plan.stages.measures
        assert all(amount > 0 and amount % measures[name].step == 0 for name, amount in amounts.items())
        if day.stage == "continuous":
            assert amounts["running"] <= values["longest_run_minutes"]
        else:
            assert sum(amounts.values()) <= values["run_walk_session_minutes"]
    for week in plan.weeks:
        days = [day for day in plan.days if day.week == week.number]
        assert sum(day.activity == "run" for day in days) <= values["runs_a_week"]
        told = any((day.date - week.start).days > 0 for day in days if day.date in reported)
        if not told and any(day.activity == "run" for day in days):
            assert sum(day.activity == "rest" for day in days) >= values["rest_days_a_week"]
    rise = 100 + Fraction(values["weekly_rise_percent"])
    base = Fraction(0)
    for (_, before), (stage, now), last, week in zip(
        totals(plan), list(totals(plan))[1:], plan.weeks, plan.weeks[1:], strict=False
    ):
        told = any(
            (report.day // 7 + 1) == week.number and "this_week_minutes" in report.facts for report in plan.reports
        )
        broken = before and len([day for day in runs(plan) if day.week == last.number]) < room(plan, last, values)
        base = base if broken else before
        if stage == "continuous" and base and not told:
            assert now * 100 <= base * (100 if broken else rise)


def room(plan: Plan, week: Any, values: dict[str, Any]) -> int:
    """Return how many runs a week could have had with the days that must lie between two of them."""
    apart = max(7 // values["runs_a_week"], values["days_between_runs"])
    earlier = [day.date for day in runs(plan) if day.date < week.start]
    first = max([week.start, *(date + datetime.timedelta(days=apart) for date in earlier[-1:])])
    days_left = 7 - (first - week.start).days
    return min(values["runs_a_week"], max(0, -(-days_left // apart)))


def check_steps(pack: hiprun.Pack, plan: Plan) -> None:
    """Assert that the steps of a plan are those that the rules ask for, and lead where they say."""
    values = {name: parameter.value for name, parameter in pack.parameters.items()}
    order = [stage.name for stage in plan.stages.stages]
    told = [report for report in plan.reports if report.facts or not report.day]
    reported = {START + datetime.timedelta(days=report.day) for report in told}
    assert {step.date for step in plan.steps} == (
        reported | {week.start for week in plan.weeks} if plan.days else set()
    )
    for step in plan.steps:
        here, there = order.index(step.stage), order.index(step.to)
        assert pack.decide(plan.stages.name, step.facts)["step"] == step.step
        if step.step == "advance":
            assert there in (here, here + 1)
        elif step.step in ("go_back", "jump"):
            assert there <= here
        else:
            assert there == here
        if there > here:
            assert (step.date - START).days % 7 == 0
            assert here == 0 or step.facts["days_in_stage"] >= values["days_at_a_stage"]
            assert here == 0 or step.facts["sessions_in_stage"] >= values["runs_a_week"]
            assert step.date in reported or here or pack.decide("readiness", step.facts)["result"] == "ready"
        gap = here and step.facts.get("days_since_last_run", 0) >= values["days_that_are_a_gap"]
        assert not gap or there <= 1 or step.step in ("stop", "refer") or step.rules in taken_before(plan, step)


def taken_before(plan: Plan, step: StageStep) -> list[tuple[str, ...]]:
    """Return the rules of the steps before one: what they asked for is not asked for again."""
    return [earlier.rules for earlier in plan.steps if earlier.date < step.date]


def check_days(pack: hiprun.Pack, plan: Plan) -> None:
    """Assert that no day holds more than its rules allow, days between none of what sessions are, and stops nothing."""
    careful = list(plan.stages.activities).index
    for day in plan.days:
        allowed = pack.decide(plan.stages.day_decision, day.facts)["activity"]
        assert careful(day.activity) >= careful(allowed)
        assert day.is_session or careful(day.activity) >= careful(plan.stages.between)
        last = [step for step in plan.steps if step.date <= day.date][-1]
        assert not (day.is_session and last.step in ("stop", "refer"))


def check_with_the_limits(pack: hiprun.Pack, plan: Plan, number: int) -> None:
    """Assert for one week of a plan that the pack itself finds every limit on it kept."""
    for facts in plan.weeks[number % len(plan.weeks)].facts if plan.weeks else ():
        limits = pack.decide("progression", facts).limits
        runs = {"days_since_last_run"} if facts["running_stage"] != "not_running" else set()  # a walk follows any day
        planned = [limit for limit in limits if limit.quantity in {"next_week_minutes", "next_session_minutes", *runs}]
        assert [limit.quantity for limit in planned if limit.verdict != "within"] == []


@settings(max_examples=examples(150))
@given(st.data())
def test_every_plan_keeps_every_limit(packs: list[hiprun.Pack], calm: dict[str, Any], data: st.DataObject) -> None:
    """From any facts, as any clinic has set it, and planned anew from any day on anything new, all limits are kept."""
    pack = data.draw(st.sampled_from(packs))
    facts = possible(calm | data.draw(some(CHANGES, 4)) | data.draw(st.sampled_from(RUNS)))
    stages = data.draw(st.sampled_from(["run_walk", "milestones"]))
    weeks = data.draw(st.integers(1, 9))
    plan = pack.plan(stages, facts, start=START, weeks=weeks)
    check(pack, plan)
    check_steps(pack, plan)
    check_days(pack, plan)
    check_with_the_limits(pack, plan, data.draw(st.integers(0, 8)))
    day = START + datetime.timedelta(days=data.draw(st.integers(0, 7 * weeks - 1)))
    again, changes = plan.replan(day, {})
    assert (again.days, changes) == (plan.days, ())
    news = possible(data.draw(some(CHANGES, 3)) | data.draw(st.sampled_from(RUNS)))
    new, changes = plan.replan(day, news)
    check(pack, new)
    check_steps(pack, new)
    check_days(pack, new)
    assert not new.days or held(plan, day) == held(new, day)
    assert all(change.date >= day and change.rules for change in changes)


@settings(max_examples=examples(30))
@given(st.data())
def test_no_plan_guesses(hip: hiprun.Pack, calm: dict[str, Any], data: st.DataObject) -> None:
    """Without a fact there is either no plan, and it is asked for, or the plan that any answer would have led to."""
    facts = possible(calm | data.draw(some(CHANGES, 2)))
    stages = data.draw(st.sampled_from(["run_walk", "milestones"]))
    missing = data.draw(st.sampled_from(sorted(facts)))
    known = {name: value for name, value in facts.items() if name != missing}
    whole, part = (hip.plan(stages, given, start=START, weeks=4) for given in (facts, known))
    if part.status == "undetermined":
        assert missing in part.needs
    else:
        assert [(day.activity, day.amounts) for day in part.days] == [(day.activity, day.amounts) for day in whole.days]


LADDERS: dict[str, list[Any]] = {
    "pain_while_running": [0, 1, 3, 4, 6],
    "pain_in_daily_life": [0, 1, 2, 3, Fraction(7, 2), 4, 7],
    "hours_of_pain_after_run": [0, 24, 48, 49, 72],
    "weeks_of_pain_despite_rest": [0, 2, 3, 8],
    "strength_vs_other_side": [100, 90, 89, 60],
    "flexibility_vs_other_side": [100, 90, 89],
    "single_leg_stand_seconds": [45, 30, 29],
}
"""Values of numbers, each worse than the one before."""


def ladder(hip: hiprun.Pack, name: str) -> list[Any]:
    """Return values of a fact that has a worse direction, each worse than the one before."""
    domain = hip.model.facts[name].domain
    if domain.type == "boolean":
        return [False, True] if domain.worse == "true" else [True, False]
    if domain.type == "choice":
        return list(domain.choices) if domain.worse == "later" else list(domain.choices)[::-1]
    return LADDERS.get(name, [])


def running(plan: Plan) -> list[tuple[Fraction, int]]:
    """Return the minutes and the number of runs of each week."""
    found = {week: [day for day in runs(plan) if day.week == week] for week in range(1, 13)}
    return [
        (sum((Fraction(day.amounts.get("running", 0)) for day in days), Fraction(0)), len(days))
        for days in found.values()
    ]


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.filter_too_much])
@given(st.data())
def test_what_is_worse_never_leads_to_more(hip: hiprun.Pack, calm: dict[str, Any], data: st.DataObject) -> None:
    """Someone who reports one more sign, or a worse value, runs in no week of the next twelve longer or more often."""
    stages = data.draw(st.sampled_from(["run_walk", "milestones"]))
    minutes = data.draw(st.sampled_from([0, 3, 6, 12, 18, 20, 40, 90, 150]))
    facts = calm | {
        "running_stage": data.draw(st.sampled_from(["not_running", "run_walk", "continuous"])),
        "plan_week": data.draw(st.integers(1, 3)),
        "days_in_stage": data.draw(st.sampled_from([0, 3, 7, 14])),
        "sessions_in_stage": data.draw(st.sampled_from([0, 2, 3, 6])),
        "days_since_last_run": data.draw(st.sampled_from([0, 1, 2, 3, 5, 7, 8, 12])),
        "this_week_minutes": minutes,
        "this_week_distance": data.draw(st.sampled_from([0, minutes])),
        "weeks_since_injury": data.draw(st.sampled_from([8, 11, 12, 14, 30])),
    }
    names = [name for name in calm if hip.model.facts[name].domain.worse and ladder(hip, name)]
    signs = {
        name: data.draw(st.integers(0, len(ladder(hip, name)) - 1))
        for name in data.draw(st.lists(st.sampled_from(names), max_size=4, unique=True))
    }
    worse = data.draw(st.sampled_from(names))
    level = signs.get(worse, 0)
    assume(level + 1 < len(ladder(hip, worse)))
    worse_signs = signs | {worse: data.draw(st.integers(level + 1, len(ladder(hip, worse)) - 1))}
    told = [{name: ladder(hip, name)[rung] for name, rung in some_signs.items()} for some_signs in (signs, worse_signs)]
    assume(all(possible(facts | news) == facts | news for news in told))
    day = data.draw(st.integers(-1, 20))
    if day < 0:
        plans = [hip.plan(stages, facts | news, start=START, weeks=12) for news in told]
    else:
        before = hip.plan(stages, facts, start=START, weeks=12)
        plans = [before.replan(START + datetime.timedelta(days=day), news)[0] for news in told]
    assume(not any(plan.status in ("undetermined", "conflict") for plan in plans))
    for (minutes_of_one, runs_of_one), (minutes_of_other, runs_of_other) in zip(*map(running, plans), strict=True):
        assert minutes_of_other <= minutes_of_one
        assert runs_of_other <= runs_of_one


@st.composite
def diaries(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return six weeks of a diary with gaps: runs, notes on symptoms, now and then a test or a word on the plan."""
    pains = [(0, "none"), (0, "none"), (0, "none"), (1, "dull"), (3, "dull"), (5, "sharp")]
    entries: list[dict[str, Any]] = [{"when": START - datetime.timedelta(weeks=14), "what": "injury"}]
    for number in range(-28, 14):
        day = START + datetime.timedelta(days=number)
        pain, quality = draw(st.sampled_from(pains)) if draw(st.booleans()) else (0, "none")
        if number % 2 == 0 and draw(st.integers(0, 3)):
            jogged = draw(st.integers(1, 12))
            run = {"jogged": jogged, "distance": 1, "pain": pain, "quality": quality, "signs": []}
            entries.append({"when": f"{day}T18:00", "what": "run", **run})
        if draw(st.integers(0, 5)):
            signs = draw(st.sampled_from([[], [], [], ["stiffness"], ["swelling"]]))
            note = {"pain": pain, "quality": quality, "signs": signs, "wishes": [], "sites": [], "timing": []}
            entries.append({"when": f"{day}T21:00", "what": "symptoms", **note})
        if number % 14 == 0:
            stage = draw(st.sampled_from([("not_running", 1), ("run_walk", 1), ("run_walk", 3), ("continuous", 3)]))
            entries.append({"when": day, "what": "plan", "stage": stage[0], "week": stage[1]})
            passed = {"strength": 95, "flexibility": 95, "full_motion": True, "feels_strong": True, "discomfort": []}
            passed |= {"stand_seconds": 40, "stand_painful": False, "walks_10_minutes": True, "cleared": True}
            entries.append({"when": day, "what": "check", **passed})
    return entries


@settings(max_examples=examples(20))
@given(st.data())
def test_plans_from_diaries_keep_every_limit(hip: hiprun.Pack, data: st.DataObject) -> None:
    """Whatever a diary knows, in part or not at all, a plan from it, and one made anew later, keep all limits."""
    entries = data.draw(diaries())
    stages = data.draw(st.sampled_from(["run_walk", "milestones"]))
    known = entries_until(entries, START - datetime.timedelta(days=1))
    plan = hip.plan(stages, hip.facts_for_plan(stages, known, START), start=START, weeks=4)
    day = START + datetime.timedelta(days=data.draw(st.integers(0, 13)))
    new, changes = plan.replan(day, hip.facts_for_plan(stages, entries_until(entries, day), day, after=plan))
    for made in (plan, new):
        check(hip, made)
        check_steps(hip, made)
        check_days(hip, made)
    assert all(change.date >= day and change.rules for change in changes)
