"""What a conclusion depends on, of all that is known: patients of whom this is the same are concluded alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from hiprun.inference.circuit import TOTAL, TRUE, Node
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.linear_constraints import Linear
from hiprun.inference.narrowed_diagram import Memory
from hiprun.inference.settled_nodes import MOST_NODES, Settled, SettledNodes


def watched(program: Program) -> list[Node]:
    """Return the nodes on which a conclusion depends, beside what is allowed."""
    nodes = [
        *program.rules,
        *(branch.node for branch in program.branches),
        *(node for verdict in program.verdicts.values() for node in verdict.values()),
        program.conflict,
    ]
    return [node for node in dict.fromkeys(nodes) if node > TRUE]


class Alike:
    """Tells which patients are alike to a program, by a key for each."""

    def __init__(self, program: Program, memory: Memory) -> None:
        self.program = program
        self._settled_nodes = nodes = (
            SettledNodes(program, memory) if len(program.circuit.kinds) <= MOST_NODES else None
        )
        if nodes is not None:
            self._watched = sum(1 << node for node in {*watched(program), program.allowed})
            self._of_variable = [sum(bit for bit, _ in literals) for literals in nodes.literals]
            self._gates = [(bit, parts) for bit, _, parts in reversed(nodes.gates)]
            self._totals = [(bit, parts) for bit, kind, parts in nodes.gates if kind == TOTAL]
        self._sums = [index for index, variable in enumerate(program.variables) if variable.kind == "sum"]
        self._numbers = program.numbers
        self._members = {variable.fact for variable in program.variables if variable.kind == "member"}

    def key(self, masks: Sequence[int], facts: Facts) -> tuple[tuple[Hashable, ...], Settled | None]:
        """Return what counts of a patient: which rules are settled and how, and the cells of what is open.

        Behind it are all nodes that are settled. In a large program these are not looked at, and all cells count.
        """
        key: list[Any] = []
        settled, names = None, self._numbers
        if self._settled_nodes is not None:
            settled = self._settled_nodes.settled(masks)
            key, names = self._open(settled, masks), self._open_numbers(masks, settled.false)
        if names or settled is None:  # numbers depend on one another in more ways than cells say
            key += masks
            key += [("known", name, facts.known[name]) for name in names if name in facts.known]
            key += [("partial", name, facts.partial[name].region) for name in names if name in facts.partial]
        if facts.partial:
            key += [("set", name, partial.tests) for name, partial in facts.partial.items() if name in self._members]
        return tuple(key), settled

    def _open(self, settled: Settled, masks: Sequence[int]) -> list[Any]:
        """Return which of the nodes that count hold, which are open, and the cells of what these depend on.

        Inside of a node that is open the settled parts go without saying, but for totals, which they shift.
        """
        true, false = settled
        open_ = ~(true | false)
        reached = self._watched & open_
        for bit, parts in self._gates:
            if reached & bit:
                reached |= parts & open_
        key = [true & self._watched, reached]
        key += [mask for mask, own in zip(masks, self._of_variable, strict=True) if reached & own]
        key += [true & parts for bit, parts in self._totals if reached & bit]
        return key

    def _open_numbers(self, masks: Sequence[int], false: int) -> tuple[str, ...]:
        """Return the facts whose numbers count: all where a sum is open, else those of formulas that may be used."""
        if not self._numbers:
            return ()
        if any(masks[index].bit_count() > 1 for index in self._sums):
            return self._numbers
        if not self.program.formulas:
            return ()
        listed = HIT_POLICIES[self.program.decision.hit].gives == "items"  # says also what excluded rules would give
        branches = [entry for entry in self.program.branches if listed or not false >> entry.node & 1]
        rows: list[Iterable[Any]] = [branch.values.values() for branch in branches]
        if self.program.policy is not None:
            rows.append(self.program.policy.otherwise or ())
        found = [ref.name for row in rows for value in row if isinstance(value, Linear) for ref, _ in value.terms]
        return tuple(dict.fromkeys(found))
