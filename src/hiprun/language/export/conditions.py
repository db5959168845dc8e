"""Conditions, formulas and values of a model → the data of rule files."""

from __future__ import annotations

import datetime
from typing import Any, assert_never

from hiprun.inference.functions import FUNCTIONS
from hiprun.inference.operators import OPERATORS
from hiprun.language.export.yaml_layout import number_text
from hiprun.language.resolve.formula_parser import MOST_CHARACTERS
from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Call,
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


def condition_data(condition: Condition) -> Data:
    """Return a condition as a mapping of a rule file."""
    match condition:
        case Test(subject, operator, _):
            return {str(subject): test_data({operator: operand_data(condition)})}
        case HasValue(subject, held):
            return {str(subject): {_PRESENCE: held}}
        case Not(part):
            return {"not": condition_data(part)}
        case AnyOf(parts):
            return {"any": [condition_data(part) for part in parts]}
        case Count(parts):
            return {"count": {"of": [condition_data(part) for part in parts], **_bounds(condition)}}
        case All(parts):
            return _single_mapping(parts) or {"all": [condition_data(part) for part in parts]}
        case _:
            assert_never(condition)


def test_data(tests: Data) -> Any:
    """Return the tests of one subject as data; a single `is` becomes the value alone."""
    return tests["is"] if list(tests) == ["is"] else tests


def named_test_data(test: Test | HasValue) -> tuple[str, Any]:
    """Return the name of a test and its operands as data."""
    return (_PRESENCE, test.held) if isinstance(test, HasValue) else (test.operator, operand_data(test))


def operand_data(test: Test) -> Any:
    """Return the operands of a test as data."""
    values = [value_data(operand) for operand in test.operands]
    return values[0] if OPERATORS[test.operator].operands == "one" else values


def value_data(value: Formula | Literal_) -> Any:
    """Return a constant or a formula as data. A plain number is the ordinal of a date."""
    match value:
        case Constant(number):
            return f"{number_text(number)} {value.unit}" if value.unit else number
        case ParameterRef() | Ref() | Arithmetic() | Call():
            text = formula_text(value)
            return text if len(text) <= MOST_CHARACTERS else text.replace(" ", "")
        case frozenset():
            return sorted(value)
        case bool() | str():
            return value
        case _:
            return datetime.date.fromordinal(int(value)).isoformat()


def formula_text(formula: Formula) -> str:
    """Return the text of a formula, with no more parentheses than it needs.

    >>> formula_text(Arithmetic("-", Constant(1), Arithmetic("-", Constant(2), Constant(3))))
    '1 - (2 - 3)'
    """
    match formula:
        case Constant(constant):
            return f"{number_text(constant)} {formula.unit}" if formula.unit else number_text(constant)
        case ParameterRef(name):
            return name
        case Ref():
            return str(formula)
        case Call("power", (base, exponent)):
            left, right = formula_text(base), formula_text(exponent)
            plain = isinstance(base, Ref | ParameterRef) or left.isdigit()
            bare = isinstance(exponent, Constant | ParameterRef)
            return f"{left if plain else f'({left})'} ^ {right if bare else f'({right})'}"
        case Call(function, arguments, option):
            words = [formula_text(argument) for argument in arguments]
            if option and option != FUNCTIONS[function].options[0]:
                words.append(option)
            return f"{function}({', '.join(words)})"
        case Arithmetic():
            is_product = formula.operator in "*/"
            left, right = formula_text(formula.left), formula_text(formula.right)
            if is_product and isinstance(formula.left, Arithmetic) and formula.left.operator in "+-":
                left = f"({left})"
            if isinstance(formula.right, Arithmetic) and (is_product or formula.right.operator in "+-"):
                right = f"({right})"
            return f"{left} {formula.operator} {right}"
        case _:
            assert_never(formula)


def _bounds(count: Count) -> Data:
    if count.highest == len(count.parts):
        return {"at_least": count.lowest}
    if count.lowest == 0:
        return {"at_most": count.highest}
    if count.lowest == count.highest:
        return {"is": count.lowest}
    return {"between": [count.lowest, count.highest]}


def _single_mapping(parts: tuple[Condition, ...]) -> Data | None:
    """Return parts that must all hold as one mapping; None if they need a list."""
    if len(parts) < 2:
        return None
    entries: Data = {}
    previous_name = ""
    for part in parts:
        if isinstance(part, Test | HasValue):
            name = str(part.subject)
            tests = entries.setdefault(name, {})
            operator, operand = named_test_data(part)
            if (tests and name != previous_name) or operator in tests:
                return None
            tests[operator] = operand
        else:
            ((name, group),) = (
                [("all", [condition_data(inner) for inner in part.parts])]
                if isinstance(part, All)
                else condition_data(part).items()
            )
            if name in entries:
                return None
            entries[name] = group
        previous_name = name
    subjects = {str(part.subject) for part in parts if isinstance(part, Test | HasValue)}
    return {name: test_data(entry) if name in subjects else entry for name, entry in entries.items()}
