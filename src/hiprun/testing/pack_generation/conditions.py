"""Generated conditions over what a generated pack declares so far."""

from __future__ import annotations

from typing import Any

from hiprun.inference.operators import OPERATORS, code
from hiprun.model import All, AnyOf, Condition, Count, Domain, HasValue, Not, Ref, Test
from hiprun.testing.pack_generation.draft import PackDraft
from hiprun.testing.pack_generation.formulas import generate_amount, generate_date

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
        if domain.type == "date" and draft.options.functions and draft.formulas and entry.operands == "one":
            return generate_date(draft, domain)
        return draft.constant(domain)

    operands = [operand() for _ in range(count)]
    if entry.operands == "many":
        operands = list(dict.fromkeys(operands))
    # Rule files reject empty ranges, but an oracle should meet them too.
    if entry.operands == "two" and not plain:
        operands.sort(key=lambda operand: operand.value if domain.is_numeric else code(domain, operand))
    return Test(subject, operator, tuple(operands))
