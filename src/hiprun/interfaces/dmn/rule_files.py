"""Decision tables of a DMN document as rule files; what they cannot say is named."""

from __future__ import annotations

import contextlib
import datetime
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import Any, assert_never

import attrs

from hiprun.errors import Problem
from hiprun.inference.facts import shown
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Traits
from hiprun.interfaces.dmn.reading import ReadColumn, ReadDocument, ReadTable
from hiprun.interfaces.dmn.unary_tests import NotSimple, Value, condition, literal
from hiprun.language.export.yaml_layout import yaml
from hiprun.language.resolve.names import RESERVED, RESERVED_OUTPUTS

_HITS = {
    "UNIQUE": "unique",
    "ANY": "any",
    "FIRST": "first",
    "PRIORITY": "priority",
    "COLLECT": "collect",
    "RULE ORDER": "collect",
    "OUTPUT ORDER": "collect",
    "COLLECT SUM": "sum",
    "COLLECT MIN": "min",
    "COLLECT MAX": "max",
    "COLLECT COUNT": "count",
}
_TYPES = {"number": "number", "boolean": "boolean", "string": "string", "date": "date"}


@attrs.frozen
class RuleFiles:
    """The texts of rule files by name, and the decisions that they leave out, each with the reason."""

    texts: Mapping[str, str] = attrs.field(hash=False)
    left_out: tuple[Problem, ...]


class _LeftOut(Exception):  # noqa: N818 - turned into a problem
    """A table that cannot be taken; the text says why."""


def rule_files(document: ReadDocument) -> RuleFiles:
    """Return the rule files of the tables that the language can say, and why it cannot say the others."""
    return _Taking(document).run()


def name_of(text: str) -> str:
    """Return a text as a name of the language.

    >>> name_of("Risk Category"), name_of("2nd")
    ('risk_category', 'n_2nd')
    """
    found = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return found if found[:1].isalpha() else f"n_{found}".rstrip("_")


