"""Whether a small fault changes anybody's answer is what trying every patient says, on random models."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from hiprun.model import All, Condition, Constant, Decision, Domain, Example, Fact, Model, Output, Ref, Rule, Test
from hiprun.pack import Pack
from hiprun.testing.case_generation import PatientSearch
from hiprun.testing.mutation import Mutant, mutants, mutate
from hiprun.testing.mutation.equivalence import DifferenceQueries

from ..examples import examples
from .oracle import Oracle, completions, everything
from .random_models import random_model

SEEDS = st.integers(0, 2**32 - 1)
MOST_PATIENTS = 3000
MUTANTS = 8


def faulty(seed: int) -> Iterator[tuple[Model, Mutant, list[dict[str, Any]]]]:
    """Yield a random model with some of its mutants and every patient there can be."""
    rng = random.Random(seed)
    model = random_model(rng)
    patients = [patient for _, patient in zip(range(MOST_PATIENTS + 1), completions(model, {}), strict=False)]
    if len(patients) <= MOST_PATIENTS:
        found = list(mutants(model))
        for mutant in rng.sample(found, min(MUTANTS, len(found))):
            yield model, mutant, patients


@given(SEEDS)
@settings(max_examples=examples(25))
def test_a_fault_is_harmless_exactly_when_nobody_gets_another_answer(seed: int) -> None:
    """The proof that a mutant changes no answer agrees with trying every patient."""
    for model, mutant, patients in faulty(seed):
        search, queries = PatientSearch(model), DifferenceQueries(model)
        allowed = [patient for patient in patients if Oracle(model, patient).allowed()]
        for name in mutant.decisions:
            differs = any(
                everything(model, patient, name) != everything(mutant.model, patient, name) for patient in allowed
            )
            exists = search.exists(queries.decision(mutant, name, visible=False))
            assert exists == ("yes" if differs else "no"), (name, mutant)
        if mutant.constrains:
            moved = any(Oracle(model, who).allowed() != Oracle(mutant.model, who).allowed() for who in patients)
            assert search.exists(queries.constraints(mutant)) == ("yes" if moved else "no"), mutant


HITS = ("first", "priority", "worst", "max", "min", "any")
LEVELS = ("none", "low", "high")
HIGHEST = 3


def overlapping(rng: random.Random, hit: str) -> Model:
    """Return a model of one table whose rows overlap, with cases that notice some of its faults."""
    facts = {name: Fact(name, Domain("integer", lowest=0, highest=HIGHEST), "?") for name in ("first", "second")}
    facts |= {name: Fact(name, Domain("boolean"), "?") for name in ("dry", "cold")}
    if hit in ("max", "min"):
        domains = [Domain("integer", lowest=0, highest=30)] * 2
    else:
        domains = [Domain("choice", dict.fromkeys(LEVELS, ""), worse="later", ordered=True)] * 2
    outputs = tuple(Output(name, domain) for name, domain in zip(("one", "other"), domains, strict=True))
    rows = tuple(row(rng, f"row-{number}", facts, outputs, hit) for number in range(rng.randint(3, 5)))
    otherwise = tuple((output.name, given_by(rng, output)) for output in outputs)
    decision = Decision("table", "rules", "", outputs, hit, rows, otherwise=otherwise)
    model = Model("made-up", "1.0.0", "Rows that overlap", facts=facts, decisions={"table": decision})
    pack, examples = Pack(model), []
    for number, facts_given in enumerate(rng.sample(list(completions(model, {})), 3)):
        outcome = pack.decide("table", facts_given)
        expect = outcome.possible[0] if outcome.status == "decided" else {"status": outcome.status}
        examples.append(Example(f"case-{number}", facts_given, {"table": dict(expect)}))
    return attrs.evolve(model, examples=tuple(examples))


def row(rng: random.Random, name: str, facts: dict[str, Fact], outputs: tuple[Output, ...], hit: str) -> Rule:
    """Return a row: a box over some of the facts, and what it gives."""
    tests = [box_side(rng, facts[fact]) for fact in rng.sample(sorted(facts), rng.randint(1, 3))]
    given_outputs = rng.sample(outputs, rng.randint(1, 2)) if hit == "worst" else outputs
    return Rule(name, All(tuple(tests)), tuple((output.name, given_by(rng, output)) for output in given_outputs))


def box_side(rng: random.Random, fact: Fact) -> Condition:
    """Return a test that bounds a box on one side."""
    subject = Ref("fact", fact.name)
    if fact.domain.type == "boolean":
        return Test(subject, "is", (rng.random() < 0.5,))
    return Test(subject, rng.choice(("at_least", "at_most")), (Constant(rng.randint(1, HIGHEST - 1)),))


def given_by(rng: random.Random, output: Output) -> Any:
    """Return a value for an output."""
    return rng.choice(LEVELS) if output.domain.type == "choice" else Constant(rng.randint(1, 3))


@given(SEEDS, st.sampled_from(HITS))
@settings(max_examples=examples(16))
def test_on_overlapping_rows_each_fault_has_the_fate_that_trying_everybody_gives_it(seed: int, hit: str) -> None:
    """Killed are those on which a case fails, equivalent those that nobody notices; each draft notices its own."""
    model = overlapping(random.Random(seed), hit)
    patients = list(completions(model, {}))
    before = [everything(model, patient, "table") for patient in patients]
    report = mutate(Pack(model), jobs=1)
    drafts = {result.draft.id: result.draft for _, result in report.results if result.draft}
    for mutant, result in report.results:
        after = [everything(mutant.model, patient, "table") for patient in patients]
        moved = [patient for patient, one, other in zip(patients, before, after, strict=True) if one != other]
        if any(example.facts in moved for example in model.examples):
            assert result.fate == "killed", mutant
            continue
        assert result.fate == ("survived" if moved else "equivalent"), mutant
        if moved:
            draft = result.draft or drafts[result.by]
            known = draft.example.facts
            assert any(known.items() <= patient.items() for patient in moved), (mutant, draft)
