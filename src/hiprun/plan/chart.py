"""A plan as an SVG chart: a bar for each week with its bound, the stages behind the bars, and dated milestones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby

import attrs

from hiprun.inference.reader_texts import readable
from hiprun.model.stages import Measure
from hiprun.model.value_notation import notation
from hiprun.plan.opening import opening_lines, opening_text
from hiprun.plan.phrases import PlanVoice, units_text, wrapped
from hiprun.plan.plan_data import Milestone, Schedule, Week
from hiprun.plan.svg_writer import document, element, fitted_lines, text, text_width

_IMAGE_WIDTH = 920.0
_LEFT_MARGIN, _RIGHT_MARGIN = 60.0, 20.0
_PLOT_HEIGHT = 230.0
_HEADER_HEIGHT = 66.0
_STAGE_BAND_HEIGHT = 60.0
_LANE_HEIGHT = 22.0
_ROW_HEIGHT = 20.0
_SMALL_FONT_SIZE = 11.0
_LEAST_FLAG_DISTANCE = 20.0
_MOST_TICKS = 5
_SCALE_WITHOUT_AMOUNTS = 10.0
_COLOUR_COUNT = 4

_STYLE = """
svg{--paper:#fff;--ink:#1f2933;--quiet:#5f6b7a;--line:#e3e7ec;--band:#f4f6f8;--bound:#b45309;--goal:#6d28d9;
--m0:#0f766e;--m1:#a7d8d2;--m2:#1d4ed8;--m3:#bcd0f7;--on:#fff;
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
@media (prefers-color-scheme:dark){svg{--paper:#12181f;--ink:#e6eaef;--quiet:#9aa7b5;--line:#2b3540;--band:#1a222b;
--bound:#f0a63c;--goal:#b79cff;--m0:#3cc7b7;--m1:#235e59;--m2:#7ea6ff;--m3:#2c4273;--on:#08201d}}
.paper{fill:var(--paper)}.title{fill:var(--ink);font-size:18px;font-weight:600}.text{fill:var(--ink);font-size:13px}
.small{fill:var(--quiet);font-size:11px}.value{fill:var(--on);font-size:11px;font-weight:600}
.line{stroke:var(--line);stroke-width:1}.band{fill:var(--band)}.bound{stroke:var(--bound);stroke-width:2}
.goal{fill:var(--goal)}.stem{stroke:var(--goal);stroke-width:1;stroke-dasharray:2 3}
.number{fill:var(--paper);font-size:11px;font-weight:700}
.m0{fill:var(--m0)}.m1{fill:var(--m1)}.m2{fill:var(--m2)}.m3{fill:var(--m3)}
"""


@attrs.frozen
class _Layout:
    """The geometry of the chart: the top of the bars, their baseline, the width of a week and the height of a unit."""

    top: float
    base: float
    week: float
    scale: float

    def x(self, days: float) -> float:
        """Return the horizontal position of a time, in days from the start."""
        return _LEFT_MARGIN + days / 7 * self.week

    def y(self, amount: float) -> float:
        """Return the vertical position of an amount."""
        return self.base - amount * self.scale


def svg(schedule: Schedule, voice: PlanVoice) -> str:
    """Return the chart below what has to be read first; its colours follow the light or dark scheme of the page."""
    title = schedule.stages.title or readable(schedule.stages.name)
    if not schedule.days:
        return _chart_without_days(schedule, voice, title)
    dated = [milestone for milestone in schedule.milestones if milestone.date]
    flags = list(_flag_lanes(schedule, dated))
    lanes = max((lane for _, _, lane in flags), default=-1) + 1
    top = _HEADER_HEIGHT + _STAGE_BAND_HEIGHT + lanes * _LANE_HEIGHT + 8
    largest = (
        max(_largest_value(week, _stacked_measures(schedule)) for week in schedule.weeks) or _SCALE_WITHOUT_AMOUNTS
    )
    step = _tick_distance(largest)
    highest = max(step, math.ceil(largest / step) * step)
    layout = _Layout(
        top,
        top + _PLOT_HEIGHT,
        (_IMAGE_WIDTH - _LEFT_MARGIN - _RIGHT_MARGIN) / len(schedule.weeks),
        _PLOT_HEIGHT / highest,
    )
    list_top = layout.base + 74
    height = list_top + _ROW_HEIGHT * len(schedule.milestones) + 12
    parts = [
        text(title, _LEFT_MARGIN - 40, 34, "title"),
        text(_subtitle(schedule, voice), _LEFT_MARGIN - 40, 54, "small"),
        *_stage_bands(schedule, layout),
        *_axis(schedule, layout, step, highest),
        *_flag_elements(flags, layout),
        *_bars(schedule, layout),
        *_week_labels(schedule, layout, voice),
        *_legend(schedule, layout, voice),
        *_milestone_list(schedule, list_top, voice),
    ]
    return _below_opening(schedule, voice, parts, height, title, _description(schedule, voice))


def _below_opening(
    schedule: Schedule, voice: PlanVoice, parts: list[str], height: float, title: str, description: str
) -> str:
    """Return a document with what has to be read first above the other parts, which are `height` high."""
    words, *reasons = [*opening_lines(schedule, voice)][:-1] or [""]
    left = _LEFT_MARGIN - 40
    above = [text(words, left, 34, "title")] if words else []
    above += [text(line.strip(), left, 34 + _ROW_HEIGHT * number, "text") for number, line in enumerate(reasons, 1)]
    down = _ROW_HEIGHT * len(above) + 14 if above else 0
    shifted = [element("g", *(f"\n{part}" for part in parts), transform=f"translate(0 {down:g})")] if above else parts
    return document(
        _IMAGE_WIDTH,
        height + down,
        _STYLE,
        [element("rect", class_="paper", width=_IMAGE_WIDTH, height=height + down), *above, *shifted],
        title,
        "; ".join(filter(None, (opening_text(schedule, voice), description))),
    )


def _chart_without_days(schedule: Schedule, voice: PlanVoice, title: str) -> str:
    status = voice.status(schedule.status)
    lines = [status, *(line for name in schedule.needs for line in wrapped(voice.ask(name)))]
    parts = [
        text(title, _LEFT_MARGIN - 40, 34, "title"),
        *(text(line, _LEFT_MARGIN - 40, 58 + _ROW_HEIGHT * number, "text") for number, line in enumerate(lines)),
    ]
    height = _HEADER_HEIGHT + _ROW_HEIGHT * len(lines)
    return _below_opening(schedule, voice, parts, height, title, status)


def _subtitle(schedule: Schedule, voice: PlanVoice) -> str:
    status = voice.status(schedule.status)
    return f"{voice.period(schedule)}{f': {status}' if status else ''}"


def _description(schedule: Schedule, voice: PlanVoice) -> str:
    measures = schedule.stages.measures
    totals = (
        ", ".join(f"{voice.measure(measures[name])} {notation(total)}" for name, total in week.totals.items())
        for week in schedule.weeks
    )
    return "; ".join(
        voice.words.text("plan.week_totals", number=week.number, totals=text)
        for week, text in zip(schedule.weeks, totals, strict=True)
    )


def _stacked_measures(schedule: Schedule) -> list[Measure]:
    """Return the measures that can be stacked: those with the same unit as the first."""
    measures = list(schedule.stages.measures.values())
    return [measure for measure in measures if measure.unit == measures[0].unit]


def _amounts(week: Week, measures: list[Measure]) -> list[float]:
    return [float(week.totals[measure.name]) for measure in measures]


def _first_measure_bound(week: Week, measures: list[Measure]) -> float | None:
    """Return the bound on the first measure, the only one that can be read off a stacked bar."""
    limit = week.bounds.get(measures[0].name)
    return None if limit is None or limit.at_most is None else float(str(limit.at_most))


def _largest_value(week: Week, measures: list[Measure]) -> float:
    return max(sum(_amounts(week, measures)), _first_measure_bound(week, measures) or 0)


def _tick_distance(largest: float) -> float:
    """Return a round distance between grid lines."""
    rough = largest / _MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def _flag_lanes(schedule: Schedule, dated: list[Milestone]) -> Iterator[tuple[int, float, int]]:
    """Yield the number of each milestone, its day, and a lane in which it overlaps no other."""
    week = (_IMAGE_WIDTH - _LEFT_MARGIN - _RIGHT_MARGIN) / len(schedule.weeks)
    lane_ends: list[float] = []
    numbers = {id(milestone): number for number, milestone in enumerate(schedule.milestones, 1)}
    for milestone in sorted(dated, key=lambda milestone: str(milestone.date)):
        assert milestone.date is not None  # only those with a date are shown
        day = (milestone.date - schedule.start).days + 0.5
        place = day / 7 * week
        lane = next(
            (lane for lane, last in enumerate(lane_ends) if place - last >= _LEAST_FLAG_DISTANCE), len(lane_ends)
        )
        lane_ends[lane : lane + 1] = [place]
        yield numbers[id(milestone)], day, lane


def _stage_bands(schedule: Schedule, layout: _Layout) -> Iterator[str]:
    titles = {stage.name: stage.title or readable(stage.name) for stage in schedule.stages.stages}
    first = 0
    for index, (stage, stage_weeks) in enumerate(groupby(week.stage for week in schedule.weeks)):
        weeks = len(list(stage_weeks))
        x, band_width = layout.x(first * 7), weeks * layout.week
        if index % 2 == 0:
            yield element(
                "rect", class_="band", x=x, y=_HEADER_HEIGHT, width=band_width, height=layout.base - _HEADER_HEIGHT
            )
        for number, line in enumerate(fitted_lines(titles[stage], band_width - 3, _SMALL_FONT_SIZE, 4)):
            yield text(line, x + band_width / 2, _HEADER_HEIGHT + 14 + number * 12, "small", text_anchor="middle")
        first += weeks


def _axis(schedule: Schedule, layout: _Layout, step: float, highest: float) -> Iterator[str]:
    for count in range(round(highest / step) + 1):
        y = layout.y(count * step)
        yield element("line", class_="line", x1=_LEFT_MARGIN, x2=_IMAGE_WIDTH - _RIGHT_MARGIN, y1=y, y2=y)
        yield text(f"{count * step:g}", _LEFT_MARGIN - 8, y + 4, "small", text_anchor="end")
    yield text(units_text(_stacked_measures(schedule)), _LEFT_MARGIN - 8, layout.top - 14, "small", text_anchor="end")


def _bars(schedule: Schedule, layout: _Layout) -> Iterator[str]:
    bar_width = min(46.0, layout.week * 0.62)
    measures = _stacked_measures(schedule)
    for index, week in enumerate(schedule.weeks):
        middle = layout.x((index + 0.5) * 7)
        stacked = 0.0
        for number, amount in enumerate(_amounts(week, measures)):
            height = amount * layout.scale
            y = layout.y(stacked + amount)
            if amount:
                yield element(
                    "rect",
                    class_=f"m{number % _COLOUR_COUNT}",
                    x=middle - bar_width / 2,
                    y=y,
                    width=bar_width,
                    height=height,
                    rx=2,
                )
            label = f"{amount:g}"
            if number == 0 and height >= 15 and text_width(label, _SMALL_FONT_SIZE) <= bar_width - 4:
                yield text(label, middle, y + height / 2 + 4, "value", text_anchor="middle")
            stacked += amount
        bound = _first_measure_bound(week, measures)
        if bound is not None:
            y = layout.y(bound)
            yield element(
                "line", class_="bound", x1=middle - bar_width / 2 - 4, x2=middle + bar_width / 2 + 4, y1=y, y2=y
            )


def _flag_elements(flags: list[tuple[int, float, int]], layout: _Layout) -> Iterator[str]:
    for number, day, lane in flags:
        x, y = layout.x(day), _HEADER_HEIGHT + _STAGE_BAND_HEIGHT + lane * _LANE_HEIGHT + 8
        yield element("line", class_="stem", x1=x, x2=x, y1=y + 9, y2=layout.base)
        yield element("circle", class_="goal", cx=x, cy=y, r=9)
        yield text(str(number), x, y + 4, "number", text_anchor="middle")


def _week_labels(schedule: Schedule, layout: _Layout, voice: PlanVoice) -> Iterator[str]:
    label_interval = math.ceil(52 / layout.week)
    for index, week in enumerate(schedule.weeks):
        if index % label_interval == 0:
            x = layout.x((index + 0.5) * 7)
            yield text(str(week.number), x, layout.base + 16, "text", text_anchor="middle")
            month = voice.words.text("plan.months").split()[week.start.month - 1]
            label = voice.words.text("plan.day_of_month", day=f"{week.start.day:02}", month=month)
            yield text(label, x, layout.base + 30, "small", text_anchor="middle")


def _legend(schedule: Schedule, layout: _Layout, voice: PlanVoice) -> Iterator[str]:
    x, y = _LEFT_MARGIN, layout.base + 52
    for number, measure in enumerate(_stacked_measures(schedule)):
        title = measure.title or readable(measure.name)
        label = voice.words.text("plan.a_week", measure=title, unit=measure.unit)
        yield element("rect", class_=f"m{number % _COLOUR_COUNT}", x=x, y=y - 10, width=12, height=12, rx=2)
        yield text(label, x + 18, y, "small")
        x += 18 + text_width(label, _SMALL_FONT_SIZE) + 22
    if any(_first_measure_bound(week, _stacked_measures(schedule)) is not None for week in schedule.weeks):
        label = voice.words.text("plan.measure_at_most", measure=voice.measure(_stacked_measures(schedule)[0]))
        yield element("line", class_="bound", x1=x, x2=x + 14, y1=y - 4, y2=y - 4)
        yield text(label, x + 20, y, "small")
        x += 20 + text_width(label, _SMALL_FONT_SIZE) + 22
    if schedule.milestones:
        yield element("circle", class_="goal", cx=x + 6, cy=y - 4, r=6)
        yield text(voice.words.text("plan.a_milestone"), x + 18, y, "small")


def _milestone_list(schedule: Schedule, top: float, voice: PlanVoice) -> Iterator[str]:
    for number, milestone in enumerate(schedule.milestones, 1):
        y = top + _ROW_HEIGHT * number - 4
        yield text(f"{number}", _LEFT_MARGIN - 10, y, "text", text_anchor="end")
        yield text(voice.date(milestone.date), _LEFT_MARGIN, y, "small")
        requirement = voice.milestone(milestone)
        full_text = f"{milestone.title} ({requirement})" if requirement else milestone.title
        available_width = _IMAGE_WIDTH - _LEFT_MARGIN - _RIGHT_MARGIN - 80
        entry_text = full_text if text_width(full_text, 13) <= available_width else milestone.title
        yield text(entry_text, _LEFT_MARGIN + 80, y, "text")
