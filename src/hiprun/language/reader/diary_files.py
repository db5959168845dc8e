"""Diary files: CSV, JSON Lines or YAML, by the ending of the name."""

from __future__ import annotations

import os
from pathlib import Path

from hiprun.diary.row_reader import Rows
from hiprun.errors import FactError, Problem
from hiprun.language.reader.diary_formats import FORMATS, parse
from hiprun.model.places import Place

MOST_BYTES = 50_000_000

_ENDINGS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".yaml": "yaml"}
_ENDINGS |= {".yml": "yaml", ".json": "yaml"}


def read_diary(path: str | os.PathLike[str]) -> Rows:
    """Return the entries in a file, to be passed to `Pack.facts_from`.

    Raises `FactError` with every mistake in the format of the file. The pack checks what the entries say.
    """
    path = Path(path)
    form = _ENDINGS.get(path.suffix.lower())
    if form is None:
        help = f"Give it a name with one of these endings: {', '.join(FORMATS)}."
        raise FactError(
            [
                Problem(
                    "diary-format",
                    f"`{path.name or path}` is not in a format that a diary can be read from.",
                    help=help,
                )
            ]
        )
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "the system gives no reason").lower()
        raise FactError(
            [Problem("unreadable", f"`{path}` cannot be read: {reason}.", help="Check the path.")]
        ) from None
    if len(content) > MOST_BYTES:
        message = f"This file is larger than {MOST_BYTES:,} bytes."
        raise FactError([Problem("file-too-large", message, Place(path.name), "Leave out the oldest entries.")])
    try:
        return parse(content.decode("utf-8-sig"), path.name, form)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        help = "Save the file as UTF-8; most editors offer that as `Encoding` under `Save as`."
        raise FactError(
            [Problem("not-utf-8", "This line is not saved as UTF-8.", Place(path.name, line), help)]
        ) from None
