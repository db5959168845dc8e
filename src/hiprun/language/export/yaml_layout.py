"""Plain data → YAML as people write it: short things in one line, long ones in several, quotes only where needed."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hiprun.language.syntax.scalars import read
from hiprun.model import Number
from hiprun.model.value_conversion import MOST_DIGITS, decimal
from hiprun.model.value_conversion import text as number_text

WIDTH = 120
_LONGEST_PLAIN_NUMBER = 20
_PLAIN = re.compile(r"(?:[\w(°]|-\d)[^:#\n\t]*(?<! )\Z")
_ENDS_IN_BRACKETS = frozenset(",[]{}")


def yaml(document: Mapping[str, Any]) -> str:
    """Return the text of a rule file that holds `document`: mappings, lists, texts, exact numbers, booleans.

    >>> print(yaml({"facts": {"warm": {"ask": "Is it warm?", "type": "boolean"}}}), end="")
    facts:
      warm: {ask: Is it warm?, type: boolean}
    """
    return "".join(f"{line}\n" for line in _mapping(document, "", opened=True))


def number(value: Number) -> str:
    """Return a number in decimal notation that reads back exactly.

    >>> number(Fraction(1, 8)), number(10**30)
    ('0.125', '1e30')
    """
    plain = number_text(value)
    if len(plain) <= _LONGEST_PLAIN_NUMBER:
        return plain
    sign, digits, exponent = Decimal(decimal(value)).as_tuple()
    written = "".join(map(str, digits))
    zeros = min(len(written) - len(written.rstrip("0")), MOST_DIGITS)
    shift = int(exponent) + zeros
    return f"{'-' * sign}{written[: len(written) - zeros]}{f'e{shift}' if shift else ''}"


def _mapping(entries: Mapping[str, Any], indent: str, *, opened: bool = False) -> Iterator[str]:
    """Yield the lines of a mapping; with `opened`, what stands in it begins lines of its own, however short."""
    for name, value in entries.items():
        start = f"{indent}{_text(name, in_brackets=True)}:"
        if isinstance(value, str):
            yield from _long_text(start, value, indent)
        elif not isinstance(value, dict | list) or _fits(start, value, opened=opened):
            yield f"{start} {in_line(value)}"
        else:
            yield start
            yield from _mapping(value, f"{indent}  ") if isinstance(value, dict) else _list(value, f"{indent}  ")


def _list(items: list[Any], indent: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, dict) and not _fits(f"{indent}-", item):
            first, *others = _mapping(item, f"{indent}  ")
            yield f"{indent}- {first[len(indent) + 2 :]}"
            yield from others
        else:
            yield f"{indent}- {in_line(item)}"


def _fits(start: str, value: Any, *, opened: bool = False) -> bool:
    holds_more = isinstance(value, list | dict) and any(
        isinstance(part, list | dict) for part in (value.values() if isinstance(value, dict) else value)
    )
    return not (opened and holds_more) and len(start) + 1 + len(in_line(value)) <= WIDTH


def in_line(value: Any) -> str:
    """Return a value as it stands in one line of a rule file.

    >>> in_line({"warm": True, "colours": ["red", "on"]})
    '{warm: true, colours: [red, "on"]}'
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Fraction():
            return number(value)
        case dict():
            entries = (f"{_text(name, in_brackets=True)}: {in_line(part)}" for name, part in value.items())
            return f"{{{', '.join(entries)}}}"
        case list():
            return f"[{', '.join(map(in_line, value))}]"
        case _:
            return _text(value, in_brackets=True)


def _long_text(start: str, text: str, indent: str) -> Iterator[str]:
    line = f"{start} {_text(text, in_brackets=False)}"
    lines = textwrap.wrap(text, WIDTH - len(indent) - 2, break_long_words=False, break_on_hyphens=False)
    if len(line) > WIDTH and " ".join(lines) == text and text.isprintable():
        yield f"{start} >-"
        yield from (f"{indent}  {part}" for part in lines)
    else:
        yield line


def _text(text: str, *, in_brackets: bool) -> str:
    ends_early = in_brackets and not _ENDS_IN_BRACKETS.isdisjoint(text)
    if _PLAIN.match(text) and text.isprintable() and not ends_early and read(text) == text:
        return text
    # What looks like a space and is none is written as an escape, so that a reader of the file sees it.
    return json.dumps(text, ensure_ascii=not all(character.isprintable() or character in "\n\t" for character in text))
