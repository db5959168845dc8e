"""JSON Schemas for the rule files of one pack: the published ones, extended with the names that it declares."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hiprun.errors import Problem
from hiprun.inference.reader_texts import for_nobody
from hiprun.language import completion_vocabulary
from hiprun.language.completion_vocabulary import Schema
from hiprun.language.file_kinds import KINDS
from hiprun.language.published_schemas import schema
from hiprun.language.rule_files import EDITOR_SCHEMAS
from hiprun.model import Model
from hiprun.model.places import Place

_COMMON = "common.schema.json"
_OMITTED_KEYS = ("$id", "examples")
_MOST_NAMED = 3


def editor_schema(model: Model, kind: str) -> Schema:
    """Return the schema for files of `kind`, which refers to no other file."""
    definitions = _with_local_references(schema("common")["$defs"])
    published = {name: part for name, part in _with_local_references(schema(kind)).items() if name not in _OMITTED_KEYS}
    full_schema = {**published, "$defs": definitions | _names(model, definitions["condition"])}
    for place, part in KINDS[kind].schema_extensions(model, {**published, "$defs": definitions}).items():
        full_schema = _with_part(full_schema, place.split("/"), part)
    shared, without_definitions = (
        full_schema["$defs"],
        {name: part for name, part in full_schema.items() if name != "$defs"},
    )
    reachable = {name: shared[name] for name in sorted(_reachable(without_definitions, shared))}
    with_true_messages: Schema = _with_true_messages({**without_definitions, "$defs": reachable})
    return with_true_messages


def editor_text(model: Model, kind: str) -> str:
    """Return the schema for files of `kind` as text."""
    return json.dumps(editor_schema(for_nobody(model), kind), indent=1, ensure_ascii=False) + "\n"


def file_name(kind: str) -> str:
    """Return the name of the file with the schema for `kind`."""
    return f"{kind}.schema.json"


def outdated_schemas(model: Model, schemas: Mapping[str, bytes], folder: str) -> Iterator[Problem]:
    """Yield a note if some of the schemas in the folder of a pack, by file name, are not those of this pack."""
    outdated = [
        file_name(kind)
        for kind in KINDS
        if file_name(kind) in schemas and schemas[file_name(kind)] != editor_text(model, kind).encode()
    ]
    if outdated:
        names = ", ".join(f"`{name}`" for name in outdated[:_MOST_NAMED])
        more = f" and {len(outdated) - _MOST_NAMED} more" if len(outdated) > _MOST_NAMED else ""
        yield Problem(
            "outdated-schema",
            f"The schemas for editors belong to other rules or another version of hiprun: {names}{more}."
            " Editors that use them underline what is right and miss what is wrong.",
            Place(f"{folder}/{outdated[0]}"),
            f"Write them again: `hiprun schema --rules PATH --write PATH/{EDITOR_SCHEMAS}`.",
        )


def _names(model: Model, condition: Schema) -> Schema:
    return {
        "condition": {
            **condition,
            "properties": {**completion_vocabulary.condition_schemas(model), **condition["properties"]},
            "additionalProperties": False,
        },
        **completion_vocabulary.shared_definitions(model),
    }


def _with_part(schema: Schema, place: Sequence[str], part: Any) -> Schema:
    """Return a schema with the part at a path replaced."""
    first, *others = place
    return {**schema, first: _with_part(schema[first], others, part) if others else part}


def _with_local_references(part: Any) -> Any:
    """Return a part of a published schema with references to the same file."""
    if isinstance(part, Mapping):
        return {
            name: inner.removeprefix(_COMMON) if name == "$ref" else _with_local_references(inner)
            for name, inner in part.items()
        }
    return [_with_local_references(inner) for inner in part] if isinstance(part, list) else part


def _with_true_messages(part: Any) -> Any:
    """Return a schema whose own messages say only what is certain.

    An editor shows `errorMessage` for everything that a part of a schema forbids. Where that is more than one thing, it
    keeps to its own words, which name the word that is wrong; what is about a form is only said of that.
    """
    if isinstance(part, list):
        return [_with_true_messages(inner) for inner in part]
    if not isinstance(part, Mapping):
        return part
    own = {name: _with_true_messages(inner) for name, inner in part.items()}
    message = own.get("errorMessage")
    if isinstance(message, str) and ("pattern" in own or "properties" in own):
        del own["errorMessage"]
        if "pattern" in own:
            own["patternErrorMessage"] = message
    return own


def _reachable(part: Any, shared: Schema) -> set[str]:
    """Return the names of all shared definitions that `part` needs, directly or indirectly."""
    reachable: set[str] = set()
    pending = list(_references(part))
    while pending:
        name = pending.pop()
        if name not in reachable:
            reachable.add(name)
            pending += _references(shared[name])
    return reachable


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
