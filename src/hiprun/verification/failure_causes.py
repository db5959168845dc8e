"""Why cases fail: failed cases grouped by what they have in common, and what would mend most of them at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

import attrs

from hiprun.model import NamedPatient
from hiprun.pack import Pack
from hiprun.verification.cases import CaseResult, Failure
from hiprun.verification.changed_rules import ChangedRule, changed_rule
from hiprun.verification.failure_mends import Mend, Trials
from hiprun.verification.witness_text import listed

CauseKind: TypeAlias = Literal["unknown", "rule", "answer"]
"""A fact that is not given; a rule that a change of the rules makes fire or not; any other difference."""

_MOST_PATIENTS = 3


@attrs.frozen
class FailureCause:
    """What several failed cases have in common.

    `facts` are those that are not given, `patients` the named patients that lack them, with the number of cases that
    start from each; `mends` are facts to add, those that help most first. `rule` is the rule that a change has made
    fire, or no longer fire. `headline` is what the first failure of every case says, if the cause is neither.
    """

    kind: CauseKind
    results: tuple[CaseResult, ...]
    facts: tuple[str, ...] = ()
    patients: tuple[tuple[NamedPatient, int], ...] = ()
    mends: tuple[Mend, ...] = ()
    rule: ChangedRule | None = None
    headline: str = ""

    @property
    def sentence(self) -> str:
        """The cause in words; empty for a single case that says everything itself."""
        return " ".join(filter(None, (self.reason, *(mend.sentence for mend in self.mends))))

    @property
    def reason(self) -> str:
        """The cause in words, without what would mend it."""
        count = _counted(len(self.results), "case")
        verb = "is" if len(self.results) == 1 else "are"
        if self.kind == "unknown":
            return f"{count} {verb} undetermined because {_unknown(self.facts)}{self._missing_in()}."
        if self.rule is not None:
            verb = "gets" if len(self.results) == 1 else "get"
            return f"{count} {verb} another answer because {self.rule.sentence}."
        return f"{count}: {self.headline}" if len(self.results) > 1 else ""

    def to_dict(self) -> dict[str, Any]:
        """Return the cause as plain data for JSON."""
        return {
            "kind": self.kind,
            "reason": self.reason,
            "cases": [result.example.id for result in self.results],
            "facts": list(self.facts),
            "patients": {patient.name: count for patient, count in self.patients},
            "mends": [mend.to_dict() for mend in self.mends],
            "rule": self.rule.to_dict() if self.rule else None,
        }

    def _missing_in(self) -> str:
        if not self.patients:
            return ""
        names = [f"`{patient.name}` ({patient.place.file}:{patient.place.line})" for patient, _ in self.patients]
        it = "it" if len(self.facts) == 1 else "them"
        if len(names) == 1:
            return f"; the patient {names[0]} does not give {it}"
        if len(names) > _MOST_PATIENTS:
            names = [*names[:_MOST_PATIENTS], f"{len(names) - _MOST_PATIENTS} more"]
        return f"; the patients {', '.join(names[:-1])} and {names[-1]} do not give {it}"


def failure_causes(pack: Pack, failed: Sequence[CaseResult], before: Pack | None = None) -> tuple[FailureCause, ...]:
    """Return the causes of failed cases of a pack, the most frequent first.

    `before` is the pack before it was changed: cases for which a rule fires now and did not then, or the other way
    round, have that rule as their cause.
    """
    remaining = list(failed)
    trials = Trials(pack)
    causes: list[FailureCause] = []
    while needed := Counter(fact for result in remaining for fact in dict.fromkeys(_needs(result))):
        fact, _ = needed.most_common(1)[0]
        lacking = [result for result in remaining if fact in _needs(result)]
        remaining = [result for result in remaining if result not in lacking]
        cause = _unknown_facts(trials, lacking, remaining)
        remaining = [result for result in remaining if result not in cause.results]
        causes.append(cause)
    causes += _by_rule_or_answer(pack, remaining, before)
    return tuple(sorted(causes, key=lambda cause: -len(cause.results)))


def _needs(result: CaseResult) -> tuple[str, ...]:
    return tuple(fact for failure in result.failures for fact in failure.needs)


def _unknown_facts(trials: Trials, lacking: list[CaseResult], others: Sequence[CaseResult]) -> FailureCause:
    """Return the cause of cases that all lack a fact; cases that the same mend helps belong to them."""
    facts = [fact for fact in dict.fromkeys(_needs(lacking[0])) if all(fact in _needs(result) for result in lacking)]
    patients = Counter(result.example.patient for result in lacking if result.example.patient)
    mends = tuple(trials.mends(facts, lacking, others))
    results = [*lacking, *(result for result in others if any(result.example.id in mend.mended for mend in mends))]
    return FailureCause("unknown", tuple(results), tuple(facts), tuple(patients.most_common()), mends)


def _by_rule_or_answer(pack: Pack, failed: Sequence[CaseResult], before: Pack | None) -> Iterator[FailureCause]:
    by_rule: dict[ChangedRule, list[CaseResult]] = {}
    by_headline: dict[str, list[CaseResult]] = {}
    for result in failed:
        rule = changed_rule(before, pack, result.example, _decisions(result)) if before else None
        if rule:
            by_rule.setdefault(rule, []).append(result)
        else:
            by_headline.setdefault(_headline(result.failures[0]), []).append(result)
    for rule, results in by_rule.items():
        yield FailureCause("rule", tuple(results), rule=rule)
    for headline, results in by_headline.items():
        yield FailureCause("answer", tuple(results), headline=headline)


def _decisions(result: CaseResult) -> list[str]:
    return list(dict.fromkeys(failure.decision for failure in result.failures if failure.decision))


def _headline(failure: Failure) -> str:
    """Return what a failure has in common with others that have the same reason."""
    return f"{failure.headline}; fired: {failure.fired or 'no rule'}." if failure.outcome else failure.headline


def _unknown(facts: Sequence[str]) -> str:
    return f"{listed(facts)} {'is' if len(facts) == 1 else 'are'} unknown"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
