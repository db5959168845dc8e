"""Sums of facts times numbers: what they come to, where they stay, and whether several fit at once."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiprun.inference.interval_sets import BOTTOM, TOP
from hiprun.inference.linear_constraints import Inequality, Linear, Solver, bounds, hull, linear, within
from hiprun.model import Arithmetic, Constant, Domain, Formula, ParameterRef, Ref

X, Y = Ref("fact", "x"), Ref("fact", "y")
INF = math.inf


@pytest.mark.parametrize(
    ("formula", "constant", "terms"),
    [
        (Constant(3), 3, ()),
        (ParameterRef("rate"), Fraction(1, 2), ()),
        (X, 0, ((X, 1),)),
        (Arithmetic("+", X, Arithmetic("-", Y, X)), 0, ((Y, 1),)),
        (Arithmetic("-", Constant(1), Arithmetic("*", Constant(2), X)), 1, ((X, -2),)),
        (Arithmetic("*", X, ParameterRef("rate")), 0, ((X, Fraction(1, 2)),)),
        (Arithmetic("*", Constant(0), X), 0, ()),
        (Arithmetic("/", Arithmetic("+", X, Constant(3)), Constant(2)), Fraction(3, 2), ((X, Fraction(1, 2)),)),
        (Ref("derived", "double"), 1, ((X, 2),)),
    ],
)
def test_a_formula_becomes_a_sum(formula: Formula, constant: Fraction, terms: object) -> None:
    """Numbers, parameters and derived numbers are put in, and equal terms fall together."""
    assert linear(formula, {"rate": Fraction(1, 2)}, {"double": Linear(1, ((X, 2),))}) == Linear(constant, terms)  # type: ignore[arg-type]


def test_a_value_takes_the_place_of_a_name() -> None:
    """A name in a sum can be replaced by a number or another sum."""
    assert Linear(1, ((X, 2), (Y, 1))).put(X, Linear(3)) == Linear(7, ((Y, 1),))
    assert Linear(1, ((X, 2), (Y, 1))).put(X, Linear(0, ((Y, 1),))) == Linear(1, ((Y, 3),))
    assert linear(Ref("derived", "own"), {}) == Linear(0, ((Ref("derived", "own"), 1),))


@pytest.mark.parametrize(
    ("terms", "low", "high"),
    [
        ([("x", 2)], (2, 0), (6, 1)),
        ([("x", -1)], (-3, 0), (-1, 1)),
        ([("x", 1), ("open", 1)], (1, 1), (5, 0)),
        ([("x", 1), ("endless", -1)], (-INF, 0), (3, 1)),
        ([], (0, 0), (0, 1)),
    ],
)
def test_a_sum_stays_between_its_ends(
    terms: list[tuple[str, int]], low: tuple[float, int], high: tuple[float, int]
) -> None:
    """The ends of a sum follow from those of its facts; an end that a fact cannot reach, the sum cannot reach."""
    hulls = {"x": ((1, 0), (3, 1)), "open": ((0, 1), (2, 0)), "endless": ((0, 0), TOP)}
    assert bounds(terms, hulls) == (low, high)


def test_a_region_has_two_ends() -> None:
    """The ends of a region of whole numbers are numbers in it."""
    gap = (((1, 0), (2, 0)), ((5, 0), (9, 0)))
    assert hull(gap, Domain("integer")) == ((1, 0), (8, 1))
    assert hull(gap, Domain("number")) == ((1, 0), (9, 0))
    assert hull(((BOTTOM, TOP),), Domain("integer")) == (BOTTOM, TOP)


def fits(inequalities: list[Inequality], values: dict[str, Fraction]) -> bool:
    """Whether numbers keep all inequalities."""
    sums = [sum(factor * values[name] for name, factor in factors.items()) for factors, _, _ in inequalities]
    return all(
        total < number or (total == number and not strict)
        for total, (_, number, strict) in zip(sums, inequalities, strict=True)
    )


@pytest.mark.slow
@given(st.integers(0, 2**32 - 1))
def test_the_solver_agrees_with_trying(seed: int) -> None:
    """Whole numbers in a box keep random inequalities exactly when the solver says so."""
    rng = random.Random(seed)
    names = ["x", "y", "z"]
    rows: list[Inequality] = [row for name in names for row in within([(name, 1)], ((-1, 0), (2, 1)))]
    for _ in range(rng.randint(1, 4)):
        factors = {name: rng.choice((-2, -1, 1, 2, 3)) for name in rng.sample(names, rng.randint(1, 3))}
        edge = Fraction(rng.randint(-8, 8), rng.choice((1, 2)))
        rows += within(
            list(factors.items()), ((edge, rng.randint(0, 1)), (edge + rng.randint(0, 2), rng.randint(0, 1)))
        )
    found = any(
        fits(rows, dict(zip(names, map(Fraction, values), strict=True))) for values in product(range(-1, 3), repeat=3)
    )
    assert Solver().feasible(rows, frozenset(names)) is found
    halves = [Fraction(number, 6) for number in range(-6, 13)]
    if any(fits(rows, dict(zip(names, values, strict=True))) for values in product(halves[::3], repeat=3)):
        assert Solver().feasible(rows) is True


@pytest.mark.parametrize(
    ("rows", "whole", "expected"),
    [
        ([], "", True),
        (within([("x", 1)], ((3, 0), (3, 1))), "x", True),
        (within([("x", 1)], ((3, 1), (4, 0))), "x", False),
        (within([("x", 1)], ((3, 1), (4, 0))), "", True),
        (within([("x", 1)], ((3, 1), (3, 1))), "", False),
        (within([("x", 2), ("y", -2)], ((1, 0), (1, 1))), "", True),
        (within([("x", 2)], ((1, 0), (1, 1))), "x", False),
        (within([("x", 1), ("y", -1)], ((5, 0), TOP)), "xy", True),
        (within([("x", 1)], (BOTTOM, (5, 1))), "x", True),
        (within([("x", 1)], ((0, 0), (10**9, 1))), "x", True),
        (within([("x", 2), ("y", -2)], ((1, 0), (1, 1))), "xy", False),
        (within([("x", 11), ("y", -13)], ((1, 0), (1, 1))), "xy", None),
    ],
)
def test_what_cannot_be_told_is_not_claimed(rows: list[Inequality], whole: str, expected: bool | None) -> None:
    """Over endless whole numbers a solution is found or left open, but never denied without proof."""
    assert Solver().feasible(rows, frozenset(whole)) is expected


def test_too_many_inequalities_are_left_open() -> None:
    """Where elimination would grow beyond all bounds nothing is claimed, and the work is counted."""
    rows = [
        row
        for first, second in product(range(1, 30), repeat=2)
        for row in within([("x", first), ("y", -second), ("z", first - second)], ((-second, 0), (first, 1)))
    ]
    solver = Solver()
    assert solver.feasible(rows) is None
    assert solver.work > 1000
    assert Solver().feasible([*rows, *within([("w", 1)], ((0, 0), (1, 1)))], frozenset("w")) is None


@pytest.mark.parametrize(
    ("terms", "rows", "whole", "expected"),
    [
        (
            [("x", 1)],
            [*within([("x", 1)], ((0, 0), (5, 1))), *within([("x", 1), ("y", -2)], ((0, 0), (0, 1)))],
            "xy",
            (0, 4),
        ),
        (
            [("x", 1)],
            [*within([("x", 1)], ((0, 0), (9, 0))), *within([("x", 2), ("y", -6)], ((2, 0), (2, 1)))],
            "xy",
            (1, 7),
        ),
        (
            [("z", 1)],
            [*within([("z", 1)], ((0, 0), (Fraction(5, 2), 1))), *within([("z", 1), ("x", -1)], ((0, 0), (0, 1)))],
            "x",
            (0, 2),
        ),
        (
            [("z", 1), ("x", 1)],
            [*within([("z", 1)], ((0, 0), (1, 0))), *within([("x", 1)], ((0, 0), (3, 0)))],
            "x",
            (0, 3),
        ),
        ([("x", 1)], within([("x", 1)], ((0, 0), TOP)), "x", (0, INF)),
    ],
)
def test_a_span_ends_where_numbers_end(
    terms: list[tuple[str, int]], rows: list[Inequality], whole: str, expected: tuple[float, float]
) -> None:
    """The ends of a sum are those that it has with whole numbers where they have to be whole."""
    span = Solver().span(terms, rows, frozenset(whole))
    assert span is not None
    assert (span[0][0][0], span[-1][1][0]) == expected


@pytest.mark.parametrize(
    ("terms", "rows", "whole"),
    [
        ([("x", 1)], within([("y", 1)], ((1, 0), (0, 1))), ""),
        ([("x", 1)], within([("x", 1)], ((1, 0), (0, 1))), "x"),
        ([("x", 1)], within([("x", 4), ("y", -2)], ((1, 0), (1, 1))), "xy"),
        ([("x", 1)], within([("x", 1)], ((1, 1), (2, 0))), "x"),
    ],
)
def test_what_cannot_be_has_no_span(terms: list[tuple[str, int]], rows: list[Inequality], whole: str) -> None:
    """Where nothing fits there is nothing from which to which a sum could go."""
    assert Solver().span(terms, rows, frozenset(whole)) == ()


MANY = [({"y": index + 1, "x": 1}, index, False) for index in range(40)]
MANY += [({"y": -index - 1, "x": 1}, index, False) for index in range(40)]


@pytest.mark.parametrize(
    ("terms", "rows", "whole"),
    [
        ([("x", 1)], MANY, ""),
        ([("x", 1)], within([("x", 11), ("y", -13)], ((1, 0), (1, 1))), "xy"),
        (
            [("z", 1)],
            [*within([("z", 1)], (BOTTOM, (Fraction(5, 2), 1))), *within([("z", 1), ("x", -1)], ((0, 0), (0, 1)))],
            "x",
        ),
        (
            [("z", 1)],
            [
                *within([("z", 1)], (BOTTOM, (Fraction(5, 2), 1))),
                *within([("a", 1)], ((0, 0), (1, 1))),
                *within([("z", 1), ("a", -1), ("x", -1)], ((0, 0), (0, 1))),
            ],
            "ax",
        ),
    ],
)
def test_a_span_that_takes_too_long_is_left_open(
    terms: list[tuple[str, int]], rows: list[Inequality], whole: str
) -> None:
    """Where the ends are not found in few steps none are claimed."""
    assert Solver().span(terms, rows, frozenset(whole)) is None


@pytest.mark.slow
@given(st.integers(0, 2**32 - 1))
def test_a_span_is_that_of_all_whole_numbers_tried(seed: int) -> None:
    """The ends of a sum are the outermost of those that it has for each choice of its whole numbers."""
    rng = random.Random(seed)
    names = "xyz"[: rng.randint(1, 3)]
    whole = frozenset(name for name in names if rng.random() < 0.7)
    rows: list[Inequality] = []
    for name in names:
        low = rng.randint(-3, 1)
        rows += within([(name, 1)], ((low, rng.randint(0, 1)), (low + rng.randint(0, 4), rng.randint(0, 1))))
    for _ in range(rng.randint(0, 2)):
        factors = {name: rng.randint(-3, 3) for name in names}
        rows.append((factors, Fraction(rng.randint(-6, 9), rng.choice((1, 2))), rng.random() < 0.5))
    terms = [(name, rng.choice((-3, -2, 1, 2, Fraction(1, 2)))) for name in names]
    spans = []
    for values in product(range(-3, 6), repeat=len(whole)):
        exactly = [row for name, value in zip(sorted(whole), values, strict=True) for row in point_rows(name, value)]
        spans += Solver().span(terms, [*rows, *exactly]) or ()
    expected = (min(low for (low, _), _ in spans), max(high for _, (high, _) in spans)) if spans else None
    found = Solver().span(terms, rows, whole)
    assert found is not None
    assert ((found[0][0][0], found[0][1][0]) if found else None) == expected


def point_rows(name: str, value: int) -> list[Inequality]:
    """Return the inequalities that fix a variable."""
    return within([(name, 1)], ((value, 0), (value, 1)))


def test_whole_numbers_fit_where_there_is_room() -> None:
    """Over long ranges whole numbers are known to fit without being tried one by one."""
    rows = [*within([("x", 1)], ((0, 0), (10**6, 1))), *within([("x", 3), ("y", -7)], ((0, 0), (50, 1)))]
    assert Solver().feasible(rows, frozenset("xy"), tries=1) is True


def test_an_end_far_inside_is_found_or_left_open() -> None:
    """Where whole numbers that fit lie far inside, the end is the first of them; without tries none is claimed."""
    rows = [*within([("x", 1)], ((0, 0), (15, 1))), *within([("x", 1), ("y", -8)], ((0, 0), (0, 1)))]
    assert Solver().span([("x", 1)], rows, frozenset("xy")) == (((0, 0), (8, 1)),)
    rows = [row for name, low, high in (("x", -2, 147), ("y", -1, 85), ("z", -2, 184)) for row in ends(name, low, high)]
    rows += [*within([("x", 11), ("z", -3)], ((-1, 0), (0, 1))), *within([("y", 11), ("x", -17)], ((-6, 0), (-6, 1)))]
    assert Solver().span([("x", 1)], rows, frozenset("xyz"), tries=4) is None
    assert Solver().span([("x", 1)], rows, frozenset("xyz")) is not None


def ends(name: str, low: int, high: int) -> list[Inequality]:
    """Return the inequalities that keep a variable between two ends, both included."""
    return within([(name, 1)], ((low, 0), (high, 1)))
