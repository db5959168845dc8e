"""What leans on what: the facts, parameters and decisions behind a rule, a derived fact, a decision or a claim."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from hiprun.model import (
    Condition,
    Model,
    Ref,
    Rule,
    formula_parameters,
    formula_refs,
    parameters,
    refs,
)

Facts = frozenset[str]


@attrs.frozen
class Cone:
    """The facts, derived facts, decisions and parameters that something leans on, however indirectly."""

    facts: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()

    def __or__(self, other: Cone) -> Cone:
        return Cone(
            self.facts | other.facts,
            self.derived | other.derived,
            self.decisions | other.decisions,
            self.parameters | other.parameters,
        )


class Cones:
    """The cones of one model, worked out when first asked for."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._derived: dict[str, Cone] = {}
        self._decisions: dict[str, Cone] = {}
        self._rules: dict[tuple[str, int], Cone] = {}

    def of_condition(self, condition: Condition) -> Cone:
        """Return what a condition leans on."""
        found = self._of_refs(refs(condition))
        return found | Cone(parameters=frozenset(parameters(condition)))

    def of_formula(self, formula: Any) -> Cone:
        """Return what a formula leans on; a constant leans on nothing."""
        return self._of_refs(formula_refs(formula)) | Cone(parameters=frozenset(formula_parameters(formula)))

    def of_derived(self, name: str) -> Cone:
        """Return what a derived fact leans on, itself included."""
        found = self._derived.get(name)
        if found is None:
            derived = self.model.derived[name]
            found = Cone(derived=frozenset({name}))
            if derived.condition is not None:
                found |= self.of_condition(derived.condition)
            if derived.formula is not None:
                found |= self.of_formula(derived.formula)
            self._derived[name] = found
        return found

    def of_rule(self, decision: str, index: int) -> Cone:
        """Return what one rule leans on, the formulas of its outputs included."""
        found = self._rules.get((decision, index))
        if found is None:
            found = self._rules[decision, index] = self._of_rule(self.model.decisions[decision].rules[index])
        return found

    def _of_rule(self, rule: Rule) -> Cone:
        found = self.of_condition(rule.condition)
        for _, value in rule.then:
            found |= self.of_formula(value)
        return found

    def of_decision(self, name: str) -> Cone:
        """Return what a decision leans on, itself included."""
        found = self._decisions.get(name)
        if found is None:
            decision = self.model.decisions[name]
            found = Cone(decisions=frozenset({name}))
            for index in range(len(decision.rules)):
                found |= self.of_rule(name, index)
            for _, value in decision.otherwise or ():
                found |= self.of_formula(value)
            for _, ref in decision.quantities:
                found |= self.of_formula(ref)
            self._decisions[name] = found
        return found

    def _of_refs(self, found: Iterable[Ref]) -> Cone:
        cone = Cone()
        for ref in found:
            match ref.kind:
                case "fact":
                    cone |= Cone(facts=frozenset({ref.name}))
                case "derived":
                    cone |= self.of_derived(ref.name)
                case _:
                    cone |= self.of_decision(ref.decision)
        return cone
