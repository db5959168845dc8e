"""A decision table: changed cell by cell, or in a spreadsheet that goes out and comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hiprun.errors import HiprunError, Problem
from hiprun.interfaces.spreadsheets import read_csv, read_workbook, write_csv, write_workbook
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.workbench.context import Context, to
from hiprun.interfaces.workbench.proposals import EFFECT, check_seen, first, seen
from hiprun.workspace import TextEdit
from hiprun.workspace.decision_table import DecisionTable, decision_table
from hiprun.workspace.sheet_changes import changed_by

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ARCHIVE = b"PK"
"""How a workbook begins, which is a zip archive; anything else is read as CSV."""

Cells = Sequence[Sequence[str | None]]


def table_page(context: Context, request: PageRequest) -> PageReply:
    """Show the cells of a table."""
    table = decision_table(context.state.current, first(request.query, "decision"))
    return _table_page(context, table, _texts(table))


def download(context: Context, request: PageRequest) -> PageReply:
    """Return a table for a spreadsheet."""
    table = decision_table(context.state.current, first(request.query, "decision"))
    cells = list(table.cells())
    if first(request.query, "as") == "csv":
        return PageReply(write_csv(cells), media_type="text/csv", download=f"{table.decision}.csv")
    content = write_workbook(table.decision, cells)
    return PageReply(content, media_type=_XLSX, download=f"{table.decision}.xlsx")


def change_cells(context: Context, request: PageRequest) -> PageReply:
    """Change the cells of a table as they were typed."""
    table = decision_table(context.state.current, request.field("decision"))
    check_seen(request, str(_texts(table)))
    typed = [text.strip() or None for text in request.fields.get("cell", ())]
    width = len(table.columns)
    rows = [typed[start : start + width] for start in range(0, len(typed), width)]
    return _changed(context, table, lambda: [list(table.columns), *rows], rows)


def upload(context: Context, request: PageRequest) -> PageReply:
    """Change a table as a spreadsheet has it that came back."""
    table = decision_table(context.state.current, request.field("decision"))
    content = request.files.get("sheet", b"")
    read = read_workbook if content.startswith(_ARCHIVE) else read_csv
    return _changed(context, table, lambda: read(content), _texts(table))


def _changed(context: Context, table: DecisionTable, sheet: Callable[[], Any], shown: Cells) -> PageReply:
    """Take over the cells of a sheet that differ; where that cannot be, say why beside those that are `shown`."""
    workspace = context.state.current
    try:
        after = changed_by(workspace, table, sheet())
    except HiprunError as error:
        return _table_page(context, table, shown, error.problems)
    if after.changes:
        lines = workspace.text(table.file).replace("\r\n", "\n").split("\n")
        edit = TextEdit(table.file, (1, 1), (len(lines), len(lines[-1]) + 1), after.workspace.text(table.file))
        said = ", ".join(after.changes[:3]) + (" …" if len(after.changes) > 3 else "")
        context.session.edit([edit], context.words.text("workbench.done.table", name=table.decision, changes=said))
    return to(EFFECT)


def _texts(table: DecisionTable) -> Cells:
    """Return the cells of each row as they are typed."""
    return [list(row) for row in read_csv(write_csv(table.cells()))[1:]]  # type: ignore[arg-type]


def _table_page(context: Context, table: DecisionTable, rows: Cells, problems: Sequence[Problem] = ()) -> PageReply:
    pack = context.pack
    decision = pack.decisions.get(table.decision) if pack else None
    return context.page(
        "table.html",
        "change",
        422 if problems else 200,
        table=table,
        seen=seen(str(_texts(table))),
        title=(decision.title if decision else "") or table.decision,
        rows=rows,
        problems=problems,
    )
