"""Terms beside their facts: what one patient's facts make of them, and whether choices for both fit.

A term stands in a program like a fact of its own. What is known of its facts says what it can be, and cells that were
chosen for it on the way leave less of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import attrs

from hiprun.inference.facts import Facts
from hiprun.inference.form_feasibility import Demand, Search
from hiprun.inference.form_ranges import Box, Ranges, Reach, Stretch
from hiprun.inference.grounding.ground_program import Program, Variable
from hiprun.inference.interval_sets import BOTTOM, TOP, Cut, Region, intersection, is_whole, of_domain, only, union
from hiprun.inference.linear_constraints import Inequality, hull
from hiprun.inference.linear_forms import Linear, Term, facts_of
from hiprun.inference.operators import Truth
from hiprun.inference.partial_values import Partial
from hiprun.model import Model, Number, Ref
from hiprun.model.value_objects import ValueObject

_MOST_STRETCHES = 64
_OTHER = "'"
"""Behind the name of a fact: the same fact of a second patient."""


def with_terms(model: Model, program: Program, facts: Facts) -> Facts:
    """Return facts with what they make of the terms of a program: a number, or what it can be."""
    known: dict[str, Any] = dict(facts.known)
    partial = dict(facts.partial)
    for variable in program.variables:
        term = variable.term
        if term is None:
            continue
        if all(name in facts.known for name in term.facts):
            known[variable.fact] = term.at(facts.known)
            continue
        domains = {name: model.facts[name].domain for name in term.facts}
        whole = frozenset(name for name, domain in domains.items() if is_whole(domain))
        box = {name: hull(region_of_fact(model, name, facts), domain) for name, domain in domains.items()}
        stretch = Ranges(box, whole).reach(_form(term)).stretch
        if stretch[0][0] == stretch[1][0]:
            known[variable.fact] = stretch[0][0]
        else:
            partial[variable.fact] = Partial((), intersection(variable.domain, (_cells(stretch, variable.whole),)))
    return attrs.evolve(facts, known=known, partial=partial)


def region_of_fact(model: Model, name: str, facts: Facts) -> Region:
    """Return the numbers that a fact can be."""
    if name in facts.known:
        value: Any = facts.known[name]
        return (((value, 0), (value, 1)),)
    partial = facts.partial.get(name)
    return of_domain(model.facts[name].domain) if partial is None or partial.region is None else partial.region


def _form(ref: Ref) -> Linear:
    return Linear(0, ((ref, 1),))


def _cells(stretch: Stretch, whole: bool) -> Stretch:
    """Return a stretch as regions of a domain of whole numbers have it: each cut before a whole number."""
    if not whole:
        return stretch
    (low, _), (high, side) = stretch
    start: Cut = (low, 0) if isinstance(low, float) else (math.ceil(low), 0)
    return start, ((high, side) if isinstance(high, float) else (math.floor(high) + 1, 0))


def _closed(stretch: Stretch, whole: bool) -> Stretch:
    """Return a stretch of whole numbers from the first to the last, both included."""
    start, (high, side) = stretch
    return start, ((high - 1, 1) if whole and not side and not isinstance(high, float) else (high, side))


@attrs.frozen
class TiedTerms(ValueObject):
    """The terms of a program that are open for a patient, and what is left of their facts."""

    variables: tuple[Variable, ...]
    regions: Mapping[str, Region] = attrs.field(hash=False)
    whole: frozenset[str]
    by_name: Mapping[str, Term] = attrs.field(hash=False)

    def is_settled(self, fact: str) -> bool:
        """Return whether only one number is left of a fact."""
        region = self.regions.get(fact, ())
        return only(region, whole_numbers=fact in self.whole) is not None

    def following(self, fact: str) -> set[str]:
        """Return the names of the terms that follow from a fact."""
        return {name for name, term in self.by_name.items() if fact in term.facts}

    def speaks_of(self, names: Iterable[str], context: Iterable[tuple[int, int]]) -> bool:
        """Return whether a term is among `names`, or among the choices of `context`."""
        chosen = (self.variables[index] for index, _ in context)
        return any(name in self.by_name for name in names) or any(
            variable.term is not None or variable.inner for variable in chosen
        )

    # what was chosen, as demands on facts

    def _ref(self, name: str) -> Ref:
        return self.by_name.get(name) or Ref("fact", name)

    def _demands(self, context: Iterable[tuple[int, int]]) -> tuple[list[Demand], dict[str, Region]]:
        """Return what choices ask of sums and terms, and what they leave of single facts."""
        demands: list[Demand] = []
        regions: dict[str, Region] = {}
        for index, cell in context:
            variable = self.variables[index]
            stretch = variable.cells[cell]
            if variable.kind == "fact":
                name = variable.fact
                regions[name] = intersection(regions.get(name, self.regions.get(name, (stretch,))), (stretch,))
            elif variable.term is not None:
                demands.append(Demand(_form(variable.term), _closed(stretch, variable.whole)))
            else:
                form = Linear(0, tuple((self._ref(name), factor) for name, factor in variable.terms))
                demands.append(Demand(form, _closed(stretch, variable.whole)))
        return demands, regions

    def _boxes(self, names: Iterable[str], regions: Mapping[str, Region], suffix: str = "") -> list[Box] | None:
        """Return the boxes that facts lie in; None where they are too many to look at one by one."""
        found = {name: regions.get(name, self.regions[name]) for name in dict.fromkeys(names)}
        if math.prod(map(len, found.values())) > _MOST_STRETCHES:
            return None
        pairs = [
            [(name + suffix, _closed(stretch, name in self.whole)) for stretch in region]
            for name, region in found.items()
        ]
        return [dict(stretches) for stretches in product(*pairs)]

    # whether choices fit

    def fits(self, context: Iterable[tuple[int, int]], search: Search, pinned: Mapping[str, Number]) -> Truth:
        """Return whether facts exist that lie where `context` says, with some `pinned` to a number."""
        demands, regions = self._demands(context)
        for name, value in pinned.items():
            regions[name] = intersection(regions.get(name, self.regions[name]), (((value, 0), (value, 1)),))
        if not all(regions.values()):
            return False
        boxes = self._boxes(_facts(demands), regions)
        if boxes is None:
            return None
        return _any(search.feasible(box, demands) for box in boxes)

    def pair_fits(
        self,
        fact: str,
        contexts: tuple[Iterable[tuple[int, int]], Iterable[tuple[int, int]]],
        less: Sequence[Linear],
        search: Search,
    ) -> Truth:
        """Return whether two patients exist with these choices who differ in a fact alone; `less` are below 0.

        The choices leave something of each fact, as what they ask of single facts was looked at before.
        """
        demands, regions = self._demands(contexts[0])
        others, other_regions = self._demands(contexts[1])
        demands += [Demand(renamed(demand.form, fact), demand.stretch) for demand in others]
        demands += [Demand(form, (BOTTOM, (0, 0))) for form in less]
        theirs = other_regions.pop(fact, self.regions.get(fact))
        for name, region in other_regions.items():
            regions[name] = intersection(regions.get(name, self.regions.get(name, region)), region)
        names = [name for name in _facts(demands) if name != fact + _OTHER]
        boxes = self._boxes(names, regions)
        second = [dict[str, Stretch]()] if theirs is None else self._boxes([fact], {fact: theirs}, _OTHER)
        if boxes is None or second is None or len(boxes) * len(second) > _MOST_STRETCHES:
            return None
        return _any(search.feasible({**box, **other}, demands) for box in boxes for other in second)

    # what numbers are left

    def span(
        self, terms: Sequence[tuple[str, Number]], context: Iterable[tuple[int, int]], more: Sequence[Inequality]
    ) -> tuple[Region, bool]:
        """Return stretches in which a sum lies, and whether their ends are its own. `context` is one that fits."""
        form = Linear(0, tuple((self._ref(name), factor) for name, factor in terms))
        demands, regions = self._demands(context)
        _narrow(regions, self.regions, more)
        boxes = self._boxes(_facts([*demands, Demand(form, (BOTTOM, TOP))]), regions)
        if boxes is None:
            whole_box = {
                name: _closed((region[0][0], region[-1][1]), name in self.whole)
                for name, region in {**self.regions, **regions}.items()
            }
            return (Ranges(whole_box, self.whole).reach(form).stretch,), False
        exact, found = True, list[Region]()
        for box in boxes:
            region, own = self._within(form, box, demands)
            found.append(region)
            exact = exact and own
        return union(*found), exact

    def _within(self, form: Linear, box: Box, demands: Sequence[Demand]) -> tuple[Region, bool]:
        """Return the same for one box."""
        search = Search(self.whole)
        points = search.points(box, demands, _facts([*demands, Demand(form, (BOTTOM, TOP))]))
        if points is not None:
            values = [form.at(point) for point in points]
            return ((((min(values), 0), (max(values), 1)),) if values else ()), True
        inverted = [Ranges(box, self.whole).inverted(demand.form, demand.stretch) for demand in demands]
        demands = [demand for demand, found in zip(demands, inverted, strict=True) if found is None]
        for name, stretch in filter(None, inverted):
            narrower = () if stretch is None else intersection((box[name],), (stretch,))
            if not narrower:
                return (), True
            box = {**box, name: narrower[0]}
        ranges = Ranges(box, self.whole)
        reach: Reach = ranges.reach(form)
        region: Region = (reach.stretch,)
        exact = reach.exact
        for demand in demands:
            own = ranges.reach(demand.form).stretch
            if intersection((own,), (demand.stretch,)) == (own,):
                continue
            if demand.form == form:
                region = intersection(region, (demand.stretch,))
                exact = exact and reach.solid
            else:
                exact = False
        return region, exact


def _narrow(regions: dict[str, Region], everything: Mapping[str, Region], more: Sequence[Inequality]) -> None:
    """Put what inequalities, each of a single fact, say of it into `regions`."""
    for factors, number, strict in more:
        ((name, factor),) = factors.items()
        edge = number / factor if number % factor else number // factor
        side: Region = ((BOTTOM, (edge, 0 if strict else 1)),) if factor > 0 else (((edge, 1 if strict else 0), TOP),)
        regions[name] = intersection(regions.get(name, everything[name]), side)


def _facts(demands: Iterable[Demand]) -> list[str]:
    return list(dict.fromkeys(name for demand in demands for ref, _ in demand.form.terms for name in facts_of(ref)))


def _any(truths: Iterable[Truth]) -> Truth:
    found: Truth = False
    for truth in truths:
        if truth:
            return True
        found = None if truth is None else found
    return found


def renamed(form: Linear, fact: str) -> Linear:
    """Return a sum with the same fact of a second patient in the place of a fact."""
    return form.put(Ref("fact", fact), _form(Ref("fact", fact + _OTHER)))
