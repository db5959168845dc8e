"""Functions of numbers and dates: what each comes to, exactly or to the digit, and how it rises and falls."""

from __future__ import annotations

import datetime
import decimal
import math
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiprun.inference.calendar_arithmetic import (
    FIRST_DAY,
    LAST_DAY,
    MONTH_ENDS,
    MonthEnd,
    months_between,
    months_later,
    weeks_between,
    years_between,
)
from hiprun.inference.circuit import TooLarge
from hiprun.inference.form_ranges import Ranges
from hiprun.inference.functions import FUNCTIONS
from hiprun.inference.linear_forms import Irrational, Linear, Term, applied, is_whole_sum, rounded
from hiprun.inference.real_numbers import digits, exact_power_of_ten, exact_root
from hiprun.model import Ref

X, Y = (Linear(0, ((Ref("fact", name), 1),)) for name in "xy")


def day(text: str) -> int:
    """Return the ordinal of a day."""
    return datetime.date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("function", "arguments", "result"),
    [
        ("multiply", [3, Fraction(1, 3)], 1),
        ("divide", [1, 3], Fraction(1, 3)),
        ("power", [Fraction(2, 3), 2], Fraction(4, 9)),
        ("power", [2, -2], Fraction(1, 4)),
        ("power", [5, 0], 1),
        ("power", [Fraction(4, 9), Fraction(3, 2)], Fraction(8, 27)),
        ("min", [3, 1, 2], 1),
        ("max", [3, 1, 4], 4),
        ("abs", [Fraction(-1, 2)], Fraction(1, 2)),
        ("round", [Fraction(5, 2)], 3),
        ("round", [Fraction(-5, 2)], -3),
        ("round", [Fraction(9, 4), Fraction(1, 2)], Fraction(5, 2)),
        ("round_down", [Fraction(-9, 4), Fraction(1, 2)], Fraction(-5, 2)),
        ("round_up", [Fraction(9, 4), 2], 4),
        ("sqrt", [Fraction(9, 4)], Fraction(3, 2)),
        ("ln", [1], 0),
        ("exp", [0], 1),
        ("log10", [Fraction(1, 1000)], -3),
        ("days", [day("2024-02-28"), day("2024-03-01")], 2),
        ("weeks", [day("2024-01-01"), day("2024-01-21")], 2),
        ("weeks", [day("2024-01-21"), day("2024-01-01")], -2),
        ("add_days", [day("2024-02-28"), 2], day("2024-03-01")),
        ("add_weeks", [day("2024-02-28"), 1], day("2024-03-06")),
    ],
)
def test_a_function_of_numbers_is_exact(function: str, arguments: list[Fraction], result: Fraction) -> None:
    """Whatever can be a fraction is one; halves are rounded away from 0."""
    assert applied(function, [Linear(number) for number in arguments]) == Linear(result)


@pytest.mark.parametrize(
    ("start", "end", "rule", "months", "years"),
    [
        ("2024-02-29", "2025-02-28", "last_day", 12, 1),
        ("2024-02-29", "2025-02-28", "next_day", 11, 0),
        ("2024-02-29", "2025-03-01", "next_day", 12, 1),
        ("2024-01-31", "2024-02-29", "last_day", 1, 0),
        ("2024-01-31", "2024-03-01", "next_day", 1, 0),
        ("2024-01-15", "2023-12-16", "last_day", 0, 0),
        ("2025-02-28", "2024-02-29", "last_day", -12, -1),
        ("2025-02-28", "2024-01-15", "last_day", -13, -1),
    ],
)
def test_months_and_years_are_completed_ones(start: str, end: str, rule: MonthEnd, months: int, years: int) -> None:
    """When a day is reached that a month does not have, the rule says."""
    assert months_between(day(start), day(end), rule) == months
    assert years_between(day(start), day(end), rule) == years


