"""A question's surroundings: the patients it is about, well-formed and possible, with the rules that concern it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hiprun.inference.text_cells import EVERY_TEXT, text_cells
from hiprun.model import Constraint, Literal_, Model
from hiprun.verification.condition_encoding import Subject
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.dependency_cones import Cone, Cones
from hiprun.verification.patient_encoding import Person
from hiprun.verification.solver import Engine, SolverAnswer, Term, z3
from hiprun.verification.three_valued_logic import Plain, opposite


def subject_of(model: Model) -> Subject:
    """Return a model ready to be asked about."""
    return Subject(model, Cones(model), text_cells(model), list(model.conditions()))


class Scene:
    """Patients of one model, as far as a cone of it concerns them, in an engine of their own.

    `facts` are those that matter here: of the cone, and of the constraints that touch them. Only the decisions in
    `conflicts` may be in conflict; the constraint `without` is left aside.
    """

    def __init__(
        self, subject: Subject, cone: Cone, budget: int, *, conflicts: Iterable[str] = (), without: str = ""
    ) -> None:
        self.subject, self.cone = subject, cone
        self.model = subject.model
        self.engine = Engine(budget)
        self.person = Person(self.engine)
        self.terms: Terms[Term] = Terms(subject, Plain(), self.person)
        constraints, facts = touching(subject, cone.facts)
        self.constraints = [constraint for constraint in constraints if constraint.id != without]
        self.facts = [name for name in self.model.facts if name in facts]
        self.engine.add(self.allowed(self.person, self.terms, self.facts))
        for name in sorted(cone.decisions):
            if name not in conflicts:
                self.engine.add([opposite(self.terms.own_conflict(self.model.decisions[name]))])
        self.settle()

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

    def settle(self) -> None:
        """Tell the engine what the names stand for that were given lately."""
        self.engine.add(self.terms.drain())

    def ask(self, assumptions: Sequence[Term] = ()) -> SolverAnswer:
        """Return whether such a patient exists who also meets `assumptions`, names or their opposites."""
        self.settle()
        return self.engine.ask(assumptions)

    def ask_within(self, terms: Iterable[Term]) -> SolverAnswer:
        """Return whether such a patient exists who also meets `terms`."""
        self.settle()
        return self.engine.ask_within(terms)

    def holds(self, term: Term, found: SolverAnswer) -> bool:
        """Return whether `term` holds for the patient found."""
        return term if isinstance(term, bool) else z3.is_true(found.values.eval(term, model_completion=True))

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
