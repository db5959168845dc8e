"""An outcome of the engine → the values of the columns that stand for it, and which columns these are."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias, assert_never

from hiprun.backends.dataframe.collected_columns import CERTAINTIES
from hiprun.backends.dataframe.decision_context import column_name
from hiprun.backends.dataframe.limit_columns import SIDES
from hiprun.backends.dataframe.new_columns import NUMBER, TRUTH, ColumnType, type_of
from hiprun.backends.dataframe.single_answer_columns import CRITERIA, STATUSES
from hiprun.errors import UndecidedError
from hiprun.inference.circuit import FALSE
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Gives
from hiprun.inference.linear_constraints import Linear
from hiprun.inference.outcome import Outcome
from hiprun.model import VERDICTS, Output


def told(program: Program, outcome: Outcome) -> dict[str, Any]:
    """Return the values of the columns of one decision for one patient, by the names of the columns."""
    make = _TOLD[HIT_POLICIES[program.decision.hit].gives]
    found: dict[tuple[str, ...], Any] = {
        ("status",): outcome.status,
        ("may_not_match",): outcome.may_not_match,
        ("may_conflict",): outcome.may_conflict,
        ("exact",): outcome.exact,
    }
    if outcome.status != "conflict":
        found |= make(program, outcome)
    return {column_name(program.decision.name, *name): _plain(value) for name, value in found.items()}


def telling(program: Program) -> Callable[[Outcome], dict[str, Any]]:
    """Return `told` for one decision, quick for answers of which there is one alone."""
    decision, outputs = program.decision.name, program.decision.outputs
    if HIT_POLICIES[program.decision.hit].gives != "answer" or any(output.domain.type == "set" for output in outputs):
        return lambda outcome: told(program, outcome)
    sides = [(), ("at_least",), ("at_most",)]
    columns = [
        (output, [column_name(decision, output.name, *side) for side in (sides if output.domain.is_numeric else [()])])
        for output in outputs
    ]
    safest = [(output.name, column_name(decision, output.name, "safest")) for output in outputs if output.domain.worse]
    names = {name: column_name(decision, name) for name in ("status", "may_not_match", "may_conflict", "exact", "rule")}

    def tell(outcome: Outcome) -> dict[str, Any]:
        if outcome.status != "decided" or len(outcome.possible) != 1 or outcome.criteria:
            return told(program, outcome)
        values = outcome.possible[0]
        found = {names["status"]: outcome.status, names["may_not_match"]: outcome.may_not_match}
        found |= {names["may_conflict"]: outcome.may_conflict, names["exact"]: outcome.exact}
        for output, its_columns in columns:
            found |= dict.fromkeys(its_columns, _plain(values[output.name]))
        for name, column in safest:
            found[column] = _plain(outcome.safest.get(name))
        found[names["rule"]] = _deciding(program, outcome)
        return found

    return tell


Types: TypeAlias = dict[tuple[str, ...], ColumnType]

_STATUS = ColumnType("label", STATUSES)


def types(program: Program) -> dict[str, ColumnType]:
    """Return the columns of a decision that only the engine works out, each with what is in it."""
    found: Types = {("status",): _STATUS}
    match HIT_POLICIES[program.decision.hit].gives:
        case "answer":
            for output in program.decision.outputs:
                found |= _output_types(program, output)
            found |= {("may_not_match",): TRUTH, ("may_conflict",): TRUTH}
            found |= _rule_types(program)
        case "items":
            found |= _conflict_types(program) | _item_types(program)
        case "limits":
            found |= _conflict_types(program) | _limit_types(program)
        case gives:
            assert_never(gives)
    found[("exact",)] = TRUTH
    return {column_name(program.decision.name, *name): kind for name, kind in found.items()}


def _output_types(program: Program, output: Output) -> Types:
    name, domain = output.name, output.domain
    if domain.type == "set":
        return {(name, choice): TRUTH for choice in domain.choices}
    values = [branch.values.get(name) for branch in program.branches]
    if program.policy is not None and program.policy.otherwise is not None:
        values += program.policy.otherwise
    kind = type_of(domain, sorted({value for value in values if isinstance(value, str)}))
    parts = ["at_least", "at_most"] if domain.is_numeric else []
    parts += ["safest"] if domain.worse else []
    return {(name,): kind, **{(name, part): kind for part in parts}}


def _rule_types(program: Program) -> Types:
    rules = program.decision.rules
    if program.decision.has_criteria:
        return {(rule.id,): ColumnType("label", CRITERIA) for rule in rules}
    if HIT_POLICIES[program.decision.hit].says == "all":
        return {}
    return {("rule",): ColumnType("label", tuple(dict.fromkeys(rule.id for rule in rules)))}


def _conflict_types(program: Program) -> Types:
    return {} if program.conflict == FALSE else {("may_conflict",): TRUTH}


def _item_types(program: Program) -> Types:
    found: Types = {}
    for index, rule in enumerate(program.decision.rules):
        found[(rule.id,)] = ColumnType("label", CERTAINTIES)
        for output in program.decision.outputs:
            given = {branch.values.get(output.name) for branch in program.branches if branch.rule == index}
            if output.domain.is_numeric and (len(given) > 1 or any(isinstance(value, Linear) for value in given)):
                kind = type_of(output.domain)
                found |= {(rule.id, output.name, *part): kind for part in ((), ("at_least",), ("at_most",))}
    return found


def _limit_types(program: Program) -> Types:
    found: Types = {}
    for output in program.decision.outputs:
        for side in SIDES:
            rules = [program.decision.rules[branch.rule] for branch in program.branches if output.name in branch.values]
            if any(rule.bound == side for rule in rules):
                found |= {(output.name, side): NUMBER, (output.name, "safest", side): NUMBER}
    found |= {(output.name, "verdict"): ColumnType("label", VERDICTS) for output in program.decision.outputs}
    return found


def _answer(program: Program, outcome: Outcome) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = {}
    for output in program.decision.outputs:
        found |= _output(outcome, output)
    for criterion in outcome.criteria:
        found[(criterion.id,)] = criterion.status
    if outcome.status == "decided":
        found[("rule",)] = _deciding(program, outcome)
    return found


def _output(outcome: Outcome, output: Output) -> dict[tuple[str, ...], Any]:
    name = output.name
    try:
        value = outcome[name]
    except UndecidedError:
        value = None
    found: dict[tuple[str, ...], Any] = {}
    if output.domain.type == "set":
        return {(name, choice): None if value is None else choice in value for choice in output.domain.choices}
    found[(name,)] = value
    values = [answer[name] for answer in outcome.possible]
    if output.domain.is_numeric and values:
        found |= _span(name, values)
    if output.domain.worse:
        found[(name, "safest")] = outcome.safest.get(name)
    return found


def _span(name: str, values: list[Any]) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = {}
    for side in ("at_least", "at_most"):
        ends = [value.get(side) if isinstance(value, Mapping) else value for value in values]
        known = [end for end in ends if end is not None]
        tightest = min if side == "at_least" else max
        found[(name, side)] = tightest(known) if len(known) == len(ends) else None
    return found


def _deciding(program: Program, outcome: Outcome) -> str | None:
    fired = outcome.fired
    return min(fired, key=program.turns.__getitem__) if len(fired) > 1 else next(iter(fired), None)


def _list(program: Program, outcome: Outcome) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = {}
    numbers = [output.name for output in program.decision.outputs if output.domain.is_numeric]
    for item in outcome.items:
        found[(item.rule,)] = item.certainty
        if item.certainty != "excluded":
            for name in numbers:
                value = item.outputs.get(name)
                found[(item.rule, name)] = None if isinstance(value, Mapping) else value
                found |= {(item.rule, *end): number for end, number in _span(name, [value]).items()}
    return found


def _limits(program: Program, outcome: Outcome) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = {}
    for limit in outcome.limits:
        found |= {
            (limit.quantity, "at_least"): limit.at_least,
            (limit.quantity, "at_most"): limit.at_most,
            (limit.quantity, "safest", "at_least"): limit.safest_at_least,
            (limit.quantity, "safest", "at_most"): limit.safest_at_most,
            (limit.quantity, "verdict"): limit.verdict,
        }
    return found


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return float(value)
        case datetime.date():
            return value.toordinal()
        case _:
            return value


_TOLD: Mapping[Gives, Callable[[Program, Outcome], dict[tuple[str, ...], Any]]] = {
    "answer": _answer,
    "items": _list,
    "limits": _limits,
}
