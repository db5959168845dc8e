"""What sums of whole numbers can come to is found by their totals, the same as trying every combination."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest

from hiprun.inference.linear_constraints import Solver, within
from hiprun.inference.running_totals import MOST_TOTALS, ends

NAMES = ("a", "b", "c", "d")


def some_terms(rng: random.Random) -> list[tuple[str, Fraction]]:
    """Return some of the numbers, each times a factor."""
    names = rng.sample(NAMES, rng.randint(1, 4))
    return [(name, Fraction(rng.choice((-3, -2, -1, 1, 2, 3)), rng.choice((1, 1, 2)))) for name in names]


@pytest.mark.parametrize("seed", range(60))
def test_ends_are_those_of_all_combinations(seed: int) -> None:
    """For random ranges, limits and factors, a sum ends where the best of all combinations does, or has no end."""
    rng = random.Random(seed)
    ranges = {name: range(low := rng.randint(-3, 2), low + rng.randint(1, 4)) for name in NAMES}
    rows = [row for name, values in ranges.items() for row in within(((name, 1),), ((values[0], 0), (values[-1], 1)))]
    for _ in range(rng.randint(1, 3)):
        terms = [
            (name, Fraction(rng.choice((-3, -2, -1, 1, 2, 3)), rng.choice((1, 1, 2))))
            for name in NAMES
            if rng.random() < 0.7
        ]
        low = Fraction(rng.randint(-9, 6), 2)
        rows += within(terms, ((low, rng.randint(0, 1)), (low + rng.randint(1, 6), rng.randint(0, 1))))
    wanted = [
        (name, Fraction(rng.choice((-2, -1, 1, 3)), rng.choice((1, 2))))
        for name in rng.sample(NAMES, rng.randint(1, 3))
    ]
    found = [
        sum(factor * patient[name] for name, factor in wanted)
        for patient in (dict(zip(NAMES, values, strict=True)) for values in product(*ranges.values()))
        if all(
            total < number if strict else total <= number
            for factors, number, strict in rows
            for total in [sum(factor * patient[name] for name, factor in factors.items())]
        )
    ]
    solver = Solver()
    assert solver.feasible(rows, frozenset(NAMES)) is bool(found)
    assert solver.span(wanted, rows, frozenset(NAMES)) == ((((min(found), 0), (max(found), 1)),) if found else ())


def test_many_items_take_little_work() -> None:
    """A questionnaire of sixty items is settled by its totals, with less work than one elimination takes."""
    names = [f"item_{i}" for i in range(60)]
    rows = [row for name in names for row in within(((name, 1),), ((0, 0), (3, 1)))]
    rows += within([(name, 1) for name in names], ((170, 0), (171, 0)))
    solver = Solver()
    assert solver.span([("item_7", 1)], rows, frozenset(names)) == (((0, 0), (3, 1)),)
    assert solver.span([("item_7", 1), ("item_8", 1), ("item_9", 1)], rows, frozenset(names)) == (((0, 0), (9, 1)),)
    assert solver.work < 1000
    rows += within([(name, 1) for name in names[1:]], ((169, 0), (175, 0)))
    assert solver.span([("item_0", 1)], rows, frozenset(names)) == (((0, 0), (1, 1)),)


@pytest.mark.parametrize(
    "limits",
    [
        [({"x": 1}, 3)],
        [({"x": 1}, 5000), ({"x": -1}, 0)],
        [({"x": 1}, 9), ({"x": -1}, 0), ({"y": 1}, 9), ({"y": -1}, 0), ({"x": 1, "y": MOST_TOTALS}, 3)],
        [({"x": 1}, 9), ({"x": -1}, 0), ({"y": 1}, 9), ({"y": -1}, 0), ({"x": 1, "y": 10**30}, 10**31)],
    ],
    ids=["no end", "too many values", "too many totals", "more totals than memory holds"],
)
def test_what_is_too_large_is_left_to_others(limits: list[tuple[dict[str, int], int]]) -> None:
    """Numbers without an end, or with too many totals, are not settled in this way."""
    assert ends(limits, {"x": 1}) is None


def test_totals_of_what_is_asked_for_are_bounded_too() -> None:
    """The sum that is asked for may have too many totals as well."""
    limits = [({"x": 1}, 9), ({"x": -1}, 0), ({"y": 1}, 9), ({"y": -1}, 0)]
    assert ends(limits, {"x": 1, "y": MOST_TOTALS}) is None
    assert ends(limits, {"x": 1, "y": -100}) == (-900, 9)


@pytest.mark.parametrize("terms", [{"x": 1}, {"x": 1, "y": 1}], ids=["number", "sum"])
def test_limits_that_contradict_each_other_leave_nothing(terms: dict[str, int]) -> None:
    """Where a limit lies below another of the same sum nothing is left, whatever the numbers are."""
    assert ends([(terms, 0), ({name: -factor for name, factor in terms.items()}, -1)], {}) == ()
