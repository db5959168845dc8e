"""An index of checked entries: by kind, within a window, and which days have no information."""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from hiprun.diary.entry_conditions import amount, asked
from hiprun.diary.entry_validation import Entry
from hiprun.diary.timestamps import Moment
from hiprun.inference.operators import Truth
from hiprun.model import Diary, DiaryMeasure, Domain, Literal_, Number, Silence, Window

_WEEK = 7


@attrs.frozen
class Span:
    """The days of a window, both included, and the entry at which it begins, if it begins with one.

    `open_end`: days of it are still to come. `open_start`: it begins before the diary does.
    """

    first: int
    last: int
    start: Entry | None = None
    open_end: bool = False
    open_start: bool = False

    def holds(self, entry: Entry) -> bool:
        """Whether an entry is in the window."""
        if self.start is not None and _key(entry) < _key(self.start):
            return False
        return self.first <= entry.day <= self.last


@attrs.frozen
class Note:
    """An entry in a window: the value of the measured field, and whether the entry certainly counts."""

    entry: Entry
    value: Any
    sure: bool = True


@attrs.frozen
class Notes:
    """The notes that a measure is computed from, in order of time. `complete`: nothing that would count can be missing.

    `passed_over`: there are entries that do not count.
    """

    notes: tuple[Note, ...]
    span: Span
    complete: bool
    passed_over: bool


@attrs.frozen
class Book:
    """A diary as of a moment. `began` is the day of its first entry; entries of each kind are in order of time."""

    diary: Diary
    now: Moment
    entries: Mapping[str, Sequence[Entry]]
    began: int | None
    parameters: Mapping[str, Number]

    @property
    def today(self) -> int:
        """The day of that moment."""
        return self.now.day

    def domain(self, recorded: DiaryMeasure) -> Domain:
        """Return the domain of the fields that a fact is measured from."""
        entry, field = recorded.fields[0]
        return self.diary.entries[entry].fields[field]

    def option(self, recorded: DiaryMeasure, name: str, default: Number = 0) -> Number:
        """Return the value of an option of the measure."""
        formula: Any = recorded.options.get(name)
        number = None if formula is None else amount(formula, self.parameters, {})
        return default if number is None else number

    def last(self, kind: str) -> Entry | None:
        """Return the last entry of a kind."""
        return self.entries[kind][-1] if self.entries[kind] else None

    def span(self, window: Window) -> Span:
        """Return the days of a window."""
        today = self.today
        monday = today - (datetime.date.fromordinal(today).weekday() - self.diary.week_starts) % _WEEK
        match window.kind:
            case "today":
                return Span(today, today)
            case "days":
                return Span(today - window.number + 1, today)
            case "this_week":
                return Span(monday, today, open_end=today < monday + _WEEK - 1)
            case "this_week_so_far":
                return Span(monday, today)
            case "week_before":
                return Span(monday - _WEEK, monday - 1)
            case "since":
                last = self.last(window.entry)
                return Span(last.day, today, last) if last else Span(self._start(), today, open_start=True)
            case _:
                return Span(self._start(), today)

    def _start(self) -> int:
        """Return the first day with an entry."""
        days = [entries[0].day for entries in self.entries.values() if entries]
        return min([self.today, *days])

    def notes(self, recorded: DiaryMeasure, over: Window | None = None) -> Notes:
        """Return what `recorded` measures; notes from several kinds of entries are merged in order of time."""
        span = self.span(over or recorded.over)
        complete, passed_over = not span.open_end, False
        found: list[Note] = []
        for kind, field in recorded.fields:
            counts = self.counts(recorded.where, kind)
            ignored = self.silence(recorded, kind) == "left_out"
            for entry in self._between(kind, span):
                sure = counts(entry.values)
                if sure is False or (sure is None and ignored):
                    passed_over = True
                else:
                    found.append(Note(entry, entry.values.get(field) if field else True, sure is True))
            if not ignored:
                complete = complete and not self._is_missing(recorded, kind, span)
        if len(recorded.fields) > 1:
            found.sort(key=lambda note: _key(note.entry))
        return Notes(tuple(found), span, complete, passed_over)

    def _between(self, kind: str, span: Span) -> Sequence[Entry]:
        entries = self.entries[kind]
        low = bisect.bisect_left(entries, span.first, key=lambda entry: entry.day)
        high = bisect.bisect_right(entries, span.last, key=lambda entry: entry.day)
        found = entries[low:high]
        return [entry for entry in found if span.holds(entry)] if span.start else found

    def counts(self, where: Any, kind: str) -> Any:
        """Return a function that says whether the values of an entry meet a condition; without a condition, all do."""
        if where is None:
            return _always
        return asked(where, self.diary.entries[kind].fields, self.parameters)

    def silence(self, recorded: DiaryMeasure, kind: str) -> Silence:
        """Return what a day without an entry of a kind means for a fact."""
        return recorded.silence or self.diary.entries[kind].silence

    def _is_missing(self, recorded: DiaryMeasure, kind: str, span: Span) -> bool:
        """Return whether there may have been more of a kind in a span than was recorded."""
        if span.open_start:
            return True
        if self.silence(recorded, kind) == "none":
            return self.began is None or span.first < self.began
        return self.silent(recorded, kind, span) is not None

    def silent(self, recorded: DiaryMeasure, kind: str, span: Span) -> int | None:
        """Return the last day in a span about which nothing is known; None unless silence means just that."""
        if self.silence(recorded, kind) != "unknown":
            return None
        return self.last_silent(recorded, kind, span.first, span.last)

    def last_silent(self, recorded: DiaryMeasure, kind: str, first: int, last: int) -> int | None:
        """Return the last day about which nothing is known: it has no entry, and none close enough on both sides.

        Today is not over, so it counts only for a fact that is about nothing else.
        """
        entries = self.entries[kind]
        if first == self.today:
            return None if entries and entries[-1].day == self.today else self.today
        gap = self.option(recorded, "gap_days", 1)
        after = self.today
        for entry in reversed(entries):
            silent = min(after - 1, last)
            if after - entry.day > gap and silent >= max(entry.day + 1, first):
                return silent
            after = entry.day
            if after <= first:
                return None
        silent = min(after - 1, last)
        return silent if silent >= first else None


def _always(values: Mapping[str, Literal_]) -> Truth:
    return True


def _key(entry: Entry) -> tuple[int, int]:
    return entry.day, entry.when.stamp
