"""A walk through a document that knows where it is, and collects what it finds wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from hiprun.errors import Problem
from hiprun.language.syntax import Document, Path
from hiprun.model.places import Place

MOST_PROBLEMS = 200


class TooManyProblemsError(Exception):
    """There is no use in looking further."""


@attrs.frozen
class Findings:
    """What comes to light while a pack is built: mistakes, and the statements that its rules cite."""

    problems: list[Problem] = attrs.field(factory=list)
    cited: set[str] = attrs.field(factory=set)

    def add(self, problem: Problem) -> None:
        """Note a mistake; too many of them end the search."""
        self.problems.append(problem)
        if len(self.problems) == MOST_PROBLEMS:
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

    def report(self, code: str, message: str, help: str = "", *, key: bool = False) -> None:
        """Note a mistake in this value, or in its key."""
        self.findings.add(self.document.problem(code, message, self.path, key=key, help=help))

    def report_within(self, start: int, width: int, code: str, message: str, help: str = "") -> None:
        """Note a mistake in a part of this text: `width` characters from `start`, where its line shows it plainly."""
        problem = self.document.problem(code, message, self.path, help=help)
        place = self.place
        shown = self.document.source.line(place.line)[place.column - 1 :]
        quoted = shown[:1] in ("'", '"')
        if shown[quoted:].startswith(self.value):
            place = attrs.evolve(place, column=place.column + quoted + start, width=max(width, 1))
        self.findings.add(attrs.evolve(problem, place=place))
