"""All claims about a pack, one decision after the other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import attrs

from hiprun.errors import Problem, UnknownNameError, did_you_mean
from hiprun.pack import Pack
from hiprun.verification import completeness as answers
from hiprun.verification import dead_rules as rules
from hiprun.verification import limit_consistency as bounds
from hiprun.verification import missing_data_safety as unanswered
from hiprun.verification import monotonicity as worsening
from hiprun.verification import properties
from hiprun.verification import unused_declarations as standing
from hiprun.verification.claims import Claim, Verification
from hiprun.verification.solver import BUDGET
from hiprun.verification.verification_run import Inquiry


def verify(pack: Pack, decisions: Iterable[str] | None = None, *, budget: int = BUDGET) -> Verification:
    """Prove or refute what should hold for every patient of a pack.

    With `decisions`, only what concerns these. `budget` is how much work one claim may take, in steps of the prover;
    a claim for which it does not suffice stays open, and is never counted as proved. Where constraints leave no
    patient at all, that is all there is to say.
    """
    names = list(pack.decisions) if decisions is None else list(dict.fromkeys(decisions))
    for name in names:
        if name not in pack.decisions:
            message = f"`{name}` is not a decision of this pack."
            raise UnknownNameError([Problem("unknown-decision", message, help=did_you_mean(name, pack.decisions))])
    inquiry = Inquiry(pack, budget)
    found: list[Claim] = []
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    if inquiry.nobody():
        found += standing.constraints(inquiry)
    else:
        for name in names:
            found += _decision(inquiry, name)
            seconds[name] = time.perf_counter() - started
            started = time.perf_counter()
        found += properties.claims(inquiry, None if decisions is None else names)
        if decisions is None:
            found += standing.claims(inquiry)
    seconds[""] = time.perf_counter() - started
    claims = tuple(attrs.evolve(claim, message="", help="") if claim.holds else claim for claim in found)
    return Verification(pack.name, pack.version, pack.digest, claims, tuple(inquiry.faults), seconds)


def _decision(inquiry: Inquiry, name: str) -> Iterator[Claim]:
    decision = inquiry.model.decisions[name]
    scene = inquiry.scene(inquiry.cones.of_decision(name), conflicts=[name])
    yield from rules.claims(inquiry, scene, decision)
    yield from answers.claims(inquiry, scene, decision)
    yield from bounds.claims(inquiry, scene, decision)
    yield from worsening.claims(inquiry, scene, decision)
    yield from unanswered.claims(inquiry, decision)
