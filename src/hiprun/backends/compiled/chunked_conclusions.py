"""Conclusions put together from what some rules at a time come to, however many combinations of them occur.

Rules are taken ten at a time, and what each ten come to is worked out once for every combination of theirs. What is
put together then is what the code that concludes for the interpreter gives for the same answer.
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

_TOGETHER = 10


def folding(program: Program, nodes: Sequence[Node], conclude: Conclude, memory: Remembered) -> Conclude | None:
    """Return a quicker way than `conclude` to what follows from bits of `nodes`.

    None for limits, for formulas, and where a rule can contribute in several ways or is no condition of its own.
    What is worked out on the way is kept in `memory`.
    """
    hit = HIT_POLICIES[program.decision.hit]
    own = tuple(program.rules)
    branches = [(branch.rule, branch.node) for branch in program.branches]
    if hit.gives == "limits" or program.formulas or program.conflict != FALSE:
        return None
    if tuple(nodes) != own or branches != list(enumerate(own)) or not own:
        return None
    if hit.gives == "items":
        return _Listed(program, conclude).conclude
    return _Answered(program, conclude, memory).conclude


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
        self.first = self.policy.hit.says == "first"
        self.parts: list[dict[int, tuple[Any, tuple[str, ...]]]] = [{} for _ in range(0, len(self.ids), _TOGETHER)]
        self.answers: dict[Any, Conclusion] = {}
        self.criteria: list[tuple[Criterion, Criterion]] = []
        if program.decision.has_criteria:
            met, unmet = conclude(0).criteria, conclude((1 << len(self.ids)) - 1).criteria
            self.criteria = list(zip(met, unmet, strict=True))

    def conclude(self, bits: int) -> Conclusion:
        gathered, fired = self.gathered(bits)
        like = self.answers.get(gathered)
        if like is None:
            like = self.exactly(bits)
            if gathered is Ending.CONFLICT:
                return like
            self.memory.keep(self.answers, gathered, like, size_of(like))
        criteria = tuple([either[bits >> index & 1] for index, either in enumerate(self.criteria)])
        return Conclusion(like.decision, like.status, like.possible, like.safest, fired=fired, criteria=criteria)

    def gathered(self, bits: int) -> tuple[Any, tuple[str, ...]]:
        """Return what rules come to together, and which of them fired."""
        if self.first:
            held = [index for index in self.policy.order if bits >> index & 1][:1]
            return (held[0], (self.ids[held[0]],)) if held else (None, ())
        gathered: Any = None
        fired: tuple[str, ...] = ()
        for number, part in enumerate(self.parts):
            here = bits >> number * _TOGETHER & (1 << _TOGETHER) - 1
            if not here:
                continue
            found = part.get(here)
            if found is None:
                found = self.part(number * _TOGETHER, here)
                self.memory.keep(part, here, found, 1 + len(found[1]) // 8)
            gathered = found[0] if gathered is None else self.joined(gathered, found[0])
            fired = fired + found[1]
        return gathered, fired

    def joined(self, gathered: Any, more: Any) -> Any:
        if self.policy.hit.adds:
            return tuple(map(add, gathered, more))
        if gathered is Ending.CONFLICT or more is Ending.CONFLICT:
            return Ending.CONFLICT
        return self.policy.advance(gathered, [(TRUE, more)])[0]

    def part(self, start: int, bits: int) -> tuple[Any, tuple[str, ...]]:
        held = [index for index in range(start, len(self.ids)) if bits >> index - start & 1]
        gathered, _ = self.policy.advance(None, [(TRUE, self.payload[index]) for index in held])
        return gathered, tuple(self.ids[index] for index in held)
