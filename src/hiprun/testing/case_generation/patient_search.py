"""A search for patients who satisfy a query and are nearest to the named patients of the cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.errors import FactError, HiprunError
from hiprun.inference.counterfactuals import ways
from hiprun.inference.decision_diagram import OutOfBudget
from hiprun.inference.facts import Facts, check_facts
from hiprun.inference.grounding import Program, ground_constraints
from hiprun.inference.hit_policy import take_first
from hiprun.inference.infer import BUDGET, check_possible, infer
from hiprun.inference.interval_sets import of_domain, ordinary
from hiprun.inference.outcome import Outcome
from hiprun.inference.partial_assignment import situation
from hiprun.inference.partial_evaluation import Patient, as_truth
from hiprun.model import Domain, Literal_, Model, Number
from hiprun.model.value_conversion import public
from hiprun.testing.case_generation.patient_query import EXISTS

_NEAREST = 10_000
"""How many steps it counts as to look for the nearest patient to one."""

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
        patient = Patient(self.model, situation(self.model, program, Facts({})), self.budget)
        node = patient.open_node(program.rules[0])
        try:
            diagram = patient.explore(take_first, as_truth, [(node, (True,))])
        except OutOfBudget:
            self.work += self.budget
            return "unknown"
        self.work += diagram.steps + len(program.circuit.kinds)
        results = diagram.possible()
        if (True,) not in results:
            return "no"
        return "yes" if patient.exact or program.lowered is None else "unknown"

    def patients(self, program: Program) -> Iterator[FoundPatient]:
        """Yield patients who satisfy the query, if there are any, those with the shortest descriptions first."""
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

    def _nearest_to(self, program: Program, base: _BasePatient) -> FoundPatient | None:
        model = self.model
        self.work += _NEAREST

        def decide(facts: Mapping[str, Any]) -> Outcome:
            return Outcome(infer(model, program, check_facts(model, facts), budget=self.budget))

        try:
            shortest = ways(model, program, base.facts, {EXISTS: True}, decide, most=1, budget=self.budget)
        except HiprunError:  # looking for one takes too long
            return None
        if not shortest:
            return None
        changes = {change.fact: change.to for change in shortest[0].changes}
        return FoundPatient(base.name, base.facts.given, changes)

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
