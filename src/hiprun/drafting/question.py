"""Questions about patients: is there one for whom this holds? Each is a decision of one rule, ready to be decided."""

from __future__ import annotations

from hiprun.kernel.circuit import FALSE, Node
from hiprun.kernel.ground import Branch, Program, allowed, ground
from hiprun.kernel.ground.conditions import Conditions
from hiprun.kernel.policy import policy_of
from hiprun.model import Condition, Decision, Domain, Model, Output, Rule

FOUND = "found"

_DECISION = Decision(
    name="",
    kind="rules",
    title="",
    outputs=(Output(FOUND, Domain("boolean")),),
    hit="first",
    rules=(Rule("it", then=((FOUND, True),)),),
    otherwise=((FOUND, False),),
)


def asked(conditions: Conditions, node: Node, *, permitted: Node | None = None) -> Program:
    """Return the question whether a patient exists for whom `node` holds.

    `permitted` holds for the patients that can exist; without it, those whom the constraints allow.
    """
    within = allowed(conditions) if permitted is None else permitted
    variables, masks = conditions.variables.with_cells()
    values = [{FOUND: True}]
    return Program(
        decision=_DECISION,
        circuit=conditions.circuit,
        variables=variables,
        masks=masks,
        rules=(node,),
        branches=(Branch(0, node, values[0]),),
        policy=policy_of(_DECISION, values, {FOUND: False}, hit="first"),
        verdicts={},
        allowed=within,
        conflict=FALSE,
        conditions=conditions.nodes,
        strings=conditions.variables.strings,
    )


def of_condition(model: Model, condition: Condition) -> Program:
    """Return the question whether a patient exists who meets a condition."""
    rule = Rule("it", condition, then=((FOUND, True),))
    return ground(model, Decision("", "rules", "", _DECISION.outputs, "first", (rule,), _DECISION.otherwise))
