"""Whether two models that differ in one place differ for any patient: exactly, by what their circuits have in common.

Both models are translated over the same facts into one circuit, in which what is the same becomes the same node. What
is left is the question whether some patient who can exist gets another answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hiprun.inference.circuit import FALSE, TRUE, Node
from hiprun.inference.grounding import Branch, Program, permitted
from hiprun.inference.grounding.conditions import Conditions
from hiprun.inference.grounding.decisions import Decisions
from hiprun.inference.grounding.output_formulas import as_linear
from hiprun.inference.intervals import complement
from hiprun.inference.linear_constraints import Linear
from hiprun.model import Decision, Model
from hiprun.testing.case_generation import asked

_UNEQUAL = frozenset({-1, 1})
_NOT_ZERO = complement((((0, 0), (0, 1)),))
Bound = tuple[Node, Linear]


def of_constraints(first: Model, second: Model) -> Program:
    """Return the question whether some patient can exist by the constraints of one model only."""
    sides = _Sides(first, second)
    nodes = [permitted(side) for side in (sides.first, sides.second)]
    return asked(sides.first, sides.unlike(*nodes), within=TRUE)


def of_decision(first: Model, second: Model, name: str, *, visible: bool = True) -> Program:
    """Return the question whether some patient gets another answer from a decision.

    With `visible`, only what a case can say counts: of limits, a bound that one model alone has does not, unless it
    shows in the verdict.
    """
    sides = _Sides(first, second)
    return asked(sides.first, sides.differ(name, visible=visible))


class _Sides:
    """Two models, translated into one circuit."""

    def __init__(self, first: Model, second: Model) -> None:
        self.first, self.second = Conditions(first), Conditions(second)
        self.second.variables, self.second.circuit = self.first.variables, self.first.circuit
        self.circuit = self.first.circuit
        self.decisions = Decisions(self.first), Decisions(self.second)

    def unlike(self, one: Node, other: Node) -> Node:
        """Return the node that holds when exactly one of two does."""
        circuit = self.circuit
        return circuit.some((circuit.every((one, circuit.negate(other))), circuit.every((circuit.negate(one), other))))

    def differ(self, name: str, *, visible: bool) -> Node:
        """Return the node that holds for patients who get another answer, permitted or not."""
        pairs = list(zip(self.decisions, self._both(name), strict=True))
        conflicts = [side.conflict(decision) for side, decision in pairs]
        agreed = [self.circuit.negate(node) for node in conflicts]
        hit = pairs[0][1].hit
        if hit == "collect":
            found = list(self._lists(name))
        elif hit == "limits":
            found = list(self._limits(name, visible=visible))
        elif hit in ("sum", "count"):
            found = list(self._totals(name))
        else:
            found = list(self._answers(name))
        return self.circuit.some([self.unlike(*conflicts), self.circuit.every([*agreed, self.circuit.some(found)])])

    def _both(self, name: str) -> tuple[Decision, Decision]:
        return self.first.model.decisions[name], self.second.model.decisions[name]

    def _answers(self, name: str) -> Iterator[Node]:
        decision, _ = self._both(name)
        for output in decision.outputs:
            cases = [side.cases(name, output.name) for side in self.decisions]
            yield self.unlike(*(self.circuit.some([node for node, _ in side]) for side in cases))
            for node, value in cases[0]:
                for other_node, other in cases[1]:
                    yield self.circuit.every((node, other_node, self._unequal(value, other)))
        if decision.kind == "criteria":
            nodes = self._by_id(name)
            for id_ in {**nodes[0], **nodes[1]}:
                yield self.unlike(*(self.circuit.some(side.get(id_, [])) for side in nodes))

    def _by_id(self, name: str) -> list[dict[str, list[Node]]]:
        found: list[dict[str, list[Node]]] = []
        for side, decision in zip(self.decisions, self._both(name), strict=True):
            found.append({})
            for rule, node in zip(decision.rules, side.rules(decision), strict=True):
                found[-1].setdefault(rule.id, []).append(node)
        return found

    def _totals(self, name: str) -> Iterator[Node]:
        one, other = self._both(name)
        first, second = self.decisions
        for output in one.outputs:
            weights = first.weights(one, output.name)
            weights += [(-weight, node) for weight, node in second.weights(other, output.name)]
            yield self.circuit.total(0, weights, _NOT_ZERO)

    def _lists(self, name: str) -> Iterator[Node]:
        rows = []
        for side, decision in zip(self.decisions, self._both(name), strict=True):
            by_id: dict[str, list[Branch]] = {}
            for branch in side.branches(decision):
                by_id.setdefault(decision.rules[branch.rule].id, []).append(branch)
            rows.append(by_id)
        for id_ in {**rows[0], **rows[1]}:
            first, second = (side.get(id_, []) for side in rows)
            yield self.unlike(*(self.circuit.some([branch.node for branch in side]) for side in (first, second)))
            for one in first:
                for other in second:
                    yield self.circuit.every((one.node, other.node, self._rows_differ(one.values, other.values)))

    def _rows_differ(self, one: Any, other: Any) -> Node:
        return self.circuit.some([self._unequal(value, other[name]) for name, value in one.items()])

    def _unequal(self, one: Any, other: Any) -> Node:
        if isinstance(one, Linear) or isinstance(other, Linear):
            return self.first.compare(as_linear(one) + as_linear(other).times(-1), _UNEQUAL)
        return FALSE if one == other else TRUE

    def _limits(self, name: str, *, visible: bool) -> Iterator[Node]:
        decisions = self._both(name)
        for quantity, _ in decisions[0].quantities:
            verdicts = [side.verdict(own, quantity) for side, own in zip(self.decisions, decisions, strict=True)]
            for verdict in verdicts[0]:
                yield self.unlike(verdicts[0][verdict], verdicts[1][verdict])
            for bound in ("at_least", "at_most"):
                first, second = (
                    list(self._tightest(side, own, quantity, bound))
                    for side, own in zip(self.decisions, decisions, strict=True)
                )
                some = [self.circuit.some([node for node, _ in side]) for side in (first, second)]
                yield self.circuit.every((some[0], self.circuit.negate(some[1])))
                if not visible:
                    yield self.circuit.every((some[1], self.circuit.negate(some[0])))
                for node, limit in first:
                    for other_node, other in second:
                        yield self.circuit.every((node, other_node, self._unequal(limit, other)))

    def _tightest(self, side: Decisions, decision: Decision, quantity: str, bound: str) -> Iterator[Bound]:
        """Yield every bound of one side of a quantity, with the node that holds when none that applies is tighter."""
        bounds = list(self._bounds(side, decision, quantity, bound))
        tighter = frozenset({-1}) if bound == "at_most" else frozenset({1})
        for node, limit in bounds:
            beaten = [
                self.circuit.every((other_node, side.conditions.compare(other + limit.times(-1), tighter)))
                for other_node, other in bounds
            ]
            yield self.circuit.every((node, self.circuit.negate(self.circuit.some(beaten)))), limit

    def _bounds(self, side: Decisions, decision: Decision, quantity: str, bound: str) -> Iterator[Bound]:
        for branch in side.branches(decision):
            rule = decision.rules[branch.rule]
            if rule.bound == bound and rule.then[0][0] == quantity:
                yield branch.node, as_linear(branch.values[quantity])
