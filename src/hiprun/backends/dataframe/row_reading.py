"""One row of a frame → the facts of a patient as the engine takes them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from hiprun.backends.dataframe.column_checks import Held
from hiprun.backends.dataframe.distinct_rows import set_of

_MOST_SETS = 1_024

Patient: TypeAlias = dict[str, Any]
Row: TypeAlias = Sequence[Any]
Pick: TypeAlias = Callable[[Row], tuple[Any, ...]]


class RowReader:
    """Reads rows of values, in which each fact, or choice of a set, has its place.

    `whole` are the facts that are known where no value of a row is missing, `sets` those that may be known in part.
    """

    def __init__(self, held: Iterable[Held], places: Mapping[str, int]) -> None:
        held = list(held)
        members = [entry for entry in held if entry.members]
        self._names = sorted((entry.fact.name for entry in held if not entry.members), key=places.__getitem__)
        self._pick = _picking([places[name] for name in self._names])
        self._pick_all = _picking(sorted(places.values()))
        self._members = [
            (
                entry.fact.name,
                _picking([places[column] for column in entry.members.values()]),
                functools.lru_cache(_MOST_SETS)(functools.partial(set_of, entry.fact, list(entry.members))),
            )
            for entry in members
        ]
        self.sets = [entry.fact.name for entry in members]
        in_part = {entry.fact.name for entry in members if len(entry.members) < len(entry.fact.domain.choices)}
        self.whole = {entry.fact.name for entry in held} - in_part

    def are_whole(self, rows: Iterable[Row]) -> bool:
        """Return whether no value of any fact is missing."""
        return not any(None in values for values in map(self._pick_all, rows))

    def whole_patient(self, row: Row) -> Patient:
        """Return what a row says of a patient of which no value is missing."""
        patient = dict(zip(self._names, self._pick(row), strict=False))
        for name, pick, as_set in self._members:
            patient[name] = as_set(pick(row))
        return patient

    def patient(self, row: Row) -> Patient:
        """Return what a row says of a patient, in which a value that is missing is unknown."""
        return {name: value for name, value in self.whole_patient(row).items() if value is not None}


def _picking(places: Sequence[int]) -> Pick:
    """Return what picks the values at some places of a row, as a tuple."""
    first, count = (places[0], len(places)) if places else (0, 0)
    if list(places) == list(range(first, first + count)):
        return itemgetter(slice(first, first + count))
    return itemgetter(*places)
