"""Sentences that hiprun makes in English, said in German: as a whole or not at all, and for what there is to say."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from hiprun.catalogue import catalogue
from hiprun.catalogue.german_sentences import SENTENCES
from hiprun.catalogue.sentences import SentenceForms

ROOT = Path(__file__).parents[3]
OPEN = re.compile(r"\{(\w+)(?::\w+)?\}")
FORMS = [*SENTENCES.sentences, *(form for forms in SENTENCES.phrases.values() for form in forms)]

SMALL = SentenceForms(
    (
        ("`{name}` is {kind:kind}.", "`{name}` ist {kind}."),
        ("{number} of {names:names}.", "{number} von {names}."),
        ("It says: {text:words}", "Es sagt: {text}"),
        ("`{name}` and `{name}` are one.", "`{name}` ist dasselbe."),
    ),
    {"kind": (("a number", "eine Zahl"), ("one of {number}", "eines von {number}"))},
    {"and": "und", "or": "oder"},
)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("`a.b {c}` is a number.", "`a.b {c}` ist eine Zahl."),
        ("`a` is one of 2.5.", "`a` ist eines von 2.5."),
        ("3 of `a`, `b or c` and `d` ….", "3 von `a`, `b or c` und `d` …."),
        ("It says: Stop at 4.\nAnd `rest`.", "Es sagt: Stop at 4.\nAnd `rest`."),
        ("`a` and `a` are one.", "`a` ist dasselbe."),
        ("`a` is a date.", None),
        ("`a` is a number. Really.", None),
        ("Some of `a`.", None),
        ("`a` and `b` are one.", None),
        ("`a` is a number" + "." * 3_000, None),
        ("", None),
    ],
)
def test_a_sentence_is_said_as_a_whole_or_not_at_all(english: str, german: str | None) -> None:
    """Names, numbers and words of the pack stay as they are; a sentence with a phrase that has no form has none."""
    assert SMALL.said(english) == german


def test_in_english_a_sentence_stays_as_it_is() -> None:
    """Whatever it says; and its kind needs no title."""
    assert catalogue().sentence("Whatever.") == "Whatever."
    assert catalogue().problem_title("unknown-name") == ""


def test_a_form_leaves_open_what_the_other_one_does() -> None:
    """German says nothing that English leaves out, and leaves out nothing but columns and what is said in passing."""
    open_in = [({match[1] for match in OPEN.finditer(text)} - {"column", "aside"} for text in form) for form in FORMS]
    assert [form for form, (english, german) in zip(FORMS, open_in, strict=True) if english != german] == []


def said_in_sources() -> str:
    """Return all texts that the sources and the schemas of rule files have, one in each line."""
    texts: list[str] = []
    for path in (ROOT / "src").rglob("*.py"):
        if path.parent.name != "catalogue":
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            texts += [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    for path in (ROOT / "src").rglob("*.schema.json"):
        texts += strings(json.loads(path.read_text(encoding="utf-8")))
    return "\n".join([*texts, *(f"{text[:1].lower()}{text[1:]}" for text in texts)])


def strings(data: Any) -> list[str]:
    """Return all texts in data."""
    if isinstance(data, dict | list):
        return [text for part in (data.values() if isinstance(data, dict) else data) for text in strings(part)]
    return [data] if isinstance(data, str) else []


def pieces(words: list[str], sources: str) -> int:
    """Return of how many texts of the sources words are put together, at least; many if there is one in none."""
    number = 0
    while words:
        known = (size for size in range(len(words), 0, -1) if " ".join(words[:size]).strip("`().,:; {}") in sources)
        size = next(known, 0)
        number, words = (number + 1, words[size:]) if size else (99, [])
    return number


def test_every_form_is_of_something_that_is_said() -> None:
    """What is always the same in a form is in the sources, so a message is not reworded without its German form."""
    sources = said_in_sources()
    parts = {english: max(OPEN.split(english)[::2], key=len) for english, _ in SENTENCES.sentences}
    unsaid = [
        english for english, part in parts.items() if part.strip() not in sources and pieces(part.split(), sources) > 4
    ]
    assert unsaid == []
    assert pieces(["There", "is", "something", "that", "nobody", "has", "ever", "said", "of", "rules."], sources) > 4


def test_every_kind_of_problem_has_a_german_title() -> None:
    """Each code that is documented, and each that the workbench has besides."""
    listed = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    documented = {code for row in re.findall(r"^\| (`[^|]*)\|", listed, re.M) for code in re.findall("`([^`]+)`", row)}
    workbench = (ROOT / "src/hiprun/interfaces/workbench").glob("*.py")
    own = {code for file in workbench for code in re.findall(r'Problem\(\s*"([a-z-]+)"', file.read_text("utf-8"))}
    assert len(documented) > 200
    assert {code for code in documented | own if not catalogue("de").problem_title(code)} == set()
