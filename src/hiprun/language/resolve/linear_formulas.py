"""A number or formula in a file → a linear formula with its names resolved, its unit and its range."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NoReturn

import attrs

from hiprun.errors import did_you_mean
from hiprun.language.resolve import formula_parser, message_wording
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.formula_parser import FormulaError, FormulaTree, Name, NumberLiteral, Operation
from hiprun.language.resolve.literals import check_range, is_number
from hiprun.language.resolve.names import Names, resolve_name
from hiprun.model import Arithmetic, Constant, Domain, Formula, Number, Parameter, ParameterRef
from hiprun.model.value_conversion import tidy


@attrs.frozen
class ResolvedFormula:
    """A formula, and what is known about it for every patient.

    `low` and `high` are the ends of its values over the ranges of its parameters (one without a range is fixed); they
    have no meaning if it depends on the patient. `is_whole`: it is always a whole number.
    """

    formula: Formula
    unit: str = ""
    depends_on_patient: bool = False
    low: Number = 0
    high: Number = 0
    is_whole: bool = False


class _AlreadyReportedError(Exception):
    """A mistake that has been reported already, or whose cause has."""


def resolved_formula(node: Node, names: Names, name: str) -> ResolvedFormula | None:
    """Return the number, parameter or formula at `node`, a value for `name`; None after a mistake."""
    value = node.value
    if is_number(value):
        return _constant(value)
    if not isinstance(value, str):
        node.report(
            "wrong-type",
            f"`{name}` is a number, not {message_wording.value_words(value)}.",
            "Write a number, the name of a parameter, or a formula made of these.",
        )
        return None
    try:
        return _resolve(formula_parser.parse(value), node, names)
    except FormulaError as error:
        node.report_within(error.start, error.width, error.code, error.message, error.help)
    except _AlreadyReportedError:
        pass
    return None


def check_fit(node: Node, formula: ResolvedFormula, domain: Domain, name: str) -> None:
    """Report a formula that does not fit `name`: one with another unit, or with values outside its range."""
    if domain.unit and formula.unit and domain.unit != formula.unit:
        node.report(
            "unit-mismatch",
            f"`{name}` is measured in {domain.unit}, but this is in {formula.unit}.",
            "Compare like with like; to convert, multiply or divide by a whole number, such as `60 *`.",
        )
    elif not formula.depends_on_patient:
        check_range(node, domain, name, formula.low, formula.high)


def _constant(value: Number) -> ResolvedFormula:
    return ResolvedFormula(Constant(value), low=value, high=value, is_whole=isinstance(value, int))


def _resolve(tree: FormulaTree, node: Node, names: Names) -> ResolvedFormula:
    match tree:
        case NumberLiteral(value):
            return _constant(value)
        case Name():
            return _name(tree, node, names)
        case _:
            left, right = _resolve(tree.left, node, names), _resolve(tree.right, node, names)
            return _OPERATIONS[tree.operator](tree, left, right)


def _name(tree: Name, node: Node, names: Names) -> ResolvedFormula:
    if tree.name in names.parameters:
        parameter = names.parameters[tree.name]
        if parameter is None:
            raise _AlreadyReportedError
        return _parameter(parameter)

    def report(code: str, message: str, help: str, name: str) -> None:
        if code == "unknown-name":
            if names.may_be_in_broken_file(("parameters",)):
                return
            message = f"There is nothing called `{tree.name}`; a number is needed here."
            help = did_you_mean(tree.name, [*names.parameters, *names.numbers()])
        node.report_within(tree.start, tree.width, code, message, help, name)

    subject = resolve_name(tree.name, names, report)
    if subject is None:
        raise _AlreadyReportedError
    ref, domain = subject
    if not domain.is_numeric:
        raise FormulaError(
            f"`{tree.name}` is {message_wording.TYPE_WORDS[domain.type]}; a number is needed here.",
            "Name a number fact, a parameter or a number.",
            tree.start,
            tree.width,
            "needs-number",
        )
    return ResolvedFormula(ref, domain.unit, depends_on_patient=True, is_whole=domain.type == "integer")


def _parameter(parameter: Parameter) -> ResolvedFormula:
    low, high, value = parameter.lowest, parameter.highest, parameter.value
    return ResolvedFormula(
        ParameterRef(parameter.name),
        parameter.unit,
        low=value if low is None else low,
        high=value if high is None else high,
        is_whole=parameter.type == "integer",
    )


def _operation(
    tree: Operation, left: ResolvedFormula, right: ResolvedFormula, unit: str, corners: list[Any], *, whole: bool
) -> ResolvedFormula:
    return ResolvedFormula(
        Arithmetic(tree.operator, left.formula, right.formula),
        unit,
        depends_on_patient=left.depends_on_patient or right.depends_on_patient,
        low=tidy(min(corners)),
        high=tidy(max(corners)),
        is_whole=whole and left.is_whole and right.is_whole,
    )


def _sum(tree: Operation, left: ResolvedFormula, right: ResolvedFormula) -> ResolvedFormula:
    if left.unit and right.unit and left.unit != right.unit:
        raise FormulaError(
            f"One side of `{tree.operator}` is in {left.unit}, the other in {right.unit}.",
            "Add only amounts in the same unit; to convert, multiply or divide by a whole number, such as `60 *`.",
            tree.start,
            1,
            "unit-mismatch",
        )
    if tree.operator == "+":
        corners = [left.low + right.low, left.high + right.high]
    else:
        corners = [left.low - right.high, left.high - right.low]
    return _operation(tree, left, right, left.unit or right.unit, corners, whole=True)


def _product(tree: Operation, left: ResolvedFormula, right: ResolvedFormula) -> ResolvedFormula:
    if left.depends_on_patient and right.depends_on_patient:
        _raise_not_linear(tree, "Two values that depend on the patient are multiplied.")
    corners = [left_end * right_end for left_end in (left.low, left.high) for right_end in (right.low, right.high)]
    unit = "" if (left.unit and right.unit) or _may_convert(left) or _may_convert(right) else left.unit or right.unit
    return _operation(tree, left, right, unit, corners, whole=True)


def _quotient(tree: Operation, left: ResolvedFormula, right: ResolvedFormula) -> ResolvedFormula:
    if right.depends_on_patient:
        _raise_not_linear(tree, "This divides by a value that depends on the patient.")
    if right.low <= 0 <= right.high:
        raise FormulaError(
            "This divides by zero." if right.low == right.high == 0 else "This can divide by zero.",
            "Divide by a number other than 0; the range of a parameter must not include 0.",
            tree.start,
            1,
            "division-by-zero",
        )
    corners = [
        Fraction(left_end) / right_end for left_end in (left.low, left.high) for right_end in (right.low, right.high)
    ]
    return _operation(tree, left, right, "" if right.unit or _may_convert(right) else left.unit, corners, whole=False)


def _may_convert(factor: ResolvedFormula) -> bool:
    """Whether a factor may convert a unit: 60 does, from minutes to seconds; 1.1 only scales."""
    return isinstance(factor.formula, Constant) and factor.is_whole and not -1 <= factor.formula.value <= 1


_OPERATIONS = {"+": _sum, "-": _sum, "*": _product, "/": _quotient}


def _raise_not_linear(tree: Operation, message: str) -> NoReturn:
    raise FormulaError(
        message,
        "Formulas are linear: facts may only be multiplied or divided by numbers and parameters.",
        tree.start,
        1,
        "not-linear",
    )
