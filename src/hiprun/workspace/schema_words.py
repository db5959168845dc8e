"""The words of the language that can stand at a place of a file, by the published schema of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from hiprun.language.file_kinds import KINDS
from hiprun.language.published_schemas import schema
from hiprun.language.syntax import Path

Word = tuple[str, str]
"""A word, and what it means."""

EXPECTATIONS: Mapping[str, str] = {
    "status": "Whether the answer is decided, undetermined, no_match or conflict.",
    "possible": "Exactly these answers remain possible.",
    "safest": "The safest answer has these values.",
    "needs": "Exactly these facts can still change the answer.",
    "fired": "These rules fired, perhaps among others; `[]` means that none did.",
    "certain": "Under `collect`: these items are certain.",
    "excluded": "Under `collect`: these items are excluded.",
    "met": "Exactly these criteria are met.",
    "unmet": "Exactly these criteria are not met.",
    "unknown": "Exactly these criteria are open.",
}
"""What a case can expect of a decision besides its outputs."""

_STATUSES = ("decided", "undetermined", "no_match", "conflict")


def kinds() -> Iterator[Word]:
    """Yield the first words of files, each with what such a file holds."""
    for kind in KINDS:
        published = _schema(kind)
        yield kind, published.get("description") or published["title"]


def schema_at(kind: str, path: Path) -> dict[str, Any]:
    """Return the part of the published schema for what is at a path; empty where anything can stand."""
    part: Any = _schema(kind) if kind in KINDS else {}
    for step in path:
        part = _resolved(part)
        if isinstance(step, int):
            first = part.get("prefixItems", ())
            part = first[step] if step < len(first) else part.get("items", {})
        else:
            other = part.get("additionalProperties")
            part = part.get("properties", {}).get(step, other if isinstance(other, dict) else {})
    return _resolved(part)


def keys_at(kind: str, path: Path) -> Iterator[Word]:
    """Yield the words that can be names in the mapping at a path."""
    if is_expectation(kind, path):
        yield from EXPECTATIONS.items()
    for name, part in schema_at(kind, path).get("properties", {}).items():
        yield name, _resolved(part).get("description", "")


def values_at(kind: str, path: Path) -> Iterator[Word]:
    """Yield the words that can be the value at a path."""
    part = schema_at(kind, path)
    types = part.get("type", ())
    for word in part.get("enum", ()):
        yield {True: "true", False: "false"}.get(word, str(word)), ""
    if types == "boolean":
        yield from (("true", ""), ("false", ""))
    for word in _alternatives(part.get("pattern", "")):
        yield word, ""
    if path and path[-1] == "status" and is_expectation(kind, path[:-1]):
        yield from ((status, "") for status in _STATUSES)


def is_expectation(kind: str, path: Path) -> bool:
    """Return whether what is expected of a decision is at a path."""
    return kind == "cases" and len(path) == 4 and path[0] == "examples" and path[2] == "expect"


def is_test(kind: str, path: Path) -> bool:
    """Return whether a value or tests of a subject can be at a path."""
    return "has_value" in schema_at(kind, path).get("properties", {})


def takes_mapping(kind: str, path: Path) -> bool:
    """Return whether a mapping can be at a path."""
    return "object" in schema_at(kind, path).get("type", ())


def _alternatives(pattern: str) -> list[str]:
    """Return the words that a pattern such as `^(repeat|stop)$` lists."""
    words = pattern.removeprefix("^").removesuffix("$").removeprefix("(").removesuffix(")").split("|")
    return words if all(word.replace("_", "").isalpha() for word in words) else []


@cache
def _schema(name: str) -> dict[str, Any]:
    return schema(name)


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    """Return a part of a schema with what it refers to."""
    reference = part.get("$ref")
    if reference is None:
        return part
    shared = _schema("common")["$defs"][reference.rpartition("/")[2]]
    return {**shared, **{name: value for name, value in part.items() if name != "$ref"}}
