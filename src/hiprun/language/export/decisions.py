"""Decisions of a model → documents: lists of rules, tables, criteria, limits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any

from hiprun.inference.hit_policies import HIT_POLICIES, UNIQUE
from hiprun.language.export.conditions import Data, asked, condition, plain_test, value
from hiprun.language.export.declarations import domain, filled, sources
from hiprun.language.resolve.topological_order import ordered
from hiprun.model import ALWAYS, All, Decision, HasValue, Model, Output, Rule, Test

_REMARKS = ("id", "because", "source", "interpretation")


def rules(model: Model, given: Decision) -> Data:
    """Return the document of a list of rules, or of a table."""
    table = given.kind == "table"
    return filled(
        decision=given.name,
        title=given.title,
        outputs={output.name: _output(output) for output in given.outputs},
        hit="" if given.hit == UNIQUE.name else given.hit,
        order="" if given.order == "file" else given.order,
        **_shared(given),
        table=_table(model, given) if table else None,
        rules=None if table else [_rule(given, rule) for rule in given.rules],
        otherwise=_otherwise(given),
        gaps=[{"when": condition(gap.condition), "because": gap.because} for gap in given.gaps],
    )


def _output(output: Output) -> Data:
    return filled(title=output.title, **domain(output.domain), optional=output.optional or None)


def _shared(given: Decision) -> Data:
    return {
        "because": given.because,
        "source": sources(given.sources),
        "interpretation": given.interpretation,
    }


def carried(given: Decision, rule: Rule) -> Data:
    """Return the remarks on a rule; statements only where they are not those of its decision."""
    return {
        "because": rule.because,
        "source": sources(rule.sources) if rule.sources != given.sources else None,
        "interpretation": rule.interpretation,
    }


def _rule(given: Decision, rule: Rule) -> Data:
    return filled(
        id=rule.id,
        title=rule.title,
        when=condition(rule.condition) if rule.condition != ALWAYS else None,
        then=_then(rule.then),
        **carried(given, rule),
    )


def _then(pairs: tuple[tuple[str, Any], ...]) -> Data:
    return {name: value(content) for name, content in pairs}


def _otherwise(given: Decision) -> Any:
    if given.otherwise is not None:
        return _then(given.otherwise)
    policy = HIT_POLICIES[given.hit]
    always = [rule for rule in given.rules if rule.condition == ALWAYS]
    covered = any(policy.takes != "ranks" or len(rule.then) == len(given.outputs) for rule in always)
    return None if covered or given.complete or policy.always_answers else "no_match"


def _table(model: Model, given: Decision) -> list[list[Any]]:
    tested = [_tests(rule) for rule in given.rules]
    subjects = _subjects(tested) or [_spare_column(model, given)]
    remarks = list(_remarks(given))
    header = [name for name in ("id",) if name in remarks]
    header += [*subjects, *(name for name, _ in given.rules[0].then)]
    header += [name for name in remarks if name != "id"]
    rows = []
    for rule, row in zip(given.rules, tested, strict=True):
        cells = {name: _cell(row.get(name)) for name in subjects} | _then(rule.then)
        cells |= {"id": rule.id, "because": rule.because, "interpretation": rule.interpretation}
        cells["source"] = list(rule.sources)
        rows.append([cells[name] for name in header])
    return [header, *rows]


def _tests(rule: Rule) -> dict[str, Data]:
    found: dict[str, Data] = {}
    parts = rule.condition.parts if isinstance(rule.condition, All) else (rule.condition,)
    for part in parts:
        assert isinstance(part, Test | HasValue)  # a row is made of cells
        operator, behind = asked(part)
        found.setdefault(str(part.subject), {})[operator] = behind
    return found


def _subjects(rows: list[dict[str, Data]]) -> list[str]:
    """Return the columns of facts in an order that suits every row."""
    uses: dict[str, list[str]] = {name: [] for row in rows for name in row}
    for row in rows:
        for before, after in pairwise(row):
            uses[after].append(before)
    return ordered(uses)[0]


def _spare_column(model: Model, given: Decision) -> str:
    """Return something that a table in which nothing matters can ask about."""
    names = [name for name in (*model.facts, *model.derived) if name not in _REMARKS]
    others = [
        f"{name}.{output.name}"
        for name, other in sorted(model.decisions.items(), key=lambda pair: pair[1] is given)
        if HIT_POLICIES[other.hit].gives != "items"
        for output in other.outputs
    ]
    return [*names, *others][0]


def _remarks(given: Decision) -> Iterator[str]:
    if any(rule.id != f"row-{number}" for number, rule in enumerate(given.rules, 1)):
        yield "id"
    if any(rule.because for rule in given.rules):
        yield "because"
    if any(rule.sources != given.sources for rule in given.rules):
        yield "source"
    if any(rule.interpretation for rule in given.rules):
        yield "interpretation"


def _cell(row: Data | None) -> Any:
    if row is None:
        return "any"
    cell = plain_test(row)
    return row if cell == "any" else cell


def criteria(_: Model, given: Decision) -> Data:
    """Return the document of criteria."""
    met, unmet = given.outputs[0].domain.choices
    return filled(
        criteria=given.name,
        title=given.title,
        **_shared(given),
        result={"met": met, "unmet": unmet} if (met, unmet) != ("met", "unmet") else None,
        all=[
            filled(
                id=rule.id,
                title=rule.title,
                require=condition(rule.require or ALWAYS),
                unmet=rule.unmet,
                **carried(given, rule),
            )
            for rule in given.rules
        ],
    )


def limits(_: Model, given: Decision) -> Data:
    """Return the document of limits."""
    quantities = {name: str(ref) for name, ref in given.quantities}
    bounds = []
    for id_, sides in groupby(given.rules, key=lambda rule: rule.id):
        rules = list(sides)
        first = rules[0]
        bounds.append(
            filled(
                id=id_,
                title=first.title,
                when=condition(first.condition) if first.condition != ALWAYS else None,
                quantity=quantities[first.then[0][0]],
                **{rule.bound: value(rule.then[0][1]) for rule in rules},
                **carried(given, first),
            )
        )
    return filled(limits=given.name, title=given.title, **_shared(given), bounds=bounds)
