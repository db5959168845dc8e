"""Everything that can still come out, as a decision diagram over the unknown facts.

The variables are walked in a fixed order. What is left of the rules after each step, together with what has been
gathered so far, is the state; equal states are explored once, and nodes whose branches all lead to the same place
vanish. So the diagram is canonical: a variable stands in it exactly when it can still make a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

import attrs

from hiprun.kernel.circuit import FALSE, TRUE, Circuit, Node
from hiprun.kernel.policy import Advance, Candidate, Ending, Gathered, Result

IMPOSSIBLE = -1
"""The place where combinations lead that cannot occur."""

_BEYOND = 1 << 60

Context: TypeAlias = tuple[tuple[int, int], ...]
"""Cells chosen so far for variables that are tied together by sums of facts."""

State: TypeAlias = tuple[Gathered, tuple[Candidate, ...], Node, Node, Context]


class OutOfBudget(Exception):  # noqa: N818 - not an error, a turn in the search
    """The search would take more steps than allowed."""


class Ties(Protocol):
    """What the search needs to know of facts that are tied together by sums."""

    @property
    def tied(self) -> int:
        """The variables that are tied to others, as bits."""

    def extended(self, context: Context, variable: int, cell: int) -> Context | None:
        """Return `context` with one more choice, or None when no facts fit it."""

    def relevant(self, context: Context, support: int) -> Context:
        """Return the part of `context` that can still matter to the variables in `support`."""


@attrs.frozen
class Diagram:
    """Nodes bottom-up; `branches` pairs sets of cells with where they lead.

    A place from 0 on is a node, `IMPOSSIBLE` a dead end, and -2 - k the result with number k.
    """

    levels: Sequence[int]
    branches: Sequence[tuple[tuple[int, int], ...]]
    results: Sequence[Result]
    root: int

    def level(self, place: int) -> int:
        """Return the variable a node asks for; results lie beyond all variables."""
        return self.levels[place] if place >= 0 else _BEYOND

    def reachable(self) -> list[int]:
        """Return for each node the results that can be reached from it, as bits."""
        found: list[int] = []
        for branches in self.branches:
            bits = 0
            for _, place in branches:
                bits |= found[place] if place >= 0 else _bit(place)
            found.append(bits)
        return found

    def possible(self) -> list[Result]:
        """Return every result that can come out."""
        below = self.reachable()
        bits = below[self.root] if self.root >= 0 else _bit(self.root)
        return [result for index, result in enumerate(self.results) if bits >> index & 1]

    def decisive(self) -> dict[int, int]:
        """Return the variables that can still make a difference, each with how much stays open once it is known.

        The measure is the mean number of results left over its cells, in thousandths; a smaller one decides more.
        """
        below = self.reachable()
        whole = below[self.root] if self.root >= 0 else _bit(self.root)
        found: dict[int, int] = {}
        for variable in sorted(set(self.levels)):
            left = self._left(variable, below)
            if not left:
                continue
            if any(bits != whole for bits in left) or self._matters(variable, below):
                found[variable] = 1000 * sum(bits.bit_count() for bits in left) // len(left)
        return found

    def _left(self, variable: int, below: list[int]) -> list[int]:
        """Return for each cell of `variable` that can occur the results left when it is known."""
        passing = 0
        if self.level(self.root) > variable:
            passing = below[self.root] if self.root >= 0 else _bit(self.root)
        by_cell: dict[int, int] = {}
        for node, branches in enumerate(self.branches):
            if self.levels[node] < variable:
                for _, place in branches:
                    if self.level(place) > variable:
                        passing |= below[place] if place >= 0 else _bit(place)
            elif self.levels[node] == variable:
                for cells, place in branches:
                    bits = below[place] if place >= 0 else _bit(place)
                    while cells:
                        cell = cells & -cells
                        by_cell[cell] = by_cell.get(cell, 0) | bits
                        cells ^= cell
        return [bits | passing for bits in by_cell.values() if bits | passing]

    def _matters(self, variable: int, below: list[int]) -> bool:
        """Return whether two patients who differ in `variable` alone can get different results."""
        pairs = [
            (first[1], second[1])
            for node, branches in enumerate(self.branches)
            if self.levels[node] == variable
            for index, first in enumerate(branches)
            for second in branches[index + 1 :]
        ]
        seen = set(pairs)
        while pairs:
            first, second = pairs.pop()
            if first == second or IMPOSSIBLE in (first, second):
                continue
            if first < 0 and second < 0:
                return True
            level = min(self.level(first), self.level(second))
            for cells, place in self._at(first, level):
                for other_cells, other in self._at(second, level):
                    pair = (place, other)
                    if cells & other_cells and pair not in seen:
                        seen.add(pair)
                        pairs.append(pair)
        return False

    def _at(self, place: int, level: int) -> tuple[tuple[int, int], ...]:
        return self.branches[place] if self.level(place) == level else ((-1, place),)


def _bit(place: int) -> int:
    return 0 if place == IMPOSSIBLE else 1 << (-2 - place)


@attrs.define
class _Frame:
    state: State
    variable: int
    waiting: list[int]
    done: list[tuple[int, int]]


def explore(
    circuit: Circuit,
    advance: Advance,
    finish: Callable[[Gathered], Result],
    candidates: Sequence[Candidate],
    *,
    conflict: Node = FALSE,
    allowed: Node = TRUE,
    ties: Ties | None = None,
    budget: int,
) -> Diagram:
    """Return the diagram of all that can come out of `candidates`; raise `OutOfBudget` beyond `budget` steps.

    A step is one rule looked at for one value of one fact.
    """
    return _Search(circuit, advance, finish, ties, budget).run(candidates, conflict, allowed)


class _Search:
    def __init__(
        self,
        circuit: Circuit,
        advance: Advance,
        finish: Callable[[Gathered], Result],
        ties: Ties | None,
        budget: int,
    ) -> None:
        self.circuit, self.advance, self.finish, self.ties, self.budget = circuit, advance, finish, ties, budget
        self.levels: list[int] = []
        self.branches: list[tuple[tuple[int, int], ...]] = []
        self.results: dict[Result, int] = {}
        self.nodes: dict[tuple[int, tuple[tuple[int, int], ...]], int] = {}
        self.places: dict[State, int] = {}

    def run(self, candidates: Sequence[Candidate], conflict: Node, allowed: Node) -> Diagram:
        start = self.settled(None, candidates, conflict, allowed, ())
        root = self.place(start) if start is not None else IMPOSSIBLE
        if start is not None and root is None:
            root = self.walk(start)
        assert root is not None
        return Diagram(self.levels, self.branches, list(self.results), root)

    def walk(self, start: State) -> int:
        stack = [self.frame(start)]
        while True:
            frame = stack[-1]
            if frame.waiting:
                cell = frame.waiting[-1]
                child = self.chosen(frame.state, frame.variable, cell)
                place = IMPOSSIBLE if child is None else self.place(child)
                if place is None:
                    assert child is not None
                    stack.append(self.frame(child))
                    continue
                frame.waiting.pop()
                frame.done.append((cell, place))
                continue
            stack.pop()
            made = self.node(frame.variable, frame.done)
            self.places[frame.state] = made
            if not stack:
                return made

    def frame(self, state: State) -> _Frame:
        support = self.support(state)
        variable = (support & -support).bit_length() - 1
        cells = self.circuit.full[variable]
        waiting = [1 << index for index in range(cells.bit_length()) if cells >> index & 1]
        return _Frame(state, variable, waiting, [])

    def support(self, state: State) -> int:
        _, candidates, conflict, allowed, _ = state
        support = self.circuit.support[conflict] | self.circuit.support[allowed]
        for node, _ in candidates:
            support |= self.circuit.support[node]
        return support

    def place(self, state: State) -> int | None:
        """Return where a state leads if that is known already."""
        gathered, candidates, conflict, allowed, _ = state
        if not candidates and conflict == FALSE and allowed == TRUE:
            result = self.finish(gathered)
            return -2 - self.results.setdefault(result, len(self.results))
        return self.places.get(state)

    def settled(
        self, gathered: Gathered, candidates: Sequence[Candidate], conflict: Node, allowed: Node, context: Context
    ) -> State | None:
        if allowed == FALSE:
            return None
        if conflict == TRUE:
            return Ending.CONFLICT, (), FALSE, allowed, ()
        gathered, left = self.advance(gathered, candidates)
        return gathered, left, conflict, allowed, context

    def chosen(self, state: State, variable: int, cell: int) -> State | None:
        gathered, candidates, conflict, allowed, context = state
        self.budget -= 1 + len(candidates)
        if self.budget < 0:
            raise OutOfBudget
        assign = self.circuit.assign
        allowed = assign(allowed, variable, cell)
        tied = self.ties is not None and self.ties.tied >> variable & 1
        if tied:
            assert self.ties is not None
            extended = self.ties.extended(context, variable, cell)
            if extended is None:
                return None
            context = extended
        left = [(assign(node, variable, cell), payload) for node, payload in candidates]
        child = self.settled(gathered, left, assign(conflict, variable, cell), allowed, context)
        if child is None or not context:
            return child
        assert self.ties is not None
        return (*child[:4], self.ties.relevant(context, self.support(child)))

    def node(self, variable: int, done: list[tuple[int, int]]) -> int:
        by_place: dict[int, int] = {}
        for cell, place in done:
            by_place[place] = by_place.get(place, 0) | cell
        if len(by_place) == 1:
            return next(iter(by_place))
        branches = tuple(sorted((cells, place) for place, cells in by_place.items()))
        key = (variable, branches)
        found = self.nodes.get(key)
        if found is None:
            found = self.nodes[key] = len(self.levels)
            self.levels.append(variable)
            self.branches.append(branches)
        return found
