"""What each hit policy means to the prover: what comes out, when rules contradict each other, when a rule matters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any, Protocol, TypeAlias, assert_never

from hiprun.inference import hit_policies as policies
from hiprun.inference.hit_policy import rank
from hiprun.model import Decision, Number
from hiprun.verification.number_encoding import Quantity, arithmetic, chosen, compare, identity
from hiprun.verification.rule_encoding import RuleTerms
from hiprun.verification.solver import SolverAnswer, SolverVerdict, Term
from hiprun.verification.three_valued_logic import Node, both, either, opposite

Mattering: TypeAlias = tuple[SolverVerdict, list[int]]
"""Whether someone's answer hangs on a rule, and if not, the other rules behind which it never shows."""


class Asking(Protocol):
    """Where the prover is asked for patients."""

    @property
    def terms(self) -> RuleTerms[Term]:
        """The terms of the rules."""

    def ask(self, assumptions: Sequence[Term] = ()) -> SolverAnswer:
        """Return whether a patient exists who meets `assumptions`, names or their opposites."""

    def ask_within(self, terms: Iterable[Term]) -> SolverAnswer:
        """Return whether a patient exists who meets `terms`."""


class Form(ABC):
    """What the prover has to know of every policy."""

    @abstractmethod
    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return the ways in which rules of a decision can contradict each other."""

    @abstractmethod
    def matters(self, asking: Asking, decision: Decision, index: int) -> Mattering:
        """Return whether a rule that can apply matters to someone."""


class Numbered(Form):
    """A policy under which an output is one number."""

    @abstractmethod
    def number(self, terms: RuleTerms[Node], decision: Decision, output: str) -> Quantity[Node]:
        """Return a number output of a decision."""


class Cased(Numbered):
    """A policy under which an output has one of certain values."""

    @abstractmethod
    def cases(self, terms: RuleTerms[Node], decision: Decision, output: str) -> list[tuple[Node, Any]]:
        """Return the values that an output can have, each with the node that holds when it has it."""

    def number(self, terms: RuleTerms[Node], decision: Decision, output: str) -> Quantity[Node]:
        """Return that of its cases which holds."""
        term: Term = 0
        for holds, value in reversed(terms.plain.cases(decision.name, output)):
            term = chosen(holds, value.term, term, terms.engine)
        cases = terms.cases(decision.name, output)
        settled = either(both((terms.logic.yes(node), value.known)) for node, value in cases)
        return Quantity(term, settled, terms.logic.some([node for node, _ in cases]))


def form(decision: Decision) -> Form:
    """Return what the policy of a decision means to the prover."""
    policy = policies.HIT_POLICIES[decision.hit]
    match policy:
        case policies.Unique():
            return Unique()
        case policies.Agreed():
            return Agreed()
        case policies.InTurn():
            return InTurn(policy)
        case policies.Extreme():
            return Extreme(policy)
        case policies.Total():
            return Total(policy)
        case policies.Collect():
            return Collect()
        case policies.Limits():
            return Limits()
        case _:
            assert_never(policy)


# one rule's outputs are the answer


class Picking(Cased):
    """The answer is what one of the rules gives."""

    def cases(self, terms: RuleTerms[Node], decision: Decision, output: str) -> list[tuple[Node, Any]]:
        """Return what the rules give."""
        nodes = self.picked(terms, decision)
        pairs = [(node, terms.given(decision, index, output)) for index, node in enumerate(nodes)]
        rest = _rest(terms, decision, output, terms.some_rule(decision.name))
        return _grouped(terms, decision, output, [*pairs, *rest])

    def picked(self, terms: RuleTerms[Node], decision: Decision) -> Sequence[Node]:
        """Return for each rule the node that holds when it gives the answer."""
        return terms.rules(decision.name)


class Unique(Picking):
    """The rule that applies is the only one."""

    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return the ways in which two rules apply."""
        return _several(terms, decision, terms.rules(decision.name))

    def matters(self, asking: Asking, decision: Decision, index: int) -> Mattering:
        """Ask for someone to whom no other rule applies."""
        return _alone(asking, index, decision, _others(decision, index))


