"""Sets of numbers: what lies in them is checked point by point."""

from __future__ import annotations

import datetime
from fractions import Fraction
from itertools import combinations

import pytest

from hiprun.inference.interval_sets import (
    BOTTOM,
    EVERYTHING,
    NOTHING,
    TOP,
    Region,
    complement,
    from_signs,
    intersection,
    is_whole,
    of_domain,
    only,
    sample,
    union,
    whole,
)
from hiprun.model import Domain

POINTS = [Fraction(number, 2) for number in range(-2, 12)]
REGIONS: list[Region] = [
    NOTHING,
    EVERYTHING,
    from_signs((0,), 2),
    from_signs((-1,), 3),
    from_signs((0, 1), 1),
    from_signs((-1, 1), 2),
    (((0, 0), (1, 1)), ((3, 1), (4, 0))),
]


def has(region: Region, point: Fraction) -> bool:
    """Whether a number lies in a region."""
    return any(start <= (point, 0) < end for start, end in region)


def points(region: Region) -> list[Fraction]:
    """Return which of the points lie in a region."""
    return [point for point in POINTS if has(region, point)]


@pytest.mark.parametrize(
    "signs", [set(signs) for size in range(4) for signs in combinations((-1, 0, 1), size)], ids=str
)
def test_signs_say_on_which_side(signs: set[int]) -> None:
    """A region made of signs has the numbers below, at or above a value."""
    assert points(from_signs(signs, 2)) == [point for point in POINTS if (point > 2) - (point < 2) in signs]


def test_regions_combine_as_sets_do() -> None:
    """Union, intersection and complement have exactly the points that they should."""
    for first in REGIONS:
        assert points(complement(first)) == [point for point in POINTS if not has(first, point)]
        assert complement(complement(first)) == first
        for second in REGIONS:
            assert points(union(first, second)) == [
                point for point in POINTS if has(first, point) or has(second, point)
            ]
            assert points(intersection(first, second)) == [
                point for point in POINTS if has(first, point) and has(second, point)
            ]


def test_stretches_that_touch_become_one() -> None:
    """A region has one form only: stretches that touch or overlap are joined, in rising order."""
    assert union((((1, 0), (2, 0)),), (((2, 0), (3, 1)),), (((0, 0), (1, 1)),)) == (((0, 0), (3, 1)),)
    assert union((((5, 0), (6, 0)),), (((1, 0), (9, 0)),)) == (((1, 0), (9, 0)),)


def test_whole_numbers_have_one_form() -> None:
    """Among whole numbers, `above 2` and `at least 3` are the same region."""
    assert whole(from_signs((1,), 2)) == whole(from_signs((0, 1), 3)) == (((3, 0), TOP),)
    assert whole(((BOTTOM, (Fraction(5, 2), 0)),)) == ((BOTTOM, (3, 0)),)
    assert whole((((Fraction(1, 4), 0), (Fraction(3, 4), 1)),)) == NOTHING


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        (Domain("boolean"), (((0, 0), (2, 0)),)),
        (Domain("choice", {"a": "", "b": "", "c": ""}), (((0, 0), (3, 0)),)),
        (Domain("integer", lowest=1, highest=3), (((1, 0), (4, 0)),)),
        (Domain("number", lowest=1), (((1, 0), TOP),)),
        (Domain("number", highest=Fraction(3, 2)), ((BOTTOM, (Fraction(3, 2), 1)),)),
        (Domain("date"), (((1, 0), (datetime.date.max.toordinal() + 1, 0)),)),
    ],
    ids=lambda value: value.type if isinstance(value, Domain) else "",
)
def test_a_domain_is_a_region(domain: Domain, expected: Region) -> None:
    """All values of a fact are one stretch, with the ends that its range has; of days those that a calendar has."""
    assert of_domain(domain) == expected
    assert is_whole(domain) is (domain.type != "number")


@pytest.mark.parametrize(
    ("region", "whole_numbers", "expected"),
    [
        (NOTHING, True, None),
        (EVERYTHING, True, None),
        ((((2, 0), TOP),), False, None),
        ((((2, 0), (3, 0)),), True, 2),
        ((((2, 0), (3, 0)),), False, None),
        ((((2, 0), (4, 0)),), True, None),
        ((((2, 0), (2, 1)),), False, 2),
        ((((2, 0), (3, 0)), ((5, 0), (6, 0))), True, None),
    ],
)
def test_the_only_number_is_found(region: Region, whole_numbers: bool, expected: int | None) -> None:
    """A region gives its number when there is just one in it."""
    assert only(region, whole_numbers=whole_numbers) == expected


@pytest.mark.parametrize(
    ("region", "whole_numbers", "expected"),
    [
        (EVERYTHING, False, 0),
        (((BOTTOM, (3, 0)),), False, 2),
        (((BOTTOM, (Fraction(5, 2), 1)),), False, 2),
        ((((3, 0), TOP),), False, 3),
        ((((3, 1), TOP),), False, 4),
        ((((Fraction(5, 2), 0), TOP),), False, 3),
        ((((1, 0), (6, 0)),), True, 3),
        ((((4, 0), (4, 1)),), False, 4),
        ((((1, 0), (4, 1)),), False, 2),
        ((((1, 1), (2, 0)),), False, Fraction(3, 2)),
        ((((Fraction(1, 10), 0), (Fraction(2, 10), 1)),), False, Fraction(3, 20)),
    ],
)
def test_an_ordinary_number_stands_for_a_region(region: Region, whole_numbers: bool, expected: Fraction) -> None:
    """The number that stands for a region lies in it and is as plain as can be."""
    assert sample(region, whole_numbers=whole_numbers) == expected
    assert has(region, Fraction(expected))
