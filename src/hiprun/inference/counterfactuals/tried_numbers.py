"""The numbers to try for one fact that sums and functions tie to others, and of which not all are worked out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import attrs

from hiprun.inference.counterfactuals.choice_paths import Choice, ChoicePaths
from hiprun.inference.counterfactuals.path_contexts import left
from hiprun.inference.counterfactuals.term_thresholds import decimal_inside, with_others_beside
from hiprun.inference.interval_sets import intersection, is_whole, of_domain, ordinary, point, sample, union
from hiprun.inference.linear_constraints import bounds, hull
from hiprun.model import Domain, Number
from hiprun.model.units import has_finite_decimals
from hiprun.model.value_conversion import tidy

_FEW = 16
"""How many values a fact may have that sums tie to others for all of them to be tried."""

_SHORT = 1000
_MOST_PATHS = 8
_MOST_BESIDES = 4
"""How many facts that sums tie to one are looked at for changes together with it."""


def is_short(domain: Domain) -> bool:
    """Return whether all numbers that a fact may be are tried."""
    low, high = (end for end, _ in (of_domain(domain)[0][0], of_domain(domain)[-1][1]))
    return is_whole(domain) and not isinstance(low, float) and not isinstance(high, float) and high - low <= _FEW


def numbers_to_try(paths: ChoicePaths, name: str, choice: Choice) -> list[Number]:
    """Return the numbers to try for a fact that sums tie to others: all, or those at which something changes."""
    fact = paths.model.facts[name]
    domain = fact.domain
    region = of_domain(domain)
    partial = paths.facts.partial.get(name)
    if partial is not None and partial.region is not None and not fact.changeable:
        region = partial.region
    whole_numbers = is_whole(domain)
    low, high = region[0][0][0], region[-1][1][0]
    now: Any = paths.facts.known.get(name)
    start = now if now is not None else ordinary(region, domain)
    found: dict[Number, None] = {}
    for values in (
        range(int(low), int(high)) if is_short(domain) else _edges(paths, name, choice),
        () if whole_numbers else _inside(paths, name, choice),  # after numbers that are easier to say
    ):
        fitting = {
            value
            for value in values
            if value != now and has_finite_decimals(value) and intersection(region, point(value))
        }
        order = sorted(fitting, key=lambda value: (bool(_SHORT % value.denominator), abs(value - start), value))
        found |= dict.fromkeys(order)
    return list(found)


def _inside(paths: ChoicePaths, name: str, choice: Choice) -> Iterator[Number]:
    """Yield what a fact can be where others change with it or stay as they are: a number inside, and the ends."""
    masks, changed = paths.masks(choice), paths.changed(choice)
    others = [other for other in paths.tied_with(name) if other not in changed and paths.movable(other)][:_MOST_BESIDES]

    def cost(level: int, cells: int) -> float:
        names = paths.speaking[level]
        if masks.get(level, paths.now[level]) & cells or not paths.tied.isdisjoint(names):
            return 0
        return 1 if any(map(paths.movable, names)) else math.inf

    paths.step()
    for path in itertools.islice(paths.layout.paths(cost, wanted=True), _MOST_PATHS):
        for also in itertools.chain.from_iterable(
            itertools.combinations(others, size) for size in range(len(others) + 1)
        ):
            here = paths.ties(attrs.evolve(choice, free=choice.free.union({name}, also)))
            region = union(*left(name, path, here))
            paths.step(here.work)
            for start, end in region:
                ends = [number for number, _ in (start, end) if not isinstance(number, float)]
                inside = sample(((start, end),), whole_numbers=False)
                yield inside if has_finite_decimals(inside) else decimal_inside(ends[0], ends[-1])
                yield from ends


def _edges(paths: ChoicePaths, name: str, choice: Choice) -> Iterator[Number]:
    """Yield the numbers at which a fact, or a sum with it, comes into another cell, and others beside them."""
    domain = paths.model.facts[name].domain
    edges = {cut for stretch in of_domain(domain) for cut, _ in stretch if not isinstance(cut, float)}
    edges |= set(paths.functions.thresholds(name, lambda other: paths.region(other, choice)))
    for variable in (entry for entry in paths.program.variables if not entry.inner):  # functions are those above
        factor: Number = 1
        rests: list[Any] = [0]
        if variable.kind == "sum" and name in variable.facts:
            factor = dict(variable.terms)[name]
            others = [(other, part) for other, part in variable.terms if other != name]
            hulls = {other: hull(paths.region(other, choice), paths.model.facts[other].domain) for other, _ in others}
            rests = [end for end, _ in bounds(others, hulls)]
        elif variable.fact != name:
            continue
        for rest, (cut, _) in itertools.product(rests, variable.cuts):
            if not isinstance(rest, float) and not isinstance(cut, float):
                edges.add(tidy(Fraction(cut - rest) / factor))
    yield from with_others_beside(edges, domain)
