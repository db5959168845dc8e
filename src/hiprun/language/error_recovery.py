"""A document with mistakes → the part without, so that one mistake does not hide others elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from hiprun.errors import Problem
from hiprun.language.file_kinds import KINDS
from hiprun.language.schema_validation import check
from hiprun.language.syntax import Document, Path
from hiprun.model.places import Place


def with_names_corrected(document: Document, corrections: Mapping[Path, str]) -> Document:
    """Return the document with misspelt names corrected."""
    return attrs.evolve(
        document,
        data=_corrected_data(document.data, (), corrections),
        places={_corrected_path(path, corrections): place for path, place in document.places.items()},
        keys={_corrected_path(path, corrections): place for path, place in document.keys.items()},
    )


def _corrected_data(value: Any, path: Path, corrections: Mapping[Path, str]) -> Any:
    if isinstance(value, dict):
        return {
            corrections.get((*path, key), key): _corrected_data(part, (*path, key), corrections)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [_corrected_data(part, (*path, index), corrections) for index, part in enumerate(value)]
    return value


def _corrected_path(path: Path, corrections: Mapping[Path, str]) -> Path:
    return tuple(corrections.get(path[: depth + 1], step) for depth, step in enumerate(path))


def without_mistakes(document: Document, problems: Iterable[Problem]) -> Document | None:
    """Return the document without the entries that have mistakes; None if that does not remove every mistake."""
    entries_key = KINDS[document.kind].entries if document.kind in KINDS else None
    path_at = {
        (place.line, place.column): path
        for places in (document.places, document.keys)
        for path, place in _deepest_last(places)
    }
    faulty_keys: set[str | int] = set()
    for problem in problems:
        path = path_at.get((problem.place.line, problem.place.column), ()) if problem.place else ()
        if len(path) < 2 or path[0] != entries_key:
            return None
        faulty_keys.add(path[1])
    if not faulty_keys:
        return document
    assert entries_key is not None
    entries = document.data[entries_key]
    if isinstance(entries, dict):
        new_keys = {key: key for key in entries if key not in faulty_keys}
        remaining_entries: Any = {key: entries[key] for key in new_keys}
    else:
        new_keys = {
            old: new for new, old in enumerate(index for index in range(len(entries)) if index not in faulty_keys)
        }
        remaining_entries = [entries[index] for index in new_keys]
    if not remaining_entries:
        return None
    remaining = attrs.evolve(
        document,
        data=document.data | {entries_key: remaining_entries},
        places=_with_new_keys(document.places, entries_key, new_keys),
        keys=_with_new_keys(document.keys, entries_key, new_keys),
    )
    # A mapping has the same place as its first key, so the entries left out may not be those with the mistake.
    return None if check(remaining) else remaining


def _deepest_last(places: Mapping[Path, Place]) -> Iterable[tuple[Path, Place]]:
    return sorted(places.items(), key=lambda item: len(item[0]))


def _with_new_keys(places: Mapping[Path, Place], entries_key: str, new_keys: Mapping[Any, Any]) -> dict[Path, Place]:
    moved_places: dict[Path, Place] = {}
    for path, place in places.items():
        if len(path) < 2 or path[0] != entries_key:
            moved_places[path] = place
        elif path[1] in new_keys:
            moved_places[(entries_key, new_keys[path[1]], *path[2:])] = place
    return moved_places
