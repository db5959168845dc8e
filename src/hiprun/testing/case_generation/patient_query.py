"""Queries whether a patient exists for whom something holds, each a program with a single rule."""

from __future__ import annotations

from hiprun.inference.circuit import FALSE, Node
from hiprun.inference.grounding import Branch, Program, permitted
from hiprun.inference.grounding.conditions import Conditions
from hiprun.inference.hit_policies import FIRST
from hiprun.inference.hit_policy import policy_of
from hiprun.model import Decision, Domain, Output, Rule

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


def existence_query(conditions: Conditions, node: Node, *, within: Node | None = None) -> Program:
    """Return the query whether a patient exists for whom `node` holds.

    `within` restricts the patients it is about; by default, they are all possible patients.
    """
    within = permitted(conditions) if within is None else within
    variables, masks = conditions.variables.with_cells()
    values = [{EXISTS: True}]
    return Program(
        decision=_DECISION,
        circuit=conditions.circuit,
        variables=variables,
        masks=masks,
        rules=(node,),
        branches=(Branch(0, node, values[0]),),
        policy=policy_of(_DECISION.outputs, values, {EXISTS: False}, FIRST),
        verdicts={},
        allowed=within,
        conflict=FALSE,
        conditions=conditions.nodes,
        texts=conditions.variables.texts,
        lowered=conditions.variables.lowered(),
    )
