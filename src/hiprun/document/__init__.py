"""The text of a rule file → plain data, and a table of where each value and each key stands."""

from __future__ import annotations

from hiprun.document.contents import Document, Path
from hiprun.document.encoding import MOST_BYTES, decode
from hiprun.document.reading import guess_kind, parse
from hiprun.document.scalars import says_nothing
from hiprun.document.tree import MOST_DEPTH, MOST_PROBLEMS, MOST_VALUES

__all__ = [
    "MOST_BYTES",
    "MOST_DEPTH",
    "MOST_PROBLEMS",
    "MOST_VALUES",
    "Document",
    "Path",
    "decode",
    "guess_kind",
    "parse",
    "says_nothing",
]
