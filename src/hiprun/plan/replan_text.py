"""What becomes of a plan when something new is known, as text: the days that change, and which rules asked for it."""

from __future__ import annotations

from collections.abc import Iterator

from hiprun.plan.phrases import asked, day_of, in_words, said, spoken, standing, supposed, wrapped
from hiprun.plan.plan import Plan
from hiprun.plan.plan_changes import steps
from hiprun.plan.plan_data import Day, DayChange


def changes_text(before: Plan, after: Plan) -> str:
    """Return the changes as text at most 80 columns wide; the whole plan where there was none before."""
    return "\n".join(_lines(before, after)) if before.days else after.table()


def _lines(before: Plan, after: Plan) -> Iterator[str]:
    since = before.start.fromordinal(before.start.toordinal() + after.reports[-1].day)
    yield f"{after.stages.name}: planned anew from {since}"
    yield from standing(after)
    if not after.days:
        return
    for _, lines in in_words(steps(before, after, since)):
        yield from lines
    changes = after.changes_from(before)
    if not changes:
        yield "  Nothing changes."
    first = {change.rules: change for change in reversed(changes)}
    for rules in dict.fromkeys(change.rules for change in changes):
        yield ""
        yield from _why(after, first[rules])
        for change in changes:
            if change.rules == rules:
                yield from _change(after, change)
    yield from _milestones(before, after)
    known = {(entry.fact, entry.date) for entry in before.supposed}
    yield from supposed([entry for entry in after.supposed if (entry.fact, entry.date) not in known])


def _why(after: Plan, change: DayChange) -> Iterator[str]:
    for reason in after.why(change):
        yield from asked(reason)


def _change(after: Plan, change: DayChange) -> Iterator[str]:
    yield from wrapped(f"{change.date}  {_held(after, change.before)} -> {_held(after, change.after)}", "  ")


def _held(plan: Plan, day: Day) -> str:
    return said(plan.stages, day.amounts) if day.is_session else spoken(day.activity)


def _milestones(before: Plan, after: Plan) -> Iterator[str]:
    dates = {(milestone.stage, milestone.title): milestone.date for milestone in before.milestones}
    moved = [goal for goal in after.milestones if dates.get((goal.stage, goal.title)) != goal.date]
    if moved:
        yield ""
        yield "Milestones that move:"
    for goal in moved:
        earlier = day_of(dates.get((goal.stage, goal.title)))
        yield from wrapped(f"{earlier} -> {day_of(goal.date)}  {goal.title}", "  ")
