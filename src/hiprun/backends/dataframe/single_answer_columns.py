"""Decisions with one answer → columns: its outputs, the safest of what remains, its status, the rule that decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from hiprun.backends.dataframe.bit_planes import Numbers, Truth
from hiprun.backends.dataframe.deciding_rule import Deciding, deciding
from hiprun.backends.dataframe.decision_context import Answered, Batch
from hiprun.backends.dataframe.new_columns import Columns, Part, fixed, type_of
from hiprun.backends.dataframe.outcome_diagrams import Asker, DiagramQuestion
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

    def columns(self, batch: Batch) -> Answered:
        """Return what they come to."""
        rows, reached = batch.rows, batch.walker.walk(self.answer)
        no_match, conflict = reached.of(Ending.NO_MATCH), reached.of(Ending.CONFLICT)
        answers = {result: truth for result, truth in reached.results.items() if not isinstance(result, Ending)}
        ended = rows.some([no_match, conflict])
        answered = rows.negate(ended) if reached.sole else rows.some(answers.values())
        outputs = [
            _output(batch, output, [(truth, row[index]) for row, truth in answers.items()], sole=reached.sole)
            for index, output in enumerate(batch.decision.outputs)
        ]
        decided = rows.every([answered, rows.negate(ended), *(entry.single for entry in outputs)])
        only_no_match = rows.every([no_match, rows.negate(answered), rows.negate(conflict)])
        only_conflict = rows.every([conflict, rows.negate(answered), rows.negate(no_match)])
        settled = rows.some([decided, only_no_match, only_conflict])
        status = batch.writer.label(
            [(decided, "decided"), (only_no_match, "no_match"), (only_conflict, "conflict"), (True, "undetermined")],
            STATUSES,
        )
        found: Columns = [(batch.name("status"), status)]
        for output, entry in zip(batch.decision.outputs, outputs, strict=True):
            found += entry.columns(batch, [output.name], certain=rows.negate(ended))
        for name, ending in (("may_not_match", Ending.NO_MATCH), ("may_conflict", Ending.CONFLICT)):
            if ending in reached.results:
                open_ = rows.every([reached.of(ending), rows.negate(settled)])
                found.append((batch.name(name), batch.writer.flag(open_)))
        loose = rows.some(entry.loose for entry in outputs)
        exact = [rows.some([reached.exact, settled]), rows.negate(loose)]
        if batch.decision.has_criteria:
            exact += self._criteria(batch, found, rows.negate(only_conflict))
        elif self.deciding is not None:
            rule, certain = self.deciding.column(batch, decided)
            found.append((batch.name("rule"), rule))
            exact.append(certain)
        return Answered(found, rows.every(exact))

    def _criteria(self, batch: Batch, found: Columns, calm: Truth) -> list[Truth]:
        rows, exact = batch.rows, []
        for rule, question in zip(batch.decision.rules, self.criteria, strict=True):
            reached = batch.walker.walk(question)
            unmet, met = reached.of((True,)), reached.of((False,))
            one = rows.negate(rows.every([unmet, met]))
            open_ = rows.negate(rows.every([one, rows.some([unmet, met])]))
            picks = [(open_, "unknown"), (unmet, "unmet"), (met, "met")]
            found.append((batch.name(rule.id), batch.writer.label(picks, CRITERIA).only(rows, calm)))
            exact.append(rows.some([reached.exact, one]))
        return exact


def answers(asker: Asker) -> Answers:
    """Return the questions behind a decision with one answer."""
    decision = asker.program.decision
    criteria = asker.program.rules if decision.has_criteria else ()
    one_rule = not decision.has_criteria and HIT_POLICIES[decision.hit].says != "all"
    questions = tuple(asker.whether(node) for node in criteria)
    return Answers(asker.answer(), questions, deciding(asker) if one_rule else None)


@attrs.frozen(eq=False)
class Left:
    """What is left of one output: where one value is, and columns for the value and for what else there is to say.

    `loose` holds where a formula with unknown facts is part of it: what is said of it is then too wide.
    """

    single: Truth
    values: Mapping[str, Part]
    others: Mapping[str, Part] = attrs.field(factory=dict)
    loose: Truth = False

    def columns(self, batch: Batch, names: Sequence[str], *, said: Truth = True, certain: Truth = True) -> Columns:
        """Return the columns under `names`: the value where it is certain and single, the rest where it is said."""
        rows = batch.rows
        certain = rows.every([said, certain, self.single])
        found: Columns = []
        for part, value in self.values.items():
            found.append((batch.name(*names, *filter(None, [part])), value.only(rows, certain)))
        for part, value in self.others.items():
            found.append((batch.name(*names, part), value.only(rows, said)))
        return found


def _output(batch: Batch, output: Output, picks: Sequence[tuple[Truth, Any]], *, sole: bool) -> Left:
    rows = batch.rows
    by_value: dict[Any, list[Truth]] = {}
    for truth, value in picks:
        by_value.setdefault(value, []).append(truth)
    values = [(rows.some(truths), value) for value, truths in by_value.items()]
    if output.domain.is_numeric:
        return numeric(batch, output.domain, values, sole=sole)
    single = sole or rows.one_of(truth for truth, _ in values)
    if output.domain.type == "set":
        return Left(single, _members(batch, output, values))
    if output.domain.worse:
        values.sort(key=lambda entry: rank(output.domain, entry[1]), reverse=True)
    else:
        values.sort(key=lambda entry: code(output.domain, entry[1]))
    kind = type_of(output.domain, [value for _, value in values])
    safest = batch.writer.first(kind, values)
    return Left(single, {"": safest}, {"safest": safest} if output.domain.worse else {})


def _members(batch: Batch, output: Output, values: Sequence[tuple[Truth, frozenset[str]]]) -> dict[str, Part]:
    return {
        choice: batch.writer.flag(batch.rows.some(truth for truth, value in values if choice in value))
        for choice in output.domain.choices
    }


def numeric(batch: Batch, domain: Domain, values: Sequence[tuple[Truth, Any]], *, sole: bool = False) -> Left:
    """Return what is left of an output that is a number."""
    rows, writer = batch.rows, batch.writer
    if any(isinstance(value, Linear) for _, value in values):
        return _of_formulas(batch, domain, values)
    rising = [(truth, fixed(domain, value)) for truth, value in sorted(values, key=lambda entry: entry[1])]
    low = writer.first(type_of(domain), rising)
    high = low if sole else writer.first(type_of(domain), rising[::-1])
    single = sole or rows.one_of(truth for truth, _ in values)
    return Left(single, {"": high}, _ends(domain, low, high))


def _of_formulas(batch: Batch, domain: Domain, values: Sequence[tuple[Truth, Any]]) -> Left:
    rows, writer = batch.rows, batch.writer
    ends = [(truth, writer.ends(domain, value)) for truth, value in values]
    low = writer.lowest([(truth, entry.low) for truth, entry in ends])
    high = writer.highest([(truth, entry.high) for truth, entry in ends])
    loose = rows.some(rows.every([truth, rows.negate(entry.known)]) for truth, entry in ends)
    single = rows.every([rows.plane(low == high), rows.negate(loose)])
    low_part = writer.numbers(domain, low, _with_end(batch, [(truth, entry.low) for truth, entry in ends]))
    high_part = writer.numbers(domain, high, _with_end(batch, [(truth, entry.high) for truth, entry in ends]))
    return Left(single, {"": high_part}, _ends(domain, low_part, high_part), loose)


def _ends(domain: Domain, low: Part, high: Part) -> dict[str, Part]:
    safest = {} if not domain.worse else {"safest": low if domain.worse == "lower" else high}
    return {"at_least": low, "at_most": high, **safest}


def _with_end(batch: Batch, ends: Sequence[tuple[Truth, Numbers]]) -> Truth:
    """Return where none of the numbers that remain is without an end."""
    rows = batch.rows
    return rows.negate(rows.some(rows.every([truth, rows.plane(np.isnan(numbers))]) for truth, numbers in ends))
