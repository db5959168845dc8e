"""A model's decision → a program: its conditions as one circuit over facts, with everything it leans on put in.

Derived facts and outputs of other decisions disappear here: what is left are literals over facts (a stretch of
numbers, a choice, a member of a set) and over sums of facts, so that whatever is asked of the program is asked of
the facts themselves.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.circuit import FALSE, LITERAL, TRUE, Circuit, Node
from hiprun.linear import Linear, bounds, hull, linear
from hiprun.model import (
    All,
    AnyOf,
    Condition,
    Count,
    Decision,
    Domain,
    Formula,
    Model,
    Not,
    Number,
    Ref,
    Rule,
    Test,
    formula_refs,
    refs,
    tests,
)
from hiprun.operators import Compare, Every, Has, Meaning, Never, Some, code, holds, meaning
from hiprun.policy import Policy, policy_of, policy_order
from hiprun.region import (
    EVERYTHING,
    Cut,
    Region,
    complement,
    from_signs,
    intersection,
    is_whole,
    of_domain,
    union,
    whole,
)


@attrs.frozen
class Branch:
    """One way in which a rule can contribute: its outputs, and the node that holds when it contributes these.

    A rule has several branches when a formula in its outputs uses the output of another decision: one for each value.
    """

    rule: int
    node: Node
    values: Mapping[str, Any] = attrs.field(hash=False)


Case: TypeAlias = tuple[Node, Any]
"""A value of an output, and the node that holds when the output has it."""

OTHER_TEXT = -1
"""The code of every text that no rule names."""

VERDICT = Domain(type="choice", choices={"below": "", "within": "", "above": ""})


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
    def cells(self) -> list[tuple[Cut, Cut]]:
        """The stretches between neighbouring cuts."""
        return list(zip(self.cuts, self.cuts[1:], strict=False))

    def mask(self, region: Region) -> int:
        """Return the cells that `region` touches, as bits."""
        found = 0
        for start, end in region:
            low = max(bisect.bisect_right(self.cuts, start) - 1, 0)
            high = min(bisect.bisect_left(self.cuts, end), len(self.cuts) - 1)
            if low < high:
                found |= (1 << high) - (1 << low)
        return found


@attrs.frozen
class Program:
    """One decision, grounded. `masks` holds the cells of each literal, by node.

    `rules` has one node for each rule of the decision, `branches` what the rules contribute, and `policy` how that
    becomes an answer (None for `collect` and limits). `verdicts` has for each quantity the nodes that say
    it lies above, and below, what is allowed. `allowed` holds unless a constraint is broken; `conflict` when a
    decision this one leans on is in conflict.
    """

    decision: Decision
    circuit: Circuit
    variables: tuple[Variable, ...]
    masks: Mapping[Node, int]
    rules: tuple[Node, ...]
    branches: tuple[Branch, ...]
    policy: Policy | None
    verdicts: Mapping[str, tuple[Node, Node]]
    allowed: Node
    conflict: Node
    conditions: Mapping[Condition, Node]
    strings: Mapping[str, Mapping[str, int]]


def ground(model: Model, decision: Decision) -> Program:
    """Return the program of one decision of `model`."""
    grounder = _Grounder(model)
    rules = grounder.rules(decision)
    verdicts = {name: grounder.verdict(decision, name) for name, _ in decision.quantities}
    conflict = grounder.circuit.some(grounder.conflict(other) for other in _used_decisions(model, decision))
    return grounder.program(decision, rules, verdicts, conflict)


def ground_constraints(model: Model) -> Program:
    """Return a program without rules whose `allowed` node holds for facts that can occur together."""
    grounder = _Grounder(model)
    nothing = Decision("", "rules", "", (), "first", ())
    for constraint in model.constraints:
        grounder.condition(constraint.never)
    return grounder.program(nothing, (), {}, FALSE)


def _used_decisions(model: Model, decision: Decision) -> list[Decision]:
    found: dict[str, None] = {}
    for ref in _decision_refs(model, decision):
        found.setdefault(ref.decision)
    return [model.decisions[name] for name in found]


def _decision_refs(model: Model, decision: Decision) -> Iterator[Ref]:
    """Yield the outputs of other decisions that `decision` uses itself or through derived facts."""
    waiting: list[Ref] = [ref for _, ref in decision.quantities]
    for rule in decision.rules:
        waiting.extend(refs(rule.condition))
        for _, value in rule.then:
            waiting.extend(formula_refs(value))  # type: ignore[arg-type]
    seen: set[Ref] = set()
    for ref in waiting:
        if ref in seen:
            continue
        seen.add(ref)
        if ref.kind == "output":
            yield ref
        elif ref.kind == "derived":
            derived = model.derived[ref.name]
            if derived.condition is not None:
                waiting.extend(refs(derived.condition))
            if derived.formula is not None:
                waiting.extend(formula_refs(derived.formula))


class _Grounder:
    """Collects variables and nodes while conditions are translated; used for one program and dropped."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.numbers = {name: parameter.value for name, parameter in model.parameters.items()}
        self.variables: list[Variable] = []
        self.circuit = Circuit([], intersection, union, _without)
        self.conditions: dict[Condition, Node] = {}
        self._indexes: dict[Any, int] = {}
        self._rules: dict[str, tuple[Node, ...]] = {}
        self._branches: dict[str, tuple[Branch, ...]] = {}
        self._cases: dict[tuple[str, str], list[Case]] = {}
        self._conflicts: dict[str, Node] = {}
        self._derived: dict[str, Linear] = {}
        self._strings: dict[str, dict[str, int]] | None = None

    # conditions

    def condition(self, condition: Condition) -> Node:
        found = self.conditions.get(condition)
        if found is None:
            found = self.conditions[condition] = self._condition(condition)
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
            case Test():
                return self._test(condition)

    def _test(self, test: Test) -> Node:
        subject = test.subject
        match subject.kind:
            case "fact":
                domain = self.model.facts[subject.name].domain
            case "derived":
                derived = self.model.derived[subject.name]
                if derived.condition is not None:
                    node = self.condition(derived.condition)
                    wanted = test.operands[0] is (test.operator == "is")
                    return node if wanted else self.circuit.negate(node)
                domain = Domain(type="number")
            case _:
                decision = self.model.decisions[subject.decision]
                if decision.kind == "limits":
                    domain = VERDICT
                else:
                    domain = decision.output(subject.name).domain
        if domain.is_numeric:
            left = self._linear(subject)
            operands: list[Any] = [self._linear(operand) for operand in test.operands]  # type: ignore[arg-type]
            compared = self._numeric(meaning(test.operator, operands), left)
            return self.circuit.every([compared, *map(self._has_value, (subject, *test.operands))])
        if domain.type == "set":
            sense = meaning(test.operator, test.operands, domain.choices)
            if subject.kind == "fact":
                return self._fold(sense, subject.name, domain)
        else:
            sense = meaning(test.operator, [self._code(subject, domain, operand) for operand in test.operands])
            if subject.kind == "fact":
                return self._fold(sense, subject.name, domain)
        cases = self.cases(subject.decision, subject.name)
        return self.circuit.some([node for node, value in cases if holds(sense, self._code(subject, domain, value))])

    def _fold(self, sense: Meaning, fact: str, domain: Domain) -> Node:
        circuit = self.circuit
        match sense:
            case Compare(signs, operand):
                return circuit.literal(self._fact_variable(fact, domain), self._region(signs, operand, domain))
            case Has(choice):
                return circuit.literal(self._member_variable(fact, choice), (((1, 0), (2, 0)),))
            case Every(parts):
                return circuit.every([self._fold(part, fact, domain) for part in parts])
            case Some(parts):
                return circuit.some([self._fold(part, fact, domain) for part in parts])
            case Never(part):
                return circuit.negate(self._fold(part, fact, domain))

    def _region(self, signs: frozenset[int], operand: Number, domain: Domain) -> Region:
        region = from_signs(signs, operand)
        return whole(region) if is_whole(domain) or domain.type == "string" else region

    def _code(self, subject: Ref, domain: Domain, value: Any) -> Any:
        if domain.type == "string" and subject.kind == "fact":
            return self.strings[subject.name][value]
        return code(domain, value)

    @property
    def strings(self) -> dict[str, dict[str, int]]:
        """The texts that rules name, by fact, each with its code."""
        if self._strings is None:
            named: dict[str, set[str]] = {}
            for condition in _all_conditions(self.model):
                for test in tests(condition):
                    fact = self.model.facts.get(test.subject.name) if test.subject.kind == "fact" else None
                    if fact is not None and fact.domain.type == "string":
                        named.setdefault(fact.name, set()).update(map(str, test.operands))
            self._strings = {
                name: {text: index for index, text in enumerate(sorted(texts))} for name, texts in named.items()
            }
        return self._strings

    # variables

    def _fact_variable(self, fact: str, domain: Domain) -> int:
        whole_numbers = is_whole(domain) or domain.type == "string"
        region = of_domain(domain)
        if domain.type == "string":
            region = (((OTHER_TEXT, 0), (len(self.strings[fact]), 0)),)
        return self._variable(fact, Variable("fact", fact, whole=whole_numbers, domain=region))

    def _member_variable(self, fact: str, choice: str) -> int:
        both: Region = (((0, 0), (2, 0)),)
        return self._variable((fact, choice), Variable("member", fact, choice, whole=True, domain=both))

    def _sum_variable(self, terms: tuple[tuple[str, Number], ...]) -> int:
        domains = {name: self.model.facts[name].domain for name, _ in terms}
        for name, domain in domains.items():
            self._fact_variable(name, domain)
        stretch = bounds(terms, {name: hull(of_domain(domain)) for name, domain in domains.items()})
        whole_numbers = all(is_whole(domains[name]) and factor.denominator == 1 for name, factor in terms)
        region: Region = whole((stretch,)) if whole_numbers else (stretch,)
        return self._variable(terms, Variable("sum", terms=terms, whole=whole_numbers, domain=region))

    def _variable(self, key: Any, variable: Variable) -> int:
        index = self._indexes.get(key)
        if index is None:
            index = self._indexes[key] = len(self.variables)
            self.variables.append(variable)
            self.circuit.full.append(variable.domain)
        return index

    # numbers

    def _linear(self, formula: Formula) -> Linear:
        for ref in formula_refs(formula):
            if ref.kind == "derived" and ref.name not in self._derived:
                definition = self.model.derived[ref.name].formula
                assert definition is not None
                self._derived[ref.name] = self._linear(definition)
        return linear(formula, self.numbers, self._derived)

    def _numeric(self, sense: Meaning, left: Linear) -> Node:
        circuit = self.circuit
        match sense:
            case Compare(signs, operand):
                return self.compare(left + operand.times(-1), signs)
            case Every(parts):
                return circuit.every([self._numeric(part, left) for part in parts])
            case Some(parts):
                return circuit.some([self._numeric(part, left) for part in parts])
            case _:
                raise AssertionError(sense)

    def compare(self, difference: Linear, signs: frozenset[int]) -> Node:
        """Return the node that holds when the sign of `difference` is one of `signs`."""
        outputs = [ref for ref, _ in difference.terms if ref.kind == "output"]
        if outputs:
            return self._compare_outputs(difference, signs, outputs)
        if not difference.terms:
            return TRUE if _sign(difference.constant) in signs else FALSE
        factor = difference.terms[0][1]
        if factor < 0:
            signs = frozenset(-sign for sign in signs)
        edge = Fraction(-difference.constant) / factor
        region = from_signs(signs, edge.numerator if edge.denominator == 1 else edge)
        if len(difference.terms) == 1:
            fact = difference.terms[0][0].name
            index = self._fact_variable(fact, self.model.facts[fact].domain)
        else:
            scaled = difference.times(Fraction(1) / factor)
            index = self._sum_variable(tuple((ref.name, part) for ref, part in scaled.terms))
        return self.circuit.literal(index, whole(region) if self.variables[index].whole else region)

    def _compare_outputs(self, difference: Linear, signs: frozenset[int], outputs: list[Ref]) -> Node:
        first = outputs[0]
        decision = self.model.decisions[first.decision]
        factor = dict(difference.terms)[first]
        if len(difference.terms) == 1 and decision.hit in ("sum", "count"):
            edge = Fraction(-difference.constant) / factor
            turned = signs if factor > 0 else frozenset(-sign for sign in signs)
            return self.circuit.total(0, self._weights(decision, first.name), from_signs(turned, edge))
        return self.circuit.some(
            [
                self.circuit.every((node, self.compare(difference.put(first, _as_linear(value)), signs)))
                for node, value in self.cases(first.decision, first.name)
            ]
        )

    # decisions

    def rules(self, decision: Decision) -> tuple[Node, ...]:
        """Return one node for each rule; the worst are translated first, so that their facts come first."""
        found = self._rules.get(decision.name)
        if found is None:
            values = [self._worked_out(rule.then, decision) for rule in decision.rules]
            nodes = {
                index: self._rule(decision.rules[index]) for index in policy_order(decision, values)
            }
            found = self._rules[decision.name] = tuple(nodes[index] for index in range(len(decision.rules)))
        return found

    def _rule(self, rule: Rule) -> Node:
        return self.circuit.every([self.condition(rule.condition), *(self._has_value(value) for _, value in rule.then)])

    def branches(self, decision: Decision) -> tuple[Branch, ...]:
        """Return what the rules of `decision` can contribute, in the order of the file."""
        found = self._branches.get(decision.name)
        if found is None:
            made: list[Branch] = []
            for index, (rule, node) in enumerate(zip(decision.rules, self.rules(decision), strict=True)):
                made += self._split(Branch(index, node, self._worked_out(rule.then, decision)))
            found = self._branches[decision.name] = tuple(made)
        return found

    def _split(self, branch: Branch) -> list[Branch]:
        for name, value in branch.values.items():
            for ref in _outputs_in(value):
                return [
                    part
                    for node, case in self.cases(ref.decision, ref.name)
                    for part in self._split(
                        Branch(
                            branch.rule,
                            self.circuit.every((branch.node, node)),
                            {**branch.values, name: _simple(value.put(ref, _as_linear(case)))},
                        )
                    )
                ]
        return [branch]

    def otherwise(self, decision: Decision) -> dict[str, Any] | None:
        return None if decision.otherwise is None else self._worked_out(decision.otherwise, decision)

    def _worked_out(self, then: tuple[tuple[str, Any], ...], decision: Decision) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in then:
            if decision.output(name).domain.is_numeric:
                value = _simple(self._linear(value))
            found[name] = value
        return found

    def policy(self, decision: Decision) -> Policy | None:
        if decision.hit in ("collect", "limits"):
            return None
        return policy_of(decision, [branch.values for branch in self.branches(decision)], self.otherwise(decision))

    def _weights(self, decision: Decision, output: str) -> list[tuple[Number, Node]]:
        nodes = self.rules(decision)
        if decision.hit == "count":
            return [(1, node) for node in nodes]
        return [(branch.values[output], branch.node) for branch in self.branches(decision)]

    def cases(self, name: str, output: str) -> list[Case]:
        """Return each value that an output can have, with the node that holds when it has it."""
        key = (name, output)
        if key not in self._cases:
            decision = self.model.decisions[name]
            make = {
                "limits": self._verdict_cases,
                "sum": self._total_cases,
                "count": self._total_cases,
                "worst": self._ranked_cases,
                "min": self._ranked_cases,
                "max": self._ranked_cases,
            }.get(decision.hit, self._ordered_cases)
            self._cases[key] = make(decision, output)
        return self._cases[key]

    def _ordered_cases(self, decision: Decision, output: str) -> list[Case]:
        circuit = self.circuit
        nodes = [branch.node for branch in self.branches(decision)]
        policy = self.policy(decision)
        assert policy is not None
        index = [entry.name for entry in decision.outputs].index(output)
        # where two rules of `unique` or `any` disagree the decision is in conflict, which is told apart elsewhere
        in_turn = decision.hit in ("first", "priority")
        found: list[Case] = []
        none_before = TRUE
        for position, payload in zip(policy.order, policy.payloads, strict=True):
            node = nodes[position]
            found.append((circuit.every((none_before, node)), payload[index]))
            if in_turn:
                none_before = circuit.every((none_before, circuit.negate(node)))
        if policy.otherwise is not None:
            found.append((circuit.negate(circuit.some(nodes)), policy.otherwise[index]))
        return self._grouped(found)

    def _ranked_cases(self, decision: Decision, output: str) -> list[Case]:
        circuit, nodes = self.circuit, self.rules(decision)
        policy = self.policy(decision)
        assert policy is not None
        index = [entry.name for entry in decision.outputs].index(output)
        by_rank: dict[Number, list[Node]] = {}
        for position, payload in zip(policy.order, policy.payloads, strict=True):
            if payload[index] is not None:
                by_rank.setdefault(payload[index], []).append(nodes[position])
        found: list[Case] = []
        none_worse = TRUE
        for number in sorted(by_rank, reverse=True):
            reached = circuit.some(by_rank[number])
            found.append((circuit.every((none_worse, reached)), policy.value(index, number)))
            none_worse = circuit.every((none_worse, circuit.negate(reached)))
        if policy.otherwise is not None:
            found.append((none_worse, policy.otherwise[index]))
        return self._grouped(found)

    def _total_cases(self, decision: Decision, output: str) -> list[Case]:
        weights = self._weights(decision, output)
        totals: set[Number] = {0}
        for weight, _ in weights:
            totals |= {total + weight for total in totals}
        return [(self.circuit.total(0, weights, from_signs((0,), total)), total) for total in sorted(totals)]

    def _verdict_cases(self, decision: Decision, output: str) -> list[Case]:
        above, below = self.verdict(decision, output)
        circuit = self.circuit
        known = self._has_value(dict(decision.quantities)[output])
        not_above = circuit.negate(above)
        return [
            (above, "above"),
            (circuit.every((not_above, below)), "below"),
            (circuit.every((not_above, circuit.negate(below), known)), "within"),
        ]

    def _has_value(self, formula: Any) -> Node:
        """Return the node that holds when every output that a formula uses has a value."""
        found: list[Node] = []
        for ref in formula_refs(formula):
            if ref.kind == "derived":
                found.append(self._has_value(self.model.derived[ref.name].formula))
            elif ref.kind == "output":
                found.append(self.circuit.some([node for node, _ in self.cases(ref.decision, ref.name)]))
        return self.circuit.every(found)

    def verdict(self, decision: Decision, quantity: str) -> tuple[Node, Node]:
        """Return the nodes that say a quantity lies above its bounds, and below them."""
        value = self._linear(dict(decision.quantities)[quantity])
        broken: dict[str, list[Node]] = {"at_most": [], "at_least": []}
        for rule, node in zip(decision.rules, self.rules(decision), strict=True):
            name, limit = rule.then[0]
            if name == quantity:
                sign = frozenset({1 if rule.bound == "at_most" else -1})
                difference = value + self._linear(limit).times(-1)  # type: ignore[arg-type]
                broken[rule.bound].append(self.circuit.every((node, self.compare(difference, sign))))
        return self.circuit.some(broken["at_most"]), self.circuit.some(broken["at_least"])

    def _grouped(self, cases: list[Case]) -> list[Case]:
        by_value: dict[Any, list[Node]] = {}
        for node, value in cases:
            if node != FALSE:
                by_value.setdefault((type(value), value), []).append(node)
        return [(self.circuit.some(nodes), value) for (_, value), nodes in by_value.items()]

    def conflict(self, decision: Decision) -> Node:
        """Return the node that holds when `decision`, or one it leans on, is in conflict."""
        found = self._conflicts.get(decision.name)
        if found is None:
            own = self._own_conflict(decision)
            others = [self.conflict(other) for other in _used_decisions(self.model, decision)]
            found = self._conflicts[decision.name] = self.circuit.some([own, *others])
        return found

    def _own_conflict(self, decision: Decision) -> Node:
        if decision.hit not in ("unique", "any"):
            return FALSE
        nodes = self.rules(decision)
        if decision.hit == "any":
            grouped: dict[Any, list[Node]] = {}
            for branch in self.branches(decision):
                grouped.setdefault(tuple(sorted(branch.values.items())), []).append(branch.node)
            nodes = tuple(self.circuit.some(same) for same in grouped.values())
        if len(nodes) < 2:
            return FALSE
        return self.circuit.total(0, [(1, node) for node in nodes], (((2, 0), (len(nodes), 1)),))

    # the whole

    def program(
        self, decision: Decision, rules: tuple[Node, ...], verdicts: dict[str, tuple[Node, Node]], conflict: Node
    ) -> Program:
        branches, policy = self.branches(decision), self.policy(decision)
        allowed = self._allowed()
        variables, masks = self._with_cells()
        return Program(
            decision=decision,
            circuit=self.circuit,
            variables=variables,
            masks=masks,
            rules=rules,
            branches=branches,
            policy=policy,
            verdicts=verdicts,
            allowed=allowed,
            conflict=conflict,
            conditions=self.conditions,
            strings=self.strings,
        )

    def _allowed(self) -> Node:
        """Return the node that holds when no constraint is broken that these facts have a part in."""
        nodes: dict[str, Node] = {}
        changed = True
        while changed:
            changed = False
            present = {name for variable in self.variables for name in _facts_of(variable)}
            for constraint in self.model.constraints:
                if constraint.id not in nodes and present & _condition_facts(self.model, constraint.never):
                    nodes[constraint.id] = self.circuit.negate(self.condition(constraint.never))
                    changed = True
        return self.circuit.every(nodes.values())

    def _with_cells(self) -> tuple[tuple[Variable, ...], dict[Node, int]]:
        cuts: list[set[Cut]] = [{cut for stretch in variable.domain for cut in stretch} for variable in self.variables]
        literals = [node for node, kind in enumerate(self.circuit.kinds) if kind == LITERAL]
        for node in literals:
            index, region = self.circuit.parts[node]
            cuts[index].update(cut for stretch in region for cut in stretch)
        variables = tuple(
            attrs.evolve(variable, cuts=tuple(sorted(found)))
            for variable, found in zip(self.variables, cuts, strict=True)
        )
        masks = {node: _mask(variables, *self.circuit.parts[node]) for node in literals}
        return variables, masks


