"""What is said of unknown facts holds whatever they turn out to be, in whatever order rules stand."""

from __future__ import annotations

import random
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from hiprun.errors import FactError
from hiprun.inference.explanation import ConditionStep
from hiprun.inference.infer import BUDGET
from hiprun.inference.outcome import Outcome
from hiprun.model import All, AnyOf, Condition, Count, Decision, Model, Not
from hiprun.pack import Pack

from .oracle import Oracle, completions, formulas
from .questions import Question, covers, plain, questions
from .random_models import as_given, random_model, random_patient

SEEDS = st.integers(0, 2**32 - 1)
TINY = st.sampled_from((0, 1, 3, 10, 30, 100, 300))


def steps(step: ConditionStep, condition: Condition) -> list[tuple[ConditionStep, Condition]]:
    """Return each step of an explained condition with the condition it explains."""
    found = [(step, condition)]
    match condition:
        case Not(part):
            return found + steps(step.parts[0], part)
        case All((part,)) | AnyOf((part,)):
            return steps(step, part)
        case All(parts) | AnyOf(parts) | Count(parts):
            for part_step, part in zip(step.parts, parts, strict=True):
                found += steps(part_step, part)
    return found


def explained(question: Question) -> list[tuple[ConditionStep, Condition]]:
    """Return every step of every rule's condition with the condition it explains."""
    found = []
    explanation = question.outcome.explain()
    for told, rule in zip(explanation.rules, question.decision.rules, strict=True):
        found += steps(told.condition, rule.condition if rule.require is None else rule.require)
    return found


@given(SEEDS)
def test_a_step_that_is_settled_holds_for_every_completion(seed: int) -> None:
    """A test or group that an explanation calls true or false is so for everyone these facts leave possible."""
    for question in questions(seed):
        for step, condition in explained(question):
            truths = {oracle.holds(condition) for oracle in question.undisputed()}
            if step.truth is not None:
                assert truths <= {step.truth}


@given(SEEDS)
def test_an_explanation_of_known_facts_is_what_was_worked_out(seed: int) -> None:
    """When every fact is known, each test is as an independent reading says, and so are the rules that fired."""
    rng = random.Random(seed)
    model = random_model(rng)
    pack = Pack(model)
    for patient in rng.sample(list(completions(model, {})), 3):
        oracle = Oracle(model, patient)
        if oracle.allowed():
            for decision in model.decisions.values():
                check_replay(Question(pack, decision, patient, [oracle], BUDGET))


def check_replay(question: Question) -> None:
    """Check every step, and that the rules that had a say are those that fired."""
    (oracle,) = question.oracles
    if not question.undisputed():
        assert question.outcome.status == "conflict"
        return
    for step, condition in explained(question):
        assert step.truth is oracle.holds(condition)
    applying = [rule for rule in question.decision.rules if oracle.applies(question.decision, rule)]
    had_a_say = applying
    if question.decision.hit == "first":
        had_a_say = applying[:1]
    elif question.decision.hit == "priority":
        answer = question.answers[0]
        had_a_say = [rule for rule in applying if oracle.row(question.decision, rule.then) == answer][:1]
    assert question.outcome.fired == tuple(rule.id for rule in had_a_say)
    statuses = {told.id: told.status for told in question.outcome.explain().rules}
    for rule in question.decision.rules:
        expected = "fired" if rule in had_a_say else "overruled" if rule in applying else "not_fired"
        assert statuses[rule.id] == expected


@given(SEEDS, TINY)
def test_a_tiny_budget_leaves_nothing_out(seed: int, budget: int) -> None:
    """However little work is allowed, what can come out is among what is said to be possible, and nothing is raised."""
    for question in questions(seed, budget=budget):
        check_wide(question)


