"""Problems → text for a terminal: place, message, the line itself with the spot underlined, and the help."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from hiprun.errors import Problem
from hiprun.model.places import Place

_RED, _CYAN, _BOLD, _PLAIN = "\x1b[31m", "\x1b[36m", "\x1b[1m", "\x1b[0m"
_GUTTER = 5
_NARROWEST = 30
_TAB = "    "
_DRAWN_AS_NOTHING = frozenset({"Mn", "Me"})
_CONTROL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_ELLIPSIS = "…"
_WORD = re.compile(r"(?:`[^`]*`|\S)+")  # what stands in backticks is kept together


def problems_text(problems: Iterable[Problem], *, colour: bool = False, width: int = 80, counted: bool = True) -> str:
    """Return problems for a reader, in the order of their places, and how many there are, unless they are no mistakes.

    >>> place = Place("facts.yaml", line=1, column=1, width=5)
    >>> print(problems_text([Problem("empty", "`facts` is empty.", place, "Add one.", "facts: {}")]))
    facts.yaml:1:1: `facts` is empty. [empty]
        1 | facts: {}
          | ^^^^^
          = Add one.
    <BLANKLINE>
    1 mistake in 1 file.
    """
    ordered = sorted(problems, key=_position)
    if not ordered:
        return ""
    paint = _Paint(colour)
    width = max(width, _NARROWEST)
    blocks = ["\n".join(_block(problem, paint, width)) for problem, _ in groupby(ordered)]
    files = {problem.place.file for problem in ordered if problem.place}
    count = _counted(len(blocks), "mistake") + (f" in {_counted(len(files), 'file')}" if files else "")
    return "\n\n".join([*blocks, f"{count}."] if counted else blocks)


class _Paint:
    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, style: str, text: str) -> str:
        return f"{style}{text}{_PLAIN}" if self._colour and text else text


def _position(problem: Problem) -> tuple[bool, Place, str, str]:
    return problem.place is not None, problem.place or Place(""), problem.code, problem.message


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _block(problem: Problem, paint: _Paint, width: int) -> Iterator[str]:
    place = problem.place
    where = f"{_plain(str(place))}: " if place else ""
    first, *others = _wrapped(f"{where}{_plain(problem.message)} [{problem.code}]", width, _TAB)
    yield paint(_BOLD, first[: len(where)]) + first[len(where) :]
    yield from others
    number = str(place.line) if place and problem.line else ""
    margin = max(_GUTTER, len(number) + 1)
    if place and problem.line:
        line, before, marked = _window(problem.line, place.column - 1, place.width, width - margin - 3)
        yield f"{paint(_CYAN, number.rjust(margin) + ' |')} {line}".rstrip()
        yield f"{paint(_CYAN, ' ' * margin + ' |')} {' ' * before}{paint(_RED, '^' * marked)}"
    for advice in filter(None, (problem.help, problem.elsewhere())):
        indent = " " * (margin + 3)
        first, *others = _wrapped(_plain(advice), width - len(indent), "")
        yield f"{paint(_CYAN, ' ' * margin + ' =')} {first}"
        yield from (f"{indent}{line}" for line in others)


def _window(line: str, start: int, width: int, room: int) -> tuple[str, int, int]:
    """Return the part of `line` around `width` characters from `start` that has room, and where to underline it."""
    if len(line) <= room and _columns(_plain(line)) <= room:
        first, end = 0, len(line)
    else:
        first = end = start
        while first > 0 and _columns(_plain(line[first - 1 : start])) <= room // 2:
            first -= 1
        while end < len(line) and _columns(_plain(line[first : end + 1])) <= room - 2 * len(_ELLIPSIS):
            end += 1
    left, right = _ELLIPSIS if first else "", _ELLIPSIS if end < len(line) else ""
    before = len(left) + _columns(_plain(line[first:start]))
    marked = _columns(_plain(line[start : min(start + width, end)]))
    return f"{left}{_plain(line[first:end])}{right}", before, max(marked, 1)


def _shown(character: str) -> str:
    """Return how to show a character, so that nothing in a file can move the cursor or hide what follows."""
    if character == "\t":
        return _TAB
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in _CONTROL else character


def _plain(text: str) -> str:
    return "".join(map(_shown, text))


def _columns(text: str) -> int:
    return sum(_column(character) for character in text)


def _column(character: str) -> int:
    if unicodedata.category(character) in _DRAWN_AS_NOTHING:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    """Return `text` in lines of at most `width` columns, all but the first indented; a long word is kept whole."""
    lines, line, room = [], "", width
    for word in _WORD.findall(text):
        longer = f"{line} {word}" if line else word
        if line and _columns(longer) > room:
            lines.append(line)
            line, room = word, width - len(indent)
        else:
            line = longer
    return [part if number == 0 else f"{indent}{part}" for number, part in enumerate([*lines, line])]
