"""The values next to a value: a number one step below or above, the choice before or after, another text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import attrs

from hiprun.model import Arithmetic, Constant, Domain, Formula, Literal_, Model, Number, formula_parameters
from hiprun.model.substitution import number_slots
from hiprun.model.value_conversion import MOST_DIGITS, tidy


def decimal_step(number: Number) -> Number:
    """Return one unit of the last decimal place of a number; 1 if it is whole or has no finite decimal notation.

    >>> decimal_step(4), decimal_step(Fraction(1, 4))
    (1, Fraction(1, 100))
    """
    places = next((places for places in range(MOST_DIGITS + 1) if (number * 10**places).denominator == 1), 0)
    return Fraction(1, 10**places) if places else 1


def formula_step(model: Model, formula: Formula) -> Number:
    """Return the smallest step of the numbers and parameters in a formula."""
    numbers = [constant.value for constant, _, _ in number_slots(formula)]
    numbers += [model.parameters[name].value for name in formula_parameters(formula)]
    return min(map(decimal_step, numbers), default=1)


def shifted_formulas(model: Model, formula: Formula) -> Iterator[Formula]:
    """Yield `formula` with each of its numbers one step lower and higher or, if it has none, its value."""
    number_positions = list(number_slots(formula))
    for constant, replace, divides in number_positions:
        for value in neighbouring_numbers(constant.value):
            if value or not divides:
                yield replace(attrs.evolve(constant, value=value))
    if not number_positions:
        size = Constant(formula_step(model, formula))
        yield Arithmetic("-", formula, size)
        yield Arithmetic("+", formula, size)


def neighbouring_numbers(number: Number) -> tuple[Number, Number]:
    """Return the numbers one step below and above."""
    size = decimal_step(number)
    return tidy(number - size), tidy(number + size)


def neighbouring_values(domain: Domain, value: Literal_, texts: Iterable[str] = ()) -> Iterator[Literal_]:
    """Yield the values next to a constant that is not a number; for a text, the first different one of `texts`."""
    match value:
        case bool():
            yield not value
        case frozenset():
            for choice in domain.choices:
                yield value ^ {choice}
        case str() if domain.choices:
            names = list(domain.choices)
            position = names.index(value)
            yield from names[max(position - 1, 0) : position]
            yield from names[position + 1 : position + 2]
        case str():
            yield from [text for text in texts if text != value][:1]
        case _:
            yield value - 1
            yield value + 1
