"""Decision tables of a DMN document as rule files; what they cannot say is named."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

import attrs

from hiprun.errors import Problem, RuleError
from hiprun.inference.facts import shown
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Traits
from hiprun.interfaces.dmn.entry_values import (
    Formula,
    Given,
    LeftOut,
    as_text,
    choices,
    fitting,
    listed,
    name_of,
    output_name,
    output_of,
    written,
)
from hiprun.interfaces.dmn.reading import ReadColumn, ReadDocument, ReadTable, Row
from hiprun.interfaces.dmn.unary_tests import Condition, NotSimple, Operand, OtherInput, calculation, condition, literal
from hiprun.language.export.yaml_layout import yaml
from hiprun.language.reader.pack_reader import model_of_files
from hiprun.language.rule_files import RuleFile

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
_TYPES = {
    "number": "number",
    "integer": "integer",
    "long": "integer",
    "double": "number",
    "boolean": "boolean",
    "string": "string",
    "date": "date",
}
_INPUT_NAME = re.compile(r"[^\W\d][\w .'-]*")

MOST_ATTEMPTS = 8
"""How often tables are given up that cannot be loaded, before all of them are."""


@attrs.frozen
class RuleFiles:
    """The texts of rule files by name, and the decisions that they leave out, each with the reason."""

    texts: Mapping[str, str] = attrs.field(hash=False)
    left_out: tuple[Problem, ...]


def rule_files(document: ReadDocument) -> RuleFiles:
    """Return the rule files of the tables that the language can say, and why it cannot say the others.

    A folder with these files can be loaded.
    """
    given_up: dict[str, str] = {}
    attempts = 0
    while True:
        taking = _Taking(document, given_up)
        texts = taking.run()
        wrong = _mistakes(texts)
        if not wrong:
            return RuleFiles(texts, taking.problems())
        found = {name: wrong[file_of(name)] for name in taking.decisions if file_of(name) in wrong}
        if not found or attempts == MOST_ATTEMPTS:
            found = dict.fromkeys(map(name_of, taking.tables), next(iter(wrong.values())))
        given_up = {**found, **given_up}
        attempts += 1


def _mistakes(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the first mistake in each of these files that has one, as the end of a sentence."""
    if not texts:
        return {}
    try:
        model_of_files([RuleFile(name, text.encode()) for name, text in texts.items()])
    except RuleError as error:
        found: dict[str, str] = {}
        for problem in error.problems:
            file = problem.place.file if problem.place else ""
            found.setdefault(file, f"as a rule file it has a mistake ({problem.message.rstrip('.')})")
        return found
    return {}


def file_of(name: str) -> str:
    """Return the name of the file of a decision."""
    return f"{name}_decision.yaml" if name in ("pack", "facts") else f"{name}.yaml"


