"""Characters that are invisible or reverse the direction of text: rejected in rule files and in text facts."""

from __future__ import annotations

import functools
import re
import unicodedata

# These are either not drawn or change the order of letters, so that a reader and a computer would see two different
# texts, or they have no agreed appearance (private use). A zero-width joiner is not among them: some scripts cannot be
# written without it.
_CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_INVISIBLE = (
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff\ufff9-\ufffc\ufffe\uffff"
    "\U000e0000-\U000e007f"
)
PATTERN = f"[{_CONTROL}{_INVISIBLE}]"
"""The same for regular expression engines whose texts cannot contain surrogates."""


@functools.cache
def _hidden() -> re.Pattern[str]:
    """Return the expression, which takes long to compile and not every program needs."""
    return re.compile(f"[{_CONTROL}{_INVISIBLE}\ud800-\udfff]")


def first_hidden_character(text: str) -> str:
    """Return the first hidden character of `text`; empty if there is none.

    >>> first_hidden_character("plain"), first_hidden_character("a\\u202eb")
    ('', '\\u202e')
    """
    match = _hidden().search(text)
    return match[0] if match else ""


def hidden_positions(text: str) -> list[int]:
    """Return the position of each hidden character of `text`."""
    return [match.start() for match in _hidden().finditer(text)]


def character_name(character: str) -> str:
    """Return a name for a character that cannot be shown.

    >>> character_name("\\N{ZERO WIDTH SPACE}")
    'zero width space, U+200B'
    """
    return f"{unicodedata.name(character, 'control character').lower()}, U+{ord(character):04X}"
