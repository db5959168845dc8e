"""Whether a small fault changes anybody's answer is what trying every patient says, on random models."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hiprun.model import Model
from hiprun.testing.case_generation import PatientSearch
from hiprun.testing.mutation import Mutant, mutants
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
