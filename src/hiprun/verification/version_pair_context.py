"""Two versions of a pack on one stage: the patients both can be asked about, and what each version says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from hiprun.errors import FactError
from hiprun.inference.outcome import Outcome
from hiprun.inference.text_equivalence_classes import EVERY_TEXT
from hiprun.model import Literal_, Rule
from hiprun.model.value_conversion import public
from hiprun.pack import Pack, interpreted
from hiprun.verification.claims import RuleName
from hiprun.verification.condition_encoding import Subject
from hiprun.verification.condition_logics import Plain, opposite
from hiprun.verification.decision_encoding import Terms
from hiprun.verification.dependency_cones import Cone
from hiprun.verification.run_bounds import SolverBudget
from hiprun.verification.solver import SolverAnswer, Term
from hiprun.verification.solver_context import Scene, subject_of, touching
from hiprun.verification.witness_simplification import made_ordinary, thresholds
from hiprun.verification.witness_text import given


class Versions:
    """Two versions of a pack, and what is worked out about them once."""

    def __init__(self, old: Pack, new: Pack, budget: SolverBudget) -> None:
        self.packs, self.budget = (old, new), budget
        first, second = (subject_of(pack.model) for pack in self.packs)
        texts = {
            name: first.texts.get(name, EVERY_TEXT).joined(second.texts.get(name, EVERY_TEXT))
            for name in {**first.texts, **second.texts}
        }
        self.sides = [attrs.evolve(side, texts=texts) for side in (first, second)]
        facts = {**old.model.facts, **new.model.facts}
        self.retyped = frozenset(
            name
            for name in facts
            if len({pack.facts[name].domain.type for pack in self.packs if name in pack.facts}) > 1
        )
        self.merged = Subject(attrs.evolve(new.model, facts=facts, constraints=()), second.cones, texts, ())
        numbers = [thresholds(side) for side in self.sides]
        self.numbers = {
            name: sorted({*numbers[0].get(name, ()), *numbers[1].get(name, ())})
            for name in facts
            if name not in self.retyped
        }

    def nobody(self) -> bool:
        """Return whether the constraints of one version leave no patient at all."""
        everyone = (Scene(side, Cone(facts=frozenset(side.model.facts)), self.budget) for side in self.sides)
        return any(scene.ask().verdict == "no" for scene in everyone)

    def patients(self, cone: Cone, *, constrained: bool = True) -> Patients | None:
        """Return the patients whom a cone concerns; None where facts in it are of another kind now."""
        facts = cone.facts
        reached: frozenset[str] | None = None
        while constrained and facts != reached:
            reached = facts
            for side in self.sides:
                facts |= touching(side, facts)[1]
        return None if facts & self.retyped else Patients(self, facts, constrained=constrained)

    def known(self, pack: Pack, patient: Mapping[str, Literal_]) -> dict[str, Any]:
        """Return the facts of a patient that a version knows, as a caller gives them."""
        return {name: given(pack.facts[name].domain, value) for name, value in patient.items() if name in pack.facts}

    def outcomes(self, patient: Mapping[str, Literal_], decision: str) -> tuple[Outcome, Outcome] | None:
        """Return what the two versions say of a patient; None where one of them refuses the facts."""
        try:
            before, after = (interpreted(pack, self.known(pack, patient), [decision])[decision] for pack in self.packs)
        except FactError:
            return None
        return before, after

    def applied(self, patient: Mapping[str, Literal_], cone: Cone) -> list[dict[RuleName, Rule]]:
        """Return the rules that each version applies to a patient, among the decisions of a cone."""
        found: list[dict[RuleName, Rule]] = []
        for pack in self.packs:
            names = [name for name in pack.decisions if name in cone.decisions]
            outcomes = interpreted(pack, self.known(pack, patient), names)
            found.append(
                {
                    RuleName(name, rule.id, rule.place): rule
                    for name in names
                    for rule in pack.decisions[name].rules
                    if rule.id in outcomes[name].fired
                }
            )
        return found


class Patients:
    """Patients whom both versions take, as terms of the prover, and the terms of each version for them."""

    def __init__(self, versions: Versions, facts: frozenset[str], *, constrained: bool) -> None:
        self.versions = versions
        self.scene = Scene(versions.merged, Cone(facts=facts), versions.budget)
        person, engine = self.scene.person, self.scene.engine
        self.terms: list[Terms[Term]] = []
        for side, mark in zip(versions.sides, ("before: ", "after: "), strict=True):
            terms: Terms[Term] = Terms(side, Plain(), person, mark=mark)
            for name in self.scene.facts:
                if name in side.model.facts:
                    engine.add(person.within(name, side.model.facts[name].domain, side.texts.get(name, EVERY_TEXT)))
            if constrained:
                engine.add(opposite(terms.condition(each.never)) for each in touching(side, facts)[0])
            self.terms.append(terms)
        self._usual: Mapping[str, Literal_] | None = None

    def _settle(self) -> None:
        for terms in self.terms:
            self.scene.engine.add(terms.drain())

    def ask(self, terms: Iterable[Term]) -> SolverAnswer:
        """Return whether there is a patient who meets `terms`."""
        self._settle()
        return self.scene.ask_within(terms)

    def ordinary(self, found: SolverAnswer, terms: Sequence[Term]) -> dict[str, Literal_]:
        """Return a patient who meets `terms` as the one found does, and is as ordinary as can be."""
        self._settle()
        return made_ordinary(self.scene, found, terms, self.versions.numbers, (self.scene.person,))[0]

    def usual(self) -> Mapping[str, Literal_]:
        """Return a patient with nothing special."""
        if self._usual is None:
            found = self.ask(())
            self._usual = self.ordinary(found, ()) if found.verdict == "yes" else {}
        return self._usual

    def shown(self, patient: Mapping[str, Literal_]) -> dict[str, Any]:
        """Return the facts of a patient as callers see them, those first that are not as usual."""
        usual, facts = self.usual(), self.scene.model.facts
        names = sorted(patient, key=lambda name: patient[name] == usual.get(name))
        return {name: public(facts[name].domain, patient[name]) for name in names}
