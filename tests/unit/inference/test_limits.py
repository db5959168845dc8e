"""Limits: the tightest bounds that apply, those that may, and on which side of them a quantity lies."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.inference.conclusion import Limit

from .. import small_packs

FACTS = """\
facts:
  before: {ask: How much last week?, type: number, range: [0, 500], unit: km}
  next: {ask: How much next week?, type: number, range: [0, 500], unit: km}
  rests: {ask: How many rests?, type: integer, range: [0, 7]}
  tired: {ask: Tired?, type: boolean}
  new: {ask: New?, type: boolean}
"""
LIMITS = """\
limits: rise
bounds:
  - {id: tenth, quantity: next, at_most: 1.1 * before}
  - {id: rested, when: {tired: true}, quantity: rests, at_least: 2}
  - {id: very-rested, when: {tired: true, new: true}, quantity: rests, at_least: 3, at_most: 5}
  - {id: week, quantity: rests, at_most: 6}
"""
DERIVED = "derived: {double: {title: Twice the rings, formula: 2 * rings}}"
USE = """\
decision: use
outputs: {go: {type: boolean}}
hit: first
rules:
  - {id: more, when: {rise.next: above}, then: {go: false}}
otherwise: {go: true}
"""


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> hiprun.Pack:
    """A pack with limits."""
    return small_packs.load(tmp_path_factory.mktemp("training"), facts=FACTS, limits=LIMITS, use=USE)


def limit(pack: hiprun.Pack, quantity: str, **facts: Any) -> Limit:
    """Return the limit of one quantity."""
    return pack.decide("rise", facts)[quantity]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("before", "following", "verdict"),
    [
        (3.0, 3.3, "within"),
        (0.3, 0.33, "within"),
        (100, 110.0, "within"),
        (Decimal("3.0"), Decimal("3.30"), "within"),
        (3.0, 3.31, "above"),
        (0.3, 0.3300000001, "above"),
        (0.7, 0.77, "within"),
        (1.1, 1.21, "within"),
        (1.1, 1.2100000000000002, "above"),
        (0, 0, "within"),
        (0, 1e-9, "above"),
    ],
)
def test_a_limit_is_kept_to_the_last_digit(training: hiprun.Pack, before: Any, following: Any, verdict: str) -> None:
    """Exactly at a limit it is kept, whatever binary fractions do, and a hair beyond it is not."""
    assert limit(training, "next", before=before, next=following).verdict == verdict
    assert training.decide("use", {"before": before, "next": following})["go"] is (verdict != "above")


def test_the_tightest_bound_counts(training: hiprun.Pack) -> None:
    """Of the bounds that apply the tightest are given, with the ids of those that set them."""
    found = limit(training, "rests", tired=True, new=True, rests=6)
    assert (found.at_least, found.at_most, found.verdict) == (3, 5, "above")
    assert found.set_by == ("very-rested",)
    assert limit(training, "rests", tired=True, new=False, rests=1).verdict == "below"
    assert limit(training, "rests", tired=True, new=False).set_by == ("rested", "week")


def test_what_is_open_is_told_apart(training: hiprun.Pack) -> None:
    """Bounds that may apply are named, with the tightest that they can come to."""
    found = limit(training, "rests", tired=True, rests=2)
    assert (found.at_least, found.safest_at_least) == (2, 3)
    assert (found.at_most, found.safest_at_most) == (6, 5)
    assert (found.set_by, found.open) == (("rested", "week"), ("very-rested",))
    assert (found.verdict, found.possible_verdicts) == (None, ("below", "within"))
    assert training.decide("rise", {"tired": True, "before": 1}).needs == ("new",)


def test_an_open_number_is_needed(training: hiprun.Pack) -> None:
    """A bound that depends on an unknown number is open; what is known of that number bounds it."""
    found = training.decide("rise", {"before": {"at_most": 10}, "next": 12, "tired": False})
    assert found.status == "undetermined"
    assert found.needs == ("before",)
    assert (found["next"].at_most, found["next"].open) == (None, ("tenth",))
    assert found["next"].verdict == "above"
    assert found["next"].unit == "km"


def test_settled_limits_are_decided(training: hiprun.Pack) -> None:
    """When every bound is known the outcome is decided, whether or not the quantities are."""
    found = training.decide("rise", {"before": 10, "tired": False})
    assert found.status == "decided"
    assert [dict(answer) for answer in found.possible] == [{"next": {"at_most": 11}, "rests": {"at_most": 6}}]
    assert found.safest == found.possible[0]
    assert found["next"].verdict is None
    assert found["next"].possible_verdicts == ("within", "above")


def test_little_work_leaves_limits_open(training: hiprun.Pack) -> None:
    """When the work allowed is used up, all verdicts remain and bounds are as tight as they may be."""
    facts = {"rests": 2, "new": True}
    hurried = training.decide("rise", facts, budget=0)
    exact = training.decide("rise", facts)
    assert (exact.exact, hurried.exact) == (True, False)
    assert hurried["rests"].possible_verdicts == ("below", "within", "above")
    assert exact["rests"].possible_verdicts == ("below", "within")
    assert (hurried["rests"].safest_at_least, hurried["rests"].safest_at_most) == (3, 5)
    assert set(hurried.needs) >= set(exact.needs)


def test_a_quantity_may_be_worked_out(tmp_path: Path) -> None:
    """Derived numbers and outputs of decisions are limited like facts; one without a value has no verdict."""
    amount = """\
