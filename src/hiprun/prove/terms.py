"""A model's rules → terms of the prover, for one patient and in one logic.

This reads the model itself, not the engine's grounded form of it, so that the two check one another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Generic

import attrs

from hiprun.kernel.policy import rank
from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Count,
    Decision,
    Domain,
    Formula,
    Model,
    Not,
    Number,
    ParameterRef,
    Ref,
    Test,
)
from hiprun.operators import Compare, Every, Meaning, Some, code, holds, meaning
from hiprun.prove.cones import Cones
from hiprun.prove.engine import Engine, Term, z3
from hiprun.prove.logic import Logic, Node, at_least, both, either
from hiprun.prove.people import Person, is_number, lifted
from hiprun.values import tidy

VERDICT = Domain(type="choice", choices={"below": "", "within": "", "above": ""})
_PICKED = frozenset({"unique", "any", "first", "priority"})


@attrs.frozen(eq=False)
class Quantity(Generic[Node]):
    """A number: its term, whether the facts behind it are known, and the node that holds when there is a number."""

    term: Term
    known: Term
    valued: Node


class Terms(Generic[Node]):
    """The terms of one model for one patient; `plain` is the same with everything known.

    With `like`, whatever does not lean on one of the facts `changed` is taken over from there.
    """

    def __init__(
        self,
        model: Model,
        logic: Logic[Node],
        person: Person,
        cones: Cones,
        texts: Mapping[str, Sequence[str]],
        *,
        plain: Terms[Term] | None = None,
        like: Terms[Node] | None = None,
        changed: frozenset[str] = frozenset(),
        mark: str = "",
    ) -> None:
        self.model, self.logic, self.person, self.cones, self.texts = model, logic, person, cones, texts
        self.plain: Terms[Any] = self if plain is None else plain
        self._definitions: list[Term] = []
        self._names: dict[int, tuple[Term, Term]] = {} if like is None else dict(like._names)
        self._like, self._changed, self._mark = like, changed, mark
        self._memo: dict[tuple[Any, ...], Any] = {}

    @property
    def engine(self) -> Engine:
        """The engine whose terms these are."""
        return self.person.engine

    def define(self, label: str, term: Term) -> Term:
        """Return a name for `term`, always the same for the same."""
        if isinstance(term, bool) or z3.is_const(term) or (z3.is_not(term) and z3.is_const(term.arg(0))):
            return term
        found = self._names.get(term.get_id())
        if found is None:
            name = self.engine.boolean(f"{self._mark}{label}")
            self._definitions.append(name == term)
            found = self._names[term.get_id()] = (name, term)  # the term is kept, or its id would be given again
        return found[0]

    def drain(self) -> list[Term]:
        """Return the definitions of names given since this was last asked."""
        found, self._definitions = self._definitions, []
        return found

    def _named(self, label: str, node: Node) -> Node:
        return self.logic.named(node, label, self.define)

    # conditions

    def condition(self, condition: Condition) -> Node:
        """Return the node that holds when `condition` does."""
        logic = self.logic
        match condition:
            case All(parts):
                return logic.every([self.condition(part) for part in parts])
            case AnyOf(parts):
                return logic.some([self.condition(part) for part in parts])
            case Not(part):
                return logic.negate(self.condition(part))
            case Count(parts, lowest, highest):
                nodes = [self.condition(part) for part in parts]
                too_many = at_least(logic, nodes, highest + 1)
                return logic.every((at_least(logic, nodes, lowest), logic.negate(too_many)))
            case Test():
                return self._test(condition)

    def _test(self, test: Test) -> Node:
        subject, operands = test.subject, test.operands
        domain = self.domain(subject)
        if domain.is_numeric:
            numbers = [self.number(operand) for operand in (subject, *operands)]  # type: ignore[arg-type]
            compared = self._compared(meaning(test.operator, numbers[1:]), numbers[0])
            return self.logic.every([compared, *(number.valued for number in numbers)])
        if subject.kind == "derived":
            node = self.derived(subject.name)
            return node if operands[0] is (test.operator == "is") else self.logic.negate(node)
        coded = [code(domain, operand) if domain.type in ("choice", "boolean") else operand for operand in operands]
        sense = meaning(test.operator, coded, domain.choices)
        if subject.kind == "fact":
            return self._of_fact(subject.name, domain, sense)
        cases = self.cases(subject.decision, subject.name)
        return self.logic.some([node for node, value in cases if holds(sense, code(domain, value))])

    def domain(self, ref: Ref) -> Domain:
        """Return the values that a fact, derived fact or output can have."""
        match ref.kind:
            case "fact":
                return self.model.facts[ref.name].domain
            case "derived":
                return Domain("boolean" if self.model.derived[ref.name].formula is None else "number")
            case _:
                decision = self.model.decisions[ref.decision]
                return VERDICT if decision.hit == "limits" else decision.output(ref.name).domain

    def _of_fact(self, fact: str, domain: Domain, sense: Meaning) -> Node:
        known = self.person.known(fact)
        if is_number(domain):
            return self._compared(sense, Quantity(self.person.number(fact, domain), known, self.logic.truth(True)))
        return self.logic.atom(self.person.test(fact, domain, sense, self.texts.get(fact, [])), known)

    def _compared(self, sense: Meaning, left: Quantity[Node]) -> Node:
        match sense:
            case Compare(signs, right):
                if not isinstance(right, Quantity):
                    right = Quantity(right, True, self.logic.truth(True))
                return self.logic.atom(compare(left.term, signs, right.term), both((left.known, right.known)))
            case Every(parts):
                return self.logic.every([self._compared(part, left) for part in parts])
            case Some(parts):
                return self.logic.some([self._compared(part, left) for part in parts])
            case _:
                raise AssertionError(sense)

    def derived(self, name: str) -> Node:
        """Return the node that holds when a derived fact is true."""
        key = ("derived", name)
        if key not in self._memo:
            condition = self.model.derived[name].condition
            assert condition is not None
            if self._like is not None and not self.cones.of_derived(name).facts & self._changed:
                self._memo[key] = self._like.derived(name)
            else:
                self._memo[key] = self._named(name, self.condition(condition))
        return self._memo[key]  # type: ignore[no-any-return]

    # numbers

    def number(self, formula: Formula) -> Quantity[Node]:
        """Return what a formula comes to."""
        always = self.logic.truth(True)
        match formula:
            case Constant(value):
                return Quantity(value, True, always)
            case ParameterRef(name):
                return Quantity(self.model.parameters[name].value, True, always)
            case Ref("fact", name):
                domain = self.model.facts[name].domain
                return Quantity(self.person.number(name, domain), self.person.known(name), always)
            case Ref("derived", name):
                definition = self.model.derived[name].formula
                assert definition is not None
                return self.number(definition)
            case Ref(_, name, decision):
                return self.output_number(decision, name)
            case Arithmetic(operator, left, right):
                first, second = self.number(left), self.number(right)
                term = arithmetic(operator, first.term, second.term)
                valued = self.logic.every((first.valued, second.valued))
                return Quantity(term, both((first.known, second.known)), valued)

    def output_number(self, name: str, output: str) -> Quantity[Node]:
        """Return a number output of a decision."""
        key = ("number", name, output)
        if key not in self._memo:
            if self._like is not None and not self.cones.of_decision(name).facts & self._changed:
                self._memo[key] = self._like.output_number(name, output)
            else:
                self._memo[key] = self._made_number(self.model.decisions[name], output)
        return self._memo[key]  # type: ignore[no-any-return]

    def _made_number(self, decision: Decision, output: str) -> Quantity[Node]:
        logic = self.logic
        rules = self.rules(decision.name)
        if decision.hit in ("sum", "count"):
            total: Term = 0
            known: list[Term] = []
            for index, node in enumerate(rules):
                weight = 1 if decision.hit == "count" else self.plain.given(decision, index, output).term
                holds_ = self.plain.rules(decision.name)[index]
                total = arithmetic("+", total, chosen(holds_, weight, 0, self.engine))
                known.append(either((logic.yes(node), logic.no(node))))
            return Quantity(total, both(known), logic.truth(True))
        cases = self.cases(decision.name, output)
        term: Term = 0
        plain_cases = self.plain.cases(decision.name, output)
        for node, value in reversed(plain_cases):
            term = chosen(node, value.term if isinstance(value, Quantity) else value, term, self.engine)
        settled = either(
            both((logic.yes(node), value.known if isinstance(value, Quantity) else True)) for node, value in cases
        )
        return Quantity(term, settled, logic.some([node for node, _ in cases]))

    # decisions

    def rules(self, name: str) -> list[Node]:
        """Return one node for each rule of a decision: whether it applies."""
        key = ("rules", name)
        if key not in self._memo:
            decision = self.model.decisions[name]
            self._memo[key] = [self._rule(decision, index) for index in range(len(decision.rules))]
        return self._memo[key]  # type: ignore[no-any-return]

    def _rule(self, decision: Decision, index: int) -> Node:
        if self._like is not None and not self.cones.of_rule(decision.name, index).facts & self._changed:
            return self._like.rules(decision.name)[index]
        rule = decision.rules[index]
        valued = [value.valued for value in map(self._payload(decision), rule.then) if isinstance(value, Quantity)]
        return self._named(f"{decision.name}#{index}", self.logic.every([self.condition(rule.condition), *valued]))

    def _payload(self, decision: Decision) -> Any:
        def payload(pair: tuple[str, Any]) -> Any:
            name, value = pair
            return self.number(value) if decision.output(name).domain.is_numeric else value

        return payload

    def given(self, decision: Decision, index: int, output: str) -> Any:
        """Return what a rule gives for an output: a constant, a `Quantity`, or None where it gives nothing."""
        key = ("given", decision.name, index, output)
        if key not in self._memo:
            then = dict(decision.rules[index].then)
            self._memo[key] = self._payload(decision)((output, then[output])) if output in then else None
        return self._memo[key]

    def otherwise(self, decision: Decision, output: str) -> tuple[Node, Any]:
        """Return what comes out when no rule applies, and the node that holds when that is a value at all."""
        if decision.otherwise is None:
            return self.logic.truth(False), None
        values = {pair[0]: self._payload(decision)(pair) for pair in decision.otherwise}
        valued = [value.valued for value in values.values() if isinstance(value, Quantity)]
        return self.logic.every(valued), values[output]

    def cases(self, name: str, output: str) -> list[tuple[Node, Any]]:
        """Return the values that an output can have, each with the node that holds when it has it.

        Not for the outputs of `sum`, `count` and `collect`. Where a decision is in conflict several may hold.
        """
        key = ("cases", name, output)
        if key not in self._memo:
            decision = self.model.decisions[name]
            if self._like is not None and not self.cones.of_decision(name).facts & self._changed:
                self._memo[key] = self._like.cases(name, output)
            elif decision.hit == "limits":
                self._memo[key] = self._verdict_cases(decision, output)
            elif decision.hit in _PICKED:
                self._memo[key] = self._picked_cases(decision, output)
            else:
                self._memo[key] = self._ranked_cases(decision, output)
        return self._memo[key]  # type: ignore[no-any-return]

    def order(self, decision: Decision) -> Sequence[int]:
        """Return the indexes of the rules in the order in which a policy looks at them."""
        if decision.hit != "priority":
            return range(len(decision.rules))

        def badness(index: int) -> list[Number]:
            return [self.rank(output.domain, self.given(decision, index, output.name)) for output in decision.outputs]

        return sorted(range(len(decision.rules)), key=badness, reverse=True)

    def rank(self, domain: Domain, value: Any) -> Number:
        """Return how bad a constant value of an ordered output is."""
        return rank(domain, value.term if isinstance(value, Quantity) else value)

    def first_at(self, decision: Decision) -> list[Node]:
        """Return for every rule the node that holds when it is the first, in the order of the policy, to apply."""
        key = ("first", decision.name)
        if key not in self._memo:
            nodes, found = self.rules(decision.name), {}
            none_before = self.logic.truth(True)
            for place, index in enumerate(self.order(decision)):
                found[index] = self.logic.every((none_before, nodes[index]))
                none_before = self._named(
                    f"{decision.name}: none of the first {place + 1}",
                    self.logic.every((none_before, self.logic.negate(nodes[index]))),
                )
            self._memo[key] = [found[index] for index in range(len(nodes))]
        return self._memo[key]  # type: ignore[no-any-return]

    def some_rule(self, name: str) -> Node:
        """Return the node that holds when at least one rule of a decision applies."""
        key = ("some", name)
        if key not in self._memo:
            self._memo[key] = self._named(f"{name}: some rule", self.logic.some(self.rules(name)))
        return self._memo[key]  # type: ignore[no-any-return]

    def _picked_cases(self, decision: Decision, output: str) -> list[tuple[Node, Any]]:
        in_turn = decision.hit in ("first", "priority")
        nodes = self.first_at(decision) if in_turn else self.rules(decision.name)
        pairs = [(node, self.given(decision, index, output)) for index, node in enumerate(nodes)]
        valued, rest = self.otherwise(decision, output)
        if decision.otherwise is not None:
            none = self.logic.negate(self.some_rule(decision.name))
            pairs.append((self.logic.every((none, valued)), rest))
        return self._grouped(decision, output, pairs)

    def _ranked_cases(self, decision: Decision, output: str) -> list[tuple[Node, Any]]:
        logic = self.logic
        found: list[tuple[Node, Any]] = []
        none_worse = logic.truth(True)
        for value, node in self.reached(decision, output):
            found.append((logic.every((none_worse, node)), value))
            none_worse = logic.every((none_worse, logic.negate(node)))
        valued, rest = self.otherwise(decision, output)
        if decision.otherwise is not None:
            found.append((logic.every((none_worse, valued)), rest))
        return self._grouped(decision, output, found)

    def reached(self, decision: Decision, output: str) -> list[tuple[Any, Node]]:
        """Return the values that rules of `worst`, `min` or `max` give, the winning first, and when one gives them."""
        key = ("reached", decision.name, output)
        if key not in self._memo:
            nodes = self.rules(decision.name)
            by_rank: dict[Number, tuple[Any, list[Node]]] = {}
            for index, node in enumerate(nodes):
                value = self.given(decision, index, output)
                if value is not None:
                    by_rank.setdefault(self.strength(decision, output, value), (value, []))[1].append(node)
            self._memo[key] = [
                (value, self._named(f"{decision.name}.{output}: rank {number}", self.logic.some(found)))
                for number, (value, found) in sorted(by_rank.items(), key=lambda entry: entry[0], reverse=True)
            ]
        return self._memo[key]  # type: ignore[no-any-return]

    def strength(self, decision: Decision, output: str, value: Any) -> Number:
        """Return how strongly a value stands under `worst`, `min` or `max`; the largest wins."""
        if decision.hit == "worst":
            return self.rank(decision.output(output).domain, value)
        number: Number = value.term
        return number if decision.hit == "max" else -number

    def _grouped(self, decision: Decision, output: str, pairs: list[tuple[Node, Any]]) -> list[tuple[Node, Any]]:
        by_value: dict[Any, tuple[Any, list[Node]]] = {}
        for node, value in pairs:
            by_value.setdefault(identity(value), (value, []))[1].append(node)
        return [
            (self._named(f"{decision.name}.{output} case {number}", self.logic.some(nodes)), value)
            for number, (value, nodes) in enumerate(by_value.values())
        ]

    # limits

    def verdict(self, decision: Decision, quantity: str) -> tuple[Node, Node]:
        """Return the nodes that say a quantity lies above its bounds, and below them."""
        value = self.number(dict(decision.quantities)[quantity])
        sides: dict[str, list[Node]] = {"at_most": [], "at_least": []}
        for index, (rule, node) in enumerate(zip(decision.rules, self.rules(decision.name), strict=True)):
            limit = self.given(decision, index, quantity)
            if limit is not None:
                sign = frozenset({1 if rule.bound == "at_most" else -1})
                broken = self.logic.atom(compare(value.term, sign, limit.term), both((value.known, limit.known)))
                sides[rule.bound].append(self.logic.every((node, value.valued, broken)))
        return self.logic.some(sides["at_most"]), self.logic.some(sides["at_least"])

    def _verdict_cases(self, decision: Decision, output: str) -> list[tuple[Node, Any]]:
        above, below = self.verdict(decision, output)
        logic = self.logic
        valued = self.number(dict(decision.quantities)[output]).valued
        not_above = logic.negate(above)
        return [
            (above, "above"),
            (logic.every((not_above, below)), "below"),
            (logic.every((not_above, logic.negate(below), valued)), "within"),
        ]

    # how a decision can end

    def answered(self, name: str) -> Node:
        """Return the node that holds when a decision has an answer, if it is not in conflict."""
        decision = self.model.decisions[name]
        if decision.hit in ("collect", "sum", "count", "limits"):
            return self.logic.truth(True)
        return self.logic.some((self.some_rule(name), self.otherwise(decision, decision.outputs[0].name)[0]))

    def conflict(self, name: str) -> Node:
        """Return the node that holds when a decision, or one it leans on, is in conflict."""
        names = sorted(self.cones.of_decision(name).decisions)
        return self.logic.some([self.own_conflict(self.model.decisions[other]) for other in names])

    def own_conflict(self, decision: Decision) -> Node:
        """Return the node that holds when rules of this decision contradict each other."""
        key = ("conflict", decision.name)
        if key not in self._memo:
            self._memo[key] = self._own_conflict(decision)
        return self._memo[key]  # type: ignore[no-any-return]

    def _own_conflict(self, decision: Decision) -> Node:
        logic = self.logic
        if decision.hit not in ("unique", "any"):
            return logic.truth(False)
        found: list[Node] = []
        some_before = logic.truth(False)
        for group in self._agreeing(decision):
            node = logic.some(group)
            found.append(logic.every((some_before, node)))
            some_before = self._named(f"{decision.name}: group {len(found)}", logic.some((some_before, node)))
        return self._named(f"{decision.name}: conflict", logic.some(found))

    def _agreeing(self, decision: Decision) -> list[list[Node]]:
        nodes = self.rules(decision.name)
        if decision.hit == "unique":
            return [[node] for node in nodes]
        groups: dict[Any, list[Node]] = {}
        for index, node in enumerate(nodes):
            payload = [self.given(decision, index, output.name) for output in decision.outputs]
            groups.setdefault(tuple(map(identity, payload)), []).append(node)
        return list(groups.values())


def identity(value: Any) -> Any:
    """Return something that is equal for values that are."""
    term = value.term if isinstance(value, Quantity) else value
    return ("term", term.get_id()) if z3.is_expr(term) else (type(term).__name__ == "bool", term)


def compare(left: Term, signs: frozenset[int], right: Term) -> Term:
    """Return whether the sign of `left` - `right` is one of `signs`."""
    if not z3.is_expr(left) and not z3.is_expr(right):
        return ((left > right) - (left < right)) in signs
    if not z3.is_expr(left):
        left, right, signs = right, left, frozenset(-sign for sign in signs)
    if not z3.is_expr(right):
        right = lifted(right, left)
    match sorted(signs):
        case [-1]:
            return left < right
        case [0]:
            return left == right
        case [1]:
            return left > right
        case [-1, 0]:
            return left <= right
        case [0, 1]:
            return left >= right
        case _:
            return left != right


def arithmetic(operator: str, left: Term, right: Term) -> Term:
    """Return two numbers joined; one of two that are multiplied is no term, nor is one that divides."""
    if operator == "/":
        return arithmetic("*", left, Fraction(1) / right)
    if not z3.is_expr(left) and not z3.is_expr(right):
        return tidy(Fraction({"+": left + right, "-": left - right, "*": left * right}[operator]))
    if not z3.is_expr(left):
        left = lifted(left, right)
    elif not z3.is_expr(right):
        right = lifted(right, left)
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case _:
            return left * right


def chosen(condition: Term, then: Term, rest: Term, engine: Engine) -> Term:
    """Return the number that is `then` where `condition` holds, and else `rest`."""
    if isinstance(condition, bool):
        return then if condition else rest
    terms = [term if z3.is_expr(term) else z3.RealVal(str(term), engine.context) for term in (then, rest)]
    return z3.If(condition, *(z3.ToReal(term) if z3.is_int(term) else term for term in terms))
