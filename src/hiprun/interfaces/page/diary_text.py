"""The text of a diary, as a table (CSV) or one JSON object a line, with an entry more, changed, or one fewer."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from hiprun.diary import Rows
from hiprun.diary.row_reader import Row
from hiprun.errors import FactError
from hiprun.language.reader.diary_formats import parse
from hiprun.model import EntryType

DiaryFormat: TypeAlias = Literal["csv", "jsonl"]
FILE_NAMES: Mapping[DiaryFormat, str] = {"csv": "diary.csv", "jsonl": "diary.jsonl"}
MEDIA_TYPES: Mapping[DiaryFormat, str] = {"csv": "text/csv", "jsonl": "application/jsonl"}

_SEPARATORS = ",;\t"
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)([.][0-9]+)?")


def format_of(text: str) -> DiaryFormat:
    """Return the format of a diary: lines of JSON begin with a brace."""
    return "jsonl" if text.lstrip("\ufeff \r\n\t").startswith("{") else "csv"


def read(text: str, form: DiaryFormat) -> Rows:
    """Return the entries in a diary; raises `FactError` with every mistake in its format."""
    return parse(text, FILE_NAMES[form], form)


def with_entry(
    text: str, form: DiaryFormat, kind: EntryType, entry: Mapping[str, Sequence[str]], *, was: str = ""
) -> str:
    """Return a diary with one entry more, or in place of the line `was`: the texts of each field, several for a list.

    A table gets the columns that it does not have yet; all other lines stay as they are.
    Raises LookupError if there is no line `was`.
    """
    lines = lines_of(text.removeprefix("\ufeff"))
    while lines and not lines[0].strip():
        del lines[0]
    if form == "jsonl":
        values = {name: _json_value(kind, name, texts) for name, texts in entry.items()}
        return _with_line(lines, json.dumps(values, ensure_ascii=False, default=str), was)
    cells = {name: _cell(kind, name, texts) for name, texts in entry.items()}
    separator = max(_SEPARATORS, key=lines[0].count) if lines else ","
    columns = [cell.strip() for cell in next(csv.reader(lines[:1], delimiter=separator), ())]
    if missing := [name for name in cells if name not in columns]:
        columns += missing
        lines[:1] = [_row(columns, separator)]
    return _with_line(lines, _row([cells.get(name, "") for name in columns], separator), was)


def line_of(text: str, form: DiaryFormat, row: Row) -> str:
    """Return the line of a diary that is an entry; empty if the entry goes on in other lines."""
    lines = lines_of(text)
    line = lines[row.line - 1]
    head = next(line for line in lines if line.strip()) if form == "csv" else ""
    try:
        (found,) = read(f"{head}\n{line}", form).rows
    except (FactError, ValueError):
        return ""
    return line if found.values == row.values else ""


def lines_of(text: str) -> list[str]:
    """Return the lines of a diary, however they end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def _with_line(lines: list[str], line: str, was: str) -> str:
    if not was:
        lines.append(line)
    elif was in lines:
        lines[lines.index(was)] = line
    else:
        raise LookupError(was)
    return "".join(f"{line}\n" for line in lines)


def without_line(text: str, line: int) -> str:
    """Return a diary without one of its lines, counted from 1."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(kept for number, kept in enumerate(lines, 1) if number != line)


def _row(cells: Sequence[str], separator: str) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="").writerow(cells)
    return written.getvalue()


def _cell(kind: EntryType, name: str, texts: Sequence[str]) -> str:
    return "; ".join(texts) if name in kind.fields and kind.fields[name].type == "set" else texts[0]


def _json_value(kind: EntryType, name: str, texts: Sequence[str]) -> Any:
    if name not in kind.fields:
        return texts[0]
    match kind.fields[name].type:
        case "set":
            return [text for text in texts if text != "none" or "none" in kind.fields[name].choices]
        case "boolean":
            return {"true": True, "false": False}.get(texts[0], texts[0])
        case "integer" | "number" if _NUMBER.fullmatch(texts[0]):
            return float(texts[0]) if "." in texts[0] else int(texts[0])
        case _:
            return texts[0]
