"""Gaps between bands, whom no rule covers, and answers that rest on nothing, held against trying everyone."""

from __future__ import annotations

import itertools
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hiprun.model import All, Condition, Constant, Decision, Domain, Fact, HasValue, Model, Not, Output, Ref, Rule, Test
from hiprun.pack import Pack
from hiprun.verification.uncovered import uncovered
from hiprun.verification.verify import verify

from ..examples import examples
from .test_prover import everyone, rests_on_nothing

SEEDS = st.integers(0, 2**32 - 1)
X, Y = Ref("fact", "x"), Ref("fact", "y")
HIGHEST = 20
CALLS = Domain("choice", {"nobody": "", "nurse": "", "doctor": ""}, worse="later", ordered=True)


def model_of(*decisions: Decision) -> Model:
    """Return a model of two facts and these decisions."""
    facts = {
        "x": Fact("x", Domain("integer", lowest=0, highest=HIGHEST), "X?"),
        "y": Fact("y", Domain("boolean"), "Y?"),
    }
    return Model("holes", "1.0.0", "Holes", facts=facts, decisions={each.name: each for each in decisions})


def number_test(rng: random.Random, subject: Ref, highest: int) -> Test:
    """Return a test of a number, most often one that makes a band."""
    operator = rng.choice(["at_most", "at_least", "below", "above", *["between"] * 6, "is"])
    low = rng.randint(0, highest)
    high = min(highest, low + rng.randint(0, 2))
    return Test(subject, operator, (Constant(low), Constant(high)) if operator == "between" else (Constant(low),))


def banded(rng: random.Random) -> Model:
    """Return a model whose rules cut a number into bands, some of them for only some patients."""
    rules = []
    for number in range(rng.randint(3, 7)):
        band = number_test(rng, X, HIGHEST)
        beside = rng.choice([None, None, Test(Y, "is", (True,)), Not(Test(Y, "is", (True,)))])
        condition: Condition = band if beside is None else All((band, beside))
        rules.append(Rule(f"rule-{number}", condition, (("points", Constant(rng.randint(0, 3))),)))
    output = Output("points", Domain("integer", worse="higher"))
    hit = rng.choice(["sum", "first", "max"])
    rest = None if hit == "sum" else (("points", Constant(0)),)
    return model_of(Decision("care", "rules", "", (output,), hit, tuple(rules), rest))


def faults(model: Model) -> list[set[int]]:
    """Return the stretches that the bands leave out and must not, found by trying every number."""
    people = everyone(model)
    decision = model.decisions["care"]
    numbers = range(HIGHEST + 1)

    def rest(rule: Rule) -> frozenset[Condition]:
        return frozenset(rule.condition.parts[1:]) if isinstance(rule.condition, All) else frozenset()

    def band(rule: Rule) -> Any:
        return rule.condition.parts[0] if isinstance(rule.condition, All) else rule.condition

    found: list[tuple[set[int], frozenset[Condition]]] = []
    for group in dict.fromkeys(map(rest, decision.rules)):
        here = [rule for rule in decision.rules if rest(rule) <= group]
        if all(band(rule).operator == "is" for rule in here):
            continue
        cover = {one.patient["x"] for one in people if any(one.holds(band(rule)) for rule in here)}
        inside = [x for x in numbers if x not in cover and cover and min(cover) < x < max(cover)]
        runs = [{x for _, x in run} for _, run in itertools.groupby(enumerate(inside), lambda pair: pair[1] - pair[0])]
        lonely = {
            one.patient["x"]
            for one in people
            if all(one.holds(part) for part in group)
            and not any(one.applies(decision, rule) for rule in decision.rules)
        }
        left = [run for run in runs if run & lonely]
        widest = max(left, key=len, default=None)
        for run in left:
            known = any(run == other and before <= group for other, before in found)
            if run is not widest and not known:
                found.append((run, group))
    return [run for run, _ in found]


@given(SEEDS)
def test_bands_meet_exactly_where_no_second_stretch_is_left_out(seed: int) -> None:
    """A fault is told for each stretch that trying every number finds, with a patient who is in it."""
    model = banded(random.Random(seed))
    report = verify(Pack(model))
    assert report.faults == ()
    told = [claim for claim in report.findings() if claim.kind == "bands-meet"]
    wanted = faults(model)
    assert len(told) == len(wanted)
    for claim, run in zip(told, wanted, strict=True):
        assert claim.witnesses[0].facts["x"] in run


@given(SEEDS)
def test_boxes_hold_exactly_those_whom_no_rule_covers(seed: int) -> None:
    """Whoever is in a box meets no rule, and whoever meets none is in a box."""
    model = banded(random.Random(seed))
    (found,) = uncovered(Pack(model), ["care"], most=100)
    assert found.whole
    decision = model.decisions["care"]
    for one in everyone(model):
        inside = any(is_in(box.when, one.patient) for box in found.boxes)
        assert inside is not any(one.applies(decision, rule) for rule in decision.rules)


def is_in(when: Any, patient: dict[str, Any]) -> bool:
    """Whether a patient is in a box."""
    for name, said in when.items():
        value = patient[name]
        low, high = (said.get("at_least", 0), said.get("at_most", HIGHEST)) if isinstance(said, dict) else (said, said)
        if not low <= value <= high:
            return False
    return True


def chained(rng: random.Random) -> Model:
    """Return a model in which one decision uses another one that leaves some patients without an answer."""
    score = Output("points", Domain("integer", lowest=0, highest=3, worse="higher"))
    rules = tuple(
        Rule(f"rule-{number}", number_test(rng, X, HIGHEST), (("points", Constant(rng.randint(0, 3))),))
        for number in range(rng.randint(1, 3))
    )
    first = Decision("score", "rules", "", (score,), rng.choice(["first", "max", "min"]), rules)
    points = Ref("output", "points", "score")
    ordered = rng.random() < 0.7
    call = Output("call", CALLS if ordered else Domain("choice", CALLS.choices))
    calls = list(CALLS.choices)

    def part() -> Condition:
        kind = rng.random()
        if kind < 0.25:
            return HasValue(points, rng.random() < 0.3)
        test = number_test(rng, points, 3) if kind < 0.8 else Test(Y, "is", (True,))
        return Not(test) if rng.random() < 0.2 else test

    asking = tuple(
        Rule(f"ask-{number}", All((part(), part())) if rng.random() < 0.4 else part(), (("call", rng.choice(calls)),))
        for number in range(rng.randint(1, 3))
    )
    hits = (
        ["worst", "first", "unique", "any", "priority", "collect"] if ordered else ["first", "unique", "any", "collect"]
    )
    hit = rng.choice(hits)
    rest = None if hit == "collect" else (("call", rng.choice(calls)),)
    return model_of(first, Decision("act", "rules", "", (call,), hit, asking, rest))


@settings(max_examples=examples(60))
@given(SEEDS)
def test_an_answer_that_rests_on_nothing_is_refuted(seed: int) -> None:
    """A claim is proved exactly when no patient's answer is calmer, or with no order another one, than with a value."""
    model = chained(random.Random(seed))
    report = verify(Pack(model))
    assert report.faults == ()
    act, score = model.decisions["act"], model.decisions["score"]
    told = [claim for claim in report.claims if claim.kind == "no-match-never-calmer"]
    calm = [one for one in everyone(model) if one.answer("act") != "conflict"]
    resting = [one for one in calm if rests_on_nothing(one, act, score)]
    assert any(not claim.holds for claim in told) is bool(resting)
    for claim in told:
        for witness in claim.witnesses:
            assert dict(witness.facts) in [{**one.patient} for one in resting]
