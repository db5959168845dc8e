"""Large tables are looked up, not walked: which of many rows can match, from what is known of each fact.

Rows are parted by the fact that parts them best, and the parts again, until few are left. Where no fact parts them
well, because many rows overlap or leave it open, each fact has for every stretch between two cuts the set of rows
that match there, as the bits of a number; the rows that match are what all facts have in common.
"""

from __future__ import annotations

import bisect
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from hiprun.backends.compiled.floating_point_thresholds import Places
from hiprun.model.value_objects import ValueObject

FEW = 6
_LARGEST_GROWTH = 4
MOST_BITS = 64_000_000
_SPARSE = 8

Stretches: TypeAlias = tuple[tuple[int, int], ...]
"""Places [start, end) at which a row matches, in rising order."""


@attrs.frozen
class Row(ValueObject):
    """One row: where it matches, by the number of the fact, and what else has to hold."""

    number: int
    stretches: Mapping[int, Stretches]
    rest: Callable[[Sequence[Any]], bool] | None = None


@attrs.frozen
class Axis(ValueObject):
    """Where the values of a fact lie: `values` counts those that are 0, 1, 2 and so on, 0 where there are others."""

    places: Places
    values: int = 0

    def place(self, value: Any) -> int:
        """Return the place at which a value lies."""
        return self.places.of(value)

    def table(self, by_place: Sequence[Any]) -> tuple[list[Any] | None, list[Any]]:
        """Return the edges to find a value among, if it has to be found, and what belongs to each position then."""
        if self.values:
            return None, [by_place[self.place(value)] for value in range(self.values)]
        return [*self.places.edges, math.inf], list(by_place)


MatchingRows: TypeAlias = tuple[int, ...]
Lookup: TypeAlias = Callable[[Sequence[Any]], MatchingRows]
"""Takes the values of a table's facts and returns the numbers of the rows that match, in rising order."""


def lookup(
    rows: Sequence[Row], axes: Sequence[Axis], *, first: bool = False, few: int = FEW, most_bits: int = MOST_BITS
) -> Lookup:
    """Return the way to the rows that match, or with `first` to the first of them.

    `few` rows are tested one by one; the sets of rows of one fact take no more than `most_bits`.
    """
    way = _Index(axes, first, few, most_bits).part(rows, frozenset(range(len(axes))), _LARGEST_GROWTH)
    return (lambda values: way) if isinstance(way, tuple) else way


@attrs.frozen
class _Index(ValueObject):
    axes: Sequence[Axis]
    first: bool
    few: int
    most_bits: int

    def part(self, rows: Sequence[Row], facts: frozenset[int], growth: float) -> Lookup | MatchingRows:
        """Return the way to those of `rows` that match; `growth` is by how much parting may multiply them."""
        if len(rows) <= self.few:
            return self.tests(rows, facts)
        average, total, fact = min(((*_spread(rows, fact), fact) for fact in facts), default=(math.inf, 0, 0))
        if average * 2 <= len(rows) and total <= growth * len(rows):
            return self.choice(rows, facts, fact, growth * len(rows) / total)
        return self.bits(rows, facts)

    def choice(self, rows: Sequence[Row], facts: frozenset[int], fact: int, growth: float) -> Lookup:
        """Part rows by one fact."""
        edges = _edges(rows, fact)
        parts: list[list[Row]] = [[] for _ in edges]
        for row in rows:
            for start, end in row.stretches.get(fact, ((0, edges[-1] + 1),)):
                for index in range(bisect.bisect_left(edges, start), bisect.bisect_left(edges, end)):
                    parts[index].append(row)
        made: dict[MatchingRows, Lookup | MatchingRows] = {}
        lookups: list[Lookup | MatchingRows] = []
        for part in parts:
            key = tuple(row.number for row in part)
            if key not in made:
                made[key] = self.part(part, facts - {fact}, growth)
            lookups.append(made[key])
        known, table = self.axes[fact].table(_spread_out(edges, lookups, self.axes[fact].places.count))
        branches: list[Lookup | MatchingRows] = table
        find = bisect.bisect_left

        def choose(values: Sequence[Any]) -> MatchingRows:
            value = values[fact]
            if known is None:
                branch = branches[value]
            else:
                index = find(known, value)
                branch = branches[2 * index + 1 if known[index] == value else 2 * index]
            return branch if type(branch) is tuple else branch(values)

        return choose

    def tests(self, rows: Sequence[Row], facts: Iterable[int]) -> Lookup | MatchingRows:
        """Return a few rows, those that need no test at once."""
        tests = [(row.number, self.test(row, facts)) for row in rows]
        most = 1 if self.first else len(rows)
        if all(test is None for _, test in tests[:most]):
            return tuple(number for number, _ in tests[:most])

        def tested(values: Sequence[Any]) -> MatchingRows:
            return tuple([number for number, test in tests if test is None or test(values)][:most])

        return tested

    def test(self, row: Row, facts: Iterable[int]) -> Callable[[Sequence[Any]], bool] | None:
        """Return what is left to test of a row that was found by the other facts."""
        left = [(fact, self.axes[fact].place, row.stretches[fact]) for fact in facts if fact in row.stretches]
        rest = row.rest
        if not left:
            return rest

        def test(values: Sequence[Any]) -> bool:
            for fact, place, stretches in left:
                here = place(values[fact])
                if not any(start <= here < end for start, end in stretches):
                    return False
            return rest is None or rest(values)

        return test

    def bits(self, rows: Sequence[Row], facts: frozenset[int]) -> Lookup:
        """Look up for each fact which rows match, and return what all facts have in common."""
        located: list[tuple[int, list[Any] | None, list[int]]] = []
        rough: set[int] = set()
        for fact in sorted(facts):
            if any(fact in row.stretches for row in rows):
                edges = _edges(rows, fact)
                share = len(edges) * len(rows) // self.most_bits + 1
                if share > 1:  # so many stretches have the rows of all of them in common, which are told apart later
                    edges = edges[::share]
                    rough.add(fact)
                column = _spread_out(edges, _column(rows, fact, edges), self.axes[fact].places.count)
                located.append((fact, *self.axes[fact].table(column)))
        tests = [self.test(row, rough) for row in rows]
        numbers = [row.number for row in rows]
        everything = (1 << len(rows)) - 1
        find, first = bisect.bisect_left, self.first

        def common(values: Sequence[Any]) -> MatchingRows:
            left = everything
            for fact, edges, table in located:
                value = values[fact]
                if edges is None:
                    left &= table[value]
                else:
                    index = find(edges, value)
                    left &= table[2 * index + 1 if edges[index] == value else 2 * index]
            found: list[int] = []
            for index in ones(left):
                test = tests[index]
                if test is None or test(values):
                    found.append(numbers[index])
                    if first:
                        break
            return tuple(found)

        return common


