"""What cases, coverage and mutation show, as checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from hiprun.interfaces.reports.checks import Check, of_stopped
from hiprun.testing.coverage import CoverageReport
from hiprun.testing.mutation import MutationReport
from hiprun.testing.mutation.report import FATES
from hiprun.verification.cases import CaseResult


def of_cases(results: Iterable[CaseResult], coverage: CoverageReport | None) -> Iterator[Check]:
    """Yield a check for each case, and for each part of the rules that no case shows."""
    for result in results:
        example = result.example
        place = example.place
        check = Check(place.file, example.id, "case-failed", place=place)
        yield check if result.passed else attrs.evolve(check, level="error", message=str(result))
    for part in coverage.gaps() if coverage else ():
        yield Check("coverage", part.subject, "not-covered", "error", f"No case shows {part.words}.", "", part.place)
    yield from of_stopped(coverage.stopped if coverage else "")


def of_mutants(report: MutationReport) -> Iterator[Check]:
    """Yield a check for each fault that was tried."""
    for number, (mutant, result) in enumerate(report.results, 1):
        check = Check(mutant.subject, f"{number} {mutant.words}", "mutant-survived", place=mutant.place)
        if result.fate in ("survived", "unproved"):
            draft = f"\n{result.draft.text()}" if result.draft else ""
            message = f"{mutant.words}: {FATES[result.fate]}.{draft}"
            check = attrs.evolve(check, level="error", message=message)
        if result.fate != "untried":
            yield check
    yield from of_stopped(report.stopped)
