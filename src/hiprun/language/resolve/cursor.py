"""A walk through a document that knows where it is, and collects what it finds wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from hiprun.errors import Problem
from hiprun.language.syntax import Document, Path
from hiprun.model.places import Place

MOST_PROBLEMS = 200
_UNDECLARED_CODES = {"unknown-name": "name", "unknown-fact": "name", "unknown-column": "name"} | {
    f"unknown-{what}": what for what in ("output", "decision", "patient", "statement")
}
"""The mistakes in which a name is used that nothing declares, and what it should name."""


def undeclared_name(problem: Problem) -> tuple[str, str] | None:
    """Return the name that nothing declares and what it should name, if that is the mistake; None for any other."""
    return (
        (_UNDECLARED_CODES[problem.code], problem.subject)
        if problem.subject and problem.code in _UNDECLARED_CODES
        else None
    )


def merged_by_name(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems, those about one name that nothing declares as one problem with all places that use it."""
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
    """There is no use in looking further."""


@attrs.frozen
class Findings:
    """What comes to light while a pack is built: mistakes, and the statements that its rules cite."""

    problems: list[Problem] = attrs.field(factory=list)
    distinct: set[object] = attrs.field(factory=set)
    cited: set[str] = attrs.field(factory=set)

    def add(self, problem: Problem) -> None:
        """Note a mistake; too many of them end the search."""
        self.problems.append(problem)
        self.distinct.add(undeclared_name(problem) or len(self.problems))
        if len(self.distinct) == MOST_PROBLEMS:
            self.problems.append(
                Problem(
                    "too-many-problems",
                    f"Reading stops here: there are {MOST_PROBLEMS} mistakes so far.",
                    help="Correct these first; any others are shown then.",
                )
            )
            raise TooManyProblemsError


@attrs.frozen
class Node:
    """One value of a document with the path to it; reports go to the findings of the whole pack."""

    document: Document
    findings: Findings
    value: Any
    path: Path = ()

    def __getitem__(self, key: str | int) -> Node:
        return Node(self.document, self.findings, self.value[key], (*self.path, key))

    def get(self, key: str) -> Node | None:
        """Return what stands under `key`, or None."""
        return self[key] if key in self.value else None

    def text(self, key: str) -> str:
        """Return the text under `key`; empty when there is none."""
        return str(self.value.get(key, ""))

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Yield the keys and values of a mapping."""
        for key in self.value:
            yield key, self[key]

    def items(self) -> list[Node]:
        """Return the items of a list."""
        return [self[index] for index in range(len(self.value))]

    @property
    def place(self) -> Place:
        """Where the value stands."""
        return self.document.place(self.path)

    @property
    def key_place(self) -> Place:
        """Where the key of the value stands."""
        return self.document.place(self.path, key=True)

    def report(self, code: str, message: str, help: str = "", subject: str = "", *, key: bool = False) -> None:
        """Note a mistake in this value, or in its key; `subject` is the name that it is about."""
        problem = self.document.problem(code, message, self.path, key=key, help=help)
        self.findings.add(attrs.evolve(problem, subject=subject) if subject else problem)

    def report_within(self, start: int, width: int, code: str, message: str, help: str = "", subject: str = "") -> None:
        """Note a mistake in a part of this text: `width` characters from `start`, where its line shows it plainly."""
        problem = self.document.problem(code, message, self.path, help=help)
        place = self.place
        source_line = self.document.source.line(place.line)[place.column - 1 :]
        quoted = source_line[:1] in ("'", '"')
        if source_line[quoted:].startswith(self.value):
            place = attrs.evolve(place, column=place.column + quoted + start, width=max(width, 1))
        self.findings.add(attrs.evolve(problem, place=place, subject=subject))
