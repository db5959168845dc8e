"""What can come out of a decision for anyone at all, as decision diagrams; made once for a pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import attrs

from hiprun.inference.circuit import FALSE, TRUE, Node
from hiprun.inference.decision_diagram import Diagram, OutOfBudget, explore
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policy import Advance, Candidate, Ending, Gathered, Payload, Result, take_first
from hiprun.inference.infer import BUDGET
from hiprun.inference.partial_assignment import Residual, residual, situation
from hiprun.inference.prepared_diagrams import as_truth, related
from hiprun.model import Model

MOST_NODES = 2_000
MOST_RESULTS = 500
"""Larger diagrams make columns that no longer pay."""

MOST_STEPS = 4 * BUDGET
"""So many steps all questions about one program may take; what is left unasked then, the engine concludes."""


@attrs.frozen
class DiagramQuestion:
    """A question about patients: its diagram over all variables of the program; None when that is too large.

    `groups` are the variables that sums tie together, by their indexes, as far as the diagram asks for them.
    """

    program: Program
    diagram: Diagram | None
    groups: tuple[tuple[int, ...], ...] = ()


class Asker:
    """Asks questions about one program."""

    def __init__(self, model: Model, program: Program) -> None:
        self.model, self.program = model, program
        self._whether: dict[Node, DiagramQuestion] = {}
        self._steps_left = MOST_STEPS

    @cached_property
    def nothing_known(self) -> Residual:
        """The program for patients of whom nothing is known."""
        return residual(self.model, situation(self.model, self.program, Facts({})))

    def ask(
        self,
        advance: Advance,
        finish: Callable[[Gathered], Result],
        rules: Iterable[tuple[Node, Payload]],
        *,
        conflict: bool = True,
        anyone: bool = False,
    ) -> DiagramQuestion:
        """Return the question what comes out of `rules`, where constraints are kept; with `anyone` also where not."""
        budget = min(BUDGET, self._steps_left)
        if self.program.is_beyond_columns or budget <= 0:  # columns know no functions: the engine settles such rows
            return DiagramQuestion(self.program, None)
        left = self.nothing_known
        candidates: list[Candidate] = [(left.nodes[node], payload) for node, payload in rules]
        against = left.nodes[self.program.conflict] if conflict else FALSE
        try:
            diagram = explore(
                left.circuit,
                advance,
                finish,
                candidates,
                conflict=against,
                allowed=TRUE if anyone else self._allowed(candidates, against),
                ties=left.ties,
                budget=budget,
            )
        except OutOfBudget:
            self._steps_left -= budget
            return DiagramQuestion(self.program, None)
        self._steps_left -= diagram.steps
        too_large = len(diagram.splits) > MOST_NODES or len(diagram.leaves) > MOST_RESULTS
        if too_large or not (left.ties is None or left.ties.exact):
            return DiagramQuestion(self.program, None)
        return DiagramQuestion(self.program, diagram, tuple(self._groups(diagram)))

    def _allowed(self, candidates: Sequence[Candidate], against: Node) -> Node:
        """Return what is allowed of the facts that matter here; without `candidates`, and where sums tie facts, all."""
        left = self.nothing_known
        if left.ties is not None or not candidates:
            return left.allowed
        nodes = [against, *(node for node, _ in candidates)]
        return left.circuit.every(related(left.circuit, left.allowed, nodes))

    def _groups(self, diagram: Diagram) -> Iterator[tuple[int, ...]]:
        variables, asked = self.program.variables, sorted({split.variable for split in diagram.splits})
        ties = self.nothing_known.ties
        for group in () if ties is None else ties.groups:
            indexes = tuple(index for index in asked if group >> index & 1)
            if any(variables[index].kind == "sum" for index in indexes):
                yield indexes

    def answer(self) -> DiagramQuestion:
        """Return the question what the answer is, of a decision that has one."""
        policy = self.program.policy
        assert policy is not None
        nodes = [self.program.branches[index].node for index in policy.order]
        return self.ask(policy.advance, policy.finish, zip(nodes, policy.payloads, strict=True))

    def possible(self) -> DiagramQuestion:
        """Return the question whether facts can occur together at all; nothing comes out where they cannot."""
        return self.ask(take_first, as_truth, ())

    def whether(self, node: Node) -> DiagramQuestion:
        """Return the question whether a node holds; its results are `(True,)`, `(False,)` and a conflict."""
        if node not in self._whether:
            conflict = node != self.program.conflict
            self._whether[node] = self.ask(take_first, as_truth, [(node, (True,))], conflict=conflict)
        return self._whether[node]

    def broken(self, node: Node) -> DiagramQuestion:
        """Return the question whether a node holds that constraints forbid."""
        return self.ask(take_first, as_truth, [(node, (True,))], anyone=True)

    def first(self, rules: Sequence[tuple[Node, Payload]]) -> DiagramQuestion:
        """Return the question which of `rules` is the first to hold; the result is `()` where none does."""
        return self.ask(take_first, _row_or_nothing, rules)

    def together(self, nodes: Sequence[Node]) -> DiagramQuestion:
        """Return the question which of `nodes` hold together; results are their numbers."""
        rules = [(node, (number,)) for number, node in enumerate(nodes)]
        return self.ask(_gather, _row_or_nothing, rules)


def _gather(gathered: Gathered, candidates: Sequence[Candidate]) -> tuple[Gathered, tuple[Candidate, ...]]:
    found: tuple[Any, ...] = ()
    if gathered is not None and not isinstance(gathered, Ending):
        found = gathered
    kept: list[Candidate] = []
    for node, payload in candidates:
        if node > 1:
            kept.append((node, payload))
        elif node:
            found = tuple(sorted({*found, *payload}))
    return found, tuple(kept)


def _row_or_nothing(gathered: Gathered) -> Result:
    return () if gathered is None else gathered
