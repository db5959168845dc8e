"""The shortest ways to an answer that rests on sums of real numbers, against a prover that knows only the sums."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from hiprun.model import All, Arithmetic, Constant, Decision, Domain, Fact, Formula, Model, Output, Ref, Rule, Test
from hiprun.pack import Pack

SEEDS = st.integers(0, 2**32 - 1)
NAMES = ("a", "b", "c")
Band = tuple[Sequence[int], Fraction, Fraction]
"""Factors of the facts, and the two numbers that their sum has to lie between."""


def random_bands(rng: random.Random, names: Sequence[str]) -> list[Band]:
    """Return narrow bands around the sums that one patient has, so that together they can be met."""
    patient = [Fraction(rng.randint(1, 29), rng.choice((3, 7, 11))) for _ in names]
    bands: list[Band] = []
    for _ in range(2):
        factors = [rng.randint(-3, 3) for _ in names]
        middle = sum((factor * value for factor, value in zip(factors, patient, strict=True)), Fraction(0))
        if sum(map(bool, factors)) > 1:
            width = Fraction(1, rng.choice((10, 300)))
            bands.append((factors, middle - width, middle + width))
    return bands


def total(names: Sequence[str], factors: Sequence[int]) -> Formula:
    """Return a sum without the first fact that it has."""
    found: Formula = Constant(0)
    for factor, name in zip(factors, names, strict=True):
        if factor:
            found = Arithmetic("+", found, Arithmetic("*", Constant(factor), Ref("fact", name)))
    return found


def model_of(names: Sequence[str], bands: Sequence[Band]) -> Model:
    """Return a model with one rule, which applies where every sum lies in its band."""
    tests = []
    for factors, low, high in bands:
        index = next(index for index, factor in enumerate(factors) if factor)
        factor = factors[index]
        rest = total(names, [0 if place == index else value for place, value in enumerate(factors)])
        for end, over, under in ((low, "above", "below"), (high, "below", "above")):
            bound = Arithmetic("/", Arithmetic("-", Constant(end), rest), Constant(factor))
            tests.append(Test(Ref("fact", names[index]), over if factor > 0 else under, (bound,)))
    facts = {name: Fact(name, Domain("number", lowest=0, highest=30), "How much?") for name in names}
    rule = Rule("meets", All(tuple(tests)), (("met", True),))
    output = (Output("met", Domain("boolean")),)
    decision = Decision("it", "rules", "", output, "first", (rule,), otherwise=(("met", False),))
    return Model("p", "1", "P", facts=facts, decisions={"it": decision})


def leads(bands: Sequence[Band], numbers: Mapping[str, Any], unknown: Sequence[str] = (), *, edge: bool = False) -> Any:
    """Return, as a term of the prover, that every sum lies in its band whatever the unknown facts are."""
    parts = []
    for factors, low, high in bands:
        value = z3.Sum([factor * numbers[name] for factor, name in zip(factors, numbers, strict=True)])
        ends = z3.Q(low.numerator, low.denominator), z3.Q(high.numerator, high.denominator)
        parts.append(z3.And(value >= ends[0], value <= ends[1]) if edge else z3.And(value > ends[0], value < ends[1]))
    inside = z3.And(*parts)
    if not unknown:
        return inside
    names = [numbers[name] for name in unknown]
    return z3.ForAll(names, z3.Implies(z3.And(*(within_range(name) for name in names)), inside))


def within_range(term: Any) -> Any:
    """Return that a fact is in its range."""
    return z3.And(term >= 0, term <= 30)


def smallest_sets(names: Sequence[str], bands: Sequence[Band], patient: Mapping[str, int]) -> set[frozenset[str]]:
    """Return the smallest sets of facts of which other values meet every band, none containing another."""
    terms = {name: z3.Real(name) for name in names}
    found: list[frozenset[str]] = []
    for size in range(len(names) + 1):
        for changed in map(frozenset, itertools.combinations(names, size)):
            if any(changed >= others for others in found):
                continue
            solver = z3.Solver()
            for name, term in terms.items():
                if name in changed:
                    solver.add(within_range(term))
                elif name in patient:
                    solver.add(term == patient[name])
            solver.add(leads(bands, terms, [name for name in names if name not in patient and name not in changed]))
            if solver.check() == z3.sat:
                found.append(changed)
    return set(found)


def least_distance(bands: Sequence[Band], patient: Mapping[str, int]) -> Fraction:
    """Return how far facts move at least, all together, until every sum lies in its band or on the edge of it."""
    terms = {name: z3.Real(name) for name in patient}
    optimizer = z3.Optimize()
    optimizer.add(*map(within_range, terms.values()), leads(bands, terms, edge=True))
    moved = optimizer.minimize(z3.Sum([z3.Abs(terms[name] - value) for name, value in patient.items()]))
    assert optimizer.check() == z3.sat
    return Fraction(str(optimizer.lower(moved)))


@pytest.mark.parametrize(("number", "known"), [(2, 2), (3, 3), (2, 1), (3, 2)])
@given(SEEDS)
def test_no_way_that_needs_an_odd_fraction_is_missed(number: int, known: int, seed: int) -> None:
    """The ways change the sets of facts that the prover finds, no more and no fewer, and each leads there."""
    rng = random.Random(seed)
    names = NAMES[:number]
    bands = random_bands(rng, names)
    patient = {name: rng.randint(0, 30) for name in names}
    patient = {name: patient[name] for name in rng.sample(names, known)}
    found = Pack(model_of(names, bands)).ways_to("it", {"met": True}, patient)
    assert {frozenset(change.fact for change in way.changes) for way in found} == smallest_sets(names, bands, patient)
    assert all(way.outcome["met"] for way in found)
    assert found.exact


@given(SEEDS)
def test_two_facts_move_together_as_little_as_they_can(seed: int) -> None:
    """Of all numbers that lead there those are named that are nearest, or next to these and easier to say."""
    rng = random.Random(seed)
    names = NAMES[:2]
    bands = random_bands(rng, names)
    patient = {name: rng.randint(0, 30) for name in names}
    for way in Pack(model_of(names, bands)).ways_to("it", {"met": True}, patient):
        if len(way.changes) == len(names):
            numbers = {change.fact: Fraction(str(change.to)) for change in way.changes}
            moved = sum((abs(number - patient[name]) for name, number in numbers.items()), Fraction(0))
            assert moved <= least_distance(bands, patient) + 1
