"""How a plan changes when it is replanned, as text: the days that change, and the rules responsible."""

from __future__ import annotations

from collections.abc import Iterator

from hiprun.plan.opening import opening_lines
from hiprun.plan.phrases import (
    amounts_text,
    assumption_lines,
    date_text,
    readable_name,
    reason_lines,
    status_lines,
    step_lines,
    wrapped,
)
from hiprun.plan.plan import Plan
from hiprun.plan.plan_changes import new_steps
from hiprun.plan.plan_data import Day, DayChange


def changes_text(before: Plan, after: Plan) -> str:
    """Return the changes as text at most 80 columns wide; the whole plan if there was none before."""
    return "\n".join(_lines(before, after)) if before.days else after.table()


def _lines(before: Plan, after: Plan) -> Iterator[str]:
    yield from opening_lines(after, after.why)
    since = before.start.fromordinal(before.start.toordinal() + after.reports[-1].day)
    yield f"{after.stages.name}: replanned from {since}"
    yield from status_lines(after)
    if not after.days:
        return
    for _, lines in step_lines(new_steps(before, after, since)):
        yield from lines
    changes = after.changes_from(before)
    if not changes:
        yield "  Nothing changes."
    first_changes = {change.rules: change for change in reversed(changes)}
    for rules in dict.fromkeys(change.rules for change in changes):
        yield ""
        yield from _reason_lines(after, first_changes[rules])
        for change in changes:
            if change.rules == rules:
                yield from _change_lines(after, change)
    yield from _moved_milestone_lines(before, after)
    known = {(entry.fact, entry.date) for entry in before.supposed}
    yield from assumption_lines([entry for entry in after.supposed if (entry.fact, entry.date) not in known])


def _reason_lines(after: Plan, change: DayChange) -> Iterator[str]:
    for reason in after.why(change):
        yield from reason_lines(reason)


def _change_lines(after: Plan, change: DayChange) -> Iterator[str]:
    yield from wrapped(f"{change.date}  {_day_text(after, change.before)} -> {_day_text(after, change.after)}", "  ")


def _day_text(plan: Plan, day: Day) -> str:
    return amounts_text(plan.stages, day.amounts) if day.is_session else readable_name(day.activity)


def _moved_milestone_lines(before: Plan, after: Plan) -> Iterator[str]:
    dates = {(milestone.stage, milestone.title): milestone.date for milestone in before.milestones}
    moved = [
        milestone for milestone in after.milestones if dates.get((milestone.stage, milestone.title)) != milestone.date
    ]
    if moved:
        yield ""
        yield "Milestones that move:"
    for milestone in moved:
        earlier = date_text(dates.get((milestone.stage, milestone.title)))
        yield from wrapped(f"{earlier} -> {date_text(milestone.date)}  {milestone.title}", "  ")
