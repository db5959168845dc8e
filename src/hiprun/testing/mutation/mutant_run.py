"""The run of one mutant: the cases that could notice it and, if none does, whether any patient could."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import attrs

from hiprun.errors import FactError
from hiprun.inference.dependents import Uses
from hiprun.inference.facts import Facts, check_facts
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.infer import BUDGET, infer
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision, Example, Model
from hiprun.pack import Pack, grounded, interpreted
from hiprun.testing.case_generation import CaseDraft, FoundPatient, PatientSearch, expectation, minimized
from hiprun.testing.case_generation.case_draft import kebab_case, limit_expectation
from hiprun.testing.mutation.equivalence import constraints_query, decision_query
from hiprun.testing.mutation.mutants import Mutant
from hiprun.testing.mutation.report import Fate, MutantResult
from hiprun.verification import cases

_STEPS_PER_CASE = 1000
"""The number of steps that running one case on a mutant counts as."""


@attrs.frozen
class _PreparedCase:
    """A case, its facts checked once for all mutants, and the rules that fire in its decisions."""

    position: int
    example: Example
    facts: Facts
    fired: Mapping[str, frozenset[str]]

    def rank(self, mutant: Mutant) -> tuple[int, int]:
        """Return a sort key: cases in which the mutated rule fires come first, then others on the same decision."""
        affected = [fired for name, fired in self.fired.items() if name in mutant.decisions]
        return (0 if any(mutant.rule in fired for fired in affected) else 1 if affected else 2), self.position


def _interpreted_outcomes(
    pack: Pack, facts: Facts, _: Mapping[str, object], names: Iterable[str]
) -> dict[str, Outcome]:
    """Return the outcomes of the interpreter for facts that are already checked and possible."""
    return {name: Outcome(infer(pack.model, grounded(pack, name), facts)) for name in names}


class MutantRunner:
    """Runs the mutants of one model."""

    def __init__(self, model: Model, budget: int = BUDGET) -> None:
        self.model, self.budget = model, budget
        self.work = 0
        self.pack = Pack(model)
        self.uses = Uses(model)
        self.search = PatientSearch(model, budget)
        self._cases = [
            _PreparedCase(place, example, check_facts(model, example.facts), self._fired_rules(example))
            for place, example in enumerate(model.examples)
        ]

    def _fired_rules(self, example: Example) -> dict[str, frozenset[str]]:
        if example.expect == "refused":
            return {}
        outcomes = self.pack.evaluate(example.facts, example.expect)
        return {name: frozenset(outcome.fired) for name, outcome in outcomes.items()}

    def run(self, mutant: Mutant) -> MutantResult:
        """Return the result for one mutant, and roughly how much work it was."""
        work_before = self.work + self.search.work
        result = self._run(mutant)
        return attrs.evolve(result, work=self.work + self.search.work - work_before)

    def _run(self, mutant: Mutant) -> MutantResult:
        pack = Pack(mutant.model)
        for case, example in self._relevant_cases(mutant):
            self.work += _STEPS_PER_CASE
            answers = pack.interpret if mutant.constrains else partial(_interpreted_outcomes, pack, case.facts)
            if not cases.run(pack, example, answers).passed:
                return MutantResult("killed", example.id)
        results = [
            self._unnoticed_result(mutant, pack, name, program) for name, program in self._difference_queries(mutant)
        ]
        for fate in ("survived", "unproved"):
            for result in results:
                if result.fate == fate:
                    return result
        return MutantResult("equivalent")

    def _relevant_cases(self, mutant: Mutant) -> Iterator[tuple[_PreparedCase, Example]]:
        """Yield the cases that could notice a mutant, the most likely first, with the expectations it can affect."""
        affected_decisions = frozenset(self.uses.leaning_on(mutant.decisions))
        affected_cases = [
            case for case in self._cases if mutant.constrains or not affected_decisions.isdisjoint(case.fired)
        ]
        for case in sorted(affected_cases, key=lambda case: case.rank(mutant)):
            example = case.example
            if example.expect != "refused" and not mutant.constrains:
                expect = {name: expected for name, expected in example.expect.items() if name in affected_decisions}
                example = attrs.evolve(example, expect=expect)
            yield case, example

    # mutants that no case noticed

    def _difference_queries(self, mutant: Mutant) -> Iterator[tuple[str, Program]]:
        if mutant.constrains:
            yield "", constraints_query(self.model, mutant.model)
        for name in mutant.decisions:
            yield name, decision_query(self.model, mutant.model, name)

    def _unnoticed_result(self, mutant: Mutant, pack: Pack, name: str, program: Program) -> MutantResult:
        exists = self.search.exists(program)
        if exists == "no" and name and HIT_POLICIES[self.model.decisions[name].hit].gives == "limits":
            exists = self.search.exists(decision_query(self.model, mutant.model, name, visible=False))
            return MutantResult(_FATES[exists])
        if exists == "yes":
            return MutantResult("survived", draft=self._draft(mutant, pack, name, program))
        return MutantResult(_FATES[exists])

    def _draft(self, mutant: Mutant, pack: Pack, name: str, program: Program) -> CaseDraft | None:
        """Return the shortest draft found that passes on the model and fails on the mutant, both interpreted."""

        def is_valid(example: Example) -> bool:
            holds = cases.run(self.pack, example, self.pack.interpret).passed
            return holds and not cases.run(pack, example, pack.interpret).passed

        id_, title = kebab_case(mutant.subject, mutant.kind), mutant.words.replace("`", "")
        drafts = (
            CaseDraft(id_, title, patient, self._expected(pack, name, patient))
            for patient in self.search.patients(program)
        )
        draft = next((draft for draft in drafts if draft.expect and is_valid(draft.example)), None)
        return minimized(draft, is_valid) if draft else None

    def _expected(self, pack: Pack, name: str, patient: FoundPatient) -> Mapping[str, Any] | str:
        """Return what holds for a patient in the model but not in the mutant."""
        names = [name] if name else list(self.model.decisions)[:1]
        try:
            before = interpreted(self.pack, patient.facts, names)
        except FactError:
            return "refused"
        try:
            after = interpreted(pack, patient.facts, names)
        except FactError:
            return {decision: expectation(self.model, outcome) for decision, outcome in before.items()}
        distinguishing = {
            decision: distinguishing_expectation(self.model.decisions[decision], before[decision], after[decision])
            for decision in names
        }
        return {decision: parts for decision, parts in distinguishing.items() if parts}


_FATES: Mapping[str, Fate] = {"yes": "survived", "no": "equivalent", "unknown": "unproved"}


def distinguishing_expectation(decision: Decision, before: Outcome, after: Outcome) -> dict[str, Any]:
    """Return what a case can expect that holds for one outcome and not for another; nothing if they do not differ."""
    gives = HIT_POLICIES[decision.hit].gives
    if gives != "answer" and "conflict" not in (before.status, after.status):
        make = _distinguishing_items if gives == "items" else _distinguishing_limits
        return make(decision, before, after)
    if before.status != "decided" or gives != "answer":
        return {"status": before.status} if after.status != before.status else {}
    answer_before, answer_after = before.possible[0], after.possible[0] if after.status == "decided" else {}
    outputs: dict[str, Any] = {name: value for name, value in answer_before.items() if answer_after.get(name) != value}
    unmet, unmet_after = (
        [criterion.id for criterion in outcome.criteria if criterion.status == "unmet"] for outcome in (before, after)
    )
    return {**outputs, "unmet": unmet} if unmet != unmet_after else outputs


def _distinguishing_items(decision: Decision, before: Outcome, after: Outcome) -> dict[str, Any]:
    items_before, items_after = ({item.rule: item for item in outcome.items} for outcome in (before, after))
    expected: dict[str, Any] = {}
    for certainty in ("certain", "excluded"):
        ids = [id_ for id_, item in items_before.items() if item.certainty == certainty]
        changed_ids = [id_ for id_ in ids if id_ not in items_after or items_after[id_].certainty != certainty]
        if changed_ids:
            expected[certainty] = changed_ids
    if not expected:
        for output in decision.outputs:
            lists = [
                [item.outputs[output.name] for item in side.values() if _certainly_gives(item, output.name)]
                for side in (items_before, items_after)
            ]
            if lists[0] != lists[1]:
                expected[output.name] = lists[0]
    return expected


def _certainly_gives(item: Any, output: str) -> bool:
    return item.certainty == "certain" and output in item.outputs


def _distinguishing_limits(_: Decision, before: Outcome, after: Outcome) -> dict[str, Any]:
    expected: dict[str, Any] = {}
    for limit_before, limit_after in zip(before.limits, after.limits, strict=True):
        sides = [side for side in ("at_least", "at_most") if getattr(limit_before, side) != getattr(limit_after, side)]
        differs = sides or limit_before.verdict != limit_after.verdict
        expected[limit_before.quantity] = limit_expectation(limit_before, sides) if differs else {}
    return {quantity: parts for quantity, parts in expected.items() if parts}
