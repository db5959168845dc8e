"""Decisions → terms of the prover: which rules apply, what comes out, and how it can end otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from hiprun.inference.hit_policy import rank
from hiprun.model import Decision, Domain, Number
from hiprun.verification.condition_encoding import Conditions, Subject
from hiprun.verification.number_encoding import Quantity, arithmetic, chosen, compare, identity
from hiprun.verification.patient_encoding import Person
from hiprun.verification.solver import Term
from hiprun.verification.three_valued_logic import Logic, Node, both, either

_PICKED = frozenset({"unique", "any", "first", "priority"})
_UNEQUAL = frozenset({-1, 1})


class Terms(Conditions[Node]):
    """The terms of one model for one patient; `plain` is the same with everything known.

    With `like`, whatever does not lean on one of the facts `changed` is taken over from there.
    """

    def __init__(  # noqa: PLR0913 - one translation out of several
        self,
        subject: Subject,
        logic: Logic[Node],
        person: Person,
        *,
        plain: Terms[Term] | None = None,
        like: Terms[Node] | None = None,
        changed: frozenset[str] = frozenset(),
        mark: str = "",
    ) -> None:
        super().__init__(subject, logic, person, like, changed, mark)
        self.plain: Terms[Any] = self if plain is None else plain

    def _behind(self, decision: str) -> frozenset[str]:
        return self.cones.of_decision(decision).facts

    # rules

    def rules(self, name: str) -> list[Node]:
        """Return one node for each rule of a decision: whether it applies."""
        decision = self.model.decisions[name]
        rules = range(len(decision.rules))
        return self.once(("rules", name), self._behind(name), lambda: [self._rule(decision, index) for index in rules])

    def _rule(self, decision: Decision, index: int) -> Node:
        def make() -> Node:
            rule = decision.rules[index]
            numbers = (self.given(decision, index, output) for output, _ in rule.then)
            valued = [number.valued for number in numbers if isinstance(number, Quantity)]
            holds = self.logic.every([self.condition(rule.condition), *valued])
            return self.named(f"{decision.name}#{index}", holds)

        return self.once(("rule", decision.name, index), self.cones.of_rule(decision.name, index).facts, make)

    def given(self, decision: Decision, index: int, output: str) -> Any:
        """Return what a rule gives for an output: a constant, a `Quantity`, or None where it gives nothing."""
        then = dict(decision.rules[index].then)
        facts = self.cones.of_rule(decision.name, index).facts
        return self.once(
            ("given", decision.name, index, output), facts, lambda: self._value(decision, output, then.get(output))
        )

    def _value(self, decision: Decision, output: str, value: Any) -> Any:
        if value is None or not decision.output(output).domain.is_numeric:
            return value
        return self.number(value)

    def otherwise(self, decision: Decision, output: str) -> tuple[Node, Any]:
        """Return what comes out when no rule applies, and the node that holds when that is a value at all."""
        if decision.otherwise is None:
            return self.logic.truth(False), None
        values = {name: self._value(decision, name, value) for name, value in decision.otherwise}
        valued = [value.valued for value in values.values() if isinstance(value, Quantity)]
        return self.logic.every(valued), values.get(output)

    def some_rule(self, name: str) -> Node:
        """Return the node that holds when at least one rule of a decision applies."""
        return self.once(
            ("some", name),
            self._behind(name),
            lambda: self.named(f"{name}: some rule", self.logic.some(self.rules(name))),
        )

    def order(self, decision: Decision) -> Sequence[int]:
        """Return the indexes of the rules in the order in which a policy looks at them."""
        rules = range(len(decision.rules))
        if decision.hit != "priority":
            return rules

        def badness(index: int) -> list[Number]:
            return [_rank(output.domain, self.given(decision, index, output.name)) for output in decision.outputs]

        return sorted(rules, key=badness, reverse=True)

    # what comes out

    def cases(self, decision: str, output: str) -> list[tuple[Node, Any]]:
        """Return the values that an output can have, each with the node that holds when it has it.

        Not for the outputs of `sum`, `count` and `collect`. Where a decision is in conflict several may hold.
        """
        model = self.model.decisions[decision]

        def make() -> list[tuple[Node, Any]]:
            if model.hit == "limits":
                return self._verdict_cases(model, output)
            pairs = self._picked(model, output) if model.hit in _PICKED else self._ranked(model, output)
            return self._grouped(model, output, pairs)

        return self.once(("cases", decision, output), self._behind(decision), make)

    def output_number(self, decision: str, output: str) -> Quantity[Node]:
        """Return a number output of a decision."""
        model = self.model.decisions[decision]
        make = self._total if model.hit in ("sum", "count") else self._number_of_cases
        return self.once(("number", decision, output), self._behind(decision), lambda: make(model, output))

    def _total(self, decision: Decision, output: str) -> Quantity[Node]:
        total: Term = 0
        known: list[Term] = []
        plain = self.plain.rules(decision.name)
        for index, node in enumerate(self.rules(decision.name)):
            weight = 1 if decision.hit == "count" else self.given(decision, index, output).term
            total = arithmetic("+", total, chosen(plain[index], weight, 0, self.engine))
            known.append(either((self.logic.yes(node), self.logic.no(node))))
        return Quantity(total, both(known), self.logic.truth(True))

    def _number_of_cases(self, decision: Decision, output: str) -> Quantity[Node]:
        term: Term = 0
        for holds, value in reversed(self.plain.cases(decision.name, output)):
            term = chosen(holds, value.term, term, self.engine)
        cases = self.cases(decision.name, output)
        settled = either(both((self.logic.yes(node), value.known)) for node, value in cases)
        return Quantity(term, settled, self.logic.some([node for node, _ in cases]))

    def _picked(self, decision: Decision, output: str) -> list[tuple[Node, Any]]:
        in_turn = decision.hit in ("first", "priority")
        nodes = self._first_to_apply(decision) if in_turn else self.rules(decision.name)
        pairs = [(node, self.given(decision, index, output)) for index, node in enumerate(nodes)]
        return [*pairs, *self._rest(decision, output, self.some_rule(decision.name))]

    def _first_to_apply(self, decision: Decision) -> list[Node]:
        nodes, found = self.rules(decision.name), {}
        none_before = self.logic.truth(True)
        for place, index in enumerate(self.order(decision)):
            found[index] = self.logic.every((none_before, nodes[index]))
            none_now = self.logic.every((none_before, self.logic.negate(nodes[index])))
            none_before = self.named(f"{decision.name}: none of {place + 1}", none_now)
        return [found[index] for index in range(len(nodes))]

    def _ranked(self, decision: Decision, output: str) -> list[tuple[Node, Any]]:
        found: list[tuple[Node, Any]] = []
        reached = self.logic.truth(False)
        for value, node in self._reached(decision, output):
            found.append((self.logic.every((node, self.logic.negate(reached))), value))
            reached = self.logic.some((reached, node))
        return [*found, *self._rest(decision, output, reached)]

    def _rest(self, decision: Decision, output: str, given: Node) -> list[tuple[Node, Any]]:
        valued, value = self.otherwise(decision, output)
        return [] if value is None else [(self.logic.every((self.logic.negate(given), valued)), value)]

    def _reached(self, decision: Decision, output: str) -> list[tuple[Any, Node]]:
        """Return the values that rules of `worst`, `min` or `max` give, the winning first, and when one gives them."""
        by_strength: dict[Number, tuple[Any, list[Node]]] = {}
        for index, node in enumerate(self.rules(decision.name)):
            value = self.given(decision, index, output)
            if value is not None:
                strength = self.strength(decision, output, value)
                by_strength.setdefault(strength, (value, []))[1].append(node)
        return [
            (value, self.named(f"{decision.name}.{output}: strength {strength}", self.logic.some(nodes)))
            for strength, (value, nodes) in sorted(by_strength.items(), key=lambda entry: entry[0], reverse=True)
        ]

    def strength(self, decision: Decision, output: str, value: Any) -> Number:
        """Return how strongly a value stands under `worst`, `min` or `max`; the largest wins."""
        if decision.hit == "worst":
            return _rank(decision.output(output).domain, value)
        number: Number = value.term
        return number if decision.hit == "max" else -number

    def _grouped(self, decision: Decision, output: str, pairs: list[tuple[Node, Any]]) -> list[tuple[Node, Any]]:
        by_value: dict[Any, tuple[Any, list[Node]]] = {}
        for node, value in pairs:
            by_value.setdefault(identity(value), (value, []))[1].append(node)
        return [
            (self.named(f"{decision.name}.{output} case {number}", self.logic.some(nodes)), value)
            for number, (value, nodes) in enumerate(by_value.values())
        ]

    def _verdict_cases(self, decision: Decision, output: str) -> list[tuple[Node, Any]]:
        logic = self.logic
        value = self.number(dict(decision.quantities)[output])
        sides: dict[str, list[Node]] = {"at_most": [], "at_least": []}
        for index, (rule, node) in enumerate(zip(decision.rules, self.rules(decision.name), strict=True)):
            limit = self.given(decision, index, output)
            if limit is not None:
                sign = frozenset({1 if rule.bound == "at_most" else -1})
                broken = logic.atom(compare(value.term, sign, limit.term), both((value.known, limit.known)))
                sides[rule.bound].append(logic.every((node, broken)))
        above, below = logic.some(sides["at_most"]), logic.some(sides["at_least"])
        not_above, not_below = logic.negate(above), logic.negate(below)
        return [
            (logic.every((above, value.valued)), "above"),
            (logic.every((not_above, below, value.valued)), "below"),
            (logic.every((not_above, not_below, value.valued)), "within"),
        ]

    # how a decision can end

    def answered(self, name: str) -> Node:
        """Return the node that holds when a decision has an answer, if it is not in conflict."""
        decision = self.model.decisions[name]
        if decision.hit in ("collect", "sum", "count", "limits"):
            return self.logic.truth(True)
        return self.logic.some((self.some_rule(name), self.otherwise(decision, "")[0]))

    def conflict(self, name: str) -> Node:
        """Return the node that holds when a decision, or one it leans on, is in conflict."""
        names = sorted(self.cones.of_decision(name).decisions)
        return self.logic.some([self.own_conflict(self.model.decisions[other]) for other in names])

    def own_conflict(self, decision: Decision) -> Node:
        """Return the node that holds when rules of this decision contradict each other."""
        return self.once(("conflict", decision.name), self._behind(decision.name), lambda: self._own_conflict(decision))

    def _own_conflict(self, decision: Decision) -> Node:
        nodes = self.rules(decision.name)
        found: list[Node] = []
        if decision.hit == "unique":
            found = self._several(decision, nodes)
        elif decision.hit == "any":
            groups: dict[Any, list[int]] = {}
            for index in range(len(nodes)):
                groups.setdefault(tuple(map(identity, self.answer(decision, index))), []).append(index)
            together = [self.logic.some([nodes[index] for index in group]) for group in groups.values()]
            firsts = [group[0] for group in groups.values()]
            if all(self.differ(decision, first, other) is True for first, other in combinations(firsts, 2)):
                found = self._several(decision, together)
            else:
                found = [
                    self.logic.every((one, other, self._differ(decision, first, second)))
                    for (one, first), (other, second) in combinations(zip(together, firsts, strict=True), 2)
                ]
        return self.named(f"{decision.name}: conflict", self.logic.some(found))

    def _several(self, decision: Decision, nodes: Sequence[Node]) -> list[Node]:
        """Return the ways in which more than one of `nodes` can hold, each node with any of those before it."""
        found: list[Node] = []
        before = self.logic.truth(False)
        for place, node in enumerate(nodes):
            found.append(self.logic.every((before, node)))
            before = self.named(f"{decision.name}: some of {place + 1}", self.logic.some((before, node)))
        return found

    def answer(self, decision: Decision, index: int) -> list[Any]:
        """Return what a rule gives, one entry for each output."""
        return [self.given(decision, index, output.name) for output in decision.outputs]

    def differ(self, decision: Decision, first: int, second: int) -> Term:
        """Return whether what two rules give is not the same."""
        return self.plain.logic.yes(self.plain._differ(decision, first, second))

    def _differ(self, decision: Decision, first: int, second: int) -> Node:
        found: list[Node] = []
        for one, other in zip(self.answer(decision, first), self.answer(decision, second), strict=True):
            if isinstance(one, Quantity) and isinstance(other, Quantity):
                unequal = compare(one.term, _UNEQUAL, other.term)
                found.append(self.logic.atom(unequal, both((one.known, other.known))))
            else:
                found.append(self.logic.truth(one != other))
        return self.logic.some(found)


def _rank(domain: Domain, value: Any) -> Number:
    return rank(domain, value.term if isinstance(value, Quantity) else value)
