"""Decisions → nodes: when a rule contributes, when an output has a value, when there is a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hiprun.errors import Problem, RuleError
from hiprun.inference.circuit import FALSE, TRUE, Node
from hiprun.inference.grounding.conditions import Conditions
from hiprun.inference.grounding.output_formulas import Case, as_linear, outputs_in, simple
from hiprun.inference.grounding.program import OTHERWISE, Branch
from hiprun.inference.hit_policy import Policy, policy_of, policy_order
from hiprun.inference.intervals import from_signs
from hiprun.inference.linear_constraints import Linear
from hiprun.model import Decision, Model, Number, Ref, Rule, reach

MOST_TOTALS = 2000
"""How many values a score may have where a formula compares it with something else than a number."""

_BLOCK = 50
_STEPS = 5
_UNEQUAL = frozenset({-1, 1})


class Decisions:
    """Translates decisions, each once, for the conditions that use them and for the one that is asked."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self.model = conditions.model
        self.circuit = conditions.circuit
        self._rules: dict[str, tuple[Node, ...]] = {}
        self._branches: dict[str, tuple[Branch, ...]] = {}
        self._cases: dict[tuple[str, str], list[Case]] = {}
        self._conflicts: dict[str, Node] = {}
        self._heights: dict[Ref, int] = {}
        conditions.outputs = self

    def prepare(self, start: Iterable[Ref]) -> None:
        """Translate ahead, so that recursion from `start` never goes through more than a few names at once."""
        for ref in self._measured(start):
            if self._heights[ref] % _STEPS:
                continue
            if ref.kind == "output":
                decision = self.model.decisions[ref.decision]
                self.rules(decision)
                self.conflict(decision)
            elif (condition := self.model.derived[ref.name].condition) is not None:
                self.conditions.condition(condition)
                continue
            self.conditions.linear(ref)
            self.conditions.has_value(ref)

    def _measured(self, start: Iterable[Ref]) -> list[Ref]:
        """Note how many names stand below each one behind `start`; return those not met before, the lowest first."""
        found: list[Ref] = []
        waiting = [ref for ref in start if ref.kind != "fact"]
        while waiting:
            ref = waiting[-1]
            uses = [] if ref in self._heights else _uses(self.model, ref)
            missing = [other for other in uses if other not in self._heights]
            waiting.extend(missing)
            if missing:
                continue
            waiting.pop()
            if ref not in self._heights:
                self._heights[ref] = 1 + max((self._heights[other] for other in uses), default=0)
                found.append(ref)
        return found

    def rules(self, decision: Decision) -> tuple[Node, ...]:
        """Return one node for each rule; the worst are translated first, so that their facts come first."""
        found = self._rules.get(decision.name)
        if found is None:
            self.prepare(decision.refs())
            values = [self._worked_out(rule.then, decision) for rule in decision.rules]
            nodes = {index: self._rule(decision.rules[index]) for index in policy_order(decision, values)}
            found = self._rules[decision.name] = tuple(nodes[index] for index in range(len(decision.rules)))
        return found

    def _rule(self, rule: Rule) -> Node:
        return self.circuit.every(
            [self.conditions.condition(rule.condition), *(self.conditions.has_value(value) for _, value in rule.then)]
        )

    def branches(self, decision: Decision) -> tuple[Branch, ...]:
        """Return what the rules of `decision` can contribute, in the order of the file."""
        found = self._branches.get(decision.name)
        if found is None:
            made: list[Branch] = []
            rules = self.rules(decision)
            for index, (rule, node) in enumerate(zip(decision.rules, rules, strict=True)):
                made += self._split(Branch(index, node, self._worked_out(rule.then, decision)))
            if self._otherwise_uses_outputs(decision):
                none = self.circuit.negate(self.circuit.some(rules))
                made += self._split(Branch(OTHERWISE, none, self._worked_out(decision.otherwise or (), decision)))
            found = self._branches[decision.name] = tuple(made)
        return found

    def _otherwise_uses_outputs(self, decision: Decision) -> bool:
        return any(map(outputs_in, self._worked_out(decision.otherwise or (), decision).values()))

    def _split(self, branch: Branch) -> list[Branch]:
        for name, value in branch.values.items():
            if outputs_in(value):
                return [
                    part
                    for node, case in self.conditions.formulas.cases(value)
                    for part in self._split(
                        Branch(branch.rule, self.circuit.every((branch.node, node)), {**branch.values, name: case})
                    )
                ]
        return [branch]

    def otherwise(self, decision: Decision) -> dict[str, Any] | None:
        """Return the outputs for when no branch contributes."""
        if decision.otherwise is None or self._otherwise_uses_outputs(decision):
            return None
        return self._worked_out(decision.otherwise, decision)

    def _worked_out(self, then: tuple[tuple[str, Any], ...], decision: Decision) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in then:
            if decision.output(name).domain.is_numeric:
                value = simple(self.conditions.linear(value))
            found[name] = value
        return found

    def policy(self, decision: Decision) -> Policy | None:
        """Return how the rules become an answer; None for `collect` and limits."""
        if decision.hit in ("collect", "limits"):
            return None
        values = [branch.values for branch in self.branches(decision)]
        # whether formulas agree depends on the patient: that is part of the conflict, and where there is none they do
        agreed = decision.hit == "any" and any(isinstance(value, Linear) for row in values for value in row.values())
        return policy_of(decision, values, self.otherwise(decision), hit="first" if agreed else decision.hit)

    def weights(self, decision: Decision, output: str) -> list[tuple[Number, Node]]:
        """Return what each rule of a score adds to an output."""
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
        in_turn = [nodes[position] for position in policy.order]
        if decision.hit in ("first", "priority"):
            in_turn = self._none_before(in_turn)
        found: list[Case] = [(node, payload[index]) for node, payload in zip(in_turn, policy.payloads, strict=True)]
        if policy.otherwise is not None:
            found.append((circuit.negate(circuit.some(nodes)), policy.otherwise[index]))
        return self._grouped(found)

    def _none_before(self, nodes: Sequence[Node]) -> list[Node]:
        """Return for each of `nodes` the node that holds when it does and none before it; in blocks, to stay small."""
        circuit = self.circuit
        found: list[Node] = []
        blocks: list[Node] = []
        for start in range(0, len(nodes), _BLOCK):
            block = nodes[start : start + _BLOCK]
            for index, node in enumerate(block):
                found.append(circuit.every([*blocks, *map(circuit.negate, block[:index]), node]))
            blocks.append(circuit.negate(circuit.some(block)))
        return found

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
        weights = self.weights(decision, output)
        totals: set[Number] = {0}
        for weight, _ in weights:
            totals |= {total + weight for total in totals}
            if len(totals) > MOST_TOTALS:
                raise RuleError([_too_many_totals(decision, output)])
        return [(self.circuit.total(0, weights, from_signs((0,), total)), total) for total in sorted(totals)]

    def _verdict_cases(self, decision: Decision, output: str) -> list[Case]:
        return [(node, name) for name, node in self.verdict(decision, output).items()]

    def verdict(self, decision: Decision, quantity: str) -> dict[str, Node]:
        """Return the nodes that say where a quantity lies: `above`, `below` or `within`; none where it has no value."""
        value = self.conditions.linear(dict(decision.quantities)[quantity])
        broken: dict[str, list[Node]] = {"at_most": [], "at_least": []}
        for rule, node in zip(decision.rules, self.rules(decision), strict=True):
            name, limit = rule.then[0]
            if name == quantity:
                sign = frozenset({1 if rule.bound == "at_most" else -1})
                difference = value + self.conditions.linear(limit).times(-1)  # type: ignore[arg-type]
                broken[rule.bound].append(self.circuit.every((node, self.conditions.compare(difference, sign))))
        circuit = self.circuit
        above, below = circuit.some(broken["at_most"]), circuit.some(broken["at_least"])
        neither = circuit.negate(circuit.some((above, below)))
        known = self.conditions.has_value(dict(decision.quantities)[quantity])
        return {
            "above": above,
            "below": circuit.every((circuit.negate(above), below)),
            "within": circuit.every((neither, known)),
        }

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
            found = self._conflicts[decision.name] = self.circuit.some(
                [self.own_conflict(decision), self.used_conflict(decision)]
            )
        return found

    def used_conflict(self, decision: Decision) -> Node:
        """Return the node that holds when a decision that `decision` leans on is in conflict."""
        return self.circuit.some([self.conflict(other) for other in used_decisions(self.model, decision)])

    def own_conflict(self, decision: Decision) -> Node:
        """Return the node that holds when rules of `decision` contradict each other."""
        if decision.hit == "unique":
            return self._two_of(self.rules(decision))
        if decision.hit == "any":
            return self._disagreement(decision)
        return FALSE

    def _two_of(self, nodes: Sequence[Node]) -> Node:
        return self.circuit.total(0, [(1, node) for node in nodes], (((2, 0), (max(len(nodes), 2), 1)),))

    def _disagreement(self, decision: Decision) -> Node:
        grouped: dict[tuple[Any, ...], list[Node]] = {}
        for branch in self.branches(decision):
            row = tuple(branch.values[output.name] for output in decision.outputs)
            grouped.setdefault(row, []).append(branch.node)
        nodes = {row: self.circuit.some(same) for row, same in grouped.items()}
        fixed = [row for row in nodes if not any(isinstance(value, Linear) for value in row)]
        found = [self._two_of([nodes[row] for row in fixed])]
        for index, row in enumerate(nodes):
            for other in list(nodes)[:index]:
                if row not in fixed or other not in fixed:
                    found.append(self.circuit.every((nodes[row], nodes[other], self._differ(row, other))))
        return self.circuit.some(found)

    def _differ(self, first: Sequence[Any], second: Sequence[Any]) -> Node:
        found: list[Node] = []
        for one, other in zip(first, second, strict=True):
            if isinstance(one, Linear) or isinstance(other, Linear):
                found.append(self.conditions.compare(as_linear(one) + as_linear(other).times(-1), _UNEQUAL))
            elif one != other:
                return TRUE
        return self.circuit.some(found)


def _too_many_totals(decision: Decision, output: str) -> Problem:
    return Problem(
        "too-many-totals",
        f"`{decision.name}.{output}` can have more than {MOST_TOTALS:,} different totals,"
        " too many for a formula with other facts or outputs.",
        decision.place,
        "Compare it with a number or a parameter alone, or give its rules rounder numbers.",
    )


def used_decisions(model: Model, decision: Decision) -> list[Decision]:
    """Return the decisions whose outputs `decision` uses, itself or through derived facts."""
    names = dict.fromkeys(ref.decision for ref in reach(model, decision.refs()) if ref.kind == "output")
    return [model.decisions[name] for name in names]


def _uses(model: Model, ref: Ref) -> list[Ref]:
    used = model.decisions[ref.decision].refs() if ref.kind == "output" else model.derived[ref.name].refs()
    return [other for other in used if other.kind != "fact"]
