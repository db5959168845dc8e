"""What is written in a file, with the extent of each part, also where lines are only half typed."""

from __future__ import annotations

import pytest

from hiprun.language.syntax.source_tree import ListNode, MappingNode, ScalarNode, source_tree

TEXT = """\
decision: "care"   # the first
table:
  - [warm, {at_least: 3}]
because: |
  One.

  Two.
# the end
source:
  - a.b
  -
"""


def test_every_part_has_its_extent() -> None:
    """A value ends where its last character is, and a block where its last value ends."""
    tree = source_tree(TEXT)
    assert tree is not None
    assert tree.kind == "decision"
    assert tree.skipped == ()
    extents = {path: (node.start, node.end) for path in PATHS if (node := tree.at(path)) is not None}
    assert extents == {
        (): ((1, 1), (11, 4)),
        ("decision",): ((1, 11), (1, 17)),
        ("table", 0): ((3, 5), (3, 26)),
        ("table", 0, 1): ((3, 12), (3, 25)),
        ("table", 0, 1, "at_least"): ((3, 23), (3, 24)),
        ("because",): ((4, 10), (7, 7)),
        ("source",): ((10, 3), (11, 4)),
    }
    quoted = tree.at(("decision",))
    assert isinstance(quoted, ScalarNode)
    assert (quoted.text, quoted.text_start, quoted.is_plain) == ("care", (1, 12), False)


PATHS = [
    (),
    ("decision",),
    ("table", 0),
    ("table", 0, 1),
    ("table", 0, 1, "at_least"),
    ("because",),
    ("source",),
    ("source", 7),
    ("decision", "x"),
    ("nowhere", 0),
]


def test_a_place_has_the_path_of_the_smallest_part_around_it() -> None:
    """A place in a name counts to its value, and one between two parts to what holds both."""
    tree = source_tree(TEXT)
    assert tree is not None
    assert tree.path_at((3, 14)) == ("table", 0, 1, "at_least")
    assert tree.path_at((3, 24)) == ("table", 0, 1, "at_least")
    assert tree.path_at((3, 5)) == ("table", 0)
    assert tree.path_at((1, 3)) == ("decision",)
    assert tree.path_at((8, 2)) == ()


@pytest.mark.parametrize(
    ("line", "written", "skipped"),
    [
        ("  - id: b", "  - id b", (4,)),
        ("    when: {dry: true}", "    when: {dry: ", (5,)),
        ("    when: {dry: true}", "    wh", (5,)),
        ("    because: Two", "    because: 'Two", (6,)),
        ("    because: Two", "   \tbecause: Two", ()),
        ("hit: worst", "hit wor", (7,)),
        ("    because: Two", "    because: @Two", (6,)),
    ],
)
def test_lines_that_cannot_be_read_are_left_out(line: str, written: str, skipped: tuple[int, ...]) -> None:
    """What is only half typed costs no more than its own line."""
    text = (
        "rules:\n  - id: a\n    because: One\n  - id: b\n    when: {dry: true}\n    because: Two\nhit: worst\nend: 1\n"
    )
    assert line in text
    tree = source_tree(text.replace(line, written))
    assert tree is not None
    assert tree.skipped == skipped
    first = tree.at(("rules", 0, "because"))
    assert isinstance(first, ScalarNode)
    assert first.text == "One"
    assert tree.at(("end",)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a list",
        "only text",
        "{" * 50,
        "[]: &a *b",
        'a: "\\UFFFFFFFF"',
        "x" * 1_000_001,
        "a: [" + "1," * 80_000 + "1]",
        "\n".join(": {" for _ in range(30)),
        "? [a",
    ],
    ids=["empty", "list", "text", "too-deep", "brackets", "escape", "too-long", "too-many", "hopeless", "question"],
)
def test_nothing_sensible_is_no_tree(text: str) -> None:
    """Texts of any shape are read in bounded time, and never raise."""
    tree = source_tree(text)
    assert tree is None or isinstance(tree.root, MappingNode)


def test_a_long_text_is_read_only_if_it_is_whole() -> None:
    """Leaving out lines of a long text would mean reading all of it again for each."""
    lines = [f"name_{number}: value" for number in range(8_000)]
    assert source_tree("\n".join(lines)) is not None
    assert source_tree("\n".join([*lines, "half typed"])) is None


def test_aliases_and_keys_that_are_no_names_are_passed_over() -> None:
    """They are mistakes, and what is around them still has its place."""
    tree = source_tree("a: &x 1\nb: *x\n[c]: d\n{e: f}: g\nh: i?\n--- \nsecond: 1\n")
    assert tree is not None
    assert [entry.key.text for entry in tree.root.entries] == ["a", "b", "", "", "h"]
    last = tree.at(("h",))
    assert isinstance(last, ScalarNode)
    assert last.text == "i?"


def test_a_list_without_items_and_a_missing_value_have_a_place() -> None:
    """An empty list is where its brackets are; a missing value is after the colon of its name."""
    tree = source_tree("a: []\nb:\nc: {}\n")
    assert tree is not None
    empty, missing = tree.at(("a",)), tree.at(("b",))
    assert isinstance(empty, ListNode)
    assert (empty.start, empty.end) == ((1, 4), (1, 6))
    assert missing is not None
    assert missing.start == missing.end == (2, 3)
