"""The rule that decided: of the rules that match for certain the one that the policy looks at first.

Mostly the conditions of the rules show it, one by one. Where a rule before it is open there, it may still be certain
which one is the first to match, since decisions behind it or constraints leave nothing else; a diagram knows that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

import attrs

from hiprun.backends.dataframe.decision_context import Rows
from hiprun.backends.dataframe.outcome_diagrams import Asker, DiagramQuestion
from hiprun.backends.dataframe.subexpression_columns import Part, Truth
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

    def column(self, rows: Rows, decided: Truth) -> tuple[Part, Truth]:
        """Return the column, null where no one rule decided, and in which rows it is exact."""
        sheet, rules = rows.sheet, rows.decision.rules
        shown: dict[int, Truth] = {}
        open_: Truth = False
        for rule, node in _in_turn(rows):
            known, possible = rows.circuits.truth(node)
            shown[rule] = sheet.some([shown.get(rule, False), sheet.every([known, sheet.negate(open_)])])
            open_ = sheet.some([open_, possible])
        exact: Truth = True
        if not rows.walker.knows_all(rows.program):
            left = sheet.every([decided, open_, sheet.negate(sheet.some(shown.values()))])
            certain, found_exactly = self._certain(rows, list(shown))
            exact = sheet.some([sheet.negate(left), found_exactly])
            shown = {rule: sheet.some([truth, sheet.every([left, certain[rule]])]) for rule, truth in shown.items()}
        picks = [(truth, rules[rule].id) for rule, truth in shown.items() if rule != OTHERWISE]
        return rows.writer.only(decided, rows.writer.label(picks, [rule.id for rule in rules])), exact

    def _certain(self, rows: Rows, in_turn: Sequence[int]) -> tuple[Mapping[int, Truth], Truth]:
        """Return where each rule has its say for certain, and in which rows that is known exactly."""
        sheet = rows.sheet
        if self.first is not None:
            reached = rows.walker.walk(self.first)
            firsts = {rule: reached.of((rule,)) for rule in in_turn}
            one = rows.writer.one_of([*firsts.values(), reached.of(())])
            return {rule: sheet.every([one, truth]) for rule, truth in firsts.items()}, sheet.some([reached.exact, one])
        certain: dict[int, Truth] = {OTHERWISE: False}
        exact: list[Truth] = []
        for rule, question in self.each.items():
            reached = rows.walker.walk(question)
            matches, not_ = reached.of((True,)), reached.of((False,))
            certain[rule] = sheet.every([matches, sheet.negate(not_)])
            exact.append(sheet.some([reached.exact, sheet.negate(sheet.every([matches, not_]))]))
        return certain, sheet.every(exact)


def deciding(asker: Asker) -> Deciding:
    """Return the questions behind the column."""
    program = asker.program
    assert program.policy is not None
    in_turn = [program.branches[index] for index in program.policy.order]
    match HIT_POLICIES[program.decision.hit].says:
        case "one" | "first":
            return Deciding(asker.first([(branch.node, (branch.rule,)) for branch in in_turn]), {})
        case "some" | "all":
            own = [branch.rule for branch in in_turn if branch.rule != OTHERWISE]
            return Deciding(None, {rule: asker.whether(program.rules[rule]) for rule in own})
        case says:
            assert_never(says)


def _in_turn(rows: Rows) -> list[tuple[int, int]]:
    """Return the rules as the policy looks at them, each with the node that says where it matches."""
    policy, branches = rows.program.policy, rows.program.branches
    assert policy is not None
    return [(branches[index].rule, branches[index].node) for index in policy.order]
