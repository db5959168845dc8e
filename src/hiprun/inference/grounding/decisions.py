"""Decisions → nodes: when a rule contributes, when an output has a value, when there is a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from hiprun.inference.circuit import FALSE, TRUE, Node
from hiprun.inference.grounding.conditions import Conditions
from hiprun.inference.grounding.output_formulas import as_linear, outputs_in, simple
from hiprun.inference.grounding.translations import Translation, Translations
from hiprun.inference.grounding.variables import Variables
from hiprun.inference.hit_policies import HIT_POLICIES, Collect, Limits
from hiprun.inference.hit_policy import OTHERWISE, Answering, Branch, Case, Policy, policy_of
from hiprun.inference.linear_forms import Linear
from hiprun.model import Decision, Model, Number, Ref, Rule, is_formula, reach

_STEPS = 5
_UNEQUAL = frozenset({-1, 1})


@attrs.frozen(eq=False)
class _TranslatedRule:
    """A rule, the node that holds when it contributes, what it gives, and which outputs and derived facts it uses."""

    rule: Rule
    node: Node
    values: dict[str, Any]
    uses: tuple[Ref, ...]


class Decisions:
    """Translates decisions, each once, for the conditions that use them and for the one that is asked.

    Models that share `variables` are translated into one circuit, in which what they say alike is one node.
    `translations` has what is known of other programs of the model.
    """

    def __init__(
        self,
        model: Model,
        variables: Variables | None = None,
        translations: Translations | None = None,
    ) -> None:
        self.model, self._translations = model, translations or Translations()
        self.conditions = Conditions(model, self, variables or Variables(model))
        self.circuit = self.conditions.circuit
        self._by_rule: dict[tuple[str, int], _TranslatedRule] = {}  # by identity, since rules are large
        self._rules: dict[str, tuple[Node, ...]] = {}
        self._branches: dict[str, tuple[Branch, ...]] = {}
        self._policies: dict[str, Policy | None] = {}
        self._cases: dict[tuple[str, str], list[Case]] = {}
        self._conflicts: dict[str, Node] = {}
        self._heights: dict[Ref, int] = {}
        self._taken_over: dict[str, Mapping[Node, Node]] = {}
        self._parts: dict[str, int] = {}

    def revised(self, model: Model, decision: str) -> Decisions:
        """Return the translation of a model in which only this decision is another; only that one may be asked for.

        Rules that are the same object in both are translated once.
        """
        self.rules(self.model.decisions[decision])
        found = Decisions(model, self.conditions.variables)
        found.conditions.take_over(self.conditions)
        found._by_rule = self._by_rule
        found._rules = {name: nodes for name, nodes in self._rules.items() if name != decision}
        found._branches = {name: branches for name, branches in self._branches.items() if name != decision}
        found._cases = {key: cases for key, cases in self._cases.items() if key[0] != decision}
        found._conflicts = {name: node for name, node in self._conflicts.items() if name != decision}
        return found

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
            uses = [] if ref in self._heights else self._uses(ref)
            missing = [other for other in uses if other not in self._heights]
            waiting.extend(missing)
            if missing:
                continue
            waiting.pop()
            if ref not in self._heights:
                self._heights[ref] = 1 + max((self._heights[other] for other in uses), default=0)
                found.append(ref)
        return found

    def _uses(self, ref: Ref) -> list[Ref]:
        """Return what an output or a derived fact uses, beside facts."""
        found = self._translations.uses.get(ref)
        if found is None:
            model = self.model
            used = model.decisions[ref.decision].refs() if ref.kind == "output" else model.derived[ref.name].refs()
            found = self._translations.uses[ref] = [other for other in used if other.kind != "fact"]
        return found

    def rules(self, decision: Decision) -> tuple[Node, ...]:
        """Return one node for each rule; the worst are translated first, so that their facts come first."""
        found = self._rules.get(decision.name) or self._rules_taken_over(decision.name)
        return self._translated(decision) if found is None else found

    def _translated(self, decision: Decision) -> tuple[Node, ...]:
        keys = [(decision.name, id(rule)) for rule in decision.rules]
        new = {key: rule for key, rule in zip(keys, decision.rules, strict=True) if key not in self._by_rule}
        self.prepare(attrs.evolve(decision, rules=tuple(new.values())).refs())
        values = {key: self._worked_out(rule.then, decision) for key, rule in new.items()}
        rows = [values[key] if key in values else self._by_rule[key].values for key in keys]
        for index in HIT_POLICIES[decision.hit].order(decision.outputs, rows):
            if keys[index] in new:
                rule = decision.rules[index]
                uses = tuple(ref for ref in rule.refs() if ref.kind != "fact")
                self._by_rule[keys[index]] = _TranslatedRule(rule, self._rule(rule), rows[index], uses)
        found = self._rules[decision.name] = tuple(self._by_rule[key].node for key in keys)
        return found

    def _rules_taken_over(self, name: str) -> tuple[Node, ...] | None:
        """Return the nodes of a decision that was translated for another program, with what it uses."""
        translation = self._translations.by_decision.get(name)
        if translation is None:
            return None
        new = {inside: parts for inside, parts in translation.parts.items() if inside not in self._parts}
        self._parts |= new
        self.circuit.count(sum(new.values()))
        placed = translation.taken_over(self.conditions.variables, self._taken_over)
        self._taken_over[name] = placed
        self._branches[name] = tuple(attrs.evolve(entry, node=placed[entry.node]) for entry in translation.branches)
        self._conflicts[name] = placed[translation.conflict]
        found = self._rules[name] = tuple(placed[node] for node in translation.rules)
        return found

    def translation(self, decision: Decision) -> Translation | None:
        """Return what a decision comes to, for other programs; None where its conditions do not say all of it.

        Nothing but the conditions of the decision may have been translated so far.
        """
        variables = self.conditions.variables
        rules = self._translated(decision)  # not taken over from another thread: a program has its own conditions
        nodes, entries = len(self.circuit.kinds), len(variables.entries)
        branches, conflict = self.branches(decision), self.conflict(decision)
        if len(variables.entries) != entries:
            return None
        return Translation(
            circuit=self.circuit,
            variables=tuple(variables.entries),
            terms=variables.terms,
            rules=rules,
            branches=branches,
            conflict=conflict,
            literals=nodes,
            parts={**self._parts, decision.name: self.circuit.joined - sum(self._parts.values())},
            inside=dict(self._taken_over),
        )

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
                known = self._by_rule.get((decision.name, id(rule)))
                values = self._worked_out(rule.then, decision) if known is None else known.values
                made += self._split(Branch(index, node, values))
            if self._otherwise_uses_outputs(decision):
                none = self.circuit.negate(self.circuit.some(rules))
                made += self._split(Branch(OTHERWISE, none, self._worked_out(decision.otherwise or (), decision)))
            hit = HIT_POLICIES[decision.hit]
            arranged = hit.arranged(self, decision, made) if isinstance(hit, Answering) else made
            found = self._branches[decision.name] = tuple(arranged)
        return found

    def bind(self, decision: Decision) -> None:
        """See to it that every fact in a formula that `decision` gives has a variable, so that constraints reach it."""
        rows = [*(branch.values for branch in self.branches(decision)), self.otherwise(decision) or {}]
        for value in (value for row in rows for value in row.values()):
            if isinstance(value, Linear):
                for ref, _ in value.terms:
                    self.conditions.variables.of_ref(ref)

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
            domain = decision.output(name).domain
            if domain.is_numeric or (domain.type == "date" and is_formula(value)):
                value = simple(self.conditions.linear(value))
            found[name] = value
        return found

    def policy(self, decision: Decision) -> Policy | None:
        """Return how the rules become an answer; None for `collect` and limits."""
        if decision.name not in self._policies:
            self._policies[decision.name] = self._policy(decision)
        return self._policies[decision.name]

    def _policy(self, decision: Decision) -> Policy | None:
        hit = HIT_POLICIES[decision.hit]
        if not isinstance(hit, Answering):
            return None
        branches = self.branches(decision)
        values = [branch.values for branch in branches]
        return policy_of(decision.outputs, values, self.otherwise(decision), hit.folding(branches))

    def weights(self, decision: Decision, output: str) -> list[tuple[Number, Node]]:
        """Return what each rule of a score adds to an output."""
        policy, branches = self.policy(decision), self.branches(decision)
        assert policy is not None
        index = [entry.name for entry in decision.outputs].index(output)
        pairs = zip(policy.order, policy.payloads, strict=True)
        return [(payload[index], branches[position].node) for position, payload in pairs]

    def cases(self, name: str, output: str) -> list[Case]:
        """Return each value that an output can have, with the node that holds when it has it."""
        key = (name, output)
        if key not in self._cases:
            decision = self.model.decisions[name]
            policy = HIT_POLICIES[decision.hit]
            assert not isinstance(policy, Collect)  # the items of a list are nothing that conditions can ask about
            if isinstance(policy, Limits):
                self._cases[key] = self._verdict_cases(decision, output)
            else:
                self._cases[key] = policy.cases(self, decision, output)
        return self._cases[key]

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
        uses: list[Ref] = []
        for rule in decision.rules:
            known = self._by_rule.get((decision.name, id(rule)))
            uses += rule.refs() if known is None else known.uses
        uses += attrs.evolve(decision, rules=()).refs()
        return self.circuit.some([self.conflict(other) for other in used_decisions(self.model, uses)])

    def own_conflict(self, decision: Decision) -> Node:
        """Return the node that holds when rules of `decision` contradict each other."""
        policy = HIT_POLICIES[decision.hit]
        return policy.conflict(self, decision) if isinstance(policy, Answering) else FALSE

    def differ(self, first: Sequence[Any], second: Sequence[Any]) -> Node:
        """Return the node that holds when two rows of values are not the same."""
        found: list[Node] = []
        for one, other in zip(first, second, strict=True):
            if isinstance(one, Linear) or isinstance(other, Linear):
                found.append(self.compare(one, other, _UNEQUAL))
            elif one != other:
                return TRUE
        return self.circuit.some(found)

    def compare(self, first: Any, second: Any, signs: frozenset[int]) -> Node:
        """Return the node that holds when the sign of one number less another is one of `signs`."""
        return self.conditions.compare(as_linear(first) + as_linear(second).times(-1), signs)


def used_decisions(model: Model, uses: Iterable[Ref]) -> list[Decision]:
    """Return the decisions whose outputs are used, directly or through derived facts."""
    names = dict.fromkeys(ref.decision for ref in reach(model, uses) if ref.kind == "output")
    return [model.decisions[name] for name in names]
