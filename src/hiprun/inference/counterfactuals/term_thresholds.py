"""Where a function of facts comes into another cell as one of them grows and the others stay as they are."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

import attrs

from hiprun.inference.form_ranges import Box, Ranges, Stretch, facts_in, is_point
from hiprun.inference.grounding import Variable
from hiprun.inference.interval_sets import Region, is_whole, of_domain, ordinary
from hiprun.inference.linear_constraints import hull
from hiprun.inference.linear_forms import Linear, Term
from hiprun.model import Domain, Model, Number, Ref
from hiprun.model.units import has_finite_decimals
from hiprun.model.value_conversion import tidy
from hiprun.model.value_objects import ValueObject

_FAR = 10**9
"""How far out a fact without an end is followed."""

_HALVINGS = 48
_VALUE_WORK = 50
"""How many steps it counts to work out what a function comes to for one number."""

_MOST_PLACES = 30


def decimal_inside(low: Number, high: Number) -> Number:
    """Return a number of few decimals between two others, near the middle.

    >>> decimal_inside(0, Fraction(1, 3))
    Fraction(1, 5)
    """
    middle = Fraction(low + high) / 2
    near = (Fraction(round(middle * 10**places), 10**places) for places in range(_MOST_PLACES))
    return tidy(next((number for number in near if low < number < high), Fraction(low)))


def with_others_beside(edges: Collection[Number], domain: Domain) -> Iterator[Number]:
    """Yield numbers at which something changes, and numbers on both sides of them that are easy to say."""
    for edge in edges:
        whole_edge = math.floor(edge)
        yield from (whole_edge - 1, whole_edge, whole_edge + 1, whole_edge + 2)
        if not is_whole(domain):
            yield edge
            for part in (10, 100):
                yield tidy(Fraction(math.floor(edge * part), part))
                yield tidy(Fraction(math.ceil(edge * part), part))
    if not is_whole(domain):
        yield from (_between(low, high) for low, high in itertools.pairwise(sorted(edges)))
    yield ordinary(of_domain(domain), domain)


def _between(low: Number, high: Number) -> Number:
    """Return the number in the middle, or a decimal near it."""
    middle = tidy(Fraction(low + high) / 2)
    return middle if has_finite_decimals(middle) else decimal_inside(low, high)


def form_of(variable: Variable) -> Linear | None:
    """Return what a variable stands for where functions are in it, None for others."""
    if variable.term is not None:
        return Linear(0, ((variable.term, 1),))
    if not variable.inner:
        return None
    terms: dict[str, Term] = {term.name: term for term in variable.inner}
    return Linear(0, tuple((terms.get(name) or Ref("fact", name), factor) for name, factor in variable.terms))


RegionOf = Callable[[str], Region]
"""What each fact may be."""


@attrs.frozen(slots=False)
class FunctionsAlong(ValueObject):
    """The functions among some variables of a program, along one fact while the others may be what they may be."""

    model: Model
    variables: tuple[Variable, ...]
    count: Callable[[int], None]
    """Counts steps, and may end the search."""
    _known: dict[tuple[Linear, str, tuple[tuple[str, Stretch], ...], Number], tuple[Number, ...]] = attrs.field(
        factory=dict, init=False, repr=False, eq=False
    )

    @cached_property
    def _forms(self) -> Mapping[Variable, Linear]:
        found = ((variable, form_of(variable)) for variable in self.variables)
        return {variable: form for variable, form in found if form is not None}

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts that they follow from."""
        return frozenset(name for form in self._forms.values() for name in facts_in(form))

    def has_all_thresholds(self, name: str, region_of: RegionOf) -> bool:
        """Return whether `thresholds` are all numbers at which something changes as one fact alone does."""
        beside = Counter(fact for variable in self.variables for fact in variable.base_facts)
        for form in self._forms.values():
            if name in facts_in(form):
                box = self._box(form, name, region_of)
                if not self._is_monotone(form, box):
                    return False
                if any(beside[other] > 1 for other in box if other != name and not is_point(box[other])):
                    return False
        return True

    def thresholds(self, name: str, region_of: RegionOf) -> Iterator[Number]:
        """Yield numbers of a fact between which an end of a function that is monotone in it passes a cut.

        Raises `OutOfBudget` where working them out takes too long.
        """
        for variable, form in self._forms.items():
            if name not in facts_in(form):
                continue
            box = self._box(form, name, region_of)
            if self._is_monotone(form, box):
                for cut in dict.fromkeys(cut for cut, _ in variable.cuts if not isinstance(cut, float)):
                    key = form, name, tuple(box.items()), cut
                    if key not in self._known:  # many choices leave a function the same facts
                        self._known[key] = tuple(self._thresholds(form, name, box, cut))
                    yield from self._known[key]

    def reach(self, form: Linear, region_of: RegionOf) -> Stretch:
        """Return from where to where a sum may lie."""
        return Ranges(self._box(form, "", region_of), self._whole).reach(form).stretch

    def _thresholds(self, form: Linear, name: str, box: Box, cut: Number) -> Iterator[Number]:
        (low, _), (high, _) = box[name]
        start: Number = -_FAR if isinstance(low, float) else low
        end: Number = _FAR if isinstance(high, float) else high
        for side in (0, 1):

            def value(number: Number, side: int = side) -> Any:
                self.count(_VALUE_WORK)
                pinned = {**box, name: ((number, 0), (number, 1))}
                return Ranges(pinned, self._whole).reach(form).stretch[side][0]

            for beyond in (False, True):
                yield from _passing(value, (cut, beyond), (start, end), whole_numbers=name in self._whole)

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(name for name, fact in self.model.facts.items() if is_whole(fact.domain))

    def _box(self, form: Linear, name: str, region_of: RegionOf) -> Box:
        """Return from where to where each fact of a sum may be, and the fact that is looked at, anywhere."""
        domains = {other: self.model.facts[other].domain for other in facts_in(form)}
        return {
            other: hull(of_domain(domain) if other == name else region_of(other), domain)
            for other, domain in domains.items()
        }

    def _is_monotone(self, form: Linear, box: Box) -> bool:
        ranges = Ranges(box, self._whole)
        return all(ranges.slope(form, name) is not None for name in facts_in(form))


def _passing(
    value: Callable[[Number], Any], cut: tuple[Number, bool], ends: tuple[Number, Number], *, whole_numbers: bool
) -> Iterator[Number]:
    """Yield the two numbers next to each other of which one function value has reached a cut, or is beyond it."""
    low, high = ends
    number, beyond = cut
    sign = 1 if value(low) <= value(high) else -1

    def has_passed(at: Number) -> bool:
        distance = (value(at) - number) * sign
        return bool(distance > 0 if beyond else distance >= 0)

    if has_passed(low) or not has_passed(high):
        return
    for _ in range(_HALVINGS):
        middle = (low + high) // 2 if whole_numbers else decimal_inside(low, high)
        if middle in (low, high):
            break
        low, high = (low, middle) if has_passed(middle) else (middle, high)
    yield from (low, high)
