"""The bands that the rules of a decision cut a number into, and the stretches between them that no rule covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias, assert_never

import attrs

from hiprun.inference.interval_sets import (
    Cut,
    Region,
    complement,
    from_signs,
    intersection,
    is_whole,
    of_domain,
    union,
    whole,
)
from hiprun.inference.linear_forms import formula_value
from hiprun.inference.operators import OPERATORS, Compare, Leaf, expressed, meaning
from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Call,
    Condition,
    Constant,
    Count,
    Decision,
    Domain,
    Formula,
    HasValue,
    Literal_,
    Not,
    Number,
    ParameterRef,
    Ref,
    Test,
    formula_refs,
    refs,
)
from hiprun.model.value_conversion import MOST_DIGITS, tidy

Said: TypeAlias = tuple[Condition, bool]
"""A test or a count, and whether it is to hold or not."""
Way: TypeAlias = tuple[Said, ...]
"""Tests of which all must hold: one of the ways to meet a condition."""

_MOST_WAYS = 64


def ways(condition: Condition, *, holds: bool = True) -> list[Way] | None:
    """Return the ways to meet a condition, or with `holds` False to fail it; None where there are too many."""
    match condition:
        case Test() | HasValue() | Count():
            return [((condition, holds),)]
        case Not(part):
            return ways(part, holds=not holds)
        case All(parts) | AnyOf(parts):
            each = [ways(part, holds=holds) for part in parts]
            together = isinstance(condition, All) is holds
            found: list[Way] = [()] if together else []
            for some in each:
                if some is None:
                    return None
                found = [(*one, *other) for one in found for other in some] if together else [*found, *some]
                if len(found) > _MOST_WAYS:
                    return None
            return found
        case _:
            assert_never(condition)


@attrs.frozen(eq=False)
class Band:
    """The numbers that one way to meet a rule covers, and what it asks for besides."""

    region: Region
    rest: frozenset[Said]
    compares: bool


@attrs.frozen(eq=False)
class Group:
    """The bands for all who meet `rest`."""

    rest: frozenset[Said]
    cover: Region


@attrs.frozen
class Stretch:
    """Numbers between two bands that neither covers; `narrow`: no wider than one step of the limits on both sides."""

    start: Cut
    end: Cut
    narrow: bool

    @property
    def width(self) -> Number:
        """How wide it is."""
        return Fraction(self.end[0]) - Fraction(self.start[0])

    @property
    def region(self) -> Region:
        """The numbers in it."""
        return ((self.start, self.end),)


@attrs.frozen(eq=False)
class SymbolicBand:
    """The tests of a number in one way to meet a rule, and what it asks for besides."""

    own: tuple[tuple[Test, bool], ...]
    rest: frozenset[Said]


def symbolic_band(way: Way, subject: Ref) -> SymbolicBand | None:
    """Return what one way to meet a rule asks of a number; None where that is not apart from the rest, or nothing."""
    own = tuple((test, holds) for test, holds in way if isinstance(test, Test) and test.subject == subject)
    rest = frozenset(said for said in way if said not in own)
    apart = all(subject not in refs(test) for test, _ in rest)
    return SymbolicBand(own, rest) if own and apart else None


def band(way: Way, subject: Ref, domain: Domain, settings: Mapping[str, Number]) -> Band | None:
    """Return what one way to meet a rule covers of a number; None where that depends on the patient, or on nothing."""
    symbolic = symbolic_band(way, subject)
    if symbolic is None:
        return None
    region = of_domain(domain)
    for test, holds in symbolic.own:
        found = _region(test, settings)
        if found is None:
            return None
        region = intersection(region, found if holds else complement(found))
    compares = any(not OPERATORS[test.operator].exact for test, _ in symbolic.own)
    return Band(whole(region) if is_whole(domain) else region, symbolic.rest, compares)


def _region(test: Test, settings: Mapping[str, Number]) -> Region | None:
    """Return the numbers that meet a test of a number."""
    operands = [amount(operand, settings) for operand in test.operands]
    if None in operands:
        return None

    def leaf(part: Leaf) -> Region:
        assert isinstance(part, Compare)  # numbers have no members
        return from_signs(part.signs, part.operand)

    def every(parts: list[Region]) -> Region:
        found: Region = complement(())
        for part in parts:
            found = intersection(found, part)
        return found

    return expressed(meaning(test.operator, operands), leaf, every, lambda parts: union(*parts), complement)


def amount(formula: Formula | Literal_, settings: Mapping[str, Number]) -> Number | None:
    """Return what a formula of numbers and parameters, or a day, comes to; None where it depends on the patient."""
    match formula:
        case Constant(value):
            return value
        case int():  # a day
            return formula
        case ParameterRef(name) | Ref("fact", name):
            return settings.get(name)
        case Call():
            if any(ref.kind != "fact" for ref in formula_refs(formula)):
                return None
            return formula_value(formula, settings, settings)
        case Arithmetic(operator, left, right):
            one, other = amount(left, settings), amount(right, settings)
            if one is None or other is None:
                return None
            if operator == "/":
                return tidy(Fraction(one) / other)
            return tidy(Fraction({"+": one + other, "-": one - other, "*": one * other}[operator]))
        case _:
            return None


def groups(bands: Sequence[Band]) -> Iterator[Group]:
    """Yield for each condition beside a number what all rules cover that ask for no more than it."""
    for rest in dict.fromkeys(each.rest for each in bands):
        here = [each for each in bands if each.rest <= rest]
        if any(each.compares for each in here):
            yield Group(rest, union(*(each.region for each in here)))


def stretches(cover: Region, domain: Domain) -> list[Stretch]:
    """Return the stretches between the first and the last number covered that are not."""
    found = []
    for (_, start), (end, _) in pairwise(cover):
        step = min(_step(start[0]), _step(end[0]))
        narrow = not is_whole(domain) and Fraction(end[0]) - Fraction(start[0]) <= step
        found.append(Stretch(start, end, narrow))
    return found


def _step(value: Number | float) -> Number:
    """Return one unit of the last decimal place of a limit."""
    number = Fraction(value)
    places = next((places for places in range(MOST_DIGITS + 1) if (number * 10**places).denominator == 1), 0)
    return Fraction(1, 10**places)


def subjects(decision: Decision) -> list[Ref]:
    """Return what the rules of a decision ask about, in the order of the file."""
    return list(dict.fromkeys(ref for rule in decision.rules for ref in refs(rule.condition)))
