"""What outcomes, ways and interviews say of packs whose facts depend on each other is what plain enumeration says.

As many outcomes are compared as HIPRUN_ORACLE says: `HIPRUN_ORACLE=20000 pytest tests/property/test_enumeration.py`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

from hiprun.inference.infer import BUDGET
from hiprun.pack import Pack

from .cohorts import CONSTRUCTORS, disagreements, fits, interpreted, table
from .enumeration import dense_differences, differences, interview_differences, ways_differences
from .questions import Question, about
from .random_models import as_given, random_patient, tied_model

pytestmark = pytest.mark.usefixtures("by_columns")

MOST = int(os.environ.get("HIPRUN_ORACLE", "1000"))
"""How many outcomes are compared."""


def questions(share: float, *, reals: bool = False, functions: bool = False) -> Iterator[tuple[int, Question]]:
    """Yield so large a share of all questions, each with the seed that its pack was made with."""
    found = seed = 0
    while found < MOST * share:
        rng = random.Random(seed)
        model = tied_model(rng, reals=reals, functions=functions)
        for question in about(rng, model):
            yield seed, question
            found += 1
        seed += 1


def wrong(found: Iterator[tuple[int, Question]], compare: Any) -> list[Any]:
    """Return every difference that is found, with what it takes to see it again."""
    return [
        (seed, question.decision.name, question.said, said) for seed, question in found if (said := compare(question))
    ]


def test_outcomes_are_what_enumeration_says() -> None:
    """Status, answers, spans, safest, needs, fired rules, items and their order, criteria, bounds and verdicts."""
    assert wrong(questions(1), differences) == []


def test_outcomes_over_fractions_leave_nothing_out() -> None:
    """Of numbers with fractions, every value tried is allowed for, and every fact that makes a difference is needed."""
    assert wrong(questions(0.2, reals=True), dense_differences) == []


def test_outcomes_with_functions_of_facts_are_what_enumeration_says() -> None:
    """Formulas may multiply facts, take the larger one or round; what is not exact leaves nothing out."""
    assert wrong(questions(0.4, functions=True), differences_if_exact) == []
    assert wrong(questions(0.1, reals=True, functions=True), left_out) == []


def test_ways_through_functions_of_facts_are_the_smallest_there_are() -> None:
    """The same holds where a formula multiplies facts, takes the larger one or rounds."""
    singles = (
        (seed, question) for seed, question in questions(0.1, functions=True) if question.decision.hit != "collect"
    )
    assert wrong(singles, ways_differences) == []


def differences_if_exact(question: Question) -> list[str]:
    """Return where an outcome is wrong; one that calls itself inexact may be too wide."""
    return differences(question) if question.outcome.exact else left_out(question)


def left_out(question: Question) -> list[str]:
    """Return what an outcome leaves out, which it must not even where it is not exact."""
    return [said for said in dense_differences(question) if said != "not exact"]


def test_ways_are_the_smallest_there_are() -> None:
    """Each set of facts that leads there whatever the others are is named, and none that is larger than need be."""
    singles = ((seed, question) for seed, question in questions(0.1) if question.decision.hit != "collect")
    assert wrong(singles, ways_differences) == []


def test_interviews_ask_what_matters_and_nothing_else() -> None:
    """Whoever answers, with some facts not known, they end where nothing that could be asked changes a thing."""
    assert wrong(questions(0.1), lambda question: interview_differences(question, random.Random(1))) == []


def test_complete_patients_get_the_same_compiled() -> None:
    """Where everything is known the compiled function answers as enumeration does."""
    for seed, question in questions(0.1):
        oracle = random.Random(seed).choice(question.oracles)
        complete = Question(question.pack, question.decision, oracle.patient, [oracle], BUDGET)
        assert differences(complete) == [], (seed, question.decision.name, oracle.patient)


def test_dataframes_say_the_same() -> None:
    """Every kind of dataframe has the same outcomes; lazy frames say which rows they leave open."""
    compared = seed = 0
    while compared < MOST * 0.2:
        rng = random.Random(seed)
        model = tied_model(rng, reals=seed % 3 == 0)
        pack = Pack(model)
        patients = [as_given(model, random_patient(rng, model, partly=False)) for _ in range(12)]
        # to pandas a column of nothing but empty lists does not say what they are lists of
        sets = {name: list(fact.domain.choices) for name, fact in model.facts.items() if fact.domain.type == "set"}
        patients = [patient for patient in [*patients, sets] if fits(model, patient)]
        expected = interpreted(pack, patients)
        kinds = list(CONSTRUCTORS) if seed % 10 == 0 else [list(CONSTRUCTORS)[seed % len(CONSTRUCTORS)]]
        for kind in kinds:
            decided = pack.evaluate_frame(CONSTRUCTORS[kind](table(model, patients)), on_error="column")
            assert disagreements(pack, decided, expected) == [], (seed, kind)
        compared += sum(len(outcomes) for outcomes in expected if outcomes)
        seed += 1
