"""Made-up packs, many of them, have whatever a pack can have."""

from __future__ import annotations

from hiprun.model import All, AnyOf, Arithmetic, Count, Model, Not
from hiprun.testing.pack_generation.domains import TYPES
from hiprun.testing.pack_generation.draft import POLICIES
from hiprun.testing.strategies import packs

from ..unit.drawn import collected


def test_made_up_packs_have_every_construct() -> None:
    """Every policy and type turns up, and so do tables, groups, formulas, constraints, statements and cases.

    Some packs have a diary or stages, and some have not.
    """
    models: list[Model] = [pack.model for pack in collected(packs(), 150)]
    decisions = [decision for model in models for decision in model.decisions.values()]
    assert {decision.hit for decision in decisions} >= {*POLICIES} - {"criteria"}
    assert {decision.kind for decision in decisions} == {"rules", "table", "criteria", "limits", "stages"}
    assert {fact.domain.type for model in models for fact in model.facts.values()} == {*TYPES}
    conditions = [rule.condition for decision in decisions for rule in decision.rules]
    assert {type(condition) for condition in conditions} >= {All, AnyOf, Not, Count}
    values = [value for decision in decisions for rule in decision.rules for _, value in rule.then]
    assert any(isinstance(value, Arithmetic) for value in values)
    for part in ("parameters", "derived", "constraints", "statements", "properties", "examples", "diary", "stages"):
        assert any(getattr(model, part) for model in models)
        assert not all(getattr(model, part) for model in models)
