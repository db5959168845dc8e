"""Simple unary tests of FEEL, the entries of decision tables: literals, comparisons, ranges, lists, `not`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

from hiprun.model.value_conversion import from_notation

Value: TypeAlias = bool | int | Fraction | str | datetime.date
Condition: TypeAlias = dict[str, Any]

MOST_CHARACTERS = 2_000
"""How long one entry may be."""

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)")
_STRING = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_DATE = re.compile(r'date\(\s*"(\d{4}-\d{2}-\d{2})"\s*\)')
_WORD = re.compile(r"(?:true|false|null)\b")
_COMPARISONS = {"<=": "at_most", ">=": "at_least", "<": "below", ">": "above"}
_SPACE = re.compile(r"\s*")


class NotSimple(Exception):  # noqa: N818 - turned into a problem
    """An entry that is no simple unary test, or no literal."""


def literal(text: str) -> Value | None:
    """Return the value of a literal, None for `null`. Raises `NotSimple`.

    >>> literal('"oak"'), literal("3"), literal("null")
    ('oak', 3, None)
    """
    reader = _Reader(text)
    found = reader.value()
    reader.end()
    return found


def condition(text: str, subject: str, convert: Callable[[Value], Any]) -> Condition | None:
    """Return the condition of a rule file that an entry comes to, None for `-`. Raises `NotSimple`.

    `convert` turns a value into that of the subject. `null` among other tests says nothing, since a fact that is not
    known is unknown.

    >>> condition('<3, [5..7)', "rings", lambda value: value)
    {'any': [{'rings': {'below': 3}}, {'all': [{'rings': {'at_least': 5}}, {'rings': {'below': 7}}]}]}
    """
    if text.strip() in ("-", ""):
        return None
    reader = _Reader(text)
    negated = reader.take("not(") or reader.take("not (")
    parts = [reader.test(subject, convert)]
    while reader.take(","):
        parts.append(reader.test(subject, convert))
    if negated and not reader.take(")"):
        raise NotSimple
    reader.end()
    said = [part for part in parts if part is not None]
    if not said:
        raise NotSimple
    found: Condition = said[0] if len(said) == 1 else {"any": said}
    return {"not": found} if negated else found


class _Reader:
    def __init__(self, text: str) -> None:
        if len(text) > MOST_CHARACTERS:
            raise NotSimple
        self.text, self.place = text, 0
        self.skip()

    def skip(self) -> None:
        found = _SPACE.match(self.text, self.place)
        assert found is not None
        self.place = found.end()

    def take(self, token: str) -> bool:
        if not self.text.startswith(token, self.place):
            return False
        self.place += len(token)
        self.skip()
        return True

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.place)
        if found is not None:
            self.place = found.end()
            self.skip()
        return found

    def end(self) -> None:
        if self.place != len(self.text):
            raise NotSimple

    def value(self) -> Value | None:
        if found := self.match(_STRING):
            return re.sub(r"\\(.)", r"\1", found[1])
        if found := self.match(_DATE):
            try:
                return datetime.date.fromisoformat(found[1])
            except ValueError:
                raise NotSimple from None
        if found := self.match(_WORD):
            return {"true": True, "false": False, "null": None}[found[0]]
        if found := self.match(_NUMBER):
            number = from_notation(found[0])
            if number is not None:
                return number
        raise NotSimple

    def known(self) -> Value:
        found = self.value()
        if found is None:
            raise NotSimple
        return found

    def test(self, subject: str, convert: Callable[[Value], Any]) -> Condition | None:
        for sign, name in _COMPARISONS.items():
            if self.take(sign):
                return {subject: {name: convert(self.known())}}
        for opening, low in (("[", "at_least"), ("(", "above"), ("]", "above")):
            if self.take(opening):
                first = self.known()
                if not self.take(".."):
                    raise NotSimple
                last = self.known()
                for closing, high in (("]", "at_most"), (")", "below"), ("[", "below")):
                    if self.take(closing):
                        return {"all": [{subject: {low: convert(first)}}, {subject: {high: convert(last)}}]}
                raise NotSimple
        found = self.value()
        return None if found is None else {subject: {"is": convert(found)}}