@given(st.integers(day("1896-01-01"), day("2104-12-31")), st.integers(-600, 600), st.sampled_from(MONTH_ENDS))
def test_months_on_are_reached_when_they_are_completed(start: int, months: int, rule: MonthEnd) -> None:
    """The day some months on is the first on which so many months are completed, and no later day comes before it."""
    end = months_later(start, months, rule)
    if months >= 0:
        assert months_between(start, end, rule) >= months
        assert end == start or months_between(start, end - 1, rule) < months
    assert months_later(start - 1, months, rule) <= end
    assert weeks_between(start, end) == -weeks_between(end, start)


def test_months_end_with_the_calendar() -> None:
    """A day beyond the calendar is its last day, one before it its first."""
    assert months_later(LAST_DAY, 1, "last_day") == LAST_DAY
    assert months_later(FIRST_DAY, -1, "last_day") == FIRST_DAY


@given(
    st.sampled_from(["sqrt", "ln", "log10", "exp", "power"]),
    st.fractions(Fraction(1, 1000), 60, max_denominator=1000),
    st.integers(0, 20),
)
def test_what_is_no_fraction_is_right_to_its_last_decimal(function: str, number: Fraction, decimals: int) -> None:
    """The rounded value is the one that 80 digits give."""
    exact = decimal.Context(prec=80)
    argument = exact.divide(decimal.Decimal(number.numerator), decimal.Decimal(number.denominator))
    if function == "power":
        formula = applied("power", [Linear(number), Linear(Fraction(-241, 1000))])
        expected = exact.power(argument, decimal.Decimal("-0.241"))
    else:
        formula = applied(function, [Linear(number)])
        expected = getattr(exact, function)(argument)
    step = Fraction(1, 10**decimals)
    found = applied("round", [formula, Linear(step)])
    nearest = math.floor(Fraction(expected) / step + Fraction(1, 2)) if expected >= 0 else None
    assert not found.terms
    assert abs(found.constant - Fraction(expected)) <= step / 2 + Fraction(1, 10**70)
    assert nearest is None or found.constant == nearest * step or abs(Fraction(expected) / step % 1) == Fraction(1, 2)


def test_what_no_digits_settle_lies_on_the_edge() -> None:
    """The product of two roots of 2 is 2 as far as 240 digits tell, so rounding up leaves it there."""
    product = applied("multiply", [applied("sqrt", [X]), applied("sqrt", [Linear(2)])])
    assert rounded("round_up", product, 1, {"x": 2}) == 2
    assert rounded("round_down", product, 1, {"x": 2}) == 2
    with pytest.raises(Irrational):
        product.at({"x": 3})


def test_closely_worked_out_are_all_functions_of_what_is_no_fraction() -> None:
    """Least, most, size, quotients and whole powers of roots are rounded like the roots themselves."""
    root, other = applied("sqrt", [X]), applied("sqrt", [Y])
    values = {"x": 2, "y": 3}
    for form, number in (
        (applied("min", [root, other]), math.sqrt(2)),
        (applied("max", [root, other]), math.sqrt(3)),
        (applied("abs", [root + other.times(-1)]), math.sqrt(3) - math.sqrt(2)),
        (applied("abs", [other + root.times(-1)]), math.sqrt(3) - math.sqrt(2)),
        (applied("divide", [root, other]), math.sqrt(2 / 3)),
        (applied("power", [root + other, Linear(2)]), (math.sqrt(2) + math.sqrt(3)) ** 2),
        (applied("power", [root, Linear(-3)]), 2**-1.5),
        (applied("power", [root + other.times(-1), Linear(2)]), (math.sqrt(2) - math.sqrt(3)) ** 2),
        (root.times(2) + Linear(1) + Y, 2 * math.sqrt(2) + 4),
    ):
        assert abs(rounded("round", form, Fraction(1, 10**9), values) - Fraction(number)) < Fraction(1, 10**8)


