"""The same facts give the same outcome: in any order, in any process, from any thread, after any journey."""

from __future__ import annotations

import json
import os
import pickle
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hiprun
from hiprun.errors import FactError
from hiprun.inference.assessment import Assessment
from hiprun.language.reader.fact_files import read_facts
from hiprun.pack import Pack

from .random_models import as_given, random_model, random_patient

SEEDS = st.integers(0, 2**32 - 1)
RUNNERS: list[dict[str, Any]] = [
    {},
    {"pain_while_running": 5, "swelling": False},
    {"pain_while_running": {"at_least": 1, "below": 4}, "pain_sites": {"includes": "front"}},
    {"weeks_since_injury": 14, "running_stage": {"is_not": "not_running"}, "pain_quality": "dull"},
]
ASK = """
import json, sys
import hiprun
pack = hiprun.load()
for facts in json.loads(sys.argv[1]):
    for name, outcome in pack.evaluate(facts).items():
        print(json.dumps(outcome.to_dict()))
        print(outcome.explain())
        print(json.dumps(outcome.explain().to_dict()))
"""


def assessed(pack: Pack, facts: dict[str, Any]) -> Assessment | str:
    """Return the outcomes of all decisions, or why the facts are refused."""
    try:
        return pack.evaluate(facts)
    except FactError as error:
        return str(error)


def written(assessment: Assessment | str) -> str:
    """Return everything that is said of a patient as text."""
    if isinstance(assessment, str):
        return assessment
    told = [[outcome.to_dict(), outcome.explain().to_dict()] for outcome in assessment.values()]
    return json.dumps(told)


@given(SEEDS)
def test_the_order_of_facts_changes_not_a_byte(seed: int) -> None:
    """Facts given in another order lead to the same outcomes and explanations, letter by letter."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng))
    facts = as_given(pack.model, random_patient(rng, pack.model))
    mixed = list(facts.items())
    rng.shuffle(mixed)
    assert written(assessed(pack, facts)) == written(assessed(pack, dict(mixed)))


@given(SEEDS)
def test_outcomes_and_packs_survive_a_journey(seed: int) -> None:
    """An outcome or a pack that was pickled is equal to the one it came from and says the same."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng))
    facts = as_given(pack.model, random_patient(rng, pack.model))
    assessment = assessed(pack, facts)
    travelled = pickle.loads(pickle.dumps(pack))
    assert travelled.digest == pack.digest
    assert written(assessed(travelled, facts)) == written(assessment)
    if not isinstance(assessment, str):
        for outcome in assessment.values():
            copy = pickle.loads(pickle.dumps(outcome))
            assert copy == outcome
            assert hash(copy) == hash(outcome)
            assert written(Assessment({outcome.decision: copy})) == written(Assessment({outcome.decision: outcome}))


@given(SEEDS)
def test_what_callers_change_afterwards_changes_nothing(seed: int) -> None:
    """An outcome keeps the facts it was made of, whatever becomes of the dictionary they came in."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng))
    facts = as_given(pack.model, random_patient(rng, pack.model))
    assessment = assessed(pack, facts)
    before = written(assessment)
    for value in facts.values():
        if isinstance(value, list | dict):
            value.clear()
    facts.clear()
    assert written(assessment) == before


@given(SEEDS)
def test_equal_packs_have_equal_digests(seed: int) -> None:
    """The digest of a pack depends on what it says and on nothing else, and tells another pack apart."""
    model = random_model(random.Random(seed))
    same, other = random_model(random.Random(seed)), attrs.evolve(model, version="1.0.1")
    assert Pack(model).digest == Pack(same).digest
    assert Pack(model).digest != Pack(other).digest


def test_every_process_says_the_same(root: Path) -> None:
    """Processes whose hashes differ write the same bytes for the same runners."""
    said = set()
    for seed in ("1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root / "src")}
        command = [sys.executable, "-c", ASK, json.dumps(RUNNERS)]
        run = subprocess.run(command, capture_output=True, env=environment, cwd=root, check=True)
        said.add(run.stdout)
    assert len(said) == 1
    assert len(said.pop()) > 10_000


def test_threads_do_not_disturb_each_other(hip: hiprun.Pack, root: Path) -> None:
    """Eight threads that ask a pack of which nothing is worked out yet get the answers that one gets."""
    decisions = ["triage", "today", "readiness", "progression", "exercises"]
    known = dict(read_facts(root / "examples" / "runner.yaml"))
    patients = [*RUNNERS, {"pain_while_running": 11}, {"swelling": True}, {"nonsense": 1}, known]

    def told(pack: Pack, number: int) -> str:
        # of whom much is unknown is asked about two decisions, among them those that use the others
        names = None if patients[number] is known else [decisions[number % 5], decisions[(number + 1) % 5]]
        try:
            return written(pack.evaluate(patients[number], names))
        except FactError as error:
            return str(error)

    expected = [told(hip, number) for number in range(len(patients))]
    fresh = Pack(hip.model)
    start = Barrier(8)

    def ask(first: int) -> list[str]:
        start.wait()
        turn = [(first + step) % len(patients) for step in range(len(patients))]
        found = {number: told(fresh, number) for number in turn}
        return [found[number] for number in range(len(patients))]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [expected] * 8


def test_an_outcome_cannot_be_changed(hip: hiprun.Pack) -> None:
    """Nothing in an outcome takes another value."""
    outcome = hip.decide("triage", {"pain_while_running": {"at_least": 4}, "swelling": True})
    with pytest.raises(AttributeError):
        outcome.status = "decided"  # type: ignore[misc]
    with pytest.raises(TypeError):
        outcome.facts["pain_while_running"]["at_least"] = 0
    with pytest.raises(TypeError):
        outcome.safest["action"] = "none"  # type: ignore[index]
    outcome.facts["swelling"] = False  # type: ignore[index]
    assert outcome.facts["swelling"] is True
