"""Measures of the values in entries: the latest, the highest and the lowest, their sum, mean and count."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hiprun.diary.index import Book, Note, Notes
from hiprun.diary.measure_result import Measured, between, known, unknown
from hiprun.inference.operators import code
from hiprun.model import DiaryMeasure
from hiprun.model.value_conversion import tidy

NOT_WRITTEN = "nothing about it was recorded for these days"
MORE = "there may be more than was recorded"


def latest(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return the latest value, or whether the latest entry that settles it meets `whether`."""
    kind = recorded.fields[0][0]
    meets = None if recorded.whether is None else book.counts(recorded.whether, kind)
    seen = book.notes(recorded)
    for note in reversed(seen.notes):
        value = note.value if meets is None else meets(note.entry.values)
        if value is None:
            continue
        if not note.sure:
            return unknown("it is not known whether the latest entry counts", [note])
        return known(value if meets is not None else _times(book, recorded, value), [note])
    return _nothing(recorded, seen)


def highest(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return the highest value; if entries may be missing, a lower bound on it."""
    return _extreme(book, recorded, 1)


def lowest(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return the lowest value; if entries may be missing, an upper bound on it."""
    return _extreme(book, recorded, -1)


def _extreme(book: Book, recorded: DiaryMeasure, sign: int) -> Measured:
    domain = book.domain(recorded)
    seen = book.notes(recorded)
    notes, complete = _values(seen)
    if not notes:
        return _nothing(recorded, seen) if complete else unknown(NOT_WRITTEN)
    best = max(notes, key=lambda note: sign * code(domain, note.value))
    value = _times(book, recorded, best.value)
    if complete:
        return known(value, [best])
    return Measured({"at_least" if sign > 0 else "at_most": value}, (best.entry,), MORE)


def _nothing(recorded: DiaryMeasure, seen: Notes) -> Measured:
    """Return the result when no entry counts."""
    if "empty" in recorded.options and seen.passed_over and not seen.notes:
        return known(recorded.options["empty"])
    return unknown(NOT_WRITTEN)


def total(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return the sum; if entries may be missing and no value is below 0, a lower bound on it."""
    notes, complete = _values(book.notes(recorded))
    value = _times(book, recorded, sum((note.value for note in notes), 0))
    if complete and (notes or not _only_written(book, recorded)):
        return known(value, notes)
    lows = [book.diary.entries[kind].fields[field].lowest for kind, field in recorded.fields]
    if not notes or any(low is None or low < 0 for low in lows):
        return unknown(MORE if notes else NOT_WRITTEN, notes)
    return between(value, None, notes, MORE)


def mean(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return the mean of the recorded values."""
    notes, complete = _values(book.notes(recorded))
    if len(notes) < max(book.option(recorded, "least_entries", 1), 1):
        return unknown(NOT_WRITTEN if not notes else "too little about it was recorded for these days", notes)
    if not complete:
        return unknown(MORE, notes)
    return known(_times(book, recorded, Fraction(sum(note.value for note in notes)) / len(notes)), notes)


def count(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return how many entries there are, or bounds on that if some may be missing or may not count."""
    seen = book.notes(recorded)
    sure = [note for note in seen.notes if note.sure]
    if not seen.notes and seen.complete and _only_written(book, recorded):
        return unknown(NOT_WRITTEN)
    return between(len(sure), len(seen.notes) if seen.complete else None, seen.notes, MORE)


def ever(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return whether an entry meets `whether`."""
    return _any(book, recorded, wanted=True)


def always(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return whether every entry meets `whether`; without entries, this is unknown."""
    return _any(book, recorded, wanted=False)


def _any(book: Book, recorded: DiaryMeasure, *, wanted: bool) -> Measured:
    """Return `wanted` if some entry answers `whether` with it, and the opposite if none can."""
    seen = book.notes(recorded)
    meets = book.counts(recorded.whether, recorded.fields[0][0])
    answers = [(note, meets(note.entry.values)) for note in seen.notes]
    found = [note for note, answer in answers if note.sure and answer is wanted]
    if found:
        return known(wanted, found)
    if not seen.notes:
        return known(False) if wanted and seen.complete and not _only_written(book, recorded) else unknown(NOT_WRITTEN)
    doubtful = [note for note, answer in answers if answer is None or (answer is wanted and not note.sure)]
    if doubtful:
        if _only_written(book, recorded) and len(doubtful) < len(answers):
            return known(not wanted, [note for note in seen.notes if note not in doubtful])
        return unknown("an entry does not say so either way", doubtful)
    return known(not wanted, seen.notes) if seen.complete else unknown(MORE, seen.notes)


def streak(book: Book, recorded: DiaryMeasure) -> Measured:
    """Return how many of the latest entries in a row meet `whether`; a lower bound if an earlier one is open."""
    seen = book.notes(recorded)
    kind = recorded.fields[0][0]
    meets = book.counts(recorded.whether, kind)
    silent = book.silent(recorded, kind, seen.span)
    row: list[Note] = []
    for note in reversed(seen.notes):
        answer = meets(note.entry.values)
        if answer is None and _only_written(book, recorded):
            continue
        if not note.sure or answer is None or (silent is not None and note.entry.day < silent):
            break
        if answer is False:
            return known(len(row), [*row, note])
        row.append(note)
    else:
        written = _only_written(book, recorded)
        if seen.complete and (row if written else recorded.over.kind != "all"):
            return known(len(row), row)
    return between(len(row), None, row, "what came before is unknown") if row else unknown(NOT_WRITTEN)


def _values(seen: Notes) -> tuple[list[Note], bool]:
    """Return the notes that certainly count and have a value, and whether there are no others."""
    found = [note for note in seen.notes if note.sure and note.value is not None]
    return found, seen.complete and len(found) == len(seen.notes)


def _only_written(book: Book, recorded: DiaryMeasure) -> bool:
    return all(book.silence(recorded, kind) == "left_out" for kind, _ in recorded.fields)


def _times(book: Book, recorded: DiaryMeasure, value: Any) -> Any:
    return tidy(value * book.option(recorded, "times")) if "times" in recorded.options else value
