"""One answer from the rules that match, under every hit policy that gives one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from hiprun.inference.circuit import FALSE
from hiprun.inference.conclusion import Answer, Conclusion, Criterion, CriterionStatus, OutcomeStatus
from hiprun.inference.decision_diagram import OutOfBudget
from hiprun.inference.evaluation_state import OPEN, Patient
from hiprun.inference.fired_rules import fired
from hiprun.inference.hit_policy import Candidate, Ending, Payload, Policy, Result, rank, unrank
from hiprun.inference.linear_constraints import Linear
from hiprun.inference.operators import Truth, code
from hiprun.model import Output
from hiprun.model.values import public

_CRITERION: Mapping[Truth, CriterionStatus] = {True: "unmet", False: "met", None: "unknown"}


def answered(patient: Patient) -> Conclusion:
    """Return the outcome of a decision whose policy makes one answer of the rules that match."""
    policy = patient.program.policy
    assert policy is not None
    payloads = tuple(tuple(map(patient.resolved, payload)) for payload in policy.payloads)
    otherwise = None if policy.otherwise is None else tuple(map(patient.resolved, policy.otherwise))
    policy = attrs.evolve(policy, payloads=payloads, otherwise=otherwise)
    nodes = [patient.program.branches[index].node for index in policy.order]
    settled = patient.settled(policy.advance, list(zip(nodes, payloads, strict=True)))
    if settled is not OPEN:
        return _outcome(patient, [policy.finish(settled)])
    candidates = [(patient.open_node(node), payload) for node, payload in zip(nodes, payloads, strict=True)]
    patient.searches = 2 if patient.decision.has_criteria else 1
    try:
        diagram = patient.explore(policy.advance, policy.finish, candidates)
    except OutOfBudget:
        return _bounded(patient, policy, candidates)
    results = diagram.possible()
    if len(results) > 1:
        patient.note_needs(diagram)
    return _outcome(patient, results)


def _outcome(patient: Patient, results: Sequence[Result]) -> Conclusion:
    answers = [result for result in results if not isinstance(result, Ending)]
    endings = {result for result in results if isinstance(result, Ending)}
    for answer in answers:
        for value in answer:
            patient.note_number(value)
    criteria = _criteria(patient)
    exact = patient.exact
    decided = len(results) == 1 and not patient.scores
    status: OutcomeStatus = "undetermined"
    if decided:
        status = next(iter(endings)).value if endings else "decided"
    return Conclusion(
        decision=patient.decision.name,
        status=status,
        possible=_answers(patient, answers),
        safest=_safest(patient, answers),
        needs=patient.needs(),
        fired=_fired(patient, criteria, in_conflict=status == "conflict"),
        may_not_match=not decided and Ending.NO_MATCH in endings,
        may_conflict=not decided and Ending.CONFLICT in endings,
        exact=exact,
        criteria=criteria,
    )


def _answers(patient: Patient, answers: Sequence[Payload]) -> tuple[Answer, ...]:
    outputs = patient.decision.outputs
    return tuple(
        Answer({output.name: patient.public(output, value) for output, value in zip(outputs, answer, strict=True)})
        for answer in sorted(answers, key=lambda answer: _calmness(outputs, answer))
    )


def _calmness(outputs: Sequence[Output], answer: Payload) -> tuple[Any, ...]:
    key: list[Any] = []
    for output, value in zip(outputs, answer, strict=True):
        if isinstance(value, Linear):
            key.append((1, str(value)))
        elif output.domain.worse:
            key.append((0, rank(output.domain, value)))
        elif isinstance(value, frozenset):
            key.append((0, sorted(value)))
        else:
            key.append((0, code(output.domain, value)))
    return tuple(key)


def _safest(patient: Patient, answers: Sequence[Payload]) -> Answer | None:
    if not answers:
        return None
    found: dict[str, Any] = {}
    for index, output in enumerate(patient.decision.outputs):
        values = {answer[index] for answer in answers}
        if len(values) == 1:
            found[output.name] = patient.public(output, next(iter(values)))
        elif output.domain.worse:
            worst = patient.worst_rank(output, values)
            if not isinstance(worst, float):
                found[output.name] = public(output.domain, unrank(output.domain, worst))
    return Answer(found)


def _criteria(patient: Patient) -> tuple[Criterion, ...]:
    if not patient.decision.has_criteria:
        return ()
    patient.searches = len(patient.decision.rules)
    return tuple(
        Criterion(rule.id, _CRITERION[patient.certainty(node)], rule.title, rule.unmet, rule.sources)
        for rule, node in zip(patient.decision.rules, patient.program.rules, strict=True)
    )


def _fired(patient: Patient, criteria: Sequence[Criterion], *, in_conflict: bool) -> tuple[str, ...]:
    if criteria and not in_conflict:
        return tuple(criterion.id for criterion in criteria if criterion.status == "unmet")
    return fired(patient, in_conflict=in_conflict)


# beyond the budget: what the row-by-row bounds allow


def _bounded(patient: Patient, policy: Policy, candidates: Sequence[Candidate]) -> Conclusion:
    """Return an outcome that is too wide perhaps, never too narrow."""
    gathered, left = policy.advance(None, candidates)
    if isinstance(gathered, Ending):
        return _outcome(patient, [gathered])
    patient.exact = False
    conflict = patient.open_node(patient.program.conflict)
    patient.note_open([*(node for node, _ in left), conflict])
    rows = policy.hit.bounds(policy, gathered, left)
    answers = [row for row in rows if not isinstance(row, Ending)]
    for answer in answers:
        for value in answer:
            patient.note_number(value)
    if policy.hit.takes != "values":
        possible: tuple[Answer, ...] = (_spread(patient, policy, answers),) if answers else ()
    else:
        possible = _answers(patient, answers)
    criteria = _criteria(patient)
    return Conclusion(
        decision=patient.decision.name,
        status="undetermined",
        possible=possible,
        safest=_safest(patient, answers),
        needs=patient.needs(),
        fired=_fired(patient, criteria, in_conflict=False),
        may_not_match=Ending.NO_MATCH in rows,
        may_conflict=conflict != FALSE or policy.hit.may_conflict,
        exact=False,
        criteria=criteria,
    )


def _spread(patient: Patient, policy: Policy, rows: Sequence[Payload]) -> Answer:
    found: dict[str, Any] = {}
    for index, output in enumerate(policy.outputs):
        values = sorted({row[index] for row in rows}, key=lambda value: code(output.domain, value))
        if len(values) == 1:
            found[output.name] = public(output.domain, values[0])
        elif policy.hit.adds:
            found[output.name] = patient.public(output, *values)
        else:
            found[output.name] = Answer({"one_of": tuple(public(output.domain, value) for value in values)})
    return Answer(found)
