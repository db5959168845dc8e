"""What a diary says on a day of a plan: as on the evening of that day, and of the week behind as it ended."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from hiprun.diary import DiaryFacts, Rows, timestamps
from hiprun.diary.row_reader import Row, rows_of
from hiprun.model.stages import Stages
from hiprun.plan.plan import day_of_plan
from hiprun.plan.plan_data import Schedule
from hiprun.plan.projection import WEEK

FactsFrom = Callable[..., DiaryFacts]
_EVENING = datetime.time(23, 59)
_OF_THE_WEEK_BEHIND = frozenset({"last_week", "any_last_week"})


def noted(  # noqa: PLR0913 - those of `Pack.facts_for_plan`
    facts_from: FactsFrom,
    stages: Stages,
    diary: Any,
    day: datetime.date | str,
    also: Mapping[str, Any],
    after: Schedule | None,
    zone: datetime.tzinfo | None,
) -> dict[str, Any]:
    """Return what follows from `diary` for a plan from `day` on, or for one that is planned anew on that day.

    A number of the week behind is that of the whole week, as seen when it ended. For a plan that is made anew, what
    the diary is silent about is unknown (None); but where someone stands in the protocol is only news when it was
    written down after the plan began. Else the plan knows better.
    """
    day = day_of_plan(day)
    behind = {course.fact for course in stages.courses if course.kind in _OF_THE_WEEK_BEHIND}
    of_today = {name: also[name] for name in also if name not in behind}
    today = facts_from(diary, _evening(day, zone), of_today, zone=zone)
    week = day if after is None else day - datetime.timedelta(days=(day - after.start).days % WEEK)
    ended = week - datetime.timedelta(days=1)
    of_the_week = {name: also[name] for name in also if name in behind}
    then = facts_from(until(diary, ended, zone), _evening(ended, zone), of_the_week, zone=zone)
    if after is None:
        return {name: value for name, value in today.items() if name not in behind} | _some(then, behind)
    stale = {name for name in _of_standing(stages) - set(also) if not _since(today, name, after.start, zone)}
    found = {name: today.get(name) for name in (*today, *today.measures) if name not in behind | stale}
    return found | _some(then, behind)


def until(diary: Any, day: datetime.date, zone: datetime.tzinfo | None = None) -> Rows:
    """Return the entries of a diary up to the end of a day."""
    rows = rows_of(diary)
    return attrs.evolve(rows, rows=tuple(_until(rows, day.toordinal(), zone)))


def _some(facts: DiaryFacts, names: set[str]) -> dict[str, Any]:
    return {name: facts[name] for name in facts if name in names}


def _until(rows: Rows, last: int, zone: datetime.tzinfo | None) -> Iterator[Row]:
    for row in rows.rows:
        try:
            when = timestamps.read(row.values.get("when"))
        except timestamps.NoMomentError:
            yield row  # that it cannot be read is said where entries are checked
            continue
        if timestamps.whole_day(when, zone).day <= last:
            yield row


def _evening(day: datetime.date, zone: datetime.tzinfo | None) -> datetime.datetime:
    return datetime.datetime.combine(day, _EVENING, zone)


def _of_standing(stages: Stages) -> set[str]:
    """Return the facts that say where someone stands, and for how long."""
    counted = {course.fact for course in stages.courses if course.kind == "in_stage"}
    return counted | {name for stage in stages.stages for name, _ in stage.facts}


def _since(facts: DiaryFacts, name: str, start: datetime.date, zone: datetime.tzinfo | None) -> bool:
    """Whether an entry behind a fact was written after a day."""
    return any(timestamps.whole_day(entry.when, zone).day > start.toordinal() for entry in facts.origins.get(name, ()))