_SET_BITS = [[place for place in range(8) if byte >> place & 1] for byte in range(256)]
_NOT_ZERO = re.compile(rb"[^\0]")


def ones(bits: int) -> Iterator[int]:
    """Yield the places of the ones of a number, in rising order.

    >>> list(ones(0b101001))
    [0, 3, 5]
    """
    sparse = 0
    while bits and sparse < _SPARSE:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
        sparse += 1
    if bits:
        for match in _NOT_ZERO.finditer(bits.to_bytes(bits.bit_length() // 8 + 1, "little")):
            start = 8 * match.start()
            for place in _SET_BITS[match[0][0]]:
                yield start + place


def _spread(rows: Sequence[Row], fact: int) -> tuple[float, int]:
    """Return how many rows are left on average where a fact parts them, and how many parts of rows there are then."""
    edges = _edges(rows, fact)
    total = sum(_count(row.stretches[fact], edges) if fact in row.stretches else len(edges) for row in rows)
    return total / len(edges), total


def _edges(rows: Sequence[Row], fact: int) -> list[int]:
    """Return the first places of the stretches in which the same rows match."""
    found = {0}
    for row in rows:
        for stretch in row.stretches.get(fact, ()):
            found.update(stretch)
    return sorted(found)


def _spread_out(edges: Sequence[int], entries: Sequence[Any], places: int) -> list[Any]:
    """Return for each place what belongs to the stretch that it lies in."""
    found: list[Any] = []
    for entry, start, end in zip(entries, edges, [*edges[1:], places], strict=True):
        found += [entry] * (end - start)
    return found


def _count(stretches: Stretches, edges: Sequence[int]) -> int:
    return sum(bisect.bisect_left(edges, end) - bisect.bisect_left(edges, start) for start, end in stretches)


def _column(rows: Sequence[Row], fact: int, edges: Sequence[int]) -> list[int]:
    """Return the bits of the rows that can match in each stretch, from where they begin and end to match."""
    turns = [0] * (len(edges) + 1)
    for index, row in enumerate(rows):
        bit = 1 << index
        last = -1
        for start, end in row.stretches.get(fact, ((0, edges[-1] + 1),)):
            first = max(bisect.bisect_right(edges, start) - 1, last)
            last = bisect.bisect_left(edges, end)
            turns[first] ^= bit
            turns[last] ^= bit  # undoes the other where the stretch before has all of this one
    bits = 0
    found: list[int] = []
    for turn in turns[:-1]:
        bits ^= turn
        found.append(bits)
    return found
