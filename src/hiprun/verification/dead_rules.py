"""Every rule can apply, and every rule can matter: there is someone whose answer the other rules would not give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hiprun.model import Decision
from hiprun.verification.claims import Claim, ClaimStatus, RuleName
from hiprun.verification.hit_policy_encoding import form
from hiprun.verification.solver import SolverAnswer, SolverVerdict
from hiprun.verification.solver_context import Scene
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.witness_text import listed

STATUS: dict[SolverVerdict, ClaimStatus] = {"yes": "proved", "no": "refuted", "unknown": "unproved"}
"""What it means for a claim that somebody is found, or nobody."""


def claims(inquiry: Inquiry, scene: Scene, decision: Decision) -> Iterator[Claim]:
    """Yield what can be said of each rule of a decision."""
    nodes = scene.terms.rules(decision.name)
    for index, node in enumerate(nodes):
        found = scene.ask([node])
        yield _can_fire(inquiry, decision, index, found)
        if found.verdict == "yes":
            inquiry.check_rules(scene, decision, found)
            yield _can_matter(inquiry, scene, decision, index)


def _can_fire(inquiry: Inquiry, decision: Decision, index: int, found: SolverAnswer) -> Claim:
    name = inquiry.rule(decision, index)
    facts = [fact for fact in inquiry.model.facts if fact in inquiry.cones.of_rule(decision.name, index).facts]
    return Claim(
        "rule-can-fire",
        f"{decision.name}.{name.id}",
        STATUS[found.verdict],
        message=f"`{name.id}` never applies: no patient meets its condition." if found.verdict == "no" else "",
        help=f"Look at what it says of {listed(facts)}: it contradicts itself, or what cannot occur together.",
        decision=decision.name,
        rules=(name,),
        place=name.place,
    )


def _can_matter(inquiry: Inquiry, scene: Scene, decision: Decision, index: int) -> Claim:
    name = inquiry.rule(decision, index)
    found, shadows = form(decision).matters(scene, decision, index)
    others = tuple(dict.fromkeys(inquiry.rule(decision, other) for other in shadows))
    return Claim(
        "rule-can-matter",
        f"{decision.name}.{name.id}",
        STATUS[found],
        message=_shadowed(name, others) if found == "no" else "",
        help="Delete it, narrow the others, or let it give something of its own.",
        decision=decision.name,
        rules=(name, *others),
        place=name.place,
    )


def _shadowed(name: RuleName, others: Sequence[RuleName]) -> str:
    if not others:
        return f"`{name.id}` never matters: it adds nothing."
    ids = listed(dict.fromkeys(other.id for other in others))
    settle = "together already settle" if len(others) > 1 else "already settles"
    return f"`{name.id}` never matters: wherever it applies, {ids} {settle} the answer."
