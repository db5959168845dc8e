"""Generated conditions and formulas over what a generated pack declares so far."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs
from hypothesis import strategies as st

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.operators import OPERATORS, code
from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Count,
    Decision,
    Derived,
    Domain,
    Fact,
    Formula,
    HasValue,
    Not,
    Parameter,
    ParameterRef,
    Ref,
    Test,
)
from hiprun.testing.strategies.domains import constants, numbers

_MOST_OPERANDS = 2

Subject = tuple[Ref, Domain]


@attrs.frozen
class Declared:
    """What the rules of a pack can refer to, while the pack is being generated."""

    facts: dict[str, Fact] = attrs.field(factory=dict)
    parameters: dict[str, Parameter] = attrs.field(factory=dict)
    derived: dict[str, Derived] = attrs.field(factory=dict)
    decisions: dict[str, Decision] = attrs.field(factory=dict)

    def subjects(self) -> list[Subject]:
        """Return everything that a condition can test."""
        subjects = [(Ref("fact", name), fact.domain) for name, fact in self.facts.items()]
        for name, derived in self.derived.items():
            domain = Domain("boolean") if derived.formula is None else Domain("number", unit=derived.unit)
            subjects.append((Ref("derived", name), domain))
        for decision in self.decisions.values():
            for output in decision.outputs if HIT_POLICIES[decision.hit].gives != "items" else ():
                subjects.append((Ref("output", output.name, decision.name), decision.condition_domain(output.name)))
        return subjects

    def numbers(self) -> list[Subject]:
        """Return every number that depends on the patient."""
        return [(ref, domain) for ref, domain in self.subjects() if domain.is_numeric]


def condition(draw: st.DrawFn, declared: Declared, depth: int) -> Condition:
    """Return a test or, if `depth` allows, a group of conditions."""
    kind = draw(st.sampled_from(["test", "test", "all", "any", "not", "count"])) if depth else "test"
    if kind == "test":
        subject, domain = draw(st.sampled_from(declared.subjects()))
        if subject.kind == "output" and draw(st.booleans()):
            return HasValue(subject, draw(st.booleans()))
        return test(draw, subject, domain, declared)
    part_count = 1 if kind == "not" else draw(st.integers(1, 3))
    parts = tuple(condition(draw, declared, depth - 1) for _ in range(part_count))
    match kind:
        case "all":
            return All(parts)
        case "any":
            return AnyOf(parts)
        case "not":
            return Not(parts[0])
        case _:
            spans = [(low, high) for low in range(part_count + 1) for high in range(low, part_count + 1)]
            low, high = draw(st.sampled_from([span for span in spans if span != (0, part_count)]))
            return Count(parts, low, high)


def test(draw: st.DrawFn, subject: Ref, domain: Domain, declared: Declared) -> Test:
    """Return a test of one subject."""
    operator = draw(st.sampled_from([operator for operator, entry in OPERATORS.items() if entry.fits(domain)]))
    entry = OPERATORS[operator]
    if domain.is_numeric and entry.operands == "one" and draw(st.booleans()):
        return Test(subject, operator, (amount(draw, declared, domain, representable=entry.exact),))
    constant = constants(domain)
    if entry.takes == "member":
        constant = st.sampled_from(list(domain.choices))
    if entry.operands == "one":
        return Test(subject, operator, (draw(constant),))
    least = _MOST_OPERANDS if entry.operands == "two" else 1
    operands = draw(st.lists(constant, min_size=least, max_size=_MOST_OPERANDS, unique=entry.operands == "many"))
    if entry.operands == "two":
        operands.sort(key=lambda operand: operand.value if domain.is_numeric else code(domain, operand))
    return Test(subject, operator, tuple(operands))


def amount(draw: st.DrawFn, declared: Declared, domain: Domain, *, representable: bool = False) -> Formula:
    """Return a number of `domain`, or a formula; with `representable`, none that never has a value of the domain."""
    parameters = [
        ParameterRef(name)
        for name, parameter in declared.parameters.items()
        if not (representable and domain.type == "integer" and parameter.type == "number")
    ]
    named: list[Formula] = [*parameters, *(ref for ref, _ in declared.numbers())]
    kind = draw(st.sampled_from(["constant", "name", "formula"])) if named else "constant"
    if kind == "name":
        return draw(st.sampled_from(named))
    if kind == "formula" and declared.numbers():
        return formula(draw, declared)
    return draw(numbers(domain).map(Constant))


def formula(draw: st.DrawFn, declared: Declared) -> Formula:
    """Return a linear formula that depends on the patient."""
    start: Formula = draw(st.sampled_from([ref for ref, _ in declared.numbers()]))
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.sampled_from(_STEPS))(draw, declared, start)
    return start


def _sum(draw: st.DrawFn, declared: Declared, start: Formula) -> Formula:
    others: Sequence[Formula] = [ref for ref, _ in declared.numbers()]
    other = draw(st.sampled_from(others) | _factors(declared))
    sides = draw(st.sampled_from([(start, other), (other, start)]))
    return Arithmetic(draw(st.sampled_from(["+", "-"])), *sides)


def _product(draw: st.DrawFn, declared: Declared, start: Formula) -> Formula:
    factor = draw(_factors(declared))
    return Arithmetic("*", *draw(st.sampled_from([(factor, start), (start, factor)])))


def _quotient(draw: st.DrawFn, declared: Declared, start: Formula) -> Formula:
    divisor = draw(_factors(declared, divisor=True))
    return Arithmetic("/", start, divisor)


_STEPS: Sequence[Any] = (_sum, _product, _quotient)


def _factors(declared: Declared, *, divisor: bool = False) -> st.SearchStrategy[Formula]:
    """Return a strategy for numbers that do not depend on the patient; for a `divisor`, never 0."""
    constants: list[Formula] = [Constant(2), Constant(Fraction(11, 10)), Constant(-1)]
    parameters = [
        ParameterRef(name)
        for name, parameter in declared.parameters.items()
        if not divisor or parameter.lowest is not None
    ]
    return st.sampled_from([*constants, *parameters])
