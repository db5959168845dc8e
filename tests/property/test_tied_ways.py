"""The shortest ways to an answer that rests on sums of real numbers, against a prover that knows only the sums."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from fractions import Fraction

import z3
from hypothesis import given
from hypothesis import strategies as st

from hiprun.model import All, Arithmetic, Constant, Decision, Domain, Fact, Formula, Model, Output, Ref, Rule, Test
from hiprun.pack import Pack

SEEDS = st.integers(0, 2**32 - 1)
NAMES = ("a", "b")
Band = tuple[Sequence[int], Fraction, Fraction]
"""Factors of the facts, and the two numbers that their sum has to lie between."""


def random_bands(rng: random.Random) -> list[Band]:
    """Return narrow bands around the sums that one patient has, so that together they can be met."""
    patient = [Fraction(rng.randint(1, 29), rng.choice((3, 7, 11))) for _ in NAMES]
    bands: list[Band] = []
    for _ in range(2):
        factors = [rng.randint(-3, 3) for _ in NAMES]
        middle = sum((factor * value for factor, value in zip(factors, patient, strict=True)), Fraction(0))
        if sum(map(bool, factors)) > 1:
            width = Fraction(1, rng.choice((10, 300)))
            bands.append((factors, middle - width, middle + width))
    return bands


def total(factors: Sequence[int]) -> Formula:
    """Return a sum without the first fact that it has."""
    found: Formula = Constant(0)
    for factor, name in zip(factors, NAMES, strict=True):
        if factor:
            found = Arithmetic("+", found, Arithmetic("*", Constant(factor), Ref("fact", name)))
    return found


def model_of(bands: Sequence[Band]) -> Model:
    """Return a model with one rule, which applies where every sum lies in its band."""
    tests = []
    for factors, low, high in bands:
        index = next(index for index, factor in enumerate(factors) if factor)
        factor = factors[index]
        rest = total([0 if place == index else value for place, value in enumerate(factors)])
        for end, over, under in ((low, "above", "below"), (high, "below", "above")):
            bound = Arithmetic("/", Arithmetic("-", Constant(end), rest), Constant(factor))
            tests.append(Test(Ref("fact", NAMES[index]), over if factor > 0 else under, (bound,)))
    facts = {name: Fact(name, Domain("number", lowest=0, highest=30), "How much?") for name in NAMES}
    rule = Rule("meets", All(tuple(tests)), (("met", True),))
    output = (Output("met", Domain("boolean")),)
    decision = Decision("it", "rules", "", output, "first", (rule,), otherwise=(("met", False),))
    return Model("p", "1", "P", facts=facts, decisions={"it": decision})


def smallest_sets(bands: Sequence[Band], patient: dict[str, int]) -> set[frozenset[str]]:
    """Return the smallest sets of facts of which other values meet every band, none containing another."""
    terms = {name: z3.Real(name) for name in NAMES}
    found: list[frozenset[str]] = []
    for size in range(len(NAMES) + 1):
        for names in map(frozenset, itertools.combinations(NAMES, size)):
            if any(names >= others for others in found):
                continue
            solver = z3.Solver()
            for name, term in terms.items():
                solver.add(z3.And(term >= 0, term <= 30) if name in names else term == patient[name])
            for factors, low, high in bands:
                value = z3.Sum([factor * terms[name] for factor, name in zip(factors, NAMES, strict=True)])
                solver.add(value > z3.Q(low.numerator, low.denominator), value < z3.Q(high.numerator, high.denominator))
            if solver.check() == z3.sat:
                found.append(names)
    return set(found)


@given(SEEDS)
def test_no_way_that_needs_an_odd_fraction_is_missed(seed: int) -> None:
    """The ways change the sets of facts that the prover finds, no more and no fewer, and each leads there."""
    rng = random.Random(seed)
    bands = random_bands(rng)
    patient = {name: rng.randint(0, 30) for name in NAMES}
    pack = Pack(model_of(bands))
    found = pack.ways_to("it", {"met": True}, patient)
    assert {frozenset(change.fact for change in way.changes) for way in found} == smallest_sets(bands, patient), seed
    assert all(way.outcome["met"] for way in found)
