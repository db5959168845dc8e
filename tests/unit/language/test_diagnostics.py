"""Mistakes as a reader sees them, whatever characters their lines contain and however long they are."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hiprun.errors import Problem
from hiprun.language.diagnostic_renderer import problems_text
from hiprun.model.places import Place


def shown(line: str, column: int, width: int = 1, **options: Any) -> list[str]:
    """Return the line and the underline of a mistake."""
    problem = Problem("code", "Wrong.", Place("a.yaml", 12, column, width), line=line)
    return problems_text([problem], **options).split("\n")[1:3]


def test_a_mistake_is_shown_with_its_line_and_its_help() -> None:
    """A mistake is shown with place, message, code, underlined line and help, and the mistakes are counted."""
    problem = Problem("some-code", "Wrong.", Place("a.yaml", 12, 5, 7), "Do better.", "  - sweling: true")
    assert problems_text([problem]) == (
        "a.yaml:12:5: Wrong. [some-code]\n"
        "   12 |   - sweling: true\n"
        "      |     ^^^^^^^\n"
        "      = Do better.\n"
        "\n"
        "1 mistake in 1 file."
    )


def test_no_mistakes_are_no_text() -> None:
    """Without mistakes, nothing is printed."""
    assert problems_text([]) == ""


def test_mistakes_are_ordered_and_counted() -> None:
    """Mistakes without a file come first, and the same mistake is shown once."""
    problems = [
        Problem("b", "Second.", Place("b.yaml", 2)),
        Problem("a", "First.", Place("a.yaml", 10)),
        Problem("a", "First.", Place("a.yaml", 9)),
        Problem("a", "First.", Place("a.yaml", 9)),
        Problem("z", "Nowhere."),
    ]
    assert problems_text(problems).split("\n\n") == [
        "Nowhere. [z]",
        "a.yaml:9:1: First. [a]",
        "a.yaml:10:1: First. [a]",
        "b.yaml:2:1: Second. [b]",
        "4 mistakes in 2 files.",
    ]
    assert problems_text(problems[-1:]) == "Nowhere. [z]\n\n1 mistake."


def test_long_sentences_are_wrapped() -> None:
    """Long messages are wrapped between words but never inside backticks, and no line is too wide."""
    words = "It says `one two three four` and goes on " * 4
    text = problems_text([Problem("code", words, Place("a.yaml"), words, "x")], width=50)
    assert all(len(line) <= 50 for line in text.split("\n"))
    assert text.count("`one two three four`") == 8
    assert "\n    " in text
    assert "\n        " in text


def test_a_long_word_is_kept_whole() -> None:
    """A long name in backticks stays in one piece."""
    assert f"{'x' * 100}\n" in problems_text([Problem("code", f"A {'x' * 100} b.")], width=10)


@pytest.mark.parametrize("column", [1, 20, 100, 195, 200])
def test_a_long_line_is_cut_around_the_place(column: int) -> None:
    """The underline stays below its text in a long line, and everything fits."""
    line = "".join(chr(ord("a") + number % 26) for number in range(200))
    text, marks = shown(line, column, 3)
    assert max(len(text), len(marks)) <= 80
    at = marks.index("^")
    assert text[at] == line[column - 1]
    assert marks.count("^") == min(3, 201 - column)
    assert text.endswith("…") == (column < 195)
    assert ("| …" in text) == (column > 60)


def test_an_underline_ends_with_what_is_shown_of_the_line() -> None:
    """A mistake as long as its line is underlined as far as the line is shown."""
    text, marks = shown("x" * 1_000_000, 1, 1_000_000)
    assert len(marks) == len(text) - 1


def test_wide_and_combining_characters_keep_the_underline_in_place() -> None:
    """Each character counts with the width that a terminal gives it."""
    assert shown("暖かい: bolean", 6, 6) == ["   12 | 暖かい: bolean", "      |         ^^^^^^"]
    assert shown("e\u0301: bolean", 5, 6) == ["   12 | e\u0301: bolean", "      |    ^^^^^^"]
    assert shown("\ta: 暖かい", 5, 3) == ["   12 |     a: 暖かい", "      |        ^^^^^^"]
    text, marks = shown("暖" * 100, 50)
    assert len(text) + text.count("暖") <= 80
    assert marks.endswith("^^")


def test_nothing_in_a_file_can_control_the_terminal() -> None:
    """Escapes, bells and characters that reverse text are shown as replacement characters."""
    hostile = "\x1b[31m\x07\u202e\u2028\r"
    problem = Problem("code", f"Bad {hostile}.", Place(f"{hostile}.yaml"), f"Help {hostile}.", f"a{hostile}b")
    text = problems_text([problem])
    assert not set(hostile) & set(text) - set("[31m")
    assert "a�[31m����b" in text


def test_the_end_of_a_line_can_be_meant() -> None:
    """Something missing at the end is underlined after it; an empty line is not shown."""
    assert shown("a: [", 5) == ["   12 | a: [", "      |     ^"]
    assert (
        problems_text([Problem("code", "Empty.", Place("a.yaml", 3))])
        == "a.yaml:3:1: Empty. [code]\n\n1 mistake in 1 file."
    )


def test_large_line_numbers_move_the_margin() -> None:
    """The bar is in the same column for every line number."""
    problem = Problem("code", "Wrong.", Place("a.yaml", 1234567, 1), "Help.", "a: 1")
    assert problems_text([problem]).split("\n")[1:4] == [" 1234567 | a: 1", "         | ^", "         = Help."]


def test_colour_changes_nothing_else() -> None:
    """Without its escapes, coloured text equals plain text."""
    problems = [Problem("code", "Wrong.", Place("a.yaml", 1, 1, 3), "Help.", "abc"), Problem("code", "Nowhere.")]
    coloured = problems_text(problems, colour=True)
    assert "\x1b[31m^^^\x1b[0m" in coloured
    assert re.sub("\x1b\\[[0-9]+m", "", coloured) == problems_text(problems)
