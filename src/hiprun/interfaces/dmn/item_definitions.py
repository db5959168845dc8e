"""The types that a DMN document defines itself: other names for basic ones, with the values allowed, and structures."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as Xml

import attrs

from hiprun.interfaces.dmn.xml_elements import tag, text_in


@attrs.frozen
class ReadType:
    """A type as written: the name of a basic or defined one, the values it allows, and its parts by name."""

    name: str = ""
    values: str = ""
    parts: Mapping[str, ReadType] = attrs.field(factory=dict, hash=False)


UNKNOWN = ReadType()

MOST_DEEP = 20
"""How deep structures in structures are read."""


def written_types(root: Xml.Element) -> dict[str, ReadType]:
    """Return the item definitions of a document, by name."""
    return {element.get("name", ""): _written(element) for element in root if tag(element) == "itemDefinition"}


def _written(element: Xml.Element, depth: int = 0) -> ReadType:
    if element.get("isCollection") == "true" or depth > MOST_DEEP:
        return UNKNOWN
    reference = next(((entry.text or "").strip() for entry in element if tag(entry) == "typeRef"), "")
    parts = {entry.get("name", ""): _written(entry, depth + 1) for entry in element if tag(entry) == "itemComponent"}
    return ReadType(reference, text_in(element, "allowedValues"), parts)


def resolved(kind: ReadType, definitions: Mapping[str, ReadType]) -> ReadType:
    """Return the type at the end of a chain of definitions, with the values that the first in it allows.

    >>> resolved(ReadType("tRisk"), {"tRisk": ReadType("feel:string", '"High", "Low"')})
    ReadType(name='string', values='"High", "Low"', parts={})
    """
    seen: set[str] = set()
    while kind.name in definitions:
        if kind.name in seen:
            return UNKNOWN
        seen.add(kind.name)
        further = definitions[kind.name]
        kind = ReadType(further.name, kind.values or further.values, further.parts)
    return attrs.evolve(kind, name=kind.name.rpartition(":")[2])


def type_at(path: str, types: Mapping[str, ReadType], definitions: Mapping[str, ReadType]) -> ReadType:
    """Return the type of a value, or of a part of one with dots between the names.

    >>> loan = {"tLoan": ReadType(parts={"amount": ReadType("number")})}
    >>> type_at("Loan.amount", {"Loan": ReadType("tLoan")}, loan).name
    'number'
    """
    whole, parts = path, []
    while whole not in types:
        whole, dot, part = whole.rpartition(".")
        if not dot:
            return UNKNOWN
        parts.append(part)
    found = resolved(types[whole], definitions)
    for part in reversed(parts):
        found = resolved(found.parts.get(part, UNKNOWN), definitions)
    return found
