"""The rules of a decision → terms of the prover: which apply, and what each of them gives."""

from __future__ import annotations

from typing import Any

from hiprun.model import Decision, as_formula
from hiprun.verification.condition_encoding import Conditions, Subject
from hiprun.verification.condition_logics import Logic, Node, both
from hiprun.verification.number_encoding import Quantity, compare
from hiprun.verification.patient_encoding import Person
from hiprun.verification.solver import Term

_UNEQUAL = frozenset({-1, 1})


class RuleTerms(Conditions[Node]):
    """The terms of the rules of one model for one patient; `plain` is the same with everything known.

    With `like`, whatever does not lean on one of the facts `changed` is taken over from there.
    """

    def __init__(  # noqa: PLR0913 - one translation out of several
        self,
        subject: Subject,
        logic: Logic[Node],
        person: Person,
        *,
        plain: RuleTerms[Term] | None = None,
        like: RuleTerms[Node] | None = None,
        changed: frozenset[str] = frozenset(),
        mark: str = "",
    ) -> None:
        super().__init__(subject, logic, person, like, changed, mark)
        self.plain: RuleTerms[Any] = self if plain is None else plain

    def behind(self, decision: str) -> frozenset[str]:
        """Return the facts that a decision leans on."""
        return self.cones.of_decision(decision).facts

    def rules(self, name: str) -> list[Node]:
        """Return one node for each rule of a decision: whether it applies."""
        decision = self.model.decisions[name]
        rules = range(len(decision.rules))
        return self.once(("rules", name), self.behind(name), lambda: [self._rule(decision, index) for index in rules])

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
        if value is None or not decision.is_number(output):
            return value
        return self.number(as_formula(value))

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
            self.behind(name),
            lambda: self.named(f"{name}: some rule", self.logic.some(self.rules(name))),
        )

    def answer(self, decision: Decision, index: int) -> list[Any]:
        """Return what a rule gives, one entry for each output."""
        return [self.given(decision, index, output.name) for output in decision.outputs]

    def differ(self, decision: Decision, first: int, second: int) -> Term:
        """Return whether what two rules give is not the same."""
        return self.plain.logic.yes(self.plain.unlike(decision, first, second))

    def unlike(self, decision: Decision, first: int, second: int) -> Node:
        """Return the node that holds when what two rules give is not the same."""
        found: list[Node] = []
        for one, other in zip(self.answer(decision, first), self.answer(decision, second), strict=True):
            if isinstance(one, Quantity) and isinstance(other, Quantity):
                unequal = compare(one.term, _UNEQUAL, other.term)
                found.append(self.logic.atom(unequal, both((one.known, other.known))))
            else:
                found.append(self.logic.truth(one != other))
        return self.logic.some(found)
