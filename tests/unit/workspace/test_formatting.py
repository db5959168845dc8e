"""The layout of a file is put in order, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from hiprun.language.syntax import parse
from hiprun.model.places import SourceText
from hiprun.workspace import apply_edits, open_workspace
from hiprun.workspace.formatting import formatting


def formatted(text: str) -> str:
    """Return a text after formatting."""
    return apply_edits(text, formatting("a.yaml", text))


MESSY = """\


facts:   # all of them
    warm:   {ask:   Is it warm?,type: boolean}   # note


    # about cold
    cold:
            ask: >-
               Is it
                 cold?

               Really?
            type:    choice
            choices: [ a,b , {c: [1,2] } ]
            range:
            -   0
            -
              1
            - - x
              -  z
    # the last
# the end
"""
NEAT = """\
facts:   # all of them
  warm: {ask: Is it warm?, type: boolean}   # note

  # about cold
  cold:
    ask: >-
       Is it
         cold?

       Really?
    type: choice
    choices: [a, b, {c: [1, 2]}]
    range:
      - 0
      -
        1
      - - x
        - z
    # the last
# the end
"""


def test_a_file_is_laid_out_with_two_spaces_for_each_level() -> None:
    """Comments, texts over several lines and every value stay."""
    result = formatted(MESSY)
    assert result == NEAT
    before, after = (parse(SourceText("a.yaml", text))[0] for text in (MESSY, result))
    assert before is not None
    assert after is not None
    assert before.data == after.data
    assert formatted(result) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a: 1", "a: 1\n"),
        ("a: 1\n\n\n", "a: 1\n"),
        ("a: {b: , c: 1}\n", "a: {b: , c: 1}\n"),
        ("a: {b: 1,}\n", "a: {b: 1}\n"),
        ("a: {}\n", "a: {}\n"),
        ("a: [  ]\n", "a: []\n"),
        ("a: {b: 1,\n     c: 2}\n", "a: {b: 1,\n     c: 2}\n"),
        ("a:\n   b: [1,\n    2]\n", "a:\n  b: [1,\n   2]\n"),
        ("a:\n b: |\n  x\n  y\n c: 1\n", "a:\n  b: |\n   x\n   y\n  c: 1\n"),
        ("table:\n- [a,    b]\n- [1000, 2]\n", "table:\n  - [a,    b]\n  - [1000, 2]\n"),
        ("a: 'x  y'\n", "a: 'x  y'\n"),
        ("  a: 1\n  # c\n  b: 2\n", "a: 1\n# c\nb: 2\n"),
        ("a: 1   \n", "a: 1\n"),
        ("{a: 1,  b: 2}\n", "{a: 1, b: 2}\n"),
    ],
)
def test_each_part_has_its_layout(text: str, result: str) -> None:
    """Spaces in brackets are single, and what is in line with something else stays so."""
    assert formatted(text) == result


@pytest.mark.parametrize(
    "text", ["a: [\n", "a: |2\n    x\n", "a: |+\n    x\n\n\n", "- a\n", "a: yes\n", "a:\n  half typed\nb\n", ""]
)
def test_what_cannot_be_laid_out_for_certain_stays(text: str) -> None:
    """A file with mistakes in its form is left alone; so is a text that says how far it is indented, or how it ends."""
    assert formatting("a.yaml", text) == ()


def test_edits_are_small() -> None:
    """Where only a line changes, only that line is replaced; where lines go, no others move."""
    assert [edit.start for edit in formatting("a.yaml", "a: 1\nb:   2\nc: 3\n")] == [(2, 1)]
    assert [(edit.start, edit.end, edit.text) for edit in formatting("a.yaml", "a: 1\n\n\n\nb: 2\nc: 3\n")] == [
        ((2, 1), (4, 1), "")
    ]
    assert len(formatting("a.yaml", "a: 1\nb: 2")) == 1


def test_the_rules_of_hiprun_are_in_order(root: Path) -> None:
    """They are laid out like this already."""
    workspace = open_workspace(root / "rules")
    assert [file for file in workspace.texts if workspace.formatting(file)] == []
