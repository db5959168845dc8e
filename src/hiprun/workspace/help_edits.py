"""What the help of a problem says to do, as edits of the place that it is about.

These are words to choose from, what to add, wrap or delete, and brackets and quotes to close.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import attrs

from hiprun.errors import Problem, UnknownNameError
from hiprun.language.export.yaml_layout import inline_text
from hiprun.language.syntax import Path
from hiprun.language.syntax.source_tree import ListNode, MappingNode, Point, ScalarNode, SourceNode
from hiprun.model.places import Place
from hiprun.workspace.text_edits import TextEdit
from hiprun.workspace.value_edits import FileSource, remove, set_value

_QUOTED = re.compile(r"`([^`]+)`")
_CHOICES = re.compile(
    r"(?:Available:|Write one of|Name one:|Name one of its outputs:|[Tt]he tests that fit are|"
    r"the tests that take a group are|Write `today`|joined by dots:|, or(?: write)?) ?(`[^`…]+`(?:, `[^`…]+`)*)"
)
_MOST_CHOICES = 8
_ADD = re.compile(r"(?:[Aa]dd|Add one:|gaps?,) `(\w+): ([^`…]+)`(?: or `\w+: ([^`…]+)`)?")
_ADD_TEXT = re.compile(r"Add (?:one: )?`(because|title|ask|from|to|unmet|value|none|true|false|\w+): …`")
_TEXTS = frozenset({"because", "title", "ask", "from", "unmet"})
_CLOSE = re.compile(r"Add `([)}\]\"'])`")
_WRAP = re.compile(r"[Rr]ound it, as with `(\w+)\(…\)`|`(\w+)\(…, ([\d.]+)\)` around it")
_ONE_OF = re.compile(r"`\{(\w+): \[…\]\}`")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_DELETE = re.compile(
    r"(?:[Dd]elete (?:it|this|one|one of the two|the line|the dash|what follows)|Keep it in only one of the two places"
    r"|and not both|, not both)\b"
)
_MOST_LINES_AFTER = 4


@attrs.frozen
class Fix:
    """A way to mend a problem: what it does, in words, and its edits."""

    title: str
    edits: tuple[TextEdit, ...]


def written(place: Place, text: str) -> TextEdit:
    """Return the edit that writes a text in place of what is underlined."""
    return TextEdit(place.file, (place.line, place.column), (place.line, place.column + place.width), text)


def help_edits(source: FileSource | None, problem: Problem, place: Place) -> Iterator[Fix]:
    """Yield what the help of a problem says to do; whoever shows it tries it first."""
    yield from _choices(problem, place)
    yield from _closed(problem, place, source)
    yield from _in_the_line(problem, place)
    if source is None:
        return
    path = source.tree.path_at((place.line, place.column))
    node = source.tree.at(path)
    for propose in (_rewritten, _as_list, _added, _deleted):
        try:
            yield from propose(source, problem, path, node)
        except UnknownNameError:
            continue


def _choices(problem: Problem, place: Place) -> Iterator[Fix]:
    """Yield the words that may be there, if they are few."""
    for found in _CHOICES.finditer(problem.help):
        words = _QUOTED.findall(found[0])
        if len(words) <= _MOST_CHOICES:
            for word in words:
                yield Fix(f"Write `{word}`", (written(_last_part(problem, place), word),))


def _last_part(problem: Problem, place: Place) -> Place:
    """Return the place of what is wrong in `decision.output`: its output, where that is what the choices are for."""
    text = problem.line[place.column - 1 :][: place.width]
    head, dot, tail = text.partition(".")
    if problem.code in ("unknown-output", "unknown-field") and dot:
        return attrs.evolve(place, column=place.column + len(head) + 1, width=len(tail))
    return place


def _closed(problem: Problem, place: Place, source: FileSource | None) -> Iterator[Fix]:
    """Yield the places where what is open could be closed: at the end of its line, or of one after it."""
    found = _CLOSE.search(problem.help)
    if found is None:
        return
    line = problem.line.rstrip()
    if found[1] == ")":
        end = place.column + place.width
        for column in dict.fromkeys((end, len(line) + 1, len(line.rstrip("}\"' ")) + 1)):
            yield Fix("Add `)`", (TextEdit(place.file, (place.line, column), (place.line, column), ")"),))
        return
    lines = [line] if source is None else [text.rstrip() for text in source.lines[place.line - 1 :]]
    for number, text in enumerate(lines[:_MOST_LINES_AFTER], place.line):
        at = number, len(text) + 1
        yield Fix(f"Add `{found[1]}` at the end of line {number}", (TextEdit(place.file, at, at, found[1]),))


def _in_the_line(problem: Problem, place: Place) -> Iterator[Fix]:
    """Yield the fixes of characters that need no more than the line."""
    line, start = problem.line, place.column - 1
    text = line[start:][: place.width]
    if problem.code == "bad-placeholder" and text[:1] in ("{", "}"):
        yield Fix("Write the brace twice", (written(place, text.replace("{", "{{").replace("}", "}}")),))
    elif problem.code == "bad-escape" and line[start : start + 1] == "\\":
        at = place.line, place.column
        yield Fix("Write the backslash twice", (TextEdit(place.file, at, at, "\\"),))
    elif problem.code in ("unquoted-sign", "comma-in-text"):
        begins = line.rfind(": ", 0, start) + 2 if problem.code == "comma-in-text" else start
        ends = min((end for end in (line.find(sign, start + 1) for sign in ",}]") if end > 0), default=len(line))
        quoted = json.dumps(line[begins:ends].rstrip(), ensure_ascii=False)
        edit = TextEdit(place.file, (place.line, begins + 1), (place.line, ends + 1), quoted)
        yield Fix("Put the text in quotes", (edit,))
    elif problem.code == "missing-comma":
        at = place.line, len(line[:start].rstrip()) + 1
        yield Fix("Add a comma", (TextEdit(place.file, at, at, ","),))
    elif problem.code == "missing-bracket":
        begins = line.find(": ") + 2
        edit = TextEdit(place.file, (place.line, begins + 1), (place.line, len(line) + 1), f"[{line[begins:].strip()}]")
        yield Fix("Put the values in brackets", (edit,))
    elif problem.code == "missing-dash":
        indent = len(line) - len(line.lstrip())
        for width in dict.fromkeys((indent, max(indent - 2, 0))):
            edit = TextEdit(place.file, (place.line, 1), (place.line, indent + 1), f"{' ' * width}- ")
            yield Fix("Begin the line with a dash", (edit,))
    elif problem.code == "stray-dash":
        dash = line.find("- ")
        edit = TextEdit(place.file, (place.line, dash + 1), (place.line, dash + 3), "")
        yield Fix("Delete the dash", (edit,))
    elif problem.code in ("stray-bracket", "directive", "text-after-end"):
        yield Fix(f"Delete `{text}`", (written(place, ""),))


def _rewritten(source: FileSource, problem: Problem, path: Path, node: SourceNode | None) -> Iterator[Fix]:
    """Yield the value at the place written in another way: as text, as a number, in a function or a test."""
    if node is None:
        return
    help = problem.help

    def instead(title: str, text: str) -> Fix:
        return Fix(title, (TextEdit(source.name, node.start, node.end, text),))

    if isinstance(node, ScalarNode):
        yield from _scalar(problem, node, instead)
    found = _ONE_OF.search(help)
    if found and isinstance(node, ListNode) and node.in_brackets:
        text = _text_of(source, node)
        yield instead(f"Write `{{{found[1]}: {text}}}`", f"{{{found[1]}: {text}}}")
    if problem.code == "unsupported-language":
        yield instead("Write `2`", "2")
    if problem.code == "not-a-number" and isinstance(node, ScalarNode) and node.text[:2].lower() in ("0x", "0o", "0b"):
        digits = str(int(node.text, 0))
        yield instead(f"Write `{digits}`", digits)
    if problem.code == "wrong-indentation":
        yield from _indented(source, problem)


def _scalar(problem: Problem, node: ScalarNode, instead: Callable[[str, str], Fix]) -> Iterator[Fix]:
    help, text = problem.help, node.text
    if "in quotes" in help and node.is_plain:
        quoted = json.dumps(text, ensure_ascii=False)
        yield instead(f"Write `{quoted}`", quoted)
    if "in digits" in help or "the number alone" in help or "with a point" in help:
        number = _NUMBER.search(text)
        if number:
            alone = number[0].replace(",", ".")
            yield instead(f"Write `{alone}`", alone)
    if "Write a whole number" in help and re.fullmatch(r"\d+\.\d+", text):
        whole = int(float(text))
        yield instead(f"Write `{whole}`", str(whole))
        yield instead(f"Write `{whole + 1}`", str(whole + 1))
    found = _WRAP.search(help)
    if found:
        wrapped = f"{found[1]}({text})" if found[1] else f"{found[2]}({text}, {found[3]})"
        yield instead(f"Write `{wrapped}`", inline_text(wrapped))
    if problem.code == "say-without-value":
        said = f"{text} {{value}}"
        yield instead("Add `{value}` at the end", json.dumps(said, ensure_ascii=False))
    if problem.code == "bad-window":
        for window in ("today", "this week", "this week so far", "the week before", "last 7 days", "last 14 days"):
            yield instead(f"Write `{window}`", window)


def _indented(source: FileSource, problem: Problem) -> Iterator[Fix]:
    assert problem.place is not None
    line = problem.place.line
    text = source.lines[line - 1]
    indent = len(text) - len(text.lstrip())
    above = [len(other) - len(other.lstrip()) for other in source.lines[: line - 1][::-1] if other.strip()]
    for width in dict.fromkeys(above):
        edit = TextEdit(source.name, (line, 1), (line, indent + 1), " " * width)
        yield Fix(f"Begin the line in column {width + 1}", (edit,))


def _as_list(source: FileSource, problem: Problem, path: Path, node: SourceNode | None) -> Iterator[Fix]:
    """Yield a list in place of a mapping, or the other way around, and groups of conditions in place of other words."""
    if (
        problem.code == "wrong-type"
        and "Begin each entry with a dash" in problem.help
        and isinstance(node, MappingNode)
    ):
        yield from _listed(source, node)
    elif problem.code == "wrong-type" and "without dashes" in problem.help and isinstance(node, ListNode):
        items = ", ".join(f"{{{_text_of(source, item)}}}" for item in node.items if isinstance(item, MappingNode))
        for group, title in (("all", "All of these must hold"), ("any", "One of these is enough")):
            text = f"{{{group}: [{items}]}}"
            on_new_line = node.start[0] > 1 and source.begins_line(node.start)
            start = (
                (node.start[0] - 1, len(source.lines[node.start[0] - 2].rstrip()) + 1) if on_new_line else node.start
            )
            yield Fix(
                f"{title}: `{group}`", (TextEdit(source.name, start, node.end, f" {text}" if on_new_line else text),)
            )
    elif problem.code == "unknown-key" and "list them under" in problem.help and problem.place:
        group = _QUOTED.findall(problem.help)[0]
        key = written(problem.place, group)
        yield Fix(f"Write `{group}`", (key,))
        if isinstance(node, MappingNode):
            for listed in _listed(source, node):
                yield Fix(f"Write `{group}` with a list", (key, *listed.edits))


def _listed(source: FileSource, node: MappingNode) -> Iterator[Fix]:
    entries = [_between(source, entry.key.start, entry.value.end) for entry in node.entries]
    if node.in_braces:
        text = ", ".join(f"{{{entry}}}" for entry in entries)
        yield Fix("Write a list", (TextEdit(source.name, node.start, node.end, f"[{text}]"),))
        return
    dashes = [TextEdit(source.name, entry.key.start, entry.key.start, "- ") for entry in node.entries]
    first, *others = dashes
    yield Fix("Make it one entry of a list", (first, *(attrs.evolve(edit, text="  ") for edit in others)))
    yield Fix("Make each line an entry of a list", tuple(dashes))


def _added(source: FileSource, problem: Problem, path: Path, node: SourceNode | None) -> Iterator[Fix]:
    """Yield what is missing: an entry with its value, or with a text that remains to be written."""
    paths = [path] if isinstance(node, MappingNode) else []
    paths.append(path[:-1])
    for where in paths:
        if not isinstance(source.tree.at(where), MappingNode):
            continue
        for found in _ADD.finditer(problem.help):
            for value in filter(None, found.groups()[1:]):
                added = value == "true" or (value != "false" and (int(value) if value.isdigit() else value))
                yield Fix(f"Add `{found[1]}: {value}`", set_value(source, (*where, found[1]), added))
        if "`decimals: 1`" in problem.help:
            yield Fix("Add `decimals: 1`", set_value(source, (*where, "decimals"), 1))
        if problem.code == "missing-key" and "`language: …`" in problem.help:
            yield Fix("Add `language: 2`", set_value(source, (*where, "language"), 2))
        if problem.code == "missing-key" and "what values it has" in problem.help:
            for type_ in ("boolean", "number", "integer", "date"):
                yield Fix(f"Add `type: {type_}`", set_value(source, (*where, "type"), type_))
        missing = _ADD_TEXT.search(problem.help)
        if missing and (problem.code == "say-incomplete" or missing[1] in _TEXTS):
            text = "{value}" if missing[1] == "value" else "…"
            yield Fix(f"Add `{missing[1]}`, to be written", set_value(source, (*where, missing[1]), text))


def _deleted(source: FileSource, problem: Problem, path: Path, node: SourceNode | None) -> Iterator[Fix]:
    """Yield the deletion of what is there twice, empty, or of no use."""
    is_character = problem.code in ("hidden-character", "comma-in-text")
    if problem.place is None or is_character or not (_DELETE.search(problem.help) or problem.code == "duplicate-id"):
        return
    line = problem.place.line
    text = problem.line[problem.place.column - 1 :][: problem.place.width] or problem.line.strip()
    owner = path
    if problem.code == "duplicate-id" and isinstance(node, ScalarNode):
        yield Fix(f"Write `{node.text}-2`", (TextEdit(source.name, node.start, node.end, f"{node.text}-2"),))
        owner = path[:-1]
    if problem.code in ("no-value", "directive", "duplicate-name"):
        yield Fix("Delete the line", (TextEdit(source.name, (line, 1), (line + 1, 1), ""),))
    yield Fix(f"Delete `{text}`", remove(source, owner))


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
