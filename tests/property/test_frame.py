"""Cohorts get the same answers as patients do one by one, on every kind of dataframe in this process."""

from __future__ import annotations

import functools
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hiprun
from hiprun.pack import Pack

from ..examples import examples
from .cohorts import CONSTRUCTORS, Constructor, Outcomes, disagreements, fits, interpreted, records, table
from .random_models import as_given, random_model, random_patient

pytestmark = pytest.mark.usefixtures("by_columns")

SEEDS = st.integers(0, 2**32 - 1)
PACKS = {
    folder.name: folder
    for folder in (Path(__file__).parent.parent / "packs").iterdir()
    if (folder / "pack.yaml").exists()
}
SOME = ("triage", "today", "readiness", "progression", "recovery")
"""Decisions of the pack that hiprun comes with, of every kind."""


def patients_of(pack: Pack, number: int) -> list[dict[str, Any]]:
    """Return the patients of a pack's cases, and random ones who have their values from there, each partly known."""
    rng = random.Random(number)
    plain = [dict(example.facts) for example in pack.model.examples if fits(pack.model, example.facts)]
    seen: dict[str, list[Any]] = {}
    for case in plain:
        for name, value in case.items():
            seen.setdefault(name, []).append(value)
    mixed = []
    for _ in range(number):
        known = rng.random()
        mixed.append({name: rng.choice(values) for name, values in seen.items() if rng.random() < known})
    return plain + mixed


@pytest.fixture(scope="module")
def hip_patients(hip: hiprun.Pack) -> tuple[list[dict[str, Any]], list[Outcomes | None]]:
    """Patients of the pack that hiprun comes with, and what becomes of them in some decisions."""
    patients = patients_of(hip, 20)
    return patients, interpreted(hip, patients, SOME)


@pytest.mark.parametrize("kind", CONSTRUCTORS)
def test_patients_of_the_pack(
    hip: hiprun.Pack, hip_patients: tuple[list[dict[str, Any]], list[Outcomes | None]], kind: str
) -> None:
    """Everyone in the case files, and random patients of whom less is known, gets the same answers."""
    patients, expected = hip_patients
    decided = hip.evaluate_frame(CONSTRUCTORS[kind](table(hip.model, patients)), SOME, on_error="column")
    assert disagreements(hip, decided, expected, SOME) == []
    statuses = [row["triage__status"] for row in records(decided)]
    assert len(statuses) > 400
    assert min(statuses.count("decided"), statuses.count("undetermined")) > 10
    assert "refused" in statuses


def test_all_decisions_of_the_pack(hip: hiprun.Pack) -> None:
    """Every fifth of them gets the same answers from all decisions; interpreting these takes a tenth of a second."""
    patients = patients_of(hip, 20)[::5]
    expected = interpreted(hip, patients)
    for kind in ("polars", "polars-lazy"):
        decided = hip.evaluate_frame(CONSTRUCTORS[kind](table(hip.model, patients)), on_error="column")
        assert disagreements(hip, decided, expected) == []
        assert len(hip.decisions) > 30 < len(records(decided))


@pytest.mark.parametrize("construct", CONSTRUCTORS.values(), ids=CONSTRUCTORS)
@pytest.mark.parametrize("name", sorted(PACKS))
def test_patients_of_small_packs(name: str, construct: Constructor) -> None:
    """Packs with every kind of fact and decision give the same answers."""
    pack = hiprun.load(PACKS[name])
    patients, expected = patients_of_small_pack(name)
    decided = pack.evaluate_frame(construct(table(pack.model, patients)), on_error="column")
    assert disagreements(pack, decided, expected) == []


@functools.cache
def patients_of_small_pack(name: str) -> tuple[list[dict[str, Any]], list[Outcomes | None]]:
    """Return patients of a pack, and what becomes of them, which takes longer to find than any dataframe."""
    pack = hiprun.load(PACKS[name])
    patients = [*patients_of(pack, 20), *random_patients(random.Random(name), pack, 60)]
    return patients, interpreted(pack, patients)


def random_patients(rng: random.Random, pack: Pack, number: int) -> list[dict[str, Any]]:
    """Return random patients, of each of whom some facts are known."""
    return [as_given(pack.model, random_patient(rng, pack.model, partly=False)) for _ in range(number)]


@settings(max_examples=examples(30))
@given(SEEDS, st.sampled_from(sorted(CONSTRUCTORS)), st.booleans())
def test_random_packs(seed: int, kind: str, reals: bool) -> None:
    """Random patients of random packs get the same answers; lazy frames say in which rows they are not sure."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng, reals=reals))
    patients = random_patients(rng, pack, 20)
    decided = pack.evaluate_frame(CONSTRUCTORS[kind](table(pack.model, patients)), on_error="column")
    assert disagreements(pack, decided, interpreted(pack, patients)) == []
