"""The fields of a body: what an operation takes, checked, and the schemas that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hiprun.errors import did_you_mean
from hiprun.inference.facts import shown
from hiprun.interfaces.service.messages import Data, refused
from hiprun.interfaces.service.published_pack import PublishedPack


def fields(body: Any, *, required: Sequence[str] = (), optional: Sequence[str] = ()) -> Mapping[str, Any]:
    """Return a body that is an object with these fields; raises `RequestError`."""
    if not isinstance(body, Mapping):
        raise refused(422, "bad-request", "The body is not a JSON object.")
    known = (*required, *optional)
    for name in body:
        if name not in known:
            raise refused(
                422, "bad-request", f"{shown(name)} is not a field of this request.", did_you_mean(name, known)
            )
    for name in required:
        if name not in body:
            raise refused(422, "bad-request", f"The body has no `{name}`.")
    return body


def mapping(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a field that is an object."""
    value = body[name]
    if not isinstance(value, Mapping):
        raise refused(422, "bad-request", f"`{name}` is not an object.")
    return value


def names(body: Mapping[str, Any], name: str, known: Sequence[str]) -> list[str] | None:
    """Return a field that lists names, each once; None if it is not there."""
    value = body.get(name)
    if name not in body:
        return None
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise refused(422, "bad-request", f"`{name}` is not a list of names.")
    for entry in value:
        if entry not in known:
            help = did_you_mean(entry, known)
            raise refused(422, "bad-request", f"{shown(entry)} in `{name}` is not a name of this pack.", help)
    if len(set(value)) != len(value):
        raise refused(422, "bad-request", f"`{name}` has a name twice.")
    return value


def text(body: Mapping[str, Any], name: str) -> str | None:
    """Return a field that is a text; None if it is not there."""
    value = body.get(name)
    if name in body and not isinstance(value, str):
        raise refused(422, "bad-request", f"`{name}` is not a text.")
    return value


def whole_number(body: Mapping[str, Any], name: str, default: int, most: int) -> int:
    """Return a field that is a number from 1 to `most`."""
    value = body.get(name, default)
    if type(value) is not int or not 1 <= value <= most:
        raise refused(422, "bad-request", f"`{name}` is not a whole number from 1 to {most}.")
    return value


def object_schema(required: Data, optional: Data | None = None) -> Data:
    """Return the schema of an object with these fields and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": required | (optional or {}),
    }


def names_schema(known: Sequence[str]) -> Data:
    """Return the schema of a list of names, each once."""
    return {"type": "array", "uniqueItems": True, "items": {"enum": list(known)}}


def facts_reference(published: PublishedPack) -> Data:
    """Return a reference to the schema of the facts of a pack."""
    return {"$ref": f"#/components/schemas/{published.key}.facts"}
