"""The text of a diary, as a table (CSV) or one JSON object a line, with an entry more or one fewer."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from hiprun.diary import Rows
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


def with_entry(text: str, form: DiaryFormat, kind: EntryType, entry: Mapping[str, Sequence[str]]) -> str:
    """Return a diary with one entry more: the texts of each field, several for a list.

    A table gets the columns that it does not have yet; its other lines stay as they are unless it does.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text if not text or text.endswith("\n") else f"{text}\n"
    if form == "jsonl":
        values = {name: _json_value(kind, name, texts) for name, texts in entry.items()}
        return f"{text}{json.dumps(values, ensure_ascii=False, default=str)}\n"
    cells = {name: _cell(kind, name, texts) for name, texts in entry.items()}
    table = text.removeprefix("\ufeff").lstrip("\n")
    if not table.strip():
        return _table([list(cells), list(cells.values())], ",")
    head = table.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    columns = [cell.strip() for cell in next(csv.reader([head], delimiter=separator))]
    if missing := [name for name in cells if name not in columns]:
        rows = [row for row in csv.reader(io.StringIO(table), delimiter=separator) if row]
        table = _table([[*rows[0], *missing], *rows[1:]], separator)
        columns += missing
    return table + _table([[cells.get(name, "") for name in columns]], separator)


def without_line(text: str, line: int) -> str:
    """Return a diary without one of its lines, counted from 1."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(kept for number, kept in enumerate(lines, 1) if number != line)


def _table(rows: Sequence[Sequence[str]], separator: str) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="\n").writerows(rows)
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
