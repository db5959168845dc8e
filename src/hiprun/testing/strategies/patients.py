"""Generated patients, completely or partly known, that respect constraints by construction."""

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
from hiprun.testing.strategies.rule_thresholds import RuleThresholds, SumThreshold, rule_thresholds
from hiprun.testing.strategies.values import allows, as_typed, grid_parts, special_values, values
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
    """Return a strategy for the facts of possible patients.

    The facts are those that `decision` can depend on or, without a decision, all facts of the pack. `known` makes some
    of them unknown: it is the average share of facts that are known, or the names of those that are. With
    `near_thresholds`, most values are on, just next to or between the thresholds of the rules; without it, they are
    anywhere in their range.
    """
    share, names = _share_and_names(pack, _fact_names(pack, decision), known)
    return _drawn_patient(_PatientSource.of(pack, decision, names, near=near_thresholds), share, partly=False)


def partial_patients(
    pack: Pack, decision: str | None = None, *, near_thresholds: bool = True
) -> st.SearchStrategy[Patient]:
    """Return a strategy for the facts of patients about whom little is known.

    A fact is unknown, known exactly, or known in part: `{"at_least": 4}`, `{"one_of": ["left", "right"]}`.
    """
    source = _PatientSource.of(pack, decision, _fact_names(pack, decision), near=near_thresholds)
    return _drawn_patient(source, 0.6, partly=True)


def _fact_names(pack: Pack, decision: str | None) -> list[str]:
    if decision is None:
        return list(pack.facts)
    if decision not in pack.decisions:
        message = f"`{decision}` is not a decision of this pack."
        raise UnknownNameError([Problem("unknown-decision", message, help=did_you_mean(decision, pack.decisions))])
    relevant = Cones(pack.model).of_decision(decision).facts
    return [name for name in pack.facts if name in relevant]


def _share_and_names(pack: Pack, names: list[str], known: float | Collection[str]) -> tuple[float, list[str]]:
    if isinstance(known, int | float):
        return known, names
    for name in known:
        if name not in pack.facts:
            message = f"`{name}` is not a fact of this pack."
            raise UnknownNameError([Problem("unknown-fact", message, help=did_you_mean(name, pack.facts))])
    return 1.0, [name for name in names if name in known]


@attrs.frozen(eq=False)
class _PatientSource:
    """What patients are drawn from: the facts, strategies for their values, and the pack with its constraints."""

    pack: Pack
    names: list[str]
    thresholds: RuleThresholds
    values: Mapping[str, st.SearchStrategy[Any]]
    constrained: frozenset[str]
    near: bool

    @classmethod
    def of(cls, pack: Pack, decision: str | None, names: list[str], *, near: bool) -> _PatientSource:
        thresholds = rule_thresholds(pack, list(pack.decisions) if decision is None else [decision])
        cones = Cones(pack.model)
        strategies = {
            name: values(
                pack.facts[name].domain, thresholds.numbers.get(name, ()), thresholds.texts.get(name, ()), near=near
            )
            for name in names
        }
        constrained = [cones.of_condition(entry.never).facts for entry in pack.model.constraints]
        return cls(pack, names, thresholds, strategies, frozenset().union(*constrained), near)

    def domain(self, name: str) -> Domain:
        return self.pack.facts[name].domain

    def is_possible(self, patient: Mapping[str, Any]) -> bool:
        """Whether the constraints allow a patient with these facts."""
        try:
            check_possible(self.pack.model, grounded(self.pack, ""), Facts(patient))
        except FactError:
            return False
        return True

    def on_threshold(
        self, patient: Mapping[str, Any], threshold: SumThreshold, steps: int
    ) -> Iterator[tuple[str, Any]]:
        """Yield changes of one fact that put a sum of facts on a threshold, or some steps from it."""
        for name, factor in threshold.terms:
            others = [(other, times) for other, times in threshold.terms if other != name]
            if all(other in patient for other, _ in others):
                rest = sum(patient[other] * times for other, times in others)
                parts = grid_parts(self.domain(name), [])
                value = tidy(Fraction(threshold.value - rest) / factor + Fraction(steps, parts))
                if (value * 10**6).denominator == 1 and allows(self.domain(name), value):
                    yield name, value

    def made_possible(self, patient: Mapping[str, Any]) -> dict[str, Any]:
        """Return `patient` with facts changed or, if nothing else helps, left out, so that the patient is possible.

        If no patient is possible at all, the example is rejected.
        """
        if not self.constrained or self.is_possible(patient):
            return dict(patient)
        possible = {name: value for name, value in patient.items() if name not in self.constrained}
        if not self.is_possible(possible):
            reject()
        for name, value in patient.items():
            for other in self._alternatives(possible, name, value) if name in self.constrained else ():
                if self.is_possible({**possible, name: other}):
                    possible[name] = other
                    break
        return {name: possible[name] for name in patient if name in possible}

    def _alternatives(self, possible: Mapping[str, Any], name: str, value: Any) -> Iterator[Any]:
        yield value
        yield from special_values(
            self.domain(name), self.thresholds.numbers.get(name, ()), self.thresholds.texts.get(name, ())
        )
        for threshold in self.thresholds.sums:
            for steps in (0, -1, 1):
                yield from (
                    other for changed, other in self.on_threshold(possible, threshold, steps) if changed == name
                )


