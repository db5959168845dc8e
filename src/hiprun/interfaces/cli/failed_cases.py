"""Failed cases as text for people, grouped by cause."""

from __future__ import annotations

from collections.abc import Iterator

from hiprun.inference.outcome_text import wrapped
from hiprun.interfaces.cli.console import counted
from hiprun.verification.effect_on_cases import EffectOnCases
from hiprun.verification.failure_causes import FailureCause

MOST_IN_FULL = 3
MOST_LISTED = 10


def cause_lines(cause: FailureCause) -> Iterator[str]:
    """Yield a cause, its first few cases in full, the places of some others, and how many more there are."""
    heading = list(wrapped(cause.sentence)) if cause.sentence else []
    yield from heading
    indent = "  " if heading else ""
    for result in cause.results[:MOST_IN_FULL]:
        yield from (f"{indent}{line}" for line in str(result).split("\n"))
    for result in cause.results[MOST_IN_FULL:MOST_LISTED]:
        yield f"{indent}{result.example.place}: {result.example.id}"
    if len(cause.results) > MOST_LISTED:
        yield f"{indent}… and {len(cause.results) - MOST_LISTED} more; --json lists all of them"


def effect_paragraphs(effect: EffectOnCases) -> Iterator[str]:
    """Yield what a change does to the cases of a pack, paragraph by paragraph: first how many fail, then why."""
    cases = counted(effect.ran, "case")
    if not effect.failed:
        again = f"; {counted(len(effect.mended), 'case')} failed before" if effect.mended else ""
        yield f"Cases of the new version: all {effect.ran} hold{again}."
        return
    before = f"; {len(effect.failed_before)} of them failed before" if effect.failed_before else ""
    yield f"Cases of the new version: {len(effect.failed)} of {cases} fail{before}."
    for cause in effect.causes:
        yield "\n".join(cause_lines(cause))
