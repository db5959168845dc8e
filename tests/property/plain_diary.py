"""What should follow from a diary, worked out day by day from the declaration as it stands in the file.

Nothing of hiprun is used here. Entries are mappings with `when` (a `datetime` without a zone, or a `date`), `what`, and
fields; a fact comes out as its value, as bounds, or as None where nothing is known.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from .plain_conditions import meets, number

DAY = datetime.timedelta(days=1)
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MEASURES = [
    *("latest", "max", "min", "sum", "mean", "count", "streak", "ever", "always", "days_since", "weeks_since"),
    *("days_in_a_row", "hours_until_gone", "trend", "lasting", "returned"),
]


class Plain:
    """A diary by its declaration, read day by day."""

    def __init__(self, declared: Any, parameters: Any, rows: list[dict[str, Any]], at: datetime.datetime) -> None:
        self.declared, self.parameters, self.at, self.today = declared, parameters, at, at.date()
        self.by_day: dict[datetime.date, list[dict[str, Any]]] = {}
        for row in sorted(rows, key=_moment):
            self.by_day.setdefault(_day(row), []).append(row)
        self.days_of = {
            kind: [day for day in self.by_day if any(row["what"] == kind for row in self.by_day[day])]
            for kind in declared["entries"]
        }
        backdated = {name for name, kind in declared["entries"].items() if kind.get("backdated")}
        self.began = min((_day(row) for row in rows if row["what"] not in backdated), default=None)
        self.first = min([_day(row) for row in rows] + [self.today])

    # what counts

    def days(self, first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
        """Yield the days from one to another, both included."""
        day = first
        while day <= last:
            yield day
            day += DAY

    def entries(self, kinds: list[str], first: datetime.date, last: datetime.date) -> list[dict[str, Any]]:
        """Return the entries of some kinds from one day to another, by time."""
        return [row for day in self.days(first, last) for row in self.by_day.get(day, []) if row["what"] in kinds]

    def silence(self, fact: Any, kind: str) -> str:
        """Return what a day without an entry says to a fact."""
        return str(fact.get("silence") or self.declared["entries"][kind].get("silence", "unknown"))

    def window(self, fact: Any) -> tuple[datetime.date, datetime.date, dict[str, Any] | None, bool, bool]:
        """Return first and last day, the entry it begins with, whether days are to come, whether its start is open."""
        over, today = fact.get("over"), self.today
        week = today
        while DAYS[week.weekday()] != self.declared.get("week_starts", "monday"):
            week -= DAY
        if over is None:
            return self.first, today, None, False, False
        if over == "today":
            return today, today, None, False, False
        if over == "this week":
            return week, today, None, today < week + 6 * DAY, False
        if over == "this week so far":
            return week, today, None, False, False
        if over == "the week before":
            return week - 7 * DAY, week - DAY, None, False, False
        words = over.split()
        if words[0] == "since":
            found = self.entries([words[-1]], self.first, today)
            return (
                (_day(found[-1]), today, found[-1], False, False) if found else (self.first, today, None, False, True)
            )
        count = int(words[1]) * (7 if words[2].startswith("week") else 1)
        return today - (count - 1) * DAY, today, None, False, False

    def told(self, fact: Any, kind: str, day: datetime.date, first: datetime.date) -> bool:
        """Return whether the diary says how it was on a day, be it by saying nothing."""
        silence = self.silence(fact, kind)
        if silence == "left_out":
            return True
        if silence == "none":
            return self.began is not None and day >= self.began
        days = self.days_of[kind]
        if day in days or (day == self.today != first):
            return True
        before, after = [other for other in days if other < day], [other for other in days if other > day]
        near = bool(before) and (min(after, default=self.today) - max(before)).days <= fact.get("gap_days", 1)
        return near and day != self.today

    def noted(
        self, fact: Any, measure: str, *, everything: bool = False
    ) -> tuple[list[tuple[Any, Any, Any]], bool, bool]:
        """Return what counts or may count, as (entry, value, sure); whether that is all; whether some did not."""
        first, last, start, to_come, open_start = self.window({} if everything else fact)
        taken = fact[measure] if isinstance(fact[measure], list) else [fact[measure]]
        found, complete, passed = [], not to_come, False
        for name in taken:
            kind, _, field = name.partition(".")
            ignored = self.silence(fact, kind) == "left_out"
            for row in self.entries([kind], first, last):
                if start is not None and _moment(row) < _moment(start):
                    continue
                sure = meets(fact["where"], row, self.choices(kind), self.parameters) if "where" in fact else True
                if sure is False or (sure is None and ignored):
                    passed = True
                    continue
                found.append((row, row.get(field) if field else True, sure is True))
            if not ignored and (
                open_start or not all(self.told(fact, kind, day, first) for day in self.days(first, last))
            ):
                complete = False
        found.sort(key=lambda note: _moment(note[0]))
        return found, complete, passed

    def choices(self, kind: str) -> dict[str, list[str]]:
        """Return the choices of the fields of a kind of entry, in their order."""
        fields = self.declared["entries"][kind].get("fields", {})
        return {name: list(field["choices"]) for name, field in fields.items() if field["type"] == "choice"}

    def option(self, fact: Any, name: str, default: Any = 0) -> Fraction:
        """Return a number that stands beside a measure."""
        found = number(fact.get(name, default), self.parameters)
        assert found is not None
        return found

    def times(self, fact: Any, value: Any) -> Any:
        """Return a value in the unit of the fact."""
        return Fraction(str(value)) * self.option(fact, "times") if "times" in fact else value

    # measures

    def fact(self, fact: Any) -> Any:
        """Return what a fact comes to."""
        measure = next(name for name in MEASURES if name in fact)
        return getattr(self, f"_{measure}")(fact)

    def _latest(self, fact: Any) -> Any:
        found, _, passed = self.noted(fact, "latest")
        for row, value, sure in reversed(found):
            asked, known = fact.get("whether"), self.choices(row["what"])
            said = value if asked is None else meets(asked, row, known, self.parameters)
            if said is not None:
                return (said if asked else self.times(fact, said)) if sure else None
        return fact["empty"] if "empty" in fact and passed and not found else None

    def _values(self, fact: Any, measure: str) -> tuple[list[Any], bool, bool]:
        found, complete, passed = self.noted(fact, measure)
        values = [value for _, value, sure in found if sure and value is not None]
        return values, complete and len(values) == len(found), passed and not found

    def _extreme(self, fact: Any, measure: str, side: str) -> Any:
        values, complete, none_counts = self._values(fact, measure)
        kind, _, field = (fact[measure] if isinstance(fact[measure], str) else fact[measure][0]).partition(".")
        ranks = self.choices(kind).get(field)
        if not values:
            return fact["empty"] if complete and none_counts and "empty" in fact else None

        def rank(value: Any) -> Any:
            if isinstance(value, datetime.date):
                return value
            return ranks.index(value) if ranks else Fraction(str(value))

        best = self.times(fact, (max if measure == "max" else min)(values, key=rank))
        return best if complete else {side: best}

    def _max(self, fact: Any) -> Any:
        return self._extreme(fact, "max", "at_least")

    def _min(self, fact: Any) -> Any:
        return self._extreme(fact, "min", "at_most")

    def _sum(self, fact: Any) -> Any:
        values, complete, _ = self._values(fact, "sum")
        total = sum((Fraction(str(value)) for value in values), Fraction(0)) * self.option(fact, "times", 1)
        taken = [name.partition(".") for name in ([fact["sum"]] if isinstance(fact["sum"], str) else fact["sum"])]
        if complete:
            return total if values or any(self.silence(fact, kind) != "left_out" for kind, _, _ in taken) else None
        ranges = [self.declared["entries"][kind]["fields"][field].get("range", [-1]) for kind, _, field in taken]
        return {"at_least": total} if values and all(span[0] >= 0 for span in ranges) else None

    def _mean(self, fact: Any) -> Any:
        values, complete, _ = self._values(fact, "mean")
        if not complete or len(values) < fact.get("least_entries", 1):
            return None
        return self.times(fact, sum(Fraction(str(value)) for value in values) / len(values))

    def _count(self, fact: Any) -> Any:
        found, complete, _ = self.noted(fact, "count")
        if not found and complete and self.silence(fact, fact["count"]) == "left_out":
            return None
        sure = sum(1 for note in found if note[2])
        if not complete:
            return {"at_least": sure}
        return sure if sure == len(found) else {"at_least": sure, "at_most": len(found)}

    def _any(self, fact: Any, measure: str, wanted: bool) -> Any:
        found, complete, _ = self.noted(fact, measure)
        kind = fact[measure]
        written = self.silence(fact, kind) == "left_out"
        answers = [(meets(fact["whether"], row, self.choices(kind), self.parameters), sure) for row, _, sure in found]
        if (wanted, True) in answers:
            return wanted
        if not answers:
            return False if wanted and complete and not written else None
        doubtful = [answer for answer, sure in answers if answer is None or (answer is wanted and not sure)]
        if doubtful and not (written and len(doubtful) < len(answers)):
            return None
        return not wanted if complete else None

    def _ever(self, fact: Any) -> Any:
        return self._any(fact, "ever", True)

    def _always(self, fact: Any) -> Any:
        return self._any(fact, "always", False)

    def _streak(self, fact: Any) -> Any:
        kind = fact["streak"]
        silence = self.silence(fact, kind)
        found, complete, _ = self.noted(fact, "streak")
        first, last, _, _, _ = self.window(fact)
        row = 0
        for day in reversed(list(self.days(first, last))):
            if silence == "unknown" and not self.told(fact, kind, day, first):
                return {"at_least": row}
            for entry, _, sure in reversed([note for note in found if _day(note[0]) == day]):
                answer = meets(fact["whether"], entry, self.choices(kind), self.parameters)
                if answer is None and silence == "left_out":
                    continue
                if not sure or answer is None:
                    return {"at_least": row}
                if answer is False:
                    return row
                row += 1
        if silence == "left_out":
            return row if row and complete else {"at_least": row}
        return row if complete and "over" in fact else {"at_least": row}

    def _days_since(self, fact: Any) -> Any:
        kind = fact["days_since"] if "days_since" in fact else fact["weeks_since"]
        silence = self.silence(fact, kind)
        found, _, _ = self.noted(fact, "days_since" if "days_since" in fact else "weeks_since")
        low: int | None = None
        for day in reversed(list(self.days(self.first, self.today))):
            ago = (self.today - day).days
            here = [sure for row, _, sure in found if _day(row) == day]
            if True in here:
                return ago if low is None or low == ago else {"at_least": low, "at_most": ago}
            unclear = bool(here) or (silence == "unknown" and not self.told(fact, kind, day, self.first))
            low = ago if low is None and unclear else low
        if silence != "none" or self.began is None:
            return None
        return {"at_least": (self.today - self.began).days + 1 if low is None else low}

    def _days_in_a_row(self, fact: Any) -> Any:
        kind = fact["days_in_a_row"]
        silence = self.silence(fact, kind)
        found, _, _ = self.noted(fact, "days_in_a_row")
        row: list[datetime.date] = []
        for day in reversed(list(self.days(self.first, self.today))):
            here = [sure for entry, _, sure in found if _day(entry) == day]
            if True in here:
                row.append(day)
            elif here or (silence == "unknown" and not self.told(fact, kind, day, self.first)):
                return {"at_least": len(row)} if row else None
            elif row:
                early = silence != "left_out" and (self.began is None or row[-1] <= self.began)
                return {"at_least": len(row)} if early else len(row)
        if not row:
            return None
        return len(row) if silence == "left_out" else {"at_least": len(row)}

    def _weeks_since(self, fact: Any) -> Any:
        return _weeks(self._days_since(fact))

    def _hours_until_gone(self, fact: Any) -> Any:
        after = self.entries([fact["after"]], self.first, self.today)
        if not after:
            return None
        start, gone = after[-1]["when"], self.option(fact, "gone")
        stay = datetime.timedelta(hours=fact.get("gone_hours", 0))
        found, _, _ = self.noted(fact, "hours_until_gone")
        notes = [(row["when"], value) for row, value in _worst(found) if row["when"] >= start]
        for when, value in notes:
            if value <= gone and not any(when < later <= when + stay and other > gone for later, other in notes):
                before = [_hours(earlier - start) for earlier, other in notes if earlier < when and other > gone]
                low, high = before[-1] if before else Fraction(0), _hours(when - start)
                return low if low == high else {"at_least": low, "at_most": high}
        above = [_hours(when - start) for when, value in notes if value > gone]
        return {"at_least": above[-1]} if above else None

    def _daily(self, fact: Any, measure: str) -> dict[datetime.date, list[Fraction]]:
        """Return the values of each day, of the whole diary, in their order."""
        found, _, _ = self.noted(fact, measure, everything=True)
        by_day: dict[datetime.date, list[Fraction]] = {}
        for row, value in _worst(found):
            by_day.setdefault(_day(row), []).append(value)
        return by_day

    def _trend(self, fact: Any) -> Any:
        first, last, _, _, _ = self.window(fact)
        days = list(self.days(first, last))
        by_day = self._daily(fact, "trend")
        half = len(days) // 2
        earlier = [max(by_day[day]) for day in days[:half] if day in by_day]
        later = [max(by_day[day]) for day in days[half:] if day in by_day]
        least = fact.get("least_days", 2)
        if "absent" in fact and len(later) >= least and all(value <= self.option(fact, "gone") for value in later):
            return fact["absent"]
        if len(earlier) < least or len(later) < least:
            return None
        change = sum(later) / len(later) - sum(earlier) / len(earlier)
        if change == 0 or abs(change) < self.option(fact, "margin"):
            return fact["level"]
        return fact["rising"] if change > 0 else fact["falling"]

    def _lasting(self, fact: Any) -> Any:
        by_day = self._daily(fact, "lasting")
        gone, gap = self.option(fact, "gone"), fact.get("gap_days", 1)
        apart, begun, last, earliest = 0, self.today, None, None
        for day in reversed(list(self.days(self.first, self.today))):
            apart += day != self.today
            if day not in by_day:
                continue
            if apart > gap:
                break
            apart = 0
            for value in reversed(by_day[day]):
                if value <= gone:
                    if last is None:
                        return Fraction(0)
                    earliest = begun if day == begun else day + DAY
                    break
                last, begun = last or day, day
            if earliest is not None:
                break
        if last is None:
            return None
        first, _, _, _, open_start = self.window(fact)
        if "over" in fact and not open_start:
            begun, earliest = max(begun, first), first if earliest is None else max(first, earliest)
        low = max((last - begun).days, 0)
        high = None if earliest is None else (self.today - earliest).days
        found = low if low == high else {"at_least": low} | ({} if high is None else {"at_most": high})
        return _weeks(found) if fact["in"] == "weeks" else found

    def _returned(self, fact: Any) -> Any:
        gone, least, gap = self.option(fact, "gone"), fact["gone_days"], fact.get("gap_days", 1)
        noted, complete, _ = self.noted(fact, "returned")
        first, _, _, _, _ = self.window(fact)
        painful = [row for row, value, _ in noted if value is not None and Fraction(str(value)) > gone]
        was_there, doubtful = False, False
        calm: list[datetime.date] = []
        everything, _, _ = self.noted(fact, "returned", everything=True)
        for row, value in _worst(everything):
            day = _day(row)
            if value <= gone:
                calm.append(day)
                continue
            if calm and day >= first:
                stretch = calm[-1:]
                for earlier in reversed(calm[:-1]):
                    if (stretch[0] - earlier).days > gap:
                        break
                    stretch.insert(0, earlier)
                enough = self._back_for_good(fact, [later for later in painful if _moment(later) >= _moment(row)])
                if enough and was_there and (stretch[-1] - stretch[0]).days + 1 >= least:
                    return True
                doubtful = doubtful or (enough is not False and (calm[-1] - calm[0]).days + 1 >= least)
            was_there, calm = True, []
        silent = [row for row, value, _ in noted if value is None]
        if doubtful or silent or not noted:
            return None
        return False if complete else None

    def _back_for_good(self, fact: Any, rows: list[Any]) -> bool | None:
        days = len({_day(row) for row in rows})
        if "whether" not in fact:
            return days >= fact.get("least_days", 1)
        if "least_days" in fact and days >= fact["least_days"]:
            return True
        answers = [meets(fact["whether"], row, self.choices(row["what"]), self.parameters) for row in rows]
        return True if True in answers else None if None in answers else False


def _worst(found: list[tuple[Any, Any, Any]]) -> list[tuple[Any, Fraction]]:
    """Return entries with their numbers, by time; of several at the same moment the highest counts."""
    moments: dict[Any, list[tuple[Any, Fraction]]] = {}
    for row, value, _ in found:
        if value is not None:
            moments.setdefault(_moment(row), []).append((row, Fraction(str(value))))
    return [max(several, key=lambda pair: pair[1]) for several in moments.values()]


def _day(row: Mapping[str, Any]) -> datetime.date:
    when = row["when"]
    return when.date() if isinstance(when, datetime.datetime) else when


def _moment(row: Mapping[str, Any]) -> tuple[Any, ...]:
    when = row["when"]
    return (_day(row), isinstance(when, datetime.datetime), when)


def _hours(span: datetime.timedelta) -> Fraction:
    return Fraction(span // datetime.timedelta(microseconds=1), 3_600_000_000)


def _weeks(days: Any) -> Any:
    if isinstance(days, dict):
        return {side: Fraction(bound) / 7 for side, bound in days.items()}
    return None if days is None else Fraction(days) / 7
