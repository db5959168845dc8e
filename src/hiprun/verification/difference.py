"""Two versions of a pack, compared for every patient: proved equivalent, or every way in which answers change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from hiprun.model.value_notation import notation
from hiprun.pack import Pack
from hiprun.verification.affected_cases import noticed
from hiprun.verification.claims import RuleName
from hiprun.verification.condition_logics import both, either, opposite
from hiprun.verification.decision_comparison import apart, comparable, together
from hiprun.verification.dependency_cones import Cone
from hiprun.verification.difference_kinds import Direction
from hiprun.verification.difference_result import AnswerChange, DecisionDifference, Difference, Equality
from hiprun.verification.run_bounds import Interrupted, Progress, SolverBudget, Stopped, silent
from hiprun.verification.solver import BUDGET, RUN_BUDGET, SolverAnswer, Term
from hiprun.verification.syntactic_difference import followed, notes, output_notes, text_differences
from hiprun.verification.version_pair_context import Patients, Versions
from hiprun.verification.version_pair_encoding import AskedDifference, ProverVersion, ProverVersions, asked_ways
from hiprun.verification.witness_text import case_text, expectation

_MOST_CHANGES = 20
_POSSIBLE: tuple[tuple[str, str], ...] = (("accepted", "refused"), ("refused", "accepted"))


def diff(
    old: Pack, new: Pack, *, budget: int = BUDGET, run_budget: int = RUN_BUDGET, progress: Progress = silent
) -> Difference:
    """Return what differs between two versions of a pack, for every patient that both versions accept.

    If one of them allows no patient at all, only that is compared. `budget` is how much work one question may take, in
    steps of the prover; a question that it is too small for stays open and never counts as the same; so does what is
    left when all questions together have used `run_budget`. `progress` is told how many decisions are done. Ctrl-C
    raises `Interrupted`, a `KeyboardInterrupt` with the difference so far.
    """
    return _Comparison(old, new, SolverBudget(budget, run_budget)).difference(progress)


class _Comparison:
    """One comparison under way."""

    def __init__(self, old: Pack, new: Pack, budget: SolverBudget) -> None:
        self.budget = budget
        self.old, self.new = old, new
        self.versions = Versions(old, new, budget)
        self.noticed = noticed(old, new)
        self.faults: list[str] = []

    def difference(self, progress: Progress) -> Difference:
        """Return everything that differs."""
        found: list[DecisionDifference] = []
        names: list[str] = []
        try:
            if self.old.model.constraints or self.new.model.constraints:
                found.append(self._possible())
            if not self.versions.nobody():
                names += dict.fromkeys([*self.new.decisions, *self.old.decisions])
            for done, name in enumerate(names):
                progress(done, len(names))
                found.append(self._decision(name))
            progress(len(names), len(names))
        except KeyboardInterrupt:
            seen = {each.decision for each in found}
            found += [DecisionDifference(name, "unproved", complete=False) for name in names if name not in seen]
            raise Interrupted(self._result(found, "interrupted")) from None
        return self._result(found, "bound" if self.budget.used_up else "")

    def _result(self, found: Sequence[DecisionDifference], stopped: Stopped) -> Difference:
        changed = {each.decision for each in found if each.status in ("changed", "added", "removed")}
        found = [
            attrs.evolve(each, follows=followed(self.old.model, self.new.model, each.decision, changed))
            if each.status == "changed" and each.decision
            else each
            for each in found
        ]
        titles = [f"{pack.name} {pack.version} ({pack.digest[:12]})" for pack in (self.old, self.new)]
        said = tuple(notes(self.old.model, self.new.model))
        return Difference(titles[0], titles[1], tuple(found), said, tuple(self.faults), stopped)

    # one decision

    def _decision(self, name: str) -> DecisionDifference:
        old, new = self.old.model.decisions.get(name), self.new.model.decisions.get(name)
        if old is None or new is None:
            return DecisionDifference(name, "removed" if new is None else "added", files=self._files(name))
        texts = tuple(text_differences(old, new))
        patients = self.versions.patients(self._cone(name))
        if patients is None or not comparable(old, new):
            note = "Facts or outputs now have another type, so answers cannot be compared."
            return DecisionDifference(name, "incomparable", notes=(note,), files=self._files(name), texts=texts)
        versions = ProverVersions(
            *(ProverVersion(decision, terms) for decision, terms in zip((old, new), patients.terms, strict=True))
        )
        changes, complete = self._changes(patients, versions)
        said = tuple(output_notes(old, new))
        status: Equality = "changed" if changes or said else "equivalent" if complete else "unproved"
        return DecisionDifference(name, status, tuple(changes), said, complete, self._files(name), texts)

    def _cone(self, name: str) -> Cone:
        first, second = (side.cones.of_decision(name) for side in self.versions.sides)
        return first | second

    def _files(self, name: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for side in self.versions.sides:
            if name in side.model.decisions:
                cone, model = side.cones.of_decision(name), side.model
                places = [model.decisions[other].place for other in sorted(cone.decisions)]
                places += [model.derived[other].place for other in sorted(cone.derived)]
                places += [model.parameters[other].place for other in sorted(cone.parameters)]
                found.update(dict.fromkeys(place.file.partition("/")[2] for place in places))
        return tuple(found)

    def _changes(self, patients: Patients, versions: ProverVersions) -> tuple[list[AnswerChange], bool]:
        name = versions.new.decision.name
        aspects = [asked_ways(aspect) for aspect in together(versions)]
        differs = either(way.term for aspect in aspects for way in aspect)
        found: list[AnswerChange | None] = []
        seen: list[Term] = []
        while (asked := patients.ask([differs, *seen])).verdict == "yes" and len(found) < _MOST_CHANGES:
            ways = [way for aspect in aspects for way in aspect if patients.scene.holds(way.term, asked)]
            same = [
                opposite(either(way.term for way in aspect))
                for aspect in aspects
                if not any(way in ways for way in aspect)
            ]
            group = both((*(way.term for way in ways), *same))
            found.append(self._change(patients, name, ways, group, asked))
            seen.append(opposite(group))
        complete = asked.verdict == "no"
        for way in (way for aspect in apart(versions) for way in asked_ways(aspect)):
            asked = patients.ask([way.term])
            complete = complete and asked.verdict != "unknown"
            if asked.verdict == "yes":
                found.append(self._change(patients, name, [way], way.term, asked))
        return [change for change in found if change], complete and None not in found

    def _change(
        self, patients: Patients, name: str, ways: Sequence[AskedDifference], group: Term, asked: SolverAnswer
    ) -> AnswerChange | None:
        """Return a change with an example; None where the interpreter does not confirm it."""
        differences = tuple(way.difference for way in ways)
        what = ", ".join(each.what for each in differences)
        patient = patients.ordinary(asked, [group])
        outcomes = self.versions.outcomes(patient, name)
        if outcomes is None or not all(each.seen(*outcomes) for each in differences):
            self.faults.append(f"The interpreter does not find that `{name}` changes ({what}): {notation(patient)}")
            return None
        rules = self.versions.applied(patient, self._cone(name))
        usual = patients.usual()
        shown = patients.shown(patient)
        expected = {name: expectation(outcomes[1])}
        return AnswerChange(
            what=what,
            direction=_combined([each.direction for each in differences]),
            facts=shown,
            matters=tuple(fact for fact in shown if patient[fact] != usual.get(fact)),
            before=differences[0].shown(outcomes[0]),
            after=differences[0].shown(outcomes[1]),
            rules_before=_only(rules[0], rules[1], name),
            rules_after=_only(rules[1], rules[0], name),
            cases=tuple(
                case
                for case, answers in self.noticed.get(name, {}).items()
                if all(each.seen(*answers) for each in differences)
            ),
            case=case_text(f"{name}-changed".replace("_", "-"), shown, expected),
            kinds=tuple(dict.fromkeys(each.kind for each in differences)),
        )

    # which patients there are

    def _possible(self) -> DecisionDifference:
        cone = Cone()
        for side in self.versions.sides:
            for constraint in side.model.constraints:
                cone |= side.cones.of_condition(constraint.never)
        patients = self.versions.patients(cone, constrained=False)
        if patients is None:
            return DecisionDifference(
                "", "incomparable", notes=("Constraints are about facts that now have another type.",)
            )
        allowed = [
            both(opposite(terms.condition(constraint.never)) for constraint in side.model.constraints)
            for terms, side in zip(patients.terms, self.versions.sides, strict=True)
        ]
        changes: list[AnswerChange] = []
        complete = True
        for (before, after), (first, second) in zip(_POSSIBLE, (allowed, allowed[::-1]), strict=True):
            wanted = [first, opposite(second)]
            asked = patients.ask(wanted)
            complete = complete and asked.verdict != "unknown"
            if asked.verdict == "yes":
                shown = patients.shown(patients.ordinary(asked, wanted))
                changes.append(AnswerChange(f"{before} → {after}", "different", shown, tuple(shown), before, after))
        status: Equality = "changed" if changes else "equivalent" if complete else "unproved"
        return DecisionDifference("", status, tuple(changes), complete=complete)


def _only(rules: Mapping[RuleName, object], others: Mapping[RuleName, object], name: str) -> tuple[RuleName, ...]:
    """Return the rules that the other version does not apply, or has otherwise; else those of the decision itself."""
    found = [rule for rule in rules if rule not in others]
    found = found or [rule for rule, said in rules.items() if others[rule] != said]
    return tuple(found or [rule for rule in rules if rule.decision == name])


def _combined(directions: Sequence[Direction]) -> Direction:
    told = {direction for direction in directions if direction != "different"}
    return told.pop() if len(told) == 1 else "mixed" if told else "different"
