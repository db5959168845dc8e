"""Conditions, formulas and values of a model → the words of a rule file."""

from __future__ import annotations

import datetime
from typing import Any, assert_never

from hiprun.inference.operators import OPERATORS
from hiprun.language.export.yaml_layout import number
from hiprun.language.resolve.formula_parser import MOST_CHARACTERS
from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Count,
    Formula,
    HasValue,
    Literal_,
    Not,
    ParameterRef,
    Ref,
    Test,
)

Data = dict[str, Any]

_PRESENCE = "has_value"


def condition(given: Condition) -> Data:
    """Return a condition as a mapping of a rule file."""
    match given:
        case Test(subject, operator, _):
            return {str(subject): plain_test({operator: operands(given)})}
        case HasValue(subject, held):
            return {str(subject): {_PRESENCE: held}}
        case Not(part):
            return {"not": condition(part)}
        case AnyOf(parts):
            return {"any": [condition(part) for part in parts]}
        case Count(parts):
            return {"count": {"of": [condition(part) for part in parts], **_bounds(given)}}
        case All(parts):
            return _side_by_side(parts) or {"all": [condition(part) for part in parts]}
        case _:
            assert_never(given)


def plain_test(tests: Data) -> Any:
    """Return tests of one subject as they stand under its name; a single `is` is the value alone."""
    return tests["is"] if list(tests) == ["is"] else tests


def asked(test: Test | HasValue) -> tuple[str, Any]:
    """Return the name of a test and what stands behind it."""
    return (_PRESENCE, test.held) if isinstance(test, HasValue) else (test.operator, operands(test))


def operands(test: Test) -> Any:
    """Return what a test compares with."""
    values = [value(operand) for operand in test.operands]
    return values[0] if OPERATORS[test.operator].operands == "one" else values


def value(given: Formula | Literal_) -> Any:
    """Return a constant or a formula as a rule file has it. A number that stands alone is a date."""
    match given:
        case Constant(figure):
            return figure
        case ParameterRef() | Ref() | Arithmetic():
            written = formula(given)
            return written if len(written) <= MOST_CHARACTERS else written.replace(" ", "")
        case frozenset():
            return sorted(given)
        case bool() | str():
            return given
        case _:
            return datetime.date.fromordinal(int(given)).isoformat()


def formula(given: Formula) -> str:
    """Return a formula with no more parentheses than it needs.

    >>> formula(Arithmetic("-", Constant(1), Arithmetic("-", Constant(2), Constant(3))))
    '1 - (2 - 3)'
    """
    match given:
        case Constant(figure):
            return number(figure)
        case ParameterRef(name):
            return name
        case Ref():
            return str(given)
        case _:
            binds = given.operator in "*/"
            left, right = formula(given.left), formula(given.right)
            if binds and isinstance(given.left, Arithmetic) and given.left.operator in "+-":
                left = f"({left})"
            if isinstance(given.right, Arithmetic) and (binds or given.right.operator in "+-"):
                right = f"({right})"
            return f"{left} {given.operator} {right}"


def _bounds(count: Count) -> Data:
    if count.highest == len(count.parts):
        return {"at_least": count.lowest}
    if count.lowest == 0:
        return {"at_most": count.highest}
    if count.lowest == count.highest:
        return {"is": count.lowest}
    return {"between": [count.lowest, count.highest]}


def _side_by_side(parts: tuple[Condition, ...]) -> Data | None:
    """Return parts that must all hold as the keys of one mapping; None where they need a list."""
    if len(parts) < 2:
        return None
    found: Data = {}
    last = ""
    for part in parts:
        if isinstance(part, Test | HasValue):
            name = str(part.subject)
            tests = found.setdefault(name, {})
            operator, behind = asked(part)
            if (tests and name != last) or operator in tests:
                return None
            tests[operator] = behind
        else:
            ((name, group),) = (
                [("all", [condition(inner) for inner in part.parts])]
                if isinstance(part, All)
                else condition(part).items()
            )
            if name in found:
                return None
            found[name] = group
        last = name
    subjects = {str(part.subject) for part in parts if isinstance(part, Test | HasValue)}
    return {name: plain_test(entry) if name in subjects else entry for name, entry in found.items()}
