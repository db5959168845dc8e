"""A plan as values: its days, weeks, steps and milestones, and the reasons for them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.inference.conclusion import Limit
from hiprun.inference.first_words import FirstWords
from hiprun.model.stages import Stages
from hiprun.model.value_conversion import Value, plain

Quantity: TypeAlias = int | Decimal
PlanStatus: TypeAlias = Literal["planned", "held", "stop", "refer", "undetermined", "conflict"]


@attrs.frozen
class Reason:
    """A rule that is responsible for something in a plan: `decision.rule`, its reason, sources and place."""

    rule: str
    because: str = ""
    sources: tuple[str, ...] = ()
    place: str = attrs.field(default="", eq=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the reason as plain data for JSON."""
        return {"rule": self.rule, "because": self.because, "source": list(self.sources), "place": self.place}


@attrs.frozen
class Day:
    """One day of a plan: its activity and, if that is a session of its stage, the amount of each measure.

    `milestone` is what the sessions lead to next. `rules` are the rules responsible for the day, `facts` the facts
    that the plan assumes to be known on it.
    """

    date: datetime.date
    week: int
    stage: str
    activity: str
    amounts: Mapping[str, Quantity] = attrs.field(factory=dict, hash=False)
    milestone: str = ""
    rules: tuple[str, ...] = ()
    facts: Mapping[str, Any] = attrs.field(factory=dict, eq=False, repr=False)

    @property
    def is_session(self) -> bool:
        """Whether the day has a session."""
        return bool(self.amounts)

    def to_dict(self) -> dict[str, Any]:
        """Return the day as plain data for JSON."""
        return {
            "date": self.date.isoformat(),
            "week": self.week,
            "stage": self.stage,
            "activity": self.activity,
            "amounts": plain(self.amounts),
            "milestone": self.milestone,
            "rules": list(self.rules),
        }


@attrs.frozen
class StageStep:
    """A step between stages: on which day, from which stage to which, and by which rules of the protocol."""

    date: datetime.date
    stage: str
    step: str
    to: str
    rules: tuple[str, ...] = ()
    facts: Mapping[str, Any] = attrs.field(factory=dict, eq=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the step as plain data for JSON."""
        return {
            "date": self.date.isoformat(),
            "stage": self.stage,
            "step": self.step,
            "to": self.to,
            "rules": list(self.rules),
        }


@attrs.frozen
class Week:
    """Seven days: the stage they end in, the total of each measure, and the bounds that they respect.

    `bounds` maps measures, or several joined by `+`, to the limit on the week's amount. `facts` are those on which
    limits on a session depend, one mapping for each different session.
    """

    number: int
    start: datetime.date
    stage: str
    totals: Mapping[str, Quantity] = attrs.field(hash=False)
    bounds: Mapping[str, Limit] = attrs.field(factory=dict, hash=False)
    facts: tuple[Mapping[str, Any], ...] = attrs.field(default=(), eq=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the week as plain data for JSON."""
        return {
            "week": self.number,
            "start": self.start.isoformat(),
            "stage": self.stage,
            "totals": plain(self.totals),
            "bounds": {name: limit.to_dict() for name, limit in self.bounds.items()},
        }


@attrs.frozen
class Milestone:
    """Something to reach, what it requires, and the date of the session that reaches it; None: not in this plan."""

    stage: str
    title: str
    date: datetime.date | None
    amounts: Mapping[str, Quantity] = attrs.field(factory=dict, hash=False)
    sessions: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the milestone as plain data for JSON."""
        return {
            "stage": self.stage,
            "title": self.title,
            "date": self.date.isoformat() if self.date else None,
            "amounts": plain(self.amounts),
            "sessions": self.sessions,
        }


@attrs.frozen
class Supposed:
    """A fact that a plan assumes from a day on so that it can continue; whether it is true has to be checked then."""

    date: datetime.date
    fact: str
    value: Value

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return {"date": self.date.isoformat(), "fact": self.fact, "value": plain(self.value)}


@attrs.frozen
class Schedule:
    """A plan as data, without the means to give reasons or to replan.

    `status` is `planned`, `held` (there is no reason to stop, but no session can be planned), `stop` or `refer`. There
    are no days if it is `undetermined`, in which case `needs` has the missing facts, or `conflict`, in which case rules
    contradict each other. `reported` is the day of the latest report that the plan follows from, `first` what has to be
    read before everything else as of that day.
    """

    stages: Stages
    status: PlanStatus
    start: datetime.date
    days: tuple[Day, ...] = ()
    weeks: tuple[Week, ...] = ()
    steps: tuple[StageStep, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    supposed: tuple[Supposed, ...] = ()
    needs: tuple[str, ...] = ()
    reported: datetime.date | None = None
    first: FirstWords | None = None

    @property
    def sessions(self) -> tuple[Day, ...]:
        """The days with a session."""
        return tuple(day for day in self.days if day.is_session)

    @property
    def end(self) -> datetime.date:
        """The last day."""
        return self.days[-1].date if self.days else self.start


@attrs.frozen
class DayChange:
    """A day that differs between two plans, and the rules responsible."""

    before: Day
    after: Day
    rules: tuple[str, ...]

    @property
    def date(self) -> datetime.date:
        """The day."""
        return self.after.date

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain data for JSON."""
        return {"before": self.before.to_dict(), "after": self.after.to_dict(), "rules": list(self.rules)}
