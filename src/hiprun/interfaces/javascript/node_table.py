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


DEAD_END, FIRST_RESULT = -1, -2
"""Places below those of all nodes: where combinations lead that cannot occur, and the first of the results."""


class NodeTable:
    """The nodes of all diagrams of a program, in one list of numbers.

    A place in it is a split: the number of its variable, and for each cell of that the place which the cell leads to.
    Places below 0 are ends: the dead end, and the results, -3 being the second. Sums of facts and terms are variables
    like any others here, so a way may combine cells that no facts have together.
    """

    def __init__(self, model: Model, program: Program, encode: Callable[[Result], Any]) -> None:
        """Begin without nodes; `encode` says how a result is written."""
        self.program, self._encode = program, encode
        self._left = residual(model, situation(model, program, Facts({})))
        self.nodes: list[int] = []
        self.results: list[Any] = []
        self._splits: dict[tuple[int, ...], int] = {}
        self._numbers: dict[Hashable, int] = {}

    @property
    def size(self) -> int:
        """How many splits and results there are."""
        return len(self._splits) + len(self.results)

    def results_below(self, root: int) -> list[Any]:
        """Return every result that a way from `root` ends at."""
        seen, waiting = {root}, [root]
        while waiting:
            place = waiting.pop()
            if place >= 0:
                below = set(self.nodes[place + 1 : place + 1 + self._cells(self.nodes[place])]) - seen
                seen |= below
                waiting += below
        return [self.results[FIRST_RESULT - place] for place in seen if place < DEAD_END]

    def _cells(self, variable: int) -> int:
        return len(self.program.variables[variable].cuts) - 1

    def add(
        self,
        advance: Advance,
        finish: Callable[[Gathered], Result],
        candidates: Sequence[Candidate],
        *,
        conflict: bool = True,
    ) -> int:
        """Return the place at which the diagram of `candidates`, nodes of the program, begins.

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
                    number = DEAD_END
                case Leaf():
                    number = FIRST_RESULT - self._result(node.result)
                case Split():
                    cells = {cell: numbers[place] for bits, place in node.branches for cell in cells_of(bits)}
                    ways = [cells[1 << cell] for cell in range(self._cells(node.variable))]
                    number = self._split((node.variable, *ways))
                case _:
                    assert_never(node)
            numbers[Place(index)] = number
        return numbers[diagram.root]

    def _split(self, node: tuple[int, ...]) -> int:
        found = self._splits.get(node)
        if found is None:
            found = self._splits[node] = len(self.nodes)
            self.nodes += node
        return found

    def _result(self, result: Result) -> int:
        key = tuple((type(value), value) for value in result) if isinstance(result, tuple) else result
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.results)
            self.results.append(self._encode(result))
        return found
