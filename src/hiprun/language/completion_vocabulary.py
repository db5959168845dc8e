"""The names of a pack as JSON Schema, so that an editor completes them and underlines what is misspelt."""

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

_FORMULA = {"type": "string", "pattern": "[-+*/]", "description": "a formula"}
_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "description": "a parameter or a field"}
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
    """Return everything that conditions can ask about, with its values and what it means.

    An output of a `collect` decision has no single value and is left out.
    """
    found = {name: (fact.domain, fact.ask) for name, fact in model.facts.items()}
    for name, derived in model.derived.items():
        found[name] = (_BOOLEAN if derived.formula is None else attrs.evolve(_NUMBER, unit=derived.unit), derived.title)
    for decision in model.decisions.values():
        if HIT_POLICIES[decision.hit].gives != "items":
            for output in decision.outputs:
                asked = decision.condition_domain(output.name)
                found[f"{decision.name}.{output.name}"] = (asked, output.title or decision.title)
    return found


def conditions(model: Model) -> Schema:
    """Return the schemas of what may stand behind each name that a condition asks about."""
    return {name: _asked(domain, text, is_output="." in name) for name, (domain, text) in subjects(model).items()}


def parameter_conditions(model: Model) -> Schema:
    """Return the schemas of what may stand behind each parameter that a constraint asks about."""
    return {name: _asked(parameter.domain, parameter.title) for name, parameter in model.parameters.items()}


def _asked(domain: Domain, text: str, *, is_output: bool = False) -> Schema:
    kind = "number" if domain.is_numeric else domain.type
    tests_of_it = {"$ref": f"#/$defs/{kind}_tests"} if kind in _SHARED else tests(domain, value(domain))
    presence = [{"$ref": "#/$defs/presence"}] if is_output else []
    return {"description": _described(domain, text), "anyOf": [_operand(domain), tests_of_it, *presence]}


def entry_conditions(diary: Diary) -> Schema:
    """Return the schemas of what may stand behind each field that a condition on an entry asks about."""
    found: dict[str, list[Schema]] = {}
    for kind in diary.entries.values():
        for name, domain in kind.fields.items():
            asked = _asked(domain, kind.texts.get(name, ""))
            if asked not in found.setdefault(name, []):
                found[name].append(asked)
    return {name: asked[0] if len(asked) == 1 else {"anyOf": asked} for name, asked in found.items()}


def entry_amount(model: Model) -> Schema:
    """Return the schema of an amount in a diary, where fields of an entry are compared with one another."""
    entries = model.diary.entries.values() if model.diary else ()
    fields = [name for kind in entries for name, domain in kind.fields.items() if domain.is_numeric]
    names = list(dict.fromkeys([*model.parameters, *fields]))
    return {"anyOf": [{"type": "number"}, {"enum": names}, _NAME, _FORMULA]}


def shared(model: Model) -> Schema:
    """Return schemas that others refer to by their names here, so that each is written once."""
    everywhere = [*subjects(model), "id", "because", "source", "interpretation"]
    return {
        **{f"{kind}_tests": tests(domain, _operand(domain)) for kind, domain in _SHARED.items()},
        "amount": _amount(model),
        "column": {"enum": everywhere},
        "fact_names": _several({"enum": list(model.facts)}, least=0),
        "facts": _facts(model),
        **{_ids(decision): _several({"enum": _rule_ids(decision)}, least=0) for decision in model.decisions.values()},
        **{_answer(decision): closed(_values(decision), minProperties=1) for decision in model.decisions.values()},
        "presence": closed({"has_value": {"type": "boolean", "description": _PRESENCE}}, minProperties=1),
        "source": _source(model),
    }


def _amount(model: Model) -> Schema:
    numbers = [name for name, (domain, _) in subjects(model).items() if domain.is_numeric]
    return {"anyOf": [{"type": "number"}, {"enum": [*model.parameters, *numbers]}, _FORMULA]}


def _operand(domain: Domain) -> Schema:
    return {"anyOf": [value(domain), _NAMED_AMOUNT]} if domain.is_numeric else value(domain)


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
    one = {"enum": list(domain.choices)} if operator.takes == "member" else compared_with
    return {"one": one, "two": _pair(one), "many": _several(one)}[operator.operands]


def _facts(model: Model) -> Schema:
    return closed(
        {
            name: {
                "description": _described(fact.domain, fact.ask),
                "anyOf": [value(fact.domain), tests(fact.domain, value(fact.domain))],
            }
            for name, fact in model.facts.items()
        }
    )


def values_of_facts(model: Model) -> Schema:
    """Return the schema of facts with one value each."""
    values = {
        name: {"description": _described(fact.domain, fact.ask), **value(fact.domain)}
        for name, fact in model.facts.items()
    }
    return closed(values, minProperties=1)


def _source(model: Model) -> Schema:
    one: Schema = {"enum": list(model.statements)} if model.statements else {"type": "string"}
    return {"anyOf": [one, _several(one)]}


def _rule_ids(decision: Decision) -> list[str]:
    return list(dict.fromkeys(rule.id for rule in decision.rules))


def _ids(decision: Decision) -> str:
    return f"ids_of_{decision.name}"


def _answer(decision: Decision) -> str:
    return f"answer_of_{decision.name}"


def _values(decision: Decision) -> Schema:
    return {
        output.name: {"description": _described(output.domain, output.title), **value(output.domain)}
        for output in decision.outputs
    }


def expectations(model: Model) -> Schema:
    """Return the schema of what a case expects."""
    return closed({name: _expected(decision) for name, decision in model.decisions.items()}, minProperties=1)


def _expected(decision: Decision) -> Schema:
    ids: Schema = {"$ref": f"#/$defs/{_ids(decision)}"}
    answer: Schema = {"$ref": f"#/$defs/{_answer(decision)}"}
    common: Schema = {
        "status": {"enum": ["decided", "undetermined", "no_match", "conflict"]},
        "needs": {"$ref": "#/$defs/fact_names"},
        "fired": ids,
    }
    match HIT_POLICIES[decision.hit].gives:
        case "items":
            lists = {name: {"type": "array", "items": one} for name, one in _values(decision).items()}
            specific: Schema = {**lists, "possible": ids, "certain": ids, "excluded": ids}
        case "limits":
            number = {"type": "number"}
            limit = closed({"at_least": number, "at_most": number, "verdict": value(VERDICT)}, minProperties=1)
            specific = {output.name: limit for output in decision.outputs}
        case "answer":
            specific = {**_values(decision), "possible": {"type": "array", "items": answer}, "safest": answer}
        case gives:
            assert_never(gives)
    if decision.has_criteria:
        specific |= {"met": ids, "unmet": ids, "unknown": ids}
    return closed({**specific, **common}, minProperties=1, description=decision.title)


def conclusion(decision: Decision) -> Schema:
    """Return the schema of what a rule of `decision` gives, or what holds otherwise."""
    return closed(
        {
            output.name: {"description": _described(output.domain, output.title), **_operand(output.domain)}
            for output in decision.outputs
        },
        minProperties=1,
    )


def columns(decision: Decision) -> Schema:
    """Return the schema of the name of a column in a table of `decision`."""
    return {"anyOf": [{"enum": [output.name for output in decision.outputs]}, {"$ref": "#/$defs/column"}]}


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
