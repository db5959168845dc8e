"""The measurement of coverage: which obligations the cases of a pack meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import attrs

from hiprun.errors import FactError
from hiprun.inference.circuit import TRUE
from hiprun.inference.facts import Facts, check_facts
from hiprun.inference.grounding import Program, ground
from hiprun.inference.grounding.decisions import Decisions
from hiprun.inference.hit_policies import COLLECT
from hiprun.inference.infer import BUDGET
from hiprun.inference.partial_assignment import situation
from hiprun.model import Condition, Decision, Example, Model, Rule
from hiprun.pack import Pack, interpreted
from hiprun.testing.case_generation import (
    CaseDraft,
    FoundPatient,
    PatientSearch,
    existence_query,
    expectation,
    minimized,
    unused_id,
)
from hiprun.testing.case_generation.case_draft import kebab_case
from hiprun.testing.coverage.obligations import CoverageGoal, Obligation, coverage_goals
from hiprun.testing.coverage.report import CoverageReport, Part, Side
from hiprun.testing.coverage.units_under_test import UnitUnderTest, units_under_test
from hiprun.verification import cases
from hiprun.verification.run_bounds import Interrupted, Progress, Stopped, silent

_MOST_CASES_NAMED = 3


RUN_BUDGET = 100_000_000
"""The most steps that all searches of a run may take together."""


def survey(
    pack: Pack, *, budget: int = BUDGET, run_budget: int = RUN_BUDGET, progress: Progress = silent
) -> CoverageReport:
    """Return what the cases of a pack show about its rules, with drafts of cases for what they do not show.

    `budget` bounds the search for each patient, and `run_budget` all searches together; if one does not suffice, the
    state of that part is `open`. `progress` is called with the number of rules done and of all rules. Ctrl-C raises
    `Interrupted`, a `KeyboardInterrupt` with the report so far.
    """
    measurement = _CoverageMeasurement(pack, budget, run_budget)
    all_parts: list[Part] = []
    stopped: Stopped = ""
    try:
        for parts in measurement.parts(progress):
            all_parts += parts
    except KeyboardInterrupt:
        stopped = "interrupted"
    report = CoverageReport(pack.name, pack.version, pack.digest, tuple(all_parts), stopped or measurement.stopped)
    if stopped:
        raise Interrupted(report)
    return report


@attrs.frozen
class _ObligationResult:
    """The result for one obligation, and the condition that a case for it has to meet."""

    side: Side
    condition: Condition


class _CoverageMeasurement:
    def __init__(self, pack: Pack, budget: int, run_budget: int) -> None:
        self.run_budget = run_budget
        self.stopped: Stopped = ""
        self.pack, self.model = pack, pack.model
        self.search = PatientSearch(pack.model, budget)
        self.drafts: list[CaseDraft] = []
        self.facts = {example.id: check_facts(pack.model, example.facts) for example in pack.model.examples}

    def parts(self, progress: Progress) -> Iterator[list[Part]]:
        all_units = list(units_under_test(self.model))
        units_done = 0
        for (decisions, constraint), group in groupby(all_units, lambda unit: (unit.decisions, unit.constraint)):
            units = list(group)
            progress(units_done, len(all_units))
            units_done += len(units)
            checking_cases = [
                example
                for example in self.model.examples
                if constraint or (example.expect != "refused" and not set(decisions).isdisjoint(example.expect))
            ]
            yield list(self._unit_parts(units, checking_cases))
        progress(units_done, units_done)

    def _unit_parts(self, units: Sequence[UnitUnderTest], checking_cases: Sequence[Example]) -> Iterator[Part]:
        """Yield the parts of units that are checked by the same cases, which are evaluated once for all these units."""
        goals = [(unit, goal) for unit in units for goal in coverage_goals(self.model, unit)]
        rules = {
            (number, condition): unit.restricted_to(condition)
            for number, (unit, goal) in enumerate(goals)
            for condition in _conditions(goal)
        }
        met_by = self._cases_meeting(units[0], rules, checking_cases)
        for number, (unit, goal) in enumerate(goals):
            yield self._part(unit, goal, {condition: met_by[number, condition] for condition in _conditions(goal)})

    def _cases_meeting(
        self, unit: UnitUnderTest, rules: Mapping[tuple[int, Condition], Rule], checking_cases: Sequence[Example]
    ) -> dict[tuple[int, Condition], list[str]]:
        program = ground(self.model, _probe(unit, tuple(rules.values())))
        met_by: dict[tuple[int, Condition], list[str]] = {key: [] for key in rules}
        for example in checking_cases:
            for key, holds in zip(rules, _truths(self.model, program, self.facts[example.id]), strict=True):
                if holds:
                    met_by[key].append(example.id)
        return met_by

    def _part(self, unit: UnitUnderTest, goal: CoverageGoal, met_by: Mapping[Condition, Sequence[str]]) -> Part:
        best: tuple[_ObligationResult, ...] = ()
        for alternative in goal.alternatives:
            results = tuple(self._check(unit, result, met_by) for result in alternative)
            if not best or _rank(results) > _rank(best):
                best = results
            if all(result.side.state == "shown" for result in best):
                break
        return Part(
            goal.kind,
            unit.subject,
            goal.words,
            goal.place,
            tuple(self._with_draft(unit, goal, result) for result in best),
        )

    def _check(
        self, unit: UnitUnderTest, obligation: Obligation, met_by: Mapping[Condition, Sequence[str]]
    ) -> _ObligationResult:
        for words, condition in _acceptable_conditions(obligation):
            if met_by[condition]:
                return _ObligationResult(Side(words, "shown", tuple(met_by[condition][:_MOST_CASES_NAMED])), condition)
            if self.search.work > self.run_budget:
                self.stopped = "bound"
                return _ObligationResult(Side(words, "open"), condition)
            exists = self.search.exists(self._existence_query(unit, condition))
            if exists != "no":
                return _ObligationResult(Side(words, "open" if exists == "unknown" else "missing"), condition)
        return _ObligationResult(Side(obligation.words, "impossible"), obligation.condition)

    def _existence_query(self, unit: UnitUnderTest, condition: Condition) -> Program:
        decisions = Decisions(self.model)
        (node,) = decisions.rules(_probe(unit, (unit.restricted_to(condition),)))
        return existence_query(decisions.conditions, node, within=TRUE if unit.constraint else None)

    def _with_draft(self, unit: UnitUnderTest, goal: CoverageGoal, result: _ObligationResult) -> Side:
        """Return a missing side with a draft of a case for it, which may already have been drafted for another side."""
        side, condition = result.side, result.condition
        if side.state != "missing":
            return side
        probe = ground(self.model, _probe(unit, (unit.restricted_to(condition),)))

        def shows(example: Example) -> bool:
            return _truths(self.model, probe, check_facts(self.model, example.facts)) == [True]

        def is_valid(example: Example) -> bool:
            return shows(example) and cases.run(self.pack, example, self.pack.interpret).passed

        for draft in self.drafts:
            if (unit.constraint or not draft.decisions.isdisjoint(unit.decisions)) and shows(draft.example):
                return attrs.evolve(side, by=(draft.id,))
        id_ = unused_id(kebab_case(unit.subject, goal.kind), {*self.facts, *(draft.id for draft in self.drafts)})
        title = f"{unit.subject}: {goal.words}, {side.words}" if goal.kind != "rule" else f"{unit.subject} applies"
        drafts = (
            CaseDraft(id_, title, patient, self._expected(unit, patient))
            for patient in self.search.patients(self._existence_query(unit, condition))
        )
        valid_draft = next((draft for draft in drafts if is_valid(draft.example)), None)
        if valid_draft is None:
            return side
        self.drafts.append(minimized(valid_draft, is_valid))
        return attrs.evolve(side, draft=self.drafts[-1].text())

    def _expected(self, unit: UnitUnderTest, patient: FoundPatient) -> Mapping[str, Any] | str:
        names = unit.decisions[:1] or tuple(self.model.decisions)[:1]
        try:
            outcomes = interpreted(self.pack, patient.facts, names)
        except FactError:
            return "refused"
        return {name: expectation(self.model, outcome, unit.rule.id) for name, outcome in outcomes.items()}


def _conditions(goal: CoverageGoal) -> list[Condition]:
    return [
        condition
        for alternative in goal.alternatives
        for obligation in alternative
        for _, condition in _acceptable_conditions(obligation)
    ]


def _acceptable_conditions(obligation: Obligation) -> Iterator[tuple[str, Condition]]:
    yield obligation.words, obligation.condition
    if obligation.fallback is not None:
        yield f"{obligation.words}, or as near as can be", obligation.fallback


def _rank(results: Sequence[_ObligationResult]) -> tuple[int, int]:
    states = [result.side.state for result in results]
    return -states.count("impossible"), states.count("shown")


def _probe(unit: UnitUnderTest, rules: tuple[Rule, ...]) -> Decision:
    return Decision("", "rules", "", unit.outputs, COLLECT.name, rules)


def _truths(model: Model, program: Program, facts: Facts) -> list[bool | None]:
    truths = situation(model, program, facts).truths
    return [truths[node] for node in program.rules]
