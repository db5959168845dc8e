"""A conclusion of the interpreter → the values of the columns that stand for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from hiprun.backends.dataframe.decision_context import column_name
from hiprun.errors import UndecidedError
from hiprun.inference.grounding import OTHERWISE, Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Gives
from hiprun.inference.outcome import Outcome
from hiprun.model import Output


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
        safest = None if outcome.safest is None else outcome.safest.get(name)
        if isinstance(safest, Mapping):
            safest = safest.get("at_least" if output.domain.worse == "lower" else "at_most")
        found[(name, "safest")] = safest
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
    policy, rules = program.policy, program.decision.rules
    assert policy is not None
    indexes = [program.branches[index].rule for index in policy.order]
    return next((rules[rule].id for rule in indexes if rule != OTHERWISE and rules[rule].id in outcome.fired), None)


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
    return float(value) if isinstance(value, Decimal) else value


_TOLD: Mapping[Gives, Callable[[Program, Outcome], dict[tuple[str, ...], Any]]] = {
    "answer": _answer,
    "items": _list,
    "limits": _limits,
}
