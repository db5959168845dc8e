"""A draft of a case for a case file, which expects what the rules currently answer."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Container, Iterable, Mapping
from decimal import Decimal
from typing import Any

import attrs

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.outcome import Outcome
from hiprun.language.export.yaml_layout import yaml
from hiprun.model import Domain, Example, Model
from hiprun.model.value_conversion import exact
from hiprun.pack import Pack
from hiprun.testing.case_generation.patient_search import FoundPatient
from hiprun.verification import cases

_NOTE_TO_CONFIRM = "# The expected answers are what the rules say now; a clinician must confirm them."

MINIMIZING_BUDGET = 1_000
"""How many steps it may take to see whether a case says enough without one of its facts."""


@attrs.frozen
class CaseDraft:
    """A case that nobody has confirmed yet."""

    id: str
    title: str
    patient: FoundPatient
    expect: Mapping[str, Mapping[str, Any]] | str = attrs.field(hash=False)

    @property
    def example(self) -> Example:
        """The case."""
        expect: Any = self.expect if isinstance(self.expect, str) else _plain(self.expect)
        return Example(self.id, _plain(self.patient.facts), expect, self.title)

    @property
    def decisions(self) -> frozenset[str]:
        """The decisions that the case has expectations for."""
        return frozenset() if isinstance(self.expect, str) else frozenset(self.expect)

    @property
    def is_open(self) -> bool:
        """Whether the case expects that unknown facts leave something open."""
        return not isinstance(self.expect, str) and any(
            parts.get("status") == "undetermined" for parts in self.expect.values()
        )

    def text(self) -> str:
        """Return the text of the entry in a case file."""
        entry = {
            "id": self.id,
            "title": self.title,
            "patient": self.patient.base,
            "facts": _plain(self.patient.changes),
            "expect": _plain(self.expect),
        }
        lines = yaml({"examples": [{name: part for name, part in entry.items() if part}]}).splitlines()[1:]
        return "\n".join([f"  {_NOTE_TO_CONFIRM}", *lines])


def minimized(draft: CaseDraft, is_valid: Callable[[Example], bool], pack: Pack) -> CaseDraft:
    """Return a draft without the facts that it is still valid without; it has to pass on `pack` to be valid."""
    longest = draft
    for name in longest.patient.changes:
        changes = {other: value for other, value in draft.patient.changes.items() if other != name}
        shorter = attrs.evolve(draft, patient=attrs.evolve(draft.patient, changes=changes))
        if not _depends_on(longest, name, pack) and is_valid(shorter.example):
            draft = shorter
    return draft


def _depends_on(draft: CaseDraft, name: str, pack: Pack) -> bool:
    """Return whether a draft is seen to fail if a fact has another value, so that it cannot be unknown either."""
    if name in draft.patient.base_facts or isinstance(draft.expect, str) or draft.is_open:
        return False
    example = draft.example
    for value in _some_values(pack.model.facts[name].domain):
        failures = cases.run(pack, attrs.evolve(example, facts={**example.facts, name: value})).failures
        if failures and failures[0].decision:  # else this value is refused
            return True
    return False


def _some_values(domain: Domain) -> list[Any]:
    """Return a few values of a domain that lie far apart."""
    match domain.type:
        case "boolean":
            return [False, True]
        case "choice":
            names = list(domain.choices)
            return [names[0], names[len(names) // 2], names[-1]]
        case "set":
            return [[], list(domain.choices)]
        case "integer" | "number" if domain.lowest is not None and domain.highest is not None:
            return [domain.lowest, (domain.lowest + domain.highest) // 2, domain.highest]
        case _:
            return []


def expectation(model: Model, outcome: Outcome, rule: str = "") -> dict[str, Any]:
    """Return what a case can expect of an outcome; for lists and limits, only what concerns `rule`, if it is given."""
    decision = model.decisions[outcome.decision]
    if outcome.status == "conflict":
        return {"status": "conflict"}
    gives = HIT_POLICIES[decision.hit].gives
    if gives == "limits":
        quantities = {name for own in decision.rules if own.id == rule for name, _ in own.then}
        limits = {limit.quantity: limit_expectation(limit, ("at_least", "at_most")) for limit in outcome.limits}
        expected: dict[str, Any] = {
            quantity: parts
            for quantity, parts in limits.items()
            if parts and (not quantities or quantity in quantities)
        }
        return expected or {"status": outcome.status}
    if gives == "items":
        certainties = {item.rule: item.certainty for item in outcome.items}
        if certainties.get(rule, "possible") != "possible":
            return {certainties[rule]: [rule]}
        ids = [id_ for id_, certainty in certainties.items() if certainty == "certain"]
        return {"certain": ids} if ids else {"status": outcome.status}
    if outcome.status != "decided":
        return {"status": outcome.status}
    expected = dict(outcome.possible[0])
    if decision.has_criteria:
        expected["unmet"] = [criterion.id for criterion in outcome.criteria if criterion.status == "unmet"]
    return expected


def limit_expectation(limit: Any, sides: Iterable[str]) -> dict[str, Any]:
    """Return the given sides of a limit and its verdict, if it has them."""
    parts = {part: getattr(limit, part) for part in (*sides, "verdict")}
    return {part: value for part, value in parts.items() if value is not None}


def kebab_case(*words: str) -> str:
    """Return an id composed of names and ids.

    >>> kebab_case("today", "too_soon", "not-yet")
    'today-too-soon-not-yet'
    """
    return "-".join(words).replace("_", "-").replace(".", "-")


def unused_id(id_: str, used_ids: Container[str]) -> str:
    """Return an id that is not in use: the given one, with a number added if necessary.

    >>> unused_id("too-hot", {"too-hot", "too-hot-2"})
    'too-hot-3'
    """
    number, candidate = 1, id_
    while candidate in used_ids:
        number += 1
        candidate = f"{id_}-{number}"
    return candidate


def _plain(value: Any) -> Any:
    """Return a value in the notation of case files: exact numbers, lists, dates as text."""
    match value:
        case Mapping():
            return {name: _plain(part) for name, part in value.items()}
        case frozenset():
            return sorted(value)
        case list() | tuple():
            return [_plain(part) for part in value]
        case Decimal():
            return exact(value)
        case datetime.date():
            return value.isoformat()
        case _:
            return value
