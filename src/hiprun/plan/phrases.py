"""Amounts, dates and states of a plan in words."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from hiprun.model.stages import Measure, Stages
from hiprun.model.value_notation import notation
from hiprun.plan.plan_data import Milestone, Quantity, Reason, Schedule, StageStep, Supposed

STATUS = {
    "planned": "",
    "held": "no session can be planned as things stand",
    "stop": "stop: no session as long as things stand as they do",
    "refer": "stop, and ask for help before any session",
    "undetermined": "not decided yet: facts are missing without which nobody can plan",
    "conflict": "no plan can be made: rules contradict each other",
}


WIDTH = 80


def wrapped(text: str, indent: str = "") -> list[str]:
    """Return an entry as lines at most 80 columns wide, the later ones set in further."""
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}    ", break_on_hyphens=False)


def standing(schedule: Schedule) -> Iterator[str]:
    """Yield how it stands with a plan as lines: why nothing is planned, and what is still to be asked."""
    if schedule.status != "planned":
        yield from wrapped(STATUS[schedule.status], "  ")
    if schedule.needs:
        yield from wrapped(f"still needed: {', '.join(schedule.needs)}", "  ")


def taken(step: StageStep) -> str:
    """Return a step in words: `go back at week_2 to week_1`."""
    to = f" to {step.to}" if step.to != step.stage else ""
    return f"{spoken(step.step)} at {step.stage}{to}"


def in_words(steps: Iterable[StageStep]) -> Iterator[tuple[StageStep, list[str]]]:
    """Yield steps as lines; one that is taken week after week stands there once."""
    for _, several in groupby(steps, key=lambda step: (step.step, step.stage, step.to, step.rules)):
        step, *again = several
        until = f", and so on to {again[-1].date}" if again else ""
        yield step, wrapped(f"{step.date}  {taken(step)}{until}", "  ")


def asked(reason: Reason, indent: str = "") -> list[str]:
    """Return a rule that had a say as lines: its name, where it stands, and why it is so."""
    return wrapped(f"{reason.rule} ({reason.place}){': ' if reason.because else ''}{reason.because}", indent)


def supposed(entries: Sequence[Supposed]) -> Iterator[str]:
    """Yield what a plan takes for granted as lines."""
    if entries:
        yield ""
        yield "Supposed, and to be seen before going on:"
    for entry in entries:
        yield from wrapped(f"{entry.date}  {entry.fact}: {notation(entry.value)}", "  ")


def period(schedule: Schedule) -> str:
    """Return from when to when a plan goes."""
    return f"{schedule.start} to {schedule.end}"


def said(stages: Stages, amounts: Mapping[str, Quantity]) -> str:
    """Return amounts in words: `running 2 min, walking 15 min`."""
    return ", ".join(
        f"{spoken(name)} {notation(amount)} {stages.measures[name].unit}" for name, amount in amounts.items()
    )


def spoken(name: str) -> str:
    """Return a name as words.

    >>> spoken("low_light")
    'low light'
    """
    return name.replace("_", " ")


def goal(stages: Stages, milestone: Milestone) -> str:
    """Return what a milestone takes, in words."""
    amounts = said(stages, milestone.amounts)
    if not milestone.sessions:
        return amounts
    sessions = f"{milestone.sessions} session{'' if milestone.sessions == 1 else 's'}"
    return f"{sessions}: {amounts}"


def day_of(date: datetime.date | None) -> str:
    """Return a date, or that there is none in the plan."""
    return date.isoformat() if date else "later"


def units(measures: Iterable[Measure]) -> str:
    """Return the units of measures, each once."""
    return ", ".join(dict.fromkeys(measure.unit for measure in measures))
