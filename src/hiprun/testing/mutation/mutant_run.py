"""One mutant on trial: the cases that could notice it, and if none does, whether anybody could."""

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
from hiprun.pack import Pack, grounded
from hiprun.testing.case_generation import Draft, FoundPatient, Search, expectation, shortened
from hiprun.testing.case_generation.case_draft import kebab, limit_said
from hiprun.testing.mutation.equivalence import of_constraints, of_decision
from hiprun.testing.mutation.mutants import Mutant
from hiprun.testing.mutation.report import Fate, MutantResult
from hiprun.verification import cases


@attrs.frozen
class _Case:
    """An example, its facts checked once for all mutants, and what fires in the decisions it speaks of."""

    place: int
    example: Example
    facts: Facts
    fired: Mapping[str, frozenset[str]]

    def rank(self, mutant: Mutant) -> tuple[int, int]:
        """Return how early this case is tried: where the faulty rule fires first, then about the same decision."""
        own = [fired for name, fired in self.fired.items() if name in mutant.decisions]
        return (0 if any(mutant.rule in fired for fired in own) else 1 if own else 2), self.place


def _answers(pack: Pack, facts: Facts, _: Mapping[str, object], names: Iterable[str]) -> dict[str, Outcome]:
    """Return what the interpreter says of facts that are checked and possible already."""
    return {name: Outcome(infer(pack.model, grounded(pack, name), facts)) for name in names}


class Court:
    """Tries the mutants of one model."""

    def __init__(self, model: Model, budget: int = BUDGET) -> None:
        self.model, self.budget = model, budget
        self.pack = Pack(model)
        self.uses = Uses(model)
        self.search = Search(model, budget)
        self._cases = [
            _Case(place, example, check_facts(model, example.facts), self._fired(example))
            for place, example in enumerate(model.examples)
        ]

    def _fired(self, example: Example) -> dict[str, frozenset[str]]:
        if example.expect == "refused":
            return {}
        outcomes = self.pack.evaluate(example.facts, example.expect)
        return {name: frozenset(outcome.fired) for name, outcome in outcomes.items()}

    def trial(self, mutant: Mutant) -> MutantResult:
        """Return what becomes of a mutant."""
        pack = Pack(mutant.model)
        for case, example in self._witnesses(mutant):
            answers = pack.interpret if mutant.constrains else partial(_answers, pack, case.facts)
            if not cases.run(pack, example, answers).passed:
                return MutantResult("killed", example.id)
        fates = [self._unnoticed(mutant, pack, name, program) for name, program in self._questions(mutant)]
        for fate in ("survived", "unproved"):
            for verdict in fates:
                if verdict.fate == fate:
                    return verdict
        return MutantResult("equivalent")

    def _witnesses(self, mutant: Mutant) -> Iterator[tuple[_Case, Example]]:
        """Yield the cases that could notice a mutant, the likeliest first, reduced to what they expect there."""
        concerned = frozenset(self.uses.leaning_on(mutant.decisions))
        found = [case for case in self._cases if mutant.constrains or not concerned.isdisjoint(case.fired)]
        for case in sorted(found, key=lambda case: case.rank(mutant)):
            example = case.example
            if example.expect != "refused" and not mutant.constrains:
                expect = {name: said for name, said in example.expect.items() if name in concerned}
                example = attrs.evolve(example, expect=expect)
            yield case, example

    # those that no case noticed

    def _questions(self, mutant: Mutant) -> Iterator[tuple[str, Program]]:
        if mutant.constrains:
            yield "", of_constraints(self.model, mutant.model)
        for name in mutant.decisions:
            yield name, of_decision(self.model, mutant.model, name)

    def _unnoticed(self, mutant: Mutant, pack: Pack, name: str, program: Program) -> MutantResult:
        exists = self.search.exists(program)
        if exists == "no" and name and HIT_POLICIES[self.model.decisions[name].hit].gives == "limits":
            exists = self.search.exists(of_decision(self.model, mutant.model, name, visible=False))
            return MutantResult(_FATES[exists])
        if exists == "yes":
            return MutantResult("survived", draft=self._draft(mutant, pack, name, program))
        return MutantResult(_FATES[exists])

    def _draft(self, mutant: Mutant, pack: Pack, name: str, program: Program) -> Draft | None:
        """Return the shortest case found that holds on the model and fails on the mutant, by the interpreter's word."""

        def works(example: Example) -> bool:
            holds = cases.run(self.pack, example, self.pack.interpret).passed
            return holds and not cases.run(pack, example, pack.interpret).passed

        id_, title = kebab(mutant.subject, mutant.kind), mutant.words.replace("`", "")
        drafts = (
            Draft(id_, title, found, self._expected(pack, name, found)) for found in self.search.patients(program)
        )
        draft = next((draft for draft in drafts if draft.expect and works(draft.example)), None)
        return shortened(draft, works) if draft else None

    def _expected(self, pack: Pack, name: str, found: FoundPatient) -> Mapping[str, Any] | str:
        """Return what the model says of a patient and the mutant does not."""
        names = [name] if name else list(self.model.decisions)[:1]
        try:
            before = self.pack.interpret(found.facts, names)
        except FactError:
            return "refused"
        try:
            after = pack.interpret(found.facts, names)
        except FactError:
            return {one: expectation(self.model, outcome) for one, outcome in before.items()}
        said = {one: telling(self.model.decisions[one], before[one], after[one]) for one in names}
        return {one: parts for one, parts in said.items() if parts}


