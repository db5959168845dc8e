"""A list of criteria → a decision that is met if every criterion is."""

from __future__ import annotations

from hiprun.inference.hit_policies import WORST
from hiprun.language.resolve.citations import required_sources, sources
from hiprun.language.resolve.conditions import condition
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.names import NameRegister, Names, Signature, check_not_reserved
from hiprun.model import Decision, Domain, Not, Output, Rule

RESULT = "result"


def signature(node: Node) -> Signature:
    """Return the signature of the criteria at `node`: one output with the choices for met and unmet."""
    choices = _result_choices(node)
    result = node.get("result")
    if result:
        for _, child in result.entries():
            check_not_reserved(child, child.value, key=False)
        if choices[0] == choices[1]:
            result.report(
                "same-word", f"Met and unmet are both called `{choices[0]}`.", "Give them different words.", key=True
            )
            return Signature(WORST, {RESULT: None})
    said = node.value.get("say", {})
    texts = {choice: said.get(key, "") for choice, key in zip(choices, ("met", "unmet"), strict=True)}
    domain = Domain("choice", texts, worse="later", ordered=True)
    return Signature(WORST, {RESULT: Output(RESULT, domain)})


def criteria(node: Node, declared: Signature, names: Names) -> Decision:
    """Return the decision for the criteria at `node`."""
    cites = sources(node, names)
    met, unmet = _result_choices(node)
    register = NameRegister()
    return Decision(
        node.text("criteria"),
        "criteria",
        node.text("title"),
        tuple(output for output in declared.outputs.values() if output),
        WORST.name,
        tuple(_criterion(item, unmet, register, names, cites) for item in node["all"].items()),
        ((RESULT, met),),
        because=node.text("because"),
        sources=cites,
        interpretation=node.text("interpretation"),
        audience=node.value.get("audience", "person"),
        place=node["criteria"].place,
    )


def _result_choices(node: Node) -> tuple[str, str]:
    choices = node.value.get("result", {})
    return choices.get("met", "met"), choices.get("unmet", "unmet")


def _criterion(node: Node, unmet: str, register: NameRegister, names: Names, inherited: tuple[str, ...]) -> Rule:
    register.claim_id(node["id"], "another criterion")
    require = condition(node["require"], names)
    return Rule(
        node.text("id"),
        Not(require, place=node["require"].place),
        ((RESULT, unmet),),
        title=node.text("title"),
        because=node.text("because"),
        sources=required_sources(node, node.get("source"), names, inherited, "This criterion"),
        interpretation=node.text("interpretation"),
        require=require,
        unmet=node.text("unmet"),
        place=node.place,
    )