class Agreed(Picking):
    """All rules that apply give the same."""

    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return the ways in which two rules apply that do not give the same."""
        nodes = terms.rules(decision.name)
        groups: dict[Any, list[int]] = {}
        for index in range(len(nodes)):
            groups.setdefault(tuple(map(identity, terms.answer(decision, index))), []).append(index)
        together = [terms.logic.some([nodes[index] for index in group]) for group in groups.values()]
        firsts = [group[0] for group in groups.values()]
        if all(terms.differ(decision, first, other) is True for first, other in combinations(firsts, 2)):
            return _several(terms, decision, together)
        return [
            terms.logic.every((one, other, terms.unlike(decision, first, second)))
            for (one, first), (other, second) in combinations(zip(together, firsts, strict=True), 2)
        ]

    def matters(self, asking: Asking, decision: Decision, index: int) -> Mattering:
        """Ask for someone to whom no other rule applies."""
        return _alone(asking, index, decision, _others(decision, index))


class InTurn(Picking):
    """The first rule that applies, in the order of the policy."""

    def __init__(self, policy: policies.InTurn) -> None:
        self.policy = policy

    def order(self, terms: RuleTerms[Node], decision: Decision) -> Sequence[int]:
        """Return the indexes of the rules in the order in which the policy looks at them."""
        rules = range(len(decision.rules))
        if not self.policy.ranks:
            return rules

        def badness(index: int) -> list[Number]:
            given = [(output.domain, terms.given(decision, index, output.name)) for output in decision.outputs]
            return [rank(domain, _plain(value)) for domain, value in given]

        return sorted(rules, key=badness, reverse=True)

    def picked(self, terms: RuleTerms[Node], decision: Decision) -> Sequence[Node]:
        """Return for each rule the node that holds when it applies and none before it."""
        nodes, found = terms.rules(decision.name), {}
        none_before = terms.logic.truth(True)
        for place, index in enumerate(self.order(terms, decision)):
            found[index] = terms.logic.every((none_before, nodes[index]))
            none_now = terms.logic.every((none_before, terms.logic.negate(nodes[index])))
            none_before = terms.named(f"{decision.name}: none of {place + 1}", none_now)
        return [found[index] for index in range(len(nodes))]

    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return that there is none."""
        return []

    def matters(self, asking: Asking, decision: Decision, index: int) -> Mattering:
        """Ask for someone to whom it applies, none before it, and then none that says the same."""
        terms = asking.terms
        order = list(self.order(terms, decision))
        place = order.index(index)
        before, after = order[:place], order[place + 1 :]
        same = [other for other in after if _same_answer(terms, decision, index, other)]
        found, by = _alone(asking, index, decision, [*before, *same])
        if found != "no" or not set(by) & set(same):
            return found, by
        # a later rule that says the same stands in for this one, unless another rule comes between
        nodes = terms.rules(decision.name)
        stands_in: Term = False
        for other in reversed(after):
            both_ways = (nodes[other], stands_in)
            stands_in = either(both_ways) if other in same else both((opposite(nodes[other]), stands_in))
        wanted = [nodes[index], *(opposite(nodes[other]) for other in before), opposite(stands_in)]
        return asking.ask_within(wanted).verdict, by


# the strongest value of each output


