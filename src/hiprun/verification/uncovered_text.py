"""Whom no rule covers, as text for people: each box in the words of the facts, with a patient and a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hiprun.inference.reader_texts import ReaderTexts
from hiprun.model import Fact, Model
from hiprun.model.amounts import amount_text, unit_text
from hiprun.model.value_notation import notation
from hiprun.verification.report_text import witness_lines, wrapped
from hiprun.verification.uncovered import Box, Uncovered
from hiprun.verification.witness_text import in_file

_TESTS = {"at_least": "at least", "at_most": "at most", "above": "above", "below": "below"}
_LISTS = {
    "one_of": ("", " or "),
    "none_of": ("anything but ", " and "),
    "includes_all": ("with ", " and "),
    "includes_none": ("without ", " and "),
}


def uncovered_text(model: Model, found: Uncovered) -> Iterator[str]:
    """Yield the lines that say whom no rule of a decision covers."""
    decision = model.decisions[found.decision]
    if not found.boxes:
        yield from wrapped(f"{decision.name}: " + ("its rules cover everyone." if found.whole else _OPEN))
        return
    yield from wrapped(f"{decision.name}: no rule covers these patients.")
    for number, box in enumerate(found.boxes, 1):
        yield ""
        yield from _box(model, number, box)
    if not found.whole:
        yield ""
        yield from wrapped("There are more.")


_OPEN = "the budget was too small to say whom its rules cover."


def _box(model: Model, number: int, box: Box) -> Iterator[str]:
    yield f"  {number}. {'everyone' if not box.when else in_file(box.when)}"
    for name, said in box.when.items():
        fact = model.facts[name]
        yield from wrapped(f"{ReaderTexts(model).fill(fact.ask)} {_words(fact, said)}", "     ")
    yield ""
    yield from witness_lines(model, [box.witness])
    yield from (f"  {line}" for line in box.witness.case.split("\n"))


def _words(fact: Fact, said: Any) -> str:
    """Return what a fact may be, in the words in which it is asked for."""
    domain = fact.domain
    match said:
        case bool():
            return "Yes." if said else "No."
        case Mapping():
            unit = unit_text([*said.values()][-1], domain)
            return f"{' and '.join(_test(fact, name, value) for name, value in said.items())} {unit}".rstrip() + "."
        case str() if domain.choices:
            return f"{domain.choices[said] or said}."
        case _:
            return f"{amount_text(said, domain, exactly=True)}."


def _test(fact: Fact, name: str, value: Any) -> str:
    if name in _TESTS:
        return f"{_TESTS[name]} {notation(value)}"
    before, between = _LISTS[name]
    return before + between.join(fact.domain.choices.get(choice) or choice for choice in value)
