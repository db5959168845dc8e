"""The decisions of a file of stages: where someone stands, which step to take, what a day and a session hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from hiprun.errors import did_you_mean
from hiprun.inference.hit_policies import FIRST, WORST
from hiprun.language.resolve.conditions import condition
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.guidance import carried, sources
from hiprun.language.resolve.linear_formulas import amount, check_fit
from hiprun.language.resolve.literals import constant
from hiprun.language.resolve.names import RESERVED_OUTPUTS, Names, Register, Signature, check_not_reserved
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
from hiprun.model.stages import day_decision_name, hyphenated, session_decision_name, stage_decision_name, stage_rule_id

STEPS: Mapping[str, str] = {
    "advance": "Go on to the next stage",
    "repeat": "Stay at this stage",
    "go_back": "Go back",
    "jump": "Go back to a certain stage",
    "stop": "Stop",
    "refer": "Stop, and ask for help",
}
"""Every step there is, the calmest first."""

_Then = tuple[tuple[str, Formula | Literal_], ...]


@attrs.frozen
class Standing:
    """Who stands at a stage: the facts it names, and the condition that they hold."""

    facts: tuple[tuple[str, Any], ...]
    condition: Condition


def signatures(node: Node) -> dict[str, Signature]:
    """Return what the rest of a pack can know of the decisions of the stages at `node`."""
    name = node.text("stages")
    order = node["in_order"]
    activities = node["activities"]
    for group in (order, activities):
        for choice, child in group.entries():
            check_not_reserved(child, choice, key=True)
    for measure, child in node["measures"].entries():
        check_not_reserved(child, measure, key=True, also=RESERVED_OUTPUTS)
    titles = {stage: child.text("title") for stage, child in order.entries()}
    asked = [item.value["then"] for item in _items(node, "steps")]
    words = {word for then in asked for word in ([then] if isinstance(then, str) else then)} | {"advance", "repeat"}
    standing = Output("stage", _choice(titles, "earlier"), "Where someone stands")
    outputs = [
        Output("step", _choice({step: text for step, text in STEPS.items() if step in words}, "later"), "What to do"),
    ]
    back = [then["go_back"] for then in asked if "go_back" in then and isinstance(then, dict)]
    if back:
        span = Domain("integer", lowest=0, highest=max(0, *back), unit="stages", worse="higher")
        outputs.append(Output("back", span, "How many stages to go back"))
    targets = {then["jump"] for then in asked if isinstance(then, dict) and "jump" in then}
    if targets:
        latest = [stage for stage in titles if stage in targets or stage == list(titles)[-1]]
        if len(latest) > 1:
            text = {stage: titles[stage] for stage in latest}
            outputs.append(Output("latest", _choice(text, "earlier"), "The stage to go back to, if further on"))
    week = Domain("integer", lowest=0, highest=7, worse="lower")
    day = [
        Output("activity", _choice(activities.value, "later"), "What the day may hold at most"),
        Output("sessions", week, "Sessions a week"),
        Output("rest_days", attrs.evolve(week, worse="higher"), "Days of rest a week"),
    ]
    measures = [
        Output(measure, Domain("number", unit=child.text("unit")), child.text("title"))
        for measure, child in node["measures"].entries()
    ]
    return {
        name: Signature(WORST, {output.name: output for output in outputs}),
        stage_decision_name(name): Signature(FIRST, {"stage": standing}),
        day_decision_name(name): Signature(WORST, {output.name: output for output in day}),
        session_decision_name(name): Signature(FIRST, {output.name: output for output in measures}),
    }


def more_names(name: str) -> tuple[str, ...]:
    """Return what the decisions of the stages called `name` are called beside the one of that name."""
    return stage_decision_name(name), day_decision_name(name), session_decision_name(name)


def _choice(choices: Mapping[str, str], worse: str) -> Domain:
    return Domain("choice", dict(choices), worse=worse, ordered=True)


def _items(node: Node, key: str) -> list[Node]:
    given = node.get(key)
    return given.items() if given else []


def known(node: Node, names: Iterable[str], what: str, *, name: str = "") -> bool:
    """Whether the name at `node`, or of it, is one of `names`; if not, that is reported."""
    given = name or node.value
    if given in names:
        return True
    node.report(f"unknown-{what}", f"No {what} is called `{given}`.", did_you_mean(given, names), key=bool(name))
    return False


def fact_domain(node: Node, name: str, names: Names) -> Domain | None:
    """Return the values of the fact that `node` stands under; None after a mistake."""
    if name in names.facts:
        return names.facts[name]
    if not names.may_stand_elsewhere(("facts",)):
        node.report("unknown-name", f"No fact is called `{name}`.", did_you_mean(name, names.facts), name, key=True)
    return None


def facts(node: Node, names: Names) -> tuple[tuple[str, Any], ...]:
    """Return the facts at `node` with their values."""
    found = []
    for name, child in node.entries():
        domain = fact_domain(child, name, names)
        value = constant(child, domain, name) if domain else None
        if value is not None:
            found.append((name, value))
    return tuple(found)


def standing(node: Node, names: Names) -> Standing:
    """Return who stands at the stage at `node`."""
    here = node["facts"]
    found = facts(here, names)
    tests = []
    for name, value in found:
        domain = names.facts[name]
        operand = Constant(value) if domain and domain.is_numeric else value
        tests.append(Test(Ref("fact", name), "is", (operand,), place=here[name].place))
    return Standing(found, All(tuple(tests), place=here.place))


def decisions(node: Node, names: Names, standings: Mapping[str, Standing]) -> dict[str, Decision]:
    """Return the decisions of the stages at `node`."""
    name = node.text("stages")
    declared = names.decisions
    cites = sources(node, names)
    where = Ref("output", "stage", stage_decision_name(name))
    at = {stage: Test(where, "is", (stage,), place=node["in_order"][stage].key_place) for stage in standings}
    return {
        name: _steps(node, declared[name], names, at, cites),
        where.decision: _standings(node, declared[where.decision], names, standings, cites),
        day_decision_name(name): _days(node, declared[day_decision_name(name)], names, at, cites),
        session_decision_name(name): _sessions(node, declared[session_decision_name(name)], names, at, cites),
    }


def _standings(
    node: Node, declared: Signature, names: Names, standings: Mapping[str, Standing], cites: tuple[str, ...]
) -> Decision:
    first, *others = standings
    rules = [
        _own(
            node["in_order"][stage], stage_rule_id(stage), standings[stage].condition, (("stage", stage),), names, cites
        )
        for stage in others
    ]
    # Whoever stands at none of the others begins: no facts leave someone without a stage.
    return _decision(node, stage_decision_name(node.text("stages")), declared, rules, (("stage", first),), cites)


def _decision(
    node: Node, name: str, declared: Signature, rules: Iterable[Rule], otherwise: _Then | None, cites: tuple[str, ...]
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
        place=node["stages"].place,
    )


def _steps(
    node: Node, declared: Signature, names: Names, conditions: Mapping[str, Condition], cites: tuple[str, ...]
) -> Decision:
    register = Register()
    rules: list[Rule] = []
    before = ""
    for stage, child in node["in_order"].entries():
        if "enter" in child.value:
            if before:
                asked = condition(child["enter"], names)
                waits = All((conditions[before], Not(asked)), place=child["enter"].place)
                rules.append(
                    _own(child, f"enter-{hyphenated(stage)}", waits, (("step", "repeat"),), names, cites, "Not yet: ")
                )
            else:
                child["enter"].report(
                    "first-stage",
                    "The first stage is where everyone begins, so nothing has to hold before it.",
                    "Delete `enter`; say under `days` when a day does not hold a session.",
                    key=True,
                )
        if "least" in child.value:
            asked = All(tuple(_least(child["least"], names)))
            stays = All((conditions[stage], Not(asked)), place=child["least"].place)
            rules.append(
                _own(child, f"least-{hyphenated(stage)}", stays, (("step", "repeat"),), names, cites, "Not done yet: ")
            )
        before = stage
    taken = {rule.id: rule for rule in rules}
    for item in _items(node, "steps"):
        _claim(item, register, taken)
        rules.append(_given(item, _step(item["then"], list(conditions)), names, cites))
    otherwise: list[tuple[str, Formula | Literal_]] = [("step", "advance")]
    if "back" in declared.outputs:
        otherwise.append(("back", Constant(0)))
    if "latest" in declared.outputs:
        otherwise.append(("latest", before))
    return _decision(node, node.text("stages"), declared, rules, tuple(otherwise), cites)


def _claim(item: Node, register: Register, taken: Mapping[str, Rule]) -> None:
    register.claim_id(item["id"], "another rule")
    if item.text("id") in taken:
        item["id"].report(
            "duplicate-id",
            f"The id `{item.text('id')}` is already that of a rule that follows from a stage.",
            "Choose another id, one that does not begin with `at-`, `enter-` or `least-`.",
        )


def _own(  # noqa: PLR0913 - the parts of a rule
    node: Node, id_: str, when: Condition, then: _Then, names: Names, inherited: tuple[str, ...], title: str = ""
) -> Rule:
    """Return a rule that follows from the stage at `node`."""
    return Rule(
        id_,
        when,
        then,
        title=f"{title}{node.text('title')}",
        because=node.text("because"),
        sources=carried(node, node.get("source"), names, inherited, "This stage"),
        place=node.key_place,
    )


def _given(node: Node, then: _Then, names: Names, inherited: tuple[str, ...]) -> Rule:
    """Return the rule that stands at `node`."""
    return Rule(
        node.text("id"),
        condition(node["when"], names),
        then,
        title=node.text("title"),
        because=node.text("because"),
        sources=carried(node, node.get("source"), names, inherited, "This rule"),
        interpretation=node.text("interpretation"),
        place=node.place,
    )


def _least(node: Node, names: Names) -> Iterator[Condition]:
    for name, child in node.entries():
        domain = fact_domain(child, name, names)
        if domain and not domain.is_numeric:
            child.report("needs-number", f"`{name}` is no number.", "Name a number fact.", key=True)
        elif domain:
            found = amount(child, names, name)
            if found:
                check_fit(child, found, domain, name)
                yield Test(Ref("fact", name), "at_least", (found.formula,), place=child.key_place)


def _step(node: Node, order: list[str]) -> _Then:
    if isinstance(node.value, str):
        return (("step", node.value),)
    # to go back so many stages and also to a certain one: the more careful of the two names the step
    then: list[tuple[str, Formula | Literal_]] = [("step", max(node.value, key=list(STEPS).index))]
    for word, child in node.entries():
        if word == "go_back":
            if child.value < 1:
                child.report("pointless-step", "This goes back no stage at all.", "Write 1 or more, or `repeat`.")
            then.append(("back", Constant(child.value)))
        elif known(child, order, "stage"):
            if child.value == order[-1]:
                child.report(
                    "pointless-step",
                    "A jump only goes back, and nobody stands further on than the last stage.",
                    "Name an earlier stage, or write `repeat`.",
                )
            then.append(("latest", child.value))
    return tuple(then)


def _days(
    node: Node, declared: Signature, names: Names, conditions: Mapping[str, Condition], cites: tuple[str, ...]
) -> Decision:
    register = Register()
    activities = node["activities"].value
    rules: list[Rule] = []
    otherwise: _Then = ()
    for stage, child in node["in_order"].entries():
        known(child["activity"], activities, "activity")
        then: list[tuple[str, Formula | Literal_]] = [("activity", child.value["activity"])]
        for name in ("sessions", "rest_days"):
            here = child.get(name)
            found = output_value(here, declared.outputs[name], WORST, names) if here else Constant(0)
            if found is not None:
                then.append((name, found))
        otherwise = otherwise or tuple(then)
        own = _own(child, stage_rule_id(stage), conditions[stage], tuple(then), names, cites)
        rules.append(attrs.evolve(own, interpretation=child.text("interpretation")))
    taken = {rule.id: rule for rule in rules}
    for item in _items(node, "days"):
        _claim(item, register, taken)
        known(item["then"], activities, "activity")
        rules.append(_given(item, (("activity", item.value["then"]),), names, cites))
    return _decision(node, day_decision_name(node.text("stages")), declared, rules, otherwise, cites)


def _sessions(
    node: Node, declared: Signature, names: Names, conditions: Mapping[str, Condition], cites: tuple[str, ...]
) -> Decision:
    rules = []
    for stage, child in node["in_order"].entries():
        given = child.get("session")
        if given is None:
            continue
        amounts: dict[str, Formula | Literal_] = {}
        for name, inner in given.entries():
            if known(inner, declared.outputs, "measure", name=name):
                found = output_value(inner, declared.outputs[name], FIRST, names)
                if found is not None:
                    amounts[name] = found
        then = tuple((name, amounts.get(name, Constant(0))) for name in declared.outputs)
        rules.append(_own(child, stage_rule_id(stage), conditions[stage], then, names, cites))
    return _decision(node, session_decision_name(node.text("stages")), declared, rules, None, cites)
