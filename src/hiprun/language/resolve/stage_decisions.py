"""The decisions of a protocol: the current stage, the next step, what a day holds and what a session consists of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from hiprun.catalogue import catalogue
from hiprun.errors import suggestion
from hiprun.inference.hit_policies import FIRST, WORST
from hiprun.language.resolve.citations import required_sources, sources
from hiprun.language.resolve.conditions import condition
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.linear_formulas import fitted, resolved_formula
from hiprun.language.resolve.literals import constant
from hiprun.language.resolve.names import RESERVED_OUTPUTS, NameRegister, Names, Signature, check_not_reserved
from hiprun.language.resolve.outputs import output_value
from hiprun.model import (
    All,
    Condition,
    Constant,
    Decision,
    Domain,
    Formula,
    Literal_,
    Not,
    Output,
    Ref,
    Rule,
    Test,
)
from hiprun.model.corrections import Delete, Help, Wrap
from hiprun.model.stages import day_decision_name, hyphenated, session_decision_name, stage_decision_name, stage_rule_id

_WORDS = catalogue()
STEPS: Mapping[str, str] = {
    step: _WORDS.text(f"stages.step.{step}") for step in ("advance", "repeat", "go_back", "jump", "stop", "refer")
}
"""The steps, the calmest first."""

_Outputs = tuple[tuple[str, Formula | Literal_], ...]


@attrs.frozen
class StageMembership:
    """Who is at a stage: the facts that the stage names, and the condition that they hold."""

    facts: tuple[tuple[str, Any], ...]
    condition: Condition


def signatures(node: Node) -> dict[str, Signature]:
    """Return the signatures of the decisions of the protocol at `node`."""
    name = node.text("stages")
    order = node["in_order"]
    activities = node["activities"]
    for group in (order, activities):
        for choice, child in group.entries():
            check_not_reserved(child, choice, key=True)
    for measure, child in node["measures"].entries():
        check_not_reserved(child, measure, key=True, more_reserved=RESERVED_OUTPUTS)
    titles = {stage: child.text("title") for stage, child in order.entries()}
    step_values = [item.value["then"] for item in _items(node, "steps")]
    step_names = {word for then in step_values for word in ([then] if isinstance(then, str) else then)} | {
        "advance",
        "repeat",
    }
    stage_output = Output("stage", _choice(titles, "earlier"), _WORDS.text("stages.stage"))
    outputs = [
        Output(
            "step",
            _choice({step: text for step, text in STEPS.items() if step in step_names}, "later"),
            _WORDS.text("stages.what_to_do"),
        ),
    ]
    back = [then["go_back"] for then in step_values if "go_back" in then and isinstance(then, dict)]
    if back:
        span = Domain("integer", lowest=0, highest=max(0, *back), unit="stages", worse="higher")
        outputs.append(Output("back", span, _WORDS.text("stages.back")))
    targets = {then["jump"] for then in step_values if isinstance(then, dict) and "jump" in then}
    if targets:
        latest = [stage for stage in titles if stage in targets or stage == list(titles)[-1]]
        if len(latest) > 1:
            text = {stage: titles[stage] for stage in latest}
            outputs.append(Output("latest", _choice(text, "earlier"), _WORDS.text("stages.latest")))
    week = Domain("integer", lowest=0, highest=7, worse="lower")
    day = [
        Output("activity", _choice(activities.value, "later"), _WORDS.text("stages.activity")),
        Output("sessions", week, _WORDS.text("stages.sessions")),
        Output("rest_days", attrs.evolve(week, worse="higher"), _WORDS.text("stages.rest_days")),
    ]
    measures = [
        Output(measure, Domain("number", unit=child.text("unit")), child.text("title"))
        for measure, child in node["measures"].entries()
    ]
    return {
        name: Signature(WORST, {output.name: output for output in outputs}),
        stage_decision_name(name): Signature(FIRST, {"stage": stage_output}),
        day_decision_name(name): Signature(WORST, {output.name: output for output in day}),
        session_decision_name(name): Signature(FIRST, {output.name: output for output in measures}),
    }


def more_names(name: str) -> tuple[str, ...]:
    """Return the names of the decisions of the protocol `name` other than the one with that name."""
    return stage_decision_name(name), day_decision_name(name), session_decision_name(name)


def _choice(choices: Mapping[str, str], worse: str) -> Domain:
    return Domain("choice", dict(choices), worse=worse, ordered=True)


def _items(node: Node, key: str) -> list[Node]:
    child = node.get(key)
    return child.items() if child else []


def check_name(node: Node, names: Iterable[str], noun: str, *, name: str = "") -> bool:
    """Return whether the name at `node`, or that of it, is one of `names`; report it if not."""
    checked_name = name or node.value
    if checked_name in names:
        return True
    node.report(
        f"unknown-{noun}",
        f"There is no {noun} called `{checked_name}`.",
        suggestion(checked_name, names),
        key=bool(name),
    )
    return False


def fact_domain(node: Node, name: str, names: Names) -> Domain | None:
    """Return the domain of the fact whose name is the key of `node`; None after a mistake."""
    if name in names.facts:
        return names.facts[name]
    if not names.may_be_in_broken_file(("facts",)):
        node.report("unknown-name", f"There is no fact called `{name}`.", suggestion(name, names.facts), name, key=True)
    return None


def fact_values(node: Node, names: Names) -> tuple[tuple[str, Any], ...]:
    """Return the facts at `node` with their values."""
    values = []
    for name, child in node.entries():
        domain = fact_domain(child, name, names)
        value = constant(child, domain, name) if domain else None
        if value is not None:
            values.append((name, value))
    return tuple(values)


def stage_membership(node: Node, names: Names) -> StageMembership:
    """Return who is at the stage declared at `node`."""
    facts_node = node["facts"]
    values = fact_values(facts_node, names)
    tests = []
    for name, value in values:
        domain = names.facts[name]
        operand = Constant(value) if domain and domain.is_numeric else value
        tests.append(Test(Ref("fact", name), "is", (operand,), place=facts_node[name].place))
    return StageMembership(values, All(tuple(tests), place=facts_node.place))


def protocol_decisions(node: Node, names: Names, memberships: Mapping[str, StageMembership]) -> dict[str, Decision]:
    """Return the decisions of the protocol at `node`."""
    name = node.text("stages")
    declared = names.decisions
    cites = sources(node, names)
    stage_ref = Ref("output", "stage", stage_decision_name(name))
    conditions = {
        stage: Test(stage_ref, "is", (stage,), place=node["in_order"][stage].key_place) for stage in memberships
    }
    return {
        name: _step_decision(node, declared[name], names, conditions, cites),
        stage_ref.decision: _stage_decision(node, declared[stage_ref.decision], names, memberships, cites),
        day_decision_name(name): _day_decision(node, declared[day_decision_name(name)], names, conditions, cites),
        session_decision_name(name): _session_decision(
            node, declared[session_decision_name(name)], names, conditions, cites
        ),
    }


def _stage_decision(
    node: Node, declared: Signature, names: Names, memberships: Mapping[str, StageMembership], cites: tuple[str, ...]
) -> Decision:
    first_stage, *later_stages = memberships
    rules = [
        _stage_rule(
            node["in_order"][stage],
            stage_rule_id(stage),
            memberships[stage].condition,
            (("stage", stage),),
            names,
            cites,
        )
        for stage in later_stages
    ]
    # Someone who is at none of the others is at the first: everyone has a stage.
    return _decision(node, stage_decision_name(node.text("stages")), declared, rules, (("stage", first_stage),), cites)


def _decision(
    node: Node,
    name: str,
    declared: Signature,
    rules: Iterable[Rule],
    otherwise: _Outputs | None,
    cites: tuple[str, ...],
) -> Decision:
    return Decision(
        name,
        "stages",
        node.text("title"),
        tuple(output for output in declared.outputs.values() if output),
        declared.policy.name,
        tuple(rules),
        otherwise,
        because=node.text("because"),
        sources=cites,
        interpretation=node.text("interpretation") if name == node.text("stages") else "",
        audience="person" if name == node.text("stages") else "internal",
        place=node["stages"].place,
    )


def _step_decision(
    node: Node, declared: Signature, names: Names, conditions: Mapping[str, Condition], cites: tuple[str, ...]
) -> Decision:
    register = NameRegister()
    rules: list[Rule] = []
    previous_stage = ""
    for stage, child in node["in_order"].entries():
        if "enter" in child.value:
            if previous_stage:
                required = condition(child["enter"], names)
                waits = All((conditions[previous_stage], Not(required)), place=child["enter"].place)
                rules.append(
                    _stage_rule(
                        child,
                        f"enter-{hyphenated(stage)}",
                        waits,
                        (("step", "repeat"),),
                        names,
                        cites,
                        "stages.not_yet",
                    )
                )
            else:
                child["enter"].report(
                    "first-stage",
                    "The first stage is where everyone begins, so nothing has to hold before it.",
                    Help("Delete `enter`; say under `days` when a day has no session.", Delete()),
                    key=True,
                )
        if "least" in child.value:
            required = All(tuple(_least_tests(child["least"], names)))
            stays = All((conditions[stage], Not(required)), place=child["least"].place)
            rules.append(
                _stage_rule(
                    child, f"least-{hyphenated(stage)}", stays, (("step", "repeat"),), names, cites, "stages.not_done"
                )
            )
        previous_stage = stage
    stage_rules = {rule.id: rule for rule in rules}
    for item in _items(node, "steps"):
        _claim_id(item, register, stage_rules)
        rules.append(_explicit_rule(item, _step_outputs(item["then"], list(conditions)), names, cites))
    otherwise: list[tuple[str, Formula | Literal_]] = [("step", "advance")]
    if "back" in declared.outputs:
        otherwise.append(("back", Constant(0)))
    if "latest" in declared.outputs:
        otherwise.append(("latest", previous_stage))
    return _decision(node, node.text("stages"), declared, rules, tuple(otherwise), cites)


def _claim_id(item: Node, register: NameRegister, stage_rules: Mapping[str, Rule]) -> None:
    register.claim_id(item["id"], "another rule")
    if item.text("id") in stage_rules:
        item["id"].report(
            "duplicate-id",
            f"The id `{item.text('id')}` already belongs to a rule that follows from a stage.",
            Help(
                "Choose another id, one that does not begin with `at-`, `enter-` or `least-`.",
                Wrap(after="-2"),
                Delete("owner"),
            ),
        )


def _stage_rule(  # noqa: PLR0913 - the parts of a rule
    node: Node, id_: str, when: Condition, then: _Outputs, names: Names, inherited: tuple[str, ...], title: str = ""
) -> Rule:
    """Return a rule that follows from the stage at `node`; `title` is the key of what is said of the stage."""
    stage = node.text("title")
    return Rule(
        id_,
        when,
        then,
        title=_WORDS.text(title, title=stage) if title else stage,
        because=node.text("because"),
        sources=required_sources(node, node.get("source"), names, inherited, "This stage"),
        place=node.key_place,
    )


def _explicit_rule(node: Node, then: _Outputs, names: Names, inherited: tuple[str, ...]) -> Rule:
    """Return the rule that is written at `node`."""
    return Rule(
        node.text("id"),
        condition(node["when"], names),
        then,
        title=node.text("title"),
        because=node.text("because"),
        sources=required_sources(node, node.get("source"), names, inherited, "This rule"),
        interpretation=node.text("interpretation"),
        place=node.place,
    )


def _least_tests(node: Node, names: Names) -> Iterator[Condition]:
    for name, child in node.entries():
        domain = fact_domain(child, name, names)
        if domain and not domain.is_numeric:
            child.report("needs-number", f"`{name}` is not a number.", "Name a number fact.", key=True)
        elif domain:
            formula = resolved_formula(child, names, name)
            if formula:
                least = fitted(child, formula, domain, name, names)
                yield Test(Ref("fact", name), "at_least", (least.formula,), place=child.key_place)


def _step_outputs(node: Node, order: list[str]) -> _Outputs:
    if isinstance(node.value, str):
        return (("step", node.value),)
    # going back a number of stages and also to a certain one: the more careful step gives the name
    then: list[tuple[str, Formula | Literal_]] = [("step", max(node.value, key=list(STEPS).index))]
    for word, child in node.entries():
        if word == "go_back":
            if child.value < 1:
                child.report("pointless-step", "This does not go back any stages.", "Write 1 or more, or `repeat`.")
            then.append(("back", Constant(child.value)))
        elif check_name(child, order, "stage"):
            if child.value == order[-1]:
                child.report(
                    "pointless-step",
                    "A jump only goes back, and no stage comes after the last one.",
                    "Name an earlier stage, or write `repeat`.",
                )
            then.append(("latest", child.value))
    return tuple(then)


def _day_decision(
    node: Node, declared: Signature, names: Names, conditions: Mapping[str, Condition], cites: tuple[str, ...]
) -> Decision:
    register = NameRegister()
    activities = node["activities"].value
    rules: list[Rule] = []
    otherwise: _Outputs = ()
    for stage, child in node["in_order"].entries():
        check_name(child["activity"], activities, "activity")
        then: list[tuple[str, Formula | Literal_]] = [("activity", child.value["activity"])]
        for name in ("sessions", "rest_days"):
            value_node = child.get(name)
            value = output_value(value_node, declared.outputs[name], WORST, names) if value_node else Constant(0)
            if value is not None:
                then.append((name, value))
        otherwise = otherwise or tuple(then)
        stage_rule = _stage_rule(child, stage_rule_id(stage), conditions[stage], tuple(then), names, cites)
        rules.append(attrs.evolve(stage_rule, interpretation=child.text("interpretation")))
    stage_rules = {rule.id: rule for rule in rules}
    for item in _items(node, "days"):
        _claim_id(item, register, stage_rules)
        rules.append(_explicit_rule(item, _day_outputs(item["then"], activities, declared, names), names, cites))
    return _decision(node, day_decision_name(node.text("stages")), declared, rules, otherwise, cites)


def _day_outputs(node: Node, activities: Mapping[str, str], declared: Signature, names: Names) -> _Outputs:
    """Return what a rule says of a day: the activity that it may have, or how many sessions and days of rest a week."""
    if isinstance(node.value, str):
        check_name(node, activities, "activity")
        return (("activity", node.value),)
    values = ((name, output_value(child, declared.outputs[name], WORST, names)) for name, child in node.entries())
    return tuple((name, value) for name, value in values if value is not None)


def _session_decision(
    node: Node, declared: Signature, names: Names, conditions: Mapping[str, Condition], cites: tuple[str, ...]
) -> Decision:
    rules = []
    for stage, child in node["in_order"].entries():
        session = child.get("session")
        if session is None:
            continue
        amounts: dict[str, Formula | Literal_] = {}
        for name, inner in session.entries():
            if check_name(inner, declared.outputs, "measure", name=name):
                value = output_value(inner, declared.outputs[name], FIRST, names)
                if value is not None:
                    amounts[name] = value
        then = tuple((name, amounts.get(name, Constant(0))) for name in declared.outputs)
        rules.append(_stage_rule(child, stage_rule_id(stage), conditions[stage], then, names, cites))
    return _decision(node, session_decision_name(node.text("stages")), declared, rules, None, cites)
