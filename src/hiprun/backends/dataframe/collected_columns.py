"""`collect` → columns: each item certain, possible or excluded, with its numbers where they follow from facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from hiprun.backends.dataframe.bit_planes import Truth
from hiprun.backends.dataframe.decision_context import Answered, Batch
from hiprun.backends.dataframe.new_columns import Columns
from hiprun.backends.dataframe.outcome_diagrams import Asker, DiagramQuestion
from hiprun.backends.dataframe.single_answer_columns import STATUSES, Left, numeric
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

    def columns(self, batch: Batch) -> Answered:
        """Return what they come to."""
        rows, in_conflict = batch.rows, batch.walker.walk(self.conflict)
        conflict = rows.every([in_conflict.of((True,)), rows.negate(in_conflict.of((False,)))])
        may_conflict = rows.every([in_conflict.of((True,)), in_conflict.of((False,))])
        exact = [rows.some([in_conflict.exact, rows.negate(may_conflict)])]
        calm = rows.negate(conflict)
        found: Columns = []
        settled = [rows.negate(may_conflict)]
        for rule, question in zip(batch.decision.rules, self.items, strict=True):
            item = _item(batch, question)
            picks = [(item.certain, "certain"), (item.possible, "possible"), (True, "excluded")]
            found.append((batch.name(rule.id), batch.writer.label(picks, CERTAINTIES).only(rows, calm)))
            for name, entry in item.numbers.items():
                found += entry.columns(batch, [rule.id, name], said=rows.every([calm, item.possible]))
            settled.append(item.settled)
            exact.append(item.exact)
        decided = rows.every(settled)
        picks = [(conflict, "conflict"), (decided, "decided"), (True, "undetermined")]
        status: Columns = [(batch.name("status"), batch.writer.label(picks, STATUSES))]
        if len(in_conflict.results) == 2:  # for some there may be a conflict, for others not
            status.append((batch.name("may_conflict"), batch.writer.flag(may_conflict)))
        return Answered([*status, *found], rows.every(exact))


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


@attrs.frozen(eq=False)
class _Item:
    """Where a rule matches for certain and where it may, where nothing is left open, and its numbers."""

    certain: Truth
    possible: Truth
    settled: Truth
    exact: Truth
    numbers: Mapping[str, Left]


def _item(batch: Batch, question: DiagramQuestion) -> _Item:
    rows, reached = batch.rows, batch.walker.walk(question)
    given = {row: truth for row, truth in reached.results.items() if row and not isinstance(row, Ending)}
    possible, nothing = rows.some(given.values()), reached.of(())
    certain, excluded = rows.every([possible, rows.negate(nothing)]), rows.negate(possible)
    numbers: dict[str, Left] = {}
    for index, output in enumerate(batch.decision.outputs):
        by_value: dict[Any, list[Truth]] = {}
        for row, truth in given.items():
            by_value.setdefault(row[index], []).append(truth)
        if len(by_value) > 1 or any(isinstance(value, Linear) for value in by_value):
            values = [(rows.some(truths), value) for value, truths in by_value.items()]
            numbers[output.name] = numeric(batch, attrs.evolve(output.domain, worse=""), values)
    settled = rows.some([excluded, rows.every([certain, *(entry.single for entry in numbers.values())])])
    loose = rows.some(entry.loose for entry in numbers.values())
    exact = rows.every([rows.some([reached.exact, settled]), rows.negate(loose)])
    return _Item(certain, possible, settled, exact, numbers)
