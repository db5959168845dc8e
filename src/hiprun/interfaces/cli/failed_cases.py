"""Failed cases, grouped by cause: a fact that is unknown, or the rules that fired instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import attrs

from hiprun.interfaces.cli.console import counted
from hiprun.verification.cases import CaseResult

MOST_IN_FULL = 3


@attrs.frozen
class Cause:
    """A cause of failures as a sentence, and the cases; the sentence is empty for a single case."""

    sentence: str
    results: tuple[CaseResult, ...]

    def case_lines(self) -> Iterator[str]:
        """Yield the first few cases in full, and the places of the others."""
        indent = "  " if self.sentence else ""
        for result in self.results[:MOST_IN_FULL]:
            yield from (f"{indent}{line}" for line in str(result).split("\n"))
        for result in self.results[MOST_IN_FULL:]:
            yield f"{indent}{result.example.place}: {result.example.id}"


def causes(failed: Sequence[CaseResult]) -> list[Cause]:
    """Return the causes of failed cases, the most frequent first."""
    remaining, found_causes = list(failed), []
    while needs := Counter(fact for result in remaining for fact in dict.fromkeys(_needs(result))):
        fact, _ = needs.most_common(1)[0]
        same_cause = tuple(result for result in remaining if fact in _needs(result))
        remaining = [result for result in remaining if result not in same_cause]
        found_causes.append(Cause(_unknown_fact_sentence(fact, same_cause) if len(same_cause) > 1 else "", same_cause))
    by_sentence: dict[str, list[CaseResult]] = {}
    for result in remaining:
        by_sentence.setdefault(_failure_sentence(result), []).append(result)
    for sentence, same_sentence in by_sentence.items():
        heading = f"{counted(len(same_sentence), 'case')}: {sentence}" if len(same_sentence) > 1 else ""
        found_causes.append(Cause(heading, tuple(same_sentence)))
    return sorted(found_causes, key=lambda cause: -len(cause.results))


def _needs(result: CaseResult) -> tuple[str, ...]:
    return tuple(fact for failure in result.failures for fact in failure.needs)


def _unknown_fact_sentence(fact: str, results: Sequence[CaseResult]) -> str:
    sentence = f"{counted(len(results), 'case')} became undetermined because `{fact}` is unknown"
    patients = Counter(patient for result in results if (patient := result.example.patient))
    if not patients:
        return f"{sentence}."
    patient_names = [
        f"`{patient.name}` ({patient.place.file}:{patient.place.line})" for patient, _ in patients.most_common(3)
    ]
    if len(patient_names) == 1:
        return f"{sentence}; the patient {patient_names[0]} does not give it."
    further = f" and {len(patients) - len(patient_names)} more" if len(patients) > len(patient_names) else ""
    return f"{sentence}; the patients {', '.join(patient_names)}{further} do not give it."


def _failure_sentence(result: CaseResult) -> str:
    """Return what a case has in common with others that fail for the same reason."""
    first = result.failures[0]
    return f"{first.headline}; fired: {first.fired or 'no rule'}." if first.outcome else first.headline
