"""What entries of DMN tables give, and which names and types of the rule language stand for them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias, assert_never

import attrs

from hiprun.inference.facts import shown
from hiprun.inference.hit_policy import Traits
from hiprun.interfaces.dmn.reading import ReadColumn
from hiprun.interfaces.dmn.unary_tests import Value
from hiprun.language.resolve.names import RESERVED, RESERVED_OUTPUTS

MOST_NAME_CHARACTERS = 80
"""How long a name made of a text may be; it is that of a file, too."""


class LeftOut(Exception):  # noqa: N818 - turned into a problem
    """A table that cannot be taken; the text says why."""


@attrs.frozen
class Formula:
    """A value that an output calculates of the inputs: a number, a date, or the text of one input."""

    text: str
    type: str


Given: TypeAlias = Value | Formula


def name_of(text: str) -> str:
    """Return a text as a name of the language.

    >>> name_of("Risk Category"), name_of("2nd"), name_of("all")
    ('risk_category', 'n_2nd', 'all_value')
    """
    found = re.sub(r"[^a-z0-9]+", "_", text.lower())[:MOST_NAME_CHARACTERS].strip("_")
    found = found if found[:1].isalpha() else f"n_{found}".rstrip("_")
    return f"{found}_value" if found in RESERVED else found


def output_name(name: str) -> str:
    """Return the name of an output; one without a name is the result."""
    found = name_of(name) if name else "result"
    return f"{found}_value" if found in RESERVED_OUTPUTS else found


def as_text(words: str) -> str:
    """Return words as a text of rule files, in which a brace would begin a placeholder."""
    return words.replace("{", "{{").replace("}", "}}")


def listed(text: str) -> list[str] | None:
    """Return the texts in a list of allowed values; None if it is anything else."""
    found = re.findall(r'"([^"\\]*)"\s*(?:,|\Z)', text)
    return found if found and re.fullmatch(r'\s*"[^"\\]*"(?:\s*,\s*"[^"\\]*")*\s*', text) else None


def choices(texts: Iterable[str]) -> dict[str, str]:
    """Return choices by name, each with the text it stands for."""
    found: dict[str, str] = {}
    for text in texts:
        name = name_of(text)
        if found.setdefault(name, as_text(text)) != as_text(text):
            raise LeftOut(f"{shown(found[name])} and {shown(text)} would have the same name")
    return found


def kind_of(value: Given) -> str:
    """Return the type of an output that has a value; texts are choices."""
    match value:
        case bool():
            return "boolean"
        case str():
            return "choice"
        case datetime.date():
            return "date"
        case int() | Fraction():
            return "number"
        case Formula():
            return value.type
        case _:
            assert_never(value)


def output_of(column: ReadColumn, values: Sequence[Given], *, ranked: bool, policy: Traits) -> dict[str, Any]:
    """Return the declaration of an output that has these values."""
    if policy.takes == "nothing":
        return {"type": "integer"}
    kinds = {kind_of(value) for value in values}
    formulas = [value for value in values if isinstance(value, Formula)]
    if formulas and not policy.takes_formulas:
        raise LeftOut(f"`{formulas[0].text}` is calculated")
    if "string" in kinds and kinds <= {"string", "choice"}:
        # texts are compared as they are written, not as they come to
        if policy.name == "any":
            raise LeftOut("rows that match have to agree on the text of an input")
        return {"type": "string"}
    if len(kinds) != 1:
        raise LeftOut("an output has values of several types, or none")
    kind = kinds.pop()
    if kind != "choice":
        if ranked:
            raise LeftOut("it ranks values that are no texts")
        return {"type": kind}
    names = list(dict.fromkeys([*(listed(column.values) or ()), *map(str, values)]))
    if len(names) == 1:  # a choice has two at least
        if ranked:
            raise LeftOut("it ranks an output that has one value")
        return {"type": "string"}
    return {"type": "choice", "choices": choices(names)} | ({"worse": "earlier"} if ranked else {})


def written(output: Mapping[str, Any], value: Given) -> Any:
    """Return a value as a rule gives it to an output."""
    match value:
        case Formula():
            return value.text
        case datetime.date():
            return value.isoformat()
        case str():
            return name_of(value) if output["type"] == "choice" else as_text(value)
        case _:
            return value


def fitting(domain: Mapping[str, Any], value: Value, *, is_output: bool) -> Any:
    """Return a value that a test compares with, as one of the domain of a fact or an output."""
    kind, given = domain["type"], kind_of(value)
    if kind == "choice" and isinstance(value, str):
        if as_text(value) not in domain["choices"].values():
            raise LeftOut(f"{shown(value)} is not among the values of its input")
        return name_of(value)
    if {"choice": "string"}.get(given, given) != {"integer": "number"}.get(kind, kind):
        raise LeftOut(f"{shown(value)} is of another type than its input")
    if isinstance(value, str) and is_output:
        return as_text(value)
    return value.isoformat() if isinstance(value, datetime.date) else value
