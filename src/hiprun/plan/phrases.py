"""Amounts, dates and states of a plan in words: for the person or, with the names of rules, for a professional."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import attrs

from hiprun.catalogue import Catalogue, catalogue
from hiprun.catalogue.catalogue import ENGLISH
from hiprun.inference.reader_texts import ReaderTexts, readable
from hiprun.inference.speech import Speech
from hiprun.model import Model
from hiprun.model.amounts import named_amount_text
from hiprun.model.stages import Measure, Stages
from hiprun.model.value_notation import notation
from hiprun.plan.plan_data import Day, Milestone, PlanStatus, Quantity, Reason, Schedule, StageStep, Supposed

WIDTH = 80

Explain = Callable[[Day | StageStep], tuple[Reason, ...]]


@attrs.frozen
class PlanVoice:
    """How a plan by one protocol is put into words; `why` gives the reasons for a day or a step."""

    model: Model
    stages: Stages
    why: Explain = attrs.field(eq=False)
    professional: bool = False

    @property
    def words(self) -> Catalogue:
        """hiprun's own words, in the language of the texts of the pack."""
        return catalogue(self.model.text_language)

    # states

    def status(self, status: PlanStatus) -> str:
        """Return the status of a plan as part of a sentence; empty if sessions are planned."""
        return "" if status == "planned" else self.words.text(f"plan.status.{status}")

    def status_sentence(self, status: PlanStatus) -> str:
        """Return the status of a plan as a sentence; empty if sessions are planned."""
        text = self.status(status)
        return f"{text[:1].upper()}{text[1:]}." if text else ""

    def status_lines(self, schedule: Schedule) -> Iterator[str]:
        """Yield the status of a plan as lines: why nothing is planned, and what still has to be answered."""
        if schedule.status != "planned":
            yield from wrapped(self.status(schedule.status), "  ")
        if not schedule.needs:
            return
        if self.professional:
            yield from wrapped(f"still needed: {', '.join(schedule.needs)}", "  ")
        else:
            yield f"  {self.words.text('plan.needed')}"
        for name in schedule.needs:
            lead = f"{name}: " if self.professional else ""
            yield from wrapped(f"{lead}{self.ask(name)}", "    ")

    def heading(self) -> str:
        """Return the title of the protocol; for a professional with its name."""
        title = self.stages.title or readable(self.stages.name)
        return f"{self.stages.name}: {self.stages.title}" if self.professional else title

    def ask(self, fact: str) -> str:
        """Return the question for a fact."""
        return ReaderTexts(self.model).fill(self.model.facts[fact].ask)

    # steps and reasons

    def stage(self, name: str) -> str:
        """Return the title of a stage."""
        return self.stages.stages[self.stages.index(name)].title or readable(name)

    def step(self, step: StageStep) -> str:
        """Return a step in words: what to do and, if that leads to another stage, to which."""
        if self.professional:
            target = f" to {step.to}" if step.to != step.stage else ""
            return f"{readable(step.step)} at {step.stage}{target}"
        text = self.model.decisions[self.stages.name].output("step").domain.choices[step.step]
        if step.step in ("repeat", "stop", "refer"):
            return text
        return self.words.text("plan.step_to", step=text, stage=self.stage(step.to))

    def step_lines(self, steps: Iterable[StageStep]) -> Iterator[tuple[StageStep, list[str]]]:
        """Yield each step with its lines; a step that is repeated week after week appears once."""
        for _, repeated in groupby(steps, key=lambda step: (step.step, step.stage, step.to, step.rules)):
            step, *later_steps = repeated
            text = self.step(step)
            if later_steps:
                text = self.words.text("plan.repeated", text=text, date=later_steps[-1].date)
            yield step, wrapped(f"{step.date}  {text}", "  ")

    def reason_lines(self, reasons: Iterable[Reason], indent: str = "") -> Iterator[str]:
        """Yield reasons as lines: why a rule applies; for a professional also which rule it is and where."""
        if self.professional:
            for reason in reasons:
                colon = ": " if reason.because else ""
                yield from wrapped(f"{reason.rule} ({reason.place}){colon}{reason.because}", indent)
            return
        for because in dict.fromkeys(reason.because for reason in reasons if reason.because):
            yield from wrapped(because, indent)

    def assumption_lines(self, entries: Sequence[Supposed]) -> Iterator[str]:
        """Yield the assumptions of a plan as lines."""
        if entries:
            yield ""
            yield self.words.text("plan.assumed")
        for entry in entries:
            yield from wrapped(f"{entry.date}  {self.assumption(entry)}", "  ")

    def assumption(self, entry: Supposed) -> str:
        """Return what a plan assumes."""
        if self.professional:
            return f"{entry.fact}: {notation(entry.value)}"
        return Speech(ReaderTexts(self.model)).fact(entry.fact, entry.value)

    # days and amounts

    def period(self, schedule: Schedule) -> str:
        """Return the first and the last day of a plan."""
        return self.words.text("plan.period", start=schedule.start, end=schedule.end)

    def amounts(self, amounts: Mapping[str, Quantity]) -> str:
        """Return amounts in words: `running 2 min, walking 15 min`."""
        measures = self.stages.measures
        return ", ".join(
            named_amount_text(self.measure(measures[name]), amount, measures[name].domain, self.words)
            for name, amount in amounts.items()
        )

    def measure(self, measure: Measure) -> str:
        """Return what a measure is called within a sentence: its name or, in another language, its title."""
        return measure.title if measure.title and self.words.language != ENGLISH else readable(measure.name)

    def day(self, day: Day) -> str:
        """Return what a day holds."""
        return self.amounts(day.amounts) if day.is_session else self.stages.activities[day.activity]

    def milestone(self, milestone: Milestone) -> str:
        """Return what a milestone requires, in words."""
        amounts = self.amounts(milestone.amounts)
        if not milestone.sessions:
            return amounts
        sessions = self.words.counted("plan.sessions", milestone.sessions)
        return self.words.text("advice.value", title=sessions, value=amounts)

    def date(self, date: datetime.date | None) -> str:
        """Return a date, or `later` if it is not in the plan."""
        return date.isoformat() if date else self.words.text("plan.later")


def wrapped(text: str, indent: str = "") -> list[str]:
    """Return an entry as lines at most 80 columns wide, the later ones indented further."""
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}    ", break_on_hyphens=False)


def units_text(measures: Iterable[Measure]) -> str:
    """Return the units of measures, each once."""
    return ", ".join(dict.fromkeys(measure.unit for measure in measures))
