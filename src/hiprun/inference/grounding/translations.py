"""Decisions that were translated for one program, taken over into those of the decisions that use them.

What is taken over is what translating them again would give: the same variables in the same order, the same literals,
and the same nodes. Where what they contribute asks about more than their conditions do, they are translated again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import attrs

from hiprun.inference.circuit import LITERAL, TRUE, Circuit, Node, placed_parts
from hiprun.inference.grounding.ground_program import Variable
from hiprun.inference.grounding.variables import Variables
from hiprun.inference.hit_policy import Branch
from hiprun.model import Fact, Ref
from hiprun.model.value_objects import Entity


@attrs.frozen(eq=False)
class Translations(Entity):
    """What is known of the decisions of one model from programs made before: what each came to, and what names use."""

    by_decision: dict[str, Translation] = attrs.field(factory=dict)
    uses: dict[Ref, list[Ref]] = attrs.field(factory=dict)


@attrs.define(slots=False, eq=False)
class Translation(Entity):
    """What one decision came to in the circuit of its own program, with all that it uses.

    `literals` is how many nodes there were once its conditions had been translated. `parts` is how many parts were put
    together for it alone, and for each decision that was taken over into it, by name; `inside` has for each of these
    what its nodes are here.
    """

    circuit: Circuit
    variables: Sequence[Variable]
    terms: Mapping[str, Fact]
    rules: tuple[Node, ...]
    branches: tuple[Branch, ...]
    conflict: Node
    literals: int
    parts: Mapping[str, int]
    inside: Mapping[str, Mapping[Node, Node]]

    @cached_property
    def _nodes(self) -> list[Node]:
        """The nodes that it is made of, each behind its parts, and every literal that was met on the way."""
        circuit = self.circuit
        roots = {*self.rules, *(branch.node for branch in self.branches), self.conflict}
        needed = {node for node in range(TRUE + 1, self.literals) if circuit.kinds[node] == LITERAL}
        waiting = [node for node in roots if node > TRUE]
        while waiting:
            node = waiting.pop()
            if node not in needed:
                needed.add(node)
                waiting += circuit.parts_of(node)
        return sorted(needed)

    def taken_over(self, variables: Variables, present: Mapping[str, Mapping[Node, Node]]) -> Mapping[Node, Node]:
        """Return what its nodes are among `variables`, into which those `present` were taken over before, by name."""
        circuit, target = self.circuit, variables.circuit
        places = [variables.adopted(entry, self.terms) for entry in self.variables]
        placed: dict[Node, Node] = {0: 0, TRUE: TRUE}
        for name in self._largest(present):
            there = present[name]
            placed.update((here, there[node]) for node, here in self.inside[name].items())
        for node in self._nodes:
            if node in placed:
                continue
            kind, parts = circuit.kinds[node], circuit.parts[node]
            if kind == LITERAL:
                place = places[parts[0]]
                placed[node] = target.interned(kind, (place, parts[1]), 1 << place, 0)
                continue
            support = 0
            for part in circuit.parts_of(node):
                support |= target.support[placed[part]]
            placed[node] = target.interned(kind, placed_parts(kind, parts, placed), support, circuit.depth[node])
        return placed

    def _largest(self, present: Mapping[str, Mapping[Node, Node]]) -> list[str]:
        """Return the name of the largest translation that was taken over into this one and is `present` too."""
        names = [name for name in self.inside if name in present]
        return [max(names, key=lambda name: len(self.inside[name]))] if names else []
