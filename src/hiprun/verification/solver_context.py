"""A question's surroundings: the patients it is about, well-formed and possible, with the rules that concern it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.text_equivalence_classes import EVERY_TEXT, text_cells
from hiprun.model import Constraint, Literal_, Model
from hiprun.verification.condition_encoding import Subject, is_literal
from hiprun.verification.condition_logics import Plain, both, opposite
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.dependency_cones import Cone, Cones
from hiprun.verification.parameter_settings import Setting
from hiprun.verification.patient_encoding import KnownPerson, Person
from hiprun.verification.run_bounds import SolverBudget
from hiprun.verification.solver import Engine, SolverAnswer, Term, certain_in, true_in

_MOST_PATIENTS = 100
"""How many patients that were found are kept for the questions that follow."""


def subject_of(model: Model, settings: frozenset[str] = frozenset()) -> Subject:
    """Return a model ready to be asked about; `settings` are those of its facts that are parameters."""
    return Subject(model, Cones(model), text_cells(model), list(model.conditions()), settings)


class Scene:
    """Patients of one model, as far as a cone of it concerns them, in an engine of their own.

    `facts` are those that matter here: of the cone, and of the constraints that touch them. Only the decisions in
    `conflicts` may be in conflict; the constraint `without` is left aside.
    """

    def __init__(
        self, subject: Subject, cone: Cone, budget: SolverBudget, *, conflicts: Iterable[str] = (), without: str = ""
    ) -> None:
        self.subject, self.cone = subject, cone
        self.model = subject.model
        self.budget = budget
        self.engine = Engine(budget)
        self.person = Person(self.engine)
        self.terms: Terms[Term] = Terms(subject, Plain(), self.person)
        constraints, facts = touching(subject, cone.facts)
        self.constraints = [constraint for constraint in constraints if constraint.id != without]
        self.facts = [name for name in self.model.facts if name in facts]
        self.settings = [name for name in self.facts if name in subject.settings]
        self.agreeing = [name for name in sorted(cone.decisions) if name not in conflicts]
        self.engine.add(self.allowed(self.person, self.terms, self.facts))
        for name in self.agreeing:
            self.engine.add([opposite(self.terms.own_conflict(self.model.decisions[name]))])
        self._patients: list[SolverAnswer] = []
        self.default = self._default()
        self.settle()

    @functools.cached_property
    def ends(self) -> list[Terms[Term]]:
        """The terms for the same patients with all parameters at their lowest, and at their highest."""
        domains = {name: self.model.facts[name].domain for name in self.settings}
        found = []
        for mark, ends in (
            ("lowest: ", {name: domain.lowest for name, domain in domains.items()}),
            ("highest: ", {name: domain.highest for name, domain in domains.items()}),
        ):
            values = {name: self.model.parameters[name].value if end is None else end for name, end in ends.items()}
            who = KnownPerson(self.engine, values, dict.fromkeys(self.facts, self.person))
            changed = frozenset(self.settings)
            found.append(Terms(self.subject, Plain(), who, like=self.terms, changed=changed, mark=mark))
        return found

    def possible_by_setting(self, terms: Terms[Term]) -> list[Term]:
        """Return what keeps a patient possible who is in one setting, as far as that hangs on the setting."""
        cones, settings = self.subject.cones, self.subject.settings
        found = [
            opposite(terms.condition(constraint.never))
            for constraint in self.constraints
            if not settings.isdisjoint(cones.of_condition(constraint.never).facts)
        ]
        for name in self.agreeing:
            decision = self.model.decisions[name]
            policy = HIT_POLICIES[decision.hit]
            if policy.may_conflict and not settings.isdisjoint(cones.of_decision(name).facts):
                found.append(opposite(terms.own_conflict(decision)))
        return found

    def possible(self, terms: Terms[Term]) -> list[Term]:
        """Return what keeps a patient possible whose values are all within their ranges."""
        broken = [terms.condition(constraint.never) for constraint in self.constraints]
        conflicts = [terms.own_conflict(self.model.decisions[name]) for name in self.agreeing]
        return [opposite(term) for term in (*broken, *conflicts)]

    def _default(self) -> Term:
        """Return a name for the setting in the rule files."""
        values = {name: self.model.parameters[name].value for name in self.settings}
        return self.terms.define("default setting", both(self.at(values)))

    def at(self, setting: Setting) -> list[Term]:
        """Return what holds in a setting: each parameter that matters here has its value."""
        return [
            self.person.has_value(name, self.model.facts[name].domain, EVERY_TEXT, setting[name])
            for name in self.settings
        ]

    def allowed(self, person: Person, terms: Terms[Term], facts: Iterable[str]) -> list[Term]:
        """Return what makes a patient well-formed and possible, as far as it leans on `facts`."""
        found: list[Term] = []
        wanted = set(facts)
        for name in self.facts:
            if name in wanted:
                found += person.within(name, self.model.facts[name].domain, self.subject.texts.get(name, EVERY_TEXT))
        for constraint in self.constraints:
            if not wanted.isdisjoint(self.subject.cones.of_condition(constraint.never).facts):
                found.append(opposite(terms.condition(constraint.never)))
        return found

    def is_of_settings(self, constraint: Constraint) -> bool:
        """Return whether a constraint is over parameters, and not over patients."""
        return self.subject.cones.of_condition(constraint.never).facts <= self.subject.settings

    @contextmanager
    def in_setting(self, setting: Setting) -> Iterator[None]:
        """Ask only about one setting; parameters left out are as in the rule files."""
        values = {name: self.model.parameters[name].value for name in self.settings}
        self.settle()
        self.engine.enter()
        try:
            self.engine.add(self.at({**values, **setting}))
            yield
        finally:
            self.engine.leave()

    def settle(self) -> None:
        """Tell the engine what the names stand for that were given lately."""
        self.engine.add(self.terms.drain())

    def ask(self, assumptions: Sequence[Term] = ()) -> SolverAnswer:
        """Return whether such a patient exists who also meets `assumptions`, names or their opposites."""
        self.settle()
        return self._noted(self.engine.ask(assumptions))

    def ask_within(self, terms: Iterable[Term]) -> SolverAnswer:
        """Return whether such a patient exists who also meets `terms`."""
        self.settle()
        wanted = list(terms)
        # Where all are names, what the prover learns is of use for the questions that follow.
        is_named = all(map(is_literal, wanted))
        return self._noted(self.engine.ask(wanted) if is_named else self.engine.ask_within(wanted))

    def _noted(self, answer: SolverAnswer) -> SolverAnswer:
        if answer.verdict == "yes":
            self._patients = [answer, *self._patients[: _MOST_PATIENTS - 1]]
        return answer

    def found_before(self, terms: Sequence[Term]) -> SolverAnswer | None:
        """Return a patient found for an earlier question who certainly meets `terms` as well."""
        for answer in self._patients:
            if all(self._certainly(term, answer) for term in terms):
                return answer
        return None

    def _certainly(self, term: Term, answer: SolverAnswer) -> bool:
        found = certain_in(answer.values, term)
        return bool(certain_in(answer.values, self.terms.meaning(term)) if found is None else found)

    def holds(self, term: Term, found: SolverAnswer) -> bool:
        """Return whether `term` holds for the patient found."""
        return true_in(found.values, term)

    def values(self, found: SolverAnswer, person: Person | None = None) -> dict[str, Literal_]:
        """Return the facts of the patient found."""
        who = person or self.person
        return {
            name: who.value(name, self.model.facts[name].domain, self.subject.texts.get(name, EVERY_TEXT), found.values)
            for name in self.facts
        }


def touching(subject: Subject, facts: frozenset[str]) -> tuple[list[Constraint], set[str]]:
    """Return the constraints that have a say about `facts`, however indirectly, and all facts these speak of."""
    reached = set(facts)
    found: dict[str, Constraint] = {}
    changed = True
    while changed:
        changed = False
        for constraint in subject.model.constraints:
            spoken = subject.cones.of_condition(constraint.never).facts
            if constraint.id not in found and not reached.isdisjoint(spoken):
                found[constraint.id] = constraint
                reached |= spoken
                changed = True
    return list(found.values()), reached
