"""A plan as text: a line for each week, then milestones, steps, reasons, and what is taken for granted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from hiprun.model.stages import Stages, standing_rule
from hiprun.model.value_notation import notation
from hiprun.plan.phrases import asked, day_of, goal, in_words, period, spoken, standing, supposed, units, wrapped
from hiprun.plan.plan_data import Day, Quantity, Reason, Schedule, StageStep, Week
from hiprun.plan.reasons import distinct

Why = Callable[[Day | StageStep], tuple[Reason, ...]]

_FREE = "·"
_REST = "-"
_OTHER = "~"


def table(schedule: Schedule, why: Why) -> str:
    """Return a plan as text at most 80 columns wide, as long as amounts are written in few digits."""
    return "\n".join(_lines(schedule, why))


def _lines(schedule: Schedule, why: Why) -> Iterator[str]:
    stages = schedule.stages
    yield from wrapped(f"{stages.name}: {stages.title}")
    yield from standing(schedule)
    if not schedule.days:
        return
    yield f"  {period(schedule)}"
    yield ""
    yield from _weeks(schedule)
    yield ""
    yield from _legend(schedule)
    yield from _milestones(schedule)
    yield from _steps(schedule, why)
    yield from _reasons(schedule, why)
    yield from supposed(schedule.supposed)


def _weeks(schedule: Schedule) -> Iterator[str]:
    cells = {day.date: _cell(schedule.stages, day) for day in schedule.days}
    width = max(2, *map(len, cells.values()))
    totals = {week.number: _joined(schedule.stages, week.totals) for week in schedule.weeks}
    wide = max(5, *map(len, totals.values()))
    first = schedule.days[:7]
    names = " ".join(day.date.strftime("%a")[:2].ljust(width) for day in first)
    bounded = any(week.bounds for week in schedule.weeks)
    yield f"week  from        {names}  {'total'.ljust(wide)}{'  at most' if bounded else ''}".rstrip()
    titles = {stage.name: stage.title or spoken(stage.name) for stage in schedule.stages.stages}
    weeks = iter(schedule.weeks)
    for stage, several in groupby(weeks, key=lambda week: week.stage):
        yield from wrapped(f"      {titles[stage]}")
        for week in several:
            days = [day for day in schedule.days if day.week == week.number]
            row = " ".join(cells[day.date].ljust(width) for day in days)
            bound = f"  {_most(week)}" if bounded else ""
            yield f"{week.number:4}  {week.start}  {row}  {totals[week.number].ljust(wide)}{bound}".rstrip()


def _cell(stages: Stages, day: Day) -> str:
    if day.is_session:
        return _joined(stages, day.amounts)
    if day.activity == list(stages.activities)[-1]:
        return _REST
    return _FREE if day.activity == stages.between else _OTHER


def _joined(stages: Stages, amounts: Mapping[str, Quantity]) -> str:
    shown = [notation(amounts.get(name, 0)) for name in stages.measures]
    while len(shown) > 1 and shown[-1] == "0":
        shown.pop()
    return "+".join(shown)


def _most(week: Week) -> str:
    return ", ".join(notation(limit.at_most) for limit in week.bounds.values() if limit.at_most is not None)


def _legend(schedule: Schedule) -> Iterator[str]:
    stages = schedule.stages
    measures = "+".join(spoken(name) for name in stages.measures)
    yield from wrapped(f"A session is {measures}, in {units(stages.measures.values())}.", "  ")
    rest = list(stages.activities)[-1]
    shown = {day.activity for day in schedule.days if not day.is_session}
    signs = [(_FREE, stages.between), (_REST, rest)]
    signs += [(_OTHER, name) for name in stages.activities if name not in (stages.between, rest)]
    for sign, name in dict.fromkeys(signs):
        if name in shown:
            yield from wrapped(f"{sign} {stages.activities[name]}", "  ")
    bounds = {name: limit for week in schedule.weeks for name, limit in week.bounds.items() if limit.set_by}
    for name, limit in bounds.items():
        said = " and ".join(spoken(part) for part in name.split("+"))
        yield from wrapped(f"at most: {said} in the week ({', '.join(limit.set_by)})", "  ")


def _milestones(schedule: Schedule) -> Iterator[str]:
    if schedule.milestones:
        yield ""
        yield "Milestones:"
    for milestone in schedule.milestones:
        takes = goal(schedule.stages, milestone)
        behind = f" ({takes})" if takes else ""
        yield from wrapped(f"{day_of(milestone.date).ljust(10)}  {milestone.title}{behind}", "  ")


def _steps(schedule: Schedule, why: Why) -> Iterator[str]:
    careful = [step for step in schedule.steps if step.step != "advance"]
    if careful:
        yield ""
        yield "Steps other than the next:"
    for step, lines in in_words(careful):
        yield from lines
        yield from _why(why(step))


def _reasons(schedule: Schedule, why: Why) -> Iterator[str]:
    usual = {f"{schedule.stages.day}.{standing_rule(stage.name)}" for stage in schedule.stages.stages}
    free = [day for day in schedule.days if not day.is_session and not usual.issuperset(day.rules)]
    days = {day.rules: day for day in reversed(free)}
    counted = distinct(day.rules for day in free)
    if counted:
        yield ""
        yield "Days without a session:"
    for rules, times in counted:
        activity = days[rules].activity
        yield from wrapped(f"{spoken(activity)} ({times} day{'' if times == 1 else 's'})", "  ")
        yield from _why(why(days[rules]))


def _why(reasons: tuple[Reason, ...]) -> Iterator[str]:
    for reason in reasons:
        yield from asked(reason, "    ")
