"""What a hit policy is: the traits that everything else asks for, and how the rules that match become one answer.

A policy that gives one answer is a fold. `advance` takes what has been gathered and the candidates in the order of the
policy, uses up those that are decided and drops those that cannot change the answer any more. The same fold serves a
fully known patient, the search over unknown facts, and the bounds when that search is cut short.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, ClassVar, Literal, Protocol, TypeAlias

import attrs

from hiprun.inference.circuit import FALSE, TRUE, Circuit, Node
from hiprun.inference.operators import code
from hiprun.model import Decision, Domain, Number, Output
from hiprun.model.value_objects import ValueObject

Payload: TypeAlias = tuple[Any, ...]
"""What one rule contributes, one entry for each output: a value, a rank, a weight; None where it gives nothing."""
Candidate: TypeAlias = tuple[Node, Payload]
Case: TypeAlias = tuple[Node, Any]
"""A value of an output, and the node that holds when the output has it."""

OTHERWISE = -1
"""Where a rule's index is meant: what is given when no rule matches."""


class Ending(enum.Enum):
    """How a decision can end without an answer."""

    NO_MATCH = "no_match"
    CONFLICT = "conflict"


Result: TypeAlias = Payload | Ending
Gathered: TypeAlias = Payload | Ending | None

Step: TypeAlias = tuple[Gathered, tuple[Candidate, ...]]
"""What is gathered, and the candidates that can still change it."""
Advance: TypeAlias = Callable[[Gathered, Sequence[Candidate]], Step]

Gives: TypeAlias = Literal["answer", "items", "limits"]
"""What comes out: one value for each output, a list with an entry for each rule that matches, or bounds."""

Says: TypeAlias = Literal["one", "first", "some", "all"]
"""Who of the rules that match has a say: the only one, the first in the order of the policy, whichever gives the value
that comes out, or each of them."""

Takes: TypeAlias = Literal["values", "ranks", "numbers", "nothing"]
"""What is taken from a rule that matches: the values of all outputs together; of each output by itself how bad its
value is (then a rule may leave outputs to others), or its number; nothing, since rules are only counted."""


