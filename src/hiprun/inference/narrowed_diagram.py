"""Diagrams laid out so that they are narrowed quickly: to where each variable lies in some of its cells.

What remains is the diagram that a search for such patients finds: every node of it can be reached, and no two nodes of
it are the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, MutableMapping, Sequence
from functools import cached_property, reduce
from itertools import accumulate, islice, product
from operator import or_
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from hiprun.inference.circuit import set_bits
from hiprun.inference.decision_diagram import BEYOND, IMPOSSIBLE, Diagram, Leaf, Split, cells_of
from hiprun.inference.hit_policy import Result

_MOST_TOGETHER = 256
"""How many combinations of cells are looked at one by one."""

Branches: TypeAlias = tuple[tuple[int, int], ...]
"""Sets of the cells of a variable, as bits, each with where it leads."""


class Memory(Protocol):
    """Where what is made is accounted for."""

    def reserve(self, size: int) -> bool:
        """Set `size` items aside for good; False where that is too much."""

    def keep(self, table: MutableMapping[Any, Any], key: Hashable, value: Any, size: int) -> None:
        """Remember `value`, of `size` items, under `key` in `table`, for as long as there is room."""


class NarrowedDiagram:
    """What remains of a diagram: what each node asks for, its branches, and the results that it leads to, as bits.

    The dead end comes first, then the results that are left, then level by level all others, the last variable first.
    """

    rows: Final[Mapping[Result, Sequence[tuple[Any, ...]]]] = MappingProxyType({})
    """What formulas were found to come to: there are none in what is prepared."""

    def __init__(self, results: Sequence[Result], below: list[int]) -> None:
        self.results, self.below = results, below
        self.is_total = [False] + [True] * len(results)
        """Whether each node leads to no dead end."""

        self.levels: list[tuple[int, int, list[Branches]]] = []
        """The variables that are asked for, each with the place of its first node and the branches of all its nodes."""

        self.root: int = IMPOSSIBLE

    @cached_property
    def variables(self) -> list[int]:
        """The variable that each node asks for."""
        found = [BEYOND] * (1 + len(self.results))
        for variable, _, nodes in self.levels:
            found += [variable] * len(nodes)
        return found

    @cached_property
    def branches(self) -> list[Branches]:
        """The branches of each node."""
        found: list[Branches] = [()] * (1 + len(self.results))
        for _, _, nodes in self.levels:
            found += nodes
        return found

    @property
    def whole(self) -> int:
        """The results that can come out, as bits."""
        return self.below[self.root]

    def possible(self) -> list[Result]:
        """Return every result that can come out."""
        return list(self.results)

    def splits(self) -> dict[int, list[Branches]]:
        """Return the branches of the nodes that ask for each variable, the first variable first."""
        return {variable: nodes for variable, _, nodes in reversed(self.levels)}

    def results_left(self) -> dict[int, dict[int, int]]:
        """Return for each variable, by sets of its cells, the results left once it is known to lie in one of these.

        Each cell is in one of the sets; for cells in which nobody lies no results are left.
        """
        below, levels = self.below, self.levels
        highest = [len(levels)] * len(below)  # the number of the highest level from which a node is reached
        by_cells: list[dict[int, int]] = []
        for number, (_, _, nodes) in enumerate(levels):
            left: dict[int, int] = {}
            for branches in nodes:
                for cells, place in branches:
                    left[cells] = left.get(cells, 0) | below[place]
                    highest[place] = number
            by_cells.append(left)
        past = self._past(highest)
        found: dict[int, dict[int, int]] = {}
        for (variable, _, nodes), left, beside in zip(levels[::-1], by_cells[::-1], past[::-1], strict=True):
            # more sets than one node has: nodes divide the cells in different ways
            found[variable] = _by_cell(left) if len(left) > len(nodes[0]) else left
            if beside:
                for cells in found[variable]:
                    found[variable][cells] |= beside
        return found

    def _past(self, highest: Sequence[int]) -> list[int]:
        """Return for each level what is reached past it; `highest` has the highest level that leads to each node."""
        below, found = self.below, [0] * len(self.levels)
        for place in range(1, 1 + len(self.results)):  # which lie past all levels below
            if highest[place]:
                found[highest[place] - 1] |= below[place]
        found = list(accumulate(reversed(found), or_))[::-1]
        for number, (_, start, nodes) in enumerate(self.levels):
            for place in range(start, start + len(nodes)):
                for level in range(number + 1, highest[place]):
                    found[level] |= below[place]
        return found

    def results_left_together(self, asked: Sequence[int], step: Callable[[int], None]) -> list[int]:
        """Return the results left for each combination of the cells of some variables that can occur.

        Where these are too many, they are those of some, and none. `step` counts the work.
        """
        splits = self.splits()
        cells = [reduce(or_, (cells for branches in splits[variable] for cells, _ in branches)) for variable in asked]
        found: list[int] = []
        combinations = product(*map(cells_of, cells))
        for chosen in islice(combinations, _MOST_TOGETHER):
            step(len(self.below))
            found.append(self._reachable(dict(zip(asked, chosen, strict=True))))
        return [*filter(None, found), *(0 for _ in islice(combinations, 1))]

    def _reachable(self, known: Mapping[int, int]) -> int:
        """Return the results that can come out where `known` has the cells of some variables."""
        found = list(self.below)
        for place, (variable, branches) in enumerate(zip(self.variables, self.branches, strict=True)):
            if branches:
                allowed, found[place] = known.get(variable, -1), 0
                for cells, below in branches:
                    if cells & allowed:
                        found[place] |= found[below]
        return found[self.root]


def _by_cell(by_cells: Mapping[int, int]) -> dict[int, int]:
    """Return the results left for each cell, of what they are for sets of cells."""
    found: dict[int, int] = {}
    for cells, bits in by_cells.items():
        for cell in cells_of(cells):
            found[cell] = found.get(cell, 0) | bits
    return found


class _Move(NamedTuple):
    """Where a node leads within some cells: to which nodes, as bits, and by which branches."""

    places: int
    branches: Branches


class _Level(NamedTuple):
    """The nodes that ask for a variable: the first, all as bits, their branches, and where these lead within cells."""

    variable: int
    start: int
    places: int
    branches: list[Branches]
    moves: dict[int, list[_Move]]


class PreparedDiagram:
    """A diagram that is narrowed again and again: its results come first, then level by level all others."""

    def __init__(self, diagram: Diagram, memory: Memory) -> None:
        self._memory = memory
        self.results, places, levels = _laid_out(diagram)
        self.size = len(places)
        self.root = places[diagram.root]
        self._single_bits = _single_bits(len(self.results))
        self._ends = (1 << (1 + len(self.results))) - 1
        self._levels = [
            _Level(variable, start, ((1 << len(nodes)) - 1) << start, nodes, {})
            for variable, start, nodes in reversed(levels)
        ]
        self.variables = [level.variable for level in self._levels]

    def possible(self, masks: Sequence[int]) -> list[Result]:
        """Return every result that can come out where each variable lies in some of its cells."""
        return self._results(self._reached(masks)[0])

    def narrowed(self, masks: Sequence[int]) -> NarrowedDiagram:  # noqa: C901, PLR0912 - one loop, for speed
        """Return what remains where each variable lies in some of its cells."""
        ends, reached = self._reached(masks)
        results = self._results(ends)
        found = NarrowedDiagram(results, self._single_bits[: 1 + len(results)])
        below, is_total, levels = found.below, found.is_total, found.levels
        places: list[int] = [IMPOSSIBLE] * self.size
        for number, place in enumerate(set_bits(ends & ~1), IMPOSSIBLE + 1):
            places[place] = number
        level, splits, nodes = -1, dict[Branches, int](), list[Branches]()
        for place, variable, ways in reversed(reached):
            if len(ways) == 1:
                places[place] = places[ways[0][1]]
                continue
            if len(ways) == 2:  # mostly
                (cells, one), (other_cells, other) = ways
                one, other = places[one], places[other]
                if one == other:
                    places[place] = one
                    continue
                branches: Branches = (cells, one), (other_cells, other)
            else:
                branches = _joined(ways, places)
                if len(branches) == 1:
                    places[place] = branches[0][1]
                    continue
            if variable != level:
                level, splits, nodes = variable, {}, []
            same = splits.get(branches)
            if same is None:
                same = splits[branches] = len(below)
                if not nodes:
                    levels.append((variable, same, nodes))
                nodes.append(branches)
                bits, total = 0, True
                for _, to in branches:
                    bits |= below[to]
                    total &= is_total[to]
                below.append(bits)
                is_total.append(total)
            places[place] = same
        found.root = places[self.root]
        return found

    def _results(self, ends: int) -> list[Result]:
        results = self.results
        return [results[place - 1] for place in set_bits(ends & ~1)]

    def _reached(self, masks: Sequence[int]) -> tuple[int, list[tuple[int, int, Branches]]]:
        """Return the ends that can be reached, as bits, and the other nodes, each behind those that lead there."""
        waiting = 1 << self.root
        reached: list[tuple[int, int, Branches]] = []
        for level in self._levels:
            variable, start, places, _, moves = level
            here = waiting & places
            if not here:
                continue
            mask = masks[variable]
            ways = moves.get(mask)
            if ways is None:
                ways = self._ways(level, mask)
            here >>= start
            while here:
                last = here.bit_length() - 1
                here ^= 1 << last
                leads, branches = ways[last]
                waiting |= leads
                reached.append((start + last, variable, branches))
        return waiting & self._ends, reached

    def _ways(self, level: _Level, mask: int) -> list[_Move]:
        """Return where the nodes of a level lead within some cells."""
        found: list[_Move] = []
        all_cells = sum(cells for cells, _ in level.branches[0])
        for branches in level.branches:
            left = branches
            if mask & all_cells != all_cells:
                left = tuple(sorted([(cells & mask, place) for cells, place in branches if cells & mask]))
            leads = 0
            for _, place in left:
                leads |= 1 << place
            found.append(_Move(leads, left))
        self._memory.keep(level.moves, mask, found, 1 + 2 * len(found))
        return found


def _joined(ways: Branches, places: Sequence[int]) -> Branches:
    """Return branches where nodes that are the same have one place."""
    by_place: dict[int, int] = {}
    for cells, place in ways:
        by_place[places[place]] = by_place.get(places[place], 0) | cells
    return tuple(sorted([(cells, place) for place, cells in by_place.items()]))


def everywhere(diagram: Diagram) -> NarrowedDiagram:
    """Return a diagram as what remains of it where each variable lies in any of its cells."""
    results, places, levels = _laid_out(diagram)
    found = NarrowedDiagram(results, _single_bits(len(results)))
    found.root, found.levels = places[diagram.root], levels
    for branches in [branches for _, _, nodes in levels for branches in nodes]:
        bits = 0
        for _, place in branches:
            bits |= found.below[place]
        found.below.append(bits)
        found.is_total.append(all(found.is_total[place] for _, place in branches))
    return found


def _laid_out(diagram: Diagram) -> tuple[list[Result], dict[int, int], list[tuple[int, int, list[Branches]]]]:
    """Return the results of a diagram, where each of its nodes is now, and its levels; see `NarrowedDiagram`."""
    places: dict[int, int] = {IMPOSSIBLE: IMPOSSIBLE}
    results: list[Result] = []
    splits: list[tuple[int, Split]] = []
    for place, node in enumerate(diagram.nodes):
        if isinstance(node, Leaf):
            results.append(node.result)
            places[place] = len(results)
        elif isinstance(node, Split):
            splits.append((place, node))
    splits.sort(key=lambda entry: entry[1].variable, reverse=True)
    for place, _ in splits:
        places[place] = len(places)
    levels: list[tuple[int, int, list[Branches]]] = []
    for place, split in splits:
        if not levels or levels[-1][0] != split.variable:
            levels.append((split.variable, places[place], []))
        levels[-1][2].append(tuple([(cells, places[below]) for cells, below in split.branches]))
    return results, places, levels


def _single_bits(count: int) -> list[int]:
    """Return what so many results lead to, each to itself, with what the dead end before them leads to."""
    return [0, *(1 << number for number in range(count))]
