"""Decisions with very many rules: which of them hold is looked up, and only these are concluded from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from hiprun.backends.compiled.conclusion_cache import Remembered, size_of
from hiprun.backends.compiled.conclusion_templates import Fill, Numbers, filling
from hiprun.backends.compiled.fact_access import scale_of, scaled
from hiprun.backends.compiled.floating_point_thresholds import Places, stands_for
from hiprun.backends.compiled.row_index import Axis, Lookup, Row, Stretches, lookup
from hiprun.inference.circuit import AND, FALSE, LITERAL, NOT, OR, TRUE, Node
from hiprun.inference.conclusion import Conclusion
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import OTHERWISE, Branch, Program, Variable
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Ending
from hiprun.inference.infer import BUDGET, concluded
from hiprun.inference.interval_sets import Region
from hiprun.inference.partial_assignment import SettledSituation
from hiprun.inference.partial_evaluation import Patient
from hiprun.model import Model

CONFLICT = -1


class Table:
    """A decision's branches in the order of its policy, ready to be looked up by the values of its variables."""

    def __init__(self, model: Model, program: Program) -> None:
        self.model, self.program = model, program
        self.axes = [self._axis(variable) for variable in program.variables]
        self._stretches: dict[Node, tuple[int, Stretches]] = {}

    def _axis(self, variable: Variable) -> Axis:
        if variable.kind == "sum":
            return Axis(Places(scaled(cut, scale_of(variable)) for cut in variable.cuts))
        if variable.kind == "member":
            return Axis(Places(variable.cuts), 2)
        domain = self.model.facts[variable.fact].domain
        values = 2 if domain.type == "boolean" else len(domain.choices) if domain.type == "choice" else 0
        return Axis(Places(variable.cuts), values)

    def lookup(self, *, first: bool) -> Lookup:
        """Return the way from the values of the variables to the branches that hold, or to the first of them."""
        assert self.program.policy is not None
        nodes = [self.program.branches[index].node for index in self.program.policy.order]
        rows = [self._row(number, node) for number, node in enumerate(nodes) if node != FALSE]
        return lookup(rows, self.axes, first=first)

    def _row(self, number: int, node: Node) -> Row:
        circuit = self.program.circuit
        parts = circuit.parts[node] if circuit.kinds[node] == AND else () if node == TRUE else (node,)
        literals = [self._literal(part) for part in parts if circuit.kinds[part] == LITERAL]
        others = [part for part in parts if circuit.kinds[part] != LITERAL]
        rest = (lambda values: all(self.holds(part, values) for part in others)) if others else None
        return Row(number, dict(literals), rest)

    def _literal(self, node: Node) -> tuple[int, Stretches]:
        found = self._stretches.get(node)
        if found is None:
            index, region = self.program.circuit.parts[node]
            variable, places = self.program.variables[index], self.axes[index].places
            found = self._stretches[node] = (index, _stretches(places, _numbers(variable, region)))
        return found

    def holds(self, node: Node, values: Sequence[Any], known: dict[Node, bool] | None = None) -> bool:
        """Return whether a node holds, given the values of the variables; `known` has what was found on the way."""
        circuit = self.program.circuit
        kind, parts = circuit.kinds[node], circuit.parts[node]
        if kind == LITERAL:
            index, stretches = self._literal(node)
            here = self.axes[index].place(values[index])
            return any(start <= here < end for start, end in stretches)
        known = {} if known is None else known
        found = known.get(node)
        if found is None:
            found = known[node] = self._joined(kind, parts, values, known)
        return found

    def _joined(self, kind: int, parts: Any, values: Sequence[Any], known: dict[Node, bool]) -> bool:
        if kind == NOT:
            return not self.holds(parts, values, known)
        if kind == AND:
            return all(self.holds(part, values, known) for part in parts)
        if kind == OR:
            return any(self.holds(part, values, known) for part in parts)
        offset, terms, wanted = parts
        total = offset + sum(weight for weight, part in terms if self.holds(part, values, known))
        return any(start <= (total, 0) < end for start, end in wanted)


