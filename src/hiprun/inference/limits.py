"""The tightest of the bounds that apply to each quantity, and on which side of them the quantity lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from hiprun.inference.circuit import TRUE, Node
from hiprun.inference.conclusion import Answer, Conclusion, Limit
from hiprun.inference.decision_diagram import OutOfBudget
from hiprun.inference.evaluation_state import OPEN, Patient
from hiprun.inference.fired_rules import fired
from hiprun.inference.hit_policy import Ending, Gathered, Payload, Result, take_first, take_largest
from hiprun.inference.linear_constraints import Linear
from hiprun.model import VERDICTS, BoundSide, Output, Verdict
from hiprun.model.values import public


def limited(patient: Patient) -> Conclusion:
    """Return the outcome of limits."""
    open_ = [branch for branch in patient.program.branches if patient.there.truths[branch.node] is None]
    patient.searches = 1 + 3 * len(patient.decision.outputs) + len(open_)
    conflict = patient.certainty(patient.program.conflict, needed=True)
    limits = tuple(_limit(patient, output) for output in patient.decision.outputs)
    decided = not conflict and not patient.scores
    exact = patient.exact
    tightest = {}
    for limit in limits:
        sides = {"at_least": limit.safest_at_least, "at_most": limit.safest_at_most}
        tightest[limit.quantity] = {side: value for side, value in sides.items() if value is not None}
    answer = Answer({name: Answer(sides) for name, sides in tightest.items() if sides})
    return Conclusion(
        decision=patient.decision.name,
        status="conflict" if conflict else "decided" if decided else "undetermined",
        possible=(answer,) if decided else (),
        safest=answer,
        needs=() if conflict else patient.needs(),
        fired=fired(patient, in_conflict=bool(conflict)),
        may_conflict=conflict is None,
        exact=exact,
        limits=limits,
    )


@attrs.frozen
class _Bound:
    """A bound that may apply: `number` may be open; `size` is its tightest possible number, larger is tighter."""

    id: str
    node: Node
    number: Any
    size: Any


@attrs.frozen
class _Tightest:
    """What is known of one side: numbers where larger is tighter, and the ids behind them."""

    certain: Any = None
    possible: Any = None
    set_by: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


def _limit(patient: Patient, output: Output) -> Limit:
    least = _side(patient, output.name, "at_least")
    most = _side(patient, output.name, "at_most")
    verdicts = _verdicts(patient, output.name)

    def shown(number: Any, sign: int) -> Any:
        return None if number is None else public(output.domain, number * sign)

    return Limit(
        quantity=output.name,
        at_least=shown(least.certain, 1),
        at_most=shown(most.certain, -1),
        set_by=tuple(dict.fromkeys(least.set_by + most.set_by)),
        open=tuple(dict.fromkeys(least.open + most.open)),
        safest_at_least=shown(least.possible, 1),
        safest_at_most=shown(most.possible, -1),
        verdict=verdicts[0] if len(verdicts) == 1 else None,
        possible_verdicts=verdicts,
        unit=output.domain.unit,
        title=_title(patient, output.name),
    )


def _title(patient: Patient, quantity: str) -> str:
    ref = dict(patient.decision.quantities)[quantity]
    title = patient.model.derived[ref.name].title if ref.kind == "derived" else ""
    return title or quantity.replace("_", " ")


def _side(patient: Patient, quantity: str, side: BoundSide) -> _Tightest:
    sign = 1 if side == "at_least" else -1
    certain: list[_Bound] = []
    uncertain: list[_Bound] = []
    for branch in patient.program.branches:
        rule = patient.decision.rules[branch.rule]
        if rule.bound != side or quantity not in branch.values:
            continue
        truth = patient.certainty(branch.node)
        number = patient.resolved(branch.values[quantity])
        size = max(end * sign for end in patient.ends(number))
        bound = _Bound(rule.id, branch.node, number, size)
        if truth and not isinstance(number, Linear):
            certain.append(bound)
        elif truth is not False:
            uncertain.append(bound)
    best = max((bound.size for bound in certain), default=None)
    still = [bound for bound in uncertain if best is None or bound.size > best]
    if still and not any(isinstance(bound.number, Linear) for bound in still):
        return _searched(patient, certain, still, best)
    for bound in still:
        patient.certainty(bound.node, needed=True)
        patient.note_number(bound.number)
    possible = [bound.size for bound in still if not isinstance(bound.size, float)]
    tightest = max([*possible, *([] if best is None else [best])], default=None)
    return _Tightest(best, tightest, _ids(certain, best), tuple(bound.id for bound in still))


def _searched(patient: Patient, certain: Sequence[_Bound], still: Sequence[_Bound], best: Any) -> _Tightest:
    """Find the tightest bound exactly, where every bound that is open has a known number."""
    sure = [] if best is None else [(TRUE, (best,))]
    candidates = [*sure, *((patient.open_node(bound.node), (bound.size,)) for bound in still)]
    open_ids = tuple(bound.id for bound in still)
    try:
        diagram = patient.explore(take_largest, _number_or_none, candidates, conflict=False)
    except OutOfBudget:
        patient.exact = False
        patient.note_open([node for node, _ in candidates])
        return _Tightest(best, max(payload[0] for _, payload in candidates), _ids(certain, best), open_ids)
    found = [result[0] for result in diagram.possible() if not isinstance(result, Ending)]
    tightest = max((number for number in found if number is not None), default=None)
    if len(found) == 1:
        return _Tightest(tightest, tightest, _ids([*certain, *still], tightest))
    patient.note_needs(diagram)
    return _Tightest(best, tightest, _ids(certain, best), open_ids)


def _ids(bounds: Sequence[_Bound], size: Any) -> tuple[str, ...]:
    return tuple(bound.id for bound in bounds if bound.size == size)


def _number_or_none(gathered: Gathered) -> Result:
    return (None,) if gathered is None else gathered


def _verdicts(patient: Patient, quantity: str) -> tuple[Verdict, ...]:
    named: list[tuple[Node, Payload]] = [(node, (name,)) for name, node in patient.program.verdicts[quantity].items()]
    settled = patient.settled(take_first, named)
    if settled is not OPEN:
        found = {settled}
    else:
        candidates = [(patient.open_node(node), payload) for node, payload in named]
        try:
            found = set(patient.explore(take_first, _number_or_none, candidates).possible())
        except OutOfBudget:
            patient.exact = False
            return VERDICTS
    return tuple(verdict for verdict in VERDICTS if (verdict,) in found)
