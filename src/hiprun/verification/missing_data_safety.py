"""Leaving an answer out never makes an outcome calmer: what is known row by row always holds the true outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import Decision
from hiprun.verification.claims import Claim
from hiprun.verification.completeness_and_consistency import ABSENT
from hiprun.verification.condition_logics import Pair, RowByRow, both, either, opposite
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.monotonicity import badness, ordered_outputs
from hiprun.verification.solver import SolverAnswer, SolverVerdict
from hiprun.verification.solver_context import Scene
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.witness_text import given

_MOST_TRIED = 12
_FEW_STEPS = 5_000


def claims(inquiry: Inquiry, decision: Decision) -> Iterator[Claim]:
    """Yield whether what a partly known patient is told always holds what the patient would be told with all answers.

    A patient with some facts known is told what is possible row by row. Whatever the missing answers are, each rule
    then applies that was said to apply and none that was ruled out, and no value comes out that was ruled out. As
    `safest` is the worst of what is possible, it is never calmer than what comes out when the answers are given.
    """
    scene = inquiry.scene(inquiry.cones.of_decision(decision.name))
    partly: Terms[Pair] = Terms(scene.subject, RowByRow(), scene.person, plain=scene.terms, mark="partly: ")
    plain = scene.terms
    claims_ = [
        either((both((pair.yes, opposite(node))), both((pair.no, node))))
        for pair, node in zip(partly.rules(decision.name), plain.rules(decision.name), strict=True)
    ]
    if not HIT_POLICIES[decision.hit].always_answers:
        for output in decision.outputs:
            pairs = zip(partly.cases(decision.name, output.name), plain.cases(decision.name, output.name), strict=True)
            claims_ += [both((node, pair.no)) for (pair, _), (node, _) in pairs]
    scene.settle()
    scene.engine.add(partly.drain())
    verdicts = [scene.engine.ask_within([claim]).verdict for claim in claims_]
    verdict: SolverVerdict = "yes" if "yes" in verdicts else "unknown" if "unknown" in verdicts else "no"
    if ordered_outputs(decision):
        _try_out(inquiry, scene, decision, partly)
    yield Claim(
        "unknown-never-calmer",
        decision.name,
        ABSENT[verdict],
        message=f"Row by row, `{decision.name}` rules out an answer that is possible.",
        decision=decision.name,
        place=decision.place,
    )


def _try_out(inquiry: Inquiry, scene: Scene, decision: Decision, partly: Terms[Pair]) -> None:
    """Compare the interpreter's answer to a partly known patient with that to the same patient fully known."""
    pairs = list(zip(partly.rules(decision.name), scene.terms.rules(decision.name), strict=True))
    if not HIT_POLICIES[decision.hit].always_answers:
        for output in decision.outputs:
            cases = partly.cases(decision.name, output.name), scene.terms.cases(decision.name, output.name)
            pairs += [(pair, node) for (pair, _), (node, _) in zip(*cases, strict=True)]
    for pair, node in pairs[-_MOST_TRIED:]:
        found = scene.engine.ask_within([node, opposite(pair.yes)])
        if found.verdict == "yes":
            _compare(inquiry, scene, decision, partly, found)


def _compare(inquiry: Inquiry, scene: Scene, decision: Decision, partly: Terms[Pair], found: SolverAnswer) -> None:
    facts = {name: given(scene.model.facts[name].domain, value) for name, value in scene.values(found).items()}
    known = {name: value for name, value in facts.items() if scene.holds(partly.known(name), found)}
    inquiry.confirmed(
        [known, facts],
        lambda people: not _calmer(inquiry, decision, *people),
        f"With answers missing, `{decision.name}` is calmer.",
    )


def _calmer(inquiry: Inquiry, decision: Decision, known: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Return whether the safest answer to a partly known patient is calmer than that with all facts."""
    whole = inquiry.decide(decision.name, facts)
    safest: Mapping[str, Any] = inquiry.decide(decision.name, known, _FEW_STEPS).safest or {}
    return any(
        badness(output, safest[output.name]) < badness(output, whole[output.name])
        for output in decision.outputs
        if output.domain.worse
        and whole.status == "decided"
        and output.name in safest
        and not isinstance(safest[output.name], Mapping)
    )
