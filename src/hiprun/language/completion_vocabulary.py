"""The names of a pack as JSON Schema, so that an editor can complete them and underline misspelt ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

import attrs

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.operators import OPERATORS, Operator
from hiprun.model import VERDICT, Decision, Diary, Domain, Model, Type
from hiprun.model.value_conversion import plain, public
from hiprun.model.value_notation import notation

Schema = dict[str, Any]

_FORMULA = {"type": "string", "pattern": "[-+*/^(]", "description": "a formula"}
_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "description": "a parameter or a field"}
_NAMED_DATE = {"type": "string", "$ref": "#/$defs/date_formula"}
_NAMED_AMOUNT = {"type": "string", "$ref": "#/$defs/amount"}
_PRESENCE = "whether the decision found an answer"
_BOOLEAN = Domain("boolean")
_NUMBER = Domain("number")
_SHARED: Mapping[Type, Domain] = {
    "boolean": _BOOLEAN,
    "number": _NUMBER,
    "string": Domain("string"),
    "date": Domain("date"),
}


def subjects(model: Model) -> Mapping[str, tuple[Domain, str]]:
    """Return everything that conditions can test, with its domain and meaning.

    An output of a `collect` decision has no single value and is left out.
    """
    subjects = {name: (fact.domain, fact.ask) for name, fact in model.facts.items()}
    for name, derived in model.derived.items():
        subjects[name] = (derived.domain, derived.title)
    for decision in model.decisions.values():
        if HIT_POLICIES[decision.hit].gives != "items":
            for output in decision.outputs:
                domain = decision.condition_domain(output.name)
                subjects[f"{decision.name}.{output.name}"] = (domain, output.title or decision.title)
    return subjects


def condition_schemas(model: Model) -> Schema:
    """Return the schema of the tests of each name, for conditions."""
    return {
        name: _subject_schema(_with_groups(domain, model), text, is_output="." in name)
        for name, (domain, text) in subjects(model).items()
    }


def _with_groups(domain: Domain, model: Model) -> Domain:
    """Return a domain that has the groups of its choices as choices too."""
    groups = [name for name, choices in model.groups.items() if domain.choices.keys() >= {*choices}]
    return attrs.evolve(domain, choices={**domain.choices, **dict.fromkeys(groups, "")}) if groups else domain


def parameter_condition_schemas(model: Model) -> Schema:
    """Return the schema of the tests of each parameter, for constraints."""
    return {name: _subject_schema(parameter.domain, parameter.title) for name, parameter in model.parameters.items()}


def _subject_schema(domain: Domain, text: str, *, is_output: bool = False) -> Schema:
    kind = "number" if domain.is_numeric else domain.type
    if kind in _SHARED:
        subject_tests: Schema = {"$ref": f"#/$defs/{kind}_{'output_' if is_output else ''}tests"}
    else:
        subject_tests = tests_schema(domain, value_schema(domain), is_output=is_output)
    return {"description": _description(domain, text), "anyOf": [_operand_schema(domain), subject_tests]}


def entry_condition_schemas(diary: Diary) -> Schema:
    """Return the schema of the tests of each field, for conditions on entries."""
    schemas: dict[str, list[Schema]] = {}
    for kind in diary.entries.values():
        for name, domain in kind.fields.items():
            field_schemas = _subject_schema(domain, kind.texts.get(name, ""))
            if field_schemas not in schemas.setdefault(name, []):
                schemas[name].append(field_schemas)
    return {
        name: field_schemas[0] if len(field_schemas) == 1 else {"anyOf": field_schemas}
        for name, field_schemas in schemas.items()
    }


def entry_amount_schema(model: Model) -> Schema:
    """Return the schema of an amount in a diary, in which fields of an entry can be compared with each other."""
    entries = model.diary.entries.values() if model.diary else ()
    fields = [name for kind in entries for name, domain in kind.fields.items() if domain.is_numeric]
    names = list(dict.fromkeys([*model.parameters, *fields]))
    return {"anyOf": [{"type": "number"}, {"enum": names}, _NAME, _FORMULA]}


def shared_definitions(model: Model) -> Schema:
    """Return schemas that others refer to by name, so that each is written only once."""
    everywhere = [*subjects(model), "id", "because", "source", "interpretation"]
    return {
        **{
            f"{kind}_tests": tests_schema(domain, _operand_schema(domain), is_output=False)
            for kind, domain in _SHARED.items()
        },
        **{
            f"{kind}_output_tests": tests_schema(domain, _operand_schema(domain), is_output=True)
            for kind, domain in _SHARED.items()
        },
        "amount": _amount_schema(model),
        "date_formula": _date_formula_schema(model),
        "column": {"enum": everywhere},
        "fact_names": _list_of({"enum": list(model.facts)}, min_items=0),
        "facts": _facts_schema(model),
        **{
            _ids_definition(decision): _list_of({"enum": _rule_ids(decision)}, min_items=0)
            for decision in model.decisions.values()
        },
        **{
            _answer_definition(decision): closed_object(_output_schemas(decision), minProperties=1)
            for decision in model.decisions.values()
        },
        "source": _source_schema(model),
    }


def _amount_schema(model: Model) -> Schema:
    numbers = [name for name, (domain, _) in subjects(model).items() if domain.is_numeric]
    return {"anyOf": [{"type": "number"}, {"enum": [*model.parameters, *numbers]}, _FORMULA]}


def _date_formula_schema(model: Model) -> Schema:
    function = {"type": "string", "pattern": r"\(", "description": "a function that gives a date"}
    dates = [name for name, (domain, _) in subjects(model).items() if domain.type == "date"]
    return {"anyOf": [{"enum": dates}, function]} if dates else function


def _operand_schema(domain: Domain) -> Schema:
    if domain.type == "date":
        return {"anyOf": [value_schema(domain), _NAMED_DATE]}
    return {"anyOf": [value_schema(domain), _NAMED_AMOUNT]} if domain.is_numeric else value_schema(domain)


def value_schema(domain: Domain) -> Schema:
    """Return the schema of one value of `domain`.

    >>> value_schema(Domain("integer", lowest=0, highest=10))
    {'type': 'integer', 'minimum': 0, 'maximum': 10}
    """
    match domain.type:
        case "boolean" | "string":
            return {"type": domain.type}
        case "choice":
            return {"enum": list(domain.choices)}
        case "set":
            return _list_of({"enum": list(domain.choices)}, min_items=0)
        case "date":
            return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "a date such as 2026-03-01"}
        case _:
            bounds = {"minimum": domain.lowest, "maximum": domain.highest}
            return {
                "type": domain.type,
                **{name: plain(public(domain, bound)) for name, bound in bounds.items() if bound is not None},
            }


def tests_schema(domain: Domain, operand: Schema, *, is_output: bool) -> Schema:
    """Return the schema of the tests that fit `domain`; of an output one can also ask whether it has a value."""
    fitting = {
        operator.name: _operands_schema(operator, domain, operand)
        for operator in OPERATORS.values()
        if operator.fits(domain)
    }
    presence = {"has_value": {"type": "boolean", "description": _PRESENCE}} if is_output else {}
    return closed_object(fitting | presence, minProperties=1)


def _operands_schema(operator: Operator, domain: Domain, operand: Schema) -> Schema:
    one_operand = {"enum": list(domain.choices)} if operator.takes == "member" else operand
    return {"one": one_operand, "two": _pair_of(one_operand), "many": _list_of(one_operand)}[operator.operands]


def _facts_schema(model: Model) -> Schema:
    return closed_object(
        {
            name: {
                "description": _description(fact.domain, fact.ask),
                "anyOf": [
                    value_schema(fact.domain),
                    tests_schema(fact.domain, value_schema(fact.domain), is_output=False),
                ],
            }
            for name, fact in model.facts.items()
        }
    )


def fact_values_schema(model: Model) -> Schema:
    """Return the schema of facts with one value each."""
    values = {
        name: {"description": _description(fact.domain, fact.ask), **value_schema(fact.domain)}
        for name, fact in model.facts.items()
    }
    return closed_object(values, minProperties=1)


def _source_schema(model: Model) -> Schema:
    statement: Schema = {"enum": list(model.statements)} if model.statements else {"type": "string"}
    return {"anyOf": [statement, _list_of(statement)]}


def _rule_ids(decision: Decision) -> list[str]:
    return list(dict.fromkeys(rule.id for rule in decision.rules))


def _ids_definition(decision: Decision) -> str:
    return f"ids_of_{decision.name}"


def _answer_definition(decision: Decision) -> str:
    return f"answer_of_{decision.name}"


def _output_schemas(decision: Decision) -> Schema:
    return {
        output.name: {"description": _description(output.domain, output.title), **value_schema(output.domain)}
        for output in decision.outputs
    }


def expectations_schema(model: Model) -> Schema:
    """Return the schema of the expectations of a case."""
    return closed_object(
        {name: _decision_expectations(decision) for name, decision in model.decisions.items()}, minProperties=1
    )


def _decision_expectations(decision: Decision) -> Schema:
    ids: Schema = {"$ref": f"#/$defs/{_ids_definition(decision)}"}
    answer: Schema = {"$ref": f"#/$defs/{_answer_definition(decision)}"}
    common: Schema = {
        "status": {"enum": ["decided", "undetermined", "no_match", "conflict"]},
        "needs": {"$ref": "#/$defs/fact_names"},
        "fired": ids,
    }
    match HIT_POLICIES[decision.hit].gives:
        case "items":
            lists = {name: {"type": "array", "items": one} for name, one in _output_schemas(decision).items()}
            specific: Schema = {**lists, "possible": ids, "certain": ids, "excluded": ids}
        case "limits":
            number = {"type": "number"}
            limit = closed_object(
                {"at_least": number, "at_most": number, "verdict": value_schema(VERDICT)}, minProperties=1
            )
            specific = {output.name: limit for output in decision.outputs}
        case "answer":
            specific = {**_output_schemas(decision), "possible": {"type": "array", "items": answer}, "safest": answer}
        case gives:
            assert_never(gives)
    if decision.has_criteria:
        specific |= {"met": ids, "unmet": ids, "unknown": ids}
    return closed_object({**specific, **common}, minProperties=1, description=decision.title)


def conclusion_schema(decision: Decision) -> Schema:
    """Return the schema of the outputs that a rule of `decision`, or `otherwise`, gives."""
    return closed_object(
        {
            output.name: {"description": _description(output.domain, output.title), **_operand_schema(output.domain)}
            for output in decision.outputs
        },
        minProperties=1,
    )


def column_schema(decision: Decision) -> Schema:
    """Return the schema of the name of a column in a table of `decision`."""
    return {"anyOf": [{"enum": [output.name for output in decision.outputs]}, {"$ref": "#/$defs/column"}]}


def closed_object(properties: Schema, **keywords: Any) -> Schema:
    """Return the schema of a mapping with these keys and no others."""
    return {"type": "object", "additionalProperties": False, "properties": properties, **keywords}


def _list_of(item: Schema, min_items: int = 1) -> Schema:
    return {"type": "array", "minItems": min_items, "uniqueItems": True, "items": item}


def _pair_of(item: Schema) -> Schema:
    return {"type": "array", "minItems": 2, "maxItems": 2, "items": item}


def _description(domain: Domain, text: str) -> str:
    return " ".join(filter(None, (text, *_details(domain))))


def _details(domain: Domain) -> Iterator[str]:
    if domain.lowest is not None and domain.highest is not None:
        yield f"({notation(public(domain, domain.lowest))} to {notation(public(domain, domain.highest))})"
    if domain.unit:
        yield f"[{domain.unit}]"
    yield "; ".join(f"{choice}: {text}" for choice, text in domain.choices.items() if text)
