"""Answers of one kind: those that differ in one number only, which formulas give."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs

from hiprun.inference.hit_policy import Ending, Result
from hiprun.inference.interval_sets import Cut, Region, whole
from hiprun.inference.linear_constraints import common
from hiprun.inference.linked_facts import Open
from hiprun.model import Number
from hiprun.model.value_conversion import tidy


def opens(result: Result) -> list[Open]:
    """Return the numbers that are open in a result."""
    return [] if isinstance(result, Ending) else [value for value in result if isinstance(value, Open)]


@attrs.frozen
class Kind:
    """Answers that have one number open at `place` and are alike otherwise: numbers of the form offset + n * step."""

    place: int
    others: tuple[Any, ...]
    step: Number | None
    offset: Number

    def has(self, row: Sequence[Any]) -> bool:
        """Return whether an answer without anything open is one of these."""
        if len(row) <= self.place or but(row, self.place) != self.others:
            return False
        number = row[self.place]
        return number is not None and (self.step is None or (number - self.offset) % self.step == 0)

    def region(self, stretch: Region) -> Region:
        """Return numbers as those of the steps that lead there."""
        if self.step is None:
            return stretch
        step, offset = self.step, self.offset
        return whole(tuple((_scaled(low, offset, step), _scaled(high, offset, step)) for low, high in stretch))


def kind_of(result: Result, *, by_steps: bool) -> Kind | None:
    """Return the kind of an answer with one open number; None for others."""
    if isinstance(result, Ending) or len(opens(result)) != 1:
        return None
    place = next(index for index, value in enumerate(result) if isinstance(value, Open))
    entry: Open = result[place]
    stepped = by_steps and entry.whole and len(entry.forms) == 1
    step = common([factor for _, factor in entry.forms[0].terms]) if stepped else None
    offset = entry.forms[0].constant % step if step else 0
    return Kind(place, but(result, place), step, offset)


def but(row: Sequence[Any], place: int) -> tuple[Any, ...]:
    """Return an answer without its value at `place`, each value with its type."""
    return tuple((type(value).__name__, value) for index, value in enumerate(row) if index != place)


def _scaled(cut: Cut, offset: Number, step: Number) -> Cut:
    number, side = cut
    return cut if isinstance(number, float) else (tidy(Fraction(number - offset) / step), side)
