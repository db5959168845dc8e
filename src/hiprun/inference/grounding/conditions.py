"""Conditions → nodes: tests of facts become literals, derived facts and outputs of decisions what they stand for."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, assert_never

from hiprun.inference.circuit import FALSE, TRUE, Node
from hiprun.inference.grounding.output_formulas import OutputFormulas, Outputs, outputs_in
from hiprun.inference.grounding.variables import Variables
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.interval_sets import Region, from_signs, is_whole, whole
from hiprun.inference.linear_forms import Linear, linear
from hiprun.inference.operators import Compare, Has, Leaf, Meaning, code, holds, meaning
from hiprun.model import (
    All,
    AnyOf,
    Condition,
    Count,
    Domain,
    Formula,
    HasValue,
    Model,
    Not,
    Number,
    Ref,
    Test,
    as_formula,
    formula_refs,
    is_formula,
)


class Conditions:
    """Translates conditions over one set of variables; equal conditions are translated once."""

    def __init__(self, model: Model, outputs: Outputs, variables: Variables) -> None:
        self.model, self.outputs, self.variables = model, outputs, variables
        self.circuit = self.variables.circuit
        self.numbers = {name: parameter.value for name, parameter in model.parameters.items()}
        self.nodes: dict[Condition, Node] = {}
        self.formulas = OutputFormulas(self)
        self._derived: dict[str, Linear] = {}
        self._known_valued: dict[Ref, Node] = {}

    def take_over(self, other: Conditions) -> None:
        """Take over what was translated for a model in which the names used here mean the same."""
        self.nodes = other.nodes
        self._derived = other._derived
        self._known_valued = other._known_valued

    def condition(self, condition: Condition) -> Node:
        """Return the node that holds when `condition` does."""
        found = self.nodes.get(condition)
        if found is None:
            found = self.nodes[condition] = self._condition(condition)
        return found

    def _condition(self, condition: Condition) -> Node:
        circuit = self.circuit
        match condition:
            case All(parts):
                return circuit.every([self.condition(part) for part in parts])
            case AnyOf(parts):
                return circuit.some([self.condition(part) for part in parts])
            case Not(part):
                return circuit.negate(self.condition(part))
            case Count(parts, lowest, highest):
                wanted: Region = (((lowest, 0), (highest, 1)),)
                return circuit.total(0, [(1, self.condition(part)) for part in parts], wanted)
            case HasValue(ref, held):
                valued = self.valued(ref)
                return valued if held else circuit.negate(valued)
            case Test():
                return self._test(condition)
            case _:
                assert_never(condition)

    def _test(self, test: Test) -> Node:
        subject = test.subject
        match subject.kind:
            case "fact":
                domain = self.model.facts[subject.name].domain
            case "derived":
                derived = self.model.derived[subject.name]
                if derived.condition is not None:
                    return self._of_truth(test, self.condition(derived.condition))
                domain = derived.domain
            case _:
                domain = self.model.decisions[subject.decision].condition_domain(subject.name)
        if domain.is_numeric or (domain.type == "date" and self._has_formula(test)):
            left = self.linear(subject)
            operands: list[Any] = [self.linear(as_formula(operand)) for operand in test.operands]

            def compared(part: Leaf) -> Node:
                assert isinstance(part, Compare)  # only sets have members
                return self.compare(left + part.operand.times(-1), part.signs)

            node = self.circuit.meant(meaning(test.operator, operands), compared)
            return self.circuit.every([node, *map(self.has_value, (subject, *test.operands))])
        if domain.type == "set":
            sense = meaning(test.operator, test.operands, domain.choices)
            if subject.kind == "fact":
                return self._of_fact(sense, subject.name, domain)
        else:
            sense = meaning(test.operator, [code(domain, operand) for operand in test.operands])
            if subject.kind == "fact":
                return self._of_fact(sense, subject.name, domain)
        cases = self.outputs.cases(subject.decision, subject.name)
        return self.circuit.some([node for node, value in cases if holds(sense, code(domain, value))])

    def _has_formula(self, test: Test) -> bool:
        """Return whether a test of a date works with a formula."""
        subject = test.subject
        if subject.kind == "output" and self.model.decisions[subject.decision].is_number(subject.name):
            return True
        return subject.kind == "derived" or any(map(is_formula, test.operands))

    def _of_fact(self, sense: Meaning, fact: str, domain: Domain) -> Node:
        def leaf(part: Leaf) -> Node:
            match part:
                case Has(choice):
                    return self.circuit.literal(self.variables.member(fact, choice), (((1, 0), (2, 0)),))
                case Compare():
                    region = self._region(part, fact, domain)
                    return self.circuit.literal(self.variables.fact(fact, domain), region)
                case _:
                    assert_never(part)

        return self.circuit.meant(sense, leaf)

    def _region(self, part: Compare, fact: str, domain: Domain) -> Region:
        if domain.type == "string":
            return self.variables.texts[fact].meeting(part)
        region = from_signs(part.signs, part.operand)
        return whole(region) if is_whole(domain) else region

    def _of_truth(self, test: Test, node: Node) -> Node:
        """Return the node that holds when a truth, that of `node`, meets a test."""
        sense = meaning(test.operator, list(map(int, test.operands)))  # type: ignore[arg-type]
        sides = ((1, node), (0, self.circuit.negate(node)))
        return self.circuit.some([side for value, side in sides if holds(sense, value)])

    def linear(self, formula: Formula) -> Linear:
        """Return what a formula comes to, over facts and outputs of decisions."""
        for ref in formula_refs(formula):
            if ref.kind == "derived" and ref.name not in self._derived:
                definition = self.model.derived[ref.name].formula
                assert definition is not None
                self._derived[ref.name] = self.linear(definition)
        return linear(formula, self.numbers, self._derived)

    def compare(self, difference: Linear, signs: frozenset[int]) -> Node:
        """Return the node that holds when the sign of `difference` is one of `signs`."""
        if outputs_in(difference):
            return self.formulas.compared(difference, signs)
        if not difference.terms:
            return TRUE if _sign(difference.constant) in signs else FALSE
        factor = difference.terms[0][1]
        if factor < 0:
            signs = frozenset(-sign for sign in signs)
        edge = Fraction(-difference.constant) / factor
        region = from_signs(signs, edge.numerator if edge.denominator == 1 else edge)
        if len(difference.terms) == 1:
            index = self.variables.of_ref(difference.terms[0][0])
        else:
            scaled = difference.times(Fraction(1) / factor)
            index = self.variables.total(scaled.terms)
        return self.circuit.literal(index, whole(region) if self.variables.entries[index].whole else region)

    def has_value(self, formula: Any) -> Node:
        """Return the node that holds when every output that a formula uses has a value."""
        return self.circuit.every([self.valued(ref) for ref in formula_refs(formula) if ref.kind != "fact"])

    def valued(self, ref: Ref) -> Node:
        """Return the node that holds when an output, or every output behind a derived fact, has a value."""
        found = self._known_valued.get(ref)
        if found is None:
            if ref.kind == "derived":
                found = self.has_value(self.model.derived[ref.name].formula)
            elif HIT_POLICIES[self.model.decisions[ref.decision].hit].adds:
                found = TRUE
            else:
                found = self.circuit.some([node for node, _ in self.outputs.cases(ref.decision, ref.name)])
            self._known_valued[ref] = found
        return found


def _sign(number: Number) -> int:
    return (number > 0) - (number < 0)
