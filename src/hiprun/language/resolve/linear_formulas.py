"""A number or formula in a file → a formula with its names resolved, known to be linear, with its unit and its span."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NoReturn

import attrs

from hiprun.errors import did_you_mean
from hiprun.language.resolve import formula_parser, message_wording
from hiprun.language.resolve.cursor import Node
from hiprun.language.resolve.formula_parser import Figure, FormulaError, Joined, Name, Tree
from hiprun.language.resolve.literals import check_range, is_number
from hiprun.language.resolve.names import Names, find
from hiprun.model import Arithmetic, Constant, Domain, Formula, Number, Parameter, ParameterRef
from hiprun.model.value_conversion import tidy


@attrs.frozen
class Amount:
    """A formula and what is known of it before any patient is.

    `low` and `high` span its values over the ranges of its parameters, where one without a range is fixed; they mean
    nothing where it depends on the `patient`. `whole`: always a whole number.
    """

    formula: Formula
    unit: str = ""
    patient: bool = False
    low: Number = 0
    high: Number = 0
    whole: bool = False


class _AlreadySaidError(Exception):
    """A mistake that is reported already, or whose cause is."""


def amount(node: Node, names: Names, name: str) -> Amount | None:
    """Return the number, parameter or formula at `node`, which belongs to `name`; None after a mistake."""
    given = node.value
    if is_number(given):
        return _constant(given)
    if not isinstance(given, str):
        node.report(
            "wrong-type",
            f"`{name}` is a number, not {message_wording.value(given)}.",
            "Write a number, a parameter's name, or a formula of them.",
        )
        return None
    try:
        return _resolve(formula_parser.parse(given), node, names)
    except FormulaError as error:
        node.report_within(error.start, error.width, error.code, error.message, error.help)
    except _AlreadySaidError:
        pass
    return None


def check_fit(node: Node, found: Amount, domain: Domain, name: str) -> None:
    """Report an amount that cannot be meant for `name`: another unit, or a value outside its range."""
    if domain.unit and found.unit and domain.unit != found.unit:
        node.report(
            "unit-mismatch",
            f"`{name}` is counted in {domain.unit}, but this is in {found.unit}.",
            "Compare like with like; to convert, multiply or divide by a whole number, such as `60 *`.",
        )
    elif not found.patient:
        check_range(node, domain, name, found.low, found.high)


def _constant(value: Number) -> Amount:
    return Amount(Constant(value), low=value, high=value, whole=isinstance(value, int))


def _resolve(tree: Tree, node: Node, names: Names) -> Amount:
    match tree:
        case Figure(value):
            return _constant(value)
        case Name():
            return _name(tree, node, names)
        case _:
            one, other = _resolve(tree.left, node, names), _resolve(tree.right, node, names)
            return _JOINED[tree.operator](tree, one, other)


def _name(tree: Name, node: Node, names: Names) -> Amount:
    if tree.name in names.parameters:
        parameter = names.parameters[tree.name]
        if parameter is None:
            raise _AlreadySaidError
        return _parameter(parameter)

    def say(code: str, message: str, help: str, name: str) -> None:
        if code == "unknown-name":
            if names.may_stand_elsewhere(("parameters",)):
                return
            message = f"Nothing is called `{tree.name}`; here a number is needed."
            help = did_you_mean(tree.name, [*names.parameters, *names.numbers()])
        node.report_within(tree.start, tree.width, code, message, help, name)

    found = find(tree.name, names, say)
    if found is None:
        raise _AlreadySaidError
    ref, domain = found
    if not domain.is_numeric:
        raise FormulaError(
            f"`{tree.name}` is {message_wording.TYPES[domain.type]}; here a number is needed.",
            "Name a number fact, a parameter or a number.",
            tree.start,
            tree.width,
            "needs-number",
        )
    return Amount(ref, domain.unit, patient=True, whole=domain.type == "integer")


def _parameter(parameter: Parameter) -> Amount:
    low, high, value = parameter.lowest, parameter.highest, parameter.value
    return Amount(
        ParameterRef(parameter.name),
        parameter.unit,
        low=value if low is None else low,
        high=value if high is None else high,
        whole=parameter.type == "integer",
    )


def _joined(tree: Joined, one: Amount, other: Amount, unit: str, corners: list[Any], *, whole: bool) -> Amount:
    return Amount(
        Arithmetic(tree.operator, one.formula, other.formula),
        unit,
        patient=one.patient or other.patient,
        low=tidy(min(corners)),
        high=tidy(max(corners)),
        whole=whole and one.whole and other.whole,
    )


def _sum(tree: Joined, one: Amount, other: Amount) -> Amount:
    if one.unit and other.unit and one.unit != other.unit:
        raise FormulaError(
            f"One side of `{tree.operator}` is in {one.unit}, the other in {other.unit}.",
            "Only like can be added to like; to convert, multiply or divide by a whole number, such as `60 *`.",
            tree.start,
            1,
            "unit-mismatch",
        )
    if tree.operator == "+":
        corners = [one.low + other.low, one.high + other.high]
    else:
        corners = [one.low - other.high, one.high - other.low]
    return _joined(tree, one, other, one.unit or other.unit, corners, whole=True)


def _product(tree: Joined, one: Amount, other: Amount) -> Amount:
    if one.patient and other.patient:
        _not_linear(tree, "Two values that depend on the patient are multiplied.")
    corners = [left * right for left in (one.low, one.high) for right in (other.low, other.high)]
    unit = "" if (one.unit and other.unit) or _may_convert(one) or _may_convert(other) else one.unit or other.unit
    return _joined(tree, one, other, unit, corners, whole=True)


def _quotient(tree: Joined, one: Amount, other: Amount) -> Amount:
    if other.patient:
        _not_linear(tree, "This divides by a value that depends on the patient.")
    if other.low <= 0 <= other.high:
        raise FormulaError(
            "This divides by zero." if other.low == other.high == 0 else "This can divide by zero.",
            "Divide by a number other than 0; the range of a parameter must leave 0 out.",
            tree.start,
            1,
            "division-by-zero",
        )
    corners = [Fraction(left) / right for left in (one.low, one.high) for right in (other.low, other.high)]
    return _joined(tree, one, other, "" if other.unit or _may_convert(other) else one.unit, corners, whole=False)


def _may_convert(factor: Amount) -> bool:
    """Whether a factor may turn one unit into another: 60 does, from minutes to seconds; 1.1 is a share of the same."""
    return isinstance(factor.formula, Constant) and factor.whole and not -1 <= factor.formula.value <= 1


_JOINED = {"+": _sum, "-": _sum, "*": _product, "/": _quotient}


def _not_linear(tree: Joined, message: str) -> NoReturn:
    raise FormulaError(
        message,
        "A formula is linear: facts are only multiplied or divided by numbers and parameters.",
        tree.start,
        1,
        "not-linear",
    )
