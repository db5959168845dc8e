"""The facts that a diary gives for a plan: as of the evening of a day, and for the past week as of its end."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from hiprun.diary import DiaryFacts, Rows, timestamps
from hiprun.diary.row_reader import Row, rows_of
from hiprun.model.stages import Stages
from hiprun.plan.plan import plan_day
from hiprun.plan.plan_data import Schedule
from hiprun.plan.projection import WEEK

DeriveFacts = Callable[..., DiaryFacts]
_EVENING = datetime.time(23, 59)
_LAST_WEEK_KINDS = frozenset({"last_week", "any_last_week"})


def facts_for_plan(  # noqa: PLR0913 - the arguments of `Pack.facts_for_plan`
    derive_facts: DeriveFacts,
    stages: Stages,
    diary: Any,
    day: datetime.date | str,
    given_facts: Mapping[str, Any],
    previous_plan: Schedule | None,
    zone: datetime.tzinfo | None,
) -> dict[str, Any]:
    """Return the facts that follow from `diary` for a plan from `day` on, or for replanning on that day.

    Facts about the past week cover the whole week, as of its end. When replanning, facts that the diary says nothing
    about are unknown (None). Facts about the current stage are included only if they were recorded after the plan
    began; otherwise the plan knows better.
    """
    day = plan_day(day)
    last_week_facts = {projection.fact for projection in stages.projections if projection.kind in _LAST_WEEK_KINDS}
    given_today = {name: given_facts[name] for name in given_facts if name not in last_week_facts}
    facts_today = derive_facts(diary, _evening(day, zone), given_today, zone=zone)
    week_start = (
        day if previous_plan is None else day - datetime.timedelta(days=(day - previous_plan.start).days % WEEK)
    )
    last_week_end = week_start - datetime.timedelta(days=1)
    given_last_week = {name: given_facts[name] for name in given_facts if name in last_week_facts}
    facts_last_week = derive_facts(
        entries_until(diary, last_week_end, zone), _evening(last_week_end, zone), given_last_week, zone=zone
    )
    if previous_plan is None:
        return {name: value for name, value in facts_today.items() if name not in last_week_facts} | _selected(
            facts_last_week, last_week_facts
        )
    stale = {
        name
        for name in _stage_facts(stages) - set(given_facts)
        if not _recorded_after(facts_today, name, previous_plan.start, zone)
    }
    facts = {
        name: facts_today.get(name)
        for name in (*facts_today, *facts_today.measures)
        if name not in last_week_facts | stale
    }
    return facts | _selected(facts_last_week, last_week_facts)


def entries_until(diary: Any, day: datetime.date, zone: datetime.tzinfo | None = None) -> Rows:
    """Return the entries of a diary up to the end of a day."""
    rows = rows_of(diary)
    return attrs.evolve(rows, rows=tuple(_rows_until(rows, day.toordinal(), zone)))


def _selected(facts: DiaryFacts, names: set[str]) -> dict[str, Any]:
    return {name: facts[name] for name in facts if name in names}


def _rows_until(rows: Rows, last_day: int, zone: datetime.tzinfo | None) -> Iterator[Row]:
    for row in rows.rows:
        try:
            when = timestamps.read(row.values.get("when"))
        except timestamps.NoMomentError:
            yield row  # reported where entries are checked
            continue
        if timestamps.whole_day(when, zone).day <= last_day:
            yield row


def _evening(day: datetime.date, zone: datetime.tzinfo | None) -> datetime.datetime:
    return datetime.datetime.combine(day, _EVENING, zone)


def _stage_facts(stages: Stages) -> set[str]:
    """Return the facts that say what stage someone is at, and for how long."""
    counters = {projection.fact for projection in stages.projections if projection.kind == "in_stage"}
    return counters | {name for stage in stages.stages for name, _ in stage.facts}


def _recorded_after(facts: DiaryFacts, name: str, start: datetime.date, zone: datetime.tzinfo | None) -> bool:
    """Whether a fact comes from an entry made after a day."""
    return any(timestamps.whole_day(entry.when, zone).day > start.toordinal() for entry in facts.origins.get(name, ()))
