"""The rule that decided: of the rules that match for certain the one that the policy looks at first.

Mostly the conditions of the rules show it, one by one. Where a rule before it is open there, it may still be certain
which one is the first to match, since decisions behind it or constraints leave nothing else; a diagram knows that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

import attrs

from hiprun.backends.dataframe.bit_planes import Truth
from hiprun.backends.dataframe.decision_context import Batch
from hiprun.backends.dataframe.new_columns import Part
from hiprun.backends.dataframe.outcome_diagrams import Asker, DiagramQuestion
from hiprun.inference.grounding import OTHERWISE
from hiprun.inference.hit_policies import HIT_POLICIES


@attrs.frozen
class Deciding:
    """The question which rule is the first to match; or, where several have a say, of each rule whether it matches."""

    first: DiagramQuestion | None
    each: Mapping[int, DiagramQuestion]

    @property
    def questions(self) -> tuple[DiagramQuestion, ...]:
        """All of them."""
        return tuple(self.each.values()) if self.first is None else (self.first,)

    def column(self, batch: Batch, decided: Truth) -> tuple[Part, Truth]:
        """Return the column, null where no one rule decided, and in which rows it is exact."""
        rows, rules = batch.rows, batch.decision.rules
        shown: dict[int, Truth] = {}
        open_: Truth = False
        for rule, node in batch.program.in_turn:
            known, possible = batch.circuits.truth(node)
            shown[rule] = rows.some([shown.get(rule, False), rows.every([known, rows.negate(open_)])])
            open_ = rows.some([open_, possible])
        exact: Truth = True
        if not batch.walker.knows_all(batch.program):
            left = rows.every([decided, open_, rows.negate(rows.some(shown.values()))])
            if rows.anywhere(left):
                certain, found_exactly = self._certain(batch, list(shown))
                exact = rows.some([rows.negate(left), found_exactly])
                shown = {rule: rows.some([truth, rows.every([left, certain[rule]])]) for rule, truth in shown.items()}
        picks = [(truth, rules[rule].id) for rule, truth in shown.items() if rule != OTHERWISE]
        return batch.writer.label(picks, [rule.id for rule in rules]).only(rows, decided), exact

    def _certain(self, batch: Batch, in_turn: Sequence[int]) -> tuple[Mapping[int, Truth], Truth]:
        """Return where each rule has its say for certain, and in which rows that is known exactly."""
        rows = batch.rows
        if self.first is not None:
            reached = batch.walker.walk(self.first)
            firsts = {rule: reached.of((rule,)) for rule in in_turn}
            one = rows.one_of([*firsts.values(), reached.of(())])
            return {rule: rows.every([one, truth]) for rule, truth in firsts.items()}, rows.some([reached.exact, one])
        certain: dict[int, Truth] = {OTHERWISE: False}
        exact: list[Truth] = []
        for rule, question in self.each.items():
            reached = batch.walker.walk(question)
            matches, not_ = reached.of((True,)), reached.of((False,))
            certain[rule] = rows.every([matches, rows.negate(not_)])
            exact.append(rows.some([reached.exact, rows.negate(rows.every([matches, not_]))]))
        return certain, rows.every(exact)


def deciding(asker: Asker) -> Deciding:
    """Return the questions behind the column."""
    program = asker.program
    match HIT_POLICIES[program.decision.hit].says:
        case "one" | "first":
            return Deciding(asker.first([(node, (rule,)) for rule, node in program.in_turn]), {})
        case "some" | "all":
            own = [rule for rule, _ in program.in_turn if rule != OTHERWISE]
            return Deciding(None, {rule: asker.whether(program.rules[rule]) for rule in own})
        case says:
            assert_never(says)
