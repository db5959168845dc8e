"""Formulas with functions in floats, with a bound on how far these are off; exactly where that does not tell.

The code of a formula works out a float. Where all numbers within its bound round alike, or lie in the same cell of
a variable, that is the exact result. What lies too close to an edge, and whatever floats refuse, is worked out exactly.
"""

from __future__ import annotations

import bisect
import itertools
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction
from typing import Any, TypeAlias

from hiprun.backends.compiled.code_writer import Writer
from hiprun.backends.compiled.floating_point_thresholds import MOST
from hiprun.inference.floating_point_errors import (
    FLOAT_FUNCTIONS,
    FLOAT_ROUNDINGS,
    LARGEST_WHOLE,
    LIBRARY,
    ROUNDED,
    Approximation,
    sum_errors,
    widened,
)
from hiprun.inference.form_ranges import corners
from hiprun.inference.functions import FUNCTIONS, SIGNS
from hiprun.inference.interval_sets import Cut, is_whole, of_domain
from hiprun.inference.linear_constraints import hull
from hiprun.inference.linear_forms import Linear, Term, facts_of, is_whole_sum
from hiprun.inference.real_numbers import TooFewDigits, digits
from hiprun.model import Fact, Number, Ref
from hiprun.model.value_conversion import MOST_DIGITS, Value, tidy

_FILE = "hiprun-compiled-formula"
_HALF = 0.5 - 2.0**-50
"""Half a unit, less what the distance from the middle may be off."""

_MOST_ADDED = 100
"""Python goes one level deeper for each sign in a line, so longer sums are left to exact arithmetic."""

_DIGITS = Context(prec=MOST_DIGITS, traps=[Inexact, InvalidOperation])
"""Decimals that are exact, or an error."""

_SMALLEST = 1e-200
"""Numbers other than 0 that are smaller than this are left to exact arithmetic, well before floats lose digits."""

_OF_DECIMALS: Mapping[str, Callable[..., Decimal]] = {"multiply": _DIGITS.multiply, "min": min, "max": max}
"""Functions of decimals that come to decimals."""

_SIGNS = {**SIGNS, "power": "**"}

_Facts: TypeAlias = Mapping[str, Fact]
_Given: TypeAlias = Mapping[str, Any]


class _Unbounded(ValueError):  # noqa: N818 - a reason to work something out exactly, not an error
    """Floats say too little about a number."""


