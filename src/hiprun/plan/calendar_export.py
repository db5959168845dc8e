"""A plan as an iCalendar file: whole-day entries for sessions and milestones. Needs the extra `calendar`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from hiprun.errors import MissingExtraError, Problem
from hiprun.plan.phrases import amounts_text, milestone_text
from hiprun.plan.plan_data import Schedule


def icalendar(schedule: Schedule) -> bytes:
    """Return the content of the file; the same plan gives the same bytes."""
    try:
        import icalendar as library
    except ImportError:
        message = "Calendar files need the package icalendar."
        raise MissingExtraError([Problem("missing-extra", message, help="pip install 'hiprun[calendar]'")]) from None
    calendar: Any = library.Calendar()
    calendar.add("prodid", "-//hiprun//plan//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", library.vText(schedule.stages.title or schedule.stages.name))
    stamp = datetime.datetime.combine(schedule.start, datetime.time(), datetime.UTC)
    for uid, date, summary, description in _entries(schedule):
        event: Any = library.Event()
        event.add("uid", f"{uid}@hiprun")
        event.add("dtstamp", stamp)
        event.add("dtstart", date)
        event.add("dtend", date + datetime.timedelta(days=1))
        event.add("summary", summary)
        event.add("transp", "TRANSPARENT")
        if description:
            event.add("description", description)
        calendar.add_component(event)
    return calendar.to_ical()  # type: ignore[no-any-return]


def _entries(schedule: Schedule) -> Iterator[tuple[str, datetime.date, str, str]]:
    stages = schedule.stages
    titles = {stage.name: stage.title for stage in stages.stages}
    for day in schedule.sessions:
        summary = f"{stages.activities[day.activity]}: {amounts_text(stages, day.amounts)}"
        parts = (titles[day.stage], f"Next: {day.milestone}" if day.milestone else "")
        yield f"{stages.name}-{day.date}-session", day.date, summary, "\n".join(filter(None, parts))
    for number, milestone in enumerate(schedule.milestones, 1):
        if milestone.date:
            uid = f"{stages.name}-{milestone.date}-milestone-{number}"
            yield uid, milestone.date, f"Milestone: {milestone.title}", milestone_text(stages, milestone)
