"""JSON Schemas for the rule files of one pack: the published ones, filled in with the names that the pack declares."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hiprun.language import completion_vocabulary as vocabulary
from hiprun.language.completion_vocabulary import Schema
from hiprun.language.schema_validation import KINDS, schema
from hiprun.model import Model

_COMMON = "common.schema.json"
_ASIDE = ("$id", "examples")


def editor_schema(model: Model, kind: str) -> Schema:
    """Return the schema for files of `kind`, which needs no other file beside it."""
    shared = _here(schema("common")["$defs"]) | _names(model)
    if kind == "diary":
        shared |= _fields(model)
    filled = {name: part for name, part in _here(schema(kind)).items() if name not in _ASIDE}
    if kind in _FILL:
        _FILL[kind](model, filled["properties"], filled)
    return {**filled, "$defs": {name: shared[name] for name in sorted(_reachable(filled, shared))}}


def editor_text(model: Model, kind: str) -> str:
    """Return the same as the text of a file."""
    return json.dumps(editor_schema(model, kind), indent=1, ensure_ascii=False) + "\n"


def file_name(kind: str) -> str:
    """Return what the file with the schema for `kind` is called."""
    return f"{kind}.schema.json"


def _names(model: Model) -> Schema:
    condition = _here(schema("common")["$defs"]["condition"])
    return {
        "condition": {
            **condition,
            "properties": {**vocabulary.conditions(model), **condition["properties"]},
            "additionalProperties": False,
        },
        **vocabulary.shared(model),
    }


def _fields(model: Model) -> Schema:
    # Fields are declared in the file itself, so one that is new there is not underlined.
    condition = _here(schema("common")["$defs"]["condition"])
    asked = vocabulary.entry_conditions(model.diary) if model.diary else {}
    return {
        "condition": {**condition, "properties": {**asked, **condition["properties"]}},
        "amount": vocabulary.entry_amount(model),
    }


def _diary(model: Model, properties: Schema, _: Schema) -> None:
    properties["facts"]["propertyNames"] = {"enum": list(model.facts)}
    today = properties["today"]["properties"]
    today["decision"] = {"enum": list(model.decisions)}
    for shown in ("session", "also"):
        today[shown]["items"] = {"enum": list(model.decisions)}


def _decision(model: Model, _: Schema, filled: Schema) -> None:
    # A decision that is new has outputs that nothing here can know; only those of the pack are filled in.
    filled["allOf"] = [
        {
            "if": {"properties": {"decision": {"const": decision.name}}, "required": ["decision"]},
            "then": {
                "properties": {
                    "rules": {"items": {"properties": {"then": vocabulary.conclusion(decision)}}},
                    "otherwise": {"anyOf": [vocabulary.conclusion(decision), {"const": "no_match"}]},
                    "table": {"prefixItems": [{"items": vocabulary.columns(decision)}]},
                }
            },
        }
        for decision in model.decisions.values()
        if decision.kind in ("rules", "table")
    ]


def _limits(model: Model, properties: Schema, _: Schema) -> None:
    numbers = [name for name, (domain, _) in vocabulary.subjects(model).items() if domain.is_numeric]
    properties["bounds"]["items"]["properties"]["quantity"] = {"enum": numbers}


def _cases(model: Model, properties: Schema, _: Schema) -> None:
    properties["patients"]["additionalProperties"] = {"$ref": "#/$defs/facts"}
    example = properties["examples"]["items"]["properties"]
    example["facts"] = {"$ref": "#/$defs/facts"}
    example["unknown"] = {"$ref": "#/$defs/fact_names"}
    example["expect"] = {"anyOf": [{"const": "refused"}, vocabulary.expectations(model)]}


def _stages(model: Model, properties: Schema, _: Schema) -> None:
    facts = vocabulary.values_of_facts(model)
    stage = properties["in_order"]["additionalProperties"]["properties"]
    stage["facts"] = facts
    stage["milestones"]["items"]["properties"]["facts"] = facts
    stage["least"]["propertyNames"] = {"enum": [name for name, fact in model.facts.items() if fact.domain.is_numeric]}
    properties["over_time"]["propertyNames"] = {"enum": list(model.facts)}
    limits = [decision.name for decision in model.decisions.values() if decision.kind == "limits"]
    properties["keeps"]["items"] = {"enum": limits}


_FILL = {"decision": _decision, "limits": _limits, "cases": _cases, "diary": _diary, "stages": _stages}


def _here(part: Any) -> Any:
    """Return a part of a published schema with what it refers to in the same file."""
    if isinstance(part, Mapping):
        return {name: inner.removeprefix(_COMMON) if name == "$ref" else _here(inner) for name, inner in part.items()}
    return [_here(inner) for inner in part] if isinstance(part, list) else part


def _reachable(part: Any, shared: Schema) -> set[str]:
    """Return the names of all shared definitions that `part` needs, however indirectly."""
    found: set[str] = set()
    waiting = list(_references(part))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references(shared[name])
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        for name, inner in part.items():
            if name == "$ref":
                yield inner.removeprefix("#/$defs/")
            else:
                yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)


__all__ = ["KINDS", "editor_schema", "editor_text", "file_name"]