class _Taking:
    """One attempt at taking the tables of a document, without those that an attempt before had to give up."""

    def __init__(self, document: ReadDocument, given_up: Mapping[str, str]) -> None:
        self.document, self.given_up = document, given_up
        self.facts: dict[str, dict[str, Any]] = {}
        self.decisions: dict[str, dict[str, Any]] = {}
        self.left_out: dict[str, str] = {}
        """The reason for each decision that is left out, by its name as written."""
        self.asked: set[str] = set()
        """Those whose value became a fact, since tables use it."""
        self.repeating: set[str] = set()
        """Decisions with an output that repeats the text of an input."""
        self.tables = {table.name: table for table in document.tables}
        columns = [column for table in document.tables for column in table.inputs]
        self.listings = {column.name: column.values for column in reversed(columns) if column.values}
        self.names = [
            name
            for name in dict.fromkeys([*document.types, *(column.name for column in columns)])
            if name not in self.tables and _INPUT_NAME.fullmatch(name)
        ]

    def run(self) -> dict[str, str]:
        """Return the texts of the rule files by name, none if there is no decision to take."""
        for name in self.document.others:
            self.left_out[name] = "it is not a decision table"
        for table in self._in_order():
            self._take(table)
        title = self.document.name or "Decision tables"
        pack = {"pack": name_of(title).replace("_", "-"), "language": 2, "version": "1.0.0", "title": as_text(title)}
        texts = {"pack.yaml": yaml(pack)}
        if self.facts:
            texts["facts.yaml"] = yaml({"facts": self.facts})
        texts |= {file_of(name): yaml(decision) for name, decision in self.decisions.items()}
        return texts if self.decisions else {}

    def problems(self) -> tuple[Problem, ...]:
        return tuple(
            Problem(
                "dmn-left-out",
                f"{shown(name)} was left out: {reason}.",
                help="Tables that use it ask for its value as a fact." if name in self.asked else "",
                subject=name,
            )
            for name, reason in self.left_out.items()
        )

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
            self.left_out[table.name] = "its inputs go round in a circle"

    def _take(self, table: ReadTable) -> None:
        facts, asked = dict(self.facts), set(self.asked)
        name = name_of(table.name)
        try:
            if name in self.given_up:
                raise LeftOut(self.given_up[name])
            if name in self.decisions:
                raise LeftOut("another decision has the same name")
            self.decisions[name] = self._decision(table)
        except LeftOut as reason:
            self.facts, self.asked = facts, asked
            self.left_out[table.name] = str(reason)

    def _decision(self, table: ReadTable) -> dict[str, Any]:
        if table.policy not in _HITS:
            raise LeftOut(f"there is no hit policy like {shown(table.policy)}")
        if not table.rows:
            raise LeftOut("it has no rows")
        policy = HIT_POLICIES[_HITS[table.policy]]
        values = [self._values(table, place) for place in range(len(table.outputs))]
        # the values of outputs say which row comes first; an output without a list of them has no say in it
        by_values = table.policy in ("PRIORITY", "OUTPUT ORDER")
        ranked = [by_values and bool(listed(column.values)) for column in table.outputs]
        if by_values and not any(ranked):
            raise LeftOut("no output says of its values which comes first")
        rows = list(enumerate(table.rows, 1))
        if table.policy == "PRIORITY" and not all(ranked):
            # among rows in that order the first is the one that comes first
            policy = HIT_POLICIES["first"]
            rows.sort(key=lambda row: _ranks(table.outputs, [column[row[0] - 1] for column in values]))
        outputs = {
            output_name(column.name): output_of(column, found, ranked=is_ranked, policy=policy)
            for column, found, is_ranked in zip(table.outputs, values, ranked, strict=True)
        }
        if len(outputs) != len(table.outputs):
            raise LeftOut("two of its outputs have the same name")
        if any(isinstance(value, Formula) and value.type == "string" for column in values for value in column):
            self.repeating.add(name_of(table.name))
        found: dict[str, Any] = {
            "decision": name_of(table.name),
            "title": as_text(table.name or name_of(table.name)),
            "outputs": outputs,
        }
        found["hit"] = policy.name
        if table.policy == "OUTPUT ORDER":
            found["order"] = "worst"
        found["rules"] = rules = list(self._rules(table, rows, policy, outputs, values))
        answers = policy.always_answers or any("when" not in rule for rule in rules)
        if all(column.default for column in table.outputs) and not answers:
            found["otherwise"] = _then(outputs, [column[-1] for column in values])
        return found

    def _rules(
        self,
        table: ReadTable,
        rows: Sequence[tuple[int, Row]],
        policy: Traits,
        outputs: Mapping[str, Any],
        values: Sequence[Sequence[Given]],
    ) -> Iterator[dict[str, Any]]:
        """Yield the rules of these rows, but not those behind one that always decides."""
        subjects = [self._subject(column) for column in table.inputs]
        in_order = policy.says == "first" and not policy.ranks
        for number, (tests, _, notes) in rows:
            when = [found for found in map(self._condition, subjects, tests) if found is not None]
            rule: dict[str, Any] = {"id": f"row-{number}"}
            if when:
                rule["when"] = when[0] if len(when) == 1 else {"all": when}
            if policy.takes != "nothing":
                rule["then"] = _then(outputs, [column[number - 1] for column in values])
            yield rule | ({"because": as_text(notes)} if notes else {})
            if not when and in_order:
                return

    def _condition(self, tested: tuple[str, Mapping[str, Any]], entry: str) -> Condition | None:
        subject, domain = tested
        try:
            return condition(entry, subject, functools.partial(self._operand, subject, domain), self.names)
        except NotSimple:
            raise LeftOut(f"{shown(entry)} is no simple test") from None

    def _operand(self, subject: str, domain: Mapping[str, Any], value: Operand) -> Any:
        """Return what a test compares with: a value, or the name of another fact."""
        if not isinstance(value, OtherInput):
            return fitting(domain, value, is_output="." in subject)
        name, other = self._subject(ReadColumn(value.name))
        kinds = [{"integer": "number"}.get(kind, kind) for kind in (domain["type"], other["type"])]
        if kinds not in (["number", "number"], ["date", "date"]):
            raise LeftOut(f"it compares with {shown(value.name)}, and only numbers and dates compare with each other")
        return name

    def _subject(self, column: ReadColumn) -> tuple[str, dict[str, Any]]:
        """Return what a column tests, a fact or the output of another table, and its domain."""
        if column.name in self.tables and column.name not in self.left_out:
            used = self.decisions[name_of(column.name)]
            outputs: dict[str, Any] = used["outputs"]
            if len(outputs) != 1 or HIT_POLICIES[used["hit"]].gives == "items":
                raise LeftOut(f"it uses {shown(column.name)}, which gives more than one value")
            [(output, domain)] = outputs.items()
            if domain["type"] == "string" and used["decision"] in self.repeating:
                raise LeftOut(f"it tests the text that {shown(column.name)} takes from an input")
            return f"{used['decision']}.{output}", domain
        if column.name in self.left_out:
            self.asked.add(column.name)
        if not _INPUT_NAME.fullmatch(column.name):
            raise LeftOut(f"{shown(column.name)} is not the name of an input")
        read = self.document.type_of(column.name)
        kind = _TYPES.get(column.type or read.name)
        if kind is None:
            was_left_out = ", which was left out," if column.name in self.left_out else ""
            raise LeftOut(f"the type of {shown(column.name)}{was_left_out} is not known")
        fact: dict[str, Any] = {"ask": column.name, "type": kind}
        values = column.values or self.listings.get(column.name) or read.values
        texts = listed(values) if kind == "string" else None
        if texts and len(set(texts)) > 1:
            fact |= {"type": "choice", "choices": choices(texts)}
        name = name_of(column.name)
        known = self.facts.setdefault(name, fact)
        if known != fact:
            raise LeftOut(f"{shown(column.name)} is declared in two ways")
        return name, fact

    def _values(self, table: ReadTable, place: int) -> list[Given]:
        """Return what an output gives row by row, and last its default, if it has one."""
        for number, (tests, given, _) in enumerate(table.rows, 1):
            if len(tests) != len(table.inputs) or len(given) != len(table.outputs):
                raise LeftOut(f"row {number} has too few or too many entries")
        default = table.outputs[place].default
        return [self._given(given[place]) for _, given, _ in table.rows] + ([self._given(default)] if default else [])

    def _given(self, entry: str) -> Given:
        try:
            found = literal(entry)
        except NotSimple:
            return self._calculated(entry)
        if found is None:
            raise LeftOut("it gives null")
        return found

    def _calculated(self, entry: str) -> Formula:
        alone = entry.strip()

        def named(name: str) -> str:
            fact, domain = self._subject(ReadColumn(name))
            if domain["type"] not in ("number", "integer"):
                raise NotSimple
            return fact

        try:
            if alone in self.names:
                fact, domain = self._subject(ReadColumn(alone))
                kind = {"integer": "number", "choice": "string"}.get(domain["type"], domain["type"])
                if kind == "boolean":
                    raise NotSimple
                return Formula(f"{{{fact}}}" if kind == "string" else fact, kind)
            return Formula(calculation(entry, self.names, named), "number")
        except NotSimple:
            raise LeftOut(f"{shown(entry)} is calculated") from None


def _ranks(outputs: Sequence[ReadColumn], given: Sequence[Given]) -> list[int]:
    """Return where what a row gives stands in the lists of values of the outputs that have one."""
    found = [(value, listed(column.values)) for column, value in zip(outputs, given, strict=True)]
    return [values.index(str(value)) if value in values else len(values) for value, values in found if values]


def _then(outputs: Mapping[str, Any], given: Sequence[Given]) -> dict[str, Any]:
    """Return what a row gives, by the names of the outputs."""
    return {name: written(output, value) for (name, output), value in zip(outputs.items(), given, strict=True)}
