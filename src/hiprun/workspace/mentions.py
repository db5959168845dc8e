"""What is written in one file → every name in it, with its exact place and what kind of name it is meant to be.

Nothing here depends on other files or on whether the file is right: whether a name is declared is decided afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

import attrs

from hiprun.language.resolve.conditions import GROUPS
from hiprun.language.resolve.formula_parser import names_in
from hiprun.language.resolve.placeholders import TEXT_KEYS
from hiprun.language.syntax.source_tree import ListNode, MappingEntry, MappingNode, Point, ScalarNode, SourceNode
from hiprun.model.templates import SAYS_VALUE

SymbolKind: TypeAlias = Literal[
    "fact",
    "parameter",
    "derived",
    "decision",
    "output",
    "choice",
    "rule",
    "statement",
    "patient",
    "case",
    "property",
    "constraint",
    "group",
    "stage",
    "activity",
    "measure",
    "entry",
    "field",
]
"""What a pack gives names to."""

Role: TypeAlias = SymbolKind | Literal["value", "given_fact", "number", "operand", "group_member"]
"""What a name is meant to be. `value` is a fact, parameter or derived fact, whichever is declared; so are `given_fact`,
where a fact is meant, and `number`, in a formula. An `operand` is a choice of its subject, or a formula, depending on
the type of the subject."""

_NUMBER_OR_BOOLEAN = re.compile(r"(?:-?[0-9][0-9.eE+-]*|true|false)\Z")
_WORD = re.compile(r"[^\W\d][\w.-]*\Z")
_PLACEHOLDER = re.compile(r"\{\s*(?P<name>[a-z][a-z0-9_]*(?:\.[a-z0-9_]*)?)")


@attrs.frozen
class Mention:
    """A name in a file. `scope` is what it belongs to: the decision of an output, the subject of a choice.

    `declares` says as what the name is declared here, by what is in `node`; None where it is only used. `owner` is the
    rule, case, property or the like that it is part of.
    """

    role: Role
    name: str
    start: Point
    end: Point
    scope: str = ""
    declares: SymbolKind | None = None
    node: SourceNode | None = attrs.field(default=None, eq=False, repr=False)
    owner: tuple[str, str, str] | None = None
    in_text: bool = False
    """Whether it is in braces in a text, which are a placeholder from version 2 of the language on."""


@attrs.frozen
class Link:
    """Two names that stand for the same, so that one cannot be changed without the other.

    `same`: a field, given as its scope, and the fact that is measured from it, or the same field of another kind of
    entry; they have the same choices. `quantity`: a decision on limits has an output for a quantity, and calls it like
    that.
    """

    kind: Literal["same", "quantity"]
    name: str
    other: str


def field_scope(entry: str, field: str) -> str:
    """Return the scope of the choices of a field of a diary, which no output of a decision has."""
    return f"@{entry}.{field}"


def entries_of(node: SourceNode | None) -> Sequence[MappingEntry]:
    """Return the entries of a mapping; a single word in its place is a name that is being typed."""
    match node:
        case MappingNode():
            return node.entries
        case ScalarNode() if node.is_plain and _WORD.match(node.text):
            return (MappingEntry(node, ScalarNode("", node.end, node.end)),)
        case _:
            return ()


def items_of(node: SourceNode | None) -> Sequence[SourceNode]:
    """Return the items of a list; a single value in its place is its only item."""
    match node:
        case ListNode():
            return node.items
        case ScalarNode() if node.text:
            return (node,)
        case _:
            return ()


class MentionCollector:
    """Collects the names in one file; what is not where it belongs is passed over."""

    def __init__(self, text: str) -> None:
        self.mentions: list[Mention] = []
        self.links: list[Link] = []
        self.owner: tuple[str, str, str] | None = None
        self._lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def declare(self, kind: SymbolKind, key: SourceNode | None, scope: str = "", node: SourceNode | None = None) -> str:
        """Note that the name at `key` is declared there; return it, or nothing if there is none."""
        if not isinstance(key, ScalarNode) or not key.text:
            return ""
        self._add(kind, key, key.text, scope, declares=kind, declared=node or key)
        return key.text

    def name(self, role: Role, node: SourceNode | None, scope: str = "") -> str:
        """Note the use of the name at `node`; return it, or nothing if there is none."""
        if not isinstance(node, ScalarNode) or not node.text:
            return ""
        self._add(role, node, node.text, scope)
        return node.text

    def each(self, role: Role, node: SourceNode | None, scope: str = "") -> None:
        """Note the use of each name in a list."""
        for item in items_of(node):
            self.name(role, item, scope)

    def part(self, role: Role, node: ScalarNode, index: int, scope: str = "") -> None:
        """Note the use of the name that is one part, from 0, of a text with dots."""
        parts = node.text.split(".")
        if index < len(parts) and parts[index]:
            self._add(role, node, parts[index], scope, sum(len(part) + 1 for part in parts[:index]))

    def reference(self, node: SourceNode | None) -> str:
        """Note what is named at `node`: a fact, a derived fact, or an output after its decision and a dot."""
        if not isinstance(node, ScalarNode) or not node.text:
            return ""
        self._reference(node, node.text, 0)
        return node.text

    def condition(self, node: SourceNode | None, fields: Sequence[str] = ()) -> None:
        """Note every name in a condition; with `fields`, on the fields of entries, which are given as scopes."""
        for entry in entries_of(node):
            key, value = entry.key.text, entry.value
            if key == "count":
                for part in entries_of(value):
                    if part.key.text == "of":
                        self._conditions(part.value, fields)
            elif key in GROUPS:
                self._conditions(value, fields)
            elif fields:
                kinds = list(dict.fromkeys(scope[1:].partition(".")[0] for scope in fields))
                self.name("field", entry.key, kinds[0])
                self.tests(value, field_scope(kinds[0], key))
                # a condition on several kinds of entries is about a field that all of them have
                self.links += [Link("same", field_scope(kinds[0], key), field_scope(kind, key)) for kind in kinds[1:]]
            else:
                self.tests(value, self.reference(entry.key))
        if isinstance(node, ListNode):
            self._conditions(node, fields)

    def tests(self, node: SourceNode | None, scope: str) -> None:
        """Note the operands of a plain value or of the tests of a subject."""
        if isinstance(node, MappingNode):
            for entry in node.entries:
                self._operands(entry.value, scope)
        else:
            self._operands(node, scope)

    def operand(self, node: SourceNode | None, scope: str) -> None:
        """Note a value of `scope`: a choice, or a formula if its subject is a number; decided later."""
        if isinstance(node, ScalarNode) and node.text and not _is_number_or_boolean(node):
            self._add("operand", node, node.text, scope)
            self.text(node)

    def formula(self, node: SourceNode | None) -> None:
        """Note every name in a formula."""
        if isinstance(node, ScalarNode) and not _is_number_or_boolean(node):
            for name, start in names_in(node.text):
                self._reference(node, name, start, "number")

    def text(self, node: SourceNode | None, *, says_value: bool = False) -> None:
        """Note the names of placeholders in a text; with `says_value`, one of them is the value that it is about."""
        if not isinstance(node, ScalarNode) or "{" not in node.text:
            return
        for match in _PLACEHOLDER.finditer(node.text.replace("{{", "\0\0")):
            if not says_value or match["name"] != SAYS_VALUE:
                self._reference(node, match["name"], match.start("name"), in_text=True)

    def fields_measured(self, node: SourceNode | None, fact: str) -> list[str]:
        """Note the field, or the kind of entry, that a fact is measured from; return its scope."""
        if not isinstance(node, ScalarNode):
            return []
        entry, dot, field = node.text.partition(".")
        self._add("entry", node, entry, "")
        if dot:
            self._add("field", node, field, entry, len(entry) + 1)
            self.links.append(Link("same", field_scope(entry, field), fact))
        return [field_scope(entry, field)]

    def word_after(self, role: Role, node: SourceNode | None, words: str) -> None:
        """Note the name that follows fixed words in a text."""
        if isinstance(node, ScalarNode) and node.text.startswith(words):
            self._add(role, node, node.text.removeprefix(words), "", len(words))

    def remarks(self, node: SourceNode | None) -> None:
        """Note the names in the texts of a rule or a declaration, and the statements it cites."""
        for entry in entries_of(node):
            if entry.key.text in TEXT_KEYS:
                self.text(entry.value)
            elif entry.key.text == "source":
                self.each("statement", entry.value)

    def choices(self, node: SourceNode | None, scope: str) -> None:
        """Note the choices of a fact, an output or a field, and the names in their texts."""
        if isinstance(node, ListNode):
            for item in node.items:
                self.declare("choice", item, scope)
            return
        for entry in entries_of(node):
            self.declare("choice", entry.key, scope, entry.value)
            self.text(entry.value)

    def said(self, node: SourceNode | None, scope: str) -> None:
        """Note the choices that texts are about, and the names in these texts."""
        if isinstance(node, ScalarNode):
            self.text(node, says_value=True)
            return
        for entry in entries_of(node):
            self.name("choice", entry.key, scope)
            self.text(entry.value, says_value=True)

    def _conditions(self, node: SourceNode | None, fields: Sequence[str]) -> None:
        for item in node.items if isinstance(node, ListNode) else [node]:
            self.condition(item, fields)

    def _operands(self, node: SourceNode | None, scope: str) -> None:
        if isinstance(node, ListNode):
            for item in node.items:
                self._operands(item, scope)
        else:
            self.operand(node, scope)

    def _reference(
        self, node: ScalarNode, name: str, offset: int, role: Role = "value", *, in_text: bool = False
    ) -> None:
        decision, dot, output = name.partition(".")
        if not dot:
            self._add(role, node, name, "", offset, in_text=in_text)
            return
        self._add("decision", node, decision, "", offset, in_text=in_text)
        self._add("output", node, output, decision, offset + len(decision) + 1, in_text=in_text)

    def _add(  # noqa: PLR0913 - the parts of a mention
        self,
        role: Role,
        node: ScalarNode,
        name: str,
        scope: str,
        offset: int = 0,
        *,
        declares: SymbolKind | None = None,
        declared: SourceNode | None = None,
        in_text: bool = False,
    ) -> None:
        start = self._start(node, name, offset)
        if start is not None:
            end = start[0], start[1] + len(name)
            self.mentions.append(Mention(role, name, start, end, scope, declares, declared, self.owner, in_text))

    def _start(self, node: ScalarNode, name: str, offset: int) -> Point | None:
        """Return where a part of a text is in the file; None if it is not written there letter by letter."""
        (line, column), last_line = node.text_start, node.end[0]
        if line == last_line and self._lines[line - 1].startswith(name, column + offset - 1):
            return line, column + offset
        # a text over several lines, or with escapes: the name is the next one written like this
        nth = len(re.findall(_whole_word(name), node.text[:offset]))
        for number in range(line, last_line + 1):
            first = column - 1 if number == line else 0
            for match in re.compile(_whole_word(name)).finditer(self._lines[number - 1], first):
                if nth == 0:
                    return number, match.start() + 1
                nth -= 1
        return None


def _whole_word(name: str) -> str:
    return rf"(?<![\w-]){re.escape(name)}(?![\w-])"


def _is_number_or_boolean(node: ScalarNode) -> bool:
    return node.is_plain and _NUMBER_OR_BOOLEAN.match(node.text) is not None
