"""Amounts as people write them: rounded for the eye, with their unit in the singular or the plural."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from hiprun.model import Domain, Number
from hiprun.model.amounts import amount_text, named_amount_text, rounded_text, unit_text
from hiprun.model.stages import Measure

DAYS = Domain("integer", unit="days", unit_words=("day", "days"))


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (7, None, "7"),
        (Fraction(102, 7), None, "14.57"),
        (Fraction(1, 8), None, "0.125"),
        (Fraction(1, 3), None, "0.333"),
        (Fraction(1, 300), None, "0.00333"),
        (Fraction(200000, 3), None, "66666.67"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(-5, 2), 0, "-3"),
        (Fraction(-1, 1000), 2, "0"),
        (Fraction(5, 2), 2, "2.5"),
        (Fraction(102, 7), 1, "14.6"),
    ],
)
def test_numbers_are_rounded_for_the_eye(number: Number, decimals: int | None, text: str) -> None:
    """A declaration says to how many decimals; without one, as many are shown as make sense, and no zeros behind."""
    assert rounded_text(number, decimals) == text


@pytest.mark.parametrize(
    ("number", "limits", "text"),
    [
        (Fraction(24996, 1000), [], "25"),
        (Fraction(24996, 1000), [25], "24.996"),
        (Fraction(24996, 1000), [26], "25"),
        (25, [25], "25"),
        (25 - Fraction(1, 10**50), [25], "25"),
    ],
)
def test_a_number_stays_on_its_side_of_a_limit(number: Number, limits: list[Number], text: str) -> None:
    """What is below 25 is not shown as 25 beside a test of 25, unless the two cannot be told apart in 40 digits."""
    assert rounded_text(number, 2, apart_from=limits) == text


@pytest.mark.parametrize(
    ("value", "domain", "text"),
    [
        (1, DAYS, "1 day"),
        (2, DAYS, "2 days"),
        (0, DAYS, "0 days"),
        ({"at_least": 2, "at_most": 1}, DAYS, "at least 2 and at most 1 day"),
        (Decimal("2.50"), Domain("number", unit="kg"), "2.5 kg"),
        (90, Domain("integer", unit="%"), "90%"),
        (True, Domain("boolean"), "true"),
        ("red", Domain("choice", choices={"red": "", "blue": ""}), "red"),
    ],
)
def test_amounts_have_their_unit(value: Any, domain: Domain, text: str) -> None:
    """After 1 a unit is in the singular, after anything else in the plural, if the pack gives it one."""
    assert amount_text(value, domain) == text


def test_exact_amounts_are_not_rounded() -> None:
    """Where a number may be copied, it has all its digits."""
    assert amount_text(Decimal("14.57142"), Domain("number", unit="g", decimals=1), exactly=True) == "14.57142 g"
    assert unit_text(1, DAYS) == "day"


def test_a_name_that_is_the_unit_is_not_repeated() -> None:
    """It is `2 sets`, not `sets 2 sets`."""
    sets = Domain("integer", unit="sets")
    assert named_amount_text("sets", 2, sets) == "2 sets"
    assert named_amount_text("days", 1, DAYS) == "1 day"
    assert named_amount_text("rest", 1, DAYS) == "rest 1 day"


@pytest.mark.parametrize(
    ("step", "text"),
    [(1, "3 km"), (Fraction(1, 10), "3.3 km"), (Fraction(1, 4), "3.33 km"), (Fraction(1, 3), "3.33 km")],
)
def test_amounts_of_sessions_have_the_decimals_of_their_step(step: Number, text: str) -> None:
    """A measure in steps of 0.1 is shown to one decimal, one in thirds like any other number."""
    assert amount_text(Fraction(10, 3), Measure("run", "", "km", step).domain) == text
