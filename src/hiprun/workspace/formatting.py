"""The layout of a file put in order: two spaces for each level, none too many; comments and every value stay.

What cannot be laid out for certain, such as the inside of long texts and of tables, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import attrs

from hiprun.language.syntax import parse
from hiprun.language.syntax.source_tree import ListNode, MappingNode, Point, ScalarNode, SourceNode, source_tree
from hiprun.model.places import SourceText
from hiprun.workspace.text_edits import TextEdit, apply_edits

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_EXPLICIT_INDENTATION = re.compile(r"[|>][-+]?[0-9]")


def formatting(file: str, text: str) -> tuple[TextEdit, ...]:
    """Return the edits that put the layout of a file in order; none if something in it cannot be read."""
    written = text.replace("\r\n", "\n").replace("\r", "\n")
    source = SourceText(file, written)
    document, problems = parse(source)
    tree = source_tree(written)
    if tree is None or tree.skipped or document is None or problems:
        return ()
    lines = written.split("\n")
    layout = _Layout(lines)
    layout.block(tree.root, 0)
    if layout.is_fixed:
        return ()
    new_lines = layout.laid_out()
    formatted = "\n".join(new_lines)
    again, new_problems = parse(SourceText(file, formatted))
    is_same = again is not None and not new_problems and again.data == document.data
    if not is_same or _comments(lines) != _comments(new_lines):
        return ()
    edits = tuple(_changed(file, lines, new_lines))
    assert apply_edits(written, edits) == formatted
    return edits


def _comments(lines: Sequence[str]) -> list[str]:
    return [match[0].rstrip() for line in lines if (match := _COMMENT.search(line))]


def _changed(file: str, lines: Sequence[str], new_lines: Sequence[str]) -> Iterator[TextEdit]:
    """Yield an edit for each line that changes; lines that are left out are removed together with their line breaks."""
    old, new = list(lines), list(new_lines)
    if len(old) == len(new):
        for number, (line, new_line) in enumerate(zip(old, new, strict=True), 1):
            if line != new_line:
                yield TextEdit(file, (number, 1), (number, len(line) + 1), new_line)
        return
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    same_end = 0
    while same_end < min(len(old), len(new)) - same and old[-1 - same_end] == new[-1 - same_end]:
        same_end += 1
    last = len(old) - same_end
    text = "\n".join(new[same : len(new) - same_end])
    if last == same:  # only new lines
        yield TextEdit(file, (same + 1, 1), (same + 1, 1), f"{text}\n")
    elif not new[same : len(new) - same_end]:
        yield TextEdit(file, (same, len(old[same - 1]) + 1), (last, len(old[last - 1]) + 1), "")
    else:
        yield TextEdit(file, (same + 1, 1), (last, len(old[last - 1]) + 1), text)


@attrs.define
class _Layout:
    """Where each line is to begin, and what is to change within it."""

    lines: Sequence[str]
    indents: dict[int, int] = attrs.field(factory=dict)
    """For lines that begin an entry or an item: where they are to begin."""
    inside: set[int] = attrs.field(factory=set)
    """The lines within a text or a value of several lines, which move with the line where it begins."""
    begins: dict[int, int] = attrs.field(factory=dict)
    """For lines within a value of several lines: the line that it begins in."""
    replaced: dict[int, list[tuple[int, int, str]]] = attrs.field(factory=dict)
    """Parts of lines that are written otherwise, from one column up to another."""
    is_fixed: bool = False
    """Whether a text says how far it is indented, so that nothing can be moved."""
    _in_table: bool = False

    def block(self, node: SourceNode, indent: int) -> None:
        """Note how a value is to be laid out whose first name or dash is to be in column `indent`, from 0."""
        match node:
            case MappingNode() if not node.in_braces:
                for entry in node.entries:
                    self._begin(entry.key.start, indent)
                    # the cells of a table may be in line with each other
                    self._in_table = entry.key.text == "table" and indent == 0
                    self._value(entry.key, entry.value, indent)
            case ListNode() if not node.in_brackets:
                for item in node.items:
                    line, column = item.start[0], node.start[1]
                    if self.lines[line - 1].startswith("-", column - 1):
                        self._begin((line, column), indent)
                        self._replace(line, column + 1, item.start[1], " ")
                    else:  # the dash is on a line of its own
                        self._begin((self._line_of_dash(line, column), column), indent)
                        self._begin(item.start, indent + 2)
                    self.block(item, indent + 2)
            case _:
                self._flow(node)

    def laid_out(self) -> list[str]:
        """Return the lines of the file, put in order."""
        result: list[str] = []
        shifts: dict[int, int] = {}
        for number, line in enumerate(self.lines, 1):
            if number in self.begins:
                shift = shifts.get(self.begins[number], 0)
                moved = f"{' ' * shift}{line}" if shift > 0 else line[min(-shift, len(line) - len(line.lstrip(" "))) :]
                result.append(moved if line.strip() else line)
                continue
            changed = self._rewritten(number, line)
            bare = changed.lstrip(" ").rstrip()
            if not bare:
                if result and result[-1]:
                    result.append("")
                continue
            indent = self._indent(number, line)
            shifts[number] = indent - (len(line) - len(line.lstrip(" ")))
            result.append(f"{' ' * indent}{bare}")
        while result and not result[-1]:
            result.pop()
        return [*result, ""]

    def _indent(self, number: int, line: str) -> int:
        """Return where a line begins; a comment begins where the next entry does that is not further out."""
        if number in self.indents:
            return self.indents[number]
        if line.lstrip().startswith("#"):
            following = next((later for later in range(number, len(self.lines) + 1) if later in self.indents), None)
            if following is not None:
                return self.indents[following]
            return 0 if not line.startswith(" ") else len(line) - len(line.lstrip(" "))
        return len(line) - len(line.lstrip(" "))

    def _value(self, key: ScalarNode, value: SourceNode, indent: int) -> None:
        if value.start[0] == key.end[0] and value.start != value.end:
            colon = self.lines[key.end[0] - 1].find(":", key.end[1] - 1)
            self._replace(key.end[0], colon + 2, value.start[1], " ")
        self.block(value, indent + 2)

    def _line_of_dash(self, line: int, column: int) -> int:
        """Return the line above with the dash of an item."""
        return next(above for above in range(line - 1, 0, -1) if self.lines[above - 1].startswith("-", column - 1))

    def _begin(self, start: Point, indent: int) -> None:
        line, column = start
        if not self.lines[line - 1][: column - 1].strip(" "):
            self.indents[line] = indent

    def _flow(self, node: SourceNode) -> None:
        """Note the lines of a value in brackets, or of a text, and the spaces within brackets on one line."""
        (first, _), (last, _) = node.start, node.end
        if isinstance(node, ScalarNode) and _EXPLICIT_INDENTATION.match(self.lines[first - 1], node.start[1] - 1):
            self.is_fixed = True
        for line in range(first + 1, last + 1):
            self.begins[line] = first
        if first == last and not self._in_table:
            self._spaces(node)

    def _spaces(self, node: SourceNode) -> None:
        if isinstance(node, ScalarNode):
            return
        if isinstance(node, MappingNode):
            parts = [(entry.key.start, entry.value.end) for entry in node.entries]
            for entry in node.entries:
                self._replace_between(entry.key.end, entry.value.start, ": ")
                self._spaces(entry.value)
        else:
            parts = [(item.start, item.end) for item in node.items]
            for item in node.items:
                self._spaces(item)
        line, column = node.start
        position = line, column + 1
        for number, (start, end) in enumerate(parts):
            self._replace_between(position, start, ", " if number else "")
            position = end
        self._replace_between(position, (node.end[0], node.end[1] - 1), "")

    def _replace_between(self, start: Point, end: Point, text: str) -> None:
        self._replace(start[0], start[1], end[1], text)

    def _replace(self, line: int, start: int, end: int, text: str) -> None:
        if self.lines[line - 1][start - 1 : end - 1] != text:
            self.replaced.setdefault(line, []).append((start, end, text))

    def _rewritten(self, number: int, line: str) -> str:
        for start, end, text in sorted(self.replaced.get(number, ()), reverse=True):
            line = f"{line[: start - 1]}{text}{line[end - 1 :]}"
        return line
