"""A plan as text: a line for each week, then milestones, steps, reasons and assumptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from hiprun.model.amounts import rounded_text
from hiprun.model.stages import Stages, stage_rule_id
from hiprun.model.value_notation import notation
from hiprun.plan.phrases import (
    assumption_lines,
    date_text,
    milestone_text,
    period_text,
    readable_name,
    reason_lines,
    status_lines,
    step_lines,
    units_text,
    wrapped,
)
from hiprun.plan.plan_data import Day, Quantity, Reason, Schedule, StageStep, Week
from hiprun.plan.reasons import rule_set_counts

Explain = Callable[[Day | StageStep], tuple[Reason, ...]]

_FREE = "·"
_REST = "-"
_OTHER = "~"


def plan_table(schedule: Schedule, explain: Explain) -> str:
    """Return a plan as text at most 80 columns wide, provided that amounts have few digits."""
    return "\n".join(_lines(schedule, explain))


def _lines(schedule: Schedule, explain: Explain) -> Iterator[str]:
    stages = schedule.stages
    yield from wrapped(f"{stages.name}: {stages.title}")
    yield from status_lines(schedule)
    if not schedule.days:
        return
    yield f"  {period_text(schedule)}"
    yield ""
    yield from _week_lines(schedule)
    yield ""
    yield from _legend_lines(schedule)
    yield from _milestone_lines(schedule)
    yield from _step_lines(schedule, explain)
    yield from _free_day_lines(schedule, explain)
    yield from assumption_lines(schedule.supposed)


def _week_lines(schedule: Schedule) -> Iterator[str]:
    cells = {day.date: _cell(schedule.stages, day) for day in schedule.days}
    widths = [max(2, *(len(cells[day.date]) for day in schedule.days[weekday::7])) for weekday in range(7)]
    totals = {week.number: _amounts_cell(schedule.stages, week.totals) for week in schedule.weeks}
    total_width = max(5, *map(len, totals.values()))
    first_week = schedule.days[:7]
    names = " ".join(day.date.strftime("%a")[:2].ljust(width) for day, width in zip(first_week, widths, strict=True))
    bounded = any(week.bounds for week in schedule.weeks)
    yield f"week  from        {names}  {'total'.ljust(total_width)}{'  at most' if bounded else ''}".rstrip()
    stages = {stage.name: stage for stage in schedule.stages.stages}
    weeks = iter(schedule.weeks)
    for stage, stage_weeks in groupby(weeks, key=lambda week: week.stage):
        yield from wrapped(f"      {stages[stage].title or readable_name(stage)}")
        if stages[stage].how:
            yield from wrapped(stages[stage].how, "        ")
        for week in stage_weeks:
            days = [day for day in schedule.days if day.week == week.number]
            row = " ".join(cells[day.date].ljust(width) for day, width in zip(days, widths, strict=True))
            bound = f"  {_bounds_cell(week)}" if bounded else ""
            yield f"{week.number:4}  {week.start}  {row}  {totals[week.number].ljust(total_width)}{bound}".rstrip()


def _cell(stages: Stages, day: Day) -> str:
    if day.is_session:
        return _amounts_cell(stages, day.amounts)
    if day.activity == list(stages.activities)[-1]:
        return _REST
    return _FREE if day.activity == stages.between else _OTHER


def _amounts_cell(stages: Stages, amounts: Mapping[str, Quantity]) -> str:
    parts = [notation(amounts.get(name, 0)) for name in stages.measures]
    while len(parts) > 1 and parts[-1] == "0":
        parts.pop()
    return "+".join(parts)


def _bounds_cell(week: Week) -> str:
    bounds = [limit.at_most for limit in week.bounds.values()]
    return ", ".join(rounded_text(Fraction(bound)) for bound in bounds if isinstance(bound, int | Decimal))


def _legend_lines(schedule: Schedule) -> Iterator[str]:
    stages = schedule.stages
    measures = "+".join(readable_name(name) for name in stages.measures)
    yield from wrapped(f"A session is {measures}, in {units_text(stages.measures.values())}.", "  ")
    rest = list(stages.activities)[-1]
    activities = {day.activity for day in schedule.days if not day.is_session}
    symbols = [(_FREE, stages.between), (_REST, rest)]
    symbols += [(_OTHER, name) for name in stages.activities if name not in (stages.between, rest)]
    for symbol, name in dict.fromkeys(symbols):
        if name in activities:
            yield from wrapped(f"{symbol} {stages.activities[name]}", "  ")
    bounds = {name: limit for week in schedule.weeks for name, limit in week.bounds.items() if limit.set_by}
    for name, limit in bounds.items():
        quantity = " and ".join(readable_name(part) for part in name.split("+"))
        yield from wrapped(f"at most: {quantity} in the week ({', '.join(limit.set_by)})", "  ")


def _milestone_lines(schedule: Schedule) -> Iterator[str]:
    if schedule.milestones:
        yield ""
        yield "Milestones:"
    for milestone in schedule.milestones:
        requirement = milestone_text(schedule.stages, milestone)
        suffix = f" ({requirement})" if requirement else ""
        yield from wrapped(f"{date_text(milestone.date).ljust(10)}  {milestone.title}{suffix}", "  ")


def _step_lines(schedule: Schedule, explain: Explain) -> Iterator[str]:
    other_steps = [step for step in schedule.steps if step.step != "advance"]
    if other_steps:
        yield ""
        yield "Steps other than going on to the next stage:"
    for step, lines in step_lines(other_steps):
        yield from lines
        yield from _reason_lines(explain(step))


def _free_day_lines(schedule: Schedule, explain: Explain) -> Iterator[str]:
    usual_rules = {f"{schedule.stages.day_decision}.{stage_rule_id(stage.name)}" for stage in schedule.stages.stages}
    free = [day for day in schedule.days if not day.is_session and not usual_rules.issuperset(day.rules)]
    days = {day.rules: day for day in reversed(free)}
    rule_sets = rule_set_counts(day.rules for day in free)
    if rule_sets:
        yield ""
        yield "Days without a session:"
    for rules, times in rule_sets:
        activity = days[rules].activity
        yield from wrapped(f"{readable_name(activity)} ({times} day{'' if times == 1 else 's'})", "  ")
        yield from _reason_lines(explain(days[rules]))


def _reason_lines(reasons: tuple[Reason, ...]) -> Iterator[str]:
    for reason in reasons:
        yield from reason_lines(reason, "    ")
