"""Everything that can still come out, as a decision diagram over the unknown facts.

The variables are walked in a fixed order. What is left of the rules after each step, together with what has been
gathered so far, is the state; equal states are explored once, and nodes whose branches all lead to the same place
vanish. So the diagram is canonical: a variable stands in it exactly when it can still make a difference.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, NewType, Protocol, TypeAlias

import attrs

from hiprun.inference.circuit import FALSE, LITERAL, TRUE, Circuit, Node
from hiprun.inference.hit_policy import Advance, Candidate, Ending, Gathered, Result
from hiprun.model.value_objects import Entity, ValueObject

Place = NewType("Place", int)
"""Where a node is among those of its diagram."""

IMPOSSIBLE = Place(0)
"""The place of the dead end, the first in every diagram."""

BEYOND = 1 << 60
"""The variable of what asks for none: it lies beyond all others."""

_TIED = 4
"""How many steps it counts as to note one more choice for facts that are tied together."""

_FORMULA = 8
"""How many steps it counts as to work out a formula at the end of a path."""


class ChosenCell(NamedTuple):
    """The cell, by its number, that was chosen for a variable."""

    variable: int
    cell: int


Context: TypeAlias = tuple[ChosenCell, ...]
"""Cells chosen so far for variables that are tied together by sums of facts."""


class State(NamedTuple):
    """What has been gathered, and what is left of the rules, of conflicts and of what is allowed.

    A named tuple, since states are looked up many times and tuples are hashed quickest.
    """

    gathered: Gathered
    candidates: tuple[Candidate, ...]
    conflict: Node
    allowed: Node
    context: Context


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

    def settled(self, values: Sequence[Any], context: Context) -> tuple[Any, ...] | None:
        """Return values with every formula worked out as far as `context` settles it; None where it fits nobody."""


@attrs.frozen
class DeadEnd(ValueObject):
    """Where combinations lead that cannot occur."""


@attrs.frozen
class Leaf(ValueObject):
    """A result that can come out, the one with this number."""

    number: int
    result: Result


@attrs.frozen
class Split(ValueObject):
    """A node that asks for a variable; `branches` pairs sets of its cells, as bits, with where they lead."""

    variable: int
    branches: tuple[tuple[int, Place], ...]


@attrs.frozen
class Diagram(ValueObject):
    """Nodes bottom-up, the dead end first; all others can be reached. `steps` is how many it took to find all this.

    `rows` has what was gathered where an answer has formulas, each with all that these were found to come to.
    """

    nodes: Sequence[DeadEnd | Leaf | Split]
    root: Place
    steps: int = 0
    rows: Mapping[Result, Sequence[tuple[Any, ...]]] = MappingProxyType({})

    @property
    def leaves(self) -> list[Leaf]:
        """The results, by their numbers."""
        return [node for node in self.nodes if isinstance(node, Leaf)]

    @property
    def splits(self) -> list[Split]:
        """The nodes that ask for a variable."""
        return [node for node in self.nodes if isinstance(node, Split)]

    def possible(self) -> list[Result]:
        """Return every result that can come out."""
        return [leaf.result for leaf in self.leaves]

    def variable(self, place: Place) -> int:
        """Return the variable a node asks for; results lie beyond all variables."""
        node = self.nodes[place]
        return node.variable if isinstance(node, Split) else BEYOND


def cells_of(mask: int) -> list[int]:
    """Return the cells in a set of them, one by one."""
    return [1 << index for index in range(mask.bit_length()) if mask >> index & 1]


def stretches_of(cells: int, edges: int) -> list[int]:
    """Return sets of cells, the lowest first, between each of which is one of the `edges`.

    >>> [bin(stretch) for stretch in stretches_of(0b1101, 0b10)]
    ['0b1', '0b1100']
    """
    found: list[int] = []
    rest = edges & (1 << cells.bit_length()) - 1
    while rest:
        below = (rest & -rest) - 1
        if cells & below:
            found.append(cells & below)
        cells &= ~below
        rest &= rest - 1
    return [*found, cells] if cells else found


@attrs.define(eq=False)
class _Frame(Entity):
    state: State
    variable: int
    waiting: list[int]
    done: list[tuple[int, Place]]


def explore(  # noqa: PLR0913 - all that a search is about
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

    A step is one rule, or one part of a condition, looked at for values of one fact that are alike to all that is left.
    With `rest`, the values that an answer has where nothing was gathered, formulas in answers are worked out as far as
    each path settles them.
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
        self.nodes: list[DeadEnd | Leaf | Split] = [DeadEnd()]
        self.leaves: dict[Result, Place] = {}
        self.splits: dict[tuple[int, tuple[tuple[int, Place], ...]], Place] = {}
        self.places: dict[State, Place] = {}
        self.known_edges: dict[tuple[Node, int], int] = {}

    def run(self, candidates: Sequence[Candidate], conflict: Node, allowed: Node) -> Diagram:
        start = self.settled(None, candidates, conflict, allowed, ())
        root = self.place(start) if start is not None else IMPOSSIBLE
        if start is not None and root is None:
            root = self.walk(start)
        assert root is not None
        return Diagram(self.nodes, root, self.steps, self.rows)

    def walk(self, start: State) -> Place:
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
            made = self.split(frame.variable, frame.done)
            self.places[frame.state] = made
            if not stack:
                return made

    def frame(self, state: State) -> _Frame:
        support = self.support(state)
        variable = (support & -support).bit_length() - 1
        return _Frame(state, variable, self.told_apart(state, variable), [])

    def told_apart(self, state: State, variable: int) -> list[int]:
        """Return the cells of a variable, neighbours together where no condition that is left tells them apart."""
        full: int = self.circuit.full[variable]
        if self.ties is not None and self.ties.tied >> variable & 1:
            return cells_of(full)
        edges = self.edges(state.conflict, variable) | self.edges(state.allowed, variable)
        for node, _ in state.candidates:
            edges |= self.edges(node, variable)
        return stretches_of(full, edges)

    def edges(self, top: Node, variable: int) -> int:
        """Return the cells of a variable that a node tells from the cell below, as bits."""
        circuit, known = self.circuit, self.known_edges
        waiting = [top]
        while waiting:
            node = waiting[-1]
            if not circuit.support[node] >> variable & 1 or (node, variable) in known:
                waiting.pop()
            elif circuit.kinds[node] == LITERAL:
                cells: int = circuit.parts[node][1]
                known[node, variable] = cells ^ cells << 1
            else:
                parts = [part for part in circuit.parts_of(node) if circuit.support[part] >> variable & 1]
                unknown = [part for part in parts if (part, variable) not in known]
                waiting += unknown
                if not unknown:
                    known[node, variable] = functools.reduce(operator.or_, (known[part, variable] for part in parts))
        return known.get((top, variable), 0)

    def support(self, state: State) -> int:
        _, candidates, conflict, allowed, _ = state
        supports = self.circuit.support
        support = supports[conflict] | supports[allowed]
        for node, _ in candidates:
            support |= supports[node]
        return support

    def place(self, state: State) -> Place | None:
        """Return where a state leads if that is known already."""
        gathered, candidates, conflict, allowed, context = state
        if not candidates and conflict == FALSE and allowed == TRUE:
            found = self.result(self.finish(gathered), context)
            return IMPOSSIBLE if found is None else self.leaf(found)
        return self.places.get(state)

    def result(self, found: Result, context: Context) -> Result | None:
        """Return a result with the numbers in it that the way to it leaves; None where it leaves none."""
        if self.rest is None or self.ties is None or isinstance(found, Ending) or not self.ties.spoken_of(found):
            return found
        settled = self.ties.settled(found, context)
        if settled is None:
            return None
        self.steps += _FORMULA * len(settled)
        self.rows.setdefault(found, []).append(settled)
        return settled

    def pending(self, state: State) -> int:
        """Return the variables on which numbers depend that answers may still have, as bits."""
        if self.rest is None:
            return 0
        assert self.ties is not None
        found = 0
        if state.gathered is None:
            found = self.ties.spoken_of(self.rest)
        elif not isinstance(state.gathered, Ending):
            found = self.ties.spoken_of(state.gathered)
        for _, payload in state.candidates:
            found |= self.ties.spoken_of(payload)
        return found

    def leaf(self, result: Result) -> Place:
        found = self.leaves.get(result)
        if found is None:
            found = self.leaves[result] = self.added(Leaf(len(self.leaves), result))
        return found

    def added(self, node: Leaf | Split) -> Place:
        self.nodes.append(node)
        return Place(len(self.nodes) - 1)

    def settled(
        self, gathered: Gathered, candidates: Sequence[Candidate], conflict: Node, allowed: Node, context: Context
    ) -> State | None:
        if allowed == FALSE:
            return None
        if conflict == TRUE:
            return State(Ending.CONFLICT, (), FALSE, allowed, ())
        gathered, left = self.advance(gathered, candidates)
        return State(gathered, left, conflict, allowed, context)

    def chosen(self, state: State, variable: int, cell: int) -> State | None:
        if self.steps > self.budget:
            raise OutOfBudget
        before = self.work
        child = self.child(state, variable, cell)
        self.steps += 1 + len(state.candidates) + self.work - before
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
            self.steps += _TIED
            extended = self.ties.extended(context, variable, cell)
            if extended is None:
                return None
            context = extended
        supports = self.circuit.support
        left = [
            (assign(node, variable, cell), payload) if supports[node] >> variable & 1 else (node, payload)
            for node, payload in candidates
        ]
        child = self.settled(gathered, left, assign(conflict, variable, cell), allowed, context)
        if child is None or not context:
            return child
        assert self.ties is not None
        return child._replace(context=self.ties.relevant(context, self.support(child) | self.pending(child)))

    def split(self, variable: int, done: list[tuple[int, Place]]) -> Place:
        by_place: dict[Place, int] = {}
        for cell, place in done:
            by_place[place] = by_place.get(place, 0) | cell
        if len(by_place) == 1:
            return next(iter(by_place))
        branches = tuple(sorted((cells, place) for place, cells in by_place.items()))
        key = (variable, branches)
        found = self.splits.get(key)
        if found is None:
            found = self.splits[key] = self.added(Split(variable, branches))
        return found
