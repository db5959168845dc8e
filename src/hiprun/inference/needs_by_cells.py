"""Which unknown facts can still change what comes out, where facts depend on one another by conditions alone.

Then results have no open numbers in them, and all that counts of a fact are the cells it may lie in. As diagrams are
canonical, two nodes that lead to no dead end are two different functions: patients exist who tell them apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from typing import TypeAlias

import attrs

from hiprun.inference.decision_diagram import IMPOSSIBLE, OutOfBudget
from hiprun.inference.narrowed_diagram import Branches, NarrowedDiagram
from hiprun.model.value_objects import Entity

_MOST_PAIRS = 20_000

_Pair: TypeAlias = tuple[int, int]


@attrs.define(eq=False, slots=False)
class NeedsByCells(Entity):
    """Looks for facts that matter to what a diagram shows. `speaking` has the facts each variable speaks of.

    `budget` is how many steps it may take, `exact` is False once a fact was taken to matter for want of them.
    """

    diagram: NarrowedDiagram
    speaking: Sequence[tuple[str, ...]]
    budget: int
    exact: bool = True
    _same: set[_Pair] = attrs.field(factory=set)
    """Pairs of nodes that nobody who can occur tells apart."""

    def scores(self) -> dict[str, int]:
        """Return for each fact that matters how much stays open once it is known; a smaller number decides more.

        The measure is the mean over the cells of the fact of the results left, in thousandths.
        """
        whole, results_left = self.diagram.whole, self.diagram.results_left()
        variables: dict[str, list[int]] = {}
        for variable in results_left:
            (fact,) = self.speaking[variable]
            variables.setdefault(fact, []).append(variable)
        found: dict[str, int] = {}
        for fact, asked in variables.items():
            try:
                if len(asked) == 1:
                    narrows, score = _alone(results_left[asked[0]], whole)
                else:
                    left = self.diagram.results_left_together(asked, self._step)
                    narrows = any(bits != whole for bits in left)
                    score = 1000 * sum(map(int.bit_count, left)) // len(left)
                if not narrows and not self._made_by(asked):
                    continue
            except OutOfBudget:
                self.exact = False
                score = 1000 * whole.bit_count()
            found[fact] = score
        return found

    def _step(self, steps: int) -> None:
        self.budget -= steps
        if self.budget < 0:
            raise OutOfBudget

    # does it make the difference between two patients?

    @cached_property
    def _splits(self) -> Mapping[int, list[Branches]]:
        return self.diagram.splits()

    def _made_by(self, asked: Sequence[int]) -> bool:
        """Return whether two patients who differ in these variables alone can get different results."""
        if self.diagram.is_total[self.diagram.root]:
            return True  # each branch of a node is another function
        if any(map(self._made_by_one, asked)):
            return True
        return len(asked) > 1 and self._made_together(asked)

    def _made_by_one(self, variable: int) -> bool:
        total, nodes = self.diagram.is_total, self._splits[variable]
        for branches in nodes:
            if len([place for _, place in branches if total[place]]) > 1:
                return True
        for branches in nodes:
            places = sorted([place for _, place in branches if place != IMPOSSIBLE])
            if any(self._differ(pair) for pair in combinations(places, 2)):
                return True
        return False

    def _differ(self, start: _Pair) -> bool:
        """Return whether some patient gets different results from two nodes, the lower one first."""
        total, same = self.diagram.is_total, self._same
        pairs, seen = [start], {start}
        while pairs:
            first, second = pairs.pop()
            if total[first] and total[second]:
                return True
            self._step(1)
            for pair in self._further(first, second):
                if pair not in seen and pair not in same:
                    seen.add(pair)
                    pairs.append(pair)
            _bounded(seen)
        same |= seen
        return False

    def _further(self, first: int, second: int) -> Iterator[_Pair]:
        """Yield where a patient comes from two nodes, where these are two again."""
        variable = min(self.diagram.variables[first], self.diagram.variables[second])
        for cells, one in self._branches(first, variable):
            for other_cells, other in self._branches(second, variable):
                if one != other and IMPOSSIBLE not in (one, other) and cells & other_cells:
                    yield (one, other) if one < other else (other, one)

    def _made_together(self, asked: Sequence[int]) -> bool:
        """Return whether two patients who differ in several variables can get different results."""
        variables, last = self.diagram.variables, asked[-1]
        start = self.diagram.root, self.diagram.root
        pairs, seen = [start], {start}
        while pairs:
            first, second = pairs.pop()
            variable = min(variables[first], variables[second])
            if variable > last:
                if first != second and self._differ((first, second)):
                    return True
                continue
            self._step(1)
            for cells, one in self._branches(first, variable):
                for other_cells, other in self._branches(second, variable):
                    pair = (one, other) if one < other else (other, one)
                    if pair[0] != IMPOSSIBLE and (cells & other_cells or variable in asked) and pair not in seen:
                        seen.add(pair)
                        pairs.append(pair)
            _bounded(seen)
        return False

    def _branches(self, place: int, variable: int) -> Branches:
        return self.diagram.branches[place] if self.diagram.variables[place] == variable else ((-1, place),)


def _alone(left: Mapping[int, int], whole: int) -> tuple[bool, int]:
    """Return whether knowing a variable narrows what is possible, and how much stays open then."""
    narrows, size, open_ = False, 0, 0
    for cells, bits in left.items():
        if bits:
            count = cells.bit_count()
            size += count
            open_ += count * bits.bit_count()
            if bits != whole:
                narrows = True
    return narrows, 1000 * open_ // size


def _bounded(seen: Collection[_Pair]) -> None:
    if len(seen) > _MOST_PAIRS:
        raise OutOfBudget