def _mask(variables: tuple[Variable, ...], index: int, region: Region) -> int:
    return variables[index].mask(region)


def _facts_of(variable: Variable) -> list[str]:
    return [name for name, _ in variable.terms] if variable.kind == "sum" else [variable.fact]


def _condition_facts(model: Model, condition: Condition) -> set[str]:
    found: set[str] = set()
    waiting = list(refs(condition))
    for ref in waiting:
        if ref.kind == "fact":
            found.add(ref.name)
        elif ref.kind == "derived":
            derived = model.derived[ref.name]
            waiting.extend(refs(derived.condition) if derived.condition is not None else ())
            waiting.extend(formula_refs(derived.formula) if derived.formula is not None else ())
        else:
            waiting.extend(other for rule in model.decisions[ref.decision].rules for other in refs(rule.condition))
    return found


def _all_conditions(model: Model) -> Iterator[Condition]:
    for derived in model.derived.values():
        if derived.condition is not None:
            yield derived.condition
    for constraint in model.constraints:
        yield constraint.never
    for decision in model.decisions.values():
        for rule in decision.rules:
            yield rule.condition
    for claim in model.properties:
        yield claim.condition
        yield claim.then


def _without(first: Region, second: Region) -> Region:
    return intersection(first, complement(second))


def _outputs_in(value: Any) -> list[Ref]:
    return [ref for ref, _ in value.terms if ref.kind == "output"] if isinstance(value, Linear) else []


def _simple(value: Linear) -> Any:
    return value if value.terms else value.constant


def _sign(number: Number) -> int:
    return (number > 0) - (number < 0)


def _as_linear(value: Any) -> Linear:
    return value if isinstance(value, Linear) else Linear(value)
