"""The tightest of the bounds that apply to each quantity, and on which side of them the quantity lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from hiprun.inference.circuit import TRUE, Node
from hiprun.inference.conclusion import Answer, Conclusion, Limit
from hiprun.inference.decision_diagram import OutOfBudget
from hiprun.inference.fired_rules import fired
from hiprun.inference.hit_policy import Advance, Candidate, Ending, Gathered, Payload, Result, take_first
from hiprun.inference.linear_constraints import Linear
from hiprun.inference.linked_facts import Open
from hiprun.inference.operators import Truth
from hiprun.inference.partial_evaluation import OPEN, Patient
from hiprun.inference.reader_texts import ReaderTexts
from hiprun.model import VERDICTS, BoundSide, Output, Verdict
from hiprun.model.value_conversion import public
from hiprun.model.value_objects import ValueObject


def limited(patient: Patient) -> Conclusion:
    """Return the outcome of limits."""
    open_ = [branch for branch in patient.program.branches if patient.there.truths[branch.node] is None]
    patient.searches = 1 + 3 * len(patient.decision.outputs) + len(open_)
    conflict = patient.certainty(patient.program.conflict, needed=True)
    limits = tuple(_limit(patient, output, in_conflict=bool(conflict)) for output in patient.decision.outputs)
    decided = conflict is False and not any(limit.open for limit in limits)
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
class _Bound(ValueObject):
    """A bound that may apply, as a number or formula where larger is tighter; `size` is the largest it can be."""

    id: str
    node: Node
    number: Any
    size: Any


@attrs.frozen
class _Tightest(ValueObject):
    """What is known of one side: numbers where larger is tighter, and the ids behind them."""

    certain: Any = None
    possible: Any = None
    set_by: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


def _limit(patient: Patient, output: Output, *, in_conflict: bool) -> Limit:
    least = _side(patient, output.name, "at_least", in_conflict=in_conflict)
    most = _side(patient, output.name, "at_most", in_conflict=in_conflict)
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
    return ReaderTexts(patient.model).fill(title) or quantity.replace("_", " ")


def _side(patient: Patient, quantity: str, side: BoundSide, *, in_conflict: bool) -> _Tightest:
    sign = 1 if side == "at_least" else -1
    certain: list[_Bound] = []
    uncertain: list[_Bound] = []
    for branch in patient.program.branches:
        rule = patient.decision.rules[branch.rule]
        if rule.bound != side or quantity not in branch.values:
            continue
        number = patient.resolved(branch.values[quantity])
        number = number.times(sign) if isinstance(number, Linear) else number * sign
        truth, size, settled = _reach(patient, branch.node, number, in_conflict=in_conflict)
        bound = _Bound(rule.id, branch.node, size if settled else number, size)
        if truth and settled and not in_conflict:
            certain.append(bound)
        elif truth is not False:
            uncertain.append(bound)
    best = max((bound.size for bound in certain), default=None)
    still = [bound for bound in uncertain if best is None or bound.size > best]
    if in_conflict:  # nothing certainly applies, and nothing that could be known would change that
        return _Tightest(None, _finite(still), (), tuple(bound.id for bound in still))
    return _searched(patient, certain, still, best)


def _reach(patient: Patient, node: Node, number: Any, *, in_conflict: bool) -> tuple[Truth, Any, bool]:
    """Return whether a bound applies, the tightest it can be where it does, and whether it is only that."""
    if not isinstance(number, Linear):
        return patient.certainty(node), number, True
    if patient.there.truths[node] is False:
        return False, number, False
    try:
        diagram = patient.explore(
            take_first, _number_or_none, [(patient.open_node(node), (number,))], conflict=not in_conflict, rest=()
        )
    except OutOfBudget:
        patient.exact = False
        return None, patient.ends(number)[1], False
    results = [result for result in diagram.possible() if not isinstance(result, Ending)]
    ends = [patient.ends(result[0]) for result in results if result != (None,)]
    if not ends:
        return False, number, False
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    return None if (None,) in results else True, high, low == high


def _searched(patient: Patient, certain: Sequence[_Bound], still: Sequence[_Bound], best: Any) -> _Tightest:
    """Find the tightest bound that remains possible, and what it takes to know it."""
    if not still:
        return _Tightest(best, best, _ids(certain, best))
    sure = [] if best is None else [(TRUE, (best,))]
    candidates = [*sure, *((patient.open_node(bound.node), (bound.number,)) for bound in still)]
    open_ids = tuple(bound.id for bound in still)
    try:
        diagram = patient.explore(_fold([number for _, (number,) in candidates]), _largest, candidates, rest=())
    except OutOfBudget:
        patient.exact = False
        patient.note_open([node for node, _ in candidates])
        for bound in still:
            patient.note_number(bound.number)
        return _Tightest(best, _finite([*certain, *still]), _ids(certain, best), open_ids)
    found = [result[0] for result in diagram.possible() if not isinstance(result, Ending)]
    ends = [patient.ends(value)[1] for value in found if value is not None]
    tightest = max((end for end in ends if not isinstance(end, float)), default=None)
    if len(found) == 1 and not isinstance(found[0], Open):
        return _Tightest(tightest, tightest, _ids([*certain, *still], tightest))
    patient.note_needs(diagram)
    return _Tightest(best, tightest, _ids(certain, best), open_ids)


def _finite(bounds: Sequence[_Bound]) -> Any:
    return max((bound.size for bound in bounds if not isinstance(bound.size, float)), default=None)


def _ids(bounds: Sequence[_Bound], size: Any) -> tuple[str, ...]:
    return tuple(bound.id for bound in bounds if bound.size == size)


def _fold(numbers: Sequence[Any]) -> Advance:
    """Return a fold that gathers all that can be the largest of `numbers`: one number at most, and formulas."""
    place = {number: index for index, number in enumerate(numbers)}

    def advance(gathered: Gathered, candidates: Sequence[Candidate]) -> tuple[Gathered, tuple[Candidate, ...]]:
        if isinstance(gathered, Ending):
            return gathered, ()  # whoever is in conflict stays so, whatever constraints still leave
        found = set(gathered or ())
        found.update(number for node, (number,) in candidates if node == TRUE)
        best = max((number for number in found if not isinstance(number, Linear)), default=None)
        found = {number for number in found if isinstance(number, Linear) or number == best}
        left = tuple(
            (node, (number,))
            for node, (number,) in candidates
            if node > TRUE and number not in found and (best is None or isinstance(number, Linear) or number > best)
        )
        return tuple(sorted(found, key=place.__getitem__)) or None, left

    return advance


def _largest(gathered: Gathered) -> Result:
    """Return the largest of what was gathered, which is open as long as formulas are among it."""
    if isinstance(gathered, Ending) or gathered is None:
        return (None,) if gathered is None else gathered
    forms = tuple(number if isinstance(number, Linear) else Linear(number) for number in gathered)
    return (Open(forms),) if any(form.terms for form in forms) else gathered


def _number_or_none(gathered: Gathered) -> Result:
    return (None,) if gathered is None else gathered


def _verdicts(patient: Patient, quantity: str) -> tuple[Verdict, ...]:
    named: list[tuple[Node, Payload]] = [(node, (name,)) for name, node in patient.program.verdicts[quantity].items()]
    settled = patient.settled(take_first, named)
    if settled is not OPEN:
        found = {settled}
    else:
        try:
            found = set(patient.searched(("verdict", quantity), take_first, _number_or_none, named).possible())
        except OutOfBudget:
            patient.exact = False
            return VERDICTS
    return tuple(verdict for verdict in VERDICTS if (verdict,) in found)
