"""Compiled functions give what the interpreter gives, for random patients of random models."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hiprun.backends.compiled.code_writer import Writer
from hiprun.backends.compiled.conclusion_cache import Remembered
from hiprun.backends.compiled.decision_function import compiled_decision, concluder_of
from hiprun.backends.compiled.floating_point_thresholds import MOST, Places, comparable, inside
from hiprun.backends.compiled.row_index import Axis, Row, lookup, ones
from hiprun.errors import FactError
from hiprun.inference.facts import check_facts
from hiprun.inference.interval_sets import Region, complement, intersection, union
from hiprun.inference.outcome import Outcome
from hiprun.pack import Pack, grounded

from .oracle import values
from .random_models import as_given, random_model, random_patient

SEEDS = st.integers(0, 2**32 - 1)


def patients(rng: random.Random, pack: Pack, count: int) -> list[dict[str, Any]]:
    """Return random patients, most of whom everything is known of; numbers are now and then floats."""
    found = []
    for _ in range(count):
        said = random_patient(rng, pack.model, partly=rng.random() < 0.3)
        if rng.random() < 0.8:
            said = {name: rng.choice(values(fact.domain)) for name, fact in pack.model.facts.items()} | said
        facts = as_given(pack.model, said)
        for name, value in facts.items():
            if isinstance(value, Decimal) and rng.random() < 0.5:
                facts[name] = float(value)
        found.append(facts)
    return found


def answer_of(outcome: Outcome) -> Any:
    """Return what the bare function gives for an outcome."""
    if outcome.status != "decided":
        return None
    if outcome.possible:
        return outcome.possible[0]
    return tuple(item.outputs for item in outcome.items if item.certainty == "certain")


def refusal(call: Callable[..., Any], *given: Any) -> str:
    """Return in which words facts are refused; empty when they are not."""
    try:
        call(*given)
    except FactError as error:
        return str(error)
    return ""


@given(SEEDS)
def test_every_way_to_decide_gives_the_same(seed: int) -> None:
    """Interpreter, all decisions together, one by one, and the bare function where it answers."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng, reals=rng.random() < 0.5))
    for facts in patients(rng, pack, 4):
        refused = refusal(pack.interpret, facts)
        if refused:
            assert refusal(pack.evaluate, facts) == refused
            assert {refusal(pack.decide, name, facts) for name in pack.decisions} == {refused}
            continue
        expected = pack.interpret(facts)
        together = pack.evaluate(facts)
        for name, outcome in expected.items():
            single = pack.decide(name, facts)
            assert together[name] == single == outcome
            assert together[name].to_dict() == single.to_dict() == outcome.to_dict()
            assert pack.compile(name)(dict(facts)) in (None, answer_of(outcome))


