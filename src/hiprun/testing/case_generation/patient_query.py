"""Queries whether a patient exists for whom something holds, and which of many conditions a patient meets."""

from __future__ import annotations

from collections.abc import Sequence

from hiprun.inference.circuit import FALSE, TRUE, Node
from hiprun.inference.grounding import Branch, Program, permitted
from hiprun.inference.grounding.conditions import Conditions
from hiprun.inference.grounding.decisions import Decisions
from hiprun.inference.hit_policies import COLLECT, FIRST
from hiprun.inference.hit_policy import policy_of
from hiprun.model import Decision, Domain, Model, Output, Rule

EXISTS = "found"

_DECISION = Decision(
    name="",
    kind="rules",
    title="",
    outputs=(Output(EXISTS, Domain("boolean")),),
    hit=FIRST.name,
    rules=(Rule("it", then=((EXISTS, True),)),),
    otherwise=((EXISTS, False),),
)


def probe(model: Model, rules: Sequence[Rule], outputs: tuple[Output, ...] = ()) -> Program:
    """Return a program that says of patients which of some rules apply to them."""
    decisions = Decisions(model)
    nodes = decisions.rules(Decision("", "rules", "", outputs, COLLECT.name, tuple(rules)))
    return _program(decisions.conditions, nodes, TRUE)


def existence_query(conditions: Conditions, node: Node, *, within: Node | None = None) -> Program:
    """Return the query whether a patient exists for whom `node` holds.

    `within` restricts the patients it is about; by default, they are all possible patients.
    """
    return _program(conditions, (node,), permitted(conditions) if within is None else within)


def _program(conditions: Conditions, rules: tuple[Node, ...], within: Node) -> Program:
    circuit, (within, *nodes) = conditions.circuit.cone((within, *rules))
    variables, masks = conditions.variables.with_cells(circuit)
    values = [{EXISTS: True} for _ in nodes]
    return Program(
        decision=_DECISION,
        circuit=circuit,
        variables=variables,
        masks=masks,
        rules=tuple(nodes),
        branches=tuple(Branch(index, node, values[index]) for index, node in enumerate(nodes)),
        policy=policy_of(_DECISION.outputs, values, {EXISTS: False}, FIRST),
        verdicts={},
        allowed=within,
        conflict=FALSE,
        conditions={},
        texts=conditions.variables.texts,
        lowered=conditions.variables.lowered(),
    )
