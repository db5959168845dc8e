"""Generated diaries for any pack: entries that are possible together, with most numbers near thresholds."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
from hypothesis import reject
from hypothesis import strategies as st

from hiprun.diary.entry_conditions import Asked, asked
from hiprun.errors import FactError, HiprunError, Problem
from hiprun.model import Condition, Constant, Diary, EntryType, Literal_, Number, ParameterRef, tests
from hiprun.pack import Pack
from hiprun.testing.strategies.rule_thresholds import rule_thresholds
from hiprun.testing.strategies.values import as_typed, values

Entry = dict[str, Any]
"""One entry as `Pack.facts_from` takes it: `when`, `what`, and fields by name."""

EVENING = datetime.datetime(2026, 3, 1, 20)
_MICROSECOND = datetime.timedelta(microseconds=1)
_MINUTE = 60_000_000
_DAY = 24 * 60
_GAPS = (0, 1, 1, 1, 2, 3, 7)

_Drawn = tuple[str, int, int, dict[str, Any]]


def diaries(pack: Pack, at: datetime.datetime = EVENING, *, max_entries: int = 24) -> st.SearchStrategy[list[Entry]]:
    """Return a strategy for diaries that end at `at`, the earliest entry first.

    No two entries contradict each other, and `pack.facts_from(diary, at)` returns possible facts. Most values are on,
    just next to or between the thresholds of the facts that follow from them. Times are in the time zone of `at`, if it
    has one.
    """
    if pack.model.diary is None:
        help = "Add a file that begins with `diary:`."
        raise HiprunError([Problem("no-diary", "The rules of this pack do not mention a diary.", help=help)])
    return _diaries(_DiarySource.of(pack, pack.model.diary, at), max_entries)


@attrs.frozen(eq=False)
class _DiarySource:
    """What diaries are drawn from: strategies for entries, and the combinations that entries must not have."""

    pack: Pack
    diary: Diary
    at: datetime.datetime
    entries: st.SearchStrategy[_Drawn]
    never: Mapping[str, Sequence[Asked]]

    @classmethod
    def of(cls, pack: Pack, diary: Diary, at: datetime.datetime) -> _DiarySource:
        numbers = {name: parameter.value for name, parameter in pack.parameters.items()}
        thresholds = _FieldThresholds.of(pack, diary, numbers)
        entry_strategies = [
            st.tuples(
                st.just(name),
                st.sampled_from(_GAPS),
                st.integers(0, _DAY - 1),
                st.fixed_dictionaries(
                    {},
                    optional={
                        field: values(domain, thresholds.numbers(name, field), thresholds.texts(name, field), near=True)
                        for field, domain in kind.fields.items()
                    },
                ),
            )
            for name, kind in diary.entries.items()
        ]
        never = {
            name: [asked(entry.never, kind.fields, numbers) for entry in kind.never]
            for name, kind in diary.entries.items()
        }
        return cls(pack, diary, at, st.one_of(entry_strategies), never)

    def diary_of(self, drawn: Iterable[_Drawn]) -> list[Entry]:
        """Return the drawn entries as a diary; each is earlier than the one drawn before it."""
        entries: list[Entry] = []
        moment = self.at
        next_times: dict[str, Any] = {}
        for name, days, minutes, drawn_values in drawn:
            kind = self.diary.entries[name]
            moment -= datetime.timedelta(days=days, minutes=minutes)
            when = moment if kind.when == "time" else moment.date()
            if next_times.get(name) != when:
                values = self._consistent_values(kind, drawn_values, moment, next_times.get(name, self.at))
                next_times[name] = when
                fields = {field: as_typed(kind.fields[field], value) for field, value in values.items()}
                entries.insert(0, {"when": when, "what": name, **fields})
        return entries if self.is_possible(entries) else self._possible_entries(entries)

    def is_possible(self, entries: Sequence[Entry]) -> bool:
        """Whether the facts that follow from these entries are possible together."""
        try:
            self.pack.facts_from(entries, self.at, zone=self.at.tzinfo)
        except FactError:
            return False
        return True

    def _consistent_values(
        self, kind: EntryType, drawn_values: Mapping[str, Any], start: Any, end: Any
    ) -> dict[str, Literal_]:
        """Return values that do not contradict each other, with a duration that ends before the next entry begins."""
        values = dict(drawn_values)
        if kind.when == "time":
            minutes = sum((Fraction(values.get(field, 0)) for field in kind.lasts), Fraction(0))
            if minutes * _MINUTE > (end - start) // _MICROSECOND:
                values = {field: value for field, value in values.items() if field not in kind.lasts}
        while any(meets(values) for meets in self.never[kind.name]):
            values.popitem()  # fields that are left out are unknown, so in the end nothing contradicts
        return values

    def _possible_entries(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return those of the entries whose facts are possible together; if none are, the example is rejected."""
        possible: list[Entry] = []
        if not self.is_possible(possible):
            reject()
        for entry in entries:
            if self.is_possible([*possible, entry]):
                possible.append(entry)
        return possible


@st.composite
def _diaries(draw: st.DrawFn, source: _DiarySource, max_entries: int) -> list[Entry]:
    # The minimum is drawn separately, so that many diaries are long and a failing one can still lose any entry.
    min_entries = draw(st.integers(0, max_entries))
    return source.diary_of(draw(st.lists(source.entries, min_size=min_entries, max_size=max_entries)))


@attrs.frozen
class _FieldThresholds:
    """The thresholds of fields, by kind of entry and field."""

    by_field: Mapping[tuple[str, str], list[Any]]

    @classmethod
    def of(cls, pack: Pack, diary: Diary, parameters: Mapping[str, Number]) -> _FieldThresholds:
        by_field: dict[tuple[str, str], list[Any]] = {}
        thresholds = rule_thresholds(pack, pack.decisions)
        for measure in diary.facts.values():
            options: Mapping[str, Any] = measure.options
            times = options["times"].value if "times" in options else 1
            values = [Fraction(number) / times for number in thresholds.numbers.get(measure.fact, ())]
            values += _operand_values([options["gone"]] if "gone" in options else [], parameters)
            values += thresholds.texts.get(measure.fact, ())
            for pair in measure.fields:
                by_field.setdefault(pair, []).extend(values)
                for condition in (measure.where, measure.whether):
                    if condition is not None:
                        _add_operands(by_field, pair[0], condition, parameters)
        for kind in diary.entries.values():
            for contradiction in kind.never:
                _add_operands(by_field, kind.name, contradiction.never, parameters)
        return cls(by_field)

    def numbers(self, kind: str, field: str) -> list[Number]:
        """Return the thresholds of a field that are numbers, including days."""
        return [entry for entry in self.by_field.get((kind, field), ()) if not isinstance(entry, str)]

    def texts(self, kind: str, field: str) -> list[str]:
        """Return the texts that conditions compare a field with."""
        return [entry for entry in self.by_field.get((kind, field), ()) if isinstance(entry, str)]


def _add_operands(
    by_field: dict[tuple[str, str], list[Any]], kind: str, condition: Condition, parameters: Mapping[str, Number]
) -> None:
    for test in tests(condition):
        by_field.setdefault((kind, test.subject.name), []).extend(_operand_values(test.operands, parameters))


def _operand_values(operands: Iterable[Any], parameters: Mapping[str, Number]) -> Iterator[Any]:
    """Yield the numbers, days and texts among operands; formulas over fields have no fixed value."""
    for operand in operands:
        match operand:
            case Constant(number):
                yield number
            case ParameterRef(name):
                yield parameters[name]
            case str() | int():
                yield operand