class _Taking:
    def __init__(self, document: ReadDocument) -> None:
        self.document = document
        self.facts: dict[str, dict[str, Any]] = {}
        self.decisions: dict[str, dict[str, Any]] = {}
        self.problems: list[Problem] = []
        self.tables = {table.name: table for table in document.tables}

    def run(self) -> RuleFiles:
        for name in self.document.others:
            self._leave(name, "it is not a decision table")
        for table in self._in_order():
            self._take(table)
        title = self.document.name or "Decision tables"
        pack = {"pack": name_of(title).replace("_", "-"), "language": 1, "version": "1.0.0", "title": title}
        texts = {"pack.yaml": yaml(pack)}
        if self.facts:
            texts["facts.yaml"] = yaml({"facts": self.facts})
        texts |= {f"{name}.yaml": yaml(decision) for name, decision in self.decisions.items()}
        return RuleFiles(texts if self.decisions else {}, tuple(self.problems))

    def _in_order(self) -> Iterator[ReadTable]:
        """Yield the tables, each behind those that it uses; leave out what goes round in a circle."""
        by_name: dict[str, list[ReadTable]] = {}
        for table in self.document.tables:
            by_name.setdefault(table.name, []).append(table)
        places = {name: place for place, name in enumerate(by_name)}
        sorter = TopologicalSorter(
            {
                name: {column.name for table in tables for column in table.inputs} & by_name.keys()
                for name, tables in by_name.items()
            }
        )
        with contextlib.suppress(CycleError):  # what is in no circle still comes
            sorter.prepare()
        while ready := sorter.get_ready():
            for name in sorted(ready, key=places.__getitem__):
                yield from by_name.pop(name)
            sorter.done(*ready)
        for table in (table for tables in by_name.values() for table in tables):
            self._leave(table.name, "its inputs go round in a circle")

    def _leave(self, name: str, reason: str) -> None:
        self.problems.append(Problem("dmn-left-out", f"{shown(name)} was left out: {reason}.", subject=name))

    def _take(self, table: ReadTable) -> None:
        before = dict(self.facts)
        try:
            name = name_of(table.name)
            if name in self.decisions:
                raise _LeftOut("another decision has the same name")
            self.decisions[name] = self._decision(table)
        except _LeftOut as reason:
            self.facts = before
            self._leave(table.name, str(reason))

    def _decision(self, table: ReadTable) -> dict[str, Any]:
        if table.policy not in _HITS:
            raise _LeftOut(f"there is no hit policy like {shown(table.policy)}")
        policy = HIT_POLICIES[_HITS[table.policy]]
        subjects = [self._subject(column) for column in table.inputs]
        values = [self._values(table, place) for place in range(len(table.outputs))]
        # the values of outputs say which row comes first; an output without a list of them has no say in it
        by_values = table.policy in ("PRIORITY", "OUTPUT ORDER")
        ranked = [by_values and bool(_listed(column.values)) for column in table.outputs]
        if by_values and not any(ranked):
            raise _LeftOut("no output says of its values which comes first")
        rows = list(enumerate(table.rows, 1))
        if table.policy == "PRIORITY" and not all(ranked):
            # among rows in that order the first is the one that comes first
            policy = HIT_POLICIES["first"]
            rows.sort(key=lambda row: _ranks(table.outputs, row[1][1]))
        names = [_output_name(column.name) for column in table.outputs]
        outputs = {
            name: self._output(column, found, ranked=is_ranked, policy=policy)
            for name, column, found, is_ranked in zip(names, table.outputs, values, ranked, strict=True)
        }
        found: dict[str, Any] = {
            "decision": name_of(table.name),
            "title": table.name or name_of(table.name),
            "outputs": outputs,
        }
        found["hit"] = policy.name
        if table.policy == "OUTPUT ORDER":
            found["order"] = "worst"
        found["rules"] = [self._rule(row, number, subjects, outputs, policy) for number, row in rows]
        defaults = [column.default for column in table.outputs]
        if all(defaults) and not policy.always_answers:
            found["otherwise"] = _given(outputs, defaults)
        return found

    def _rule(
        self,
        row: tuple[Sequence[str], Sequence[str], str],
        number: int,
        subjects: Sequence[tuple[str, dict[str, Any]]],
        outputs: Mapping[str, Any],
        policy: Traits,
    ) -> dict[str, Any]:
        tests, given, notes = row
        if len(tests) != len(subjects) or len(given) != len(outputs):
            raise _LeftOut(f"row {number} has too few or too many entries")
        when = []
        for text, (subject, domain) in zip(tests, subjects, strict=True):
            try:
                found = condition(text, subject, functools.partial(_fitting, domain))
            except NotSimple:
                raise _LeftOut(f"{shown(text)} in row {number} is no simple test") from None
            when += [found] if found is not None else []
        rule: dict[str, Any] = {"id": f"row-{number}"}
        if when:
            rule["when"] = when[0] if len(when) == 1 else {"all": when}
        if policy.takes != "nothing":
            rule["then"] = _given(outputs, given)
        return rule | ({"because": notes} if notes else {})

    def _subject(self, column: ReadColumn) -> tuple[str, dict[str, Any]]:
        """Return what a column tests, a fact or the output of another table, and its domain."""
        used = self.decisions.get(name_of(column.name)) if column.name in self.tables else None
        if used is not None:
            outputs: dict[str, Any] = used["outputs"]
            if len(outputs) != 1 or HIT_POLICIES[used["hit"]].gives == "items":
                raise _LeftOut(f"it uses {shown(column.name)}, which gives more than one value")
            output = next(iter(outputs))
            return f"{used['decision']}.{output}", outputs[output]
        if column.name in self.tables or column.name in self.document.others:
            raise _LeftOut(f"it uses {shown(column.name)}, which was left out")
        if not re.fullmatch(r"[^\W\d][\w .'-]*", column.name):
            raise _LeftOut(f"{shown(column.name)} is not the name of an input")
        kind = _TYPES.get(column.type or self.document.types.get(column.name, ""))
        if kind is None:
            raise _LeftOut(f"the type of {shown(column.name)} is not known")
        fact: dict[str, Any] = {"ask": column.name, "type": kind}
        listed = _listed(column.values) if kind == "string" else None
        if listed and len(set(listed)) > 1:
            fact |= {"type": "choice", "choices": _choices(listed)}
        name = name_of(column.name)
        known = self.facts.setdefault(name, fact)
        if known != fact:
            raise _LeftOut(f"{shown(column.name)} is declared in two ways")
        return name, fact

    def _values(self, table: ReadTable, place: int) -> list[Value]:
        texts = [given[place] for _, given, _ in table.rows if place < len(given)]
        default = table.outputs[place].default
        return [_literal(text) for text in (*texts, *([default] if default else []))]

    def _output(self, column: ReadColumn, values: Iterable[Value], *, ranked: bool, policy: Traits) -> dict[str, Any]:
        if policy.takes == "nothing":
            return {"type": "integer"}
        kinds = {_kind(value) for value in values}
        if len(kinds) != 1:
            raise _LeftOut("an output has values of several types, or none")
        kind = kinds.pop()
        if kind != "choice":
            if ranked:
                raise _LeftOut("it ranks values that are no texts")
            return {"type": kind}
        listed = _listed(column.values)
        names = list(dict.fromkeys([*(listed or ()), *map(str, values)]))
        if len(names) == 1:  # a choice has two at least
            if ranked:
                raise _LeftOut("it ranks an output that has one value")
            return {"type": "string"}
        return {"type": "choice", "choices": _choices(names)} | ({"worse": "earlier"} if ranked else {})


