"""The one table of measures: what each is taken of, what it gives, and what else may or must be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import attrs

Gives: TypeAlias = Literal["value", "whole", "number", "truth", "choice"]
"""A value of the field itself, a whole number, any number, true or false, or a choice that the file names."""

REMARKS = frozenset({"because", "source", "interpretation"})
_DAYS = frozenset({"over", "silence", "gap_days"})
_RANKED = frozenset({"integer", "number", "date", "choice"})
_NUMBERS = frozenset({"integer", "number"})
_UNTIL = "after gone"
_TREND = "over margin falling level rising"


@attrs.frozen
class Measure:
    """One measure. `of`: fields, a kind of entry, or either (an entry where `whether` is asked of it).

    `types` are those of the fields it can be taken of; none stands for all.
    """

    name: str
    of: Literal["fields", "entry", "either"]
    gives: Gives
    needs: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()


def _measure(
    name: str,
    of: Literal["fields", "entry", "either"],
    gives: Gives,
    *,
    needs: str = "",
    takes: str = "",
    days: bool = True,
    types: frozenset[str] = frozenset(),
) -> Measure:
    return Measure(
        name, of, gives, frozenset(needs.split()), frozenset(takes.split()) | (_DAYS if days else frozenset()), types
    )


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        _measure("latest", "either", "value", takes="where whether over times empty", days=False),
        _measure("max", "fields", "value", takes="where times empty", types=_RANKED),
        _measure("min", "fields", "value", takes="where times empty", types=_RANKED),
        _measure("sum", "fields", "value", takes="where times", types=_NUMBERS),
        _measure("mean", "fields", "number", takes="where times least_entries", types=_NUMBERS),
        _measure("count", "entry", "whole", takes="where"),
        _measure("streak", "entry", "whole", needs="whether", takes="where"),
        _measure("ever", "entry", "truth", needs="whether", takes="where"),
        _measure("always", "entry", "truth", needs="whether", takes="where"),
        _measure("days_since", "entry", "whole", takes="where silence gap_days", days=False),
        _measure("weeks_since", "entry", "number", takes="where silence gap_days", days=False),
        _measure("hours_until_gone", "fields", "number", needs=_UNTIL, takes="gone_hours", types=_NUMBERS, days=False),
        _measure("trend", "fields", "choice", needs=_TREND, takes="absent gone least_days", types=_NUMBERS, days=False),
        _measure("lasting", "fields", "number", needs="gone in", takes="over gap_days", types=_NUMBERS, days=False),
        _measure("returned", "fields", "truth", needs="gone gone_days", types=_NUMBERS),
    )
}
