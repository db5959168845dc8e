"""What a pack with units means, read from its formulas as they are written: every amount is a number and its unit."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from hiprun.model import Arithmetic, Call, Condition, Constant, Decision, Domain, ParameterRef, Ref, Test, is_formula
from hiprun.model.amounts import rounded_text

from . import plain_functions
from .oracle import Oracle, meets

WORTH: Mapping[str, tuple[Fraction, str, int]] = {
    "g": (Fraction(1, 1000), "kg", 0),
    "lb": (Fraction("0.45359237"), "kg", 0),
    "°F": (Fraction(5, 9), "°C", 32),
}
"""What one of a unit is in which other, and what it shows where the other shows 0."""

Powers: TypeAlias = Mapping[str, int]
Amount: TypeAlias = tuple[Any, Powers | None]
"""A number, None for none, with its unit, None for any."""

_ROUNDED = ("round", "round_down", "round_up")


class AmountOracle(Oracle):
    """Evaluates a model whose formulas are as they are written, so that it converts every amount itself."""

    def value(self, ref: Ref) -> Any:
        """Return the value of a name; a derived number in its own unit."""
        derived = self.model.derived.get(ref.name) if ref.kind == "derived" else None
        if derived is None or derived.formula is None:
            return super().value(ref)
        return self.in_unit(derived.formula, derived.unit)

    def row(self, decision: Decision, then: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
        """Return outputs, numbers in their units."""
        domains = {output.name: output.domain for output in decision.outputs}

        def given(domain: Domain, value: Any) -> Any:
            if is_formula(value):
                return self.in_unit(value, domain.unit)
            return self.filled(value) if domain.type == "string" else value

        return {name: given(domains[name], value) for name, value in then}

    def filled(self, text: str) -> str:
        """Return a text with the values that it shows: parameters, facts and derived numbers, but no outputs."""

        def shown(match: re.Match[str]) -> str:
            if len(match[0]) == 2:
                return match[0][0]
            name, _, form = match[1].partition(":")
            parameter, derived = self.model.parameters.get(name), self.model.derived.get(name)
            if parameter is not None:
                return _shown(parameter.value, parameter.domain, form)
            if derived is not None:
                return _shown(self.value(Ref("derived", name)), derived.domain, form)
            return _shown(self.patient[name], self.model.facts[name].domain, form)

        return re.sub(r"\{\{|\}\}|\{([^{}]*)\}", shown, text)

    def holds(self, condition: Condition) -> bool:
        """Whether a condition holds."""
        if not isinstance(condition, Test):
            return super().holds(condition)
        value, domain = self.value(condition.subject), self.domain(condition.subject)
        operands = [
            self.in_unit(operand, domain.unit) if is_formula(operand) else operand for operand in condition.operands
        ]
        return value is not None and None not in operands and meets(domain, condition.operator, operands, value)

    def in_unit(self, formula: Any, unit: str) -> Any:
        """Return what a formula comes to in a unit; a number that stands alone is in it already."""
        if isinstance(formula, Constant) and not formula.unit:
            return formula.value
        number, own = self.amount(formula)
        return None if number is None else _converted(number, own, {unit: 1} if unit else {}, with_zero=True)

    def amount(self, formula: Any) -> Amount:
        """Return what a formula comes to, with its unit."""
        match formula:
            case Constant(value):
                return value, {formula.unit: 1} if formula.unit else None if value == 0 else {}
            case ParameterRef(name):
                return self.model.parameters[name].value, _powers(self.model.parameters[name].unit)
            case Ref():
                domain = self.domain(formula)
                return self.value(formula), None if domain.type == "date" else _powers(domain.unit)
            case Arithmetic(sign, left, right):
                return _joined(sign, self.amount(left), self.amount(right))
            case Call(function, arguments) if function in ("min", "max", "abs"):
                return self._alike(function, arguments)
            case Call("power", (base, Constant(exponent))) if exponent % 1 == 0:
                number, unit = self.amount(base)
                return plain_functions.called("power", [number, exponent], ""), _times({}, unit or {}, int(exponent))
            case Call(function, (inner, step)) if function in _ROUNDED and not plain_functions.is_real(inner):
                number, unit = self.amount(inner)
                return None if number is None else plain_functions.rounded(function, number, step.value), unit
            case Call(function, arguments, option):
                if function in _ROUNDED:
                    return plain_functions.value(formula, self._number), {}  # of numbers without a unit
                return plain_functions.called(function, [self._number(part) for part in arguments], option), None

    def _alike(self, function: str, arguments: tuple[Any, ...]) -> Amount:
        """Return a function of numbers that are first brought to one unit."""
        amounts = [self.amount(argument) for argument in arguments]
        unit = next((own for _, own in amounts if own is not None), None)
        numbers = [
            number if number is None or unit is None else _converted(number, own, unit) for number, own in amounts
        ]
        return plain_functions.called(function, numbers, ""), unit

    def _number(self, formula: Any) -> Any:
        return self.amount(formula)[0]


def _joined(sign: str, left: Amount, right: Amount) -> Amount:
    (first, unit), (second, other) = left, right
    if sign in "*/":
        powers = _times(unit or {}, other or {}, 1 if sign == "*" else -1)
        return plain_functions.called(sign, [first, second], ""), powers
    if first is not None and second is not None and unit is not None:
        second = _converted(second, other, unit)
    return plain_functions.called(sign, [first, second], ""), other if unit is None else unit


def _shown(value: Any, domain: Domain, form: str) -> str:
    match domain.type:
        case "boolean":
            return "yes" if value else "no"
        case "choice":
            return domain.choices[value] or value
        case "set":
            return ", ".join(text or name for name, text in domain.choices.items() if name in value) or "none"
        case "string":
            return str(value)
        case "date":
            return datetime.date.fromordinal(value).isoformat()
    unit = "lbs" if domain.unit == "lb" and value != 1 else domain.unit
    return rounded_text(Fraction(value)) + (f" {unit}" if unit and not form else "")


def _powers(unit: str) -> Powers:
    return {unit: 1} if unit else {}


def _times(powers: Powers, others: Powers, sign: int) -> Powers:
    found = {name: powers.get(name, 0) + sign * others.get(name, 0) for name in (*powers, *others)}
    return {name: power for name, power in found.items() if power}


def _converted(number: Any, unit: Powers | None, wanted: Powers, *, with_zero: bool = False) -> Any:
    if unit is None or unit == wanted:
        return number
    if with_zero and list(unit) in (["°C"], ["°F"]):
        base = (Fraction(number) - 32) * Fraction(5, 9) if "°F" in unit else number
        return Fraction(base) * Fraction(9, 5) + 32 if "°F" in wanted else base
    factor = Fraction(1)
    left: dict[str, int] = {}
    for powers, sign in ((unit, 1), (wanted, -1)):
        for name, power in powers.items():
            size, base, zero = WORTH.get(name, (Fraction(1), name, 0))
            assert not zero
            factor *= size ** (sign * power)
            left[base] = left.get(base, 0) + sign * power
    assert not any(left.values()), (unit, wanted)
    return number * factor
