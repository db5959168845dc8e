"""A model's decision → a program: its conditions as one circuit over facts, with everything it leans on put in.

Derived facts and outputs of other decisions disappear here: what is left are literals over facts (a stretch of
numbers, a choice, a member of a set) and over sums of facts, so that whatever is asked of the program is asked of
the facts themselves.
"""

from __future__ import annotations

from hiprun.errors import Problem, RuleError
from hiprun.inference.circuit import FALSE, Node, TooLarge
from hiprun.inference.grounding.conditions import Conditions
from hiprun.inference.grounding.decisions import Decisions
from hiprun.inference.grounding.ground_program import Program, Variable
from hiprun.inference.grounding.translations import Translations
from hiprun.inference.hit_policies import FIRST, HIT_POLICIES
from hiprun.inference.hit_policy import OTHERWISE, Branch
from hiprun.model import Condition, Constraint, Decision, Model, reach, refs

__all__ = [
    "OTHERWISE",
    "Branch",
    "Program",
    "Translations",
    "Variable",
    "allowed",
    "ground",
    "ground_constraints",
    "ground_revised",
    "permitted",
]


MOST_PARTS = 500_000
"""How many parts the conditions of a decision may come to, with all that it leans on."""


def ground(model: Model, decision: Decision, translations: Translations | None = None) -> Program:
    """Return the program of one decision of `model`; raise `RuleError` where it is too large to be prepared.

    `translations` has what is known from other programs of the model, and takes up what this one comes to.
    """
    if translations is not None:
        decisions = Decisions(model, translations=translations)
        decisions.circuit.most = MOST_PARTS
        try:
            translation = decisions.translation(decision)
            if translation is not None:
                translations.by_decision.setdefault(decision.name, translation)
                return _grounded(decisions, decision)
        except TooLarge:  # perhaps because of parts that are counted several times
            pass
    decisions = Decisions(model)
    decisions.circuit.most = MOST_PARTS
    try:
        return _grounded(decisions, decision)
    except TooLarge:
        raise RuleError([_too_large(decision)]) from None


def ground_revised(decisions: Decisions, model: Model, decision: str) -> Program:
    """Return the program of a decision of `model`, which is the only one that is another than in `decisions`."""
    return _grounded(decisions.revised(model, decision), model.decisions[decision])


def _too_large(decision: Decision) -> Problem:
    return Problem(
        "too-large-to-prepare",
        f"`{decision.name}`, with everything it uses, needs more than {MOST_PARTS:,} parts of conditions"
        " and cannot be prepared.",
        decision.place,
        "A formula is worked out for every total that its outputs can reach: give the outputs fewer or rounder"
        " values, or use fewer formulas.",
    )


def _grounded(decisions: Decisions, decision: Decision) -> Program:
    conditions = decisions.conditions
    rules = decisions.rules(decision)
    verdicts = {name: decisions.verdict(decision, name) for name, _ in decision.quantities}
    branches, policy = decisions.branches(decision), decisions.policy(decision)
    conflict = decisions.used_conflict(decision)
    if policy is not None and policy.hit != HIT_POLICIES[decision.hit]:
        conflict = conditions.circuit.some((conflict, decisions.own_conflict(decision)))
    decisions.bind(decision)
    within = allowed(conditions)
    variables, masks = conditions.variables.with_cells()
    return Program(
        decision=decision,
        circuit=conditions.circuit,
        variables=variables,
        masks=masks,
        rules=rules,
        branches=branches,
        policy=policy,
        verdicts=verdicts,
        allowed=within,
        conflict=conflict,
        conditions=conditions.nodes,
        texts=conditions.variables.texts,
        lowered=conditions.variables.lowered(),
    )


def ground_constraints(model: Model) -> Program:
    """Return a program without rules whose `allowed` node holds for facts that can occur together."""
    conditions = Decisions(model).conditions
    within = permitted(conditions)
    variables, masks = conditions.variables.with_cells()
    return Program(
        decision=Decision("", "rules", "", (), FIRST.name, ()),
        circuit=conditions.circuit,
        variables=variables,
        masks=masks,
        rules=(),
        branches=(),
        policy=None,
        verdicts={},
        allowed=within,
        conflict=FALSE,
        conditions=conditions.nodes,
        texts=conditions.variables.texts,
        lowered=conditions.variables.lowered(),
    )


def permitted(conditions: Conditions) -> Node:
    """Return the node that holds when no constraint is broken."""
    return conditions.circuit.every([_kept(conditions, entry) for entry in conditions.model.constraints])


def _kept(conditions: Conditions, constraint: Constraint) -> Node:
    conditions.outputs.prepare(refs(constraint.never))
    return conditions.circuit.negate(conditions.condition(constraint.never))


def allowed(conditions: Conditions) -> Node:
    """Return the node that holds when no constraint is broken that the facts so far have a part in."""
    model = conditions.model
    facts = {entry.id: _facts(model, entry.never) for entry in model.constraints}
    nodes: dict[str, Node] = {}
    changed = True
    while changed:
        present = conditions.variables.facts()
        joining = [entry for entry in model.constraints if entry.id not in nodes and present & facts[entry.id]]
        for entry in joining:
            nodes[entry.id] = _kept(conditions, entry)
        changed = bool(joining)
    return conditions.circuit.every(nodes.values())


def _facts(model: Model, condition: Condition) -> set[str]:
    return {ref.name for ref in reach(model, refs(condition)) if ref.kind == "fact"}
