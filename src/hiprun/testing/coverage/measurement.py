"""The measurement of coverage: which obligations the cases of a pack meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import attrs

from hiprun.errors import FactError
from hiprun.inference.circuit import TRUE
from hiprun.inference.facts import Facts, check_facts
from hiprun.inference.grounding import Program
from hiprun.inference.grounding.decisions import Decisions
from hiprun.inference.hit_policies import COLLECT
from hiprun.inference.infer import BUDGET
from hiprun.inference.partial_assignment import situation
from hiprun.model import Condition, Decision, Example, Model, reach
from hiprun.pack import Pack, interpreted
from hiprun.testing.case_generation import (
    MINIMIZING_BUDGET,
    CaseDraft,
    FoundPatient,
    PatientSearch,
    existence_query,
    expectation,
    minimized,
    probe,
    unused_id,
)
from hiprun.testing.case_generation.case_draft import kebab_case
from hiprun.testing.coverage.obligations import CoverageGoal, Obligation, coverage_goals
from hiprun.testing.coverage.report import CoverageReport, Part, Side
from hiprun.testing.coverage.units_under_test import UnitUnderTest, units_under_test
from hiprun.verification import cases
from hiprun.verification.run_bounds import Interrupted, Progress, Stopped, silent

_MOST_CASES_NAMED = 3

_DRAFT_BUDGET = 5_000
"""How many steps it may take to see what a drafted case can expect."""

_MOST_TOO_OPEN = 3
"""After so many drafts with too little known to tell, further ones on the same decision know everything."""

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
        self.drafts: list[tuple[CaseDraft, Facts]] = []
        self.too_open: Counter[str] = Counter()
        self.facts = {example.id: check_facts(pack.model, example.facts) for example in pack.model.examples}

    def parts(self, progress: Progress) -> Iterator[list[Part]]:
        """Yield the parts of one unit after the other."""
        all_units = list(units_under_test(self.model))
        units_done = 0
        for (decisions, constraint), group in groupby(all_units, lambda unit: (unit.decisions, unit.constraint)):
            checking_cases = [
                example
                for example in self.model.examples
                if constraint or (example.expect != "refused" and not set(decisions).isdisjoint(example.expect))
            ]
            for parts in self._group_parts(list(group), checking_cases):
                progress(units_done, len(all_units))
                yield parts
                units_done += 1
        progress(units_done, units_done)

    def _group_parts(self, units: Sequence[UnitUnderTest], checking_cases: Sequence[Example]) -> Iterator[list[Part]]:
        """Yield the parts of units that are checked by the same cases, which are evaluated once for all these units."""
        goals = [(unit, goal) for unit in units for goal in coverage_goals(self.model, unit)]
        evidence = _Evidence(self.model, goals)
        met_by: dict[Key, list[str]] = {key: [] for key in evidence.keys}
        for example in checking_cases:
            for key in evidence.met(self.facts[example.id]):
                met_by[key].append(example.id)
        for unit, group in groupby(enumerate(goals), lambda entry: entry[1][0]):
            found: list[Part] = []
            for number, (_, goal) in group:
                met = {condition: met_by[number, condition] for condition in _conditions(goal)}
                found.append(self._part(unit, goal, met, evidence, number))
            yield found

    def _part(
        self,
        unit: UnitUnderTest,
        goal: CoverageGoal,
        met_by: Mapping[Condition, Sequence[str]],
        evidence: _Evidence,
        number: int,
    ) -> Part:
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
            tuple(self._with_draft(unit, goal, result, evidence, number) for result in best),
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
        (node,) = decisions.rules(_probe_decision(unit, condition))
        return existence_query(decisions.conditions, node, within=TRUE if unit.constraint else None)

    def _with_draft(
        self, unit: UnitUnderTest, goal: CoverageGoal, result: _ObligationResult, evidence: _Evidence, number: int
    ) -> Side:
        """Return a missing side with a draft of a case for it, which may already have been drafted for another side."""
        side, condition = result.side, result.condition
        if side.state != "missing":
            return side
        for draft, facts in self.drafts:
            is_checked = unit.constraint or not draft.decisions.isdisjoint(unit.decisions)
            if is_checked and (number, condition) in evidence.met(facts):
                return attrs.evolve(side, by=(draft.id,))
        if self.search.work > self.run_budget:
            self.stopped = "bound"
            return side
        shows = probe(self.model, [unit.restricted_to(condition)], unit.outputs)

        def is_valid(example: Example, budget: int = self.search.budget) -> bool:
            truths = situation(self.model, shows, check_facts(self.model, example.facts)).truths
            interpret = partial(self.pack.interpret, budget=budget)
            return truths[shows.rules[0]] is True and cases.run(self.pack, example, interpret).passed

        used_ids = {*self.facts, *(draft.id for draft, _ in self.drafts)}
        id_ = unused_id(kebab_case(unit.subject, goal.kind), used_ids)
        title = f"{unit.subject}: {goal.words}, {side.words}" if goal.kind != "rule" else f"{unit.subject} applies"
        drafts = (
            CaseDraft(id_, title, patient, expected)
            for patient in self.search.patients(self._existence_query(unit, condition), self._facts_of(unit))
            if (expected := self._expected(unit, patient)) is not None
        )
        valid_draft = next((draft for draft in drafts if is_valid(draft.example)), None)
        if valid_draft is None:
            return side
        draft = minimized(valid_draft, partial(is_valid, budget=MINIMIZING_BUDGET), self.pack)
        self.drafts.append((draft, check_facts(self.model, draft.example.facts)))
        return attrs.evolve(side, draft=draft.text())

    def _facts_of(self, unit: UnitUnderTest) -> set[str]:
        """Return the facts that the decision depends on for which a draft has expectations."""
        reached = reach(self.model, self.model.decisions[self._checked_decision(unit)].refs())
        return {ref.name for ref in reached if ref.kind == "fact"}

    def _checked_decision(self, unit: UnitUnderTest) -> str:
        return (unit.decisions[:1] or tuple(self.model.decisions)[:1])[0]

    def _expected(self, unit: UnitUnderTest, patient: FoundPatient) -> Mapping[str, Any] | str | None:
        """Return what a case about a patient can expect; None if too much is unknown to tell what the answer is."""
        name = self._checked_decision(unit)
        knows_everything = patient.facts.keys() >= self._facts_of(unit)
        if self.too_open[name] > _MOST_TOO_OPEN and not knows_everything:
            return None
        try:
            outcome = interpreted(self.pack, patient.facts, [name], budget=_DRAFT_BUDGET)[name]
        except FactError:
            return "refused"
        if not outcome.exact:
            self.too_open[name] += 1
            return None
        return {name: expectation(self.model, outcome, unit.rule.id)}


Key = tuple[int, Condition]
"""A goal, by its number, and a condition that a case has to meet for it."""


class _Evidence:
    """Which of the conditions in some goals a patient meets."""

    def __init__(self, model: Model, goals: Sequence[tuple[UnitUnderTest, CoverageGoal]]) -> None:
        self.model = model
        rules = {
            (number, condition): unit.restricted_to(condition)
            for number, (unit, goal) in enumerate(goals)
            for condition in _conditions(goal)
        }
        self.keys: Sequence[Key] = list(rules)
        self._program = probe(model, list(rules.values()), goals[0][0].outputs)
        self._met: dict[int, set[Key]] = {}

    def met(self, facts: Facts) -> set[Key]:
        """Return the conditions that a patient meets, whatever the unknown facts are."""
        found = self._met.get(id(facts))
        if found is None:
            truths = situation(self.model, self._program, facts).truths
            nodes = zip(self.keys, self._program.rules, strict=True)
            found = self._met[id(facts)] = {key for key, node in nodes if truths[node]}
        return found


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


def _probe_decision(unit: UnitUnderTest, condition: Condition) -> Decision:
    return Decision("", "rules", "", unit.outputs, COLLECT.name, (unit.restricted_to(condition),))
