"""JSON Schemas for the rule files of one pack: the published ones, filled in with the names that the pack declares."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hiprun.language import completion_vocabulary
from hiprun.language.completion_vocabulary import Schema
from hiprun.language.file_kinds import KINDS
from hiprun.language.schema_validation import schema
from hiprun.model import Model

_COMMON = "common.schema.json"
_ASIDE = ("$id", "examples")


def editor_schema(model: Model, kind: str) -> Schema:
    """Return the schema for files of `kind`, which needs no other file beside it."""
    definitions = _here(schema("common")["$defs"])
    published = {name: part for name, part in _here(schema(kind)).items() if name not in _ASIDE}
    whole = {**published, "$defs": definitions | _names(model, definitions["condition"])}
    for place, part in KINDS[kind].offered(model, {**published, "$defs": definitions}).items():
        whole = _put(whole, place.split("/"), part)
    shared, filled = whole["$defs"], {name: part for name, part in whole.items() if name != "$defs"}
    return {**filled, "$defs": {name: shared[name] for name in sorted(_reachable(filled, shared))}}


def editor_text(model: Model, kind: str) -> str:
    """Return the same as the text of a file."""
    return json.dumps(editor_schema(model, kind), indent=1, ensure_ascii=False) + "\n"


def file_name(kind: str) -> str:
    """Return what the file with the schema for `kind` is called."""
    return f"{kind}.schema.json"


def _names(model: Model, condition: Schema) -> Schema:
    return {
        "condition": {
            **condition,
            "properties": {**completion_vocabulary.conditions(model), **condition["properties"]},
            "additionalProperties": False,
        },
        **completion_vocabulary.shared(model),
    }


def _put(within: Schema, place: Sequence[str], part: Any) -> Schema:
    """Return a schema with another part at a place in it."""
    first, *others = place
    return {**within, first: _put(within[first], others, part) if others else part}


def _here(part: Any) -> Any:
    """Return a part of a published schema with what it refers to in the same file."""
    if isinstance(part, Mapping):
        return {name: inner.removeprefix(_COMMON) if name == "$ref" else _here(inner) for name, inner in part.items()}
    return [_here(inner) for inner in part] if isinstance(part, list) else part


def _reachable(part: Any, shared: Schema) -> set[str]:
    """Return the names of all shared definitions that `part` needs, however indirectly."""
    found: set[str] = set()
    waiting = list(_references(part))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references(shared[name])
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        for name, inner in part.items():
            if name == "$ref":
                yield inner.removeprefix("#/$defs/")
            else:
                yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)
