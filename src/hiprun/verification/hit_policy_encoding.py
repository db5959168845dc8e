"""What each hit policy means to the prover: what comes out, when rules contradict each other, when a rule matters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, assert_never

import attrs

from hiprun.inference import hit_policies
from hiprun.inference.hit_policy import rank
from hiprun.model import Decision, Number
from hiprun.verification.condition_logics import Node, both, either, opposite
from hiprun.verification.number_encoding import Quantity, arithmetic, as_quantity, bare, chosen, compare, identity
from hiprun.verification.rule_encoding import RuleTerms
from hiprun.verification.solver import Term, z3

_UNEQUAL, _EQUAL, _GREATER, _AT_LEAST = frozenset({-1, 1}), frozenset({0}), frozenset({1}), frozenset({0, 1})


@attrs.frozen
class Chance:
    """A way for a rule to matter: all of `fixed` holds, and of the other rules none stands in its way.

    `against` says by rule what must hold for it not to stand in the way. All terms are names, or their opposites.
    """

    fixed: Sequence[Term]
    against: Mapping[int, Term]


class Form(ABC):
    """What the prover has to know of every policy."""

    @abstractmethod
    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return the ways in which rules of a decision can contradict each other."""

    @abstractmethod
    def chances(self, terms: RuleTerms[Term], decision: Decision, index: int) -> list[Chance]:
        """Return the ways in which a rule can matter to someone."""


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
            term = chosen(holds, bare(value), term, terms.engine)
        always = terms.logic.truth(True)
        cases = [(node, as_quantity(value, always)) for node, value in terms.cases(decision.name, output)]
        settled = either(both((terms.logic.yes(node), value.known)) for node, value in cases)
        return Quantity(term, settled, terms.logic.some([node for node, _ in cases]))


def form(decision: Decision) -> Form:
    """Return what the policy of a decision means to the prover."""
    policy = hit_policies.HIT_POLICIES[decision.hit]
    match policy:
        case hit_policies.Unique():
            return Unique()
        case hit_policies.Agreed():
            return Agreed()
        case hit_policies.InTurn():
            return InTurn(policy)
        case hit_policies.Extreme():
            return Extreme(policy)
        case hit_policies.Total():
            return Total(policy)
        case hit_policies.Collect():
            return Collect()
        case hit_policies.Limits():
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

    def chances(self, terms: RuleTerms[Term], decision: Decision, index: int) -> list[Chance]:
        """Return that no other rule applies."""
        return [_alone(terms, decision, index, _others(decision, index))]


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

    def chances(self, terms: RuleTerms[Term], decision: Decision, index: int) -> list[Chance]:
        """Return that no other rule applies."""
        return [_alone(terms, decision, index, _others(decision, index))]


