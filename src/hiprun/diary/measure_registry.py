"""The registry of measures: what each applies to, what it gives, its options, and how it is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

import attrs

from hiprun.diary import aggregates, temporal_measures
from hiprun.diary.index import Book
from hiprun.diary.measure_result import Measured
from hiprun.model import DiaryMeasure, Domain, Type

Of: TypeAlias = Literal["fields", "entry", "either"]
Gives: TypeAlias = Literal["value", "whole", "number", "truth", "choice"]
"""A value of the field itself, a whole number, any number, true or false, or a choice that the file names."""

OptionKind: TypeAlias = Literal["whole", "amount", "factor", "entry", "unit", "choice", "value"]
"""A whole number, a number or formula of parameters, a number to multiply by, a kind of entry, a unit of time, a choice
of the fact, or any value of the fact."""

TYPES: Mapping[Gives, tuple[Type, ...]] = {
    "value": ("boolean", "integer", "number", "choice", "set", "string", "date"),
    "whole": ("integer", "number"),
    "number": ("number",),
    "truth": ("boolean",),
    "choice": ("choice",),
}
"""The types of a fact that can have what a measure gives."""

_RANKED = frozenset[Type]({"integer", "number", "date", "choice"})
_NUMBERS = frozenset[Type]({"integer", "number"})


@attrs.frozen
class Option:
    """An option of a measure; `least` is the lowest whole number it may be."""

    name: str
    kind: OptionKind
    least: int = 1


OPTIONS: Mapping[str, Option] = {
    option.name: option
    for option in (
        Option("gap_days", "whole"),
        Option("gone_hours", "whole", least=0),
        Option("gone_days", "whole"),
        Option("least_days", "whole"),
        Option("least_entries", "whole"),
        Option("gone", "amount"),
        Option("margin", "amount"),
        Option("times", "factor"),
        Option("after", "entry"),
        Option("in", "unit"),
        Option("falling", "choice"),
        Option("level", "choice"),
        Option("rising", "choice"),
        Option("absent", "choice"),
        Option("empty", "value"),
    )
}
"""Every option, in the order in which a model lists them."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


@attrs.frozen
class Measure:
    """One measure: `words` describes it in terms of what it applies to, `work_out` computes its result.

    `of`: fields, a kind of entry, or either (an entry if `whether` is given). `needs` and `takes` name the
    options that are required and those that are optional, `types` the types of the fields it applies to.

    `keeps_unit`: its result has the unit of its fields. `keeps_ends`: its result is within their range.
    `ranks`: it compares values, so the order of choices matters. `timed`: its entries have a time, not only a day.
    `counts_days`: its window is a number of days.
    """

    name: str
    of: Of
    gives: Gives
    words: str
    work_out: Callable[[Book, DiaryMeasure], Measured]
    needs: frozenset[str] = attrs.field(default="", converter=_names)
    takes: frozenset[str] = attrs.field(default="", converter=_names)
    types: frozenset[Type] = frozenset(TYPES["value"])
    keeps_unit: bool = False
    keeps_ends: bool = False
    ranks: bool = False
    timed: bool = False
    counts_days: bool = False

    def fits(self, domain: Domain) -> bool:
        """Return whether a fact with this domain can have the result of the measure, given suitable fields."""
        if self.gives != "value":
            return domain.type in TYPES[self.gives]
        return domain.type in self.types and (not self.ranks or domain.is_comparable)


_DAYS = "over silence gap_days"
_SINCE = "where silence gap_days"
_TREND = "over margin falling level rising"

MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            "latest",
            "either",
            "value",
            "latest {}",
            aggregates.latest,
            takes="where whether over times empty",
            keeps_unit=True,
            keeps_ends=True,
        ),
        Measure(
            "max",
            "fields",
            "value",
            "highest {}",
            aggregates.highest,
            takes=f"where times empty {_DAYS}",
            types=_RANKED,
            keeps_unit=True,
            keeps_ends=True,
            ranks=True,
        ),
        Measure(
            "min",
            "fields",
            "value",
            "lowest {}",
            aggregates.lowest,
            takes=f"where times empty {_DAYS}",
            types=_RANKED,
            keeps_unit=True,
            keeps_ends=True,
            ranks=True,
        ),
        Measure(
            "sum",
            "fields",
            "value",
            "sum of {}",
            aggregates.total,
            takes=f"where times {_DAYS}",
            types=_NUMBERS,
            keeps_unit=True,
        ),
        Measure(
            "mean",
            "fields",
            "number",
            "mean of {}",
            aggregates.mean,
            takes=f"where times least_entries {_DAYS}",
            types=_NUMBERS,
            keeps_unit=True,
        ),
        Measure("count", "entry", "whole", "number of {}", aggregates.count, takes=f"where {_DAYS}"),
        Measure(
            "streak", "entry", "whole", "latest {} in a row", aggregates.streak, needs="whether", takes=f"where {_DAYS}"
        ),
        Measure("ever", "entry", "truth", "any {}", aggregates.ever, needs="whether", takes=f"where {_DAYS}"),
        Measure("always", "entry", "truth", "every {}", aggregates.always, needs="whether", takes=f"where {_DAYS}"),
        Measure(
            "days_in_a_row",
            "entry",
            "whole",
            "latest days in a row with {}",
            temporal_measures.days_in_a_row,
            takes=_SINCE,
        ),
        Measure("days_since", "entry", "whole", "days since the last {}", temporal_measures.days_since, takes=_SINCE),
        Measure(
            "weeks_since", "entry", "number", "weeks since the last {}", temporal_measures.weeks_since, takes=_SINCE
        ),
        Measure(
            "hours_until_gone",
            "fields",
            "number",
            "hours until {} was gone",
            temporal_measures.hours_until_gone,
            needs="after gone",
            takes="gone_hours",
            types=_NUMBERS,
            timed=True,
        ),
        Measure(
            "trend",
            "fields",
            "choice",
            "trend of {}",
            temporal_measures.trend,
            needs=_TREND,
            takes="absent gone least_days",
            types=_NUMBERS,
            counts_days=True,
        ),
        Measure(
            "lasting",
            "fields",
            "number",
            "how long {} has lasted",
            temporal_measures.lasting,
            needs="gone in",
            takes="over gap_days",
            types=_NUMBERS,
        ),
        Measure(
            "returned",
            "fields",
            "truth",
            "whether {} is back",
            temporal_measures.returned,
            needs="gone gone_days",
            takes=f"least_days whether {_DAYS}",
            types=_NUMBERS,
        ),
    )
}
"""Every measure, in the order in which messages list them."""
