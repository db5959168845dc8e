"""Cases that failed, put together by what they have in common: what is not known, or the rules that fired instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import attrs

from hiprun.interfaces.cli.console import counted
from hiprun.verification.cases import CaseResult

MOST_IN_FULL = 3


@attrs.frozen
class Cause:
    """Why cases failed, in a sentence, and these cases; the sentence is empty where a case stands alone."""

    sentence: str
    results: tuple[CaseResult, ...]

    def case_lines(self) -> Iterator[str]:
        """Yield the first of the cases in full, and of the others where they stand."""
        indent = "  " if self.sentence else ""
        for result in self.results[:MOST_IN_FULL]:
            yield from (f"{indent}{line}" for line in str(result).split("\n"))
        for result in self.results[MOST_IN_FULL:]:
            yield f"{indent}{result.example.place}: {result.example.id}"


def causes(failed: Sequence[CaseResult]) -> list[Cause]:
    """Return failed cases by cause, the cause of most of them first."""
    left, found = list(failed), []
    while needs := Counter(fact for result in left for fact in dict.fromkeys(_needs(result))):
        fact, _ = needs.most_common(1)[0]
        together = tuple(result for result in left if fact in _needs(result))
        left = [result for result in left if result not in together]
        found.append(Cause(_unknown(fact, together) if len(together) > 1 else "", together))
    alike: dict[str, list[CaseResult]] = {}
    for result in left:
        alike.setdefault(_instead(result), []).append(result)
    for sentence, others in alike.items():
        said = f"{counted(len(others), 'case')}: {sentence}" if len(others) > 1 else ""
        found.append(Cause(said, tuple(others)))
    return sorted(found, key=lambda cause: -len(cause.results))


def _needs(result: CaseResult) -> tuple[str, ...]:
    return tuple(fact for failure in result.failures for fact in failure.needs)


def _unknown(fact: str, results: Sequence[CaseResult]) -> str:
    sentence = f"{counted(len(results), 'case')} became undetermined because `{fact}` is unknown"
    patients = Counter(patient for result in results if (patient := result.example.patient))
    if not patients:
        return f"{sentence}."
    said = [f"`{patient.name}` ({patient.place.file}:{patient.place.line})" for patient, _ in patients.most_common(3)]
    if len(said) == 1:
        return f"{sentence}; the patient {said[0]} does not say it."
    more = f" and {len(patients) - len(said)} more" if len(patients) > len(said) else ""
    return f"{sentence}; the patients {', '.join(said)}{more} do not say it."


def _instead(result: CaseResult) -> str:
    """Return what a case has in common with others that fail for the same reason."""
    first = result.failures[0]
    return f"{first.headline}; fired: {first.fired or 'no rule'}." if first.outcome else first.headline
