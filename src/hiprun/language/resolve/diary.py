"""A diary file → the diary of the model: kinds of entries, the facts that follow, the question of the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hiprun.errors import suggestion
from hiprun.language.resolve.conditions import condition
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.diary_facts import NamedEntries, NamedEntry, diary_measure
from hiprun.language.resolve.domains import domain
from hiprun.language.resolve.entry_points import is_decision
from hiprun.language.resolve.literals import constant
from hiprun.language.resolve.names import Names, check_not_reserved
from hiprun.language.resolve.reuse import resolved
from hiprun.model import Constraint, DailyQuestion, Diary, DiaryMeasure, Domain, EntryType, Literal_
from hiprun.model.corrections import Help

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OWN_COLUMNS = frozenset({"when", "what"})


def diary(nodes: Sequence[Node], names: Names) -> Diary | None:
    """Return the diary that a pack declares, in one file; None if there is none."""
    if not nodes:
        return None
    node, *further_nodes = nodes
    for further_node in further_nodes:
        further_node["diary"].report(
            "two-diaries",
            f"A pack has one diary, and {node.document.source.file} already declares it.",
            "Move the contents of this file into that one.",
        )
    return resolved(_diary, node, names)


def _diary(node: Node, names: Names) -> Diary:
    kinds = {name: _kind(name, child, names) for name, child in node["entries"].entries()}
    return Diary(
        node.text("diary"),
        {name: entry for name, (entry, _) in kinds.items()},
        _facts(node, kinds, names),
        _DAYS.index(node.value.get("week_starts", "monday")),
        _daily_question(node, names),
        place=node["diary"].place,
    )


def _kind(name: str, node: Node, names: Names) -> NamedEntry:
    """Return the kind of entry declared at `node`, with all of its fields."""
    check_not_reserved(node, name, key=True)
    declared = node.get("fields")
    fields: dict[str, Domain | None] = {}
    texts: dict[str, str] = {}
    for field, child in declared.entries() if declared else ():
        check_not_reserved(child, field, key=True, more_reserved=_OWN_COLUMNS)
        fields[field] = domain(child, field)
        texts[field] = child.text("title")
    never = node.get("never")
    entry = EntryType(
        name,
        node.text("title"),
        {field: values for field, values in fields.items() if values},
        {field: text for field, text in texts.items() if text},
        node.value.get("when", "time"),
        node.value.get("silence", "unknown"),
        node.value.get("backdated", False),
        tuple(field for item in _items(node, "lasts") if (field := _minutes(item, name, fields))),
        tuple(_contradiction(item, fields, names) for item in (never.items() if never else ())),
        place=node.key_place,
    )
    return entry, fields


def _items(node: Node, key: str) -> list[Node]:
    child = node.get(key)
    return child.items() if child else []


def _minutes(item: Node, entry: str, fields: Mapping[str, Domain | None]) -> str:
    """Return the name of the field at `item`, whose unit is minutes; empty after a mistake."""
    if item.value not in fields:
        item.report("unknown-field", f"`{entry}` has no field called `{item.value}`.", suggestion(item.value, fields))
    elif (values := fields[item.value]) is not None and (not values.is_numeric or values.unit != "min"):
        item.report(
            "unit-mismatch",
            f"The length of an entry is measured in minutes, but `{item.value}` is not.",
            "Name fields with `unit: min`.",
        )
    else:
        return str(item.value)
    return ""


def _contradiction(node: Node, fields: Mapping[str, Domain | None], names: Names) -> Constraint:
    inside = Names(facts=fields, parameters=names.parameters, broken=names.broken)
    return Constraint("", condition(node["when"], inside), node.text("because"), place=node.place)


def _facts(node: Node, kinds: NamedEntries, names: Names) -> dict[str, DiaryMeasure]:
    declared = node.get("facts")
    measures = {}
    for name, child in declared.entries() if declared else ():
        if name in names.facts:
            measure = diary_measure(name, child, kinds, names)
            if measure:
                measures[name] = measure
        elif not names.may_be_in_broken_file(("facts",)):
            help = suggestion(name, names.facts)
            if name in names.derived:
                help = Help("It already follows from other facts; say how those follow from the diary.")
            child.report("unknown-fact", f"There is no fact called `{name}`.", help, name, key=True)
    return measures


def _daily_question(node: Node, names: Names) -> DailyQuestion | None:
    today = node.get("today")
    if today is None:
        return None
    is_decision(today["decision"], names)
    session, also = (
        tuple(item.value for item in _items(today, key) if is_decision(item, names)) for key in ("session", "also")
    )
    decision = str(today["decision"].value)
    signature = names.decisions.get(decision)
    if signature is None:
        return None
    wanted: list[tuple[str, Literal_]] = []
    outputs = {name: output.domain for name, output in signature.outputs.items() if output}
    if signature.policy.gives != "answer":
        today["decision"].report(
            "no-single-answer",
            f"`{decision}` never has a single answer to hope for.",
            "Name a decision whose outputs each have one value.",
        )
        return None
    for name, child in today["wanted"].entries():
        if name not in outputs:
            child.report(
                "unknown-output",
                f"The decision `{decision}` has no output called `{name}`.",
                suggestion(name, outputs),
                key=True,
            )
            continue
        value = constant(child, outputs[name], name)
        if value is not None:
            wanted.append((name, value))
    return DailyQuestion(decision, tuple(wanted), session, also)
