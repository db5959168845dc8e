"""Which answers are among some results: those of one kind, which differ in one number only, by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias

import attrs

from hiprun.inference.hit_policy import Ending, Result
from hiprun.inference.interval_sets import Cut, Region, point, union, whole
from hiprun.inference.linear_constraints import common
from hiprun.inference.linked_facts import Open, Ties
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


Image: TypeAlias = Mapping[Any, Region]
"""For each kind of answer the numbers that it has."""

_Parts: TypeAlias = Sequence[tuple[Any, Region]]


@attrs.define(slots=False)
class Answers:
    """The results of a search, and what answers these are; whatever it takes to tell is worked out once."""

    results: Sequence[Result]
    ties: Ties | None

    @cached_property
    def opens(self) -> list[list[Open]]:
        """The open numbers of each result."""
        return list(map(opens, self.results))

    @cached_property
    def listed(self) -> Mapping[Open, Region] | None:
        """Every number that each open one can be, or None where these are too many for one of them."""
        found: dict[Open, Region] = {}
        for entry in chain.from_iterable(self.opens):
            assert self.ties is not None
            region = self.ties.listed(entry, ())
            if region is None:
                return None
            found[entry] = region
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
            sum(self._weights[index] for index in _numbers(bits)) - (bits & self.speaking_of.get(fact, 0)).bit_count()
        )

    @cached_property
    def _kind_of(self) -> list[Kind | None]:
        return [kind_of(result, by_steps=self.listed is None) for result in self.results]

    @cached_property
    def _kinds(self) -> list[Kind]:
        return list(dict.fromkeys(kind for kind in self._kind_of if kind is not None))

    @cached_property
    def _parts(self) -> list[_Parts]:
        return [self.parts_of(index, {}) for index in range(len(self.results))]

    def parts_of(self, index: int, spans: Mapping[Open, Region]) -> _Parts:
        """Return what a result adds to an image, with `spans` in the place of what its open numbers can be."""
        result, kind, open_ = self.results[index], self._kind_of[index], self.opens[index]
        if kind is not None:
            return [(kind, kind.region(spans.get(open_[0], self._span(open_[0]))))]
        if not open_ and not isinstance(result, Ending):
            alike = [(kind, kind.region(point(result[kind.place]))) for kind in self._kinds if kind.has(result)]
            if alike:
                return alike
        key = result if isinstance(result, Ending) else but(result, -1)
        return [((key, tuple(spans.get(entry, self._span(entry)) for entry in open_)), ())]

    def _span(self, entry: Open) -> Region:
        return (((entry.low, 0), (entry.high, 1)),) if self.listed is None else self.listed[entry]

    def image(self, parts: Iterable[_Parts]) -> Image:
        """Return the answers that have `parts`: those of a kind by their numbers, each of the others by itself."""
        found: dict[Any, list[Region]] = {}
        for key, region in chain.from_iterable(parts):
            found.setdefault(key, []).append(region)
        return {key: union(*regions) for key, regions in found.items()}

    def image_of(self, bits: int) -> Image:
        """Return the answers among the results in `bits`."""
        return self.image(self._parts[index] for index in _numbers(bits))


def _numbers(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def but(row: Sequence[Any], place: int) -> tuple[Any, ...]:
    """Return an answer without its value at `place`, each value with its type."""
    return tuple((type(value).__name__, value) for index, value in enumerate(row) if index != place)


def _scaled(cut: Cut, offset: Number, step: Number) -> Cut:
    number, side = cut
    return cut if isinstance(number, float) else (tidy(Fraction(number - offset) / step), side)
