"""Simple unary tests of FEEL, the entries of decision tables: literals, comparisons, ranges, lists, `not`.

Where a literal may be, so may the name of another input. Sums and products of these are read too, for outputs.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias, assert_never

import attrs

from hiprun.model.value_conversion import from_notation, text

Value: TypeAlias = bool | int | Fraction | str | datetime.date
Condition: TypeAlias = dict[str, Any]


@attrs.frozen
class OtherInput:
    """The value of another input, by its name."""

    name: str


Operand: TypeAlias = Value | OtherInput

MOST_CHARACTERS = 2_000
"""How long one entry may be."""

MOST_DEEP = 20
"""How many parentheses may be open in a calculation."""

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


def condition(
    entry: str, subject: str, convert: Callable[[Operand], Any], names: Sequence[str] = ()
) -> Condition | None:
    """Return the condition of a rule file that an entry comes to, None for `-`. Raises `NotSimple`.

    `convert` turns an operand into that of a condition, and `names` are those of other inputs. `null` among other tests
    says nothing, since a fact that is not known is unknown.

    >>> condition('<3, [5..7)', "rings", lambda value: value)
    {'any': [{'rings': {'below': 3}}, {'all': [{'rings': {'at_least': 5}}, {'rings': {'below': 7}}]}]}
    """
    if entry.strip() in ("-", ""):
        return None
    reader = _Reader(entry, names)
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


def calculation(entry: str, names: Sequence[str], named: Callable[[str], str]) -> str:
    """Return the formula of a rule file that sums and products of numbers and inputs come to. Raises `NotSimple`.

    `names` are those of the inputs, and `named` says what one is called in rule files.

    >>> calculation("2*(Base Rate + .5)", ["Base Rate"], lambda name: "base_rate")
    '2 * (base_rate + 0.5)'
    """
    reader, found, depth = _Reader(entry, names), "", 0
    while True:
        while opening := reader.first_of("(-"):
            depth += opening == "("
            found += opening
        if depth > MOST_DEEP:
            raise NotSimple
        found += _number_or_name(reader.operand(), named)
        while depth and reader.take(")"):
            depth -= 1
            found += ")"
        if reader.at_end() and not depth:
            return found
        sign = reader.first_of("+-*/")
        if not sign:
            raise NotSimple
        found += f" {sign} "


def _number_or_name(operand: Operand | None, named: Callable[[str], str]) -> str:
    match operand:
        case OtherInput():
            return named(operand.name)
        case None | bool() | str() | datetime.date():
            raise NotSimple
        case int() | Fraction():
            return text(operand)
        case _:
            assert_never(operand)


class _Reader:
    def __init__(self, entry: str, names: Sequence[str] = ()) -> None:
        if len(entry) > MOST_CHARACTERS:
            raise NotSimple
        self.text, self.place, self.names = entry, 0, names
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

    def first_of(self, tokens: str) -> str:
        """Return which of these characters comes next, and take it; empty if none does."""
        return next((token for token in tokens if self.take(token)), "")

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.place)
        if found is not None:
            self.place = found.end()
            self.skip()
        return found

    def at_end(self) -> bool:
        return self.place == len(self.text)

    def end(self) -> None:
        if not self.at_end():
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

    def operand(self) -> Operand | None:
        # the longest name that fits, since one name may begin with another
        fitting = [name for name in self.names if self.text.startswith(name, self.place) and not _WORD.fullmatch(name)]
        for name in sorted(fitting, key=len, reverse=True):
            if self.match(re.compile(re.escape(name) + r"(?!\w|\s*\()")):
                return OtherInput(name)
        return self.value()

    def known(self) -> Operand:
        found = self.operand()
        if found is None:
            raise NotSimple
        return found

    def test(self, subject: str, convert: Callable[[Operand], Any]) -> Condition | None:
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
        found = self.operand()
        return None if found is None else {subject: {"is": convert(found)}}
