"""What the pack's author promises for every patient; a promise whose condition nobody meets is an error of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hiprun.inference.facts import check_facts
from hiprun.inference.grounding import ground
from hiprun.inference.hit_policies import COLLECT
from hiprun.inference.infer import infer
from hiprun.model import All, Decision, Not, Property, Rule
from hiprun.verification.claims import Claim, ClaimStatus, RuleName, Witness
from hiprun.verification.completeness_and_consistency import ABSENT
from hiprun.verification.condition_logics import Pair, RowByRow, both, opposite
from hiprun.verification.dead_rules import STATUS
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.solver import SolverVerdict, Term
from hiprun.verification.solver_context import Scene
from hiprun.verification.verification_run import Inquiry, decisions_in

_SAID: Mapping[ClaimStatus, tuple[str, str]] = {
    "refuted": ("`{}` does not hold for this patient.", "Correct the rules that give this answer, or the property."),
    "vacuous": (
        "No patient meets the `if` of `{}`, so it says nothing about anyone.",
        "Correct its `if`, or delete it.",
    ),
    "unproved": ("", ""),
    "proved": ("", ""),
}


def claims(inquiry: Inquiry, decisions: Iterable[str] | None) -> Iterator[Claim]:
    """Yield what came of every promise, or of those that speak of one of `decisions`."""
    wanted = None if decisions is None else set(decisions)
    for promise in inquiry.model.properties:
        named = decisions_in([promise.condition, promise.then])
        if wanted is None or wanted & set(named):
            yield _claim(inquiry, promise, named)


def _claim(inquiry: Inquiry, promise: Property, named: list[str]) -> Claim:
    cones = inquiry.cones
    scene = inquiry.scene(cones.of_condition(promise.condition) | cones.of_condition(promise.then))
    condition, then = (scene.terms.condition(part) for part in (promise.condition, promise.then))
    wanted = [both((condition, opposite(then)))]
    found = scene.ask_within(wanted)
    witnesses = inquiry.witnesses(
        scene,
        found,
        wanted,
        lambda people: _is_broken(inquiry, promise, people[0]),
        named,
        title=f"{promise.id}-broken",
    )
    partly = scene.ask_within([_broken_row_by_row(scene, promise)]).verdict
    meant = inquiry.exists(scene, lambda terms: [terms.condition(promise.condition)])
    status = _status(found.verdict, partly, meant.verdict)
    message, help_ = _SAID[status]
    return Claim(
        "property",
        promise.id,
        status,
        message=message.format(promise.id),
        help=help_,
        rules=tuple(_responsible(inquiry, named, witnesses)),
        witnesses=witnesses,
        place=promise.place,
        setting=inquiry.setting(meant.setting) if status == "vacuous" else {},
    )


def _status(broken: SolverVerdict, partly: SolverVerdict, meant: SolverVerdict) -> ClaimStatus:
    """Return what came of a promise: does somebody break it, also when partly known, and does it mean anyone."""
    if broken != "no" or partly != "no":
        return ABSENT[broken if broken != "no" else partly]
    return "vacuous" if meant == "no" else STATUS[meant]


def _broken_row_by_row(scene: Scene, promise: Property) -> Term:
    """Return whether for a patient of whom not everything is known `if` is certain and `then` is ruled out."""
    partly: Terms[Pair] = Terms(scene.subject, RowByRow(), scene.person, plain=scene.terms, mark="partly: ")
    condition, then = (partly.condition(part) for part in (promise.condition, promise.then))
    scene.engine.add(partly.drain())
    return both((condition.yes, then.no))


def _is_broken(inquiry: Inquiry, promise: Property, facts: Mapping[str, Any]) -> bool:
    """Ask the interpreter: a rule that applies where the promise is broken is put into a decision of its own."""
    pack, known = inquiry.at(facts)
    model = pack.model
    promise = next(entry for entry in model.properties if entry.id == promise.id)
    broken = Rule("broken", All((promise.condition, Not(promise.then))))
    decision = Decision("", "rules", "", (), COLLECT.name, (broken,))
    return bool(infer(model, ground(model, decision), check_facts(model, known)).fired)


def _responsible(inquiry: Inquiry, named: Iterable[str], witnesses: Iterable[Witness]) -> Iterator[RuleName]:
    for witness in witnesses:
        for name in named:
            decision = inquiry.model.decisions[name]
            fired = inquiry.decide(name, {**witness.facts, **witness.setting}).fired
            for index, rule in enumerate(decision.rules):
                if rule.id in fired:
                    yield inquiry.rule(decision, index)
