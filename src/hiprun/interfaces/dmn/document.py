"""The decisions of a pack as one DMN document."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, assert_never
from xml.etree import ElementTree as Xml

from hiprun.errors import Problem, RuleError
from hiprun.inference.hit_policy import rank
from hiprun.interfaces.dmn.drawing import HEIGHT, WIDTH, Shape, shapes
from hiprun.interfaces.dmn.requirements import levels, required_facts, required_tables
from hiprun.interfaces.dmn.table_rows import CannotBeSaid, Column, Table, literal, tables
from hiprun.model import Domain, Output
from hiprun.pack import Pack

Version: TypeAlias = Literal["1.3", "1.5"]
_MODEL = {
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}
_DMNDI = {
    "1.3": "https://www.omg.org/spec/DMN/20191111/DMNDI/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/DMNDI/",
}
_DC = "http://www.omg.org/spec/DMN/20180521/DC/"
_DI = "http://www.omg.org/spec/DMN/20180521/DI/"


def dmn_document(pack: Pack, decisions: Sequence[str] | None = None, *, version: Version = "1.5") -> str:
    """Return a DMN document with a table for each output of these decisions, by default of all.

    With all facts given a table has the value that the decision has. With facts missing (null) it has the safest, or a
    worse one, if the output says what is worse; else the value if all rows that match agree on it. The decisions that
    another uses are required by it, though its tables test facts alone.
    Raises `RuleError` with every decision that DMN tables cannot say, and why.
    """
    left_out: dict[str, str] = {}
    made: list[Table] = []
    for name in pack.model.decisions if decisions is None else decisions:
        try:
            made += tables(pack.model, pack.model.decisions[name])
        except CannotBeSaid as reason:
            left_out[name] = f"`{name}` cannot be written as DMN tables: {reason}."
    if left_out:
        others = dict.fromkeys(table.decision.name for table in made)
        help_ = "Name the other decisions with --decision to write a document without it."
        named = " ".join(f"--decision {name}" for name in others)
        ends = [*[help_] * (len(left_out) - 1), f"{help_} These can be: {named}." if others else "None can be."]
        raise RuleError(
            Problem("not-in-dmn", message, pack.model.decisions[name].place, help)
            for (name, message), help in zip(left_out.items(), ends, strict=True)
        )
    return _Document(pack, version).text(made)


class _Document:
    def __init__(self, pack: Pack, version: Version) -> None:
        self.pack, self.version = pack, version
        self.root = Xml.Element(
            "definitions",
            {
                "xmlns": _MODEL[version],
                "xmlns:dmndi": _DMNDI[version],
                "xmlns:dc": _DC,
                "xmlns:di": _DI,
                "id": "definitions",
                "name": pack.title or pack.name,
                "namespace": f"urn:hiprun:{pack.name}:{pack.digest}",
                "exporter": "hiprun",
                "exporterVersion": pack.provenance.engine,
            },
        )

    def text(self, made: Sequence[Table]) -> str:
        facts = dict.fromkeys(fact for table in made for fact in required_facts(table))
        for name in facts:
            fact = self.pack.facts[name]
            data = _below(self.root, "inputData", id=f"input_{name}", name=name)
            _below(data, "variable", id=f"input_{name}-variable", name=name, typeRef=_type(fact.domain))
        inputs = [f"input_{name}" for name in facts]
        names, used = _ids(made, [*inputs, *facts]), required_tables(self.pack.model, made)
        required: dict[str, list[str]] = {}
        for name, table, places in zip(names, made, used, strict=True):
            decision = self._decision(name, table)
            needed = [("requiredInput", f"input_{fact}") for fact in required_facts(table)]
            needed += [("requiredDecision", names[place]) for place in places]
            for tag, element in needed:
                _below(_below(decision, "informationRequirement", id=_needs(name, element)), tag, href=f"#{element}")
            self._decision_table(decision, name, table)
            required[name] = [element for _, element in needed]
        self._drawing(shapes(inputs, names, levels(used)), required)
        Xml.indent(self.root)
        written = Xml.tostring(self.root, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'

    def _decision(self, name: str, table: Table) -> Xml.Element:
        output, shown = table.output, self.pack.decisions[table.decision.name]
        title = ": ".join(filter(None, [shown.title, output.title or output.name]))
        decision = _below(self.root, "decision", id=name, name=title)
        _below(decision, "variable", id=f"{name}-variable", name=name, typeRef=_type(output.domain))
        return decision

    def _decision_table(self, decision: Xml.Element, name: str, table: Table) -> None:
        output, shown = table.output, self.pack.decisions[table.decision.name]
        inner = _below(decision, "decisionTable", id=f"{name}-table", hitPolicy="PRIORITY" if table.ranked else "ANY")
        for number, column in enumerate(table.columns):
            self._input(inner, f"{name}-input_{number}", column)
        written = _below(inner, "output", id=f"{name}-output", name=output.name, typeRef=_type(output.domain))
        if table.ranked:
            values = dict.fromkeys(row.value for row in sorted(table.rows, key=lambda row: _rank(output, row.value)))
            _text(written, "outputValues", f"{name}-values", ", ".join(_given(output, value) for value in values))
        for label in ("rule", "because"):
            _below(inner, "annotation", name=label)
        because = {rule.id: rule.because for rule in shown.rules}
        for number, row in enumerate(table.rows):
            rule = _below(inner, "rule", id=f"{name}-rule_{number}")
            for place, column in enumerate(table.columns):
                _text(rule, "inputEntry", f"{name}-rule_{number}-{place}", row.tests.get(column, "-"))
            _text(rule, "outputEntry", f"{name}-rule_{number}-value", _given(output, row.value))
            for words in (row.rule or "otherwise", because.get(row.rule, "")):
                _text(rule, "annotationEntry", "", words)

    def _input(self, table: Xml.Element, name: str, column: Column) -> None:
        fact = self.pack.facts[column.fact]
        asked = f"{fact.ask} {fact.domain.choices[column.choice] or column.choice}" if column.choice else fact.ask
        expression = f'list contains({column.fact}, "{column.choice}")' if column.choice else column.fact
        kind = "boolean" if column.choice else _type(fact.domain)
        entry = _below(table, "input", id=name, label=asked)
        _text(entry, "inputExpression", f"{name}-expression", expression, typeRef=kind)

    def _drawing(self, drawn: Mapping[str, Shape], required: Mapping[str, Sequence[str]]) -> None:
        diagram = _below(_below(self.root, "dmndi:DMNDI"), "dmndi:DMNDiagram", id="diagram")
        for name, box in drawn.items():
            shape = _below(diagram, "dmndi:DMNShape", id=f"shape-{name}", dmnElementRef=name)
            _below(shape, "dc:Bounds", height=str(HEIGHT), width=str(WIDTH), x=str(box.x), y=str(box.y))
        for name, elements in required.items():
            for element in elements:
                needed = _needs(name, element)
                line = _below(diagram, "dmndi:DMNEdge", id=f"edge-{needed}", dmnElementRef=needed)
                for x, y in (drawn[element].top, drawn[name].bottom):
                    _below(line, "di:waypoint", x=str(x), y=str(y))


def _rank(output: Output, value: Any) -> Any:
    return -rank(output.domain, value)


def _given(output: Output, value: Any) -> str:
    return literal(output.domain, value)


def _ids(made: Sequence[Table], taken: Sequence[str]) -> list[str]:
    """Return a name of its own for each table, made of those of its decision and its output."""
    found: list[str] = []
    for table in made:
        plain = f"{table.decision.name}_{table.output.name}"
        names = itertools.chain([plain], (f"{plain}_{count}" for count in itertools.count(2)))
        found.append(next(name for name in names if name not in (*taken, *found)))
    return found


def _needs(name: str, element: str) -> str:
    """Return the id of a requirement; names have no `-`, so it is no other id."""
    return f"{name}-{element}"


def _below(parent: Xml.Element, tag: str, **attributes: str) -> Xml.Element:
    return Xml.SubElement(parent, tag, {name: _clean(value) for name, value in attributes.items()})


def _text(parent: Xml.Element, tag: str, name: str, words: str, **attributes: str) -> None:
    entry = _below(parent, tag, **({"id": name} if name else {}), **attributes)
    Xml.SubElement(entry, "text").text = _clean(words)


def _clean(words: str) -> str:
    """Return a text without the control characters that XML cannot hold."""
    return "".join(character for character in words if character in "\t\n" or character >= " ")


def _type(domain: Domain) -> str:
    match domain.type:
        case "boolean" | "date":
            return domain.type
        case "integer" | "number":
            return "number"
        case "choice" | "string":
            return "string"
        case "set":
            return "Any"
        case _:
            assert_never(domain.type)
