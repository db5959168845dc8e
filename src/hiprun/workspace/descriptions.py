"""What a name stands for, in the words of the pack: its question, title or text, its values, and who uses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

import attrs

from hiprun.language.syntax.source_tree import ListNode, MappingNode, ScalarNode
from hiprun.workspace.mentions import SymbolKind
from hiprun.workspace.names import PackNames
from hiprun.workspace.symbols import Declaration, Symbol

_MOST_USERS = 12
NOUNS: dict[SymbolKind, str] = {
    "fact": "fact",
    "parameter": "parameter",
    "derived": "derived fact",
    "decision": "decision",
    "output": "output",
    "choice": "choice",
    "rule": "rule",
    "statement": "statement",
    "patient": "patient",
    "case": "case",
    "property": "property",
    "constraint": "constraint",
    "group": "group of choices",
    "stage": "stage",
    "activity": "activity",
    "measure": "measure",
    "entry": "kind of entry",
    "field": "field",
}
"""What each kind of symbol is called."""


@attrs.frozen
class Description:
    """What a name stands for. `noun` says what it is, `text` is its question, title or text; `values` says what it can
    be, `because` why it is there, and `choices` has those of a fact or an output with their texts. `used_by` names the
    rules, cases and so on that use it, and `more_users` says how many are not named."""

    symbol: Symbol
    noun: str
    text: str = ""
    values: str = ""
    because: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    used_by: tuple[Symbol, ...] = ()
    more_users: int = 0


def describe(names: PackNames, symbol: Symbol) -> Description:
    """Return what a name stands for; of what is not declared, only what it is."""
    users = dict.fromkeys(
        found.owner or Symbol("decision", "")
        for found in names.by_symbol.get(symbol, ())
        if not found.declares and found.owner is not None and found.owner != symbol
    )
    used_by = tuple(users)
    declaration = names.declarations.get(symbol)
    subject = names.subject(str(symbol)) if symbol.kind in ("fact", "output") else None
    return Description(
        symbol,
        NOUNS[symbol.kind],
        summary(names, symbol),
        _values(declaration) if declaration else "",
        declaration.text("because") if declaration else "",
        tuple(subject.choices.items()) if subject else (),
        used_by[:_MOST_USERS],
        max(0, len(used_by) - _MOST_USERS),
    )


def summary(names: PackNames, symbol: Symbol) -> str:
    """Return the question, title or text of a name in one line; empty if it has none."""
    declaration = names.declarations.get(symbol)
    if declaration is None:
        return _decision_title(names, symbol.scope) if symbol.kind == "output" else ""
    match symbol.kind:
        case "fact":
            text = declaration.text("ask")
        case "statement" | "choice" | "activity":
            text = _own_text(declaration)
        case "output":
            text = declaration.text("title") or _decision_title(names, symbol.scope)
        case "rule" | "property" | "constraint":
            text = declaration.text("title") or declaration.text("because")
        case "patient" | "group":
            text = ", ".join(_parts(declaration))
        case "parameter" | "derived" | "decision" | "case" | "stage" | "measure" | "entry" | "field":
            text = declaration.text("title")
        case _:
            assert_never(symbol.kind)
    return " ".join(text.split())


def _own_text(declaration: Declaration) -> str:
    node = declaration.node
    is_named_only = isinstance(node, ScalarNode) and node.start == declaration.start
    return node.text if isinstance(node, ScalarNode) and not is_named_only else ""


def _decision_title(names: PackNames, decision: str) -> str:
    declaration = names.declarations.get(Symbol("decision", names.protocol_of(decision) or decision))
    return declaration.text("title") if declaration else ""


def _parts(declaration: Declaration) -> Sequence[str]:
    node = declaration.node
    match node:
        case MappingNode():
            parts = [
                f"{entry.key.text}: {entry.value.text}" if isinstance(entry.value, ScalarNode) else entry.key.text
                for entry in node.entries
            ]
        case ListNode():
            parts = [item.text for item in node.items if isinstance(item, ScalarNode)]
        case ScalarNode():
            parts = []
        case _:
            assert_never(node)
    return [*parts[:_MOST_USERS], "…"] if len(parts) > _MOST_USERS else parts


def _values(declaration: Declaration) -> str:
    """Return the type, range and unit of what has values, or the value of a parameter, as part of a sentence."""
    unit = declaration.text("unit")
    parts = [
        declaration.text("value") or declaration.text("type") or declaration.text("formula"),
        unit if declaration.text("value") else "",
    ]
    said = " ".join(filter(None, parts))
    node = declaration.node.get("range") if isinstance(declaration.node, MappingNode) else None
    ends = [item.text for item in node.items if isinstance(item, ScalarNode)] if isinstance(node, ListNode) else []
    if len(ends) == 2:
        allowed = "can be set" if declaration.symbol.kind == "parameter" else "ranges"
        said = f"{said}, {allowed} from {ends[0]} to {ends[1]}"
    return f"{said} {unit}" if unit and not declaration.text("value") else said
