"""The text of one file → a tree of what is written, each part with its exact extent; half-typed lines are skipped.

A document says what a file means; this says where each part of it is, for those who change the text. It reports no
mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

import attrs
import yaml

from hiprun.language.bounds import MOST_BYTES
from hiprun.language.syntax.builder import MOST_DEPTH, MOST_VALUES, QUESTION_MARK
from hiprun.language.syntax.document import Path
from hiprun.language.syntax.encoding import normalise
from hiprun.language.syntax.invisible_characters import clean
from hiprun.language.syntax.parse import LOADER
from hiprun.model.places import SourceText

_MOST_SKIPPED_LINES = 8
_LONGEST_TO_REPAIR = 100_000
"""Texts longer than this are read only if they are whole, since each line left out means reading all of it again."""

_NAME_ONLY = re.compile(r" *(?:- +)?[^\W\d][\w -]*\Z")

Point: TypeAlias = tuple[int, int]
"""A line and a column, both from 1."""


@attrs.frozen
class ScalarNode:
    """A single value: its text, and where it is. `style` is the sign it begins with: a quote, `|`, `>` or nothing."""

    text: str
    start: Point
    end: Point
    style: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is written without quotes, on its own line or lines."""
        return not self.style

    @property
    def text_start(self) -> Point:
        """Where its text begins, after a quote."""
        line, column = self.start
        return line, column + (self.style in ("'", '"'))


@attrs.frozen
class MappingEntry:
    """A name and its value; the value is an empty scalar at the end of the name if none is written."""

    key: ScalarNode
    value: SourceNode


@attrs.frozen
class MappingNode:
    """A mapping: its entries in the order of the file, and whether it is written in braces."""

    entries: tuple[MappingEntry, ...]
    start: Point
    end: Point
    in_braces: bool

    def get(self, name: str) -> SourceNode | None:
        """Return the value under `name`, or None."""
        return next((entry.value for entry in self.entries if entry.key.text == name), None)


@attrs.frozen
class ListNode:
    """A list, and whether it is written in brackets. `start` is that of the bracket or of the first dash."""

    items: tuple[SourceNode, ...]
    start: Point
    end: Point
    in_brackets: bool


SourceNode: TypeAlias = ScalarNode | MappingNode | ListNode


@attrs.frozen
class SourceTree:
    """What is written in a file.

    `skipped` are the lines that were left out, or taken for a name without its colon, since nothing could be read
    with them.
    """

    root: MappingNode
    skipped: tuple[int, ...] = ()

    @property
    def kind(self) -> str:
        """The first key, which says what kind of file it is; empty if there is none."""
        return self.root.entries[0].key.text if self.root.entries else ""

    def at(self, path: Path) -> SourceNode | None:
        """Return the node at a path of keys and indexes, or None."""
        node: SourceNode | None = self.root
        for step in path:
            match node:
                case MappingNode():
                    node = node.get(str(step))
                case ListNode() if isinstance(step, int) and 0 <= step < len(node.items):
                    node = node.items[step]
                case _:
                    return None
        return node

    def path_at(self, point: Point) -> Path:
        """Return the path of the smallest part that a place is in; that of a value for a place in its name."""
        path: Path = ()
        node: SourceNode = self.root
        while True:
            inner: list[tuple[str | int, SourceNode]] = []
            match node:
                case MappingNode():
                    inner = [
                        (entry.key.text, entry.value)
                        for entry in node.entries
                        if entry.key.start <= point <= max(entry.key.end, entry.value.end)
                    ]
                case ListNode():
                    inner = [(index, item) for index, item in enumerate(node.items) if item.start <= point <= item.end]
            if not inner:
                return path
            step, node = inner[-1]
            path = (*path, step)


def source_tree(text: str) -> SourceTree | None:
    """Return the tree of a text, without the lines that keep it from being read; None if nothing sensible is left.

    >>> tree = source_tree("facts:\\n  warm: {type: boolean}\\n")
    >>> tree.at(("facts", "warm", "type")).start
    (2, 16)
    """
    if len(text) > MOST_BYTES:
        return None
    source = normalise(SourceText("", text))
    cleaned, _ = clean(source, 0)
    lines = (cleaned or "").replace("?", QUESTION_MARK).split("\n")
    skipped: list[int] = []
    read = _read(lines)
    while not isinstance(read, MappingNode):
        if len(skipped) == _MOST_SKIPPED_LINES or len(text) > _LONGEST_TO_REPAIR or not read:
            return None
        number, repaired = _repair(lines, read)
        skipped.append(number)
        lines[number - 1] = repaired
        read = _read(lines)
    return SourceTree(read, tuple(sorted(set(skipped))))


