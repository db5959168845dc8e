"""Resolving a pack again after an edit: what was resolved before is used again if nothing that it read has changed.

A part of a pack, such as a file of rules or the declaration of a fact, is resolved from its own document and from what
it looks up elsewhere: facts, parameters, decisions. Its result is kept together with its document and everything that
it looked up, also what it did not find. It is used again for the same document if each of these finds the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from hiprun.errors import Problem
from hiprun.language.resolve.cursor import Node, TooManyProblemsError, WrittenFormula
from hiprun.language.resolve.names import Names
from hiprun.language.syntax import Document

_Result = TypeVar("_Result")
_NOT_THERE = object()
_WHOLE = None
"""In place of a name: everything in a table, and the order of its names."""

_LookedUp = dict[tuple[str, str | None], object]
"""What was looked up, by table and name, each with the mark of what was found."""


@attrs.frozen(eq=False)
class _Table:
    """Values by name. The mark of a value is the same object as before if the value says the same as before.

    `source` is what the table was made from, `mark` that of the whole table.
    """

    source: Collection[str]
    values: Mapping[str, Any]
    marks: Mapping[str, object]
    mark: object


def _table(source: Collection[str], earlier: _Table | None) -> _Table:
    values = source if isinstance(source, Mapping) else dict.fromkeys(sorted(source))
    if earlier is None:
        return _Table(source, values, values, object())
    before, marks_before = earlier.values, earlier.marks
    marks = {
        name: marks_before[name] if name in before and _says_the_same(before[name], value) else value
        for name, value in values.items()
    }
    same = list(marks) == list(marks_before) and all(mark is marks_before[name] for name, mark in marks.items())
    return _Table(source, values, marks, earlier.mark if same else object())


def _says_the_same(value: object, other: object) -> bool:
    # 1, 1.0 and true are equal, but are not written in the same way
    return value is other or (value == other and repr(value) == repr(other))


@attrs.frozen(eq=False)
class _Reading(Mapping[str, Any]):
    """A table that notes what is looked up in it."""

    name: str
    table: _Table
    looked_up: _LookedUp

    def __getitem__(self, key: str) -> Any:
        self.looked_up[self.name, key] = self.table.marks.get(key, _NOT_THERE)
        return self.table.values[key]

    def __contains__(self, key: object) -> bool:
        self.looked_up[self.name, key] = self.table.marks.get(key, _NOT_THERE)  # type: ignore[index, call-overload]
        return key in self.table.values

    def __iter__(self) -> Iterator[str]:
        self.looked_up[self.name, _WHOLE] = self.table.mark
        return iter(self.table.values)

    def __len__(self) -> int:
        self.looked_up[self.name, _WHOLE] = self.table.mark
        return len(self.table.values)


@attrs.frozen(eq=False)
class _Kept:
    """The result of resolving a part of a document, with what was found, and what was looked up for it."""

    document: Document
    looked_up: _LookedUp
    result: Any
    problems: tuple[Problem, ...]
    cited: frozenset[str]
    formulas: tuple[WrittenFormula, ...]


@attrs.frozen(eq=False)
class KeptResults:
    """The results of resolving a pack once, to be used again for the next time with the same settings."""

    settings: object = None
    tables: dict[str, _Table] = attrs.field(factory=dict, repr=False)
    results: dict[object, _Kept] = attrs.field(factory=dict, repr=False)


class Reuse:
    """Resolves the parts of a pack one by one, with the results of the last time, for one call of the resolver.

    `kept` holds what was resolved or used now, and nothing else, so it is never larger than the pack.
    """

    def __init__(self, earlier: KeptResults) -> None:
        """Take the results of the last time."""
        self.earlier = earlier
        self.kept = KeptResults()

    def begin(self, settings: object) -> None:
        """Begin with settings that everything depends on; for others than the last time, nothing is used again."""
        if settings != self.earlier.settings:
            self.earlier = KeptResults()
        self.kept = KeptResults(settings)

    def resolved(
        self, task: Callable[..., Any], node: Node, names: Names | None, tables: Mapping[str, Mapping[str, Any]]
    ) -> Any:
        """Return what `task` makes of `node`, and report what it finds; both from before if they would be the same."""
        sources: dict[str, Collection[str]] = {**(_collections(names) if names else {}), **tables}
        known = self.kept.tables
        for name, source in sources.items():
            if name not in known or known[name].source is not source:
                known[name] = _table(source, self.earlier.tables.get(name))
        key = (task, node.document.source.file, node.path)
        kept = self.earlier.results.get(key)
        if kept is None or kept.document is not node.document or not self._finds_the_same(kept.looked_up):
            kept = self._work(task, node, names, tables)
        for problem in kept.problems:
            node.findings.add(problem)
        node.findings.cited.update(kept.cited)
        node.findings.formulas.extend(
            attrs.evolve(formula, node=attrs.evolve(formula.node, findings=node.findings)) for formula in kept.formulas
        )
        self.kept.results[key] = kept
        return kept.result

    def _finds_the_same(self, looked_up: _LookedUp) -> bool:
        tables = self.kept.tables
        return all(
            (tables[table].mark if name is _WHOLE else tables[table].marks.get(name, _NOT_THERE)) is mark
            for (table, name), mark in looked_up.items()
        )

    def _work(
        self, task: Callable[..., Any], node: Node, names: Names | None, tables: Mapping[str, Mapping[str, Any]]
    ) -> _Kept:
        looked_up: _LookedUp = {}
        own = attrs.evolve(node.findings, problems=[], distinct=set(), cited=set(), formulas=[], reuse=None)
        reading = {name: _Reading(name, self.kept.tables[name], looked_up) for name in tables}
        own_node = attrs.evolve(node, findings=own)
        try:
            if names is None:
                result = task(own_node)
            else:
                of_names = {name: _Reading(name, self.kept.tables[name], looked_up) for name in _collections(names)}
                result = task(own_node, attrs.evolve(names, **of_names), **reading)
        except TooManyProblemsError:
            own.problems.pop()  # reporting the others ends the work on the whole pack, too
            result = None
        return _Kept(node.document, looked_up, result, tuple(own.problems), frozenset(own.cited), tuple(own.formulas))


def resolved(
    task: Callable[..., _Result], node: Node, names: Names | None = None, **tables: Mapping[str, Any]
) -> _Result:
    """Return `task(node, names, **tables)`, or `task(node)` without names, from before if nothing it reads has changed.

    A task must be a function of what it is given: it looks up names in `names` and `tables`, and reports to its node.
    """
    if node.findings.reuse is not None:
        result: _Result = node.findings.reuse.resolved(task, node, names, tables)
        return result
    return task(node) if names is None else task(node, names, **tables)


def _collections(names: Names) -> dict[str, Collection[str]]:
    """Return the tables of names in `names`."""
    found: dict[str, Collection[str] | None] = {
        "facts": names.facts,
        "parameters": names.parameters,
        "derived": names.derived,
        "decisions": names.decisions,
        "statements": names.statements,
        "broken": names.broken,
    }
    return {name: source for name, source in found.items() if source is not None}
