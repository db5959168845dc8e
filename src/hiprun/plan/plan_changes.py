"""What a new plan has otherwise than the one before, and which rules asked for it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from hiprun.plan.plan_data import Day, DayChange, Schedule, StageStep
from hiprun.plan.projection import WEEK

_TAKES_ITS_TIME = "least-"


def changes(before: Schedule, after: Schedule, since: datetime.date) -> Iterator[DayChange]:
    """Yield each day from `since` on that holds something else, in order."""
    new_steps = steps(before, after, since)
    for old, new in zip(before.days, after.days, strict=False):
        if new.date >= since and (old.activity, old.amounts) != (new.activity, new.amounts):
            taken = [step for step in new_steps if step.date <= new.date]
            yield DayChange(old, new, _rules(old, new, taken[-1] if taken else None))


def steps(before: Schedule, after: Schedule, since: datetime.date) -> list[StageStep]:
    """Return the steps other than the next from `since` on that the plan before did not take."""
    taken = {_what(before, step) for step in before.steps}
    return [step for step in after.steps if step.date >= since and _is_news(step) and _what(after, step) not in taken]


def _is_news(step: StageStep) -> bool:
    """Whether a step leads elsewhere or holds someone back.

    What sent back once says so again later, and leads nowhere; and that a stage takes its time follows from being sent
    there.
    """
    if step.step in ("repeat", "stop", "refer"):
        return not all(rule.partition(".")[2].startswith(_TAKES_ITS_TIME) for rule in step.rules)
    return step.to != step.stage and step.step != "advance"


def _what(schedule: Schedule, step: StageStep) -> tuple[object, ...]:
    """Return what a step is, in which week; on which day of the week makes no difference."""
    return (step.date - schedule.start).days // WEEK, step.stage, step.step, step.to, step.rules


def _rules(old: Day, new: Day, asked: StageStep | None) -> tuple[str, ...]:
    """Return what asked for a change: the rules of a day that loses its session, else those of the last step taken."""
    if asked is None or (old.is_session and not new.is_session):
        return new.rules
    return asked.rules
