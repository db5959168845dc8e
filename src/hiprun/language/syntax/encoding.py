"""The bytes of a UTF-8 file → its text, with one kind of line break."""

from __future__ import annotations

from hiprun.errors import Problem
from hiprun.language.bounds import MOST_BYTES
from hiprun.model.places import Place, SourceText

_SAVE_AS_UTF_8 = "Save the file as UTF-8; most editors offer that as `Encoding` under `Save as`."
_OTHER_FORMATS = {
    b"PK": "a compressed file, such as a Word or Excel document",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an Office document",
}


def decode(content: bytes, file: str) -> tuple[SourceText | None, list[Problem]]:
    """Return the text of a file saved as UTF-8, with or without a byte order mark, or what is wrong with it."""
    if len(content) > MOST_BYTES:
        return None, [too_large(file)]
    for beginning, format_name in _OTHER_FORMATS.items():
        if content.startswith(beginning):
            return None, [Problem("not-text", f"This is {format_name}, not plain text.", Place(file), _SAVE_AS_UTF_8)]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:4]:
        return None, [Problem("not-utf-8", "This file is saved as UTF-16, not as UTF-8.", Place(file), _SAVE_AS_UTF_8)]
    try:
        return SourceText(file, _one_line_break(content.decode("utf-8-sig"))), []
    except UnicodeDecodeError as error:
        return None, [_not_utf_8(content.removeprefix(b"\xef\xbb\xbf"), error.start, file)]


def too_large(file: str) -> Problem:
    """Return the problem of a file that is longer than any rule file needs to be."""
    return Problem(
        "file-too-large",
        f"This file is larger than {MOST_BYTES:,} bytes.",
        Place(file),
        "Split it into several files of the same kind, in the same folder.",
    )


def normalise(source: SourceText) -> SourceText:
    """Return the text with one kind of line break, and without a byte order mark."""
    return SourceText(source.file, _one_line_break(source.text.removeprefix("\ufeff")))


def _one_line_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_utf_8(content: bytes, start: int, file: str) -> Problem:
    before = _one_line_break(content[:start].decode())
    # The rest is decoded as Windows would, the usual origin of such files.
    after = _one_line_break(content[start:].decode("cp1252", "replace"))
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    guess, source_line = after[:1], SourceText(file, before + after).line(line)
    suggestion = "" if guess == "\ufffd" else f"; it was probably meant as `{guess}`"
    return Problem(
        "not-utf-8",
        f"This character is not saved as UTF-8{suggestion}.",
        Place(file, line, column),
        _SAVE_AS_UTF_8,
        source_line,
    )
