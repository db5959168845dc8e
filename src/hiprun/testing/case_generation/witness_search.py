"""A search for one patient who satisfies a query: for each variable the cells that it may lie in.

What has to hold is followed down to the facts, which narrows their cells. Where nothing more follows, one test is taken
to be true, and then to be false. So one patient is found without laying out all that is possible, and that there is
none is proved as soon as each branch contradicts itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from hiprun.inference.circuit import AND, LITERAL, NOT, OR, Node, set_bits
from hiprun.inference.decision_diagram import Context, OutOfBudget
from hiprun.inference.grounding import Program
from hiprun.inference.interval_sets import of_domain
from hiprun.inference.linked_facts import Ties, ties_of
from hiprun.inference.operators import Truth
from hiprun.model import Model

Masks = tuple[int, ...]
"""For each variable of a program the cells that it may lie in, as bits."""

Cells = Sequence[tuple[int, int]]
"""The variables of a fact with the cell that each lies in; 0 where the fact is not known."""


@attrs.frozen
class Near:
    """A patient of whom at most `most` facts may be different; one that is not known may not be asked for otherwise."""

    cells: Mapping[str, Cells] = attrs.field(hash=False)
    most: int

    def changed(self, masks: Sequence[int], full: Masks) -> list[str]:
        """Return the facts that cannot be as they are."""
        return [
            name
            for name, pairs in self.cells.items()
            if not all(masks[index] & cell if cell else masks[index] == full[index] for index, cell in pairs)
        ]

    def narrow(self, masks: list[int], full: Masks) -> bool | None:
        """Narrow cells to those of patients who are near enough; return whether any were, None if nobody is."""
        changed = set(self.changed(masks, full))
        if len(changed) > self.most:
            return None
        if len(changed) < self.most:
            return False
        narrowed = False
        for index, cell in (pair for name, pairs in self.cells.items() if name not in changed for pair in pairs):
            if cell and masks[index] != cell:
                masks[index] = cell
                narrowed = True
        return narrowed

    def prefers(self, variable: int, cells: int) -> bool:
        """Return whether a variable lies in some of these cells."""
        return any(index == variable and cell & cells for pairs in self.cells.values() for index, cell in pairs)


@attrs.define
class _Branch:
    """What is settled so far: the cells, the truth of every node, and the nodes that are open."""

    masks: list[int]
    truths: list[Truth]
    open_nodes: Sequence[Node]


class WitnessSearch:
    """Searches for patients of one query, whose rule has to hold.

    `work` counts the nodes looked at, `tied_work` the steps to see whether facts fit that sums tie together.
    """

    def __init__(self, model: Model, program: Program, budget: int) -> None:
        self.program, self.budget, self.work = program, budget, 0
        self.full: Masks = tuple((1 << (len(variable.cuts) - 1)) - 1 for variable in program.variables)
        model = program.lowered or model
        regions = {name: of_domain(model.facts[name].domain) for name in program.numbers}
        self.ties: Ties | None = ties_of(model, program, self.full, regions, ())
        if self.ties is not None:
            self.ties.most = budget
        self._kinds, self._parts = program.circuit.kinds, program.circuit.parts
        self._roots = (program.rules[0], program.allowed)
        support = program.circuit.support
        self._support = support[self._roots[0]] | support[self._roots[1]]

    @property
    def tied_work(self) -> int:
        """How many steps it took to see whether facts fit."""
        return 0 if self.ties is None else self.ties.work

    @property
    def exact(self) -> bool:
        """Whether facts are sure to fit the cells that were found."""
        return self.ties is None or self.ties.exact

    def find(self, near: Near | None = None) -> Masks | None:
        """Return cells of which every combination satisfies the query; None if there are none.

        Where sums tie facts together, it is one combination of cells, which facts fit. Raises `OutOfBudget`.
        """
        nodes = range(2, len(self._kinds))
        waiting = [_Branch(list(self.full), [False, True, *(None for _ in nodes)], nodes)]
        while waiting:
            branch = waiting.pop()
            if not self._follow(branch, near):
                continue
            choice = self._choice(branch)
            if choice is None:
                return tuple(branch.masks)
            variable, members = choice
            sides = [branch.masks[variable] & ~members, branch.masks[variable] & members]
            if near is not None and near.prefers(variable, sides[0]):
                sides.reverse()
            for side in sides:
                masks = list(branch.masks)
                masks[variable] = side
                waiting.append(_Branch(masks, list(branch.truths), branch.open_nodes))
        return None

    def _follow(self, branch: _Branch, near: Near | None) -> bool:
        """Narrow the cells of a branch to those that the query leaves; return whether it leaves any."""
        masks, truths, literals = branch.masks, branch.truths, self.program.masks

        def holds(node: Node, variable: int, _: Any) -> Truth:
            members, allowed = literals[node], masks[variable]
            common = allowed & members
            return False if not common else True if common == allowed else None

        while True:
            self.work += len(branch.open_nodes) + 1
            if self.work > self.budget:
                raise OutOfBudget
            branch.open_nodes = self.program.circuit.settle(truths, branch.open_nodes, holds)
            if any(truths[root] is False for root in self._roots):
                return False
            narrowed = False
            for variable, members in self._required(truths):
                narrowed = narrowed or bool(masks[variable] & ~members)
                masks[variable] &= members
                if not masks[variable]:
                    return False
            if near is not None:
                nearer = near.narrow(masks, self.full)
                if nearer is None:
                    return False
                narrowed = narrowed or nearer
            if not narrowed:
                return self._fits(masks)

    def _required(self, truths: Sequence[Truth]) -> Iterator[tuple[int, int]]:
        """Yield the cells in which variables have to lie."""
        for node, wanted in self._following(truths):
            if self._kinds[node] == LITERAL:
                variable = self._parts[node][0]
                members = self.program.masks[node]
                yield variable, members if wanted else self.full[variable] & ~members

    def _following(self, truths: Sequence[Truth]) -> Iterator[tuple[Node, bool]]:
        """Yield the open nodes whose truth follows from what is wanted, with this truth."""
        waiting = [(root, True) for root in self._roots if truths[root] is None]
        seen = set(waiting)
        while waiting:
            node, wanted = waiting.pop()
            yield node, wanted
            kind = self._kinds[node]
            if kind == NOT:
                needed = [(self._parts[node], not wanted)]
            elif kind in (AND, OR):
                parts = [part for part in self._parts[node] if truths[part] is None]
                needed = [(part, wanted) for part in parts] if len(parts) == 1 or (kind == AND) is wanted else []
            else:
                needed = []
            for entry in needed:
                if entry not in seen:
                    seen.add(entry)
                    waiting.append(entry)

    def _choice(self, branch: _Branch) -> tuple[int, int] | None:
        """Return a variable and the cells to try for it; None if nothing is open."""
        truths = branch.truths
        best: tuple[int, Sequence[Node], bool] | None = None
        for node, wanted in self._following(truths):
            kind, parts = self._kinds[node], self._parts[node]
            if kind in (LITERAL, NOT) or (kind == AND and wanted) or (kind == OR and not wanted):
                continue
            left = [
                part
                for part in (parts if kind in (AND, OR) else [part for _, part in parts[1]])
                if truths[part] is None
            ]
            if best is None or len(left) < len(best[1]):
                best = node, left, wanted
        if best is None:
            return self._tied_choice(branch.masks)
        node, wanted = best[1][0], best[2]
        while self._kinds[node] != LITERAL:
            kind, parts = self._kinds[node], self._parts[node]
            if kind == NOT:
                node, wanted = parts, not wanted
            else:
                below = parts if kind in (AND, OR) else [part for _, part in parts[1]]
                node = next(part for part in below if truths[part] is None)
        variable, members = self._parts[node][0], self.program.masks[node]
        return variable, members if wanted else self.full[variable] & ~members

    # facts that sums tie together

    def _tied_choice(self, masks: Sequence[int]) -> tuple[int, int] | None:
        for index in self._tied_variables():
            cells = masks[index]
            if cells & (cells - 1):
                return index, cells & -cells
        return None

    def _tied_variables(self) -> list[int]:
        tied = self.ties.summed & self._support if self.ties is not None else 0
        return set_bits(tied)

    def _fits(self, masks: Sequence[int]) -> bool:
        """Return whether facts exist that lie in the cells that are settled."""
        context: Context | None = ()
        for index in self._tied_variables():
            cells = masks[index]
            if not cells & (cells - 1):
                assert self.ties is not None
                assert context is not None
                context = self.ties.extended(context, index, cells)
                if context is None:
                    return False
        return True
