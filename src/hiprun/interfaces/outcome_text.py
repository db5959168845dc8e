"""Outcomes as text for people: what was decided, or what remains possible and what is still needed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from hiprun.inference.conclusion import Criterion, Item, Limit
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision, Domain, Output
from hiprun.model.value_notation import notation

WIDTH = 80
_WORDS = {"at_least": "at least", "at_most": "at most", "above": "above", "below": "below"}
_MARKS = {"met": "+", "unmet": "-", "unknown": "?", "certain": "*", "possible": "?"}
_STATUS = {
    "undetermined": "not decided yet",
    "no_match": "no rule matches",
    "conflict": "the rules contradict each other",
}


def outcome_text(decision: Decision, outcome: Outcome) -> str:
    """Return one outcome as text at most 80 columns wide."""
    return "\n".join(_lines(decision, outcome))


def _lines(decision: Decision, outcome: Outcome) -> Iterator[str]:
    status = f" ({_STATUS[outcome.status]})" if outcome.status in _STATUS else ""
    yield from wrapped(f"{decision.name}{status}: {decision.title}")
    match HIT_POLICIES[decision.hit].gives:
        case "limits":
            for limit in outcome.limits:
                yield from wrapped(_limit(limit), "  ")
        case "items":
            yield from _items(decision, outcome)
        case "answer":
            yield from _outputs(decision, outcome)
        case gives:
            assert_never(gives)
    for criterion in outcome.criteria:
        yield from wrapped(_criterion(criterion), "  ")
    if outcome.status == "conflict":
        yield from wrapped(f"at odds: {', '.join(outcome.fired)}", "  ")
    if outcome.needs:
        yield from wrapped(f"still needed: {', '.join(outcome.needs)}", "  ")
    if not outcome.exact:
        yield from wrapped("There were too many combinations to try them all; less may be possible than is said.", "  ")


def _outputs(decision: Decision, outcome: Outcome) -> Iterator[str]:
    for output in decision.outputs:
        remaining = _remaining(output, outcome)
        if not remaining:
            continue
        said = " or ".join(quantity(value, output.domain.unit) for value in remaining)
        if outcome.may_not_match:
            said += " or no match"
        if outcome.may_conflict:
            said += " or a conflict"
        yield from wrapped(f"{output.name}: {said}{_meaning(output.domain, remaining)}", "  ")
        if len(remaining) > 1 and outcome.safest is not None and output.name in outcome.safest:
            safest = outcome.safest[output.name]
            text = f"to be safe: {quantity(safest, output.domain.unit)}{_meaning(output.domain, [safest])}"
            yield from wrapped(text, "    ")


def _remaining(output: Output, outcome: Outcome) -> list[Any]:
    found = {notation(answer[output.name]): answer[output.name] for answer in outcome.possible}
    order = {choice: rank for rank, choice in enumerate(output.domain.choices)}
    return (
        sorted(found.values(), key=lambda value: order.get(value, 0))
        if output.domain.type == "choice"
        else [*found.values()]
    )


def _meaning(domain: Domain, values: list[Any]) -> str:
    text = domain.choices.get(values[0], "") if len(values) == 1 and domain.type == "choice" else ""
    return f" ({text})" if text else ""


def _items(decision: Decision, outcome: Outcome) -> Iterator[str]:
    domains = {output.name: output.domain for output in decision.outputs}
    listed = [item for item in outcome.items if item.certainty != "excluded"]
    for item in listed:
        yield from wrapped(_item(item, domains), "  ")
    if not listed:
        yield "  nothing"


def _item(item: Item, domains: Mapping[str, Domain]) -> str:
    outputs = ", ".join(
        f"{name} {quantity(value, domains[name].unit)}{_meaning(domains[name], [value])}"
        for name, value in item.outputs.items()
    )
    maybe = " (perhaps)" if item.certainty == "possible" else ""
    return f"{_MARKS[item.certainty]} {item.rule}{maybe}: {outputs}"


def _criterion(criterion: Criterion) -> str:
    text = {"met": criterion.title, "unmet": criterion.unmet or criterion.title, "unknown": "not known yet"}
    said = text[criterion.status]
    return f"{_MARKS[criterion.status]} {criterion.id}{': ' if said else ''}{said}"


def _limit(limit: Limit) -> str:
    bounds = [
        quantity({part: value}, limit.unit)
        for part, value in (("at_least", limit.at_least), ("at_most", limit.at_most))
        if value is not None
    ]
    name = limit.title or limit.quantity
    waiting = ", ".join(limit.open)
    if not bounds:
        return f"{name}: {f'not known yet ({waiting})' if waiting else 'no limit'}"
    verdict = f"; the value given is {limit.verdict}" if limit.verdict else ""
    still = f"; may be tighter: {waiting}" if waiting else ""
    return f"{name}: {' and '.join(bounds)} ({', '.join(limit.set_by)}){verdict}{still}"


def quantity(value: Any, unit: str = "") -> str:
    """Return a value, or the range it lies in, with its unit.

    >>> quantity({"at_least": 1, "at_most": 6}, "points")
    'at least 1 and at most 6 points'
    """
    if isinstance(value, Mapping):
        said = " and ".join(f"{_WORDS[part]} {notation(bound)}" for part, bound in value.items())
    else:
        said = notation(value)
    return f"{said} {unit}" if unit else said


def wrapped(text: str, indent: str = "") -> list[str]:
    """Return an entry as lines at most 80 columns wide, the later ones set in further."""
    return _wrapped(text, indent, f"{indent}    ")


def prose(text: str, indent: str = "") -> list[str]:
    """Return sentences as lines at most 80 columns wide."""
    return _wrapped(text, indent, indent)


def _wrapped(text: str, first: str, later: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