@attrs.frozen
class _DrawnFact:
    """What is drawn for one fact: its value, and the test with another value that expresses it partially."""

    value: Any
    operator: str = "is"
    other: Any = None


@st.composite
def _drawn_fact(draw: st.DrawFn, source: _PatientSource, name: str, share: float, *, partly: bool) -> _DrawnFact | None:
    # Everything for one fact is drawn together, so that it is removed together when a failing example shrinks.
    if share < 1 and draw(st.integers(0, 99)) < 100 * (1 - share):
        return None
    value = draw(source.values[name])
    if not partly:
        return _DrawnFact(value)
    domain = source.domain(name)
    operator = draw(st.sampled_from([operator for operator, entry in OPERATORS.items() if entry.fits(domain)]))
    return _DrawnFact(value) if operator == "is" else _DrawnFact(value, operator, draw(source.values[name]))


@st.composite
def _drawn_patient(draw: st.DrawFn, source: _PatientSource, share: float, *, partly: bool) -> Patient:
    entries = {name: draw(_drawn_fact(source, name, share, partly=partly)) for name in source.names}
    known_entries = {name: entry for name, entry in entries.items() if entry is not None}
    patient = {name: entry.value for name, entry in known_entries.items()}
    thresholds = [entry for entry in source.thresholds.sums if all(name in patient for name, _ in entry.terms)]
    if source.near and thresholds:
        threshold = draw(st.none() | st.sampled_from(thresholds))
        if threshold is not None:
            changes = list(source.on_threshold(patient, threshold, draw(st.sampled_from([0, -1, 1]))))
            patient |= dict([draw(st.sampled_from(changes))] if changes else [])
    possible = source.made_possible(patient)
    if share >= 1 and len(possible) < len(patient):
        reject()
    return {name: _as_caller_gives(source.domain(name), value, known_entries[name]) for name, value in possible.items()}


def _as_caller_gives(domain: Domain, value: Any, entry: _DrawnFact) -> Any:
    """Return the value of a fact as a caller gives it, or as a partial value that it meets."""
    for operands in _operand_candidates(domain, entry.operator, value, entry.other) if entry.operator != "is" else ():
        test_meaning = meaning(entry.operator, [code(domain, operand) for operand in operands], domain.choices)
        if operands and holds(test_meaning, code(domain, value)):
            typed_operands = [as_typed(domain, operand) for operand in operands]
            return {
                entry.operator: typed_operands[0] if OPERATORS[entry.operator].operands == "one" else typed_operands
            }
    return as_typed(domain, value)


def _operand_candidates(domain: Domain, operator: str, value: Any, other: Any) -> list[list[Any]]:
    """Return candidates for the operands of a test; the first that `value` meets is used."""
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
