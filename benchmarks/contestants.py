"""Engines that can be called from Python, each given the same table; what is not installed is left out and said so."""

from __future__ import annotations

import importlib.metadata
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tables import Row, pack_folder

Decide = Callable[[dict[str, Any]], str]


def hiprun_pack(rows: Sequence[Row], kinds: dict[str, Any]) -> Any:
    import hiprun

    with tempfile.TemporaryDirectory() as folder:
        return hiprun.load(pack_folder(Path(folder), rows, kinds))


def json_logic_qubit(rows: Sequence[Row], kinds: dict[str, Any]) -> Decide:
    from json_logic import jsonLogic  # not there where panzi-json-logic is, whose package has the same name

    rule = _json_rule(rows)
    return lambda facts: jsonLogic(rule, facts)


def panzi_json_logic(rows: Sequence[Row], kinds: dict[str, Any]) -> Decide:
    from json_logic.apply import apply

    rule = _json_rule(rows)
    return lambda facts: apply(rule, facts)


def _json_rule(rows: Sequence[Row]) -> dict[str, Any]:
    branches: list[Any] = []
    for tests, action in rows:
        said = [{operator: [{"var": fact}, value]} for fact, operator, value in tests]
        branches += [said[0] if len(said) == 1 else {"and": said}, action]
    return {"if": [*branches, "none"]}


def business_rules(rows: Sequence[Row], kinds: dict[str, Any]) -> Decide:
    from business_rules import run_all
    from business_rules.actions import BaseActions, rule_action
    from business_rules.fields import FIELD_TEXT
    from business_rules.variables import (
        BaseVariables,
        boolean_rule_variable,
        numeric_rule_variable,
        string_rule_variable,
    )

    def variable(name: str, kind: Any) -> Any:
        def read(self: Any) -> Any:
            return self.facts[name]

        read.__name__ = name
        wrap = (
            boolean_rule_variable
            if kind is bool
            else string_rule_variable
            if isinstance(kind, list)
            else numeric_rule_variable
        )
        return wrap()(read)

    def start(self: Any, facts: dict[str, Any]) -> None:
        self.facts = facts

    members = {name: variable(name, kind) for name, kind in kinds.items()}
    variables: Any = type("Variables", (BaseVariables,), {"__init__": start, **members})

    class Actions(BaseActions):  # type: ignore[misc]
        def __init__(self) -> None:
            self.action = "none"

        @rule_action(params={"action": FIELD_TEXT})
        def choose(self, action: str) -> None:
            self.action = action

    def condition(fact: str, operator: str, value: Any) -> dict[str, Any]:
        if value is True:
            return {"name": fact, "operator": "is_true", "value": True}
        names = {"==": "equal_to", ">=": "greater_than_or_equal_to", ">": "greater_than", "<": "less_than"}
        return {"name": fact, "operator": names[operator], "value": value}

    rules = [
        {
            "conditions": {"all": [condition(*test) for test in tests]},
            "actions": [{"name": "choose", "params": {"action": action}}],
        }
        for tests, action in rows
    ]

    def decide(facts: dict[str, Any]) -> str:
        actions = Actions()
        run_all(rules, variables(facts), actions, stop_on_first_trigger=True)
        return actions.action

    return decide


def _expression(tests: Sequence[Any], and_: str) -> str:
    def word(value: Any) -> str:
        return json.dumps(value)

    return f" {and_} ".join(f"{fact} {operator} {word(value)}" for fact, operator, value in tests)


def rule_engine(rows: Sequence[Row], kinds: dict[str, Any]) -> Decide:
    import rule_engine as engine

    rules = [(engine.Rule(_expression(tests, "and")), action) for tests, action in rows]

    def decide(facts: dict[str, Any]) -> str:
        return next((action for rule, action in rules if rule.matches(facts)), "none")

    return decide


def common_expression_language(rows: Sequence[Row], kinds: dict[str, Any]) -> Decide:
    from cel import compile

    program = compile(_cel_text(rows, kinds))
    return program.execute  # type: ignore[no-any-return]


def _cel_text(rows: Sequence[Row], kinds: dict[str, Any]) -> str:
    text = '"none"'
    for tests, action in reversed(rows):
        said = [
            (fact, operator, float(value) if isinstance(kinds[fact], tuple) else value)
            for fact, operator, value in tests
        ]
        text = f'({_expression(said, "&&")}) ? "{action}" : ({text})'
    return text


def cel(rows: Sequence[Row], kinds: dict[str, Any]) -> Decide:
    import celpy

    text = _cel_text(rows, kinds)
    environment = celpy.Environment(runner_class=celpy.CompiledRunner)
    program = environment.program(environment.compile(text))
    numbers = [name for name, kind in kinds.items() if isinstance(kind, tuple)]

    def decide(facts: dict[str, Any]) -> str:
        activation = {**facts, **{name: float(facts[name]) for name in numbers}}
        return str(program.evaluate({name: celpy.json_to_cel(value) for name, value in activation.items()}))

    return decide


