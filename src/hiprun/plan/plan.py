"""A plan that can give reasons, be replanned, and be exported in several formats."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

import attrs

from hiprun.diary import timestamps
from hiprun.errors import FactError, Problem, UndecidedError, UnknownNameError, did_you_mean
from hiprun.inference.facts import shown
from hiprun.model.markup import preformatted
from hiprun.model.value_conversion import plain
from hiprun.plan import calendar_export, chart, csv_export, text_table
from hiprun.plan.calendar_entries import CalendarHistory, calendar_entries, cancelled_entries
from hiprun.plan.opening import Opening, opening
from hiprun.plan.phrases import PlanVoice
from hiprun.plan.plan_changes import day_changes
from hiprun.plan.plan_data import Day, DayChange, Reason, Schedule, StageStep
from hiprun.plan.planner import Planner, ReportedFacts
from hiprun.plan.projection import WEEK
from hiprun.plan.reasons import reasons

MOST_WEEKS = 520

_STEP = 10
"""The numbers of plans in calendars count steps of so many seconds, since an integer of a calendar has 32 bits."""


@attrs.frozen
class Plan(Schedule):
    """A dated plan, made by `Pack.plan`. It never changes; `replan` returns a new one.

    `reports` are the facts that were reported, by day; the first are those at the start.
    """

    reports: tuple[ReportedFacts, ...] = attrs.field(default=(), kw_only=True)
    _planner: Planner = attrs.field(kw_only=True, eq=False, repr=False)
    _length: int = attrs.field(kw_only=True, repr=False)
    _stage: int | None = attrs.field(kw_only=True, repr=False)
    _history: CalendarHistory = attrs.field(kw_only=True, eq=False, repr=False)

    @property
    def title(self) -> str:
        """What the plan is for."""
        return self.stages.title

    @property
    def opening(self) -> Opening:
        """What has to be read first in it: what to do or, if it stops, why."""
        return opening(self, self.why)

    def why(self, what: Day | StageStep | DayChange) -> tuple[Reason, ...]:
        """Return the rules responsible for a day, a step or a change, and the rules that those depend on."""
        day = what.after if isinstance(what, DayChange) else what
        facts = day.facts
        if isinstance(what, DayChange):
            steps_so_far = [step for step in self.steps if step.rules == what.rules and step.date <= what.date]
            facts = steps_so_far[-1].facts if steps_so_far else facts
        return reasons(self._planner.model, self._planner.week_planner.decide, what.rules, facts)

    def replan(self, from_date: datetime.date | str, facts: Mapping[str, Any]) -> tuple[Plan, tuple[DayChange, ...]]:
        """Return the plan that results from reporting `facts` on a day, and each day that changes, with the rules.

        Only new facts have to be reported; a fact that is None becomes unknown. Earlier days stay as they are.
        """
        since = plan_day(from_date)
        day = (since - self.start).days
        if not 0 <= day < self._length * WEEK:
            last = self.start + datetime.timedelta(days=self._length * WEEK - 1)
            message = f"{since} is not a day of this plan, which runs from {self.start} to {last}."
            raise FactError([Problem("not-in-plan", message, help="Choose a day of the plan.")])
        self._planner.check(facts)
        earlier = {report.day: report.facts for report in self.reports}
        merged = {**earlier, day: self._planner.consistent(facts, earlier.get(day, {}))}
        reports = tuple(ReportedFacts(number, merged[number]) for number in sorted(merged))
        history = self._history.after(calendar_entries(self, self.voice()))
        replanned = _new_plan(self._planner, reports, self.start, self._length, self._stage, history)
        return replanned, replanned.changes_from(self)

    def changes_from(self, before: Schedule) -> tuple[DayChange, ...]:
        """Return each day that differs from another plan, from the day of the latest report on."""
        since = self.start + datetime.timedelta(days=self.reports[-1].day)
        return tuple(day_changes(before, self, since))

    def __repr__(self) -> str:
        return f"<Plan {self.stages.name}: {self.status}, {self.start} to {self.end}, {len(self.sessions)} sessions>"

    def __str__(self) -> str:
        return self.table()

    def _repr_html_(self) -> str:
        return f"{self.to_svg() if self.days else ''}\n{preformatted(self.table())}"

    def table(self, *, professional: bool = False) -> str:
        """Return the plan as text at most 80 columns wide, for a professional with the names of rules and places."""
        return text_table.plan_table(self, self.voice(professional=professional))

    def voice(self, *, professional: bool = False) -> PlanVoice:
        """Return how this plan is put into words."""
        return PlanVoice(self._planner.model, self.stages, self.why, professional)

    def to_csv(self) -> str:
        """Return a line for each day, for a spreadsheet."""
        return csv_export.csv_text(self, self.voice())

    def to_svg(self) -> str:
        """Return an SVG chart of the weeks, their bounds and the milestones, in the colour scheme of its page."""
        return chart.svg(self, self.voice())

    def to_calendar(
        self,
        *,
        person: str | None = None,
        organizer: str | None = None,
        planned_at: datetime.datetime | None = None,
    ) -> bytes:
        """Return sessions, milestones and why the plan stops as an iCalendar file. Needs the extra `calendar`.

        Entries of earlier plans that `replan` dropped are in it as cancelled, with the reason. `person` identifies the
        person the plan is for: a calendar replaces entries of the same person and leaves those of others alone.
        Without it, plans are told apart by what they began with. `organizer` is the e-mail address of the publisher.
        `planned_at` is when the plan was made, in UTC if it has no offset; the later of two plans wins. Without it,
        this is the beginning of the day from which it was replanned, and of a chain of `replan` the last plan wins.
        Raises `UndecidedError` if no plan can be made.
        """
        if not self.days:
            message = f"There is no plan to put in a calendar: {self.voice().status(self.status)}."
            help_ = f"Still needed: {', '.join(self.needs)}." if self.needs else ""
            raise UndecidedError([Problem("no-plan", message, help=help_)])
        stages, history, voice = self.stages, self._history, self.voice()
        owner = history.owner if person is None else json.dumps([self._planner.model.name, stages.name, person])
        planned = self.start + datetime.timedelta(days=self.reports[-1].day)
        moment = planned_at or datetime.datetime.combine(planned, datetime.time())
        moment = moment.astimezone(datetime.UTC) if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        sequence = int(moment.timestamp()) // _STEP + history.revision
        head = calendar_export.Calendar(stages.title or stages.name, owner, sequence, moment, organizer)
        return calendar_export.icalendar(
            head, [*calendar_entries(self, voice), *cancelled_entries(self, voice, history)]
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain data for JSON."""
        return {
            "stages": self.stages.name,
            "title": self.title,
            "status": self.status,
            "first": None if self.first is None else self.first.to_dict(),
            "because": list(self.opening.reasons),
            "start": self.start.isoformat(),
            "needs": list(self.needs),
            "how": {stage.name: stage.how for stage in self.stages.stages if stage.how},
            "days": [day.to_dict() for day in self.days],
            "weeks": [week.to_dict() for week in self.weeks],
            "steps": [step.to_dict() for step in self.steps],
            "milestones": [milestone.to_dict() for milestone in self.milestones],
            "supposed": [entry.to_dict() for entry in self.supposed],
        }