decision: amount
outputs: {litres: {type: number}}
hit: first
rules: [{id: dry, when: {dry: true}, then: {litres: 2 * rings}}]
otherwise: no_match
"""
    limits = """\
limits: most
bounds:
  - {id: less, quantity: amount.litres, at_most: 7}
  - {id: much, quantity: double, at_least: rings + 1}
"""
    pack = small_packs.load(
        tmp_path,
        derived="derived: {double: {title: Twice the rings, formula: 2 * rings}}",
        amount=amount,
        limits=limits,
    )
    found = pack.decide("most", {"dry": True, "rings": 4})
    assert (found["litres"].verdict, found["double"].verdict) == ("above", "within")
    assert (found["litres"].title, found["double"].title) == ("litres", "Twice the rings")
    assert "Twice the rings at least 5 (within)" in str(found.explain())
    assert pack.decide("most", {"dry": True, "rings": 0})["double"].verdict == "below"
    without = pack.decide("most", {"dry": False, "rings": 4})
    assert (without["litres"].verdict, without["litres"].possible_verdicts) == (None, ())
    assert without["litres"].at_most == 7


def test_a_conflict_behind_limits_is_told(tmp_path: Path) -> None:
    """Limits that lean on a decision in conflict are in conflict, or may be."""
    either = small_packs.DECISIONS["either"].replace("warmth: {below: 5}", "dry: true")
    limits = "limits: most\nbounds:\n  - {id: some, when: {either.go: true}, quantity: rings, at_most: 5}\n"
    pack = small_packs.load(tmp_path, either=either, limits=limits)
    assert pack.decide("most", {"warmth": 40, "dry": True}).status == "conflict"
    may = pack.decide("most", {"warmth": 40})
    assert (may.status, may.may_conflict, may.needs) == ("undetermined", True, ("dry",))
    assert may["rings"].at_most == 5


def test_bounds_that_complete_each_other_are_certain(tmp_path: Path) -> None:
    """Where one of two bounds applies in any case, and both come to the same, that much is certain."""
    limits = """\
limits: most
bounds:
  - {id: dry, when: {dry: true}, quantity: rings, at_most: 5}
  - {id: wet, when: {dry: false}, quantity: rings, at_most: 5}
  - {id: any, quantity: rings, at_most: 7}
"""
    pack = small_packs.load(tmp_path, limits=limits)
    found = pack.decide("most", {"rings": 6})
    assert (found.status, found.needs, found.fired) == ("decided", (), ("any",))
    assert (found["rings"].at_most, found["rings"].set_by, found["rings"].verdict) == (5, ("dry", "wet"), "above")
