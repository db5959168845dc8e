"""Formulas with functions: whether each is defined for every patient and setting, and keeps the range it declares.

What a formula can come to follows from the ranges of the facts and parameters in it, so this is asked once all of a
pack is resolved.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, assert_never

import attrs

from hiprun.inference.circuit import TooLarge
from hiprun.inference.formula_domains import (
    LARGEST_ARGUMENT_OF_EXP,
    LARGEST_EXPONENT,
    FormulaDomains,
    Undefined,
    names_in,
)
from hiprun.inference.functions import Ends
from hiprun.inference.linear_forms import Linear, applied
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.cursor import Findings, WrittenFormula
from hiprun.language.resolve.formula_parser import FormulaError, FormulaTree, FunctionCall, Operation
from hiprun.model import Arithmetic, Call, Constant, Domain, Fact, Formula, Model, Number, formula_refs
from hiprun.model.value_conversion import tidy


def check_formulas(model: Model, findings: Findings) -> None:
    """Report formulas that are not defined for some patient, or can leave the range they declare."""
    of_facts, of_fields = FormulaDomains(model), FormulaDomains(_with_fields(model))
    for written in findings.formulas:
        domains = of_facts if all(name in model.facts for name in _facts(written.formula)) else of_fields
        try:
            form = _rounded(domains, written)
            if written.within is not None:
                _check_range(domains, written, form, written.within)
        except FormulaError as error:
            written.node.report_within(error.start, error.width, error.code, error.message, error.help)
        except (ArithmeticError, ValueError):
            continue  # in something that it leans on, where it is reported
        except TooLarge:
            written.node.report(
                "formula-too-long",
                "This formula is too large with all that it leans on.",
                "Let it multiply fewer values, or round what it is made of.",
            )


def _facts(formula: Formula) -> list[str]:
    return [ref.name for ref in formula_refs(formula) if ref.kind == "fact"]


def _with_fields(model: Model) -> Model:
    """Return a model with the fields of its diary as facts; of two with one name nothing is said."""
    fields: dict[str, Fact] = {}
    for entry in model.diary.entries.values() if model.diary is not None else ():
        for name, domain in entry.fields.items():
            same = name not in fields or fields[name].domain == domain
            fields[name] = Fact(name, domain if same else Domain("number"), "")
    return attrs.evolve(model, facts={**fields, **model.facts})


def _rounded(domains: FormulaDomains, written: WrittenFormula) -> Linear:
    if not written.has_decimals:
        return _checked(domains, written.tree, written.formula)
    assert isinstance(written.formula, Call)  # rounding is put around what was written
    inner, step = written.formula.arguments
    return applied("round", [_checked(domains, written.tree, inner), domains.form(step)])


def _checked(domains: FormulaDomains, tree: FormulaTree, formula: Formula) -> Linear:
    """Return the form of a formula; raise `FormulaError` where a function in it is not defined."""
    match tree, formula:
        case (_, Arithmetic(_, converted, Constant(converts=True))):  # it stands around what was written
            _checked(domains, tree, converted)
            return domains.form(formula)
        case (FunctionCall(name, trees), Call(function, arguments, option)) if name == function:
            forms = [_checked(domains, *pair) for pair in zip(trees, arguments, strict=False)]
            _check(domains, function, tree, trees, forms)
            return applied(function, forms, option)
        case (Operation("^", left, right), Call("power" as function, (base, exponent))):
            forms = [_checked(domains, left, base), _checked(domains, right, exponent)]
            _check(domains, function, tree, (left, right), forms)
            return applied(function, forms)
        case (Operation(written, left, right), Arithmetic(operator, first, second)) if written == operator:
            forms = [_checked(domains, left, first), _checked(domains, right, second)]
            return _joined(domains, operator, tree, forms)
        case _:
            return domains.form(formula)


def _joined(domains: FormulaDomains, operator: str, tree: Operation, forms: Sequence[Linear]) -> Linear:
    match operator:
        case "+":
            return forms[0] + forms[1]
        case "-":
            return forms[0] + forms[1].times(-1)
        case "*":
            return applied("multiply", forms)
        case _:
            _check(domains, "divide", tree, (tree.left, tree.right), forms)
            return applied("divide", forms)


def _check(
    domains: FormulaDomains,
    function: str,
    tree: FunctionCall | Operation,
    trees: Sequence[FormulaTree],
    forms: Sequence[Linear],
) -> None:
    found = domains.undefined(function, forms)
    if found is None:
        return
    names = names_in(found.form)
    narrow = f"Narrow the range of {_listed(names)}." if names else ""
    at = trees[found.argument]
    message, help, code = _words(function, found, narrow)
    if found.reason == "zero":
        raise FormulaError(message, help, tree.start, 1 if isinstance(tree, Operation) else tree.width, code)
    raise FormulaError(message, help, at.start, at.width, code)


def _words(function: str, found: Undefined, narrow: str) -> tuple[str, str, str]:
    """Return the message, the help and the code for a function that is not defined everywhere."""
    ends = _range_words(found.ends)
    match found.reason:
        case "zero":
            message = "This divides by zero." if found.ends == (0, 0) else "This can divide by zero."
            help = f"What it divides by is {ends}. {narrow}" if narrow else "Divide by a number other than 0."
            return message, help, "division-by-zero"
        case "root":
            return "This can be a root of a number below 0.", f"What is under it is {ends}. {narrow}", "not-defined"
        case "logarithm":
            message = f"`{function}` needs a number above 0, and this is {ends}."
            return message, narrow or "Write a number above 0.", "not-defined"
        case "exp":
            most = LARGEST_ARGUMENT_OF_EXP
            message = f"`exp` takes numbers from -{most} to {most}, and this is {ends}."
            return message, narrow or "Write a smaller number.", "not-defined"
        case "step":
            message = f"`{function}` needs a step above 0, and this is {ends}."
            return message, narrow or "Write the step to round to, such as 0.1 for one decimal.", "not-defined"
        case "base":
            message = f"Only a number above 0 has powers with decimals, and this is {ends}."
            return message, narrow or "Write a number above 0.", "not-defined"
        case "exponent":
            return f"An exponent is at most {LARGEST_EXPONENT}.", "Write a smaller one.", "not-defined"
        case "whole":
            message = f"`{function}` takes a whole number, and this might not be one."
            return message, "Round it, as with `round_down(…)`, or give it the type `integer`.", "not-whole"
        case "calendar":
            message = "This can be a day outside the calendar, which has the years 1 to 9999."
            return message, narrow or "Add less.", "bad-date"
        case _:
            assert_never(found.reason)


def _check_range(domains: FormulaDomains, written: WrittenFormula, form: Linear, within: Domain) -> None:
    low, high = domains.ends(form)
    if (within.lowest is None or low >= within.lowest) and (within.highest is None or high <= within.highest):
        return
    allowed = (_end(within.lowest, -math.inf), _end(within.highest, math.inf))
    names = names_in(form)
    is_date = within.type == "date"
    written.node.report(
        "out-of-range",
        f"`{written.name}` is {_range_words(allowed, is_date=is_date)},"
        f" but this can be {_range_words((low, high), is_date=is_date)}.",
        f"Narrow the range of {_listed(names)}, or widen that of `{written.name}`."
        if names
        else f"Widen the range of `{written.name}`.",
    )


def _end(end: Any, infinite: float) -> Any:
    return infinite if end is None else end


def _listed(names: Sequence[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _range_words(ends: Ends, *, is_date: bool = False) -> str:
    kind = Domain("date" if is_date else "number")
    low, high = (None if isinstance(end, float) else message_wording.bound_text(kind, _short(end)) for end in ends)
    if low is None:
        return "any number" if high is None else f"at most {high}"
    if high is None:
        return f"at least {low}"
    return low if low == high else f"from {low} to {high}"


def _short(number: Number) -> Number:
    """Return a number with as many decimals as a message needs."""
    return number if number.denominator == 1 else tidy(Fraction(f"{float(number):.6g}"))
