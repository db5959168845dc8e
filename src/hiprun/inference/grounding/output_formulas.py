"""Formulas of outputs of decisions → nodes, folded over their running totals instead of every combination of values.

A formula such as `a.points + b.points + c.points` is taken apart one output at a time. What the rest has to come to
is all that matters then, however many combinations lead there, and equal remainders are translated once.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Protocol

from hiprun.inference.circuit import FALSE, TRUE, Circuit, Node
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Case
from hiprun.inference.interval_sets import from_signs
from hiprun.inference.linear_forms import Linear, Term, outputs_of
from hiprun.model import Decision, Model, Number, Ref
from hiprun.model.value_conversion import tidy

_STEP = 4
"""How many parts of conditions one more value of an output in a formula counts as."""


class Outputs(Protocol):
    """What formulas and conditions need to know of the decisions they use."""

    def cases(self, name: str, output: str) -> list[Case]:
        """Return each value that an output can have, with the node that holds when it has it."""

    def weights(self, decision: Decision, output: str) -> list[tuple[Number, Node]]:
        """Return what each rule of a score adds to an output."""

    def prepare(self, start: Iterable[Ref]) -> None:
        """Translate ahead, so that recursion from `start` never goes through more than a few names at once."""


class Translation(Protocol):
    """What formulas of outputs need to know of the conditions they stand in."""

    model: Model
    circuit: Circuit
    outputs: Outputs

    def compare(self, difference: Linear, signs: frozenset[int]) -> Node:
        """Return the node that holds when the sign of `difference` is one of `signs`."""

    def valued(self, ref: Ref) -> Node:
        """Return the node that holds when an output, or every output behind a derived fact, has a value."""


class OutputFormulas:
    """Translates formulas that use outputs of decisions, each once."""

    def __init__(self, conditions: Translation) -> None:
        self.conditions = conditions
        self.circuit = conditions.circuit
        self._compared: dict[tuple[Linear, frozenset[int]], Node] = {}
        self._cases: dict[Linear, list[Case]] = {}
        self._ranges: dict[Ref, tuple[Number, Number] | None] = {}

    def compared(self, difference: Linear, signs: frozenset[int]) -> Node:
        """Return the node that holds when the sign of `difference`, which uses outputs, is one of `signs`.

        Where one of the outputs has no value the node does not hold.
        """
        key = (difference, signs)
        found = self._compared.get(key)
        if found is None:
            found = self._compared[key] = self._of_outputs(difference, signs)
        return found

    def _of_outputs(self, difference: Linear, signs: frozenset[int]) -> Node:
        outputs = outputs_in(difference)
        scores = [ref for ref in outputs if self._is_score(ref)]
        if all(not isinstance(ref, Term) and self._is_score(ref) for ref, _ in difference.terms):
            return self._of_scores(difference, signs)
        settled = self._settled(difference, signs)
        if settled is not None:
            return settled
        if len(scores) == len(outputs):
            # what a score is compared with comes before the many facts in it, so that its totals fall together early
            first = outputs[0]
            self.conditions.compare(difference.put(first, Linear(0)), signs)
        else:
            first = min((ref for ref in outputs if ref not in scores), key=self._first_variable)
        cases = self.conditions.outputs.cases(first.decision, first.name)
        self.circuit.count(_STEP * len(cases))
        return self.circuit.some(
            [
                self.circuit.every((node, self.conditions.compare(difference.put(first, as_linear(value)), signs)))
                for node, value in cases
            ]
        )

    def _of_scores(self, difference: Linear, signs: frozenset[int]) -> Node:
        """Return the node for scores alone: one weighted count of the rules of all of them."""
        factor = difference.terms[0][1]
        edge = Fraction(-difference.constant) / factor
        turned = signs if factor > 0 else frozenset(-sign for sign in signs)
        terms = [
            (tidy(Fraction(weight * part) / factor), node)
            for ref, part in difference.terms
            for weight, node in self._weights(ref)
        ]
        return self.circuit.total(0, terms, from_signs(turned, edge))

    def _settled(self, difference: Linear, signs: frozenset[int]) -> Node | None:
        """Return the node where whatever values the outputs have give the same sign; None where they do not."""
        low = high = difference.constant
        for ref, factor in difference.terms:
            range_ = self._range(ref) if ref.kind == "output" and not isinstance(ref, Term) else None
            if range_ is None:
                return None
            ends = sorted((range_[0] * factor, range_[1] * factor))
            low, high = low + ends[0], high + ends[1]
        if low > 0 or high < 0 or low == high == 0:
            sign = (low > 0) - (high < 0)
            return self.circuit.every(map(self.conditions.valued, outputs_in(difference))) if sign in signs else FALSE
        return None

    def _range(self, ref: Ref) -> tuple[Number, Number] | None:
        """Return the least and the greatest value of an output; None where it has none or they depend on facts."""
        if ref not in self._ranges:
            if self._is_score(ref):
                weights = [weight for weight, _ in self._weights(ref)]
                self._ranges[ref] = sum(w for w in weights if w < 0), sum(w for w in weights if w > 0)
            else:
                values = [value for _, value in self.conditions.outputs.cases(ref.decision, ref.name)]
                open_ = not values or any(isinstance(value, Linear) for value in values)
                self._ranges[ref] = None if open_ else (min(values), max(values))
        return self._ranges[ref]

    def _first_variable(self, ref: Ref) -> int:
        """Return which variable an output asks for first: sums are folded in the order in which facts are."""
        support = 0
        for node, _ in self.conditions.outputs.cases(ref.decision, ref.name):
            support |= self.circuit.support[node]
        return (support & -support).bit_length()

    def _is_score(self, ref: Ref) -> bool:
        return ref.kind == "output" and HIT_POLICIES[self.conditions.model.decisions[ref.decision].hit].adds

    def _weights(self, ref: Ref) -> list[tuple[Number, Node]]:
        return self.conditions.outputs.weights(self.conditions.model.decisions[ref.decision], ref.name)

    def cases(self, formula: Linear) -> list[Case]:
        """Return each value, in facts alone, that a formula can have, with the node that holds when it does."""
        found = self._cases.get(formula)
        if found is None:
            found = self._cases[formula] = self._folded(formula)
        return found

    def _folded(self, formula: Linear) -> list[Case]:
        outputs = sorted(outputs_in(formula), key=self._first_variable)
        if any(isinstance(ref, Term) and ref.outputs for ref, _ in formula.terms):
            return self._put_in_turn(formula, outputs)
        factors = dict(formula.terms)
        start = Linear(formula.constant, tuple(term for term in formula.terms if term[0] not in outputs))
        totals: dict[Linear, Node] = {start: TRUE}
        for ref in reversed(outputs):
            reached: dict[Linear, list[Node]] = {}
            for node, value in self.conditions.outputs.cases(ref.decision, ref.name):
                self.circuit.count(_STEP * len(totals))
                part = as_linear(value).times(factors[ref])
                for total, rest in totals.items():
                    reached.setdefault(total + part, []).append(self.circuit.every((node, rest)))
            totals = {total: self.circuit.some(nodes) for total, nodes in reached.items()}
        return [(node, simple(total)) for total, node in totals.items() if node != FALSE]

    def _put_in_turn(self, formula: Linear, outputs: Iterable[Ref]) -> list[Case]:
        """Return the cases of a formula with outputs in its terms: each value of each output put in its place."""
        totals: dict[Linear, Node] = {formula: TRUE}
        for ref in outputs:
            reached: dict[Linear, list[Node]] = {}
            for node, value in self.conditions.outputs.cases(ref.decision, ref.name):
                self.circuit.count(_STEP * len(totals))
                for total, rest in totals.items():
                    both = self.circuit.every((node, rest))
                    if both != FALSE:
                        reached.setdefault(total.put(ref, as_linear(value)), []).append(both)
            totals = {total: self.circuit.some(nodes) for total, nodes in reached.items()}
        return [(node, simple(total)) for total, node in totals.items()]


def outputs_in(value: Any) -> list[Ref]:
    """Return the outputs that a value uses: those of a formula; a plain value uses none."""
    if not isinstance(value, Linear):
        return []
    return list(dict.fromkeys(output for ref, _ in value.terms for output in outputs_of(ref)))


def as_linear(value: Any) -> Linear:
    """Return a number as a formula; formulas stay what they are."""
    return value if isinstance(value, Linear) else Linear(value)


def simple(value: Linear) -> Any:
    """Return a formula without terms as its number; others stay what they are."""
    return value if value.terms else value.constant
