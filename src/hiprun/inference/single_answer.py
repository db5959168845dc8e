"""One answer from the rules that match, under every hit policy that gives one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

import attrs

from hiprun.inference.circuit import FALSE, TRUE
from hiprun.inference.conclusion import Answer, Conclusion, Criterion, CriterionStatus, OutcomeStatus
from hiprun.inference.decision_diagram import Diagram, OutOfBudget
from hiprun.inference.fired_rules import fired
from hiprun.inference.hit_policy import Candidate, Ending, Payload, Policy, Result, joined, rank, unrank
from hiprun.inference.linear_constraints import Linear
from hiprun.inference.linked_facts import Open
from hiprun.inference.narrowed_diagram import NarrowedDiagram
from hiprun.inference.operators import Truth, code
from hiprun.inference.partial_evaluation import OPEN, Patient
from hiprun.inference.results_by_example import variables_if_all_shown
from hiprun.model import Output
from hiprun.model.value_conversion import public

_CRITERION: Mapping[Truth, CriterionStatus] = {True: "unmet", False: "met", None: "unknown"}

_FIRST, _FOR_EXAMPLES = 20, 5
"""Which part of the budget goes into a diagram before examples are looked for, and which part into these."""


def answered(patient: Patient) -> Conclusion:
    """Return the outcome of a decision whose policy makes one answer of the rules that match."""
    policy = patient.program.policy
    assert policy is not None
    payloads, otherwise = policy.payloads, policy.otherwise
    if patient.program.formulas:
        payloads = tuple(tuple(map(patient.resolved, payload)) for payload in payloads)
        otherwise = None if otherwise is None else tuple(map(patient.resolved, otherwise))
        policy = attrs.evolve(policy, payloads=payloads, otherwise=otherwise)
    branches = patient.program.branches
    rules = [(branches[index].node, payload) for index, payload in zip(policy.order, payloads, strict=True)]
    settled = patient.settled(policy.advance, rules)
    if settled is not OPEN:
        result = policy.finish(settled)
        if not _formulas(result):
            return _outcome(patient, [result], [result])
    patient.searches = 2 if patient.decision.has_criteria else 1
    key = None if patient.program.formulas else "answer"
    diagram: Diagram | NarrowedDiagram | None = patient.narrowed(key, policy.advance, policy.finish, rules)
    if diagram is None:
        candidates = [(patient.open_node(node), payload) for node, payload in rules]
        try:
            found = _searched(patient, policy, candidates, otherwise or ())
        except OutOfBudget:
            return _bounded(patient, policy, candidates)
        if isinstance(found, Conclusion):
            return found
        diagram = found
    results = diagram.possible()
    if not _is_settled(results):
        patient.note_needs(diagram)
    return _outcome(patient, results, _shown(diagram.rows, results))


def _formulas(result: Result) -> bool:
    return not isinstance(result, Ending) and any(isinstance(value, Linear) for value in result)


def _is_settled(results: Sequence[Result]) -> bool:
    return len(results) == 1 and (
        isinstance(results[0], Ending) or not any(isinstance(value, Open) for value in results[0])
    )


def _shown(rows: Mapping[Result, Sequence[Payload]], results: Sequence[Result]) -> Sequence[Result]:
    """Return each answer once, however many paths lead there: what a formula comes to as one span over all of them."""
    if not rows:
        return results
    settled = {result for found in rows.values() for result in found}
    shown = [result for result in results if result not in settled]
    for row, found in rows.items():
        assert not isinstance(row, Ending)
        ends = [
            [(value.low, value.high) if isinstance(value, Open) else (value, value) for value in each] for each in found
        ]
        shown.append(
            tuple(
                Open((value,), (), min(low for low, _ in column), max(high for _, high in column))
                if isinstance(value, Linear)
                else value
                for value, column in zip(row, zip(*ends, strict=True), strict=True)
            )
        )
    return shown


def _outcome(patient: Patient, results: Sequence[Result], shown: Sequence[Result]) -> Conclusion:
    answers = [result for result in results if not isinstance(result, Ending)]
    endings = {result for result in results if isinstance(result, Ending)}
    decided = _is_settled(results)
    status: OutcomeStatus = "undetermined"
    if decided:
        status = next(iter(endings)).value if endings else "decided"
    criteria = _criteria(patient, in_conflict=status == "conflict")
    exact = patient.exact
    possible, safest = _possible_and_safest(patient, answers, shown)
    return Conclusion(
        decision=patient.decision.name,
        status=status,
        possible=possible,
        safest=safest,
        needs=patient.needs(),
        fired=_fired(
            patient, criteria, in_conflict=status == "conflict" and bool(patient.certainty(patient.program.conflict))
        ),
        may_not_match=not decided and Ending.NO_MATCH in endings,
        may_conflict=not decided and Ending.CONFLICT in endings,
        exact=exact,
        criteria=criteria,
    )


def _possible_and_safest(
    patient: Patient, answers: Sequence[Payload], shown: Sequence[Result]
) -> tuple[tuple[Answer, ...], Answer | None]:
    """Return all answers that remain, and the safest."""

    def made() -> tuple[tuple[Answer, ...], Answer | None]:
        return _answers(patient, shown), _safest(patient, answers)

    if patient.diagrams is None or patient.program.formulas:
        return made()
    return patient.diagrams.kept(("answers", tuple(answers)), made, 2 + len(answers) // 4)


def _answers(patient: Patient, results: Sequence[Result]) -> tuple[Answer, ...]:
    outputs = patient.decision.outputs
    rows = [result for result in results if not isinstance(result, Ending)]

    def shown(row: Payload) -> tuple[Any, Answer]:
        return (
            [_calmness(patient, output, value) for output, value in zip(outputs, row, strict=True)],
            Answer({output.name: patient.public(output, value) for output, value in zip(outputs, row, strict=True)}),
        )

    if patient.diagrams is not None and not patient.program.formulas:
        diagrams = patient.diagrams
        found = [diagrams.kept(row, partial(shown, row)) for row in rows]
    else:
        found = [shown(row) for row in rows]
    found.sort(key=itemgetter(0))
    return tuple(dict.fromkeys(answer for _, answer in found))


def _calmness(patient: Patient, output: Output, value: Any) -> tuple[Any, ...]:
    if isinstance(value, frozenset):
        return tuple(sorted(value))
    if output.domain.worse:
        ranks = sorted(rank(output.domain, end) for end in patient.ends(value))
        return ranks[1], ranks[0]
    return tuple(code(output.domain, end) for end in patient.ends(value))


def _safest(patient: Patient, answers: Sequence[Payload]) -> Answer | None:
    if not answers:
        return None
    found: dict[str, Any] = {}
    for index, output in enumerate(patient.decision.outputs):
        values = {answer[index] for answer in answers}
        if len(values) == 1 and not isinstance(next(iter(values)), Open | Linear):
            found[output.name] = patient.public(output, next(iter(values)))
        elif output.domain.worse:
            worst = patient.worst_rank(output, values)
            if not isinstance(worst, float):
                found[output.name] = public(output.domain, unrank(output.domain, worst))
    return Answer(found)


def _criteria(patient: Patient, *, in_conflict: bool) -> tuple[Criterion, ...]:
    """Return the criteria one by one; in a conflict nothing is known of any."""
    if not patient.decision.has_criteria:
        return ()
    if in_conflict:
        return tuple(
            Criterion(rule.id, "unknown", rule.title, rule.unmet, rule.sources) for rule in patient.decision.rules
        )
    patient.searches = len(patient.decision.rules)
    return tuple(
        Criterion(rule.id, _CRITERION[patient.certainty(node)], rule.title, rule.unmet, rule.sources)
        for rule, node in zip(patient.decision.rules, patient.program.rules, strict=True)
    )


def _fired(patient: Patient, criteria: Sequence[Criterion], *, in_conflict: bool) -> tuple[str, ...]:
    if criteria and not in_conflict:
        return tuple(criterion.id for criterion in criteria if criterion.status == "unmet")
    return fired(patient, in_conflict=in_conflict)


# what takes many steps: by a diagram, or by examples that show as much


def _searched(
    patient: Patient, policy: Policy, candidates: Sequence[Candidate], rest: Sequence[Any]
) -> Diagram | Conclusion:
    """Return the diagram of all that can come out, or the outcome where examples show it and the diagram is large."""
    alike = joined(patient.residual.circuit, policy.hit, candidates)
    explore = partial(patient.explore, policy.advance, policy.finish, alike, rest=rest)
    if not _can_be_shown(patient, policy):
        return explore()
    budget, searches, first = patient.budget, patient.searches, patient.budget // _FIRST
    patient.budget, patient.searches = first, 1
    try:
        diagram = explore()
    except OutOfBudget:
        shown = _by_example(patient, policy, candidates, budget // _FOR_EXAMPLES)
        if shown is not None:
            return shown
        patient.budget, patient.searches = budget, searches
        return explore()
    patient.budget, patient.searches = patient.budget + budget - first, searches - 1
    return diagram


def _can_be_shown(patient: Patient, policy: Policy) -> bool:
    """Return whether the row-by-row bounds list results one by one, and every combination of cells can be."""
    left, hit = patient.residual, policy.hit
    is_listed = not hit.adds and not hit.may_conflict and (hit.takes == "values" or len(policy.outputs) == 1)
    is_free = left.allowed == TRUE and patient.open_node(patient.program.conflict) == FALSE
    return is_listed and is_free and left.ties is None and not patient.program.formulas


def _by_example(patient: Patient, policy: Policy, candidates: Sequence[Candidate], budget: int) -> Conclusion | None:
    """Return the outcome where examples show that all that the row-by-row bounds allow can come out; else None."""
    gathered, open_ = policy.advance(None, candidates)
    assert not isinstance(gathered, Ending)  # rules do not contradict each other here
    results = policy.hit.bounds(policy, gathered, open_)
    facts = patient.residual.facts
    shown = variables_if_all_shown(patient.residual.circuit, policy.advance, policy.finish, candidates, results, budget)
    names = [name for index in shown for name in facts[index]]
    if not shown or len(set(names)) < len(names):
        return None
    patient.note_alike(names, len(results))
    return _outcome(patient, results, results)


# beyond the budget: what the row-by-row bounds allow


def _bounded(patient: Patient, policy: Policy, candidates: Sequence[Candidate]) -> Conclusion:
    """Return an outcome that is too wide perhaps, never too narrow."""
    gathered, left = policy.advance(None, candidates)
    if isinstance(gathered, Ending):
        return _outcome(patient, [gathered], [gathered])
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
    criteria = _criteria(patient, in_conflict=False)
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
