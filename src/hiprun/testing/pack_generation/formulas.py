"""Generated formulas over what a generated pack declares so far, right in their units where these are checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from hiprun.model import Arithmetic, Call, Constant, Domain, Formula, Number, ParameterRef, Ref
from hiprun.testing.pack_generation.draft import PackDraft
from hiprun.testing.pack_generation.units import adds


def generate_amount(draft: PackDraft, domain: Domain, *, representable: bool = False) -> Formula:
    """Return a number of `domain`, or a formula; with `representable`, none that never has a value of the domain."""
    parameters = [
        ParameterRef(name)
        for name, parameter in draft.parameters.items()
        if draft.goes_with(parameter.unit, domain.unit)
        and not (draft.converts and domain.lowest is not None and parameter.unit != domain.unit)
        and not (representable and domain.type == "integer" and parameter.type == "number")
    ]
    numbers = _numbers(draft, domain.unit)
    named: list[Formula] = [*parameters, *numbers]
    kind = draft.choices.one_of(["constant", "name", "formula"]) if named else "constant"
    if kind == "name":
        return draft.choices.one_of(named)
    if kind == "formula" and numbers:
        return generate_formula(draft, domain.unit, functions=domain.lowest is None and domain.highest is None)
    return Constant(draft.number(domain))


def generate_formula(draft: PackDraft, unit: str, *, functions: bool = True) -> Formula:
    """Return a formula that depends on the patient and can be converted into `unit`.

    It is linear unless the pack and its place allow `functions`.
    """
    steps = list(_STEPS)
    if functions and draft.options.functions:
        steps += [*_FUNCTIONS, *(_PLAIN if not (draft.converts and unit) else ())]
    formula: Formula = draft.choices.one_of(_numbers(draft, unit))
    for _ in range(draft.choices.integer(0, 2) if adds(unit) else 0):
        formula = draft.choices.one_of(steps)(draft, formula, unit)
    return formula


def generate_date(draft: PackDraft, domain: Domain) -> Formula | int:
    """Return a date of `domain`, the name of one, or a date some time after one."""
    names = [ref for ref, known in draft.subjects() if known.type == "date" and known.lowest is not None]
    kind = draft.choices.one_of(["constant", "name", "later"]) if names else "constant"
    if kind == "constant":
        return int(draft.constant(domain))
    date: Formula = draft.choices.one_of(names)
    if kind == "name":
        return date
    function = draft.choices.one_of(["add_days", "add_weeks", "add_months", "add_years"])
    return Call(function, (date, Constant(draft.choices.integer(-2, 13))), _option(draft, function))


def _numbers(draft: PackDraft, unit: str) -> list[Ref]:
    return [ref for ref, domain in draft.numbers() if draft.goes_with(domain.unit, unit)]


def _constant(draft: PackDraft, number: Number, unit: str) -> Constant:
    """Return an amount that can be added to those in `unit`, itself perhaps in another unit."""
    return Constant(number, unit=draft.choices.one_of(draft.alike(unit)) if draft.converts else "")


def _one(draft: PackDraft, unit: str) -> Constant:
    return Constant(1, unit=unit) if draft.converts else Constant(1)


def _others(draft: PackDraft, unit: str) -> list[Formula]:
    """Return what can be added to a formula in `unit`."""
    if not draft.converts:
        return [*_factors(draft), *_numbers(draft, unit)]
    parameters = [ParameterRef(name) for name, one in draft.parameters.items() if draft.goes_with(one.unit, unit)]
    return [_constant(draft, 2, unit), *parameters, *_numbers(draft, unit)]


def _sum(draft: PackDraft, start: Formula, unit: str) -> Formula:
    other = draft.choices.one_of(_others(draft, unit))
    sides = draft.choices.one_of([(start, other), (other, start)])
    return Arithmetic(draft.choices.one_of(["+", "-"]), *sides)


def _product(draft: PackDraft, start: Formula, _: str) -> Formula:
    factor = draft.choices.one_of(_factors(draft))
    return Arithmetic("*", *draft.choices.one_of([(factor, start), (start, factor)]))


def _quotient(draft: PackDraft, start: Formula, _: str) -> Formula:
    return Arithmetic("/", start, draft.choices.one_of(_factors(draft, divisor=True)))


def _extreme(draft: PackDraft, start: Formula, unit: str) -> Formula:
    return Call(draft.choices.one_of(["min", "max"]), (start, draft.choices.one_of(_others(draft, unit))))


def _size(draft: PackDraft, start: Formula, _: str) -> Formula:
    del draft
    return Call("abs", (start,))


def _rounded(draft: PackDraft, start: Formula, _: str) -> Formula:
    step = draft.choices.one_of([Constant(1), Constant(Fraction(1, 2)), Constant(2)])
    return Call(draft.choices.one_of(["round", "round_down", "round_up"]), (start, step))


def _fact_product(draft: PackDraft, start: Formula, _: str) -> Formula:
    other, domain = draft.choices.one_of([(ref, domain) for ref, domain in draft.numbers() if draft.adds(domain.unit)])
    found = Arithmetic("*", *draft.choices.one_of([(start, other), (other, start)]))
    return Arithmetic("/", found, _one(draft, domain.unit)) if draft.converts and domain.unit else found


def _power(draft: PackDraft, start: Formula, unit: str) -> Formula:
    exponent = draft.choices.one_of([2, 3])
    found: Formula = Call("power", (start, Constant(exponent)))
    for _ in range(exponent - 1 if draft.converts and unit else 0):
        found = Arithmetic("/", found, _one(draft, unit))
    return found


def _real(draft: PackDraft, start: Formula, _: str) -> Formula:
    """Return something that is no fraction, defined for every number, and rounded."""
    above = Arithmetic("+", Call("abs", (start,)), Constant(1))
    function = draft.choices.one_of(["sqrt", "ln", "log10", "power"])
    arguments = (above, Constant(draft.choices.one_of([Fraction(1, 2), Fraction(-3, 4)])))
    found = Call(function, arguments if function == "power" else (above,))
    steps: Sequence[Number] = [1, Fraction(1, 10), Fraction(1, 100)]
    return Call("round", (found, Constant(draft.choices.one_of(steps))))


def _between_dates(draft: PackDraft, start: Formula, _: str) -> Formula:
    dates = [ref for ref, domain in draft.subjects() if domain.type == "date" and domain.lowest is not None]
    if not dates:
        return start
    function = draft.choices.one_of(["days", "weeks", "months", "years"])
    between = Call(function, (draft.choices.one_of(dates), draft.choices.one_of(dates)), _option(draft, function))
    return Arithmetic(draft.choices.one_of(["+", "*"]), start, between)


def _option(draft: PackDraft, function: str) -> str:
    return draft.choices.one_of(["last_day", "next_day"]) if function.endswith(("months", "years")) else ""


Step = Callable[[PackDraft, Formula, str], Formula]

_STEPS: Sequence[Step] = (_sum, _product, _quotient)
_FUNCTIONS: Sequence[Step] = (_extreme, _size, _rounded, _fact_product, _power)
_PLAIN: Sequence[Step] = (_real, _between_dates)
"""Functions of numbers that have no unit."""


def _factors(draft: PackDraft, *, divisor: bool = False) -> list[Formula]:
    """Return numbers that do not depend on the patient and only scale; for a `divisor`, none that can be 0."""
    fraction = Fraction(1, 2) if draft.options.enumerable else Fraction(11, 10)
    constants: list[Formula] = [Constant(2), Constant(fraction), Constant(-1)]
    parameters = [
        ParameterRef(name)
        for name, parameter in draft.parameters.items()
        if not (divisor and parameter.lowest is None) and not (draft.converts and parameter.unit)
    ]
    return [*constants, *parameters]
