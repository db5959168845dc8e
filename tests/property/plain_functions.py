"""What functions in formulas come to, in the plainest words: fractions, decimals of 60 digits, months counted."""

from __future__ import annotations

import datetime
import decimal
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hiprun.model import Arithmetic, Call, Constant, Formula, ParameterRef, Ref

_SIXTY = decimal.Context(prec=60)


def value(formula: Formula, names: Any) -> Any:
    """Return the exact value of a formula; `names` gives that of a reference or a parameter, None for none."""
    match formula:
        case Constant(number):
            return number
        case ParameterRef() | Ref():
            return names(formula)
        case Call(function, (inner, *more)) if function.startswith("round"):
            steps = [value(part, names) for part in more] or [1]
            exact = value(inner, names) if not is_real(inner) else real(inner, names)
            return None if exact is None or None in steps else rounded(function, exact, steps[0])
        case Arithmetic(operator, left, right):
            return called(operator, [value(left, names), value(right, names)], "")
        case Call(function, arguments, option):
            return called(function, [value(part, names) for part in arguments], option)


def is_real(formula: Formula) -> bool:
    """Return whether a formula can be no fraction."""
    match formula:
        case Arithmetic(_, left, right):
            return is_real(left) or is_real(right)
        case Call("sqrt" | "ln" | "exp" | "log10"):
            return True
        case Call("power", (base, exponent)):
            return is_real(base) or not (isinstance(exponent, Constant) and exponent.value % 1 == 0)
        case Call(function, arguments):
            return not function.startswith("round") and any(map(is_real, arguments))
    return False


def real(formula: Formula, names: Any) -> Any:
    """Return a number that need be no fraction with 60 digits, as the fraction that these say."""
    match formula:
        case Call("sqrt" | "ln" | "exp" | "log10" as function, (inner,)):
            number = real(inner, names)
            return None if number is None else Fraction(getattr(_SIXTY, function)(_decimal(number)))
        case Call("power", (base, exponent)) if (power := value(exponent, names)) % 1 != 0:
            number = real(base, names)
            return None if number is None else Fraction(_SIXTY.power(_decimal(number), _decimal(power)))
        case Arithmetic(operator, left, right):
            return called(operator, [real(left, names), real(right, names)], "")
        case Call(function, arguments, option) if not function.startswith("round"):
            return called(function, [real(part, names) for part in arguments], option)
    return value(formula, names)


def _decimal(number: Any) -> Decimal:
    return _SIXTY.divide(Decimal(Fraction(number).numerator), Decimal(Fraction(number).denominator))


def rounded(function: str, number: Any, step: Any) -> Any:
    """Return a number rounded to a step, halves away from 0."""
    steps = Fraction(number) / step
    nearest = round(steps)
    if abs(steps - nearest) < Fraction(1, 10**45):
        steps = Fraction(nearest)
    if abs(steps * 2 - round(steps * 2)) < Fraction(1, 10**45):
        steps = Fraction(round(steps * 2), 2)
    whole = {
        "round_down": math.floor(steps),
        "round_up": math.ceil(steps),
        "round": (1 if steps > 0 else -1) * math.floor(abs(steps) + Fraction(1, 2)),
    }[function]
    return whole * Fraction(step)


def called(function: str, numbers: list[Any], option: str) -> Any:
    """Return a function of exact numbers; None where one of them is missing."""
    if None in numbers:
        return None
    match function:
        case "+":
            return numbers[0] + numbers[1]
        case "-":
            return numbers[0] - numbers[1]
        case "*":
            return numbers[0] * numbers[1]
        case "/":
            return Fraction(numbers[0]) / numbers[1]
        case "power":
            return Fraction(numbers[0]) ** int(numbers[1])
        case "min":
            return min(numbers)
        case "max":
            return max(numbers)
        case "abs":
            return abs(numbers[0])
        case "days":
            return numbers[1] - numbers[0]
        case "weeks":
            return _truncated(numbers[1] - numbers[0], 7)
        case "add_days":
            return numbers[0] + numbers[1]
        case "add_weeks":
            return numbers[0] + 7 * numbers[1]
        case "months" | "years":
            return _completed(*numbers, option, 12 if function == "years" else 1)
        case "add_months" | "add_years":
            return later(numbers[0], numbers[1] * (12 if function == "add_years" else 1), option)
    raise AssertionError(function)


def _truncated(days: int, size: int) -> int:
    return math.floor(days / size) if days >= 0 else -math.floor(-days / size)


def _completed(start: int, end: int, option: str, size: int) -> int:
    if end < start:
        return -_completed(end, start, option, size)
    number = 0
    while later(start, (number + 1) * size, option) <= end:
        number += 1
    return number


def later(day: int, months: int, option: str) -> int:
    """Return the day some months on, found by counting months one by one and days until there is no such day."""
    date = datetime.date.fromordinal(day)
    year, month = date.year, date.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month in (0, 13):
            year, month = year + (1 if month else -1), 1 if month else 12
    for wanted in range(date.day, 0, -1):
        try:
            found = datetime.date(year, month, wanted).toordinal()
        except ValueError:
            continue
        return found if wanted == date.day or option == "last_day" else found + 1
    raise AssertionError(day)
