"""Hit policies: how the rules that match become one answer.

Each policy is a fold. `advance` takes what has been gathered and the candidates in the order of the policy, uses up
those that are decided and drops those that cannot change the answer any more. The same fold serves a fully known
patient, the search over unknown facts, and the bounds when that search is cut short.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from hiprun.inference.circuit import FALSE, TRUE, Node
from hiprun.inference.operators import code
from hiprun.model import Decision, Domain, HitPolicy, Number, Output

Payload: TypeAlias = tuple[Any, ...]
"""What one rule contributes, one entry for each output: a value, a rank, a weight; None where it gives nothing."""
Candidate: TypeAlias = tuple[Node, Payload]


class Ending(enum.Enum):
    """How a decision can end without an answer."""

    NO_MATCH = "no_match"
    CONFLICT = "conflict"


Result: TypeAlias = Payload | Ending
Gathered: TypeAlias = Payload | Ending | None

Advance: TypeAlias = Callable[[Gathered, Sequence[Candidate]], tuple[Gathered, tuple[Candidate, ...]]]

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


def _first(gathered: Gathered, candidates: Sequence[Candidate]) -> tuple[Gathered, tuple[Candidate, ...]]:
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


def _unique(gathered: Gathered, candidates: Sequence[Candidate]) -> tuple[Gathered, tuple[Candidate, ...]]:
    kept: list[Candidate] = []
    for node, payload in candidates:
        if node == TRUE:
            if gathered is not None:
                return Ending.CONFLICT, ()
            gathered = payload
        elif node != FALSE:
            kept.append((node, payload))
    return gathered, tuple(kept)


def _any(gathered: Gathered, candidates: Sequence[Candidate]) -> tuple[Gathered, tuple[Candidate, ...]]:
    kept: list[Candidate] = []
    for node, payload in candidates:
        if node == TRUE:
            if gathered is not None and gathered != payload:
                return Ending.CONFLICT, ()
            gathered = payload
        elif node != FALSE:
            kept.append((node, payload))
    return gathered, tuple((node, payload) for node, payload in kept if payload != gathered)


def _worst(gathered: Gathered, candidates: Sequence[Candidate]) -> tuple[Gathered, tuple[Candidate, ...]]:
    for node, payload in candidates:
        if node == TRUE:
            gathered = payload if gathered is None else tuple(map(_larger, _row_of(gathered), payload))
    kept = tuple(
        (node, payload)
        for node, payload in candidates
        if node > TRUE and (gathered is None or any(map(_exceeds, payload, _row_of(gathered))))
    )
    return gathered, kept


def _row_of(gathered: Payload | Ending) -> Payload:
    assert not isinstance(gathered, Ending)  # these policies know no conflict
    return gathered


def _larger(first: Any, second: Any) -> Any:
    if first is None or second is None:
        return second if first is None else first
    return max(first, second)


def _exceeds(new: Any, old: Any) -> bool:
    return new is not None and (old is None or new > old)


def _sum(gathered: Gathered, candidates: Sequence[Candidate]) -> tuple[Gathered, tuple[Candidate, ...]]:
    kept: list[Candidate] = []
    for node, payload in candidates:
        if node == TRUE:
            gathered = (
                payload if gathered is None else tuple(a + b for a, b in zip(_row_of(gathered), payload, strict=True))
            )
        elif node != FALSE and any(payload):
            kept.append((node, payload))
    return gathered, tuple(kept)


ADVANCE: Mapping[str, Advance] = {
    "unique": _unique,
    "any": _any,
    "first": _first,
    "priority": _first,
    "worst": _worst,
    "max": _worst,
    "min": _worst,
    "sum": _sum,
    "count": _sum,
}


@attrs.frozen
class Policy:
    """One decision's hit policy, ready to fold.

    `order` lists the indexes of the rules as the policy looks at them, `payloads` what each contributes, in that order.
    """

    hit: str
    outputs: tuple[Output, ...]
    order: tuple[int, ...]
    payloads: tuple[Payload, ...]
    otherwise: Payload | None

    @property
    def advance(self) -> Advance:
        """The fold of this policy."""
        return ADVANCE[self.hit]

    def finish(self, gathered: Gathered) -> Result:
        """Return the answer, one value for each output, or how the decision ended without one."""
        if gathered is None and self.hit in ("sum", "count"):
            return tuple(0 for _ in self.outputs)
        if gathered is None:
            return Ending.NO_MATCH if self.otherwise is None else self.otherwise
        if isinstance(gathered, Ending) or self.hit not in _RANKED:
            return gathered
        return tuple(
            self.value(index, number) if number is not None else self.otherwise and self.otherwise[index]
            for index, number in enumerate(gathered)
        )

    def value(self, index: int, number: Number) -> Any:
        """Return the value of an output that was gathered as a rank."""
        if self.hit == "worst":
            return unrank(self.outputs[index].domain, number)
        return -number if self.hit == "min" else number


_RANKED = frozenset({"worst", "max", "min"})


def policy_of(
    decision: Decision, values: Sequence[Mapping[str, Any]], otherwise: Mapping[str, Any] | None, hit: HitPolicy
) -> Policy:
    """Return `hit` ready for `decision`, of whose rules `values` are the outputs, with every formula worked out."""
    outputs = decision.outputs
    order = list(range(len(values)))
    payloads: list[Payload]
    if hit == "worst":
        payloads = [_ranks(outputs, row) for row in values]
        order.sort(key=lambda index: severity(payloads[index]), reverse=True)
    elif hit == "priority":
        order.sort(key=lambda index: severity(_ranks(outputs, values[index])), reverse=True)
        payloads = [_row(outputs, row) for row in values]
    elif hit == "count":
        payloads = [(1,) for _ in values]
    elif hit == "min":
        payloads = [tuple(-value for value in _row(outputs, row)) for row in values]
    else:
        payloads = [_row(outputs, row) for row in values]
    rest = None if otherwise is None else _row(outputs, otherwise)
    return Policy(hit, outputs, tuple(order), tuple(payloads[index] for index in order), rest)


def policy_order(decision: Decision, values: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """Return the indexes of the rules in the order in which they matter: the worst first where outputs rank."""
    if decision.hit not in ("worst", "priority"):
        return range(len(values))
    keys = [severity(_ranks(decision.outputs, row)) for row in values]
    return sorted(range(len(values)), key=keys.__getitem__, reverse=True)


def _row(outputs: Iterable[Output], values: Mapping[str, Any]) -> Payload:
    return tuple(values.get(output.name) for output in outputs)


def _ranks(outputs: tuple[Output, ...], values: Mapping[str, Any]) -> Payload:
    return tuple(rank(output.domain, values[output.name]) if output.name in values else None for output in outputs)


def severity(payload: Payload) -> tuple[tuple[bool, Number], ...]:
    """Return what orders rows of ranks from calm to bad; an output without a value is the calmest."""
    return tuple((entry is not None, entry if entry is not None else 0) for entry in payload)
