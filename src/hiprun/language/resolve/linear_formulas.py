"""A number or formula in a file → a formula with its names resolved, its unit and its range."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hiprun.errors import did_you_mean
from hiprun.inference.functions import FUNCTIONS
from hiprun.language.resolve import formula_parser, message_wording
from hiprun.language.resolve.cursor import Node, WrittenFormula
from hiprun.language.resolve.formula_parser import (
    FormulaError,
    FormulaTree,
    FunctionCall,
    Name,
    NumberLiteral,
    Operation,
)
from hiprun.language.resolve.function_calls import (
    ANY_NUMBER,
    ResolvedFormula,
    WantedFormula,
    called,
    check_numbers,
    finished,
    named_function,
)
from hiprun.language.resolve.literals import check_range, is_number
from hiprun.language.resolve.names import Names, resolve_name
from hiprun.model import Arithmetic, Constant, Domain, Number, Parameter, ParameterRef
from hiprun.model.value_conversion import tidy


class _AlreadyReportedError(Exception):
    """A mistake that has been reported already, or whose cause has."""


def resolved_formula(node: Node, names: Names, name: str, wanted: WantedFormula = ANY_NUMBER) -> ResolvedFormula | None:
    """Return the number, parameter or formula at `node`, a value for `name`; None after a mistake.

    Whether one with functions is defined for every patient is checked once all names are resolved.
    """
    value = node.value
    if is_number(value) and wanted.gives == "number":
        return _constant(value)
    if not isinstance(value, str):
        node.report(
            "wrong-type",
            f"`{name}` is a number, not {message_wording.value_words(value)}.",
            "Write a number, the name of a parameter, or a formula made of these.",
        )
        return None
    try:
        tree = formula_parser.parse(value)
        found = finished(_resolve(tree, node, names), tree, name, wanted)
        if wanted.sums_too or not found.is_linear:
            has_decimals = wanted.decimals is not None
            node.findings.formulas.append(WrittenFormula(node, name, tree, found.formula, wanted.within, has_decimals))
        return found
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


def names_date(value: Any, names: Names) -> bool:
    """Return whether a value where a date belongs is a formula: the name of a date, or a function."""
    return isinstance(value, str) and ("(" in value or value in names.references())


def report_fraction(node: Node, name: str) -> None:
    """Report a value for `name`, which is a whole number, that might not be one."""
    node.report(
        "not-whole",
        f"`{name}` must be a whole number, and this might not be one.",
        "Round it, as with `round(…)`, write a whole number, or change the type to `number`.",
    )


def _constant(value: Number) -> ResolvedFormula:
    return ResolvedFormula(Constant(value), low=value, high=value, is_whole=isinstance(value, int))


def _resolve(tree: FormulaTree, node: Node, names: Names) -> ResolvedFormula:
    match tree:
        case NumberLiteral(value):
            return _constant(value)
        case Name():
            return _name(tree, node, names)
        case FunctionCall():
            return _call(tree, node, names)
        case Operation("^"):
            return _power(tree, node, names)
        case _:
            left, right = _resolve(tree.left, node, names), _resolve(tree.right, node, names)
            check_numbers(tree, left, right)
            return _OPERATIONS[tree.operator](tree, left, right)


def _call(tree: FunctionCall, node: Node, names: Names) -> ResolvedFormula:
    function, arguments, option = named_function(tree, {*names.parameters, *names.numbers()})
    return called(function, tree, arguments, [_resolve(argument, node, names) for argument in arguments], option)


def _power(tree: Operation, node: Node, names: Names) -> ResolvedFormula:
    sides = (tree.left, tree.right)
    return called(FUNCTIONS["power"], tree, sides, [_resolve(side, node, names) for side in sides])


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
    if not domain.is_numeric and domain.type != "date":
        raise FormulaError(
            f"`{tree.name}` is {message_wording.TYPE_WORDS[domain.type]}; a number is needed here.",
            "Name a number fact, a parameter or a number.",
            tree.start,
            tree.width,
            "needs-number",
        )
    is_date = domain.type == "date"
    return ResolvedFormula(
        ref,
        domain.unit,
        depends_on_patient=True,
        is_whole=is_date or domain.type == "integer",
        gives="date" if is_date else "number",
    )


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
    tree: Operation,
    left: ResolvedFormula,
    right: ResolvedFormula,
    unit: str,
    corners: list[Any],
    *,
    whole: bool,
) -> ResolvedFormula:
    operator = tree.operator
    divisor_or_factor = right.depends_on_patient and (operator == "/" or (operator == "*" and left.depends_on_patient))
    assert operator != "^"  # a power is a function
    return ResolvedFormula(
        Arithmetic(operator, left.formula, right.formula),
        unit,
        depends_on_patient=left.depends_on_patient or right.depends_on_patient,
        low=tidy(min(corners)),
        high=tidy(max(corners)),
        is_whole=whole and left.is_whole and right.is_whole,
        is_real=left.is_real or right.is_real,
        is_linear=left.is_linear and right.is_linear and not divisor_or_factor,
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
    corners = [left_end * right_end for left_end in (left.low, left.high) for right_end in (right.low, right.high)]
    unit = "" if (left.unit and right.unit) or _may_convert(left) or _may_convert(right) else left.unit or right.unit
    return _operation(tree, left, right, unit, corners, whole=True)


def _quotient(tree: Operation, left: ResolvedFormula, right: ResolvedFormula) -> ResolvedFormula:
    if right.depends_on_patient:
        return _operation(tree, left, right, "", [0], whole=False)
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