def make_plan(
    planner: Planner, facts: Mapping[str, Any], start: datetime.date | str, weeks: int, stage: str | None
) -> Plan:
    """Return the plan that starts from `facts`, which are checked, and at `stage` if one is named."""
    start_day = plan_day(start)
    if type(weeks) is not int or not 1 <= weeks <= MOST_WEEKS:
        message = f"A plan cannot have {shown(weeks)} weeks."
        raise FactError([Problem("not-in-plan", message, help=f"Plan for 1 to {MOST_WEEKS} weeks.")])
    names = [entry.name for entry in planner.stages.stages]
    if stage is not None and stage not in names:
        message = f"`{planner.stages.name}` has no stage called {shown(stage)}."
        raise UnknownNameError([Problem("unknown-stage", message, help=did_you_mean(str(stage), names))])
    planner.check(facts)
    index = None if stage is None else names.index(stage)
    origin = [planner.model.name, planner.stages.name, start_day.isoformat(), index, plain(facts)]
    history = CalendarHistory(json.dumps(origin, sort_keys=True, default=str))
    return _new_plan(planner, (ReportedFacts(0, dict(facts)),), start_day, weeks, index, history)


def plan_day(value: Any) -> datetime.date:
    """Return a day of a plan, given as a date or as text; raises `FactError`."""
    try:
        day = timestamps.read(value)
    except timestamps.NoMomentError:
        day = None  # reported below, in terms of plans
    if day is None or isinstance(day, datetime.datetime):
        message = f"{shown(value)} is not a day that a plan can contain."
        raise FactError([Problem("bad-when", message, help=timestamps.DAY_HELP)])
    return day


def _new_plan(
    planner: Planner,
    reports: tuple[ReportedFacts, ...],
    start: datetime.date,
    weeks: int,
    stage: int | None,
    history: CalendarHistory,
) -> Plan:
    schedule = planner.schedule(reports, start, weeks, stage)
    fields = {field.name: getattr(schedule, field.name) for field in attrs.fields(Schedule)}
    return Plan(**fields, reports=reports, planner=planner, length=weeks, stage=stage, history=history)
