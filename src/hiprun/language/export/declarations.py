"""What a model declares → entries of documents: facts, parameters, derived facts, constraints, properties."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hiprun.language.export.conditions import Data, condition_data, value_data
from hiprun.model import ALWAYS, Constraint, Derived, DiaryMeasure, Domain, Fact, Parameter, Property
from hiprun.model.record_sources import RecordSource
from hiprun.model.templates import SAYS_VALUE
from hiprun.model.units import UnitDefinition, has_finite_decimals
from hiprun.model.value_conversion import text


def without_empty(**entries: Any) -> Data:
    """Return the entries that are not empty; the `_` at the end of names such as `if_` is removed."""
    return {name.removesuffix("_"): entry for name, entry in entries.items() if entry not in (None, "", {}, [])}


def source_data(ids: tuple[str, ...]) -> str | list[str]:
    """Return cited statements in the form of `source`."""
    return ids[0] if len(ids) == 1 else list(ids)


def domain_data(domain: Domain) -> Data:
    """Return a domain as entries of a fact or an output."""
    directions = {"true": True, "false": False}
    return {
        "type": domain.type,
        "choices": dict(domain.choices) if all(domain.choices.values()) else list(domain.choices),
        "range": _range_data(domain),
        "unit": domain.unit,
        "decimals": domain.decimals,
        "worse": directions.get(domain.worse, domain.worse),
        "ordered": True if domain.ordered and not domain.worse else None,
    }


def _range_data(declared: Domain | Parameter) -> list[Any] | None:
    if declared.lowest is None or declared.highest is None:
        return None
    ends = (declared.lowest, declared.highest)
    return [datetime.date.fromordinal(int(end)).isoformat() if declared.type == "date" else end for end in ends]


def fact_data(fact: Fact) -> Data:
    """Return the entry of a fact."""
    changeable = None if fact.changeable else False
    return without_empty(
        ask=fact.ask,
        say=say_data(fact.say),
        **domain_data(fact.domain),
        changeable=changeable,
        opens=None if fact.opens else False,
        **remark_data(fact),
    )


def say_data(texts: Mapping[str, str]) -> Data | str:
    """Return what is said of values in the form of `say`."""
    return texts[SAYS_VALUE] if list(texts) == [SAYS_VALUE] else dict(texts)


def parameter_data(parameter: Parameter) -> Data:
    """Return the entry of a parameter."""
    return without_empty(
        title=parameter.title,
        value=parameter.value,
        type="" if parameter.type == "number" else parameter.type,
        range=_range_data(parameter),
        unit=parameter.unit,
        decimals=parameter.decimals,
        **remark_data(parameter),
    )


def derived_fact_data(derived: Derived) -> Data:
    """Return the entry of a derived fact."""
    return without_empty(
        title=derived.title,
        when=None if derived.condition is None else condition_data(derived.condition),
        unit=derived.unit,
        decimals=derived.decimals,
        type="" if derived.type == "number" else derived.type,
        range=_range_data(derived.domain),
        formula=None if derived.formula is None else value_data(derived.formula),
        **remark_data(derived),
    )


def unit_data(definition: UnitDefinition) -> Data | str:
    """Return the entry of a unit: the shortest form of what it is."""
    worth = definition.is_
    factor = Fraction(1 if worth is None else worth.factor)
    ratio = text(factor) if has_finite_decimals(factor) else str(factor)
    notation = "" if worth is None else f"{ratio} {worth}".strip()
    entry = without_empty(is_=notation, zero=definition.zero or None, plural=definition.plural)
    return notation if list(entry) == ["is"] else entry


def constraint_data(constraint: Constraint) -> Data:
    """Return the entry of a constraint."""
    return without_empty(
        id=constraint.id,
        never=condition_data(constraint.never),
        **remark_data(constraint),
    )


def property_data(claim: Property) -> Data:
    """Return the entry of a property."""
    return without_empty(
        id=claim.id,
        title=claim.title,
        if_=None if claim.condition == ALWAYS else condition_data(claim.condition),
        then=condition_data(claim.then),
        **remark_data(claim),
    )


def record_source_data(source: RecordSource) -> Data:
    """Return where a fact is found in a patient's record."""
    return without_empty(
        **{source.kind: "age" if source.kind == "patient" else source_data(source.codes)},
        component=source_data(source.component),
        unit=source.unit,
        hours=source.hours or None,
        values={choice: source_data(codes) for choice, codes in source.values},
    )


def constant_data(domain: Domain, content: Any) -> Any:
    """Return a constant of a domain in the notation of the files."""
    return content if domain.is_numeric else value_data(content)


def remark_data(declared: Fact | Parameter | Derived | DiaryMeasure | Constraint | Property) -> Data:
    """Return the reason, the sources and the interpretation of something."""
    return {
        "because": declared.because,
        "source": source_data(declared.sources),
        "interpretation": declared.interpretation,
    }
