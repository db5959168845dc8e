"""Three-valued logic for a whole circuit at once: which nodes hold and which do not, as the bits of two numbers.

What a variable says of its literals is the same whenever it may lie in the same cells, so it is worked out once, and
a node of many parts takes no longer than one of two. This pays for circuits that are not large.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hiprun.inference.circuit import AND, LITERAL, NOT, OR, TRUE, total_truth
from hiprun.inference.grounding import Program
from hiprun.inference.narrowed_diagram import Memory
from hiprun.inference.operators import Truth

MOST_NODES = 1_000
"""Beyond that many nodes numbers with a bit for each are slower than going from node to node."""

_TRUTHS: dict[str, Truth] = {"0": None, "1": True, "2": False}


class Settled(NamedTuple):
    """The nodes that hold, and those that do not, as bits; the others are open."""

    true: int
    false: int

    def truths(self, count: int) -> tuple[Truth, ...]:
        """Return the truth of each of so many nodes."""
        true, false = (int(f"{bits:b}", 16) for bits in self)  # each bit by itself in a digit
        return tuple(map(_TRUTHS.__getitem__, f"{true + 2 * false:0{count}x}"[::-1]))


class SettledNodes:
    """Tells for a program which nodes are settled, and how, where each variable lies in some of its cells."""

    def __init__(self, program: Program, memory: Memory) -> None:
        circuit = program.circuit
        self._memory, self._parts = memory, circuit.parts
        self._count = len(circuit.kinds)
        self.literals: list[list[tuple[int, int]]] = [[] for _ in program.variables]
        """The literals of each variable, as bits, with the cells in which they hold."""

        self._of_variable: list[dict[int, Settled]] = [{} for _ in program.variables]
        self.gates: list[tuple[int, int, int]] = []
        """All other nodes, as bits, with their kinds and, as bits, their parts; parts come first."""

        for node in range(TRUE + 1, self._count):
            if circuit.kinds[node] == LITERAL:
                self.literals[circuit.parts[node][0]].append((1 << node, program.masks[node]))
            else:
                parts = sum(1 << part for part in circuit.parts_of(node))
                self.gates.append((1 << node, circuit.kinds[node], parts))

    def settled(self, masks: Sequence[int]) -> Settled:  # noqa: C901, PLR0912 - one loop, for speed
        """Return what is settled where each variable lies in some of its cells."""
        true, false = 0b10, 0b01
        for variable, (mask, known) in enumerate(zip(masks, self._of_variable, strict=True)):
            found = known.get(mask) or self._said(variable, mask)
            true |= found[0]
            false |= found[1]
        for bit, kind, parts in self.gates:
            if kind == OR:
                if parts & true:
                    true |= bit
                elif parts & false == parts:
                    false |= bit
            elif kind == AND:
                if parts & false:
                    false |= bit
                elif parts & true == parts:
                    true |= bit
            elif kind == NOT:
                if parts & true:
                    false |= bit
                elif parts & false:
                    true |= bit
            else:
                truth = self._total(bit.bit_length() - 1, true, false)
                if truth is not None:
                    true, false = (true | bit, false) if truth else (true, false | bit)
        return Settled(true, false)

    def _said(self, variable: int, mask: int) -> Settled:
        """Return what a variable that lies in some of its cells says of its literals."""
        true = false = 0
        for bit, members in self.literals[variable]:
            common = mask & members
            if not common:
                false |= bit
            elif common == mask:
                true |= bit
        found = Settled(true, false)
        self._memory.keep(self._of_variable[variable], mask, found, 1 + self._count // 1000)
        return found

    def _total(self, node: int, true: int, false: int) -> Truth:
        sure, terms, wanted = self._parts[node]
        open_ = []
        for weight, part in terms:
            if true >> part & 1:
                sure = sure + weight
            elif not false >> part & 1:
                open_.append(weight)
        return total_truth(sure, open_, wanted)
