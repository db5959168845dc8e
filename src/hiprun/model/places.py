"""Places in rule files: where something stands, and the line itself to show to a reader."""

from __future__ import annotations

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
