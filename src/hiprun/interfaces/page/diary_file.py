"""The file that a person keeps the diary in, where the page was started with one."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from pathlib import Path

import attrs

from hiprun.diary import Rows
from hiprun.errors import FactError, HiprunError, Problem
from hiprun.interfaces.page.diary_text import DiaryFormat
from hiprun.language.reader.diary_files import read_diary

_FORMATS: Mapping[str, DiaryFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


@attrs.frozen
class DiaryFile:
    """A diary in a file, which is made with the first entry. `lock` is held while it is read, changed and written."""

    path: Path
    form: DiaryFormat
    lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, eq=False, repr=False)

    def rows(self) -> Rows:
        """Return the entries; raises `FactError` with every mistake in the format."""
        return read_diary(self.path) if self.path.exists() else Rows((), self.path.name)

    def text(self) -> str:
        """Return the whole text; raises `FactError` if it cannot be read as a diary."""
        return self.path.read_text(encoding="utf-8-sig") if self.rows().rows else ""

    def write(self, text: str) -> None:
        """Replace the text: whatever happens, the file has the old text or the new one.

        Raises `FactError` if the file cannot be written.
        """
        name = self.path.with_name(f".{self.path.name}.new")
        try:
            with name.open("w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            if self.path.exists():
                name.chmod(self.path.stat().st_mode & 0o7777)
            name.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                name.unlink()
            reason = (error.strerror or "the system gives no reason").lower()
            message = f"`{self.path.name}` cannot be written: {reason}. Nothing was written down."
            raise FactError([Problem("unwritable", message)]) from None


def diary_file(path: str) -> DiaryFile:
    """Return the diary at a path; raises `HiprunError` if entries cannot be added to files of its kind."""
    form = _FORMATS.get(Path(path).suffix.lower())
    if form is None:
        message = f"`{path}` is not a kind of file that the page can add entries to."
        help = f"Give it a name with one of these endings: {', '.join(_FORMATS)}."
        raise HiprunError([Problem("diary-format", message, help=help)])
    return DiaryFile(Path(path), form)
