"""What has to be read first in a plan: the words of the pack's first decision, or why there are no sessions."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from hiprun.plan.phrases import Explain, PlanVoice, wrapped
from hiprun.plan.plan_data import Reason, Schedule


@attrs.frozen
class Opening:
    """What has to be read first, if anything, and why; without words, the status of the plan says it."""

    words: str = ""
    reasons: tuple[str, ...] = ()


def opening(schedule: Schedule, explain: Explain) -> Opening:
    """Return what has to be read first in a plan, and why, in the words of the rules."""
    first = schedule.first
    reasons = [*first.because] if first else []
    if schedule.reported and schedule.status in ("stop", "refer"):
        reasons += _because(explain(next(step for step in schedule.steps if step.date >= schedule.reported)))
    elif schedule.reported and schedule.status == "held":
        reasons += _because(explain(next(day for day in schedule.days if day.date >= schedule.reported)))
    return Opening(first.words if first else "", tuple(dict.fromkeys(reasons)))


def opening_lines(schedule: Schedule, voice: PlanVoice) -> Iterator[str]:
    """Yield what has to be read first as lines, with an empty one after them; none if there is nothing."""
    found = opening(schedule, voice.why)
    if found.words:
        yield from wrapped(found.words)
    elif found.reasons:
        yield from wrapped(voice.status_sentence(schedule.status))
    for reason in found.reasons:
        yield from wrapped(reason, "  ")
    if found.words or found.reasons:
        yield ""


def opening_text(schedule: Schedule, voice: PlanVoice) -> str:
    """Return what has to be read first as one line; empty if there is nothing."""
    found = opening(schedule, voice.why)
    words = found.words or (voice.status_sentence(schedule.status) if found.reasons else "")
    return " ".join(filter(None, (f"{words.rstrip('.')}." if words else "", *found.reasons)))


def _because(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.because for reason in reasons if reason.because]
