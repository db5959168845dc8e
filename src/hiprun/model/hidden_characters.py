"""Characters that no one sees, or that turn text around: refused in rule files and in texts given as facts."""

from __future__ import annotations

import re
import unicodedata

# Everything here is either drawn as nothing or turns the order of letters around, so a reader and a computer
# would see two different texts; or it has no agreed look (private use). A zero-width joiner is not here: some scripts
# cannot be written without it.
_CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_UNSEEN = (
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff\ufff9-\ufffc\ufffe\uffff"
    "\U000e0000-\U000e007f"
)
_HIDDEN = re.compile(f"[{_CONTROL}{_UNSEEN}\ud800-\udfff]")

PATTERN = f"[{_CONTROL}{_UNSEEN}]"
"""The same for the regular expressions of other engines, whose texts cannot hold halves of characters."""


def hidden(text: str) -> str:
    """Return the first character of `text` that cannot be seen; empty when there is none.

    >>> hidden("plain"), hidden("a\\u202eb")
    ('', '\\u202e')
    """
    match = _HIDDEN.search(text)
    return match[0] if match else ""


def all_hidden(text: str) -> list[int]:
    """Return where `text` has characters that cannot be seen."""
    return [match.start() for match in _HIDDEN.finditer(text)]


def name_of(character: str) -> str:
    """Return what to call a character that cannot be shown.

    >>> name_of("\\N{ZERO WIDTH SPACE}")
    'zero width space, U+200B'
    """
    return f"{unicodedata.name(character, 'control character').lower()}, U+{ord(character):04X}"