class _Floats:
    """Writes how numbers are worked out in floats, and says how far these can be off. `uncertain` is the way out."""

    def __init__(self, writer: Writer, facts: _Facts, names: Mapping[str, str], uncertain: str) -> None:
        self.writer, self._names, self.uncertain = writer, names, uncertain
        self._domains = {name: facts[name].domain for name in names}
        self._whole = frozenset(name for name, domain in self._domains.items() if is_whole(domain))
        self._terms: dict[Term, tuple[str, Approximation]] = {}

    def sum(self, form: Linear) -> tuple[str, Approximation]:
        """Return the code of a sum, and what its float says."""
        if len(form.terms) > _MOST_ADDED:
            raise _Unbounded
        codes, parts = list[str](), list[Approximation]()
        if form.constant or not form.terms:
            code, number = _constant(form.constant)
            codes.append(code)
            parts.append(number)
        for ref, factor in form.terms:
            code, number = self._part(ref)
            if factor not in (1, -1):
                factor_code, exactly = _constant(factor if factor > 0 else -factor)
                part = Linear(0, ((ref, factor),))
                code = f"{factor_code} * {code}"
                number = self._bounded(part, "multiply", [exactly, number])
            codes.append(f"{'- ' if factor < 0 else ''}{code}")
            parts.append(number if factor > 0 else _negative(number))
        code = " + ".join(codes).replace("+ - ", "- ")
        if len(codes) == 1:
            return (code if not form.terms or form.terms[0][1] == 1 else f"({code})"), parts[0]
        ends = _sum_ends(parts)
        if self._is_exact(form, ends, parts):
            return f"({code})", Approximation(*ends)
        return f"({code})", _usable(Approximation(*ends, *widened(sum_errors(parts))))

    def _part(self, ref: Ref) -> tuple[str, Approximation]:
        if isinstance(ref, Term):
            found = self._terms.get(ref)
            if found is None:
                found = self._terms[ref] = self._term(ref)
            return found
        (low, _), (high, _) = hull(of_domain(self._domains[ref.name]), self._domains[ref.name])
        ends = _beside(max(low, -MOST), -math.inf), _beside(min(high, MOST), math.inf)
        return self._names[ref.name], Approximation(*ends, 0.0 if ref.name in self._whole else ROUNDED)

    def _term(self, term: Term) -> tuple[str, Approximation]:
        form = Linear(0, ((term, 1),))
        if not term.facts:
            return _real_constant(form)
        if term.function in FLOAT_ROUNDINGS:
            steps, step, whole = self.rounded(term)
            step_code, exactly = _constant(step)
            number = self._bounded(form, "multiply", [exactly, whole])
            return (steps if step == 1 else f"({step_code} * {steps})"), number
        codes, numbers = zip(*map(self.sum, term.arguments), strict=True)
        number = self._bounded(form, term.function, numbers, term.option)
        name = f"t{len(self.writer.lines)}"
        if term.function in _SIGNS:
            code = f" {_SIGNS[term.function]} ".join(codes)
        else:
            option = [self.writer.bind(term.option)] if term.entry.options else []
            code = f"{self.writer.bind(FLOAT_FUNCTIONS[term.function].call)}({', '.join([*codes, *option])})"
        self.writer.write(f"{name} = {code}", indent=2)
        return name, number

    def rounded(self, term: Term) -> tuple[str, Number, Approximation]:
        """Write how often its step goes into a rounded term; return the name of that, the step, and what it can be."""
        step = term.arguments[1].constant
        if term.arguments[1].terms:
            raise _Unbounded
        form = term.arguments[0].times(Fraction(1) / step)
        code, number = self.sum(form)
        name = f"w{len(self.writer.lines)}"
        if number.is_exact and self.is_whole(form):
            self.writer.write(f"{name} = int({code})", indent=2)
            return name, step, number
        if not number.absolute < _HALF / 2:
            raise _Unbounded
        rounding = FLOAT_ROUNDINGS[term.function]
        before = f" + {rounding.before}" if rounding.before else ""
        middle = f" - {rounding.middle}".replace("- -", "+ ") if rounding.middle else ""
        self.writer.write(f"x{name} = {code}", indent=2)
        self.writer.write(f"{name} = {self.writer.bind(rounding.call)}(x{name}{before})", indent=2)
        relative, most = number.relative, _HALF - number.absolute
        distance = f"abs(x{name} - {name}{middle}) + {relative!r} * abs(x{name})"
        self.writer.write(f"if not {distance} < {most!r}: {self.uncertain}", indent=2)
        return name, step, Approximation(math.floor(number.low), math.ceil(number.high))

    def exact_sum(self, form: Linear) -> str:
        """Write how a sum is worked out in decimals, and return the name of that."""
        bind, name = self.writer.bind, f"d{len(self.writer.lines)}"
        total = bind(_decimal(form.constant))
        for ref, factor in form.terms:
            code, times = self.exact_part(ref, factor)
            self.writer.write(f"{name} = {bind(_DIGITS.fma)}({bind(_decimal(times))}, {code}, {total})", indent=2)
            total = name
        return total

    def exact_part(self, ref: Ref, factor: Number) -> tuple[str, Number]:
        """Return the code of a part of a sum as an exact number, and what that is multiplied by."""
        if not isinstance(ref, Term):
            name = self._names[ref.name]
            return f"({self.writer.bind(Decimal)}(repr({name})) if type({name}) is float else {name})", factor
        if ref.function in FLOAT_ROUNDINGS:
            code, step, _ = self.rounded(ref)
            return code, tidy(step * factor)
        if ref.function in _OF_DECIMALS:
            call = self.writer.bind(_OF_DECIMALS[ref.function])
            return f"{call}({', '.join(map(self.exact_sum, ref.arguments))})", factor
        code, number = self._part(ref)
        if not number.is_exact or not self.is_whole(Linear(0, ((ref, 1),))):
            raise _Unbounded
        return f"int({code})", factor

    def is_whole(self, form: Linear) -> bool:
        """Return whether a sum is always a whole number."""
        return is_whole_sum(form, self._whole)

    def _bounded(self, form: Linear, name: str, parts: Sequence[Approximation], option: str = "") -> Approximation:
        """Return what the float of a function of others says."""
        ends, errors = _function_ends(name, parts, option), FLOAT_FUNCTIONS[name].errors
        if name != "power" and self._is_exact(form, ends, parts):  # the library's powers need not be exact
            return Approximation(*ends)
        if errors is None:
            raise _Unbounded
        return _usable(Approximation(*ends, *widened(errors(parts))))

    def _is_exact(self, form: Linear, ends: tuple[float, float], parts: Sequence[Approximation]) -> bool:
        """Return whether the float that is made of others is the number itself."""
        low, high = ends
        return all(part.is_exact for part in parts) and max(-low, high) < LARGEST_WHOLE and self.is_whole(form)


