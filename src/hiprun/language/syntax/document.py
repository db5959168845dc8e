"""What one rule file says: plain data, and where each value and each key stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs

from hiprun.errors import Problem
from hiprun.model.places import Place, SourceText

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: names of mappings and numbers of list entries, from 0."""


@attrs.frozen(eq=False)
class Document:
    """One file as data: numbers exact, dates as text. Where things stood is in the tables, not in the data."""

    source: SourceText
    data: dict[str, Any]
    places: Mapping[Path, Place]
    keys: Mapping[Path, Place]

    @property
    def kind(self) -> str:
        """The first key, which says what the file holds; empty when there is none."""
        return next(iter(self.data), "")

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return where the value at `path` stands, or its key; what has no place stands where its parent stands."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.source.file))

    def problem(self, code: str, message: str, path: Path, *, key: bool = False, help: str = "") -> Problem:
        """Return a mistake in the value at `path`, or in its key, with the line it stands on."""
        place = self.place(path, key=key)
        return Problem(code, message, place, help, self.source.line(place.line))
