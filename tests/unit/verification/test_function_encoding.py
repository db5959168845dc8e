"""Functions as the prover has them: what it finds of them is what they come to."""

from __future__ import annotations

import datetime
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.inference.functions import FUNCTIONS
from hiprun.inference.linear_forms import Linear, applied
from hiprun.model import Ref
from hiprun.verification.claims import Claim
from hiprun.verification.function_encoding import FunctionTerms
from hiprun.verification.run_bounds import SolverBudget
from hiprun.verification.solver import Engine, z3

from .. import small_packs
from ..test_arithmetic_packs import folder_of

DAYS = (datetime.date(1999, 12, 28).toordinal(), datetime.date(2025, 3, 2).toordinal())


def engine() -> Engine:
    """Return an engine with work enough for one small question."""
    return Engine(SolverBudget(3_000_000, 100_000_000))


def value_of(name: str, arguments: list[Any], option: str = "") -> Fraction:
    """Return what the prover finds a function of numbers to be that are unknowns to it."""
    world = engine()
    terms = FunctionTerms(world)
    unknowns = []
    for index, argument in enumerate(arguments):
        if name == "power" and index == 1:
            unknowns.append(argument)
            continue
        whole = isinstance(argument, int)
        unknown = (world.integer if whole else world.number)(f"x{index}")
        world.add([unknown == (argument if whole else z3.RealVal(str(argument), world.context))])
        unknowns.append(unknown)
    found = terms.called(name, unknowns, option, [(argument, argument) for argument in arguments])
    result = world.number("result")
    world.add([*terms.drain(), result == (z3.ToReal(found) if z3.is_int(found) else found)])
    answer = world.ask()
    assert answer.verdict == "yes"
    value = answer.values.eval(result, model_completion=True)
    if z3.is_algebraic_value(value):
        value = value.approx(12)
    return Fraction(value.numerator_as_long(), value.denominator_as_long())


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("power", [3, 2]),
        ("power", [Fraction(3, 2), -2]),
        ("power", [4, 0]),
        ("min", [3, 1, Fraction(5, 2)]),
        ("max", [3, 1, Fraction(5, 2)]),
        ("abs", [-3]),
        ("abs", [Fraction(3, 2)]),
        ("round", [Fraction(5, 2)]),
        ("round", [Fraction(-5, 2), 1]),
        ("round", [Fraction(7, 3), Fraction(1, 2)]),
        ("round_down", [Fraction(-7, 3), Fraction(1, 2)]),
        ("round_up", [Fraction(-7, 3), 2]),
        ("sqrt", [Fraction(9, 4)]),
        ("power", [Fraction(4, 9), Fraction(3, 2)]),
        ("days", [5, 9]),
        ("add_days", [5, 9]),
        ("add_weeks", [5, -2]),
        ("weeks", [5, 40]),
        ("weeks", [40, 5]),
    ],
)
def test_exact_functions_are_said_exactly(name: str, arguments: list[Any]) -> None:
    """With its arguments fixed, a function has one value, the one the engine works out."""
    expected = applied(name, [Linear(argument) for argument in arguments]).constant
    assert value_of(name, arguments) == expected


@pytest.mark.parametrize("name", ["months", "years", "add_months", "add_years"])
@pytest.mark.parametrize("option", ["last_day", "next_day"])
def test_the_calendar_is_said_exactly(name: str, option: str) -> None:
    """Months and years are counted, and added, as the engine does, around the ends of months and leap days."""
    rng = random.Random(f"{name} {option}")
    for _ in range(6):
        start = rng.choice([datetime.date(2024, 2, 29).toordinal(), rng.randint(*DAYS), rng.randint(*DAYS)])
        other = rng.randint(*DAYS) if name in ("months", "years") else rng.randint(-30, 30)
        assert value_of(name, [start, other], option) == FUNCTIONS[name].exact(start, other, option)


@pytest.mark.parametrize(("name", "more"), [("ln", []), ("exp", []), ("log10", []), ("power", [Fraction(-241, 1000)])])
def test_other_functions_lie_between_bounds_at_their_points(name: str, more: list[Any]) -> None:
    """Where an argument is one of the points that bounds are said for, the value is right to many digits."""
    x = Linear(0, ((Ref("fact", "x"), 1),))
    form = applied("round", [applied(name, [x, *map(Linear, more)]), Linear(Fraction(1, 10**9))])
    assert abs(value_of(name, [Fraction(3, 2), *more]) - form.at({"x": Fraction(3, 2)})) < Fraction(1, 10**8)


def test_claims_about_functions_are_proved_or_refuted(tmp_path: Path) -> None:
    """Bands of a quotient that leave nobody out are proved so; with a hole the patient who falls through is shown."""
    whole = """\
decision: ground
title: What the ground bears
outputs: {class: {type: choice, choices: [soft, firm], worse: later}}
hit: unique
rules:
  - {id: soft, when: {pressure: {below: 25}}, then: {class: soft}}
  - {id: firm, when: {pressure: {at_least: 25}}, then: {class: firm}}
"""
    pack = hiprun.load(folder_of(tmp_path / "whole", ground=whole))
    assert {claim.status for claim in hiprun.verify(pack, ["ground"]).claims if claim.decision} == {"proved"}
    holed = hiprun.load(folder_of(tmp_path / "holed", ground=whole.replace("at_least: 25", "above: 26")))
    refuted = [claim for claim in hiprun.verify(holed, ["ground"]).claims if claim.status == "refuted"]
    facts = refuted[0].witnesses[0].facts
    assert 25 <= facts["load"] / facts["side"] ** 2 <= 26


