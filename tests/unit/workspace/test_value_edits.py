"""One value is changed by its path: the rest of the file, comments included, stays letter by letter."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from hiprun.errors import UnknownNameError
from hiprun.language.syntax import Path
from hiprun.workspace import TextEdit, Workspace, apply_edits, workspace_of

TEXT = """\
# about all of it
decision: care
outputs: {level: {type: choice, choices: [low, high]}}   # one output
rules:
  # the first
  - id: warm
    when: {warmth: {at_least: 3}, dry: true}   # both
    then: {level: low}
    because: >-
      A long reason
      over two lines.
    source:
      - a.b
      - a.c
  - {id: dry, then: {level: high}}
  # after the last
table:
  - [warmth, level]
  - [1, low]   # a row
otherwise:
"""


def changed(edit: Callable[[Workspace], tuple[TextEdit, ...]], text: str = TEXT) -> str:
    """Return what comes of an edit."""
    return apply_edits(text, edit(workspace_of({"care.yaml": text})))


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("decision",), "treatment", "decision: care", "decision: treatment"),
        (("rules", 0, "when", "warmth", "at_least"), Fraction(7, 2), "at_least: 3", "at_least: 3.5"),
        (("rules", 0, "when"), {"dry": False}, "{warmth: {at_least: 3}, dry: true}   #", "{dry: false}   #"),
        (("rules", 0, "then", "level"), "yes", "{level: low}\n    b", '{level: "yes"}\n    b'),
        (("rules", 0, "then", "other"), [1, 2], "{level: low}\n    b", "{level: low, other: [1, 2]}\n    b"),
        (("rules", 0, "source"), "a.d", "\n      - a.b\n      - a.c", " a.d"),
        (("rules", 0, "source", 1), "a.d", "- a.c", "- a.d"),
        (("rules", 0, "source", 2), "a.d", "- a.c", "- a.c\n      - a.d"),
        (("rules", 0, "title"), "Warm", "      - a.c\n", "      - a.c\n    title: Warm\n"),
        (("rules", 1, "id"), "dry-one", "{id: dry,", "{id: dry-one,"),
        (("rules", 1), {"id": "wet"}, "- {id: dry, then: {level: high}}", "- {id: wet}"),
        (("table", 1, 1), "high", "[1, low]   #", "[1, high]   #"),
        (("table", 2), [2, "high"], "- [1, low]   # a row", "- [1, low]   # a row\n  - [2, high]"),
        (("otherwise",), {"level": "low"}, "otherwise:\n", "otherwise: {level: low}\n"),
        (("otherwise", "level"), "low", "otherwise:\n", "otherwise: {level: low}\n"),
        (("title",), "Care: how much", "otherwise:\n", 'otherwise:\ntitle: "Care: how much"\n'),
        (
            ("rules", 0, "because"),
            "Short.",
            ">-\n      A long reason\n      over two lines.",
            "Short.",
        ),
    ],
)
def test_a_value_is_set_by_its_path(path: Path, value: object, old: str, new: str) -> None:
    """Only the value is replaced, or its name added where it belongs."""
    assert TEXT.count(old) == 1
    assert changed(lambda workspace: workspace.set_value("care.yaml", path, value)) == TEXT.replace(old, new)


def test_a_long_text_goes_on_lines_of_its_own() -> None:
    """It is written as the exporter writes it, and reads back."""
    long = " ".join(["word"] * 40)
    text = changed(lambda workspace: workspace.set_value("care.yaml", ("rules", 0, "because"), long))
    assert "    because: >-\n      word" in text
    assert workspace_of({"care.yaml": text}).value_at("care.yaml", ("rules", 0, "because")) == long


@pytest.mark.parametrize(
    ("path", "index", "value", "old", "new"),
    [
        (
            ("rules",),
            9,
            {"id": "new", "when": {"dry": True}},
            "{level: high}}\n",
            "{level: high}}\n  - id: new\n    when: {dry: true}\n",
        ),
        (("rules",), 1, {"id": "new"}, "      - a.c\n", "      - a.c\n  - id: new\n"),
        (("rules",), 0, {"id": "new"}, "- id: warm", "- id: new\n  - id: warm"),
        (("table",), 1, [3, "low"], "- [warmth, level]\n", "- [warmth, level]\n  - [3, low]\n"),
        (("outputs", "level", "choices"), 0, "none", "[low, high]", "[none, low, high]"),
        (("outputs", "level", "choices"), 2, "top", "[low, high]", "[low, high, top]"),
        (("otherwise",), 0, "x", "otherwise:\n", "otherwise: [x]\n"),
        (("gaps",), 0, {"because": "Fine."}, "otherwise:\n", "otherwise:\ngaps: [{because: Fine.}]\n"),
    ],
)
def test_an_item_is_inserted_like_its_neighbours(path: Path, index: int, value: object, old: str, new: str) -> None:
    """In brackets after a comma, in a block on lines of its own; comments stay where they are."""
    assert changed(lambda workspace: workspace.insert_item("care.yaml", path, index, value)) == TEXT.replace(
        old, new, 1
    )


def test_the_first_item_of_an_empty_list_needs_no_comma() -> None:
    """An empty list in brackets, and empty braces, are filled."""
    text = "facts: {}\nrules: []\n"
    assert (
        changed(lambda workspace: workspace.insert_item("care.yaml", ("rules",), 0, 1), text)
        == "facts: {}\nrules: [1]\n"
    )
    assert (
        changed(lambda workspace: workspace.set_value("care.yaml", ("facts", "a"), 1), text)
        == "facts: {a: 1}\nrules: []\n"
    )


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (("rules", 0, "when", "dry"), ", dry: true}", "}"),
        (("rules", 0, "when", "warmth"), "warmth: {at_least: 3}, ", ""),
        (("rules", 0, "when", "warmth", "at_least"), "warmth: {at_least: 3}, ", ""),
        (("rules", 0, "then"), "    then: {level: low}\n", ""),
        (("rules", 0, "id"), "- id: warm\n    when", "- when"),
        (("rules", 1), "  - {id: dry, then: {level: high}}\n", ""),
        (("rules", 0, "source", 0), "      - a.b\n", ""),
        (("outputs", "level", "choices", 0), "[low, high]", "[high]"),
        (("outputs", "level", "choices", 1), "[low, high]", "[low]"),
        (("otherwise",), "otherwise:\n", ""),
    ],
)
def test_what_is_removed_leaves_nothing_empty(path: Path, old: str, new: str) -> None:
    """A part is removed with its comma or its lines, and with what would be empty without it."""
    assert changed(lambda workspace: workspace.remove("care.yaml", path)) == TEXT.replace(old, new, 1)


def test_the_last_line_can_be_removed_without_a_line_break() -> None:
    """A file need not end with one."""
    assert changed(lambda workspace: workspace.remove("care.yaml", ("b",)), "a: 1\nb: 2") == "a: 1\n"


def test_a_list_within_a_list_is_changed_too() -> None:
    """Its first item shares the line of the dash before it."""
    text = "a:\n  - - x\n    - y\n"
    assert changed(lambda workspace: workspace.remove("care.yaml", ("a", 0, 0)), text) == "a:\n  - - y\n"
    assert (
        changed(lambda workspace: workspace.insert_item("care.yaml", ("a", 0), 0, "w"), text)
        == "a:\n  - - w\n    - x\n    - y\n"
    )


@pytest.mark.parametrize(
    "edit",
    [
        lambda workspace: workspace.set_value("care.yaml", (), 1),
        lambda workspace: workspace.set_value("care.yaml", ("decision", "name"), 1),
        lambda workspace: workspace.set_value("care.yaml", ("rules", 7, "id"), "x"),
        lambda workspace: workspace.set_value("care.yaml", ("rules", "id"), "x"),
        lambda workspace: workspace.insert_item("care.yaml", ("decision",), 0, 1),
        lambda workspace: workspace.remove("care.yaml", ("nothing",)),
        lambda workspace: workspace.remove("care.yaml", ()),
        lambda workspace: workspace.set_value("other.yaml", ("a",), 1),
        lambda workspace: workspace.with_texts({"care.yaml": "- a list"}).set_value("care.yaml", ("a",), 1),
        lambda workspace: workspace.with_texts({"care.yaml": "a: 1"}).remove("care.yaml", ("a",)),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(edit: Callable[[Workspace], object]) -> None:
    """The error says so in words, and where."""
    with pytest.raises(UnknownNameError) as raised:
        edit(workspace_of({"care.yaml": TEXT}))
    assert [problem.code for problem in raised.value.problems] == ["no-such-place"]


def test_lines_of_a_file_from_windows_keep_their_kind() -> None:
    """A file with carriage returns is changed by the same paths and keeps them."""
    text = TEXT.replace("\n", "\r\n")
    assert changed(
        lambda workspace: workspace.set_value("care.yaml", ("rules", 0, "title"), "Warm"), text
    ) == TEXT.replace("      - a.c\n", "      - a.c\n    title: Warm\n").replace("\n", "\r\n")
