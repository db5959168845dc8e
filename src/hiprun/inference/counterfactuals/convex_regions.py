"""Where several numbers may lie together: pieces that limits on sums bound, what is left of them, and a near point."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias, TypeVar

import attrs

from hiprun.inference.interval_sets import Cut, Region, intersection, point, sample
from hiprun.inference.linear_constraints import Inequality, Solver, with_number
from hiprun.model import Number
from hiprun.model.units import has_finite_decimals
from hiprun.model.value_conversion import tidy
from hiprun.model.value_objects import Entity, ValueObject

Piece: TypeAlias = tuple[Inequality, ...]
"""Inequalities that all hold of the numbers in it."""

_MOST_PIECES = 400
_MOST_WORK = 400_000
_MOST_PLACES = 12
_PLACES = 2

Result = TypeVar("Result")
_MOST_DISTANCES = 2
"""Of how many numbers together the way is measured; of more each is taken as near as can be, one after the other."""

_DISTANCE = "~"
"""Behind the name of a number: how far it is from where it starts."""


class TooMany(Exception):  # noqa: N818 - not an error, a turn in the search
    """The pieces, or the limits on them, are too many to work out."""


@attrs.define(eq=False)
class Workings(Entity):
    """Solves what is asked of pieces, and raises `TooMany` where that takes too long; `work` counts the steps.

    `count` is told of them as well.
    """

    count: Callable[[int], None]
    work: int = 0

    def is_possible(self, piece: Sequence[Inequality]) -> bool:
        """Return whether there is anything in a piece."""
        solver = Solver()
        return bool(self._counted(solver, solver.feasible(piece)))

    def eliminated(self, piece: Sequence[Inequality], names: Sequence[str]) -> list[Inequality]:
        """Return what has to hold of the other numbers so that some fit for `names`."""
        solver = Solver()
        return self._counted(solver, solver.eliminated(piece, names))

    def span(self, terms: Sequence[tuple[str, Number]], piece: Sequence[Inequality]) -> tuple[Cut, Cut]:
        """Return from where to where a sum may lie in a piece that is not empty."""
        solver = Solver()
        return self._counted(solver, solver.span(terms, piece))[0]

    def _counted(self, solver: Solver, result: Result | None) -> Result:
        self.work += solver.work
        self.count(solver.work + 1)
        if result is None or self.work > _MOST_WORK:
            raise TooMany
        return result


@attrs.frozen
class Start(ValueObject):
    """Where a number starts, and how much it counts when it moves by one."""

    number: Number
    weight: Fraction


def without(pieces: Iterable[Piece], taken: Piece, workings: Workings) -> Iterator[Piece]:
    """Yield what is left of pieces outside another, as pieces that do not overlap where these did not.

    >>> [left] = without([(({"x": 1}, 5, False),)], (({"x": 1}, 3, False),), Workings(lambda _: None))
    >>> left[-1]
    ({'x': -1}, -3, True)
    """
    for piece in pieces:
        if not workings.is_possible((*piece, *taken)):
            yield piece
            continue
        inside = piece
        for factors, number, strict in taken:
            outside: Piece = (*inside, ({name: -factor for name, factor in factors.items()}, -number, not strict))
            if workings.is_possible(outside):
                yield outside
            inside = (*inside, (factors, number, strict))


@attrs.define(eq=False)
class NearestFirst(Entity):
    """Pieces in the order of how near they come to where their numbers start, each worked out once."""

    names: tuple[str, ...]
    starts: Mapping[str, Start]
    preferred: Mapping[str, Region]
    """Where numbers without a start are rather looked for."""
    workings: Workings
    _heap: list[tuple[Number, int, Piece]] = attrs.field(factory=list)
    _order: Iterator[int] = attrs.field(factory=itertools.count)

    def add(self, pieces: Iterable[Piece]) -> None:
        """Add pieces that are not empty. Raises `TooMany` where they are too many."""
        for piece in pieces:
            heapq.heappush(self._heap, (self._nearest(piece), next(self._order), piece))
        if len(self._heap) > _MOST_PIECES:
            raise TooMany

    def __bool__(self) -> bool:
        return bool(self._heap)

    def remove(self, taken: Piece) -> None:
        """Leave only what lies outside of a piece."""
        kept: list[tuple[Number, int, Piece]] = []
        parts: list[Piece] = []
        for entry in self._heap:
            left = list(without([entry[2]], taken, self.workings))
            if left == [entry[2]]:
                kept.append(entry)
            else:
                parts += left
        self._heap = kept
        heapq.heapify(self._heap)
        self.add(parts)

    def point(self) -> dict[str, Number]:
        """Return a point of the nearest piece: its nearest, or one beside it whose numbers are easier to say.

        Raises `TooMany` where no numbers with few decimals are found.
        """
        distance, _, piece = self._heap[0]
        nearest = self._within(piece, distance)
        found: dict[str, Number] = {}
        rows: Sequence[Inequality] = piece
        for name in sorted(self.names, key=lambda name: name not in self.starts):
            stretch = self.workings.span(((name, 1),), rows)
            if name in self.starts:
                aim = _towards(self.workings.span(((name, 1),), nearest), self.starts[name].number)
            else:
                likely = intersection((stretch,), self.preferred[name]) if name in self.preferred else ()
                stretch = likely[0] if likely else stretch
                aim = sample((stretch,), whole_numbers=False)
            number = near(stretch, _towards(stretch, aim))
            if number is None:
                raise TooMany
            found[name] = number
            rows = with_number(rows, name, number)
            if number == aim:
                nearest = with_number(nearest, name, number)
        return found

    def _nearest(self, piece: Piece) -> Number:
        """Return how far a piece is from where its numbers start, which it need not reach; 0 where that takes long."""
        terms = [(name + _DISTANCE, start.weight) for name, start in self.starts.items()]
        if len(terms) not in range(1, _MOST_DISTANCES + 1):
            return 0
        (nearest, _), _ = self.workings.span(terms, self._with_distances(piece))
        assert not isinstance(nearest, float)
        return nearest

    def _within(self, piece: Piece, distance: Number) -> list[Inequality]:
        """Return what holds of the numbers of a piece that are as near as can be, its edges included."""
        rows = self._with_distances(piece) if distance else list(piece)
        if distance:
            rows.append(({name + _DISTANCE: start.weight for name, start in self.starts.items()}, distance, False))
        return [(factors, number, False) for factors, number, _ in rows]

    def _with_distances(self, piece: Piece) -> list[Inequality]:
        found = list(piece)
        for name, start in self.starts.items():
            found.append(({name: 1, name + _DISTANCE: -1}, start.number, False))
            found.append(({name: -1, name + _DISTANCE: -1}, -start.number, False))
        return found


def _towards(stretch: tuple[Cut, Cut], number: Number) -> Number:
    """Return the number of a stretch, its ends included, that is nearest to another."""
    (low, _), (high, _) = stretch
    return tidy(Fraction(min(max(number, low), high)))


def near(stretch: tuple[Cut, Cut], aim: Number) -> Number | None:
    """Return a number of a stretch that has few decimals, as near to another as that allows; None without one.

    >>> near(((3, 1), (Fraction(7, 2), 0)), 3)
    Fraction(31, 10)
    """
    if intersection((stretch,), point(aim)) and has_finite_decimals(aim):
        return aim
    for places in range(0 if has_finite_decimals(aim) else _PLACES, _MOST_PLACES):
        scaled = round(aim * 10**places)
        steps = sorted((scaled - 1, scaled, scaled + 1), key=lambda step: abs(step - aim * 10**places))
        for number in (tidy(Fraction(step, 10**places)) for step in steps):
            if intersection((stretch,), point(number)):
                return number
    return None
