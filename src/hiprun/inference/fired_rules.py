"""Which rules fired: those that match, and have a say, whatever the unknown facts turn out to be.

Row by row most of it is seen. A rule that is open there may still match for everyone whom the constraints allow, or
because its parts complete each other. That takes a search, which two completions spare most rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from hiprun.inference.circuit import FALSE, Node
from hiprun.inference.decision_diagram import Context, OutOfBudget, explore
from hiprun.inference.grounding import OTHERWISE, Branch, Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Candidate, Ending, Gathered, Result, take_first
from hiprun.inference.operators import Truth
from hiprun.inference.partial_assignment import Residual, Situation
from hiprun.inference.partial_evaluation import Patient
from hiprun.inference.prepared_diagrams import as_truth

_STEPS = 20_000
"""How many steps a search may take: apart from the budget, since an answer is as exact without it."""

Truths: TypeAlias = Sequence[Truth]


def fired(patient: Patient, *, in_conflict: bool = False) -> tuple[str, ...]:
    """Return the ids of the rules that fired.

    Completions in which a decision behind this one is in conflict are left aside, unless all are (`in_conflict`).
    """
    rules = patient.decision.rules
    if patient.program.policy is not None and HIT_POLICIES[patient.decision.hit].says == "first":
        sole = _with_the_say(patient, in_conflict)
        return () if sole == OTHERWISE else (rules[sole].id,)
    truths = [patient.there.truths[node] for node in patient.program.rules]
    open_ = [index for index, truth in enumerate(truths) if truth is None]
    if patient.diagrams is not None:
        nodes_open, nodes = patient.diagrams.open_nodes(conflict=not in_conflict), patient.program.rules
        open_ = [index for index in open_ if not nodes_open[nodes[index]]]
        open_ = [index for index in open_ if not _told(patient, truths, index, in_conflict)]
    if open_:
        left = {index: patient.open_node(patient.program.rules[index]) for index in open_}
        for known in _completions(patient, in_conflict):
            left = {index: node for index, node in left.items() if known[node]}
        for index, node in left.items():
            found = _reached(patient, as_truth, [(node, (True,))], _STEPS // len(left), in_conflict)
            truths[index] = found == [(True,)]
    return tuple(dict.fromkeys(rule.id for rule, truth in zip(rules, truths, strict=True) if truth))


def _told(patient: Patient, truths: list[Truth], index: int, in_conflict: bool) -> bool:
    """Set whether an open rule holds for everyone, as far as that is seen without a search; return whether it is."""
    node = patient.program.rules[index]
    prospects = patient.prospects(node, conflict=not in_conflict, scored=False)
    if prospects is None:
        return False
    truths[index] = [result for result in prospects.results if not isinstance(result, Ending)] == [(True,)]
    return True


def _with_the_say(patient: Patient, in_conflict: bool) -> int:
    """Return the index of the one rule that is certainly the first to match; `OTHERWISE` where there is none."""
    program, truths = patient.program, patient.there.truths
    left = [branch for branch in _in_turn_of(program) if truths[branch.node] is not False]
    if not left or truths[left[0].node]:
        return left[0].rule if left else OTHERWISE
    if patient.diagrams is not None:
        assert isinstance(patient.there, Situation)  # a settled one has no open rules
        alone = left[0].rule not in [branch.rule for branch in left[1:]]
        if alone and patient.diagrams.is_open(left[0].node, conflict=not in_conflict):
            return OTHERWISE  # it is the first for some, and not for others
        every = [(branch.node, (branch.rule,)) for branch in _in_turn_of(patient.program)]
        diagram = patient.diagrams.narrowed(
            "say", take_first, _rule_or_nothing, every, patient.there.masks, conflict=not in_conflict
        )
        if diagram is not None:
            return _sole(diagram.possible())
    candidates = [(patient.open_node(branch.node), (branch.rule,)) for branch in left]
    firsts = {
        next((payload for node, payload in candidates if known[node]), None)
        for known in _completions(patient, in_conflict)
    }
    if len(firsts) > 1:
        return OTHERWISE
    return _sole(_reached(patient, _rule_or_nothing, candidates, _STEPS, in_conflict))


def _in_turn_of(program: Program) -> list[Branch]:
    assert program.policy is not None
    return [program.branches[index] for index in program.policy.order]


def _sole(results: Sequence[Result]) -> int:
    """Return the index of the one rule among results, conflicts aside; `OTHERWISE` where there are more or none."""
    found = [result[0] for result in results if not isinstance(result, Ending)]
    return found[0] if len(found) == 1 else OTHERWISE


def _rule_or_nothing(gathered: Gathered) -> Result:
    return (OTHERWISE,) if gathered is None else gathered


def _reached(
    patient: Patient,
    finish: Callable[[Gathered], Result],
    candidates: Sequence[Candidate],
    budget: int,
    in_conflict: bool,
) -> list[Result]:
    """Return what can come out of `candidates`, conflicts aside; nothing where that takes too many steps."""
    left = patient.residual
    conflict = FALSE if in_conflict else patient.open_node(patient.program.conflict)
    try:
        diagram = explore(
            left.circuit,
            take_first,
            finish,
            candidates,
            conflict=conflict,
            allowed=left.allowed,
            ties=left.ties,
            budget=budget,
        )
    except OutOfBudget:
        return []
    return [result for result in diagram.possible() if not isinstance(result, Ending)]


def _completions(patient: Patient, in_conflict: bool) -> Iterator[Truths]:
    """Yield what holds in two completions, far from each other, as far as they are found without trying much."""
    left = patient.residual
    conflict = FALSE if in_conflict else patient.open_node(patient.program.conflict)
    for lowest in (True, False):
        chosen = _chosen(left, lowest=lowest)
        if chosen is not None:
            truths = left.circuit.truths(_holds_in(chosen))
            if not truths[conflict]:
                yield truths


def _holds_in(chosen: Sequence[int]) -> Callable[[Node, int, int], Truth]:
    return lambda node, variable, members: bool(members & chosen[variable])


def _chosen(left: Residual, *, lowest: bool) -> list[int] | None:
    """Return for each variable the lowest, or the highest, cell that is allowed beside those of the others before."""
    circuit, ties, allowed = left.circuit, left.ties, left.allowed
    context: Context = ()
    chosen: list[int] = []
    most = _work(left) + _STEPS
    for variable, cells in enumerate(circuit.full):
        for cell in _in_turn(cells, lowest):
            if _work(left) > most:
                return None
            rest = circuit.assign(allowed, variable, cell)
            longer: Context | None = context
            if ties is not None and ties.tied >> variable & 1:
                longer = ties.extended(context, variable, cell)
            if rest != FALSE and longer is not None:
                break
        else:
            return None
        allowed, context = rest, longer
        chosen.append(cell)
    return chosen


def _work(left: Residual) -> int:
    return left.circuit.work + (left.ties.work if left.ties is not None else 0)


def _in_turn(cells: int, lowest: bool) -> Iterator[int]:
    while cells:
        cell = cells & -cells if lowest else 1 << (cells.bit_length() - 1)
        yield cell
        cells ^= cell
