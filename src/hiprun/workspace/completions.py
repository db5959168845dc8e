"""What could be written at a place of a file: names of the pack, each with its title or question, and words of the
language, each with what it means.

A marker is put where the cursor is. What it is in the file, a name of some kind or a word in some place of the
published schema, says what could be there instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, assert_never

import attrs

from hiprun.inference.operators import OPERATORS
from hiprun.language.syntax import Path
from hiprun.language.syntax.source_tree import (
    ListNode,
    MappingNode,
    Point,
    ScalarNode,
    SourceNode,
    SourceTree,
    source_tree,
)
from hiprun.model.stages import stage_rule_id
from hiprun.workspace import schema_words
from hiprun.workspace.descriptions import summary
from hiprun.workspace.mentions import Mention, SymbolKind, entries_of
from hiprun.workspace.mentions_by_kind import REMARK_COLUMNS, names_in_file
from hiprun.workspace.names import PackNames
from hiprun.workspace.schema_words import Word
from hiprun.workspace.symbols import Symbol

_MARKER = "qzcursorzq"
_BEFORE = re.compile(r"[\w.][\w.\-]*\Z|\Z")
_BEFORE_IN_FORMULA = re.compile(r"[\w.]*\Z")
_AFTER = re.compile(r"[\w\-]*")
_COMMENT = re.compile(r"(?:^|\s)#")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")
_CLOSING = {"{": "}", "[": "]"}

CompletionKind = Literal["name", "word", "value"]


@attrs.frozen
class Completion:
    """Something that could be written from `start` to `end`: what, its title or question, and the text to insert."""

    label: str
    detail: str
    kind: CompletionKind
    text: str
    start: Point
    end: Point


@attrs.frozen
class _Marked:
    """A file with a marker in it. `path` leads to the marker, or to the mapping it is a name in.

    `is_name` says whether it is a name in a mapping, or stands where a mapping could be; `needs_braces` whether that
    mapping has to be written in braces. `others` are the names beside it, `head` what comes before a dot in its word.
    """

    tree: SourceTree
    mention: Mention | None
    path: Path
    is_name: bool
    needs_braces: bool
    others: frozenset[str]
    head: str


def completions(names: PackNames, text: str, line: int, column: int) -> tuple[Completion, ...]:
    """Return what could be written at a place; nothing in comments, and for texts and numbers, which are free."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not 0 < line <= len(lines):
        return ()
    written = lines[line - 1]
    position = min(max(column - 1, 0), len(written))
    if _COMMENT.search(_QUOTED.sub(lambda match: "x" * len(match[0]), written[:position])):
        return ()
    before, after = _BEFORE.search(written, 0, position), _AFTER.match(written, position)
    assert before is not None
    assert after is not None
    start, end = before.start(), after.end()
    marked = _marked(lines, line, start, position, end)
    if marked is None:
        return ()
    if marked.mention is not None and marked.mention.role == "number":
        in_formula = _BEFORE_IN_FORMULA.search(written, 0, position)
        start = in_formula.start() if in_formula else start
    space = " " if written[:start].endswith(":") else ""
    colon = "" if written[end:].lstrip().startswith(":") else ": "
    found: dict[str, Completion] = {}
    for label, detail, kind, is_name in _candidates(names, marked):
        inserted = f"{label}{colon}" if is_name else label
        if is_name and marked.needs_braces:
            inserted = f"{{{label}: }}"
        found.setdefault(
            label, Completion(label, detail, kind, f"{space}{inserted}", (line, start + 1), (line, end + 1))
        )
    return tuple(found.values())


Candidate = tuple[str, str, CompletionKind, bool]
"""A label, its detail, what it is, and whether it is the name of an entry in a mapping."""


