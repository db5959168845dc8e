"""A decision with a list of rules → a decision of the model."""

from __future__ import annotations

import itertools
from typing import Literal

from hiprun.inference.hit_policies import HitPolicy
from hiprun.language.resolve.citations import required_sources, sources
from hiprun.language.resolve.conditions import condition
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.decision_tables import table_rules
from hiprun.language.resolve.names import NameRegister, Names, Signature
from hiprun.language.resolve.outputs import RuleOutputs, RuleWithNode, otherwise_outputs, rule_outputs
from hiprun.model import ALWAYS, Decision, Gap, Rule
from hiprun.model.corrections import Delete, Help, Write
from hiprun.model.places import NOWHERE


def decision(node: Node, declared: Signature, names: Names) -> Decision:
    """Return the decision in a document."""
    cites = sources(node, names)
    kind: Literal["rules", "table"] = "table" if "table" in node.value else "rules"
    if kind == "table":
        rules = table_rules(node["table"], declared, names, cites)
    else:
        rules = [_rule(item, declared, names, cites) for item in node["rules"].items()]
    _check_ids(rules)
    policy = declared.policy
    if policy.says == "first" and not policy.ranks:
        _check_reachable(rules, policy)
    outputs = [output for output in declared.outputs.values() if output]
    covered = any(row.always and (policy.takes != "ranks" or len(row.rule.then) == len(outputs)) for row in rules)
    if policy.takes == "ranks" and node.value.get("otherwise", "no_match") == "no_match" and not covered:
        _check_complete(rules, [output.name for output in outputs])
    return Decision(
        node.text("decision"),
        kind,
        node.text("title"),
        tuple(outputs),
        policy.name,
        tuple(row.rule for row in rules),
        otherwise_outputs(node, declared, names, covered=covered),
        order=node.value.get("order", "file"),
        complete="otherwise" not in node.value and not covered and not policy.always_answers,
        gaps=tuple(_gap(item, names) for item in node["gaps"].items()) if "gaps" in node.value else (),
        because=node.text("because"),
        sources=cites,
        interpretation=node.text("interpretation"),
        audience=node.value.get("audience", "person"),
        place=node["decision"].place,
        otherwise_place=node["otherwise"].key_place if "otherwise" in node.value else NOWHERE,
    )


def _gap(node: Node, names: Names) -> Gap:
    return Gap(condition(node["when"], names), node.text("because"), place=node.place)


def _rule(node: Node, declared: Signature, names: Names, inherited: tuple[str, ...]) -> RuleWithNode:
    when = node.get("when")
    rule = Rule(
        node.text("id"),
        condition(when, names) if when else ALWAYS,
        _then_outputs(node, declared, names),
        title=node.text("title"),
        because=node.text("because"),
        sources=required_sources(node, node.get("source"), names, inherited, "This rule"),
        interpretation=node.text("interpretation"),
        place=node.place,
    )
    return RuleWithNode(node, rule, node["id"], unconditional=when is None)


def _then_outputs(node: Node, declared: Signature, names: Names) -> RuleOutputs:
    then = node.get("then")
    policy = declared.policy
    if policy.takes == "nothing":
        if then:
            message = f"Under `hit: {policy.name}`, rules are only counted."
            then.report("then-not-allowed", message, Help("Delete `then`.", Delete()), key=True)
        return ()
    if then is None:
        node.report(
            "missing-output",
            "This rule does not say what follows from it.",
            "Add `then:` with a value for every output.",
        )
        return ()
    return rule_outputs(then, declared, names, partly=policy.takes == "ranks")


def _check_ids(rules: list[RuleWithNode]) -> None:
    register = NameRegister()
    for row in rules:
        if row.id:
            register.claim_id(row.id, "another rule")
    for row in rules:
        if not row.id and row.rule.id in register.claimed:
            _, place = register.claimed[row.rule.id]
            row.node.report(
                "duplicate-id",
                f"This row has no id and would be called `{row.rule.id}`, which is taken (line {place.line}).",
                Help(
                    "Give this row an id of its own, or change the other id.",
                    Write(f"{row.rule.id}-2", instead_of='""'),
                ),
            )


def _check_complete(rules: list[RuleWithNode], outputs: list[str]) -> None:
    for row in rules:
        missing = [name for name in outputs if name not in dict(row.rule.then)]
        if row.rule.then and missing:
            row.node.report(
                "missing-output",
                f"`{missing[0]}` has no value when only this rule matches.",
                "Give it a value here, or write `otherwise:` with a value for every output.",
            )


def _check_reachable(rules: list[RuleWithNode], policy: HitPolicy) -> None:
    for earlier, later in itertools.pairwise(rules):
        if earlier.always:
            later.node.report(
                "unreachable-rule",
                f"This rule is never reached: under `hit: {policy.name}`, `{earlier.rule.id}` before it"
                " always matches.",
                f"Move `{earlier.rule.id}` to the end, or give it a condition.",
            )
            return
