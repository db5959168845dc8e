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

from hiprun.inference.decision_diagram import (
    IMPOSSIBLE,
    Diagram,
    Leaf,
    OutOfBudget,
    Place,
    Split,
    results_left,
    results_left_together,
)

_MOST_PAIRS = 20_000

_Pair: TypeAlias = tuple[Place, Place]


@attrs.define(slots=False)
class NeedsByCells:
    """Looks for facts that matter to what a diagram shows. `speaking` has the facts each variable speaks of.

    `budget` is how many steps it may take, `exact` is False once a fact was taken to matter for want of them.
    """

    diagram: Diagram
    speaking: Sequence[tuple[str, ...]]
    budget: int
    exact: bool = True
    _same: set[_Pair] = attrs.field(factory=set)
    """Pairs of nodes that nobody who can occur tells apart."""

    @cached_property
    def _below(self) -> list[int]:
        return self.diagram.reachable()

    @cached_property
    def _left(self) -> Mapping[int, list[int]]:
        return results_left(self.diagram, self._below)

    @cached_property
    def _splits(self) -> Mapping[int, list[Split]]:
        return self.diagram.splits_by_variable()

    def scores(self) -> dict[str, int]:
        """Return for each fact that matters how much stays open once it is known; a smaller number decides more.

        The measure is the mean over the cells of the fact of the results left, in thousandths.
        """
        whole = self._below[self.diagram.root]
        variables: dict[str, list[int]] = {}
        for variable in sorted(self._splits):
            (fact,) = self.speaking[variable]
            variables.setdefault(fact, []).append(variable)
        found: dict[str, int] = {}
        for fact, asked in variables.items():
            try:
                left = (
                    self._left[asked[0]] if len(asked) == 1 else results_left_together(self.diagram, asked, self._step)
                )
                if all(bits == whole for bits in left) and not self._made_by(asked):
                    continue
            except OutOfBudget:
                self.exact = False
                left = [whole]
            found[fact] = 1000 * sum(map(int.bit_count, left)) // len(left)
        return found

    def _step(self, steps: int) -> None:
        self.budget -= steps
        if self.budget < 0:
            raise OutOfBudget

    # does it make the difference between two patients?

    @cached_property
    def _is_total(self) -> list[bool]:
        """Whether each node leads to no dead end."""
        found: list[bool] = []
        for node in self.diagram.nodes:
            if isinstance(node, Split):
                found.append(all(found[place] for _, place in node.branches))
            else:
                found.append(isinstance(node, Leaf))
        return found

    def _made_by(self, asked: Sequence[int]) -> bool:
        """Return whether two patients who differ in these variables alone can get different results."""
        if any(map(self._made_by_one, asked)):
            return True
        return len(asked) > 1 and self._made_together(asked)

    def _made_by_one(self, variable: int) -> bool:
        total = self._is_total
        for split in self._splits[variable]:
            places = [place for _, place in split.branches if place != IMPOSSIBLE]
            if sum(total[place] for place in places) > 1:
                return True
            if any(self._differ(pair) for pair in combinations(sorted(places), 2)):
                return True
        return False

    def _differ(self, start: _Pair) -> bool:
        """Return whether some patient gets different results from two nodes, the lower one first."""
        total, same = self._is_total, self._same
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

    def _further(self, first: Place, second: Place) -> Iterator[_Pair]:
        """Yield where a patient comes from two nodes, where these are two again."""
        variable = min(self.diagram.variable(first), self.diagram.variable(second))
        for cells, one in self._branches(first, variable):
            for other_cells, other in self._branches(second, variable):
                if one != other and IMPOSSIBLE not in (one, other) and cells & other_cells:
                    yield (one, other) if one < other else (other, one)

    def _made_together(self, asked: Sequence[int]) -> bool:
        """Return whether two patients who differ in several variables can get different results."""
        variable_at, last = self.diagram.variable, asked[-1]
        start = self.diagram.root, self.diagram.root
        pairs, seen = [start], {start}
        while pairs:
            first, second = pairs.pop()
            variable = min(variable_at(first), variable_at(second))
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

    def _branches(self, place: Place, variable: int) -> Sequence[tuple[int, Place]]:
        node = self.diagram.nodes[place]
        return node.branches if isinstance(node, Split) and node.variable == variable else ((-1, place),)


def _bounded(seen: Collection[_Pair]) -> None:
    if len(seen) > _MOST_PAIRS:
        raise OutOfBudget
