"""Measures of time: since when, for how long, until when, which way, and whether something is back."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from hiprun.diary.aggregates import MORE, NOT_WRITTEN
from hiprun.diary.index import Book, Note
from hiprun.diary.measure_result import Measured, between, known, unknown
from hiprun.diary.timestamps import HOUR
from hiprun.inference.operators import Truth, some
from hiprun.model import DiaryMeasure, Number, Window
from hiprun.model.value_conversion import tidy

_WEEK = 7


def days_since(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return how many days ago the last entry was, or bounds on that."""
    kind = recorded.fields[0][0]
    seen = book.notes(recorded)
    last = next((note for note in reversed(seen.notes) if note.sure), None)
    # there may have been another one on any of these days
    unclear = [note.entry.day for note in seen.notes if not note.sure]
    silent = book.silent(recorded, kind, seen.span)
    if silent is not None:
        unclear.append(silent)
    if last is not None:
        day = last.entry.day
        return between(book.today - max([day, *unclear]), book.today - day, [last], MORE)
    if book.silence(recorded, kind) != "none" or book.began is None:
        return unknown(NOT_WRITTEN)
    least = book.today - (max(unclear) if unclear else book.began - 1)
    return between(least, None, (), "none has been recorded since the diary began")


def weeks_since(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return the same in weeks."""
    return _in_weeks(days_since(book, recorded))


def days_in_a_row(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return on how many days in a row, up to the latest with an entry, there was one."""
    kind = recorded.fields[0][0]
    seen = book.notes(recorded)
    days = {note.entry.day for note in seen.notes if note.sure}
    unclear = {note.entry.day for note in seen.notes} - days
    silent = book.silent(recorded, kind, seen.span)
    if silent is not None:
        unclear.add(silent)
    if not days or any(day > max(days) for day in unclear):
        return unknown(MORE if days else NOT_WRITTEN)
    first = last = max(days)
    while first - 1 in days:
        first -= 1
    row = [note for note in seen.notes if note.sure and note.entry.day >= first]
    before_the_diary = book.began is None or first <= book.began
    length = last - first + 1
    if first - 1 in unclear or (before_the_diary and book.silence(recorded, kind) != "left_out"):
        return between(length, None, row, "what came before is unknown")
    return known(length, row)


def hours_until_gone(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return how many hours after the last entry of a kind a value had come down to `gone`, and stayed there.

    That is somewhere between the last note in which it was not gone and the first in which it was.
    """
    after = book.last(str(recorded.options["after"]))
    if after is None:
        return unknown("there is no entry to count from")
    gone, stay = book.option(recorded, "gone"), book.option(recorded, "gone_hours") * HOUR
    start = after.when.stamp
    notes = [note for note in _valued(book, recorded) if note.entry.when.stamp >= start]
    if not notes:
        return unknown("nothing about it has been recorded since")
    last_above: Note | None = None
    candidate: Note | None = None
    for note in notes:
        stamp = note.entry.when.stamp
        if candidate is not None and stamp > candidate.entry.when.stamp + stay:
            break
        if note.value > gone:
            last_above, candidate = note, None
        elif candidate is None:
            candidate = note
    low = _hours(last_above.entry.when.stamp - start) if last_above else 0
    seen = [note for note in (last_above, candidate) if note is not None]
    if candidate is None:
        return between(low, None, seen, "it had not gone when last recorded")
    return between(low, _hours(candidate.entry.when.stamp - start), seen, "it went away at some time in between")


def trend(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return the choice for falling, level or rising, comparing the highest values of days in the two halves."""
    days = recorded.over.number
    later_first = book.today - (days - days // 2) + 1
    notes = _valued(book, recorded)
    highest: dict[int, Number] = {}
    for note in notes:
        day = note.entry.day
        highest[day] = max(highest.get(day, note.value), note.value)
    later = [value for day, value in highest.items() if day >= later_first]
    earlier = [value for day, value in highest.items() if day < later_first]
    least = book.option(recorded, "least_days", 2)
    if len(later) >= least and "absent" in recorded.options and max(later) <= book.option(recorded, "gone"):
        return known(recorded.options["absent"], [note for note in notes if note.entry.day >= later_first])
    if len(later) < least or len(earlier) < least:
        return unknown("too few days were recorded to compare" if notes else NOT_WRITTEN, notes)
    change = Fraction(sum(later)) / len(later) - Fraction(sum(earlier)) / len(earlier)
    if change == 0 or abs(change) < book.option(recorded, "margin"):
        return known(recorded.options["level"], notes)
    return known(recorded.options["rising" if change > 0 else "falling"], notes)


def lasting(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return for how long, up to today, a value has been above `gone`, or bounds on that."""
    gone, gap = book.option(recorded, "gone"), book.option(recorded, "gap_days", 1)
    notes = _valued(book, recorded, Window())
    if not notes:
        return unknown(NOT_WRITTEN)
    last = notes[-1]
    if book.today - last.entry.day > gap:
        return unknown("the last record of it is too old", [last])
    if last.value <= gone:
        return known(0, [last])
    spell = [last]
    earliest: int | None = None
    for note in reversed(notes[:-1]):
        if spell[-1].entry.day - note.entry.day > gap:
            break
        if note.value <= gone:
            earliest = min(note.entry.day + 1, spell[-1].entry.day)
            break
        spell.append(note)
    begun = spell[-1].entry.day
    span = book.span(recorded.over)
    if recorded.over.kind != "all" and not span.open_start:
        begun, earliest = max(begun, span.first), max(span.first, span.first if earliest is None else earliest)
    low = max(last.entry.day - begun, 0)
    high = None if earliest is None else book.today - earliest
    found = between(low, high, spell, "it was not recorded when it began, or whether it still lasts")
    return _in_weeks(found) if recorded.options["in"] == "weeks" else found


def returned(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return whether a value is above `gone` again after it was not for the given number of days, if the notes tell.

    It is back at once in a note that meets `whether`, otherwise once it was noted on `least_days` days, where that is
    given. With neither, any note will do.
    """
    gone, days = book.option(recorded, "gone"), book.option(recorded, "gone_days")
    gap = book.option(recorded, "gap_days", 1)
    seen = book.notes(recorded)
    inside = {id(note.entry) for note in seen.notes}
    doubtful: list[Note] = []
    earlier: Note | None = None
    calm: list[Note] = []
    for note in _valued(book, recorded, Window()):
        if note.value <= gone:
            calm.append(note)
            continue
        if calm and id(note.entry) in inside:
            spell = [other for other in seen.notes if _above(other, gone) and _moment(other) >= _moment(note)]
            counts = _counts_as_back(book, recorded, spell)
            rest = _since_hole(calm, gap)
            if counts and earlier is not None and _length(rest) >= days:
                return known(True, [earlier, rest[0], rest[-1], *spell])
            if counts is not False and _length(calm) >= days:
                doubtful.append(note)
        earlier, calm = note, []
    if doubtful:
        reason = "it was not recorded whether it was there before, or whether it is back for good"
        return unknown(reason, doubtful)
    valued = [note for note in seen.notes if note.value is not None]
    if not valued:
        return unknown(NOT_WRITTEN)
    return known(False, valued) if seen.complete and len(valued) == len(seen.notes) else unknown(MORE, valued)


def _counts_as_back(book: Book, recorded: DiaryMeasure, spell: Sequence[Note]) -> Truth:
    """Return whether the notes since a value is there again are enough to call it back."""
    days = {note.entry.day for note in spell}
    if recorded.whether is None:
        return len(days) >= book.option(recorded, "least_days", 1)
    if "least_days" in recorded.options and len(days) >= book.option(recorded, "least_days"):
        return True
    return some(book.counts(recorded.whether, note.entry.kind)(note.entry.values) for note in spell)


def _above(note: Note, gone: Number) -> bool:
    return note.value is not None and bool(note.value > gone)


def _since_hole(notes: Sequence[Note], gap: Number) -> Sequence[Note]:
    """Return the latest notes that follow one another without a gap."""
    start = 0
    for index, (one, other) in enumerate(itertools.pairwise(notes), 1):
        if other.entry.day - one.entry.day > gap:
            start = index
    return notes[start:]


def _length(notes: Sequence[Note]) -> int:
    return notes[-1].entry.day - notes[0].entry.day + 1


def _valued(book: Book, recorded: DiaryMeasure, over: Window | None = None) -> list[Note]:
    """Return the notes with a value, in order of time; of several at one moment, the one with the highest value."""
    found: dict[tuple[int, int], Note] = {}
    for note in book.notes(recorded, over).notes:
        moment = _moment(note)
        if note.value is not None and (moment not in found or note.value > found[moment].value):
            found[moment] = note
    return list(found.values())


def _moment(note: Note) -> tuple[int, int]:
    return note.entry.when.day, note.entry.when.stamp


def _hours(microseconds: int) -> Number:
    return tidy(Fraction(microseconds, HOUR))


def _in_weeks(found: Measured) -> Measured:
    value = found.value
    if isinstance(value, dict):
        weeks: object = {side: tidy(Fraction(days) / _WEEK) for side, days in value.items()}
    else:
        weeks = None if value is None else tidy(Fraction(value) / _WEEK)
    return Measured(weeks, found.entries, found.reason)
