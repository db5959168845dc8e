"""Whether a condition is known to hold, and whether it may hold, row by row, as the interpreter sees what fired."""

from __future__ import annotations

import math

import numpy as np

from hiprun.backends.dataframe.bit_planes import Numbers, Truth
from hiprun.backends.dataframe.fact_planes import FactPlanes
from hiprun.backends.dataframe.numeric_thresholds import contained, scaled
from hiprun.inference.circuit import AND, LITERAL, NOT, OR, TRUE, Node
from hiprun.inference.grounding import Program
from hiprun.inference.interval_sets import Region, complement


class Circuits:
    """The nodes of one program over the rows of a batch, in three-valued logic: each is known to hold, or may hold."""

    def __init__(self, facts: FactPlanes, program: Program) -> None:
        self.rows, self.facts, self.program = facts.rows, facts, program
        self._known: dict[Node, tuple[Truth, Truth]] = {0: (False, False), 1: (True, True)}

    def truth(self, node: Node) -> tuple[Truth, Truth]:
        """Return where a node is known to hold, and where it may hold."""
        circuit = self.program.circuit
        waiting = [node]
        while waiting:
            node = waiting[-1]
            parts = [] if node in self._known else self._parts(node)
            missing = [part for part in parts if part not in self._known]
            if missing:
                waiting += missing
                continue
            waiting.pop()
            if node not in self._known:
                self._known[node] = self._truth(circuit.kinds[node], node)
        return self._known[node]

    def _parts(self, node: Node) -> list[Node]:
        kind, parts = self.program.circuit.kinds[node], self.program.circuit.parts[node]
        if kind == LITERAL or node <= TRUE:
            return []
        if kind == NOT:
            return [parts]
        return list(parts) if kind in (AND, OR) else [part for _, part in parts[1]]

    def _truth(self, kind: int, node: Node) -> tuple[Truth, Truth]:
        rows, parts = self.rows, self.program.circuit.parts[node]
        if kind == LITERAL:
            variable, mask = self.program.variables[parts[0]], self.program.masks[node]
            return self.facts.must(variable, mask), self.facts.may(variable, mask)
        if kind == NOT:
            known, possible = self._known[parts]
            return rows.negate(possible), rows.negate(known)
        if kind in (AND, OR):
            join = rows.every if kind == AND else rows.some
            return join(self._known[part][0] for part in parts), join(self._known[part][1] for part in parts)
        return self._total(node)

    def _total(self, node: Node) -> tuple[Truth, Truth]:
        """Return the same for a weighted count: between which totals it lies, and whether these are as wanted."""
        offset, terms, wanted = self.program.circuit.parts[node]
        numbers = [offset, *(weight for weight, _ in terms)]
        numbers += [cut[0] for stretch in wanted for cut in stretch if not isinstance(cut[0], float)]
        scale = math.lcm(*(number.denominator for number in numbers))
        ends: list[Numbers] = []
        for side in (0, 1):
            total = np.full(self.rows.length, int(offset * scale), np.int64)
            for weight, part in terms:
                truth = self._known[part][side if weight > 0 else 1 - side]
                if truth is not False:
                    total += self.rows.bytes(truth) * np.int64(weight * scale)
            ends.append(total)
        low, high = ends
        region = scaled(wanted, scale)
        return self._holds(low, high, region), self.rows.negate(self._holds(low, high, complement(region)))

    def _holds(self, low: Numbers, high: Numbers, region: Region) -> Truth:
        return self.rows.plane(contained(low, high, region))
