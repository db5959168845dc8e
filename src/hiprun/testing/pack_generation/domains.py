"""Generated domains of facts and outputs, and constants for them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, get_args

from hiprun.model import Constant, Domain, Number, Type
from hiprun.testing.pack_generation.choices import Choices
from hiprun.testing.pack_generation.units import NO_CONVERSIONS

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

Spans = Mapping[str, Sequence[tuple[Number | None, Number | None]]]
"""The ranges that a domain may have, by type."""

_ANY = (None, None)
_FOUR_DAYS = (FIRST_DAY, FIRST_DAY + 3)
SPANS: Spans = {
    "integer": (_ANY, (0, 3), (-1, 2)),
    "number": (_ANY, (0, 3), (-1, 2)),
    "date": (_ANY, _FOUR_DAYS, (FIRST_DAY - 1, FIRST_DAY + 2)),
}
SHORT_SPANS: Spans = {
    "integer": ((0, 1), (0, 4), (-1, 2), (0, 3), (0, 2)),
    "number": ((0, 3), _ANY, (Fraction(1, 2), None)),
    "date": (_FOUR_DAYS,),
}
"""Ranges of facts of which an oracle can try every value, or of a number enough of them."""

BOUNDED_SPANS: Spans = {kind: [span for span in spans if span != _ANY] for kind, spans in SPANS.items()}
"""Such ranges, of few values, for rule files without mistakes."""

TIED_SPANS: Spans = {**SHORT_SPANS, "integer": ((0, 1), (0, 3), (0, 5), (-1, 1), (-1, 2)), "number": ((0, 2), (-1, 1))}
"""Such ranges for facts that formulas tie to each other."""

OUTPUT_SPANS: Spans = {"integer": (_ANY,), "number": (_ANY,), "date": (_FOUR_DAYS,)}
"""Ranges of outputs that formulas and totals cannot leave."""


def generate_domain(
    choices: Choices,
    types: Sequence[str],
    *,
    spans: Spans = SPANS,
    ordered: bool = False,
    units: Sequence[str] = NO_CONVERSIONS,
) -> Domain:
    """Return a domain of one of the types; with `ordered`, some of its values are worse than others."""
    kind: Any = choices.one_of(types)
    match kind:
        case "boolean":
            return Domain(kind, worse=_worse(choices, ["true", "false"], needed=ordered))
        case "choice":
            return _choice(choices, needed=ordered)
        case "set":
            return Domain(kind, _named_choices(choices, COLOURS))
        case "string":
            return Domain(kind)
        case _:
            low, high = choices.one_of(spans[kind])
            unit = "" if kind == "date" else choices.one_of(units)
            worse = _worse(choices, ["higher", "lower"], needed=ordered)
            return Domain(kind, lowest=low, highest=high, unit=unit, worse=worse)


def generate_constant(choices: Choices, domain: Domain, words: Sequence[str] = WORDS) -> Any:
    """Return a value of a domain as rules write it: a number as a formula, a date as an ordinal."""
    match domain.type:
        case "boolean":
            return choices.yes()
        case "choice":
            return choices.one_of(list(domain.choices))
        case "set":
            return frozenset(choices.some_of(list(domain.choices)))
        case "string":
            return choices.one_of(words)
        case "date":
            return choices.integer(int(domain.lowest or FIRST_DAY), int(domain.highest or FIRST_DAY + 9))
        case _:
            return Constant(generate_number(choices, domain))


def generate_number(choices: Choices, domain: Domain) -> Number:
    """Return a small number of a domain, perhaps a half if it allows fractions."""
    low, high = (
        (-2, 9) if domain.lowest is None or domain.highest is None else (int(domain.lowest), int(domain.highest))
    )
    if domain.type == "integer" or not choices.yes():
        return choices.integer(low, high)
    return Fraction(2 * choices.integer(low, high - 1) + 1, 2)


def _worse(choices: Choices, directions: Sequence[str], *, needed: bool) -> str:
    return choices.one_of([*directions] if needed else ["", *directions])


def _named_choices(choices: Choices, names: Sequence[str]) -> dict[str, str]:
    text = choices.one_of(["", "The choice called {}", "{}: yes, that one"])
    return {name: text.format(name) for name in names[: choices.integer(2, len(names))]}


def _choice(choices: Choices, *, needed: bool) -> Domain:
    worse = _worse(choices, ["later", "earlier"], needed=needed)
    ordered = bool(worse) or choices.yes()
    return Domain("choice", _named_choices(choices, GRADES if ordered else COLOURS), worse=worse, ordered=ordered)
