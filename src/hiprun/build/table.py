"""The table of a decision → its rules, one for each row."""

from __future__ import annotations

from typing import Literal

import attrs

from hiprun.build import wording
from hiprun.build.conditions import subject_tests
from hiprun.build.guidance import carried, cited
from hiprun.build.names import Names, Signature, find
from hiprun.build.node import Node
from hiprun.build.outputs import Given, Placed, check_complete, output_value
from hiprun.errors import did_you_mean
from hiprun.model import ALWAYS, All, Condition, Domain, Output, Ref, Rule, Test

_REMARKS = ("id", "because", "source", "interpretation")


@attrs.frozen
class _Column:
    """A column of a table: something asked about, an output, a remark, or unknown after a mistake."""

    name: str
    kind: Literal["subject", "output", "remark", "unknown"]
    ref: Ref | None = None
    domain: Domain | None = None
    output: Output | None = None


def rows(node: Node, declared: Signature, names: Names, inherited: tuple[str, ...]) -> list[Placed]:
    """Return the rows of the table at `node` as rules."""
    header, *body = node.items()
    columns = _columns(header, declared, names)
    rules = []
    for number, row in enumerate(body, 1):
        if len(row.value) == len(columns):
            rules.append(_row(row, f"row-{number}", columns, declared, names, inherited))
        else:
            rules.append(Placed(row, Rule(_id(row, columns, f"row-{number}")), always=False))
            row.report(
                "row-length",
                f"This row has {len(row.value)} cells, but the table has {len(columns)} columns.",
                f"Write one cell for each of {wording.listed((column.name for column in columns), most=20)}"
                "; where a fact does not matter, write `any`.",
            )
    return rules


def _columns(header: Node, declared: Signature, names: Names) -> list[_Column]:
    columns: list[_Column] = []
    seen = set()
    for cell in header.items():
        name = cell.value if isinstance(cell.value, str) else wording.value(cell.value)
        if name in seen:
            cell.report("duplicate-column", f"The column `{name}` stands here twice.", "Delete one of the two.")
        seen.add(name)
        columns.append(_column(cell, name, declared, names))
    kinds = {column.kind for column in columns}
    if kinds.isdisjoint({"subject", "unknown"}):
        header.report(
            "no-input-column", "This table asks about nothing: no column is a fact.", "Add a column that names a fact."
        )
    if declared.hit == "count":
        if "output" in kinds:
            header.report(
                "then-not-allowed", "Under `hit: count` rows are only counted.", "Delete the output's column."
            )
    elif "unknown" not in kinds:
        present = {column.name for column in columns}
        check_complete(header, present, declared, partly=declared.hit == "worst")
    return columns


def _column(cell: Node, name: str, declared: Signature, names: Names) -> _Column:
    is_output, is_subject = name in declared.outputs, name in names.facts or name in names.derived
    if is_subject and (is_output or name in _REMARKS):
        other = "an output of this decision" if is_output else "a remark on a row"
        cell.report(
            "ambiguous-column",
            f"`{name}` is a fact and also {other}.",
            "Rename one of them, or use `rules` instead of a table.",
        )
        return _Column(name, "unknown")
    if is_output:
        return _Column(name, "output", output=declared.outputs[name])
    if name in _REMARKS:
        return _Column(name, "remark")

    def say(code: str, message: str, help: str) -> None:
        if code == "unknown-name":
            code, message = "unknown-column", f"No fact and no output of this decision is called `{name}`."
            help = did_you_mean(name, [*declared.outputs, *names.references(), *_REMARKS])
        cell.report(code, message, help)

    found = find(name, names, say)
    return _Column(name, "subject", *found) if found else _Column(name, "unknown")


def _row(
    node: Node, id: str, columns: list[_Column], declared: Signature, names: Names, inherited: tuple[str, ...]
) -> Placed:
    remarks = {"id": id}
    own: tuple[str, ...] = ()
    tests: list[Test] = []
    then: Given = ()
    always = True
    for column, cell in zip(columns, node.items(), strict=True):
        if column.kind == "remark" and column.name == "source":
            own = _sources(cell, names)
        elif column.kind == "remark":
            remarks[column.name] = _remark(cell, column.name)
        elif column.kind == "output":
            value = output_value(cell, column.output, declared.hit, names)
            then += () if value is None else ((column.name, value),)
        elif cell.value != "any":
            always = False
            if column.ref and column.domain:
                tests += subject_tests(cell, column.ref, column.domain, names)
    condition: Condition = tests[0] if len(tests) == 1 else All(tuple(tests), place=node.place) if tests else ALWAYS
    rule = Rule(
        remarks["id"],
        condition,
        then,
        because=remarks.get("because", ""),
        sources=own or carried(node, names, inherited, "This row"),
        interpretation=remarks.get("interpretation", ""),
        place=node.place,
    )
    return Placed(node, rule, always)


def _remark(cell: Node, name: str) -> str:
    """Return what stands in a column that says something about the row."""
    if not isinstance(cell.value, str):
        cell.report("wrong-type", f"`{name}` is a text, not {wording.value(cell.value)}.", "Put the text in quotes.")
        return ""
    return cell.value


def _sources(cell: Node, names: Names) -> tuple[str, ...]:
    listed = cell.value if isinstance(cell.value, list) else [cell.value]
    if all(isinstance(item, str) for item in listed):
        return cited(cell, names)
    cell.report("wrong-type", "`source` is the id of a statement, or a list of them.", "Write its id.")
    return ()


def _id(row: Node, columns: list[_Column], usual: str) -> str:
    """Return the id of a row of the wrong length, as far as it can be told."""
    for column, cell in zip(columns, row.items(), strict=False):
        if column.kind == "remark" and column.name == "id" and isinstance(cell.value, str):
            return cell.value
    return usual
