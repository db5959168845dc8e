"""Whether an entry of a diary meets a condition, worked out from the condition as it stands in the file.

Nothing of hiprun is used here. What an entry does not say is None, and so is what follows from it.
"""

from __future__ import annotations

import ast
import datetime
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

Choices = Mapping[str, list[str]]
Answer = bool | None

_JOINED: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "is_not": operator.ne,
    "at_least": operator.ge,
    "at_most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
    "between": lambda value, ends: bool(ends[0] <= value <= ends[1]),
    "one_of": lambda value, several: value in several,
    "none_of": lambda value, several: value not in several,
    "includes": lambda value, choice: choice in value,
    "includes_any": lambda value, several: any(choice in value for choice in several),
    "includes_all": lambda value, several: all(choice in value for choice in several),
    "includes_none": lambda value, several: not any(choice in value for choice in several),
}


def number(value: Any, parameters: Mapping[str, Any], entry: Mapping[str, Any] | None = None) -> Fraction | None:
    """Return a number that is written out, named, or worked out; None where it needs a field that is left out."""
    if not isinstance(value, str):
        return Fraction(str(value))
    return _worked_out(ast.parse(value, mode="eval").body, value, {**parameters, **(entry or {})})


def _worked_out(node: ast.expr, text: str, known: Mapping[str, Any]) -> Fraction | None:
    match node:
        case ast.BinOp(left, joined, right):
            one, other = _worked_out(left, text, known), _worked_out(right, text, known)
            return None if one is None or other is None else _JOINED[type(joined)](one, other)
        case ast.UnaryOp(_, operand):
            inner = _worked_out(operand, text, known)
            return None if inner is None else -inner
        case ast.Name(name):
            return Fraction(str(known[name])) if known.get(name) is not None else None
        case _:
            return Fraction(ast.get_source_segment(text, node) or "")


def meets(condition: Mapping[str, Any], entry: Mapping[str, Any], choices: Choices, parameters: Any) -> Answer:
    """Return whether an entry meets a condition: True, False, or None where a field is missing."""
    return _all([_part(name, said, entry, choices, parameters) for name, said in condition.items()])


def _all(answers: list[Answer]) -> Answer:
    return False if False in answers else None if None in answers else True


def _part(name: str, said: Any, entry: Mapping[str, Any], choices: Choices, parameters: Any) -> Answer:
    if name in ("all", "any"):
        answers = [meets(part, entry, choices, parameters) for part in said]
        return _all(answers) if name == "all" else _not(_all([_not(answer) for answer in answers]))
    if name == "not":
        return _not(meets(said, entry, choices, parameters))
    if name == "count":
        answers = [meets(part, entry, choices, parameters) for part in said["of"]]
        sure = answers.count(True)
        asked = {test: operand for test, operand in said.items() if test != "of"}
        found = {
            all(_COMPARED[test](many, operand) for test, operand in asked.items())
            for many in range(sure, sure + answers.count(None) + 1)
        }
        return found.pop() if len(found) == 1 else None
    tests = said if isinstance(said, dict) else {"is": said}
    return _all([_test(name, test, operand, entry, choices, parameters) for test, operand in tests.items()])


def _not(answer: Answer) -> Answer:
    return None if answer is None else not answer


def _test(name: str, test: str, operand: Any, entry: Mapping[str, Any], choices: Choices, parameters: Any) -> Answer:
    value = entry.get(name)
    if value is None:
        return None

    def like_it(given: Any) -> Any:
        """Return something that is compared with the value in the form in which the two compare."""
        if isinstance(value, bool) or (isinstance(value, str) and name not in choices):
            return given
        if isinstance(value, str):
            return choices[name].index(given)
        if isinstance(value, datetime.date):
            return given if isinstance(given, datetime.date) else datetime.date.fromisoformat(given)
        return number(given, parameters, entry)

    if isinstance(value, list):
        several = set(operand) if test in ("is", "is_not") else operand
        return _COMPARED[test](set(value), several)
    compared = [like_it(part) for part in operand] if isinstance(operand, list) else like_it(operand)
    if compared is None or (isinstance(compared, list) and None in compared):
        return None
    return _COMPARED[test](like_it(value), compared)
