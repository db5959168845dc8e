"""A document with mistakes → the part of it that has none, so that one mistake does not hide those elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from hiprun.errors import Problem
from hiprun.language.file_kinds import KINDS
from hiprun.language.schema_validation import check
from hiprun.language.syntax import Document, Path
from hiprun.model.places import Place


def respelt(document: Document, meant: Mapping[Path, str]) -> Document:
    """Return the document with the names that were meant, at the places where others stand."""
    return attrs.evolve(
        document,
        data=_respelt(document.data, (), meant),
        places={_path(path, meant): place for path, place in document.places.items()},
        keys={_path(path, meant): place for path, place in document.keys.items()},
    )


def _respelt(value: Any, path: Path, meant: Mapping[Path, str]) -> Any:
    if isinstance(value, dict):
        return {meant.get((*path, key), key): _respelt(part, (*path, key), meant) for key, part in value.items()}
    if isinstance(value, list):
        return [_respelt(part, (*path, index), meant) for index, part in enumerate(value)]
    return value


def _path(path: Path, meant: Mapping[Path, str]) -> Path:
    return tuple(meant.get(path[: depth + 1], step) for depth, step in enumerate(path))


def without_mistakes(document: Document, problems: Iterable[Problem]) -> Document | None:
    """Return the document without the entries that have mistakes; None when that does not remove every mistake."""
    holder = KINDS[document.kind].entries if document.kind in KINDS else None
    at = {
        (place.line, place.column): path
        for places in (document.places, document.keys)
        for path, place in _deepest_last(places)
    }
    wrong: set[str | int] = set()
    for problem in problems:
        path = at.get((problem.place.line, problem.place.column), ()) if problem.place else ()
        if len(path) < 2 or path[0] != holder:
            return None
        wrong.add(path[1])
    if not wrong:
        return document
    assert holder is not None
    entries = document.data[holder]
    if isinstance(entries, dict):
        moved = {key: key for key in entries if key not in wrong}
        kept: Any = {key: entries[key] for key in moved}
    else:
        moved = {old: new for new, old in enumerate(index for index in range(len(entries)) if index not in wrong)}
        kept = [entries[index] for index in moved]
    if not kept:
        return None
    remaining = attrs.evolve(
        document,
        data=document.data | {holder: kept},
        places=_moved(document.places, holder, moved),
        keys=_moved(document.keys, holder, moved),
    )
    # A mapping stands where its first name stands, so what was left out may not be what the mistake was in.
    return None if check(remaining) else remaining


def _deepest_last(places: Mapping[Path, Place]) -> Iterable[tuple[Path, Place]]:
    return sorted(places.items(), key=lambda item: len(item[0]))


def _moved(places: Mapping[Path, Place], holder: str, moved: Mapping[Any, Any]) -> dict[Path, Place]:
    found: dict[Path, Place] = {}
    for path, place in places.items():
        if len(path) < 2 or path[0] != holder:
            found[path] = place
        elif path[1] in moved:
            found[(holder, moved[path[1]], *path[2:])] = place
    return found
