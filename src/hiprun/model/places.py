"""Places in rule files, and the source lines to show for them."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from hiprun.model.value_objects import ValueObject


@attrs.frozen(order=True)
class Place(ValueObject):
    """Where something is written: the name of a file in its pack, a line and a column, both counted from 1.

    `width` is the number of characters to underline; at least 1.
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
    """Return places as part of a sentence, file by file; a long list is shortened.

    >>> places_text([Place("a.yaml", 3), Place("a.yaml", 5), Place("b.yaml", 1)])
    'a.yaml, lines 3 and 5; b.yaml, line 1'
    """
    lines: dict[str, dict[int, None]] = {}
    for place in places:
        lines.setdefault(place.file, {})[place.line] = None
    entries = [f"{file}, {_lines_text(list(numbers))}" for file, numbers in lines.items()]
    omitted = len(entries) - _MOST_FILES_LISTED
    return "; ".join(entries[:_MOST_FILES_LISTED]) + (f"; and {omitted} more files" if omitted > 0 else "")


def _lines_text(lines: list[int]) -> str:
    listed = [str(line) for line in lines[:_MOST_LINES_LISTED]]
    if len(lines) > _MOST_LINES_LISTED:
        listed.append(f"{len(lines) - _MOST_LINES_LISTED} more")
    *before, last = listed
    return f"lines {', '.join(before)} and {last}" if before else f"line {last}"


NOWHERE = Place(file="")


@attrs.frozen
class SourceText(ValueObject):
    """The text of one rule file, kept so that a problem can show its line."""

    file: str
    text: str = attrs.field(repr=False)

    def line(self, number: int) -> str:
        """Return line `number` (from 1) without its line break; empty if there is no such line."""
        lines = self.text.split("\n", number)
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""
