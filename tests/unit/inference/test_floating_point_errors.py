"""How far floats are off: never further than their bounds say, and these are not much wider than they have to be."""

from __future__ import annotations

import decimal
import itertools
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from hiprun.inference.floating_point_errors import (
    FLOAT_FUNCTIONS,
    FLOAT_ROUNDINGS,
    LARGEST_WHOLE,
    Approximation,
    sum_errors,
    widened,
)
from hiprun.inference.functions import FUNCTIONS, ROUNDINGS
from hiprun.inference.real_numbers import digits

RELATIVE, ABSOLUTE = 1e-8, 1e-9
"""Errors that are large beside those of the operations themselves."""

ARGUMENTS: list[tuple[str, list[float]]] = [
    ("multiply", [3.7, -0.2]),
    ("multiply", [1e-3, 5e4]),
    ("divide", [3.7, 0.3]),
    ("divide", [-0.01, 70.0]),
    ("power", [2.3, 3.0]),
    ("power", [-2.3, 3.0]),
    ("power", [0.4, -2.0]),
    ("power", [5.5, -0.241]),
    ("power", [0.02, 1 / 3]),
    ("min", [3.7, 3.7 + 1e-9]),
    ("max", [-3.7, -3.7 + 1e-9, -8.0]),
    ("abs", [-3.7]),
    ("sqrt", [3.7]),
    ("sqrt", [1e-4]),
    ("exp", [12.5]),
    ("exp", [-30.0]),
    ("ln", [1.0]),
    ("ln", [70.0]),
    ("log10", [0.03]),
    ("log10", [1.0]),
]


def closely(name: str, arguments: tuple[Fraction, ...], exponent: float | None) -> Fraction:
    """Return what the table says with 40 digits."""
    entry, precision = FUNCTIONS[name], digits(40)
    assert entry.near is not None
    near = [precision.near(number) for number in arguments]
    more: list[Any] = [] if exponent is None else [Fraction(exponent)]
    low, high = entry.near(precision, *near, *([precision.near(more[0]), *more] if more else []))
    assert high - low <= abs(high) * Decimal("1e-30")
    return Fraction(low)


def test_every_function_of_the_table_is_there() -> None:
    """A function rounds or has a float function; those with errors are the ones that the table works out closely."""
    assert set(FLOAT_FUNCTIONS) | set(FLOAT_ROUNDINGS) == set(FUNCTIONS)
    assert set(FLOAT_ROUNDINGS) == set(ROUNDINGS)
    assert {name for name, entry in FLOAT_FUNCTIONS.items() if entry.errors} == {
        name for name, entry in FUNCTIONS.items() if entry.near is not None
    }


@pytest.mark.parametrize(("name", "floats"), ARGUMENTS)
@pytest.mark.parametrize(("relative", "absolute"), [(RELATIVE, 0.0), (0.0, ABSOLUTE), (RELATIVE, ABSOLUTE), (0.0, 0.0)])
def test_bounds_hold_and_are_close(name: str, floats: list[float], relative: float, absolute: float) -> None:
    """With numbers as far from their floats as they may be, the result is as far as the bound says, within a half."""
    exponent = floats[1] if name == "power" else None
    given = floats[:1] if name == "power" else floats
    off = [relative * abs(number) + absolute for number in given]
    numbers = [Approximation(y - e, y + e, relative, absolute) for y, e in zip(given, off, strict=True)]
    if exponent is not None:
        numbers.append(Approximation(exponent, exponent))
    function = FLOAT_FUNCTIONS[name]
    assert function.errors is not None
    found_relative, found_absolute = widened(function.errors(numbers))
    found = function.call(*floats)
    furthest = Fraction(0)
    for signs in itertools.product((-1, 1), repeat=len(given)):
        exact = tuple(Fraction(y) + sign * Fraction(e) for y, sign, e in zip(given, signs, off, strict=True))
        furthest = max(furthest, abs(closely(name, exact, exponent) - Fraction(found)))
    bound = Fraction(found_relative) * abs(Fraction(found)) + Fraction(found_absolute)
    assert furthest <= bound + abs(Fraction(found)) / 10**35
    if relative or absolute:
        assert bound <= furthest * 2 or name in ("log10", "max"), (float(bound), float(furthest))


