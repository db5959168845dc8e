"""Where sums with functions in them lie, and whether facts can meet demands on them, by roots that are known."""

from __future__ import annotations

import math
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import pytest

from hiprun.inference.form_feasibility import Demand, Search
from hiprun.inference.form_ranges import Ranges
from hiprun.inference.linear_forms import Linear, applied, rounded
from hiprun.model import Ref

X, Y = (Linear(0, ((Ref("fact", name), 1),)) for name in "xy")
ROOT = applied("sqrt", [X])
DIFFERENCE = ROOT + applied("sqrt", [Y]).times(-1)
HARDLY_MORE = 2 + Fraction(1, 10**38)


def stretch(low: Any, high: Any) -> Any:
    """Return the numbers from `low` to `high`, both included."""
    return (low, 0), (high, 1)


@pytest.mark.parametrize(
    ("form", "x", "y", "wanted", "found"),
    [
        (applied("multiply", [X, Y]), stretch(1, 4), stretch(3, 3), stretch(6, math.inf), ("x", stretch(2, 4))),
        (applied("multiply", [X, Y]), stretch(1, 4), stretch(-3, -3), stretch(-math.inf, -6), ("x", stretch(2, 4))),
        (applied("multiply", [X, Y]), stretch(1, 4), stretch(3, 3), stretch(20, 30), ("x", None)),
        (applied("multiply", [X, Y]), stretch(1, 4), stretch(0, 0), stretch(0, 1), None),
        (applied("multiply", [X, Y]), stretch(1, math.inf), stretch(3, 3), stretch(6, 9), None),
        (applied("divide", [Y, X]), stretch(1, 4), stretch(4, 4), stretch(2, 4), None),
        (ROOT, stretch(1, 4), stretch(0, 0), stretch(1, 2), None),
    ],
)
def test_one_open_fact_is_pinned_down_where_fractions_can_say_it(
    form: Linear, x: Any, y: Any, wanted: Any, found: Any
) -> None:
    """A fact that is multiplied has to lie in one stretch; of one without an end, or divided by, nothing is said."""
    assert Ranges({"x": x, "y": y}).inverted(form, wanted) == found


def test_ends_that_are_no_fractions_are_taken_a_little_too_wide() -> None:
    """From the root of 2 on without an end; and not at all where 30 digits do not tell a number from 0."""
    (low, _), (high, _) = Ranges({"x": stretch(2, math.inf)}).reach(ROOT).stretch
    assert low**2 <= 2 < (low + Fraction(1, 10**9)) ** 2
    assert high == math.inf
    reach = Ranges({"x": stretch(HARDLY_MORE, 3), "y": stretch(2, 2)}).reach(applied("ln", [DIFFERENCE]))
    assert not reach.exact
    assert reach.stretch[0] == (-math.inf, 0)
    assert 0 < float(reach.stretch[1][0]) - math.log(math.sqrt(3) - math.sqrt(2)) + 1e-15 < 1e-9


@pytest.mark.parametrize("function", ["divide", "ln"])
def test_more_digits_are_taken_where_30_do_not_tell_a_number_from_0(function: str) -> None:
    """The difference of two roots that 38 digits do not tell apart divides, and has a logarithm."""
    context = Context(prec=150)
    roots = [
        context.sqrt(context.divide(Decimal(x.numerator), Decimal(x.denominator))) for x in (HARDLY_MORE, Fraction(2))
    ]
    difference = context.subtract(*roots)
    form = applied(function, [Linear(1), DIFFERENCE] if function == "divide" else [DIFFERENCE])
    exact = context.divide(Decimal(1), difference) if function == "divide" else context.ln(difference)
    assert rounded("round", form, 1, {"x": HARDLY_MORE, "y": 2}) == int(exact.to_integral_value())


@pytest.mark.parametrize(
    ("x", "low", "high", "truth"),
    [
        (stretch(2, 3), Fraction(3, 2), 2, True),
        (stretch(2, 3), Fraction(9, 5), Fraction(19, 10), False),
        (stretch(2, 2), Fraction(141, 100), Fraction(142, 100), True),
        (stretch(2, 2), Fraction("1.41421356237309504880168872420"), 2, True),
        (stretch(2, 2), Fraction("1.41421356237309504880168872423"), 2, False),
    ],
)
def test_whether_a_root_can_lie_in_a_stretch(x: Any, low: Any, high: Any, truth: bool) -> None:
    """Roots that are no fractions are known by the two decimals around them."""
    assert Search(frozenset()).feasible({"x": x}, [Demand(ROOT, stretch(low, high))]) is truth


def test_what_30_digits_do_not_tell_stays_open() -> None:
    """The two decimals around the root of 2 leave open whether it lies above one between them, and no half is left."""
    (low, _), (high, _) = Ranges({"x": stretch(2, 2)}).reach(ROOT).stretch
    between = Fraction(low + high) / 2
    assert Search(frozenset()).feasible({"x": stretch(2, 2)}, [Demand(ROOT, stretch(between, 2))]) is None