class InTurn(Picking):
    """The first rule that applies, in the order of the policy."""

    def __init__(self, policy: hit_policies.InTurn) -> None:
        self.policy = policy

    def order(self, terms: RuleTerms[Node], decision: Decision) -> Sequence[int] | None:
        """Return rules by index in the order in which the policy looks at them; None where it hangs on the setting."""
        rules = range(len(decision.rules))
        if not self.policy.ranks:
            return rules
        badness = [_badness(terms, decision, index) for index in rules]
        if any(z3.is_expr(number) for numbers in badness for number in numbers):
            return None
        return sorted(rules, key=badness.__getitem__, reverse=True)

    def precedes(self, terms: RuleTerms[Node], decision: Decision, first: int, second: int) -> Term:
        """Return whether one rule is looked at before another, under a policy that ranks what they give."""
        found: Term = first < second
        badness = zip(_badness(terms, decision, first), _badness(terms, decision, second), strict=True)
        for one, other in reversed(list(badness)):
            found = either((compare(one, _GREATER, other), both((compare(one, _EQUAL, other), found))))
        return found

    def picked(self, terms: RuleTerms[Node], decision: Decision) -> Sequence[Node]:
        """Return for each rule the node that holds when it applies and none before it."""
        nodes = dict(enumerate(terms.rules(decision.name)))
        order = self.order(terms, decision)
        if order is None:
            known = dict.fromkeys(nodes, True)
            return [
                _unbeaten(terms, nodes, index, {o: self.precedes(terms, decision, o, index) for o in nodes}, known)
                for index in nodes
            ]
        found: dict[int, Node] = {}
        none_before = terms.logic.truth(True)
        for place, index in enumerate(order):
            found[index] = terms.logic.every((none_before, nodes[index]))
            none_now = terms.logic.every((none_before, terms.logic.negate(nodes[index])))
            none_before = terms.named(f"{decision.name}: none of {place + 1}", none_now)
        return [found[index] for index in range(len(nodes))]

    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return that there is none."""
        return []

    def chances(self, terms: RuleTerms[Term], decision: Decision, index: int) -> list[Chance]:
        """Return that it applies, none before it, and then none that says the same."""
        nodes = terms.rules(decision.name)
        order = self.order(terms, decision)
        if order is None:
            # rules that say the same are looked at one after the other here, so that none comes between
            against: dict[int, Term] = {}
            for other in _others(decision, index):
                same = opposite(terms.differ(decision, index, other))
                beats = both((nodes[other], either((self.precedes(terms, decision, other, index), same))))
                against[other] = _not_beaten(terms, decision, index, other, beats)
            return [Chance([nodes[index]], against)]
        place = order.index(index)
        before, after = order[:place], order[place + 1 :]
        says_same = {other: opposite(terms.differ(decision, index, other)) for other in after}
        alone = _alone(terms, decision, index, [*before, *(o for o, term in says_same.items() if term is not False)])
        if len(alone.against) == len(before):
            return [alone]
        # a later rule that says the same stands in for this one, unless another rule comes between
        stands_in: Term = False
        for other in reversed(after):
            here = both((nodes[other], says_same[other]))
            stands_in = either((here, both((opposite(nodes[other]), stands_in))))
        wanted = both([nodes[index], *(opposite(nodes[other]) for other in before), opposite(stands_in)])
        return [alone, Chance([terms.define(f"{decision.name}: {index} is not stood in for", wanted)], {})]


# the strongest value of each output


class Extreme(Cased):
    """The strongest value that a rule that applies gives, output by output."""

    def __init__(self, policy: hit_policies.Extreme) -> None:
        self.policy = policy

    def strengths(self, terms: RuleTerms[Node], decision: Decision, output: str) -> dict[int, Term]:
        """Return how strong what each rule gives is, of those that give an output; the largest wins."""
        given = [(index, terms.given(decision, index, output)) for index in range(len(decision.rules))]
        declared = decision.output(output)
        return {index: self.policy.strength(declared, bare(value)) for index, value in given if value is not None}

    def cases(self, terms: RuleTerms[Node], decision: Decision, output: str) -> list[tuple[Node, Any]]:
        """Return what the rules give, each where none gives anything stronger."""
        strengths = self.strengths(terms, decision, output)
        found: list[tuple[Node, Any]] = []
        if any(map(z3.is_expr, strengths.values())):
            nodes = {index: node for index, node in enumerate(terms.rules(decision.name)) if index in strengths}
            for index in nodes:
                stronger = {o: compare(strengths[o], _GREATER, strengths[index]) for o in nodes}
                known = {o: self._known(terms, decision, output, (o, index)) for o in nodes}
                given = terms.given(decision, index, output)
                found.append((_unbeaten(terms, nodes, index, stronger, known), given))
            reached = terms.logic.some([*nodes.values()])
        else:
            reached = terms.logic.truth(False)
            for value, node in self._reached(terms, decision, output, strengths):
                found.append((terms.logic.every((node, terms.logic.negate(reached))), value))
                reached = terms.logic.some((reached, node))
        return _grouped(terms, decision, output, [*found, *_rest(terms, decision, output, reached)])

    def _known(self, terms: RuleTerms[Node], decision: Decision, output: str, rules: Iterable[int]) -> Term:
        """Return whether all is known that what some rules give follows from."""
        given = (terms.given(decision, index, output) for index in rules)
        return both([value.known for value in given if isinstance(value, Quantity)])

    def _reached(
        self, terms: RuleTerms[Node], decision: Decision, output: str, strengths: Mapping[int, Number]
    ) -> list[tuple[Any, Node]]:
        """Return the values that rules give, the strongest first, and when one gives them."""
        rules = terms.rules(decision.name)
        by_strength: dict[Number, tuple[Any, list[Node]]] = {}
        for index, strength in strengths.items():
            value = terms.given(decision, index, output)
            by_strength.setdefault(strength, (value, []))[1].append(rules[index])
        return [
            (value, terms.named(f"{decision.name}.{output}: strength {strength}", terms.logic.some(nodes)))
            for strength, (value, nodes) in sorted(by_strength.items(), key=lambda entry: entry[0], reverse=True)
        ]

    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return that there is none."""
        return []

    def chances(self, terms: RuleTerms[Term], decision: Decision, index: int) -> list[Chance]:
        """Return for each output that nothing applies that gives as much."""
        nodes = terms.rules(decision.name)
        found: list[Chance] = []
        for output in decision.outputs:
            strengths = self.strengths(terms, decision, output.name)
            if index not in strengths:
                continue
            against: dict[int, Term] = {}
            for other, strength in strengths.items():
                as_strong = compare(strength, _AT_LEAST, strengths[index])
                if other != index and as_strong is not False:
                    against[other] = _not_beaten(terms, decision, index, other, both((nodes[other], as_strong)))
            found.append(Chance([nodes[index]], against))
        return found


