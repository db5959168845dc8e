"""For each kind of rule file, where its names are: one function for each, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import attrs

from hiprun.language.syntax.source_tree import MappingNode, ScalarNode, SourceNode, SourceTree
from hiprun.workspace.mentions import Link, Mention, MentionCollector, SymbolKind, entries_of, field_scope, items_of
from hiprun.workspace.translation_mentions import translated_texts

_RULE_LISTS = frozenset({"fired", "certain", "excluded", "met", "unmet", "unknown"})
_FIELD_MEASURES = frozenset({"latest", "max", "min", "sum", "mean", "hours_until_gone", "trend", "lasting", "returned"})
_ENTRY_MEASURES = frozenset(
    {"count", "streak", "days_in_a_row", "ever", "always", "days_since", "weeks_since", "after"}
)
REMARK_COLUMNS = frozenset({"id", "because", "source", "interpretation"})
"""The columns of a table that are neither facts nor outputs."""


Part: TypeAlias = Callable[[MentionCollector, SourceNode, str], None]
"""What notes the names under one key; the text is the decision, or whatever else, that it belongs to."""


@attrs.frozen
class FileNames:
    """Every name in a file, in the order of the file, and the pairs of names in it that stand for the same."""

    kind: str
    mentions: tuple[Mention, ...] = ()
    links: tuple[Link, ...] = ()


def names_in_file(tree: SourceTree, text: str) -> FileNames:
    """Return every name in a file; none if it is of no known kind."""
    collector = MentionCollector(text)
    collect = BY_KIND.get(tree.kind)
    if collect is not None:
        collect(collector, tree.root)
    return FileNames(
        tree.kind, tuple(sorted(collector.mentions, key=lambda mention: mention.start)), tuple(collector.links)
    )


def _parts(collector: MentionCollector, node: SourceNode | None, scope: str, parts: Mapping[str, Part]) -> None:
    """Note the names under each key of a mapping that has any."""
    for entry in entries_of(node):
        part = parts.get(entry.key.text)
        if part is not None:
            part(collector, entry.value, scope)


def _condition(collector: MentionCollector, node: SourceNode, _: str) -> None:
    collector.condition(node)


def _formula(collector: MentionCollector, node: SourceNode, _: str) -> None:
    collector.formula(node)


def _pack(collector: MentionCollector, root: MappingNode) -> None:
    collector.remarks(root)
    collector.name("decision", root.get("first"))
    collector.each("decision", root.get("starts"))


def _units(_: MentionCollector, __: MappingNode) -> None:
    """Units are no names that something else refers to by itself."""


def _facts(collector: MentionCollector, root: MappingNode) -> None:
    for entry in entries_of(root.get("facts")):
        name = collector.declare("fact", entry.key, node=entry.value)
        collector.owner = ("fact", name, "")
        _declared_values(collector, entry.value, name)
        collector.owner = None


def _declared_values(collector: MentionCollector, node: SourceNode, scope: str) -> None:
    """Note the names in the declaration of a fact, an output or a field."""
    collector.remarks(node)
    for entry in entries_of(node):
        if entry.key.text == "choices":
            collector.choices(entry.value, scope)
        elif entry.key.text == "say":
            collector.said(entry.value, scope)
        elif entry.key.text == "range":
            for end in items_of(entry.value):
                collector.formula(end)


def _groups(collector: MentionCollector, root: MappingNode) -> None:
    for entry in entries_of(root.get("groups")):
        name = collector.declare("group", entry.key, node=entry.value)
        collector.each("group_member", entry.value, name)


def _parameters(collector: MentionCollector, root: MappingNode) -> None:
    for entry in entries_of(root.get("parameters")):
        name = collector.declare("parameter", entry.key, node=entry.value)
        collector.owner = ("parameter", name, "")
        collector.remarks(entry.value)
        collector.owner = None


def _derived(collector: MentionCollector, root: MappingNode) -> None:
    for entry in entries_of(root.get("derived")):
        name = collector.declare("derived", entry.key, node=entry.value)
        collector.owner = ("derived", name, "")
        collector.remarks(entry.value)
        _parts(collector, entry.value, name, {"when": _condition, "formula": _formula})
        collector.owner = None


def _constraints(collector: MentionCollector, root: MappingNode) -> None:
    _with_ids(collector, root.get("constraints"), "constraint", "", {"never": _condition})


def _with_ids(
    collector: MentionCollector, node: SourceNode | None, role: SymbolKind, scope: str, parts: Mapping[str, Part]
) -> None:
    """Note the ids of the entries of a list, and the names within each of them."""
    for item in items_of(node):
        key = next((entry.value for entry in entries_of(item) if entry.key.text == "id"), None)
        name = collector.declare(role, key, scope, item)
        collector.owner = (role, name, scope)
        collector.remarks(item)
        _parts(collector, item, scope, parts)
        collector.owner = None


def _decision(collector: MentionCollector, root: MappingNode) -> None:
    decision = collector.declare("decision", root.get("decision"), node=root)
    collector.owner = ("decision", decision, "")
    collector.remarks(root)
    for entry in entries_of(root.get("outputs")):
        output = collector.declare("output", entry.key, decision, entry.value)
        _declared_values(collector, entry.value, f"{decision}.{output}")
    _conclusion(collector, root.get("otherwise"), decision)
    for gap in items_of(root.get("gaps")):
        collector.remarks(gap)
        _parts(collector, gap, decision, {"when": _condition})
    _with_ids(collector, root.get("rules"), "rule", decision, {"when": _condition, "then": _conclusion})
    _table(collector, root, decision)
    collector.owner = None


def _conclusion(collector: MentionCollector, node: SourceNode | None, decision: str) -> None:
    """Note the outputs of a decision and their values."""
    for entry in entries_of(node):
        output = collector.name("output", entry.key, decision)
        collector.tests(entry.value, f"{decision}.{output}")


def _table(collector: MentionCollector, root: MappingNode, decision: str) -> None:
    rows = items_of(root.get("table"))
    if not rows:
        return
    outputs = {entry.key.text for entry in entries_of(root.get("outputs"))}
    columns = [cell.text if isinstance(cell, ScalarNode) else "" for cell in items_of(rows[0])]
    for cell, name in zip(items_of(rows[0]), columns, strict=True):
        if name in outputs:
            collector.name("output", cell, decision)
        elif name not in REMARK_COLUMNS:
            collector.reference(cell)
    for row in rows[1:]:
        cells = dict(zip(columns, items_of(row), strict=False))
        id_ = collector.declare("rule", cells.get("id"), decision, row)
        collector.owner = ("rule", id_, decision)
        for name, value in cells.items():
            if name == "source":
                collector.each("statement", value)
            elif name == "because":
                collector.text(value)
            elif name not in REMARK_COLUMNS:
                collector.tests(value, f"{decision}.{name}" if name in outputs else name)


def _criteria(collector: MentionCollector, root: MappingNode) -> None:
    decision = collector.declare("decision", root.get("criteria"), node=root)
    collector.owner = ("decision", decision, "")
    collector.remarks(root)
    for entry in entries_of(root.get("result")):
        collector.declare("choice", entry.value, f"{decision}.result")
    collector.said(root.get("say"), "")
    _with_ids(collector, root.get("all"), "rule", decision, {"require": _condition})
    collector.owner = None


def _limits(collector: MentionCollector, root: MappingNode) -> None:
    decision = collector.declare("decision", root.get("limits"), node=root)
    collector.owner = ("decision", decision, "")
    collector.remarks(root)
    parts: Mapping[str, Part] = {
        "when": _condition,
        "quantity": _quantity,
        "at_least": _formula,
        "at_most": _formula,
    }
    _with_ids(collector, root.get("bounds"), "rule", decision, parts)
    collector.owner = None


def _quantity(collector: MentionCollector, node: SourceNode, decision: str) -> None:
    collector.links.append(Link("quantity", decision, collector.reference(node)))


def _guidance(collector: MentionCollector, root: MappingNode) -> None:
    for entry in entries_of(root.get("statements")):
        collector.declare("statement", entry.key, node=entry.value)


def _cases(collector: MentionCollector, root: MappingNode) -> None:
    for entry in entries_of(root.get("patients")):
        name = collector.declare("patient", entry.key, node=entry.value)
        collector.owner = ("patient", name, "")
        _patient_facts(collector, entry.value)
        collector.owner = None
    parts: Mapping[str, Part] = {
        "patient": lambda collector, value, _: collector.each("patient", value),
        "facts": _patient_facts,
        "unknown": lambda collector, value, _: collector.each("given_fact", value),
        "expect": _expected,
    }
    _with_ids(collector, root.get("examples"), "case", "", parts)


def _expected(collector: MentionCollector, node: SourceNode, _: str) -> None:
    for entry in entries_of(node):
        _expectations(collector, entry.value, collector.name("decision", entry.key))


def _patient_facts(collector: MentionCollector, node: SourceNode, _: str = "") -> None:
    for entry in entries_of(node):
        collector.tests(entry.value, collector.name("given_fact", entry.key))


def _expectations(collector: MentionCollector, node: SourceNode, decision: str) -> None:
    for entry in entries_of(node):
        key, value = entry.key.text, entry.value
        if key == "needs":
            collector.each("given_fact", value)
        elif key in _RULE_LISTS:
            collector.each("rule", value, decision)
        elif key == "safest":
            _conclusion(collector, value, decision)
        elif key == "possible":
            for item in items_of(value):
                if isinstance(item, MappingNode):
                    _conclusion(collector, item, decision)
                else:  # under `collect`, the ids of items
                    collector.name("rule", item, decision)
        elif key != "status":
            collector.name("output", entry.key, decision)
            collector.tests(value, f"{decision}.{key}")


def _properties(collector: MentionCollector, root: MappingNode) -> None:
    _with_ids(collector, root.get("always"), "property", "", {"if": _condition, "then": _condition})


def _record(collector: MentionCollector, root: MappingNode) -> None:
    for entry in entries_of(root.get("facts")):
        fact = collector.name("given_fact", entry.key)
        for part in entries_of(entry.value):
            for choice in entries_of(part.value) if part.key.text == "values" else ():
                collector.name("choice", choice.key, fact)


def _diary(collector: MentionCollector, root: MappingNode) -> None:
    for entry in entries_of(root.get("entries")):
        kind = collector.declare("entry", entry.key, node=entry.value)
        parts = {part.key.text: part.value for part in entries_of(entry.value)}
        collector.remarks(entry.value)
        collector.each("field", parts.get("lasts"), kind)
        scopes = []
        for field in entries_of(parts.get("fields")):
            name = collector.declare("field", field.key, kind, field.value)
            scopes.append(field_scope(kind, name))
            _declared_values(collector, field.value, scopes[-1])
        for item in items_of(parts.get("never")):
            collector.remarks(item)
            for part in entries_of(item):
                if part.key.text == "when":
                    collector.condition(part.value, scopes or [field_scope(kind, "")])
    for entry in entries_of(root.get("facts")):
        fact = collector.name("given_fact", entry.key)
        collector.owner = ("diary", fact, "")
        collector.remarks(entry.value)
        _diary_fact(collector, entry.value, fact)
        collector.owner = None
    _today(collector, root.get("today"))


def _diary_fact(collector: MentionCollector, node: SourceNode, fact: str) -> None:
    scopes: list[str] = []
    for entry in entries_of(node):
        key, value = entry.key.text, entry.value
        if key in _FIELD_MEASURES:
            for item in items_of(value):
                scopes += collector.fields_measured(item, fact)
        elif key in _ENTRY_MEASURES:
            scopes.append(field_scope(collector.name("entry", value), ""))
    _parts(collector, node, fact, _DIARY_FACT)
    for entry in entries_of(node):
        if entry.key.text in ("where", "whether"):
            collector.condition(entry.value, scopes or [field_scope("", "")])


def _value_of_fact(collector: MentionCollector, node: SourceNode, fact: str) -> None:
    collector.tests(node, fact)


_DIARY_FACT: Mapping[str, Part] = {
    "over": lambda collector, value, _: collector.word_after("entry", value, "since the last "),
    "after": lambda collector, value, _: collector.each("entry", value),
    "gone": _formula,
    "margin": _formula,
    **dict.fromkeys(("empty", "falling", "level", "rising", "absent"), _value_of_fact),
}


def _today(collector: MentionCollector, node: SourceNode | None) -> None:
    parts = {entry.key.text: entry.value for entry in entries_of(node)}
    decision = collector.name("decision", parts.get("decision"))
    _conclusion(collector, parts.get("wanted"), decision)
    collector.each("decision", parts.get("session"))
    collector.each("decision", parts.get("also"))


def _stages(collector: MentionCollector, root: MappingNode) -> None:
    protocol = collector.declare("decision", root.get("stages"), node=root)
    collector.owner = ("decision", protocol, "")
    collector.remarks(root)
    for entry in entries_of(root.get("measures")):
        collector.declare("measure", entry.key, protocol, entry.value)
        collector.remarks(entry.value)
    for entry in entries_of(root.get("activities")):
        collector.declare("activity", entry.key, protocol, entry.value)
        collector.text(entry.value)
    collector.name("activity", root.get("between"), protocol)
    collector.each("decision", root.get("keeps"))
    for entry in entries_of(root.get("in_order")):
        name = collector.declare("stage", entry.key, protocol, entry.value)
        collector.owner = ("stage", name, protocol)
        collector.remarks(entry.value)
        _parts(collector, entry.value, protocol, _STAGE)
    collector.owner = ("decision", protocol, "")
    for entry in entries_of(root.get("over_time")):
        fact = collector.name("given_fact", entry.key)
        _parts(collector, entry.value, protocol, _PROJECTION)
        _parts(collector, entry.value, fact, {"then": _value_of_fact})
    parts: Mapping[str, Part] = {"when": _condition, "then": lambda part, value, _: _step(part, value, protocol)}
    _with_ids(collector, root.get("steps"), "rule", protocol, parts)
    _with_ids(collector, root.get("days"), "rule", f"{protocol}_day", parts)
    collector.owner = None


def _milestones(collector: MentionCollector, node: SourceNode, protocol: str) -> None:
    for item in items_of(node):
        collector.remarks(item)
        _parts(collector, item, protocol, {"facts": _patient_facts, "reach": _amounts})


def _least(collector: MentionCollector, node: SourceNode, _: str) -> None:
    for entry in entries_of(node):
        collector.reference(entry.key)
        collector.formula(entry.value)


def _amounts(collector: MentionCollector, node: SourceNode, protocol: str) -> None:
    for entry in entries_of(node):
        collector.name("measure", entry.key, protocol)
        collector.formula(entry.value)


_STAGE: Mapping[str, Part] = {
    "facts": _patient_facts,
    "enter": _condition,
    "activity": lambda collector, value, protocol: collector.each("activity", value, protocol),
    "sessions": _formula,
    "rest_days": _formula,
    "session": _amounts,
    "most": _amounts,
    "fills": _amounts,
    "grows": lambda collector, value, protocol: collector.each("measure", value, protocol),
    "least": _least,
    "milestones": _milestones,
}


def _measures(collector: MentionCollector, node: SourceNode, protocol: str) -> None:
    collector.each("measure", node, protocol)


def _activity(collector: MentionCollector, node: SourceNode, protocol: str) -> None:
    collector.each("activity", node, protocol)


_PROJECTION: Mapping[str, Part] = {
    **dict.fromkeys(("session", "week", "last_week", "any_last_week"), _measures),
    "days_since": _activity,
    "after": _activity,
    "up_to": _formula,
}


def _step(collector: MentionCollector, node: SourceNode, protocol: str) -> None:
    if isinstance(node, ScalarNode):
        collector.name("activity", node, protocol)  # of a day; a word such as `stop` is no activity
        return
    for entry in entries_of(node):
        if entry.key.text == "jump":
            collector.name("stage", entry.value, protocol)
        else:
            collector.formula(entry.value)


BY_KIND: Mapping[str, Callable[[MentionCollector, MappingNode], None]] = {
    "pack": _pack,
    "units": _units,
    "facts": _facts,
    "groups": _groups,
    "parameters": _parameters,
    "derived": _derived,
    "constraints": _constraints,
    "decision": _decision,
    "criteria": _criteria,
    "limits": _limits,
    "guidance": _guidance,
    "cases": _cases,
    "properties": _properties,
    "record": _record,
    "diary": _diary,
    "stages": _stages,
    "texts": translated_texts,
}
"""What notes the names in each kind of rule file."""
