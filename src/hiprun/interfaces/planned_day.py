"""The first day of a plan made this morning: what a protocol holds for today, and the step that it takes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from hiprun.diary import Rows
from hiprun.inference.outcome import Outcome
from hiprun.inference.outcome_text import wrapped
from hiprun.pack import Pack
from hiprun.plan import Plan


def plan_from_today(
    pack: Pack,
    stages: str,
    rows: Rows,
    at: datetime.datetime,
    also: Mapping[str, Any],
    zone: datetime.tzinfo | None = None,
) -> Plan:
    """Return the plan by a protocol that starts on the day of `at`, as of when the diary is read, in `zone`."""
    day = at.date()
    facts = pack.facts_for_plan(stages, rows, day, also, zone=zone)
    return pack.plan(stages, facts, start=day, weeks=1)


def step_outcome(pack: Pack, plan: Plan) -> Outcome:
    """Return the outcome of the decision on the step that a plan takes first, on the facts that it takes it on."""
    return pack.decide(plan.stages.name, plan.steps[0].facts if plan.steps else plan.reports[0].facts)


def planned_day_lines(pack: Pack, plan: Plan, *, professional: bool = False) -> Iterator[str]:
    """Yield what a plan holds for its first day and the step that it takes, as lines at most 80 columns wide."""
    stages, voice = plan.stages, plan.voice(professional=professional)
    yield from wrapped(voice.heading())
    yield from voice.status_lines(plan)
    if not plan.days:
        return
    day, step, words = plan.days[0], plan.steps[0], voice.words
    by_name = {stage.name: stage for stage in stages.stages}
    activity = stages.activities[day.activity]
    if day.is_session:
        activity = words.text("advice.value", title=activity, value=voice.amounts(day.amounts))
    yield from wrapped(words.text("today.session", activity=activity), "  ")
    if day.is_session and by_name[day.stage].how:
        yield from wrapped(by_name[day.stage].how, "      ")
    if professional:
        to = f", to: {voice.stage(step.to)}" if step.to != step.stage else ""
        steps = pack.decisions[stages.name].output("step").domain.choices
        yield from wrapped(f"step: {step.step} ({steps[step.step]}){to}", "  ")
    else:
        yield from wrapped(words.text("today.step", step=voice.step(step)), "  ")


def planned_day_data(plan: Plan) -> dict[str, Any]:
    """Return what a plan holds for its first day and the step that it takes, as plain data for JSON."""
    return {
        "status": plan.status,
        "needs": list(plan.needs),
        "day": plan.days[0].to_dict() if plan.days else None,
        "step": plan.steps[0].to_dict() if plan.steps else None,
    }
