"""Texts parted into cells: every text lies in one, and what tests say of one text of a cell they say of all."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hiprun.inference.operators import Compare, holds
from hiprun.inference.text_equivalence_classes import EVERY_TEXT, TextCells, cells_met, listed_texts

TEXTS = ["".join(letters) for size in range(4) for letters in product("\0ab", repeat=size)]
SIGNS = [frozenset(sign for sign in signs if sign is not None) for signs in product((-1, None), (0, None), (1, None))]
COMPARISONS = st.builds(Compare, st.sampled_from(SIGNS), st.sampled_from([text for text in TEXTS if len(text) < 3]))
FROM_AB = Compare(frozenset({0, 1}), "ab")
MANY = settings(max_examples=200, deadline=None, derandomize=True)


@MANY
@given(st.lists(COMPARISONS, max_size=5))
def test_tests_cannot_tell_the_texts_of_a_cell_apart(asked: list[Compare]) -> None:
    """Every cell has an example that lies in it, and stands for all texts there; a test knows which cells meet it."""
    cells = TextCells.of_meanings(asked)
    assert [cells.of(cells.example(cell)) for cell in cells.cells] == list(cells.cells)
    assert {cells.of(text) for text in TEXTS} <= set(cells.cells)
    for sense, text in product(asked, TEXTS):
        cell = cells.of(text)
        assert holds(sense, text) is holds(sense, cells.example(cell))
        assert holds(sense, text) is any(start <= (cell, 0) < end for start, end in cells.meeting(sense))


@MANY
@given(st.lists(COMPARISONS, max_size=3), st.lists(COMPARISONS, min_size=1, max_size=3))
def test_what_is_said_of_a_text_leaves_the_cells_it_may_lie_in(asked: list[Compare], said: list[Compare]) -> None:
    """Of a text that is known in part, just the cells remain in which some text meets all that is said."""
    cells = TextCells.of_meanings(asked)
    met = {text for text in TEXTS if all(holds(sense, text) for sense in said)}
    assert {cells.of(text) for text in met} <= cells_met(cells, said)
    listed = listed_texts(said)
    assert listed is None or {text for text in listed if len(text) < 4} == met
    joined = cells.joined(TextCells.of_meanings(said))
    examples = [joined.example(cell) for cell in joined.cells]
    assert {cells.of(text) for text in examples if all(holds(sense, text) for sense in said)} == cells_met(cells, said)


@pytest.mark.parametrize(
    ("asked", "cells", "rest"),
    [
        ([], {-1: "something else"}, -1),
        ([Compare(frozenset({0}), "something else")], {-1: "something else!", 0: "something else"}, -1),
        (
            [Compare(frozenset({0, 1}), "ab"), Compare(frozenset({-1}), "ac")],
            {-3: "something else", -2: "ab", -1: ""},
            None,
        ),
        ([Compare(frozenset({1}), ""), Compare(frozenset({0}), "")], {-1: "something else", 0: ""}, None),
    ],
)
def test_people_can_read_the_examples(asked: list[Compare], cells: dict[int, str], rest: int | None) -> None:
    """A text that is asked for is its own example; a stretch has an ordinary one, or one that begins like it."""
    found = TextCells.of_meanings(asked)
    assert {cell: found.example(cell) for cell in found.cells} == cells
    assert found.rest == rest


def test_texts_that_no_test_speaks_of_are_all_alike() -> None:
    """Without tests there is one cell."""
    assert (list(EVERY_TEXT.cells), EVERY_TEXT.of(""), EVERY_TEXT.told_apart()) == ([-1], -1, [])