# scores


class Total(Numbered):
    """The sum of what the rules that apply weigh."""

    def __init__(self, policy: hit_policies.Total) -> None:
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
            known.append(terms.logic.known(node))
        return Quantity(total, both(known), terms.logic.truth(True))

    def _weight(self, terms: RuleTerms[Node], decision: Decision, index: int, output: str) -> Term:
        return 1 if self.policy.takes == "nothing" else terms.given(decision, index, output).term

    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return that there is none."""
        return []

    def chances(self, terms: RuleTerms[Term], decision: Decision, index: int) -> list[Chance]:
        """Return that it weighs anything."""
        weights = [self._weight(terms, decision, index, output.name) for output in decision.outputs]
        weighs = terms.define(
            f"{decision.name}: {index} weighs", either(compare(each, _UNEQUAL, 0) for each in weights)
        )
        return [Chance([terms.rules(decision.name)[index], weighs], {})]


# no single answer


class Collect(Form):
    """Each rule that applies adds an item."""

    def conflict(self, terms: RuleTerms[Node], decision: Decision) -> list[Node]:
        """Return that there is none."""
        return []

    def chances(self, terms: RuleTerms[Term], decision: Decision, index: int) -> list[Chance]:
        """Return that its item is there."""
        return [Chance([terms.rules(decision.name)[index]], {})]


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

    def chances(self, terms: RuleTerms[Term], decision: Decision, index: int) -> list[Chance]:
        """Return that no bound applies that is as tight."""
        own = decision.rules[index]
        nodes = terms.rules(decision.name)
        quantity = own.then[0][0]
        limit = terms.given(decision, index, quantity)
        as_tight = frozenset({0, 1 if own.bound == "at_most" else -1})
        against: dict[int, Term] = {}
        for other, rule in enumerate(decision.rules):
            if other != index and rule.bound == own.bound and rule.then[0][0] == quantity:
                beats = compare(limit.term, as_tight, terms.given(decision, other, quantity).term)
                against[other] = _not_beaten(terms, decision, index, other, both((nodes[other], beats)))
        return [Chance([nodes[index]], against)]


# what several have in common


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


def _alone(terms: RuleTerms[Term], decision: Decision, index: int, others: Sequence[int]) -> Chance:
    nodes = terms.rules(decision.name)
    return Chance([nodes[index]], {other: opposite(nodes[other]) for other in others})


def _not_beaten(terms: RuleTerms[Term], decision: Decision, index: int, other: int, beats: Term) -> Term:
    return terms.define(f"{decision.name}: {index} before {other}", opposite(beats))


def _unbeaten(
    terms: RuleTerms[Node],
    nodes: Mapping[int, Node],
    index: int,
    beats: Mapping[int, Term],
    known: Mapping[int, Term],
) -> Node:
    """Return the node that holds when a rule applies and no rule that also does beats it, as far as that is known."""
    logic = terms.logic
    rivals = [
        logic.every((node, logic.atom(beats[other], known[other]))) for other, node in nodes.items() if other != index
    ]
    return logic.every((nodes[index], logic.negate(logic.some(rivals))))


def _badness(terms: RuleTerms[Node], decision: Decision, index: int) -> list[Term]:
    given = [(output.domain, terms.given(decision, index, output.name)) for output in decision.outputs]
    return [rank(domain, bare(value)) for domain, value in given]
