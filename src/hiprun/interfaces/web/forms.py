"""The fields and files of a form that was sent, read within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs

from hiprun.interfaces.web.messages import Fields

MOST_FIELDS = 2_000
_BOUNDARY = re.compile(r'multipart/form-data\s*;.*?\bboundary="?([^\s";]{1,70})"?', re.IGNORECASE)
_DISPOSITION = b"content-disposition:"
_NAME = re.compile(rb';[ \t]*name="([^"]*)"', re.IGNORECASE)
_FILE_NAME = re.compile(rb';[ \t]*filename="', re.IGNORECASE)


def read_form(content_type: str, body: bytes) -> tuple[Fields, dict[str, bytes]]:
    """Return the fields and the files of a form; nothing if the body is not a form. ValueError if there are too many.

    >>> read_form("application/x-www-form-urlencoded", b"a=1&a=2")
    ({'a': ['1', '2']}, {})
    """
    boundary = _BOUNDARY.match(content_type)
    if boundary is None:
        if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
            return {}, {}
        return read_query(body.decode("utf-8", "replace")), {}
    fields: dict[str, list[str]] = {}
    files: dict[str, bytes] = {}
    for head, content in _parts(body, boundary[1].encode("latin-1", "replace")):
        said = next((line for line in head.split(b"\r\n") if line.lower().startswith(_DISPOSITION)), b"")
        name = _NAME.search(said)
        if name is None:
            continue
        key = name[1].decode("utf-8", "replace")
        if _FILE_NAME.search(said):
            files[key] = content
        else:
            fields.setdefault(key, []).append(content.decode("utf-8", "replace"))
    return fields, files


def read_query(text: str) -> Fields:
    """Return the fields in the query of an address; ValueError if there are too many."""
    return parse_qs(text, max_num_fields=MOST_FIELDS)


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the head and the content of each part of a form with files."""
    delimiter = b"\r\n--" + boundary
    parts = (b"\r\n" + body).split(delimiter, MOST_FIELDS + 2)
    if len(parts) > MOST_FIELDS + 2:
        raise ValueError("too many fields")
    for part in parts[1:]:
        head, separator, content = part.partition(b"\r\n\r\n")
        if separator:
            yield head, content
