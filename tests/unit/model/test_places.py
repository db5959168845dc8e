"""Places in files, and the lines that stand there."""

from __future__ import annotations

import pytest

from hiprun.model.places import NOWHERE, Place, SourceText


def test_places_read_and_sort_as_in_editors() -> None:
    """A place reads as file, line and column, and places stand in the order of the file."""
    assert str(Place("a.yaml", 3, 7, 2)) == "a.yaml:3:7"
    places = [Place("b.yaml"), Place("a.yaml", 10), Place("a.yaml", 9, 5), Place("a.yaml", 9, 2)]
    assert sorted(places) == places[::-1]
    assert min(NOWHERE, *places) == NOWHERE


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "one"), (2, ""), (3, "three"), (4, ""), (5, ""), (0, ""), (-1, "")]
)
def test_a_line_is_shown_without_its_end(number: int, expected: str) -> None:
    """A line comes without its line break, whichever kind it is; beyond the file there is nothing."""
    assert SourceText("a.yaml", "one\r\n\nthree\n").line(number) == expected
