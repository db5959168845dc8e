"""The text of a rule file → plain data, and a table of the places of each value and each key."""

from __future__ import annotations

from hiprun.language.bounds import MOST_BYTES
from hiprun.language.syntax.builder import MOST_DEPTH, MOST_PROBLEMS, MOST_VALUES
from hiprun.language.syntax.document import Document, Path
from hiprun.language.syntax.encoding import decode
from hiprun.language.syntax.parse import guess_kind, parse
from hiprun.language.syntax.scalars import is_null

__all__ = [
    "MOST_BYTES",
    "MOST_DEPTH",
    "MOST_PROBLEMS",
    "MOST_VALUES",
    "Document",
    "Path",
    "decode",
    "guess_kind",
    "is_null",
    "parse",
]
