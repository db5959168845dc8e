"""What holds for every plan by every protocol: it keeps what the rules say of days, weeks and limits."""

from __future__ import annotations

import csv
import datetime
import functools
import io
import json
from fractions import Fraction
from typing import Any

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiprun.errors import FactError
from hiprun.pack import Pack
from hiprun.plan import Plan
from hiprun.testing.strategies import packs, partial_patients, patients

from ..examples import examples

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
LAWS = settings(max_examples=examples(20), deadline=None, derandomize=True, suppress_health_check=SLOW)
START = datetime.date(2026, 3, 2)
DECIDED = ("first", "worst", "sum", "collect", "limits", "criteria")
SIZES: dict[str, Any] = {"max_derived": 1, "max_decisions": 2, "max_rules": 2, "diary": False, "stages": True}


@attrs.frozen
class Asked:
    """A pack with a protocol, what is known on the first day, and for how many weeks to plan."""

    pack: Pack
    facts: dict[str, Any]
    weeks: int

    def plan(self, pack: Pack | None = None) -> Plan | None:
        """Return the plan; None where time makes of the facts what a constraint rules out."""
        return possible(
            self.pack, lambda: (pack or self.pack).plan("protocol", self.facts, start=START, weeks=self.weeks)
        )


def possible(pack: Pack, make: Any) -> Any:
    """Return what is made, or None where facts cannot be, which only constraints say."""
    try:
        return make()
    except FactError as error:
        problems = error.problems
    assert pack.model.constraints
    assert {problem.code for problem in problems} == {"impossible-facts"}
    return None


@st.composite
def asked(draw: st.DrawFn, *, whole: bool = False, **sizes: Any) -> Asked:
    """Return a strategy for what a plan is made of."""
    pack = draw(packs(**SIZES | sizes))
    people = patients if whole or draw(st.booleans()) else partial_patients
    return Asked(pack, draw(people(pack)), draw(st.integers(1, 3)))


def check(pack: Pack, plan: Plan) -> None:
    """Assert that each day, week and limit is as the decisions of the pack have it, asked one by one."""
    assert bool(plan.days) == (plan.status not in ("undetermined", "conflict"))
    assert bool(plan.needs) == (plan.status == "undetermined")
    assert [day.date for day in plan.days] == [START + datetime.timedelta(days=n) for n in range(len(plan.days))]
    activities = list(plan.stages.activities)
    allowed = {day.date: pack.decide(plan.stages.day_decision, day.facts).possible[0] for day in plan.days}
    for day in plan.days:
        assert activities.index(day.activity) >= activities.index(allowed[day.date]["activity"])
        assert all(Fraction(amount) % plan.stages.measures[name].step == 0 for name, amount in day.amounts.items())
        stage = plan.stages.stages[plan.stages.index(day.stage)]
        assert not day.is_session or day.activity == stage.activity
    told = {START + datetime.timedelta(days=report.day) for report in plan.reports}
    for week in plan.weeks:
        days = [day for day in plan.days if day.week == week.number]
        if not told.intersection(day.date for day in days[1:]):
            assert sum(day.is_session for day in days) <= max(allowed[day.date]["sessions"] for day in days)
            assert sum(day.activity == activities[-1] for day in days) >= allowed[days[0].date]["rest_days"]
        for name, limit in week.bounds.items():
            total = sum(Fraction(week.totals[part]) for part in name.split("+"))
            assert limit.at_most is None or total <= max(0, Fraction(limit.at_most))
        for facts in week.facts:
            check_limits(pack, plan, facts)


def check_limits(pack: Pack, plan: Plan, facts: Any) -> None:
    """Assert that the limits that the protocol keeps are kept by a session and its week."""
    courses = {course.fact: course for course in plan.stages.projections}
    for name in plan.stages.keeps:
        outcome = possible(pack, functools.partial(pack.decide, name, facts))
        for limit in outcome.limits if outcome else ():
            course = courses.get(limit.quantity)
            if course and course.kind in ("session", "week"):
                assert limit.verdict == "within" or (limit.verdict == "below" and course.kind == "week")


@LAWS
@given(asked())
def test_a_plan_is_as_the_rules_have_it(drawn: Asked) -> None:
    """Activities, sessions, days of rest and limits are those of the rules; every form of a plan can be written."""
    plan = drawn.plan()
    if plan is None:
        return
    check(drawn.pack, plan)
    for entry in (*plan.days, *plan.steps):
        assert all(reason.rule for reason in plan.why(entry))
    assert any(line.startswith("protocol:") for line in plan.table(professional=True).splitlines())
    assert str(plan) == plan.table()
    assert json.loads(json.dumps(plan.to_dict()))["status"] == plan.status
    assert len(list(csv.reader(io.StringIO(plan.to_csv())))) == len(plan.days) + 1
    assert plan.to_svg().startswith("<svg")
    if plan.days:
        assert plan.to_calendar().startswith(b"BEGIN:VCALENDAR")


@settings(LAWS, max_examples=examples(10))
@given(asked())
def test_the_same_facts_give_the_same_plan(drawn: Asked) -> None:
    """A pack made anew from its rules, asked in another order, plans the same."""
    plan = drawn.plan()
    again = Pack(drawn.pack.model)
    facts = dict(reversed(drawn.facts.items()))
    other = possible(again, lambda: again.plan("protocol", facts, start=START, weeks=drawn.weeks))
    assert (plan is None) == (other is None)
    assert plan is None or plan.to_dict() == other.to_dict()


@LAWS
@given(asked(whole=True, policies=DECIDED), st.data())
def test_only_news_changes_a_plan_and_only_from_its_day_on(drawn: Asked, data: st.DataObject) -> None:
    """Without news a plan stays; with some, what came before stays, and what follows is again as the rules have it."""
    plan = drawn.plan()
    if plan is None or not plan.days:
        return
    day = START + datetime.timedelta(days=data.draw(st.integers(0, 7 * drawn.weeks - 1)))
    again, changes = plan.replan(day, {})
    assert (again.days, changes) == (plan.days, ())
    news = data.draw(partial_patients(drawn.pack))
    made = possible(drawn.pack, lambda: plan.replan(day, news))
    if made is None:
        return
    new, changes = made
    check(drawn.pack, new)
    assert all(change.date >= day for change in changes)
    if new.days:
        before = [[(entry.activity, entry.amounts) for entry in one.days if entry.date < day] for one in (plan, new)]
        assert before[0] == before[1]
