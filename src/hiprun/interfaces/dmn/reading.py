"""A DMN document as decision tables, read with care: no entities, no document type, a bounded size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias
from xml.etree import ElementTree as Xml

import attrs

from hiprun.errors import Problem, RuleError
from hiprun.interfaces.dmn.item_definitions import ReadType, resolved, type_at, written_types
from hiprun.interfaces.dmn.xml_elements import tag, text_in, text_of

MOST_CHARACTERS = 1_000_000


@attrs.frozen
class ReadColumn:
    """An input or output of a table: its expression or name, its type, and the values it may have, as written."""

    name: str
    type: str = ""
    values: str = ""
    default: str = ""


Row: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], str]
"""The input entries of a rule, its output entries, and its annotations."""


@attrs.frozen
class ReadTable:
    """A decision table as written. `policy` is the hit policy, with the aggregation behind it, if there is one."""

    name: str
    policy: str
    inputs: tuple[ReadColumn, ...]
    outputs: tuple[ReadColumn, ...]
    rows: tuple[Row, ...]


@attrs.frozen
class ReadDocument:
    """The decisions of a document: tables, and the names of decisions that are none."""

    name: str
    tables: tuple[ReadTable, ...]
    others: tuple[str, ...]
    types: Mapping[str, ReadType] = attrs.field(hash=False)
    """The types of input data, and of the values of decisions, by name."""
    definitions: Mapping[str, ReadType] = attrs.field(factory=dict, hash=False)
    """The item definitions, by name."""

    def type_of(self, name: str) -> ReadType:
        """Return the type of an input, or of a part of one, such as `Loan.amount`; one without a name if unknown."""
        return type_at(name, self.types, self.definitions)


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
    if tag(root) != "definitions":
        raise RuleError([_bad("it has no `definitions`")])
    tables: list[ReadTable] = []
    others: list[str] = []
    types: dict[str, ReadType] = {}
    definitions = written_types(root)
    for element in root:
        if tag(element) not in ("inputData", "decision"):
            continue
        variable = next((entry for entry in element if tag(entry) == "variable"), element)
        name = variable.get("name", element.get("name", ""))
        types[name] = ReadType(variable.get("typeRef", ""))
        if tag(element) == "decision":
            table = next((entry for entry in element if tag(entry) == "decisionTable"), None)
            if table is None:
                others.append(name)
            else:
                tables.append(_table(name, table, definitions))
    return ReadDocument(root.get("name", ""), tuple(tables), tuple(others), types, definitions)


def _bad(reason: str) -> Problem:
    return Problem("bad-dmn", f"This is not a DMN document that can be read: {reason}.")


def _table(table_name: str, table: Xml.Element, definitions: Mapping[str, ReadType]) -> ReadTable:
    policy = " ".join(filter(None, [table.get("hitPolicy", "UNIQUE"), table.get("aggregation")]))
    inputs, outputs, rows = [], [], []
    for element in table:
        match tag(element):
            case "input":
                expression = next((entry for entry in element if tag(entry) == "inputExpression"), element)
                kind = resolved(ReadType(expression.get("typeRef", "")), definitions)
                values = text_in(element, "inputValues") or kind.values
                inputs.append(ReadColumn(text_of(expression), kind.name, values))
            case "output":
                values, default = (text_in(element, name) for name in ("outputValues", "defaultOutputEntry"))
                outputs.append(ReadColumn(element.get("name", ""), element.get("typeRef", ""), values, default))
            case "rule":
                given = {
                    kind: tuple(text_of(entry) for entry in element if tag(entry) == kind)
                    for kind in ("inputEntry", "outputEntry", "annotationEntry")
                }
                notes = " ".join(filter(None, given["annotationEntry"]))
                rows.append((given["inputEntry"], given["outputEntry"], notes))
    return ReadTable(table_name, policy, tuple(inputs), tuple(outputs), tuple(rows))
