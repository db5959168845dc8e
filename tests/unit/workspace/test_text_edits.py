"""Texts are changed by place, and nothing else in them is."""

from __future__ import annotations

import pytest

from hiprun.model.places import Place
from hiprun.workspace import TextEdit, apply_edits


def test_edits_refer_to_the_text_as_it_was() -> None:
    """Several edits, in any order, change only their places."""
    edits = [
        TextEdit("a", (2, 1), (2, 4), "TWO"),
        TextEdit("a", (1, 1), (1, 1), "zero "),
        TextEdit("a", (9, 1), (9, 9), "end"),
    ]
    assert apply_edits("one\ntwo\n", edits) == "zero one\nTWO\nend"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_new_lines_break_like_those_of_the_file(line_break: str) -> None:
    """A file keeps its kind of line breaks, and places count its lines whatever kind that is."""
    text = f"one{line_break}two{line_break}"
    edits = [TextEdit("a", (2, 4), (2, 4), "\nthree")]
    assert apply_edits(text, edits) == f"one{line_break}two{line_break}three{line_break}"


def test_edits_that_overlap_are_refused() -> None:
    """What they should give is not clear."""
    edits = [TextEdit("a", (1, 1), (1, 3), "x"), TextEdit("a", (1, 2), (1, 4), "y")]
    with pytest.raises(ValueError, match="line 1"):
        apply_edits("abcd", edits)


def test_an_edit_knows_what_it_has_written() -> None:
    """A place afterwards is in an edit if it is within the new text."""
    edit = TextEdit("a", (1, 5), (1, 7), "new\nlines")
    assert edit.holds_after(Place("a", 1, 6))
    assert edit.holds_after(Place("a", 2, 5))
    assert not edit.holds_after(Place("a", 2, 6))
    assert not edit.holds_after(Place("b", 1, 6))
    assert not edit.holds_after(Place("a", 1, 4))
    assert TextEdit("a", (1, 5), (1, 7), "ab").holds_after(Place("a", 1, 6))
    assert not TextEdit("a", (1, 5), (1, 7), "ab").holds_after(Place("a", 1, 7))