class Extreme(Cased):
    """The strongest value that a rule that applies gives, output by output."""

    def __init__(self, policy: policies.Extreme) -> None:
        self.policy = policy

    def strength(self, decision: Decision, output: str, value: Any) -> Number:
        """Return how strong a value is; the largest wins."""
        return self.policy.strength(decision.output(output), _plain(value))

    def cases(self, terms: RuleTerms[Node], decision: Decision, output: str) -> list[tuple[Node, Any]]:
        """Return what the rules give, each where none gives anything stronger."""
        found: list[tuple[Node, Any]] = []
        reached = terms.logic.truth(False)
        for value, node in self._reached(terms, decision, output):
            found.append((terms.logic.every((node, terms.logic.negate(reached))), value))
            reached = terms.logic.some((reached, node))
        return _grouped(terms, decision, output, [*found, *_rest(terms, decision, output, reached)])

    def _reached(self, terms: RuleTerms[Node], decision: Decision, output: str) -> list[tuple[Any, Node]]:
        """Return the values that rules give, the strongest first, and when one gives them."""
        by_strength: dict[Number, tuple[Any, list[Node]]] = {}
        for index, node in enumerate(terms.rules(decision.name)):
            value = terms.given(decision, index, output)
            if value is not None:
                by_strength.setdefault(self.strength(decision, output, value), (value, []))[1].append(node)
        return [
            (value, terms.named(f"{decision.name}.{output}: strength {strength}", terms.logic.some(nodes)))
            for strength, (value, nodes) in sorted(by_strength.items(), key=lambda entry: entry[0], reverse=True)
        ]

    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return that there is none."""
        return []

    def matters(self, asking: Asking, decision: Decision, index: int) -> Mattering:
        """Ask for someone to whom nothing applies that gives as much, for one output or another."""
        terms = asking.terms
        shadows: list[int] = []
        verdict: SolverVerdict = "no"
        for output in decision.outputs:
            own = terms.given(decision, index, output.name)
            if own is None:
                continue
            strength = self.strength(decision, output.name, own)
            rivals = [
                other
                for other in _others(decision, index)
                if (value := terms.given(decision, other, output.name)) is not None
                and self.strength(decision, output.name, value) >= strength
            ]
            found, by = _alone(asking, index, decision, rivals)
            if found == "yes":
                return found, []
            verdict = "unknown" if found == "unknown" else verdict
            shadows += [other for other in by if other not in shadows]
        return verdict, sorted(shadows)


# scores


class Total(Numbered):
    """The sum of what the rules that apply weigh."""

    def __init__(self, policy: policies.Total) -> None:
        self.policy = policy

    def number(self, terms: RuleTerms[Node], decision: Decision, output: str) -> Quantity[Node]:
        """Return the sum."""
        total: Term = 0
        known: list[Term] = []
        plain = terms.plain.rules(decision.name)
        for index, node in enumerate(terms.rules(decision.name)):
            total = arithmetic(
                "+", total, chosen(plain[index], self._weight(terms, decision, index, output), 0, terms.engine)
            )
            known.append(either((terms.logic.yes(node), terms.logic.no(node))))
        return Quantity(total, both(known), terms.logic.truth(True))

    def _weight(self, terms: RuleTerms[Node], decision: Decision, index: int, output: str) -> Term:
        return 1 if self.policy.takes == "nothing" else terms.given(decision, index, output).term

    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return that there is none."""
        return []

    def matters(self, asking: Asking, decision: Decision, index: int) -> Mattering:
        """Tell whether it weighs anything."""
        weights = [self._weight(asking.terms, decision, index, output.name) for output in decision.outputs]
        return ("yes" if any(weights) else "no"), []


# no single answer


