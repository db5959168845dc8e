"""The cases of a pack against what they have to show."""

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
from hiprun.pack import Pack
from hiprun.testing.case_generation import Draft, FoundPatient, Search, asked, expectation, shortened, unused
from hiprun.testing.case_generation.case_draft import kebab
from hiprun.testing.coverage.obligations import Aim, Wanted, aims
from hiprun.testing.coverage.report import CoverageReport, Part, Side
from hiprun.testing.coverage.units_under_test import Unit, units
from hiprun.verification import cases

_MOST_NAMED = 3


def survey(pack: Pack, *, budget: int = BUDGET) -> CoverageReport:
    """Return what the cases of a pack show of its rules, and for what they do not show a case that would.

    `budget` bounds the search for a patient; beyond it what is missing stays open.
    """
    found = _Survey(pack, budget).parts()
    return CoverageReport(pack.name, pack.version, pack.digest, tuple(found))


@attrs.frozen
class _Looked:
    """What was found of one side, and the condition that a case for it has to meet."""

    side: Side
    condition: Condition


class _Survey:
    def __init__(self, pack: Pack, budget: int) -> None:
        self.pack, self.model = pack, pack.model
        self.search = Search(pack.model, budget)
        self.drafts: list[Draft] = []
        self.facts = {example.id: check_facts(pack.model, example.facts) for example in pack.model.examples}

    def parts(self) -> Iterator[Part]:
        for (decisions, constraint), group in groupby(
            units(self.model), lambda unit: (unit.decisions, unit.constraint)
        ):
            together = list(group)
            checking = [
                example
                for example in self.model.examples
                if constraint or (example.expect != "refused" and not set(decisions).isdisjoint(example.expect))
            ]
            yield from self._of_units(together, checking)

    def _of_units(self, together: Sequence[Unit], checking: Sequence[Example]) -> Iterator[Part]:
        """Yield the parts of units that the same cases check; what these meet is found out for all units at once."""
        wanted = [(unit, aim) for unit in together for aim in aims(self.model, unit)]
        rules = {
            (number, condition): unit.narrowed(condition)
            for number, (unit, aim) in enumerate(wanted)
            for condition in _conditions(aim)
        }
        met = self._met(together[0], rules, checking)
        for number, (unit, aim) in enumerate(wanted):
            yield self._part(unit, aim, {condition: met[number, condition] for condition in _conditions(aim)})

    def _met(
        self, unit: Unit, rules: Mapping[tuple[int, Condition], Rule], checking: Sequence[Example]
    ) -> dict[tuple[int, Condition], list[str]]:
        program = ground(self.model, _probe(unit, tuple(rules.values())))
        met: dict[tuple[int, Condition], list[str]] = {key: [] for key in rules}
        for example in checking:
            for key, holds in zip(rules, _truths(self.model, program, self.facts[example.id]), strict=True):
                if holds:
                    met[key].append(example.id)
        return met

    def _part(self, unit: Unit, aim: Aim, met: Mapping[Condition, Sequence[str]]) -> Part:
        best: tuple[_Looked, ...] = ()
        for way in aim.ways:
            looked = tuple(self._look(unit, one, met) for one in way)
            if not best or _rank(looked) > _rank(best):
                best = looked
            if all(one.side.state == "shown" for one in best):
                break
        return Part(aim.kind, unit.subject, aim.words, aim.place, tuple(self._drafted(unit, aim, one) for one in best))

    def _look(self, unit: Unit, wanted: Wanted, met: Mapping[Condition, Sequence[str]]) -> _Looked:
        for words, condition in _choices(wanted):
            if met[condition]:
                return _Looked(Side(words, "shown", tuple(met[condition][:_MOST_NAMED])), condition)
            exists = self.search.exists(self._question(unit, condition))
            if exists != "no":
                return _Looked(Side(words, "open" if exists == "unknown" else "missing"), condition)
        return _Looked(Side(wanted.words, "impossible"), wanted.condition)

    def _question(self, unit: Unit, condition: Condition) -> Program:
        decisions = Decisions(self.model)
        (node,) = decisions.rules(_probe(unit, (unit.narrowed(condition),)))
        return asked(decisions.conditions, node, within=TRUE if unit.constraint else None)

    def _drafted(self, unit: Unit, aim: Aim, looked: _Looked) -> Side:
        """Return what is missing with the case for it, which may have been drafted for something else already."""
        side, condition = looked.side, looked.condition
        if side.state != "missing":
            return side
        probe = ground(self.model, _probe(unit, (unit.narrowed(condition),)))

        def shows(example: Example) -> bool:
            return _truths(self.model, probe, check_facts(self.model, example.facts)) == [True]

        def works(example: Example) -> bool:
            return shows(example) and cases.run(self.pack, example, self.pack.interpret).passed

        for draft in self.drafts:
            if (unit.constraint or not draft.decisions.isdisjoint(unit.decisions)) and shows(draft.example):
                return attrs.evolve(side, by=(draft.id,))
        id_ = unused(kebab(unit.subject, aim.kind), {*self.facts, *(draft.id for draft in self.drafts)})
        title = f"{unit.subject}: {aim.words}, {side.words}" if aim.kind != "rule" else f"{unit.subject} applies"
        drafts = (
            Draft(id_, title, found, self._expected(unit, found))
            for found in self.search.patients(self._question(unit, condition))
        )
        made = next((draft for draft in drafts if works(draft.example)), None)
        if made is None:
            return side
        self.drafts.append(shortened(made, works))
        return attrs.evolve(side, draft=self.drafts[-1].text())

    def _expected(self, unit: Unit, found: FoundPatient) -> Mapping[str, Any] | str:
        names = unit.decisions[:1] or tuple(self.model.decisions)[:1]
        try:
            outcomes = self.pack.interpret(found.facts, names)
        except FactError:
            return "refused"
        return {name: expectation(self.model, outcome, unit.rule.id) for name, outcome in outcomes.items()}


def _conditions(aim: Aim) -> list[Condition]:
    return [condition for way in aim.ways for wanted in way for _, condition in _choices(wanted)]


def _choices(wanted: Wanted) -> Iterator[tuple[str, Condition]]:
    yield wanted.words, wanted.condition
    if wanted.instead is not None:
        yield f"{wanted.words}, or as near as can be", wanted.instead


def _rank(looked: Sequence[_Looked]) -> tuple[int, int]:
    states = [one.side.state for one in looked]
    return -states.count("impossible"), states.count("shown")


def _probe(unit: Unit, rules: tuple[Rule, ...]) -> Decision:
    return Decision("", "rules", "", unit.outputs, COLLECT.name, rules)


def _truths(model: Model, program: Program, facts: Facts) -> list[bool | None]:
    truths = situation(model, program, facts).truths
    return [truths[node] for node in program.rules]
