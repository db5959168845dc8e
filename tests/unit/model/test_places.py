"""Places in files, and the source lines shown for them."""

from __future__ import annotations

import pytest

from hiprun.model.places import NOWHERE, Place, SourceText


def test_places_read_and_sort_as_in_editors() -> None:
    """A place reads as file, line and column, and places sort in the order of the file."""
    assert str(Place("a.yaml", 3, 7, 2)) == "a.yaml:3:7"
    places = [Place("b.yaml"), Place("a.yaml", 10), Place("a.yaml", 9, 5), Place("a.yaml", 9, 2)]
    assert sorted(places) == places[::-1]
    assert min(NOWHERE, *places) == NOWHERE


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "one"), (2, ""), (3, "three"), (4, ""), (5, ""), (0, ""), (-1, "")]
)
def test_a_line_is_returned_without_its_line_break(number: int, expected: str) -> None:
    """Lines come without their line break, of whichever kind; lines outside the file are empty."""
    assert SourceText("a.yaml", "one\r\n\nthree\n").line(number) == expected
