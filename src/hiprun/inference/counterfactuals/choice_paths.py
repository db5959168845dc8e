"""What a choice of changes leaves of a layout: the cells of variables, what numbers may be, and the paths that fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import attrs

from hiprun.inference.counterfactuals.layout import Cost, Layout, Path
from hiprun.inference.counterfactuals.path_contexts import between, contexts
from hiprun.inference.counterfactuals.term_thresholds import FunctionsAlong, form_of
from hiprun.inference.decision_diagram import OutOfBudget, cells_of
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.interval_sets import Region, of_domain, point
from hiprun.inference.linear_constraints import bounds, hull
from hiprun.inference.linked_facts import Ties
from hiprun.inference.partial_assignment import situation
from hiprun.inference.partial_values import sets_that_meet
from hiprun.model import Model, Number
from hiprun.model.value_objects import Entity, ValueObject

_FAR = 4

Move: TypeAlias = tuple[int, int]
"""A variable and the cell it is moved to."""


@attrs.frozen
class Choice(ValueObject):
    """What is changed: variables moved to a cell, and facts that sums tie to others set to a number.

    Those in `free` are changed as well, to what is yet to be found.
    """

    cells: frozenset[Move] = frozenset()
    numbers: frozenset[tuple[str, Number]] = frozenset()
    free: frozenset[str] = frozenset()


NO_CHANGE = Choice()


@attrs.define(eq=False, slots=False)
class ChoicePaths(Entity):
    """The paths through a layout after a choice, within `budget` branches of it looked at."""

    model: Model
    program: Program
    facts: Facts
    layout: Layout
    budget: int
    count: Callable[[int], None]
    """Is told of the steps as well."""
    is_sure: bool = True
    """False once it could not be told whether facts fit what is asked of functions of them."""

    def leads(self, choice: Choice) -> Path | None:
        """Return a path to the wanted answer, None where there is none."""
        return next(self._feasible(choice, wanted=True), None)

    def changed(self, choice: Choice) -> frozenset[str]:
        """Return the facts that a choice changes."""
        cells = (self.speaking[level][0] for level, _ in choice.cells)
        return choice.free.union(cells, (name for name, _ in choice.numbers))

    def would_do(self, choice: Choice, level: int) -> int:
        """Return every cell that a variable can be moved to so that all leads to the wanted answer, as bits."""
        rest = frozenset((other, cell) for other, cell in choice.cells if other != level)
        now, full = dict(choice.cells)[level], self.layout.residual.circuit.full[level]
        found = now
        if self.tied or self.facts.partial:
            for cell in cells_of(full & ~now):
                other = attrs.evolve(choice, cells=rest | {(level, cell)})
                if self.astray(other) is None and self.leads(other) is not None:
                    found |= cell
            return found
        masks = self.masks(choice) | {level: full}

        def cost(variable: int, cells: int) -> float:
            return 0 if masks.get(variable, self.now[variable]) & cells else math.inf

        self.step()
        good, bad = (self.layout.through(cost, wanted=wanted) for wanted in (True, False))
        for cell in cells_of(full & ~now):
            if good.get((level, cell), math.inf) < math.inf and bad.get((level, cell), math.inf) == math.inf:
                found |= cell
        return found

    @cached_property
    def speaking(self) -> Sequence[tuple[str, ...]]:
        """The facts that each variable speaks of."""
        return self.layout.residual.facts

    @cached_property
    def now(self) -> Sequence[int]:
        """The cells that each variable may lie in as things are."""
        masks = situation(self.model, self.program, self.facts).masks
        full = self.layout.residual.circuit.full
        return [masks[level] if level < len(masks) else full[level] for level in range(len(full))]

    @cached_property
    def tied(self) -> frozenset[str]:
        """The facts that sums tie to others."""
        ties = self.layout.residual.ties
        if ties is None:
            return frozenset()
        names = (name for name, index in ties.own.items() if ties.summed >> index & 1)
        return frozenset(name for name in names if name in self.model.facts)  # functions have their place there as well

    def tied_with(self, name: str) -> list[str]:
        """Return the other facts that sums and functions tie to a fact."""
        ties = self.layout.residual.ties
        assert ties is not None
        group = next(group for group in ties.groups if group >> ties.own[name] & 1)
        return [other for other in sorted(self.tied - {name}) if group >> ties.own[other] & 1]

    def movable(self, name: str) -> bool:
        """Return whether a fact can be otherwise, or turn out to be something."""
        return name not in self.facts.known or self.model.facts[name].changeable

    @cached_property
    def _members(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for level in self.layout.variables:
            for name in self.speaking[level]:
                found[name] = found.get(name, 0) + 1
        return found

    def masks(self, choice: Choice) -> dict[int, int]:
        """Return the cells that each variable may lie in after a choice, where these are not all that it has now."""
        moved = dict(choice.cells)
        numbers = dict(choice.numbers)
        found: dict[int, int] = {}
        changed = self.changed(choice)
        for level in self.layout.variables:
            names = self.speaking[level]
            if level in moved:
                found[level] = moved[level]
            elif any(name in numbers or name in choice.free for name in names):
                variable = self.program.variables[level]
                form = form_of(variable)
                if form is not None:
                    stretch = self.functions.reach(form, lambda name: self.region(name, choice))
                    found[level] = variable.mask((stretch,))
                elif variable.kind == "sum":
                    hulls = {name: hull(self.region(name, choice), self.model.facts[name].domain) for name in names}
                    found[level] = variable.mask((bounds(variable.terms, hulls),))
                else:
                    found[level] = variable.mask(self.region(names[0], choice))
            elif names[0] in changed and names[0] in self.facts.partial and self.model.facts[names[0]].changeable:
                found[level] = self.layout.residual.circuit.full[level]  # a set that is changed may be any
        return found

    def number(self, name: str, choice: Choice) -> Number | None:
        """Return the number that a fact is after a choice, None where that is open."""
        if name in choice.free:
            return None
        known: Any = dict(choice.numbers).get(name, self.facts.known.get(name))
        return known  # type: ignore[no-any-return]

    def region(self, name: str, choice: Choice = NO_CHANGE) -> Region:
        """Return what a number may be after a choice."""
        number = self.number(name, choice)
        if number is not None:
            return point(number)
        partial = self.facts.partial.get(name)
        if partial is None or partial.region is None or (name in choice.free and self.model.facts[name].changeable):
            return of_domain((self.program.lowered or self.model).facts[name].domain)
        return partial.region

    def ties(self, choice: Choice) -> Ties:
        """Return what ties facts together after a choice."""
        ties = self.layout.residual.ties
        assert ties is not None
        return between(ties, {name: self.region(name, choice) for name in ties.regions})

    @cached_property
    def functions(self) -> FunctionsAlong:
        """The functions that the layout asks for."""
        levels = (level for level in self.layout.variables if level < len(self.program.variables))
        return FunctionsAlong(self.model, tuple(self.program.variables[level] for level in levels), self.step)

    def astray(self, choice: Choice) -> Path | None:
        """Return a path to an answer that is not wanted, with as little as can be to change on it; None without one."""
        return next(self._feasible(choice, wanted=False), None)

    def blocked(self, choice: Choice) -> Path:
        """Return every variable that a choice, or what is known, keeps in some cells, where nothing fits all of it.

        What sums tie together is kept in some cells by each other.
        """
        masks, full = self.masks(choice), self.layout.residual.circuit.full
        kept = {level: masks.get(level, self.now[level]) for level in self.layout.variables}
        return tuple(
            (level, cells)
            for level, cells in kept.items()
            if cells != full[level] or not self.tied.isdisjoint(self.speaking[level])
        )

    def _feasible(self, choice: Choice, *, wanted: bool) -> Iterator[Path]:
        masks, changed = self.masks(choice), self.changed(choice)
        full = self.layout.residual.circuit.full
        moved = {level for level, _ in choice.cells}

        def cost(level: int, cells: int) -> float:
            if not masks.get(level, self.now[level]) & cells:
                return math.inf
            names = self.speaking[level]
            if level in moved or not any(self.movable(name) for name in names):
                return 0
            if not self.tied.isdisjoint(names):
                return float(_FAR * sum(name not in changed for name in names))
            return int.bit_count(full[level] & ~cells)

        self.step()
        for path in self.layout.paths(cost, wanted=wanted):
            self.step()
            if self.sets_fit(path, choice) and (not self.tied or self._fitting(path, choice)):
                yield path

    def step(self, work: int = 0) -> None:
        """Count what was looked at, by default the layout once. Raises `OutOfBudget` beyond the budget."""
        taken = work or self.layout.size
        self.count(taken)
        self.budget -= taken
        if self.budget < 0:
            raise OutOfBudget

    def changing(self, choice: Choice) -> Cost:
        """Return how many facts must change besides for a variable to lie in some cells; never too many."""
        masks = self.masks(choice)
        moved = {level for level, _ in choice.cells}

        def cost(level: int, cells: int) -> float:
            if masks.get(level, self.now[level]) & cells:
                return 0
            names = self.speaking[level]
            if level in moved or not any(self.movable(name) for name in names):
                return math.inf
            alone = len(names) == 1 and self._members[names[0]] == 1 and names[0] not in self.tied
            return int(alone)

        return cost

    def sets_fit(self, path: Path, choice: Choice) -> bool:
        """Return whether sets that are known in part can follow a path."""
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
        return True

    def _fitting(self, path: Path, choice: Choice) -> bool:
        here = self.ties(choice)
        fits = any(map(here.fits, contexts(path, here)))
        self.is_sure = self.is_sure and here.exact
        self.step(here.work)
        return fits