def _marked(lines: Sequence[str], line: int, start: int, position: int, end: int) -> _Marked | None:
    """Return the file with a marker in place of the word from `start` to `end`, in the first way that can be read."""
    written = lines[line - 1]
    word = written[start:position]
    head = word[: word.rfind(".") + 1]
    space = " " if written[:start].endswith(":") else ""
    open_brackets = _open_brackets(written[:start])
    for marker in (
        f"{head}{_MARKER}{open_brackets if not written[end:].strip() else ''}",
        f"{head}{_MARKER}: ",
        f"{head}{_MARKER}{open_brackets}",
        f"{head}{_MARKER}: x{open_brackets}",
        f"{head}{_MARKER}",
    ):
        changed = [*lines[: line - 1], f"{written[:start]}{space}{marker}{written[end:]}", *lines[line:]]
        text = "\n".join(changed)
        tree = source_tree(text)
        found = _find(tree.root, ()) if tree else None
        if tree is not None and found is not None:
            return _placed(tree, text, head, *found)
    return None


def _open_brackets(text: str) -> str:
    """Return what closes the brackets that are open at the end of a text."""
    opened: list[str] = []
    for character in _QUOTED.sub("", text):
        if character in _CLOSING:
            opened.append(_CLOSING[character])
        elif opened and character == opened[-1]:
            opened.pop()
    return "".join(reversed(opened))


def _find(node: SourceNode, path: Path) -> tuple[Path, bool] | None:
    """Return the path of the marker, and whether it is a name in the mapping at that path."""
    if isinstance(node, ScalarNode):
        return (path, False) if _MARKER in node.text else None
    parts: Sequence[tuple[str | int, SourceNode]]
    if isinstance(node, MappingNode):
        if any(_MARKER in entry.key.text for entry in node.entries):
            return path, True
        parts = [(entry.key.text, entry.value) for entry in node.entries]
    else:
        parts = list(enumerate(node.items))
    found = (_find(part, (*path, step)) for step, part in parts)
    return next(filter(None, found), None)


def _placed(tree: SourceTree, text: str, head: str, path: Path, is_name: bool) -> _Marked:
    mention = next((found for found in names_in_file(tree, text).mentions if _MARKER in found.name), None)
    others: frozenset[str] = frozenset()
    needs_braces = False
    if is_name:
        others = frozenset(entry.key.text for entry in entries_of(tree.at(path)))
    elif schema_words.takes_mapping(tree.kind, path):
        parent, node = tree.at(path[:-1]), tree.at(path)
        entries = parent.entries if isinstance(parent, MappingNode) else ()
        key = next((entry.key for entry in entries if entry.value is node), None)
        needs_braces = key is not None and node is not None and key.start[0] == node.start[0]
        needs_braces = needs_braces or (isinstance(parent, ListNode) and parent.in_brackets)
    return _Marked(tree, mention, path, is_name, needs_braces, others, head)


def _candidates(names: PackNames, marked: _Marked) -> Iterator[Candidate]:
    kind, path = marked.tree.kind, marked.path
    if _MARKER in kind:
        yield from ((word, meaning, "word", True) for word, meaning in schema_words.kinds())
        return
    could_be_name = marked.is_name or schema_words.takes_mapping(kind, path)
    if marked.mention is not None:
        yield from _names(names, marked.mention, marked, could_be_name=could_be_name)
    if not marked.is_name:
        yield from ((word, meaning, "value", False) for word, meaning in schema_words.values_at(kind, path))
    if could_be_name:
        words: Iterable[Word] = schema_words.keys_at(kind, path)
        if schema_words.is_test(kind, path):
            fitting = _fitting_tests(names, marked)
            words = [(word, meaning) for word, meaning in words if word in fitting]
        yield from ((word, meaning, "word", True) for word, meaning in words if word not in marked.others)


def _fitting_tests(names: PackNames, marked: _Marked) -> frozenset[str]:
    """Return the tests that can be asked of the subject that the marker is under."""
    scope = marked.mention.scope if marked.mention is not None else _subject_at(marked)
    domain = names.subject(scope).domain
    if domain is None:
        return frozenset({*OPERATORS, "has_value"})
    fitting = {name for name, operator in OPERATORS.items() if operator.fits(domain)}
    return frozenset(fitting | ({"has_value"} if "." in scope and scope[0] != "@" else set()))


def _subject_at(marked: _Marked) -> str:
    """Return the subject of the tests at the marker: the name above them, or the column of their table."""
    path = marked.path
    if path[0] == "table":
        header = marked.tree.at(("table", 0, path[2])) if len(path) > 2 else None
        return header.text if isinstance(header, ScalarNode) else ""
    return str(path[-1])


