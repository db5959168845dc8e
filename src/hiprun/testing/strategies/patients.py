"""Made-up patients: complete ones, partly known ones, with constraints kept by construction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any, assert_never

import attrs
from hypothesis import reject
from hypothesis import strategies as st

from hiprun.errors import FactError, Problem, UnknownNameError, did_you_mean
from hiprun.inference.facts import Facts
from hiprun.inference.infer import check_possible
from hiprun.inference.operators import OPERATORS, code, holds, meaning
from hiprun.model import Domain
from hiprun.model.value_conversion import tidy
from hiprun.pack import Pack, grounded
from hiprun.testing.strategies.rule_thresholds import Marks, Threshold, marks
from hiprun.testing.strategies.values import allows, grid, special, typed, values
from hiprun.verification.dependency_cones import Cones

Patient = dict[str, Any]
"""Facts by name, as plain values that `Pack.decide` takes."""


def patients(
    pack: Pack,
    decision: str | None = None,
    *,
    known: float | Collection[str] = 1.0,
    near_thresholds: bool = True,
) -> st.SearchStrategy[Patient]:
    """Return a strategy for the facts of patients that can occur.

    Everything is known that `decision` can depend on, or without one all facts of the pack. `known` makes some of it
    unknown: it is the share of facts that are known on average, or the names of those that are. With `near_thresholds`
    most values lie on, just beside or between the thresholds of the rules; without, anywhere in their range.
    """
    share, names = _known(pack, _names(pack, decision), known)
    return _drawn(_People.of(pack, decision, names, near=near_thresholds), share, partly=False)


def partial_patients(
    pack: Pack, decision: str | None = None, *, near_thresholds: bool = True
) -> st.SearchStrategy[Patient]:
    """Return a strategy for the facts of patients of whom little is known.

    A fact is unknown, known exactly, or known in part: `{"at_least": 4}`, `{"one_of": ["left", "right"]}`.
    """
    people = _People.of(pack, decision, _names(pack, decision), near=near_thresholds)
    return _drawn(people, 0.6, partly=True)


def _names(pack: Pack, decision: str | None) -> list[str]:
    if decision is None:
        return list(pack.facts)
    if decision not in pack.decisions:
        message = f"`{decision}` is not a decision of this pack."
        raise UnknownNameError([Problem("unknown-decision", message, help=did_you_mean(decision, pack.decisions))])
    behind = Cones(pack.model).of_decision(decision).facts
    return [name for name in pack.facts if name in behind]


def _known(pack: Pack, names: list[str], known: float | Collection[str]) -> tuple[float, list[str]]:
    if isinstance(known, int | float):
        return known, names
    for name in known:
        if name not in pack.facts:
            message = f"`{name}` is not a fact of this pack."
            raise UnknownNameError([Problem("unknown-fact", message, help=did_you_mean(name, pack.facts))])
    return 1.0, [name for name in names if name in known]


@attrs.frozen(eq=False)
class _People:
    """What patients are made from: the facts to draw, what their values may be, and the pack that must allow them."""

    pack: Pack
    names: list[str]
    marks: Marks
    values: Mapping[str, st.SearchStrategy[Any]]
    constrained: frozenset[str]
    near: bool

    @classmethod
    def of(cls, pack: Pack, decision: str | None, names: list[str], *, near: bool) -> _People:
        found = marks(pack, list(pack.decisions) if decision is None else [decision])
        cones = Cones(pack.model)
        drawn = {
            name: values(pack.facts[name].domain, found.numbers.get(name, ()), found.texts.get(name, ()), near=near)
            for name in names
        }
        constrained = [cones.of_condition(entry.never).facts for entry in pack.model.constraints]
        return cls(pack, names, found, drawn, frozenset().union(*constrained), near)

    def domain(self, name: str) -> Domain:
        return self.pack.facts[name].domain

    def can_be(self, patient: Mapping[str, Any]) -> bool:
        """Whether the constraints leave room for a patient with these facts."""
        try:
            check_possible(self.pack.model, grounded(self.pack, ""), Facts(patient))
        except FactError:
            return False
        return True

    def on_threshold(self, patient: Mapping[str, Any], threshold: Threshold, beside: int) -> Iterator[tuple[str, Any]]:
        """Yield changes of one fact that put a sum of facts on a threshold, or one step beside it."""
        for name, factor in threshold.terms:
            others = [(other, times) for other, times in threshold.terms if other != name]
            if all(other in patient for other, _ in others):
                rest = sum(patient[other] * times for other, times in others)
                parts = grid(self.domain(name), [])
                value = tidy(Fraction(threshold.value - rest) / factor + Fraction(beside, parts))
                if (value * 10**6).denominator == 1 and allows(self.domain(name), value):
                    yield name, value

    def settled(self, patient: Mapping[str, Any]) -> dict[str, Any]:
        """Return `patient` with facts changed, or where nothing else helps left out, so that such a patient can be.

        Where nobody can be at all, nothing is drawn.
        """
        if not self.constrained or self.can_be(patient):
            return dict(patient)
        kept = {name: value for name, value in patient.items() if name not in self.constrained}
        if not self.can_be(kept):
            reject()
        for name, value in patient.items():
            for other in self._alternatives(kept, name, value) if name in self.constrained else ():
                if self.can_be({**kept, name: other}):
                    kept[name] = other
                    break
        return {name: kept[name] for name in patient if name in kept}

    def _alternatives(self, kept: Mapping[str, Any], name: str, value: Any) -> Iterator[Any]:
        yield value
        yield from special(self.domain(name), self.marks.numbers.get(name, ()), self.marks.texts.get(name, ()))
        for threshold in self.marks.sums:
            for beside in (0, -1, 1):
                yield from (other for changed, other in self.on_threshold(kept, threshold, beside) if changed == name)


@attrs.frozen
class _Said:
    """What is said of one fact: its value, and which test with another value is to stand for it."""

    value: Any
    operator: str = "is"
    other: Any = None


@st.composite
def _said(draw: st.DrawFn, people: _People, name: str, share: float, *, partly: bool) -> _Said | None:
    # All that is drawn for one fact is drawn together, so that it goes together when a failure shrinks.
    if share < 1 and draw(st.integers(0, 99)) < 100 * (1 - share):
        return None
    value = draw(people.values[name])
    if not partly:
        return _Said(value)
    domain = people.domain(name)
    operator = draw(st.sampled_from([operator for operator, entry in OPERATORS.items() if entry.fits(domain)]))
    return _Said(value) if operator == "is" else _Said(value, operator, draw(people.values[name]))


@st.composite
def _drawn(draw: st.DrawFn, people: _People, share: float, *, partly: bool) -> Patient:
    drawn = {name: draw(_said(people, name, share, partly=partly)) for name in people.names}
    said = {name: entry for name, entry in drawn.items() if entry is not None}
    patient = {name: entry.value for name, entry in said.items()}
    thresholds = [entry for entry in people.marks.sums if all(name in patient for name, _ in entry.terms)]
    if people.near and thresholds:
        threshold = draw(st.none() | st.sampled_from(thresholds))
        if threshold is not None:
            changes = list(people.on_threshold(patient, threshold, draw(st.sampled_from([0, -1, 1]))))
            patient |= dict([draw(st.sampled_from(changes))] if changes else [])
    settled = people.settled(patient)
    if share >= 1 and len(settled) < len(patient):
        reject()
    return {name: _given(people.domain(name), value, said[name]) for name, value in settled.items()}


def _given(domain: Domain, value: Any, said: _Said) -> Any:
    """Return the value of a fact as a caller gives it, or a test that it meets."""
    for operands in _operands(domain, said.operator, value, said.other) if said.operator != "is" else ():
        sense = meaning(said.operator, [code(domain, operand) for operand in operands], domain.choices)
        if operands and holds(sense, code(domain, value)):
            given = [typed(domain, operand) for operand in operands]
            return {said.operator: given[0] if OPERATORS[said.operator].operands == "one" else given}
    return typed(domain, value)


def _operands(domain: Domain, operator: str, value: Any, other: Any) -> list[list[Any]]:
    """Return what a test could compare with; the first that `value` meets is taken."""
    entry = OPERATORS[operator]
    if entry.takes == "member":
        if entry.operands == "one":
            return [[name] for name in domain.choices]
        mentioned = [name for name in domain.choices if name in other]
        present = [name for name in mentioned if name in value]
        return [mentioned, present, [name for name in mentioned if name not in present]]
    match entry.operands:
        case "two":
            return [sorted([value, other], key=lambda end: code(domain, end)), [other, other]]
        case "many":
            return [list(dict.fromkeys([value, other])), [other]]
        case "one":
            return [[other], [value]]
        case _:
            assert_never(entry.operands)
