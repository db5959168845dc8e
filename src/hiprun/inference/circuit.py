"""Conditions as a hash-consed logic circuit over variables with finitely many cells.

A literal says that a variable lies in a set of its values. How such sets are held is left to the owner:
regions while a pack is being grounded, bit masks over cells while a question is being answered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, TypeAlias

from hiprun.inference.interval_sets import Region, complement, intersection, union
from hiprun.inference.operators import Leaf, Meaning, Truth, expressed, negate
from hiprun.model import Number

Node: TypeAlias = int
Terms: TypeAlias = tuple[tuple[Number, Node], ...]

FALSE: Node = 0
TRUE: Node = 1

_DEEP = 60
"""Recursion goes through so many nested nodes at most."""

_CONSTANT, LITERAL, AND, OR, NOT, TOTAL = range(6)


class TooLarge(Exception):  # noqa: N818 - not an error, a limit that was reached
    """Nodes would be made of more parts together than the circuit may have."""


class Circuit:
    """Nodes are numbered so that each stands behind its parts; equal nodes are the same number.

    `full[variable]` is the set of all values of a variable. `meet`, `join` and `without` are the operations on such
    sets; the empty one is falsy. `work` counts the parts of nodes that were looked at to assign values, `joined` those
    that were put together to make nodes; beyond `most` of the latter `TooLarge` is raised.
    """

    def __init__(
        self,
        full: Iterable[Any],
        meet: Callable[[Any, Any], Any],
        join: Callable[[Any, Any], Any],
        without: Callable[[Any, Any], Any],
    ) -> None:
        self.full = list(full)
        self._meet, self._join, self._without = meet, join, without
        self.kinds: list[int] = [_CONSTANT, _CONSTANT]
        self.parts: list[Any] = [False, True]
        self.support: list[int] = [0, 0]
        self.depth: list[int] = [0, 0]
        self.work = 0
        self.joined = 0
        self.most: int | None = None
        self._known: dict[tuple[int, Any], Node] = {}
        self._assigned: dict[tuple[Node, int, Any], Node] = {}

    def variable(self, full: Any) -> int:
        """Return the number of one more variable, with the set of all its values."""
        self.full.append(full)
        return len(self.full) - 1

    def literal(self, variable: int, members: Any) -> Node:
        """Return the node that holds when `variable` lies in `members`."""
        full = self.full[variable]
        members = self._meet(members, full)
        if not members:
            return FALSE
        if members == full:
            return TRUE
        return self.interned(LITERAL, (variable, members), 1 << variable, 0)

    def every(self, nodes: Iterable[Node]) -> Node:
        """Return the node that holds when all of `nodes` do."""
        return self._join_nodes(AND, nodes, stop=FALSE, drop=TRUE)

    def some(self, nodes: Iterable[Node]) -> Node:
        """Return the node that holds when at least one of `nodes` does."""
        return self._join_nodes(OR, nodes, stop=TRUE, drop=FALSE)

    def negate(self, node: Node) -> Node:
        """Return the node that holds when `node` does not."""
        if node <= TRUE:
            return TRUE - node
        kind, parts = self.kinds[node], self.parts[node]
        if kind == NOT:
            return parts  # type: ignore[no-any-return]
        if kind == LITERAL:
            variable, members = parts
            return self.literal(variable, self._without(self.full[variable], members))
        if kind == TOTAL:
            offset, terms, wanted = parts
            return self.total(offset, terms, complement(wanted))
        return self.interned(NOT, node, self.support[node], self.depth[node] + 1)

    def total(self, offset: Number, terms: Iterable[tuple[Number, Node]], wanted: Region) -> Node:
        """Return the node that holds when `offset` plus the weights of the nodes that hold lies in `wanted`."""
        weights: dict[Node, Number] = {}
        for weight, node in terms:
            if node == TRUE:
                offset = offset + weight
            elif node != FALSE:
                weights[node] = weights.get(node, 0) + weight
        self.count(len(weights))
        low, high = _ends(weights.values())
        reach = _within(wanted, offset, low, high)
        if not reach:
            return FALSE
        if reach == (((low, 0), (high, 1)),):
            return TRUE
        support = depth = 0
        for node in weights:
            support |= self.support[node]
            depth = max(depth, self.depth[node])
        ordered = tuple((weight, node) for node, weight in sorted(weights.items()) if weight)
        return self.interned(TOTAL, (0, ordered, reach), support, depth + 1)

    def meant(self, sense: Meaning, leaf: Callable[[Leaf], Node]) -> Node:
        """Return the node that holds when a test does; `leaf` gives that of a comparison or of a membership."""
        return expressed(sense, leaf, self.every, self.some, self.negate)

    def assign(self, node: Node, variable: int, cell: Any) -> Node:
        """Return `node` with `variable` known to lie in `cell`, one of its cells."""
        if self.depth[node] >= _DEEP:
            for below in self._landings(node, variable):
                self._put(below, variable, cell)
        return self._put(node, variable, cell)

    def _put(self, node: Node, variable: int, cell: Any) -> Node:
        if not self.support[node] >> variable & 1:
            return node
        key = (node, variable, cell)
        found = self._assigned.get(key)
        if found is None:
            found = self._assigned[key] = self._worked_out(node, variable, cell)
        return found

    def _worked_out(self, node: Node, variable: int, cell: Any) -> Node:
        kind, parts = self.kinds[node], self.parts[node]
        self.work += 1
        if kind == LITERAL:
            return TRUE if self._meet(parts[1], cell) else FALSE
        if kind == NOT:
            return self.negate(self._put(parts, variable, cell))
        if kind == TOTAL:
            offset, terms, wanted = parts
            self.work += len(terms)
            return self.total(offset, [(weight, self._put(part, variable, cell)) for weight, part in terms], wanted)
        self.work += len(parts)
        join = self.every if kind == AND else self.some
        return join([self._put(part, variable, cell) for part in parts])

    def _landings(self, node: Node, variable: int) -> list[Node]:
        """Return nodes below `node`, the lowest first, between which recursion never goes deeper than `_DEEP`."""
        found: set[Node] = set()
        waiting, seen = [node], {node}
        while waiting:
            node = waiting.pop()
            for part in self.parts_of(node):
                if part not in seen and self.depth[part] >= _DEEP and self.support[part] >> variable & 1:
                    seen.add(part)
                    waiting.append(part)
                if self.depth[part] // _DEEP < self.depth[node] // _DEEP:
                    found.add(part)
        return sorted(found)

    def parts_of(self, node: Node) -> Sequence[Node]:
        """Return the nodes that a node is made of."""
        kind, parts = self.kinds[node], self.parts[node]
        if kind == TOTAL:
            return [part for _, part in parts[1]]
        if kind == LITERAL:
            return ()
        return (parts,) if kind == NOT else parts

    def truths(self, holds: Callable[[Node, int, Any], Truth]) -> list[Truth]:
        """Return the truth of every node; `holds(node, variable, members)` gives that of literals."""
        result: list[Truth] = [False, True, *(None for _ in self.kinds[2:])]
        self.settle(result, range(2, len(self.kinds)), holds)
        return result

    def settle(  # noqa: C901, PLR0912 - one loop, for speed
        self, result: list[Truth], nodes: Iterable[Node], holds: Callable[[Node, int, Any], Truth]
    ) -> list[Node]:
        """Put the truth of `nodes`, the lowest first, into `result`, which has all others; return those still open."""
        left: list[Node] = []
        for node in nodes:
            kind, parts = self.kinds[node], self.parts[node]
            truth: Truth
            if kind == LITERAL:
                truth = holds(node, *parts)
            elif kind == AND:
                truth = True
                for part in parts:
                    value = result[part]
                    if value is False:
                        truth = False
                        break
                    if value is None:
                        truth = None
            elif kind == OR:
                truth = False
                for part in parts:
                    value = result[part]
                    if value:
                        truth = True
                        break
                    if value is None:
                        truth = None
            elif kind == NOT:
                truth = negate(result[parts])
            else:
                truth = _total_truth(parts, result)
            result[node] = truth
            if truth is None:
                left.append(node)
        return left

    def cone(self, roots: Iterable[Node]) -> tuple[Circuit, list[Node]]:
        """Return a circuit of what `roots` are made of, and what they are in it."""
        found = {FALSE, TRUE}
        waiting = list(roots)
        nodes = list(waiting)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += self.parts_of(node)
        circuit = Circuit(self.full, self._meet, self._join, self._without)
        placed = {FALSE: FALSE, TRUE: TRUE}
        for node in sorted(found - placed.keys()):
            kind, parts = self.kinds[node], self.parts[node]
            if kind != LITERAL:
                parts = placed_parts(kind, parts, placed)
            placed[node] = circuit.interned(kind, parts, self.support[node], self.depth[node])
        return circuit, [placed[node] for node in nodes]

    def residual(self, truths: Sequence[Truth], target: Circuit, sets: Callable[[int, int, Any], Any]) -> list[Node]:
        """Rebuild every node that is still open in `target`; `sets(node, variable, members)` translates literals."""
        result: list[Node] = []
        for node, truth in enumerate(truths):
            kind, parts = self.kinds[node], self.parts[node]
            if truth is not None:
                made = TRUE if truth else FALSE
            elif kind == LITERAL:
                made = target.literal(parts[0], sets(node, *parts))
            elif kind == AND:
                made = target.every(result[part] for part in parts)
            elif kind == OR:
                made = target.some(result[part] for part in parts)
            elif kind == NOT:
                made = target.negate(result[parts])
            else:
                offset, terms, wanted = parts
                made = target.total(offset, [(weight, result[part]) for weight, part in terms], wanted)
            result.append(made)
        return result

    def _join_nodes(self, kind: int, nodes: Iterable[Node], stop: Node, drop: Node) -> Node:  # noqa: C901, PLR0912 - for speed
        kinds, supports, depths = self.kinds, self.support, self.depth
        found: set[Node] = set()
        for node in nodes:
            if node == stop:
                return stop
            if node == drop:
                continue
            if kinds[node] == kind:
                found.update(self.parts[node])
            else:
                found.add(node)
        self.count(len(found))
        if len(found) > 1:
            for same in self._alike(found):
                merged = self._merged(kind, same)
                if merged == stop:
                    return stop
                found.difference_update(same)
                found.add(merged)  # which is never what is dropped: each of them says more, or less, than that
        if not found:
            return drop
        if len(found) == 1:
            return found.pop()
        support = depth = 0
        for node in found:
            if kinds[node] == NOT and self.parts[node] in found:
                return stop
            support |= supports[node]
            if depths[node] > depth:
                depth = depths[node]
        return self.interned(kind, tuple(sorted(found)), support, depth + 1)

    def _alike(self, nodes: Collection[Node]) -> list[list[Node]]:
        """Return the literals that speak of the same variable, and the totals of the same nodes."""
        kinds, supports = self.kinds, self.support
        literals = totals = 0
        alike = False
        for node in nodes:  # mostly there are none, which is seen quickly
            if kinds[node] == LITERAL:
                alike = alike or bool(literals & supports[node])
                literals |= supports[node]
            elif kinds[node] == TOTAL:
                totals += 1
        if not alike and totals < 2:
            return []
        groups: dict[Any, list[Node]] = {}
        for node in nodes:
            if kinds[node] in (LITERAL, TOTAL):
                groups.setdefault(self.parts[node][:-1], []).append(node)
        return [same for same in groups.values() if len(same) > 1]

    def _merged(self, kind: int, same: Sequence[Node]) -> Node:
        """Return the one node that says what several literals of one variable, or totals of the same nodes, say."""
        members = [self.parts[node][-1] for node in same]
        if self.kinds[same[0]] == LITERAL:
            variable, _ = self.parts[same[0]]
            return self.literal(variable, reduce(self._meet if kind == AND else self._join, members))
        offset, terms, _ = self.parts[same[0]]
        return self.total(offset, terms, reduce(intersection, members) if kind == AND else union(*members))

    def count(self, parts: int) -> None:
        """Note that so many parts more were put together; raise `TooLarge` beyond `most`."""
        self.joined += parts
        if self.most is not None and self.joined > self.most:
            raise TooLarge

    def interned(self, kind: int, parts: Any, support: int, depth: int) -> Node:
        """Return the node of these parts, always the same one; they are in order, and there is nothing to simplify."""
        key = (kind, parts)
        node = self._known.get(key)
        if node is None:
            node = len(self.kinds)
            self._known[key] = node
            self.kinds.append(kind)
            self.parts.append(parts)
            self.support.append(support)
            self.depth.append(depth)
        return node


def set_bits(bits: int) -> list[int]:
    """Return the numbers of the bits that are set, the lowest first.

    >>> set_bits(0b101001)
    [0, 3, 5]
    """
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found


def placed_parts(kind: int, parts: Any, placed: Mapping[Node, Node]) -> Any:
    """Return the parts of a node that is no literal in another circuit, where its nodes are those in `placed`."""
    if kind == NOT:
        return placed[parts]
    if kind == TOTAL:
        terms = sorted((placed[part], weight) for weight, part in parts[1])
        return parts[0], tuple((weight, part) for part, weight in terms), parts[2]
    return tuple(sorted([placed[part] for part in parts]))


def _ends(weights: Iterable[Number]) -> tuple[Number, Number]:
    """Return the lowest and the highest sum of some of `weights`."""
    low: Number = 0
    high: Number = 0
    for weight in weights:
        if weight < 0:
            low = low + weight
        else:
            high = high + weight
    return low, high


def _within(wanted: Region, offset: Number, low: Number, high: Number) -> Region:
    """Return what lies in `wanted` less `offset` and between `low` and `high`, both included."""
    shifted = tuple(((start - offset, side), (end - offset, other)) for (start, side), (end, other) in wanted)
    return intersection(shifted, (((low, 0), (high, 1)),))


def _total_truth(parts: tuple[Number, Terms, Region], truths: Sequence[Truth]) -> Truth:
    sure, terms, wanted = parts
    open_: list[Number] = []
    for weight, node in terms:
        truth = truths[node]
        if truth:
            sure = sure + weight
        elif truth is None:
            open_.append(weight)
    return total_truth(sure, open_, wanted)


def total_truth(sure: Number, open_: Collection[Number], wanted: Region) -> Truth:
    """Return whether `sure`, plus some of the weights that are open, lies in `wanted`."""
    low, high = _ends(open_)
    reach = _within(wanted, sure, low, high)
    if not reach:
        return False
    return True if reach == (((low, 0), (high, 1)),) else None
