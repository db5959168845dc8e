"""Generated domains of facts and outputs, and constants for them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, get_args

from hypothesis import strategies as st

from hiprun.model import Constant, Domain, Number, Type

TYPES: tuple[str, ...] = get_args(Type)
GRADES = ("calm", "mild", "bad")
COLOURS = ("red", "green", "blue")
WORDS = ("oak", "elm", "12", "yes: of course")
FIRST_DAY = datetime.date(2026, 3, 1).toordinal()

# Texts that look like other values or that YAML would split, the plainest first.
TEXTS = (
    "Because it is so.",
    "12",
    "true",
    "Is it warm: yes, or no? # [perhaps]",
    '"Quoted", she said; it\'s fine.',
    "- one\n- two",
    "A text that is too long for one line, as people write them when there is much to say about why a rule is there.",
)


WORDING = st.sampled_from(["", "", *TEXTS])
"""Texts for people, which may be empty."""


@st.composite
def domains(draw: st.DrawFn, types: Sequence[str], *, ordered: bool = False) -> Domain:
    """Return a strategy for domains of facts and outputs; with `ordered`, some values are worse than others."""
    kind: Any = draw(st.sampled_from(types))
    match kind:
        case "boolean":
            return Domain(kind, worse=draw(_worse(["true", "false"], needed=ordered)))
        case "choice":
            return _choice(draw, needed=ordered)
        case "set":
            return Domain(kind, _choices(draw, COLOURS))
        case "string":
            return Domain(kind)
        case _:
            return _number(draw, kind, needed=ordered)


def constants(domain: Domain) -> st.SearchStrategy[Any]:
    """Return a strategy for values of a domain as rules write them: numbers as formulas, dates as ordinals."""
    match domain.type:
        case "boolean":
            return st.booleans()
        case "choice":
            return st.sampled_from(list(domain.choices))
        case "set":
            return st.lists(st.sampled_from(list(domain.choices)), unique=True).map(frozenset)
        case "string":
            return st.sampled_from(WORDS)
        case "date":
            return st.integers(domain.lowest or FIRST_DAY, domain.highest or FIRST_DAY + 9)  # type: ignore[arg-type]
        case _:
            return numbers(domain).map(Constant)


def numbers(domain: Domain) -> st.SearchStrategy[Number]:
    """Return a strategy for small numbers of a domain, including fractions if it allows them."""
    low, high = (-2, 9) if domain.lowest is None or domain.highest is None else (domain.lowest, domain.highest)
    whole: st.SearchStrategy[Number] = st.integers(int(low), int(high))
    if domain.type == "integer":
        return whole
    halves = st.integers(int(low * 2), int(high * 2)).filter(lambda number: number % 2)
    return whole | halves.map(lambda number: Fraction(number, 2))


def _worse(directions: Sequence[str], *, needed: bool) -> st.SearchStrategy[str]:
    return st.sampled_from([*directions] if needed else ["", *directions])


def _choices(draw: st.DrawFn, names: Sequence[str]) -> dict[str, str]:
    text = draw(st.sampled_from(["", "The choice called {}", "{}: yes, that one"]))
    return {name: text.format(name) for name in names[: draw(st.integers(2, len(names)))]}


def _choice(draw: st.DrawFn, *, needed: bool) -> Domain:
    worse = draw(_worse(["later", "earlier"], needed=needed))
    ordered = bool(worse) or draw(st.booleans())
    return Domain("choice", _choices(draw, GRADES if ordered else COLOURS), worse=worse, ordered=ordered)


def _number(draw: st.DrawFn, kind: Any, *, needed: bool) -> Domain:
    start = FIRST_DAY if kind == "date" else 0
    low, high = draw(st.sampled_from([(None, None), (start, start + 3), (start - 1, start + 2)]))
    unit = "" if kind == "date" else draw(st.sampled_from(["", "kg"]))
    return Domain(kind, lowest=low, highest=high, unit=unit, worse=draw(_worse(["higher", "lower"], needed=needed)))
