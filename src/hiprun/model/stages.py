"""A protocol apart from its rules, as frozen values: its stages in order, and how facts change over time.

What has to be decided (the next step, what a day may hold, what a session consists of) is in decisions of the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, TypeAlias

import attrs

from hiprun.model.digest_marks import LATER
from hiprun.model.expressions import Domain
from hiprun.model.places import NOWHERE, Place
from hiprun.model.value_conversion import MOST_DIGITS
from hiprun.model.value_objects import ValueObject

Amount: TypeAlias = int | Fraction | str
"""A number, or the name of a parameter."""
Constant: TypeAlias = bool | int | Fraction | str | frozenset[str]
ProjectionKind: TypeAlias = Literal[
    "passes", "days_since", "in_stage", "session", "week", "last_week", "any_last_week", "then"
]

PROJECTS_FROM: Mapping[ProjectionKind, Literal["unit", "activity", "measures", "end"]] = {
    "passes": "unit",
    "days_since": "activity",
    "in_stage": "unit",
    "session": "measures",
    "week": "measures",
    "last_week": "measures",
    "any_last_week": "measures",
    "then": "end",
}
"""Every kind of projection, with what it names: a unit, an activity, measures, or when the fact changes for good."""


@attrs.frozen
class Measure(ValueObject):
    """A measure of sessions, such as their length. Planned amounts are whole multiples of `step`."""

    name: str
    title: str
    unit: str
    step: int | Fraction
    unit_words: tuple[str, ...] = attrs.field(default=(), metadata={LATER: True})

    @property
    def domain(self) -> Domain:
        """The amounts of it, which are shown to the decimals of a step."""
        return Domain("number", unit=self.unit, decimals=_decimals(self.step), unit_words=self.unit_words)


@attrs.frozen
class FactProjection(ValueObject):
    """How a plan projects a fact from day to day.

    `of` is a unit of time for `passes`, `days` or `sessions` for `in_stage`, an activity for `days_since`, and measures
    for the other kinds. For `then`, it is the activity after which the fact becomes `value`; if there is none, that
    happens after `days` days. A number above `up_to` stays as it is.
    """

    fact: str
    kind: ProjectionKind
    of: tuple[str, ...] = ()
    value: Constant | None = None
    days: int = 0
    up_to: Amount | None = None
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Milestone(ValueObject):
    """Something to reach in a stage: a session of certain amounts or, without amounts, the end of the stage.

    `facts` are those that a plan assumes once it is reached.
    """

    title: str
    reach: tuple[tuple[str, Amount], ...] = ()
    facts: tuple[tuple[str, Constant], ...] = ()


@attrs.frozen
class Stage(ValueObject):
    """One stage: the facts that hold in it, and the activity of its sessions.

    The measures in `grows` are raised week by week; `most` limits how much of them one session may have. A measure in
    `fills` makes up what is left of a session of a certain length. `how` tells the person how a session is spread out.
    """

    name: str
    title: str
    facts: tuple[tuple[str, Constant], ...]
    activity: str
    grows: tuple[str, ...] = ()
    most: tuple[tuple[str, Amount], ...] = ()
    fills: tuple[tuple[str, Amount], ...] = ()
    how: str = ""
    milestones: tuple[Milestone, ...] = ()
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Stages(ValueObject):
    """An ordered protocol. The decision on its next step has the same name; three more decisions go with it.

    `activities` maps each activity that a day can hold to its text, the most demanding first; `between` is the one for
    days without a session. `keeps` names the limits that every plan respects.
    """

    name: str
    title: str
    measures: Mapping[str, Measure] = attrs.field(hash=False)
    activities: Mapping[str, str] = attrs.field(hash=False)
    between: str
    stages: tuple[Stage, ...]
    projections: tuple[FactProjection, ...] = ()
    keeps: tuple[str, ...] = ()
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)

    @property
    def stage_decision(self) -> str:
        """The name of the decision on the current stage."""
        return stage_decision_name(self.name)

    @property
    def day_decision(self) -> str:
        """The name of the decision on what a day may hold."""
        return day_decision_name(self.name)

    @property
    def session_decision(self) -> str:
        """The name of the decision on what a session consists of."""
        return session_decision_name(self.name)

    def index(self, stage: str) -> int:
        """Return the position of a stage in the order; raises ValueError if there is none."""
        return [entry.name for entry in self.stages].index(stage)


def _decimals(step: int | Fraction) -> int | None:
    """Return the decimals of a number; None if it has no end of them."""
    return next((places for places in range(MOST_DIGITS) if Fraction(step) * 10**places % 1 == 0), None)


def stage_rule_id(stage: str) -> str:
    """Return the id of the rules that say who is at a stage, and what its days and sessions hold."""
    return f"at-{hyphenated(stage)}"


def hyphenated(stage: str) -> str:
    """Return the name of a stage in the form that is used in ids of rules."""
    return "-".join(filter(None, stage.split("_")))


def stage_decision_name(name: str) -> str:
    """Return the name of the decision on the current stage, for the protocol `name`."""
    return f"{name}_stage"


def day_decision_name(name: str) -> str:
    """Return the name of the decision on what a day may hold, for the protocol `name`."""
    return f"{name}_day"


def session_decision_name(name: str) -> str:
    """Return the name of the decision on what a session consists of, for the protocol `name`."""
    return f"{name}_session"
