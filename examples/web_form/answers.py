"""Turns the filled-in fields into facts for the pack. An empty field is unknown, never "no" and never zero."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

import hiprun

NOTHING = "none-of-these"
TESTS = {"": "exactly", "at_least": "at least", "at_most": "at most"}
_EITHER = "Tick some choices or “none of these”, but not both."
_DECIMAL = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")

Fields = Mapping[str, Sequence[str]]


@attrs.frozen
class Answers:
    """The facts that could be read, and the problems of the others, by fact; problems of several facts are under ""."""

    facts: Mapping[str, Any]
    problems: Mapping[str, Sequence[str]]
    fields: Fields

    def field(self, name: str) -> str:
        """Return the text in a field."""
        return next(iter(self.fields.get(name, ())), "")

    def chosen(self, name: str) -> Sequence[str]:
        """Return everything that was ticked for a fact."""
        return self.fields.get(name, ())


def read(pack: hiprun.Pack, names: Sequence[str], fields: Fields) -> Answers:
    """Return the facts called `names` as they were filled in; wrong ones are left out and reported."""
    given = {name: _value(pack.facts[name].domain.type, fields, name) for name in names}
    facts = {name: value for name, value in given.items() if value is not None}
    problems = {name: [_EITHER] for name, value in facts.items() if value == [] and len(fields[name]) > 1}
    for problem in _problems(pack, facts):
        said = f"{problem.message} {problem.help}".strip().removeprefix(f"`{problem.subject}`: ")
        problems.setdefault(problem.subject, []).append(said)
    return Answers({name: value for name, value in facts.items() if name not in problems}, problems, fields)


def _problems(pack: hiprun.Pack, facts: Mapping[str, Any]) -> Sequence[hiprun.Problem]:
    try:
        pack.evaluate(facts, [])
    except hiprun.FactError as error:
        return error.problems
    return ()


def _value(kind: str, fields: Fields, name: str) -> Any:
    given = [text.strip() for text in fields.get(name, ()) if text.strip()]
    if not given:
        return None
    if kind == "set":
        return [] if NOTHING in given else given
    text = given[0]
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    value: Any = Decimal(text) if kind in ("integer", "number") and _DECIMAL.fullmatch(text) else text
    test = next(iter(fields.get(f"{name}.test", ())), "")
    return {test: value} if test else value