def _usable(number: Approximation) -> Approximation:
    if not number.is_usable:
        raise _Unbounded
    return number


def _sum_ends(parts: Sequence[Approximation]) -> tuple[float, float]:
    """Return between which floats a sum lies."""
    rounding = ROUNDED * len(parts)
    low, high = (sum(part.low for part in parts), sum(part.high for part in parts))
    below, above = (sum(abs(part.low) for part in parts), sum(abs(part.high) for part in parts))
    return low - rounding * below, high + rounding * above


def _function_ends(name: str, parts: Sequence[Approximation], option: str) -> tuple[float, float]:
    """Return between which floats a function lies."""
    entry, call = FUNCTIONS[name], FLOAT_FUNCTIONS[name].call
    found = list[float]()
    for corner in corners(entry, [(part.low, part.high) for part in parts]):
        value = call(*corner, option) if entry.options else call(*corner)
        if abs(value) < _SMALLEST and (value or (name in SIGNS and 0 not in corner)):
            raise _Unbounded
        found.append(value)
    low, high = min(found), max(found)
    return low - 2 * LIBRARY * abs(low), high + 2 * LIBRARY * abs(high)


def _beside(number: Any, direction: float) -> float:
    found = float(number)
    return found if found == number else math.nextafter(found, direction)


def _negative(number: Approximation) -> Approximation:
    return Approximation(-number.high, -number.low, number.relative, number.absolute)


def _constant(number: Number) -> tuple[str, Approximation]:
    """Return a number as code, and what its float says."""
    if number.denominator == 1 and -LARGEST_WHOLE < number < LARGEST_WHOLE:
        return (str(int(number)) if number >= 0 else f"({number})"), Approximation(float(number), float(number))
    code = float(number)
    if not _SMALLEST < abs(code) < 1 / _SMALLEST:
        raise _Unbounded
    relative = 0.0 if code == number else ROUNDED
    low, high = _beside(number, -math.inf), _beside(number, math.inf)
    return (repr(code) if code >= 0 else f"({code})"), Approximation(low, high, relative)


def _real_constant(form: Linear) -> tuple[str, Approximation]:
    """Return the same of a number that is no fraction, as the logarithm of 2 is none."""
    low, high = map(float, form.near({}, digits(30)))
    if not _SMALLEST < abs(low) < 1 / _SMALLEST:
        raise _Unbounded
    number = Approximation(math.nextafter(low, -math.inf), math.nextafter(high, math.inf), 4 * ROUNDED)
    return (repr(low) if low >= 0 else f"({low})"), number


def _written(
    facts: _Facts, names: Iterable[str], body: Callable[[_Floats], None], exactly: Callable[..., Any], *, given: bool
) -> Callable[..., Any]:
    """Return a function of facts, in order or with `given` as a mapping, which `exactly` takes too.

    `body` writes it; where it cannot the function is `exactly` itself.
    """
    writer = Writer()
    locals_ = {name: f"v{index}" for index, name in enumerate(names)}
    parameters = "facts" if given else ", ".join(locals_.values())
    uncertain = f"return {writer.bind(exactly)}({parameters})"
    writer.write("try:")
    if given:
        for name, local in locals_.items():
            writer.write(f"{local} = facts[{writer.bind(name)}]", indent=2)
            if facts[name].domain.type == "date":
                writer.write(f"if type({local}) is not int: {local} = {local}.toordinal()", indent=2)
    try:
        body(_Floats(writer, facts, locals_, uncertain))
    except (ArithmeticError, TooFewDigits, ValueError):
        return exactly
    writer.write(f"except {writer.bind((ArithmeticError, ValueError))}:")
    writer.write(uncertain, indent=2)
    return writer.function("number", parameters, _FILE).call


