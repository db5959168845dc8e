"""A rule file as plain data, with the places of its values and keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs

from hiprun.errors import Problem
from hiprun.model.corrections import AnyHelp
from hiprun.model.places import Place, SourceText

Path: TypeAlias = tuple[str | int, ...]
"""The path to a value: keys of mappings and indexes of lists, from 0."""


@attrs.frozen(eq=False)
class Document:
    """One file as data: numbers are exact, dates are text. Places are in separate tables, not in the data."""

    source: SourceText
    data: dict[str, Any]
    places: Mapping[Path, Place]
    keys: Mapping[Path, Place]

    @property
    def kind(self) -> str:
        """The first key, which says what kind of file it is; empty if there is none."""
        return next(iter(self.data), "")

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return the place of the value at `path` or of its key; if it has none, that of its parent."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.source.file))

    def problem(self, code: str, message: str, path: Path, *, key: bool = False, help: AnyHelp = "") -> Problem:
        """Return a problem with the value at `path`, or with its key, including its line."""
        place = self.place(path, key=key)
        return Problem.with_help(code, message, place, help, self.source.line(place.line))
