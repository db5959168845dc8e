"""The run of one mutant: the cases that could notice it and, if none does, whether any patient could."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import attrs

from hiprun.errors import FactError
from hiprun.inference.change_impact import Uses
from hiprun.inference.facts import Facts, check_facts
from hiprun.inference.grounding import Program, ground_revised
from hiprun.inference.grounding.decisions import Decisions
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.infer import BUDGET, infer
from hiprun.inference.outcome import Outcome, outcome_of
from hiprun.inference.partial_assignment import situation
from hiprun.model import Decision, Example, Model, Rule
from hiprun.pack import Pack, grounded, interpreted
from hiprun.testing.case_generation import (
    MINIMIZING_BUDGET,
    CaseDraft,
    FoundPatient,
    PatientSearch,
    expectation,
    minimized,
    probe,
    unused_id,
)
from hiprun.testing.case_generation.case_draft import kebab_case, limit_expectation
from hiprun.testing.mutation.equivalence import DifferenceQueries
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


class MutantPack:
    """A mutant, and whether cases notice it.

    `translated` is a translation of the model that it is a mutant of, to which only what was changed has to be added.
    """

    def __init__(self, mutant: Mutant, translated: Decisions) -> None:
        self.mutant, self.translated = mutant, translated
        self.pack = Pack(mutant.model)
        self._program: Program | None = None

    def notices(self, example: Example, facts: Facts | None = None) -> bool:
        """Return whether a case fails on the mutant; `facts` are its facts, if they are checked."""

        def interpreted(given: Mapping[str, object], names: Iterable[str]) -> dict[str, Outcome]:
            return self.interpret(given, names, facts=facts)

        return not cases.run(self.pack, example, interpreted).passed

    def interpret(
        self, given: Mapping[str, object], names: Iterable[str], *, facts: Facts | None = None, budget: int = BUDGET
    ) -> dict[str, Outcome]:
        """Return the outcomes of some decisions for facts that the original model permits."""
        if self.mutant.constrains:
            return interpreted(self.pack, given, names, budget=budget)
        checked = check_facts(self.pack.model, given) if facts is None else facts
        return {
            name: outcome_of(infer(self.pack.model, self._grounded(name), checked, budget=budget)) for name in names
        }

    def _grounded(self, name: str) -> Program:
        if name != self.mutant.revised:
            return grounded(self.pack, name)
        if self._program is None:
            self._program = ground_revised(self.translated, self.mutant.model, name)
        return self._program


class _Group:
    """The mutants of one subject, with what is worked out for all of them together.

    `drafts` has the cases drafted so far, each with the mutants, by number, for which it may make a difference.
    """

    def __init__(self, model: Model, mutants: Sequence[Mutant]) -> None:
        self.model = model
        self.queries = DifferenceQueries(model)
        self.translated = Decisions(model)
        self.drafts: list[tuple[CaseDraft, frozenset[int]]] = []
        self._concerns = probe(model, [Rule(str(number), mutant.concerns) for number, mutant in enumerate(mutants)])

    def concerned(self, facts: Facts) -> frozenset[int]:
        """Return the mutants that may make a difference for a patient with these facts."""
        truths = situation(self.model, self._concerns, facts).truths
        return frozenset(number for number, node in enumerate(self._concerns.rules) if truths[node] is not False)

    def with_draft(self, result: MutantResult) -> MutantResult:
        """Return a result with an id of its own for its draft, if it has one, and keep that for mutants that follow."""
        if result.draft is None:
            return result
        draft = attrs.evolve(result.draft, id=unused_id(result.draft.id, [draft.id for draft, _ in self.drafts]))
        self.drafts.append((draft, self.concerned(check_facts(self.model, draft.example.facts))))
        return attrs.evolve(result, draft=draft)


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

    def run(self, mutants: Sequence[Mutant]) -> Iterator[MutantResult]:
        """Yield the results for the mutants of one subject, and roughly how much work each was."""
        group = _Group(self.model, mutants)
        concerned = [group.concerned(case.facts) for case in self._cases]
        for number, mutant in enumerate(mutants):
            work_before = self.work + self.search.work
            cases_concerned = [case for case, which in zip(self._cases, concerned, strict=True) if number in which]
            result = self._run(group, number, mutant, cases_concerned)
            yield attrs.evolve(result, work=self.work + self.search.work - work_before)

    def _run(
        self, group: _Group, number: int, mutant: Mutant, cases_concerned: Iterable[_PreparedCase]
    ) -> MutantResult:
        pack = MutantPack(mutant, group.translated)
        for case, example in self._relevant_cases(mutant, cases_concerned):
            self.work += _STEPS_PER_CASE
            if pack.notices(example, case.facts):
                return MutantResult("killed", example.id)
        for draft, which in group.drafts:
            if number in which and self._is_affected(mutant, draft) and pack.notices(draft.example):
                return MutantResult("survived", draft=draft)
        results = [
            self._unnoticed_result(group, mutant, pack, name, program)
            for name, program in self._difference_queries(group, mutant)
        ]
        for fate in ("survived", "unproved"):
            for result in results:
                if result.fate == fate:
                    return group.with_draft(result)
        return MutantResult("equivalent")

    def _is_affected(self, mutant: Mutant, draft: CaseDraft) -> bool:
        return mutant.constrains or not draft.decisions.isdisjoint(self.uses.leaning_on(mutant.decisions))

    def _relevant_cases(
        self, mutant: Mutant, prepared: Iterable[_PreparedCase]
    ) -> Iterator[tuple[_PreparedCase, Example]]:
        """Yield the cases that could notice a mutant, the most likely first, with the expectations it can affect."""
        affected_decisions = frozenset(self.uses.leaning_on(mutant.decisions))
        affected_cases = [
            case for case in prepared if mutant.constrains or not affected_decisions.isdisjoint(case.fired)
        ]
        for case in sorted(affected_cases, key=lambda case: case.rank(mutant)):
            example = case.example
            if example.expect != "refused" and not mutant.constrains:
                expect = {name: expected for name, expected in example.expect.items() if name in affected_decisions}
                example = attrs.evolve(example, expect=expect)
            yield case, example

    # mutants that no case noticed

    def _difference_queries(self, group: _Group, mutant: Mutant) -> Iterator[tuple[str, Program]]:
        if mutant.constrains:
            yield "", group.queries.constraints(mutant)
        for name in mutant.decisions:
            yield name, group.queries.decision(mutant, name)

    def _unnoticed_result(
        self, group: _Group, mutant: Mutant, pack: MutantPack, name: str, program: Program
    ) -> MutantResult:
        exists = self.search.exists(program)
        if exists == "no" and name and HIT_POLICIES[self.model.decisions[name].hit].gives == "limits":
            exists = self.search.exists(group.queries.decision(mutant, name, visible=False))
            return MutantResult(_FATES[exists])
        if exists == "yes":
            return MutantResult("survived", draft=self._draft(mutant, pack, name, program))
        return MutantResult(_FATES[exists])

    def _draft(self, mutant: Mutant, pack: MutantPack, name: str, program: Program) -> CaseDraft | None:
        """Return the shortest draft found that passes on the model and fails on the mutant, both interpreted."""

        def is_valid(example: Example, budget: int = self.budget) -> bool:
            return all(
                cases.run(side.pack, example, partial(side.interpret, budget=budget)).passed is passes
                for side, passes in ((self, True), (pack, False))
            )

        id_, title = kebab_case(mutant.subject, mutant.kind), mutant.words.replace("`", "")
        drafts = (
            CaseDraft(id_, title, patient, self._expected(pack, name, patient))
            for patient in self.search.patients(program)
        )
        draft = next((draft for draft in drafts if draft.expect and is_valid(draft.example)), None)
        return minimized(draft, partial(is_valid, budget=MINIMIZING_BUDGET), self.pack) if draft else None

    def interpret(
        self, given: Mapping[str, object], names: Iterable[str], *, budget: int = BUDGET
    ) -> Mapping[str, Outcome]:
        """Return the outcomes of some decisions of the original model."""
        return self.pack.interpret(given, names, budget=budget)

    def _expected(self, pack: MutantPack, name: str, patient: FoundPatient) -> Mapping[str, Any] | str:
        """Return what holds for a patient in the model but not in the mutant."""
        names = [name] if name else list(self.model.decisions)[:1]
        try:
            before = interpreted(self.pack, patient.facts, names)
        except FactError:
            return "refused"
        try:
            after = pack.interpret(patient.facts, names)
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
