"""A DMN document as decision tables, read with care: no entities, no document type, a bounded size."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as Xml

import attrs

from hiprun.errors import Problem, RuleError

MOST_CHARACTERS = 1_000_000


@attrs.frozen
class ReadColumn:
    """An input or output of a table: its expression or name, its type, and the values it may have, as written."""

    name: str
    type: str = ""
    values: str = ""
    default: str = ""


@attrs.frozen
class ReadTable:
    """A decision table as written. `policy` is the hit policy, with the aggregation behind it, if there is one."""

    name: str
    policy: str
    inputs: tuple[ReadColumn, ...]
    outputs: tuple[ReadColumn, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...]
    """For each rule its input entries, its output entries, and its annotations."""


@attrs.frozen
class ReadDocument:
    """The decisions of a document: tables, and the names of decisions that are none."""

    name: str
    tables: tuple[ReadTable, ...]
    others: tuple[str, ...]
    types: Mapping[str, str] = attrs.field(hash=False)
    """The types of input data, by name."""


def read_document(text: str) -> ReadDocument:
    """Return the tables of a document. Raises `RuleError` if it is no DMN, too large or declares entities."""
    if len(text) > MOST_CHARACTERS:
        raise RuleError([_bad(f"it has more than {MOST_CHARACTERS:,} characters")])
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise RuleError([_bad("it declares a document type or entities, which are not read")])
    try:
        root = Xml.fromstring(text)
    except Xml.ParseError as error:
        raise RuleError([_bad(f"it is not well-formed in line {error.position[0]}")]) from None
    except UnicodeError:
        raise RuleError([_bad("it has half a character")]) from None
    if _tag(root) != "definitions":
        raise RuleError([_bad("it has no `definitions`")])
    tables: list[ReadTable] = []
    others: list[str] = []
    types: dict[str, str] = {}
    for element in root:
        name = element.get("name", "")
        if _tag(element) == "inputData":
            types[name] = next((entry.get("typeRef", "") for entry in element if _tag(entry) == "variable"), "")
        elif _tag(element) == "decision":
            table = next((entry for entry in element if _tag(entry) == "decisionTable"), None)
            if table is None:
                others.append(name)
            else:
                variable = next((entry for entry in element if _tag(entry) == "variable"), element)
                tables.append(_table(variable.get("name", name), table))
    return ReadDocument(root.get("name", ""), tuple(tables), tuple(others), types)


def _bad(reason: str) -> Problem:
    return Problem("bad-dmn", f"This is not a DMN document that can be read: {reason}.")


def _table(name: str, table: Xml.Element) -> ReadTable:
    policy = " ".join(filter(None, [table.get("hitPolicy", "UNIQUE"), table.get("aggregation")]))
    inputs, outputs, rows = [], [], []
    for element in table:
        match _tag(element):
            case "input":
                expression = next((entry for entry in element if _tag(entry) == "inputExpression"), element)
                inputs.append(
                    ReadColumn(_text(expression), expression.get("typeRef", ""), _text_in(element, "inputValues"))
                )
            case "output":
                values, default = (_text_in(element, tag) for tag in ("outputValues", "defaultOutputEntry"))
                outputs.append(ReadColumn(element.get("name", ""), element.get("typeRef", ""), values, default))
            case "rule":
                given = {
                    kind: tuple(_text(entry) for entry in element if _tag(entry) == kind)
                    for kind in ("inputEntry", "outputEntry", "annotationEntry")
                }
                notes = " ".join(filter(None, given["annotationEntry"]))
                rows.append((given["inputEntry"], given["outputEntry"], notes))
    return ReadTable(name, policy, tuple(inputs), tuple(outputs), tuple(rows))


def _tag(element: Xml.Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Xml.Element) -> str:
    return next(((entry.text or "").strip() for entry in element if _tag(entry) == "text"), "")


def _text_in(element: Xml.Element, tag: str) -> str:
    return next((_text(entry) for entry in element if _tag(entry) == tag), "")
