"""Whatever a diary says, today and a plan that starts this morning have the same session and the same step."""

from __future__ import annotations

import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

import hiprun
from hiprun.diary.row_reader import rows_of
from hiprun.interfaces.planned_day import plan_from_today, step_outcome
from hiprun.plan import entries_until

from ..examples import examples
from .test_plan import START, diaries


@settings(max_examples=examples(10))
@given(st.data())
def test_today_and_a_plan_from_this_morning_agree(hip: hiprun.Pack, data: st.DataObject) -> None:
    """What today shows of a protocol is the first day of the plan made from what the diary says by then."""
    entries = data.draw(diaries())
    stages = data.draw(st.sampled_from(["run_walk", "milestones"]))
    day = START + datetime.timedelta(days=data.draw(st.integers(-14, 13)))
    at = datetime.datetime.combine(day, datetime.time(7, 30))
    before = [dict(row.values) for row in entries_until(entries, day - datetime.timedelta(days=1)).rows]
    known = [
        *before,
        *(entry for entry in entries if entry["when"] == day),
    ]  # plans and checks are noted without a time
    shown = plan_from_today(hip, stages, rows_of(known), at, {})
    plan = hip.plan(stages, hip.facts_for_plan(stages, known, day), start=day, weeks=4)
    assert (shown.first, shown.days[:1], shown.steps[:1]) == (plan.first, plan.days[:1], plan.steps[:1])
    assert plan.days or plan.status == shown.status

    facts = hip.facts_from(known, at)
    assert shown.first == hip.first_words(facts)
    outcome = hip.decide("today", facts)
    for first_day, step in zip(plan.days[:1], plan.steps[:1], strict=True):
        assert step_outcome(hip, shown)["step"] == hip.decide(stages, facts)["step"] == step.step
        runs = first_day.is_session and first_day.activity == "run"
        assert not runs or outcome["activity"] == "run"
