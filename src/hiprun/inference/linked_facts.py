"""Facts that sums and formulas tie together, exactly: whether choices made for them fit, and what numbers are left.

A formula of an output ties its facts as a comparison of sums does: what it comes to at least and at most depends on
all that was chosen for them on the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from hiprun.inference.decision_diagram import ChosenCell, Context, OutOfBudget
from hiprun.inference.grounding.ground_program import Program, Variable
from hiprun.inference.interval_sets import EVERYTHING, Cut, Region, intersection, is_whole, union, whole
from hiprun.inference.linear_constraints import Inequality, Solver, bounds, within
from hiprun.inference.linear_forms import Linear, facts_of
from hiprun.inference.operators import Truth, some
from hiprun.model import Model, Number
from hiprun.model.value_conversion import tidy
from hiprun.model.value_objects import Entity, ValueObject

if TYPE_CHECKING:
    from hiprun.inference.tied_terms import TiedTerms

_MOST_COMBINATIONS = 64
_MOST_LISTED = 64
_FOR_SEVERAL = 4
"""How many times as many combinations are listed where several numbers of an answer are open."""
_TERM_WORK = 4
_LARGEST = "*"
"""The name of the largest of some formulas, which no fact has."""

Terms: TypeAlias = Sequence[tuple[str, Number]]

Rows: TypeAlias = frozenset[tuple[Number, ...]]
"""What the open numbers of an answer can be together."""

NO_NUMBERS: Rows = frozenset({()})
"""What they can be where none are open."""


@attrs.frozen
class Open(ValueObject):
    """A number of an answer that stays open: the largest of some formulas, over the facts that `context` leaves.

    `low` and `high` are the least and the greatest number that it can be; a float infinity where there is no end.
    """

    forms: tuple[Linear, ...]
    context: Context = ()
    low: Any = -math.inf
    high: Any = math.inf
    whole: bool = False
    """Whether all facts that it depends on are whole numbers."""

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the formulas speak of."""
        return tuple(dict.fromkeys(name for form in self.forms for ref, _ in form.terms for name in facts_of(ref)))


