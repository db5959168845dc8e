"""Which answers are among some results: those of one kind, which differ in one number only, by their numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias

import attrs

from hiprun.inference.circuit import set_bits
from hiprun.inference.hit_policy import Ending, Result
from hiprun.inference.interval_sets import Cut, Region, point, union, whole
from hiprun.inference.linear_constraints import common
from hiprun.inference.linked_facts import NO_NUMBERS, Open, Rows, Ties
from hiprun.model import Number
from hiprun.model.value_conversion import tidy
from hiprun.model.value_objects import Entity, ValueObject


def opens(result: Result) -> list[Open]:
    """Return the numbers that are open in a result."""
    return [] if isinstance(result, Ending) else [value for value in result if isinstance(value, Open)]


@attrs.frozen
class Line(ValueObject):
    """Answers whose open numbers all follow from one, and that are alike otherwise.

    `places` has each open number with the factor and the constant that make it of the first one, which has the form
    offset + n * step.
    """

    places: tuple[tuple[int, Number, Number], ...]
    others: tuple[Any, ...]
    step: Number | None
    offset: Number

    def has(self, row: Sequence[Any]) -> bool:
        """Return whether an answer without anything open is one of these."""
        places = [place for place, *_ in self.places]
        if len(row) <= places[-1] or but(row, places) != self.others or any(row[place] is None for place in places):
            return False
        number = row[places[0]]
        if any(row[place] != factor * number + constant for place, factor, constant in self.places):
            return False
        return self.step is None or (number - self.offset) % self.step == 0

    def region(self, stretch: Region) -> Region:
        """Return numbers as those of the steps that lead there."""
        if self.step is None:
            return stretch
        step, offset = self.step, self.offset
        return whole(tuple((_scaled(low, offset, step), _scaled(high, offset, step)) for low, high in stretch))


def line_of(result: Result, *, by_steps: bool) -> Line | None:
    """Return the line of an answer with open numbers that all follow from one; None for others."""
    found = opens(result)
    if not found or isinstance(result, Ending):
        return None
    places = [index for index, value in enumerate(result) if isinstance(value, Open)]
    following = [(place, _following(found[0], entry)) for place, entry in zip(places, found, strict=True)]
    if any(made is None for _, made in following):
        return None
    entry = found[0]
    stepped = by_steps and entry.whole and len(entry.forms) == 1
    step = common([factor for _, factor in entry.forms[0].terms]) if stepped else None
    offset = entry.forms[0].constant % step if step else 0
    return Line(tuple((place, *made) for place, made in following if made), but(result, places), step, offset)


def _following(first: Open, second: Open) -> tuple[Number, Number] | None:
    """Return the factor and the constant that make a second open number of a first one; None where none do."""
    if first.forms == second.forms:
        return 1, 0
    (one,), (other,) = first.forms, second.forms  # only a bound has several forms, and it is the only open number then
    factors = dict(other.terms)
    ref, size = one.terms[0]
    factor = tidy(Fraction(factors.get(ref, 0)) / size)
    rest = other + one.times(-factor)
    return None if rest.terms or not factor else (factor, rest.constant)


Image: TypeAlias = Mapping[Any, Region]
"""For each kind of answer the numbers that it has; of answers that are listed, each with none."""

Spans: TypeAlias = Sequence[Region]
"""What the open numbers of an answer can be, one by one."""

Parts: TypeAlias = Iterable[tuple[Any, Region]]


@attrs.define(eq=False, slots=False)
class Answers(Entity):
    """The results of a search, and what answers these are; whatever it takes to tell is worked out once."""

    results: Sequence[Result]
    ties: Ties | None

    @cached_property
    def opens(self) -> list[list[Open]]:
        """The open numbers of each result."""
        return list(map(opens, self.results))

    @cached_property
    def listed(self) -> Sequence[Rows] | None:
        """All that the open numbers of each result can be together, or None where this is too much for one of them."""
        found: list[Rows] = []
        for entries in self.opens:
            rows = NO_NUMBERS if self.ties is None else self.ties.listed(entries, ())
            if rows is None:
                return None
            found.append(rows)
        return found

    @cached_property
    def speaking_of(self) -> Mapping[str, int]:
        """For each fact of a formula the results with an open number that depends on it, as bits."""
        found: dict[str, int] = {}
        for index, entries in enumerate(self.opens):
            for name in {name for entry in entries for name in entry.facts}:
                found[name] = found.get(name, 0) | 1 << index
        return found

    @cached_property
    def _weights(self) -> list[int]:
        return [1 + len({name for entry in entries for name in entry.facts}) for entries in self.opens]

    def weight(self, bits: int, fact: str) -> int:
        """Return how many of the results are in `bits`, each once more for each other fact that is open in it."""
        if not self.speaking_of:
            return bits.bit_count()
        return (
            sum(self._weights[index] for index in set_bits(bits)) - (bits & self.speaking_of.get(fact, 0)).bit_count()
        )

    @cached_property
    def _line_of(self) -> list[Line | None]:
        return [line_of(result, by_steps=True) for result in self.results]

    @cached_property
    def _lines(self) -> list[Line]:
        return list(dict.fromkeys(line for line in self._line_of if line is not None))

    @cached_property
    def _parts(self) -> list[Parts]:
        if self.listed is not None:
            return [self.rows_of(index, rows) for index, rows in enumerate(self.listed)]
        return [
            self.parts_of(index, [_span(entry) for entry in self.opens[index]]) for index in range(len(self.results))
        ]

    def rows_of(self, index: int, rows: Rows) -> Parts:
        """Return what a result adds to an image where its open numbers can be these together."""
        result, places = self.results[index], self._places[index]
        if isinstance(result, Ending):
            return [(result, ())]
        found = []
        for numbers in rows:
            row = list(result)
            for place, number in zip(places, numbers, strict=True):
                row[place] = number
            found.append((but(row), ()))
        return found

    def parts_of(self, index: int, spans: Spans) -> Parts:
        """Return what a result adds to an image where each of its open numbers can be these."""
        result, line = self.results[index], self._line_of[index]
        if isinstance(result, Ending):
            return [(result, ())]
        if line is not None:
            return [(line, line.region(spans[0]))]
        places = self._places[index]
        if places:
            return [((but(result, places), place), span) for place, span in zip(places, spans, strict=True)]
        on_lines = [(line, line.region(point(result[line.places[0][0]]))) for line in self._lines if line.has(result)]
        return on_lines or [(but(result), ())]

    @cached_property
    def _places(self) -> list[list[int]]:
        return [
            [] if isinstance(result, Ending) else [at for at, value in enumerate(result) if isinstance(value, Open)]
            for result in self.results
        ]

    def image(self, parts: Iterable[Parts]) -> Image:
        """Return the answers that have `parts`: those of a kind by their numbers, each of the others by itself."""
        found: dict[Any, list[Region]] = {}
        for key, region in chain.from_iterable(parts):
            found.setdefault(key, []).append(region)
        return {key: union(*regions) for key, regions in found.items()}

    def image_of(self, bits: int) -> Image:
        """Return the answers among the results in `bits`."""
        return self.image(self._parts[index] for index in set_bits(bits))


def but(row: Sequence[Any], places: Collection[int] = ()) -> tuple[Any, ...]:
    """Return an answer without its values at `places`, each value with its type."""
    return tuple((None, None) if index in places else (type(value).__name__, value) for index, value in enumerate(row))


def _span(entry: Open) -> Region:
    return (((entry.low, 0), (entry.high, 1)),)


def _scaled(cut: Cut, offset: Number, step: Number) -> Cut:
    number, side = cut
    return cut if isinstance(number, float) else (tidy(Fraction(number - offset) / step), side)