def verified(folder: Path, condition: str, **documents: str) -> dict[tuple[str, str], Claim]:
    """Return the claims about a decision with one rule, by their kind and what they are about."""
    report = hiprun.verify(small_packs.load(folder, care=small_packs.rule(condition), **documents))
    assert report.faults == ()
    return {(claim.kind, claim.subject): claim for claim in report.claims}


def test_nobody_has_a_number_that_is_a_root(tmp_path: Path) -> None:
    """A rule that only a root meets is not said to apply to anyone; beside a root somebody with decimals is found."""
    root = "{warmth: {OPERATOR: '1 / (warmth + 1)'}}"
    for operator, status in (("is", "unproved"), ("at_most", "proved"), ("above", "proved")):
        found = verified(tmp_path / operator, root.replace("OPERATOR", operator))
        assert found["rule-can-fire", "care.it"].status == status, operator
    both = """\
decision: both
outputs: {level: {type: choice, choices: [calm, bad], worse: later}}
rules:
  - {id: high, when: {warmth: {at_least: 1 / (warmth + 1)}}, then: {level: calm}}
  - {id: low, when: {warmth: {at_most: 1 / (warmth + 1), above: 0.6}}, then: {level: bad}}
otherwise: no_match
"""
    found = verified(tmp_path / "both", "{dry: true}", both=both)
    assert found["rule-can-fire", "both.low"].holds
    assert found["no-conflict", "both"].status == "unproved"


def test_functions_of_roots_stay_open(tmp_path: Path) -> None:
    """What a logarithm of a root comes to is not known closely enough to say that somebody meets a rule."""
    condition = "{warmth: {is: 1 / (warmth + 1)}, rings: {at_least: 'round(ln(warmth + 1), 0.1)'}}"
    assert verified(tmp_path, condition)["rule-can-fire", "care.it"].status == "unproved"


def test_numbers_beside_a_fact_are_compared_at_once(tmp_path: Path) -> None:
    """The largest of several numbers and a fact is that of the largest number and the fact."""
    for limit, status in (("50", "proved"), ("100", "refuted")):
        found = verified(tmp_path / limit, f"{{warmth: {{above: 'max(3, {limit}, rings)'}}}}")
        assert found["rule-can-fire", "care.it"].status == status


def test_a_logarithm_without_end_has_its_least_value(tmp_path: Path) -> None:
    """Of a number that has no highest value, the logarithm is known at the lowest, so that nothing lies below."""
    facts = "facts:\n  depth: {ask: How deep?, type: number}\n"
    condition = "{all: [{warmth: 0}, {warmth: {OPERATOR: 'round(ln(abs(depth) + 1), 0.1)'}}]}"
    above, not_below = (
        verified(tmp_path / operator, condition.replace("OPERATOR", operator), more=facts)["rule-can-fire", "care.it"]
        for operator in ("above", "at_least")
    )
    assert above.status == "refuted"
    assert not_below.status != "refuted"


@pytest.mark.parametrize(
    ("condition", "applies"),
    [
        ("{warmth: {above: 'round(sqrt(2), 0.1)', below: 1.5}}", True),
        ("{warmth: {above: 'round(sqrt(2), 0.1)', below: 1.4}}", False),
        ("{warmth: {above: 'round(exp(rings), 0.1)'}, rings: {at_least: 4}}", True),
        ("{warmth: {above: 'round(exp(rings), 0.1)'}, rings: {at_least: 5}}", False),
    ],
)
def test_whether_a_rule_with_a_function_applies_to_anyone_is_settled(
    tmp_path: Path, condition: str, applies: bool
) -> None:
    """A root of a number alone, and a function of numbers from 0 on."""
    found = verified(tmp_path, condition, pack=small_packs.PACK.replace("language: 1", "language: 2"))
    assert found["rule-can-fire", "care.it"].status == ("proved" if applies else "refuted")


def test_days_that_a_decision_works_out_are_compared(tmp_path: Path) -> None:
    """Rules about the day that another decision gives apply to whom it gives it: in proofs as for one patient."""
    since = """\
decision: since
outputs: {day: {type: date}}
hit: first
rules:
  - {id: young, when: {dry: true}, then: {day: "add_days(planted, 7)"}}
otherwise: {day: 2024-05-01}
"""
    documents = {"pack": small_packs.PACK.replace("language: 1", "language: 2"), "since": since}
    for day, applies in (("2031-01-07", True), ("2031-01-08", False)):
        condition = f"{{since.day: {{at_least: {day}}}}}"
        found = verified(tmp_path / day, condition, **documents)
        assert found["rule-can-fire", "care.it"].status == ("proved" if applies else "refuted")
        pack = hiprun.load(tmp_path / day)
        for dry in (True, False):
            outcome = pack.decide("care", {"dry": dry, "planted": datetime.date(2030, 12, 31)})
            assert outcome["needed"] is (dry and applies)


@pytest.mark.parametrize(
    ("function", "never"), [("ln({})", "above"), ("({}) ^ 0.17", "above"), ("({}) ^ -0.17", "below")]
)
def test_of_two_numbers_the_lower_one_is_never_further_along(tmp_path: Path, function: str, never: str) -> None:
    """A function that only rises, or falls, does so too wherever both numbers lie between two points of its bounds."""
    facts = "facts:\n" + "".join(f"  {name}: {{ask: How much?, type: number, range: [1, 90]}}\n" for name in "ab")
    derived = "derived:\n" + "".join(
        f"  of_{name}: {{title: Of it, formula: {function.format(name)}, decimals: 1}}\n" for name in "ab"
    )
    pack = small_packs.PACK.replace("language: 1", "language: 2")
    condition = f"{{of_a: {{{never}: of_b}}, a: {{below: b}}}}"
    found = verified(tmp_path, condition, pack=pack, facts=facts, derived=derived)
    assert found["rule-can-fire", "care.it"].status == "refuted"
