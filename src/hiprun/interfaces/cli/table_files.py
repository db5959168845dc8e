"""Parquet, CSV and TSV files, read and written in batches; the ending of the name says which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

import attrs
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from hiprun.errors import FactError, Problem
from hiprun.plan.spreadsheet_cells import FORMULA, MARK, NUMBER, escaped_cell

DELIMITERS = {".csv": ",", ".tsv": "\t"}
"""The delimiters with which text files are written, by ending."""

ROWS_IN_BATCH = 65_536
"""The most rows in a batch: enough to benefit from columns, few enough for memory."""

CHOICE_SEPARATOR = ";"
"""The separator between the entries of a list in CSV."""

MOST_COLUMNS = 10_000
"""How many columns a table may have."""

EMPTY_LIST = "[]"

_BLOCK_SIZE = 1 << 22

Batches: TypeAlias = Iterator[tuple[Any, int]]
"""Batches of rows, each with how much of the file has been read."""


@attrs.frozen
class TableReader:
    """A file of rows: its schema, its length, and its batches; in CSV and TSV every column is text."""

    schema: Any
    length: int
    batches: Callable[[], Batches]


def open_table(path: Path) -> TableReader:
    """Return a reader for a file; raises `FactError` if it cannot be read."""
    with _readable(path):
        with path.open("rb") as file:
            line = file.readline(_BLOCK_SIZE)
        reader = _csv(path, line) if path.suffix.lower() in DELIMITERS else _parquet(path)
    names = reader.schema.names
    _check_width(path, len(names))
    if len(set(names)) < len(names):
        message = f"Two columns of `{path}` have the same name."
        raise FactError([Problem("column-twice", message, help="Rename one of them.")])
    return reader


def _check_width(path: Path, columns: int) -> None:
    if columns > MOST_COLUMNS:
        message = f"`{path}` has {columns:,} columns; a table has at most {MOST_COLUMNS:,}."
        raise FactError([Problem("too-many-columns", message, help="Leave out the columns that are not needed.")])


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise FactError([file_problem("unreadable-table", f"`{path}` cannot be read", error)]) from None


def file_problem(code: str, summary: str, error: Exception) -> Problem:
    """Return a problem with a file, in the words of the library that reported it."""
    if isinstance(error, OSError) and error.strerror:
        return Problem(code, f"{summary}: {error.strerror}.")
    first_line = next(iter(str(error).strip().splitlines()), "no reason is given")
    help_ = "Save it as UTF-8." if "UTF8" in first_line else ""
    return Problem(code, f"{summary}: {first_line}", help=help_)


def _parquet(path: Path) -> TableReader:
    file = pa.parquet.ParquetFile(path)

    def batches() -> Batches:
        rows_read = 0
        with _readable(path):
            for batch in file.iter_batches(ROWS_IN_BATCH):
                rows_read += batch.num_rows
                yield pa.table(batch), rows_read

    return TableReader(file.schema_arrow, file.metadata.num_rows, batches)


def _csv(path: Path, line: bytes) -> TableReader:
    delimiter = _delimiter(path, line)
    parse_options = pa.csv.ParseOptions(
        delimiter=delimiter,
        newlines_in_values=True,
        ignore_empty_lines=delimiter.encode() in line,  # in a table with a single column, a row may be empty
    )
    _check_width(path, line.count(delimiter.encode()) + 1)
    read_options = pa.csv.ReadOptions(block_size=_BLOCK_SIZE)
    if not line.strip():
        return TableReader(pa.schema([]), 0, lambda: iter(()))
    with pa.csv.open_csv(path, read_options=read_options, parse_options=parse_options) as header_reader:
        schema = pa.schema([(name, pa.string()) for name in header_reader.schema.names])
    convert_options = pa.csv.ConvertOptions(
        column_types={name: pa.string() for name in schema.names}, strings_can_be_null=True, null_values=[""]
    )

    def batches() -> Batches:
        with (
            path.open("rb") as source,
            _readable(path),
            pa.csv.open_csv(
                source, read_options=read_options, parse_options=parse_options, convert_options=convert_options
            ) as reader,
        ):
            for batch in reader:
                for start in range(0, batch.num_rows, ROWS_IN_BATCH):
                    yield pa.table(batch.slice(start, ROWS_IN_BATCH)), source.tell()

    return TableReader(schema, path.stat().st_size, batches)


def _delimiter(path: Path, line: bytes) -> str:
    """Return the delimiter: in CSV, the one that is most frequent in the first line."""
    if path.suffix.lower() == ".tsv":
        return DELIMITERS[".tsv"]
    return max((",", ";", "\t"), key=lambda delimiter: line.count(delimiter.encode()))


class TableWriter:
    """A file that is written in batches, and appears under its name only when it is complete."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.part = path.with_name(f"{path.name}.part")
        self._delimiter = DELIMITERS.get(path.suffix.lower())
        self._writer: Any = None

    def __enter__(self) -> TableWriter:
        return self

    def write(self, table: Any) -> None:
        """Write a table with the same columns as all others; raises `FactError` if that fails."""
        table = _csv_table(table) if self._delimiter else table
        with self._writable():
            if self._writer is None:
                self.part.touch()
                self._writer = self._open_writer(table.schema)
            self._writer.write_table(table)

    def _open_writer(self, schema: Any) -> Any:
        if self._delimiter is None:
            return pa.parquet.ParquetWriter(str(self.part), schema)
        options = pa.csv.WriteOptions(delimiter=self._delimiter)
        return pa.csv.CSVWriter(str(self.part), schema, write_options=options)

    @contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            raise FactError([file_problem("unwritable-table", f"`{self.path}` cannot be written", error)]) from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with self._writable():
                if self._writer is not None:
                    self._writer.close()
                if kind is None:
                    self.part.replace(self.path)
        finally:
            self.part.unlink(missing_ok=True)


def _csv_table(table: Any) -> Any:
    """Return a table for CSV: lists and dictionary columns as texts, and texts escaped that a spreadsheet would run."""
    for index, field in enumerate(table.schema):
        column = table.column(index)
        if pa.types.is_dictionary(field.type):
            table = table.set_column(index, field.name, column.cast(pa.string()))
        elif pa.types.is_list(field.type) or pa.types.is_large_list(field.type):
            joined = pa.compute.binary_join(column.cast(pa.list_(pa.string())), CHOICE_SEPARATOR)
            texts = pa.compute.if_else(pa.compute.equal(joined, ""), EMPTY_LIST, joined)
            table = table.set_column(index, field.name, texts)
    for index, field in enumerate(table.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            table = table.set_column(index, field.name, _escaped(table.column(index)))
    return table.rename_columns([escaped_cell(name) for name in table.schema.names])


def _escaped(texts: Any) -> Any:
    compute = pa.compute
    harmless = compute.or_(
        compute.invert(compute.match_substring_regex(texts, FORMULA)), compute.match_substring_regex(texts, NUMBER)
    )
    marked = compute.binary_join_element_wise(pa.scalar(MARK, texts.type), texts, pa.scalar("", texts.type))
    return compute.if_else(harmless, texts, marked)
