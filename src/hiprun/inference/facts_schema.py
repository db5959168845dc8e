"""The facts of a pack as a JSON Schema of the data that `decide` accepts: plain values, partial ones, and null."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, assert_never

from hiprun.inference.facts import MOST_CHARACTERS, MOST_ENTRIES
from hiprun.inference.operators import OPERATORS, Operator
from hiprun.model import Domain, Fact
from hiprun.model.value_conversion import plain, public

Schema: TypeAlias = dict[str, Any]

_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def input_schema(facts: Mapping[str, Fact], title: str) -> Schema:
    """Return a JSON Schema (2020-12) of facts, which refers to nothing outside itself."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": "What is known about a patient. A fact that is left out, or null, is unknown: it is not “no”.",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _fact_schema(fact) for name, fact in facts.items()},
    }


def _fact_schema(fact: Fact) -> Schema:
    schema: Schema = {"title": fact.ask}
    words = list(_description(fact))
    if words:
        schema["description"] = " ".join(words)
    return schema | {"anyOf": [_value_schema(fact.domain), _tests_schema(fact.domain), {"type": "null"}]}


def _description(fact: Fact) -> Iterator[str]:
    domain = fact.domain
    if fact.because:
        yield fact.because
    if domain.unit:
        yield f"In {domain.unit}."
    if domain.type == "date":
        ends = [("from", domain.lowest), ("to", domain.highest)]
        span = " ".join(f"{word} {plain(public(domain, end))}" for word, end in ends if end is not None)
        if span:
            yield f"A date {span}."


def _value_schema(domain: Domain) -> Schema:
    match domain.type:
        case "boolean":
            return {"type": "boolean"}
        case "integer" | "number":
            ends = (("minimum", domain.lowest), ("maximum", domain.highest))
            return {"type": domain.type} | {word: plain(public(domain, end)) for word, end in ends if end is not None}
        case "choice":
            return _choice_schema(domain)
        case "set":
            return {"type": "array", "items": _choice_schema(domain), "maxItems": MOST_ENTRIES}
        case "string":
            return {"type": "string", "maxLength": MOST_CHARACTERS}
        case "date":
            return {"type": "string", "format": "date", "pattern": _DATE}
        case _:
            assert_never(domain.type)


def _choice_schema(domain: Domain) -> Schema:
    if not any(domain.choices.values()):
        return {"enum": list(domain.choices)}
    return {"oneOf": [{"const": name, "title": text} for name, text in domain.choices.items()]}


def _tests_schema(domain: Domain) -> Schema:
    return {
        "description": "Known in part: tests that the value meets.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {"description": operator.description} | _operand_schema(operator, domain)
            for name, operator in OPERATORS.items()
            if operator.fits(domain)
        },
    }


def _operand_schema(operator: Operator, domain: Domain) -> Schema:
    one = _choice_schema(domain) if operator.takes == "member" else _value_schema(domain)
    match operator.operands:
        case "one":
            return one
        case "two":
            return {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
        case "many":
            return {"type": "array", "items": one, "maxItems": MOST_ENTRIES}
        case _:
            assert_never(operator.operands)
