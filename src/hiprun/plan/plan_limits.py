"""The limits that a plan keeps, cut down to the quantities that it speaks of."""

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
class Kept:
    """One decision on limits with the bounds of some quantities only, ready to be asked."""

    name: str
    model: Model
    program: Program
    facts: frozenset[str]

    def concluded(self, facts: Mapping[str, Any]) -> Conclusion:
        """Return the limits for the facts known."""
        asked = {name: value for name, value in facts.items() if name in self.facts}
        return infer(self.model, self.program, check_facts(self.model, asked))


def kept(model: Model, stages: Stages) -> Iterator[Kept]:
    """Yield the limits that plans for `stages` keep."""
    planned = {course.fact for course in stages.projections}
    for name in stages.keeps:
        decision = model.decisions[name]
        quantities = tuple(
            (quantity, ref) for quantity, ref in decision.quantities if ref.kind == "fact" and ref.name in planned
        )
        names = {quantity for quantity, _ in quantities}
        part = attrs.evolve(
            decision,
            quantities=quantities,
            outputs=tuple(output for output in decision.outputs if output.name in names),
            rules=tuple(rule for rule in decision.rules if rule.then[0][0] in names),
        )
        if quantities:
            yield Kept(name, model, ground(model, part), facts_of(model, part))


def facts_of(model: Model, decision: Decision) -> frozenset[str]:
    """Return the facts that a decision follows from, directly or by way of others."""
    found: set[str] = set()
    waiting = [decision]
    for current in waiting:
        for ref in reach(model, current.refs()):
            if ref.kind == "fact":
                found.add(ref.name)
            elif ref.kind == "output" and model.decisions[ref.decision] not in waiting:
                waiting.append(model.decisions[ref.decision])
    return frozenset(found)
