"""All claims about a pack, one decision after the other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from hiprun.errors import Problem, UnknownNameError, did_you_mean
from hiprun.model import Model
from hiprun.model.value_conversion import public
from hiprun.pack import Pack
from hiprun.verification import (
    band_gaps,
    completeness_and_consistency,
    dead_parts,
    dead_rules,
    limit_consistency,
    missing_data_safety,
    missing_output_safety,
    monotonicity,
    properties,
    whole_pack_claims,
)
from hiprun.verification.claims import Claim, Verification
from hiprun.verification.proofs_per_setting import settled
from hiprun.verification.run_bounds import Interrupted, Progress, SolverBudget, Stopped, silent
from hiprun.verification.solver import BUDGET, RUN_BUDGET
from hiprun.verification.verification_run import Inquiry
from hiprun.verification.worker_processes import shared


def verify(  # noqa: PLR0913 - what may be said of a run
    pack: Pack,
    decisions: Iterable[str] | None = None,
    *,
    budget: int = BUDGET,
    run_budget: int = RUN_BUDGET,
    every_setting: bool = True,
    progress: Progress = silent,
    jobs: int = 1,
) -> Verification:
    """Prove or refute what should hold for every patient of a pack, in every setting of its parameters.

    With `decisions`, only these are covered. `budget` is how much work one claim may take, in steps of the prover; a
    claim that it is too small for stays open, and never counts as proved. If constraints leave no patient at all, only
    that is reported. `run_budget` is how much work all claims may take together; beyond it the rest stays open.
    `progress` is told how many decisions are done. Ctrl-C raises `Interrupted`, a `KeyboardInterrupt` with the report
    so far. With `every_setting=False`, the parameters keep their values from the pack. `jobs` is how many processes
    share the decisions; a script that asks for more than one does so under `if __name__ == "__main__":`.
    """
    names = list(pack.decisions) if decisions is None else list(dict.fromkeys(decisions))
    for name in names:
        if name not in pack.decisions:
            message = f"`{name}` is not a decision of this pack."
            raise UnknownNameError([Problem("unknown-decision", message, help=did_you_mean(name, pack.decisions))])
    limit = SolverBudget(budget, run_budget)
    inquiry = Inquiry(pack, limit, every_setting=every_setting)
    found: list[Claim] = []
    seconds: dict[str, float] = {}
    started = time.perf_counter()

    def report(stopped: Stopped) -> Verification:
        seconds[""] = time.perf_counter() - started
        return Verification(
            pack.name,
            pack.version,
            pack.digest,
            tuple(map(_final, found)),
            tuple(inquiry.faults),
            seconds,
            {name: _ends(pack, name) for name in inquiry.settable if not pack.parameters[name].is_fixed},
            stopped,
        )

    try:
        if inquiry.nobody():
            found += whole_pack_claims.constraints(inquiry)
            return report("")
        for done, (name, part) in enumerate(zip(names, _of_decisions(inquiry, names, jobs), strict=True), 1):
            progress(done - 1, len(names))
            found += part.claims
            seconds[name] = part.seconds
        started = time.perf_counter()
        named = None if decisions is None else names
        found += settled(inquiry, lambda inquiry: properties.claims(inquiry, named))
        if decisions is None:
            found += settled(inquiry, dead_parts.claims_of_derived)
            found += settled(inquiry, whole_pack_claims.claims)
        progress(len(names), len(names))
    except KeyboardInterrupt:
        raise Interrupted(report("interrupted")) from None
    return report("bound" if limit.used_up else "")


@attrs.frozen
class _Part:
    """What came of one decision: its claims, disagreements inside hiprun, and what it took."""

    claims: list[Claim]
    faults: list[str]
    steps: int
    seconds: float


def _of_decisions(inquiry: Inquiry, names: Sequence[str], jobs: int) -> Iterator[_Part]:
    """Yield what comes of each decision, within what is left of the budget for all."""
    limit, done = inquiry.budget, 0
    if jobs > 1 and len(names) > 1:
        arguments = (inquiry.pack.model, list(names), limit.question, limit.left, inquiry.every_setting)
        parts = shared(_run_decision, len(names), jobs, _initialize_process, arguments)
        try:
            for part in parts:
                if part.steps >= limit.left:
                    break  # what is left is not enough: done once more, to see how far it goes
                limit.spend(part.steps)
                inquiry.faults += part.faults
                done += 1
                yield part
        finally:
            parts.close()
    for name in names[done:]:
        yield _decision_part(inquiry, name)


def _decision_part(inquiry: Inquiry, name: str) -> _Part:
    started, left, faults = time.perf_counter(), inquiry.budget.left, len(inquiry.faults)
    claims = list(settled(inquiry, lambda inquiry: _decision(inquiry, name)))
    seconds = time.perf_counter() - started
    return _Part(claims, inquiry.faults[faults:], left - inquiry.budget.left, seconds)


_process_state: list[tuple[Inquiry, Sequence[str], int]] = []


def _initialize_process(model: Model, names: Sequence[str], question: int, left: int, every_setting: bool) -> None:
    """Prepare a process."""
    inquiry = Inquiry(Pack(model), SolverBudget(question, left), every_setting=every_setting)
    _process_state[:] = [(inquiry, names, left)]


def _run_decision(index: int) -> _Part:
    """Return what comes of the decision with this number, on which those before it have no influence."""
    ((inquiry, names, left),) = _process_state
    inquiry.budget.left = left
    return _decision_part(inquiry, names[index])


def _ends(pack: Pack, name: str) -> tuple[Any, Any]:
    parameter = pack.parameters[name]
    low, high = parameter.lowest, parameter.highest
    return None if low is None else public(parameter.domain, low), None if high is None else public(
        parameter.domain, high
    )


def _final(claim: Claim) -> Claim:
    """Return a claim as it is reported: with the setting of whoever shows it, and no more words than it takes."""
    if claim.holds:
        return attrs.evolve(claim, message="", help="")
    return attrs.evolve(claim, setting=claim.witnesses[0].setting) if claim.witnesses else claim


def _decision(inquiry: Inquiry, name: str) -> Iterator[Claim]:
    decision = inquiry.model.decisions[name]
    scene = inquiry.scene(inquiry.cones.of_decision(name), conflicts=[name])
    yield from dead_rules.claims(inquiry, scene, decision)
    yield from dead_parts.claims(inquiry, scene, decision)
    yield from completeness_and_consistency.claims(inquiry, scene, decision)
    yield from band_gaps.claims(inquiry, scene, decision)
    yield from limit_consistency.claims(inquiry, scene, decision)
    yield from monotonicity.claims(inquiry, scene, decision)
    yield from missing_data_safety.claims(inquiry, decision)
    yield from missing_output_safety.claims(inquiry, decision)
