"""Large tables are looked up, not walked: which of many rows can match, from what is known of each fact.

Rows are parted by the fact that parts them best, and the parts again, until few are left. Where no fact parts them
well, because many rows overlap or leave it open, each fact has for every stretch between two cuts the set of rows
that match there, as the bits of a number; the rows that match are what all facts have in common.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

FEW = 6
"""So many rows are tested one by one."""

_LARGEST_GROWTH = 2
_MOST_BITS = 64_000_000

Stretches: TypeAlias = tuple[tuple[int, int], ...]
"""Places [start, end) at which a row matches, in rising order."""


@attrs.frozen
class Row:
    """One row: where it matches, by the number of the fact, and what else has to hold."""

    number: int
    stretches: Mapping[int, Stretches]
    rest: Callable[[Sequence[Any]], bool] | None = None


Places: TypeAlias = Sequence[Callable[[Any], int]]
Lookup: TypeAlias = Callable[[Sequence[Any]], list[int]]
"""Takes the values of a table's facts and returns the numbers of the rows that match, in rising order."""


def lookup(rows: Sequence[Row], places: Places) -> Lookup:
    """Return the way to the rows that match; `places` say for each fact at which place a value lies."""
    return _part(rows, places, frozenset(range(len(places))))


def _part(rows: Sequence[Row], places: Places, facts: frozenset[int]) -> Lookup:
    if len(rows) <= FEW:
        return _tests(rows, places, facts)
    best = min(((*_spread(rows, fact), fact) for fact in facts), default=None)
    if best is not None and best[0] * 2 <= len(rows) and best[1] <= _LARGEST_GROWTH * len(rows):
        return _choice(rows, places, facts, best[2])
    return _bits(rows, places, facts)


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


def _count(stretches: Stretches, edges: Sequence[int]) -> int:
    return sum(bisect.bisect_left(edges, end) - bisect.bisect_left(edges, start) for start, end in stretches)


def _choice(rows: Sequence[Row], places: Places, facts: frozenset[int], fact: int) -> Lookup:
    edges = _edges(rows, fact)
    parts: list[list[Row]] = [[] for _ in edges]
    for row in rows:
        for start, end in row.stretches.get(fact, ((0, edges[-1] + 1),)):
            for index in range(bisect.bisect_left(edges, start), bisect.bisect_left(edges, end)):
                parts[index].append(row)
    made: dict[tuple[int, ...], Lookup] = {}
    lookups: list[Lookup] = []
    for part in parts:
        key = tuple(row.number for row in part)
        if key not in made:
            made[key] = _part(part, places, facts - {fact})
        lookups.append(made[key])
    place, find = places[fact], bisect.bisect_right

    def choose(values: Sequence[Any]) -> list[int]:
        return lookups[find(edges, place(values[fact])) - 1](values)

    return choose


def _tests(rows: Sequence[Row], places: Places, facts: Iterable[int]) -> Lookup:
    if not rows:
        return lambda values: []
    tests = [(row.number, _test(row, places, facts)) for row in rows]
    if len(tests) == 1 and tests[0][1] is None:
        found = [tests[0][0]]
        return lambda values: found
    return lambda values: [number for number, test in tests if test is None or test(values)]


def _test(row: Row, places: Places, facts: Iterable[int]) -> Callable[[Sequence[Any]], bool] | None:
    """Return what is left to test of a row that was found by the other facts."""
    left = [(fact, places[fact], row.stretches[fact]) for fact in facts if fact in row.stretches]
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


@attrs.frozen
class _Columns:
    """For one fact: the first places of stretches, and the rows that can match in each, as bits."""

    fact: int
    edges: list[int]
    bits: list[int]


def _bits(rows: Sequence[Row], places: Places, facts: frozenset[int]) -> Lookup:
    columns: list[_Columns] = []
    rough: set[int] = set()
    for fact in sorted(facts):
        if any(fact in row.stretches for row in rows):
            edges = _edges(rows, fact)
            share = len(edges) * len(rows) // _MOST_BITS + 1
            if share > 1:  # so many stretches have the rows of all of them in common, which are told apart later
                edges = edges[::share]
                rough.add(fact)
            columns.append(_Columns(fact, edges, _column(rows, fact, edges)))
    everything = (1 << len(rows)) - 1
    tests = [_test(row, places, rough) for row in rows]
    numbers = [row.number for row in rows]
    located = [(column.fact, places[column.fact], column.edges, column.bits) for column in columns]
    find = bisect.bisect_right

    def common(values: Sequence[Any]) -> list[int]:
        left = everything
        for fact, place, edges, bits in located:
            left &= bits[find(edges, place(values[fact])) - 1]
            if not left:
                return []
        found: list[int] = []
        while left:
            lowest = left & -left
            index = lowest.bit_length() - 1
            left ^= lowest
            test = tests[index]
            if test is None or test(values):
                found.append(numbers[index])
        return found

    return common


def _column(rows: Sequence[Row], fact: int, edges: Sequence[int]) -> list[int]:
    """Return the bits of the rows that can match in each stretch, from where they begin and end to match."""
    turns = [0] * (len(edges) + 1)
    for index, row in enumerate(rows):
        bit = 1 << index
        last = -1
        for start, end in row.stretches.get(fact, ((0, edges[-1] + 1),)):
            first = max(bisect.bisect_right(edges, start) - 1, last)
            last = bisect.bisect_left(edges, end)
            if first < last:
                turns[first] ^= bit
                turns[last] ^= bit
    bits = 0
    found: list[int] = []
    for turn in turns[:-1]:
        bits ^= turn
        found.append(bits)
    return found
