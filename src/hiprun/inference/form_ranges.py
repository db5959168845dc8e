"""What sums with terms can come to while their facts lie in a box.

Where a sum only rises, or only falls, as each fact grows, its ends are its values at two corners of the box. Whether
it does follows from the functions in it and the signs of what they multiply. Elsewhere its ends are those of its
parts, which may be too far apart.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

import attrs

from hiprun.inference.functions import Ends, Function, Slope, both, times
from hiprun.inference.interval_sets import Cut
from hiprun.inference.linear_forms import Irrational, Linear, Term, Values, facts_of
from hiprun.inference.real_numbers import TooFewDigits, digits
from hiprun.model import Number, Ref
from hiprun.model.value_conversion import tidy
from hiprun.model.value_objects import Entity, ValueObject

Stretch: TypeAlias = tuple[Cut, Cut]
Box: TypeAlias = Mapping[str, Stretch]
"""What each fact may be, from end to end; a whole number from the first to the last, both included."""

_DIGITS = 30
_STRICT = frozenset({"multiply", "divide", "power"})
"""Functions that change with each of their arguments, unless another one is 0."""


@attrs.frozen
class Reach(ValueObject):
    """What a sum comes to, from end to end. `exact`: the ends are its own; `solid`: so is all between them."""

    stretch: Stretch
    exact: bool
    solid: bool


@attrs.define(eq=False)
class Ranges(Entity):
    """The ranges of sums over one box; `whole` names the facts that are whole numbers."""

    box: Box
    whole: frozenset[str] = frozenset()
    _ends: dict[Any, Ends] = attrs.field(factory=dict)
    _slopes: dict[Any, Slope] = attrs.field(factory=dict)

    def reach(self, form: Linear) -> Reach:
        """Return what a sum comes to."""
        open_ = [name for name in facts_in(form) if not self._is_point(name)]
        slopes = {name: self.slope(form, name) for name in open_}
        stepped = any(term.entry.steps for term in form.all_terms())
        if None not in slopes.values():
            corners = [self._corner(slopes, turn) for turn in (1, -1)]
            try:
                low, high = map(form.ends_at, corners)
            except Irrational:
                found = _near_ends(form, corners)
                if found is not None:
                    return Reach(_stretch(*found, True, True), False, False)
            else:
                first, last = (all(self._is_closed(name, slopes[name], turn) for name in open_) for turn in (1, -1))
                solid = not stepped and self.whole.isdisjoint(open_)
                strict = (first and last) or self._is_strict(form)
                return Reach(_stretch(low, high, first or not strict, last or not strict), strict, solid)
        pinned = {name: slope for name, slope in slopes.items() if slope is not None}
        if not pinned:
            return Reach(_stretch(*self.natural_ends(form), True, True), False, False)
        lowest, highest = (self._with(self._corner(pinned, turn), pinned) for turn in (1, -1))
        ends = lowest.natural_ends(form)[0], highest.natural_ends(form)[1]
        return Reach(_stretch(*ends, True, True), False, False)

    def inverted(self, form: Linear, stretch: Stretch) -> tuple[str, Stretch | None] | None:
        """Return what the one open fact of a sum has to be for it to lie in a stretch: None for nothing it can be.

        None in all where several facts are open, or where that need be no stretch that fractions can name.
        """
        names = [name for name in facts_in(form) if not self._is_point(name)]
        if len(names) != 1 or self.slope(form, names[0]) is None:
            return None
        (name,) = names
        (low, _), (high, _) = self.box[name]
        if isinstance(low, float) or isinstance(high, float):
            return None
        point: dict[str, Any] = {other: cuts[0][0] for other, cuts in self.box.items()}
        if name in self.whole:
            return name, _whole_inverse(lambda value: form.at({**point, name: value}), int(low), int(high), stretch)
        if not _is_affine(form, name):
            return None
        first, last = (form.at({**point, name: end}) for end in (low, high))
        if first == last:
            return None
        start, end = (_affine_inverse(cut, (low, first), (high, last)) for cut in stretch)
        start, end = (start, end) if first < last else ((end[0], 1 - end[1]), (start[0], 1 - start[1]))
        start, end = max(start, self.box[name][0]), min(end, self.box[name][1])
        return name, (start, end) if start < end else None

    def _is_strict(self, form: Linear) -> bool:
        """Return whether a sum always changes as one of its facts does, so that an end left out is not reached."""
        for term in form.all_terms():
            if term.function not in _STRICT:
                return False
            for argument in term.arguments:
                low, high = self.ends(argument)
                if low <= 0 <= high:
                    return False
        return True

    def _with(self, values: Values, names: Iterable[str]) -> Ranges:
        """Return the ranges where some facts have these values."""
        points = {name: ((values[name], 0), (values[name], 1)) for name in names}
        return Ranges({**self.box, **points}, self.whole)

    def ends(self, form: Linear) -> Ends:
        """Return between which two numbers a sum surely lies."""
        found = self._ends.get(form)
        if found is None:
            if self._uses(form) == sum(not self._is_point(name) for name in facts_in(form)):
                found = self.natural_ends(form)
            else:
                (low, _), (high, _) = self.reach(form).stretch
                found = low, high
            self._ends[form] = found
        return found

    def _uses(self, form: Linear) -> int:
        """Return how many times facts stand in a sum that are not known."""
        found = 0
        for ref, _ in form.terms:
            if isinstance(ref, Term):
                found += sum(map(self._uses, ref.arguments))
            else:
                found += not self._is_point(ref.name)
        return found

    def natural_ends(self, form: Linear) -> Ends:
        """Return the same as if each fact were another one wherever it stands."""
        low: Any = form.constant
        high: Any = form.constant
        for ref, factor in form.terms:
            least, most = self._ends_of(ref)
            if factor < 0:
                least, most = most, least
            low, high = low + _scaled(least, factor), high + _scaled(most, factor)
        return low, high

    def slope(self, form: Linear, fact: str) -> Slope:
        """Return how a sum goes as a fact grows."""
        found: Slope = 0
        for ref, factor in form.terms:
            if fact in facts_of(ref):
                own: Slope = self._slope_of(ref, fact) if isinstance(ref, Term) else 1
                found = both(found, times(own, 1 if factor > 0 else -1))
        return found

    def _slope_of(self, term: Term, fact: str) -> Slope:
        key = (term, fact)
        if key not in self._slopes:
            outer = term.entry.slopes([self.ends(argument) for argument in term.arguments])
            found: Slope = 0
            for argument, slope in zip(term.arguments, outer, strict=True):
                found = both(found, times(self.slope(argument, fact), slope))
            self._slopes[key] = found
        return self._slopes[key]

    def _ends_of(self, ref: Ref) -> Ends:
        if not isinstance(ref, Term):
            (low, _), (high, _) = self.box[ref.name]
            return low, high
        found = self._ends.get(ref)
        if found is None:
            ranges = [self.ends(argument) for argument in ref.arguments]
            found = self._ends[ref] = function_ends(ref.entry, ranges, ref.option)
        return found

    def _corner(self, slopes: Mapping[str, Slope], turn: int) -> dict[str, Any]:
        """Return the facts where a sum is least, or with a `turn` of -1 greatest."""
        values: dict[str, Any] = {}
        for name, (low, high) in self.box.items():
            values[name] = (low if slopes.get(name, 1) == turn or slopes.get(name, 1) == 0 else high)[0]
            if name not in slopes:
                values[name] = low[0]
        return values

    def _is_closed(self, name: str, slope: Slope, turn: int) -> bool:
        (_, low_side), (_, high_side) = self.box[name]
        return slope == 0 or (not low_side if slope == turn else bool(high_side))

    def _is_point(self, name: str) -> bool:
        return is_point(self.box[name])


def _is_affine(form: Linear, fact: str) -> bool:
    """Return whether a sum is one of multiples of a fact, as far as its shape shows."""
    for ref, _ in form.terms:
        if not isinstance(ref, Term) or fact not in ref.facts:
            continue
        within = [argument for argument in ref.arguments if fact in facts_in(argument)]
        if ref.function not in ("multiply", "divide") or len(within) != 1 or not _is_affine(within[0], fact):
            return False
        if ref.function == "divide" and within[0] is not ref.arguments[0]:
            return False
    return True


def _affine_inverse(cut: Cut, first: tuple[Number, Number], last: tuple[Number, Number]) -> Cut:
    """Return where a sum that is an affine one of a fact, and has two values at two of its numbers, is cut."""
    value, side = cut
    if isinstance(value, float):
        return (value if last[1] > first[1] else -value), side
    moved = Fraction(value - first[1]) * (last[0] - first[0]) / (last[1] - first[1])
    return tidy(first[0] + moved), side


def _whole_inverse(value: Callable[[Number], Number], low: int, high: int, stretch: Stretch) -> Stretch | None:
    """Return from where to where whole numbers are sent into a stretch by a function that only rises, or falls."""
    rises = value(low) <= value(high)
    (start, end) = stretch

    def is_below(number: int) -> bool:
        found = value(number)
        return (found, 0) < start if rises else (found, 1) > end

    def is_above(number: int) -> bool:
        found = value(number)
        return (found, 1) > end if rises else (found, 0) < start

    first = bisect.bisect_left(range(low, high + 1), True, key=lambda number: not is_below(number)) + low
    last = bisect.bisect_left(range(low, high + 1), True, key=is_above) + low - 1
    return ((first, 0), (last, 1)) if first <= last else None


def is_point(stretch: Stretch) -> bool:
    """Return whether a stretch is one number."""
    (low, _), (high, _) = stretch
    return low == high


def facts_in(form: Linear) -> list[str]:
    """Return the facts that a sum follows from, in order."""
    return list(dict.fromkeys(name for ref, _ in form.terms for name in facts_of(ref)))


def _near_ends(form: Linear, corners: Sequence[Values]) -> Ends | None:
    """Return numbers a little beyond the values of a sum at two corners; None where a fact has no end there."""
    if any(isinstance(corner[name], float) for corner in corners for name in facts_in(form)):
        return None
    precision = digits(_DIGITS)
    try:
        (low, _), (_, high) = (form.near(corner, precision) for corner in corners)
    except TooFewDigits:
        return None
    return Fraction(low), Fraction(high)


def _scaled(number: Any, factor: Number) -> Any:
    return number * (1 if factor > 0 else -1) if isinstance(number, float) else number * factor


def _stretch(low: Any, high: Any, first: bool, last: bool) -> Stretch:
    start: Cut = (low, 0) if isinstance(low, float) else (tidy(low), 0 if first else 1)
    end: Cut = (high, 1) if isinstance(high, float) else (tidy(high), 1 if last else 0)
    return start, end


def function_ends(function: Function, ranges: Sequence[Ends], option: str = "") -> Ends:
    """Return between which two numbers a function lies while its arguments lie in ranges.

    Ranges may be too wide; where the function is not defined in all of one, it is not bounded.
    """
    try:
        ends = [_value_ends(function, corner, option) for corner in corners(function, ranges)]
    except (ArithmeticError, LookupError, ValueError):
        return -math.inf, math.inf  # its arguments are looked at too widely for it to be defined
    return min(low for low, _ in ends), max(high for _, high in ends)


def corners(function: Function, ranges: Sequence[Ends]) -> list[tuple[Any, ...]]:
    """Return arguments from ranges among which are those where a function is least, and greatest."""
    slopes = function.slopes(ranges)
    if None not in slopes:
        return [
            tuple(ends[0 if slope == turn else 1] for ends, slope in zip(ranges, slopes, strict=True))
            for turn in (1, -1)
        ]
    kinks = [[kink for kink in function.kinks if low < kink < high] for low, high in ranges]
    return list(product(*({*ends, *more} for ends, more in zip(ranges, kinks, strict=True))))


def _value_ends(function: Function, arguments: Sequence[Any], option: str) -> Ends:
    """Return between which two numbers a function lies at some numbers, which are infinite perhaps."""
    found = function.exact(*arguments, *([option] if function.options else []))
    if found is not None:
        return found, found
    precision = digits(_DIGITS)
    near = function.near
    assert near is not None  # what is no fraction can be worked out closely
    more = (arguments[1],) if function.name == "power" else ()
    low, high = near(precision, *map(precision.near, arguments), *more)
    return Fraction(low), Fraction(high)