def clips(rows: Sequence[Row], kinds: dict[str, Any]) -> Decide:
    import clips as engine

    environment = engine.Environment()
    slots = " ".join(f"(slot {name})" for name in kinds)
    environment.build(f"(deftemplate patient {slots})")
    environment.build("(deftemplate answer (slot action))")
    for index, (tests, action) in enumerate(rows):
        named = {fact: f"?{fact}" for fact, _, _ in tests}
        said = " ".join(
            f"(eq {named[fact]} {_clips_word(value)})" if operator == "==" else f"({operator} {named[fact]} {value})"
            for fact, operator, value in tests
        )
        matched = " ".join(f"({fact} {name})" for fact, name in named.items())
        environment.build(
            f"(defrule row{index} (declare (salience {1000 - index})) (not (answer)) (patient {matched})"
            f" (test (and {said} TRUE)) => (assert (answer (action {action}))))"
        )
    patient, answer = environment.find_template("patient"), environment.find_template("answer")

    def decide(facts: dict[str, Any]) -> str:
        environment.reset()
        given = {
            name: engine.Symbol("TRUE" if value else "FALSE")
            if kinds[name] is bool
            else engine.Symbol(value)
            if isinstance(value, str)
            else value
            for name, value in facts.items()
        }
        patient.assert_fact(**given)
        environment.run()
        return next((str(fact["action"]) for fact in answer.facts()), "none")

    return decide


def _clips_word(value: Any) -> str:
    return "TRUE" if value is True else str(value)


def cedar(rows: Sequence[Row], kinds: dict[str, Any]) -> Decide:
    import cedarpy

    # there are no fractions and no order of rules: numbers are given in tenths, and the first of the reasons counts
    policies = []
    for tests, _ in rows:
        said = [
            f"context.{fact} {operator} {int(value * 10)}"
            if isinstance(kinds[fact], tuple)
            else f"context.{fact} == {json.dumps(value)}"
            for fact, operator, value in tests
        ]
        policies.append(f"permit(principal, action, resource) when {{ {' && '.join(said)} }};")
    prepared = cedarpy.PolicySet.from_str("\n".join(policies))
    entities = cedarpy.Entities.from_json_str("[]")
    numbers = [name for name, kind in kinds.items() if isinstance(kind, tuple)]
    names = {"principal": 'User::"a"', "action": 'Action::"a"', "resource": 'Thing::"a"'}

    def decide(facts: dict[str, Any]) -> str:
        context = {**facts, **{name: int(facts[name] * 10) for name in numbers}}
        found = cedarpy.is_authorized({**names, "context": context}, prepared, entities).diagnostics.reasons
        return rows[min(int(reason.removeprefix("policy")) for reason in found)][1] if found else "none"

    return decide


def zen(rows: Sequence[Row], kinds: dict[str, Any]) -> Decide:
    import zen as engine

    def cell(tests: Sequence[Any], fact: str) -> str:
        said = [
            json.dumps(value) if operator == "==" else f"{operator} {value}"
            for name, operator, value in tests
            if name == fact
        ]
        return " and ".join(said)

    facts_in = [{"id": name, "name": name, "field": name} for name in kinds]
    content = {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
            {
                "id": "table",
                "type": "decisionTableNode",
                "name": "table",
                "position": {"x": 1, "y": 0},
                "content": {
                    "hitPolicy": "first",
                    "inputs": facts_in,
                    "outputs": [{"id": "action", "name": "action", "field": "action"}],
                    "rules": [
                        {"_id": str(index), **{name: cell(tests, name) for name in kinds}, "action": json.dumps(action)}
                        for index, (tests, action) in enumerate([*rows, ([], "none")])
                    ],
                },
            },
            {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 2, "y": 0}},
        ],
        "edges": [
            {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }
    decision = engine.ZenEngine().create_decision(json.dumps(content))
    return lambda facts: decision.evaluate(facts)["result"]["action"]


PEERS: dict[str, tuple[str, Callable[[Sequence[Row], dict[str, Any]], Decide]]] = {
    "common-expression-language": ("common-expression-language", common_expression_language),
    "panzi-json-logic": ("panzi-json-logic", panzi_json_logic),
    "json-logic-qubit": ("json-logic-qubit", json_logic_qubit),
    "business-rules": ("business-rules", business_rules),
    "rule-engine": ("rule-engine", rule_engine),
    "clipspy": ("clipspy", clips),
    "cedarpy": ("cedarpy", cedar),
    "cel-python": ("cel-python", cel),
    "zen-engine": ("zen-engine", zen),
}


def peers(rows: Sequence[Row], kinds: dict[str, Any], names: Sequence[str] = tuple(PEERS)) -> dict[str, Decide]:
    """Return the engines that are installed, by name and version, ready to decide."""
    found: dict[str, Decide] = {}
    for name in names:
        package, make = PEERS[name]
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            print(f"{name} is not installed and left out.")
            continue
        try:
            found[f"{name} {version}"] = make(rows, kinds)
        except ImportError:
            print(f"{name} is hidden by another package of the same name and left out.")
    return found
