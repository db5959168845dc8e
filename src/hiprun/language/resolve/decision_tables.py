"""The table of a decision → its rules, one for each row."""

from __future__ import annotations

import re
from typing import Literal

import attrs

from hiprun.errors import suggestion
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.citations import required_sources
from hiprun.language.resolve.conditions import subject_tests
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.names import Names, Signature, resolve_name
from hiprun.language.resolve.outputs import RuleOutputs, RuleWithNode, check_complete, output_value
from hiprun.model import All, Condition, Domain, Output, Ref, Rule
from hiprun.model.corrections import AnyHelp, Help, Quote

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_INPUTS = ("subject", "unknown")
_REMARKS = ("id", "because", "source", "interpretation")


@attrs.frozen
class _Column:
    """A column of a table: a subject of tests, an output, a remark, or unknown after a mistake."""

    name: str
    kind: Literal["subject", "output", "remark", "unknown"]
    ref: Ref | None = None
    domain: Domain | None = None
    output: Output | None = None


def table_rules(node: Node, declared: Signature, names: Names, inherited: tuple[str, ...]) -> list[RuleWithNode]:
    """Return the rows of the table at `node` as rules."""
    header, *body = node.items()
    columns = _columns(header, declared, names)
    return [_row_rule(row, number, columns, declared, names, inherited) for number, row in enumerate(body, 1)]


def _columns(header: Node, declared: Signature, names: Names) -> list[_Column]:
    columns: list[_Column] = []
    seen = set()
    for cell in header.items():
        name = cell.value
        if name in seen:
            cell.report("duplicate-column", f"The column `{name}` appears here twice.", "Delete one of the two.")
        seen.add(name)
        columns.append(_column(cell, name, declared, names))
    kinds = {column.kind for column in columns}
    if kinds.isdisjoint(_INPUTS):
        header.report(
            "no-input-column", "This table asks about nothing: no column is a fact.", "Add a column that names a fact."
        )
    if declared.policy.takes == "nothing":
        if "output" in kinds:
            header.report(
                "then-not-allowed",
                f"Under `hit: {declared.policy.name}`, rows are only counted.",
                "Delete the output's column.",
            )
    elif "unknown" not in kinds:
        names_present = {column.name for column in columns}
        check_complete(header, names_present, declared, "Add a column `{}`.", partly=declared.policy.takes == "ranks")
    return columns


def _column(cell: Node, name: str, declared: Signature, names: Names) -> _Column:
    is_output, is_subject = name in declared.outputs, name in names.facts or name in names.derived
    if is_subject and (is_output or name in _REMARKS):
        other_meaning = "an output of this decision" if is_output else "a remark on a row"
        cell.report(
            "ambiguous-column",
            f"`{name}` is a fact and also {other_meaning}.",
            "Rename one of them, or use `rules` instead of a table.",
        )
        return _Column(name, "unknown")
    if is_output:
        return _Column(name, "output", output=declared.outputs[name])
    if name in _REMARKS:
        return _Column(name, "remark")

    def report(code: str, message: str, help: AnyHelp, name: str) -> None:
        if code == "unknown-name":
            code, message = "unknown-column", f"`{name}` is neither a fact nor an output of this decision."
            help = suggestion(name, [*declared.outputs, *names.references(), *_REMARKS])
        cell.report(code, message, help, name)

    subject = resolve_name(name, names, report)
    return _Column(name, "subject", *subject) if subject else _Column(name, "unknown")


def _row_rule(
    node: Node, number: int, columns: list[_Column], declared: Signature, names: Names, inherited: tuple[str, ...]
) -> RuleWithNode:
    cells = list(zip(columns, node.items(), strict=False))
    remarks = {column.name: cell for column, cell in cells if column.kind == "remark"}
    own_id = _id_cell(remarks.get("id"))
    id = own_id.value if own_id else f"row-{number}"
    if len(node.value) != len(columns):
        node.report(
            "row-length",
            f"This row has {len(node.value)} cells, but the table has {len(columns)} columns.",
            f"Write one cell for each of {message_wording.name_list((column.name for column in columns), max_names=20)}"
            "; where a fact does not matter, write `any`.",
        )
        return RuleWithNode(node, Rule(id), own_id, unconditional=False)
    inputs = [(column, cell) for column, cell in cells if column.kind in _INPUTS and cell.value != "any"]
    rule = Rule(
        id,
        _condition(node, inputs, names),
        _outputs(cells, declared, names),
        because=_remark_text(remarks.get("because")),
        sources=required_sources(node, remarks.get("source"), names, inherited, "This row"),
        interpretation=_remark_text(remarks.get("interpretation")),
        place=node.place,
    )
    return RuleWithNode(node, rule, own_id, unconditional=not inputs)


def _condition(node: Node, inputs: list[tuple[_Column, Node]], names: Names) -> Condition:
    tests = [
        test
        for column, cell in inputs
        if column.ref and column.domain
        for test in subject_tests(cell, column.ref, column.domain, names)
    ]
    return tests[0] if len(tests) == 1 else All(tuple(tests), place=node.place)


def _outputs(cells: list[tuple[_Column, Node]], declared: Signature, names: Names) -> RuleOutputs:
    outputs = (
        (column.name, output_value(cell, column.output, declared.policy, names))
        for column, cell in cells
        if column.kind == "output"
    )
    return tuple((name, value) for name, value in outputs if value is not None)


def _remark_text(cell: Node | None) -> str:
    """Return the text of a cell in a column of remarks."""
    if cell is None or isinstance(cell.value, str):
        return cell.value if cell else ""
    cell.report(
        "wrong-type",
        f"Text is needed here, not {message_wording.value_words(cell.value)}.",
        Help("Put it in quotes.", Quote()),
    )
    return ""


def _id_cell(cell: Node | None) -> Node | None:
    """Return the cell with the id of a row; None if there is none, or after a mistake."""
    if not cell or not _remark_text(cell):
        return None
    if _ID.match(cell.value):
        return cell
    suggestion = "-".join(re.findall(r"[a-z0-9]+", cell.value.lower()))
    cell.report(
        "bad-name",
        f"`{cell.value}` cannot be the id of a row.",
        f"Ids consist of lower-case letters and digits, joined by `-`: write `{suggestion or 'row-a'}`.",
    )
    return None