def test_a_size_is_right_to_its_last_decimal_whatever_digits_the_caller_works_with() -> None:
    """The size of a logarithm has as many digits as are asked for, not those that decimals have in this thread."""
    size = applied("abs", [applied("ln", [X])])
    with decimal.localcontext(decimal.Context(prec=5)):
        found = rounded("round", size, Fraction(1, 10**35), {"x": Fraction(1, 10)})
    assert found == Fraction("2.30258509299404568401799145468436421")


def test_a_size_that_may_be_nothing_begins_at_nothing() -> None:
    """With few digits the size of a difference of equal roots lies between 0 and little."""
    near = applied("abs", [applied("sqrt", [X]) + applied("sqrt", [Y]).times(-1)])
    low, high = near.near({"x": 2, "y": 2}, digits(10))
    assert low == 0 < high


def test_roots_and_powers_of_ten_that_are_fractions_are_found() -> None:
    """Cubes have roots, 8/27 among them; 20 is no power of 10."""
    assert exact_root(Fraction(8, 27), 3) == Fraction(2, 3)
    assert exact_root(9, 3) is None
    assert exact_root(9, 10**10) is None
    assert exact_root(1, 10**10) == 1
    assert exact_power_of_ten(1000) == 3
    assert exact_power_of_ten(20) is None


@given(st.integers(0, 2**32 - 1))
def test_slopes_hold(seed: int) -> None:
    """Where a function is said never to fall, or never to rise, over some numbers, it does not."""
    rng = random.Random(seed)
    name = rng.choice(["multiply", "divide", "power", "min", "max", "abs", "round", "round_down", "round_up"])
    function = FUNCTIONS[name]
    ranges = [tuple(sorted(rng.sample(range(-4, 5), 2))) for _ in range(2)]
    if name in ("divide", "round", "round_down", "round_up"):
        ranges[1] = (1, rng.randint(1, 3))
    if name == "power":
        exponent = rng.choice((2, 3, 0, -1, -2))
        ranges = [ranges[0] if exponent >= 0 else rng.choice(((1, 3), (-3, -1))), (exponent, exponent)]
    if name == "abs":
        ranges = ranges[:1]
    for index, slope in enumerate(function.slopes(ranges)):
        point = [Fraction(rng.randint(2 * low, 2 * high), 2) for low, high in ranges]
        low, high = ranges[index]
        first, second = sorted(Fraction(rng.randint(4 * low, 4 * high), 4) for _ in range(2))
        if name == "power" and index == 1:
            continue
        values = [function.exact(*[*point[:index], value, *point[index + 1 :]]) for value in (first, second)]
        assert slope is None or slope * (values[1] - values[0]) >= 0
        assert slope != 0 or values[0] == values[1]


def test_terms_are_bounded() -> None:
    """What would grow without bound when it is worked out is refused while it is put together."""

    def grown(function: str, *more: Linear) -> None:
        form = X
        for _ in range(400):
            form = applied(function, [form, *(other + form for other in more or (Linear(0),))])

    with pytest.raises(TooLarge):
        grown("multiply")
    with pytest.raises(TooLarge):
        grown("max", Y)


def test_whole_terms_are_known() -> None:
    """Products, powers and least of whole numbers are whole, and so is what is rounded to whole steps."""
    whole = {"x", "y"}
    assert is_whole_sum(applied("multiply", [X, Y]) + Linear(2), whole)
    assert is_whole_sum(applied("power", [X, Linear(2)]), whole)
    assert not is_whole_sum(applied("power", [X, Linear(-2)]), whole)
    assert is_whole_sum(applied("round", [X.times(Fraction(1, 2))]), set())
    assert not is_whole_sum(applied("round", [X, Linear(Fraction(1, 2))]), whole)
    assert not is_whole_sum(applied("divide", [X, Y]), whole)
    assert not is_whole_sum(applied("min", [X, Linear(Fraction(1, 2))]), whole)
    assert is_whole_sum(applied("years", [X, Y], "last_day"), set())


