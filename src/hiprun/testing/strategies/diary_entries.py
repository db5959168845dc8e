"""Made-up diaries for any pack: entries that may stand together, most of their numbers where rules decide."""

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
from hiprun.testing.strategies.rule_thresholds import marks
from hiprun.testing.strategies.values import typed, values

Entry = dict[str, Any]
"""One entry as `Pack.facts_from` takes it: `when`, `what`, and fields by name."""

EVENING = datetime.datetime(2026, 3, 1, 20)
_MICROSECOND = datetime.timedelta(microseconds=1)
_MINUTE = 60_000_000
_DAY = 24 * 60
_GAPS = (0, 1, 1, 1, 2, 3, 7)

_Drawn = tuple[str, int, int, dict[str, Any]]


def diaries(pack: Pack, at: datetime.datetime = EVENING, *, max_entries: int = 24) -> st.SearchStrategy[list[Entry]]:
    """Return a strategy for diaries as they may have been kept until `at`, the earliest entry first.

    Any two entries may stand together, and `pack.facts_from(diary, at)` gives facts that can occur. Most values lie on,
    just beside or between the thresholds of what follows from them. Times are in the time zone of `at`, if it has one.
    """
    if pack.model.diary is None:
        help = "Add a file that begins with `diary:`."
        raise HiprunError([Problem("no-diary", "The rules of this pack say nothing of a diary.", help=help)])
    return _diaries(_Keeper.of(pack, pack.model.diary, at), max_entries)


@attrs.frozen(eq=False)
class _Keeper:
    """Who keeps a diary: the entries to draw, and what cannot stand in them."""

    pack: Pack
    diary: Diary
    at: datetime.datetime
    entries: st.SearchStrategy[_Drawn]
    never: Mapping[str, Sequence[Asked]]

    @classmethod
    def of(cls, pack: Pack, diary: Diary, at: datetime.datetime) -> _Keeper:
        numbers = {name: parameter.value for name, parameter in pack.parameters.items()}
        known = _Thresholds.of(pack, diary, numbers)
        drawn = [
            st.tuples(
                st.just(name),
                st.sampled_from(_GAPS),
                st.integers(0, _DAY - 1),
                st.fixed_dictionaries(
                    {},
                    optional={
                        field: values(domain, known.numbers(name, field), known.texts(name, field), near=True)
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
        return cls(pack, diary, at, st.one_of(drawn), never)

    def kept(self, drawn: Iterable[_Drawn]) -> list[Entry]:
        """Return what was drawn as a diary, each entry earlier than the one drawn before it."""
        found: list[Entry] = []
        moment = self.at
        until: dict[str, Any] = {}
        for name, days, minutes, given in drawn:
            kind = self.diary.entries[name]
            moment -= datetime.timedelta(days=days, minutes=minutes)
            when = moment if kind.when == "time" else moment.date()
            if until.get(name) != when:
                said = self._agreeing(kind, given, moment, until.get(name, self.at))
                until[name] = when
                inside = {field: typed(kind.fields[field], value) for field, value in said.items()}
                found.insert(0, {"when": when, "what": name, **inside})
        return found if self.can_be(found) else self._less(found)

    def can_be(self, entries: Sequence[Entry]) -> bool:
        """Whether facts follow from these entries that can occur together."""
        try:
            self.pack.facts_from(entries, self.at, zone=self.at.tzinfo)
        except FactError:
            return False
        return True

    def _agreeing(self, kind: EntryType, given: Mapping[str, Any], begins: Any, until: Any) -> dict[str, Literal_]:
        """Return values that do not contradict each other, and by which the entry is over before the next one."""
        said = dict(given)
        if kind.when == "time":
            minutes = sum((Fraction(said.get(field, 0)) for field in kind.lasts), Fraction(0))
            if minutes * _MINUTE > (until - begins) // _MICROSECOND:
                said = {field: value for field, value in said.items() if field not in kind.lasts}
        while any(meets(said) for meets in self.never[kind.name]):
            said.popitem()  # of what is left out nothing is known, so in the end nothing contradicts
        return said

    def _less(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return those of the entries from which facts follow that can occur, where there are any."""
        found: list[Entry] = []
        if not self.can_be(found):
            reject()
        for entry in entries:
            if self.can_be([*found, entry]):
                found.append(entry)
        return found


@st.composite
def _diaries(draw: st.DrawFn, keeper: _Keeper, most: int) -> list[Entry]:
    # Drawn apart, so that many diaries are long, and what fails can still lose any of its entries.
    least = draw(st.integers(0, most))
    return keeper.kept(draw(st.lists(keeper.entries, min_size=least, max_size=most)))


@attrs.frozen
class _Thresholds:
    """Where a pack tells the values of fields apart, by kind of entry and field."""

    found: Mapping[tuple[str, str], list[Any]]

    @classmethod
    def of(cls, pack: Pack, diary: Diary, parameters: Mapping[str, Number]) -> _Thresholds:
        found: dict[tuple[str, str], list[Any]] = {}
        rules = marks(pack, pack.decisions)
        for recorded in diary.facts.values():
            options: Mapping[str, Any] = recorded.options
            times = options["times"].value if "times" in options else 1
            here = [Fraction(number) / times for number in rules.numbers.get(recorded.fact, ())]
            here += _amounts([options["gone"]] if "gone" in options else [], parameters)
            here += rules.texts.get(recorded.fact, ())
            for pair in recorded.fields:
                found.setdefault(pair, []).extend(here)
                for condition in (recorded.where, recorded.whether):
                    if condition is not None:
                        _note(found, pair[0], condition, parameters)
        for kind in diary.entries.values():
            for contradiction in kind.never:
                _note(found, kind.name, contradiction.never, parameters)
        return cls(found)

    def numbers(self, kind: str, field: str) -> list[Number]:
        """Return the numbers at which something changes, those of days included."""
        return [entry for entry in self.found.get((kind, field), ()) if not isinstance(entry, str)]

    def texts(self, kind: str, field: str) -> list[str]:
        """Return the texts that something asks for."""
        return [entry for entry in self.found.get((kind, field), ()) if isinstance(entry, str)]


def _note(
    found: dict[tuple[str, str], list[Any]], kind: str, condition: Condition, parameters: Mapping[str, Number]
) -> None:
    for test in tests(condition):
        found.setdefault((kind, test.subject.name), []).extend(_amounts(test.operands, parameters))


def _amounts(operands: Iterable[Any], parameters: Mapping[str, Number]) -> Iterator[Any]:
    """Yield the numbers, days and texts among what is compared with; formulas of fields have no value of their own."""
    for operand in operands:
        match operand:
            case Constant(figure):
                yield figure
            case ParameterRef(name):
                yield parameters[name]
            case str() | int():
                yield operand
