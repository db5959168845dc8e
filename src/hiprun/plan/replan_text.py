"""How a plan changes when it is replanned, as text: the days that change, and the rules responsible."""

from __future__ import annotations

from collections.abc import Iterator

from hiprun.plan.opening import opening_lines
from hiprun.plan.phrases import PlanVoice, wrapped
from hiprun.plan.plan import Plan
from hiprun.plan.plan_changes import new_steps


def changes_text(before: Plan, after: Plan, *, professional: bool = False) -> str:
    """Return the changes as text at most 80 columns wide; the whole plan if there was none before."""
    if not before.days:
        return after.table(professional=professional)
    return "\n".join(_lines(before, after, after.voice(professional=professional)))


def _lines(before: Plan, after: Plan, voice: PlanVoice) -> Iterator[str]:
    words = voice.words
    yield from opening_lines(after, voice)
    since = before.start.fromordinal(before.start.toordinal() + after.reports[-1].day)
    name = after.stages.name if voice.professional else voice.heading()
    yield from wrapped(words.text("plan.replanned", plan=name, date=since))
    yield from voice.status_lines(after)
    if not after.days:
        return
    for _, lines in voice.step_lines(new_steps(before, after, since)):
        yield from lines
    changes = after.changes_from(before)
    if not changes:
        yield f"  {words.text('plan.no_changes')}"
    first_changes = {change.rules: change for change in reversed(changes)}
    for rules in dict.fromkeys(change.rules for change in changes):
        yield ""
        yield from voice.reason_lines(after.why(first_changes[rules]))
        for change in changes:
            if change.rules == rules:
                text = f"{change.date}  {voice.day(change.before)} -> {voice.day(change.after)}"
                yield from wrapped(text, "  ")
    yield from _moved_milestone_lines(before, after, voice)
    known = {(entry.fact, entry.date) for entry in before.supposed}
    yield from voice.assumption_lines([entry for entry in after.supposed if (entry.fact, entry.date) not in known])


def _moved_milestone_lines(before: Plan, after: Plan, voice: PlanVoice) -> Iterator[str]:
    dates = {(milestone.stage, milestone.title): milestone.date for milestone in before.milestones}
    moved = [
        milestone for milestone in after.milestones if dates.get((milestone.stage, milestone.title)) != milestone.date
    ]
    if moved:
        yield ""
        yield voice.words.text("plan.moved")
    for milestone in moved:
        earlier = voice.date(dates.get((milestone.stage, milestone.title)))
        yield from wrapped(f"{earlier} -> {voice.date(milestone.date)}  {milestone.title}", "  ")
