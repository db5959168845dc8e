"""Text becomes data with places, and text that cannot be read is explained."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from hiprun.language.syntax import MOST_BYTES, MOST_PROBLEMS, Document, decode, guess_kind, infix_hints, parse
from hiprun.language.syntax.syntax_errors import LastScalar, explain
from hiprun.model.places import Place, SourceText

PARSERS = [getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader]


@pytest.fixture(params=PARSERS, ids=lambda loader: loader.__name__)
def read(request: pytest.FixtureRequest) -> Any:
    """Return a function that parses text without mistakes, with one of the two parsers."""

    def read(text: str) -> Document:
        document, problems = parse(SourceText("facts.yaml", text), loader=request.param)
        assert problems == []
        assert document is not None
        return document

    return read


def codes(text: str) -> list[str]:
    """Return the codes of the mistakes in a text."""
    return [problem.code for problem in parse(SourceText("facts.yaml", text))[1]]


def help_for(text: str) -> str:
    """Return the help of the only mistake in a text."""
    (problem,) = parse(SourceText("facts.yaml", text))[1]
    return problem.help


def test_values_are_plain_and_exact(read: Any) -> None:
    """Numbers are exact, only `true` and `false` are booleans, and dates and versions stay text."""
    document = read(
        "a: [4, -4, 0.5, 1.50, 1.5e2, 4.0, -0, 12E-1]\n"
        "b: [true, false, 2026-03-01, 1.0.0, 10:30, 'yes', \"4\", 4 km, none, -x, +, e5, http://a/b]\n"
        "c: [1.1 * size]\n"
        "d: {e: {f: g}}\n"
    )
    assert document.data == {
        "a": [4, -4, Fraction(1, 2), Fraction(3, 2), 150, 4, 0, Fraction(6, 5)],
        "b": [True, False, "2026-03-01", "1.0.0", "10:30", "yes", "4", "4 km", "none", "-x", "+", "e5", "http://a/b"],
        "c": ["1.1 * size"],
        "d": {"e": {"f": "g"}},
    }
    assert all(type(number) in (int, Fraction) for number in document.data["a"])
    assert document.kind == "a"


def test_every_value_and_key_knows_its_place(read: Any) -> None:
    """Lines and columns count from 1, and the width is that of the value."""
    document = read(
        "facts:\n  warm: {ask: Is it?, type: boolean}\n  cold:\n    - one\n    - two: |\n        long\n        text\n"
    )
    assert document.place(("facts", "warm", "type")) == Place("facts.yaml", 2, 29, 7)
    assert document.place(("facts", "warm", "type"), key=True) == Place("facts.yaml", 2, 23, 4)
    assert document.place(("facts", "warm")) == Place("facts.yaml", 2, 9, 28)
    assert document.place(("facts", "cold", 0)) == Place("facts.yaml", 4, 7, 3)
    assert document.place(("facts", "cold", 1, "two")) == Place("facts.yaml", 5, 12, 1)
    assert document.place(()) == Place("facts.yaml", 1, 1, 5)


def test_a_value_without_a_place_has_that_of_its_parent(read: Any) -> None:
    """A missing value has the place of the nearest parent that exists."""
    document = read("facts:\n  warm: {ask: Is it?}\n")
    assert document.place(("facts", "warm", "type", "deeper")) == document.place(("facts", "warm"))
    problem = document.problem("some-code", "Something.", ("facts", "warm", "type"), help="Do it.")
    assert (str(problem.place), problem.line) == ("facts.yaml:2:9", "  warm: {ask: Is it?}")
    assert problem.help == "Do it."


def test_the_file_itself_is_the_last_resort() -> None:
    """A document without any places still names its file."""
    assert Document(SourceText("a.yaml", ""), {}, {}, {}).place(("x",)) == Place("a.yaml")
    assert Document(SourceText("a.yaml", ""), {}, {}, {}).kind == ""


def test_line_breaks_and_byte_order_marks_do_not_shift_places(read: Any) -> None:
    """Line breaks of Windows and old Macs work like any others."""
    unix = "facts:\n  warm: {ask: Is it?}\n  cold: 1\n"
    for text in (unix.replace("\n", "\r\n"), unix.replace("\n", "\r"), f"\ufeff{unix}"):
        assert read(text).data == read(unix).data
        assert read(text).places == read(unix).places
        assert read(text).source.line(2) == "  warm: {ask: Is it?}"


def test_json_is_read_as_well(read: Any) -> None:
    """JSON is read with tabs, escapes, and characters written as two escapes."""
    assert read('{\n\t"a": [1.5, "\\ud83d\\ude00", "\\u00e9"],\n\t"b":{"c":true}\n}').data == {
        "a": [Fraction(3, 2), "😀", "é"],
        "b": {"c": True},
    }


def test_question_marks_and_unusual_letters_are_text(read: Any) -> None:
    """Questions in braces, other scripts and spaces within sentences are fine."""
    document = read("a: {ask: Is it warm?, b: 暖かい 😀}\nc: Jusqu'à 10\u00a0°C\nd: می\u200cخواهم\ne: '?'\n")
    assert document.data["a"] == {"ask": "Is it warm?", "b": "暖かい 😀"}
    assert document.data["c"] == "Jusqu'à 10\u00a0°C"


def test_a_tab_within_a_line_counts_as_a_space(read: Any) -> None:
    """Only tabs used for indentation are mistakes."""
    assert read("a:\t1\t# one\n\t\nb: x\ty\n").data == {"a": 1, "b": "x y"}


def test_text_over_several_lines(read: Any) -> None:
    """Text may be folded, kept literally, or continued on the next line."""
    document = read("a: >\n  one\n  two\nb: |\n  one\n  two\nc: one\n  two\nd: >-\n  x\ne: |2\n    y\n")
    assert document.data == {"a": "one two\n", "b": "one\ntwo\n", "c": "one two", "d": "x", "e": "  y\n"}
    assert document.place(("c",)).width == 3


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("1_000", "`1000`"),
        ("1_000.5", "`1000.5`"),
        ("007", "`7`"),
        ("-01.50", "`-1.50`"),
        (".5", "`0.5`"),
        ("5.", "`5`"),
        ("+5", "`5`"),
        ("2,5", "`2.5`"),
        ("0o17", "digits 0 to 9"),
        ("-.INF", "leave the bound out"),
        ("NaN", "leave the bound out"),
        ("yes", "`true`"),
        ("Off", "`false`"),
        ("NULL", '`"NULL"`'),
        ("<= 4", "`{at_most: 4}`"),
        ("<limit", "`{below: limit}`"),
        ("≠ 4", "`{is_not: 4}`"),
        ("== 4", "`{is: 4}`"),
        ("‘so’", "straight quotes"),
        ("«so»", "straight quotes"),
        ("“" + "so " * 60 + "”", "straight quotes"),
    ],
)
def test_what_looks_like_a_value_but_is_none_says_what_to_write(text: str, instead: str) -> None:
    """Nothing meant as a number, a boolean or a test silently becomes text."""
    assert instead in help_for(f"facts:\n  a: {text}\n")


@pytest.mark.parametrize(
    "number", ["1" * 41, "1e41", "1e-41", "1e999999999999999999999", "9" * 100_000, "1e" + "9" * 5000, "0." + "1" * 41]
)
def test_absurd_numbers_are_refused_without_being_built(number: str) -> None:
    """Digits and exponents are bounded."""
    assert codes(f"a: {number}") == ["number-too-long"]


def test_the_longest_numbers_are_kept_exactly(read: Any) -> None:
    """A number with as many digits as allowed is exact."""
    assert read(f"a: {'9' * 40}\nb: 1e40").data == {"a": int("9" * 40), "b": 10**40}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1", "anchor"),
        ("a: 1\nb: *x", "anchor"),
        ("*x : 1", "anchor"),
        ("*x", "anchor"),
        ("a: & x", "anchor"),
        ("a: !!python/object:os.system x", "tag"),
        ("a: ! 1", "tag"),
        ("a: !<x", "tag"),
        ("a: {b: {{c}}}", "bracket-before-colon"),
        ("[a]: 1", "bracket-before-colon"),
        ("{a: 1}: 1", "bracket-before-colon"),
        ("a: {[b]: 1}", "bracket-before-colon"),
        ("a: {[b, [c]]: [d]}", "bracket-before-colon"),
        ("a: 1\n---\nb: 2", "several-documents"),
        ("a: 1\n...\n%YAML 1.2\n---\nb: 2", "several-documents"),
        ("a: 1\n...\n%YAML x\n", "directive"),
        ("%YAML 1.1\n%YAML 1.2\n---\na: 1", "directive"),
        ("a: 1\n... b", "text-after-end"),
        ("{a: 1} b:c", "text-after-end"),
        ("{a: 1}\nb:c", "missing-space"),
        ("a:1", "missing-space"),
        ("a: {b:1}", "missing-space"),
        ("a:\n  - b:1\n  - c: 2", "missing-space"),
        ("a:1\nb: 2", "missing-space"),
        ("a: 1\nb:2\nc: 3", "missing-space"),
        ("a:\n  -b", "missing-space"),
        ("a:\n  -b: 1", "missing-space"),
        ("a:\n  b\nc: 1\n  d: 2", "wrong-indentation"),
        ("a:\n  b: 1\n   c: 2", "wrong-indentation"),
        ("a:\n  b:1\n  c: 1", "missing-space"),
        ("a:\n  b\n  c: 1", "missing-colon"),
        ("a: b: c", "colon-in-text"),
        ("a: {b: c: d}", "missing-comma"),
        ("a: “b: c”", "curly-quotes"),
        ("a: | b", "unquoted-sign"),
        ("a: >\n", "no-value"),
        ("a: >5", "comparison-sign"),
        ("a: >#x", "unquoted-sign"),
        ("a: [>4]", "comparison-sign"),
        ("a: [| x]", "unquoted-sign"),
        ("a: @b", "unquoted-sign"),
        ("a: 'b", "unclosed-quote"),
        ("a: 'b\n---\nc", "unclosed-quote"),
        ('a: "b\nc: "d"', "unclosed-quote"),
        ("a: 'b' c", "text-after-end"),
        ("a: [b] c", "text-after-end"),
        ("a: 'b', 'c'", "missing-bracket"),
        ("a: [b", "unclosed-bracket"),
        ("a: [b,\nc: [d]", "unclosed-bracket"),
        ("a: {b: [1, 2],", "unclosed-bracket"),
        ("a: ']', b: [", "missing-bracket"),
        ("a: [']', \"[\", # [\n[1], ", "unclosed-bracket"),
        ("a: [b c: d e: f]", "missing-comma"),
        ("a: [,b]", "missing-value"),
        ("a: ,", "missing-value"),
        ("a: ]", "stray-bracket"),
        ("a: [b]]", "stray-bracket"),
        ("a:\n  - b\n  c: 1", "missing-dash"),
        ("a: 1\n- b", "stray-dash"),
        ("a:\n  - b\n - c", "wrong-indentation"),
        ("a: b\n  - c", "stray-dash"),
        ("a: - b", "list-in-line"),
        ("a: -", "list-in-line"),
        ("a: [- b]", "list-in-line"),
        (": 1", "missing-name"),
        ("{: 1}", "missing-name"),
        ('"": 1', "missing-name"),
        ("a: {b, c}", "no-value"),
        ("a: {b: c, or not}", "comma-in-text"),
        ("a:\n  -\n  - 1", "no-value"),
        ('a: "\\q"', "bad-escape"),
        ('a: "\\U99999999"', "bad-escape"),
        ('a: "\\ud83d"', "bad-escape"),
        ('a: "\\x00"', "hidden-character"),
        ('"a\\nb": 1', "bad-name"),
        ('" a": 1', "bad-name"),
        ("on: 1", "name-not-text"),
        ("1.5: 1", "name-not-text"),
        ("<<: {a: 1}", "merge"),
        ("“a”: 1", "curly-quotes"),
        ("a: 1\na: 2", "duplicate-name"),
        ("a: {[b]: {c: 1, c: 2}}", "bracket-before-colon"),
        ("a:\u00a01", "hidden-character"),
        ("a: 1\u00a0", "hidden-character"),
        ("a: {b:\u20091}", "hidden-character"),
        ("a:\n  -\u00a0b", "hidden-character"),
        ("a: \ue000", "hidden-character"),
        ("a: \ud800", "hidden-character"),
        ("a:\n\t- b", "tab"),
        ("", "empty-file"),
        ("# only a comment", "empty-file"),
        ("---", "not-a-mapping"),
        ("just text", "not-a-mapping"),
        ("'a':1", "not-a-mapping"),
        ("- a", "not-a-mapping"),
        ("a: " + "[" * 50, "too-deep"),
        ("a: " + "- " * 50, "list-in-line"),
        ("a:\n  " + "- " * 50, "too-deep"),
    ],
)
def test_every_mistake_has_a_code(text: str, code: str) -> None:
    """Each text has the expected first mistake with both parsers."""
    found = [parse(SourceText("facts.yaml", text), loader=loader)[1] for loader in PARSERS]
    assert found[0] == found[1]
    assert found[0][0].code == code
    assert all(problem.place and problem.help for problem in found[0])


def test_an_empty_line_is_no_line_above() -> None:
    """What a line is compared with is the nearest one that says something."""
    problem = parse(SourceText("a.yaml", "a: 1\n\n  \n   b: 2\n"))[1][0]
    assert problem.message == "This line is indented further than line 1, which already has its value."


def test_one_mistake_does_not_hide_another() -> None:
    """Mistakes before the one that makes the text unreadable are reported too."""
    assert codes("a: yes\nb: 1_0\nc: [\n") == ["not-true-or-false", "not-a-number", "unclosed-bracket"]


def test_data_with_mistakes_is_kept_for_further_checks() -> None:
    """A wrong value stays as text, so the rest of the file can still be checked."""
    document, problems = parse(SourceText("facts.yaml", "a: yes\nb: {c: 1}\n"))
    assert [problem.code for problem in problems] == ["not-true-or-false"]
    assert document is not None
    assert document.data == {"a": "yes", "b": {"c": 1}}


def test_a_line_is_reported_only_once() -> None:
    """The cause that makes a line unreadable is not reported twice."""
    assert codes("a:\n  b:true\n  c: 1\n") == ["missing-space"]
    assert codes("a: 1\n\u200b  b: 2\n") == ["hidden-character"]


def test_a_flood_of_mistakes_is_cut_off() -> None:
    """After a certain number of mistakes, the rest is left for later."""
    for text in ("a: [" + "yes, " * 200 + "]", "\u200b" * 200 + "a: yes", "a: [" + "&x 1, " * 200 + "]"):
        found = codes(text)
        assert len(found) == MOST_PROBLEMS + 1
        assert "too-many-problems" in found
    assert len(codes("\tx\n" * 200)) == MOST_PROBLEMS


def test_files_that_are_too_large_are_not_read() -> None:
    """A file that is too large is rejected, as bytes or as text."""
    assert [problem.code for problem in decode(b"#" * (MOST_BYTES + 1), "a.yaml")[1]] == ["file-too-large"]
    assert codes("#" * (MOST_BYTES + 1)) == ["file-too-large"]
    assert codes("a: [" + "1," * 75_001 + "]") == ["too-many-values"]


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        ("a: 1\nb: ä".encode("cp1252"), "not-utf-8", 2, 4),
        ("a: 1\r\nü: 1\r\nb: ".encode() + b"\x81", "not-utf-8", 3, 4),
        (b"\xef\xbb\xbfa: \xff", "not-utf-8", 1, 4),
        ("a: 1".encode("utf-16"), "not-utf-8", 1, 1),
        ("a: 1".encode("utf-16-le"), "not-utf-8", 1, 1),
        (b"%PDF-1.7", "not-text", 1, 1),
        (b"PK\x03\x04", "not-text", 1, 1),
    ],
)
def test_bytes_that_are_no_utf_8_are_explained(content: bytes, code: str, line: int, column: int) -> None:
    """The place of a wrong byte counts characters, and the line is shown as probably intended."""
    source, (problem,) = decode(content, "a.yaml")
    assert source is None
    assert (problem.code, problem.place) == (code, Place("a.yaml", line, column))


def test_a_letter_of_windows_is_recognised() -> None:
    """The message suggests the intended letter if there is a likely one."""
    assert "`ä`" in decode("b: wärmer".encode("cp1252"), "a.yaml")[1][0].message
    assert decode("b: wärmer".encode("cp1252"), "a.yaml")[1][0].line == "b: wärmer"
    assert "meant" not in decode(b"b: \x81", "a.yaml")[1][0].message


def test_bytes_become_text() -> None:
    """UTF-8 is decoded with or without a byte order mark and with any line breaks."""
    assert decode("\ufeffa: é\r\nb: 1\r".encode(), "a.yaml") == (SourceText("a.yaml", "a: é\nb: 1\n"), [])


@pytest.mark.parametrize(
    ("text", "kind"),
    [("# x\nfacts:\n  {", "facts"), ("\ufeff'decision': [", "decision"), ("- a\n", "?"), ("", "?"), ("12: x", "?")],
)
def test_the_kind_of_an_unreadable_file_is_guessed(text: str, kind: str) -> None:
    """Guessing the kind of a file avoids reports about names that it may declare."""
    assert guess_kind(SourceText("a.yaml", text)) == kind


def test_an_error_of_the_parser_that_no_one_foresaw_still_has_words() -> None:
    """An unknown error of the YAML parser still gives a message."""
    problem = explain(SourceText("a.yaml", "a: 1"), yaml.MarkedYAMLError(problem="something new"), LastScalar())
    assert (problem.code, problem.place) == ("yaml-syntax", Place("a.yaml", 1, 1))


def test_nothing_in_a_file_is_ever_executed(tmp_path: Path) -> None:
    """A tag that could run code is just a mistake."""
    witness = tmp_path / "witness"
    text = f"a: !!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path ['{witness}']]"
    assert "tag" in codes(text)
    assert not witness.exists()


def test_a_long_text_is_no_condition_in_signs() -> None:
    """Long texts are not examined for comparisons or ranges."""
    assert infix_hints.condition_text("pain > 3 and " * 10 + "wet") is not None
    assert infix_hints.condition_text("pain > 3 and " * 100 + "wet") is None
    assert infix_hints.range_ends("1" * 150 + "-" + "2" * 150) is None
    assert infix_hints.range_ends("-5 – 3") == ("-5", "3")
    assert infix_hints.range_ends("size - 3") is None
