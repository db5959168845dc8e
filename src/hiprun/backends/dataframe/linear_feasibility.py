"""Facts that sums tie together: in which cells their variables can lie at once, where some of the facts are known.

For each choice of cells the unknown facts are eliminated from the inequalities that it stands for; what is left are
conditions on the facts that are known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import TypeAlias

from hiprun.backends.dataframe.bit_planes import Truth
from hiprun.backends.dataframe.fact_planes import FactPlanes
from hiprun.inference.grounding import Program, Variable
from hiprun.inference.interval_sets import is_whole, of_domain
from hiprun.inference.linear_constraints import Inequality, Solver, within

Cells: TypeAlias = tuple[int, ...]

_MOST_FACTS = 3
_MOST_CHOICES = 32
"""Larger groups are looked at variable by variable, which is exact only where all or nothing of them is known."""


class Group:
    """Variables that sums tie together, in front of the rows of a batch."""

    def __init__(self, facts: FactPlanes, program: Program, indexes: Sequence[int]) -> None:
        self.rows, self.facts = facts.rows, facts
        self.indexes = tuple(indexes)
        self.variables = [program.variables[index] for index in indexes]
        self.names = sorted({name for variable in self.variables for name in variable.facts})
        self.unknown = {name: facts.unknown(name) for name in self.names}

    @property
    def is_small(self) -> bool:
        """Whether every choice of cells can be looked at."""
        return len(self.names) <= _MOST_FACTS and self._size <= _MOST_CHOICES

    @property
    def _size(self) -> int:
        return math.prod(len(variable.cells) for variable in self.variables)

    def choices(self) -> Iterator[Cells]:
        """Yield every choice of one cell for each variable."""
        yield from product(*(range(len(variable.cells)) for variable in self.variables))

    def fits(self, cells: Cells) -> Truth:
        """Return where the variables can lie in these cells at once."""
        found: list[Truth] = []
        for unknown in self._patterns():
            pattern = [
                self.unknown[name] if name in unknown else self.rows.negate(self.unknown[name]) for name in self.names
            ]
            if (here := self.rows.every(pattern)) is not False:
                found.append(self.rows.every([here, self._fits(cells, unknown)]))
        return self.rows.some(found)

    def _patterns(self) -> Iterator[frozenset[str]]:
        for size in range(len(self.names) + 1):
            yield from map(frozenset, combinations(self.names, size))

    def _fits(self, cells: Cells, unknown: frozenset[str]) -> Truth:
        """Return what has to hold of the known facts so that the `unknown` ones fit."""
        if len(unknown) == len(self.names):
            return True  # the diagram was made for those of whom nothing is known
        regions = {name: of_domain(self.facts.fact(name).domain)[0] for name in unknown}
        truths: list[Truth] = []
        rows: list[Inequality] = []
        for variable, cell in zip(self.variables, cells, strict=True):
            if variable.kind == "fact" and variable.fact in unknown:
                regions[variable.fact] = variable.cells[cell]
            elif unknown.isdisjoint(variable.facts):
                truths.append(self.facts.may(variable, 1 << cell))
            else:
                rows += within(variable.terms, variable.cells[cell])
        for name, region in regions.items():
            rows += within(((name, 1),), region)
        left = Solver().eliminated(rows, sorted(unknown))
        assert left is not None  # groups are small
        return self.rows.every([*truths, *(self._keeps(row) for row in left)])

    def _keeps(self, row: Inequality) -> Truth:
        factors, number, strict = row
        terms = [(name, factor) for name, factor in sorted(factors.items()) if factor]
        if not terms:
            return number > 0 or (number == 0 and not strict)
        return self.facts.sums.below(terms, number, strictly=strict)

    def exact(self) -> Truth:
        """Return where `fits` is exactly right, not too wide."""
        rows = self.rows
        nothing = rows.every(self.unknown.values())
        free = rows.every(rows.negate(self.unknown[name]) for name in self.names if self._skips(name))
        clear = [
            rows.some([rows.negate(self.facts.sums.rough(variable)), self._settled(variable)])
            for variable in self.variables
            if variable.kind == "sum"
        ]
        return rows.every([rows.some([nothing, free]), *clear])

    def _settled(self, variable: Variable) -> Truth:
        return self.rows.some(self.facts.must(variable, 1 << cell) for cell in range(len(variable.cells)))

    def _skips(self, name: str) -> bool:
        """Whether values between those that a fact allows are left out, or ways to combine them are not looked at."""
        if not self.is_small:
            return True
        if not is_whole(self.facts.fact(name).domain):
            return False
        if len(self.variables) > 1:
            return True
        (only,) = self.variables
        return only.kind != "sum" or not only.whole or abs(dict(only.terms)[name]) != 1