def _names(  # noqa: C901, PLR0912 - one branch for each role
    names: PackNames, mention: Mention, marked: _Marked, *, could_be_name: bool
) -> Iterator[Candidate]:
    """Yield the names that could stand in place of a marked one."""
    scope = mention.scope
    match mention.role:
        case "fact" | "parameter" | "derived" | "case" | "property" | "constraint" | "group":
            return  # these are only declared
        case _ if mention.declares:
            return
        case "value" if mention.in_text:
            yield from _declared(names, ("parameter", "fact", "derived"))
            yield from _outputs(names)
        case "value":
            kinds: tuple[SymbolKind, ...] = ("fact", "derived")
            if marked.tree.kind == "constraints":
                kinds = ("fact", "derived", "parameter")
            yield from _declared(names, kinds, is_name=could_be_name)
            yield from _outputs(names, is_name=could_be_name)
            if marked.path[:2] == ("table", 0):
                yield from _columns(names, marked)
        case "given_fact":
            yield from _declared(names, ("fact",), is_name=could_be_name)
        case "number":
            yield from _numbers(names)
        case "decision":
            yield from ((name, _title(names, name), "name", could_be_name) for name in names.decisions())
        case "output":
            for output in names.outputs(scope):
                yield f"{marked.head}{output}", summary(names, Symbol("output", output, scope)), "name", could_be_name
        case "operand":
            yield from _operands(names, scope)
        case "rule":
            yield from _declared(names, ("rule",), scope=scope)
            for stage in names.of_kind("stage", scope=names.protocol_of(scope) or "-"):
                yield stage_rule_id(stage.symbol.name), summary(names, stage.symbol), "name", False
        case "group_member":
            yield from _declared(names, ("choice",))
        case "choice" | "stage" | "activity" | "measure" | "field":
            yield from _declared(names, (mention.role,), scope=scope, is_name=could_be_name)
        case "statement" | "patient" | "entry":
            yield from _declared(names, (mention.role,))
        case _:
            assert_never(mention.role)


def _declared(
    names: PackNames, kinds: tuple[SymbolKind, ...], *, scope: str | None = None, is_name: bool = False
) -> Iterator[Candidate]:
    for kind in kinds:
        for declaration in names.of_kind(kind, scope=scope):
            yield declaration.symbol.name, summary(names, declaration.symbol), "name", is_name


def _outputs(names: PackNames, *, is_name: bool = False) -> Iterator[Candidate]:
    for decision in names.decisions():
        if names.collects(decision):
            continue  # an output that has any number of values cannot be named
        for output in names.outputs(decision):
            yield f"{decision}.{output}", summary(names, Symbol("output", output, decision)), "name", is_name


def _columns(names: PackNames, marked: _Marked) -> Iterator[Candidate]:
    """Yield what can be a column of a table besides what conditions can test."""
    decision = marked.tree.root.get("decision")
    for declaration in names.of_kind("output", scope=decision.text if isinstance(decision, ScalarNode) else ""):
        yield declaration.symbol.name, summary(names, declaration.symbol), "name", False
    yield from ((word, "", "word", False) for word in sorted(REMARK_COLUMNS))


def _numbers(names: PackNames) -> Iterator[Candidate]:
    yield from _declared(names, ("parameter",))
    for name, detail, kind, is_name in [*_declared(names, ("fact", "derived")), *_outputs(names)]:
        if names.subject(name).type in ("number", "integer", "date", ""):
            yield name, detail, kind, is_name


def _operands(names: PackNames, scope: str) -> Iterator[Candidate]:
    subject = names.subject(scope)
    match subject.type:
        case "boolean":
            yield from (("true", "", "value", False), ("false", "", "value", False))
        case "choice" | "set":
            yield from ((choice, text, "value", False) for choice, text in subject.choices.items())
            for group in names.of_kind("group"):
                if subject.choices.keys() >= {*names.members(group.symbol.name)}:
                    yield group.symbol.name, summary(names, group.symbol), "name", False
        case "string":
            pass
        case _:
            yield from _numbers(names)


def _title(names: PackNames, decision: str) -> str:
    return summary(names, Symbol("decision", names.protocol_of(decision) or decision))
