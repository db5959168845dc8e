"""Decisions of a model → documents: lists of rules, tables, criteria, limits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any

from hiprun.inference.hit_policies import HIT_POLICIES, UNIQUE
from hiprun.language.export.conditions import Data, condition_data, named_test_data, test_data, value_data
from hiprun.language.export.declarations import domain_data, say_data, source_data, without_empty
from hiprun.language.resolve.topological_order import topological_order
from hiprun.model import ALWAYS, All, Decision, HasValue, Model, Output, Rule, Test

_REMARKS = ("id", "because", "source", "interpretation")


def rules_document(model: Model, decision: Decision) -> Data:
    """Return the document of a list of rules, or of a table."""
    table = decision.kind == "table"
    return without_empty(
        decision=decision.name,
        title=decision.title,
        audience=_audience_data(decision),
        outputs={output.name: _output_data(output) for output in decision.outputs},
        hit="" if decision.hit == UNIQUE.name else decision.hit,
        order="" if decision.order == "file" else decision.order,
        **_decision_remarks(decision),
        table=_table_data(model, decision) if table else None,
        rules=None if table else [_rule_data(decision, rule) for rule in decision.rules],
        otherwise=_otherwise_data(decision),
        gaps=[{"when": condition_data(gap.condition), "because": gap.because} for gap in decision.gaps],
    )


def _output_data(output: Output) -> Data:
    return without_empty(
        title=output.title,
        say=say_data(output.say),
        **domain_data(output.domain),
        optional=output.optional or None,
    )


def _audience_data(decision: Decision) -> str:
    return "" if decision.audience == "person" else decision.audience


def _decision_remarks(decision: Decision) -> Data:
    return {
        "because": decision.because,
        "source": source_data(decision.sources),
        "interpretation": decision.interpretation,
    }


def rule_remarks(decision: Decision, rule: Rule) -> Data:
    """Return the remarks on a rule; its sources only if they differ from those of the decision."""
    return {
        "because": rule.because,
        "source": source_data(rule.sources) if rule.sources != decision.sources else None,
        "interpretation": rule.interpretation,
    }


def _rule_data(decision: Decision, rule: Rule) -> Data:
    return without_empty(
        id=rule.id,
        title=rule.title,
        when=condition_data(rule.condition) if rule.condition != ALWAYS else None,
        then=_then_data(rule.then),
        **rule_remarks(decision, rule),
    )


def _then_data(pairs: tuple[tuple[str, Any], ...]) -> Data:
    return {name: value_data(content) for name, content in pairs}


def _otherwise_data(decision: Decision) -> Any:
    if decision.otherwise is not None:
        return _then_data(decision.otherwise)
    policy = HIT_POLICIES[decision.hit]
    always = [rule for rule in decision.rules if rule.condition == ALWAYS]
    covered = any(policy.takes != "ranks" or len(rule.then) == len(decision.outputs) for rule in always)
    return None if covered or decision.complete or policy.always_answers else "no_match"


def _table_data(model: Model, decision: Decision) -> list[list[Any]]:
    row_tests = [_tests_by_subject(rule) for rule in decision.rules]
    subjects = _subjects(row_tests) or [_column_without_tests(model, decision)]
    remarks = list(_remark_columns(decision))
    header = [name for name in ("id",) if name in remarks]
    header += [*subjects, *(name for name, _ in decision.rules[0].then)]
    header += [name for name in remarks if name != "id"]
    rows = []
    for rule, row in zip(decision.rules, row_tests, strict=True):
        cells = {name: _cell_data(row.get(name)) for name in subjects} | _then_data(rule.then)
        cells |= {"id": rule.id, "because": rule.because, "interpretation": rule.interpretation}
        cells["source"] = list(rule.sources)
        rows.append([cells[name] for name in header])
    return [header, *rows]


def _tests_by_subject(rule: Rule) -> dict[str, Data]:
    by_subject: dict[str, Data] = {}
    parts = rule.condition.parts if isinstance(rule.condition, All) else (rule.condition,)
    for part in parts:
        assert isinstance(part, Test | HasValue)  # a row is made of cells
        operator, operand = named_test_data(part)
        by_subject.setdefault(str(part.subject), {})[operator] = operand
    return by_subject


def _subjects(rows: list[dict[str, Data]]) -> list[str]:
    """Return the subjects of tests in an order that is the same in every row."""
    uses: dict[str, list[str]] = {name: [] for row in rows for name in row}
    for row in rows:
        for before, after in pairwise(row):
            uses[after].append(before)
    return topological_order(uses)[0]


def _column_without_tests(model: Model, decision: Decision) -> str:
    """Return a name for the column that a table without tests needs."""
    names = [name for name in (*model.facts, *model.derived) if name not in _REMARKS]
    outputs = [
        f"{name}.{output.name}"
        for name, other in sorted(model.decisions.items(), key=lambda pair: pair[1] is decision)
        if HIT_POLICIES[other.hit].gives != "items"
        for output in other.outputs
    ]
    return [*names, *outputs][0]


def _remark_columns(decision: Decision) -> Iterator[str]:
    if any(rule.id != f"row-{number}" for number, rule in enumerate(decision.rules, 1)):
        yield "id"
    if any(rule.because for rule in decision.rules):
        yield "because"
    if any(rule.sources != decision.sources for rule in decision.rules):
        yield "source"
    if any(rule.interpretation for rule in decision.rules):
        yield "interpretation"


def _cell_data(row: Data | None) -> Any:
    if row is None:
        return "any"
    cell = test_data(row)
    return row if cell == "any" else cell


def criteria_document(_: Model, decision: Decision) -> Data:
    """Return the document of criteria."""
    texts = decision.outputs[0].domain.choices
    met, unmet = texts
    return without_empty(
        criteria=decision.name,
        title=decision.title,
        audience=_audience_data(decision),
        **_decision_remarks(decision),
        result={"met": met, "unmet": unmet} if (met, unmet) != ("met", "unmet") else None,
        say=without_empty(met=texts[met], unmet=texts[unmet]),
        all=[
            without_empty(
                id=rule.id,
                title=rule.title,
                require=condition_data(rule.require or ALWAYS),
                unmet=rule.unmet,
                **rule_remarks(decision, rule),
            )
            for rule in decision.rules
        ],
    )


def limits_document(_: Model, decision: Decision) -> Data:
    """Return the document of limits."""
    quantities = {name: str(ref) for name, ref in decision.quantities}
    bounds = []
    for id_, same_id in groupby(decision.rules, key=lambda rule: rule.id):
        rules = list(same_id)
        first = rules[0]
        bounds.append(
            without_empty(
                id=id_,
                title=first.title,
                when=condition_data(first.condition) if first.condition != ALWAYS else None,
                quantity=quantities[first.then[0][0]],
                **{rule.bound: value_data(rule.then[0][1]) for rule in rules},
                **rule_remarks(decision, first),
            )
        )
    return without_empty(
        limits=decision.name,
        title=decision.title,
        audience=_audience_data(decision),
        **_decision_remarks(decision),
        bounds=bounds,
    )
