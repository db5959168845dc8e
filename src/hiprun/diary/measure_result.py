"""The result of a measure: a value, bounds or nothing, with the entries behind it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from hiprun.diary.entry_validation import Entry
from hiprun.diary.index import Note
from hiprun.model import Number


@attrs.frozen
class Measured:
    """A value in terms of the model, bounds such as `{"at_least": 3}`, or None with the reason why nothing is known."""

    value: Any
    entries: tuple[Entry, ...] = ()
    reason: str = ""


def known(value: Any, notes: Iterable[Note] = ()) -> Measured:
    """Return a result that is known exactly."""
    return Measured(value, tuple(note.entry for note in notes))


def unknown(reason: str, notes: Iterable[Note] = ()) -> Measured:
    """Return a result about which nothing is known, with the reason; `notes` are the ones that leave it open."""
    return Measured(None, tuple(note.entry for note in notes), reason)


def between(low: Number | None, high: Number | None, notes: Iterable[Note], reason: str) -> Measured:
    """Return a result between two numbers; None means that there is no such bound."""
    if low is not None and low == high:
        return known(low, notes)
    bounds = {side: bound for side, bound in (("at_least", low), ("at_most", high)) if bound is not None}
    return Measured(bounds or None, tuple(note.entry for note in notes), reason)
