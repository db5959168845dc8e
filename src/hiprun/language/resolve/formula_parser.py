"""The text of a formula → a small syntax tree. Names are not resolved here, and nothing is ever executed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

import attrs

from hiprun.model import Number
from hiprun.model.corrections import AnyHelp, Help, Wrap, Write
from hiprun.model.units import NUMBER, UNIT_AFTER_NUMBER
from hiprun.model.value_conversion import MOST_DIGITS, from_notation

MOST_CHARACTERS = 500
MOST_PARTS = 60

_TOKEN = re.compile(
    rf"(?P<number>{NUMBER})(?P<unit>(?:{UNIT_AFTER_NUMBER})(?![\w(]))?"
    r"|(?P<name>[^\W\d²³][^\W²³]*(?:\.[^\W\d²³][^\W²³]*)*)|(?P<sign>[-+*/^(),])|(?P<other>\S)"
)
_DEGREES = re.compile(r"\s*(-?\d+(?:\.\d+)?) ?°\w*\s*\Z")
_RANK = {"+": 1, "-": 1, "*": 2, "/": 2, "sign": 3, "^": 4}
_HELP_FOR: dict[str, AnyHelp] = {
    "×": Help("Write `*` to multiply.", Write("*")),
    "·": Help("Write `*` to multiply.", Write("*")),
    "÷": Help("Write `/` to divide.", Write("/")),
    ":": Help("Write `/` to divide.", Write("/")),
    "−": Help("Write the plain `-` on the keyboard.", Write("-")),
    "–": Help("Write the plain `-` on the keyboard.", Write("-")),
    "²": Help("Write `^ 2` for a square.", Write(" ^ 2", title="Write `^ 2`")),
    "³": Help("Write `^ 3` for a cube.", Write(" ^ 3", title="Write `^ 3`")),
    "√": "Write `sqrt(…)` for a root.",
    "%": "Write per cent as a factor: 10% more is `1.1 *`.",
    ".": Help("Write the 0 before the point: `0.5`.", Write("0.")),
    "<": "Write a test instead: `below: …` or `at_most: …`.",
    ">": "Write a test instead: `above: …` or `at_least: …`.",
    "=": "Write a test instead: `is: …`, `at_least: …` or `at_most: …`.",
    "≤": "Write a test instead: `at_most: …`.",
    "≥": "Write a test instead: `at_least: …`.",
}
_USUAL_HELP = "A formula consists of numbers, names, functions such as `max(…)`, `+ - * / ^` and parentheses."

Operator: TypeAlias = Literal["+", "-", "*", "/", "^"]


class FormulaError(Exception):
    """A text is not a formula: what is wrong, and where in the text."""

    def __init__(self, message: str, help: AnyHelp, start: int, width: int = 1, code: str = "formula-syntax") -> None:
        super().__init__(message)
        self.code, self.message, self.help, self.start, self.width = code, message, help, start, width


@attrs.frozen
class NumberLiteral:
    """A number as written, with its unit if it has one: `7.5 mg/kg`. A unit has no spaces around `/`."""

    value: Number
    start: int
    width: int
    unit: str = ""


@attrs.frozen
class Name:
    """A name as written."""

    name: str
    start: int
    width: int


@attrs.frozen
class Operation:
    """Two parts joined by an operator; `start` and `width` are those of the operator."""

    operator: Operator
    left: FormulaTree
    right: FormulaTree
    start: int
    width: int = 1


@attrs.frozen
class FunctionCall:
    """A function with its arguments in parentheses; `start` and `width` are those of its name."""

    function: str
    arguments: tuple[FormulaTree, ...]
    start: int
    width: int


FormulaTree: TypeAlias = NumberLiteral | Name | Operation | FunctionCall


@attrs.frozen
class _Pending:
    """An operator, sign or parenthesis whose right side has not been parsed yet.

    For the parenthesis of a function, `function` is its name and `parts` how many parts were parsed before it.
    """

    text: str
    start: int
    function: Name | None = None
    parts: int = 0


def parse(text: str) -> FormulaTree:
    """Return the tree of the formula `text`, or raise `FormulaError`. It uses two stacks and no recursion.

    >>> parse("1.5 * size").operator
    '*'
    """
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(
            f"This formula is longer than {MOST_CHARACTERS} characters.",
            "Split it into derived facts.",
            0,
            1,
            "formula-too-long",
        )
    parts: list[FormulaTree] = []
    pending: list[_Pending] = []
    value_next = True
    amount = 0
    for match in _TOKEN.finditer(text):
        kind, token, start = "number" if match["number"] else match.lastgroup, match[0], match.start()
        amount += kind in ("number", "name") or (value_next and token == "-")
        if amount > MOST_PARTS:
            raise FormulaError(
                f"This formula has more than {MOST_PARTS} parts.",
                "Split it into derived facts.",
                start,
                len(token),
                "formula-too-long",
            )
        if kind == "other":
            raise FormulaError(f"`{token}` has no meaning in a formula.", sign_help(token, text), start)
        if value_next:
            value_next = _value(match, kind, parts, pending)
        else:
            value_next = _operator(token, kind, start, parts, pending)
    if value_next:
        raise FormulaError("The formula ends where a number or a name is expected.", _USUAL_HELP, len(text.rstrip()))
    while pending:
        if pending[-1].text == "(":
            raise FormulaError(
                "This parenthesis is not closed.", Help("Add `)`.", Wrap(after=")", title="Add `)`")), pending[-1].start
            )
        _reduce(parts, pending)
    return parts[0]


def sign_help(sign: str, formula: str) -> AnyHelp:
    """Return what to do about a sign that has no meaning in a formula."""
    if sign != "°":
        return _HELP_FOR.get(sign, _USUAL_HELP)
    help = "Write the number alone; its unit is given where the fact is declared."
    number = _DEGREES.match(formula)
    return Help(help, Write(number[1], formula, f"Write `{number[1]}`")) if number else help


def unit_help(word: str) -> Help:
    """Return what to do about a word that directly follows a number."""
    return Help(
        "If this is a unit, write the number alone; to multiply, write `*`.",
        Write("", f" {word}", f"Delete `{word}`"),
        Write(f"* {word}"),
    )


def names_in(text: str) -> Iterator[tuple[str, int]]:
    """Yield the names in the text of a formula, each with its position, even if it is no formula yet.

    >>> list(names_in("max(low, 1.1 * last.high) +"))
    [('low', 4), ('last.high', 15)]
    """
    for match in _TOKEN.finditer(text[:MOST_CHARACTERS]):
        if match["name"] and text[match.end() :].lstrip()[:1] != "(":
            yield match["name"], match.start()


def _value(match: re.Match[str], kind: str | None, parts: list[FormulaTree], pending: list[_Pending]) -> bool:
    """Process a token where a value is expected; return whether a value is still expected."""
    token, start = match[0], match.start()
    if kind == "number":
        parts.append(NumberLiteral(_number(match["number"], start), start, len(token), (match["unit"] or "").strip()))
        return False
    if kind == "name":
        parts.append(Name(token, start, len(token)))
        return False
    if token == "(":
        pending.append(_Pending("(", start))
    elif token == "-":
        pending.append(_Pending("sign", start))
    elif token == "*" and pending and pending[-1].text == "*" and pending[-1].start == start - 1:
        help = Help("Write `^` for a power.", Write("^"))
        raise FormulaError("`**` has no meaning here.", help, start - 1, 2)
    elif token != "+":
        raise FormulaError(f"A number or a name is expected before `{token}`.", _USUAL_HELP, start)
    return True


def _operator(token: str, kind: str | None, start: int, parts: list[FormulaTree], pending: list[_Pending]) -> bool:
    """Process a token where an operator is expected; return whether a value is expected next."""
    if token == "(" and isinstance(function := parts[-1], Name):
        parts.pop()
        pending.append(_Pending("(", start, function, len(parts)))
        return True
    if kind in ("number", "name") or token == "(":
        after_number = kind == "name" and isinstance(parts[-1], NumberLiteral)
        no_unit: AnyHelp = "To multiply, write `*`; the words of a name are joined by `_`."
        raise FormulaError(
            f"There is no `+`, `-`, `*` or `/` before `{token}`.",
            _HELP_FOR.get(token) or (unit_help(token) if after_number else no_unit),
            start,
            len(token),
        )
    if token in "),":
        return _closed(token, start, parts, pending)
    if token == "^" and pending and pending[-1].text == "^":
        raise FormulaError("This is a power of a power.", "Write parentheses around one of them.", start)
    while pending and pending[-1].text != "(" and _RANK[pending[-1].text] >= _RANK[token]:
        _reduce(parts, pending)
    pending.append(_Pending(token, start))
    return True


def _closed(token: str, start: int, parts: list[FormulaTree], pending: list[_Pending]) -> bool:
    """Process the end of what is in parentheses, or of one argument; return whether a value is expected next."""
    while pending and pending[-1].text != "(":
        _reduce(parts, pending)
    function = pending[-1].function if pending else None
    if token == ",":
        if function is None:
            help = Help("Decimals are written with a point: `1.1`.", Write(".", title="Write a point"))
            raise FormulaError("`,` has no meaning here.", help, start)
        return True
    if not pending:
        help = Help("Delete it, or add `(` before it.", Write("", title="Delete `)`"))
        raise FormulaError("This parenthesis closes nothing.", help, start)
    opening = pending.pop()
    if function is not None:
        arguments = tuple(parts[opening.parts :])
        parts[opening.parts :] = [FunctionCall(function.name, arguments, function.start, function.width)]
    return False


def _reduce(parts: list[FormulaTree], pending: list[_Pending]) -> None:
    operator = pending.pop()
    right = parts.pop()
    if operator.text != "sign":
        parts.append(Operation(operator.text, parts.pop(), right, operator.start))  # type: ignore[arg-type]
    elif isinstance(right, NumberLiteral):
        parts.append(attrs.evolve(right, value=-right.value))
    else:
        parts.append(Operation("-", NumberLiteral(0, operator.start, 1), right, operator.start))


def _number(token: str, start: int) -> Number:
    value = from_notation(token)
    if value is None:
        raise FormulaError(f"This number has more than {MOST_DIGITS} digits.", "Write fewer digits.", start, len(token))
    return value
