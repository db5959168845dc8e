"""What formulas come to: sums of facts times numbers, and of terms, which are functions of such sums.

Whatever is linear is one `Linear` over facts. What is not (a product of facts, a root, the months between two days)
is a term in it, which stands among the facts like one more fact whose value follows from theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, TypeAlias, assert_never

import attrs

from hiprun.inference.circuit import TooLarge
from hiprun.inference.functions import FUNCTIONS, ROUNDINGS, SIGNS, Function
from hiprun.inference.real_numbers import Digits, Near, TooFewDigits, digits
from hiprun.model import Arithmetic, Call, Constant, Formula, Number, ParameterRef, Ref
from hiprun.model.value_conversion import text, tidy
from hiprun.model.value_objects import ValueObject

MOST_SIZE = 250
"""How many facts, numbers and functions a term may be made of, with all that it leans on."""

MOST_DEGREE = 40
"""How many values a term may multiply with each other."""

_PRECISIONS = (30, 60, 120, 240)

Values: TypeAlias = Mapping[str, Any]
"""Numbers of facts by name; where ends of ranges are meant, float infinities among them."""


class Irrational(ArithmeticError):  # noqa: N818 - a reason to look closer, not an error
    """A value is no fraction."""


@attrs.frozen
class Linear(ValueObject):
    """A constant plus facts, terms or outputs of decisions, times numbers; in order of first use, none zero."""

    constant: Number
    terms: tuple[tuple[Ref, Number], ...] = ()

    def __add__(self, other: Linear) -> Linear:
        factors = dict(self.terms)
        for ref, factor in other.terms:
            factors[ref] = tidy(factors.get(ref, 0) + factor)
        terms = tuple((ref, factor) for ref, factor in factors.items() if factor)
        return Linear(tidy(self.constant + other.constant), terms)

    def times(self, factor: Number) -> Linear:
        """Return this sum with everything multiplied by `factor`."""
        terms = tuple((ref, tidy(part * factor)) for ref, part in self.terms) if factor else ()
        return Linear(tidy(self.constant * factor), terms)

    def put(self, ref: Ref, value: Linear) -> Linear:
        """Return this sum with `value` in the place of `ref`, within terms too."""
        found = Linear(self.constant, tuple(term for term in self.terms if not _uses(term[0], ref)))
        for part, factor in self.terms:
            if part == ref:
                found = found + value.times(factor)
            elif _uses(part, ref):
                assert isinstance(part, Term)
                found = found + part.put(ref, value).times(factor)
        return found

    def with_known(self, values: Mapping[str, Any]) -> Linear:
        """Return this sum with the numbers of facts and terms, by their names, in their places; no term is opened."""
        constant = self.constant
        left: list[tuple[Ref, Number]] = []
        for ref, factor in self.terms:
            number = values.get(ref.name)
            if number is None:
                left.append((ref, factor))
            else:
                constant = constant + number * factor
        return Linear(tidy(constant), tuple(left))

    def at(self, values: Mapping[str, Number]) -> Number:
        """Return what this sum comes to where its facts have these values."""
        return tidy(sum((factor * _value(ref, values) for ref, factor in self.terms), self.constant))

    def ends_at(self, values: Values) -> Any:
        """Return the same where some of the facts are infinite."""
        total: Any = self.constant
        for ref, factor in self.terms:
            value = _value(ref, values)
            total = total + (value * factor if not isinstance(value, float) else value * (1 if factor > 0 else -1))
        return total if isinstance(total, float) else tidy(total)

    def near(self, values: Mapping[str, Number], precision: Digits) -> Near:
        """Return two decimals between which it lies where its facts have these values."""
        found = precision.near(self.constant)
        for ref, factor in self.terms:
            if isinstance(ref, Term):
                found = precision.add(found, precision.multiply(precision.near(factor), ref.near(values, precision)))
            else:
                found = precision.add(found, precision.near(tidy(factor * values[ref.name])))
        return found

    def all_terms(self) -> Iterator[Term]:
        """Yield every term, those inside others before these."""
        for ref, _ in self.terms:
            if isinstance(ref, Term):
                for argument in ref.arguments:
                    yield from argument.all_terms()
                yield ref

    def __str__(self) -> str:
        parts = [_times(factor, str(ref)) for ref, factor in self.terms]
        if self.constant or not parts:
            parts.append(text(self.constant) if self.constant.denominator == 1 else str(self.constant))
        return " + ".join(parts)


def _times(factor: Number, name: str) -> str:
    return name if factor == 1 else f"{factor} * {name}"


def _uses(part: Ref, ref: Ref) -> bool:
    return part == ref or (isinstance(part, Term) and part.uses(ref))


def _value(ref: Ref, values: Values) -> Any:
    return ref.at(values) if isinstance(ref, Term) else values[ref.name]


@attrs.frozen(str=False)
class Term(Ref):
    """A function of sums, as one number that follows from facts. `kind` is `output` as long as outputs are in it."""

    kind: Literal["fact", "derived", "output"] = attrs.field(init=False, eq=False)
    name: str = attrs.field(init=False, eq=False)
    decision: str = attrs.field(init=False, default="", eq=False)
    function: str
    arguments: tuple[Linear, ...]
    option: str = ""
    size: int = attrs.field(init=False, eq=False, repr=False)
    degree: int = attrs.field(init=False, eq=False, repr=False)
    facts: tuple[str, ...] = attrs.field(init=False, eq=False, repr=False)
    """The facts that it follows from."""
    outputs: tuple[Ref, ...] = attrs.field(init=False, eq=False, repr=False)
    """The outputs that it follows from."""

    def __attrs_post_init__(self) -> None:
        refs = [ref for argument in self.arguments for ref, _ in argument.terms]
        put = object.__setattr__
        put(self, "size", 1 + sum(map(_size, self.arguments)))
        put(self, "degree", _degree(self.function, self.arguments))
        if self.size > MOST_SIZE or self.degree > MOST_DEGREE:
            raise TooLarge
        facts = [name for ref in refs for name in facts_of(ref)]
        outputs = [output for ref in refs for output in outputs_of(ref)]
        put(self, "facts", tuple(dict.fromkeys(facts)))
        put(self, "outputs", tuple(dict.fromkeys(outputs)))
        put(self, "kind", "output" if outputs else "fact")
        put(self, "name", self._text())

    def __str__(self) -> str:
        return self.name

    def _text(self) -> str:
        words = [str(argument) for argument in self.arguments]
        if self.function in SIGNS:
            return f" {SIGNS[self.function]} ".join(f"({word})" for word in words)
        return f"{self.function}({', '.join([*words, *filter(None, [self.option])])})"

    @property
    def entry(self) -> Function:
        """Its function in the table."""
        return FUNCTIONS[self.function]

    def uses(self, ref: Ref) -> bool:
        """Return whether `ref` is somewhere in it."""
        return any(_uses(part, ref) for argument in self.arguments for part, _ in argument.terms)

    def put(self, ref: Ref, value: Linear) -> Linear:
        """Return it with `value` in the place of `ref`."""
        return applied(self.function, [argument.put(ref, value) for argument in self.arguments], self.option)

    def at(self, values: Values) -> Any:
        """Return its value; raise `Irrational` where that is no fraction, which something rounded never is."""
        if self.function in ROUNDINGS:
            return rounded(self.function, self.arguments[0], self.arguments[1].ends_at(values), values)
        numbers = [argument.ends_at(values) for argument in self.arguments]
        found = self.entry.exact(*numbers, *self._option)
        if found is None:
            raise Irrational
        return found

    def near(self, values: Mapping[str, Number], precision: Digits) -> Near:
        """Return two decimals between which its value lies."""
        try:
            return precision.near(self.at(values))
        except Irrational:
            pass
        arguments = [argument.near(values, precision) for argument in self.arguments]
        near = self.entry.near
        assert near is not None  # what is made of numbers that are no fractions can be worked out closely
        more = (self.arguments[1].constant,) if self.function == "power" else ()
        return near(precision, *arguments, *more)

    @property
    def _option(self) -> tuple[str, ...]:
        return (self.option,) if self.entry.options else ()


def _size(form: Linear) -> int:
    return 1 + sum(ref.size if isinstance(ref, Term) else 1 for ref, _ in form.terms)


def _form_degree(form: Linear) -> int:
    degrees = [ref.degree for ref, _ in form.terms if isinstance(ref, Term)]
    return max(sum(degrees), 1)


def _degree(function: str, arguments: Sequence[Linear]) -> int:
    degrees = [_form_degree(argument) for argument in arguments]
    if _is_real(function, arguments) or function in ROUNDINGS:
        return degrees[0]
    if function == "power":
        return degrees[0] * max(abs(int(arguments[1].constant)), 1)
    return sum(degrees)


def _is_real(function: str, arguments: Sequence[Linear]) -> bool:
    if function == "power":
        return arguments[1].constant.denominator != 1
    return FUNCTIONS[function].is_real


def facts_of(ref: Ref) -> tuple[str, ...]:
    """Return the facts that a fact or a term follows from; outputs have none of their own."""
    if isinstance(ref, Term):
        return ref.facts
    return (ref.name,) if ref.kind == "fact" else ()


def bases_of(ref: Ref) -> tuple[Ref, ...]:
    """Return the facts and outputs that something in a formula follows from, as references."""
    return (*(Ref("fact", name) for name in facts_of(ref)), *outputs_of(ref))


def outputs_of(ref: Ref) -> tuple[Ref, ...]:
    """Return the outputs of decisions that something in a formula follows from."""
    if isinstance(ref, Term):
        return ref.outputs
    return (ref,) if ref.kind == "output" else ()


def is_whole_form(ref: Ref, whole: Collection[str]) -> bool:
    """Return whether a fact or a term is always a whole number; `whole` names the facts that are."""
    if not isinstance(ref, Term):
        return ref.name in whole
    match ref.entry.whole:
        case "always":
            return True
        case "never":
            return False
        case "same" if ref.function in ROUNDINGS:
            return ref.arguments[1].constant.denominator == 1 and not ref.arguments[1].terms
        case "same" if ref.function == "power":
            return (
                ref.arguments[1].constant.denominator == 1
                and ref.arguments[1].constant > 0
                and (is_whole_sum(ref.arguments[0], whole))
            )
        case "same":
            return all(is_whole_sum(argument, whole) for argument in ref.arguments)
        case entry:
            assert_never(entry)


def is_whole_sum(form: Linear, whole: Collection[str]) -> bool:
    """Return whether a sum is always a whole number."""
    return form.constant.denominator == 1 and all(
        factor.denominator == 1 and is_whole_form(ref, whole) for ref, factor in form.terms
    )


def rounded(function: str, of: Linear, step: Number, values: Values) -> Any:
    """Return a sum rounded to a step: exactly, or where it is no fraction as its digits say once they are sure.

    What lies closer to where the rounding changes than 240 digits tell is taken to lie there.

    >>> x = Linear(0, ((Ref("fact", "x"), 1),))
    >>> rounded("round", applied("sqrt", [x]), Fraction(1, 100), {"x": 2})
    Fraction(141, 100)
    """
    try:
        number = of.ends_at(values)
    except Irrational:
        pass
    else:
        return FUNCTIONS[function].exact(number, step)
    low = high = Fraction(0)
    for precision in _PRECISIONS:
        try:
            low, high = (Fraction(end) / step for end in of.near(values, digits(precision)))
        except TooFewDigits:
            continue
        first, last = ROUNDINGS[function](low), ROUNDINGS[function](high)
        if first == last:
            return tidy(first * step)
    return tidy(ROUNDINGS[function](Fraction(round(low + high), 2)) * step)


def applied(function: str, arguments: Sequence[Linear], option: str = "") -> Linear:
    """Return a function of sums: a number where these are numbers, linear where it can be, else a term."""
    found = _as_sum(function, arguments)
    if found is not None:
        return found
    if function in ROUNDINGS and len(arguments) == 1:
        arguments = (arguments[0], Linear(1))
    term = Term(function, tuple(arguments), option)
    if term.facts or term.outputs:
        return Linear(0, ((term, 1),))
    try:
        return Linear(term.at({}))
    except Irrational:
        return Linear(0, ((term, 1),))


def _as_sum(function: str, arguments: Sequence[Linear]) -> Linear | None:
    """Return a function of sums where it is itself a sum of the same facts; None where it is not."""
    first, second = arguments[0], arguments[-1]
    match function:
        case "multiply" if not first.terms:
            return second.times(first.constant)
        case "multiply" if not second.terms:
            return first.times(second.constant)
        case "divide" if not second.terms:
            return first.times(tidy(Fraction(1) / second.constant))
        case "power" if second.constant in (0, 1):
            return first if second.constant == 1 else Linear(1)
        case "days":
            return second + first.times(-1)
        case "add_days":
            return first + second
        case "add_weeks":
            return first + second.times(7)
        case _:
            return None


def formula_value(formula: Formula, parameters: Mapping[str, Number], values: Mapping[str, Any]) -> Number | None:
    """Return what a formula over facts comes to; None where one of them has no value."""
    form = linear(formula, parameters)
    names = [name for ref, _ in form.terms for name in facts_of(ref)]
    return None if any(values.get(name) is None for name in names) else form.at(values)


def linear(formula: Formula, parameters: Mapping[str, Any], derived: Mapping[str, Linear] | None = None) -> Linear:
    """Return what a formula comes to, with the values of parameters and of derived numbers put in.

    The value of a parameter may be a form itself, in which it is open.
    """
    match formula:
        case Constant(value):
            return Linear(value)
        case ParameterRef(name):
            value = parameters[name]
            return value if isinstance(value, Linear) else Linear(value)
        case Ref():
            if formula.kind == "derived" and derived is not None:
                return derived[formula.name]
            return Linear(0, ((formula, 1),))
        case Call(function, arguments, option):
            return applied(function, [linear(argument, parameters, derived) for argument in arguments], option)
        case Arithmetic(operator):
            first, second = (linear(side, parameters, derived) for side in (formula.left, formula.right))
            return _joined(operator, first, second)
        case _:
            assert_never(formula)


def _joined(operator: Literal["+", "-", "*", "/"], first: Linear, second: Linear) -> Linear:
    match operator:
        case "+":
            return first + second
        case "-":
            return first + second.times(-1)
        case "*":
            return applied("multiply", (first, second))
        case "/":
            return applied("divide", (first, second))
        case _:
            assert_never(operator)
