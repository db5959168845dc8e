"""Decisions → terms of the prover: what comes out, and how it can end otherwise."""

from __future__ import annotations

from typing import Any

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import Decision
from hiprun.verification.condition_logics import Node
from hiprun.verification.hit_policy_encoding import Cased, Numbered, form
from hiprun.verification.number_encoding import Quantity
from hiprun.verification.rule_encoding import RuleTerms


class Terms(RuleTerms[Node]):
    """The terms of one model for one patient, with what its decisions come to."""

    def cases(self, decision: str, output: str) -> list[tuple[Node, Any]]:
        """Return the values that an output can have, each with the node that holds when it has it.

        Not for the outputs of `sum`, `count` and `collect`. Where a decision is in conflict several may hold.
        """
        model = self.model.decisions[decision]
        policy = form(model)
        assert isinstance(policy, Cased)
        return self.once(("cases", decision, output), self.behind(decision), lambda: policy.cases(self, model, output))

    def output_number(self, decision: str, output: str) -> Quantity[Node]:
        """Return a number output of a decision."""
        model = self.model.decisions[decision]
        policy = form(model)
        assert isinstance(policy, Numbered)
        make = policy.number
        return self.once(("number", decision, output), self.behind(decision), lambda: make(self, model, output))

    def answered(self, name: str) -> Node:
        """Return the node that holds when a decision has an answer, if it is not in conflict."""
        decision = self.model.decisions[name]
        if HIT_POLICIES[decision.hit].always_answers:
            return self.logic.truth(True)
        return self.logic.some((self.some_rule(name), self.otherwise(decision, "")[0]))

    def conflict(self, name: str) -> Node:
        """Return the node that holds when a decision, or one it leans on, is in conflict."""
        names = sorted(self.cones.of_decision(name).decisions)
        return self.logic.some([self.own_conflict(self.model.decisions[other]) for other in names])

    def own_conflict(self, decision: Decision) -> Node:
        """Return the node that holds when rules of this decision contradict each other."""

        def make() -> Node:
            return self.named(f"{decision.name}: conflict", self.logic.some(form(decision).conflict(self, decision)))

        return self.once(("conflict", decision.name), self.behind(decision.name), make)
