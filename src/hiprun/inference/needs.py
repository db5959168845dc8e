"""Which unknown facts can still change what comes out of a search, and how much each would settle.

A fact matters when knowing it alone can narrow what is possible, or when two patients who differ in nothing else get
different results. Of facts that sums tie together this is asked of the numbers that each path through the diagram
leaves, and of formulas in answers of the values they can come to.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

import attrs

from hiprun.inference.answer_families import Answers, Image, Parts, opens
from hiprun.inference.circuit import set_bits
from hiprun.inference.decision_diagram import (
    IMPOSSIBLE,
    ChosenCell,
    Context,
    Diagram,
    Leaf,
    OutOfBudget,
    Place,
    Split,
    cells_of,
)
from hiprun.inference.form_feasibility import Search
from hiprun.inference.hit_policy import Ending, Result
from hiprun.inference.interval_sets import Region, intersection, ordinary_values, point, samples, union
from hiprun.inference.linear_constraints import below_zero, with_other_names, within
from hiprun.inference.linear_forms import Linear
from hiprun.inference.linked_facts import Open, Ties
from hiprun.inference.narrowed_diagram import NarrowedDiagram, everywhere
from hiprun.inference.operators import Truth, some
from hiprun.inference.tied_terms import renamed
from hiprun.model import Number
from hiprun.model.value_objects import Entity

_MOST_PAIRS = 20_000
_MOST_CONTEXTS = 500
_PARTS_IN_A_STEP = 4
_MOST_TRIED = 64
"""How many whole numbers of a fact that terms tie to others are tried one by one."""

_OTHER = "'"
"""Behind the name of a fact: the same fact of a second patient."""

_Pair: TypeAlias = tuple[Place, Place, Context, Context]
"""Where two patients are in a diagram, each with the choices behind them."""


@attrs.define(eq=False, slots=False)
class Needs(Entity):
    """Looks for facts that matter to what a diagram shows. `speaking` has the facts each variable speaks of.

    `budget` is how many steps it may take, `exact` is False once a fact was taken to matter for want of them.
    """

    diagram: Diagram
    ties: Ties
    speaking: Sequence[tuple[str, ...]]
    budget: int
    exact: bool = True
    _images: dict[int, Image] = attrs.field(factory=dict)

    @cached_property
    def _everywhere(self) -> NarrowedDiagram:
        return everywhere(self.diagram)

    @property
    def _whole(self) -> int:
        return self._everywhere.whole

    @cached_property
    def _answers(self) -> Answers:
        return Answers([leaf.result for leaf in self.diagram.leaves], self.ties)

    @cached_property
    def _alone(self) -> Mapping[str, list[int]]:
        return _alone(tuple(self.speaking))

    @cached_property
    def _asked(self) -> Set[int]:
        return dict.fromkeys(split.variable for split in self.diagram.splits).keys()

    def facts(self) -> list[str]:
        """Return every fact that could matter."""
        names = [name for level in self._asked for name in self.speaking[level]]
        for group in self.ties.groups:
            own = set_bits(group)
            facts = [name for index in own for name in self.speaking[index]]
            if set(own) & self._asked or not self._answers.speaking_of.keys().isdisjoint(facts):
                names += facts
        return list(dict.fromkeys([*names, *self._answers.speaking_of]))

    def scores(self, facts: Iterable[str]) -> dict[str, int]:
        """Return for each of these facts that matters how much stays open once it is known; see `score`."""
        found = {fact: self.score(fact) for fact in facts}
        return {fact: score for fact, score in found.items() if score is not None}

    def score(self, fact: str) -> int | None:
        """Return how much stays open once a fact is known, None where it does not matter.

        The measure is the mean over its cells of the results left, in thousandths; a result with a number that is
        open counts once more for each fact that this depends on. A smaller one decides more.
        """
        own = self._alone.get(fact, [])
        ties = self.ties
        if ties.terms is not None and ties.terms.is_settled(fact):
            return None
        summed = any(ties.summed >> index & 1 for index in own)
        if not summed and not set(own) & self._asked and fact not in self._answers.speaking_of:
            return None
        before, ties.most = ties.work, ties.work + self.budget
        try:
            if summed:
                narrows, left = self._narrowing_tied(fact)
            else:
                narrows, left = self._narrowing(fact, own)
            if not narrows and not self._matters(fact, own, summed=summed):
                narrows_elsewhere = self._narrows_anywhere(fact) if summed else False
                if narrows_elsewhere is False:
                    return None
                self.exact = self.exact and narrows_elsewhere is not None
        except OutOfBudget:
            self.exact = False
            return 1000 * self._answers.weight(self._whole, fact)
        finally:
            self.budget, ties.most = self.budget - (ties.work - before), math.inf
        return 1000 * sum(self._answers.weight(bits, fact) for bits in left) // len(left)

    # does knowing it narrow what is possible?

    def _narrowing(self, fact: str, own: Sequence[int]) -> tuple[bool, list[int]]:
        """Return whether knowing a fact narrows what is possible, and the results left for each of its cells."""
        asked = sorted(set(own) & self._asked)
        left = [self._whole]
        if len(asked) == 1:
            left = self._left[asked[0]]
        elif asked:
            left = self._everywhere.results_left_together(asked, self._step)
        fewer = [bits for bits in left if bits != self._whole]
        if self._answers.speaking_of:  # others may give the numbers that are lost
            image = self._image_of(self._whole)
            return any(self._image_of(bits) != image for bits in fewer), left
        return bool(fewer), left

    @cached_property
    def _left(self) -> Mapping[int, list[int]]:
        left = self._everywhere.results_left()
        return {
            variable: [bits for cells, bits in found.items() if bits for _ in range(cells.bit_count())]
            for variable, found in left.items()
        }

    def _image_of(self, bits: int) -> Image:
        if bits not in self._images:
            self._step(bits.bit_count() // _PARTS_IN_A_STEP)
            self._images[bits] = self._answers.image_of(bits)
        return self._images[bits]

    def _narrowing_tied(self, fact: str) -> tuple[bool, list[int]]:
        """Return the same for a fact that sums tie to others; its cells are where what is left of it changes."""
        ties = self.ties
        if ties.terms is not None:
            return self._narrowing_by_terms(fact)
        terms = ((fact, 1),)
        paths = [
            (index, context, ties.span(terms, context))
            for index, contexts in self._contexts(ties.own[fact]).items()
            for context in contexts
        ]
        everything = union(*(region for *_, region in paths))
        image = self._image_of(self._whole)
        narrows = False
        left: list[int] = []
        for values in samples(everything, [region for *_, region in paths], whole_numbers=fact in ties.whole):
            for value in values:
                here = [path for path in paths if intersection(path[2], point(value))]
                narrows = narrows or self._answers.image(self._at(fact, value, here)) != image
            bits = 0
            for index, *_ in here:
                bits |= 1 << index
            left.append(bits)
        return narrows, left

    def _narrowing_by_terms(self, fact: str) -> tuple[bool, list[int]]:
        """Return the same for a fact that terms tie to others, as some of its numbers show, its ends among them."""
        ties = self.ties
        paths = [(index, context) for index, found in self._contexts(ties.own[fact]).items() for context in found]
        image = self._image_of(self._whole)
        narrows = False
        left: list[int] = []
        for value in ordinary_values(ties.regions[fact], whole_numbers=fact in ties.whole):
            here = [
                (index, context, ties.regions[fact])
                for index, context in paths
                if ties.terms_fit(context, {fact: value}) is not False
            ]
            if here:
                narrows = narrows or self._answers.image(self._at(fact, value, here)) != image
                left.append(sum(1 << index for index in {index for index, *_ in here}))
        return narrows, left or [self._whole]

    def _narrows_anywhere(self, fact: str) -> Truth:
        """Return whether any number of a fact narrows what is possible through terms; None where that is not known."""
        ties = self.ties
        asked = fact in self._answers.speaking_of or any(fact in self.speaking[index] for index in self._asked)
        if ties.terms is None or not asked:
            return False
        region = ties.regions[fact]
        are_few = fact in ties.whole and region[-1][1][0] - region[0][0][0] <= _MOST_TRIED
        paths = [(index, context) for index, found in self._contexts(ties.own[fact]).items() for context in found]
        image = self._image_of(self._whole)
        found: Truth = False if are_few else None
        for value in (value for (low, _), (high, _) in region if are_few for value in range(int(low), int(high))):
            fitting = [(ties.terms_fit(context, {fact: value}), index, context) for index, context in paths]
            here = [(index, context, region) for truth, index, context in fitting if truth is not False]
            if here and self._answers.image(self._at(fact, value, here)) != image:
                return True
            if any(truth is None for truth, *_ in fitting):
                found = None
        return found

    def _at(self, fact: str, value: Number, paths: Iterable[tuple[int, Context, Region]]) -> Iterator[Parts]:
        """Yield what the results of paths add to an image, with the numbers that are left where a fact has a value."""
        ties = self.ties
        exactly = within(((fact, 1),), ((value, 0), (value, 1)))
        answers = self._answers
        for index, context, _ in paths:
            entries = answers.opens[index]
            if answers.listed is None:
                spans = [ties.stretch(entry, _joined(context, entry.context), exactly) for entry in entries]
                if all(spans):
                    yield answers.parts_of(index, spans)
            else:
                there = _joined(context, *(entry.context for entry in entries))
                rows = ties.listed(entries, there, {fact: value})
                assert rows is not None  # without a value there are more, and they are listed
                yield answers.rows_of(index, rows)

    def _contexts(self, own: int) -> dict[int, set[Context]]:
        """Return for each result the choices, among variables tied to that of a fact, on the ways that lead there."""
        diagram, group = self.diagram, self._group(own)
        reached: dict[Place, set[Context]] = {diagram.root: {()}}
        found: dict[int, set[Context]] = {}
        for index in range(diagram.root, IMPOSSIBLE, -1):
            node, contexts = diagram.nodes[index], reached.get(Place(index), set())
            if isinstance(node, Leaf) and contexts:
                found[node.number] = contexts
            if not isinstance(node, Split):
                continue
            for cells, place in node.branches:
                longer = contexts
                if group >> node.variable & 1:
                    chosen = [ChosenCell(node.variable, cell.bit_length() - 1) for cell in cells_of(cells)]
                    longer = {(*context, choice) for context in contexts for choice in chosen}
                self._step(len(longer))
                there = reached.setdefault(place, set())
                there |= longer
                if place != IMPOSSIBLE and len(there) > _MOST_CONTEXTS:
                    raise OutOfBudget
        return found

    def _group(self, own: int) -> int:
        return next((group for group in self.ties.groups if group >> own & 1), 0)

    def _step(self, steps: int) -> None:
        self.budget -= steps
        if self.budget < 0:
            raise OutOfBudget

    # does it make the difference between two patients?

    def _matters(self, fact: str, own: Sequence[int], *, summed: bool) -> bool:
        """Return whether two patients who differ in a fact alone can get different results."""
        group = self._group(own[0]) if summed else 0
        if self._answers.speaking_of:  # whether numbers differ depends on all that was chosen for their facts
            return self._pair_differs(fact, self.ties.tied)
        if not self._pair_differs(fact, group):
            return False
        # what sums tie together elsewhere is the same of both, too, which takes longer to look at
        elsewhere = [
            tied for tied in self.ties.groups if tied != group and sum(tied >> one & 1 for one in self._asked) > 1
        ]
        return not elsewhere or self._pair_differs(fact, self.ties.tied)

    def _pair_differs(self, fact: str, group: int) -> bool:
        """Return the same, as far as the choices go among the variables in `group`."""
        diagram = self.diagram
        free = {index for index, names in enumerate(self.speaking) if fact in names}
        start: _Pair = (diagram.root, diagram.root, (), ())
        pairs = [start]
        seen = {start}
        while pairs:
            both = pairs.pop()
            first, second, context, other_context = both
            if IMPOSSIBLE in (first, second):
                continue
            one, two = diagram.nodes[first], diagram.nodes[second]
            if isinstance(one, Leaf) and isinstance(two, Leaf):
                if self._differ(fact, (one.result, context), (two.result, other_context)):
                    return True
                continue
            self._step(1)
            for pair in self._further(both, group, free):
                if pair not in seen:
                    seen.add(pair)
                    pairs.append(pair)
            if len(seen) > _MOST_PAIRS:
                raise OutOfBudget
        return False

    def _further(self, pair: _Pair, group: int, free: Collection[int]) -> Iterator[_Pair]:
        """Yield where two patients come from a pair of nodes who differ in what `free` variables say alone."""
        first, second, context, other_context = pair
        variable = min(self.diagram.variable(first), self.diagram.variable(second))
        for cells, place, longer in self._at_variable(first, variable, group, context):
            for other_cells, other, other_longer in self._at_variable(second, variable, group, other_context):
                if variable in free or cells & other_cells:
                    # where no choices are kept it does not matter which of them is which
                    yield (
                        (place, other, longer, other_longer)
                        if group
                        else (min(place, other), max(place, other), (), ())
                    )

    def _at_variable(
        self, place: Place, variable: int, group: int, context: Context
    ) -> Iterator[tuple[int, Place, Context]]:
        node = self.diagram.nodes[place]
        if not isinstance(node, Split) or node.variable != variable:
            yield -1, place, context
            return
        for cells, below in node.branches:
            if group >> variable & 1:
                for cell in cells_of(cells):
                    yield cell, below, (*context, ChosenCell(variable, cell.bit_length() - 1))
            else:
                yield cells, below, context

    def _differ(self, fact: str, first: tuple[Result, Context], second: tuple[Result, Context]) -> bool:
        """Return whether patients with these results, who differ in a fact alone, can exist and have different ones."""
        one, other = first[0], second[0]
        if one == other and not opens(one):
            return False
        if isinstance(one, Ending) or isinstance(other, Ending):
            return self._both(fact, first[1], second[1], one, other, ())
        pairs = list(zip(one, other, strict=True)) if len(one) == len(other) else [(one, other)]
        for value, other_value in pairs:
            if (isinstance(value, Open) and isinstance(other_value, Open | int | Fraction)) or (
                isinstance(other_value, Open) and isinstance(value, int | Fraction)
            ):
                forms, others = _forms(value), [renamed(form, fact) for form in _forms(other_value)]
                if any(
                    self._both(fact, first[1], second[1], one, other, [lower + form.times(-1) for lower in lowers])
                    for highers, lowers in ((forms, others), (others, forms))
                    for form in highers
                ):
                    return True
            elif value != other_value and self._both(fact, first[1], second[1], one, other, ()):
                return True
        return False

    def _both(
        self,
        fact: str,
        context: Context,
        other_context: Context,
        one: Result,
        other: Result,
        less: Sequence[Linear],
    ) -> bool:
        """Return whether two patients exist with these choices behind them, who differ in a fact alone."""
        ties = self.ties
        other_names = {fact, *(ties.terms.following(fact) if ties.terms is not None else ())}
        mine, theirs = (
            _joined(context_, *(entry.context for entry in opens(result)))
            for context_, result in ((context, one), (other_context, other))
        )
        names = {name for result in (one, other) for entry in opens(result) for name in entry.facts}
        if not mine and not theirs and not less:
            return True
        more = list(map(below_zero, less))
        whole_names = ties.whole | {name + _OTHER for name in other_names & ties.whole}
        changed = [[with_other_names(row, other_names, _OTHER) for row in rows] for rows in ties.systems(theirs, names)]
        truth = some(
            ties.feasible([*rows, *other_rows, *more], frozenset(whole_names))
            for rows in ties.systems(mine, names)
            for other_rows in changed
        )
        if truth is not False and ties.terms is not None:
            search = Search(frozenset(whole_names))
            truth = ties.terms.pair_fits(fact, (mine, theirs), less, search)
            self._step(search.work)
            self.exact = self.exact and truth is not None
        return truth is not False


@lru_cache(maxsize=256)
def _alone(speaking: tuple[tuple[str, ...], ...]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, names in enumerate(speaking):
        if len(names) == 1:
            found.setdefault(names[0], []).append(index)
    return found


def _forms(value: Any) -> list[Linear]:
    return list(value.forms) if isinstance(value, Open) else [Linear(value)]


def _joined(*contexts: Context) -> Context:
    return tuple(dict.fromkeys(choice for context in contexts for choice in context))
