"""A plan in words: what today or the next session holds, the weeks, what changes, and what the plan assumes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import attrs

from hiprun.catalogue import Catalogue
from hiprun.plan import Plan
from hiprun.plan.plan_data import Day, DayChange, Week


@attrs.frozen
class SessionView:
    """What a day of a plan holds: the plan, the activity with its amounts, and how it is done."""

    title: str
    date: datetime.date
    text: str
    how: str = ""
    milestone: str = ""


@attrs.frozen
class WeekView:
    """A week of a plan: its stage and how that is done, if it is a new one, and the days, those alike together."""

    number: int
    start: datetime.date
    stage: str
    how: str
    days: Sequence[tuple[str, str]]


@attrs.frozen
class ChangeView:
    """Changes of a plan that have the same reasons: each day with what it held and holds."""

    reasons: Sequence[str]
    days: Sequence[tuple[datetime.date, str, str]]


def session_today(plan: Plan) -> SessionView:
    """Return what a plan that starts today holds for today."""
    return _session(plan, plan.days[0])


def next_session(plan: Plan, today: datetime.date) -> SessionView | None:
    """Return the first session from today on; None if there is none."""
    return next((_session(plan, day) for day in plan.sessions if day.date >= today), None)


def _session(plan: Plan, day: Day) -> SessionView:
    stage = plan.stages.stages[plan.stages.index(day.stage)]
    how, milestone = (stage.how, day.milestone) if day.is_session else ("", "")
    return SessionView(plan.voice().heading(), day.date, day_text(plan, day), how, milestone)


def day_text(plan: Plan, day: Day) -> str:
    """Return what a day holds, in words."""
    activity, voice = plan.stages.activities[day.activity], plan.voice()
    if not day.is_session:
        return activity
    return voice.words.text("advice.value", title=activity, value=voice.amounts(day.amounts))


def week_views(plan: Plan, words: Catalogue) -> list[WeekView]:
    """Return the weeks of a plan in words."""
    found: list[WeekView] = []
    before = ""
    for week in plan.weeks:
        is_new, before = week.stage != before, week.stage
        has_sessions = any(day.week == week.number for day in plan.sessions)
        stage, how = plan.voice().stage(week.stage), plan.stages.stages[plan.stages.index(week.stage)].how
        days = _days(plan, week, words)
        found.append(
            WeekView(week.number, week.start, stage if is_new else "", how if is_new and has_sessions else "", days)
        )
    return found


def _days(plan: Plan, week: Week, words: Catalogue) -> list[tuple[str, str]]:
    """Return the days of a week, those that hold the same together."""
    days: dict[str, list[str]] = {}
    for day in plan.days:
        if day.week == week.number:
            days.setdefault(day_text(plan, day), []).append(words.text(f"page.weekday.{day.date.weekday()}"))
    if len(days) == 1:
        return [(words.text("page.every_day"), text) for text in days]
    return [(", ".join(names), text) for text, names in days.items()]


def change_views(before: Plan, after: Plan) -> list[ChangeView]:
    """Return what differs between two plans, with the reasons in the words of the rules."""
    groups: dict[tuple[str, ...], list[DayChange]] = {}
    for change in after.changes_from(before):
        reasons = tuple(dict.fromkeys(reason.because for reason in after.why(change) if reason.because))
        groups.setdefault(reasons, []).append(change)
    return [
        ChangeView(reasons, [(one.date, day_text(before, one.before), day_text(after, one.after)) for one in changes])
        for reasons, changes in groups.items()
    ]


def milestones(plan: Plan) -> list[tuple[datetime.date | None, str, str]]:
    """Return each milestone: when it is reached, its title, and what it takes."""
    voice = plan.voice()
    return [(found.date, found.title, voice.milestone(found)) for found in plan.milestones]


def assumptions(plan: Plan) -> list[tuple[datetime.date, str]]:
    """Return what a plan assumes, and from which day on."""
    voice = plan.voice()
    return [(entry.date, voice.assumption(entry)) for entry in plan.supposed]
