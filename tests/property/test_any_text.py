"""Whatever bytes or text a file holds, reading it ends with data or with mistakes, never with anything else."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hiprun.errors import Problem
from hiprun.language.diagnostic_renderer import problems_text
from hiprun.language.file_kinds import KINDS
from hiprun.language.schema_validation import check
from hiprun.language.syntax import decode, parse
from hiprun.model.places import SourceText

from ..examples import examples

PIECES = st.sampled_from(
    [
        *KINDS,
        *(
            ": ",
            ":",
            "- ",
            "-",
            "\n",
            "\n  ",
            "\n    ",
            "\n ",
            " ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            ",",
            "'",
            '"',
            "#",
            " # c",
        ),
        *(
            "?",
            "? ",
            "|\n",
            "|",
            ">",
            ">#",
            "> ",
            ">-\n",
            "&x ",
            "*x ",
            "!t ",
            "!",
            "%",
            "@",
            "`",
            "\\",
            "\\u00e9",
            "\\ud83d",
        ),
        *(
            "---",
            "...",
            "\n---\n",
            "\n...\n",
            "<<: ",
            "\t",
            "\r\n",
            "\r",
            "\x85",
            "\u2028",
            "\ufeff",
            "\u00a0",
            "\u200b",
        ),
        *("a", "key: ", "1", "4.5", "1e9", "yes", "true", "~", "null", "2026-03-01", "é", "“", "”", "😀", "暖"),
        *("id: ", "when: ", "all: ", "not: ", "type: ", "at_least: ", "because: ", "one two "),
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES, max_size=30).map("facts: \n".join), st.text()
)


def everything(text: str, loader: Any) -> tuple[Any, list[Problem]]:
    """Return all that one parser makes of a text."""
    document, problems = parse(SourceText("a.yaml", text), loader=loader)
    return (document.data, dict(document.places), dict(document.keys)) if document else None, problems


@settings(max_examples=examples(150), deadline=None)
@given(TEXTS)
def test_both_parsers_say_the_same(text: str) -> None:
    """With or without the parser in C: the same data, the same places, the same mistakes."""
    assert everything(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == everything(text, yaml.SafeLoader)


@settings(max_examples=examples(150), deadline=None)
@given(TEXTS)
def test_any_text_can_be_read_checked_and_reported(text: str) -> None:
    """A mistake stands within the text and has words; without any, there is a document."""
    document, problems = parse(SourceText("a.yaml", text))
    assert document or problems
    if document:
        problems = problems + check(document)
        assert all(path in document.places for path in document.keys)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in problems:
        assert problem.place
        assert 1 <= problem.place.line <= len(lines) + 1
        assert problem.message.endswith((".", "?"))
        assert problem.help.endswith((".", "?", "…", "`"))
    assert problems_text(problems).count("\n\n") == len(set(problems))


@settings(max_examples=examples(120), deadline=None)
@given(st.one_of(st.binary(), TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_any_bytes_can_be_read(content: bytes) -> None:
    """Bytes are text in UTF-8, or there is one word on what they are instead."""
    source, problems = decode(content, "a.yaml")
    assert (source is None) == (len(problems) == 1)
    if source:
        parse(source)
