"""Do two versions of a decision answer alike? Every difference there can be, and for which patients it is one.

One comparison serves whatever asks: it reads both versions as nodes of some logic, and what comes of it are nodes
again. The prover reads terms of its own, mutation a circuit; each asks its own engine whom such a node concerns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar, assert_never

import attrs

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import BoundSide, Decision, Output, Rule, Verdict
from hiprun.verification.difference_kinds import (
    AnswerDifference,
    BoundMoves,
    CriterionDiffers,
    EndingDiffers,
    EndingKind,
    ItemComesOrGoes,
    ItemSaysElse,
    NumberDiffers,
    ValueDiffers,
    VerdictDiffers,
)

Node = TypeVar("Node")

_HIGHER = frozenset({1})
_LOWER = frozenset({-1})
_UNEQUAL = frozenset({-1, 1})
_SIDES: tuple[BoundSide, ...] = ("at_most", "at_least")


@attrs.frozen(eq=False)
class Contribution(Generic[Node]):
    """A rule, whom it applies to, and what it gives them by output: constants, or numbers as the logic has them."""

    rule: Rule
    node: Node
    values: Mapping[str, Any]


class Version(Protocol[Node]):
    """One version of a decision, read as nodes."""

    @property
    def decision(self) -> Decision:
        """The decision itself."""

    def conflict(self) -> Node:
        """Return the node that holds where it, or one that it leans on, is in conflict."""

    def answered(self) -> Node:
        """Return the node that holds where it has an answer, conflicts aside."""

    def contributions(self) -> Sequence[Contribution[Node]]:
        """Return what each rule contributes, where several are called alike or give several things one by one."""

    def cases(self, output: str) -> Sequence[tuple[Node, Any]] | None:
        """Return the values that an output can have, each with its node; None where they are not all constants."""

    def verdicts(self, quantity: str) -> Sequence[tuple[Node, Verdict | None]]:
        """Return where a quantity can lie, each with its node; None where it has no value."""


class Versions(Protocol[Node]):
    """Two versions of a decision, read as nodes of one logic."""

    @property
    def old(self) -> Version[Node]:
        """The version before."""

    @property
    def new(self) -> Version[Node]:
        """The version after."""

    def every(self, nodes: Iterable[Node]) -> Node:
        """And."""

    def some(self, nodes: Iterable[Node]) -> Node:
        """Or."""

    def negate(self, node: Node) -> Node:
        """Not."""

    def compare(self, one: Any, signs: frozenset[int], other: Any) -> Node:
        """Return the node that holds where the sign of one number that rules give less another is one of `signs`."""

    def risen(self, output: str, signs: frozenset[int]) -> Node:
        """Return the node that holds where a number output has a value in both, new less old with one of `signs`."""


@attrs.frozen(eq=False)
class PossibleDifference(Generic[Node]):
    """A difference and whom it concerns; `tellable` are those of them, if not all, whose old answer says enough.

    An old answer without a bound on some side says nothing that a tighter one would contradict.
    """

    difference: AnswerDifference
    node: Node
    tellable: Node | None = None


@attrs.frozen(eq=False)
class Aspect(Generic[Node]):
    """Ways of which at most one concerns a patient, for patients for whom all of `within` holds."""

    within: tuple[Node, ...]
    ways: Sequence[PossibleDifference[Node]]


def comparable(old: Decision, new: Decision) -> bool:
    """Whether the answers of two decisions are of one kind."""
    kinds = [HIT_POLICIES[decision.hit].gives for decision in (old, new)]
    types = {output.name: output.domain.type for output in old.outputs}
    same = all(types.get(output.name, output.domain.type) == output.domain.type for output in new.outputs)
    return kinds[0] == kinds[1] and same


def together(versions: Versions[Node]) -> list[Aspect[Node]]:
    """Return the aspects of an answer that change together, as one answer to one patient."""
    found = [_endings(versions)]
    if HIT_POLICIES[versions.new.decision.hit].gives == "answer":
        answered = [*_agreed(versions), versions.old.answered(), versions.new.answered()]
        found += [Aspect(tuple(answered), list(_output(versions, *outputs))) for outputs in _common(versions)]
    return found


def apart(versions: Versions[Node]) -> list[Aspect[Node]]:
    """Return the aspects that are looked at one by one: criteria, items of a list, limits."""
    agreed = _agreed(versions)
    return [Aspect(agreed, [way]) for way in _ways_apart(versions)]


def _ways_apart(versions: Versions[Node]) -> Iterator[PossibleDifference[Node]]:
    old, new = versions.old.decision, versions.new.decision
    match HIT_POLICIES[new.hit].gives:
        case "items":
            yield from _items(versions)
        case "limits":
            for output, _ in _common(versions):
                yield from _verdicts(versions, output.name)
                yield from _bounds(versions, output.name)
        case "answer":
            if old.has_criteria or new.has_criteria:
                yield from _criteria(versions)
        case gives:
            assert_never(gives)


def _agreed(versions: Versions[Node]) -> tuple[Node, Node]:
    return versions.negate(versions.old.conflict()), versions.negate(versions.new.conflict())


def _common(versions: Versions[Node]) -> list[tuple[Output, Output]]:
    """Return the outputs that both have."""
    names = {output.name: output for output in versions.new.decision.outputs}
    return [(output, names[output.name]) for output in versions.old.decision.outputs if output.name in names]


# answers


def _endings(versions: Versions[Node]) -> Aspect[Node]:
    def of(version: Version[Node]) -> dict[EndingKind, Node]:
        conflict, answered = version.conflict(), version.answered()
        agreed = versions.negate(conflict)
        return {
            "decided": versions.every((agreed, answered)),
            "no_match": versions.every((agreed, versions.negate(answered))),
            "conflict": conflict,
        }

    before, after = of(versions.old), of(versions.new)
    ways = [
        PossibleDifference(EndingDiffers(first, second), versions.every((node, other)))
        for first, node in before.items()
        for second, other in after.items()
        if first != second
    ]
    return Aspect((), ways)


def _output(versions: Versions[Node], old: Output, new: Output) -> Iterator[PossibleDifference[Node]]:
    """Yield how an output can differ in two answers."""
    before, after = versions.old.cases(old.name), versions.new.cases(new.name)
    if before is not None and after is not None:
        for node, first in before:
            for other, second in after:
                if first != second:
                    yield PossibleDifference(ValueDiffers(old, new, first, second), versions.every((node, other)))
    else:
        for more, signs in ((True, _HIGHER), (False, _LOWER)):
            yield PossibleDifference(NumberDiffers(new, more), versions.risen(new.name, signs))


# criteria


def _criteria(versions: Versions[Node]) -> Iterator[PossibleDifference[Node]]:
    before, after = (_by_id(version) for version in (versions.old, versions.new))
    for id_, was in before.items():
        unmet = _applies(versions, was)
        if id_ not in after:
            yield PossibleDifference(CriterionDiffers(id_, "unmet", None), unmet)
            continue
        unmet_now = _applies(versions, after[id_])
        yield PossibleDifference(
            CriterionDiffers(id_, "unmet", "met"), versions.every((unmet, versions.negate(unmet_now)))
        )
        yield PossibleDifference(
            CriterionDiffers(id_, "met", "unmet"), versions.every((unmet_now, versions.negate(unmet)))
        )
    for id_, now in after.items():
        if id_ not in before:
            yield PossibleDifference(CriterionDiffers(id_, None, "unmet"), _applies(versions, now))


def _by_id(version: Version[Node]) -> dict[str, list[Contribution[Node]]]:
    found: dict[str, list[Contribution[Node]]] = {}
    for contribution in version.contributions():
        found.setdefault(contribution.rule.id, []).append(contribution)
    return found


def _applies(versions: Versions[Node], contributions: Iterable[Contribution[Node]]) -> Node:
    return versions.some([contribution.node for contribution in contributions])


# lists


def _items(versions: Versions[Node]) -> Iterator[PossibleDifference[Node]]:
    texts, others = (
        tuple(new.name for _, new in _common(versions) if (new.domain.type == "string") is text)
        for text in (True, False)
    )
    before, after = (_by_id(version) for version in (versions.old, versions.new))
    for id_ in {**before, **after}:
        was, now = before.get(id_, []), after.get(id_, [])
        first, second = _applies(versions, was), _applies(versions, now)
        yield PossibleDifference(ItemComesOrGoes(id_, True), versions.every((second, versions.negate(first))))
        yield PossibleDifference(ItemComesOrGoes(id_, False), versions.every((first, versions.negate(second))))
        if was and now:
            unlike = _unlike(versions, was, now, others)
            worded = versions.every((versions.negate(unlike), _unlike(versions, was, now, texts)))
            yield PossibleDifference(ItemSaysElse(id_, others), unlike)
            yield PossibleDifference(ItemSaysElse(id_, texts, text=True), worded)


def _unlike(
    versions: Versions[Node],
    before: Iterable[Contribution[Node]],
    after: Sequence[Contribution[Node]],
    names: Iterable[str],
) -> Node:
    """Return the node that holds where rules of both versions apply and do not give the same for one of `names`."""
    return versions.some(
        [
            versions.every((one.node, other.node, _unequal(versions, one.values.get(name), other.values.get(name))))
            for one in before
            for other in after
            for name in names
        ]
    )


def _unequal(versions: Versions[Node], one: Any, other: Any) -> Node:
    """Return the node that holds where two values that rules give are not the same; None is none."""
    if one is None or other is None or isinstance(one, str | bool | frozenset):
        return versions.some([versions.every(())] if one != other else ())
    return versions.compare(one, _UNEQUAL, other)


# limits


def _verdicts(versions: Versions[Node], quantity: str) -> Iterator[PossibleDifference[Node]]:
    for node, first in versions.old.verdicts(quantity):
        for other, second in versions.new.verdicts(quantity):
            if first != second:
                yield PossibleDifference(VerdictDiffers(quantity, first, second), versions.every((node, other)))


def _bounds(versions: Versions[Node], quantity: str) -> Iterator[PossibleDifference[Node]]:
    for side in _SIDES:
        before, after = (list(_of_side(version, quantity, side)) for version in (versions.old, versions.new))
        some_before = versions.some([node for node, _ in before])
        yield PossibleDifference(
            BoundMoves(quantity, side, True), _tightened(versions, before, after, side), some_before
        )
        yield PossibleDifference(BoundMoves(quantity, side, False), _tightened(versions, after, before, side))


def _of_side(version: Version[Node], quantity: str, side: BoundSide) -> Iterator[tuple[Node, Any]]:
    for contribution in version.contributions():
        if contribution.rule.bound == side and quantity in contribution.values:
            yield contribution.node, contribution.values[quantity]


def _tightened(
    versions: Versions[Node], loose: Sequence[tuple[Node, Any]], tight: Sequence[tuple[Node, Any]], side: BoundSide
) -> Node:
    """Return the node that holds where one of the `tight` bounds is tighter than all of the `loose` that apply."""
    signs = _LOWER if side == "at_most" else _HIGHER
    return versions.some(
        [
            versions.every(
                (
                    node,
                    *(
                        versions.some((versions.negate(rival), versions.compare(limit, signs, least)))
                        for rival, least in loose
                    ),
                )
            )
            for node, limit in tight
        ]
    )
