"""The corrections of a problem as edits of its file, by place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, assert_never

import attrs

from hiprun.errors import Problem, UnknownNameError
from hiprun.language.export.yaml_layout import inline_text
from hiprun.language.syntax import Path
from hiprun.language.syntax.source_tree import ListNode, MappingNode, Point, ScalarNode, SourceNode
from hiprun.model.corrections import (
    Add,
    Close,
    Correction,
    Delete,
    Indent,
    MakeGroup,
    MakeList,
    Quote,
    Separate,
    Straighten,
    Swap,
    Wrap,
    Write,
)
from hiprun.model.places import Place
from hiprun.workspace.text_edits import TextEdit
from hiprun.workspace.value_edits import FileSource, remove, set_value

_STRAIGHT = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'"})
_BEFORE_VALUE = re.compile(r"\A(?:\s*- )?\s*(?:[\w.-]+:\s+)?")
_END_IN_BRACKETS = re.compile(r"[,}\]]")
_MOST_LINES_AFTER = 4

Sources: TypeAlias = Callable[[str], FileSource | None]
"""Returns a file by its name; None if nothing in it can be read."""


@attrs.frozen
class Fix:
    """A way to mend a problem: what it does, in words, and its edits."""

    title: str
    edits: tuple[TextEdit, ...]


@attrs.frozen
class _Spot:
    """Where a problem is: its place, the line of it, and its file, None if nothing in that can be read."""

    place: Place
    line: str
    file: FileSource | None

    @property
    def source(self) -> FileSource:
        """The file; raises `UnknownNameError` if nothing in it can be read."""
        if self.file is None:
            raise UnknownNameError([Problem("no-such-place", "Nothing in this file can be read.", self.place)])
        return self.file

    @property
    def path(self) -> Path:
        return self.source.tree.path_at((self.place.line, self.place.column))

    @property
    def node(self) -> SourceNode:
        return self.source.node(self.path)

    @property
    def outermost(self) -> SourceNode:
        """The largest part of the file that begins at the place: a mapping begins where its first name does."""
        path, node = self.path, self.node
        while path and self.source.node(path[:-1]).start == (self.place.line, self.place.column):
            path = path[:-1]
            node = self.source.node(path)
        return node

    @property
    def underlined(self) -> str:
        return self.line[self.place.column - 1 :][: self.place.width]

    def edit(self, start: int, end: int, text: str) -> TextEdit:
        """Return the edit of a part of the line, from one column to another."""
        return TextEdit(self.place.file, (self.place.line, start), (self.place.line, end), text)


def correction_edits(sources: Sources, problem: Problem, place: Place) -> Iterator[Fix]:
    """Yield the corrections of a problem as edits, not all of which need to mend it: whoever shows them tries them."""
    spot = _Spot(place, problem.line, sources(place.file))
    for correction in problem.corrections:
        try:
            yield from _fixes(spot, correction)
        except UnknownNameError:
            continue
    if problem.also and len(problem.corrections) == 1 and isinstance(meant := problem.corrections[0], Write):
        yield from _everywhere(sources, problem, (place, *problem.also), meant)


def _fixes(spot: _Spot, correction: Correction) -> Iterator[Fix]:  # noqa: C901, PLR0912 - one branch for each kind
    match correction:
        case Write():
            edit = _written(spot.line, spot.place, correction)
            if edit:
                yield Fix(_title(correction), (edit,))
        case Wrap():
            yield from _wrapped(spot, correction)
        case Quote():
            edits = _quoted(spot, whole=correction.whole)
            yield from (Fix("Put the text in quotes", (edit,)) for edit in edits)
        case Straighten():
            straight = spot.edit(1, len(spot.line) + 1, spot.line.translate(_STRAIGHT))
            yield Fix("Write straight quotes", (straight,))
        case Close():
            yield from _closed(spot, correction.sign)
        case Separate():
            column = len(spot.line[: spot.place.column - 1].rstrip()) + 1
            yield Fix("Add a comma", (spot.edit(column, column, ","),))
        case Indent():
            indentation = len(spot.line) - len(spot.line.lstrip())
            edit = spot.edit(1, indentation + 1, f"{' ' * correction.width}{'- ' * correction.dash}")
            first_column = f"Begin the line in column {correction.width + 1}"
            yield Fix("Begin the line with a dash" if correction.dash else first_column, (edit,))
        case Add():
            yield from _added(spot, correction)
        case Delete():
            yield from _deleted(spot, correction)
        case MakeList():
            yield from _listed(spot, correction.name)
        case MakeGroup():
            yield from _grouped(spot)
        case Swap():
            yield from _swapped(spot)
        case _:
            assert_never(correction)


def _title(correction: Write) -> str:
    return correction.title or f"Write `{correction.text}`"


def _written(line: str, place: Place, correction: Write) -> TextEdit | None:
    """Return the edit that writes a text; None if what it should replace is not in the line."""
    start, width = place.column - 1, place.width
    if correction.instead_of:
        found = [match.start() for match in re.finditer(re.escape(correction.instead_of), line)]
        if not found:
            return None
        start, width = min(found, key=lambda at: abs(at - start)), len(correction.instead_of)
    return TextEdit(place.file, (place.line, start + 1), (place.line, start + width + 1), correction.text)


def _everywhere(sources: Sources, problem: Problem, places: Iterable[Place], correction: Write) -> Iterator[Fix]:
    """Yield the fix that writes a text in each place of a problem."""
    edits = []
    for place in places:
        source = sources(place.file)
        line = source.lines[place.line - 1] if source else problem.line
        edit = _written(line, place, correction)
        edits += [edit] if edit else []
    yield Fix(f"{_title(correction)} in all {len(edits)} places", tuple(edits))


def _wrapped(spot: _Spot, correction: Wrap) -> Iterator[Fix]:
    node = spot.node
    wrapped = node.text if isinstance(node, ScalarNode) else _text_of(spot.source, node)
    text = f"{correction.before}{wrapped}{correction.after}"
    written = inline_text(text) if isinstance(node, ScalarNode) else text
    edit = TextEdit(spot.place.file, node.start, node.end, written)
    yield Fix(correction.title or f"Write `{text}`", (edit,))


def _quoted(spot: _Spot, *, whole: bool) -> Iterator[TextEdit]:
    """Yield the edits that put in quotes the value there, that of the line, or what ends at a comma or bracket."""

    def quoted(start: int, end: int) -> TextEdit:
        return spot.edit(start + 1, end + 1, json.dumps(spot.line[start:end].rstrip(), ensure_ascii=False))

    node = spot.node if spot.file and not whole else None
    if isinstance(node, ScalarNode) and node.is_plain:
        text = json.dumps(node.text, ensure_ascii=False)
        yield TextEdit(spot.place.file, node.start, node.end, text)
    yield quoted(len(spot.line) - len(_BEFORE_VALUE.sub("", spot.line, count=1)), len(spot.line))
    start = spot.place.column - 1
    end = start + 1 + len(_END_IN_BRACKETS.split(spot.line[start + 1 :])[0])
    yield quoted(spot.line.rfind(": ", 0, start) + 2 if whole else start, end)


def _closed(spot: _Spot, sign: str) -> Iterator[Fix]:
    """Yield the places where what is open could be closed: at the end of its line, or of one after it."""
    after = spot.source.lines[spot.place.line - 1 :][:_MOST_LINES_AFTER] if spot.file else [spot.line]
    for number, text in enumerate(after, spot.place.line):
        at = number, len(text.rstrip()) + 1
        yield Fix(f"Add `{sign}` at the end of line {number}", (TextEdit(spot.place.file, at, at, sign),))


def _added(spot: _Spot, correction: Add) -> Iterator[Fix]:
    """Yield the entry in the mapping at the place, and in the one around it."""
    name, value = correction.name, correction.value
    words = inline_text(value) if isinstance(value, bool) else value
    title = f"Add `{name}`, to be written" if value is None else f"Add `{name}: {words}`"
    for path in (spot.path, spot.path[:-1]):
        if isinstance(spot.source.tree.at(path), MappingNode):
            yield Fix(title, set_value(spot.source, (*path, name), "…" if value is None else value))


def _deleted(spot: _Spot, correction: Delete) -> Iterator[Fix]:
    if correction.what == "line":
        yield Fix("Delete the line", (TextEdit(spot.place.file, (spot.place.line, 1), (spot.place.line + 1, 1), ""),))
    else:
        path = spot.path[:-1] if correction.what == "owner" else spot.path
        yield Fix(f"Delete `{spot.underlined or spot.line.strip()}`", remove(spot.source, path))


def _listed(spot: _Spot, name: str) -> Iterator[Fix]:
    """Yield the entries of a mapping as a list: each by itself, or all together as its only entry."""
    node = spot.node if name else spot.outermost
    if not isinstance(node, MappingNode):
        return
    key = (spot.edit(spot.place.column, spot.place.column + spot.place.width, name),) if name else ()
    under = f", under `{name}`" if name else ""
    entries = [_between(spot.source, entry.key.start, entry.value.end) for entry in node.entries]
    if node.in_braces:
        text = f"[{', '.join(f'{{{entry}}}' for entry in entries)}]"
        yield Fix(f"Write a list{under}", (*key, TextEdit(spot.place.file, node.start, node.end, text)))
        return
    dashes = [TextEdit(spot.place.file, entry.key.start, entry.key.start, "- ") for entry in node.entries]
    first, *others = dashes
    one = (*key, first, *(attrs.evolve(edit, text="  ") for edit in others))
    yield Fix(f"Make it one entry of a list{under}", one)
    yield Fix(f"Make each line an entry of a list{under}", (*key, *dashes))


def _grouped(spot: _Spot) -> Iterator[Fix]:
    """Yield a list of conditions as a group of which all must hold, or one."""
    node, source = spot.node, spot.source
    listed = node.items if isinstance(node, ListNode) else ()
    texts = [_text_of(source, item) for item in listed]
    items = ", ".join(text if text.startswith("{") else f"{{{text}}}" for text in texts)
    before, start = "", node.start
    if start[0] > 1 and source.begins_line(start):
        before, start = " ", (start[0] - 1, len(source.lines[start[0] - 2].rstrip()) + 1)
    for group, title in (("all", "All of these must hold"), ("any", "One of these is enough")):
        edit = TextEdit(source.name, start, node.end, f"{before}{{{group}: [{items}]}}")
        yield Fix(f"{title}: `{group}`", (edit,))


def _swapped(spot: _Spot) -> Iterator[Fix]:
    values = spot.node.items if isinstance(spot.node, ListNode) else ()
    ends = [value for value in values if isinstance(value, ScalarNode)]
    pairs = zip(ends, ends[::-1], strict=True)
    edits = tuple(TextEdit(spot.place.file, end.start, end.end, other.text) for end, other in pairs)
    yield Fix("Write the lower one first", edits)


def _text_of(source: FileSource, node: SourceNode) -> str:
    return _between(source, node.start, node.end)


def _between(source: FileSource, start: Point, end: Point) -> str:
    """Return what is written from one place to another, in one line."""
    lines = source.lines[start[0] - 1 : end[0]]
    if len(lines) == 1:
        return lines[0][start[1] - 1 : end[1] - 1]
    first, *between, last = lines
    parts = [first[start[1] - 1 :], *between, last[: end[1] - 1]]
    return ", ".join(part.strip() for part in parts if part.strip())
