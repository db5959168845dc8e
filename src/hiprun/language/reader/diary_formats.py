"""The text of a diary, as CSV, JSON Lines or YAML → rows, or every mistake in its format."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

import attrs

from hiprun.diary.row_reader import MOST_ENTRIES, MOST_PROBLEMS, Row, Rows, at_most, too_long
from hiprun.errors import FactError, Problem
from hiprun.language import syntax
from hiprun.model.places import Place, SourceText

MOST_COLUMNS = 1000
"""How many columns the table of a diary may have."""

_SEPARATORS = (",", ";", "\t")


def parse(text: str, file: str, format: str) -> Rows:
    """Return the rows of a diary in one of the `FORMATS`; `file` names it in messages.

    >>> parse("when,what,litres\\n2026-05-01 07:30,watering,2.5\\n", "diary.csv", "csv").rows[0].values
    {'when': '2026-05-01 07:30', 'what': 'watering', 'litres': '2.5'}
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return Rows((), file)
    rows, problems = FORMATS[format](SourceText(file, text))
    if len(rows.rows) > MOST_ENTRIES:
        raise FactError([attrs.evolve(too_long(), place=Place(file))])
    if problems:
        raise FactError(at_most(problems))
    return rows


def _csv(source: SourceText) -> tuple[Rows, list[Problem]]:
    lines = source.text.split("\n")
    header = next(line for line in lines if line.strip())
    separator = max(_SEPARATORS, key=header.count)
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True)
    table = Rows((), source.file, cells=True, lines=tuple(lines))
    problems: list[Problem] = []
    names: tuple[str, ...] = ()
    rows: list[Row] = []
    line = 1
    try:
        for cells in islice(reader, MOST_ENTRIES + 2):
            first_line, line = line, reader.line_num + 1
            if not any(map(str.strip, cells)):
                continue
            if not names:
                names = tuple(cell.strip() for cell in cells)
                problems += _header(table, names, first_line)
                if len(names) > MOST_COLUMNS:
                    break
                continue
            values = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()}
            if len(cells) > len(names) and any(map(str.strip, cells[len(names) :])):
                problems.append(
                    table.problem(
                        "row-length",
                        f"This line has {len(cells)} values, but there are {len(names)} columns.",
                        first_line,
                        help=f'Put a value that contains the separator `{separator}` in quotes: `"…"`.',
                    )
                )
            rows.append(Row(len(rows) + 1, first_line, values))
            if len(problems) > MOST_PROBLEMS:
                break
    except csv.Error:
        problems.append(
            table.problem(
                "bad-csv",
                "This line cannot be read as a row of a table.",
                line,
                help="An opening quote must be closed at the end of the value.",
            )
        )
    return attrs.evolve(table, rows=tuple(rows), columns=names), problems


def _header(table: Rows, names: tuple[str, ...], line: int) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    if len(names) > MOST_COLUMNS:
        message = f"There are {len(names):,} columns; a diary has at most {MOST_COLUMNS:,}."
        return [table.problem("too-many-columns", message, line, help="Leave out the columns that are not needed.")]
    for name in names:
        if not name:
            problems.append(table.problem("missing-name", "A column has no name.", line, help="Name it, or delete it."))
        elif name in seen:
            problems.append(
                table.problem(
                    "duplicate-column", f"The column `{name}` appears here twice.", line, help="Delete one of the two."
                )
            )
        seen.add(name)
    return problems


def _json_lines(source: SourceText) -> tuple[Rows, list[Problem]]:
    lines = source.text.split("\n")
    table = Rows((), source.file, lines=tuple(lines))
    problems: list[Problem] = []
    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            values = json.loads(
                line, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_without_duplicates
            )
        except _DuplicateError as error:
            problems.append(
                table.problem("duplicate-name", f"`{error}` appears here twice.", number, help="Delete one of the two.")
            )
        except (ValueError, ArithmeticError, RecursionError):
            problems.append(
                table.problem(
                    "bad-json",
                    "This line cannot be read as JSON.",
                    number,
                    help='Each line is one entry: `{"when": "2026-05-01T07:30", "what": "…"}`.',
                )
            )
        else:
            if isinstance(values, dict):
                rows.append(Row(len(rows) + 1, number, values))
            else:
                problems.append(
                    table.problem(
                        "diary-shape", "This line is not a set of names with values.", number, help="Begin it with `{`."
                    )
                )
        if len(problems) > MOST_PROBLEMS or len(rows) > MOST_ENTRIES:
            break
    return attrs.evolve(table, rows=tuple(rows)), problems


class _DuplicateError(ValueError):
    """A name is used twice in one object."""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        names = [name for name, _ in pairs]
        raise _DuplicateError(next(name for name in names if names.count(name) > 1))
    return entries


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _yaml(source: SourceText) -> tuple[Rows, list[Problem]]:
    table = Rows((), source.file, lines=tuple(source.text.split("\n")))
    document, problems = syntax.parse(source)
    if document is None or problems:
        return table, problems
    entries = document.data.get("entries")
    if not isinstance(entries, list) or len(document.data) > 1:
        path = () if not document.data else (next((name for name in document.data if name != "entries"), "entries"),)
        help = "Write `entries:`, and below it each entry after a dash."
        return table, [document.problem("diary-shape", "A diary is a list of entries.", path, key=True, help=help)]
    rows: list[Row] = []
    for index, entry in enumerate(entries):
        if isinstance(entry, Mapping):
            rows.append(Row(len(rows) + 1, document.place(("entries", index)).line, entry))
        else:
            message = "This entry is not a set of names with values."
            problems.append(document.problem("diary-shape", message, ("entries", index), help="Write `name: value`."))
    return attrs.evolve(table, rows=tuple(rows)), problems


FORMATS: Mapping[str, Callable[[SourceText], tuple[Rows, list[Problem]]]] = {
    "csv": _csv,
    "jsonl": _json_lines,
    "yaml": _yaml,
}
"""The formats of diaries, by name."""
