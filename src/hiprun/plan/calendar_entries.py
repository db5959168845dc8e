"""The calendar entries of a plan: sessions, milestones and stops, and those that a new plan cancels."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import attrs

from hiprun.plan.opening import opening
from hiprun.plan.phrases import PlanVoice
from hiprun.plan.plan_data import Reason, Schedule


@attrs.frozen
class CalendarEntry:
    """A whole day in a calendar. `key` is the same in every plan of a person that has this entry."""

    key: str
    date: datetime.date
    summary: str
    description: str = ""
    cancelled: bool = False


@attrs.frozen
class CalendarHistory:
    """The owner of a calendar, how often it was replanned, and all entries of earlier plans."""

    owner: str
    revision: int = 0
    planned: Mapping[str, CalendarEntry] = attrs.field(factory=dict, hash=False)

    def after(self, entries: Iterable[CalendarEntry]) -> CalendarHistory:
        """Return the history of the plan that replaces one with these entries."""
        return CalendarHistory(
            self.owner, self.revision + 1, {**self.planned, **{entry.key: entry for entry in entries}}
        )


def calendar_entries(schedule: Schedule, voice: PlanVoice) -> Iterator[CalendarEntry]:
    """Yield the calendar entries of a plan."""
    stages = schedule.stages
    by_name = {stage.name: stage for stage in stages.stages}
    for day in schedule.sessions:
        summary = f"{stages.activities[day.activity]}: {voice.amounts(day.amounts)}"
        stage = by_name[day.stage]
        parts = (
            stage.title,
            stage.how,
            voice.words.text("plan.next", milestone=day.milestone) if day.milestone else "",
        )
        yield CalendarEntry(f"session {day.date}", day.date, summary, "\n".join(filter(None, parts)))
    for number, milestone in enumerate(schedule.milestones, 1):
        if milestone.date:
            summary = voice.words.text("plan.milestone", milestone=milestone.title)
            yield CalendarEntry(f"milestone {number}", milestone.date, summary, voice.milestone(milestone))
    yield from _stop_entries(schedule, voice)


def _stop_entries(schedule: Schedule, voice: PlanVoice) -> Iterator[CalendarEntry]:
    """Yield an entry for each day from which there are no sessions, and for what has to be read first, with reasons."""
    found = opening(schedule, voice.why)
    status = voice.status_sentence(schedule.status)
    if schedule.status == "held" or (schedule.status == "planned" and found.words):
        key = "held" if schedule.status == "held" else "first"
        description = (status if found.words else "", *found.reasons)
        yield CalendarEntry(
            key, schedule.reported or schedule.start, found.words or status, "\n".join(filter(None, description))
        )
    since = schedule.reported or schedule.start
    for _, steps in groupby(schedule.steps, key=lambda step: (step.step, step.stage, step.rules, step.date >= since)):
        step = next(steps)
        if step.step in ("stop", "refer"):
            summary = voice.status_sentence("stop" if step.step == "stop" else "refer")
            key = f"{step.step} {step.date}"
            if step.date == since and found.words:
                because = "\n".join((summary, *found.reasons))
                yield CalendarEntry(key, step.date, found.words, because)
            else:
                yield CalendarEntry(key, step.date, summary, _reasons_text(voice.why(step)))


def cancelled_entries(schedule: Schedule, voice: PlanVoice, history: CalendarHistory) -> Iterator[CalendarEntry]:
    """Yield the entries of earlier plans that this one does not have, cancelled, each with the reason."""
    kept_keys = {entry.key for entry in calendar_entries(schedule, voice)}
    days = {day.date: day for day in schedule.days}
    for entry in history.planned.values():
        if entry.key not in kept_keys:
            day = days[entry.date]
            reasons = "" if day.is_session else _reasons_text(voice.why(day))
            description = "\n".join(filter(None, [voice.words.text("plan.dropped"), reasons]))
            yield attrs.evolve(entry, description=description, cancelled=True)


def _reasons_text(reasons: Iterable[Reason]) -> str:
    return "\n".join(dict.fromkeys(reason.because for reason in reasons if reason.because))
