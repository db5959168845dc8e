"""A decision with everything it leans on put in: one circuit over facts, and what its rules contribute."""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from typing import Literal

import attrs

from hiprun.inference.circuit import Circuit, Node
from hiprun.inference.hit_policy import Branch, Policy
from hiprun.inference.interval_sets import EVERYTHING, Cut, Region
from hiprun.inference.linear_constraints import Linear
from hiprun.inference.text_equivalence_classes import TextCells
from hiprun.model import Condition, Decision, Number

OTHERWISE = -1
"""Where a rule's index is meant: what is given when no rule matches."""


@attrs.frozen
class Variable:
    """What a literal speaks of: a fact, the presence of a choice in a set, or a sum of facts times numbers.

    `cuts` are the places at which some literal's truth changes, with the ends of the domain; two values between the
    same two cuts are alike to this program.
    """

    kind: Literal["fact", "member", "sum"]
    fact: str = ""
    choice: str = ""
    terms: tuple[tuple[str, Number], ...] = ()
    whole: bool = False
    domain: Region = EVERYTHING
    cuts: tuple[Cut, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts this speaks of."""
        return tuple(name for name, _ in self.terms) if self.kind == "sum" else (self.fact,)

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
class Program:
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
    formulas: tuple[Linear, ...] = attrs.field(init=False)
    """Every formula that an output is worked out with."""
    numbers: tuple[str, ...] = attrs.field(init=False)
    """The facts that formulas and comparisons of sums speak of."""

    speaking: tuple[tuple[str, ...], ...] = attrs.field(init=False)
    """The facts that each variable speaks of."""

    @speaking.default
    def _speaking(self) -> tuple[tuple[str, ...], ...]:
        return tuple(variable.facts for variable in self.variables)

    @formulas.default
    def _formulas(self) -> tuple[Linear, ...]:
        values = [value for branch in self.branches for value in branch.values.values()]
        values += (self.policy.otherwise or ()) if self.policy is not None else ()
        return tuple(dict.fromkeys(value for value in values if isinstance(value, Linear)))

    @numbers.default
    def _numbers(self) -> tuple[str, ...]:
        names = [name for variable in self.variables if variable.kind == "sum" for name in variable.facts]
        names += [ref.name for form in self.formulas for ref, _ in form.terms]
        return tuple(dict.fromkeys(names))
