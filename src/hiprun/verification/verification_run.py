"""One verification under way: a pack, the budget, the patients shown so far, and the check on the prover itself.

Nothing the prover says is shown before the interpreter has said the same of the same patient.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hiprun.errors import FactError, ParameterError
from hiprun.inference.facts import Facts, check_facts
from hiprun.inference.formula_domains import has_functions
from hiprun.inference.infer import BUDGET as INTERPRETER_BUDGET
from hiprun.inference.outcome import Outcome
from hiprun.inference.partial_assignment import situation
from hiprun.model import Condition, Decision, Example, Literal_, Model, Number, refs
from hiprun.model.value_conversion import public
from hiprun.model.value_notation import notation
from hiprun.pack import Pack, grounded, interpreted
from hiprun.verification.claims import RuleName, Witness
from hiprun.verification.dependency_cones import Cone, Cones
from hiprun.verification.existence_claims import Existence, Existences, KnownPatient, Wanted
from hiprun.verification.parameter_settings import Setting, differences, opened, settable
from hiprun.verification.patient_encoding import Person
from hiprun.verification.run_bounds import SolverBudget
from hiprun.verification.solver import Engine, SolverAnswer, Term
from hiprun.verification.solver_context import Scene, subject_of
from hiprun.verification.syntactic_monotonicity import SyntacticMonotonicity
from hiprun.verification.witness_simplification import made_ordinary, thresholds
from hiprun.verification.witness_text import answer_text, case_text, expectation, given

Confirm = Callable[[Sequence[Mapping[str, Any]]], bool]
"""Says whether the interpreter finds in these patients what the prover found."""

_MOST_PACKS = 32
_MOST_EXAMPLES = 100
_NOT_FOUND = "The interpreter does not find what the prover found."


class Inquiry:
    """What all claims about one pack share."""

    def __init__(self, pack: Pack, budget: SolverBudget, *, every_setting: bool = True) -> None:
        self.pack, self.budget, self.every_setting = pack, budget, every_setting
        self.settable = settable(pack.model) if every_setting else frozenset()
        self.subject = subject_of(opened(pack.model) if every_setting else pack.model, self.settable)
        self._existences: Existences | None = None
        self._in_setting = functools.lru_cache(maxsize=_MOST_PACKS)(self._set)
        self.numbers = thresholds(self.subject)
        self.faults: list[str] = []
        self._ordinary: dict[str, Literal_] | None = None
        self.monotonicity = SyntacticMonotonicity(self.subject)

    @property
    def model(self) -> Model:
        """The model of the pack, with the parameters that can be set as facts."""
        return self.subject.model

    @property
    def cones(self) -> Cones:
        """What leans on what."""
        return self.subject.cones

    def scene(self, cone: Cone, *, conflicts: Iterable[str] = (), without: str = "") -> Scene:
        """Return the patients that a cone concerns; only decisions in `conflicts` may be in conflict."""
        return Scene(self.subject, cone, self.budget, conflicts=conflicts, without=without)

    def exists(self, scene: Scene, wanted: Wanted) -> Existence:
        """Return whether in every setting some patient of a scene meets what is wanted."""
        return self._existences_in(scene).exists(wanted)

    def is_shown(self, scene: Scene, wanted: Wanted) -> bool:
        """Return whether one of the pack's own cases that are tried meets what is wanted."""
        return self._existences_in(scene).shown(wanted) is not None

    def _existences_in(self, scene: Scene) -> Existences:
        if self._existences is None or self._existences.scene is not scene:
            self._existences = Existences(scene, self.examples)
        return self._existences

    @functools.cached_property
    def examples(self) -> Sequence[KnownPatient]:
        """The patients of the pack's own cases, where functions make it hard to find any; one for all questions.

        What a case does not say is as in the first case that says it. Parameters are as in the rule files.
        """
        model = self.pack.model
        if not has_functions(model):
            return ()
        known = [facts for example in model.examples[:_MOST_EXAMPLES] if (facts := _known(model, example))]
        usual = {name: value for facts in reversed(known) for name, value in facts.items()}
        setting = {name: model.parameters[name].value for name in self.settable}
        engine = Engine(self.budget)
        return [KnownPatient(self.subject, engine, {**setting, **usual, **facts}) for facts in known]

    def rule(self, decision: Decision, index: int) -> RuleName:
        """Return the name of a rule."""
        rule = decision.rules[index]
        return RuleName(decision.name, rule.id, rule.place)

    def decide(self, decision: str, facts: Mapping[str, Any], budget: int = INTERPRETER_BUDGET) -> Outcome:
        """Return what the interpreter says, to which the prover is held; parameters stand among the facts."""
        pack, known = self.at(facts)
        return interpreted(pack, known, [decision], budget=budget)[decision]

    def at(self, facts: Mapping[str, Any]) -> tuple[Pack, dict[str, Any]]:
        """Return the pack in the setting that stands among facts, and the facts without it."""
        setting = differences(self.model, {name: facts[name] for name in facts if name in self.settable})
        known = {name: value for name, value in facts.items() if name not in self.settable}
        if not setting:
            return self.pack, known
        return self._in_setting(frozenset(setting.items())), known

    def _set(self, setting: frozenset[tuple[str, Number]]) -> Pack:
        return self.pack.with_parameters(**dict(setting))

    def setting(self, values: Setting) -> dict[str, Any]:
        """Return what in a setting is not as in the rule files, as callers see numbers."""
        model = self.model
        changed = differences(model, values)
        return {
            name: public(model.parameters[name].domain, changed[name]) for name in model.parameters if name in changed
        }

    # witnesses

    def nobody(self) -> bool:
        """Return whether the constraints leave no patient at all."""
        return self.scene(Cone(facts=frozenset(self.model.facts))).ask().verdict == "no"

    def ordinary(self) -> Mapping[str, Literal_]:
        """Return a patient with nothing special, whom all constraints allow."""
        if self._ordinary is None:
            scene = self.scene(Cone(facts=frozenset(self.model.facts)))
            found = scene.ask()
            made = made_ordinary(scene, found, (), self.numbers, (scene.person,)) if found.verdict == "yes" else [{}]
            self._ordinary = {name: value for name, value in made[0].items() if name not in self.settable}
        return self._ordinary

    def witnesses(  # noqa: PLR0913 - a patient, and what to say of them
        self,
        scene: Scene,
        found: SolverAnswer,
        terms: Iterable[Term],
        confirm: Confirm,
        decisions: Sequence[str],
        *,
        people: Sequence[Person] = (),
        focus: Sequence[str] = (),
        expect: Callable[[Sequence[Mapping[str, Outcome]]], Sequence[Mapping[str, Any]]] | None = None,
        title: str = "",
    ) -> tuple[Witness, ...]:
        """Return ordinary patients who meet `terms` as those found do, if any, once the interpreter confirms them."""
        if found.verdict != "yes":
            return ()
        made = made_ordinary(scene, found, terms, self.numbers, people or (scene.person,), focus)
        known = [self._given(facts) for facts in made]
        outcomes: list[Mapping[str, Outcome]] = []

        def agreed(patients: Sequence[Mapping[str, Any]]) -> bool:
            for facts in patients:
                pack, known = self.at(facts)
                outcomes.append(interpreted(pack, known, decisions))
            return confirm(patients)

        if not self.confirmed(known, agreed):
            return ()
        expected = expect(outcomes) if expect else [{} for _ in known]
        return tuple(
            self._witness(scene, facts, outcome, focus, wanted, f"{title}-{number}" if len(known) > 1 else title)
            for number, (facts, outcome, wanted) in enumerate(zip(made, outcomes, expected, strict=True), 1)
        )

    def confirmed(self, patients: Sequence[Mapping[str, Any]], confirm: Confirm, otherwise: str = _NOT_FOUND) -> bool:
        """Return whether the interpreter finds what the prover found; if not, that is a fault of hiprun itself."""
        try:
            agreed = confirm(patients)
        except (FactError, ParameterError) as error:
            self.fault(patients, f"The interpreter refuses them: {error.problems[0].message}")
            return False
        if not agreed:
            self.fault(patients, otherwise)
        return agreed

    def fault(self, patients: Sequence[Mapping[str, Any]], what: str) -> None:
        """Note a disagreement between prover and interpreter."""
        facts = " and ".join(notation(patient) for patient in patients)
        self.faults.append(f"{what} Facts: {facts}")

    def check_rules(self, scene: Scene, decision: Decision, found: SolverAnswer) -> None:
        """Compare which rules of a decision apply to the patient found with what the interpreter says."""
        facts = scene.values(found)
        pack, known = self.at(facts)
        program = grounded(pack, decision.name)
        there = situation(pack.model, program, Facts({**self.ordinary(), **known}))
        for index, node in enumerate(scene.terms.rules(decision.name)):
            if there.truths[program.rules[index]] is not scene.holds(node, found):
                self.fault(
                    [self._given(facts)], f"They disagree whether `{decision.name}.{decision.rules[index].id}` applies."
                )

    def _given(self, facts: Mapping[str, Literal_]) -> dict[str, Any]:
        return {name: given(self.model.facts[name].domain, value) for name, value in facts.items()}

    def _witness(
        self,
        scene: Scene,
        facts: Mapping[str, Literal_],
        outcomes: Mapping[str, Outcome],
        focus: Sequence[str],
        expected: Mapping[str, Any],
        title: str,
    ) -> Witness:
        model, ordinary = self.model, self.ordinary()
        setting = self.setting({name: facts[name] for name in scene.settings})  # type: ignore[misc]
        own = [name for name in scene.facts if name not in scene.settings and name not in focus]
        unusual = [name for name in own if facts[name] != ordinary.get(name)]
        matters = [*focus, *unusual]
        whole = {**ordinary, **facts}
        names = [*matters, *(name for name in self.pack.facts if name in whole and name not in matters)]
        shown = {name: public(model.facts[name].domain, whole[name]) for name in names}
        answers = {name: answer_text(outcome) for name, outcome in outcomes.items()}
        said = expected or {name: expectation(outcome) for name, outcome in outcomes.items()}
        concerned = {name: shown[name] for name in names if name in facts}
        case = case_text(title, concerned, said, setting)
        return Witness(shown, tuple(matters), tuple(concerned), answers, case, setting)


def _known(model: Model, example: Example) -> Mapping[str, Literal_]:
    """Return the facts that a case says exactly, whether or not they can occur together; none if one is wrong."""
    try:
        return check_facts(model, example.facts).known
    except FactError:
        return {}


def decisions_in(conditions: Iterable[Condition]) -> list[str]:
    """Return the decisions that conditions name themselves, in the order of the file."""
    return list(dict.fromkeys(ref.decision for condition in conditions for ref in refs(condition) if ref.decision))
