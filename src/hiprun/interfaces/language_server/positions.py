"""Places in files ↔ positions of the protocol, which count lines from 0 and characters in units that are agreed on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import attrs
from lsprotocol import types

from hiprun.language.syntax.source_tree import Point
from hiprun.model.places import Place
from hiprun.workspace import TextEdit

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_BEYOND_FIRST_PLANE = 0xFFFF
_UNITS_OF_UTF_8 = ((0x80, 1), (0x800, 2), (0x10000, 3))


def split_lines(text: str) -> list[str]:
    """Return the lines of a text without their line breaks, as the protocol counts them."""
    return _LINE_BREAK.split(text)


@attrs.frozen
class Positions:
    """How characters of a line are counted: in units of `utf-16`, which every client knows, `utf-8` or `utf-32`."""

    encoding: str = "utf-16"

    def position(self, lines: Sequence[str], point: Point) -> types.Position:
        """Return the position of a line and a column, both from 1."""
        line, column = point
        before = lines[line - 1][: column - 1] if 0 < line <= len(lines) else ""
        return types.Position(max(line - 1, 0), sum(map(self._units, before)))

    def range(self, lines: Sequence[str], start: Point, end: Point) -> types.Range:
        """Return the range from one place up to another."""
        return types.Range(self.position(lines, start), self.position(lines, end))

    def place_range(self, lines: Sequence[str], place: Place) -> types.Range:
        """Return the range of a place."""
        return self.range(lines, (place.line, place.column), (place.line, place.column + place.width))

    def point(self, lines: Sequence[str], position: types.Position) -> Point:
        """Return the line and the column of a position, both from 1; the end of its line if it is beyond that."""
        line = lines[position.line] if 0 <= position.line < len(lines) else ""
        units, column = 0, 1
        for character in line:
            if units >= position.character:
                break
            units += self._units(character)
            column += 1
        return position.line + 1, column

    def edits(self, lines: Sequence[str], edits: Iterable[TextEdit]) -> list[types.TextEdit]:
        """Return edits of one file in the form of the protocol."""
        return [types.TextEdit(self.range(lines, edit.start, edit.end), edit.text) for edit in edits]

    def _units(self, character: str) -> int:
        match self.encoding:
            case "utf-32":
                return 1
            case "utf-8":
                return next((units for limit, units in _UNITS_OF_UTF_8 if ord(character) < limit), 4)
            case _:
                return 2 if ord(character) > _BEYOND_FIRST_PLANE else 1
