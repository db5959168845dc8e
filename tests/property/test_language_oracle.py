"""What packs say that mix everything formulas can do is what enumeration says of their files, read another way.

Units are converted, dates counted day by day and roots taken with 60 digits by an oracle that reads what is written.
As many packs are tried as HIPRUN_PACKS says, from the seed HIPRUN_FIRST_SEED on, each with some patients, known and
known in part, by every backend: `HIPRUN_PACKS=10000 pytest tests/property/test_language_oracle.py`.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from hiprun.errors import FactError
from hiprun.inference.infer import BUDGET
from hiprun.model import Decision, Model
from hiprun.pack import Pack
from hiprun.testing.pack_generation import PackOptions, RandomChoices, generate
from hiprun.testing.strategies.packs import model_of

from .cohorts import CONSTRUCTORS, disagreements, fits, interpreted, table
from .enumeration import dense_differences, differences
from .oracle import Oracle, completions, used, values
from .plain_units import AmountOracle
from .questions import Question
from .random_models import WHOLE, as_given, random_patient

PACKS = int(os.environ.get("HIPRUN_PACKS", "60"))
FIRST_SEED = int(os.environ.get("HIPRUN_FIRST_SEED", "0"))
MOST_COMPLETIONS = 300
_TYPES = tuple(name for name in WHOLE if name != "string")  # rules name more texts than the oracle tries


@pytest.mark.parametrize("part", range(4))
def test_whatever_is_written_means_what_it_says(part: int) -> None:
    """Outcomes are what trying every completion says, or leave nothing out; dataframes and functions say the same."""
    asked = 0
    for seed in range(FIRST_SEED + part, FIRST_SEED + PACKS, 4):
        asked += _tried(seed)
    assert asked


def _tried(seed: int) -> int:
    """Hold a pack to the oracle, and return how many questions about it were asked."""
    rng = random.Random(seed)
    reals = seed % 5 == 0
    options = PackOptions(
        max_facts=4,
        language=1 if seed % 4 == 3 else 2,
        functions=seed % 7 != 0,
        bounded=True,
        diary=False,
        stages=False,
        fact_types=(*_TYPES, "number", "number") if reals else _TYPES,
    )
    made = generate(RandomChoices(rng), options)
    pack = Pack(model_of(made.files()))
    written = made.model
    asked = 0
    for said in _patients(rng, written):
        tried = itertools.islice(completions(written, said), MOST_COMPLETIONS + 1)
        oracles = [(Oracle if options.language == 1 else AmountOracle)(written, patient) for patient in tried]
        if len(oracles) > MOST_COMPLETIONS:
            continue
        possible = [oracle for oracle in oracles if oracle.allowed()]
        if not possible:
            _is_refused(pack, said, sampled=reals)
            continue
        is_complete = len(said) == len(written.facts) and not any(isinstance(value, list) for value in said.values())
        for decision in _askable(written, complete=is_complete):
            question = Question(pack, decision, said, possible, BUDGET)
            asked += 1
            is_all = question.outcome.exact and not reals
            found = differences(question) if is_all else _left_out(question)
            assert found == [], (seed, decision.name, said)
    _is_the_same_in_dataframes(seed, rng, pack, written)
    return asked


def _patients(rng: random.Random, model: Model) -> Iterator[dict[str, Any]]:
    for _ in range(2):
        yield random_patient(rng, model)
        yield {name: rng.choice(values(fact.domain)) for name, fact in model.facts.items()}


def _is_refused(pack: Pack, said: Mapping[str, Any], *, sampled: bool) -> None:
    """Check that a patient who cannot be is refused; of numbers with fractions, others than those tried may be left."""
    if sampled and len(said) < len(pack.facts):
        return
    with pytest.raises(FactError):
        pack.evaluate(as_given(pack.model, dict(said)))


def _askable(model: Model, *, complete: bool) -> Iterator[Decision]:
    """Yield the decisions whose texts the oracle can fill in, and those that they use: none that show outputs.

    Texts can show something unknown as well, unless the patient is `complete`.
    """
    askable: set[str] = set()
    for name, decision in model.decisions.items():  # each after those that it uses
        texts = [value for rule in decision.rules for _, value in rule.then if isinstance(value, str) and "{" in value]
        texts += [value for _, value in decision.otherwise or () if isinstance(value, str) and "{" in value]
        if used(model, decision) <= askable and all(complete and "decision_" not in text for text in texts):
            askable.add(name)
            yield decision


def _left_out(question: Question) -> list[str]:
    return [said for said in dense_differences(question) if said != "not exact"]


def _is_the_same_in_dataframes(seed: int, rng: random.Random, pack: Pack, model: Model) -> None:
    """Hold a dataframe of one kind to the interpreter."""
    patients = [as_given(model, random_patient(rng, model, partly=False)) for _ in range(6)]
    # to pandas a column of nothing but empty lists does not say what they are lists of
    patients.append(
        {name: list(fact.domain.choices) for name, fact in model.facts.items() if fact.domain.type == "set"}
    )
    patients = [patient for patient in patients if fits(model, patient)]
    kind = list(CONSTRUCTORS)[seed % len(CONSTRUCTORS)]
    decided = pack.evaluate_frame(CONSTRUCTORS[kind](table(model, patients)), on_error="column")
    same = [decision.name for decision in _askable(model, complete=False)]  # texts name there what they show elsewhere
    assert disagreements(pack, decided, interpreted(pack, patients), same) == [], (seed, kind)
