"""The diary of a pack: what is written down day by day, and how facts follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import attrs

from hiprun.model.declarations import Constraint
from hiprun.model.expressions import Condition, Domain, Formula, Literal_
from hiprun.model.places import NOWHERE, Place

Silence: TypeAlias = Literal["unknown", "none", "left_out"]
"""What a day without an entry means: nothing is known, there was none, or the day does not count."""


@attrs.frozen
class EntryType:
    """One kind of entry in a diary: what may be written down in it, by name, and what a day without one says.

    `silence`: nothing (`unknown`), that there was none (`none`), or that only what is written counts (`left_out`).
    `backdated`: its day says nothing about when the diary began. `lasts` names fields whose minutes say how long it
    took. `never` holds what contradicts itself within one entry.
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
class Window:
    """The stretch of a diary that a fact looks at; `number` of days or hours, or the type of entry since which."""

    kind: Literal["all", "today", "days", "hours", "this_week", "this_week_so_far", "week_before", "since"] = "all"
    number: int = 0
    entry: str = ""


@attrs.frozen
class Recorded:
    """How a fact follows from a diary: a measure of entries, or of fields of theirs, over a window.

    `fields` pairs types of entries with names of fields; an empty name stands for the entry itself. `options` holds
    the numbers and words that a measure takes besides.
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
class Daily:
    """The question that is asked of a diary day by day: a decision, the answer hoped for, and what goes with it.

    `session` names decisions that matter when the answer is as hoped for, `also` those that matter every day.
    """

    decision: str
    wanted: tuple[tuple[str, Literal_], ...]
    session: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@attrs.frozen
class Diary:
    """What is written down day by day, and the facts that follow from it. `week_starts`: 0 is Monday."""

    title: str
    entries: Mapping[str, EntryType] = attrs.field(hash=False)
    facts: Mapping[str, Recorded] = attrs.field(factory=dict, hash=False)
    week_starts: int = 0
    today: Daily | None = None
    place: Place = attrs.field(default=NOWHERE, eq=False, repr=False, kw_only=True)
