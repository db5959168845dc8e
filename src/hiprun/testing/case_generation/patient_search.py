"""A search for patients who satisfy a query and are nearest to the named patients of the cases."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.errors import FactError, HiprunError
from hiprun.inference.counterfactuals import ways
from hiprun.inference.counterfactuals.nearest_values import nearest_set, nearest_value
from hiprun.inference.decision_diagram import OutOfBudget
from hiprun.inference.facts import Facts, check_facts
from hiprun.inference.grounding import Program, ground_constraints
from hiprun.inference.infer import BUDGET, check_possible, infer
from hiprun.inference.interval_sets import of_domain, ordinary, union
from hiprun.inference.outcome import Outcome, outcome_of
from hiprun.inference.partial_assignment import situation
from hiprun.model import Domain, Literal_, Model, Number
from hiprun.model.value_conversion import public
from hiprun.testing.case_generation.patient_query import EXISTS
from hiprun.testing.case_generation.witness_search import Near, WitnessSearch

_NEAREST = 20_000
"""How many steps one look for the nearest patient to another may take."""

_NEAREST_TIED = 100_000
"""How many steps it may take to look for ways to one where sums or functions tie facts together."""

_TIED = 10
"""How many steps one with sums or functions counts as: it takes so much longer than to look at a node of a query."""

_MOST_CHANGES = 5
"""Patients are looked for who differ in up to so many facts, one more each time; then any will do."""

Existence: TypeAlias = Literal["yes", "no", "unknown"]


@attrs.frozen
class FoundPatient:
    """A patient, described as a named patient (empty: none), the facts of that one, and the facts that differ."""

    base: str
    base_facts: Mapping[str, Any] = attrs.field(hash=False)
    changes: Mapping[str, Any] = attrs.field(hash=False)

    @property
    def facts(self) -> dict[str, Any]:
        """All facts of the patient."""
        return {**self.base_facts, **self.changes}


@attrs.frozen
class _BasePatient:
    name: str
    facts: Facts


class PatientSearch:
    """Searches for patients of one model. `work` counts about how many steps that took."""

    def __init__(self, model: Model, budget: int = BUDGET) -> None:
        # patients may differ in every fact, including those that nobody can change
        facts = {name: attrs.evolve(fact, changeable=True) for name, fact in model.facts.items()}
        self.model = attrs.evolve(model, facts=facts)
        self.budget = budget
        self.work = 0
        self._base_patients: list[_BasePatient] | None = None

    def exists(self, program: Program) -> Existence:
        """Return whether a patient satisfies the query."""
        search = WitnessSearch(self.model, program, self.budget)
        try:
            found = search.find()
        except OutOfBudget:
            return "unknown"
        finally:
            self._count(search)
        if found is None:
            return "no"
        return "yes" if search.exact or program.lowered is None else "unknown"

    def patients(self, program: Program, also: Collection[str] = ()) -> Iterator[FoundPatient]:
        """Yield patients who satisfy the query, if there are any, those with the shortest descriptions first.

        The last one also knows the facts named in `also`.
        """
        if self._base_patients is None:
            self._base_patients = list(self._possible_base_patients())
        nearest = [each for base in self._base_patients if (each := self._nearest_to(program, base))]
        yield from sorted(nearest, key=lambda each: len(each.changes))
        ordinary_patient = self._nearest_to(program, _BasePatient("", self._ordinary_facts()))
        if ordinary_patient:
            relevant = {name for variable in program.variables for name in variable.base_facts}
            changes = {name: value for name, value in ordinary_patient.facts.items() if name in relevant}
            yield from (FoundPatient(base.name, base.facts.given, changes) for base in self._base_patients)
            yield FoundPatient("", {}, changes)
            relevant |= {*also}
            yield FoundPatient(
                "", {}, {name: value for name, value in ordinary_patient.facts.items() if name in relevant}
            )

    def _nearest_to(self, program: Program, base: _BasePatient) -> FoundPatient | None:
        changes = self._tied_changes(program, base) if program.numbers else self._fewest_changes(program, base)
        return None if changes is None else FoundPatient(base.name, base.facts.given, changes)

    def _fewest_changes(self, program: Program, base: _BasePatient) -> dict[str, Any] | None:
        """Return as few changes of facts as satisfy the query; more if they are hard to find, None if too hard."""
        cells = self._cells(program, base.facts)
        for most in (*range(_MOST_CHANGES), len(cells)):
            search = WitnessSearch(self.model, program, _NEAREST)
            near = Near(cells, most)
            try:
                masks = search.find(near)
            except OutOfBudget:
                continue
            finally:
                self._count(search)
            if masks is not None:
                return self._values(program, base.facts, near.changed(masks, search.full), masks)
        return None

    def _cells(self, program: Program, facts: Facts) -> dict[str, list[tuple[int, int]]]:
        """Return for each fact of a query its variables with the cells that they lie in; 0 if it is not known."""
        found: dict[str, list[tuple[int, int]]] = {}
        there = situation(self.model, program, facts)
        for index, variable in enumerate(program.variables):
            known = variable.fact in facts.known
            found.setdefault(variable.fact, []).append((index, there.masks[index] if known else 0))
        return found

    def _values(self, program: Program, facts: Facts, names: Sequence[str], masks: Sequence[int]) -> dict[str, Any]:
        """Return for some facts the values in their cells that are nearest to what they are now."""
        found: dict[str, Any] = {}
        for name in names:
            fact = self.model.facts[name]
            cells = {index: masks[index] for index, entry in enumerate(program.variables) if entry.fact == name}
            if fact.domain.type == "set":
                value: Any = nearest_set(
                    program, facts, fact, {index: each for index, each in cells.items() if each != 0b11}
                )
            else:
                ((index, mask),) = cells.items()
                stretches = program.variables[index].cells
                region = union(tuple(cell for number, cell in enumerate(stretches) if mask >> number & 1))
                value = nearest_value(region, program, fact.domain, facts, name)
            found[name] = public(fact.domain, value)
        return found

    def _tied_changes(self, program: Program, base: _BasePatient) -> dict[str, Any] | None:
        """Return the fewest changes where sums tie facts together, so that values have to be found for them at once."""
        model = self.model

        def count(steps: int) -> None:
            self.work += _TIED * steps

        def decide(facts: Mapping[str, Any]) -> Outcome:
            return outcome_of(infer(model, program, check_facts(model, facts), budget=self.budget, count=count))

        wanted, budget = {EXISTS: True}, self.budget
        try:
            shortest = ways(
                model, program, base.facts, wanted, decide, most=1, budget=budget, most_work=_NEAREST_TIED, count=count
            )
        except HiprunError:  # looking for one takes too long
            return None
        return {change.fact: change.to for change in shortest[0].changes} if shortest else None

    def _count(self, search: WitnessSearch) -> None:
        self.work += search.work + _TIED * search.tied_work

    def _possible_base_patients(self) -> Iterator[_BasePatient]:
        constraints = ground_constraints(self.model)
        for name, given in self.model.patients.items():
            facts = check_facts(self.model, given)
            try:
                check_possible(self.model, constraints, facts, budget=self.budget)
            except FactError:
                continue
            yield _BasePatient(name, facts)

    def _ordinary_facts(self) -> Facts:
        known = {name: calmest_value(fact.domain) for name, fact in self.model.facts.items()}
        given = {name: public(self.model.facts[name].domain, value) for name, value in known.items()}
        return Facts(known, {}, given)


def calmest_value(domain: Domain) -> Literal_:
    """Return the best value of a domain, or the first if none is better.

    >>> calmest_value(Domain("number", lowest=0, highest=10, worse="lower"))
    10
    >>> calmest_value(Domain("date", worse="higher"))  # a day of this century
    748382
    """
    match domain.type:
        case "boolean":
            return domain.worse == "false"
        case "choice":
            return list(domain.choices)[-1 if domain.worse == "earlier" else 0]
        case "set":
            return frozenset()
        case "string":
            return "something"
        case _:
            best: Number | None = domain.highest if domain.worse == "lower" else domain.lowest
            return best if best is not None else ordinary(of_domain(domain), domain)
