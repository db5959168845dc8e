"""Two versions of a decision as terms of the prover, ready to be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import Decision, Verdict
from hiprun.verification.condition_logics import both, either, opposite
from hiprun.verification.decision_comparison import Aspect, Contribution, PossibleDifference
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.difference_kinds import AnswerDifference
from hiprun.verification.number_encoding import bare, compare
from hiprun.verification.solver import Term, z3


@attrs.frozen(eq=False)
class ProverVersion:
    """One version of a decision, and its terms for one patient."""

    decision: Decision
    terms: Terms[Term]

    def conflict(self) -> Term:
        """Return whether it, or one that it leans on, is in conflict."""
        return self.terms.conflict(self.decision.name)

    def answered(self) -> Term:
        """Return whether it has an answer, conflicts aside."""
        return self.terms.answered(self.decision.name)

    def contributions(self) -> list[Contribution[Term]]:
        """Return what each rule contributes."""
        decision, nodes = self.decision, self.terms.rules(self.decision.name)
        return [
            Contribution(rule, node, {name: bare(self.terms.given(decision, index, name)) for name, _ in rule.then})
            for index, (rule, node) in enumerate(zip(decision.rules, nodes, strict=True))
        ]

    def cases(self, output: str) -> list[tuple[Term, Any]] | None:
        """Return the values that an output can have; None where they follow from facts, or are totals."""
        if HIT_POLICIES[self.decision.hit].adds:
            return None
        cases = self.terms.cases(self.decision.name, output)
        if any(z3.is_expr(bare(value)) for _, value in cases):
            return None
        return [(node, bare(value)) for node, value in cases]

    def verdicts(self, quantity: str) -> list[tuple[Term, Verdict | None]]:
        """Return where a quantity can lie; None where it has no value."""
        found: list[tuple[Term, Verdict | None]] = [*self.terms.cases(self.decision.name, quantity)]
        value = self.terms.number(dict(self.decision.quantities)[quantity])
        return [*found, (opposite(value.valued), None)]


@attrs.frozen(eq=False)
class ProverVersions:
    """The two versions of a decision, as terms for one patient."""

    old: ProverVersion
    new: ProverVersion

    def every(self, nodes: Iterable[Term]) -> Term:
        """And."""
        return both(nodes)

    def some(self, nodes: Iterable[Term]) -> Term:
        """Or."""
        return either(nodes)

    def negate(self, node: Term) -> Term:
        """Not."""
        return opposite(node)

    def compare(self, one: Term, signs: frozenset[int], other: Term) -> Term:
        """Return whether one number less the other has one of `signs`."""
        return compare(one, signs, other)

    def risen(self, output: str, signs: frozenset[int]) -> Term:
        """Return whether a number output has a value in both, new less old with one of `signs`."""
        old, new = (side.terms.output_number(side.decision.name, output) for side in (self.old, self.new))
        return both((old.valued, new.valued, compare(new.term, signs, old.term)))


@attrs.frozen(eq=False)
class AskedDifference:
    """A difference, and the whole term that says whom it concerns."""

    difference: AnswerDifference
    term: Term


def asked_ways(aspect: Aspect[Term]) -> Sequence[AskedDifference]:
    """Return the ways of an aspect, each with everything that has to hold for it."""

    def whole(way: PossibleDifference[Term]) -> Term:
        return both((*aspect.within, way.node))

    return [AskedDifference(way.difference, whole(way)) for way in aspect.ways]
