"""What a conclusion depends on, of all that is known: patients of whom this is the same are concluded alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from hiprun.inference.circuit import AND, LITERAL, NOT, OR, TRUE, Node
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.linear_constraints import Linear
from hiprun.inference.partial_assignment import Situation


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

    def __init__(self, program: Program) -> None:
        self.program = program
        self.nodes = [*watched(program), program.allowed]
        self._sums = [index for index, variable in enumerate(program.variables) if variable.kind == "sum"]
        self._numbers = program.numbers
        self._members = {variable.fact for variable in program.variables if variable.kind == "member"}

    def key(self, there: Situation) -> tuple[Hashable, ...]:
        """Return what counts of a patient: which rules are settled and how, and the cells of what is open."""
        truths, masks, facts = there.truths, there.masks, there.facts
        settled = [truths[node] for node in self.nodes]
        open_ = [node for node, truth in zip(self.nodes, settled, strict=True) if truth is None]
        support, structure = self._open(open_, truths)
        key: list[Any] = [tuple(settled), structure, support]
        key += [masks[index] for index in range(support.bit_length()) if support >> index & 1]
        names = self._open_numbers(there)
        if names:  # these depend on one another in more ways than cells say
            key += masks
            key += [("known", name, facts.known[name]) for name in names if name in facts.known]
            key += [("partial", name, facts.partial[name].region) for name in names if name in facts.partial]
        if facts.partial:
            key += [("set", name, partial.tests) for name, partial in facts.partial.items() if name in self._members]
        return tuple(key)

    def _open(self, nodes: Sequence[Node], truths: Sequence[Any]) -> tuple[int, tuple[Any, ...]]:
        """Return the variables on which open nodes still depend, as bits, and what is left of the nodes.

        Inside of a node that is open the settled parts go without saying, but for totals, which they shift.
        """
        kinds, parts = self.program.circuit.kinds, self.program.circuit.parts
        waiting, seen = list(nodes), set(nodes)
        support = 0
        structure: list[Any] = []
        while waiting:
            node = waiting.pop()
            structure.append(node)
            kind = kinds[node]
            if kind == LITERAL:
                support |= 1 << parts[node][0]
                continue
            if kind == NOT:
                below = [parts[node]]
            elif kind in (AND, OR):
                below = parts[node]
            else:
                below = [part for _, part in parts[node][1]]
                structure.append(tuple(truths[part] for part in below))
            for part in below:
                if truths[part] is None and part not in seen:
                    seen.add(part)
                    waiting.append(part)
        return support, tuple(structure)

    def _open_numbers(self, there: Situation) -> tuple[str, ...]:
        """Return the facts whose numbers count: all where a sum is open, else those of formulas that may be used."""
        if not self._numbers:
            return ()
        if any(there.masks[index].bit_count() > 1 for index in self._sums):
            return self._numbers
        if not self.program.formulas:
            return ()
        listed = HIT_POLICIES[self.program.decision.hit].gives == "items"  # says also what excluded rules would give
        branches = [entry for entry in self.program.branches if listed or there.truths[entry.node] is not False]
        rows: list[Iterable[Any]] = [branch.values.values() for branch in branches]
        if self.program.policy is not None:
            rows.append(self.program.policy.otherwise or ())
        found = [ref.name for row in rows for value in row if isinstance(value, Linear) for ref, _ in value.terms]
        return tuple(dict.fromkeys(found))
