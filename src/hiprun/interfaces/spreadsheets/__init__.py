"""Decision tables as spreadsheets: `.csv`, and `.xlsx` with the extra `sheet`."""

from __future__ import annotations

from hiprun.interfaces.spreadsheets.csv_files import read_csv, write_csv
from hiprun.interfaces.spreadsheets.workbooks import read_workbook, write_workbook

__all__ = ["read_csv", "read_workbook", "write_csv", "write_workbook"]
