"""For which patients and settings a formula is defined, and what it can come to, from the ranges a model declares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.inference.circuit import TooLarge
from hiprun.inference.form_ranges import Ranges, Stretch
from hiprun.inference.functions import Ends
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.interval_sets import is_whole, of_domain
from hiprun.inference.linear_constraints import hull
from hiprun.inference.linear_forms import Linear, facts_of, is_whole_sum, linear
from hiprun.model import (
    Arithmetic,
    Call,
    Domain,
    Formula,
    Model,
    Number,
    Ref,
    formula_parameters,
    formula_refs,
    is_formula,
    tests,
)
from hiprun.model.value_objects import Entity, ValueObject

LARGEST_EXPONENT = 20
LARGEST_ARGUMENT_OF_EXP = 90
_DAYS = {"add_days": 1, "add_weeks": 7, "add_months": 31, "add_years": 366}

Reason: TypeAlias = Literal["zero", "root", "logarithm", "exp", "step", "whole", "exponent", "base", "calendar"]
"""Why a function is not defined: what it would do, or which argument does not allow it."""


@attrs.frozen
class Undefined(ValueObject):
    """Why a function is not defined everywhere: the argument behind it, by its place, and what that can be."""

    reason: Reason
    argument: int
    form: Linear
    ends: Ends


@attrs.define(eq=False)
class FormulaDomains(Entity):
    """What the formulas of a model can come to. In its forms, outputs of decisions and what can be set are facts."""

    model: Model
    box: dict[str, Stretch] = attrs.field(factory=dict)
    whole: set[str] = attrs.field(factory=set)
    derived: dict[str, Linear] = attrs.field(factory=dict)

    def form(self, formula: Formula) -> Linear:
        """Return a formula as a form over facts, outputs and what can be set, the ranges of which are noted."""
        for ref in formula_refs(formula):
            if ref.kind == "derived":
                if ref.name not in self.derived:
                    definition = self.model.derived[ref.name].formula
                    assert definition is not None
                    self.derived[ref.name] = self.form(definition)
            elif ref.kind == "fact":
                self._note(ref.name, self.model.facts[ref.name].domain)
            else:
                self._note_output(ref)
        settings: dict[str, Number | Linear] = {}
        for name in formula_parameters(formula):
            parameter = self.model.parameters[name]
            if parameter.is_fixed:
                settings[name] = parameter.value
            else:
                settings[name] = Linear(0, ((Ref("fact", name), 1),))
                self._note(name, parameter.domain)
        return linear(_opened(formula), settings, self.derived)

    def ends(self, form: Linear) -> Ends:
        """Return the least and the greatest number that a form can be."""
        (low, _), (high, _) = Ranges(self.box, frozenset(self.whole)).reach(form).stretch
        return low, high

    def _note(self, name: str, domain: Domain) -> None:
        self.box[name] = hull(of_domain(domain), domain)
        if is_whole(domain):
            self.whole.add(name)

    def _note_output(self, ref: Ref) -> None:
        name, decision = str(ref), self.model.decisions[ref.decision]
        if name in self.box:
            return
        rows = [*(rule.then for rule in decision.rules), decision.otherwise or ()]
        values = [value for row in rows for output, value in row if output == ref.name]
        ends = [
            self.ends(self.form(value)) if is_formula(value) else (value, value)  # type: ignore[arg-type]
            for value in values
        ]
        low: Any = min((low for low, _ in ends), default=0)
        high: Any = max((high for _, high in ends), default=len(decision.rules))
        if HIT_POLICIES[decision.hit].adds and ends:
            low, high = sum(min(low, 0) for low, _ in ends), sum(max(high, 0) for _, high in ends)
        self.box[name] = ((low, 0), (high, 1))
        if decision.output(ref.name).domain.type in ("integer", "date"):
            self.whole.add(name)

    def undefined(self, function: str, forms: Sequence[Linear]) -> Undefined | None:
        """Return why a function of forms is not defined everywhere; None where it is."""
        ranges = [self.ends(form) for form in forms]
        low, high = ranges[0]
        found: tuple[Reason, int] | None = None
        match function:
            case "divide" if ranges[1][0] <= 0 <= ranges[1][1]:
                found = "zero", 1
            case "power":
                found = _power(forms[1].constant, low, high)
            case "sqrt" if low < 0:
                found = "root", 0
            case "ln" | "log10" if low <= 0:
                found = "logarithm", 0
            case "exp" if max(-low, high) > LARGEST_ARGUMENT_OF_EXP:
                found = "exp", 0
            case "round" | "round_down" | "round_up" if len(forms) > 1 and ranges[1][0] <= 0:
                found = "step", 1
            case "add_days" | "add_weeks" | "add_months" | "add_years":
                first, last = (cut[0] for cut in hull(of_domain(Domain("date")), Domain("date")))
                start, end = self.ends(forms[0] + forms[1].times(_DAYS[function]))
                if not is_whole_sum(forms[1], self.whole):
                    found = "whole", 1
                elif start < first or end > last:
                    found = "calendar", 0
            case _:
                pass
        return None if found is None else Undefined(*found, forms[found[1]], ranges[found[1]])


def _power(exponent: Any, low: Any, high: Any) -> tuple[Reason, int] | None:
    if abs(exponent) > LARGEST_EXPONENT:
        return "exponent", 1
    if exponent.denominator != 1 and low <= 0:
        return "base", 0
    return ("zero", 0) if exponent < 0 and low <= 0 <= high else None


def has_terms(model: Model) -> bool:
    """Return whether a formula of a model has functions, or divides or multiplies by what depends on the patient."""
    return any(map(_has_terms, _formulas(model)))


def _has_terms(formula: Formula) -> bool:
    match formula:
        case Call():
            return True
        case Arithmetic(operator, left, right):
            depends = any(formula_refs(right)) and (operator == "/" or (operator == "*" and any(formula_refs(left))))
            return depends or _has_terms(left) or _has_terms(right)
        case _:
            return False


def is_defined(model: Model) -> bool:
    """Return whether every formula of a model is defined for all patients and settings, and can be prepared."""
    domains = FormulaDomains(model)
    try:
        return not any(_is_undefined(domains, formula) for formula in _formulas(model))
    except (TooLarge, ArithmeticError, ValueError):
        return False


def _is_undefined(domains: FormulaDomains, formula: Formula) -> bool:
    match formula:
        case Call(function, arguments):
            parts: tuple[Formula, ...] = arguments
        case Arithmetic(operator, left, right):
            function, parts = {"/": "divide"}.get(operator, "multiply"), (left, right)
        case _:
            return False
    if any(_is_undefined(domains, part) for part in parts):
        return True
    return domains.undefined(function, [domains.form(part) for part in parts]) is not None


def has_functions(model: Model) -> bool:
    """Return whether some formula is more than a sum, such as a product of facts, a root or the age on a day."""
    domains = FormulaDomains(model)
    return any(True for formula in _formulas(model) for _ in domains.form(formula).all_terms())


def _formulas(model: Model) -> Iterator[Formula]:
    values: list[Any] = [
        operand for condition in model.conditions() for test in tests(condition) for operand in test.operands
    ]
    values += [derived.formula for derived in model.derived.values()]
    for decision in model.decisions.values():
        values += [value for rule in decision.rules for _, value in rule.then]
        values += [value for _, value in decision.otherwise or ()]
    return (value for value in values if is_formula(value))


def names_in(form: Linear) -> list[str]:
    """Return the names of what a form is made of, in order."""
    return list(dict.fromkeys(name for ref, _ in form.terms for name in facts_of(ref)))


def _opened(formula: Formula) -> Formula:
    """Return a formula with outputs of decisions as facts of their own names."""
    match formula:
        case Ref("output"):
            return Ref("fact", str(formula))
        case Arithmetic(_, left, right):
            return attrs.evolve(formula, left=_opened(left), right=_opened(right))
        case Call(_, arguments):
            return attrs.evolve(formula, arguments=tuple(map(_opened, arguments)))
        case _:
            return formula
