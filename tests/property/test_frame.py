"""Cohorts get the same answers as patients do one by one, on every kind of dataframe."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hiprun
from hiprun.pack import Pack

from .cohorts import CONSTRUCTORS, IN_MEMORY, LAZY, Constructor, disagreements
from .random_models import as_given, random_model, random_patient

SEEDS = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("construct", CONSTRUCTORS.values(), ids=CONSTRUCTORS)
def test_cases_of_the_pack(hip: hiprun.Pack, construct: Constructor) -> None:
    """Every patient of the case files, where all that is known is known exactly, gets the same answers."""
    patients = [
        example.facts for example in hip.model.examples if not any(isinstance(v, dict) for v in example.facts.values())
    ]
    assert len(patients) > 200
    assert disagreements(hip, patients, construct) == []


@settings(max_examples=60)
@given(SEEDS, st.sampled_from(sorted(IN_MEMORY)), st.booleans())
def test_random_packs_in_memory(seed: int, kind: str, reals: bool) -> None:
    """Random patients of random packs get the same answers, whatever is unknown."""
    rng = random.Random(seed)
    model = random_model(rng, reals=reals)
    patients = [as_given(model, random_patient(rng, model, partly=False)) for _ in range(20)]
    assert disagreements(Pack(model), patients, IN_MEMORY[kind]) == []


@settings(max_examples=40)
@given(SEEDS, st.sampled_from(sorted(LAZY)), st.booleans())
def test_random_packs_lazily(seed: int, kind: str, reals: bool) -> None:
    """Lazy frames give the same answers, and say in which rows they cannot be sure of that."""
    rng = random.Random(seed)
    model = random_model(rng, reals=reals)
    patients = [as_given(model, random_patient(rng, model, partly=False)) for _ in range(20)]
    assert disagreements(Pack(model), patients, LAZY[kind], may_be_open=True) == []
