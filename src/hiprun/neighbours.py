"""The values next to a value: a number one step up or down, the choice before and after, another text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from hiprun.model import Arithmetic, Constant, Domain, Formula, Literal_, Model, Number
from hiprun.rewriting import constants
from hiprun.uses import parameters
from hiprun.values import tidy


def step(number: Number) -> Number:
    """Return one unit of the last decimal place that a number needs; 1 for a whole one, or one that never ends.

    >>> step(4), step(Fraction(1, 4))
    (1, Fraction(1, 100))
    """
    rest, places = number.denominator, 0
    while rest % 10 == 0:
        rest, places = rest // 10, places + 1
    for prime in (2, 5):
        own = 0
        while rest % prime == 0:
            rest, own = rest // prime, own + 1
        if own:
            places += own
    return 1 if rest != 1 or not places else Fraction(1, 10**places)


def formula_step(model: Model, formula: Formula) -> Number:
    """Return the finest step of the numbers and parameters in a formula."""
    numbers = [constant.value for constant, _, _ in constants(formula)]
    numbers += [model.parameters[name].value for name in parameters(formula)]
    return min(map(step, numbers), default=1)


def shifted(model: Model, formula: Formula) -> Iterator[Formula]:
    """Yield `formula` with each of its numbers one step down and up; where it has none, the whole of it."""
    found = list(constants(formula))
    for constant, put, divides in found:
        for value in beside(constant.value):
            if value or not divides:
                yield put(Constant(value))
    if not found:
        size = Constant(formula_step(model, formula))
        yield Arithmetic("-", formula, size)
        yield Arithmetic("+", formula, size)


def beside(number: Number) -> tuple[Number, Number]:
    """Return the numbers one step below and above."""
    size = step(number)
    return tidy(number - size), tidy(number + size)


def neighbours(domain: Domain, value: Literal_, texts: Iterable[str] = ()) -> Iterator[Literal_]:
    """Yield the values next to a constant that is no number; a text's neighbour is the first other one of `texts`."""
    match value:
        case bool():
            yield not value
        case frozenset():
            for choice in domain.choices:
                yield value ^ {choice}
        case str() if domain.type == "choice":
            names = list(domain.choices)
            place = names.index(value)
            yield from names[max(place - 1, 0) : place]
            yield from names[place + 1 : place + 2]
        case str():
            yield from [text for text in texts if text != value][:1]
        case _:
            yield value - 1
            yield value + 1