def _repair(lines: Sequence[str], suspects: Sequence[int]) -> tuple[int, str]:
    """Return the line with which the most of the text can be read, and what to read in its place."""
    repairs = [(number, repaired) for number in suspects for repaired in _instead_of(lines[number - 1])]

    def readable_with(repair: tuple[int, str]) -> int:
        number, repaired = repair
        read = _read([*lines[: number - 1], repaired, *lines[number:]])
        return len(lines) + 1 if isinstance(read, MappingNode) else max(read, default=0)

    return max(repairs, key=readable_with)


def _instead_of(line: str) -> list[str]:
    """Return what a line that cannot be read may be taken for: a name without its colon, or nothing."""
    return [f"{line.rstrip()}:", ""] if _NAME_ONLY.match(line) else [""]


def _read(lines: Sequence[str]) -> MappingNode | tuple[int, ...]:
    """Return the tree of a text, or the numbers of the lines that may be to blame; none if no line is."""
    builder = _Builder(lines)
    events = LOADER("\n".join(lines) + "\n")
    try:
        while (event := events.get_event()) is not None:
            builder.handle(event)
    except yaml.YAMLError as error:
        return builder.suspects(error)
    except (ValueError, OverflowError, _TooMuchError):
        return ()
    finally:
        events.dispose()
    return builder.root if builder.root is not None else ()


class _TooMuchError(Exception):
    """There is more in this text than in any rule file."""


@attrs.define
class _OpenNode:
    """A mapping or list that is not complete yet; of a mapping, `key` is the name that waits for its value."""

    start: Point
    is_mapping: bool
    in_brackets: bool
    entries: list[MappingEntry] = attrs.field(factory=list)
    items: list[SourceNode] = attrs.field(factory=list)
    key: ScalarNode | None = None

    def add(self, node: SourceNode) -> None:
        if not self.is_mapping:
            self.items.append(node)
        elif self.key is None:
            # a bracket before a colon is no name; what it holds is left out
            self.key = node if isinstance(node, ScalarNode) else ScalarNode("", node.start, node.end)
        else:
            self.entries.append(MappingEntry(self.key, node))
            self.key = None

    def closed(self, end: Point) -> SourceNode:
        if not self.in_brackets:
            last = self.entries[-1].value if self.entries else self.items[-1] if self.items else None
            end = last.end if last else self.start
        if self.is_mapping:
            return MappingNode(tuple(self.entries), self.start, end, self.in_brackets)
        return ListNode(tuple(self.items), self.start, end, self.in_brackets)


class _Builder:
    """Builds the tree of one text, event by event, on an explicit stack."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.root: MappingNode | None = None
        self._lines = lines
        self._stack: list[_OpenNode] = []
        self._count = 0

    def handle(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._add(self._scalar(event))
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if len(self._stack) == MOST_DEPTH:
                raise _TooMuchError
            start = self._point(event.start_mark)
            self._stack.append(_OpenNode(start, kind is yaml.MappingStartEvent, bool(event.flow_style)))
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            node = self._stack.pop().closed(self._point(event.end_mark))
            if self._stack:
                self._add(node)
            elif self.root is None and isinstance(node, MappingNode):
                self.root = node
        elif kind is yaml.AliasEvent:
            self._add(ScalarNode("", self._point(event.start_mark), self._point(event.end_mark)))

    def suspects(self, error: yaml.YAMLError) -> tuple[int, ...]:
        """Return the lines that may be to blame for a mistake, the likeliest first."""
        marks = [getattr(error, name, None) for name in ("problem_mark", "context_mark")]
        numbers = [min(mark.line + 1, len(self._lines)) for mark in marks if mark is not None]
        above = [self._written_above(number) for number in numbers]
        lines = dict.fromkeys([*numbers, *above])
        return tuple(number for number in lines if number and self._lines[number - 1].strip())

    def _written_above(self, number: int) -> int:
        """Return the number of the last line above that is not blank; 0 if there is none."""
        return next((above for above in range(number - 1, 0, -1) if self._lines[above - 1].strip()), 0)

    def _add(self, node: SourceNode) -> None:
        self._count += 1
        if self._count > MOST_VALUES:
            raise _TooMuchError
        if self._stack:
            self._stack[-1].add(node)

    def _scalar(self, event: yaml.ScalarEvent) -> ScalarNode:
        text, style = event.value.replace(QUESTION_MARK, "?"), event.style or ""
        start, end = self._point(event.start_mark), self._point(event.end_mark)
        if style in ("|", ">"):
            end = self._end_of_block(end)
        elif not text and not style and self._stack and (key := self._stack[-1].key):
            start = end = key.end[0], key.end[1] + 1
        return ScalarNode(text, start, end, style)

    def _end_of_block(self, end: Point) -> Point:
        """Return the end of the last line of a text that goes on until something else begins at `end`."""
        last = self._written_above(end[0])
        return last, len(self._lines[last - 1].rstrip()) + 1

    def _point(self, mark: Any) -> Point:
        return mark.line + 1, mark.column + 1