@given(SEEDS)
def test_decisions_that_are_looked_up_give_the_same(seed: int) -> None:
    """A decision concludes alike when its rules are looked up as those of a large table are."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng, reals=rng.random() < 0.5))
    for name in pack.decisions:
        program = grounded(pack, name)
        concluder = concluder_of(pack.model, program, Remembered(), most_walked=0)
        assert concluder is not None
        written = compiled_decision(pack.model, program, concluder)
        for facts in patients(rng, pack, 4):
            taken = pack._compiled.taken(facts)
            if taken is None or not pack._compiled.possible(taken):
                continue
            for _ in range(2):  # the second time from memory
                concluded = written.call(dict(taken))
                assert concluded in (None, pack._compiled.conclude(name, taken))


fractions = st.fractions(min_value=-20, max_value=20, max_denominator=30)
decimals = st.decimals(min_value=-20, max_value=20, places=3).map(Fraction)
limits = st.one_of(fractions, decimals, st.integers(-20, 20)).map(lambda value: Fraction(value))
cuts = st.tuples(limits, st.sampled_from((0, 1)))
near = st.one_of(
    st.floats(-20, 20), st.integers(-20, 20), st.decimals(min_value=-20, max_value=20, places=3).map(float)
).filter(lambda value: value == 0 or abs(value) > 1e-20)


@given(st.lists(cuts, min_size=2, max_size=16, unique=True), near, st.data())
def test_floats_are_compared_as_their_decimal_notation(edges: list[Any], number: float, data: st.DataObject) -> None:
    """Code that tells whether a number lies in a region says of a float what its decimal notation says."""
    edges = sorted(edges)
    region: Region = union(tuple(zip(edges[::2], edges[1::2], strict=False)))
    domain = ((Fraction(-20), 0), (Fraction(20), 1))
    region = intersection(region, (domain,))
    if not region or not intersection(complement(region), (domain,)):
        return
    number = data.draw(st.sampled_from((number, *(float(edge) for edge, _ in edges))))
    writer = Writer()
    writer.write(f"return {inside('x', region, domain, writer.bind)}")
    holds = writer.function("holds", "x", "test").call(number)
    exact = Fraction(repr(number))
    assert holds is any(start <= (exact, 0) < end for start, end in region)


@given(limits, near)
def test_no_float_is_on_the_wrong_side_of_a_limit(limit: Fraction, number: float) -> None:
    """Whatever number a limit is, floats lie on the side of it on which their notation lies."""
    for value in (number, float(limit)):
        for side in (0, 1):
            assert ((value, 0) < comparable((limit, side))) is ((Fraction(repr(value)), 0) < (limit, side))


def test_limits_beyond_what_is_compared_part_nothing() -> None:
    """Limits that no number can reach are as far away as the farthest one."""
    assert comparable((Fraction(10**40, 3), 0)) == (MOST, 1)
    assert comparable((Fraction(-(10**40), 3), 1)) == (-MOST, 0)


@given(SEEDS, st.integers(0, 6), st.sampled_from((1, 40, 64_000_000)), st.booleans())
def test_looking_up_finds_the_rows_that_match(seed: int, few: int, most_bits: int, first: bool) -> None:
    """An index finds the rows that testing every row finds, however the rows are parted."""
    rng = random.Random(seed)
    axes = [
        Axis(Places([(edge, side) for edge in range(6) for side in (0, 1)])),
        Axis(Places([(0, 0), (1, 0), (2, 0), (3, 0)]), 3),
    ]
    rows = []
    for number in range(rng.randint(0, 30)):
        stretches: dict[int, Any] = {}
        for fact, axis in enumerate(axes):
            if rng.random() < 0.7:
                ends = sorted(rng.sample(range(axis.places.count + 1), rng.choice((2, 4))))
                stretches[fact] = tuple(zip(ends[::2], ends[1::2], strict=True))
        rest = (lambda values, number=number: number % 2 == 0) if rng.random() < 0.3 else None
        rows.append(Row(number, stretches, rest))
    find = lookup(rows, axes, first=first, few=few, most_bits=most_bits)
    for _ in range(10):
        found = (rng.choice((rng.randint(-1, 6), rng.uniform(-1, 6))), rng.randint(0, 2))
        expected = tuple(row.number for row in rows if matches(row, axes, found))
        assert find(found) == (expected[:1] if first else expected)


def matches(row: Row, axes: list[Axis], found: tuple[float, int]) -> bool:
    """Whether a row matches, one fact after the other."""
    for fact, stretches in row.stretches.items():
        place = axes[fact].place(found[fact])
        if not any(start <= place < end for start, end in stretches):
            return False
    return row.rest is None or row.rest(found)


@given(st.integers(0, 2**300))
def test_ones_are_found(bits: int) -> None:
    """The places of the ones of a number, few or many."""
    assert list(ones(bits)) == [place for place in range(301) if bits >> place & 1]


@given(SEEDS)
def test_what_is_read_of_facts_is_what_the_checks_say(seed: int) -> None:
    """Facts that were taken in quickly are, when looked at closely, the facts that were given."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng, reals=True))
    for facts in patients(rng, pack, 3):
        taken = pack._compiled.taken(facts)
        if taken is not None:
            assert check_facts(pack.model, taken) == check_facts(pack.model, facts)


def test_a_mapping_is_as_good_as_a_dict() -> None:
    """Facts may come in any mapping."""
    rng = random.Random(3)
    pack = Pack(random_model(rng))

    class Form(Mapping[str, Any]):
        def __init__(self, facts: dict[str, Any]) -> None:
            self.facts = facts

        def __getitem__(self, name: str) -> Any:
            return self.facts[name]

        def __iter__(self) -> Any:
            return iter(self.facts)

        def __len__(self) -> int:
            return len(self.facts)

    for facts in patients(rng, pack, 5):
        for name in pack.decisions:
            assert pack.decide(name, Form(facts)) == pack.decide(name, facts)
