"""Rows as written → entries, checked against what a diary may contain; every mistake at once, with its line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import attrs

from hiprun.diary import cell_values, timestamps
from hiprun.diary.entry_conditions import Asked, Values, asked
from hiprun.diary.row_reader import MOST_PROBLEMS, Row, Rows, at_most
from hiprun.diary.timestamps import MINUTE, Moment, NoMomentError
from hiprun.errors import FactError, Problem, did_you_mean
from hiprun.inference.facts import check_value, shown
from hiprun.model import Diary, Domain, EntryType, Literal_, Number

_OWN = ("when", "what")
_PLAIN = frozenset({bool, int, float, str, Decimal})


@attrs.frozen(eq=False)
class Entry:
    """One entry: its kind, its time, and its values as the model represents them."""

    kind: str
    when: Moment
    values: Values
    number: int
    line: int

    @property
    def day(self) -> int:
        """The day of the entry, in the time zone of the diary."""
        return self.when.day


def check_entries(diary: Diary, rows: Rows, now: Moment, zone: Any, parameters: Mapping[str, Number]) -> list[Entry]:
    """Return the entries in `rows` by time, or raise one `FactError` with every mistake in them."""
    checker = _Checker(diary, rows, now, zone, parameters)
    checker.check_columns()
    found = checker.entries()
    checker.check_zones(found)
    if not checker.problems:
        checker.check_order(found)
        found.sort(key=lambda entry: (entry.when.day, entry.when.stamp))
        checker.check_pairs(found)
    if checker.problems:
        raise FactError(at_most(sorted(checker.problems, key=_line)))
    return found


@attrs.define
class _Checker:
    diary: Diary
    rows: Rows
    now: Moment
    zone: Any
    parameters: Mapping[str, Number]
    problems: list[Problem] = attrs.field(factory=list)
    zone_needed: bool = False
    _never: dict[str, list[tuple[Asked, str]]] = attrs.field(factory=dict)
    _fields: dict[str, dict[str, tuple[Domain, dict[Any, Literal_]]]] = attrs.field(factory=dict)

    def report(self, row: Row | Entry, code: str, message: str, help: str = "") -> None:
        self.problems.append(self.rows.problem(code, message, row.line, row.number, help))

    def check_columns(self) -> None:
        known = [*_OWN, *dict.fromkeys(field for kind in self.diary.entries.values() for field in kind.fields)]
        for name in self.rows.columns:
            if name and name not in known:
                message = f"No kind of entry has a field called {shown(name)}."
                self.problems.append(self.rows.problem("unknown-column", message, 1, help=did_you_mean(name, known)))

    def entries(self) -> list[Entry]:
        self._never = {
            name: [(asked(entry.never, kind.fields, self.parameters), entry.because) for entry in kind.never]
            for name, kind in self.diary.entries.items()
        }
        self._fields = {
            name: {field: (domain, {}) for field, domain in kind.fields.items()}
            for name, kind in self.diary.entries.items()
        }
        found = []
        for row in self.rows.rows:
            entry = self.entry(row)
            if entry:
                found.append(entry)
            if len(self.problems) > MOST_PROBLEMS:
                break
        return found

    def entry(self, row: Row) -> Entry | None:
        kind, when = self.kind(row), self.when(row)
        if kind is None:
            return None
        values: dict[str, Literal_] = {}
        fields = self._fields[kind.name]
        for name, given in row.values.items():
            if given is None or name in _OWN:
                continue
            field = fields.get(name)
            if field is None:
                self.unknown_field(row, kind, name)
                continue
            domain, seen = field
            # a diary repeats the same few values over and over
            kept = type(given) in _PLAIN or (type(given) is list and all(type(part) is str for part in given))
            key = (list, *given) if type(given) is list else (type(given), given)
            checked = seen.get(key) if kept else None
            if checked is None:
                checked = self.value(row, name, domain, given)
                if checked is None:
                    continue
                if kept:
                    seen[key] = checked
            values[name] = checked
        for meets, because in self._never[kind.name]:
            if meets(values):
                message = f"This `{kind.name}` contradicts itself. {because}"
                self.report(row, "entry-contradicts", message, "Correct one of its values.")
        moment = self.moment(row, kind, when)
        return Entry(kind.name, moment, values, row.number, row.line) if moment else None

    def value(self, row: Row, name: str, domain: Domain, given: Any) -> Literal_ | None:
        if self.rows.cells and isinstance(given, str):
            given = cell_values.value(domain, given)
        checked, problems = check_value(name, domain, given)
        for problem in problems:
            self.report(row, problem.code, problem.message, cell_values.with_a_point(domain, given) or problem.help)
        return checked

    def kind(self, row: Row) -> EntryType | None:
        given = row.values.get("what")
        kinds = self.diary.entries
        if isinstance(given, str) and given in kinds:
            return kinds[given]
        if given is None:
            listed = did_you_mean("", kinds)
            self.report(
                row,
                "no-what",
                "This entry does not say what kind of entry it is.",
                f"Give its kind under `what`. {listed}",
            )
        else:
            known = did_you_mean(given if isinstance(given, str) else "", kinds)
            self.report(row, "unknown-entry", f"There is no kind of entry called {shown(given)}.", known)
        return None

    def unknown_field(self, row: Row, kind: EntryType, name: str) -> None:
        if name in self.rows.columns and not any(name in other.fields for other in self.diary.entries.values()):
            return  # already reported for the header of the table
        help = did_you_mean(name, kind.fields) or f"A `{kind.name}` has no fields."
        self.report(row, "unknown-field", f"`{kind.name}` has no field called {shown(name)}.", help)

    def when(self, row: Row) -> Any:
        """Return the day or time of a row; None after a mistake."""
        given = row.values.get("when")
        if given is None:
            self.report(row, "no-when", "This entry does not say when it was.", timestamps.TIME_HELP)
            return None
        try:
            return timestamps.read(given)
        except NoMomentError as error:
            self.report(row, "bad-when", f"{shown(given)}: {error}", timestamps.TIME_HELP)
        except Exception:  # a caller's time zone can raise anything
            self.report(row, "bad-when", "This time cannot be read.", timestamps.TIME_HELP)
        return None

    def moment(self, row: Row, kind: EntryType, when: Any) -> Moment | None:
        if when is None:
            return None
        if self.zone is None and getattr(when, "tzinfo", None) is not None:
            self.zone_needed = True
        if kind.when == "time" and not hasattr(when, "hour"):
            self.report(
                row,
                "bad-when",
                f"`{kind.name}` needs a time, and there is only a day here.",
                f"Add the time: {when.isoformat()}T07:30.",
            )
            return None
        try:
            moment = (
                timestamps.moment(when, self.zone) if kind.when == "time" else timestamps.whole_day(when, self.zone)
            )
        except Exception:  # as above
            self.report(row, "bad-when", "This time cannot be read.", timestamps.TIME_HELP)
            return None
        return moment

    # of all entries together

    def check_zones(self, entries: list[Entry]) -> None:
        """Report times with a zone among times without one, and entries in the future."""
        timed = [entry for entry in entries if entry.when.clock is not None]
        mixed = [entry for entry in timed if entry.when.zoned != timed[0].when.zoned]
        for entry in mixed:
            has, had = ("has a", "has none") if entry.when.zoned else ("has no", "has one")
            self.report(
                entry,
                "zones-mixed",
                f"This time {has} time zone, but the first time in this diary {had}.",
                "Write all times with a zone, such as +01:00, or all of them without.",
            )
        if self.zone_needed and not mixed:
            message = "The times in this diary have offsets, which do not say when a day ends."
            self.problems.append(Problem("zone-needed", message, help=timestamps.ZONE_HELP))
            return
        if timed and timed[0].when.zoned != self.now.zoned:
            one, other = ("a", "have none") if self.now.zoned else ("no", "have one")
            self.problems.append(
                Problem(
                    "zones-mixed",
                    f"The reference time has {one} time zone, but the times in this diary {other}.",
                    help="Give both with a zone, or both without.",
                )
            )
            return
        for entry in entries:
            end = self.end(entry)
            if entry.day > self.now.day or max(entry.when.stamp, end) > self.now.stamp:
                self.report(
                    entry,
                    "entry-in-future",
                    f"This {'ends' if end > entry.when.stamp else 'is'} in the future: it is {self.now} now.",
                    "Correct its time, or how long it took.",
                )

    def end(self, entry: Entry) -> int:
        """Return when an entry ended, judging by its minutes."""
        minutes: Any = sum(entry.values.get(field, 0) for field in self.diary.entries[entry.kind].lasts)
        return entry.when.stamp + int(minutes * MINUTE)

    def check_order(self, entries: list[Entry]) -> None:
        """Report entries that are in order by the clock but not in time: one of their zones is wrong."""
        timed = [entry for entry in entries if entry.when.zoned]
        for earlier, later in itertools.pairwise(timed):
            if earlier.when.stamp > later.when.stamp and _clock(earlier) <= _clock(later):
                self.report(
                    later,
                    "zone-order",
                    f"By the clock, this is later than the previous entry ({earlier.when}),"
                    " but by its time zone it is earlier.",
                    "Correct the time zone of one of the two.",
                )

    def check_pairs(self, entries: list[Entry]) -> None:
        """Report entries of one kind that occur twice, or that begin before the previous one has ended."""
        for earlier, later in self.pairs(entries):
            where = f"line {earlier.line}" if self.rows.file else f"entry {earlier.number}"
            if earlier.when.day == later.when.day and earlier.when.stamp == later.when.stamp:
                same = "the same" if earlier.values == later.values else "another"
                self.report(
                    later,
                    "entry-twice",
                    f"There is {same} `{later.kind}` at exactly this time ({where}).",
                    "Delete one of the two, or correct its time.",
                )
            elif self.end(earlier) > later.when.stamp >= 0:
                self.report(
                    later,
                    "entries-overlap",
                    f"This begins before the `{earlier.kind}` at {earlier.when} ({where}) has ended.",
                    "Correct the time when it began, or the minutes of the other entry.",
                )

    def pairs(self, entries: list[Entry]) -> Iterator[tuple[Entry, Entry]]:
        last: dict[str, Entry] = {}
        for entry in entries:
            if entry.kind in last:
                yield last[entry.kind], entry
            last[entry.kind] = entry


def _line(problem: Problem) -> int:
    return problem.place.line if problem.place else 0


def _clock(entry: Entry) -> Any:
    clock = entry.when.clock
    return clock.replace(tzinfo=None) if clock else None
