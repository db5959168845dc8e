"""Limits → columns: for each quantity the tightest bounds, certain and possible, and its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import narwhals as nw

from hiprun.backends.dataframe.decision_context import Answered, Rows
from hiprun.backends.dataframe.outcome_diagrams import Asker, DiagramQuestion
from hiprun.backends.dataframe.output_expressions import Columns
from hiprun.backends.dataframe.single_answer_columns import STATUSES
from hiprun.backends.dataframe.subexpression_columns import Part, Truth
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

    def columns(self, rows: Rows) -> Answered:
        """Return what they come to."""
        sheet, in_conflict = rows.sheet, rows.walker.walk(self.conflict)
        conflict = sheet.every([in_conflict.of((True,)), sheet.negate(in_conflict.of((False,)))])
        may_conflict = sheet.every([in_conflict.of((True,)), in_conflict.of((False,))])
        calm = sheet.negate(conflict)
        exact = [sheet.some([in_conflict.exact, sheet.negate(may_conflict)])]
        settled = [sheet.negate(may_conflict)]
        found: Columns = []
        for side in self.sides:
            tightest = _Tightest(rows, side)
            for name, value in (("", tightest.certain), ("safest", tightest.possible)):
                found.append(
                    (rows.name(side.quantity, *filter(None, [name]), side.side), rows.writer.only(calm, value))
                )
            settled.append(tightest.settled)
            exact.append(tightest.exact)
        for quantity, question in self.verdicts:
            reached = rows.walker.walk(question)
            picks = [(reached.of((verdict,)), verdict) for verdict in VERDICTS]
            one = rows.writer.one_of(truth for truth, _ in picks)
            verdict = rows.writer.only(sheet.every([calm, one]), rows.writer.label(picks, VERDICTS))
            found.append((rows.name(quantity, "verdict"), verdict))
            exact.append(sheet.some([reached.exact, one]))
        statuses = [(conflict, "conflict"), (sheet.every(settled), "decided"), (True, "undetermined")]
        status: Columns = [(rows.name("status"), rows.writer.label(statuses, STATUSES))]
        if may_conflict is not False:
            status.append((rows.name("may_conflict"), rows.writer.flag(may_conflict)))
        return Answered([*status, *found], sheet.every(exact))


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


@attrs.frozen
class _Bound:
    """One bound over all rows: where it may apply, where it certainly does, and its number; larger is tighter."""

    may: Truth
    certain: Truth
    known: Truth
    size: Part


class _Tightest:
    """The tightest bound on one side: what certainly holds, what still may, and where nothing is left open."""

    def __init__(self, rows: Rows, side: Side) -> None:
        self.rows, self.side, self.sheet = rows, side, rows.sheet
        self.sign = 1 if side.side == "at_least" else -1
        self._exact: list[Truth] = []
        bounds = [self._bound(number, question) for number, question in zip(side.numbers, side.applies, strict=True)]
        best = self.sheet.kept(self._largest([(bound.certain, bound.size) for bound in bounds]))
        still = [self._still(bound, best) for bound in bounds]
        loose = self.sheet.some(
            self.sheet.every([open_, self.sheet.negate(bound.known)])
            for bound, open_ in zip(bounds, still, strict=True)
        )
        picks = [(open_, bound.size) for bound, open_ in zip(bounds, still, strict=True)]
        tightest = self.sheet.kept(self._largest([(True, best), *picks]))
        nothing_open = self.sheet.negate(self.sheet.some(still))
        certain = best
        self.settled: Truth = nothing_open
        if side.together is not None:
            lowest = self._least_together(side.together, best, picks)
            same = self.sheet.kept(self.sheet.part((lowest.expr == tightest.expr).fill_null(False), lowest, tightest))
            alike = self.sheet.every([same, self.sheet.negate(loose)])
            certain = rows.writer.first([(alike, tightest), (True, best)], nw.Float64)
            self.settled = self.sheet.some([nothing_open, alike])
        self.exact: Truth = self.sheet.every(self._exact)
        self.certain, self.possible = self._shown(certain), self._shown(tightest)

    def _bound(self, number: Any, question: DiagramQuestion) -> _Bound:
        sheet, reached = self.sheet, self.rows.walker.walk(question)
        may, may_not = reached.of((True,)), reached.of((False,))
        self._exact.append(sheet.some([reached.exact, sheet.negate(sheet.every([may, may_not]))]))
        ends = self.rows.writer.ends(_NUMBER, number)
        self._exact.append(sheet.negate(sheet.every([may, sheet.negate(ends.known)])))
        size = ends.high if self.sign > 0 else sheet.part(ends.low.expr * -1, ends.low)
        return _Bound(may, sheet.every([may, sheet.negate(may_not), ends.known]), ends.known, sheet.kept(size))

    def _largest(self, picks: Sequence[tuple[Truth, Part]]) -> Part:
        return self.rows.writer.highest(picks, _NUMBER)

    def _still(self, bound: _Bound, best: Part) -> Truth:
        """Return where a bound is open and could be tighter than what is certain; one without an end always could."""
        sheet = self.sheet
        tighter = sheet.part(
            best.expr.is_null() | bound.size.expr.is_null() | (bound.size.expr > best.expr), best, bound.size
        )
        return sheet.every([bound.may, sheet.negate(bound.certain), sheet.kept(tighter)])

    def _least_together(self, question: DiagramQuestion, best: Part, picks: Sequence[tuple[Truth, Part]]) -> Part:
        """Return the loosest that the tightest bound can turn out to be, null where none may apply."""
        reached = self.rows.walker.walk(question)
        self._exact.append(
            self.sheet.some([reached.exact, self.sheet.negate(self.sheet.some(open_ for open_, _ in picks))])
        )
        totals: list[tuple[Truth, Part]] = []
        none: list[Truth] = []
        for result, truth in reached.results.items():
            if isinstance(result, Ending):
                continue  # nothing is known of what has no diagram
            total = self.sheet.kept(self._largest([(True, best), *(picks[number] for number in result)]))
            totals.append((truth, total))
            none.append(self.sheet.every([truth, self.sheet.kept(self.sheet.part(total.expr.is_null(), total))]))
        least = self.rows.writer.lowest(totals, _NUMBER)
        return self.sheet.kept(self.rows.writer.only(self.sheet.negate(self.sheet.some(none)), least))

    def _shown(self, size: Part) -> Part:
        return size if self.sign > 0 else self.sheet.part(size.expr * -1, size)
