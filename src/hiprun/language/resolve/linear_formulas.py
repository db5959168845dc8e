"""A number or formula in a file → a formula with its names resolved, its unit and its range."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

import attrs

from hiprun.errors import suggestion
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
from hiprun.model.corrections import AnyHelp, Help, Wrap
from hiprun.model.units import NO_UNIT, Unit, has_finite_decimals
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
        whole = _resolve(tree, node, names)
        if whole.is_real and wanted.decimals is not None and wanted.within is not None:
            whole = _converted(node, whole, declared_unit(node, wanted.within.unit)) or whole
        found = finished(whole, tree, name, wanted)
        is_held = wanted.sums_too or not found.is_linear
        gives_day = wanted.gives == "date" and wanted.within is not None
        if is_held or gives_day:
            within, has_decimals = wanted.within if is_held else None, found is not whole
            node.findings.formulas.append(WrittenFormula(node, name, tree, found.formula, within, has_decimals))
        return found
    except FormulaError as error:
        node.report_within(error.start, error.width, error.code, error.message, error.help)
    except _AlreadyReportedError:
        pass
    return None


def fitted(node: Node, formula: ResolvedFormula, domain: Domain, name: str, names: Names) -> ResolvedFormula:
    """Return a formula in the unit of `domain`, that of `name`; report one that does not fit its unit or its range."""
    wanted = declared_unit(node, domain.unit)
    converted = _converted(node, formula, wanted, with_zero=True)
    if converted is None:
        assert formula.unit is not None
        assert wanted is not None
        node.report(
            "unit-mismatch",
            f"`{name}` is measured in {domain.unit}, but this {_is_in(formula.unit)}."
            if domain.unit
            else f"`{name}` has no unit, but this is in {formula.unit}.",
            _mismatch_help(node, formula.unit, wanted, "Compare like with like", names, without=name),
        )
        return formula
    if not converted.depends_on_patient:
        check_range(node, domain, name, converted.low, converted.high)
    return converted


def names_date(value: Any, names: Names) -> bool:
    """Return whether a value where a date belongs is a formula: the name of a date, or a function."""
    return isinstance(value, str) and ("(" in value or names.has_reference(value))


def report_fraction(node: Node, name: str) -> None:
    """Report a value for `name`, which is a whole number, that might not be one."""
    node.report(
        "not-whole",
        f"`{name}` must be a whole number, and this might not be one.",
        Help(
            "Round it, as with `round(…)`, write a whole number, or change the type to `number`.", Wrap("round(", ")")
        ),
    )


def declared_unit(node: Node, notation: str) -> Unit | None:
    """Return the unit that a declaration gives; None if it fits any unit.

    In version 1 of the language, that is the text as it is, and something without a unit fits any.
    """
    if node.language == 1:
        return Unit.named(notation) if notation else None
    return node.units.parse(notation) if notation else NO_UNIT


def _is_in(unit: Unit) -> str:
    return "has no unit" if unit == NO_UNIT else f"is in {unit}"


def _mismatch_help(node: Node, unit: Unit, other: Unit, like: str, names: Names, without: str = "") -> str:
    """Return help for amounts that cannot be brought together; `without` names what `other` is declared for."""
    if node.language == 1:
        return f"{like}; to convert, multiply or divide by a whole number, such as `60 *`."
    for name, _ in (*unit.powers, *other.powers):
        if name in names.facts or name in names.parameters or name in names.derived:
            return f"`{name}` is read as a unit here; to calculate with its value, put spaces around the `/` before it."
    if node.units.ratio(unit, other):
        return (
            "Their scales begin at different points: make one of them a derived number in the unit of the other first."
        )
    if other == NO_UNIT and without:
        return f"If `{without}` is an amount, declare it with `unit: {unit}`."
    if NO_UNIT in (unit, other):
        return f"{like}; a number can have a unit: `2 {unit if other == NO_UNIT else other}`."
    return f"{like}; if one can be converted into the other, say how under `units:`."


def _converted(
    node: Node, formula: ResolvedFormula, unit: Unit | None, *, with_zero: bool = False
) -> ResolvedFormula | None:
    """Return a formula in another unit; None if the pack does not say how to convert it.

    `with_zero` converts amounts on scales that begin at different points; without it, these cannot be converted.
    """
    old = formula.unit
    if old is None or unit is None or old == unit:
        return formula
    ratio = None if node.language == 1 else node.units.ratio(old, unit)
    zeros = (node.units.zero(old), node.units.zero(unit))
    if ratio is None or (any(zeros) and not with_zero):
        return None
    scaled = _scaled(_shifted(formula, "-", zeros[0], old), ratio, unit / old)
    return _shifted(attrs.evolve(scaled, unit=unit), "+", zeros[1], unit)


def _shifted(formula: ResolvedFormula, operator: Literal["+", "-"], amount: Number, unit: Unit) -> ResolvedFormula:
    if not amount:
        return formula
    shift = amount if operator == "+" else -amount
    return attrs.evolve(
        formula,
        formula=Arithmetic(operator, formula.formula, Constant(amount, unit=unit.after_number(), converts=True)),
        low=tidy(formula.low + shift),
        high=tidy(formula.high + shift),
        is_whole=formula.is_whole and isinstance(shift, int),
    )


def _scaled(formula: ResolvedFormula, ratio: Number, unit: Unit) -> ResolvedFormula:
    """Return a formula times a ratio, which `unit` gives its unit: in as few finite decimals as it takes."""
    scaled = formula.formula
    multiplier, divisor = ratio.numerator, ratio.denominator
    inverse = tidy(Fraction(divisor, multiplier))
    if has_finite_decimals(ratio):
        scaled = Arithmetic("*", scaled, Constant(ratio, unit=unit.after_number(), converts=True))
    elif has_finite_decimals(inverse):
        scaled = Arithmetic("/", scaled, Constant(inverse, unit=(NO_UNIT / unit).after_number(), converts=True))
    else:
        scaled = Arithmetic("*", scaled, Constant(multiplier, unit=unit.after_number(), converts=True))
        scaled = Arithmetic("/", scaled, Constant(divisor, converts=True))
    return attrs.evolve(
        formula,
        formula=scaled,
        low=tidy(Fraction(formula.low) * ratio),
        high=tidy(Fraction(formula.high) * ratio),
        is_whole=formula.is_whole and divisor == 1,
    )


def _constant(value: Number, unit: Unit | None = None) -> ResolvedFormula:
    written = unit.after_number() if unit else ""
    return ResolvedFormula(Constant(value, unit=written), unit, low=value, high=value, is_whole=isinstance(value, int))


def _resolve(tree: FormulaTree, node: Node, names: Names) -> ResolvedFormula:
    match tree:
        case NumberLiteral():
            return _number(tree, node)
        case Name():
            return _name(tree, node, names)
        case FunctionCall():
            return _call(tree, node, names)
        case Operation("^"):
            return _power(tree, node, names)
        case _:
            left, right = _resolve(tree.left, node, names), _resolve(tree.right, node, names)
            check_numbers(tree, left, right)
            return _OPERATIONS[tree.operator](tree, left, right, node, names)


def _call(tree: FunctionCall, node: Node, names: Names) -> ResolvedFormula:
    function, arguments, option = named_function(tree, {*names.parameters, *names.numbers()})
    resolved = [_reduced(_resolve(argument, node, names), node) for argument in arguments]
    if function.unit == "same":
        resolved = _in_one_unit(resolved, node)
    return called(function, tree, arguments, resolved, option, language=node.language)


def _reduced(argument: ResolvedFormula, node: Node) -> ResolvedFormula:
    """Return an argument in a unit in which no two names convert into each other.

    Otherwise a function would see 1 where a plain number, such as 1 g / 1 mg, is 1000.
    """
    if node.language == 1 or not argument.unit:
        return argument
    return _converted(node, argument, node.units.reduced(argument.unit)) or argument


def _in_one_unit(arguments: Sequence[ResolvedFormula], node: Node) -> list[ResolvedFormula]:
    """Return arguments in the unit of the first that has one, as far as the pack says how to convert them."""
    unit = next((argument.unit for argument in arguments if argument.unit is not None), None)
    return [_converted(node, argument, unit) or argument for argument in arguments]


def _power(tree: Operation, node: Node, names: Names) -> ResolvedFormula:
    sides = (tree.left, tree.right)
    resolved = [_reduced(_resolve(side, node, names), node) for side in sides]
    return called(FUNCTIONS["power"], tree, sides, resolved, language=node.language)


def _number(literal: NumberLiteral, node: Node) -> ResolvedFormula:
    """Return a number; one without a unit is a plain number, but 0 is the same in every unit."""
    if node.language > 1:
        unit = node.units.parse(literal.unit) if literal.unit else NO_UNIT
        return _constant(literal.value, None if literal.value == 0 and unit == NO_UNIT else unit)
    if literal.unit:
        word = literal.unit.split(" ")[0]
        start = literal.start + literal.width - len(literal.unit)
        if word.startswith(("%", "°")):
            help = formula_parser.sign_help(word[0], str(node.value))
            raise FormulaError(f"`{word[0]}` has no meaning in a formula.", help, start)
        raise FormulaError(
            f"There is no `+`, `-`, `*` or `/` before `{word}`.",
            formula_parser.unit_help(word),
            start,
            len(word),
        )
    return _constant(literal.value)


def _name(tree: Name, node: Node, names: Names) -> ResolvedFormula:
    if tree.name in names.parameters:
        parameter = names.parameters[tree.name]
        if parameter is None:
            raise _AlreadyReportedError
        return _parameter(parameter, node)

    def report(code: str, message: str, help: AnyHelp, name: str) -> None:
        if code == "unknown-name":
            if names.may_be_in_broken_file(("parameters",)):
                return
            message = f"There is nothing called `{tree.name}`; a number is needed here."
            help = suggestion(tree.name, [*names.parameters, *names.numbers()])
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
        None if is_date else declared_unit(node, domain.unit),
        depends_on_patient=True,
        is_whole=is_date or domain.type == "integer",
        gives="date" if is_date else "number",
    )


def _parameter(parameter: Parameter, node: Node) -> ResolvedFormula:
    low, high, value = parameter.lowest, parameter.highest, parameter.value
    return ResolvedFormula(
        ParameterRef(parameter.name),
        declared_unit(node, parameter.unit),
        can_be_set=not parameter.is_fixed,
        low=value if low is None else low,
        high=value if high is None else high,
        is_whole=parameter.type == "integer",
    )


def _operation(
    tree: Operation,
    left: ResolvedFormula,
    right: ResolvedFormula,
    unit: Unit | None,
    corners: list[Any],
    *,
    whole: bool,
) -> ResolvedFormula:
    operator = tree.operator
    assert operator != "^"  # a power is a function
    divisor_or_factor = right.depends_on_patient and (operator == "/" or (operator == "*" and left.depends_on_patient))
    return ResolvedFormula(
        Arithmetic(operator, left.formula, right.formula),
        unit,
        depends_on_patient=left.depends_on_patient or right.depends_on_patient,
        can_be_set=left.can_be_set or right.can_be_set,
        low=tidy(min(corners)),
        high=tidy(max(corners)),
        is_whole=whole and left.is_whole and right.is_whole,
        is_real=left.is_real or right.is_real,
        is_linear=left.is_linear and right.is_linear and not divisor_or_factor,
    )


def _sum(tree: Operation, left: ResolvedFormula, right: ResolvedFormula, node: Node, names: Names) -> ResolvedFormula:
    converted = _converted(node, right, left.unit)
    if converted is None:
        assert left.unit is not None
        assert right.unit is not None
        sides = [f"in {unit}" if unit != NO_UNIT else "without a unit" for unit in (left.unit, right.unit)]
        raise FormulaError(
            f"One side of `{tree.operator}` is {sides[0]}, the other {sides[1]}.",
            _mismatch_help(node, left.unit, right.unit, "Add only amounts in the same unit", names),
            tree.start,
            1,
            "unit-mismatch",
        )
    right = converted
    if tree.operator == "+":
        corners = [left.low + right.low, left.high + right.high]
    else:
        corners = [left.low - right.high, left.high - right.low]
    return _operation(tree, left, right, right.unit if left.unit is None else left.unit, corners, whole=True)


def _product(
    tree: Operation, left: ResolvedFormula, right: ResolvedFormula, node: Node, names: Names
) -> ResolvedFormula:
    corners = [left_end * right_end for left_end in (left.low, left.high) for right_end in (right.low, right.high)]
    return _operation(tree, left, right, _product_unit(node, left, right, 1), corners, whole=True)


def _quotient(
    tree: Operation, left: ResolvedFormula, right: ResolvedFormula, node: Node, names: Names
) -> ResolvedFormula:
    if right.depends_on_patient:
        return _operation(tree, left, right, _product_unit(node, left, right, -1), [0], whole=False)
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
    return _operation(tree, left, right, _product_unit(node, left, right, -1), corners, whole=False)


def _product_unit(node: Node, left: ResolvedFormula, right: ResolvedFormula, power: Literal[1, -1]) -> Unit | None:
    """Return the unit of a product or, with the power -1, of a quotient; None for any unit."""
    if node.language > 1:
        return (left.unit or NO_UNIT) * (right.unit or NO_UNIT) ** power
    if right.depends_on_patient and (left.depends_on_patient or power < 0):
        return None  # version 1 knows no units of products
    if _may_convert(right) or (right.unit and (left.unit or power < 0)) or (power > 0 and _may_convert(left)):
        return None
    return left.unit or right.unit


def _may_convert(factor: ResolvedFormula) -> bool:
    """Whether a factor may convert a unit: 60 does, from minutes to seconds; 1.1 only scales."""
    return isinstance(factor.formula, Constant) and factor.is_whole and not -1 <= factor.formula.value <= 1


_OPERATIONS = {"+": _sum, "-": _sum, "*": _product, "/": _quotient}
