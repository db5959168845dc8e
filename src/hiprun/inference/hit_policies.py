"""The hit policies there are, each a class with everything that is its own, and one registry.

To add one, write its class here and put it into `HitPolicy` and `HIT_POLICIES`, say what it means to the prover in
`verification/hit_policy_encoding.py`, and name it in `language/schemas/decision.schema.json` and in the language page.
Everything else asks for traits; type checks, `tests/unit/inference/test_hit_policies.py` and
`tests/test_hit_policies_everywhere.py` name each place that was left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any, ClassVar, TypeAlias

from hiprun.errors import Problem, RuleError
from hiprun.inference.circuit import FALSE, TRUE, Circuit, Node
from hiprun.inference.hit_policy import (
    Answering,
    Branch,
    Candidate,
    Case,
    Ending,
    Gathered,
    Gives,
    Grounding,
    Payload,
    Policy,
    Result,
    Step,
    Traits,
    rank,
    row,
    row_gathered,
    take_first,
    take_largest,
    unrank,
)
from hiprun.inference.interval_sets import from_signs
from hiprun.inference.linear_constraints import Linear
from hiprun.inference.strongest_branches import rivalled, strongest
from hiprun.model import Decision, Number, Output

MOST_TOTALS = 2000
"""How many values a score may have where a formula compares it with something else than a number."""

_BLOCK = 50


# one rule's outputs are the answer


class Picking(Answering):
    """The answer is all that one of the rules gives."""

    adds: ClassVar[bool] = False

    def payload(self, outputs: tuple[Output, ...], values: Mapping[str, Any]) -> Payload:
        """Return the values of a rule."""
        return row(outputs, values)

    def finish(self, policy: Policy, gathered: Payload | None) -> Result:
        """Return the values that were picked, else those for when no rule matches."""
        if gathered is not None:
            return gathered
        return Ending.NO_MATCH if policy.otherwise is None else policy.otherwise

    def bounds(self, policy: Policy, gathered: Payload | None, left: Sequence[Candidate]) -> list[Result]:
        """Return what each rule gives that may match."""
        certain = any(node == TRUE for node, _ in left)
        payloads = [payload for _, payload in left]
        return list(dict.fromkeys([*payloads, *([] if certain else [policy.finish(gathered)])]))

    def cases(self, grounding: Grounding, decision: Decision, output: str) -> list[Case]:
        """Return what the rules give."""
        circuit, policy = grounding.circuit, _ready(grounding, decision)
        nodes = [branch.node for branch in grounding.branches(decision)]
        index = _place(decision, output)
        picked = self.picked(circuit, [nodes[position] for position in policy.order])
        found: list[Case] = [(node, payload[index]) for node, payload in zip(picked, policy.payloads, strict=True)]
        if policy.otherwise is not None:
            found.append((circuit.negate(circuit.some(nodes)), policy.otherwise[index]))
        return _grouped(circuit, found)

    def picked(self, circuit: Circuit, nodes: Sequence[Node]) -> Sequence[Node]:
        """Return for each rule, in the order of the policy, the node that holds when it gives the answer."""
        return nodes


class Unique(Picking):
    """The rule that matches is the only one."""

    may_conflict: ClassVar[bool] = True

    def advance(self, gathered: Gathered, candidates: Sequence[Candidate]) -> Step:
        """Gather the one rule that matches; a second one is a conflict."""
        kept: list[Candidate] = []
        for node, payload in candidates:
            if node == TRUE:
                if gathered is not None:
                    return Ending.CONFLICT, ()
                gathered = payload
            elif node != FALSE:
                kept.append((node, payload))
        return gathered, tuple(kept)

    def conflict(self, grounding: Grounding, decision: Decision) -> Node:
        """Return the node that holds when two rules match."""
        return _two_of(grounding.circuit, grounding.rules(decision))


class Agreed(Picking):
    """All rules that match give the same."""

    may_conflict: ClassVar[bool] = True

    def advance(self, gathered: Gathered, candidates: Sequence[Candidate]) -> Step:
        """Gather what the rules that match agree on; another answer is a conflict."""
        kept: list[Candidate] = []
        for node, payload in candidates:
            if node == TRUE:
                if gathered is not None and gathered != payload:
                    return Ending.CONFLICT, ()
                gathered = payload
            elif node != FALSE:
                kept.append((node, payload))
        return gathered, tuple((node, payload) for node, payload in kept if payload != gathered)

    def folding(self, branches: Sequence[Branch]) -> Answering:
        """Return `first` where rules give formulas.

        Whether they agree depends on the patient: that is part of the conflict, and where there is none they do.
        """
        return FIRST if _give_formulas(branches) else self

    def conflict(self, grounding: Grounding, decision: Decision) -> Node:
        """Return the node that holds when two rules match that do not give the same."""
        circuit = grounding.circuit
        grouped: dict[tuple[Any, ...], list[Node]] = {}
        for branch in grounding.branches(decision):
            given = tuple(branch.values[output.name] for output in decision.outputs)
            grouped.setdefault(given, []).append(branch.node)
        nodes = {given: circuit.some(same) for given, same in grouped.items()}
        open_ = [given for given in nodes if any(isinstance(value, Linear) for value in given)]
        formulas = set(open_)
        fixed = [given for given in nodes if given not in formulas]
        found = [_two_of(circuit, [nodes[given] for given in fixed])]
        for index, given in enumerate(open_):
            for other in (*fixed, *open_[:index]):
                found.append(circuit.every((nodes[given], nodes[other], grounding.differ(given, other))))
        return circuit.some(found)


class InTurn(Picking):
    """The first rule that matches, in the order of the policy."""

    may_conflict: ClassVar[bool] = False

    def advance(self, gathered: Gathered, candidates: Sequence[Candidate]) -> Step:
        """Gather the first rule that matches."""
        return take_first(gathered, candidates)

    def conflict(self, grounding: Grounding, decision: Decision) -> Node:
        """Return that rules do not contradict each other."""
        return FALSE

    def overruled(self, grounding: Grounding, decision: Decision, rule: int) -> Node:
        """Return the node that holds where a rule matches that comes before this one."""
        policy = _ready(grounding, decision)
        branches = grounding.branches(decision)
        ahead = takewhile(lambda branch: branch.rule != rule, (branches[position] for position in policy.order))
        return grounding.circuit.some([branch.node for branch in ahead])

    def picked(self, circuit: Circuit, nodes: Sequence[Node]) -> Sequence[Node]:
        """Return for each of `nodes` the node that holds when it does and none before it; in blocks, to stay small."""
        found: list[Node] = []
        blocks: list[Node] = []
        for start in range(0, len(nodes), _BLOCK):
            block = nodes[start : start + _BLOCK]
            for index, node in enumerate(block):
                found.append(circuit.every([*blocks, *map(circuit.negate, block[:index]), node]))
            blocks.append(circuit.negate(circuit.some(block)))
        return found


# the strongest value of each output


class Extreme(Answering):
    """The strongest value that a rule that matches gives, output by output."""

    adds: ClassVar[bool] = False
    may_conflict: ClassVar[bool] = False
    larger: ClassVar[int] = 1
    """The sign of the stronger of two numbers less the weaker one."""

    def strength(self, output: Output, value: Any) -> Number:
        """Return how strong a value of an output is; the largest wins."""
        number: Number = value
        return number

    def value(self, output: Output, strength: Number) -> Any:
        """Return the value that is as strong as that."""
        return strength

    def payload(self, outputs: tuple[Output, ...], values: Mapping[str, Any]) -> Payload:
        """Return how strong the values of a rule are."""
        return tuple(
            self.strength(output, values[output.name]) if output.name in values else None for output in outputs
        )

    def advance(self, gathered: Gathered, candidates: Sequence[Candidate]) -> Step:
        """Gather the strongest value of each output."""
        return take_largest(gathered, candidates)

    def finish(self, policy: Policy, gathered: Payload | None) -> Result:
        """Return the strongest values; an output without one has that for when no rule matches."""
        if gathered is None:
            return Ending.NO_MATCH if policy.otherwise is None else policy.otherwise
        return tuple(
            self.value(policy.outputs[index], number)
            if number is not None
            else policy.otherwise and policy.otherwise[index]
            for index, number in enumerate(gathered)
        )

    def bounds(self, policy: Policy, gathered: Payload | None, left: Sequence[Candidate]) -> list[Result]:
        """Return what comes out when none of the rules that are left matches, and when each one does."""
        joined = [self.advance(gathered, [(TRUE, payload)])[0] for _, payload in left]
        return list(dict.fromkeys(map(policy.finish, (gathered, *joined))))

    def overruled(self, grounding: Grounding, decision: Decision, rule: int) -> Node:
        """Return the node that holds where for each output of a rule another one gives something as strong."""
        policy = _ready(grounding, decision)
        return rivalled(grounding, decision, policy, rule) if policy.hit is self else FALSE

    def folding(self, branches: Sequence[Branch]) -> Answering:
        """Return `first` for branches that are arranged: only one of them can match."""
        return FIRST if any(branch.is_arranged for branch in branches) else self

    def arranged(self, grounding: Grounding, decision: Decision, branches: list[Branch]) -> list[Branch]:
        """Return, where rules give formulas, a branch for each way in which the outputs get their strongest values."""
        if not _give_formulas(branches):
            return branches
        return strongest(grounding, [output.name for output in decision.outputs], branches, self.larger)

    def cases(self, grounding: Grounding, decision: Decision, output: str) -> list[Case]:
        """Return what the rules give, each where none gives anything stronger."""
        circuit, policy = grounding.circuit, _ready(grounding, decision)
        nodes = [branch.node for branch in grounding.branches(decision)]
        if policy.hit is not self:
            return policy.hit.cases(grounding, decision, output)
        index = _place(decision, output)
        by_strength: dict[Number, list[Node]] = {}
        for position, payload in zip(policy.order, policy.payloads, strict=True):
            if payload[index] is not None:
                by_strength.setdefault(payload[index], []).append(nodes[position])
        found: list[Case] = []
        none_stronger = TRUE
        for number in sorted(by_strength, reverse=True):
            reached = circuit.some(by_strength[number])
            found.append((circuit.every((none_stronger, reached)), self.value(policy.outputs[index], number)))
            none_stronger = circuit.every((none_stronger, circuit.negate(reached)))
        if policy.otherwise is not None:
            found.append((none_stronger, policy.otherwise[index]))
        return _grouped(circuit, found)

    def conflict(self, grounding: Grounding, decision: Decision) -> Node:
        """Return that rules do not contradict each other."""
        return FALSE


class Worst(Extreme):
    """The worst value of each output."""

    def strength(self, output: Output, value: Any) -> Number:
        """Return how bad a value is."""
        return rank(output.domain, value)

    def value(self, output: Output, strength: Number) -> Any:
        """Return the value that is as bad as that."""
        return unrank(output.domain, strength)


class Min(Extreme):
    """The lowest number of each output."""

    larger: ClassVar[int] = -1

    def strength(self, output: Output, value: Any) -> Number:
        """Return how low a number is."""
        number: Number = -value
        return number

    def value(self, output: Output, strength: Number) -> Any:
        """Return the number that is as low as that."""
        return -strength


# scores


class Total(Answering):
    """The sum of what the rules that match weigh, 0 when there is none."""

    adds: ClassVar[bool] = True
    may_conflict: ClassVar[bool] = False

    def payload(self, outputs: tuple[Output, ...], values: Mapping[str, Any]) -> Payload:
        """Return what a rule weighs: its numbers, or where rules are only counted, 1."""
        return (1,) if self.takes == "nothing" else row(outputs, values)

    def advance(self, gathered: Gathered, candidates: Sequence[Candidate]) -> Step:
        """Gather the sum."""
        kept: list[Candidate] = []
        for node, payload in candidates:
            if node == TRUE:
                gathered = (
                    payload
                    if gathered is None
                    else tuple(a + b for a, b in zip(row_gathered(gathered), payload, strict=True))
                )
            elif node != FALSE and any(payload):
                kept.append((node, payload))
        return gathered, tuple(kept)

    def finish(self, policy: Policy, gathered: Payload | None) -> Result:
        """Return the sum."""
        return tuple(0 for _ in policy.outputs) if gathered is None else gathered

    def bounds(self, policy: Policy, gathered: Payload | None, left: Sequence[Candidate]) -> list[Result]:
        """Return the lowest and the highest sum."""
        payloads = [payload for _, payload in left]
        start = gathered if gathered is not None else tuple(0 for _ in policy.outputs)
        low = tuple(value + sum(p[i] for p in payloads if p[i] < 0) for i, value in enumerate(start))
        high = tuple(value + sum(p[i] for p in payloads if p[i] > 0) for i, value in enumerate(start))
        return [low, high]

    def cases(self, grounding: Grounding, decision: Decision, output: str) -> list[Case]:
        """Return every sum there can be; a `RuleError` says that there are too many."""
        policy, index = _ready(grounding, decision), _place(decision, output)
        branches = grounding.branches(decision)
        weights = [
            (payload[index], branches[position].node)
            for position, payload in zip(policy.order, policy.payloads, strict=True)
        ]
        totals: set[Number] = {0}
        for weight, _ in weights:
            totals |= {total + weight for total in totals}
            if len(totals) > MOST_TOTALS:
                raise RuleError([_too_many_totals(decision, output)])
        return [(grounding.circuit.total(0, weights, from_signs((0,), total)), total) for total in sorted(totals)]

    def conflict(self, grounding: Grounding, decision: Decision) -> Node:
        """Return that rules do not contradict each other."""
        return FALSE


# no single answer


class Collect(Traits):
    """Each rule that matches adds an item to a list."""

    gives: ClassVar[Gives] = "items"
    adds: ClassVar[bool] = False
    may_conflict: ClassVar[bool] = False


class Limits(Traits):
    """Each rule that matches bounds a quantity; the tightest bounds hold. This is how limits are decided."""

    gives: ClassVar[Gives] = "limits"
    adds: ClassVar[bool] = False
    may_conflict: ClassVar[bool] = False


HitPolicy: TypeAlias = Unique | Agreed | InTurn | Worst | Min | Extreme | Total | Collect | Limits
"""Any hit policy. What must differ by policy elsewhere matches all of these."""

UNIQUE = Unique(name="unique", without_match="", says="one", takes="values", ranks=False, takes_formulas=True)
ANY = Agreed(name="any", without_match="", says="some", takes="values", ranks=False, takes_formulas=True)
FIRST = InTurn(name="first", without_match="", says="first", takes="values", ranks=False, takes_formulas=True)
PRIORITY = InTurn(name="priority", without_match="", says="first", takes="values", ranks=True, takes_formulas=False)
WORST = Worst(name="worst", without_match="", says="some", takes="ranks", ranks=True, takes_formulas=False)
COLLECT = Collect(
    name="collect", without_match="an empty list", says="all", takes="values", ranks=False, takes_formulas=True
)
SUM = Total(name="sum", without_match="0", says="all", takes="numbers", ranks=False, takes_formulas=False)
MIN = Min(name="min", without_match="", says="some", takes="numbers", ranks=False, takes_formulas=True)
MAX = Extreme(name="max", without_match="", says="some", takes="numbers", ranks=False, takes_formulas=True)
COUNT = Total(name="count", without_match="0", says="all", takes="nothing", ranks=False, takes_formulas=False)
LIMITS = Limits(name="limits", without_match="no limit", says="all", takes="numbers", ranks=False, takes_formulas=True)

_ALL: tuple[HitPolicy, ...] = (UNIQUE, ANY, FIRST, PRIORITY, WORST, COLLECT, SUM, MIN, MAX, COUNT, LIMITS)

HIT_POLICIES: Mapping[str, HitPolicy] = {policy.name: policy for policy in _ALL}
"""Every hit policy by the name that decisions have it by. All but `limits` may stand in a file behind `hit:`."""


def _give_formulas(branches: Iterable[Branch]) -> bool:
    return any(isinstance(value, Linear) for branch in branches for value in branch.values.values())


def _ready(grounding: Grounding, decision: Decision) -> Policy:
    policy = grounding.policy(decision)
    assert policy is not None
    return policy


def _place(decision: Decision, output: str) -> int:
    return [entry.name for entry in decision.outputs].index(output)


def _two_of(circuit: Circuit, nodes: Sequence[Node]) -> Node:
    return circuit.total(0, [(1, node) for node in nodes], (((2, 0), (max(len(nodes), 2), 1)),))


def _grouped(circuit: Circuit, cases: Sequence[Case]) -> list[Case]:
    by_value: dict[Any, list[Node]] = {}
    for node, value in cases:
        if node != FALSE:
            by_value.setdefault((type(value), value), []).append(node)
    return [(circuit.some(nodes), value) for (_, value), nodes in by_value.items()]


def _too_many_totals(decision: Decision, output: str) -> Problem:
    return Problem(
        "too-many-totals",
        f"`{decision.name}.{output}` can have more than {MOST_TOTALS:,} different totals,"
        " too many for a formula with other facts or outputs.",
        decision.place,
        "Compare it with a number or a parameter alone, or use rounder numbers in its rules.",
    )
