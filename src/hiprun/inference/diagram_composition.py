"""Decision diagrams put together from those of their conditions, one operation at a time.

This finds what a search finds, since a diagram is canonical: for the same order of variables there is only one. It is
the quicker way where nothing is known of a patient yet, and where facts depend on one another by conditions alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeAlias

from hiprun.inference.cells import all_cells
from hiprun.inference.circuit import AND, FALSE, LITERAL, NOT, OR, TRUE, Node
from hiprun.inference.decision_diagram import IMPOSSIBLE, DeadEnd, Diagram, Leaf, OutOfBudget, Place, Split
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policy import Advance, Candidate, Ending, Gathered, Result

_END = 1 << 60
"""The variable of what asks for none, beyond all others."""

Part: TypeAlias = int
"""A node of the diagrams that are put together here. Those of conditions end in `FALSE` and `TRUE`."""

Branches: TypeAlias = tuple[tuple[int, Part], ...]
"""Sets of the cells of a variable, as bits, each with where it leads."""

Known: TypeAlias = Callable[[Part, Part], Part | None]
"""Returns what two parts come to where that is seen at once, and always where both are ends."""


class Composition:
    """Diagrams over the variables of a program. Each may take `most` steps; raises `OutOfBudget` beyond."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.most = self.steps = 0
        self._variables: list[int] = [_END, _END]
        self._branches: list[Branches] = [(), ()]
        self._values: dict[Part, Any] = {FALSE: False, TRUE: True}
        self._splits: dict[Hashable, Part] = {}
        self._ends: dict[Hashable, Part] = {}
        self._conditions: dict[Node, Part] = {FALSE: FALSE, TRUE: TRUE}
        self._impossible = self._end(("impossible",))

    def __len__(self) -> int:
        return len(self._variables)

    def diagram(  # noqa: PLR0913 - all that a search is about
        self,
        advance: Advance,
        finish: Callable[[Gathered], Result],
        candidates: Sequence[Candidate],
        *,
        in_turn: bool,
        conflict: Node,
        allowed: Sequence[Node],
        most: int,
    ) -> Diagram:
        """Return the diagram of all that can come out of `candidates`, nodes of the program, as a search finds it.

        `in_turn` says that the first of them that holds is all that counts.
        """
        self.steps, self.most = 0, most
        gathered = self._first(candidates) if in_turn else self._folded(advance, candidates)
        result = self._mapped(gathered, lambda value: self._end(finish(value)))
        clash = self._end(Ending.CONFLICT)
        against = self._condition(conflict)
        result = self._combined(against, result, lambda one, other: (other, clash)[one] if one <= TRUE else None)
        for node in allowed:
            result = self._combined(self._condition(node), result, self._permitted)
        return self._as_diagram(result)

    def _permitted(self, one: Part, other: Part) -> Part | None:
        if one <= TRUE:
            return other if one else self._impossible
        return other if other == self._impossible else None

    def _first(self, candidates: Sequence[Candidate]) -> Part:
        found = self._end(None)
        for node, payload in reversed(candidates):
            given = self._end(payload)

            def known(one: Part, other: Part, given: Part = given) -> Part | None:
                if one <= TRUE:
                    return given if one else other
                return other if other == given else None

            found = self._combined(self._condition(node), found, known)
        return found

    def _folded(self, advance: Advance, candidates: Sequence[Candidate]) -> Part:
        found = self._end(None)
        for part, payload in self._lowest_first((self._condition(node), payload) for node, payload in candidates):
            found = self._added(part, found, _taking(advance, payload))
        return found

    def _lowest_first(self, parts: Iterable[tuple[Part, Any]]) -> list[tuple[Part, Any]]:
        """Return parts in the order in which the least of what is there already has to be gone through."""
        return sorted(parts, key=lambda entry: self._variables[entry[0]], reverse=True)

    def _added(self, condition: Part, found: Part, add: Callable[[Any], Any]) -> Part:
        """Return what was found so far, with what is added where a condition holds."""

        def known(one: Part, other: Part) -> Part | None:
            if one == FALSE:
                return other
            if one == TRUE and other in self._values:
                return self._end(add(self._values[other]))
            return None

        return self._combined(condition, found, known)

    # conditions

    def _condition(self, node: Node) -> Part:
        found = self._conditions.get(node)
        if found is None:
            found = self._conditions[node] = self._made(node)
        return found

    def _made(self, node: Node) -> Part:
        kind, parts = self.program.circuit.kinds[node], self.program.circuit.parts[node]
        if kind == LITERAL:
            cells = self.program.masks[node]
            others = all_cells(self.program.variables[parts[0]]) & ~cells
            return self._split(parts[0], {TRUE: cells, FALSE: others} if others else {TRUE: cells})
        if kind == NOT:
            return self._mapped(self._condition(parts), lambda value: FALSE if value else TRUE)
        if kind in (AND, OR):
            found = TRUE if kind == AND else FALSE
            for part, _ in self._lowest_first((self._condition(part), None) for part in parts):
                found = self._combined(found, part, _every if kind == AND else _some)
            return found
        offset, terms, wanted = parts
        found = self._end(offset)
        for part, weight in self._lowest_first((self._condition(part), weight) for weight, part in terms):
            found = self._added(part, found, _adding(weight))
        return self._mapped(found, lambda total: int(any(start <= (total, 0) < end for start, end in wanted)))

    # diagrams

    def _end(self, value: Hashable) -> Part:
        # truths are no numbers, though Python calls them equal
        key = value, tuple(type(entry) is bool for entry in value) if isinstance(value, tuple) else type(value) is bool
        found = self._ends.get(key)
        if found is None:
            found = self._ends[key] = self._appended(_END, ())
            self._values[found] = value
        return found

    def _split(self, variable: int, cells: dict[Part, int]) -> Part:
        if len(cells) == 1:
            return next(iter(cells))
        branches = tuple(sorted([(mask, part) for part, mask in cells.items()]))
        found = self._splits.get((variable, branches))
        if found is None:
            found = self._splits[variable, branches] = self._appended(variable, branches)
        return found

    def _appended(self, variable: int, branches: Branches) -> Part:
        self._variables.append(variable)
        self._branches.append(branches)
        return len(self._variables) - 1

    def _mapped(self, part: Part, end: Callable[[Any], Part]) -> Part:
        """Return a diagram with other ends."""
        done: dict[Part, Part] = {}

        def joined(part: Part) -> dict[Part, int]:
            cells: dict[Part, int] = {}
            for mask, child in self._branches[part]:
                found = mapped(child)
                cells[found] = cells.get(found, 0) | mask
            return cells

        def mapped(part: Part) -> Part:
            found = done.get(part)
            if found is None:
                found = done[part] = (
                    end(self._values[part])
                    if part in self._values
                    else self._split(self._variables[part], joined(part))
                )
            return found

        return mapped(part)

    def _combined(self, one: Part, other: Part, known: Known) -> Part:
        """Return what two diagrams come to together."""
        done: dict[tuple[Part, Part], Part] = {}
        variables, branches = self._variables, self._branches

        def combined(one: Part, other: Part) -> Part:
            found = known(one, other)
            if found is None:
                found = done.get((one, other))
            if found is None:
                self.steps += 1
                if self.steps > self.most:
                    raise OutOfBudget
                first, second = variables[one], variables[other]
                mine: Branches = branches[one] if first <= second else ((-1, one),)
                theirs: Branches = branches[other] if second <= first else ((-1, other),)
                cells: dict[Part, int] = {}
                for mask, child in mine:
                    for mask_, child_ in theirs:
                        both = mask & mask_
                        if both:
                            result = combined(child, child_)
                            cells[result] = cells.get(result, 0) | both
                found = done[one, other] = self._split(min(first, second), cells)
            return found

        return combined(one, other)

    def _as_diagram(self, root: Part) -> Diagram:
        nodes: list[DeadEnd | Leaf | Split] = [DeadEnd()]
        places: dict[Part, Place] = {self._impossible: IMPOSSIBLE}
        leaves = 0

        def place(part: Part) -> Place:
            nonlocal leaves
            found = places.get(part)
            if found is None:
                if part in self._values:
                    nodes.append(Leaf(leaves, self._values[part]))
                    leaves += 1
                else:
                    below = tuple(sorted((mask, place(child)) for mask, child in self._branches[part]))
                    nodes.append(Split(self._variables[part], below))
                found = places[part] = Place(len(nodes) - 1)
            return found

        return Diagram(nodes, place(root), self.steps)


def _every(one: Part, other: Part) -> Part | None:
    if one <= TRUE:
        return other if one else FALSE
    if other <= TRUE:
        return one if other else FALSE
    return one if one == other else None


def _some(one: Part, other: Part) -> Part | None:
    if one <= TRUE:
        return TRUE if one else other
    if other <= TRUE:
        return TRUE if other else one
    return one if one == other else None


def _taking(advance: Advance, payload: Any) -> Callable[[Any], Any]:
    return lambda gathered: advance(gathered, [(TRUE, payload)])[0]


def _adding(weight: Any) -> Callable[[Any], Any]:
    return lambda total: total + weight
