"""Amounts, dates and states of a plan in words."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from hiprun.model.amounts import named_amount_text
from hiprun.model.stages import Measure, Stages
from hiprun.model.value_notation import notation
from hiprun.plan.plan_data import Milestone, Quantity, Reason, Schedule, StageStep, Supposed

STATUS = {
    "planned": "",
    "held": "no session can be planned as things stand",
    "stop": "stop: no session as long as things stay as they are",
    "refer": "stop, and ask for help before any session",
    "undetermined": "not decided yet: facts that the plan needs are missing",
    "conflict": "no plan can be made: rules contradict each other",
}


WIDTH = 80


def wrapped(text: str, indent: str = "") -> list[str]:
    """Return an entry as lines at most 80 columns wide, the later ones indented further."""
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}    ", break_on_hyphens=False)


def status_lines(schedule: Schedule) -> Iterator[str]:
    """Yield the status of a plan as lines: why nothing is planned, and what still has to be known."""
    if schedule.status != "planned":
        yield from wrapped(STATUS[schedule.status], "  ")
    if schedule.needs:
        yield from wrapped(f"still needed: {', '.join(schedule.needs)}", "  ")


def step_text(step: StageStep) -> str:
    """Return a step in words: `go back at week_2 to week_1`."""
    target = f" to {step.to}" if step.to != step.stage else ""
    return f"{readable_name(step.step)} at {step.stage}{target}"


def step_lines(steps: Iterable[StageStep]) -> Iterator[tuple[StageStep, list[str]]]:
    """Yield each step with its lines; a step that is repeated week after week appears once."""
    for _, repeated in groupby(steps, key=lambda step: (step.step, step.stage, step.to, step.rules)):
        step, *later_steps = repeated
        repetition = f", and so on to {later_steps[-1].date}" if later_steps else ""
        yield step, wrapped(f"{step.date}  {step_text(step)}{repetition}", "  ")


def reason_lines(reason: Reason, indent: str = "") -> list[str]:
    """Return a reason as lines: the name of the rule, its place, and why it applies."""
    return wrapped(f"{reason.rule} ({reason.place}){': ' if reason.because else ''}{reason.because}", indent)


def assumption_lines(entries: Sequence[Supposed]) -> Iterator[str]:
    """Yield the assumptions of a plan as lines."""
    if entries:
        yield ""
        yield "Assumed; to be confirmed before going on:"
    for entry in entries:
        yield from wrapped(f"{entry.date}  {entry.fact}: {notation(entry.value)}", "  ")


def period_text(schedule: Schedule) -> str:
    """Return the first and the last day of a plan."""
    return f"{schedule.start} to {schedule.end}"


def amounts_text(stages: Stages, amounts: Mapping[str, Quantity]) -> str:
    """Return amounts in words: `running 2 min, walking 15 min`."""
    return ", ".join(
        named_amount_text(readable_name(name), amount, stages.measures[name].domain) for name, amount in amounts.items()
    )


def readable_name(name: str) -> str:
    """Return a name as readable words.

    >>> readable_name("low_light")
    'low light'
    """
    return name.replace("_", " ")


def milestone_text(stages: Stages, milestone: Milestone) -> str:
    """Return what a milestone requires, in words."""
    amounts = amounts_text(stages, milestone.amounts)
    if not milestone.sessions:
        return amounts
    sessions = f"{milestone.sessions} session{'' if milestone.sessions == 1 else 's'}"
    return f"{sessions}: {amounts}"


def date_text(date: datetime.date | None) -> str:
    """Return a date, or `later` if it is not in the plan."""
    return date.isoformat() if date else "later"


def units_text(measures: Iterable[Measure]) -> str:
    """Return the units of measures, each once."""
    return ", ".join(dict.fromkeys(measure.unit for measure in measures))
