"""Tables as CSV, with cells that a spreadsheet would run marked as texts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction

from hiprun.errors import FactError, Problem
from hiprun.model.value_conversion import text
from hiprun.plan.spreadsheet_cells import MARK, escaped_cell
from hiprun.workspace.sheet_values import SheetValue

_MOST_BYTES = 8_000_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def write_csv(rows: Iterable[Sequence[str | int | Fraction]]) -> bytes:
    """Return rows as CSV that spreadsheets open with the right characters."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    for row in rows:
        writer.writerow([escaped_cell(cell) if isinstance(cell, str) else text(cell) for cell in row])
    return _BYTE_ORDER_MARK + written.getvalue().encode("utf-8")


def read_csv(content: bytes) -> list[list[SheetValue]]:
    """Return the cells of a CSV file, separated by commas, semicolons or tabs; raises `FactError`."""
    if len(content) > _MOST_BYTES:
        raise FactError([Problem("sheet-too-large", "The file is too large.", help="Keep one table in it.")])
    try:
        written = content.removeprefix(_BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError:
        help = "Save it as “CSV UTF-8” from the spreadsheet."
        raise FactError([Problem("not-utf-8", "The file is not written in UTF-8.", help=help)]) from None
    first = written.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(written, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise FactError([Problem("not-csv", f"The file is not CSV: {error}.", help="Save it as CSV again.")]) from None
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(cell: str) -> str | None:
    unmarked = cell.removeprefix(MARK)
    return (unmarked if escaped_cell(unmarked) == cell else cell) or None
