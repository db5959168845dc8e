"""How one fact follows from a diary, as written → with its fields, its window and its conditions resolved."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias, assert_never

from hiprun.diary.measure_registry import MEASURES, OPTIONS, Measure, Option
from hiprun.errors import suggestion
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.citations import sources
from hiprun.language.resolve.conditions import condition
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.linear_formulas import fitted, resolved_formula
from hiprun.language.resolve.literals import constant
from hiprun.language.resolve.measure_types import check_result, comparison_key, conversion
from hiprun.language.resolve.names import Names
from hiprun.model import Condition, Constant, DiaryMeasure, Domain, EntryType, Formula, Literal_, Window
from hiprun.model.corrections import Delete, Help, Write, write_one

NamedEntry: TypeAlias = tuple[EntryType, Mapping[str, Domain | None]]
"""A kind of entry with all the fields it declares; None for a field with a mistake in its declaration."""

NamedEntries: TypeAlias = Mapping[str, NamedEntry]
Fields = Sequence[tuple[str, str]]

MOST_DAYS = 3660
_LAST = re.compile(r"last ([1-9][0-9]{0,4}) (day|week)s?\Z")
_SINCE = re.compile(r"since the last ([a-z][a-z0-9_]*)\Z")
_NAMED = {
    "today": Window("today"),
    "this week": Window("this_week"),
    "this week so far": Window("this_week_so_far"),
    "the week before": Window("week_before"),
}
_REMARKS = frozenset({"because", "source", "interpretation"})
_OF_VALUES = frozenset(name for name, option in OPTIONS.items() if option.kind in ("factor", "value"))


def diary_measure(name: str, node: Node, kinds: NamedEntries, names: Names) -> DiaryMeasure | None:
    """Return the measure by which the fact `name` follows from a diary; None after a mistake."""
    problems_before = len(node.findings.problems)
    cites = sources(node, names)
    measure = _measure(name, node)
    if measure is None:
        return None
    fields = _fields(node[measure.name], measure, "whether" in node.value, kinds)
    _check_options(node, measure)
    if len(node.findings.problems) > problems_before:
        return None
    domains = [domain for kind, field in fields if field and (domain := kinds[kind][1][field])]
    if len(domains) < len([field for _, field in fields if field]):
        return None
    field_names = Names(facts=_shared_fields(fields, kinds), parameters=names.parameters, broken=names.broken)
    window = _window(node, measure, kinds)
    fact = names.facts[name]
    options = {
        key: _option(node[key], option, domains, kinds, names, name)
        for key, option in OPTIONS.items()
        if key in node.value
    }
    times = conversion(node, measure, domains, fact)
    if times not in (None, 1):
        options["times"] = Constant(times)
    resolved = DiaryMeasure(
        name,
        measure.name,
        tuple(fields),
        window,
        node.value.get("silence"),
        _condition(node, "where", field_names),
        _condition(node, "whether", field_names),
        {key: option for key, option in options.items() if option is not None},
        node.text("because"),
        cites,
        node.text("interpretation"),
        place=node.key_place,
    )
    if measure.timed:
        _check_entries_have_times(node, measure, [*fields, (node.text("after"), "")], kinds)
    if fact and len(node.findings.problems) == problems_before:
        check_result(node, measure, domains, fact, name, times)
    return resolved if len(node.findings.problems) == problems_before else None


def _measure(name: str, node: Node) -> Measure | None:
    keys = [key for key in node.value if key in MEASURES]
    if not keys:
        node.report(
            "no-measure",
            f"This does not say how `{name}` follows from the entries.",
            f"Write one of {message_wording.name_list(MEASURES, max_names=20)} "
            "and the fields or kind of entry it is about.",
            key=True,
        )
        return None
    for key in keys[1:]:
        node[key].report(
            "two-measures",
            f"`{name}` already has the measure `{keys[0]}`.",
            Help("Delete one of the two.", Delete()),
            key=True,
        )
    return None if keys[1:] else MEASURES[keys[0]]


def _fields(node: Node, measure: Measure, has_condition: bool, kinds: NamedEntries) -> list[tuple[str, str]]:
    """Return what a measure applies to: fields of kinds of entries, or kinds of entries with an empty field."""
    items = node.items() if isinstance(node.value, list) else [node]
    whole_entries = measure.of == "entry" or (measure.of == "either" and has_condition)
    fields: list[tuple[str, str]] = []
    first_domain: Domain | None = None
    for item in items:
        pair = _field(item, whole_entries, kinds)
        if pair is None:
            continue
        fields.append(pair)
        if whole_entries:
            continue
        domain = kinds[pair[0]][1][pair[1]]
        if domain is None:
            continue
        first_domain = first_domain or domain
        if comparison_key(domain) != comparison_key(first_domain):
            item.report(
                "fields-differ",
                f"`{item.value}` is not declared in the same way as the fields before it.",
                "Fields that are combined must have the same type, choices and unit.",
            )
        elif domain.type not in measure.types or (measure.ranks and not domain.is_comparable):
            type_words = message_wording.TYPE_WORDS[domain.type]
            item.report(
                "measure-does-not-fit",
                f"`{measure.name}` cannot be used with `{item.value}`, which is {type_words}.",
                "It needs numbers; `max` and `min` also work with choices that have `worse` or `ordered: true`.",
            )
    return fields


def _field(item: Node, whole_entries: bool, kinds: NamedEntries) -> tuple[str, str] | None:
    kind, dot, field = item.value.partition(".")
    if kind not in kinds:
        help = suggestion(kind, kinds, after=f"{dot}{field}")
        item.report("unknown-entry", f"There is no kind of entry called `{kind}`.", help)
    elif whole_entries and dot:
        item.report(
            "measure-does-not-fit",
            "Whole entries are needed here, not one of their fields.",
            Help(f"Write `{kind}`, and conditions on its fields under `where` or `whether`.", Write(kind)),
        )
    elif not whole_entries and not dot:
        fields = [f"{kind}.{name}" for name in kinds[kind][1]]
        named = Help(f"Name one: {message_wording.name_list(fields)}.", *write_one(fields))
        item.report(
            "measure-does-not-fit",
            "A field of an entry is needed here, not the entry as a whole.",
            named if fields else f"`{kind}` has no fields; count such entries instead.",
        )
    elif dot and field not in kinds[kind][1]:
        help = suggestion(field, kinds[kind][1], before=f"{kind}.")
        item.report("unknown-field", f"`{kind}` has no field called `{field}`.", help)
    else:
        return kind, field
    return None


def _check_options(node: Node, measure: Measure) -> None:
    # An entry as a whole has no value that could be multiplied or replaced.
    of_whole_entries = measure.of == "either" and "whether" in node.value
    takes = measure.takes - (_OF_VALUES if of_whole_entries else frozenset())
    for key, child in node.entries():
        if key not in _REMARKS | measure.needs | takes | {measure.name}:
            child.report(
                "measure-does-not-fit",
                f"`{key}` cannot be used with `{measure.name}`.",
                Help(
                    "Delete it; options that fit are "
                    f"{message_wording.name_list(sorted(measure.needs | takes), max_names=20)}.",
                    Delete(),
                ),
                key=True,
            )
    missing = sorted(measure.needs - set(node.value))
    if "absent" in node.value and "gone" not in node.value:
        missing.append("gone")
    for key in missing:
        node[measure.name].report(
            "measure-lacks", f"`{measure.name}` also needs `{key}`.", f"Add `{key}: …` beside it.", key=True
        )


def _check_entries_have_times(node: Node, measure: Measure, fields: Fields, kinds: NamedEntries) -> None:
    for kind, _ in fields:
        if kind in kinds and kinds[kind][0].when == "day":
            node[measure.name].report(
                "measure-does-not-fit",
                f"Hours cannot be counted from `{kind}`, whose entries have only a day.",
                "Use kinds of entries that have a time.",
                key=True,
            )


def _shared_fields(fields: Fields, kinds: NamedEntries) -> dict[str, Domain | None]:
    """Return the fields that several kinds of entries share, which conditions can test."""
    first_kind, *other_kinds = [kinds[kind][1] for kind, _ in fields]
    return {
        name: domain
        for name, domain in first_kind.items()
        if all(_has_same_field(other, name, domain) for other in other_kinds)
    }


def _has_same_field(fields: Mapping[str, Domain | None], name: str, domain: Domain | None) -> bool:
    other_domain = fields.get(name)
    return name in fields and (
        other_domain is None or domain is None or comparison_key(other_domain) == comparison_key(domain)
    )


def _condition(node: Node, key: str, inside: Names) -> Condition | None:
    child = node.get(key)
    return condition(child, inside) if child else None


def _window(node: Node, measure: Measure, kinds: NamedEntries) -> Window:
    """Return the window described in words; after a mistake, which is reported, it must not be used."""
    over = node.get("over")
    if over is None:
        return Window()
    window = _NAMED.get(over.value)
    last, since = _LAST.match(over.value), _SINCE.match(over.value)
    if last:
        number = int(last[1]) * (7 if last[2] == "week" else 1)
        window = Window("days", number) if number <= MOST_DAYS else None
    elif since:
        window = Window("since", entry=since[1])
        if since[1] not in kinds:
            message = f"There is no kind of entry called `{since[1]}`."
            over.report("unknown-entry", message, suggestion(since[1], kinds, before="since the last "))
    if window is None:
        over.report(
            "bad-window",
            f"{message_wording.value_words(over.value)} is not a period of days.",
            Help(
                f"Write {message_wording.name_list(_NAMED)}, `last 7 days` (up to {MOST_DAYS}), or `since the last …`.",
                *map(Write, (*_NAMED, "last 7 days")),
            ),
        )
    elif measure.counts_days and window.kind != "days":
        help = Help("Write, for example, `over: last 14 days`.", Write("last 14 days"))
        over.report("bad-window", "A trend needs a period of recent days.", help)
    return window or Window()


def _option(  # noqa: C901, PLR0912 - one branch for each kind
    node: Node, option: Option, domains: Sequence[Domain], kinds: NamedEntries, names: Names, fact: str
) -> Formula | Literal_ | None:
    """Return the value of the option at `node`; None after a mistake."""
    match option.kind:
        case "whole":
            if not option.least <= node.value <= MOST_DAYS:
                message = f"`{option.name}` must be from {option.least} to {MOST_DAYS}."
                node.report("out-of-range", message, "Write a number in that range.")
            return Constant(node.value)
        case "amount":
            resolved = resolved_formula(node, Names(parameters=names.parameters, broken=names.broken), option.name)
            if resolved is None:
                return None
            return fitted(node, resolved, Domain("number", unit=domains[0].unit), option.name, names).formula
        case "factor":
            if node.value <= 0:
                node.report("out-of-range", "The factor must be above 0.", "Write a number above 0.")
            return Constant(node.value)
        case "entry":
            if node.value not in kinds:
                message = f"There is no kind of entry called `{node.value}`."
                node.report("unknown-entry", message, suggestion(node.value, kinds))
            return str(node.value)
        case "unit" | "choice":
            return str(node.value)
        case "value":
            values = names.facts[fact]
            return constant(node, values, fact) if values else None
        case _:
            assert_never(option.kind)
