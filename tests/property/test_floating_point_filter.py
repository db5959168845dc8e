"""Formulas that are worked out in floats say what exact arithmetic says, however close a number comes to an edge.

A twentieth as many edges are tried for each formula as HIPRUN_ORACLE says.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

import hiprun
from hiprun.model import Arithmetic, Call, Formula
from hiprun.model.value_conversion import tidy

from .plain_functions import real, value

MOST = int(os.environ.get("HIPRUN_ORACLE", "1000")) // 20
"""How many edges are tried for each formula."""

ROUNDED = {
    "product": "round(x * z, 0.1)",
    "quotient": "round_down(x / z, 0.01)",
    "share": "round_up(x * m / z)",
    "square": "round(x / z ^ 2, 0.1)",
    "filtration": "round(142 * min(x / 0.7, 1) ^ -0.241 * max(x / 0.7, 1) ^ -1.2 * exp(ln(0.9938) * m), 0.01)",
    "root": "round(sqrt(x * z / 3600), 0.001)",
    "cube_root": "round(z / x ^ (1 / 3), 0.1)",
    "logarithms": "round(log10(x) * 100 - ln(z), 0.01)",
    "difference": "round(abs(x - z) * (x - 5), 0.1)",
    "nested": "round(round(x / 3, 0.1) * z, 0.25)",
    "inverse": "round(100 / (x + z) - m, 0.1)",
    "growth": "round_down(exp(x / 10 - z / 20), 0.01)",
    "linear": "round(1.5 * x - 0.3 * z + m, 0.05)",
    "whole": "round(m * m / 7)",
    "least": "min(7 * x, 60, 1.5 * z + m, x * z) - 0.25 * max(x, z)",
    "tenfold": "10 * round(x / z, 0.1) + m + 0.25 * z",
}
COMPARED: dict[str, tuple[str, list[Any]]] = {
    "ratio": ("x / z ^ 2", [Fraction(1, 3), Fraction(5, 2), 18]),
    "area": ("x * z", [Fraction(1, 10), 100, 101]),
    "surplus": ("x / z + z / 7 - m / 3", [-3, 0, Fraction(1, 7)]),
    "steps": ("round(x / z, 0.1)", [Fraction(1, 2), 3]),
    "rest": ("x * 3 - round_down(x * z, 0.5)", [Fraction(-7, 2), 0]),
    "squared": ("m * m", [4, 49, 50]),
}
BOUNDS = [
    ("at_most", "round(x / 7 * m, 0.5)"),
    ("at_most", "3 * round_up(m * x / 3)"),
    ("at_least", "round_down(x / m, 0.1)"),
    ("at_least", "x / 2 - 3"),
]
FACTS = {
    "x": {"ask": "?", "type": "number", "range": [0.1, 40]},
    "z": {"ask": "?", "type": "number", "range": [0.5, 60]},
    "m": {"ask": "?", "type": "integer", "range": [1, 90]},
}
LETTERS, TESTS = "abcd", ("below", "at_most", "below")
LEAST, GREATEST = 0.1, 40.0
"""Between which numbers x lies."""


def _files() -> dict[str, Any]:
    files: dict[str, Any] = {
        "pack": {"pack": "edges", "language": 1, "version": "1.0.0", "title": "Edges", "notice": "Notice"},
        "facts": {"facts": FACTS},
        "derived": {"derived": {name: {"title": name, "formula": formula} for name, (formula, _) in COMPARED.items()}},
    }
    for name, formula in ROUNDED.items():
        outputs = {"number": {"type": "number"}}
        files[name] = {"decision": name, "title": "Title", "outputs": outputs, "hit": "first"}
        files[name]["rules"] = [{"id": "all", "then": {"number": formula}}]
    files["bounds"] = {"limits": "bounds", "title": "Title"}
    files["bounds"]["bounds"] = [
        {"id": f"b{number}", "quantity": "z", side: formula} for number, (side, formula) in enumerate(BOUNDS)
    ]
    for name, (_, limits) in COMPARED.items():
        levels = dict.fromkeys(LETTERS[: len(limits) + 1], "L")
        files[name] = {"decision": f"of_{name}", "title": "Title", "hit": "first"}
        files[name]["outputs"] = {"level": {"type": "choice", "choices": levels}}
        rules: list[Any] = [
            {"id": f"r{letter}", "when": {name: {test: f"{limit}"}}, "then": {"level": letter}}
            for letter, test, limit in zip(LETTERS, TESTS, limits, strict=False)
        ]
        files[name]["rules"] = [*rules, {"id": "last", "then": {"level": LETTERS[len(limits)]}}]
    return files


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> hiprun.Pack:
    """A pack with each of the formulas, as a number and beside limits."""
    folder: Path = tmp_path_factory.mktemp("edges")
    for name, content in _files().items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return hiprun.load(folder, cache=False)


def rounded_formula(pack: hiprun.Pack, name: str) -> Formula:
    """Return the formula of the only rule of a decision."""
    found: Formula = dict(pack.model.decisions[name].rules[0].then)["number"]  # type: ignore[assignment]
    return found


def as_said(facts: dict[str, Any]) -> Callable[[Any], Any]:
    """Return what a fact is: the decimal that a float is written as."""
    return lambda ref: tidy(Fraction(repr(facts[ref.name])))


def crossing(inner: Callable[[float], Any], low: float, high: float) -> tuple[float, float] | None:
    """Return two neighbouring floats between which a number becomes positive, or stops to be; None for none."""
    starts = inner(low) > 0
    if starts == (inner(high) > 0):
        return None
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if (inner(middle) > 0) == starts else (low, middle)
    return low, high


def beside(ends: tuple[float, float]) -> Iterator[float]:
    """Yield the floats at a crossing, and a few to each side."""
    low, high = ends
    for _ in range(3):
        yield from (x for x in (low, high) if LEAST <= x <= GREATEST)
        low, high = math.nextafter(low, 0), math.nextafter(high, math.inf)


def others(rng: random.Random) -> dict[str, Any]:
    """Return facts beside x: few digits, many, or such as leave exact ties."""
    kind = rng.randrange(3)
    z = (rng.choice([0.5, 1, 2.0, 4.0, 8, 16.0]), rng.randint(5, 600) / 10, rng.uniform(0.5, 60))[kind]
    return {"z": z, "m": rng.choice([rng.randint(1, 90), float(rng.randint(1, 90))])}


def check(pack: hiprun.Pack, decision: str, facts: dict[str, Any]) -> Any:
    """Return what is decided, which is what the interpreter says, to the last digit and sign of its notation."""
    outcome = pack.decide(decision, facts)
    interpreted = pack.interpret(facts, [decision])[decision]
    assert repr(outcome.possible) == repr(interpreted.possible), facts
    assert outcome == interpreted, facts
    answer = pack.compile(decision)(dict(facts))
    assert repr((answer,)) == repr(outcome.possible), facts
    return outcome.possible[0]


def edge_of(formula: Formula, rng: random.Random, facts: dict[str, Any]) -> Callable[[float], Any]:
    """Return by how much what is rounded somewhere in a formula lies above an edge of the rounding."""
    calls = [part for part in _calls(formula) if part.function.startswith("round")]
    call = rng.choice(calls)
    inner, *more = call.arguments
    step = value(more[0], as_said(facts)) if more else 1

    def steps(x: float) -> Any:
        return real(inner, as_said({**facts, "x": x})) / Fraction(step)

    edge = math.floor(steps(rng.uniform(LEAST, GREATEST))) + (Fraction(1, 2) if call.function == "round" else 0)
    return lambda x: steps(x) - edge


def _calls(formula: Any) -> Iterator[Call]:
    if isinstance(formula, Call):
        yield formula
        parts: tuple[Any, ...] = formula.arguments
    else:
        parts = (formula.left, formula.right) if isinstance(formula, Arithmetic) else ()
    for part in parts:
        yield from _calls(part)


@pytest.mark.parametrize("name", [name for name in ROUNDED if "round" in ROUNDED[name] and "x" in ROUNDED[name]])
def test_a_number_beside_an_edge_of_its_rounding_is_rounded_exactly(pack: hiprun.Pack, name: str) -> None:
    """Of two neighbouring floats one makes a number just reach the edge; each gets what is right for it."""
    rng, formula, tried = random.Random(name), rounded_formula(pack, name), 0
    for _ in range(MOST):
        facts = others(rng)
        above = edge_of(formula, rng, facts)
        ends = crossing(above, LEAST, GREATEST)
        if ends is None:
            continue
        tried += 1
        for x in beside(ends):
            patient = {"x": x, **facts}
            said = check(pack, name, patient)["number"]
            assert Fraction(said) == value(formula, as_said(patient)), patient
    assert tried * 3 > MOST


@pytest.mark.parametrize("name", ROUNDED)
def test_numbers_with_few_digits_are_rounded_exactly(pack: hiprun.Pack, name: str) -> None:
    """Among numbers as people write them many are exact ties, and some are whole."""
    rng, formula = random.Random(name), rounded_formula(pack, name)
    for _ in range(4 * MOST):
        x = rng.choice(
            [rng.randint(1, 40), rng.randint(1, 400) / 10, rng.randint(10, 4000) / 100, rng.uniform(LEAST, GREATEST)]
        )
        patient = {"x": x, **others(rng)}
        said = check(pack, name, patient)["number"]
        assert Fraction(said) == value(formula, as_said(patient)), patient


@pytest.mark.parametrize("name", COMPARED)
def test_a_number_beside_a_limit_lies_on_its_side_of_it(pack: hiprun.Pack, name: str) -> None:
    """Neighbouring floats, of which one makes a number just reach a limit, lie on different sides of it."""
    rng, tried = random.Random(name), 0
    formula, limits = pack.model.derived[name].formula, COMPARED[name][1]
    assert formula is not None

    def number(x: float, facts: dict[str, Any]) -> Any:
        return value(formula, as_said({**facts, "x": x}))

    for _ in range(2 * MOST):
        facts, limit = others(rng), rng.choice(limits)
        ends = crossing(lambda x: number(x, facts) - limit, LEAST, GREATEST)  # noqa: B023 - called at once
        tried += ends is not None
        for x in (rng.randint(1, 400) / 10, *(() if ends is None else beside(ends))):
            level = check(pack, f"of_{name}", {"x": x, **facts})["level"]
            exact = number(x, facts)
            above = [exact >= limit if test == "below" else exact > limit for test, limit in zip(TESTS, limits)]  # noqa: B905
            assert level == LETTERS[sum(above)], (x, facts)
    assert name == "squared" or tried * 8 > MOST


def test_limits_that_are_rounded_are_exact(pack: hiprun.Pack) -> None:
    """The tightest of several bounds that are rounded is what the interpreter says, and so is the rule that set it."""
    rng = random.Random(1)
    for _ in range(4 * MOST):
        x = rng.choice([rng.randint(1, 40), rng.randint(1, 400) / 10, rng.uniform(LEAST, GREATEST)])
        patient = {"x": x, **others(rng)}
        assert pack.decide("bounds", patient) == pack.interpret(patient, ["bounds"])["bounds"], patient