def _ranks(outputs: Sequence[ReadColumn], given: Sequence[str]) -> list[int]:
    """Return where what a row gives stands in the lists of values of the outputs that have one."""
    listed = [(text, _listed(column.values)) for column, text in zip(outputs, given, strict=False)]
    found = [(_literal(text), values) for text, values in listed if values]
    return [values.index(str(value)) if value in values else len(values) for value, values in found]


def _output_name(name: str) -> str:
    found = name_of(name) if name else "result"
    return f"{found}_value" if found in RESERVED | RESERVED_OUTPUTS else found


def _literal(text: str) -> Value:
    try:
        found = literal(text)
    except NotSimple:
        raise _LeftOut(f"{shown(text)} is calculated") from None
    if found is None:
        raise _LeftOut("it gives null")
    return found


def _listed(text: str) -> list[str] | None:
    """Return the texts in a list of allowed values; None if it is anything else."""
    found = re.findall(r'"([^"\\]*)"\s*(?:,|\Z)', text)
    return found if found and re.fullmatch(r'\s*"[^"\\]*"(?:\s*,\s*"[^"\\]*")*\s*', text) else None


def _choices(texts: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name = name_of(text)
        if found.setdefault(name, text) != text:
            raise _LeftOut(f"{shown(found[name])} and {shown(text)} would have the same name")
    return found


def _kind(value: Value) -> str:
    match value:
        case bool():
            return "boolean"
        case str():
            return "choice"
        case datetime.date():
            return "date"
        case int() | Fraction():
            return "number"
        case _:
            assert_never(value)


def _given(outputs: Mapping[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    """Return what a row gives, by the names of the outputs."""
    values = zip(outputs.items(), map(_literal, texts), strict=True)
    return {name: _plain(value, is_choice=output["type"] == "choice") for (name, output), value in values}


def _plain(value: Value, *, is_choice: bool) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return name_of(value) if is_choice and isinstance(value, str) else value


def _fitting(domain: Mapping[str, Any], value: Value) -> Any:
    """Return a value that a test compares with, as one of the domain."""
    kind = domain["type"]
    given = _kind(value)
    if kind == "choice" and given == "choice":
        if value not in domain["choices"].values():
            raise _LeftOut(f"{shown(value)} is not among the values of its input")
        return name_of(str(value))
    if {"choice": "string", "number": "number"}.get(given, given) != {"integer": "number"}.get(kind, kind):
        raise _LeftOut(f"{shown(value)} is of another type than its input")
    return value.isoformat() if isinstance(value, datetime.date) else value
