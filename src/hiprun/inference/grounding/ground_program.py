"""A decision with everything it leans on put in: one circuit over facts, and what its rules contribute."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Container, Mapping
from typing import Literal

import attrs

from hiprun.inference.circuit import Circuit, Node
from hiprun.inference.hit_policy import OTHERWISE, Branch, Policy
from hiprun.inference.interval_sets import EVERYTHING, Cut, Region
from hiprun.inference.linear_forms import Linear, Term
from hiprun.inference.text_equivalence_classes import TextCells
from hiprun.model import Condition, Decision, Model, Number
from hiprun.model.value_objects import ValueObject


@attrs.frozen
class Variable(ValueObject):
    """What a literal speaks of: a fact, the presence of a choice in a set, a sum of facts times numbers, or a term.

    A term, named in `fact`, is a number that follows from several facts; in sums it stands among them under its name.

    `cuts` are the places at which some literal's truth changes, with the ends of the domain; two values between the
    same two cuts are alike to this program.
    """

    kind: Literal["fact", "member", "sum", "term"]
    fact: str = ""
    choice: str = ""
    terms: tuple[tuple[str, Number], ...] = ()
    term: Term | None = None
    inner: tuple[Term, ...] = ()
    """The terms that stand in a sum."""
    whole: bool = False
    domain: Region = EVERYTHING
    cuts: tuple[Cut, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts this speaks of; of a sum that terms are in, these under their names."""
        if self.term is not None:
            return self.term.facts
        return tuple(name for name, _ in self.terms) if self.kind == "sum" else (self.fact,)

    @property
    def base_facts(self) -> tuple[str, ...]:
        """The facts this speaks of, with those of a term in the place of the term."""
        return self.facts_beside(())

    def facts_beside(self, known: Container[str]) -> tuple[str, ...]:
        """Return the same without the facts of terms that are in `known`."""
        if not self.inner:
            return self.facts
        terms = {term.name: () if term.name in known else term.facts for term in self.inner}
        return tuple(dict.fromkeys(fact for name in self.facts for fact in terms.get(name, (name,))))

    @property
    def cells(self) -> list[tuple[Cut, Cut]]:
        """The stretches between neighbouring cuts."""
        return list(zip(self.cuts, self.cuts[1:], strict=False))

    def cell(self, number: int) -> tuple[Cut, Cut]:
        """Return one of these stretches."""
        return self.cuts[number], self.cuts[number + 1]

    def mask(self, region: Region) -> int:
        """Return the cells that `region` touches, as bits."""
        found = 0
        for start, end in region:
            low = max(bisect.bisect_right(self.cuts, start) - 1, 0)
            high = min(bisect.bisect_left(self.cuts, end), len(self.cuts) - 1)
            found |= (1 << high) - (1 << low)
        return found


@attrs.frozen
class Program(ValueObject):
    """One decision, grounded. `masks` holds the cells of each literal, by node.

    `rules` has one node for each rule of the decision, `branches` what the rules contribute, and `policy` how that
    becomes an answer (None for `collect` and limits). `verdicts` has for each quantity the nodes that say
    it lies above, below or within what is allowed. `allowed` holds unless a constraint is broken; `conflict` when a
    decision this one leans on is in conflict, or formulas of this one disagree.
    """

    decision: Decision
    circuit: Circuit
    variables: tuple[Variable, ...]
    masks: Mapping[Node, int]
    rules: tuple[Node, ...]
    branches: tuple[Branch, ...]
    policy: Policy | None
    verdicts: Mapping[str, Mapping[str, Node]]
    allowed: Node
    conflict: Node
    conditions: Mapping[Condition, Node]
    texts: Mapping[str, TextCells]
    lowered: Model | None
    """The model with the terms of the program among its facts; None where there are none."""
    formulas: tuple[Linear, ...] = attrs.field(init=False)
    """Every formula that an output is worked out with."""
    numbers: tuple[str, ...] = attrs.field(init=False)
    """The facts that formulas and comparisons of sums speak of."""

    @functools.cached_property
    def is_beyond_columns(self) -> bool:
        """Whether terms are in it, or dates that are worked out, neither of which are linear sums of numbers."""
        domains = {output.name: output.domain.type for output in self.decision.outputs}
        values = [pair for branch in self.branches for pair in branch.values.items()]
        if self.policy is not None and self.policy.otherwise is not None:
            values += zip(domains, self.policy.otherwise, strict=True)
        return self.lowered is not None or any(
            isinstance(value, Linear) and domains.get(name) == "date" for name, value in values
        )

    @property
    def is_arranged(self) -> bool:
        """Whether branches stand for ways to an answer, of which one holds, not for what each rule contributes."""
        return any(branch.is_arranged for branch in self.branches)

    @property
    def in_turn(self) -> list[tuple[int, Node]]:
        """The rules as the policy looks at them, each with a node that says where it matches."""
        assert self.policy is not None
        if self.is_arranged:
            return list(enumerate(self.rules))
        return [(branch.rule, branch.node) for branch in (self.branches[index] for index in self.policy.order)]

    @functools.cached_property
    def turns(self) -> Mapping[str, int]:
        """When each rule that gives something has its first turn, by its id."""
        rules = self.decision.rules
        in_turn = [(rules[rule].id, place) for place, (rule, _) in enumerate(self.in_turn) if rule != OTHERWISE]
        return dict(reversed(in_turn))

    speaking: tuple[tuple[str, ...], ...] = attrs.field(init=False)
    """The facts that each variable speaks of."""

    @speaking.default
    def _speaking(self) -> tuple[tuple[str, ...], ...]:
        return tuple(variable.base_facts for variable in self.variables)

    @formulas.default
    def _formulas(self) -> tuple[Linear, ...]:
        values = [value for branch in self.branches for value in branch.values.values()]
        values += (self.policy.otherwise or ()) if self.policy is not None else ()
        return tuple(dict.fromkeys(value for value in values if isinstance(value, Linear)))

    @numbers.default
    def _numbers(self) -> tuple[str, ...]:
        names = [name for variable in self.variables if variable.kind == "sum" for name in variable.facts]
        names += [ref.name for form in self.formulas for ref, _ in form.terms]
        names += [name for variable in self.variables if variable.term for name in (variable.fact, *variable.facts)]
        return tuple(dict.fromkeys(names))
