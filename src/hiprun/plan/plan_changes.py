"""What differs between a new plan and the one before, and the rules responsible."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from hiprun.plan.plan_data import Day, DayChange, Schedule, StageStep
from hiprun.plan.projection import WEEK

_MINIMUM_STAY_PREFIX = "least-"


def day_changes(before: Schedule, after: Schedule, since: datetime.date) -> Iterator[DayChange]:
    """Yield each day from `since` on that differs, in order."""
    deviations = new_steps(before, after, since)
    for old, new in zip(before.days, after.days, strict=False):
        if new.date >= since and (old.activity, old.amounts) != (new.activity, new.amounts):
            deviations_so_far = [step for step in deviations if step.date <= new.date]
            yield DayChange(
                old, new, _responsible_rules(old, new, deviations_so_far[-1] if deviations_so_far else None)
            )


def new_steps(before: Schedule, after: Schedule, since: datetime.date) -> list[StageStep]:
    """Return the steps from `since` on, other than the usual next step, that the plan before did not take."""
    previous_steps = {_step_identity(before, step) for step in before.steps}
    return [
        step
        for step in after.steps
        if step.date >= since and _is_deviation(step) and _step_identity(after, step) not in previous_steps
    ]


def _is_deviation(step: StageStep) -> bool:
    """Whether a step leads to another stage or holds someone back.

    A rule that sent someone back still applies later but then leads nowhere, and the minimum stay at a stage follows
    from having been sent there; neither counts.
    """
    if step.step in ("repeat", "stop", "refer"):
        return not all(rule.partition(".")[2].startswith(_MINIMUM_STAY_PREFIX) for rule in step.rules)
    return step.to != step.stage and step.step != "advance"


def _step_identity(schedule: Schedule, step: StageStep) -> tuple[object, ...]:
    """Return what identifies a step; its week matters, but not its day of the week."""
    return (step.date - schedule.start).days // WEEK, step.stage, step.step, step.to, step.rules


def _responsible_rules(old: Day, new: Day, step: StageStep | None) -> tuple[str, ...]:
    """Return the rules behind a change: those of a day that loses its session, otherwise those of the latest step."""
    if step is None or (old.is_session and not new.is_session):
        return new.rules
    return step.rules
