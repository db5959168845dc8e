"""Everything that can still come out, as a decision diagram over the unknown facts.

The variables are walked in a fixed order. What is left of the rules after each step, together with what has been
gathered so far, is the state; equal states are explored once, and nodes whose branches all lead to the same place
vanish. So the diagram is canonical: a variable stands in it exactly when it can still make a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

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

    def spoken_of(self, values: Iterable[Any]) -> int:
        """Return the variables that are tied to facts of the formulas among `values`, as bits."""

    def settled(self, values: Sequence[Any], context: Context) -> tuple[Any, ...]:
        """Return values with every formula worked out as far as `context` settles it."""


@attrs.frozen
class Diagram:
    """Nodes bottom-up; `branches` pairs sets of cells with where they lead.

    A place from 0 on is a node, `IMPOSSIBLE` a dead end, and -2 - k the result with number k. `steps` is how many it
    took to find all this. `rows` has what was gathered where an answer has formulas, each with all that these were
    found to come to.
    """

    levels: Sequence[int]
    branches: Sequence[tuple[tuple[int, int], ...]]
    results: Sequence[Result]
    root: int
    steps: int = 0
    rows: Mapping[Result, Sequence[tuple[Any, ...]]] = MappingProxyType({})

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
                    bits |= self.bits(place, found)
            found.append(bits)
        return found

    def possible(self) -> list[Result]:
        """Return every result that can come out."""
        bits = self.bits(self.root, self.reachable())
        return [result for index, result in enumerate(self.results) if bits >> index & 1]

    def bits(self, place: int, below: Sequence[int]) -> int:
        """Return the results that can be reached from a place, as bits."""
        return below[place] if place >= 0 else _bit(place)


def cells_of(mask: int) -> list[int]:
    """Return the cells in a set of them, one by one."""
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
    rest: Sequence[Any] | None = None,
    budget: int,
) -> Diagram:
    """Return the diagram of all that can come out of `candidates`; raise `OutOfBudget` beyond `budget` steps.

    A step is one rule, or one part of a condition, looked at for one value of one fact. With `rest`, the values that
    an answer has where nothing was gathered, formulas in answers are worked out as far as each path settles them.
    """
    return _Search(circuit, advance, finish, ties, rest, budget).run(candidates, conflict, allowed)


class _Search:
    def __init__(
        self,
        circuit: Circuit,
        advance: Advance,
        finish: Callable[[Gathered], Result],
        ties: Ties | None,
        rest: Sequence[Any] | None,
        budget: int,
    ) -> None:
        self.circuit, self.advance, self.finish, self.ties, self.budget = circuit, advance, finish, ties, budget
        self.rest = rest
        self.rows: dict[Result, list[tuple[Any, ...]]] = {}
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
        return Diagram(self.levels, self.branches, list(self.results), root, self.steps, self.rows)

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
        return _Frame(state, variable, cells_of(cells), [])

    def support(self, state: State) -> int:
        _, candidates, conflict, allowed, _ = state
        support = self.circuit.support[conflict] | self.circuit.support[allowed]
        for node, _ in candidates:
            support |= self.circuit.support[node]
        return support

    def place(self, state: State) -> int | None:
        """Return where a state leads if that is known already."""
        gathered, candidates, conflict, allowed, context = state
        if not candidates and conflict == FALSE and allowed == TRUE:
            result = self.result(self.finish(gathered), context)
            return -2 - self.results.setdefault(result, len(self.results))
        return self.places.get(state)

    def result(self, found: Result, context: Context) -> Result:
        """Return a result with the numbers in it that the way to it leaves."""
        if self.rest is None or self.ties is None or isinstance(found, Ending) or not self.ties.spoken_of(found):
            return found
        settled = self.ties.settled(found, context)
        self.rows.setdefault(found, []).append(settled)
        return settled

    def pending(self, state: State) -> int:
        """Return the variables on which numbers depend that answers may still have, as bits."""
        if self.rest is None:
            return 0
        assert self.ties is not None
        gathered, candidates, *_ = state
        found = 0
        if gathered is None:
            found = self.ties.spoken_of(self.rest)
        elif not isinstance(gathered, Ending):
            found = self.ties.spoken_of(gathered)
        for _, payload in candidates:
            found |= self.ties.spoken_of(payload)
        return found

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
        return (*child[:4], self.ties.relevant(context, self.support(child) | self.pending(child)))

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
