"""Misleading characters, found before YAML is parsed: invisible ones, tabs for indentation, directives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from hiprun.errors import Problem
from hiprun.model.corrections import AnyHelp, Delete, Help, Write
from hiprun.model.hidden_characters import character_name, first_hidden_character, hidden_positions
from hiprun.model.places import Place, SourceText

_ODD = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Spaces that are part of the structure: indentation, around dashes, after a colon, comma or bracket, at the end.
_ODD_SPACE = re.compile(rf"(?:^|[:,\[{{\n])(?:[ {_ODD}]|-(?=[ {_ODD}]))+|(?<![ {_ODD}])[ {_ODD}]+$", re.MULTILINE)
_ODD_CHARACTER = re.compile(f"[{_ODD}]")
_DIRECTIVE = re.compile(r"\A(?:[ ]*(?:#.*)?\n)*(%.*)")
_BLANK = re.compile(r"^[ \t]+$", re.MULTILINE)
_INDENTING_TAB = re.compile(r"^ *(\t+)", re.MULTILINE)


def clean(source: SourceText, max_problems: int) -> tuple[str | None, list[Problem]]:
    """Return the text with a plain space in place of each misleading character, and at most `max_problems` problems.

    The text is None if tabs indent it: YAML gives them no width, so nothing else would be certain.
    """
    text, problems = _without_hidden(source, max_problems)
    if "\t" in text:
        text, tabs = _without_tabs(source, text, max_problems)
        if tabs:
            return None, [*problems, *tabs]
    directive = _DIRECTIVE.match(text)
    if directive:
        start, end = directive.span(1)
        problems.append(
            _problem(
                source,
                "directive",
                "Lines that begin with `%` have no meaning here.",
                Help("Delete the line.", Delete("line")),
                start,
                end - start,
            )
        )
        text = f"{text[:start]}#{text[start + 1 :]}"
    return text, problems


def _problem(source: SourceText, code: str, message: str, help: AnyHelp, start: int, width: int = 1) -> Problem:
    line = source.text.count("\n", 0, start) + 1
    place = Place(source.file, line, start - source.text.rfind("\n", 0, start), width)
    return Problem.with_help(code, message, place, help, source.line(line))


def _without_hidden(source: SourceText, max_problems: int) -> tuple[str, list[Problem]]:
    text = source.text
    if text.isascii() and not first_hidden_character(text):
        return text, []
    positions = sorted({*hidden_positions(text)} | set(_odd_spaces(text)))
    letters = list(text)
    for start in positions:
        letters[start] = " "
    return "".join(letters), [_hidden_problem(source, start) for start in positions[:max_problems]]


def _odd_spaces(text: str) -> Iterable[int]:
    for spaces in _ODD_SPACE.finditer(text):
        if not spaces[0].isascii():
            yield from (spaces.start() + match.start() for match in _ODD_CHARACTER.finditer(spaces[0]))


def _hidden_problem(source: SourceText, start: int) -> Problem:
    character = source.text[start]
    if _ODD_CHARACTER.match(character):
        message = f"This is not an ordinary space ({character_name(character)})."
        words = (
            "Type a space in its place; such spaces are picked up when text is copied from a web page or a document."
        )
        help = Help(words, Write(" ", title="Write an ordinary space"))
    else:
        message = f"There is an invisible character here ({character_name(character)})."
        words = "Delete it; retyping this part of the line is the surest way."
        help = Help(words, Write("", title="Delete the invisible character"))
    return _problem(source, "hidden-character", message, help, start)


def _without_tabs(source: SourceText, text: str, max_problems: int) -> tuple[str, list[Problem]]:
    if text.lstrip()[:1] not in ("{", "["):  # in brackets, as in JSON, indentation has no meaning
        text = _BLANK.sub(lambda match: " " * len(match[0]), text)
        indenting = list(islice(_INDENTING_TAB.finditer(text), max_problems))
        if indenting:
            return text, [_tab_problem(source, match.start(1), len(match[1])) for match in indenting]
    return text.replace("\t", " "), []


def _tab_problem(source: SourceText, start: int, width: int) -> Problem:
    spaces = Write("  " * width, title="Write two spaces for each tab")
    help = Help("Use spaces, two for each level.", spaces)
    return _problem(source, "tab", "This line is indented with a tab.", help, start, width)
