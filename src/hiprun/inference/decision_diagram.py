"""Everything that can still come out, as a decision diagram over the unknown facts.

The variables are walked in a fixed order. What is left of the rules after each step, together with what has been
gathered so far, is the state; equal states are explored once, and nodes whose branches all lead to the same place
vanish. So the diagram is canonical: a variable stands in it exactly when it can still make a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice, product
from types import MappingProxyType
from typing import Protocol, TypeAlias

import attrs

from hiprun.inference.circuit import FALSE, TRUE, Circuit, Node
from hiprun.inference.hit_policy import Advance, Candidate, Ending, Gathered, Result

IMPOSSIBLE = -1
"""The place where combinations lead that cannot occur."""

_BEYOND = 1 << 60
_MOST_TOGETHER = 256

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

    @property
    def work(self) -> int:
        """How many steps went into this so far."""

    def extended(self, context: Context, variable: int, cell: int) -> Context | None:
        """Return `context` with one more choice, or None when no facts fit it."""

    def relevant(self, context: Context, support: int) -> Context:
        """Return the part of `context` that can still matter to the variables in `support`."""


@attrs.frozen
class Diagram:
    """Nodes bottom-up; `branches` pairs sets of cells with where they lead.

    A place from 0 on is a node, `IMPOSSIBLE` a dead end, and -2 - k the result with number k. `steps` is how many it
    took to find all this.
    """

    levels: Sequence[int]
    branches: Sequence[tuple[tuple[int, int], ...]]
    results: Sequence[Result]
    root: int
    steps: int = 0

    def level(self, place: int) -> int:
        """Return the variable a node asks for; results lie beyond all variables."""
        return self.levels[place] if place >= 0 else _BEYOND

    def reachable(self, known: Mapping[int, int] = MappingProxyType({})) -> list[int]:
        """Return for each node the results that can be reached from it, as bits; `known` has the cells of variables."""
        found: list[int] = []
        for level, branches in zip(self.levels, self.branches, strict=True):
            allowed = known.get(level, -1)
            bits = 0
            for cells, place in branches:
                if cells & allowed:
                    bits |= self._bits(place, found)
            found.append(bits)
        return found

    def possible(self) -> list[Result]:
        """Return every result that can come out."""
        bits = self._bits(self.root, self.reachable())
        return [result for index, result in enumerate(self.results) if bits >> index & 1]

    def decisive(self, groups: Iterable[Sequence[int]]) -> list[int | None]:
        """Return for each group of variables that are asked for together how much stays open once they are known.

        The measure is the mean number of results left over their cells, in thousandths; a smaller one decides more.
        It is None where they cannot make a difference any more.
        """
        below = self.reachable()
        whole = self._bits(self.root, below)
        return [self._score(frozenset(group), whole, below) for group in groups]

    def _score(self, group: frozenset[int], whole: int, below: list[int]) -> int | None:
        asked = sorted(group & set(self.levels))
        if not asked:
            return None
        left = self._left(asked[0], below) if len(asked) == 1 else self._left_together(asked)
        if all(bits == whole for bits in left) and not self._matters(group):
            return None
        return 1000 * sum(bits.bit_count() for bits in left) // len(left)

    def _bits(self, place: int, below: list[int]) -> int:
        return below[place] if place >= 0 else _bit(place)

    def _left(self, variable: int, below: list[int]) -> list[int]:
        """Return for each cell of `variable` that can occur the results left when it is known."""
        passing = self._bits(self.root, below) if self.level(self.root) > variable else 0
        by_cell: dict[int, int] = {}
        for node, branches in enumerate(self.branches):
            if self.levels[node] < variable:
                for _, place in branches:
                    if self.level(place) > variable:
                        passing |= self._bits(place, below)
            elif self.levels[node] == variable:
                for cells, place in branches:
                    for cell in _cells(cells):
                        by_cell[cell] = by_cell.get(cell, 0) | self._bits(place, below)
        return [bits | passing for bits in by_cell.values() if bits | passing]

    def _left_together(self, variables: Sequence[int]) -> list[int]:
        """Return the results left for each combination of cells that can occur; of too many, for some, and none."""
        cells: dict[int, int] = dict.fromkeys(variables, 0)
        for level, branches in zip(self.levels, self.branches, strict=True):
            if level in cells:
                for some, _ in branches:
                    cells[level] |= some
        found: list[int] = []
        combinations = product(*(_cells(cells[variable]) for variable in variables))
        for chosen in islice(combinations, _MOST_TOGETHER):
            below = self.reachable(dict(zip(variables, chosen, strict=True)))
            found.append(self._bits(self.root, below))
        return [*filter(None, found), *(0 for _ in islice(combinations, 1))]

    def _matters(self, group: frozenset[int]) -> bool:
        """Return whether two patients who differ in `group` alone can get different results."""
        pairs = [(self.root, self.root)]
        seen = set(pairs)
        while pairs:
            first, second = pairs.pop()
            if IMPOSSIBLE in (first, second):
                continue
            if first < 0 and second < 0:
                if first != second:
                    return True
                continue
            level = min(self.level(first), self.level(second))
            for cells, place in self._at(first, level):
                for other_cells, other in self._at(second, level):
                    pair = (min(place, other), max(place, other))
                    if (level in group or cells & other_cells) and pair not in seen:
                        seen.add(pair)
                        pairs.append(pair)
        return False

    def _at(self, place: int, level: int) -> tuple[tuple[int, int], ...]:
        return self.branches[place] if self.level(place) == level else ((-1, place),)


def _cells(mask: int) -> list[int]:
    return [1 << index for index in range(mask.bit_length()) if mask >> index & 1]


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

    A step is one rule, or one part of a condition, looked at for one value of one fact.
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
        self.steps = 0
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
        return Diagram(self.levels, self.branches, list(self.results), root, self.steps)

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
        return _Frame(state, variable, _cells(cells), [])

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
        if self.steps > self.budget:
            raise OutOfBudget
        before = self.work
        child = self.child(state, variable, cell)
        self.steps += 1 + len(state[1]) + self.work - before
        return child

    @property
    def work(self) -> int:
        return self.circuit.work + (self.ties.work if self.ties is not None else 0)

    def child(self, state: State, variable: int, cell: int) -> State | None:
        gathered, candidates, conflict, allowed, context = state
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
