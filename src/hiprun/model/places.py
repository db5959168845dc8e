"""Places in rule files: where something stands, and the line itself to show to a reader."""

from __future__ import annotations

from collections.abc import Iterable

import attrs


@attrs.frozen(order=True)
class Place:
    """Where something stands: a file's name inside its pack, a line and a column, both from 1.

    `width` is how many characters are meant, for underlining; at least 1.
    """

    file: str
    line: int = 1
    column: int = 1
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


_MOST_FILES_LISTED = 6
_MOST_LINES_LISTED = 8


def places_text(places: Iterable[Place]) -> str:
    """Return places for a sentence, file by file, shortened where there are many.

    >>> places_text([Place("a.yaml", 3), Place("a.yaml", 5), Place("b.yaml", 1)])
    'a.yaml, lines 3 and 5; b.yaml, line 1'
    """
    lines: dict[str, dict[int, None]] = {}
    for place in places:
        lines.setdefault(place.file, {})[place.line] = None
    said = [f"{file}, {_lines_text(list(found))}" for file, found in lines.items()]
    more = len(said) - _MOST_FILES_LISTED
    return "; ".join(said[:_MOST_FILES_LISTED]) + (f"; and {more} more files" if more > 0 else "")


def _lines_text(lines: list[int]) -> str:
    shown = [str(line) for line in lines[:_MOST_LINES_LISTED]]
    if len(lines) > _MOST_LINES_LISTED:
        shown.append(f"{len(lines) - _MOST_LINES_LISTED} more")
    *before, last = shown
    return f"lines {', '.join(before)} and {last}" if before else f"line {last}"


NOWHERE = Place(file="")


@attrs.frozen
class SourceText:
    """The text of one rule file, kept so that a problem can show the line it stands on."""

    file: str
    text: str = attrs.field(repr=False)

    def line(self, number: int) -> str:
        """Return line `number` (from 1) without its line break; empty when there is none."""
        lines = self.text.split("\n", number)
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""
