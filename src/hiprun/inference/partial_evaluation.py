"""One patient in front of one decision: what is certain, what is open, and which facts would settle it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from hiprun.inference.circuit import FALSE, TRUE, Node
from hiprun.inference.conclusion import Answer
from hiprun.inference.decision_diagram import Diagram, OutOfBudget, explore
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policy import Advance, Candidate, Ending, Gathered, Payload, Result, rank, take_first
from hiprun.inference.interval_sets import Cut, of_domain
from hiprun.inference.linear_constraints import bounds, hull
from hiprun.inference.linear_forms import Linear, facts_of
from hiprun.inference.linked_facts import Open
from hiprun.inference.narrowed_diagram import NarrowedDiagram, everywhere
from hiprun.inference.operators import Truth
from hiprun.inference.partial_assignment import Residual, SettledSituation, Situation, residual
from hiprun.inference.prepared_diagrams import PreparedDiagrams, Prospects, as_truth
from hiprun.model import Constraint, Decision, Model, Output
from hiprun.model.value_conversion import public, tidy
from hiprun.model.value_objects import Entity

if TYPE_CHECKING:
    from hiprun.inference.needs import Needs
    from hiprun.inference.needs_by_cells import NeedsByCells


class Unsettled(enum.Enum):
    """What `Patient.settled` returns while unknown facts leave something open."""

    OPEN = "open"


OPEN: Final = Unsettled.OPEN


_FOR_NEEDS = 100_000
"""How many steps may go into finding out which facts matter, beside what is left of the budget."""


@attrs.define(eq=False)
class Patient(Entity):
    """What is worked out on the way to one outcome; made for one inference and dropped.

    `scores` gathers the facts that can still change the outcome, each with how much stays open once it is known.
    `searches` is how many searches are still to come at most: they share what is left of the budget. With
    `constraints` only these are kept. `diagrams` are those of the program where they fit the patient.
    """

    model: Model
    there: Situation | SettledSituation
    budget: int
    constraints: Sequence[Constraint] | None = None
    diagrams: PreparedDiagrams | None = None
    searches: int = 1
    exact: bool = True
    for_needs: int = _FOR_NEEDS
    scores: dict[str, int] = attrs.field(factory=dict)
    _residual: Residual | None = None

    def __attrs_post_init__(self) -> None:
        self.model = self.program.lowered or self.model

    @property
    def program(self) -> Program:
        """The grounded decision."""
        return self.there.program

    @property
    def decision(self) -> Decision:
        """The decision."""
        return self.there.program.decision

    @property
    def facts(self) -> Facts:
        """The facts of the patient."""
        return self.there.facts

    @property
    def residual(self) -> Residual:
        """What the known facts leave open, made when first needed."""
        if self._residual is None:
            assert isinstance(self.there, Situation)  # a settled one leaves nothing open
            self._residual = residual(self.model, self.there, self.constraints)
        return self._residual

    def open_node(self, node: Node) -> Node:
        """Return what became of a node of the program."""
        return self.residual.nodes[node]

    def settled(self, advance: Advance, rules: Sequence[tuple[Node, Payload]]) -> Gathered | Unsettled:
        """Return what is gathered when the facts settle every rule that matters, else `OPEN`."""
        truths = self.there.truths
        conflict = truths[self.program.conflict]
        if conflict is True:
            return Ending.CONFLICT
        candidates: list[Candidate] = [
            (number if (truth := truths[node]) is None else truth, payload)
            for number, (node, payload) in enumerate(rules, TRUE + 1)
        ]
        gathered, left = advance(None, candidates)
        if gathered is Ending.CONFLICT:
            return gathered
        return OPEN if left or conflict is None else gathered

    def explore(
        self,
        advance: Advance,
        finish: Callable[[Gathered], Result],
        candidates: Sequence[Candidate],
        *,
        conflict: bool = True,
        rest: Sequence[Any] | None = None,
    ) -> Diagram:
        """Return all that can still come out of `candidates`, nodes of the residual.

        With `rest`, the values that an answer has where no rule matches, formulas are worked out on each path.
        """
        left = self.residual
        share = self.budget // max(self.searches, 1)
        self.searches -= 1
        self.budget -= share
        diagram = explore(
            left.circuit,
            advance,
            finish,
            candidates,
            conflict=left.nodes[self.program.conflict] if conflict else FALSE,
            allowed=left.allowed,
            ties=left.ties,
            rest=rest if left.ties is not None else None,
            budget=share,
        )
        self.budget += share - diagram.steps
        self.exact = self.exact and (left.ties is None or left.ties.exact)
        return diagram

    def searched(
        self,
        key: Hashable,
        advance: Advance,
        finish: Callable[[Gathered], Result],
        rules: Sequence[tuple[Node, Payload]],
        *,
        rest: Sequence[Any] | None = None,
    ) -> Diagram | NarrowedDiagram:
        """Return all that can still come out of `rules`, nodes of the program; see `narrowed` and `explore`."""
        diagram = self.narrowed(key, advance, finish, rules)
        if diagram is not None:
            return diagram
        return self.explore(advance, finish, [(self.open_node(node), payload) for node, payload in rules], rest=rest)

    def narrowed(
        self,
        key: Hashable,
        advance: Advance,
        finish: Callable[[Gathered], Result],
        rules: Sequence[tuple[Node, Payload]],
    ) -> NarrowedDiagram | None:
        """Return all that can still come out of `rules`, nodes of the program, where that is prepared.

        `key` names a search that is the same for all patients; None means that it is not.
        """
        if key is None or self.diagrams is None:
            return None
        there = self.there
        assert isinstance(there, Situation)  # a settled one leaves nothing open
        diagram = self.diagrams.narrowed(key, advance, finish, rules, there.masks, conflict=True)
        if diagram is not None:
            self.searches -= 1
        return diagram

    def certainty(self, node: Node, *, needed: bool = False) -> Truth:
        """Return whether `node` holds for every completion without a conflict, for none, or only for some (None).

        With `needed`, facts that can still change it are noted.
        """
        truth = self.there.truths[node]
        if truth is not None:
            return truth
        conflict = node != self.program.conflict
        if self.diagrams is not None and not needed and self.diagrams.is_open(node, conflict=conflict):
            return None
        prospects = self.prospects(node, conflict=conflict, scored=needed)
        if prospects is not None:
            self.searches -= 1
            results = [result for result in prospects.results if not isinstance(result, Ending)]
            if len(results) != 1 and needed:
                self._note(prospects.scores or {})
            return results[0] == (True,) if len(results) == 1 else None
        try:
            diagram = self.explore(take_first, as_truth, [(self.open_node(node), (True,))], conflict=conflict)
        except OutOfBudget:
            self.exact = False
            if needed:
                self.note_open([self.open_node(node)])
            return None
        results = [result for result in diagram.possible() if not isinstance(result, Ending)]
        if len(results) == 1:
            return results[0] == (True,)
        if needed:
            self.note_needs(diagram)
        return None

    def prospects(self, node: Node, *, conflict: bool, scored: bool) -> Prospects | None:
        """Return what a node of the program can come to, where that is prepared; see `PreparedDiagrams.prospects`."""
        if self.diagrams is None:
            return None
        assert isinstance(self.there, Situation)  # a settled one leaves nothing open
        return self.diagrams.prospects(node, self.there.masks, conflict=conflict, scored=scored)

    # facts that matter

    def note_needs(self, diagram: Diagram | NarrowedDiagram) -> None:
        """Note the facts that can still change what `diagram` shows."""
        before = self.budget + self.for_needs
        alone = self.diagrams is not None and not self.program.formulas
        ties = None if alone else self.residual.ties
        speaking = self.program.speaking if alone else self.residual.facts
        needs: Needs | NeedsByCells  # each imported with the first patient for whom it is worked out
        if ties is None:
            narrowed = diagram if isinstance(diagram, NarrowedDiagram) else everywhere(diagram)
            from hiprun.inference.needs_by_cells import NeedsByCells

            needs = NeedsByCells(narrowed, speaking, before)
            self._note(needs.scores())
        else:
            assert isinstance(diagram, Diagram)  # where numbers count, nothing was prepared
            from hiprun.inference.needs import Needs

            needs = Needs(diagram, ties, speaking, before)
            self._note(needs.scores(self._unknown(needs.facts())))
        self.exact = self.exact and needs.exact
        taken = before - max(needs.budget, 0)
        self.budget, self.for_needs = max(self.budget - taken, 0), min(self.for_needs, before - taken)

    def _note(self, scores: Mapping[str, int]) -> None:
        for name, score in scores.items():
            known = self.scores.get(name, score)
            self.scores[name] = known if known < score else score

    def note_open(self, nodes: Iterable[Node]) -> None:
        """Note every unknown fact that these nodes speak of, or that constraints may tie to them."""
        supports = self.residual.circuit.support
        support = supports[self.residual.allowed]
        for node in nodes:
            support |= supports[node]
        for index in range(support.bit_length()):
            if support >> index & 1:
                for name in self._unknown(self.residual.facts[index]):
                    self.scores.setdefault(name, 0)

    def note_alike(self, names: Iterable[str], results: int) -> None:
        """Note facts that matter, and leave so many results open whatever they turn out to be."""
        self._note(dict.fromkeys(names, 1000 * results))

    def note_number(self, value: Any) -> None:
        """Note the unknown facts in a number that is not worked out yet."""
        if isinstance(value, Linear):
            for name in [name for ref, _ in value.terms for name in facts_of(ref)]:
                self.scores.setdefault(name, 0)

    def needs(self) -> tuple[str, ...]:
        """Return the facts noted, the most decisive first."""
        scores = self.scores
        return tuple(sorted([name for name in self.model.facts if name in scores], key=scores.__getitem__))

    def _unknown(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name not in self.facts.known]

    # values

    def resolved(self, value: Any) -> Any:
        """Return an output with the known facts put into its formula."""
        if not isinstance(value, Linear):
            return value
        value = value.with_known(self.facts.known)
        return value if value.terms else value.constant

    def ends(self, value: Any) -> tuple[Any, Any]:
        """Return the lowest and highest number that a value can be; a float infinity where there is no end."""
        if isinstance(value, Open):
            return value.low, value.high
        if not isinstance(value, Linear):
            return value, value
        hulls: dict[str, tuple[Cut, Cut]] = {}
        for ref, _ in value.terms:
            domain, partial = self.model.facts[ref.name].domain, self.facts.partial.get(ref.name)
            region = of_domain(domain) if partial is None or partial.region is None else partial.region
            hulls[ref.name] = hull(region, domain)
        (low, _), (high, _) = bounds([(ref.name, factor) for ref, factor in value.terms], hulls)
        return tuple(  # type: ignore[return-value]
            end if isinstance(end, float) else tidy(end) for end in (low + value.constant, high + value.constant)
        )

    def worst_rank(self, output: Output, values: Iterable[Any]) -> Any:
        """Return how bad an output is at worst that has one of `values`: an infinity where nothing bounds it."""
        ends = [end for value in values for end in self.ends(value)]
        return max((rank(output.domain, end) for end in ends), default=None)

    def public(self, output: Output, *values: Any) -> Any:
        """Return an output as callers see it: its value, or where it is one of several numbers their span."""
        low = min(self.ends(value)[0] for value in values)
        high = max(self.ends(value)[1] for value in values)
        if low == high:
            return public(output.domain, low)
        span = {"at_least": low, "at_most": high}
        return Answer({name: public(output.domain, end) for name, end in span.items() if not isinstance(end, float)})
