"""Whether a document has the right shape, by the JSON Schema of its kind, turned into functions once.

Nearly all documents do, so this is asked first. What is wrong with the others, jsonschema says: importing it takes
longer than accepting all files of a large pack, and validating with it ten times as long. Both must agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from hiprun.language.published_schemas import ADDRESS, schema

Accept: TypeAlias = Callable[[Any], bool]

_ANNOTATIONS = frozenset(
    {"$schema", "$id", "$defs", "title", "description", "examples", "errorMessage", "joinedBy", "corrections"}
)  # fmt: skip
_READ_WITH_OTHERS = frozenset({"additionalProperties", "then", "else"})


def accepts(kind: str, data: Any) -> bool:
    """Return whether the data of a document fits the schema of its kind."""
    return _accept_of(f"{ADDRESS}{kind}.schema.json#")(data)


@cache
def _accept_of(address: str) -> Accept:
    """Return the function for the schema at an address; the cache lets schemas refer to themselves."""
    base, _, pointer = address.partition("#")
    node: Any = _document(base)
    for step in pointer.split("/")[1:]:
        node = node[step]
    return _compile(node, base)


@cache
def _document(base: str) -> dict[str, Any]:
    return schema(base.removeprefix(ADDRESS).removesuffix(".schema.json"))


def _compile(node: Mapping[str, Any] | bool, base: str) -> Accept:
    if isinstance(node, bool):
        return lambda value: node
    checks = [
        _KEYWORDS[keyword](operand, node, base)
        for keyword, operand in node.items()
        if keyword not in _ANNOTATIONS and keyword not in _READ_WITH_OTHERS
    ]
    if "additionalProperties" in node and "properties" not in node:
        checks.append(_properties({}, node, base))
    match checks:
        case []:
            return lambda value: True
        case [only]:
            return only
        case [first, second]:
            return lambda value: first(value) and second(value)
        case _:
            return lambda value: all(check(value) for check in checks)


def _type(operand: str | list[str], node: Mapping[str, Any], base: str) -> Accept:
    if isinstance(operand, str):
        return _TYPES[operand]
    options = [_TYPES[name] for name in operand]
    return lambda value: any(option(value) for option in options)


_TYPES: Mapping[str, Accept] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | Fraction) and not isinstance(value, bool),
}


def _ref(operand: str, node: Mapping[str, Any], base: str) -> Accept:
    address = f"{base}{operand}" if operand.startswith("#") else f"{ADDRESS}{operand}"
    target: list[Accept] = []

    def accept(value: Any) -> bool:
        if not target:
            target.append(_accept_of(address))
        return target[0](value)

    return accept


def _properties(operand: Mapping[str, Any], node: Mapping[str, Any], base: str) -> Accept:
    known = {name: _compile(part, base) for name, part in operand.items()}
    other = _compile(node.get("additionalProperties", True), base)

    def accept(value: Any) -> bool:
        if isinstance(value, dict):
            for name, part in value.items():
                if not known.get(name, other)(part):
                    return False
        return True

    return accept


def _property_names(operand: Mapping[str, Any], node: Mapping[str, Any], base: str) -> Accept:
    accept_name = _compile(operand, base)
    return lambda value: not isinstance(value, dict) or all(map(accept_name, value))


def _items(operand: Mapping[str, Any] | bool, node: Mapping[str, Any], base: str) -> Accept:
    accept_item = _compile(operand, base)
    before = len(node.get("prefixItems", ()))
    return lambda value: not isinstance(value, list) or all(map(accept_item, value[before:] if before else value))


def _prefix_items(operand: list[Any], node: Mapping[str, Any], base: str) -> Accept:
    accept_items = [_compile(part, base) for part in operand]
    return lambda value: (
        not isinstance(value, list)
        or all(accept(item) for accept, item in zip(accept_items, value, strict=False))
    )  # fmt: skip


def _required(operand: list[str], node: Mapping[str, Any], base: str) -> Accept:
    names = frozenset(operand)
    return lambda value: not isinstance(value, dict) or names <= value.keys()


def _at_least(
    kind: type[list[Any]] | type[dict[str, Any]] | type[str],
) -> Callable[[int, Mapping[str, Any], str], Accept]:
    return lambda operand, node, base: lambda value: not isinstance(value, kind) or len(value) >= operand


def _most_items(operand: int, node: Mapping[str, Any], base: str) -> Accept:
    return lambda value: not isinstance(value, list) or len(value) <= operand


def _least(operand: int, node: Mapping[str, Any], base: str) -> Accept:
    return lambda value: not _TYPES["number"](value) or value >= operand


def _most(operand: int, node: Mapping[str, Any], base: str) -> Accept:
    return lambda value: not _TYPES["number"](value) or value <= operand


def _enum(operand: list[Any], node: Mapping[str, Any], base: str) -> Accept:
    words = frozenset((type(word), word) for word in operand)
    return lambda value: isinstance(value, str | bool | int | Fraction) and (type(value), value) in words


def _pattern(operand: str, node: Mapping[str, Any], base: str) -> Accept:
    search = re.compile(operand).search
    # in JSON Schema, `$` is the end of the text; in Python, it also matches before a final line break
    return lambda value: not isinstance(value, str) or (search(value) is not None and not value.endswith("\n"))


def _not(operand: Mapping[str, Any], node: Mapping[str, Any], base: str) -> Accept:
    accept = _compile(operand, base)
    return lambda value: not accept(value)


def _if(operand: Mapping[str, Any], node: Mapping[str, Any], base: str) -> Accept:
    condition, then, otherwise = (_compile(part, base) for part in (operand, node.get("then", True), node["else"]))
    return lambda value: then(value) if condition(value) else otherwise(value)


_KEYWORDS: Mapping[str, Callable[[Any, Mapping[str, Any], str], Accept]] = {
    "type": _type,
    "$ref": _ref,
    "properties": _properties,
    "propertyNames": _property_names,
    "required": _required,
    "items": _items,
    "prefixItems": _prefix_items,
    "minItems": _at_least(list),
    "minProperties": _at_least(dict),
    "minLength": _at_least(str),
    "maxItems": _most_items,
    "minimum": _least,
    "maximum": _most,
    "enum": _enum,
    "pattern": _pattern,
    "not": _not,
    "if": _if,
}
"""What each keyword of the published schemas means; a schema with any other keyword is a fault of this table."""