@attrs.define(eq=False)
class Ties(Entity):
    """What is tied together, as groups of variables; `summed` has those of groups in which sums are compared.

    `own` has the variable of each fact. `work` counts what the checks took, and `OutOfBudget` is raised beyond `most`;
    `exact` is False once one of them was given up.
    """

    tied: int
    summed: int
    groups: tuple[int, ...]
    variables: tuple[Variable, ...]
    own: Mapping[str, int] = attrs.field(hash=False)
    regions: Mapping[str, Region] = attrs.field(hash=False)
    whole: frozenset[str]
    terms: TiedTerms | None = None
    """The terms among them; None where there are none."""
    work: int = 0
    most: float = math.inf
    exact: bool = True
    _fitting: dict[Context, bool] = attrs.field(factory=dict)
    _bits: dict[Any, int] = attrs.field(factory=dict)
    _spans: dict[Any, Region] = attrs.field(factory=dict)

    # choices on the way

    def extended(self, context: Context, variable: int, cell: int) -> Context | None:
        """Return `context` with one more choice, or None when no facts fit it."""
        longer = tuple(sorted((*context, ChosenCell(variable, cell.bit_length() - 1))))
        group = next(group for group in self.groups if group >> variable & 1)
        if not self.summed & group:
            return longer
        chosen = tuple(choice for choice in longer if group >> choice.variable & 1)
        fits = self._fitting.get(chosen)
        if fits is None:
            fits = self._fitting[chosen] = self.fits(chosen)
        return longer if fits else None

    def relevant(self, context: Context, support: int) -> Context:
        """Return the part of `context` that can still matter to the variables in `support`."""
        open_groups = [group for group in self.groups if group & support]
        return tuple(choice for choice in context if any(group >> choice.variable & 1 for group in open_groups))

    def spoken_of(self, values: Iterable[Any]) -> int:
        """Return the variables that are tied to facts of the formulas among `values`, as bits."""
        found = 0
        for value in values:
            if isinstance(value, Linear | Open):
                for form in (value,) if isinstance(value, Linear) else value.forms:
                    found |= self._group_of(form)
        return found

    def _group_of(self, form: Linear) -> int:
        bits = self._bits.get(form)
        if bits is None:
            bits = self._bits[form] = self._tied_to([ref.name for ref, _ in form.terms])
        return bits

    def fits(self, context: Context) -> bool:
        """Return whether facts exist that lie in the cells of `context`; also where that could not be told."""
        solver = Solver()
        truth = some(solver.feasible(rows, self.whole) for rows in self.systems(context))
        self._count(solver.work)
        if truth is not False and self.terms is not None:
            truth = self.terms_fit(context)
        self.exact = self.exact and truth is not None
        return truth is not False

    def terms_fit(
        self, context: Iterable[tuple[int, int]], pinned: Mapping[str, Number] = MappingProxyType({})
    ) -> Truth:
        """Return whether facts exist that make of terms what `context` says, with some facts `pinned` to a number."""
        assert self.terms is not None
        from hiprun.inference.form_feasibility import Search  # only formulas that are not linear need it

        search = Search(self.whole)
        truth = self.terms.fits(context, search, pinned)
        self._count(_TERM_WORK * search.work)
        return truth

    def systems(self, context: Iterable[tuple[int, int]], names: Iterable[str] = ()) -> Iterator[list[Inequality]]:
        """Yield what has to hold of facts for the choices in `context`, once for each stretch they may lie in.

        Together these are all that is possible; of too many, one that spans them all settles nothing.
        """
        regions = {name: self.regions[name] for name in names}
        rows: list[Inequality] = []
        for index, cell in context:
            variable = self.variables[index]
            stretch = variable.cell(cell)
            if variable.kind == "sum":
                rows += within(variable.terms, stretch)
                for name, _ in variable.terms:
                    regions.setdefault(name, self.regions[name])
            else:
                name = variable.fact
                regions[name] = intersection(regions.get(name, self.regions[name]), (stretch,))
        if math.prod(map(len, regions.values())) > _MOST_COMBINATIONS:
            self.exact = False
            regions = {name: ((region[0][0], region[-1][1]),) for name, region in regions.items()}
        for stretches in product(
            *([(name, stretch) for stretch in region] for name, region in sorted(regions.items()))
        ):
            yield [*rows, *(row for name, stretch in stretches for row in within(((name, 1),), stretch))]

    # numbers at the end

    def settled(self, values: Sequence[Any], context: Context) -> tuple[Any, ...] | None:
        """Return values with every formula worked out as far as `context` settles it; None where it leaves no number.

        That nobody makes these choices may only be seen here, since terms are looked at more closely.
        """
        found: list[Any] = []
        for value in values:
            if isinstance(value, Linear | Open):
                forms = tuple(dict.fromkeys((value,) if isinstance(value, Linear) else value.forms))
                region = self.stretch(Open(forms), context)
                if not region:
                    return None
                found.append(self._largest(forms, region, context))
            else:
                found.append(value)
        return tuple(found)

    def _largest(self, forms: Sequence[Linear], region: Region, context: Context) -> Any:
        """Return the largest of some formulas, which lies in `region`: a number, or what is open about it."""
        ((low, _), (high, _)) = region[0]
        if low == high:
            return low
        left = [form for form in forms if not any(self._above(other, form, context) for other in forms)]
        group = 0
        for form in left:
            group |= self._group_of(form)
        kept = tuple(choice for choice in context if group >> choice.variable & 1)
        whole_facts = all(name in self.whole for form in left for ref, _ in form.terms for name in facts_of(ref))
        return Open(tuple(left), kept, low, high, whole_facts)

    def stretch(self, entry: Open, context: Context, more: Sequence[Inequality] = ()) -> Region:
        """Return from where to where an open number can be; nothing where `more` leaves nothing."""
        regions = [self.region(form, context, more) for form in entry.forms]
        if not all(regions):
            return ()
        low, high = max(region[0][0] for region in regions), max(region[-1][1] for region in regions)
        if len(regions) > 1 and low < high:
            largest = self._region_of_largest(entry.forms, context, more)
            return ((largest[0][0], high),) if largest else ()
        return ((low, high),)

    def _region_of_largest(self, forms: Sequence[Linear], context: Context, more: Sequence[Inequality]) -> Region:
        """Return where the largest of some formulas lies, as far as its beginning goes."""
        above: list[Inequality] = []
        for form in forms:
            above.append(({_LARGEST: -1, **{ref.name: factor for ref, factor in form.terms}}, -form.constant, False))
        names = [name for row, _, _ in above for name in row if name != _LARGEST]
        chosen = tuple(choice for choice in context if self._tied_to(names) >> choice.variable & 1)
        if self.terms is not None and self.terms.speaks_of(names, chosen):
            self.exact = False  # terms are taken here for independent of their facts
        return self._searched(((_LARGEST, 1),), chosen, [*above, *more], names)

    def _above(self, first: Linear, second: Linear, context: Context) -> bool:
        """Return whether `first` is never less than `second`, and not always the same."""
        if first == second:
            return False
        region = self.region(first + second.times(-1), context)
        return bool(region) and region[0][0][0] >= 0 and (region[-1][1][0] > 0 or str(first) < str(second))

    def region(self, form: Linear, context: Context, more: Sequence[Inequality] = ()) -> Region:
        """Return what a formula can come to, in stretches from end to end; nothing where `more` leaves nothing."""
        if not form.terms:
            return (((form.constant, 0), (form.constant, 1)),)
        region = self.span([(ref.name, factor) for ref, factor in form.terms], context, more)
        if len(form.terms) == 1 and form.terms[0][1] == 1 and form.terms[0][0].name in self.whole and region:
            region = (_hull(region, True),)
        return tuple((_moved(low, form.constant), _moved(high, form.constant)) for low, high in region)

    def span(self, terms: Terms, context: Context, more: Sequence[Inequality] = ()) -> Region:
        """Return stretches from end to end of what a sum of facts can come to; of one fact, what it can be."""
        names = [name for name, _ in terms]
        group = self._tied_to(names)
        chosen = tuple(choice for choice in context if group >> choice.variable & 1)
        if self.terms is not None and self.terms.speaks_of(names, chosen):
            region, exact = self.terms.span(terms, chosen, more)
            self._count(_TERM_WORK)
            self.exact = self.exact and exact
            return whole(region) if len(terms) == 1 and terms[0][1] == 1 and terms[0][0] in self.whole else region
        if not more and not any(self.variables[index].kind == "sum" for index, _ in chosen):
            return self._box(terms, chosen)
        key = (tuple(terms), chosen)
        found = None if more else self._spans.get(key)
        if found is None:
            found = self._searched(terms, chosen, more, names)
            if not more:
                self._spans[key] = found
        return found

    def _box(self, terms: Terms, chosen: Context) -> Region:
        """Return what a sum can come to where its facts do not depend on each other."""
        cells = {self.variables[index].fact: self.variables[index].cell(cell) for index, cell in chosen}
        regions = {
            name: intersection(self.regions[name], (cells[name],)) if name in cells else self.regions[name]
            for name, _ in terms
        }
        if len(terms) == 1 and terms[0][1] == 1:
            return regions[terms[0][0]]
        hulls = {name: _hull(region, name in self.whole) for name, region in regions.items()}
        return (bounds(terms, hulls),)

    def listed(
        self, entries: Sequence[Open], context: Context, pinned: Mapping[str, Number] = MappingProxyType({})
    ) -> Rows | None:
        """Return all that open numbers can be together, or None where these are not few whole numbers' work.

        Some facts may be `pinned` to a number.
        """
        if not entries:
            return NO_NUMBERS
        if not all(entry.whole for entry in entries):
            return None
        context = tuple(dict.fromkeys((*context, *(choice for entry in entries for choice in entry.context))))
        names = list(dict.fromkeys(name for entry in entries for name in entry.facts))
        values = []
        for name in names:
            region = self.span(((name, 1),), context)
            sizes = [high - low for (low, _), (high, _) in region]
            if sum(sizes) > _MOST_LISTED:
                return None
            values.append([value for (low, _), (high, _) in region for value in range(int(low), int(high))])
        if math.prod(map(len, values)) > _MOST_LISTED * (1 if len(entries) == 1 else _FOR_SEVERAL):
            return None
        group = self._tied_to(names)
        chosen = tuple(choice for choice in context if group >> choice.variable & 1)
        dependent = bool(pinned) or any(self.variables[index].kind in ("sum", "term") for index, _ in chosen)
        found: set[tuple[Number, ...]] = set()
        for combination in product(*values):
            patient = {**pinned, **dict(zip(names, combination, strict=True))}
            if any(patient[name] != number for name, number in pinned.items()):
                continue
            exactly = [row for name, value in patient.items() for row in within(((name, 1),), ((value, 0), (value, 1)))]
            if dependent and not any(
                self.feasible([*rows, *exactly], self.whole) is not False for rows in self.systems(chosen, names)
            ):
                continue
            if self.terms is not None and self.terms_fit(chosen, patient) is False:
                continue
            found.add(tuple(max(form.at(patient) for form in entry.forms) for entry in entries))
        return frozenset(found)

    def _tied_to(self, names: Sequence[str]) -> int:
        key = tuple(names)
        found = self._bits.get(key)
        if found is None:
            found = self._bits[key] = self._tied_variables(key)
        return found

    def _tied_variables(self, names: Iterable[str]) -> int:
        own = 0
        for name in names:
            own |= 1 << self.own[name]
        found = own
        for group in self.groups:
            found |= group if group & own else 0
        return found

    def _searched(self, terms: Terms, chosen: Context, more: Sequence[Inequality], names: Sequence[str]) -> Region:
        solver = Solver()
        found: list[Region] = []
        for rows in self.systems(chosen, names):
            region = solver.span(terms, [*rows, *more], self.whole)
            if region is None:
                self.exact = False
                region = self._wide(terms, chosen)
            found.append(region)
        self._count(solver.work)
        region = union(*found)
        return whole(region) if len(terms) == 1 and terms[0][1] == 1 and terms[0][0] in self.whole else region

    def _wide(self, terms: Terms, chosen: Context) -> Region:
        """Return what a sum can come to, taking its facts for independent of each other."""
        if terms[0][0] == _LARGEST:
            return EVERYTHING
        return self._box(terms, tuple(choice for choice in chosen if self.variables[choice.variable].kind != "sum"))

    def _count(self, work: int) -> None:
        self.work += work
        if self.work > self.most:
            raise OutOfBudget

    def feasible(self, rows: Sequence[Inequality], whole_names: frozenset[str]) -> Truth:
        """Return whether numbers fit `rows`, some of which have to be whole."""
        solver = Solver()
        truth = solver.feasible(rows, whole_names)
        self._count(solver.work)
        return truth