@attrs.frozen(kw_only=True)
class Traits(ValueObject):
    """What can be asked of every hit policy, so that nothing needs to know its name."""

    gives: ClassVar[Gives]
    adds: ClassVar[bool]
    """Whether an output is the sum of what the rules that match weigh."""
    may_conflict: ClassVar[bool]
    """Whether rules can contradict each other."""

    name: str
    without_match: str
    """In words what comes out when no rule matches; empty where `otherwise` has to say it."""
    says: Says
    takes: Takes
    ranks: bool
    """Whether it puts the rules into the order of how bad their outputs are: each says which of its values is worse."""
    takes_formulas: bool
    """Whether what a rule gives may depend on the patient."""

    @property
    def always_answers(self) -> bool:
        """Whether there is an answer also where no rule matches."""
        return bool(self.without_match)

    def order(self, outputs: tuple[Output, ...], values: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        """Return the indexes of the rules that give `values` in the order in which they matter."""
        if not self.ranks:
            return range(len(values))
        keys = [severity(ranks(outputs, row)) for row in values]
        return sorted(range(len(values)), key=keys.__getitem__, reverse=True)


@attrs.frozen(kw_only=True)
class Answering(Traits, ABC):
    """A hit policy that makes one answer of the rules that match: a fold, and what it comes to in a circuit."""

    gives: ClassVar[Gives] = "answer"

    @abstractmethod
    def payload(self, outputs: tuple[Output, ...], values: Mapping[str, Any]) -> Payload:
        """Return what a rule that gives `values` contributes."""

    @abstractmethod
    def advance(self, gathered: Gathered, candidates: Sequence[Candidate]) -> Step:
        """Return what is gathered with the candidates that are decided, and the others that can still matter."""

    @abstractmethod
    def finish(self, policy: Policy, gathered: Payload | None) -> Result:
        """Return the answer, one value for each output, or that no rule matched."""

    @abstractmethod
    def bounds(self, policy: Policy, gathered: Payload | None, left: Sequence[Candidate]) -> list[Result]:
        """Return rows that stand for all that can come out when some of `left` match, too many rather than too few.

        Where whole rows are taken they are the rows themselves. Else each output by itself has one of its values in
        these rows, or where values add up, lies between them.
        """

    @abstractmethod
    def cases(self, grounding: Grounding, decision: Decision, output: str) -> list[Case]:
        """Return each value that an output can have, with the node that holds when it has it.

        Where rules contradict each other several may hold: that is told apart elsewhere.
        """

    @abstractmethod
    def conflict(self, grounding: Grounding, decision: Decision) -> Node:
        """Return the node that holds when rules of `decision` contradict each other."""

    def overruled(self, grounding: Grounding, decision: Decision, rule: int) -> Node:
        """Return a node that holds only where the answer is the same without a rule, the one with this index.

        With `OTHERWISE`, it is the same without what is given where no rule matches.
        """
        return FALSE

    def folding(self, branches: Sequence[Branch]) -> Answering:
        """Return the policy by which `branches`, as they are arranged, are folded, where `conflict` is told apart."""
        return self

    def arranged(self, grounding: Grounding, decision: Decision, branches: list[Branch]) -> list[Branch]:
        """Return branches that `folding` can fold, where what rules give depends on the patient."""
        return branches


@attrs.frozen
class Policy(ValueObject):
    """One decision's hit policy, ready to fold.

    `order` lists the indexes of the rules as the policy looks at them, `payloads` what each contributes, in that order.
    """

    hit: Answering
    outputs: tuple[Output, ...]
    order: tuple[int, ...]
    payloads: tuple[Payload, ...]
    otherwise: Payload | None

    @property
    def advance(self) -> Advance:
        """The fold of this policy."""
        return self.hit.advance

    def finish(self, gathered: Gathered) -> Result:
        """Return the answer, one value for each output, or how the decision ended without one."""
        return gathered if isinstance(gathered, Ending) else self.hit.finish(self, gathered)


def policy_of(
    outputs: tuple[Output, ...],
    values: Sequence[Mapping[str, Any]],
    otherwise: Mapping[str, Any] | None,
    hit: Answering,
) -> Policy:
    """Return `hit` ready for rules that give `values`, with every formula worked out."""
    order = tuple(hit.order(outputs, values))
    rest = None if otherwise is None else row(outputs, otherwise)
    return Policy(hit, outputs, order, tuple(hit.payload(outputs, values[index]) for index in order), rest)


# what policies need of the circuit


@attrs.frozen
class Branch(ValueObject):
    """One way in which a rule can contribute: its outputs, and the node that holds when it contributes these.

    `rule` is its index, `OTHERWISE` for what `otherwise` contributes. A rule has several branches when a formula in
    its outputs uses the output of another decision: one for each value. `is_arranged` says that it is one of several
    ways to the whole answer, of which one holds.
    """

    rule: int
    node: Node
    values: Mapping[str, Any] = attrs.field(hash=False)
    is_arranged: bool = False


class Grounding(Protocol):
    """What a policy needs to know of a decision in a circuit."""

    @property
    def circuit(self) -> Circuit:
        """The circuit."""

    def rules(self, decision: Decision) -> tuple[Node, ...]:
        """Return one node for each rule."""

    def branches(self, decision: Decision) -> tuple[Branch, ...]:
        """Return what the rules can contribute, in the order of the file."""

    def policy(self, decision: Decision) -> Policy | None:
        """Return the policy of the branches, where it gives one answer."""

    def differ(self, first: Sequence[Any], second: Sequence[Any]) -> Node:
        """Return the node that holds when two rows of values are not the same."""

    def compare(self, first: Any, second: Any, signs: frozenset[int]) -> Node:
        """Return the node that holds when the sign of one number less another is one of `signs`."""


# rows


def row(outputs: Iterable[Output], values: Mapping[str, Any]) -> Payload:
    """Return values in the order of the outputs, None where there is none."""
    return tuple(values.get(output.name) for output in outputs)


def ranks(outputs: Iterable[Output], values: Mapping[str, Any]) -> Payload:
    """Return how bad the values are, in the order of the outputs, None where there is none."""
    return tuple(rank(output.domain, values[output.name]) if output.name in values else None for output in outputs)


def severity(payload: Payload) -> tuple[tuple[bool, Number], ...]:
    """Return what orders rows of ranks from calm to bad; an output without a value is the calmest."""
    return tuple((entry is not None, entry if entry is not None else 0) for entry in payload)


_REVERSED = frozenset({"lower", "earlier", "false"})


def rank(domain: Domain, value: Any) -> Number:
    """Return how bad a value of an ordered output is; larger is worse."""
    number: Number = code(domain, value)
    return -number if domain.worse in _REVERSED else number


def unrank(domain: Domain, number: Number) -> Any:
    """Return the value that has this rank."""
    if domain.worse in _REVERSED:
        number = -number
    match domain.type:
        case "choice":
            return list(domain.choices)[int(number)]
        case "boolean":
            return bool(number)
        case _:
            return number


# folds that searches use too


def joined(circuit: Circuit, hit: Traits, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Return candidates in which those that follow each other and give the same are one, where any of them will do."""
    if hit.says not in ("first", "some"):
        return candidates
    return [
        (circuit.some([node for node, _ in alike]), payload)
        for payload, alike in groupby(candidates, key=itemgetter(1))
    ]


def take_first(gathered: Gathered, candidates: Sequence[Candidate]) -> Step:
    """Gather the first candidate that holds."""
    kept: list[Candidate] = []
    for node, payload in candidates:
        if node == FALSE:
            continue
        if node == TRUE:
            if all(other == payload for _, other in kept):
                return payload, ()
            kept.append((node, payload))
            break
        kept.append((node, payload))
    return gathered, tuple(kept)


def take_largest(gathered: Gathered, candidates: Sequence[Candidate]) -> Step:
    """Gather the largest number that a candidate that holds gives, entry by entry."""
    for node, payload in candidates:
        if node == TRUE:
            gathered = payload if gathered is None else tuple(map(_larger, row_gathered(gathered), payload))
    kept = [
        entry
        for entry in candidates
        if entry[0] > TRUE and (gathered is None or any(map(_exceeds, entry[1], row_gathered(gathered))))
    ]
    return gathered, tuple(kept)


def row_gathered(gathered: Payload | Ending) -> Payload:
    """Return what a policy without conflicts has gathered."""
    assert not isinstance(gathered, Ending)
    return gathered


def _larger(first: Any, second: Any) -> Any:
    if first is None or second is None:
        return second if first is None else first
    return max(first, second)


def _exceeds(new: Any, old: Any) -> bool:
    return new is not None and (old is None or new > old)
