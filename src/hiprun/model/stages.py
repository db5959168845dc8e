"""What a file of stages says beside its rules, as frozen values: the stages in order, and how facts change over time.

What can be decided, such as the step to take, what a day may hold and what a session is, is in decisions of the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, TypeAlias

import attrs

from hiprun.model.places import NOWHERE, Place

Amount: TypeAlias = int | Fraction | str
"""A number, or the name of a parameter."""
Constant: TypeAlias = bool | int | Fraction | str | frozenset[str]
CourseKind: TypeAlias = Literal[
    "passes", "days_since", "in_stage", "session", "week", "last_week", "any_last_week", "then"
]


@attrs.frozen
class Measure:
    """What a session is measured in. Planned amounts are whole multiples of `step`."""

    name: str
    title: str
    unit: str
    step: int | Fraction


@attrs.frozen
class Course:
    """How a fact changes as the days of a plan go by.

    `of` is a unit of time for `passes`, `days` or `sessions` for `in_stage`, an activity for `days_since`, for `then`
    the activity after which the fact becomes `value` (none: after so many `days`), and measures for all others.
    """

    fact: str
    kind: CourseKind
    of: tuple[str, ...] = ()
    value: Constant | None = None
    days: int = 0
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Milestone:
    """Something to reach in a stage: a session of certain amounts, or without them the end of the stage.

    `facts` are what a plan then supposes to be known.
    """

    title: str
    reach: tuple[tuple[str, Amount], ...] = ()
    facts: tuple[tuple[str, Constant], ...] = ()


@attrs.frozen
class Stage:
    """One stage: the facts that hold in it, and what its sessions are called.

    The measures that it `grows` are raised week by week, in a session up to what `most` has for them.
    """

    name: str
    title: str
    facts: tuple[tuple[str, Constant], ...]
    activity: str
    grows: tuple[str, ...] = ()
    most: tuple[tuple[str, Amount], ...] = ()
    milestones: tuple[Milestone, ...] = ()
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Stages:
    """An ordered protocol. The decision on the next step is called as it is; there are three more beside it.

    `activities` maps what a day can hold to its text, the most demanding first; `between` is the one for days without
    a session. `keeps` names the limits that every plan keeps.
    """

    name: str
    title: str
    measures: Mapping[str, Measure] = attrs.field(hash=False)
    activities: Mapping[str, str] = attrs.field(hash=False)
    between: str
    stages: tuple[Stage, ...]
    courses: tuple[Course, ...] = ()
    keeps: tuple[str, ...] = ()
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)

    @property
    def standing(self) -> str:
        """The name of the decision on the stage that someone stands at."""
        return stage_name(self.name)

    @property
    def day(self) -> str:
        """The name of the decision on what today may hold."""
        return day_name(self.name)

    @property
    def session(self) -> str:
        """The name of the decision on what a session is made of."""
        return session_name(self.name)

    def index(self, stage: str) -> int:
        """Return where a stage stands in the order; a ValueError says there is none."""
        return [entry.name for entry in self.stages].index(stage)


def standing_rule(stage: str) -> str:
    """Return the id of the rules that say who stands at a stage, and what its days and sessions hold."""
    return f"at-{rule_id(stage)}"


def rule_id(stage: str) -> str:
    """Return the name of a stage as a part of an id."""
    return "-".join(filter(None, stage.split("_")))


def stage_name(name: str) -> str:
    """Return the name of the decision on where someone stands, for stages called `name`."""
    return f"{name}_stage"


def day_name(name: str) -> str:
    """Return the name of the decision on what a day may hold, for stages called `name`."""
    return f"{name}_day"


def session_name(name: str) -> str:
    """Return the name of the decision on what a session is made of, for stages called `name`."""
    return f"{name}_session"