def cell_finder(
    facts: _Facts, names: Sequence[str], form: Linear, cuts: Sequence[Cut], exactly: Callable[..., Number]
) -> Callable[..., int]:
    """Return the function that tells between which cuts a sum of terms lies; `exactly` works out the sum itself.

    The first cell, before all cuts, is 0.
    """

    def exact_cell(*numbers: float) -> int:
        return bisect.bisect_left(cuts, (exactly(*numbers), 1))

    def body(floats: _Floats) -> None:
        bind, write = floats.writer.bind, floats.writer.write
        find = bind(bisect.bisect_right)
        only = form.terms[0][0] if len(form.terms) == 1 and form.terms[0][1] == 1 and not form.constant else None
        if isinstance(only, Term) and only.function in FLOAT_ROUNDINGS:
            name, step, _ = floats.rounded(only)
            write(f"return {find}({bind([_first_behind(cut, step) for cut in cuts])}, {name})", indent=2)
            return
        code, number = floats.sum(form)
        if number.is_exact and floats.is_whole(form):
            write(f"return {find}({bind([_first_behind(cut, 1) for cut in cuts])}, {code})", indent=2)
            return
        edges, cells = _doubtful(cuts, number)
        write(f"cell = {bind(cells)}[{find}({bind(edges)}, {code})]", indent=2)
        write(f"if cell is None: {floats.uncertain}", indent=2)
        write("return cell", indent=2)

    return _written(facts, names, body, exact_cell, given=False)


def _first_behind(cut: Cut, step: Number) -> float:
    """Return the first whole number that lies behind a cut when it is multiplied by a step."""
    value, side = cut
    steps = Fraction(value) / step
    return math.floor(steps) + 1 if side else math.ceil(steps)


def _doubtful(cuts: Sequence[Cut], number: Approximation) -> tuple[list[float], list[int | None]]:
    """Return floats, and which cell a number lies in whose float is between two of these; None where that is open."""
    edges, cells = list[float](), list[int | None]([0])
    for value, following in itertools.groupby(cuts, key=operator.itemgetter(0)):
        middle = float(value)
        off = 2 * (number.relative * abs(middle) + number.absolute) + 4 * ROUNDED * abs(middle)
        edges += [math.nextafter(middle - off, -math.inf), math.nextafter(middle + off, math.inf)]
        cells += [None, (cells[-1] or 0) + len(list(following))]
    if edges != sorted(edges):
        raise _Unbounded
    return edges, cells


def filtered_number(facts: _Facts, form: Linear, exactly: Callable[[_Given], Number]) -> Callable[[_Given], Number]:
    """Return the function from facts to a number that is rounded, which `exactly` works out exactly."""
    only = form.terms[0][0]
    if len(form.terms) > 1 or form.constant or not isinstance(only, Term) or only.function not in FLOAT_ROUNDINGS:
        return exactly
    factor = form.terms[0][1]

    def body(floats: _Floats) -> None:
        steps, step, _ = floats.rounded(only)
        floats.writer.write(f"return {floats.writer.bind(_multiples(step * factor))}({steps})", indent=2)

    return _written(facts, only.facts, body, exactly, given=True)


def _multiples(step: Number) -> Callable[[int], Number]:
    return lambda steps: tidy(steps * step)


def shown_number(facts: _Facts, form: Linear, exactly: Callable[[_Given], Value]) -> Callable[[_Given], Value]:
    """Return the function from facts to a number as callers see it; `exactly` works it out exactly."""

    def body(floats: _Floats) -> None:
        bind, write = floats.writer.bind, floats.writer.write
        first, factor = form.terms[0]
        if (
            len(form.terms) == 1
            and not form.constant
            and isinstance(first, Term)
            and first.function not in _OF_DECIMALS
        ):
            code, step = floats.exact_part(first, factor)
            write(f"return {bind(_shown_multiples(step))}({code})", indent=2)
            return
        total = floats.exact_sum(form)
        write(f"whole = int({total})", indent=2)
        write(f"return whole if whole == {total} else {total}.normalize({bind(_DIGITS)})", indent=2)

    return _written(facts, _base_facts(form), body, exactly, given=True)


def _base_facts(form: Linear) -> list[str]:
    return list(dict.fromkeys(name for ref, _ in form.terms for name in facts_of(ref)))


def _shown_multiples(step: Number) -> Callable[[int], Value]:
    """Return the function from how often a step is taken to the number as callers see it."""
    above, below = step.numerator, step.denominator
    if below == 1:
        return lambda steps: steps * above
    divided, divide = Decimal(below), _DIGITS.divide

    def shown(steps: int) -> Value:
        number = steps * above
        return divide(number, divided) if number % below else number // below

    return shown


def _decimal(number: Number) -> Decimal:
    """Return a number as a decimal, an ArithmeticError says that it is none."""
    return _DIGITS.divide(number.numerator, number.denominator)
