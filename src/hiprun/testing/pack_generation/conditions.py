"""Generated conditions and formulas over what a generated pack declares so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from hiprun.inference.operators import OPERATORS, code
from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Call,
    Condition,
    Constant,
    Count,
    Domain,
    Formula,
    HasValue,
    Not,
    ParameterRef,
    Ref,
    Test,
)
from hiprun.testing.pack_generation.draft import PackDraft

_MOST_OPERANDS = 2


def generate_condition(draft: PackDraft, depth: int) -> Condition:
    """Return a test or, if `depth` allows, a group of conditions."""
    choices = draft.choices
    kind = choices.one_of(["test", "test", "all", "any", "not", "count"]) if depth else "test"
    if kind == "test":
        subject, domain = choices.one_of(draft.subjects())
        if subject.kind == "output" and choices.yes():
            return HasValue(subject, choices.yes())
        return generate_test(draft, subject, domain)
    part_count = 1 if kind == "not" else choices.integer(1, 3)
    parts = tuple(generate_condition(draft, depth - 1) for _ in range(part_count))
    match kind:
        case "all":
            return All(parts)
        case "any":
            return AnyOf(parts)
        case "not":
            return Not(parts[0])
        case _:
            spans = [(low, high) for low in range(part_count + 1) for high in range(low, part_count + 1)]
            low, high = choices.one_of([span for span in spans if span != (0, part_count)])
            return Count(parts, low, high)


def generate_test(draft: PackDraft, subject: Ref, domain: Domain) -> Test:
    """Return a test of one subject."""
    choices, plain = draft.choices, draft.options.enumerable
    operator = choices.one_of([operator for operator, entry in OPERATORS.items() if entry.fits(domain)])
    entry = OPERATORS[operator]
    least = _MOST_OPERANDS if entry.operands == "two" else 1
    count = choices.integer(least, 1 if entry.operands == "one" else _MOST_OPERANDS)
    computed = domain.is_numeric and not draft.is_coarse(subject, domain) and (entry.operands == "one" or plain)

    def operand() -> Any:
        if entry.takes == "member":
            return choices.one_of(list(domain.choices))
        if computed and choices.yes():
            return generate_amount(draft, domain, representable=entry.exact)
        return draft.constant(domain)

    operands = [operand() for _ in range(count)]
    if entry.operands == "many":
        operands = list(dict.fromkeys(operands))
    # Rule files reject empty ranges, but an oracle should meet them too.
    if entry.operands == "two" and not plain:
        operands.sort(key=lambda operand: operand.value if domain.is_numeric else code(domain, operand))
    return Test(subject, operator, tuple(operands))


def generate_amount(draft: PackDraft, domain: Domain, *, representable: bool = False) -> Formula:
    """Return a number of `domain`, or a formula; with `representable`, none that never has a value of the domain."""
    parameters = [
        ParameterRef(name)
        for name, parameter in draft.parameters.items()
        if not (representable and domain.type == "integer" and parameter.type == "number")
    ]
    numbers = [ref for ref, _ in draft.numbers()]
    named: list[Formula] = [*parameters, *numbers]
    kind = draft.choices.one_of(["constant", "name", "formula"]) if named else "constant"
    if kind == "name":
        return draft.choices.one_of(named)
    if kind == "formula" and numbers:
        return generate_formula(draft, functions=domain.lowest is None and domain.highest is None)
    return Constant(draft.number(domain))


def generate_formula(draft: PackDraft, *, functions: bool = True) -> Formula:
    """Return a formula that depends on the patient, linear unless the pack and its place allow `functions`."""
    steps = _STEPS if not functions or not draft.options.functions else (*_STEPS, *_FUNCTIONS)
    formula: Formula = draft.choices.one_of([ref for ref, _ in draft.numbers()])
    for _ in range(draft.choices.integer(0, 2)):
        formula = draft.choices.one_of(steps)(draft, formula)
    return formula


def _sum(draft: PackDraft, start: Formula) -> Formula:
    others: list[Formula] = [ref for ref, _ in draft.numbers()]
    other = draft.choices.one_of([*others, *_factors(draft)])
    sides = draft.choices.one_of([(start, other), (other, start)])
    return Arithmetic(draft.choices.one_of(["+", "-"]), *sides)


def _product(draft: PackDraft, start: Formula) -> Formula:
    factor = draft.choices.one_of(_factors(draft))
    return Arithmetic("*", *draft.choices.one_of([(factor, start), (start, factor)]))


def _quotient(draft: PackDraft, start: Formula) -> Formula:
    return Arithmetic("/", start, draft.choices.one_of(_factors(draft, divisor=True)))


def _extreme(draft: PackDraft, start: Formula) -> Formula:
    other = draft.choices.one_of([*_factors(draft), *(ref for ref, _ in draft.numbers())])
    return Call(draft.choices.one_of(["min", "max"]), (start, other))


def _size(draft: PackDraft, start: Formula) -> Formula:
    return Call("abs", (start,))


def _rounded(draft: PackDraft, start: Formula) -> Formula:
    step = draft.choices.one_of([Constant(1), Constant(Fraction(1, 2)), Constant(2)])
    return Call(draft.choices.one_of(["round", "round_down", "round_up"]), (start, step))


def _fact_product(draft: PackDraft, start: Formula) -> Formula:
    other = draft.choices.one_of([ref for ref, _ in draft.numbers()])
    return Arithmetic("*", *draft.choices.one_of([(start, other), (other, start)]))


def _power(draft: PackDraft, start: Formula) -> Formula:
    return Call("power", (start, Constant(draft.choices.one_of([2, 3]))))


Step = Callable[[PackDraft, Formula], Formula]

_STEPS: Sequence[Step] = (_sum, _product, _quotient)
_FUNCTIONS: Sequence[Step] = (_extreme, _size, _rounded, _fact_product, _power)


def _factors(draft: PackDraft, *, divisor: bool = False) -> list[Formula]:
    """Return numbers that do not depend on the patient; for a `divisor`, none that can be 0."""
    fraction = Fraction(1, 2) if draft.options.enumerable else Fraction(11, 10)
    constants: list[Formula] = [Constant(2), Constant(fraction), Constant(-1)]
    parameters = [
        ParameterRef(name)
        for name, parameter in draft.parameters.items()
        if not divisor or parameter.lowest is not None
    ]
    return [*constants, *parameters]
