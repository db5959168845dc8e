"""A decision table as a grid of cells, as a spreadsheet shows it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import attrs

from hiprun.errors import Problem, RuleError, UnknownNameError, did_you_mean
from hiprun.language.export.yaml_layout import inline_text
from hiprun.model import Model
from hiprun.workspace.symbols import Symbol
from hiprun.workspace.workspace import Workspace

_REMARKS = frozenset({"id", "because", "interpretation"})


@attrs.frozen
class DecisionTable:
    """The table of a decision: its file, the names of its columns, and the data of each row.

    In `texts` are the columns whose cells are texts, whatever they look like.
    """

    decision: str
    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    texts: frozenset[str]

    def cells(self) -> Iterator[list[str | int | Fraction]]:
        """Yield the heads and then each row as a sheet shows them: numbers as numbers, anything else as in the file."""
        yield list(self.columns)
        for row in self.rows:
            yield [cell_text(value) for value in row]


def cell_text(value: Any) -> str | int | Fraction:
    """Return the data of a cell as a sheet shows it.

    >>> cell_text({"at_least": 1}), cell_text(True), cell_text("return"), cell_text(4)
    ('{at_least: 1}', 'true', 'return', 4)
    """
    match value:
        case bool() | dict() | list():
            return inline_text(value)
        case _:
            return value  # type: ignore[no-any-return]


def decision_table(workspace: Workspace, decision: str) -> DecisionTable:
    """Return the table of a decision.

    Raises `RuleError` if the pack has mistakes, and `UnknownNameError` if there is no such decision or it is no table.
    """
    model = workspace.model
    if model is None:
        raise RuleError(workspace.problems)
    declaration = workspace.declaration(Symbol("decision", decision))
    if declaration is None:
        message = f"There is no decision `{decision}`."
        help = did_you_mean(decision, model.decisions)
        raise UnknownNameError([Problem("unknown-decision", message, help=help, subject=decision)])
    document = workspace.results[declaration.file].document
    assert document is not None
    if "table" not in document.data:
        tables = [name for name, entry in model.decisions.items() if entry.kind == "table"]
        message = f"`{decision}` is not written as a table."
        raise UnknownNameError([Problem("no-table", message, help=f"Tables: {', '.join(tables) or 'none'}.")])
    columns, *rows = document.data["table"]
    texts = frozenset(name for name in columns if _is_text(model, decision, name))
    return DecisionTable(decision, declaration.file, tuple(columns), tuple(map(tuple, rows)), texts)


def _is_text(model: Model, decision: str, column: str) -> bool:
    outputs = {output.name: output.domain for output in model.decisions[decision].outputs}
    domain = outputs.get(column) or (model.facts[column].domain if column in model.facts else None)
    return column in _REMARKS or (domain is not None and domain.type == "string")