def check_wide(question: Question) -> None:
    """Check that an outcome is the exact one or leaves room for it."""
    outcome = question.outcome
    exact = question.pack.decide(question.decision.name, question.facts)
    if outcome.exact:
        assert outcome.to_dict() == exact.to_dict()
    assert outcome.status in ("undetermined", exact.status)
    assert set(outcome.needs) >= set(exact.needs)
    if exact.status != "conflict":  # where every patient is in conflict, there is nothing to be said of single parts
        check_parts(outcome, exact)
    if question.decision.hit not in ("collect", "limits"):
        check_room(question)


def check_parts(outcome: Outcome, exact: Outcome) -> None:
    """Check that each item, criterion and limit is the exact one or leaves room for it."""
    for item, sharp in zip(sorted(outcome.items, key=rule_of), sorted(exact.items, key=rule_of), strict=True):
        assert item.certainty in ("possible", sharp.certainty)
    for criterion, sharp_one in zip(outcome.criteria, exact.criteria, strict=True):
        assert criterion.status in ("unknown", sharp_one.status)
    for limit, sharp_limit in zip(outcome.limits, exact.limits, strict=True):
        assert set(limit.possible_verdicts) >= set(sharp_limit.possible_verdicts)
        for side, sign in (("at_least", 1), ("at_most", -1)):
            check_bounds(side, sign, limit, sharp_limit)


def rule_of(item: Any) -> str:
    """Return the rule of an item."""
    return str(item.rule)


def check_bounds(side: str, sign: int, limit: Any, sharp: Any) -> None:
    """Check that a bound that is certain is no tighter than the exact one, and the safest no looser."""
    certain, safest = getattr(limit, side), getattr(limit, f"safest_{side}")
    if certain is not None:
        assert plain(certain) * sign <= plain(getattr(sharp, side)) * sign
    if getattr(sharp, f"safest_{side}") is not None and safest is not None:
        assert plain(safest) * sign >= plain(getattr(sharp, f"safest_{side}")) * sign


def check_room(question: Question) -> None:
    """Check that every answer has its place among the possible ones."""
    outcome = question.outcome
    for answer in question.answers:
        if answer == "conflict":
            assert outcome.may_conflict or outcome.status == "conflict"
        elif answer == "no_match":
            assert outcome.may_not_match or outcome.status == "no_match"
        else:
            assert any(all(covers(said[name], value) for name, value in answer.items()) for said in outcome.possible)


def turned(decision: Decision, rng: random.Random) -> Decision:
    """Return a decision with its rules in another order, where order means nothing."""
    if decision.hit in ("first", "priority"):
        return decision
    rules = list(decision.rules)
    rng.shuffle(rules)
    return attrs.evolve(decision, rules=tuple(rules))


def without_order(data: dict[str, Any]) -> dict[str, Any]:
    """Return an outcome as data with its lists sorted and without where it came from."""
    found = {name: value for name, value in data.items() if name != "provenance"}
    for limit in found.get("limits", []):
        limit.update({name: sorted(limit[name]) for name in ("set_by", "open")})
    for name in ("fired", "needs", "items", "criteria", "limits"):
        found[name] = sorted(map(repr, found.get(name, [])))
    found["possible"] = list(map(repr, found["possible"]))
    return found


@given(SEEDS)
def test_the_order_of_rules_means_nothing(seed: int) -> None:
    """Under every policy but `first` and `priority`, rules in another order give the same outcome."""
    rng = random.Random(seed)
    model = random_model(rng)
    decisions = {name: turned(decision, rng) for name, decision in model.decisions.items()}
    facts = as_given(model, random_patient(rng, model))
    for name, decision in decisions.items():
        outcomes = [
            outcome_or_refusal(entry, name, facts) for entry in (model, attrs.evolve(model, decisions=decisions))
        ]
        if decision.hit == "any" and formulas(decision):
            continue  # of formulas that agree the first one's span is shown
        assert outcomes[0] == outcomes[1]


def outcome_or_refusal(model: Model, name: str, facts: dict[str, Any]) -> Any:
    """Return an outcome without the order of its lists, or why the facts are refused."""
    try:
        return without_order(Pack(model).decide(name, facts).to_dict())
    except FactError as error:
        return str(error)
