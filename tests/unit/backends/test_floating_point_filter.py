"""What is decided in floats alone, what is left to exact arithmetic, and in which notation numbers come out."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from hiprun.backends.compiled.floating_point_filter import cell_finder, filtered_number, shown_number
from hiprun.inference.interval_sets import Cut
from hiprun.inference.linear_forms import Linear, applied
from hiprun.model import Domain, Fact, Number, Ref
from hiprun.model.value_conversion import Value

DAYS = Domain("date", lowest=datetime.date(2000, 1, 1).toordinal(), highest=datetime.date(2060, 1, 1).toordinal())
FACTS: dict[str, Fact] = {
    name: Fact(name, domain, "?")
    for name, domain in {
        "x": Domain("number", lowest=1, highest=100),
        "zero": Domain("number", lowest=0, highest=50),
        "signed": Domain("number", lowest=-50, highest=50),
        "any": Domain("number"),
        "whole": Domain("integer", lowest=0, highest=120),
        "born": DAYS,
        "today": DAYS,
    }.items()
}
X, ZERO, SIGNED, ANY, WHOLE, BORN, TODAY = (Linear(0, ((Ref("fact", name), 1),)) for name in FACTS)
TENTH = Linear(Fraction(1, 10))


class ExactlyAskedError(AssertionError):
    """Exact arithmetic was asked."""


def shown(form: Linear, facts: Mapping[str, Any]) -> Value:
    """Return a number as callers see it; raise where floats do not tell."""

    def exactly(_: Mapping[str, Any]) -> Value:
        raise ExactlyAskedError

    return shown_number(FACTS, form, exactly)(facts)


def cell(form: Linear, cuts: list[Cut], **facts: Any) -> int:
    """Return between which cuts a number lies; raise where floats do not tell."""

    def exactly(*_: float) -> Number:
        raise ExactlyAskedError

    return cell_finder(FACTS, list(facts), form, cuts, exactly)(*facts.values())


@pytest.mark.parametrize(
    ("form", "facts", "notation"),
    [
        (
            applied("round", [applied("divide", [X, SIGNED + Linear(60)]), TENTH]),
            {"x": 1, "signed": -50},
            "Decimal('0.1')",
        ),
        (applied("round", [applied("multiply", [X, ZERO]), TENTH]), {"x": 2, "zero": 0.07}, "Decimal('0.1')"),
        (applied("round", [applied("multiply", [X, ZERO]), TENTH]), {"x": 20, "zero": 0}, "0"),
        (applied("round", [applied("multiply", [X, ZERO]), TENTH]), {"x": 3, "zero": 2.0}, "6"),
        (applied("round", [applied("sqrt", [ZERO]), Linear(Fraction(1, 100))]), {"zero": 2}, "Decimal('1.41')"),
        (applied("round", [applied("sqrt", [ZERO]), Linear(Fraction(1, 100))]), {"zero": 1.96}, "Decimal('1.4')"),
        (applied("round", [applied("multiply", [X, ZERO]), Linear(10)]), {"x": 50, "zero": 50}, "2500"),
        (
            applied("round", [applied("multiply", [X, ZERO]), Linear(Fraction(5, 4))]),
            {"x": 3.3, "zero": 1},
            "Decimal('3.75')",
        ),
        (applied("round", [applied("multiply", [X, SIGNED]), TENTH]), {"x": 1, "signed": -0.07}, "Decimal('-0.1')"),
        (applied("round", [applied("multiply", [WHOLE, WHOLE])]), {"whole": 7.0}, "49"),
        (applied("round", [applied("multiply", [WHOLE, WHOLE]), Linear(10)]), {"whole": 7.0}, "50"),
        (applied("years", [BORN, TODAY], "last_day"), {"born": datetime.date(2000, 2, 29), "today": 737850}, "21"),
        (Linear(Fraction(16, 5)) + X + ZERO.times(Fraction(-4, 5)), {"x": 9.1, "zero": 4.4}, "Decimal('8.78')"),
        (Linear(Fraction(16, 5)) + X + ZERO.times(Fraction(-4, 5)), {"x": 9, "zero": 4}, "9"),
        (applied("multiply", [X, ZERO]), {"x": 1.1, "zero": 1.1}, "Decimal('1.21')"),
        (applied("min", [X.times(10), Linear(400), Linear(50) + ZERO.times(-1)]), {"x": 3.3, "zero": 10}, "33"),
        (applied("max", [X, ZERO]) + SIGNED, {"x": 3.3, "zero": 3.4, "signed": -0.25}, "Decimal('3.15')"),
        (X.times(10), {"x": 12.5}, "125"),
        (X.times(100), {"x": 30.0}, "3000"),
        (Linear(1) + applied("round", [applied("sqrt", [X]), TENTH]).times(2), {"x": 2.0}, "Decimal('3.8')"),
    ],
)
def test_a_number_is_shown_in_its_shortest_notation(form: Linear, facts: dict[str, Any], notation: str) -> None:
    """Whole numbers are ints, others decimals without zeros at the end, and no exact arithmetic was asked for them."""
    assert repr(shown(form, facts)) == notation


@pytest.mark.parametrize(
    ("form", "facts"),
    [
        (applied("round", [applied("multiply", [X, ZERO]), TENTH]), {"x": 0.5, "zero": 0.1}),
        (applied("round", [applied("multiply", [X, SIGNED])]), {"x": 5, "signed": -0.5}),
        (applied("round_down", [applied("multiply", [X, ZERO])]), {"x": 10, "zero": 0.3}),
        (applied("round_up", [applied("divide", [X, SIGNED + Linear(60)])]), {"x": 30, "signed": -30.0}),
        (applied("round", [applied("ln", [X])]), {"x": float("nan")}),
        (applied("round", [applied("exp", [X])]), {"x": 1e6}),
        (applied("round", [applied("divide", [X, SIGNED])]), {"x": 1, "signed": 3}),
        (applied("round", [applied("ln", [ZERO])]), {"zero": 3.0}),
        (applied("round", [applied("multiply", [ANY, ANY]), TENTH]), {"any": 3e14}),
        (applied("divide", [X, SIGNED + Linear(60)]), {"x": 1, "signed": 0}),
        (X.times(Fraction(1, 3)), {"x": 2}),
        (applied("add_months", [BORN, X], "last_day"), {"born": 737850, "x": 3}),
        (applied("round", [applied("sqrt", [X]), X]), {"x": 4}),
        (applied("round", [applied("exp", [Linear(-650) + X]), TENTH]), {"x": 1}),
        (applied("round", [applied("sqrt", [X]).times(Fraction(1, 10**250)), TENTH]), {"x": 2}),
        (applied("round", [applied("multiply", [X, applied("exp", [Linear(-650)])]), TENTH]), {"x": 2}),
    ],
)
def test_what_floats_do_not_tell_is_worked_out_exactly(form: Linear, facts: dict[str, Any]) -> None:
    """Ties, whole numbers rounded up or down, what is undefined, too large or small, and what has no last decimal."""
    with pytest.raises(ExactlyAskedError):
        shown(form, facts)


@pytest.mark.parametrize(
    ("form", "cuts", "facts", "found"),
    [
        (applied("divide", [X, SIGNED + Linear(60)]), [(1, 0), (2, 1)], {"x": 30, "signed": 0.5}, 0),
        (applied("divide", [X, SIGNED + Linear(60)]), [(1, 0), (2, 1)], {"x": 90.0, "signed": 0.5}, 1),
        (applied("divide", [X, SIGNED + Linear(60)]), [(1, 0), (2, 1)], {"x": 90.0, "signed": -50}, 2),
        (applied("multiply", [X, SIGNED]), [(0, 0), (0, 1)], {"x": 2.5, "signed": -1e-15}, 0),
        (applied("multiply", [X, SIGNED]), [(0, 0), (0, 1)], {"x": 2.5, "signed": 1e-15}, 2),
        (applied("multiply", [WHOLE, WHOLE]), [(49, 0), (49, 1)], {"whole": 7.0}, 1),
        (applied("multiply", [WHOLE, WHOLE]), [(49, 0), (49, 1)], {"whole": 8}, 2),
        (applied("round", [applied("sqrt", [ZERO]), TENTH]), [(Fraction(7, 5), 0)], {"zero": 2}, 1),
        (applied("round", [applied("sqrt", [ZERO]), TENTH]), [(Fraction(7, 5), 1)], {"zero": 2}, 0),
        (applied("round", [applied("sqrt", [ZERO]), TENTH]), [(Fraction(1, 3), 0)], {"zero": 0.1}, 0),
        (applied("years", [BORN, TODAY], "last_day"), [(12, 0)], {"born": 737850, "today": 737850 + 4383}, 1),
        (applied("years", [BORN, TODAY], "last_day") + X, [(13, 0)], {"born": 737850, "today": 737850, "x": 2.5}, 0),
        (applied("round", [X]) + ZERO, [(3, 0)], {"x": 2.4, "zero": 0.9}, 0),
    ],
)
def test_cells_are_told_by_floats(form: Linear, cuts: list[Cut], facts: dict[str, Any], found: int) -> None:
    """Away from cuts floats tell; whole numbers and what was rounded are told on a cut as well."""
    assert cell(form, cuts, **facts) == found


@pytest.mark.parametrize(
    ("form", "cuts", "facts"),
    [
        (applied("divide", [X, SIGNED + Linear(60)]), [(Fraction(1, 2), 0)], {"x": 30, "signed": 0}),
        (applied("multiply", [X, SIGNED]), [(Fraction(1, 100), 1)], {"x": 1, "signed": 0.01}),
        (applied("multiply", [X, SIGNED]), [(0, 0), (Fraction(1, 10**300), 0)], {"x": 5, "signed": 1}),
        (applied("divide", [X, SIGNED]), [(0, 0)], {"x": 1, "signed": 5}),
    ],
)
def test_cells_that_floats_do_not_tell_are_found_exactly(form: Linear, cuts: list[Cut], facts: dict[str, Any]) -> None:
    """On a cut that is not of whole numbers, between cuts too close for floats, and where there is no bound."""
    with pytest.raises(ExactlyAskedError):
        cell(form, cuts, **facts)


def test_a_number_that_is_rounded_and_multiplied_is_a_fraction() -> None:
    """Bounds are compared as fractions."""

    def exactly(_: Mapping[str, Any]) -> Number:
        raise ExactlyAskedError

    form = applied("round", [applied("sqrt", [X]), TENTH]).times(Fraction(1, 3))
    assert filtered_number(FACTS, form, exactly)({"x": 2}) == Fraction(7, 15)
    assert filtered_number(FACTS, form, exactly)({"x": 81.0}) == 3
    with pytest.raises(ExactlyAskedError):
        filtered_number(FACTS, form + X, exactly)({"x": 2})


def test_sums_that_python_would_not_compile_are_worked_out_exactly() -> None:
    """A sum of thousands of facts and a term is no line of Python."""
    facts = {f"f{number}": Fact(f"f{number}", Domain("number", lowest=0, highest=9), "?") for number in range(4000)}
    product = applied("multiply", [X, ZERO])
    form = Linear(0, tuple((Ref("fact", name), 1) for name in facts)) + product

    def exactly(*numbers: float) -> Number:
        return int(sum(numbers))

    find = cell_finder({**FACTS, **facts}, [*facts, "x", "zero"], form, [(4001, 0), (5000, 0)], exactly)
    assert find(*[1] * 4002) == 1
