"""Tables as workbooks (`.xlsx`). Only here is openpyxl known."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from hiprun.errors import FactError, MissingExtraError, Problem
from hiprun.model.value_conversion import exact, text
from hiprun.workspace.sheet_values import FormulaCell, SheetValue

_MOST_CELLS = 50_000
_MOST_BYTES = 8_000_000
"""Of all the files in a workbook, unpacked."""

_LONGEST_TITLE = 31
_WIDEST = 60
_AS_TEXT = "@"


def write_workbook(title: str, rows: Iterable[Sequence[str | int | Fraction]]) -> bytes:
    """Return rows as a workbook with one sheet. Texts are marked as such, so that none is run or becomes a date."""
    openpyxl = _openpyxl()
    book = openpyxl.Workbook()
    # the same table is the same bytes but for these two
    book.properties.created = book.properties.modified = datetime.datetime(2000, 1, 1)
    sheet = book.active
    sheet.title = title[:_LONGEST_TITLE]
    widths: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        for index, value in enumerate(row, 1):
            cell = sheet.cell(number, index)
            _fill(cell, value)
            shown = value if isinstance(value, str) else text(value)
            widths[cell.column_letter] = max(widths.get(cell.column_letter, 0), min(len(shown) + 2, _WIDEST))
            if number == 1:
                cell.font = openpyxl.styles.Font(bold=True)
    for letter, width in widths.items():
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(cell: Any, value: str | int | Fraction) -> None:
    if not isinstance(value, str) and exact(float(value)) == value:
        cell.value = value if isinstance(value, int) else float(value)
        return
    cell.value = value if isinstance(value, str) else text(value)
    cell.data_type = "s"
    cell.number_format = _AS_TEXT
    cell.quotePrefix = True


def read_workbook(content: bytes) -> list[list[SheetValue]]:
    """Return the cells of the first sheet of a workbook; raises `FactError` for anything that is none."""
    openpyxl = _openpyxl()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                raise FactError([_problem("sheet-too-large", "The workbook is too large.", "Keep one table in it.")])
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        sheet = book.worksheets[0]
        rows: list[list[SheetValue]] = []
        cells = 0
        for row in sheet.iter_rows():
            cells += max(len(row), 1)  # rows that are left out are empty, and there can be any number of them
            if cells > _MOST_CELLS:
                raise FactError([_problem("sheet-too-large", "The sheet has too many cells.", "Keep one table in it.")])
            rows.append([_value(cell) for cell in row])
    except FactError:
        raise
    except Exception:  # openpyxl raises almost anything for a file that is damaged
        raise FactError([_problem("not-a-workbook", "The file is no workbook.", "Save it as .xlsx again.")]) from None
    return rows


def _value(cell: Any) -> SheetValue:
    value = cell.value
    if cell.data_type == "f" or (isinstance(value, str) and cell.data_type == "e"):
        return FormulaCell(str(value))
    if isinstance(value, datetime.time | datetime.timedelta):
        return str(value)
    return value if value != "" else None


def _problem(code: str, message: str, help: str) -> Problem:
    return Problem(code, message, help=help)


def _openpyxl() -> Any:
    try:
        import openpyxl
    except ModuleNotFoundError:
        problem = _problem(
            "missing-extra", "Workbooks need the package openpyxl.", 'Install it with: pip install "hiprun[sheet]"'
        )
        raise MissingExtraError([problem]) from None
    return openpyxl
