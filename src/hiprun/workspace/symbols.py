"""What a pack gives names to, where the names are, and what is declared with them."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from hiprun.language.syntax.source_tree import ListNode, MappingNode, Point, ScalarNode, SourceNode
from hiprun.model import Domain, Type
from hiprun.workspace.mentions import SymbolKind, entries_of

_TYPES: tuple[Type, ...] = ("boolean", "integer", "number", "choice", "set", "string", "date")


@attrs.frozen(order=True)
class Symbol:
    """Something that a pack gives a name. `scope` is what it belongs to, such as the decision of an output.

    The scope of a choice is its fact, `decision.output`, or `@entry.field` for a field of the diary.
    """

    kind: SymbolKind
    name: str
    scope: str = ""

    def __str__(self) -> str:
        match self.kind:
            case "output" | "rule" | "field":
                return f"{self.scope}.{self.name}"
            case _:
                return self.name


@attrs.frozen
class Occurrence:
    """A place where a symbol is named: from `start` up to `end`, each a line and a column, both from 1.

    `owner` is the rule, case, property, declaration or the like that it is part of.
    """

    symbol: Symbol
    file: str
    start: Point
    end: Point
    declares: bool = False
    owner: Symbol | None = None
    is_hyphenated: bool = False
    """Whether the name is written with `-` for `_` here, as in the ids of rules that follow from stages."""

    def covers(self, line: int, column: int) -> bool:
        """Return whether a place is within it, or directly after it."""
        return self.start <= (line, column) <= self.end


@attrs.frozen
class Declaration:
    """A name as it is declared: where, and what is written there."""

    symbol: Symbol
    file: str
    start: Point
    end: Point
    node: SourceNode

    def text(self, key: str) -> str:
        """Return the text under `key` of the declaration; empty if there is none."""
        value = self.node.get(key) if isinstance(self.node, MappingNode) else None
        return value.text if isinstance(value, ScalarNode) else ""

    @property
    def choices(self) -> dict[str, str]:
        """The choices that are declared here, with their texts."""
        node = self.node.get("choices") if isinstance(self.node, MappingNode) else None
        if isinstance(node, ListNode):
            return {item.text: "" for item in node.items if isinstance(item, ScalarNode)}
        return {
            entry.key.text: entry.value.text if isinstance(entry.value, ScalarNode) else ""
            for entry in entries_of(node)
        }


@attrs.frozen
class Subject:
    """What has values: its type, empty if unknown, its choices with their texts, and whether they are ordered."""

    type: str
    choices: Mapping[str, str] = attrs.field(factory=dict)
    is_ordered: bool = True

    @property
    def domain(self) -> Domain | None:
        """The values that it can have, without their bounds; None if its type is unknown."""
        type_ = next((known for known in _TYPES if known == self.type), None)
        return Domain(type_, self.choices, ordered=self.is_ordered) if type_ else None
