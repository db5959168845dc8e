"""The smallest sets of changes after which every path leads to the wanted answer, whatever stays unknown.

Where a path still leads elsewhere, every way there is has to change one of the facts on it. So from each choice of
changes the search goes on with the facts of one such path, the choices that may end with the fewest changes first.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator

import attrs

from hiprun.inference.counterfactuals.choice_paths import NO_CHANGE, Choice, ChoicePaths
from hiprun.inference.counterfactuals.free_numbers import TooLarge, can_be_free, settled_numbers
from hiprun.inference.counterfactuals.layout import Path
from hiprun.inference.counterfactuals.tried_numbers import is_short, numbers_to_try
from hiprun.inference.decision_diagram import OutOfBudget, cells_of
from hiprun.model.value_objects import Entity


@attrs.define(eq=False, slots=False)
class Search(Entity):
    """Looks for ways to the wanted results of a layout."""

    paths: ChoicePaths
    _found: list[frozenset[str]] = attrs.field(factory=list)
    _untried: dict[frozenset[str], Choice] = attrs.field(factory=dict)

    def choices(self) -> Iterator[Choice]:
        """Yield choices after which every path leads to the wanted answer, those of the fewest facts first.

        None changes all the facts that one before it does. Raises `OutOfBudget` where looking further takes too long.
        """
        found = self._found
        order = itertools.count()
        # among choices that may end alike other facts come before other values of the same, and the furthest first
        heap: list[tuple[float, int, int, int, Choice]] = [(0, 0, 0, next(order), NO_CHANGE)]
        seen = {NO_CHANGE}
        while heap:
            least, late, _, _, choice = heapq.heappop(heap)
            names = self.paths.changed(choice)
            if any(names >= others for others in found):
                continue
            settled, elsewhere = self._settled(choice)
            if settled is not None:
                found.append(names)
                yield settled
                continue
            tried: dict[frozenset[str], int] = {}
            for child, rest in itertools.chain.from_iterable(self._further(choice, path) for path in elsewhere):
                if child not in seen and rest < math.inf:
                    seen.add(child)
                    changed = self.paths.changed(child)
                    if changed not in self._untried and self._leaves_numbers_out(child):
                        self._untried[changed] = child
                    tried[changed] = tried.get(changed, -1) + 1
                    least_then = max(least, len(changed) + rest)
                    heapq.heappush(heap, (least_then, late + tried[changed], -len(changed), next(order), child))

    def _settled(self, choice: Choice) -> tuple[Choice | None, list[Path]]:
        """Return a choice after which every path leads to the wanted answer, or else the paths to be left for one."""
        if choice.free:
            try:
                return settled_numbers(self.paths, choice)
            except TooLarge as too_large:
                self._untried.setdefault(self.paths.changed(choice), choice)
                return None, too_large.paths
        path = self.paths.astray(choice)
        if path is None and self.paths.leads(choice) is not None:
            return choice, []
        return None, [self.paths.blocked(choice) if path is None else path]

    def is_complete(self) -> bool:
        """Return whether no facts that were looked at so far may lead there by numbers that were not tried.

        Facts that are part of a way, or have one among them, are none of these.
        """
        if self.paths.functions.facts and not self.paths.is_sure:
            return False
        left = [choice for names, choice in self._untried.items() if not any(names >= way for way in self._found)]
        try:
            return not any(map(self._may_lead, left))
        except OutOfBudget:
            return False

    def _leaves_numbers_out(self, choice: Choice) -> bool:
        """Return whether not all numbers can be tried of the facts that are changed."""
        functions, names = self.paths.functions, [name for name, _ in choice.numbers]
        long = [name for name in names if not is_short(self.paths.model.facts[name].domain)]
        if not long:
            return False
        if len(names) > 1 or choice.free:
            return True
        if functions.facts.isdisjoint(names):
            return any(other not in self.paths.facts.known for other in self.paths.tied_with(long[0]))
        return not functions.has_all_thresholds(long[0], self.paths.region)

    def _may_lead(self, choice: Choice) -> bool:
        """Return whether some numbers of the facts that are changed lead there."""
        names = choice.free.union(name for name, _ in choice.numbers)
        freed = attrs.evolve(choice, numbers=frozenset(), free=names)
        return self.paths.leads(freed) is not None

    def _further(self, choice: Choice, path: Path) -> Iterator[tuple[Choice, float]]:
        """Yield choices with one more change each, which leads off a path, and how many more there must be at least."""
        paths, changed = self.paths, self.paths.changed(choice)
        moved = {level for level, _ in choice.cells}
        full = paths.layout.residual.circuit.full
        paths.step()
        rests = paths.layout.through(paths.changing(choice), wanted=True)
        for level, cells in path:
            names = paths.speaking[level]
            tied = [name for name in names if name in paths.tied]
            for name in tied:
                if name in changed or not paths.movable(name):
                    continue
                if can_be_free(paths, choice, name):
                    yield attrs.evolve(choice, free=choice.free | {name}), 0
                    continue
                for value in numbers_to_try(paths, name, choice):
                    yield attrs.evolve(choice, numbers=choice.numbers | {(name, value)}), 0
            if not tied and level not in moved and paths.movable(names[0]):
                others = {cell: rests.get((level, cell), 0) for cell in cells_of(full[level] & ~cells)}
                for cell in sorted(others, key=lambda cell: (others[cell], self._distance(level, cell))):
                    yield attrs.evolve(choice, cells=choice.cells | {(level, cell)}), others[cell]

    def _distance(self, level: int, cell: int) -> int:
        """Return how many cells lie between one and those that a variable may lie in now."""
        now = self.paths.now[level]
        low, high = (now & -now).bit_length(), now.bit_length()
        return max(low - cell.bit_length(), cell.bit_length() - high)