class Collect(Form):
    """Each rule that applies adds an item."""

    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return that there is none."""
        return []

    def matters(self, asking: Asking, decision: Decision, index: int) -> Mattering:
        """Tell that its item is there for someone."""
        return "yes", []


class Limits(Cased):
    """Each rule that applies bounds a quantity; what can be asked of that is on which side of its bounds it lies."""

    def cases(self, terms: RuleTerms[Node], decision: Decision, output: str) -> list[tuple[Node, Any]]:
        """Return the sides on which a quantity can lie."""
        logic = terms.logic
        value = terms.number(dict(decision.quantities)[output])
        sides: dict[str, list[Node]] = {"at_most": [], "at_least": []}
        for index, (rule, node) in enumerate(zip(decision.rules, terms.rules(decision.name), strict=True)):
            limit = terms.given(decision, index, output)
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

    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return that there is none."""
        return []

    def matters(self, asking: Asking, decision: Decision, index: int) -> Mattering:
        """Ask for someone to whom no bound applies that is as tight."""
        terms, own = asking.terms, decision.rules[index]
        nodes = terms.rules(decision.name)
        quantity = own.then[0][0]
        limit = terms.given(decision, index, quantity)
        tighter = frozenset({-1 if own.bound == "at_most" else 1})
        against: dict[int, Term] = {}
        for other, rule in enumerate(decision.rules):
            if other == index or rule.bound != own.bound or rule.then[0][0] != quantity:
                continue
            beaten = compare(limit.term, tighter, terms.given(decision, other, quantity).term)
            label = f"{decision.name}: {index} before {other}"
            against[other] = terms.define(label, either((opposite(nodes[other]), beaten)))
        return _without(asking, [nodes[index]], against)


# what several have in common


def _plain(value: Any) -> Any:
    return value.term if isinstance(value, Quantity) else value


def _others(decision: Decision, index: int) -> list[int]:
    return [other for other in range(len(decision.rules)) if other != index]


def _rest(terms: RuleTerms[Node], decision: Decision, output: str, given: Node) -> list[tuple[Node, Any]]:
    valued, value = terms.otherwise(decision, output)
    return [] if value is None else [(terms.logic.every((terms.logic.negate(given), valued)), value)]


def _grouped(
    terms: RuleTerms[Node], decision: Decision, output: str, pairs: Sequence[tuple[Node, Any]]
) -> list[tuple[Node, Any]]:
    by_value: dict[Any, tuple[Any, list[Node]]] = {}
    for node, value in pairs:
        by_value.setdefault(identity(value), (value, []))[1].append(node)
    return [
        (terms.named(f"{decision.name}.{output} case {number}", terms.logic.some(nodes)), value)
        for number, (value, nodes) in enumerate(by_value.values())
    ]


def _several(terms: RuleTerms[Node], decision: Decision, nodes: Sequence[Node]) -> list[Node]:
    """Return the ways in which more than one of `nodes` can hold, each node with any of those before it."""
    found: list[Node] = []
    before = terms.logic.truth(False)
    for place, node in enumerate(nodes):
        found.append(terms.logic.every((before, node)))
        before = terms.named(f"{decision.name}: some of {place + 1}", terms.logic.some((before, node)))
    return found


def _alone(asking: Asking, index: int, decision: Decision, others: Sequence[int]) -> Mattering:
    """Ask for someone to whom a rule applies and none of `others`; else name as few of these as see to it."""
    nodes = asking.terms.rules(decision.name)
    return _without(asking, [nodes[index]], {other: opposite(nodes[other]) for other in others})


def _without(asking: Asking, fixed: Sequence[Term], against: dict[int, Term]) -> Mattering:
    found = asking.ask([*fixed, *against.values()])
    if found.verdict != "no":
        return found.verdict, []
    spoke = {term.get_id() for term in found.against if not isinstance(term, bool)}
    needed = [other for other, term in against.items() if isinstance(term, bool) or term.get_id() in spoke]
    for other in list(needed):
        fewer = [kept for kept in needed if kept != other]
        still = asking.ask([*fixed, *(against[kept] for kept in fewer)]).verdict == "no"
        needed = fewer if still else needed
    return "no", needed


def _same_answer(terms: RuleTerms[Term], decision: Decision, first: int, second: int) -> bool:
    answers = (terms.answer(decision, index) for index in (first, second))
    return all(bool(identity(one) == identity(other)) for one, other in zip(*answers, strict=True))
