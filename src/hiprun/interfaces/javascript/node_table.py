"""The decision diagrams of one decision in one table of nodes, so that equal parts are written once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, assert_never

from hiprun.inference.circuit import FALSE
from hiprun.inference.decision_diagram import DeadEnd, Diagram, Leaf, Place, Split, cells_of, explore
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policy import Advance, Candidate, Gathered, Result
from hiprun.inference.partial_assignment import residual, situation
from hiprun.model import Model

MOST_STEPS = 200_000
"""How many steps the search for one diagram may take."""


class NodeTable:
    """The nodes of all diagrams of a program. The first is the dead end; a number is a leaf, the one of a result.

    A split is a list: its variable, and for each cell of that the number of the node which the cell leads to. A sum of
    facts is a variable like any other here, so a way through a diagram may combine cells that no facts have together.
    """

    def __init__(self, model: Model, program: Program, encode: Callable[[Result], Any]) -> None:
        """Begin with the dead end; `encode` says how a result is written."""
        self.program, self._encode = program, encode
        self._left = residual(model, situation(model, program, Facts({})))
        self.nodes: list[Any] = [None]
        self.results: list[Any] = []
        self._places: dict[Hashable, int] = {}
        self._numbers: dict[Hashable, int] = {}

    def add(
        self,
        advance: Advance,
        finish: Callable[[Gathered], Result],
        candidates: Sequence[Candidate],
        *,
        conflict: bool = True,
    ) -> int:
        """Return the number of the node at which the diagram of `candidates`, nodes of the program, begins.

        Raises `OutOfBudget` if that takes too many steps.
        """
        left = self._left
        diagram = explore(
            left.circuit,
            advance,
            finish,
            [(left.nodes[node], payload) for node, payload in candidates],
            conflict=left.nodes[self.program.conflict] if conflict else FALSE,
            allowed=left.allowed,
            budget=MOST_STEPS,
        )
        return self._taken_over(diagram)

    def _taken_over(self, diagram: Diagram) -> int:
        numbers: dict[Place, int] = {}
        for index, node in enumerate(diagram.nodes):
            match node:
                case DeadEnd():
                    number = 0
                case Leaf():
                    number = self._number(("leaf", self._result(node.result)))
                case Split():
                    cells = {cell: numbers[place] for bits, place in node.branches for cell in cells_of(bits)}
                    number = self._number((node.variable, *(cells[cell] for cell in sorted(cells))))
                case _:
                    assert_never(node)
            numbers[Place(index)] = number
        return numbers[diagram.root]

    def _number(self, key: tuple[Any, ...]) -> int:
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = len(self.nodes)
            self.nodes.append(key[1] if key[0] == "leaf" else list(key))
        return found

    def _result(self, result: Result) -> int:
        key = tuple((type(value), value) for value in result) if isinstance(result, tuple) else result
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.results)
            self.results.append(self._encode(result))
        return found
