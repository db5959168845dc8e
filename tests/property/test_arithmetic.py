"""What outcomes say of packs that multiply, divide, round and calculate with dates is what plain enumeration says.

A tenth as many packs are tried as HIPRUN_ORACLE says: `HIPRUN_ORACLE=20000 pytest tests/property/test_arithmetic.py`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from hiprun.errors import HiprunError
from hiprun.inference.infer import BUDGET
from hiprun.model import Decision
from hiprun.model.value_conversion import public
from hiprun.pack import Pack
from hiprun.testing.pack_generation import PackOptions, RandomChoices, generate
from hiprun.testing.strategies.packs import model_of

from .arithmetic_models import arithmetic_model
from .enumeration import dense_differences, differences, is_cut_short, ways_differences
from .oracle import Oracle, values
from .questions import Question, about
from .random_models import as_given

MOST = int(os.environ.get("HIPRUN_ORACLE", "1000")) // 10
"""How many packs are tried."""


def questions(packs: int, *, reals: bool = False) -> Iterator[tuple[int, Question]]:
    """Yield questions about so many packs, each with the seed that its pack was made with."""
    for seed in range(packs):
        rng = random.Random(seed)
        model = arithmetic_model(rng, reals=reals)
        yield from ((seed, question) for question in about(rng, model))


def left_out(question: Question) -> list[str]:
    """Return what an outcome leaves out, which it must not even where it says that it is not exact."""
    return [said for said in dense_differences(question) if said != "not exact"]


def test_outcomes_with_functions_are_what_enumeration_says() -> None:
    """An outcome that calls itself exact says what trying every completion says; any other leaves nothing out."""
    exact = inexact = 0
    for seed, question in questions(MOST):
        found = differences(question) if question.outcome.exact else left_out(question)
        assert found == [], (seed, question.decision.name, question.said)
        exact, inexact = exact + question.outcome.exact, inexact + (not question.outcome.exact)
    assert inexact * 50 <= exact


def test_outcomes_with_functions_of_fractions_leave_nothing_out() -> None:
    """Of numbers with fractions, every value tried is allowed for, and every fact that makes a difference is needed."""
    for seed, question in questions(MOST // 8, reals=True):
        assert left_out(question) == [], (seed, question.decision.name, question.said)


def test_ways_through_functions_are_the_smallest_there_are() -> None:
    """Each set of facts that leads there whatever the others are is named, and none that is larger than need be."""
    for seed, question in questions(MOST // 4):
        if question.decision.hit == "collect":
            continue
        assert ways_differences(question) == [], (seed, question.decision.name, question.said)


def test_ways_that_are_called_all_ways_miss_no_fact() -> None:
    """Where another number of one fact leads there, a way changes that fact, or the ways say some may be missing."""
    for seed in range(MOST // 4):
        rng = random.Random(seed)
        model = arithmetic_model(rng, reals=True)
        pack = Pack(model)
        patient = {name: rng.choice(values(fact.domain)) for name, fact in model.facts.items()}
        if not Oracle(model, patient).allowed():
            continue
        for decision in model.decisions.values():
            if decision.hit not in ("collect", "limits"):
                _ways_are_all(pack, decision, patient)


def _ways_are_all(pack: Pack, decision: Decision, patient: dict[str, Any]) -> None:
    reached: dict[str, tuple[Any, set[str]]] = {}
    for name, fact in pack.model.facts.items():
        low, high = fact.domain.lowest, fact.domain.highest
        fine = [low + (high - low) * Fraction(step, 160) for step in range(161)] if fact.domain.type == "number" else []
        for value in (fine or values(fact.domain)) if fact.changeable else ():
            oracle = Oracle(pack.model, {**patient, name: value})
            answer = oracle.answer(decision.name) if oracle.allowed() else None
            if isinstance(answer, dict) and not is_cut_short(answer):
                reached.setdefault(repr(sorted(answer.items(), key=str)), (answer, set()))[1].add(name)
    domains = {output.name: output.domain for output in decision.outputs}
    for answer, names in list(reached.values())[:3]:
        wanted = {name: public(domains[name], value) for name, value in answer.items() if value is not None}
        try:
            ways = pack.ways_to(decision.name, wanted, as_given(pack.model, patient), most=100)
        except HiprunError:
            continue
        named = {change.fact for way in ways for change in way.changes if len(way.changes) == 1}
        already = any(not way.changes for way in ways)
        assert already or not ways.exact or names <= named, (pack.model, decision.name, patient, wanted, named, names)


def test_complete_patients_get_the_same_compiled() -> None:
    """Where everything is known the compiled function answers as enumeration does."""
    for seed, question in questions(MOST // 4):
        oracle = random.Random(seed).choice(question.oracles)
        complete = Question(question.pack, question.decision, oracle.patient, [oracle], BUDGET)
        assert differences(complete) == [], (seed, question.decision.name, oracle.patient)
        written = question.pack.compile(question.decision.name)
        answer = written(dict(complete.facts))
        if complete.outcome.possible and answer is not None:
            assert answer == complete.outcome.possible[0] or isinstance(answer, tuple)


def test_generated_packs_with_functions_answer_as_the_oracle_does() -> None:
    """Packs that go through rule files, with functions in their formulas, answer complete patients as they should."""
    with_functions = answers = 0
    for seed in range(MOST):
        rng = random.Random(seed)
        made = generate(RandomChoices(rng), PackOptions(functions=True, diary=False, stages=False, max_facts=3))
        model = model_of(made.files())
        with_functions += "Call(" in repr((model.derived, [decision.rules for decision in model.decisions.values()]))
        patient = {name: rng.choice(list(values(fact.domain))) for name, fact in model.facts.items()}
        oracle = Oracle(model, patient)
        if not oracle.allowed():
            continue
        for name, decision in model.decisions.items():
            answers += 1
            question = Question(Pack(model), decision, patient, [oracle], BUDGET)
            assert differences(question) == [], (seed, name, patient)
    assert with_functions * 10 > MOST
    assert answers > MOST // 2
