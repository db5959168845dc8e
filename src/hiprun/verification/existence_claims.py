"""Claims that somebody exists, for every setting: one patient is sought for each, until none is left without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

import attrs

from hiprun.inference.text_equivalence_classes import EVERY_TEXT
from hiprun.model import Literal_
from hiprun.verification.condition_encoding import Subject
from hiprun.verification.condition_logics import Plain, both, opposite
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.parameter_settings import Setting
from hiprun.verification.patient_encoding import KnownPerson, Person
from hiprun.verification.solver import Engine, SolverAnswer, SolverVerdict, Term, checked, z3
from hiprun.verification.solver_context import Scene

Wanted = Callable[[Terms[Term]], Sequence[Term]]
"""What a patient is to meet, as terms about that patient."""

_MOST_KNOWN = 12
_MOST_TRIES = 3
"""How many settings are looked at one by one before all are at once."""


@attrs.frozen
class Existence:
    """Whether for every setting somebody exists, the one found for the default, and else a setting without anyone.

    Of a patient of the pack's own cases nothing is `found`. `irrational`: of those sought for the default, only some
    were found whose numbers are no fractions.
    """

    verdict: SolverVerdict
    found: SolverAnswer | None = None
    setting: Setting = attrs.field(factory=dict)
    irrational: bool = False


FOR_FRACTIONS = "A larger budget does not help: facts are fractions. Ask for a range, or round what is compared."
"""What to do about a claim that is open since only numbers that are no fractions were found."""


def no_fractions(existence: Existence, name: str) -> str:
    """Return that only patients were found for `name` whose numbers are no fractions; empty where that is not so."""
    if not existence.irrational:
        return ""
    return (
        f"For `{name}`, only patients were found with numbers that are no fractions, so this does not count as proved."
    )


class KnownPatient:
    """A patient of whom facts are known, and what decisions come to for this patient, worked out when asked for."""

    def __init__(self, subject: Subject, engine: Engine, facts: Mapping[str, Literal_]) -> None:
        self.facts = facts
        self.terms: Terms[Term] = Terms(subject, Plain(), KnownPerson(engine, facts, {}))

    def belongs_to(self, scene: Scene) -> bool:
        """Return whether this is one of the patients of a scene, as far as its facts say."""
        return all(name in self.facts for name in scene.facts) and both(scene.possible(self.terms)) is True


class Existences:
    """Questions about one scene: whether in every setting some patient meets what is wanted."""

    def __init__(self, scene: Scene, examples: Sequence[KnownPatient] = ()) -> None:
        self.scene = scene
        self._examples = [patient for patient in examples if patient.belongs_to(scene)]
        self._known: list[Terms[Term]] = []
        self._engine = Engine(scene.budget)
        self._settings = Person(self._engine)
        self._engine.add(_possible_setting(scene, self._settings))
        self._definitions: list[Term] = []
        self._count = 0

    def exists(self, wanted: Wanted) -> Existence:
        """Return whether somebody is there in every setting; the default setting is looked at first."""
        scene = self.scene
        terms = list(wanted(scene.terms))
        found, example = self._first(wanted, terms)
        if found.verdict != "yes" or not scene.settings:
            return found
        if example is not None:
            self._know(example)
        for tries in range(int(example is not None), _MOST_TRIES + 2):
            left = self._setting_left(wanted)
            if isinstance(left, str):
                return attrs.evolve(found, verdict=left)
            if tries == 0:
                assert found.found is not None
                self._know(scene.values(found.found))
                continue
            here = self._at_all_ends(wanted, terms) if tries == 1 else scene.ask_within([*scene.at(left), *terms])
            if tries > 1 and here.verdict != "yes":
                setting = self._nearest(left, terms) if here.verdict == "no" else {}
                return Existence(here.verdict, found.found, setting)
            if here.verdict == "yes":
                self._know(scene.values(here))
        return self._all_at_once(terms, found.found)

    def _first(self, wanted: Wanted, terms: Sequence[Term]) -> tuple[Existence, Mapping[str, Literal_] | None]:
        """Return whether somebody is there in the default setting, and the pack's own case that shows it, if any."""
        facts = self.shown(wanted)
        if facts is not None:
            return Existence("yes"), facts
        here = [self.scene.default, *terms]
        found = self.scene.found_before(here) or self.scene.ask_within(here)
        there = found if found.verdict == "yes" else None
        return Existence(found.verdict, there, irrational=found.irrational), None

    def shown(self, wanted: Wanted) -> Mapping[str, Literal_] | None:
        """Return the patient of the first case that meets what is wanted, in the setting of the rule files."""
        return next((patient.facts for patient in self._examples if both(wanted(patient.terms)) is True), None)

    def _know(self, values: Mapping[str, Literal_]) -> None:
        """Keep a patient for this question and those after it; of too many the first is forgotten."""
        self._count += 1
        facts = {name: value for name, value in values.items() if name not in self.scene.settings}
        who = KnownPerson(self._engine, facts, dict.fromkeys(self.scene.settings, self._settings))
        self._known = [*self._known, Terms(self.scene.subject, Plain(), who, mark=f"patient {self._count}: ")]
        del self._known[:-_MOST_KNOWN]

    def _setting_left(self, wanted: Wanted) -> Setting | SolverVerdict:
        """Return a setting in which no known patient will do; `yes`: there is none, `unknown`: beyond the budget."""
        fails: list[Term] = []
        for terms in self._known:
            suits = both([*wanted(terms), *self.scene.possible_by_setting(terms)])
            if suits is True:
                return "yes"
            fails.append(opposite(suits))
        for terms in self._known:
            self._engine.add(terms.drain())
        found = self._engine.ask_within(fails)
        match found.verdict:
            case "yes":
                return setting_in(self.scene, self._settings, found)
            case "no":
                return "yes"
            case "unknown":
                return "unknown"
            case _:
                assert_never(found.verdict)

    def _nearest(self, setting: Setting, terms: Sequence[Term]) -> Setting:
        """Return a setting without anyone that is as in the rule files wherever that leaves nobody either."""
        scene = self.scene
        for name in scene.settings:
            nearer = {**setting, name: scene.model.parameters[name].value}
            possible = scene.ask_within(scene.at(nearer)).verdict == "yes"
            if possible and scene.ask_within([*scene.at(nearer), *terms]).verdict == "no":
                setting = nearer
        return setting

    def _all_at_once(self, terms: Sequence[Term], found: SolverAnswer | None) -> Existence:
        """Ask for a setting in which every patient fails; for this the prover takes patients and settings apart."""
        scene = self.scene
        scene.settle()
        met = [*scene.engine.assertions(), *(term for term in terms if not isinstance(term, bool))]
        settings = {scene.person.number(name, scene.model.facts[name].domain).get_id() for name in scene.settings}
        solver = z3.Tactic("qsat", scene.engine.context).solver()
        solver.set("rlimit", scene.budget.question)
        solver.add(*_possible_setting(scene, scene.person))
        solver.add(z3.ForAll([each for each in _unknowns(met) if each.get_id() not in settings], z3.Not(z3.And(*met))))
        verdict = checked(solver, scene.budget)
        if verdict == z3.unsat:
            return Existence("yes", found)
        if verdict == z3.unknown:
            return Existence("unknown", found)
        left = setting_in(scene, scene.person, SolverAnswer("yes", solver.model()))
        nobody = scene.ask_within([*scene.at(left), *terms]).verdict == "no"
        return Existence("no" if nobody else "unknown", found, self._nearest(left, terms) if nobody else {})

    def _at_all_ends(self, wanted: Wanted, terms: Sequence[Term]) -> SolverAnswer:
        """Return a patient who will do with all parameters at their lowest and at their highest as well."""
        scene = self.scene
        met = [scene.default, *terms]
        for end in scene.ends:
            met += [*wanted(end), *scene.possible_by_setting(end)]
            self._definitions += end.drain()
        # These are not for the questions that follow: the prover would be slower there.
        return scene.ask_within([*self._definitions, *met])


def _possible_setting(scene: Scene, person: Person) -> list[Term]:
    """Return what makes values of parameters a setting: their ranges, and the constraints over parameters."""
    terms = Terms(scene.subject, Plain(), person, mark="setting: ")
    found = [
        term for name in scene.settings for term in person.within(name, scene.model.facts[name].domain, EVERY_TEXT)
    ]
    found += [opposite(terms.condition(entry.never)) for entry in scene.constraints if scene.is_of_settings(entry)]
    return [*found, *terms.drain()]


def setting_in(scene: Scene, person: Person, found: SolverAnswer) -> Setting:
    """Return the values of the parameters in what was found."""
    facts = scene.model.facts
    return {name: person.value(name, facts[name].domain, EVERY_TEXT, found.values) for name in scene.settings}  # type: ignore[misc]


def _unknowns(terms: Sequence[Term]) -> list[Term]:
    found: dict[int, Term] = {}
    seen: set[int] = set()
    waiting = list(terms)
    while waiting:
        term = waiting.pop()
        if term.get_id() in seen:
            continue
        seen.add(term.get_id())
        if z3.is_const(term) and term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            found[term.get_id()] = term
        waiting += term.children()
    return list(found.values())
