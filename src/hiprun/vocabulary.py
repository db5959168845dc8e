"""The names of a pack as JSON Schema, so that an editor completes them and underlines what is misspelt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from hiprun.model import Decision, Domain, Model
from hiprun.notation import notation
from hiprun.operators import OPERATORS, Operator
from hiprun.values import plain, public

Schema = dict[str, Any]

_FORMULA = {"type": "string", "pattern": "[-+*/ ]", "description": "a formula"}
_VERDICT = Domain("choice", dict.fromkeys(("below", "within", "above"), ""))
_BOOLEAN = Domain("boolean")
_NUMBER = Domain("number")


def subjects(model: Model) -> Mapping[str, tuple[Domain, str]]:
    """Return everything that conditions can ask about, with its values and what it means.

    An output of a `collect` decision has no single value and is left out.
    """
    found = {name: (fact.domain, fact.ask) for name, fact in model.facts.items()}
    for name, derived in model.derived.items():
        found[name] = (_BOOLEAN if derived.formula is None else attrs.evolve(_NUMBER, unit=derived.unit), derived.title)
    for decision in model.decisions.values():
        if decision.hit != "collect":
            for output in decision.outputs:
                domain = _VERDICT if decision.kind == "limits" else output.domain
                found[f"{decision.name}.{output.name}"] = (domain, output.title or decision.title)
    return found


def condition(model: Model, within: str) -> Schema:
    """Return the schema of a condition; `within` is where conditions that stand in it are described."""
    named = {
        name: {"description": _described(domain, text), "anyOf": [operand(model, domain), tests(domain, operand(model, domain))]}
        for name, (domain, text) in subjects(model).items()
    }
    several = {"type": "array", "minItems": 1, "items": {"$ref": within}}
    whole = {"type": "integer", "minimum": 0}
    bounds = {name: whole for name in ("at_least", "at_most", "is", "above", "below")}
    count = closed({"of": several, **bounds, "between": _pair(whole)}, required=["of"])
    return closed({**named, "all": several, "any": several, "not": {"$ref": within}, "count": count}, minProperties=1)


def operand(model: Model, domain: Domain) -> Schema:
    """Return the schema of what a value of `domain` may be compared with: where it is a number, formulas too."""
    if not domain.is_numeric:
        return value(domain)
    numbers = [name for name, (other, _) in subjects(model).items() if other.is_numeric]
    return {"anyOf": [value(domain), {"enum": [*model.parameters, *numbers]}, _FORMULA]}


def value(domain: Domain) -> Schema:
    """Return the schema of one value of `domain`.

    >>> value(Domain("integer", lowest=0, highest=10))
    {'type': 'integer', 'minimum': 0, 'maximum': 10}
    """
    match domain.type:
        case "boolean" | "string":
            return {"type": domain.type}
        case "choice":
            return {"enum": list(domain.choices)}
        case "set":
            return _several({"enum": list(domain.choices)}, least=0)
        case "date":
            return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "a date such as 2026-03-01"}
        case _:
            bounds = {"minimum": domain.lowest, "maximum": domain.highest}
            return {
                "type": domain.type,
                **{name: plain(public(domain, bound)) for name, bound in bounds.items() if bound is not None},
            }


def tests(domain: Domain, compared_with: Schema) -> Schema:
    """Return the schema of the tests that fit values of `domain`."""
    fitting = {
        operator.name: _behind(operator, domain, compared_with)
        for operator in OPERATORS.values()
        if operator.fits(domain)
    }
    return closed(fitting, minProperties=1)


def _behind(operator: Operator, domain: Domain, compared_with: Schema) -> Schema:
    one = {"enum": list(domain.choices)} if operator.name.startswith("includes") else compared_with
    match operator.operands:
        case "one":
            return one
        case "two":
            return _pair(one)
        case "many":
            return _several(one)


def facts(model: Model) -> Schema:
    """Return the schema of what is known of a patient."""
    return closed(
        {
            name: {
                "description": _described(fact.domain, fact.ask),
                "anyOf": [value(fact.domain), tests(fact.domain, value(fact.domain))],
            }
            for name, fact in model.facts.items()
        }
    )


def expectations(model: Model) -> Schema:
    """Return the schema of what a case expects."""
    return closed({name: _expected(model, decision) for name, decision in model.decisions.items()}, minProperties=1)


def _expected(model: Model, decision: Decision) -> Schema:
    ids = _several({"enum": sorted({rule.id for rule in decision.rules})}, least=0)
    common: Schema = {
        "status": {"enum": ["decided", "undetermined", "no_match", "conflict"]},
        "needs": _several({"enum": list(model.facts)}, least=0),
        "fired": ids,
    }
    if decision.hit == "collect":
        specific: Schema = {"possible": ids, "certain": ids, "excluded": ids}
    elif decision.kind == "limits":
        number = {"type": "number"}
        limit = closed({"at_least": number, "at_most": number, "verdict": value(_VERDICT)}, minProperties=1)
        specific = {output.name: limit for output in decision.outputs}
    else:
        answer = answers(decision)
        specific = {**answer, "possible": {"type": "array", "items": closed(answer)}, "safest": closed(answer, minProperties=1)}
    if decision.kind == "criteria":
        specific |= {"met": ids, "unmet": ids, "unknown": ids}
    return closed({**specific, **common}, minProperties=1, description=decision.title)


def answers(decision: Decision) -> Schema:
    """Return the schemas of the values of all outputs, by name."""
    return {
        output.name: {"description": _described(output.domain, output.title), **value(output.domain)}
        for output in decision.outputs
    }


def statements(model: Model) -> Schema:
    """Return the schema of `source`: one statement, or several."""
    one = {"enum": list(model.statements)} if model.statements else {"type": "string"}
    return {"anyOf": [one, _several(one)]}


def closed(properties: Schema, **more: Any) -> Schema:
    """Return the schema of a mapping that has these names and no others."""
    return {"type": "object", "additionalProperties": False, "properties": properties, **more}


def _several(one: Schema, least: int = 1) -> Schema:
    return {"type": "array", "minItems": least, "uniqueItems": True, "items": one}


def _pair(one: Schema) -> Schema:
    return {"type": "array", "minItems": 2, "maxItems": 2, "items": one}


def _described(domain: Domain, text: str) -> str:
    return " ".join(filter(None, (text, *_details(domain))))


def _details(domain: Domain) -> Iterator[str]:
    if domain.lowest is not None and domain.highest is not None:
        yield f"({notation(public(domain, domain.lowest))} to {notation(public(domain, domain.highest))})"
    if domain.unit:
        yield f"[{domain.unit}]"
    yield "; ".join(f"{choice}: {text}" for choice, text in domain.choices.items() if text)
