"""A cursor over a document that knows its place, and the findings of a whole pack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import attrs

from hiprun.errors import Problem
from hiprun.language.resolve.formula_parser import FormulaTree
from hiprun.language.syntax import Document, Path
from hiprun.model import Domain, Formula
from hiprun.model.corrections import AnyHelp
from hiprun.model.places import Place
from hiprun.model.units import Units
from hiprun.version import LANGUAGE

MOST_PROBLEMS = 200
_UNDECLARED_CODES = {"unknown-name": "name", "unknown-fact": "name", "unknown-column": "name"} | {
    f"unknown-{what}": what for what in ("output", "decision", "patient", "statement")
}
"""Codes of problems with an undeclared name, and what the name should refer to."""


def undeclared_name(problem: Problem) -> tuple[str, str] | None:
    """Return what an undeclared name should refer to, and the name; None for other problems."""
    return (
        (_UNDECLARED_CODES[problem.code], problem.subject)
        if problem.subject and problem.code in _UNDECLARED_CODES
        else None
    )


def merged_by_name(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems, with those about the same undeclared name merged into one that has all their places."""
    merged: list[Problem] = []
    first_index: dict[tuple[str, str], int] = {}
    other_places: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
    for problem in problems:
        name = undeclared_name(problem)
        if name in first_index and problem.place:
            other_places[name].append(problem.place)
            continue
        if name:
            first_index[name] = len(merged)
        merged.append(problem)
    for name, places in other_places.items():
        merged[first_index[name]] = attrs.evolve(merged[first_index[name]], also=tuple(dict.fromkeys(places)))
    return merged


class TooManyProblemsError(Exception):
    """There are so many problems that looking for more is of no use."""


@attrs.frozen
class WrittenFormula:
    """A formula for `name` whose values have to be looked at, as it was written and as it was resolved."""

    node: Node
    name: str
    tree: FormulaTree
    formula: Formula
    within: Domain | None = None
    """The values it may come to; None where that is not asked."""
    has_decimals: bool = False
    """Whether it is to be rounded, which `formula` is and `tree` is not."""


class PartResolver(Protocol):
    """Resolves one part of a pack after the other, and may know the results from before."""

    def resolved(
        self, task: Callable[..., Any], node: Node, names: Any, tables: Mapping[str, Mapping[str, Any]]
    ) -> Any:
        """Return what `task` makes of `node`, and report what it finds."""


@attrs.frozen
class Findings:
    """What is found while a pack is resolved: problems, the statements that its rules cite, and its formulas.

    `language` is the version of the language that the pack is written in, `units` what the pack says about units,
    and `groups` its groups of choices. `reuse` has the results of the last time, for the parts that did not change.
    """

    problems: list[Problem] = attrs.field(factory=list)
    distinct: set[object] = attrs.field(factory=set)
    cited: set[str] = attrs.field(factory=set)
    formulas: list[WrittenFormula] = attrs.field(factory=list)
    language: int = LANGUAGE
    units: Units = attrs.field(factory=Units)
    groups: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    reuse: PartResolver | None = None

    def add(self, problem: Problem) -> None:
        """Add a problem; raises TooManyProblemsError if there are too many."""
        self.problems.append(problem)
        self.distinct.add(undeclared_name(problem) or len(self.problems))
        if len(self.distinct) == MOST_PROBLEMS:
            self.problems.append(
                Problem(
                    "too-many-problems",
                    f"Reading stops here: there are {MOST_PROBLEMS} mistakes so far.",
                    help="Correct these first; any others will be shown after that.",
                )
            )
            raise TooManyProblemsError


@attrs.frozen
class Node:
    """A value of a document with its path; it reports to the findings of the whole pack."""

    document: Document
    findings: Findings
    value: Any
    path: Path = ()

    def __getitem__(self, key: str | int) -> Node:
        return Node(self.document, self.findings, self.value[key], (*self.path, key))

    def get(self, key: str) -> Node | None:
        """Return the value under `key`, or None."""
        return self[key] if key in self.value else None

    def text(self, key: str) -> str:
        """Return the text under `key`; empty if there is none."""
        return str(self.value.get(key, ""))

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Yield the keys and values of a mapping."""
        for key in self.value:
            yield key, self[key]

    def items(self) -> list[Node]:
        """Return the items of a list."""
        return [self[index] for index in range(len(self.value))]

    @property
    def language(self) -> int:
        """The version of the language that the pack is written in."""
        return self.findings.language

    @property
    def units(self) -> Units:
        """What the pack says about units."""
        return self.findings.units

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The groups of choices of the pack."""
        return self.findings.groups

    @property
    def place(self) -> Place:
        """The place of the value."""
        return self.document.place(self.path)

    @property
    def key_place(self) -> Place:
        """The place of its key."""
        return self.document.place(self.path, key=True)

    def report(self, code: str, message: str, help: AnyHelp = "", subject: str = "", *, key: bool = False) -> None:
        """Report a mistake in this value or in its key; `subject` is the name that it is about."""
        problem = self.document.problem(code, message, self.path, key=key, help=help)
        self.findings.add(attrs.evolve(problem, subject=subject) if subject else problem)

    def report_within(
        self, start: int, width: int, code: str, message: str, help: AnyHelp = "", subject: str = ""
    ) -> None:
        """Report a mistake in `width` characters of this text from `start`; in all of it if it is escaped."""
        problem = self.document.problem(code, message, self.path, help=help)
        place = self.place
        source_line = self.document.source.line(place.line)[place.column - 1 :]
        quoted = source_line[:1] in ("'", '"')
        if source_line[quoted:].startswith(self.value):
            place = attrs.evolve(place, column=place.column + quoted + start, width=max(width, 1))
        self.findings.add(attrs.evolve(problem, place=place, subject=subject))
