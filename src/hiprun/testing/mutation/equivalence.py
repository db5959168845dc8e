"""An exact check of whether a mutant gives every patient the same answer as the original model.

Both models are translated over the same facts into one circuit, in which equal parts become the same node. That
reduces the check to a query: is there a possible patient who gets another answer?
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from hiprun.inference.circuit import FALSE, TRUE, Circuit, Node
from hiprun.inference.grounding import OTHERWISE, Program, permitted
from hiprun.inference.grounding.decisions import Decisions
from hiprun.inference.grounding.output_formulas import as_linear
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Answering
from hiprun.inference.interval_sets import from_signs
from hiprun.inference.linear_constraints import Linear
from hiprun.model import Decision, Model, Verdict
from hiprun.testing.case_generation import existence_query
from hiprun.testing.mutation.mutants import Mutant
from hiprun.verification.decision_comparison import Aspect, Contribution, PossibleDifference, apart, together


class DifferenceQueries:
    """Queries about mutants of one model, which is translated once for all of them."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._before = Decisions(model)

    def constraints(self, mutant: Mutant) -> Program:
        """Return the query whether the constraints of only one of the models allow some patient."""
        before, after = self._before, self._after(mutant)
        circuit = before.circuit
        one, other = (permitted(side.conditions) for side in (before, after))
        differences = [circuit.every((one, circuit.negate(other))), circuit.every((circuit.negate(one), other))]
        return existence_query(before.conditions, circuit.some(differences), within=TRUE)

    def decision(self, mutant: Mutant, name: str, *, visible: bool = True) -> Program:
        """Return the query whether some patient gets another answer from a decision.

        With `visible`, only differences that a case can express count. For limits, a bound that only one model has is
        not such a difference unless it affects the verdict.
        """
        before = self._before
        versions = _CircuitVersions(
            _CircuitVersion(self.model.decisions[name], before),
            _CircuitVersion(mutant.model.decisions[name], self._after(mutant)),
        )
        circuit = versions.circuit

        def differs(difference: PossibleDifference[Node]) -> Node:
            return (
                difference.node
                if difference.tellable is None or not visible
                else circuit.every((difference.node, difference.tellable))
            )

        def aspect_differs(aspect: Aspect[Node]) -> Node:
            return circuit.every([*aspect.within, circuit.some(map(differs, aspect.ways))])

        node = circuit.some([aspect_differs(aspect) for aspect in (*together(versions), *apart(versions))])
        # that the fault concerns a patient whose answer is not what other rules say follows anyway; said first, it
        # leads the search to where answers differ
        concerns = before.conditions.condition(mutant.concerns)
        is_overruled = versions.overruled(mutant) if name == mutant.revised else FALSE
        return existence_query(before.conditions, circuit.every((concerns, circuit.negate(is_overruled), node)))

    def _after(self, mutant: Mutant) -> Decisions:
        """Return the translation of the mutant into the same circuit, in which what both say alike is one node."""
        if mutant.revised:
            return self._before.revised(mutant.model, mutant.revised)
        return Decisions(mutant.model, self._before.conditions.variables)


@attrs.frozen(eq=False)
class _CircuitVersion:
    """One version of a decision as nodes of a circuit."""

    decision: Decision
    translation: Decisions

    def conflict(self) -> Node:
        return self.translation.conflict(self.decision)

    def answered(self) -> Node:
        policy = self.translation.policy(self.decision)
        if policy is None or policy.hit.always_answers or policy.otherwise is not None:
            return TRUE
        return self.translation.circuit.some([branch.node for branch in self.translation.branches(self.decision)])

    def overruled(self, rule: str) -> Node:
        """Return a node that holds only where the answer is the same without a rule; empty: without `otherwise`."""
        policy = HIT_POLICIES[self.decision.hit]
        index = next((index for index, entry in enumerate(self.decision.rules) if entry.id == rule), OTHERWISE)
        if rule and index == OTHERWISE:
            return TRUE  # it is left out
        return policy.overruled(self.translation, self.decision, index) if isinstance(policy, Answering) else FALSE

    def contributions(self) -> list[Contribution[Node]]:
        rules = self.decision.rules
        return [
            Contribution(rules[branch.rule], branch.node, branch.values)
            for branch in self.translation.branches(self.decision)
            if branch.rule != OTHERWISE
        ]

    def cases(self, output: str) -> list[tuple[Node, Any]] | None:
        if HIT_POLICIES[self.decision.hit].adds:
            return None
        cases = self.translation.cases(self.decision.name, output)
        return None if any(isinstance(value, Linear) for _, value in cases) else cases

    def numbers(self, output: str) -> list[tuple[Node, Linear]]:
        cases = self.translation.cases(self.decision.name, output)
        return [(node, as_linear(value)) for node, value in cases]

    def verdicts(self, quantity: str) -> list[tuple[Node, Verdict | None]]:
        circuit, ref = self.translation.circuit, dict(self.decision.quantities)[quantity]
        verdicts: list[tuple[Node, Verdict | None]] = [*self.translation.cases(self.decision.name, quantity)]
        return [*verdicts, (circuit.negate(self.translation.conditions.has_value(ref)), None)]


@attrs.frozen(eq=False)
class _CircuitVersions:
    """The two versions of a decision in one circuit."""

    old: _CircuitVersion
    new: _CircuitVersion

    def overruled(self, mutant: Mutant) -> Node:
        """Return a node that holds only where what has the fault decides nothing in both versions."""
        if self.old.conflict() != self.new.conflict() or self.old.decision.has_criteria:
            return FALSE
        return self.every([version.overruled(mutant.rule) for version in (self.old, self.new)])

    @property
    def circuit(self) -> Circuit:
        return self.old.translation.circuit

    def every(self, nodes: Iterable[Node]) -> Node:
        return self.circuit.every(nodes)

    def some(self, nodes: Iterable[Node]) -> Node:
        return self.circuit.some(nodes)

    def negate(self, node: Node) -> Node:
        return self.circuit.negate(node)

    def compare(self, one: Any, signs: frozenset[int], other: Any) -> Node:
        return self.old.translation.conditions.compare(as_linear(one) + as_linear(other).times(-1), signs)

    def risen(self, output: str, signs: frozenset[int]) -> Node:
        if all(HIT_POLICIES[side.decision.hit].adds for side in (self.old, self.new)):
            weights = self.new.translation.weights(self.new.decision, output)
            weights += [(-weight, node) for weight, node in self.old.translation.weights(self.old.decision, output)]
            return self.circuit.total(0, weights, from_signs(signs, 0))
        return self.some(
            [
                self.every((node, other, self.compare(second, signs, first)))
                for node, first in self.old.numbers(output)
                for other, second in self.new.numbers(output)
            ]
        )
