"""The limits that a plan respects, restricted to the quantities that it projects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from hiprun.inference.conclusion import Conclusion
from hiprun.inference.facts import check_facts
from hiprun.inference.grounding import Program, ground
from hiprun.inference.infer import infer
from hiprun.model import Decision, Model, reach
from hiprun.model.stages import Stages


@attrs.frozen
class PlanLimits:
    """A limits decision restricted to some of its quantities, ready to be evaluated."""

    name: str
    model: Model
    program: Program
    facts: frozenset[str]

    def evaluate(self, facts: Mapping[str, Any]) -> Conclusion:
        """Return the limits that follow from the known facts."""
        relevant = {name: value for name, value in facts.items() if name in self.facts}
        return infer(self.model, self.program, check_facts(self.model, relevant))


def plan_limits(model: Model, stages: Stages) -> Iterator[PlanLimits]:
    """Yield the limits that plans by the protocol `stages` respect."""
    projected = {projection.fact for projection in stages.projections}
    for name in stages.keeps:
        decision = model.decisions[name]
        quantities = tuple(
            (quantity, ref) for quantity, ref in decision.quantities if ref.kind == "fact" and ref.name in projected
        )
        names = {quantity for quantity, _ in quantities}
        restricted = attrs.evolve(
            decision,
            quantities=quantities,
            outputs=tuple(output for output in decision.outputs if output.name in names),
            rules=tuple(rule for rule in decision.rules if rule.then[0][0] in names),
        )
        if quantities:
            yield PlanLimits(name, model, ground(model, restricted), input_facts(model, restricted))


def input_facts(model: Model, decision: Decision) -> frozenset[str]:
    """Return the facts that a decision depends on, directly or through other decisions."""
    names: set[str] = set()
    pending = [decision]
    for current in pending:
        for ref in reach(model, current.refs()):
            if ref.kind == "fact":
                names.add(ref.name)
            elif ref.kind == "output" and model.decisions[ref.decision] not in pending:
                pending.append(model.decisions[ref.decision])
    return frozenset(names)
