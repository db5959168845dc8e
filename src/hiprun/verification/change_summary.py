"""What somebody changed from one version of a pack to another, in sentences; not what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from hiprun.model import Decision, Example, Fact, Model, Parameter, Rule
from hiprun.model.value_conversion import text
from hiprun.verification.witness_text import in_file, listed

_MOST_NAMED = 3
_WORDS = ("title", "because", "unmet", "interpretation")
_WHOLE = {"diary": "The diary", "units": "The list of units", "groups": "The list of groups of choices"}

Entry = TypeVar("Entry")


def change_summary(old: Model, new: Model) -> tuple[str, ...]:
    """Return what was changed, one sentence for each thing; empty if nothing was.

    Comments, layout and the order of files are left out.
    """
    return tuple(_sentences(old, new))


def _sentences(old: Model, new: Model) -> Iterator[str]:
    for field in ("version", "title", "notice"):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield f"The {field} was {before or 'empty'} and is now {after or 'empty'}."
    yield from _entries("fact", old.facts, new.facts, _fact, lambda fact: f": {fact.ask}")
    yield from _entries("parameter", old.parameters, new.parameters, _parameter, lambda each: f": {text(each.value)}.")
    yield from _entries("derived fact", old.derived, new.derived, _changed)
    constraints = (_by_id(old.constraints), _by_id(new.constraints))
    yield from _entries("constraint", *constraints, _changed)
    settings = (_by_id(old.parameter_constraints), _by_id(new.parameter_constraints))
    yield from _entries("constraint on parameters", *settings, _changed)
    yield from _entries("decision", old.decisions, new.decisions, _decision)
    yield from _entries("protocol", old.stages, new.stages, _changed)
    for field, name in _WHOLE.items():
        if getattr(old, field) != getattr(new, field):
            yield f"{name} has changed."
    yield from _entries("statement", old.statements, new.statements, _reworded, lambda each: f": {each.text}")
    properties = (_by_id(old.properties), _by_id(new.properties))
    yield from _entries("property", *properties, _changed)
    yield from _entries("patient", old.patients, new.patients, _patient)
    yield from _cases(old, new)


def _by_id(entries: Iterable[Any]) -> dict[str, Any]:
    return {entry.id: entry for entry in entries}


def _entries(
    kind: str,
    old: Mapping[str, Entry],
    new: Mapping[str, Entry],
    changed: Callable[[str, Entry, Entry], Iterable[str]],
    said: Callable[[Entry], str] = lambda entry: ".",
    of: str = "",
) -> Iterator[str]:
    """Yield what is new, gone and changed among entries by name.

    `said` ends the sentence about a new one; `of` says what they belong to.
    """
    for name, entry in new.items():
        if name not in old:
            yield f"The {kind} `{name}`{of} is new{said(entry)}"
        elif entry != old[name]:
            yield from changed(f"The {kind} `{name}`{of}", old[name], entry)
    for name in old:
        if name not in new:
            yield f"The {kind} `{name}`{of} is gone."


def _changed(subject: str, old: object, new: object) -> Iterator[str]:
    yield f"{subject} has changed."


def _reworded(subject: str, old: Any, new: Any) -> Iterator[str]:
    yield f"{subject} is worded differently: {new.text}"


def _fact(subject: str, old: Fact, new: Fact) -> Iterator[str]:
    if old.ask != new.ask:
        yield f"{subject} is asked for differently: {new.ask}"
    if old.domain != new.domain:
        yield f"{subject} has other possible answers, or another order of them."
    if attrs.evolve(old, ask=new.ask, domain=new.domain) != new:
        yield f"{subject} has other reasons or sources."


def _parameter(subject: str, old: Parameter, new: Parameter) -> Iterator[str]:
    if old.value != new.value:
        yield f"{subject} was {text(old.value)} and is now {text(new.value)}."
    ends = [[None if end is None else text(end) for end in (each.lowest, each.highest)] for each in (old, new)]
    if ends[0] != ends[1]:
        yield f"{subject} may now be set {_range(ends[1])}."
    if attrs.evolve(old, value=new.value, lowest=new.lowest, highest=new.highest) != new:
        yield f"{subject} is described differently."


def _range(ends: Sequence[str | None]) -> str:
    low, high = ends
    if low is None and high is None:
        return "to no other value"
    return " ".join(f"{word} {end}" for word, end in (("from", low), ("to", high)) if end is not None)


def _decision(subject: str, old: Decision, new: Decision) -> Iterator[str]:
    yield from _entries("rule", _by_id(old.rules), _by_id(new.rules), _rule, of=f" of `{new.name}`")
    if [rule.id for rule in old.rules] != [rule.id for rule in new.rules] and {rule.id for rule in old.rules} == {
        rule.id for rule in new.rules
    }:
        yield f"{subject} has its rules in another order."
    if attrs.evolve(old, rules=new.rules) != new:
        yield f"{subject} has other outputs or texts."


def _rule(subject: str, old: Rule, new: Rule) -> Iterator[str]:
    if (old.condition, old.require) != (new.condition, new.require):
        yield f"{subject} has another condition."
    if old.then != new.then:
        yield f"{subject} gives something else."
    if any(getattr(old, field) != getattr(new, field) for field in _WORDS):
        yield f"{subject} is worded differently."
    if old.sources != new.sources:
        yield f"{subject} cites {listed(new.sources) or 'nothing'}."


def _patient(subject: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    added = {name: value for name, value in new.items() if name not in old or old[name] != value}
    if added:
        yield f"{subject} now has `{in_file(added)[1:-1]}`."
    gone = [name for name in old if name not in new]
    if gone:
        yield f"{subject} no longer gives {listed(gone)}."


def _cases(old: Model, new: Model) -> Iterator[str]:
    before, after = _by_id(old.examples), _by_id(new.examples)
    both = [name for name in after if name in before]
    for names, one, several in (
        ([name for name in after if name not in before], "is new", "are new"),
        ([name for name in before if name not in after], "is gone", "are gone"),
        (
            [name for name in both if before[name].expect != after[name].expect],
            "expects something else",
            "expect something else",
        ),
        (
            [name for name in both if _own(old, before[name]) != _own(new, after[name])],
            "is about another patient or is worded differently",
            "are about other patients or are worded differently",
        ),
    ):
        if names:
            yield f"{_named(names)} {one if len(names) == 1 else several}."


def _own(model: Model, case: Example) -> object:
    """Return what a case says itself, apart from what it expects."""
    patient = case.patient.name if case.patient else ""
    given = model.patients.get(patient, {})
    facts = {name: value for name, value in case.facts.items() if name not in given or given[name] != value}
    return patient, facts, case.title, case.sources, case.unknown


def _named(cases: Sequence[str]) -> str:
    if len(cases) == 1:
        return f"The case {listed(cases)}"
    if len(cases) > _MOST_NAMED:
        return f"{len(cases)} cases ({', '.join(f'`{name}`' for name in cases[:_MOST_NAMED])} …)"
    return f"The cases {listed(cases)}"
