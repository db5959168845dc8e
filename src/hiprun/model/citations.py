"""Which parts of a pack cite which statements of the guidance, and how vague passages were interpreted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from hiprun.model.pack_model import Model
from hiprun.model.places import Place
from hiprun.model.value_objects import ValueObject


@attrs.frozen
class Citation(ValueObject):
    """Something in a rule file that is based on the guidance. For a rule, `name` is `decision.rule`."""

    kind: str
    name: str
    sources: tuple[str, ...]
    interpretation: str
    place: Place

    def to_dict(self) -> dict[str, Any]:
        """Return the citation as plain data for JSON."""
        return {
            "kind": self.kind,
            "name": self.name,
            "source": list(self.sources),
            "interpretation": self.interpretation,
            "place": str(self.place),
        }


def citations(model: Model) -> Iterator[Citation]:
    """Yield everything in `model` that cites a statement or has an interpretation, in the order of the pack."""
    return (citation for citation in _citable_entries(model) if citation.sources or citation.interpretation)


def _citable_entries(model: Model) -> Iterator[Citation]:
    for fact in model.facts.values():
        yield Citation("fact", fact.name, fact.sources, fact.interpretation, fact.place)
    for parameter in model.parameters.values():
        yield Citation("parameter", parameter.name, parameter.sources, parameter.interpretation, parameter.place)
    for derived in model.derived.values():
        yield Citation("derived fact", derived.name, derived.sources, derived.interpretation, derived.place)
    for constraint in (*model.constraints, *model.parameter_constraints):
        yield Citation("constraint", constraint.id, constraint.sources, constraint.interpretation, constraint.place)
    for decision in model.decisions.values():
        yield Citation("decision", decision.name, decision.sources, decision.interpretation, decision.place)
        for rule in decision.rules:
            yield Citation("rule", f"{decision.name}.{rule.id}", rule.sources, rule.interpretation, rule.place)
    for recorded in model.diary.facts.values() if model.diary else ():
        name = f"diary.{recorded.fact}"
        yield Citation("fact of the diary", name, recorded.sources, recorded.interpretation, recorded.place)
    for promise in model.properties:
        yield Citation("property", promise.id, promise.sources, promise.interpretation, promise.place)
    for example in model.examples:
        yield Citation("case", example.id, example.sources, example.interpretation, example.place)
