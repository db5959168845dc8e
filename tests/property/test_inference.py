"""Everything that the engine says of random patients of random models is what trying every completion says."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hiprun.model import Decision
from hiprun.pack import grounded

from .oracle import Oracle, formulas
from .questions import Question, covers, plain, questions, row

SEEDS = st.integers(0, 2**32 - 1)
CERTAINTIES = {(True,): "certain", (False,): "excluded", (False, True): "possible"}
STATUSES = {(True,): "met", (False,): "unmet", (False, True): "unknown"}


def expected_needs(question: Question) -> set[str]:
    """Return the facts whose answer can narrow what is possible, or in which alone two patients differ."""
    names = list(question.pack.facts)
    table = {
        tuple(oracle.patient[name] for name in names): row(answer)
        for oracle, answer in zip(question.oracles, question.answers, strict=True)
    }
    everything = set(table.values())
    found = set()
    for index, name in enumerate(names):
        by_value: dict[Any, set[Any]] = {}
        by_rest: dict[Any, set[Any]] = {}
        for key, answer in table.items():
            by_value.setdefault(key[index], set()).add(answer)
            by_rest.setdefault(key[:index] + key[index + 1 :], set()).add(answer)
        if any(left != everything for left in by_value.values()) or any(len(left) > 1 for left in by_rest.values()):
            found.add(name)
    return found if len(everything) > 1 else set()


def check_possible(question: Question) -> None:
    """Check that exactly the answers that can come out are said to be possible."""
    outcome = question.outcome
    expected = {row(answer) for answer in question.answers}
    found = {row(answer) for answer in outcome.possible}
    if outcome.may_not_match or outcome.status == "no_match":
        found.add("no_match")
    if outcome.may_conflict or outcome.status == "conflict":
        found.add("conflict")
    assert found == expected
    assert (outcome.status == "undetermined") == (len(expected) > 1)
    needs = expected_needs(question)
    sums = any(variable.kind == "sum" for variable in grounded(question.pack, question.decision.name).variables)
    assert set(outcome.needs) == needs or (sums and set(outcome.needs) > needs)


def check_covered(question: Question) -> None:
    """Check that nothing that can come out is missing, where outputs are numbers that may be open."""
    outcome = question.outcome
    for answer in question.answers:
        if answer == "conflict":
            assert outcome.may_conflict or outcome.status == "conflict"
        elif answer == "no_match":
            assert outcome.may_not_match or outcome.status == "no_match"
        else:
            assert any(
                set(said) == set(answer) and all(covers(said[name], value) for name, value in answer.items())
                for said in outcome.possible
            )
    if outcome.status != "undetermined":
        assert len({row(answer) for answer in question.answers}) == 1
    if all(answer == "no_match" for answer in question.answers):
        assert outcome.status == "no_match"


def check_items(question: Question) -> None:
    """Check that each item is certain, possible or excluded as completions say, and holds its outputs."""
    for item in question.outcome.items:
        gives = [answer[item.rule] for _, answer in question.without_conflict() if item.rule in answer]
        fires = {item.rule in answer for _, answer in question.without_conflict()}
        assert item.certainty == CERTAINTIES[tuple(sorted(fires))]
        for given_row in gives:
            assert set(item.outputs) == set(given_row)
            assert all(covers(item.outputs[name], value) for name, value in given_row.items())
        if question.outcome.status == "decided" and gives:
            assert row(item.outputs) == row(gives[0])


def check_criteria(question: Question) -> None:
    """Check that each criterion is met, unmet or unknown as completions say."""
    for criterion, rule in zip(question.outcome.criteria, question.decision.rules, strict=True):
        assert rule.require is not None
        met = {oracle.holds(rule.require) for oracle, _ in question.without_conflict()}
        assert criterion.status == STATUSES[tuple(sorted(met))]


def check_limits(question: Question) -> None:
    """Check the verdict on each quantity and the bounds around it."""
    for limit in question.outcome.limits:
        answers = [answer[limit.quantity] for _, answer in question.without_conflict()]
        verdicts = {answer["verdict"] for answer in answers} - {None}
        assert set(limit.possible_verdicts) == verdicts
        assert limit.verdict == (next(iter(verdicts)) if len(verdicts) == 1 else None)
        for side, tighter in (("at_least", 1), ("at_most", -1)):
            bounds = [answer[side] for answer in answers]
            certain, safest = getattr(limit, side), getattr(limit, f"safest_{side}")
            if certain is not None:
                assert all(bound is not None and plain(bound) * tighter >= plain(certain) * tighter for bound in bounds)
            if safest is not None:
                assert all(bound is None or plain(bound) * tighter <= plain(safest) * tighter for bound in bounds)
            if len(set(bounds)) > 1:
                assert question.outcome.status == "undetermined"
            elif question.outcome.status == "decided" and answers:
                assert certain == safest
                assert (certain is None) == (bounds[0] is None)
                assert certain is None or plain(certain) == plain(bounds[0])


def check_fired(question: Question) -> None:
    """Check that exactly the rules fired that have a say in every completion, conflicts behind aside."""
    outcome, decision = question.outcome, question.decision
    left = question.undisputed()
    if decision.hit == "any" and formulas(decision):
        left = [oracle for oracle, _ in question.without_conflict()]
    if left:
        always = set.intersection(*(with_a_say(decision, oracle) for oracle in left))
        assert outcome.fired == tuple(dict.fromkeys(rule.id for rule in decision.rules if rule.id in always))
    told = {step.id for step in outcome.explain().rules if step.status == "fired"}
    assert told == set(outcome.fired)


def with_a_say(decision: Decision, oracle: Oracle) -> set[str]:
    """Return the rules that match, or under `first` and `priority` the one that has the say."""
    applying = [rule for rule in decision.rules if oracle.applies(decision, rule)]
    if decision.hit == "first":
        applying = applying[:1]
    elif decision.hit == "priority" and applying:
        answer = oracle.answer(decision.name)
        applying = [rule for rule in applying if oracle.row(decision, rule.then) == answer][:1]
    return {rule.id for rule in applying}


def check(question: Question) -> None:
    """Check everything that an outcome says."""
    outcome, conflict = question.outcome, question.in_conflict
    assert outcome.exact
    check_fired(question)
    if outcome.decision and question.decision.hit in ("collect", "limits"):
        assert outcome.may_conflict == (conflict == {True, False})
        assert (outcome.status == "conflict") == (conflict == {True})
    if conflict == {True}:
        assert outcome.status == "conflict"
        return
    match question.decision.hit:
        case "collect":
            check_items(question)
        case "limits":
            check_limits(question)
        case _ if formulas(question.decision):
            check_covered(question)
        case _:
            check_possible(question)
    if question.decision.kind == "criteria":
        check_criteria(question)


@given(SEEDS)
def test_outcomes_are_what_every_completion_says(seed: int) -> None:
    """Possible answers, needs, items, criteria and limits agree with trying every value of every unknown fact."""
    for question in questions(seed):
        check(question)


@given(SEEDS)
def test_outcomes_over_fractions_are_what_every_completion_says(seed: int) -> None:
    """The same holds for numbers with fractions, at every threshold, between them and beyond."""
    for question in questions(seed, reals=True, patients=1):
        check(question)
