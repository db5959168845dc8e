"""A plan as text: a line for each week, then milestones, steps, reasons and assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from hiprun.model.amounts import rounded_text
from hiprun.model.stages import Stages, stage_rule_id
from hiprun.model.value_notation import notation
from hiprun.plan.opening import opening_lines
from hiprun.plan.phrases import PlanVoice, units_text, wrapped
from hiprun.plan.plan_data import Day, Quantity, Schedule, Week
from hiprun.plan.reasons import rule_set_counts

_FREE = "·"
_REST = "-"
_OTHER = "~"


def plan_table(schedule: Schedule, voice: PlanVoice) -> str:
    """Return a plan as text at most 80 columns wide, provided that amounts have few digits."""
    return "\n".join(_lines(schedule, voice))


def _lines(schedule: Schedule, voice: PlanVoice) -> Iterator[str]:
    yield from opening_lines(schedule, voice)
    yield from wrapped(voice.heading())
    yield from voice.status_lines(schedule)
    if not schedule.days:
        return
    yield f"  {voice.period(schedule)}"
    yield ""
    yield from _week_lines(schedule, voice)
    yield ""
    yield from _legend_lines(schedule, voice)
    yield from _milestone_lines(schedule, voice)
    yield from _step_lines(schedule, voice)
    yield from _free_day_lines(schedule, voice)
    yield from voice.assumption_lines(schedule.supposed)


def _week_lines(schedule: Schedule, voice: PlanVoice) -> Iterator[str]:
    words = voice.words
    cells = {day.date: _cell(schedule.stages, day) for day in schedule.days}
    widths = [max(2, *(len(cells[day.date]) for day in schedule.days[weekday::7])) for weekday in range(7)]
    totals = {week.number: _amounts_cell(schedule.stages, week.totals) for week in schedule.weeks}
    total = words.text("plan.total")
    total_width = max(len(total), *map(len, totals.values()))
    first_week = schedule.days[:7]
    weekdays = words.text("plan.weekdays").split()
    names = " ".join(weekdays[day.date.weekday()].ljust(width) for day, width in zip(first_week, widths, strict=True))
    bounded = any(week.bounds for week in schedule.weeks)
    bound_heading = f"  {words.text('plan.at_most')}" if bounded else ""
    week_heading, from_heading = words.text("plan.week").ljust(4), words.text("plan.from").ljust(10)
    yield f"{week_heading}  {from_heading}  {names}  {total.ljust(total_width)}{bound_heading}".rstrip()
    stages = {stage.name: stage for stage in schedule.stages.stages}
    weeks = iter(schedule.weeks)
    for stage, stage_weeks in groupby(weeks, key=lambda week: week.stage):
        yield from wrapped(f"      {voice.stage(stage)}")
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


def _legend_lines(schedule: Schedule, voice: PlanVoice) -> Iterator[str]:
    stages, words = schedule.stages, voice.words
    measures = "+".join(map(voice.measure, stages.measures.values()))
    yield from wrapped(words.text("plan.session", measures=measures, units=units_text(stages.measures.values())), "  ")
    rest = list(stages.activities)[-1]
    activities = {day.activity for day in schedule.days if not day.is_session}
    symbols = [(_FREE, stages.between), (_REST, rest)]
    symbols += [(_OTHER, name) for name in stages.activities if name not in (stages.between, rest)]
    for symbol, name in dict.fromkeys(symbols):
        if name in activities:
            yield from wrapped(f"{symbol} {stages.activities[name]}", "  ")
    bounds = {name: limit for week in schedule.weeks for name, limit in week.bounds.items() if limit.set_by}
    for name, limit in bounds.items():
        parts = [voice.measure(stages.measures[part]) for part in name.split("+")]
        quantity = words.text("plan.and").join(parts)
        rules = f" ({', '.join(limit.set_by)})" if voice.professional else ""
        yield from wrapped(f"{words.text('plan.most_in_a_week', quantity=quantity)}{rules}", "  ")


def _milestone_lines(schedule: Schedule, voice: PlanVoice) -> Iterator[str]:
    if schedule.milestones:
        yield ""
        yield voice.words.text("plan.milestones")
    for milestone in schedule.milestones:
        requirement = voice.milestone(milestone)
        suffix = f" ({requirement})" if requirement else ""
        yield from wrapped(f"{voice.date(milestone.date).ljust(10)}  {milestone.title}{suffix}", "  ")


def _step_lines(schedule: Schedule, voice: PlanVoice) -> Iterator[str]:
    other_steps = [step for step in schedule.steps if step.step != "advance"]
    if other_steps:
        yield ""
        yield voice.words.text("plan.other_steps")
    for step, lines in voice.step_lines(other_steps):
        yield from lines
        yield from voice.reason_lines(voice.why(step), "    ")


def _free_day_lines(schedule: Schedule, voice: PlanVoice) -> Iterator[str]:
    usual_rules = {f"{schedule.stages.day_decision}.{stage_rule_id(stage.name)}" for stage in schedule.stages.stages}
    free = [day for day in schedule.days if not day.is_session and not usual_rules.issuperset(day.rules)]
    days = {day.rules: day for day in reversed(free)}
    rule_sets = rule_set_counts(day.rules for day in free)
    if rule_sets:
        yield ""
        yield voice.words.text("plan.free_days")
    for rules, times in rule_sets:
        yield from wrapped(f"{voice.day(days[rules])} ({voice.words.counted('plan.days', times)})", "  ")
        yield from voice.reason_lines(voice.why(days[rules]), "    ")
