"""Problems → text for a terminal: place, message, the underlined source line, and help."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from hiprun.errors import Problem
from hiprun.model.places import Place

_RED, _CYAN, _BOLD, _PLAIN = "\x1b[31m", "\x1b[36m", "\x1b[1m", "\x1b[0m"
_GUTTER = 5
_LEAST_WIDTH = 30
_TAB = "    "
_ZERO_WIDTH = frozenset({"Mn", "Me"})
_CONTROL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_ELLIPSIS = "…"
_WORD = re.compile(r"(?:`[^`]*`|\S)+")  # text in backticks is kept together


def problems_text(
    problems: Iterable[Problem], *, colour: bool = False, width: int = 80, with_count: bool = True
) -> str:
    """Return problems as text, in the order of their places; with `with_count`, followed by the number of mistakes.

    >>> place = Place("facts.yaml", line=1, column=1, width=5)
    >>> print(problems_text([Problem("empty", "`facts` is empty.", place, "Add one.", "facts: {}")]))
    facts.yaml:1:1: `facts` is empty. [empty]
        1 | facts: {}
          | ^^^^^
          = Add one.
    <BLANKLINE>
    1 mistake in 1 file.
    """
    sorted_problems = sorted(problems, key=_position)
    if not sorted_problems:
        return ""
    styled = _Styler(colour)
    width = max(width, _LEAST_WIDTH)
    blocks = ["\n".join(_block(problem, styled, width)) for problem, _ in groupby(sorted_problems)]
    files = {problem.place.file for problem in sorted_problems if problem.place}
    count = _counted(len(blocks), "mistake") + (f" in {_counted(len(files), 'file')}" if files else "")
    return "\n\n".join([*blocks, f"{count}."] if with_count else blocks)


class _Styler:
    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, style: str, text: str) -> str:
        return f"{style}{text}{_PLAIN}" if self._colour and text else text


def _position(problem: Problem) -> tuple[bool, Place, str, str]:
    return problem.place is not None, problem.place or Place(""), problem.code, problem.message


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _block(problem: Problem, styled: _Styler, width: int) -> Iterator[str]:
    place = problem.place
    location = f"{_printable_text(str(place))}: " if place else ""
    first_line, *other_lines = _wrapped(f"{location}{_printable_text(problem.message)} [{problem.code}]", width, _TAB)
    yield styled(_BOLD, first_line[: len(location)]) + first_line[len(location) :]
    yield from other_lines
    number = str(place.line) if place and problem.line else ""
    margin = max(_GUTTER, len(number) + 1)
    if place and problem.line:
        line, before, marked = _window(problem.line, place.column - 1, place.width, width - margin - 3)
        yield f"{styled(_CYAN, number.rjust(margin) + ' |')} {line}".rstrip()
        yield f"{styled(_CYAN, ' ' * margin + ' |')} {' ' * before}{styled(_RED, '^' * marked)}"
    for advice in filter(None, (problem.help, problem.elsewhere())):
        indent = " " * (margin + 3)
        first_line, *other_lines = _wrapped(_printable_text(advice), width - len(indent), "")
        yield f"{styled(_CYAN, ' ' * margin + ' =')} {first_line}"
        yield from (f"{indent}{line}" for line in other_lines)


def _window(line: str, start: int, width: int, columns: int) -> tuple[str, int, int]:
    """Return the part of `line` around `width` characters from `start` that fits, and where to underline it."""
    if len(line) <= columns and _text_columns(_printable_text(line)) <= columns:
        start_index, end_index = 0, len(line)
    else:
        start_index = end_index = start
        while start_index > 0 and _text_columns(_printable_text(line[start_index - 1 : start])) <= columns // 2:
            start_index -= 1
        while end_index < len(line) and _text_columns(
            _printable_text(line[start_index : end_index + 1])
        ) <= columns - 2 * len(_ELLIPSIS):
            end_index += 1
    left_ellipsis, right_ellipsis = _ELLIPSIS if start_index else "", _ELLIPSIS if end_index < len(line) else ""
    before = len(left_ellipsis) + _text_columns(_printable_text(line[start_index:start]))
    underlined = _text_columns(_printable_text(line[start : min(start + width, end_index)]))
    return f"{left_ellipsis}{_printable_text(line[start_index:end_index])}{right_ellipsis}", before, max(underlined, 1)


def _printable(character: str) -> str:
    """Return a character in a form that cannot move the cursor or hide what follows."""
    if character == "\t":
        return _TAB
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in _CONTROL else character


def _printable_text(text: str) -> str:
    return "".join(map(_printable, text))


def _text_columns(text: str) -> int:
    return sum(_character_columns(character) for character in text)


def _character_columns(character: str) -> int:
    if unicodedata.category(character) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    """Return `text` as lines of at most `width` columns, all but the first indented; long words are not broken."""
    lines, line, room = [], "", width
    for word in _WORD.findall(text):
        longer = f"{line} {word}" if line else word
        if line and _text_columns(longer) > room:
            lines.append(line)
            line, room = word, width - len(indent)
        else:
            line = longer
    return [part if number == 0 else f"{indent}{part}" for number, part in enumerate([*lines, line])]
