"""`collect` → columns: each item certain, possible or excluded, with its numbers where they follow from facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from hiprun.backends.dataframe.decision_context import Answered, Rows
from hiprun.backends.dataframe.outcome_diagrams import Asker, DiagramQuestion
from hiprun.backends.dataframe.output_expressions import Columns
from hiprun.backends.dataframe.single_answer_columns import STATUSES, Left, numeric
from hiprun.backends.dataframe.subexpression_columns import Truth
from hiprun.inference.grounding import Branch
from hiprun.inference.hit_policy import Ending
from hiprun.inference.linear_constraints import Linear

CERTAINTIES = ("certain", "possible", "excluded")


@attrs.frozen
class Lists:
    """The questions behind a list: whether there is a conflict, and for each rule which row it gives, if any."""

    conflict: DiagramQuestion
    items: tuple[DiagramQuestion, ...]

    @property
    def questions(self) -> tuple[DiagramQuestion, ...]:
        """All of them."""
        return (self.conflict, *self.items)

    def columns(self, rows: Rows) -> Answered:
        """Return what they come to."""
        sheet, in_conflict = rows.sheet, rows.walker.walk(self.conflict)
        conflict = sheet.every([in_conflict.of((True,)), sheet.negate(in_conflict.of((False,)))])
        may_conflict = sheet.every([in_conflict.of((True,)), in_conflict.of((False,))])
        exact = [sheet.some([in_conflict.exact, sheet.negate(may_conflict)])]
        calm = sheet.negate(conflict)
        found: Columns = []
        settled = [sheet.negate(may_conflict)]
        for rule, question in zip(rows.decision.rules, self.items, strict=True):
            item = _item(rows, question)
            picks = [(item.certain, "certain"), (item.possible, "possible"), (True, "excluded")]
            found.append((rows.name(rule.id), rows.writer.only(calm, rows.writer.label(picks, CERTAINTIES))))
            for name, entry in item.numbers.items():
                found += entry.columns(rows, [rule.id, name], said=sheet.every([calm, item.possible]))
            settled.append(item.settled)
            exact.append(item.exact)
        decided = sheet.every(settled)
        picks = [(conflict, "conflict"), (decided, "decided"), (True, "undetermined")]
        status: Columns = [(rows.name("status"), rows.writer.label(picks, STATUSES))]
        if may_conflict is not False:
            status.append((rows.name("may_conflict"), rows.writer.flag(may_conflict)))
        return Answered([*status, *found], sheet.every(exact))


def lists(asker: Asker) -> Lists:
    """Return the questions behind a `collect` decision."""
    branches: list[list[Branch]] = [[] for _ in asker.program.rules]
    for branch in asker.program.branches:
        branches[branch.rule].append(branch)
    outputs = asker.program.decision.outputs
    items = [
        asker.first([(branch.node, tuple(branch.values.get(output.name) for output in outputs)) for branch in own])
        for own in branches
    ]
    return Lists(asker.whether(asker.program.conflict), tuple(items))


@attrs.frozen
class _Item:
    """Where a rule matches for certain and where it may, where nothing is left open, and its numbers."""

    certain: Truth
    possible: Truth
    settled: Truth
    exact: Truth
    numbers: Mapping[str, Left]


def _item(rows: Rows, question: DiagramQuestion) -> _Item:
    sheet, reached = rows.sheet, rows.walker.walk(question)
    given = {row: truth for row, truth in reached.results.items() if row and not isinstance(row, Ending)}
    possible, nothing = sheet.some([reached.anything, *given.values()]), reached.of(())
    certain, excluded = sheet.every([possible, sheet.negate(nothing)]), sheet.negate(possible)
    numbers: dict[str, Left] = {}
    for index, output in enumerate(rows.decision.outputs):
        by_value: dict[Any, list[Truth]] = {}
        for row, truth in given.items():
            by_value.setdefault(row[index], []).append(truth)
        if len(by_value) > 1 or any(isinstance(value, Linear) for value in by_value):
            values = [(sheet.some(truths), value) for value, truths in by_value.items()]
            numbers[output.name] = numeric(rows, attrs.evolve(output.domain, worse=""), values)
    settled = sheet.some([excluded, sheet.every([certain, *(entry.single for entry in numbers.values())])])
    loose = sheet.some(entry.loose for entry in numbers.values())
    exact = sheet.every([sheet.some([reached.exact, settled]), sheet.negate(loose)])
    return _Item(certain, possible, settled, exact, numbers)
