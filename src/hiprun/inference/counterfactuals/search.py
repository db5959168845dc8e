"""The smallest sets of changes after which every path leads to the wanted answer, whatever stays unknown.

Where a path still leads elsewhere, every way there is has to change one of the facts on it. So from each choice of
changes the search goes on with the facts of one such path, the choices that may end with the fewest changes first.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import attrs

from hiprun.inference.counterfactuals.layout import Cost, Layout, Path
from hiprun.inference.counterfactuals.path_contexts import between, contexts, left
from hiprun.inference.counterfactuals.term_thresholds import FunctionsAlong, decimal_inside, form_of, with_others_beside
from hiprun.inference.decision_diagram import OutOfBudget, cells_of
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.interval_sets import Region, intersection, is_whole, of_domain, ordinary, point, sample, union
from hiprun.inference.linear_constraints import bounds, hull
from hiprun.inference.partial_assignment import situation
from hiprun.inference.partial_values import sets_that_meet
from hiprun.model import Model, Number
from hiprun.model.units import has_finite_decimals
from hiprun.model.value_conversion import tidy

_FEW = 16
"""How many values a fact may have that sums tie to others for all of them to be tried."""

_SHORT = 1000
_FAR = 4
_MOST_PATHS = 8
_MOST_BESIDES = 4
"""How many facts that sums tie to one are looked at for changes together with it."""

Move: TypeAlias = tuple[int, int]
"""A variable and the cell it is moved to."""


@attrs.frozen
class Choice:
    """What is changed: variables moved to a cell, and facts that sums tie to others set to a number."""

    cells: frozenset[Move] = frozenset()
    numbers: frozenset[tuple[str, Number]] = frozenset()


@attrs.define(slots=False)
class Search:
    """Looks for ways to the wanted results of a layout, within `budget` branches of it looked at."""

    model: Model
    program: Program
    facts: Facts
    layout: Layout
    budget: int
    is_sure: bool = True
    """False once it could not be told whether facts fit what is asked of functions of them."""
    _found: list[frozenset[str]] = attrs.field(factory=list)
    _untried: dict[frozenset[str], Choice] = attrs.field(factory=dict)

    def choices(self) -> Iterator[Choice]:
        """Yield choices after which every path leads to the wanted answer, those of the fewest facts first.

        None changes all the facts that one before it does. Raises `OutOfBudget` where looking further takes too long.
        """
        found = self._found
        order = itertools.count()
        start = Choice()
        # among choices that may end alike other facts come before other values of the same, and the furthest first
        heap: list[tuple[float, int, int, int, Choice]] = [(0, 0, 0, next(order), start)]
        seen = {start}
        while heap:
            least, late, _, _, choice = heapq.heappop(heap)
            names = self.changed(choice)
            if any(names >= others for others in found):
                continue
            path = self._astray(choice)
            if path is None:
                if self.leads(choice) is not None:
                    found.append(names)
                    yield choice
                    continue
                path = self._blocked(choice)
            tried: dict[frozenset[str], int] = {}
            for child, rest in self._further(choice, path):
                if child not in seen and rest < math.inf:
                    seen.add(child)
                    changed = self.changed(child)
                    if changed not in self._untried and self._leaves_numbers_out(child):
                        self._untried[changed] = child
                    tried[changed] = tried.get(changed, -1) + 1
                    least_then = max(least, len(changed) + rest)
                    heapq.heappush(heap, (least_then, late + tried[changed], -len(changed), next(order), child))

    def is_complete(self) -> bool:
        """Return whether no facts that were looked at so far may lead there by numbers that were not tried.

        Facts that are part of a way, or have one among them, are none of these.
        """
        if self._functions.facts and not self.is_sure:
            return False
        left = [choice for names, choice in self._untried.items() if not any(names >= way for way in self._found)]
        try:
            return not any(map(self._may_lead, left))
        except OutOfBudget:
            return False

    def _leaves_numbers_out(self, choice: Choice) -> bool:
        """Return whether not all numbers can be tried of the facts that are changed."""
        functions, names = self._functions, [name for name, _ in choice.numbers]
        long = [name for name in names if not self._is_short(name)]
        if not long:
            return False
        if len(names) > 1:
            return True
        if functions.facts.isdisjoint(names):
            return any(self._tied_with(name) for name in names)
        return not functions.has_all_thresholds(long[0], lambda name: self._region(name, {}))

    def _tied_with(self, name: str) -> bool:
        """Return whether sums tie a fact to others of which it is not known what they are."""
        ties = self.layout.residual.ties
        assert ties is not None
        group = next(group for group in ties.groups if group >> ties.own[name] & 1)
        others = (other for other in self._tied - {name} if group >> ties.own[other] & 1)
        return any(other not in self.facts.known for other in others)

    def _may_lead(self, choice: Choice) -> bool:
        """Return whether some numbers of the facts that are changed lead there."""
        names = [name for name, _ in choice.numbers]
        known = {name: value for name, value in self.facts.known.items() if name not in names}
        partial = {name: value for name, value in self.facts.partial.items() if name not in names}
        freed = attrs.evolve(self, facts=attrs.evolve(self.facts, known=known, partial=partial))
        rest = frozenset(entry for entry in choice.numbers if entry[0] not in names)
        leads = freed.leads(attrs.evolve(choice, numbers=rest)) is not None
        self.budget = freed.budget
        return leads

    def _is_short(self, name: str) -> bool:
        """Return whether all numbers that a fact may be are tried."""
        domain = self.model.facts[name].domain
        low, high = (end for end, _ in (of_domain(domain)[0][0], of_domain(domain)[-1][1]))
        return is_whole(domain) and not isinstance(low, float) and not isinstance(high, float) and high - low <= _FEW

    @cached_property
    def _functions(self) -> FunctionsAlong:
        levels = (level for level in self.layout.variables if level < len(self.program.variables))
        return FunctionsAlong(self.model, tuple(self.program.variables[level] for level in levels))

    def would_do(self, choice: Choice, level: int) -> int:
        """Return every cell that a variable can be moved to so that all leads to the wanted answer, as bits."""
        rest = frozenset((other, cell) for other, cell in choice.cells if other != level)
        now, full = dict(choice.cells)[level], self.layout.residual.circuit.full[level]
        found = now
        if self._tied or self.facts.partial:
            for cell in cells_of(full & ~now):
                other = attrs.evolve(choice, cells=rest | {(level, cell)})
                if self._astray(other) is None and self.leads(other) is not None:
                    found |= cell
            return found
        masks = self._masks(choice) | {level: full}

        def cost(variable: int, cells: int) -> float:
            return 0 if masks.get(variable, self._now[variable]) & cells else math.inf

        self._step()
        good, bad = (self.layout.through(cost, wanted=wanted) for wanted in (True, False))
        for cell in cells_of(full & ~now):
            if good.get((level, cell), math.inf) < math.inf and bad.get((level, cell), math.inf) == math.inf:
                found |= cell
        return found

    def leads(self, choice: Choice) -> Path | None:
        """Return a path to the wanted answer, None where there is none."""
        return next(self._feasible(choice, wanted=True), None)

    def changed(self, choice: Choice) -> frozenset[str]:
        """Return the facts that a choice changes."""
        cells = (self._speaking[level][0] for level, _ in choice.cells)
        return frozenset(itertools.chain(cells, (name for name, _ in choice.numbers)))

    # what is so now

    @cached_property
    def _speaking(self) -> Sequence[tuple[str, ...]]:
        return self.layout.residual.facts

    @cached_property
    def _now(self) -> Sequence[int]:
        masks = situation(self.model, self.program, self.facts).masks
        full = self.layout.residual.circuit.full
        return [masks[level] if level < len(masks) else full[level] for level in range(len(full))]

    @cached_property
    def _tied(self) -> frozenset[str]:
        """The facts that sums tie to others."""
        ties = self.layout.residual.ties
        if ties is None:
            return frozenset()
        names = (name for name, index in ties.own.items() if ties.summed >> index & 1)
        return frozenset(name for name in names if name in self.model.facts)  # functions have their place there as well

    def _movable(self, name: str) -> bool:
        """Return whether a fact can be otherwise, or turn out to be something."""
        return name not in self.facts.known or self.model.facts[name].changeable

    @cached_property
    def _members(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for level in self.layout.variables:
            for name in self._speaking[level]:
                found[name] = found.get(name, 0) + 1
        return found

    def _masks(self, choice: Choice) -> dict[int, int]:
        """Return the cells that each variable may lie in after a choice, where these are not all that it has now."""
        moved = dict(choice.cells)
        numbers = dict(choice.numbers)
        found: dict[int, int] = {}
        changed = self.changed(choice)
        for level in self.layout.variables:
            names = self._speaking[level]
            if level in moved:
                found[level] = moved[level]
            elif any(name in numbers for name in names):
                variable = self.program.variables[level]
                form = form_of(variable)
                if form is not None:
                    stretch = self._functions.reach(form, lambda name: self._region(name, numbers))
                    found[level] = variable.mask((stretch,))
                elif variable.kind == "sum":
                    hulls = {name: hull(self._region(name, numbers), self.model.facts[name].domain) for name in names}
                    found[level] = variable.mask((bounds(variable.terms, hulls),))
                else:
                    found[level] = variable.mask(point(numbers[names[0]]))
            elif names[0] in changed and names[0] in self.facts.partial and self.model.facts[names[0]].changeable:
                found[level] = self.layout.residual.circuit.full[level]  # a set that is changed may be any
        return found

    def _region(self, name: str, numbers: Mapping[str, Number]) -> Region:
        """Return what a number may be after a choice."""
        if name in numbers:
            return point(numbers[name])
        if name in self.facts.known:
            known: Any = self.facts.known[name]
            return point(known)
        partial = self.facts.partial.get(name)
        domain = of_domain((self.program.lowered or self.model).facts[name].domain)
        return domain if partial is None or partial.region is None else partial.region

    # paths

    def _astray(self, choice: Choice) -> Path | None:
        """Return a path to an answer that is not wanted, with as little as can be to change on it; None without one."""
        return next(self._feasible(choice, wanted=False), None)

    def _blocked(self, choice: Choice) -> Path:
        """Return every variable that a choice, or what is known, keeps in some cells, where nothing fits all of it."""
        masks, full = self._masks(choice), self.layout.residual.circuit.full
        kept = {level: masks.get(level, self._now[level]) for level in self.layout.variables}
        return tuple((level, cells) for level, cells in kept.items() if cells != full[level])

    def _feasible(self, choice: Choice, *, wanted: bool) -> Iterator[Path]:
        masks, changed = self._masks(choice), self.changed(choice)
        full = self.layout.residual.circuit.full
        moved = {level for level, _ in choice.cells}

        def cost(level: int, cells: int) -> float:
            if not masks.get(level, self._now[level]) & cells:
                return math.inf
            names = self._speaking[level]
            if level in moved or not any(self._movable(name) for name in names):
                return 0
            if not self._tied.isdisjoint(names):
                return float(_FAR * sum(name not in changed for name in names))
            return int.bit_count(full[level] & ~cells)

        self._step()
        for path in self.layout.paths(cost, wanted=wanted):
            self._step()
            if self._fits(path, choice):
                yield path

    def _step(self, work: int = 0) -> None:
        self.budget -= work or self.layout.size
        if self.budget < 0:
            raise OutOfBudget

    def _changing(self, choice: Choice) -> Cost:
        """Return how many facts must change besides for a variable to lie in some cells; never too many."""
        masks = self._masks(choice)
        moved = {level for level, _ in choice.cells}

        def cost(level: int, cells: int) -> float:
            if masks.get(level, self._now[level]) & cells:
                return 0
            names = self._speaking[level]
            if level in moved or not any(self._movable(name) for name in names):
                return math.inf
            alone = len(names) == 1 and self._members[names[0]] == 1 and names[0] not in self._tied
            return int(alone)

        return cost

    def _fits(self, path: Path, choice: Choice) -> bool:
        """Return whether facts exist that follow a path and are what is known and chosen."""
        changed = self.changed(choice)
        present: dict[str, dict[str, bool]] = {}
        for level, cells in path:
            if level < len(self.program.variables):
                variable = self.program.variables[level]
                if variable.kind == "member" and variable.fact in self.facts.partial and variable.fact not in changed:
                    present.setdefault(variable.fact, {})[variable.choice] = cells == 0b10
        for name, members in present.items():
            sets = sets_that_meet(self.model.facts[name].domain, self.facts.partial[name].tests, members)
            if next(sets, None) is None:
                return False
        return not self._tied or self._fitting(path, choice)

    def _fitting(self, path: Path, choice: Choice) -> bool:
        ties = self.layout.residual.ties
        assert ties is not None
        numbers = dict(choice.numbers)
        regions = {name: self._region(name, numbers) for name in ties.regions}
        here = between(ties, regions)
        fits = any(map(here.fits, contexts(path, ties)))
        self.is_sure = self.is_sure and here.exact
        self._step(here.work)
        return fits

    # choices

    def _further(self, choice: Choice, path: Path) -> Iterator[tuple[Choice, float]]:
        """Yield choices with one more change each, which leads off a path, and how many more there must be at least."""
        moved = {level for level, _ in choice.cells}
        numbers = dict(choice.numbers)
        full = self.layout.residual.circuit.full
        self._step()
        rests = self.layout.through(self._changing(choice), wanted=True)
        for level, cells in path:
            names = self._speaking[level]
            tied = [name for name in names if name in self._tied]
            for name in tied:
                if name not in numbers and self._movable(name):
                    for value in self._values(name, choice):
                        yield attrs.evolve(choice, numbers=choice.numbers | {(name, value)}), 0
            if not tied and level not in moved and self._movable(names[0]):
                others = {cell: rests.get((level, cell), 0) for cell in cells_of(full[level] & ~cells)}
                for cell in sorted(others, key=lambda cell: (others[cell], self._distance(level, cell))):
                    yield attrs.evolve(choice, cells=choice.cells | {(level, cell)}), others[cell]

    def _distance(self, level: int, cell: int) -> int:
        """Return how many cells lie between one and those that a variable may lie in now."""
        now = self._now[level]
        low, high = (now & -now).bit_length(), now.bit_length()
        return max(low - cell.bit_length(), cell.bit_length() - high)

    def _values(self, name: str, choice: Choice) -> list[Number]:
        """Return the numbers to try for a fact that sums tie to others: all, or those at which something changes."""
        fact, numbers = self.model.facts[name], dict(choice.numbers)
        domain = fact.domain
        region = of_domain(domain)
        partial = self.facts.partial.get(name)
        if partial is not None and partial.region is not None and not fact.changeable:
            region = partial.region
        whole_numbers = is_whole(domain)
        low, high = region[0][0][0], region[-1][1][0]
        now: Any = self.facts.known.get(name)
        start = now if now is not None else ordinary(region, domain)
        found: dict[Number, None] = {}
        for values in (
            range(int(low), int(high)) if self._is_short(name) else self._edges(name, numbers),
            () if whole_numbers else self._inside(name, choice),  # after numbers that are easier to say
        ):
            fitting = {
                value
                for value in values
                if value != now and has_finite_decimals(value) and intersection(region, point(value))
            }
            order = sorted(fitting, key=lambda value: (bool(_SHORT % value.denominator), abs(value - start), value))
            found |= dict.fromkeys(order)
        return list(found)

    def _inside(self, name: str, choice: Choice) -> Iterator[Number]:
        """Yield what a fact can be where others change with it or stay as they are: a number inside, and the ends."""
        ties, numbers, masks = self.layout.residual.ties, dict(choice.numbers), self._masks(choice)
        assert ties is not None
        group = next(group for group in ties.groups if group >> ties.own[name] & 1)
        others = [
            other
            for other in sorted(self._tied - numbers.keys() - {name})
            if group >> ties.own[other] & 1 and self._movable(other)
        ][:_MOST_BESIDES]

        def cost(level: int, cells: int) -> float:
            names = self._speaking[level]
            if masks.get(level, self._now[level]) & cells or not self._tied.isdisjoint(names):
                return 0
            return 1 if any(map(self._movable, names)) else math.inf

        self._step()
        for path in itertools.islice(self.layout.paths(cost, wanted=True), _MOST_PATHS):
            for changed in itertools.chain.from_iterable(
                itertools.combinations(others, size) for size in range(len(others) + 1)
            ):
                free = {name, *changed}
                regions = {
                    each: of_domain(self.model.facts[each].domain) if each in free else self._region(each, numbers)
                    for each in ties.regions
                }
                here = between(ties, regions)
                region = union(*left(name, path, here))
                self._step(here.work)
                for start, end in region:
                    ends = [number for number, _ in (start, end) if not isinstance(number, float)]
                    inside = sample(((start, end),), whole_numbers=False)
                    yield inside if has_finite_decimals(inside) else decimal_inside(ends[0], ends[-1])
                    yield from ends

    def _edges(self, name: str, numbers: Mapping[str, Number]) -> Iterator[Number]:
        """Yield the numbers at which a fact, or a sum with it, comes into another cell, and others beside them."""
        domain = self.model.facts[name].domain
        edges = {cut for stretch in of_domain(domain) for cut, _ in stretch if not isinstance(cut, float)}
        edges |= set(self._functions.thresholds(name, lambda other: self._region(other, numbers)))
        for variable in (entry for entry in self.program.variables if not entry.inner):  # functions are those above
            factor: Number = 1
            rests: list[Any] = [0]
            if variable.kind == "sum" and name in variable.facts:
                factor = dict(variable.terms)[name]
                others = [(other, part) for other, part in variable.terms if other != name]
                hulls = {
                    other: hull(self._region(other, numbers), self.model.facts[other].domain) for other, _ in others
                }
                rests = [end for end, _ in bounds(others, hulls)]
            elif variable.fact != name:
                continue
            for rest, (cut, _) in itertools.product(rests, variable.cuts):
                if not isinstance(rest, float) and not isinstance(cut, float):
                    edges.add(tidy(Fraction(cut - rest) / factor))
        yield from with_others_beside(edges, domain)
