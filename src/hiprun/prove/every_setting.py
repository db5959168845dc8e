"""Claims that somebody exists, for every setting: one patient is sought for each, until none is left without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import attrs

from hiprun.model import Literal_
from hiprun.prove.engine import Engine, Found, Term, Verdict, z3
from hiprun.prove.logic import Plain, both, opposite
from hiprun.prove.people import KnownPerson, Person
from hiprun.prove.scene import Scene
from hiprun.prove.settings import Setting
from hiprun.prove.terms import Terms

Wanted = Callable[[Terms[Term]], Sequence[Term]]
"""What a patient is to meet, as terms about that patient."""

_MOST_PATIENTS = 8
"""How many single patients are tried before all are looked for at once."""


@attrs.frozen
class Existence:
    """Whether for every setting somebody exists, the one found for the default, and else a setting without anyone."""

    verdict: Verdict
    found: Found | None = None
    setting: Setting = attrs.field(factory=dict)


def exists(scene: Scene, wanted: Wanted) -> Existence:
    """Return whether in every setting some patient meets what is wanted; the default setting is looked at first."""
    terms = list(wanted(scene.terms))
    found = scene.ask_within([scene.default, *terms])
    if found.verdict != "yes":
        return Existence(found.verdict)
    if not scene.settings:
        return Existence("yes", found)
    search = _Search(scene, wanted)
    search.leave_out(scene.values(found))
    for _ in range(_MOST_PATIENTS):
        left = search.setting_left()
        if isinstance(left, str):
            return Existence(left, found)
        other = scene.ask_within([*scene.at(left), *terms])
        if other.verdict != "yes":
            return Existence(other.verdict, found, left if other.verdict == "no" else {})
        search.leave_out(scene.values(other))
    return _all_at_once(scene, terms, found)


class _Search:
    """Settings for which none of the patients known so far will do."""

    def __init__(self, scene: Scene, wanted: Wanted) -> None:
        self.scene, self.wanted = scene, wanted
        self.engine = Engine(scene.budget)
        self.settings = Person(self.engine)
        self.engine.add(_possible_setting(scene, self.settings))
        self.patients = 0

    def leave_out(self, values: Mapping[str, Literal_]) -> None:
        """Ask from now on for settings in which this patient is impossible, or not as wanted."""
        scene = self.scene
        self.patients += 1
        shared = dict.fromkeys(scene.settings, self.settings)
        terms = Terms(
            scene.subject, Plain(), KnownPerson(self.engine, values, shared), mark=f"patient {self.patients}: "
        )
        suits = both([*scene.not_ruled_out(terms), *scene.without_conflicts(terms), *self.wanted(terms)])
        self.engine.add([opposite(suits)])
        self.engine.add(terms.drain())

    def setting_left(self) -> Setting | Verdict:
        """Return a setting that is left; `yes` where all have a patient, `unknown` beyond the budget."""
        found = self.engine.ask()
        match found.verdict:
            case "yes":
                return setting_in(self.scene, self.settings, found)
            case "no":
                return "yes"
            case "unknown":
                return "unknown"


def _possible_setting(scene: Scene, person: Person) -> list[Term]:
    """Return what makes values of parameters a setting: their ranges, and the constraints over parameters."""
    terms = Terms(scene.subject, Plain(), person, mark="setting: ")
    found = [term for name in scene.settings for term in person.within(name, scene.model.facts[name].domain, ())]
    found += [opposite(terms.condition(entry.never)) for entry in scene.constraints if scene.is_of_settings(entry)]
    return [*found, *terms.drain()]


def setting_in(scene: Scene, person: Person, found: Found) -> Setting:
    """Return the values of the parameters in what was found."""
    facts = scene.model.facts
    return {name: person.value(name, facts[name].domain, (), found.values) for name in scene.settings}  # type: ignore[misc]


def _all_at_once(scene: Scene, terms: Sequence[Term], found: Found) -> Existence:
    """Ask for a setting in which every patient fails; for this the prover takes patients and settings apart."""
    context = scene.engine.context
    scene.settle()
    met = [*scene.engine.assertions(), *(term for term in terms if not isinstance(term, bool))]
    settings = {scene.person.number(name, scene.model.facts[name].domain).get_id() for name in scene.settings}
    unknowns = [term for term in _unknowns(met) if term.get_id() not in settings]
    solver = z3.Tactic("qsat", context).solver()
    solver.set("rlimit", scene.budget)
    solver.add(*_possible_setting(scene, scene.person))
    solver.add(z3.ForAll(unknowns, z3.Not(z3.And(*met))))
    verdict = solver.check()
    if verdict == z3.unsat:
        return Existence("yes", found)
    if verdict == z3.sat:
        left = setting_in(scene, scene.person, Found("yes", solver.model()))
        if scene.ask_within([*scene.at(left), *terms]).verdict == "no":
            return Existence("no", found, left)
    return Existence("unknown", found)


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
