"""Changes of texts by place, so that everything else in a file stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

from hiprun.language.syntax.source_tree import Point
from hiprun.model.places import Place

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


@attrs.frozen(order=True)
class TextEdit:
    """New text in place of what a file has from `start` up to `end`, each a line and a column, both from 1.

    Columns count characters. Where `start` and `end` are equal, the text is inserted.
    """

    file: str
    start: Point
    end: Point
    text: str

    def holds_after(self, place: Place) -> bool:
        """Return whether a place of the file after this edit is in what the edit has written."""
        *lines_before, last_line = self.text.split("\n")
        line, column = self.start
        end = (line + len(lines_before), len(last_line) + (1 if lines_before else column))
        return place.file == self.file and self.start <= (place.line, place.column) < end


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """Return a text after edits of its file, all of which refer to the text as it is. They must not overlap.

    Line breaks in new text become like those of the file.

    >>> apply_edits("warm: true\\n", [TextEdit("a.yaml", (1, 7), (1, 11), "false")])
    'warm: false\\n'
    """
    starts = [0, *(match.end() for match in _LINE_BREAK.finditer(text))]
    first_break = _LINE_BREAK.search(text)
    line_break = first_break[0] if first_break else "\n"
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits):
        start, end = _offset(text, starts, edit.start), _offset(text, starts, edit.end)
        if start < position or end < start:
            raise ValueError(f"Edits of {edit.file} overlap at line {edit.start[0]}.")
        pieces += [text[position:start], edit.text.replace("\n", line_break)]
        position = end
    return "".join([*pieces, text[position:]])


def _offset(text: str, starts: list[int], point: Point) -> int:
    line, column = point
    return min(starts[line - 1] + column - 1, len(text)) if line <= len(starts) else len(text)
