"""Limits → columns: for each quantity the tightest bounds, certain and possible, and its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from hiprun.backends.dataframe.bit_planes import Numbers, Truth
from hiprun.backends.dataframe.decision_context import Answered, Batch
from hiprun.backends.dataframe.new_columns import Columns
from hiprun.backends.dataframe.outcome_diagrams import Asker, DiagramQuestion
from hiprun.backends.dataframe.single_answer_columns import STATUSES
from hiprun.inference.grounding import Branch
from hiprun.inference.hit_policy import Ending
from hiprun.model import VERDICTS, BoundSide, Domain, Output

SIDES: tuple[BoundSide, ...] = ("at_least", "at_most")
_NUMBER = Domain("number")


@attrs.frozen
class Side:
    """The bounds on one side of a quantity: whether each applies, and which of them do together."""

    quantity: str
    side: BoundSide
    numbers: tuple[Any, ...]
    applies: tuple[DiagramQuestion, ...]
    together: DiagramQuestion | None

    @property
    def questions(self) -> tuple[DiagramQuestion, ...]:
        """All its questions."""
        return self.applies if self.together is None else (*self.applies, self.together)


@attrs.frozen
class Limits:
    """The questions behind limits."""

    conflict: DiagramQuestion
    sides: tuple[Side, ...]
    verdicts: tuple[tuple[str, DiagramQuestion], ...]

    @property
    def questions(self) -> tuple[DiagramQuestion, ...]:
        """All of them."""
        return (
            self.conflict,
            *(question for side in self.sides for question in side.questions),
            *(question for _, question in self.verdicts),
        )

    def columns(self, batch: Batch) -> Answered:
        """Return what they come to."""
        rows, writer, in_conflict = batch.rows, batch.writer, batch.walker.walk(self.conflict)
        conflict = rows.every([in_conflict.of((True,)), rows.negate(in_conflict.of((False,)))])
        may_conflict = rows.every([in_conflict.of((True,)), in_conflict.of((False,))])
        calm = rows.negate(conflict)
        exact = [rows.some([in_conflict.exact, rows.negate(may_conflict)])]
        settled = [rows.negate(may_conflict)]
        found: Columns = []
        for side in self.sides:
            tightest = _Tightest(batch, side)
            for name, value in (("", tightest.certain), ("safest", tightest.possible)):
                column = batch.name(side.quantity, *filter(None, [name]), side.side)
                found.append((column, writer.numbers(_NUMBER, value).only(rows, calm)))
            settled.append(tightest.settled)
            exact.append(tightest.exact)
        for quantity, question in self.verdicts:
            reached = batch.walker.walk(question)
            picks = [(reached.of((verdict,)), verdict) for verdict in VERDICTS]
            one = rows.one_of(truth for truth, _ in picks)
            verdict = writer.label(picks, VERDICTS).only(rows, rows.every([calm, one]))
            found.append((batch.name(quantity, "verdict"), verdict))
            exact.append(rows.some([reached.exact, one]))
        statuses = [(conflict, "conflict"), (rows.every(settled), "decided"), (True, "undetermined")]
        status: Columns = [(batch.name("status"), writer.label(statuses, STATUSES))]
        if len(in_conflict.results) == 2:  # for some there may be a conflict, for others not
            status.append((batch.name("may_conflict"), writer.flag(may_conflict)))
        return Answered([*status, *found], rows.every(exact))


def limits(asker: Asker) -> Limits:
    """Return the questions behind limits."""
    program = asker.program
    sides: list[Side] = []
    verdicts: list[tuple[str, DiagramQuestion]] = []
    for output in program.decision.outputs:
        for side in SIDES:
            bounds = [branch for branch in program.branches if _is_on(asker, branch, output, side)]
            if bounds:
                sides.append(_side(asker, output, side, bounds))
        named = [(node, (name,)) for name, node in program.verdicts[output.name].items()]
        verdicts.append((output.name, asker.first(named)))
    return Limits(asker.whether(program.conflict), tuple(sides), tuple(verdicts))


def _is_on(asker: Asker, branch: Branch, output: Output, side: BoundSide) -> bool:
    rule = asker.program.decision.rules[branch.rule]
    return rule.bound == side and output.name in branch.values


def _side(asker: Asker, output: Output, side: BoundSide, bounds: Sequence[Branch]) -> Side:
    nodes = [branch.node for branch in bounds]
    return Side(
        output.name,
        side,
        tuple(branch.values[output.name] for branch in bounds),
        tuple(asker.whether(node) for node in nodes),
        asker.together(nodes) if len(nodes) > 1 else None,
    )


@attrs.frozen(eq=False)
class _Bound:
    """One bound over all rows: where it may apply, where it certainly does, and its number; larger is tighter."""

    may: Truth
    certain: Truth
    size: Numbers


class _Tightest:
    """The tightest bound on one side: what certainly holds, what still may, and where nothing is left open."""

    def __init__(self, batch: Batch, side: Side) -> None:
        self.batch, self.rows, self.writer = batch, batch.rows, batch.writer
        rows, writer = self.rows, self.writer
        self.sign = 1 if side.side == "at_least" else -1
        self._exact: list[Truth] = []
        bounds = [self._bound(number, question) for number, question in zip(side.numbers, side.applies, strict=True)]
        best = writer.highest([(bound.certain, bound.size) for bound in bounds])
        still = [self._still(bound, best) for bound in bounds]
        picks = [(open_, bound.size) for bound, open_ in zip(bounds, still, strict=True)]
        tightest = writer.highest([(True, best), *picks])
        nothing_open = rows.negate(rows.some(still))
        certain = best
        self.settled: Truth = nothing_open
        if side.together is not None and nothing_open is not True:
            lowest = self._least_together(side.together, best, picks)
            alike = rows.plane(lowest == tightest)
            certain = np.where(rows.flags(alike), tightest, best)
            self.settled = rows.some([nothing_open, alike])
        self.exact: Truth = rows.every(self._exact)
        self.certain, self.possible = certain * self.sign, tightest * self.sign

    def _bound(self, number: Any, question: DiagramQuestion) -> _Bound:
        rows, reached = self.rows, self.batch.walker.walk(question)
        may, may_not = reached.of((True,)), reached.of((False,))
        self._exact.append(rows.some([reached.exact, rows.negate(rows.every([may, may_not]))]))
        ends = self.writer.ends(_NUMBER, number)
        self._exact.append(rows.negate(rows.every([may, rows.negate(ends.known)])))
        size = ends.high if self.sign > 0 else -ends.low
        return _Bound(may, rows.every([may, rows.negate(may_not)]), size)

    def _still(self, bound: _Bound, best: Numbers) -> Truth:
        """Return where a bound is open and could be tighter than what is certain."""
        rows = self.rows
        open_ = rows.every([bound.may, rows.negate(bound.certain)])
        if not rows.anywhere(open_):
            return False
        return rows.every([open_, rows.plane(~(bound.size <= best))])

    def _least_together(
        self, question: DiagramQuestion, best: Numbers, picks: Sequence[tuple[Truth, Numbers]]
    ) -> Numbers:
        """Return the loosest that the tightest bound can turn out to be, NaN where none may apply."""
        rows, reached = self.rows, self.batch.walker.walk(question)
        self._exact.append(rows.some([reached.exact, rows.negate(rows.some(open_ for open_, _ in picks))]))
        totals: list[tuple[Truth, Numbers]] = []
        none: list[Truth] = []
        for result, truth in reached.results.items():
            if not isinstance(result, Ending):
                total = self.writer.highest([(True, best), *(picks[number] for number in result)])
                totals.append((truth, total))
                none.append(rows.every([truth, rows.plane(np.isnan(total))]))
        return self.writer.where(rows.negate(rows.some(none)), self.writer.lowest(totals))
