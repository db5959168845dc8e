"""A plan as a picture: a bar for each week, the bounds it keeps, the stages behind, and the milestones by date."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby

import attrs

from hiprun.model.stages import Measure
from hiprun.model.value_notation import notation
from hiprun.plan.phrases import STATUS, day_of, goal, period, spoken, units, wrapped
from hiprun.plan.plan_data import Milestone, Schedule, Week
from hiprun.plan.svg_writer import document, element, fitted, text, width

WIDE = 920.0
LEFT, RIGHT = 60.0, 20.0
PLOT = 230.0
_HEAD = 66.0
_STAGES = 60.0
_LANE = 22.0
_ROW = 20.0
_SMALL = 11.0
_CLOSE = 20.0
_MOST_TICKS = 5
_NOTHING = 10.0
_COLOURS = 4

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
class Frame:
    """Where things stand: the top of the bars, the baseline, how wide a week is, and how high a unit."""

    top: float
    base: float
    week: float
    scale: float

    def x(self, days: float) -> float:
        """Return where a moment stands, counted in days from the start."""
        return LEFT + days / 7 * self.week

    def y(self, amount: float) -> float:
        """Return how high up an amount is."""
        return self.base - amount * self.scale


def svg(schedule: Schedule) -> str:
    """Return the picture; it follows the light or dark of the page it stands on."""
    title = schedule.stages.title or spoken(schedule.stages.name)
    if not schedule.days:
        return _without_days(schedule, title)
    shown = [milestone for milestone in schedule.milestones if milestone.date]
    placed = list(_lanes(schedule, shown))
    lanes = max((lane for _, _, lane in placed), default=-1) + 1
    top = _HEAD + _STAGES + lanes * _LANE + 8
    most = max(_tallest(week, _stacked(schedule)) for week in schedule.weeks) or _NOTHING
    step = _tick(most)
    highest = max(step, math.ceil(most / step) * step)
    frame = Frame(top, top + PLOT, (WIDE - LEFT - RIGHT) / len(schedule.weeks), PLOT / highest)
    below = frame.base + 74
    high = below + _ROW * len(schedule.milestones) + 12
    parts = [
        element("rect", class_="paper", width=WIDE, height=high),
        text(title, LEFT - 40, 34, "title"),
        text(_subtitle(schedule), LEFT - 40, 54, "small"),
        *_stages(schedule, frame),
        *_axis(schedule, frame, step, highest),
        *_flags(placed, frame),
        *_bars(schedule, frame),
        *_weeks(schedule, frame),
        *_legend(schedule, frame),
        *_list(schedule, below),
    ]
    return document(WIDE, high, _STYLE, parts, title, _description(schedule))


def _without_days(schedule: Schedule, title: str) -> str:
    lines = [STATUS[schedule.status]]
    if schedule.needs:
        lines += wrapped(f"still needed: {', '.join(schedule.needs)}")
    parts = [
        element("rect", class_="paper", width=WIDE, height=_HEAD + _ROW * len(lines)),
        text(title, LEFT - 40, 34, "title"),
        *(text(line, LEFT - 40, 58 + _ROW * number, "text") for number, line in enumerate(lines)),
    ]
    return document(WIDE, _HEAD + _ROW * len(lines), _STYLE, parts, title, STATUS[schedule.status])


def _subtitle(schedule: Schedule) -> str:
    said = STATUS[schedule.status]
    return f"{period(schedule)}{f': {said}' if said else ''}"


def _description(schedule: Schedule) -> str:
    return "; ".join(
        f"week {week.number}: " + ", ".join(f"{spoken(name)} {notation(total)}" for name, total in week.totals.items())
        for week in schedule.weeks
    )


def _stacked(schedule: Schedule) -> list[Measure]:
    """Return the measures that can stand on one another: those counted as the first one is."""
    measures = list(schedule.stages.measures.values())
    return [measure for measure in measures if measure.unit == measures[0].unit]


def _amounts(week: Week, measures: list[Measure]) -> list[float]:
    return [float(week.totals[measure.name]) for measure in measures]


def _bound(week: Week, measures: list[Measure]) -> float | None:
    """Return the bound on the lowest part of the bar, which is the only one that can be read off there."""
    limit = week.bounds.get(measures[0].name)
    return None if limit is None or limit.at_most is None else float(str(limit.at_most))


def _tallest(week: Week, measures: list[Measure]) -> float:
    return max(sum(_amounts(week, measures)), _bound(week, measures) or 0)


def _tick(most: float) -> float:
    """Return a round distance for the lines behind the bars."""
    rough = most / _MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def _lanes(schedule: Schedule, shown: list[Milestone]) -> Iterator[tuple[int, float, int]]:
    """Yield the number of each milestone, its day, and a lane in which it covers no other."""
    week = (WIDE - LEFT - RIGHT) / len(schedule.weeks)
    taken: list[float] = []
    numbers = {id(milestone): number for number, milestone in enumerate(schedule.milestones, 1)}
    for milestone in sorted(shown, key=lambda milestone: str(milestone.date)):
        assert milestone.date is not None  # only those with a date are shown
        day = (milestone.date - schedule.start).days + 0.5
        place = day / 7 * week
        lane = next((lane for lane, last in enumerate(taken) if place - last >= _CLOSE), len(taken))
        taken[lane : lane + 1] = [place]
        yield numbers[id(milestone)], day, lane


def _stages(schedule: Schedule, frame: Frame) -> Iterator[str]:
    titles = {stage.name: stage.title or spoken(stage.name) for stage in schedule.stages.stages}
    first = 0
    for index, (stage, several) in enumerate(groupby(week.stage for week in schedule.weeks)):
        weeks = len(list(several))
        x, room = frame.x(first * 7), weeks * frame.week
        if index % 2 == 0:
            yield element("rect", class_="band", x=x, y=_HEAD, width=room, height=frame.base - _HEAD)
        for number, line in enumerate(fitted(titles[stage], room - 3, _SMALL, 4)):
            yield text(line, x + room / 2, _HEAD + 14 + number * 12, "small", text_anchor="middle")
        first += weeks


def _axis(schedule: Schedule, frame: Frame, step: float, highest: float) -> Iterator[str]:
    for count in range(round(highest / step) + 1):
        y = frame.y(count * step)
        yield element("line", class_="line", x1=LEFT, x2=WIDE - RIGHT, y1=y, y2=y)
        yield text(f"{count * step:g}", LEFT - 8, y + 4, "small", text_anchor="end")
    yield text(units(_stacked(schedule)), LEFT - 8, frame.top - 14, "small", text_anchor="end")


def _bars(schedule: Schedule, frame: Frame) -> Iterator[str]:
    broad = min(46.0, frame.week * 0.62)
    measures = _stacked(schedule)
    for index, week in enumerate(schedule.weeks):
        middle = frame.x((index + 0.5) * 7)
        done = 0.0
        for number, amount in enumerate(_amounts(week, measures)):
            high = amount * frame.scale
            y = frame.y(done + amount)
            if amount:
                yield element(
                    "rect", class_=f"m{number % _COLOURS}", x=middle - broad / 2, y=y, width=broad, height=high, rx=2
                )
            label = f"{amount:g}"
            if number == 0 and high >= 15 and width(label, _SMALL) <= broad - 4:
                yield text(label, middle, y + high / 2 + 4, "value", text_anchor="middle")
            done += amount
        bound = _bound(week, measures)
        if bound is not None:
            y = frame.y(bound)
            yield element("line", class_="bound", x1=middle - broad / 2 - 4, x2=middle + broad / 2 + 4, y1=y, y2=y)


def _flags(placed: list[tuple[int, float, int]], frame: Frame) -> Iterator[str]:
    for number, day, lane in placed:
        x, y = frame.x(day), _HEAD + _STAGES + lane * _LANE + 8
        yield element("line", class_="stem", x1=x, x2=x, y1=y + 9, y2=frame.base)
        yield element("circle", class_="goal", cx=x, cy=y, r=9)
        yield text(str(number), x, y + 4, "number", text_anchor="middle")


def _weeks(schedule: Schedule, frame: Frame) -> Iterator[str]:
    every = math.ceil(52 / frame.week)
    for index, week in enumerate(schedule.weeks):
        if index % every == 0:
            x = frame.x((index + 0.5) * 7)
            yield text(str(week.number), x, frame.base + 16, "text", text_anchor="middle")
            yield text(f"{week.start:%d %b}", x, frame.base + 30, "small", text_anchor="middle")


def _legend(schedule: Schedule, frame: Frame) -> Iterator[str]:
    x, y = LEFT, frame.base + 52
    for number, measure in enumerate(_stacked(schedule)):
        words = f"{measure.title or spoken(measure.name)}, {measure.unit} a week"
        yield element("rect", class_=f"m{number % _COLOURS}", x=x, y=y - 10, width=12, height=12, rx=2)
        yield text(words, x + 18, y, "small")
        x += 18 + width(words, _SMALL) + 22
    if any(_bound(week, _stacked(schedule)) is not None for week in schedule.weeks):
        words = f"{spoken(_stacked(schedule)[0].name)} at most"
        yield element("line", class_="bound", x1=x, x2=x + 14, y1=y - 4, y2=y - 4)
        yield text(words, x + 20, y, "small")
        x += 20 + width(words, _SMALL) + 22
    if schedule.milestones:
        yield element("circle", class_="goal", cx=x + 6, cy=y - 4, r=6)
        yield text("milestone", x + 18, y, "small")


def _list(schedule: Schedule, top: float) -> Iterator[str]:
    for number, milestone in enumerate(schedule.milestones, 1):
        y = top + _ROW * number - 4
        yield text(f"{number}", LEFT - 10, y, "text", text_anchor="end")
        yield text(day_of(milestone.date), LEFT, y, "small")
        takes = goal(schedule.stages, milestone)
        words = f"{milestone.title} ({takes})" if takes else milestone.title
        room = WIDE - LEFT - RIGHT - 80
        shown = words if width(words, 13) <= room else milestone.title
        yield text(shown, LEFT + 80, y, "text")
