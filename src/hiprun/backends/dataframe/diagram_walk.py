"""All rows of a batch walk a decision diagram at once: in which rows each of its results can come out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import assert_never

import attrs

from hiprun.backends.dataframe.bit_planes import Truth
from hiprun.backends.dataframe.fact_planes import FactPlanes
from hiprun.backends.dataframe.linear_feasibility import Group
from hiprun.backends.dataframe.outcome_diagrams import DiagramQuestion
from hiprun.inference.decision_diagram import DeadEnd, Diagram, Leaf, Split
from hiprun.inference.grounding import Program, Variable
from hiprun.inference.hit_policy import Result


@attrs.frozen(eq=False)
class Reached:
    """In which rows each result of a question can come out, and in which rows that is exactly so.

    Elsewhere some result may be held possible that is not. `sole` when in every row exactly one can come out, for
    nothing that the question asks for is unknown anywhere.
    """

    results: Mapping[Result, Truth]
    exact: Truth
    sole: bool = False

    def of(self, result: Result) -> Truth:
        """Return where a result can come out."""
        return self.results.get(result, False)


class Walker:
    """Walks the diagrams of questions on one batch."""

    def __init__(self, facts: FactPlanes) -> None:
        self.rows, self.facts = facts.rows, facts
        self._walked: dict[int, tuple[DiagramQuestion, Reached]] = {}

    def walk(self, question: DiagramQuestion) -> Reached:
        """Return in which rows which results can come out."""
        if id(question) not in self._walked:
            self._walked[id(question)] = (question, self._walk(question))
        return self._walked[id(question)][1]

    def knows_all(self, program: Program) -> bool:
        """Return whether nothing that a program asks for is unknown in any row."""
        return all(self._is_known(variable) for variable in program.variables)

    def _walk(self, question: DiagramQuestion) -> Reached:
        program, diagram, rows = question.program, question.diagram, self.rows
        assert diagram is not None  # decisions without one do not walk
        groups = [Group(self.facts, program, indexes) for indexes in question.groups]
        exact = rows.every(group.exact() for group in groups)
        tied = [group for group in groups if group.is_small and len(group.indexes) > 1]
        found: dict[Result, list[Truth]] = {leaf.result: [] for leaf in diagram.leaves}
        for chosen in product(*(group.choices() for group in tied)):
            fits = rows.every(group.fits(cells) for group, cells in zip(tied, chosen, strict=True))
            fixed = {
                index: cell
                for group, cells in zip(tied, chosen, strict=True)
                for index, cell in zip(group.indexes, cells, strict=True)
            }
            if rows.anywhere(fits):
                for result, truth in self._results(program, diagram, fixed).items():
                    found[result].append(rows.every([fits, truth]))
        results = {result: rows.some(truths) for result, truths in found.items()}
        asked = {split.variable for split in diagram.splits}
        return Reached(results, exact, not groups and all(self._is_known(program.variables[index]) for index in asked))

    def _is_known(self, variable: Variable) -> bool:
        return variable.kind != "sum" and self.facts.value(variable.fact, variable.choice).known is True

    def _results(self, program: Program, diagram: Diagram, fixed: Mapping[int, int]) -> dict[Result, Truth]:
        """Return where each result can come out with some variables `fixed` to cells."""
        rows, nodes = self.rows, diagram.nodes
        arriving: list[Truth] = [False] * len(nodes)
        arriving[diagram.root] = True
        found: dict[Result, Truth] = {}
        for place in range(len(nodes) - 1, -1, -1):  # nodes come behind those that they lead to
            here, node = arriving[place], nodes[place]
            match node:
                case Split():
                    if rows.anywhere(here):
                        for cells, child in node.branches:
                            edge = self._edge(program, node.variable, cells, fixed)
                            arriving[child] = rows.either(arriving[child], rows.both(here, edge))
                case Leaf(_, result):
                    found[result] = here
                case DeadEnd():
                    pass
                case _:
                    assert_never(node)
        return found

    def _edge(self, program: Program, variable: int, cells: int, fixed: Mapping[int, int]) -> Truth:
        """Return in which rows a variable may lie in some cells."""
        if variable in fixed:
            return bool(cells >> fixed[variable] & 1)
        return self.facts.may(program.variables[variable], cells)
