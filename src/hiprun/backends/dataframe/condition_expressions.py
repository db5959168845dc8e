"""Whether a condition is known to hold, and whether it may hold, row by row, as the interpreter sees what fired."""

from __future__ import annotations

import math
from functools import reduce
from operator import add

import narwhals as nw

from hiprun.backends.dataframe.fact_columns import FrameFacts
from hiprun.backends.dataframe.interval_membership import contain, scaled
from hiprun.backends.dataframe.subexpression_columns import Part, Sheet, Truth
from hiprun.inference.circuit import AND, LITERAL, NOT, OR, TRUE, Node
from hiprun.inference.grounding import Program
from hiprun.inference.interval_sets import Region, complement


class Circuits:
    """The nodes of one program over the rows of a frame, in three-valued logic: each is known to hold, or may hold."""

    def __init__(self, sheet: Sheet, facts: FrameFacts, program: Program) -> None:
        self.sheet, self.facts, self.program = sheet, facts, program
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
        sheet, parts = self.sheet, self.program.circuit.parts[node]
        if kind == LITERAL:
            variable, mask = self.program.variables[parts[0]], self.program.masks[node]
            return self.facts.must(self.program, variable, mask), self.facts.may(self.program, variable, mask)
        if kind == NOT:
            known, possible = self._known[parts]
            return sheet.negate(possible), sheet.negate(known)
        if kind in (AND, OR):
            join = sheet.every if kind == AND else sheet.some
            return join(self._known[part][0] for part in parts), join(self._known[part][1] for part in parts)
        return self._total(node)

    def _total(self, node: Node) -> tuple[Truth, Truth]:
        """Return the same for a weighted count: between which totals it lies, and whether these are as wanted."""
        offset, terms, wanted = self.program.circuit.parts[node]
        numbers = [offset, *(weight for weight, _ in terms)]
        numbers += [cut[0] for stretch in wanted for cut in stretch if not isinstance(cut[0], float)]
        scale = math.lcm(*(number.denominator for number in numbers))
        ends: list[Part] = []
        for side in (0, 1):
            weighted: list[nw.Expr] = []
            fixed = int(offset * scale)
            parts: list[Part] = []
            for weight, part in terms:
                truth = self._known[part][side if weight > 0 else 1 - side]
                if isinstance(truth, Part):
                    parts.append(truth)
                    weighted.append(truth.expr.cast(nw.Int64) * int(weight * scale))
                else:
                    fixed += int(weight * scale) * truth
            total = reduce(add, weighted, nw.lit(fixed, dtype=nw.Int64))
            ends.append(self.sheet.kept(self.sheet.part(total, *parts)))
        low, high = ends
        region = scaled(wanted, scale)
        return (
            self._holds(low, high, region),
            self.sheet.negate(self._holds(low, high, complement(region))),
        )

    def _holds(self, low: Part, high: Part, region: Region) -> Truth:
        return self.sheet.kept(self.sheet.part(contain(low.expr, high.expr, region), low, high))
