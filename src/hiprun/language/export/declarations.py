"""What a model declares → entries of documents: facts, parameters, derived facts, constraints, properties."""

from __future__ import annotations

import datetime
from typing import Any

from hiprun.language.export.conditions import Data, condition, value
from hiprun.model import ALWAYS, Constraint, Derived, DiaryMeasure, Domain, Fact, Parameter, Property


def filled(**entries: Any) -> Data:
    """Return the entries that say something; of names that Python keeps for itself, the `_` at the end is taken off."""
    return {name.removesuffix("_"): entry for name, entry in entries.items() if entry not in (None, "", {}, [])}


def sources(ids: tuple[str, ...]) -> str | list[str]:
    """Return the statements that something carries as `source` has them."""
    return ids[0] if len(ids) == 1 else list(ids)


def domain(given: Domain) -> Data:
    """Return what a fact or an output says of its values."""
    directions = {"true": True, "false": False}
    return {
        "type": given.type,
        "choices": dict(given.choices) if all(given.choices.values()) else list(given.choices),
        "range": _range(given),
        "unit": given.unit,
        "worse": directions.get(given.worse, given.worse),
        "ordered": True if given.ordered and not given.worse else None,
    }


def _range(given: Domain | Parameter) -> list[Any] | None:
    if given.lowest is None or given.highest is None:
        return None
    ends = (given.lowest, given.highest)
    return [datetime.date.fromordinal(int(end)).isoformat() if given.type == "date" else end for end in ends]


def fact(given: Fact) -> Data:
    """Return the entry of a fact."""
    changeable = None if given.changeable else False
    return filled(ask=given.ask, **domain(given.domain), changeable=changeable, **remarks(given))


def parameter(given: Parameter) -> Data:
    """Return the entry of a parameter."""
    return filled(
        title=given.title,
        value=given.value,
        type="" if given.type == "number" else given.type,
        range=_range(given),
        unit=given.unit,
        **remarks(given),
    )


def derived(given: Derived) -> Data:
    """Return the entry of a derived fact."""
    return filled(
        title=given.title,
        when=None if given.condition is None else condition(given.condition),
        unit=given.unit,
        formula=None if given.formula is None else value(given.formula),
        **remarks(given),
    )


def constraint(given: Constraint) -> Data:
    """Return the entry of a constraint."""
    return filled(id=given.id, never=condition(given.never), because=given.because, source=sources(given.sources))


def always(given: Property) -> Data:
    """Return the entry of a property."""
    return filled(
        id=given.id,
        title=given.title,
        if_=None if given.condition == ALWAYS else condition(given.condition),
        then=condition(given.then),
        because=given.because,
        source=sources(given.sources),
    )


def literal(values: Domain, content: Any) -> Any:
    """Return a constant of a domain in the notation of the files."""
    return content if values.is_numeric else value(content)


def remarks(given: Fact | Parameter | Derived | DiaryMeasure) -> Data:
    """Return why something is there, what it rests on and how that was read."""
    return {"because": given.because, "source": sources(given.sources), "interpretation": given.interpretation}
