"""Conclusions put together from what some rules at a time come to, however many combinations of them occur.

Rules are taken some at a time, and what these come to is worked out once for every combination of theirs. What is put
together then is what the code that concludes for the interpreter gives for the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import add
from typing import Any, TypeAlias

from hiprun.backends.compiled.conclusion_cache import Remembered, size_of
from hiprun.inference.circuit import FALSE, TRUE, Node
from hiprun.inference.conclusion import Conclusion, Criterion
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Ending

Conclude: TypeAlias = Callable[[int], Conclusion]
"""Returns what follows when the nodes in some bits hold and no others."""

_TOGETHER = 7
_PART = (1 << _TOGETHER) - 1


def folding(program: Program, nodes: Sequence[Node], conclude: Conclude, memory: Remembered) -> Conclude | None:
    """Return a quicker way than `conclude` to what follows from bits of `nodes`.

    None for limits, for formulas, where one rule is all that counts, and where a rule can contribute in several ways or
    is no condition of its own.
    What is worked out on the way is kept in `memory`.
    """
    hit = HIT_POLICIES[program.decision.hit]
    if hit.gives == "limits" or hit.says == "first" or program.formulas or not each_is_a_condition(program, nodes):
        return None
    if hit.gives == "items":
        return _Listed(program, conclude).conclude
    return _Answered(program, conclude, memory).conclude


def each_is_a_condition(program: Program, nodes: Sequence[Node]) -> bool:
    """Return whether `nodes` are those of the rules, each of which is a condition and contributes in one way."""
    own = tuple(program.rules)
    branches = [(branch.rule, branch.node) for branch in program.branches]
    return program.conflict == FALSE and tuple(nodes) == own != () and branches == list(enumerate(own))


class _Listed:
    """The items of `collect`, each certain or excluded."""

    def __init__(self, program: Program, conclude: Conclude) -> None:
        count = len(program.rules)
        self.sure = conclude((1 << count) - 1)
        excluded = {item.rule: item for item in conclude(0).items}
        place = {rule.id: index for index, rule in enumerate(program.decision.rules)}
        self.items = [(place[item.rule], (excluded[item.rule], item)) for item in self.sure.items]
        self.ids = [rule.id for rule in program.decision.rules]

    def conclude(self, bits: int) -> Conclusion:
        fired = tuple([id_ for index, id_ in enumerate(self.ids) if bits >> index & 1])
        items = tuple([either[bits >> index & 1] for index, either in self.items])
        return Conclusion(self.sure.decision, "decided", (), None, fired=fired, items=items)


class _Answered:
    """The one answer of the other policies, with the rules that fired and the criteria."""

    def __init__(self, program: Program, conclude: Conclude, memory: Remembered) -> None:
        assert program.policy is not None
        self.policy, self.exactly, self.memory = program.policy, conclude, memory
        self.ids = [rule.id for rule in program.decision.rules]
        self.payload = dict(zip(self.policy.order, self.policy.payloads, strict=True))
        self.is_one_sum = self.policy.hit.adds and len(self.policy.outputs) == 1
        self.joined = add if self.is_one_sum else _added if self.policy.hit.adds else self.folded
        starts = range(0, len(self.ids), _TOGETHER)
        self.parts: list[tuple[int, dict[int, tuple[Any, tuple[str, ...]]]]] = [(start, {}) for start in starts]
        self.answers: dict[Any, Conclusion] = {}
        self.criteria: list[tuple[Criterion, Criterion]] = []
        if program.decision.has_criteria:
            met, unmet = conclude(0).criteria, conclude((1 << len(self.ids)) - 1).criteria
            self.criteria = list(zip(met, unmet, strict=True))

    def conclude(self, bits: int) -> Conclusion:
        """Return what follows from all rules that hold."""
        gathered: Any = None
        fired: tuple[str, ...] = ()
        for start, part in self.parts:
            here = bits >> start & _PART
            if here:
                more, ids = part.get(here) or self.part(start, part, here)
                fired += ids
                gathered = more if gathered is None else self.joined(gathered, more)
        return self.like(bits, gathered, fired)

    def like(self, bits: int, gathered: Any, fired: tuple[str, ...]) -> Conclusion:
        """Return what follows from bits, like all for which rules come to the same, but for the rules that fired."""
        like = self.answers.get(gathered)
        if like is None:
            like = self.exactly(bits)
            if gathered is not Ending.CONFLICT:  # which tells of the rules that contradict each other
                self.memory.keep(self.answers, gathered, like, size_of(like))
            return like
        if not self.criteria:
            return like.with_fired(fired)
        return like.with_fired(fired, tuple([either[bits >> index & 1] for index, either in enumerate(self.criteria)]))

    def folded(self, gathered: Any, more: Any) -> Any:
        """Return what rules come to together of which some come to this, and the others to that."""
        if gathered is Ending.CONFLICT or more is Ending.CONFLICT:
            return Ending.CONFLICT
        return self.policy.advance(gathered, [(TRUE, more)])[0]

    def part(self, start: int, part: dict[int, tuple[Any, tuple[str, ...]]], bits: int) -> tuple[Any, tuple[str, ...]]:
        """Return what some rules alone come to, and which fired: the last joins the others. Remember it in `part`."""
        last = bits.bit_length() - 1
        others = bits ^ 1 << last
        gathered: Any = self.policy.advance(None, [(TRUE, self.payload[start + last])])[0]
        if self.is_one_sum:
            (gathered,) = gathered
        fired: tuple[str, ...] = (self.ids[start + last],)
        if others:
            before, ids = part.get(others) or self.part(start, part, others)
            gathered, fired = self.joined(before, gathered), ids + fired
        self.memory.keep(part, bits, (gathered, fired), 1 + len(fired) // 8)
        return gathered, fired


def _added(gathered: tuple[Any, ...], more: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the sums of two rows of numbers."""
    return tuple(map(add, gathered, more))
