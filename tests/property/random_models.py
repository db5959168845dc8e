"""Small random models and patients, odd and legal, to try the engine on."""

from __future__ import annotations

import datetime
import math
import random
from typing import Any

from hiprun.model import Domain, Model
from hiprun.model.value_conversion import decimal
from hiprun.testing.pack_generation import PackOptions, RandomChoices, generate
from hiprun.testing.pack_generation.domains import TYPES

from .oracle import values

SEVERAL = ("between", "one_of", "none_of", "includes_any", "includes_all", "includes_none")
WHOLE = tuple(name for name in TYPES if name != "number")
MOST_COMPLETIONS = 600


def random_model(rng: random.Random, *, reals: bool = False, functions: bool = False) -> Model:
    """Return a model of a few facts, derived facts and chained decisions, of which every patient can be tried.

    With `reals` some facts are numbers with fractions, which rules compare with whole numbers only.
    """
    types = TYPES if reals else WHOLE
    options = PackOptions(
        min_facts=2, max_facts=4 if reals else 5, fact_types=types, enumerable=True, functions=functions
    )
    return generate(RandomChoices(rng), options).model


def tied_model(rng: random.Random, *, reals: bool = False, functions: bool = False) -> Model:
    """Return a model whose numbers depend on each other; with `reals` some are numbers with fractions."""
    types = ("integer", *(("number",) if reals else ()), "boolean", "choice", "set")
    options = PackOptions(max_derived=1, fact_types=types, enumerable=True, tied=True, functions=functions)
    while True:
        model = generate(RandomChoices(rng), options).model
        if math.prod(len(values(fact.domain)) for fact in model.facts.values()) <= MOST_COMPLETIONS:
            return model


def random_patient(rng: random.Random, model: Model, *, partly: bool = True) -> dict[str, Any]:
    """Return what is said of each fact: a value, a list of tests that some value meets, or nothing at all."""
    said: dict[str, Any] = {}
    for name, fact in model.facts.items():
        kind = rng.random()
        value = rng.choice(values(fact.domain)[:3] if fact.domain.type == "string" else values(fact.domain))
        if kind < 0.4:
            said[name] = value
        elif kind < 0.6 and partly and fact.domain.type != "boolean":
            said[name] = _random_tests(rng, fact.domain, value)
    return said


def as_given(model: Model, said: dict[str, Any]) -> dict[str, Any]:
    """Return a patient in the notation of callers."""
    given: dict[str, Any] = {}
    for name, value in said.items():
        domain = model.facts[name].domain
        if isinstance(value, list):
            given[name] = {
                operator: _given(domain, operands[0])
                if operator not in SEVERAL
                else [_given(domain, operand) for operand in operands]
                for operator, operands in value
            }
        else:
            given[name] = _given(domain, value)
    return given


def _given(domain: Domain, value: Any) -> Any:
    match domain.type:
        case "date":
            return datetime.date.fromordinal(value)
        case "number":
            return decimal(value)
        case "set":
            return sorted(value) if isinstance(value, frozenset) else value
        case _:
            return value


def _random_tests(rng: random.Random, domain: Domain, value: Any) -> list[tuple[str, list[Any]]]:
    """Return one or two tests that `value` meets."""
    everything = [other for other in values(domain) if domain.type != "number" or other == value or other * 2 % 1 == 0]
    everything = everything[:-1] if domain.type == "string" else everything  # some text always goes unmentioned
    if domain.type == "set":
        absent = [name for name in domain.choices if name not in value] or [""]
        present = sorted(value) or [""]
        choices: list[tuple[str, list[Any]]] = [
            ("is_not", [rng.choice([other for other in everything if other != value])]),
            ("includes", [rng.choice(present)]),
            ("includes_any", [rng.choice(present), rng.choice(list(domain.choices))]),
            ("includes_all", present),
            ("includes_none", [rng.choice(absent)]),
        ]
        choices = [choice for choice in choices if "" not in choice[1]]
    else:
        others = [other for other in everything if other != value] or ["none"]
        choices = [("one_of", [value, rng.choice(others)]), ("is_not", [rng.choice(others)])]
        if "none" in others:
            choices = [("is", [value])]
        elif domain.is_comparable:
            index = everything.index(value)
            low, high = everything[rng.randint(0, index)], everything[rng.randint(index, len(everything) - 1)]
            choices += [("at_least", [low]), ("at_most", [high]), ("between", [low, high])]
            choices += [("above", [low])] if low != value else []
            choices += [("below", [high])] if high != value else []
        else:
            choices += [("none_of", rng.sample(others, rng.randint(1, len(others))))]
    found = rng.sample(choices, rng.randint(1, min(2, len(choices))))
    return list(dict(found).items())