def _numbers(variable: Variable, region: Region) -> Region:
    """Return a region of a variable in the numbers that compiled functions work with."""
    if variable.kind != "sum":
        return region
    scale = scale_of(variable)
    return tuple((scaled(start, scale), scaled(end, scale)) for start, end in region)


def _stretches(places: Places, region: Region) -> Stretches:
    return tuple((places.behind(start), places.behind(end)) for start, end in region)


class WideConcluder:
    """Turns the branches that hold, as places in the order of the policy, into a conclusion.

    A conflict in what the decision leans on is one place more, in front.
    """

    def __init__(self, model: Model, program: Program, formulas: Sequence[str], memory: Remembered) -> None:
        self.model, self.program, self.formulas, self.memory = model, program, formulas, memory
        self._numbers = Numbers(model.facts)
        self.remembered: dict[tuple[int, ...], Conclusion | Fill] = {}
        plain = [branch.rule for branch in program.branches] == list(range(len(program.branches)))
        self._folded = plain and not program.formulas
        self._alike: dict[Any, Conclusion] = {}
        self.lookup = Table(model, program).lookup(first=HIT_POLICIES[program.decision.hit].says == "first")

    def conclude(self, key: tuple[int, ...], facts: Mapping[str, Any]) -> Conclusion:
        """Return what follows when the branches in `key` hold and no others."""
        if self._folded and CONFLICT not in key:
            conclusion = self._put_together(key)
            if self.memory.has_room:  # beyond that it is quicker made again than kept account of
                self.memory.keep(self.remembered, key, conclusion, size_of(conclusion) + len(key))
            return conclusion
        return self._concluded(key, facts)

    def _put_together(self, key: tuple[int, ...]) -> Conclusion:
        """Return the same: what an equal answer gave, with the rules that fired here."""
        policy = self.program.policy
        assert policy is not None
        gathered, _ = policy.advance(None, [(TRUE, policy.payloads[place]) for place in key])
        like = self._alike.get(gathered)
        if like is None:
            like = self._concluded(key, {})
            if gathered is Ending.CONFLICT:
                return like
            self.memory.keep(self._alike, gathered, like, size_of(like))
        rules = self.program.decision.rules
        places = key[:1] if policy.hit.says == "first" else key
        fired = tuple([rules[index].id for index in sorted(policy.order[place] for place in places)])
        return like.with_fired(fired)

    def _concluded(self, key: tuple[int, ...], facts: Mapping[str, Any]) -> Conclusion:
        """Return the same by the code that concludes for the interpreter."""
        program = self._reduced(key)
        known: dict[str, Any] = {name: stands_for(facts[name]) for name in self.formulas}
        truths = (False, True)
        conclusion = concluded(Patient(self.model, SettledSituation(program, Facts(known), truths), BUDGET))
        fill = filling(program, truths, conclusion, self._numbers) if self.formulas else None
        if not self._folded:
            kept = conclusion if fill is None else fill
            self.memory.keep(self.remembered, key, kept, size_of(conclusion) + len(key))
        return conclusion

    def _reduced(self, key: Sequence[int]) -> Program:
        """Return the program with only the rules in `key`, which hold."""
        whole, policy = self.program, self.program.policy
        assert policy is not None
        places = [place for place in key if place != CONFLICT]
        branches = [whole.branches[policy.order[place]] for place in places]
        rules = sorted({branch.rule for branch in branches if branch.rule != OTHERWISE})
        number = {rule: index for index, rule in enumerate(rules)} | {OTHERWISE: OTHERWISE}
        return attrs.evolve(
            whole,
            decision=attrs.evolve(whole.decision, rules=tuple(whole.decision.rules[rule] for rule in rules)),
            rules=(TRUE,) * len(rules),
            branches=tuple(Branch(number[branch.rule], TRUE, branch.values) for branch in branches),
            policy=attrs.evolve(
                policy, order=tuple(range(len(places))), payloads=tuple(policy.payloads[place] for place in places)
            ),
            conflict=TRUE if CONFLICT in key else FALSE,
        )
