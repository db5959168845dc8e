"""Changes of single values in a file, given by their path in it, as edits that leave everything else as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from hiprun.errors import Problem, UnknownNameError
from hiprun.language.export.yaml_layout import entry_text, inline_text, item_text
from hiprun.language.syntax import Path
from hiprun.language.syntax.source_tree import (
    ListNode,
    MappingEntry,
    MappingNode,
    Point,
    ScalarNode,
    SourceNode,
    SourceTree,
)
from hiprun.model.places import Place
from hiprun.workspace.text_edits import TextEdit


@attrs.frozen
class FileSource:
    """A file that can be changed: its name, its lines, and the tree of what is written in it."""

    name: str
    lines: Sequence[str] = attrs.field(repr=False)
    tree: SourceTree = attrs.field(repr=False)

    def node(self, path: Path) -> SourceNode:
        """Return what is at a path, or raise `UnknownNameError`."""
        node = self.tree.at(path)
        if node is None:
            raise _nothing_there(self.name, path)
        return node

    def end_of_line(self, line: int) -> Point:
        """Return the end of a line, after a comment."""
        return line, len(self.lines[line - 1]) + 1

    def begins_line(self, point: Point) -> bool:
        """Return whether nothing but spaces and dashes come before a place in its line."""
        return not self.lines[point[0] - 1][: point[1] - 1].strip()


def set_value(file: FileSource, path: Path, value: Any) -> tuple[TextEdit, ...]:
    """Return the edits after which `value` is at `path`, as it would be in the data of the file.

    A name that the last mapping of the path lacks is added to it; so are mappings on the way.
    """
    if not path:
        raise _nothing_there(file.name, path)
    parent = file.tree.at(path[:-1])
    if parent is None:
        return set_value(file, path[:-1], {str(path[-1]): value})
    step = path[-1]
    match parent:
        case MappingNode():
            entry = next((entry for entry in parent.entries if entry.key.text == step), None)
            return (
                _replaced_entry(file, parent, entry, value) if entry else _new_entry(file, parent, str(step), value),
            )
        case ListNode() if isinstance(step, int) and step == len(parent.items):
            return insert_item(file, path[:-1], step, value)
        case ListNode():
            item = file.node(path)
            indent = " " * (parent.start[1] - 1)
            text = inline_text(value) if parent.in_brackets else item_text(value, indent)[len(indent) + 2 :]
            return (TextEdit(file.name, item.start, item.end, text),)
        case ScalarNode() if parent.text:
            raise _nothing_there(file.name, path)
        case _:  # nothing is written there yet
            return set_value(file, path[:-1], {str(step): value})


def insert_item(file: FileSource, path: Path, index: int, value: Any) -> tuple[TextEdit, ...]:
    """Return the edits that insert `value` into the list at `path`, before the item at `index`, or at the end.

    The new item is written like those that are there; a list that is missing is added.
    """
    node = file.tree.at(path)
    if not isinstance(node, ListNode):
        if node is not None and not (isinstance(node, ScalarNode) and not node.text):
            raise _nothing_there(file.name, (*path, index))
        return set_value(file, path, [value])
    index = max(0, min(index, len(node.items)))
    if node.in_brackets:
        text = inline_text(value)
        if index:
            return (_insert(file, node.items[index - 1].end, f", {text}"),)
        return (_insert(file, (node.start[0], node.start[1] + 1), f"{text}, " if node.items else text),)
    indent = " " * (node.start[1] - 1)
    text = item_text(value, indent, opened=any(_is_block_mapping(item) for item in node.items))
    if index:
        return (_insert(file, file.end_of_line(node.items[index - 1].end[0]), f"\n{text}"),)
    return (_insert(file, node.start, f"{text.removeprefix(indent)}\n{indent}"),)


def remove(file: FileSource, path: Path) -> tuple[TextEdit, ...]:
    """Return the edits that remove what is at `path`, and what would be empty without it."""
    parent = file.node(path[:-1]) if path else None
    file.node(path)
    match parent:
        case MappingNode() if len(parent.entries) > 1:
            index = next(number for number, entry in enumerate(parent.entries) if entry.key.text == path[-1])
            parts = [(entry.key.start, entry.value.end) for entry in parent.entries]
            return (_removed(file, parts, index, parts[index][0], in_brackets=parent.in_braces),)
        case ListNode() if len(parent.items) > 1 and isinstance(path[-1], int):
            parts = [(item.start, item.end) for item in parent.items]
            line, column = parts[path[-1]][0]
            dash = (line, column) if parent.in_brackets else (line, parent.start[1])
            return (_removed(file, parts, path[-1], dash, in_brackets=parent.in_brackets),)
        case MappingNode() | ListNode() if len(path) > 1:
            return remove(file, path[:-1])
        case _:
            raise _nothing_there(file.name, path)


def _removed(
    file: FileSource, parts: Sequence[tuple[Point, Point]], index: int, start: Point, *, in_brackets: bool
) -> TextEdit:
    """Return the edit that removes one of several parts; `start` is where it begins, with its dash if it has one."""
    end = parts[index][1]
    if in_brackets:
        if index:
            return TextEdit(file.name, parts[index - 1][1], end, "")
        return TextEdit(file.name, start, parts[1][0], "")
    if file.begins_line(start):
        last = end[0]
        to = (last + 1, 1) if last < len(file.lines) else file.end_of_line(last)
        return TextEdit(file.name, (start[0], 1), to, "")
    following = parts[index + 1][0]
    return TextEdit(file.name, start, (following[0], start[1]), "")


def _replaced_entry(file: FileSource, parent: MappingNode, entry: MappingEntry, value: Any) -> TextEdit:
    if parent.in_braces:
        text = inline_text(value)
        is_missing = entry.value.start == entry.value.end
        return TextEdit(file.name, entry.value.start, entry.value.end, f" {text}" if is_missing else text)
    indent = " " * (entry.key.start[1] - 1)
    name = entry.key.text
    text = entry_text(name, value, indent).removeprefix(entry_text(name, "x", indent)[:-2])
    if text.startswith(" ") and entry.value.start[0] == entry.key.end[0] and entry.value.start != entry.value.end:
        return TextEdit(file.name, entry.value.start, entry.value.end, text[1:])
    return TextEdit(file.name, (entry.key.end[0], entry.key.end[1] + 1), entry.value.end, text)


def _new_entry(file: FileSource, parent: MappingNode, name: str, value: Any) -> TextEdit:
    if parent.in_braces:
        text = inline_text({name: value})[1:-1]
        if parent.entries:
            return _insert(file, parent.entries[-1].value.end, f", {text}")
        return _insert(file, (parent.start[0], parent.start[1] + 1), text)
    last = parent.entries[-1]
    indent = " " * (last.key.start[1] - 1)
    return _insert(file, file.end_of_line(last.value.end[0]), f"\n{entry_text(name, value, indent)}")


def _insert(file: FileSource, at: Point, text: str) -> TextEdit:
    return TextEdit(file.name, at, at, text)


def _is_block_mapping(node: SourceNode) -> bool:
    return isinstance(node, MappingNode) and not node.in_braces


def _nothing_there(file: str, path: Path) -> UnknownNameError:
    written = ", ".join(map(str, path))
    message = f"There is nothing at `{written}` in {file} that could be changed like this."
    return UnknownNameError(
        [Problem("no-such-place", message, Place(file), "Give the keys and indexes that lead to it.")]
    )
