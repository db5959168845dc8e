"""A list from the rules that match: `collect`, each item certain, possible or excluded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hiprun.conclusion import Answer, Certainty, Conclusion, Item
from hiprun.kernel.linear import Linear
from hiprun.kernel.patient import Patient
from hiprun.kernel.policy import severity
from hiprun.model import Rule
from hiprun.operators import Truth

_CERTAINTY: Mapping[Truth, Certainty] = {True: "certain", False: "excluded", None: "possible"}


def listed(patient: Patient) -> Conclusion:
    """Return the outcome of a `collect` decision."""
    rules = patient.decision.rules
    values: list[dict[str, list[Any]]] = [{} for _ in rules]
    for branch in patient.program.branches:
        for name, value in branch.values.items():
            same = values[branch.rule].setdefault(name, [])
            if patient.there.truths[branch.node] is not False or not same:
                same.append(patient.resolved(value))
    conflict = patient.certainty(patient.program.conflict, needed=True)
    items = [
        _item(patient, rule, patient.certainty(node, needed=True), found)
        for rule, node, found in zip(rules, patient.program.rules, values, strict=True)
    ]
    if patient.decision.order == "worst":
        ranked = [output for output in patient.decision.outputs if output.domain.worse]
        keys = [severity(tuple(patient.worst_rank(output, found.get(output.name, ())) for output in ranked)) for found in values]
        items = [items[index] for index in sorted(range(len(items)), key=keys.__getitem__, reverse=True)]
    needs = patient.needs()
    return Conclusion(
        decision=patient.decision.name,
        status="conflict" if conflict else "undetermined" if needs else "decided",
        possible=(),
        safest=None,
        needs=() if conflict else needs,
        fired=patient.fired(),
        may_conflict=conflict is None,
        exact=patient.exact,
        items=tuple(items),
    )


def _item(patient: Patient, rule: Rule, truth: Truth, values: Mapping[str, list[Any]]) -> Item:
    outputs = {name: patient.public(patient.decision.output(name), *same) for name, same in values.items()}
    if truth is not False:
        for same in values.values():
            for value in same:
                if isinstance(value, Linear):
                    patient.note_number(value)
    return Item(rule.id, _CERTAINTY[truth], Answer(outputs), rule.because, rule.sources)