_FATES: Mapping[str, Fate] = {"yes": "survived", "no": "equivalent", "unknown": "unproved"}


def telling(decision: Decision, before: Outcome, after: Outcome) -> dict[str, Any]:
    """Return what can be expected of one outcome that does not hold of another; nothing if they are alike."""
    gives = HIT_POLICIES[decision.hit].gives
    if gives != "answer" and "conflict" not in (before.status, after.status):
        make = _telling_lists if gives == "items" else _telling_limits
        return make(decision, before, after)
    if before.status != "decided" or gives != "answer":
        return {"status": before.status} if after.status != before.status else {}
    was, now = before.possible[0], after.possible[0] if after.status == "decided" else {}
    found: dict[str, Any] = {name: value for name, value in was.items() if now.get(name) != value}
    unmet, unmet_now = (
        [criterion.id for criterion in outcome.criteria if criterion.status == "unmet"] for outcome in (before, after)
    )
    return {**found, "unmet": unmet} if unmet != unmet_now else found


def _telling_lists(decision: Decision, before: Outcome, after: Outcome) -> dict[str, Any]:
    was, now = ({item.rule: item for item in outcome.items} for outcome in (before, after))
    found: dict[str, Any] = {}
    for certainty in ("certain", "excluded"):
        ids = [id_ for id_, item in was.items() if item.certainty == certainty]
        other = [id_ for id_ in ids if id_ not in now or now[id_].certainty != certainty]
        if other:
            found[certainty] = other
    if not found:
        for output in decision.outputs:
            lists = [
                [item.outputs[output.name] for item in side.values() if _gives(item, output.name)]
                for side in (was, now)
            ]
            if lists[0] != lists[1]:
                found[output.name] = lists[0]
    return found


def _gives(item: Any, output: str) -> bool:
    return item.certainty == "certain" and output in item.outputs


def _telling_limits(_: Decision, before: Outcome, after: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for was, now in zip(before.limits, after.limits, strict=True):
        sides = [side for side in ("at_least", "at_most") if getattr(was, side) != getattr(now, side)]
        differs = sides or was.verdict != now.verdict
        found[was.quantity] = limit_said(was, sides) if differs else {}
    return {quantity: parts for quantity, parts in found.items() if parts}