def _moved(cut: Cut, by: Number) -> Cut:
    number, side = cut
    return cut if isinstance(number, float) else (tidy(number + by), side)


def _hull(region: Region, whole_numbers: bool) -> tuple[Cut, Cut]:
    start, (high, side) = region[0][0], region[-1][1]
    return start, ((high - 1, 1) if whole_numbers and not side and not isinstance(high, float) else (high, side))


def ties_of(
    model: Model, program: Program, masks: Sequence[int], regions: Mapping[str, Region], known: Iterable[str]
) -> Ties | None:
    """Return what ties the facts of a program together that are not in `known`, or None where nothing does."""
    variables = program.variables
    own = {variable.fact: index for index, variable in enumerate(variables) if variable.kind in ("fact", "term")}
    sums = [index for index, entry in enumerate(variables) if entry.kind == "sum" and masks[index].bit_count() > 1]
    bonds = [(1 << index, variables[index].facts) for index in sums]
    bonds += [(0, tuple(ref.name for ref, _ in form.terms)) for form in program.formulas]
    known = frozenset(known)
    terms = [index for index, entry in enumerate(variables) if entry.term is not None and entry.fact not in known]
    bonds += [(1 << index, variables[index].facts) for index in terms]
    sums += terms
    groups: list[int] = []
    for group, names in bonds:
        for name in names:
            if name not in known:
                group |= 1 << own[name]
        joined = [other for other in groups if other & group]
        groups = [other for other in groups if not other & group]
        for other in joined:
            group |= other
        if group:
            groups.append(group)
    if not groups:
        return None
    tied = summed = 0
    for group in groups:
        tied |= group
        summed |= group if any(group >> index & 1 for index in sums) else 0
    bound = dict.fromkeys(name for _, names in bonds for name in names)
    bound |= dict.fromkeys(variables[index].fact for index in terms)
    whole_names = frozenset(name for name in bound if is_whole(model.facts[name].domain))
    left = {name: whole(regions[name]) if name in whole_names else regions[name] for name in bound}
    by_name = {variables[index].fact: term for index in terms if (term := variables[index].term) is not None}
    tied_terms = None
    if terms:
        from hiprun.inference.tied_terms import TiedTerms  # few packs have formulas that are not linear

        tied_terms = TiedTerms(variables, left, whole_names, by_name)
    return Ties(tied, summed, tuple(groups), variables, own, left, whole_names, tied_terms)
