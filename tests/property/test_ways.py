"""The shortest ways to another answer, against trying every patient of small random models."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hiprun.model import Decision
from hiprun.model.value_conversion import public
from hiprun.pack import Pack, grounded

from .oracle import Oracle, completions, formulas
from .random_models import as_given, random_model

SEEDS = st.integers(0, 2**32 - 1)


def wanted_answers(decision: Decision, everyone: list[Oracle]) -> list[dict[str, Any]]:
    """Return the answers that some patient gets, as what could be wanted."""
    found = [oracle.answer(decision.name) for oracle in everyone]
    if decision.hit == "limits":
        quantity = decision.quantities[0][0]
        verdicts = {answer[quantity]["verdict"] for answer in found if answer != "conflict"}
        return [{quantity: verdict} for verdict in sorted(verdicts - {None})]
    unique = {repr(sorted(answer.items())): answer for answer in found if isinstance(answer, dict)}
    return [unique[key] for key in sorted(unique)][:3]


def gives(oracle: Oracle, decision: Decision, wanted: Mapping[str, Any]) -> bool:
    """Whether a patient gets the wanted answer."""
    answer = oracle.answer(decision.name)
    if decision.hit == "limits" and isinstance(answer, dict):
        answer = {name: limit["verdict"] for name, limit in answer.items()}
    return isinstance(answer, dict) and all(answer.get(name) == value for name, value in wanted.items())


@given(SEEDS)
def test_no_smaller_set_of_changes_leads_there(seed: int) -> None:
    """The first way changes as few facts as any patient with the wanted answer differs in, and it leads there."""
    rng = random.Random(seed)
    model = random_model(rng)
    pack = Pack(model)
    everyone = [oracle for oracle in (Oracle(model, patient) for patient in completions(model, {})) if oracle.allowed()]
    if not everyone:
        return
    start = rng.choice(everyone)
    for decision in model.decisions.values():
        if decision.hit == "collect" or formulas(decision):
            continue
        tied = any(variable.kind == "sum" for variable in grounded(pack, decision.name).variables)
        for wanted in wanted_answers(decision, everyone):
            fewest = min(
                sum(one.patient[name] != start.patient[name] for name in model.facts)
                for one in everyone
                if gives(one, decision, wanted)
            )
            domains = {output.name: output.domain for output in decision.outputs}
            asked = wanted if decision.hit == "limits" else {n: public(domains[n], v) for n, v in wanted.items()}
            found = pack.ways_to(decision.name, asked, as_given(model, start.patient))
            if not tied:
                assert found, (seed, decision.name, wanted)
                assert len(found[0].changes) == fewest
            for way in found:
                facts = {**start.patient, **{change.fact: raw(change.to) for change in way.changes}}
                assert gives(Oracle(model, facts), decision, wanted)
            names = [{change.fact for change in way.changes} for way in found]
            assert not any(one <= other for one in names for other in names if one is not other)


def raw(value: Any) -> Any:
    """Return a caller's value as the oracle holds it."""
    if isinstance(value, Decimal):
        return Fraction(value)
    return value.toordinal() if hasattr(value, "toordinal") else value


@given(SEEDS)
def test_an_interview_ends_with_the_answer_and_asks_nothing_idle(seed: int) -> None:
    """Each question asked can still change the answer, and at the end nothing that is not known can."""
    rng = random.Random(seed)
    model = random_model(rng)
    pack = Pack(model)
    everyone = [oracle for oracle in (Oracle(model, patient) for patient in completions(model, {})) if oracle.allowed()]
    if not everyone:
        return
    patient = rng.choice(everyone)
    for name in model.decisions:
        interview = pack.interview(name)
        asked: dict[str, Any] = {}
        step = interview.step(asked)
        while step.question is not None:
            assert step.question.fact not in asked
            assert step.question.fact in step.outcome.needs
            asked[step.question.fact] = patient.patient[step.question.fact]
            step = interview.step(as_given(model, asked))
        assert step.done
        assert step.outcome.status != "undetermined"
        whole = pack.decide(name, as_given(model, patient.patient))
        assert step.outcome.possible == whole.possible
        assert step.outcome.status == whole.status
