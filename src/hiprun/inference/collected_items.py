"""A list from the rules that match: `collect`, each item certain, possible or excluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import attrs

from hiprun.inference.conclusion import Answer, Certainty, Conclusion, Item
from hiprun.inference.decision_diagram import OutOfBudget
from hiprun.inference.fired_rules import fired
from hiprun.inference.grounding import Branch, Program
from hiprun.inference.hit_policy import Ending, Gathered, Payload, Result, severity, take_first
from hiprun.inference.linear_constraints import Linear
from hiprun.inference.linked_facts import Open
from hiprun.inference.operators import Truth
from hiprun.inference.partial_assignment import SettledSituation
from hiprun.inference.partial_evaluation import Patient
from hiprun.model.value_objects import ValueObject

_CERTAINTY: Mapping[Truth, Certainty] = {True: "certain", False: "excluded", None: "possible"}


@attrs.frozen
class _PossibleRows(ValueObject):
    """Whether a rule matches, and the rows of values that it can give then; of one that cannot match what it would."""

    truth: Truth
    rows: Sequence[Payload]

    @property
    def is_open(self) -> bool:
        """Whether it is not known yet what the rule adds."""
        if self.truth is not True:
            return self.truth is None
        return len(self.rows) > 1 or any(isinstance(value, Open | Linear) for value in self.rows[0])


def listed(patient: Patient) -> Conclusion:
    """Return the outcome of a `collect` decision."""
    make = partial(_branches_and_rows, patient.program)
    branches = make() if patient.diagrams is None else patient.diagrams.kept("branches", make)
    patient.searches = 1 + len(branches)
    conflict = patient.certainty(patient.program.conflict, needed=True)
    found = [_found(patient, index, own, row) for index, (own, row) in enumerate(branches)]
    sure = tuple(rule.id for rule, entry in zip(patient.decision.rules, found, strict=True) if entry.truth)
    if conflict:
        sure = fired(patient, in_conflict=True)
    if conflict:  # what rests on a conflict is not certain, and not out of the question
        found = [attrs.evolve(entry, truth=None) for entry in found]
    items = [_item(patient, index, entry) for index, entry in enumerate(found)]
    if patient.decision.order == "worst":
        keys = [_severity(patient, entry) for entry in found]
        items = [items[index] for index in sorted(range(len(items)), key=keys.__getitem__, reverse=True)]
    needs = patient.needs()
    open_ = any(entry.is_open for entry in found) or conflict is None
    return Conclusion(
        decision=patient.decision.name,
        status="conflict" if conflict else "undetermined" if open_ else "decided",
        possible=(),
        safest=None,
        needs=() if conflict else needs,
        fired=sure,
        may_conflict=conflict is None,
        exact=patient.exact,
        items=tuple(items),
    )


def _branches_and_rows(program: Program) -> list[tuple[list[Branch], Payload | None]]:
    """Return for each rule its branches and the row of values that it gives; None where that depends on the patient."""
    branches: list[list[Branch]] = [[] for _ in program.decision.rules]
    for branch in program.branches:
        branches[branch.rule].append(branch)
    found: list[tuple[list[Branch], Payload | None]] = []
    for own in branches:
        rows = {tuple(branch.values.get(output.name) for output in program.decision.outputs) for branch in own}
        row = next(iter(rows)) if len(rows) == 1 else None
        found.append((own, None if row is None or any(isinstance(value, Linear) for value in row) else row))
    return found


def _found(patient: Patient, index: int, branches: Sequence[Branch], sole_row: Payload | None) -> _PossibleRows:
    if sole_row is not None:
        return _PossibleRows(patient.certainty(patient.program.rules[index], needed=True), (sole_row,))
    truths, outputs = patient.there.truths, patient.decision.outputs
    rows = [
        (branch.node, tuple(patient.resolved(branch.values.get(output.name)) for output in outputs))
        for branch in branches
    ]
    still = [(node, row) for node, row in rows if truths[node] is not False]
    if len({row for _, row in still}) < 2 and not any(isinstance(value, Linear) for _, row in still for value in row):
        truth = patient.certainty(patient.program.rules[index], needed=True)
        return _PossibleRows(truth, list(dict.fromkeys(row for _, row in still or rows)))
    return _searched(patient, still)


def _searched(patient: Patient, still: Sequence[tuple[int, Payload]]) -> _PossibleRows:
    """Find out exactly which of several rows a rule can give."""
    if isinstance(patient.there, SettledSituation):  # only in a conflict several hold at once
        return _PossibleRows(False, [row for _, row in still])
    candidates = [(patient.open_node(node), row) for node, row in still]
    try:
        diagram = patient.explore(take_first, _row_or_nothing, candidates, rest=())
    except OutOfBudget:
        patient.exact = False
        patient.note_open([node for node, _ in candidates])
        for _, row in candidates:
            for value in row:
                patient.note_number(value)
        return _PossibleRows(None, [row for _, row in candidates])
    results = [result for result in diagram.possible() if not isinstance(result, Ending)]
    given = [row for row in results if row]
    found = _PossibleRows(None if () in results and given else bool(given), given or [row for _, row in candidates])
    if found.is_open:
        patient.note_needs(diagram)
    return found


def _row_or_nothing(gathered: Gathered) -> Result:
    return () if gathered is None else gathered


def _item(patient: Patient, index: int, found: _PossibleRows) -> Item:
    if patient.diagrams is None or patient.program.formulas:
        return _made_item(patient, index, found)
    key = "item", index, found.truth, *found.rows
    return patient.diagrams.kept(key, partial(_made_item, patient, index, found))


def _made_item(patient: Patient, index: int, found: _PossibleRows) -> Item:
    rule = patient.decision.rules[index]
    given = dict(rule.then)
    outputs = {
        output.name: patient.public(output, *dict.fromkeys(row[place] for row in found.rows))
        for place, output in enumerate(patient.decision.outputs)
        if output.name in given and found.rows
    }
    return Item(rule.id, _CERTAINTY[found.truth], Answer(outputs), rule.because, rule.sources)


def _severity(patient: Patient, found: _PossibleRows) -> Any:
    ranks = []
    for place, output in enumerate(patient.decision.outputs):
        if not output.domain.worse:
            continue
        values = {row[place] for row in found.rows}
        ranks.append(patient.worst_rank(output, values - {None}))
    return severity(tuple(ranks))
