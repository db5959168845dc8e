"""Constants in rule files, checked against the domain of a fact or an output."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Any

import attrs

from hiprun.errors import suggestion
from hiprun.language.resolve import message_wording
from hiprun.language.resolve.cursor import Node
from hiprun.model import Domain, Literal_, Number
from hiprun.model.corrections import AnyHelp, Delete, Help, Quote, Write, in_digits, whole_numbers, write_one
from hiprun.model.value_conversion import text

_WORDS_FOR_BOOLEANS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
_CALCULATION = re.compile(r"[a-z] *[-+] *[0-9a-z]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def is_number(value: Any) -> bool:
    """Whether a value of a file is a number; true and false are not."""
    return isinstance(value, int | Fraction) and not isinstance(value, bool)


def constant(node: Node, domain: Domain, name: str) -> Literal_ | None:
    """Return the constant at `node` as a value of `domain`, that of `name`; None after a mistake."""
    match domain.type:
        case "boolean":
            return _boolean(node, name)
        case "choice":
            return _choice(node, domain, name)
        case "set":
            return _set(node, domain, name)
        case "string":
            return _string(node, name)
        case "date":
            return _date(node, domain, name)
        case _:
            return _number(node, domain, name)


def member_domain(domain: Domain) -> Domain:
    """Return the domain of one element of a set."""
    return attrs.evolve(domain, type="choice")


def check_range(node: Node, domain: Domain, name: str, low: Number, high: Number) -> bool:
    """Report values from `low` to `high` that are outside the range of `domain`; return whether all are inside."""
    if domain.lowest is None or domain.highest is None or domain.lowest <= low <= high <= domain.highest:
        return True
    allowed = message_wording.range_words(domain)
    if low == high:
        value = message_wording.bound_text(domain, low)
        message = f"`{name}` ranges {allowed}; {value} is outside that range."
        help = "Write a value within the range, or widen the range where it is declared."
    else:
        possible = message_wording.range_words(domain, low, high)
        message = f"`{name}` ranges {allowed}, but this can be anything {possible}."
        help = f"Narrow the range of the parameter, or widen that of `{name}`."
    node.report("out-of-range", message, help)
    return False


def date_ordinal(node: Node) -> int | None:
    """Return the date at `node` as an ordinal; None after a mistake."""
    if isinstance(node.value, str) and _DATE.match(node.value):
        try:
            return date.fromisoformat(node.value).toordinal()
        except ValueError:
            node.report("bad-date", f"There is no {node.value} in the calendar.", "Check the month and the day.")
            return None
    calculates = isinstance(node.value, str) and _CALCULATION.search(node.value)
    node.report(
        "bad-date",
        f"A date is needed here, not {message_wording.value_words(node.value)}.",
        "Write `add_days(…, …)`, or `add_weeks`, `add_months` or `add_years`, for a date before or after another."
        if calculates
        else "Write dates as year, month, day: `2026-03-01`.",
    )
    return None


def _report_wrong_type(node: Node, expected: str, name: str, help: AnyHelp) -> None:
    node.report("wrong-type", f"`{name}` is {expected}, not {message_wording.value_words(node.value)}.", help)


def _boolean(node: Node, name: str) -> bool | None:
    value = node.value
    if isinstance(value, bool):
        return value
    word = _WORDS_FOR_BOOLEANS.get(value.lower()) if isinstance(value, str) else None
    help = (
        Help(f"Write `{word}`, without quotes.", Write(word))
        if word
        else Help("Write `true` or `false`.", Write("true"), Write("false"))
    )
    _report_wrong_type(node, "true or false", name, help)
    return None


def _string(node: Node, name: str) -> str | None:
    value = node.value
    if isinstance(value, str):
        return value
    _report_wrong_type(node, "a text", name, Help("Put the text in quotes.", Quote()))
    return None


def _number(node: Node, domain: Domain, name: str) -> Number | None:
    value = node.value
    if not is_number(value):
        _report_wrong_type(
            node,
            message_wording.TYPE_WORDS[domain.type],
            name,
            in_digits(value, "a number"),
        )
    elif domain.type == "integer" and not isinstance(value, int):
        help = Help("Write a whole number.", *whole_numbers(value))
        node.report("not-whole", f"`{name}` is a whole number, not {text(value)}.", help)
    elif check_range(node, domain, name, value, value):
        return value  # type: ignore[no-any-return]
    return None


def _choice(node: Node, domain: Domain, name: str) -> str | None:
    value = node.value
    if not isinstance(value, str):
        help = Help(f"Its choices are {message_wording.name_list(domain.choices)}.", *write_one(domain.choices))
        _report_wrong_type(node, "a choice", name, help)
    elif value not in domain.choices:
        node.report(
            "not-a-choice",
            f"`{name}` has no choice called {message_wording.value_words(value)}.",
            suggestion(value, domain.choices),
        )
    else:
        return value
    return None


def _set(node: Node, domain: Domain, name: str) -> frozenset[str] | None:
    value = node.value
    if not isinstance(value, list):
        help = (
            Help(f"Write a list: `[{value}]`.", Write(f"[{value}]"))
            if isinstance(value, str)
            else Help("Write a list: `[…]`.")
        )
        _report_wrong_type(node, "a list of choices", name, help)
        return None
    chosen = [_choice(item, member_domain(domain), name) for item in node.items()]
    check_distinct(node)
    return frozenset(choice for choice in chosen if choice is not None)


def check_distinct(node: Node) -> None:
    """Report duplicates in a list of plain values."""
    seen: set[Any] = set()
    for item in node.items():
        if isinstance(item.value, bool | list | dict):
            continue
        if item.value in seen:
            item.report(
                "duplicate-value",
                f"{message_wording.value_words(item.value)} appears here twice.",
                Help("Delete one of the two.", Delete()),
            )
        seen.add(item.value)


def _date(node: Node, domain: Domain, name: str) -> int | None:
    day = date_ordinal(node)
    return day if day is not None and check_range(node, domain, name, day, day) else None
