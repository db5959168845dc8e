"""Extensions of the published schemas for editors: the names of one pack, each where it can be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.language import completion_vocabulary
from hiprun.language.completion_vocabulary import Schema
from hiprun.model import Model
from hiprun.model.reader_text_paths import reader_texts

Extensions: TypeAlias = Mapping[str, Schema | list[Schema]]
"""Parts of a schema by their path in it, as keys separated by `/`.

Parts under `$defs` replace a definition that all kinds of files share.
"""


def no_extensions(_: Model, __: Schema) -> Extensions:
    """Return no extensions beyond the shared definitions."""
    return {}


def pack(model: Model, _: Schema) -> Extensions:
    """Return the decision that can come first and those that a person can start from."""
    offered = [name for name, decision in model.decisions.items() if decision.audience != "internal"]
    first = [
        name
        for name, decision in model.decisions.items()
        if HIT_POLICIES[decision.hit].gives == "answer" and any(output.calmest for output in decision.outputs)
    ]
    return {"properties/first": {"enum": first}, "properties/starts/items": {"enum": offered}}


def decision(model: Model, _: Schema) -> Extensions:
    """Return the outputs that the rules of each decision can give."""
    # The outputs of a new decision are not known yet; only decisions of the pack are included.
    return {
        "allOf": [
            {
                "if": {"properties": {"decision": {"const": decision.name}}, "required": ["decision"]},
                "then": {
                    "properties": {
                        "rules": {"items": {"properties": {"then": completion_vocabulary.conclusion_schema(decision)}}},
                        "otherwise": {
                            "anyOf": [completion_vocabulary.conclusion_schema(decision), {"const": "no_match"}]
                        },
                        "table": {"prefixItems": [{"items": completion_vocabulary.column_schema(decision)}]},
                    }
                },
            }
            for decision in model.decisions.values()
            if decision.kind in ("rules", "table")
        ]
    }


def constraints(model: Model, _: Schema) -> Extensions:
    """Return the parameters, which only constraints can test."""
    return {
        f"$defs/condition/properties/{name}": parameter_schema
        for name, parameter_schema in completion_vocabulary.parameter_condition_schemas(model).items()
    }


def limits(model: Model, _: Schema) -> Extensions:
    """Return the quantities that can be limited."""
    numbers = [name for name, (domain, _text) in completion_vocabulary.subjects(model).items() if domain.is_numeric]
    return {"properties/bounds/items/properties/quantity": {"enum": numbers}}


def cases(model: Model, _: Schema) -> Extensions:
    """Return the facts of patients, and the expectations of cases."""
    example = "properties/examples/items/properties"
    return {
        "properties/patients/additionalProperties": {"$ref": "#/$defs/facts"},
        f"{example}/facts": {"$ref": "#/$defs/facts"},
        f"{example}/unknown": {"$ref": "#/$defs/fact_names"},
        f"{example}/expect": {"anyOf": [{"const": "refused"}, completion_vocabulary.expectations_schema(model)]},
    }


def diary(model: Model, published: Schema) -> Extensions:
    """Return the facts that can follow, the decisions of the day, and the fields that conditions can test."""
    decisions: Schema = {"enum": list(model.decisions)}
    today = "properties/today/properties"
    # Fields are declared in the same file, so new ones must not be underlined.
    condition = published["$defs"]["condition"]
    fields = completion_vocabulary.entry_condition_schemas(model.diary) if model.diary else {}
    return {
        "properties/facts/propertyNames": {"enum": list(model.facts)},
        f"{today}/decision": decisions,
        f"{today}/session/items": decisions,
        f"{today}/also/items": decisions,
        "$defs/condition": {**condition, "properties": {**fields, **condition["properties"]}},
        "$defs/amount": completion_vocabulary.entry_amount_schema(model),
    }


def texts(model: Model, _: Schema) -> Extensions:
    """Return the paths of the texts that can be translated."""
    return {"properties/of/propertyNames": {"enum": list(reader_texts(model))}}


def stages(model: Model, _: Schema) -> Extensions:
    """Return the facts that stages can name or change, and the limits that sessions can respect."""
    facts = completion_vocabulary.fact_values_schema(model)
    stage = "properties/in_order/additionalProperties/properties"
    numbers = [name for name, fact in model.facts.items() if fact.domain.is_numeric]
    limits = [decision.name for decision in model.decisions.values() if decision.has_limits]
    return {
        f"{stage}/facts": facts,
        f"{stage}/milestones/items/properties/facts": facts,
        f"{stage}/least/propertyNames": {"enum": numbers},
        "properties/over_time/propertyNames": {"enum": list(model.facts)},
        "properties/keeps/items": {"enum": limits},
    }
