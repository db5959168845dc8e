"""The diary of a pack: what is written down day by day, and how facts follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import attrs

from hiprun.model.declarations import Constraint
from hiprun.model.expressions import Condition, Domain, Formula, Literal_
from hiprun.model.places import NOWHERE, Place
from hiprun.model.value_objects import ValueObject

Silence: TypeAlias = Literal["unknown", "none", "left_out"]
"""What a day without an entry means: nothing is known, there was none, or the day does not count."""


@attrs.frozen
class EntryType(ValueObject):
    """One kind of diary entry: its fields by name, and what a day without such an entry means.

    `silence`: nothing is known (`unknown`), there was none (`none`), or the day does not count (`left_out`).
    `backdated`: an entry may be older than the diary, so its day does not show when the diary began. `lasts` names the
    fields whose minutes add up to its duration. `never` has combinations that cannot occur within one entry.
    """

    name: str
    title: str
    fields: Mapping[str, Domain] = attrs.field(hash=False)
    texts: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    when: Literal["time", "day"] = "time"
    silence: Silence = "unknown"
    backdated: bool = False
    lasts: tuple[str, ...] = ()
    never: tuple[Constraint, ...] = ()
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Window(ValueObject):
    """The part of a diary that a measure looks at: the last `number` days, or since an `entry` of a kind."""

    kind: Literal["all", "today", "days", "this_week", "this_week_so_far", "week_before", "since"] = "all"
    number: int = 0
    entry: str = ""


@attrs.frozen
class DiaryMeasure(ValueObject):
    """How a fact follows from a diary: a measure of entries, or of their fields, over a window.

    `fields` pairs kinds of entries with names of fields; an empty name means the entry itself. `options` has the other
    numbers and words that a measure takes.
    """

    fact: str
    measure: str
    fields: tuple[tuple[str, str], ...]
    over: Window = Window()
    silence: Silence | None = None
    where: Condition | None = None
    whether: Condition | None = None
    options: Mapping[str, Formula | Literal_] = attrs.field(factory=dict, hash=False)
    because: str = ""
    sources: tuple[str, ...] = ()
    interpretation: str = ""
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@attrs.frozen
class DailyQuestion(ValueObject):
    """The question that a diary answers every day: a decision, the answer hoped for, and what to show with it.

    `session` names decisions to show when the answer is the one hoped for, `also` those to show every day.
    """

    decision: str
    wanted: tuple[tuple[str, Literal_], ...]
    session: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@attrs.frozen
class Diary(ValueObject):
    """What is written down day by day, and the facts that follow from it. `week_starts`: 0 is Monday."""

    title: str
    entries: Mapping[str, EntryType] = attrs.field(hash=False)
    facts: Mapping[str, DiaryMeasure] = attrs.field(factory=dict, hash=False)
    week_starts: int = 0
    today: DailyQuestion | None = None
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)
