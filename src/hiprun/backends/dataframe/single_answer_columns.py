"""Decisions with one answer → columns: its outputs, the safest of what remains, its status, the rule that decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from hiprun.backends.dataframe.deciding_rule import Deciding, deciding
from hiprun.backends.dataframe.decision_context import Answered, Rows
from hiprun.backends.dataframe.outcome_diagrams import Asker, DiagramQuestion
from hiprun.backends.dataframe.output_expressions import Columns, number, number_type
from hiprun.backends.dataframe.subexpression_columns import Part, Truth
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Ending, rank
from hiprun.inference.linear_constraints import Linear
from hiprun.inference.operators import code
from hiprun.model import Domain, Output

STATUSES = ("decided", "undetermined", "no_match", "conflict", "refused")
CRITERIA = ("met", "unmet", "unknown")


@attrs.frozen
class Answers:
    """The questions behind a decision with one answer."""

    answer: DiagramQuestion
    criteria: tuple[DiagramQuestion, ...]
    deciding: Deciding | None

    @property
    def questions(self) -> tuple[DiagramQuestion, ...]:
        """All of them."""
        return (self.answer, *self.criteria, *(self.deciding.questions if self.deciding is not None else ()))

    def columns(self, rows: Rows) -> Answered:
        """Return what they come to."""
        sheet, reached = rows.sheet, rows.walker.walk(self.answer)
        no_match, conflict = reached.of(Ending.NO_MATCH), reached.of(Ending.CONFLICT)
        answers = {result: truth for result, truth in reached.results.items() if not isinstance(result, Ending)}
        ended = sheet.some([no_match, conflict])
        answered = sheet.negate(ended) if reached.sole else sheet.some(answers.values())
        outputs = [
            _output(rows, output, [(truth, row[index]) for row, truth in answers.items()], sole=reached.sole)
            for index, output in enumerate(rows.decision.outputs)
        ]
        decided = sheet.every([answered, sheet.negate(ended), *(entry.single for entry in outputs)])
        only_no_match = sheet.every([no_match, sheet.negate(answered), sheet.negate(conflict)])
        only_conflict = sheet.every([conflict, sheet.negate(answered), sheet.negate(no_match)])
        settled = sheet.some([decided, only_no_match, only_conflict])
        status = rows.writer.label(
            [(decided, "decided"), (only_no_match, "no_match"), (only_conflict, "conflict"), (True, "undetermined")],
            STATUSES,
        )
        found: Columns = [(rows.name("status"), status)]
        for output, entry in zip(rows.decision.outputs, outputs, strict=True):
            found += entry.columns(rows, [output.name], certain=sheet.negate(ended))
        for name, ending in (("may_not_match", Ending.NO_MATCH), ("may_conflict", Ending.CONFLICT)):
            if ending in reached.results:
                open_ = sheet.every([reached.of(ending), sheet.negate(settled)])
                found.append((rows.name(name), rows.writer.flag(open_)))
        loose = sheet.some(entry.loose for entry in outputs)
        exact = [sheet.some([reached.exact, settled]), sheet.negate(loose)]
        if rows.decision.has_criteria:
            exact += self._criteria(rows, found, sheet.negate(only_conflict))
        elif self.deciding is not None:
            rule, certain = self.deciding.column(rows, decided)
            found.append((rows.name("rule"), rule))
            exact.append(certain)
        return Answered(found, sheet.every(exact))

    def _criteria(self, rows: Rows, found: Columns, calm: Truth) -> list[Truth]:
        exact: list[Truth] = []
        for rule, question in zip(rows.decision.rules, self.criteria, strict=True):
            reached = rows.walker.walk(question)
            unmet, met = reached.of((True,)), reached.of((False,))
            one = rows.sheet.negate(rows.sheet.every([unmet, met]))
            open_ = rows.sheet.negate(rows.sheet.some([rows.sheet.every([one, unmet]), rows.sheet.every([one, met])]))
            picks = [(open_, "unknown"), (unmet, "unmet"), (met, "met")]
            found.append((rows.name(rule.id), rows.writer.only(calm, rows.writer.label(picks, CRITERIA))))
            exact.append(rows.sheet.some([reached.exact, one]))
        return exact


def answers(asker: Asker) -> Answers:
    """Return the questions behind a decision with one answer."""
    decision = asker.program.decision
    criteria = asker.program.rules if decision.has_criteria else ()
    one_rule = not decision.has_criteria and HIT_POLICIES[decision.hit].says != "all"
    questions = tuple(asker.whether(node) for node in criteria)
    return Answers(asker.answer(), questions, deciding(asker) if one_rule else None)


@attrs.frozen
class Left:
    """What is left of one output: where one value is, and columns for the value and for what else there is to say.

    `loose` holds where a formula with unknown facts is part of it: what is said of it is then too wide.
    """

    single: Truth
    values: Mapping[str, Part]
    others: Mapping[str, Part] = attrs.field(factory=dict)
    loose: Truth = False

    def columns(self, rows: Rows, names: Sequence[str], *, said: Truth = True, certain: Truth = True) -> Columns:
        """Return the columns under `names`: the value where it is certain and single, the rest where it is said."""
        certain = rows.sheet.every([said, certain, self.single])
        found: Columns = []
        for part, value in self.values.items():
            found.append((rows.name(*names, *filter(None, [part])), rows.writer.only(certain, value)))
        for part, value in self.others.items():
            found.append((rows.name(*names, part), rows.writer.only(said, value)))
        return found


def _output(rows: Rows, output: Output, picks: Sequence[tuple[Truth, Any]], *, sole: bool) -> Left:
    by_value: dict[Any, list[Truth]] = {}
    for truth, value in picks:
        by_value.setdefault(value, []).append(truth)
    values = [(rows.sheet.some(truths), value) for value, truths in by_value.items()]
    if output.domain.is_numeric:
        return numeric(rows, output.domain, values, sole=sole)
    single = sole or rows.writer.one_of(truth for truth, _ in values)
    if output.domain.type == "set":
        return Left(single, _members(rows, output, values))
    if output.domain.worse:
        values.sort(key=lambda entry: rank(output.domain, entry[1]), reverse=True)
    else:
        values.sort(key=lambda entry: code(output.domain, entry[1]))
    safest = rows.sheet.kept(_picked(rows, output, values))
    return Left(single, {"": safest}, {"safest": safest} if output.domain.worse else {})


def _picked(rows: Rows, output: Output, values: Sequence[tuple[Truth, Any]]) -> Part:
    writer = rows.writer
    return writer.first(
        [(truth, writer.literal(output.domain, value)) for truth, value in values], writer.dtype(output.domain)
    )


def _members(rows: Rows, output: Output, values: Sequence[tuple[Truth, frozenset[str]]]) -> dict[str, Part]:
    return {
        choice: rows.writer.flag(rows.sheet.some(truth for truth, value in values if choice in value))
        for choice in output.domain.choices
    }


def numeric(rows: Rows, domain: Domain, values: Sequence[tuple[Truth, Any]], *, sole: bool = False) -> Left:
    """Return what is left of an output that is a number."""
    sheet, writer = rows.sheet, rows.writer
    dtype = number_type(domain)
    loose: Truth = False
    fixed = sorted(((value, truth) for truth, value in values if not isinstance(value, Linear)), key=lambda e: e[0])
    formulas = [(truth, writer.ends(domain, value)) for truth, value in values if isinstance(value, Linear)]
    rising = [(truth, number(domain, value)) for value, truth in fixed]
    fixed_low, fixed_high = writer.first(rising, dtype), writer.first(rising[::-1], dtype)
    if not formulas:
        single = sole or writer.one_of(truth for _, truth in fixed)
        low, high = sheet.kept(fixed_low), sheet.kept(fixed_high)
    else:
        lows: list[tuple[Truth, Part]] = [(truth, ends.low) for truth, ends in formulas]
        highs: list[tuple[Truth, Part]] = [(truth, ends.high) for truth, ends in formulas]
        low = sheet.kept(writer.lowest([(bool(fixed), fixed_low), *lows], domain))
        high = sheet.kept(writer.highest([(bool(fixed), fixed_high), *highs], domain))
        loose = sheet.some(sheet.every([truth, sheet.negate(ends.known)]) for truth, ends in formulas)
        same = sheet.kept(sheet.part((low.expr == high.expr).fill_null(False), low, high))
        single = sheet.every([same, sheet.negate(loose)])
        low, high = (_without_end(rows, formulas, end, side) for end, side in ((low, "low"), (high, "high")))
    others = {"at_least": low, "at_most": high}
    if domain.worse:
        others["safest"] = low if domain.worse == "lower" else high
    return Left(single, {"": high}, others, loose)


def _without_end(rows: Rows, formulas: Any, end: Part, side: str) -> Part:
    """Return an end, null where one of the numbers that remain has none."""
    sheet = rows.sheet
    endless = sheet.some(
        sheet.every([truth, sheet.kept(sheet.part(getattr(ends, side).expr.is_null(), getattr(ends, side)))])
        for truth, ends in formulas
    )
    return sheet.kept(rows.writer.only(sheet.negate(endless), end))
