"""Plain data → YAML as people write it: short values on one line, long ones on several, quotes only if needed."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hiprun.language.syntax.scalars import read_plain
from hiprun.model import Number
from hiprun.model.value_conversion import MOST_DIGITS, decimal
from hiprun.model.value_conversion import text as decimal_text

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
    return "".join(f"{line}\n" for line in _mapping_lines(document, "", opened=True))


def entry_text(name: str, value: Any, indent: str) -> str:
    """Return the lines of one entry of a mapping, without a line break at the end.

    >>> entry_text("warm", {"ask": "Is it warm?", "type": "boolean"}, "  ")
    '  warm: {ask: Is it warm?, type: boolean}'
    """
    return "\n".join(_mapping_lines({name: value}, indent))


def item_text(value: Any, indent: str, *, opened: bool = False) -> str:
    """Return the lines of one entry of a list; with `opened`, each part of a mapping has a line of its own.

    >>> print(item_text({"id": "warm", "when": {"warm": True}}, "  ", opened=True))
      - id: warm
        when: {warm: true}
    """
    if opened and isinstance(value, dict) and value:
        first_line, *other_lines = _mapping_lines(value, f"{indent}  ")
        return "\n".join([f"{indent}- {first_line[len(indent) + 2 :]}", *other_lines])
    return "\n".join(_list_lines([value], indent))


def number_text(value: Number) -> str:
    """Return a number in decimal notation that reads back exactly.

    >>> number_text(Fraction(1, 8)), number_text(10**30)
    ('0.125', '1e30')
    """
    plain = decimal_text(value)
    if len(plain) <= _LONGEST_PLAIN_NUMBER:
        return plain
    sign, digits, exponent = Decimal(decimal(value)).as_tuple()
    digit_text = "".join(map(str, digits))
    zeros = min(len(digit_text) - len(digit_text.rstrip("0")), MOST_DIGITS)
    shift = int(exponent) + zeros
    return f"{'-' * sign}{digit_text[: len(digit_text) - zeros]}{f'e{shift}' if shift else ''}"


def _mapping_lines(entries: Mapping[str, Any], indent: str, *, opened: bool = False) -> Iterator[str]:
    """Yield the lines of a mapping; with `opened`, its nested values start on new lines, however short."""
    for name, value in entries.items():
        start = f"{indent}{_scalar_text(name, in_brackets=True)}:"
        if isinstance(value, str):
            yield from _text_lines(start, value, indent)
        elif not isinstance(value, dict | list) or _fits(start, value, opened=opened):
            yield f"{start} {inline_text(value)}"
        else:
            yield start
            yield from (
                _mapping_lines(value, f"{indent}  ") if isinstance(value, dict) else _list_lines(value, f"{indent}  ")
            )


def _list_lines(items: list[Any], indent: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, dict) and not _fits(f"{indent}-", item):
            first_line, *other_lines = _mapping_lines(item, f"{indent}  ")
            yield f"{indent}- {first_line[len(indent) + 2 :]}"
            yield from other_lines
        else:
            yield f"{indent}- {inline_text(item)}"


def _fits(start: str, value: Any, *, opened: bool = False) -> bool:
    holds_more = isinstance(value, list | dict) and any(
        isinstance(part, list | dict) for part in (value.values() if isinstance(value, dict) else value)
    )
    return not (opened and holds_more) and len(start) + 1 + len(inline_text(value)) <= WIDTH


def inline_text(value: Any) -> str:
    """Return a value on one line, as in a rule file.

    >>> inline_text({"warm": True, "colours": ["red", "on"]})
    '{warm: true, colours: [red, "on"]}'
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Fraction():
            return number_text(value)
        case dict():
            entries = (f"{_scalar_text(name, in_brackets=True)}: {inline_text(part)}" for name, part in value.items())
            return f"{{{', '.join(entries)}}}"
        case list():
            return f"[{', '.join(map(inline_text, value))}]"
        case _:
            return _scalar_text(value, in_brackets=True)


def _text_lines(start: str, text: str, indent: str) -> Iterator[str]:
    line = f"{start} {_scalar_text(text, in_brackets=False)}"
    lines = textwrap.wrap(text, WIDTH - len(indent) - 2, break_long_words=False, break_on_hyphens=False)
    if len(line) > WIDTH and " ".join(lines) == text and text.isprintable():
        yield f"{start} >-"
        yield from (f"{indent}  {part}" for part in lines)
    else:
        yield line


def _scalar_text(text: str, *, in_brackets: bool) -> str:
    ends_early = in_brackets and not _ENDS_IN_BRACKETS.isdisjoint(text)
    if _PLAIN.match(text) and text.isprintable() and not ends_early and read_plain(text) == text:
        return text
    # Characters that only look like spaces are escaped, so that a reader of the file sees them.
    return json.dumps(text, ensure_ascii=not all(character.isprintable() or character in "\n\t" for character in text))
