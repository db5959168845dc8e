"""A condition on the fields of an entry → a function that says whether an entry meets it, or None if that is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Literal, TypeAlias, assert_never

from hiprun.inference.linear_forms import formula_value
from hiprun.inference.operators import Truth, code, every, holds, meaning, negate, some
from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Call,
    Condition,
    Constant,
    Count,
    Domain,
    Formula,
    HasValue,
    Literal_,
    Not,
    Number,
    ParameterRef,
    Ref,
    Test,
)

Values: TypeAlias = Mapping[str, Literal_]
Asked: TypeAlias = Callable[[Values], Truth]


def asked(condition: Condition, fields: Mapping[str, Domain], parameters: Mapping[str, Number]) -> Asked:
    """Return a function that says whether the values of an entry meet `condition`; a missing field is unknown."""
    assert not isinstance(condition, HasValue)  # an entry has fields but no outputs
    match condition:
        case Test():
            return _test(condition, fields[condition.subject.name], parameters)
        case Not(part):
            inner = asked(part, fields, parameters)
            return lambda values: negate(inner(values))
        case All(parts):
            inners = [asked(part, fields, parameters) for part in parts]
            return lambda values: every(inner(values) for inner in inners)
        case AnyOf(parts):
            inners = [asked(part, fields, parameters) for part in parts]
            return lambda values: some(inner(values) for inner in inners)
        case Count(parts, lowest, highest):
            inners = [asked(part, fields, parameters) for part in parts]
            return lambda values: _counted([inner(values) for inner in inners], lowest, highest)
        case _:
            assert_never(condition)


def amount(formula: Formula, parameters: Mapping[str, Number], values: Mapping[str, Any]) -> Number | None:
    """Return the value of a formula; None if a field that it uses is missing."""
    match formula:
        case Constant(value):
            return value
        case ParameterRef(name):
            return parameters[name]
        case Ref():
            return values.get(formula.name)
        case Call():
            return formula_value(formula, parameters, values)
        case Arithmetic():
            one, other = (amount(side, parameters, values) for side in (formula.left, formula.right))
            return None if one is None or other is None else _joined(formula.operator, one, other)
        case _:
            assert_never(formula)


def _joined(operator: Literal["+", "-", "*", "/"], one: Number, other: Number) -> Number:
    match operator:
        case "+":
            return one + other
        case "-":
            return one - other
        case "*":
            return one * other
        case "/":
            return one / Fraction(other)
        case _:
            assert_never(operator)


def _counted(truths: list[Truth], lowest: int, highest: int) -> Truth:
    sure = truths.count(True)
    most = sure + truths.count(None)
    if most < lowest or sure > highest:
        return False
    return True if lowest <= sure and most <= highest else None


def _test(test: Test, domain: Domain, parameters: Mapping[str, Number]) -> Asked:
    name = test.subject.name
    if domain.is_numeric:
        return _number_test(test, parameters)
    if domain.type in ("choice", "boolean"):
        codes: dict[Any, Any] = {value: code(domain, value) for value in (domain.choices or (False, True))}
        ranked = meaning(test.operator, [codes[operand] for operand in test.operands])
        answers = {value: holds(ranked, rank) for value, rank in codes.items()}
        return lambda values: answers.get(values.get(name))
    sense = meaning(test.operator, test.operands, domain.choices)

    def met(values: Values) -> Truth:
        value = values.get(name)
        return None if value is None else holds(sense, value)

    return met


def _number_test(test: Test, parameters: Mapping[str, Number]) -> Asked:
    name = test.subject.name
    formulas: list[Any] = list(test.operands)
    if all(isinstance(formula, Constant) for formula in formulas):
        fixed = meaning(test.operator, [formula.value for formula in formulas])

        def met(values: Values) -> Truth:
            value = values.get(name)
            return None if value is None else holds(fixed, value)

        return met

    def met_by_formula(values: Values) -> Truth:
        value = values.get(name)
        operands = [amount(formula, parameters, values) for formula in formulas]
        if value is None or None in operands:
            return None
        return holds(meaning(test.operator, operands), value)

    return met_by_formula
