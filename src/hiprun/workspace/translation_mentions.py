"""Where names are in the texts of a pack in another language: in the dotted paths of the texts, and in placeholders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hiprun.language.syntax.source_tree import MappingNode
from hiprun.workspace.mentions import MentionCollector, Role, entries_of, field_scope

_FIRST: Mapping[str, Role] = {
    "facts": "fact",
    "parameters": "parameter",
    "derived": "derived",
    "decisions": "decision",
    "protocol": "decision",
    "stages": "decision",
    "constraints": "constraint",
    "parameter_constraints": "constraint",
}
"""What the second part of a path names, by its first."""

_OF_DECISION: Mapping[str, Role] = {
    "rules": "rule",
    "outputs": "output",
    "activities": "activity",
    "measures": "measure",
    "stages": "stage",
}
_OF_ENTRY = ("texts", "fields")
_OF_CHOICE = ("choices", "say")


def translated_texts(collector: MentionCollector, root: MappingNode) -> None:
    """Note the names in a file of texts."""
    for entry in entries_of(root.get("of")):
        for role, scope, index in _named(entry.key.text.split(".")):
            collector.part(role, entry.key, index, scope)
        for text in entries_of(entry.value):
            collector.text(text.value, says_value=True)


def _named(parts: list[str]) -> Iterator[tuple[Role, str, int]]:
    """Yield what the parts of a path name: as what, what it belongs to, and which part."""
    kind, name, *more = [*parts, "", ""]
    if kind == "diary":
        yield from _of_diary(parts)
        return
    role = _FIRST.get(kind)
    if role is None:
        return
    yield role, "", 1
    scope = name
    if role == "decision":
        part = _OF_DECISION.get(more[0])
        if part is None:
            return
        yield part, name, 3
        scope, more = f"{name}.{more[1]}", more[2:]
        if more[:1] and more[0] in _OF_CHOICE:
            yield "choice", scope, 5
    elif more[0] in _OF_CHOICE:
        yield "choice", scope, 3


def _of_diary(parts: list[str]) -> Iterator[tuple[Role, str, int]]:
    if len(parts) > 2 and parts[1] == "entries":
        yield "entry", "", 2
        if len(parts) > 4 and parts[3] in _OF_ENTRY:
            yield "field", parts[2], 4
            if len(parts) > 6 and parts[5] in _OF_CHOICE:
                yield "choice", field_scope(parts[2], parts[4]), 6