def test_a_term_is_put_in_like_a_fact() -> None:
    """With a number in the place of a fact a product becomes linear, with two a number; its name says what it is."""
    term = applied("multiply", [X, Y])
    assert term.put(Ref("fact", "x"), Linear(3)) == Y.times(3)
    assert term.put(Ref("fact", "x"), Linear(3)).put(Ref("fact", "y"), Linear(2)) == Linear(6)
    (ref, _), *_ = term.terms
    assert isinstance(ref, Term)
    assert str(ref) == "(x) * (y)"
    assert str(applied("round", [X.times(2) + Linear(1), Linear(Fraction(1, 2))])) == "round(2 * x + 1, 1/2)"
    assert str(applied("years", [X, Y], "next_day")) == "years(x, y, next_day)"


@pytest.mark.parametrize(("low", "high"), [(2, 3), (-3, -2), (-2, 3), (-3, 2)])
def test_digits_are_rounded_outwards(low: int, high: int) -> None:
    """What lies between two decimals has its products, quotients and roots between those that are found."""
    precision = digits(3)
    factor = Decimal(low), Decimal(high)
    for other in (factor, (Decimal(-7), Decimal(-5)), (Decimal(5), Decimal(7))):
        products = [Fraction(one) * Fraction(another) for one in factor for another in other]
        found = precision.multiply(factor, other)
        assert (Fraction(found[0]), Fraction(found[1])) == (min(products), max(products))
    third = precision.divide((Decimal(1), Decimal(1)), (Decimal(3), Decimal(3)))
    assert third == (Decimal("0.333"), Decimal("0.334"))
    for number in (2, 3, 6, 7):
        root = precision.square_root((Decimal(number), Decimal(number)))
        assert Fraction(root[0]) ** 2 < number < Fraction(root[1]) ** 2


def test_an_infinite_range_has_infinite_ends() -> None:
    """Where facts have no ends neither do sums, products, powers and roots of them."""
    ends = {"x": ((1, 0), (math.inf, 1)), "y": ((-math.inf, 0), (2, 1))}
    ranges = Ranges(ends)
    for form, low, high in (
        (X + Y.times(-1), -1, math.inf),
        (applied("multiply", [X, Y]), -math.inf, math.inf),
        (applied("divide", [Linear(1), X]), 0, 1),
        (applied("power", [Y, Linear(2)]), 0, math.inf),
        (applied("power", [Y, Linear(3)]), -math.inf, 8),
        (applied("power", [X, Linear(-1)]), 0, 1),
        (applied("round_up", [X, Linear(2)]), 2, math.inf),
        (applied("sqrt", [X]), 1, math.inf),
        (applied("divide", [X, Linear(-2)]), -math.inf, Fraction(-1, 2)),
        (applied("divide", [X, applied("max", [X, Linear(2)])]), 0, math.inf),
        (applied("divide", [X, applied("min", [Y, Linear(-2)])]), -math.inf, 0),
        (applied("abs", [Y]), 0, math.inf),
        (applied("power", [X, Linear(Fraction(1, 2))]), 1, math.inf),
        (applied("exp", [Y]), 0, None),
    ):
        found = ranges.ends(form)
        assert found[0] == low
        assert high is None or found[1] == high


def test_what_is_exactly_0_has_no_digits_around_it() -> None:
    """The root of 0 and the logarithms of 1 lie between 0 and 0: a decimal next to 0 is too small for any fraction."""
    one, zero = (Decimal(1), Decimal(1)), (Decimal(0), Decimal(0))
    precision = digits(30)
    for found in (precision.square_root(zero), precision.logarithm(one), precision.decimal_logarithm(one)):
        assert found == zero
    low, high = precision.logarithm((Decimal(1), Decimal("1.1")))
    assert low == 0 < high
