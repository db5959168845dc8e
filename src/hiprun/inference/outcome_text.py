"""Outcomes as text for people: what was decided, or what remains possible and what is still needed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from hiprun.inference.conclusion import Criterion, Item, Limit
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision, Domain, Output
from hiprun.model.amounts import amount_text, named_amount_text
from hiprun.model.value_notation import notation

WIDTH = 80
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
    yield from prose(decision.because, "  ")
    match HIT_POLICIES[decision.hit].gives:
        case "limits":
            for limit in outcome.limits:
                yield from wrapped(_limit_text(limit, decision.output(limit.quantity).domain), "  ")
        case "items":
            yield from _item_lines(decision, outcome)
        case "answer":
            yield from _output_lines(decision, outcome)
        case gives:
            assert_never(gives)
    for criterion in outcome.criteria:
        yield from wrapped(_criterion_text(criterion), "  ")
    if outcome.status == "conflict":
        yield from wrapped(f"at odds: {', '.join(outcome.fired)}", "  ")
    if outcome.needs:
        yield from wrapped(f"still needed: {', '.join(outcome.needs)}", "  ")
    if not outcome.exact:
        yield from wrapped(
            "There were too many combinations to try them all; fewer answers may be possible than are shown.", "  "
        )


def _output_lines(decision: Decision, outcome: Outcome) -> Iterator[str]:
    for output in decision.outputs:
        remaining = _remaining_values(output, outcome)
        if not remaining:
            continue
        values_text = " or ".join(amount_text(value, output.domain) for value in remaining)
        if outcome.may_not_match:
            values_text += " or no match"
        if outcome.may_conflict:
            values_text += " or a conflict"
        yield from wrapped(f"{output.name}: {values_text}{_choice_text(output.domain, remaining)}", "  ")
        if len(remaining) > 1 and output.name in outcome.safest:
            safest = outcome.safest[output.name]
            text = f"to be safe: {amount_text(safest, output.domain)}{_choice_text(output.domain, [safest])}"
            yield from wrapped(text, "    ")


def _remaining_values(output: Output, outcome: Outcome) -> list[Any]:
    values = {notation(answer[output.name]): answer[output.name] for answer in outcome.possible}
    order = {choice: rank for rank, choice in enumerate(output.domain.choices)}
    return (
        sorted(values.values(), key=lambda value: order.get(value, 0))
        if output.domain.type == "choice"
        else [*values.values()]
    )


def _choice_text(domain: Domain, values: list[Any]) -> str:
    text = domain.choices.get(values[0], "") if len(values) == 1 and domain.type == "choice" else ""
    return f" ({text})" if text else ""


def _item_lines(decision: Decision, outcome: Outcome) -> Iterator[str]:
    domains = {output.name: output.domain for output in decision.outputs}
    listed = [item for item in outcome.items if item.certainty != "excluded"]
    for item in listed:
        yield from wrapped(_item_text(item, domains), "  ")
    if not listed:
        yield "  nothing"


def _item_text(item: Item, domains: Mapping[str, Domain]) -> str:
    outputs = ", ".join(
        f"{named_amount_text(name, value, domains[name])}{_choice_text(domains[name], [value])}"
        for name, value in item.outputs.items()
    )
    maybe = " (perhaps)" if item.certainty == "possible" else ""
    return f"{_MARKS[item.certainty]} {item.rule}{maybe}: {outputs}"


def _criterion_text(criterion: Criterion) -> str:
    texts = {"met": criterion.title, "unmet": criterion.unmet or criterion.title, "unknown": "not known yet"}
    text = texts[criterion.status]
    return f"{_MARKS[criterion.status]} {criterion.id}{': ' if text else ''}{text}"


def _limit_text(limit: Limit, domain: Domain) -> str:
    bounds = [
        amount_text({part: value}, domain)
        for part, value in (("at_least", limit.at_least), ("at_most", limit.at_most))
        if value is not None
    ]
    name = limit.title or limit.quantity
    open_rules = ", ".join(limit.open)
    if not bounds:
        return f"{name}: {f'not known yet ({open_rules})' if open_rules else 'no limit'}"
    verdict = f"; the value given is {limit.verdict}" if limit.verdict else ""
    open_text = f"; may be tighter: {open_rules}" if open_rules else ""
    return f"{name}: {' and '.join(bounds)} ({', '.join(limit.set_by)}){verdict}{open_text}"


def wrapped(text: str, indent: str = "") -> list[str]:
    """Return an entry as lines at most 80 columns wide, the later ones indented further."""
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
