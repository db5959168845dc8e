"""The ways in which two versions of a decision can answer one patient differently, each as a term of the prover."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs

from hiprun.inference.hit_policy import rank
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision, Domain, Output
from hiprun.model.notation import notation
from hiprun.model.values import public
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.difference_result import Direction
from hiprun.verification.number_encoding import Quantity, compare
from hiprun.verification.solver import Term, z3
from hiprun.verification.three_valued_logic import both, either, opposite
from hiprun.verification.witness_text import answer_text, in_file

_HIGHER = frozenset({1})
_LOWER = frozenset({-1})
_UNEQUAL = frozenset({-1, 1})
_RISING = frozenset({"higher", "later", "true"})
_ENDINGS = {"decided": "an answer", "no_match": "no answer", "conflict": "a conflict"}


@attrs.frozen(eq=False)
class Way:
    """One way in which answers differ: the words for it, whom it concerns, and whether two outcomes differ in it.

    `shown` says the part of an outcome that is to be looked at.
    """

    what: str
    direction: Direction
    term: Term
    seen: Callable[[Outcome, Outcome], bool]
    shown: Callable[[Outcome], str] = answer_text


Aspect = Sequence[Way]
"""Ways of which at most one holds for a patient."""


@attrs.frozen(eq=False)
class Pair:
    """The two versions of a decision, and their terms for one patient."""

    old: Decision
    new: Decision
    before: Terms[Term]
    after: Terms[Term]

    def common(self) -> list[tuple[Output, Output]]:
        """Return the outputs that both have."""
        names = {output.name: output for output in self.new.outputs}
        return [(output, names[output.name]) for output in self.old.outputs if output.name in names]


def comparable(old: Decision, new: Decision) -> bool:
    """Whether the answers of two decisions are of one kind."""
    kinds = [decision.hit if decision.hit in ("collect", "limits") else "" for decision in (old, new)]
    types = {output.name: output.domain.type for output in old.outputs}
    same = all(types.get(output.name, output.domain.type) == output.domain.type for output in new.outputs)
    return kinds[0] == kinds[1] and same


def together(pair: Pair) -> list[Aspect]:
    """Return the aspects of an answer that change together, as one answer to one patient."""
    if pair.new.hit in ("collect", "limits"):
        return [_endings(pair)]
    answered = [_answered(terms, pair.new.name) for terms in (pair.before, pair.after)]
    return [_endings(pair), *(_output(pair, *outputs, answered) for outputs in pair.common())]


def apart(pair: Pair) -> list[Way]:
    """Return the ways that are looked at one by one: items of a list, and limits."""
    if pair.new.hit == "collect":
        return list(_items(pair))
    if pair.new.hit == "limits":
        return [way for old, _ in pair.common() for way in _limits(pair, old.name)]
    return []


# answers


def _answered(terms: Terms[Term], name: str) -> Term:
    return both((terms.answered(name), opposite(terms.conflict(name))))


def _endings(pair: Pair) -> Aspect:
    def of(terms: Terms[Term]) -> dict[str, Term]:
        conflict, answered = terms.conflict(pair.new.name), terms.answered(pair.new.name)
        no_match = both((opposite(conflict), opposite(answered)))
        return {"decided": both((opposite(conflict), answered)), "no_match": no_match, "conflict": conflict}

    def seen(first: str, second: str) -> Callable[[Outcome, Outcome], bool]:
        return lambda before, after: (before.status, after.status) == (first, second)

    before, after = of(pair.before), of(pair.after)
    return [
        Way(f"{_ENDINGS[first]} → {_ENDINGS[second]}", "different", both((term, other)), seen(first, second))
        for first, term in before.items()
        for second, other in after.items()
        if first != second
    ]


def _output(pair: Pair, old: Output, new: Output, answered: Sequence[Term]) -> Aspect:
    totals = "sum", "count"
    if pair.old.hit not in totals and pair.new.hit not in totals:
        before, after = (terms.cases(pair.new.name, new.name) for terms in (pair.before, pair.after))
        if all(_is_constant(value) for _, value in [*before, *after]):
            return list(_values(pair, old, new, answered))
    first, second = (terms.output_number(pair.new.name, new.name) for terms in (pair.before, pair.after))
    valued = [*answered, first.valued, second.valued]

    def way(what: str, signs: frozenset[int], worse: bool) -> Way:
        def seen(before: Outcome, after: Outcome) -> bool:
            values = [outcome.get(new.name) for outcome in (before, after)]
            return None not in values and ((values[1] > values[0]) - (values[1] < values[0])) in signs

        direction: Direction = "different"
        if new.domain.worse:
            direction = "stricter" if worse else "calmer"
        term = both((*valued, compare(second.term, signs, first.term)))
        return Way(f"{new.name}: {what} than before", direction, term, seen)

    rising = new.domain.worse in _RISING
    return [way("more", _HIGHER, rising), way("less", _LOWER, not rising)]


def _is_constant(value: Any) -> bool:
    return not isinstance(value, Quantity) or not z3.is_expr(value.term)


def _values(pair: Pair, old: Output, new: Output, answered: Sequence[Term]) -> Iterator[Way]:
    before, after = (
        [(node, value.term if isinstance(value, Quantity) else value) for node, value in cases]
        for cases in (pair.before.cases(pair.new.name, new.name), pair.after.cases(pair.new.name, new.name))
    )
    for term, first in before:
        for other, second in after:
            if first != second:
                yield Way(
                    f"{new.name}: {_shown(old.domain, first)} → {_shown(new.domain, second)}",
                    _direction(old.domain, new.domain, first, second),
                    both((*answered, term, other)),
                    _changes(new.name, public(old.domain, first), public(new.domain, second)),
                )


def _changes(output: str, first: Any, second: Any) -> Callable[[Outcome, Outcome], bool]:
    return lambda before, after: (before.get(output), after.get(output)) == (first, second)


def _shown(domain: Domain, value: Any) -> str:
    return in_file(public(domain, value))


def _direction(old: Domain, new: Domain, first: Any, second: Any) -> Direction:
    for domain in (new, old):
        if domain.worse and (domain.type != "choice" or {first, second} <= set(domain.choices)):
            return "stricter" if rank(domain, second) > rank(domain, first) else "calmer"
    return "different"


# lists


def _items(pair: Pair) -> Iterator[Way]:
    decided = [opposite(terms.conflict(pair.new.name)) for terms in (pair.before, pair.after)]
    sides = [
        {rule.id: (index, node) for index, (rule, node) in enumerate(zip(decision.rules, nodes, strict=True))}
        for decision, nodes in (
            (pair.old, pair.before.rules(pair.new.name)),
            (pair.new, pair.after.rules(pair.new.name)),
        )
    ]
    for id_ in dict.fromkeys([*sides[0], *sides[1]]):
        (first, before), (second, after) = (side.get(id_, (None, False)) for side in sides)
        added, removed = both((*decided, after, opposite(before))), both((*decided, before, opposite(after)))
        shown = _item(id_)
        yield Way(f"{id_}: not listed → listed", "different", added, _listing(id_, False, True), shown)
        yield Way(f"{id_}: listed → not listed", "different", removed, _listing(id_, True, False), shown)
        if first is not None and second is not None:
            unlike = either(_unlike(pair, first, second, old.name) for old, _ in pair.common())
            both_listed = both((*decided, before, after, unlike))
            yield Way(f"{id_}: says something else", "different", both_listed, _says_else(id_), shown)


def _item(id_: str) -> Callable[[Outcome], str]:
    def shown(outcome: Outcome) -> str:
        found = [item.outputs for item in outcome.items if item.rule == id_ and item.certainty == "certain"]
        return f"{id_} {notation(found[0])}" if found else f"{id_} is not listed"

    return shown


def _listing(id_: str, first: bool, second: bool) -> Callable[[Outcome, Outcome], bool]:
    return lambda before, after: (id_ in before.fired, id_ in after.fired) == (first, second)


def _unlike(pair: Pair, first: int, second: int, output: str) -> Term:
    one, other = pair.before.given(pair.old, first, output), pair.after.given(pair.new, second, output)
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return compare(one.term, _UNEQUAL, other.term)
    return one != other


def _says_else(id_: str) -> Callable[[Outcome, Outcome], bool]:
    def seen(before: Outcome, after: Outcome) -> bool:
        said = [[item.outputs for item in outcome.items if item.rule == id_] for outcome in (before, after)]
        return said[0] != said[1]

    return seen


# limits


def _limits(pair: Pair, quantity: str) -> Iterator[Way]:
    decided = [opposite(terms.conflict(pair.new.name)) for terms in (pair.before, pair.after)]
    before, after = (terms.cases(pair.new.name, quantity) for terms in (pair.before, pair.after))
    for term, first in before:
        for other, second in after:
            if first != second:
                what = f"{quantity}: {first} → {second}"
                yield Way(what, "different", both((*decided, term, other)), _verdicts(quantity, first, second))
    for side in ("at_most", "at_least"):
        tighter = _tightened(pair.before, pair.old, pair.after, pair.new, quantity, side)
        looser = _tightened(pair.after, pair.new, pair.before, pair.old, quantity, side)
        named = side.replace("_", " ")
        yield Way(
            f"{quantity}, {named}: tighter", "stricter", both((*decided, tighter)), _moves(quantity, side, back=False)
        )
        yield Way(f"{quantity}, {named}: looser", "calmer", both((*decided, looser)), _moves(quantity, side, back=True))


def _verdicts(quantity: str, first: str, second: str) -> Callable[[Outcome, Outcome], bool]:
    return lambda before, after: (before[quantity].verdict, after[quantity].verdict) == (first, second)


def _tightened(
    terms: Terms[Term], decision: Decision, others: Terms[Term], other: Decision, quantity: str, side: str
) -> Term:
    """Return whether some bound of `other` is tighter than all that `decision` applies."""
    signs = _LOWER if side == "at_most" else _HIGHER
    loose = list(_bounds(terms, decision, quantity, side))
    return either(
        both((node, *(either((opposite(rival), compare(limit, signs, least))) for rival, least in loose)))
        for node, limit in _bounds(others, other, quantity, side)
    )


def _bounds(terms: Terms[Term], decision: Decision, quantity: str, side: str) -> Iterator[tuple[Term, Term]]:
    for index, (rule, node) in enumerate(zip(decision.rules, terms.rules(decision.name), strict=True)):
        limit = terms.given(decision, index, quantity)
        if rule.bound == side and limit is not None:
            yield node, limit.term


def _moves(quantity: str, side: str, *, back: bool) -> Callable[[Outcome, Outcome], bool]:
    def seen(before: Outcome, after: Outcome) -> bool:
        first, second = (getattr(outcome[quantity], side) for outcome in (before, after))
        if back:
            first, second = second, first
        if second is None or first is None:
            return first is None and second is not None
        return bool(second < first if side == "at_most" else second > first)

    return seen
