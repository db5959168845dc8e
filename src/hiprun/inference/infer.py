"""The core: a grounded decision and a patient's facts in, an outcome out. Pure; reads no file, keeps no state.

What the known facts settle row by row is settled so. Only where unknown facts leave rules open is the exact set of
what can still come out searched for, and beyond the budget of that search the row-by-row bounds stand in for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, assert_never

from hiprun.errors import FactError, Problem
from hiprun.inference.conclusion import Conclusion
from hiprun.inference.decision_diagram import OutOfBudget
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program, ground, ground_constraints
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import take_first
from hiprun.inference.partial_assignment import Situation, situation
from hiprun.inference.partial_evaluation import Patient
from hiprun.inference.prepared_diagrams import as_truth
from hiprun.inference.single_answer import answered
from hiprun.model import Constraint, Model

BUDGET = 500_000
"""How many steps the search for the exact set of outcomes may take.

A step looks at one rule, or one part of a condition, for one value of one fact.
"""


_SHARES = 8
"""Into how many parts the budget goes where a conclusion is drawn once more with fewer constraints."""


_MOST_TRIES = 50

_FOR_NOBODY = 50_000
"""How many steps it may take to conclude something while nothing is known, before anybody asks."""


def infer(
    model: Model,
    program: Program,
    facts: Facts,
    *,
    budget: int = BUDGET,
    count: Callable[[int], None] = lambda _: None,
) -> Conclusion:
    """Return the conclusion of one decision for one patient, exact for unknown facts within `budget` steps.

    `count` is told how many of them it took.
    """
    patient = Patient(model, situation(model, program, facts), budget)
    found = concluded(patient)
    count(budget - patient.budget)
    return found


def concluded_of_nobody(model: Model) -> dict[str, Conclusion]:
    """Return what decisions conclude while nothing is known, of those for which this is found exactly, and quickly."""
    try:
        check_possible(model, ground_constraints(model), Facts({}))
    except FactError:
        return {}
    found = {
        name: infer(model, ground(model, decision), Facts({}), budget=_FOR_NOBODY)
        for name, decision in model.decisions.items()
    }
    return {name: conclusion for name, conclusion in found.items() if conclusion.exact}


def concluded(patient: Patient) -> Conclusion:
    """Return the conclusion for a patient of whom it is known what holds.

    What only some decisions need is imported with the first of them.
    """
    match HIT_POLICIES[patient.decision.hit].gives:
        case "answer":
            return answered(patient)
        case "items":
            from hiprun.inference.collected_items import listed

            return listed(patient)
        case "limits":
            from hiprun.inference.tightest_bounds import limited

            return limited(patient)
        case gives:
            assert_never(gives)


def settling(model: Model, there: Situation, conclusion: Conclusion, budget: int) -> list[Constraint]:
    """Return constraints without which less of a conclusion would be certain, and none more than it takes.

    A conclusion that is not exact names none. What cannot be told in a few tries, each with its share of the budget, is
    named.
    """
    program, certain, tries = there.program, _certain(conclusion), iter(range(_MOST_TRIES))

    def same(constraints: Sequence[Constraint]) -> bool:
        if next(tries, None) is None:
            return False
        return _certain(concluded(Patient(model, there, budget // _SHARES, constraints))) == certain

    found = [
        entry
        for entry in model.constraints
        if entry.never in program.conditions and there.truths[program.conditions[entry.never]] is None
    ]
    if not conclusion.exact or not found or same(()):
        return []
    size = len(found)
    while True:
        # first many at once are left out, then fewer: mostly it takes one or two of many
        size = (size + 1) // 2
        kept: list[Constraint] = []
        for start in range(0, len(found), size):
            if not same([*kept, *found[start + size :]]):
                kept += found[start : start + size]
        found = kept
        if size == 1:
            return found


def _certain(conclusion: Conclusion) -> tuple[Any, ...]:
    """Return what is certain in a conclusion."""
    answers = conclusion.possible
    ended = conclusion.may_not_match or conclusion.may_conflict
    names = [] if ended or not answers else [name for name in answers[0] if len({row[name] for row in answers}) == 1]
    return (
        conclusion.status,
        conclusion.fired,
        {name: answers[0][name] for name in names},
        [item for item in conclusion.items if item.certainty != "possible"],
        [criterion for criterion in conclusion.criteria if criterion.status != "unknown"],
        [(limit.at_least, limit.at_most, limit.verdict) for limit in conclusion.limits],
    )


def check_possible(model: Model, program: Program, facts: Facts, *, budget: int = BUDGET) -> None:
    """Raise `FactError` when these facts contradict constraints; `program` is that of the constraints."""
    there = situation(model, program, facts)
    if there.truths[program.allowed]:
        return
    broken = [entry for entry in model.constraints if there.truths[program.conditions[entry.never]]]
    if broken:
        from hiprun.inference.reader_texts import ReaderTexts

        reasons = [ReaderTexts(model).fill(entry.because) or f"See the constraint `{entry.id}`." for entry in broken]
        raise FactError([_impossible(reason) for reason in reasons])
    patient = Patient(model, there, budget)
    try:
        diagram = patient.explore(take_first, as_truth, ())
    except OutOfBudget:
        return
    if not diagram.possible():
        raise FactError([_impossible("No possible patient could have all of them.")])


def _impossible(reason: str) -> Problem:
    return Problem(
        "impossible-facts",
        f"These facts cannot occur together. {reason}",
        help="Check them again, and leave out any that are not certain.",
    )