@pytest.mark.parametrize("floats", [[1.5, 2.25, 1e-3], [-4.0, -1e-9], [5.0, -4.999], [0.0, 3.0], [1e15, 1.0, -1e15]])
def test_bounds_of_sums_hold(floats: list[float]) -> None:
    """Parts of one sign keep their relative errors; where they cancel out, what is left has errors of its own size."""
    numbers = [Approximation(y, y, RELATIVE, ABSOLUTE) for y in floats]
    relative, absolute = widened(sum_errors(numbers))
    found = sum(floats)
    furthest = sum(Fraction(RELATIVE) * abs(Fraction(y)) + Fraction(ABSOLUTE) for y in floats)
    off = abs(sum(map(Fraction, floats)) - Fraction(found))
    assert furthest + off <= Fraction(relative) * abs(Fraction(found)) + Fraction(absolute)


def test_what_has_no_bound_has_none() -> None:
    """A divisor that may be 0, a logarithm of what may be 0, and what is close to 0 for its error are not usable."""
    around_zero, beside_zero = Approximation(-1.0, 1.0, 1e-16), Approximation(1e-9, 1.0, 1e-16, 1e-8)
    one = Approximation(1.0, 1.0)
    for name, numbers in (
        ("divide", [one, around_zero]),
        ("divide", [one, beside_zero]),
        ("ln", [Approximation(0.0, 1.0, 1e-16)]),
        ("log10", [beside_zero]),
        ("power", [beside_zero, Approximation(0.5, 0.5)]),
        ("power", [around_zero, Approximation(-1.0, -1.0)]),
    ):
        errors = FLOAT_FUNCTIONS[name].errors
        assert errors is not None
        assert not Approximation(0.0, 1.0, *widened(errors(numbers))).is_usable, name
    assert not Approximation(0.0, math.inf, 1e-16).is_usable
    assert not Approximation(0.0, 1.0, 1e-16, math.inf).is_usable


def test_a_root_of_what_may_be_nothing_has_the_root_of_its_error() -> None:
    """Next to 0 a root falls ever more steeply."""
    errors = FLOAT_FUNCTIONS["sqrt"].errors
    assert errors is not None
    assert errors([Approximation(0.0, 4.0, 0.0, 1e-12)])[1] >= 1e-6
    assert errors([Approximation(1.0, 4.0, 0.0, 1e-12)])[1] <= 1e-11


@pytest.mark.parametrize("y", [-2.0, -1e-9, 0.0, 1e-9, 2.0])
def test_a_power_of_what_may_be_nothing_is_off_as_it_is_at_the_largest_number(y: float) -> None:
    """Where a number has no error for its size, that of its power is the same wherever the number lies."""
    errors = FLOAT_FUNCTIONS["power"].errors
    assert errors is not None
    relative, absolute = widened(errors([Approximation(-2.0, 2.0, 0.0, ABSOLUTE), Approximation(3.0, 3.0)]))
    furthest = max(abs((Fraction(y) + sign * Fraction(ABSOLUTE)) ** 3 - Fraction(y**3)) for sign in (-1, 1))
    assert furthest <= Fraction(relative) * abs(Fraction(y**3)) + Fraction(absolute) <= 12.1 * ABSOLUTE


@pytest.mark.parametrize("name", FLOAT_ROUNDINGS)
def test_what_rounds_alike_lies_around_the_middle(name: str) -> None:
    """Half a unit to each side of the middle everything becomes the same whole number, and beyond it another one."""
    rounding = FLOAT_ROUNDINGS[name]
    for whole in (-3, 0, 7):
        for off in (-0.499, 0.0, 0.499):
            number = whole + rounding.middle + off
            assert rounding.call(number + rounding.before) == ROUNDINGS[name](Fraction(number)) == whole
        for off in (-0.501, 0.501):
            assert ROUNDINGS[name](Fraction(whole + rounding.middle + off)) != whole


def test_library_functions_are_as_right_as_is_allowed_for() -> None:
    """Powers, exponentials and logarithms of this platform, of numbers of all sizes."""
    with decimal.localcontext(decimal.Context(prec=40)):
        for step in range(1, 400):
            y = 1.7 ** (step - 200)
            for name, exact in (("ln", Decimal(y).ln()), ("log10", Decimal(y).log10())):
                assert abs(Decimal(FLOAT_FUNCTIONS[name].call(y)) - exact) <= abs(exact) * Decimal(2) ** -48
            z = (step - 200) * 0.43
            assert abs(Decimal(math.exp(z)) - Decimal(z).exp()) <= Decimal(z).exp() * Decimal(2) ** -48
            power = Decimal(y) ** Decimal("-0.302")
            assert abs(Decimal(y**-0.302) - power) <= power * Decimal(2) ** -48


def test_floats_are_exact_for_whole_numbers_as_far_as_is_said() -> None:
    """The first whole number that is no float is beyond."""
    assert float(LARGEST_WHOLE) == LARGEST_WHOLE
    assert float(LARGEST_WHOLE + 1) != LARGEST_WHOLE + 1
