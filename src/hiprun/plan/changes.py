"""What a new plan has otherwise than the one before, and which rules asked for it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from hiprun.plan.schedule import Change, Day, Schedule, Step


def changes(before: Schedule, after: Schedule, since: datetime.date) -> Iterator[Change]:
    """Yield each day from `since` on that holds something else, in order."""
    asked = next((step for step in after.steps if step.date == since and step.step != "advance"), None)
    for old, new in zip(before.days, after.days, strict=False):
        if new.date >= since and (old.activity, old.amounts) != (new.activity, new.amounts):
            yield Change(old, new, _rules(old, new, asked))


def _rules(old: Day, new: Day, asked: Step | None) -> tuple[str, ...]:
    """Return what asked for a change: the rules of a day that loses its session, else those of the step taken."""
    if asked is None or (old.is_session and not new.is_session):
        return new.rules
    return asked.rules
