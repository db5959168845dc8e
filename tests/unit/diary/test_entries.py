"""What is wrong with the entries of a diary is said all at once, with the line or the number of each."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import hiprun

AT = "2026-05-20T20:00"
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def plot(root: Path) -> hiprun.Pack:
    """A small pack with a diary."""
    return hiprun.load(root / "tests" / "packs" / "plot")


def problems(pack: hiprun.Pack, diary: Any, at: Any = AT, **also: Any) -> list[hiprun.Problem]:
    """Return what is wrong with a diary."""
    with pytest.raises(hiprun.FactError) as raised:
        pack.facts_from(diary, at, also)
    return list(raised.value.problems)


def said(pack: hiprun.Pack, *entries: Any, at: Any = AT) -> list[tuple[str, str]]:
    """Return the code and the message of everything that is wrong with some entries."""
    return [(problem.code, problem.message) for problem in problems(pack, list(entries), at)]


def watering(when: Any, **fields: Any) -> dict[str, Any]:
    """Return an entry."""
    return {"when": when, "what": "watering", **fields}


def night(when: Any, **fields: Any) -> dict[str, Any]:
    """Return an entry of a kind that has only a day."""
    return {"when": when, "what": "night", **fields}


def look(when: Any, **fields: Any) -> dict[str, Any]:
    """Return an entry."""
    return {"when": when, "what": "look", **fields}


@pytest.mark.parametrize(
    ("entry", "code", "words"),
    [
        ({"what": "look"}, "no-when", "does not say when it was"),
        ({"when": "2026-05-01T08:00"}, "no-what", "does not say what kind of entry it is"),
        ({"when": "2026-05-01T08:00", "what": "loook"}, "unknown-entry", "no kind of entry called `loook`"),
        ({"when": "2026-05-01T08:00", "what": 3}, "unknown-entry", "no kind of entry called `3`"),
        (look("2026-05-01T08:00", wild=3), "unknown-field", "`look` has no field called `wild`"),
        ({"when": "2026-05-01", "what": "planting", "deep": 3}, "unknown-field", "no field called `deep`"),
        (look("2026-05-01T08:00", wilt="much"), "wrong-type", "`wilt`: `much` is not a number"),
        (look("2026-05-01T08:00", wilt=11), "out-of-range", "`wilt`: 11 is out of range"),
        (look("2026-05-01T08:00", wilt={"at_least": 3}), "wrong-type", "`wilt`: this value is not a number"),
        (look("2026-05-01T08:00", leaves="damp"), "not-a-choice", "`damp` is not one of the choices"),
        (look("2026-05-01T08:00", pests=["slugs", "bears"]), "not-a-choice", "`bears`"),
        (look("2026-05-01T08:00", pests=[True]), "not-a-choice", "`true`"),
        (look("2026-05-01"), "bad-when", "`look` needs a time, and there is only a day here"),
        (look("1.5.2026"), "bad-when", "This is not a day or time as a diary writes them"),
        (look("2026-02-30T08:00"), "bad-when", "There is no such day or time"),
        (look("2026-02-30"), "bad-when", "There is no such day or time"),
        (look(20260501), "bad-when", "This is not a day or time"),
        (look("1066-10-14T09:00"), "bad-when", "The year 1066 is not from"),
        (look(datetime.date(9999, 12, 31)), "bad-when", "The year 9999 is not from"),
        (watering("2026-05-01T08:00", litres=0, minutes=5), "entry-contradicts", "Without water it takes no time"),
        (watering("2026-05-01T08:00", litres=11, minutes=5), "entry-contradicts", "two litres a minute"),
        (look("2026-05-20T20:01"), "entry-in-future", "This is in the future: it is 2026-05-20 20:00 now"),
        ({"when": "2026-05-21", "what": "night"}, "entry-in-future", "This is in the future"),
        (watering("2026-05-20T19:30", minutes=31), "entry-in-future", "This ends in the future"),
    ],
)
def test_a_mistake_in_an_entry_is_named_with_its_number(
    plot: hiprun.Pack, entry: dict[str, Any], code: str, words: str
) -> None:
    """Where there are no lines, entries are counted from 1; the mistake comes with help."""
    found = problems(plot, [look("2026-05-01T06:00", wilt=1), entry])
    assert [problem.code for problem in found] == [code]
    assert found[0].message.startswith("Entry 2: ")
    assert words in found[0].message
    assert found[0].help


def test_all_mistakes_come_at_once(plot: hiprun.Pack) -> None:
    """One wrong entry does not hide the others, nor one wrong value the next."""
    found = said(plot, look("2026-05-01T08:00", wilt=12, leaves="damp"), {"what": "look"}, look("2026-06-01T08:00"))
    assert [code for code, _ in found] == ["out-of-range", "not-a-choice", "no-when", "entry-in-future"]


def test_so_many_mistakes_end_the_list(plot: hiprun.Pack) -> None:
    """A diary that is wrong everywhere is answered with what a reader can take in."""
    found = problems(plot, [{"what": "look"} for _ in range(5000)])
    assert len(found) == 101
    assert found[-1].code == "too-many-problems"


def test_two_entries_at_one_time_are_one_too_many(plot: hiprun.Pack) -> None:
    """The same entry twice, and two of one kind at the same time or on the same day, are mistakes."""
    twice = look("2026-05-01T08:00", wilt=1)
    assert said(plot, twice, twice) == [
        ("entry-twice", "Entry 2: There is the same `look` at exactly this time (entry 1).")
    ]
    assert said(plot, twice, {**twice, "wilt": 2}) == [
        ("entry-twice", "Entry 2: There is another `look` at exactly this time (entry 1).")
    ]
    night = {"when": "2026-05-01", "what": "night"}
    assert [code for code, _ in said(plot, night, {**night, "when": "2026-05-01T04:00"})] == ["entry-twice"]
    plot.facts_from([twice, watering("2026-05-01T08:00")], AT)


def test_two_entries_of_a_kind_do_not_overlap(plot: hiprun.Pack) -> None:
    """What lasts some minutes has ended before the next of its kind begins; at the very end it may."""
    first = watering("2026-05-01T08:00", minutes=30)
    found = said(plot, watering("2026-05-01T08:29"), first)
    assert found == [
        ("entries-overlap", "Entry 1: This begins before the `watering` at 2026-05-01 08:00 (entry 2) has ended.")
    ]
    plot.facts_from([first, watering("2026-05-01T08:30")], AT)


def test_times_with_and_without_a_zone_are_kept_apart(plot: hiprun.Pack) -> None:
    """Nobody can say which of them comes first."""
    mixed = [look("2026-05-01T08:00"), look("2026-05-01T09:00+02:00")]
    assert said(plot, *mixed) == [
        ("zones-mixed", "Entry 2: This time has a time zone, but the first time in this diary has none.")
    ]
    assert [code for code, _ in said(plot, *reversed(mixed), at="2026-05-20T20:00Z")] == ["zones-mixed"]
    in_berlin = plot.facts_from([mixed[1]], AT, zone=BERLIN)
    assert in_berlin.at == datetime.datetime(2026, 5, 20, 20, tzinfo=BERLIN)
    assert said(plot, mixed[0], at="2026-05-20T20:00Z") == [
        (
            "zones-mixed",
            "The reference time has a time zone, but the times in this diary have none.",
        )
    ]


@pytest.mark.parametrize("at", [AT, "2026-05-20T20:00Z", "2026-05-20T20:00+02:00"])
@pytest.mark.parametrize("entry", [look("2026-05-01T09:00+02:00"), night("2026-05-01T09:00+0200")])
def test_offsets_do_not_say_where_days_end(plot: hiprun.Pack, at: str, entry: dict[str, Any]) -> None:
    """Times with an offset need a time zone, whatever the moment to look from; a moment in a zone names one."""
    (problem,) = problems(plot, [entry, entry | {"when": "2026-05-02T09:00Z"}], at)
    assert (problem.code, problem.message) == (
        "zone-needed",
        "The times in this diary have offsets, which do not say when a day ends.",
    )
    assert problem.help.startswith('Name the time zone of the days: `zone=ZoneInfo("Europe/Berlin")`')
    assert plot.facts_from([entry], at, zone=BERLIN)
    assert plot.facts_from([entry], datetime.datetime(2026, 5, 20, tzinfo=BERLIN))


@pytest.mark.parametrize("offset", ["+0200", "+02", "+02:00"])
def test_offsets_are_read_in_every_form(plot: hiprun.Pack, offset: str) -> None:
    """The colon may be left out, and minutes of 0 as well."""
    facts = plot.facts_from([look(f"2026-05-20T00:30{offset}", wilt=3)], "2026-05-20T20:00+0200", zone=BERLIN)
    assert facts.origins["wilt"][0].when == datetime.datetime(2026, 5, 19, 22, 30, tzinfo=datetime.UTC)


@pytest.mark.parametrize("offset", ["+2", "+2:00", "+200", "+02:0", "+25:00", "Europe/Berlin", " +02:00"])
def test_other_forms_of_offsets_are_not_guessed_at(plot: hiprun.Pack, offset: str) -> None:
    """What could mean two things is refused."""
    assert [code for code, _ in said(plot, look(f"2026-05-20T00:30{offset}"))] == ["bad-when"]


def test_a_zone_says_which_clock_a_diary_without_one_goes_by(plot: hiprun.Pack) -> None:
    """Times without an offset are those of a clock on the wall there, also of the moment to look from."""
    at = datetime.datetime(2026, 5, 20, 20, tzinfo=datetime.UTC)
    facts = plot.facts_from([look("2026-05-20T21:59", wilt=3)], at, zone=BERLIN)
    assert (facts["wilt"], facts.at) == (3, datetime.datetime(2026, 5, 20, 22))
    with pytest.raises(hiprun.FactError, match="in the future"):
        plot.facts_from([look("2026-05-20T22:01")], at, zone=BERLIN)


def test_a_zone_is_a_zone(plot: hiprun.Pack) -> None:
    """A name is none, and a moment that the clocks of the zone skip does not exist."""
    with pytest.raises(
        hiprun.FactError, match=r"`Europe/Berlin` is not a time zone. Give a time zone, such as"
    ) as caught:
        plot.facts_from([], AT, zone="Europe/Berlin")  # type: ignore[arg-type]
    assert caught.value.problems[0].code == "bad-zone"
    with pytest.raises(hiprun.FactError, match="This time does not exist"):
        plot.facts_from([look("2026-03-01T08:00Z")], "2026-03-29T02:30", zone=BERLIN)


def test_days_alone_go_with_any_zone(plot: hiprun.Pack) -> None:
    """An entry that has only a day can stand beside times with a zone and beside times without."""
    entry = night("2026-05-19", degrees=5)
    assert plot.facts_from([entry], AT)
    assert plot.facts_from([entry], "2026-05-20T20:00+02:00")
    assert plot.facts_from([entry, look("2026-05-20T08:00Z")], "2026-05-20T20:00Z", zone=datetime.UTC)


def test_an_order_that_only_the_clock_has_is_a_mistake(plot: hiprun.Pack) -> None:
    """Entries that follow one another by the clock but not in time have a wrong time zone."""
    at = datetime.datetime(2026, 5, 20, 20, tzinfo=BERLIN)
    found = said(plot, look("2026-05-01T08:00+01:00"), look("2026-05-01T08:30+05:00"), at=at)
    assert [code for code, _ in found] == ["zone-order"]
    assert "Entry 2: By the clock, this is later than the previous entry" in found[0][1]
    plot.facts_from([look("2026-05-01T08:30+01:00"), look("2026-05-01T08:00+01:00")], at)
    plot.facts_from([look("2026-05-01T08:00+01:00"), look("2026-05-01T08:30-05:00")], at)


def test_a_time_that_the_clocks_skipped_does_not_exist(plot: hiprun.Pack) -> None:
    """In the night in which clocks are put forward there is an hour without times; a repeated hour is fine."""
    at = datetime.datetime(2026, 11, 1, tzinfo=BERLIN)
    skipped = datetime.datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN)
    found = said(plot, look(skipped), at=at)
    assert [code for code, _ in found] == ["bad-when"]
    assert "the clocks went forward" in found[0][1]
    repeated = datetime.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    facts = plot.facts_from([look(repeated), look(repeated.replace(fold=1), wilt=2)], at)
    assert facts["wilt_seen"] == 2


class NoZone(datetime.tzinfo):
    """A time zone that does not know where it is."""

    def utcoffset(self, when: datetime.datetime | None) -> None:
        """Return nothing."""
        return

    def dst(self, when: datetime.datetime | None) -> None:
        """Return nothing."""
        return


class BrokenZone(datetime.tzinfo):
    """A time zone that cannot be asked."""

    def utcoffset(self, when: datetime.datetime | None) -> datetime.timedelta:
        """Fail."""
        raise RuntimeError


class LateBrokenZone(datetime.tzinfo):
    """A time zone that is fine on its own, but in which no other time can be said."""

    def utcoffset(self, when: datetime.datetime | None) -> datetime.timedelta:
        """Return that of England."""
        return datetime.timedelta(0)

    def dst(self, when: datetime.datetime | None) -> datetime.timedelta:
        """Return that of England in winter."""
        return datetime.timedelta(0)

    def fromutc(self, when: datetime.datetime) -> datetime.datetime:
        """Do as asked where the year is as at the end of a diary."""
        if when.day != 20:
            raise RuntimeError
        return when


def test_zones_of_ones_own_end_in_words(plot: hiprun.Pack) -> None:
    """A time zone that says nothing is none; one that fails is a mistake of that time, no crash."""
    when = datetime.datetime(2026, 5, 19, 8)
    assert plot.facts_from([look(when.replace(tzinfo=NoZone()), wilt=3)], AT)["wilt"] == 3
    assert [code for code, _ in said(plot, look(when.replace(tzinfo=BrokenZone())))] == ["bad-when"]
    (problem,) = problems(plot, [], when.replace(tzinfo=BrokenZone()))
    assert (problem.code, problem.message) == (
        "bad-when",
        "The reference time cannot be understood.",
    )
    at = datetime.datetime(2026, 5, 20, 20, tzinfo=LateBrokenZone())
    assert [code for code, _ in said(plot, look("2026-05-19T08:00Z"), at=at)] == ["bad-when"]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-05-20", "is a day; the reference time also needs a time of day"),
        (datetime.date(2026, 5, 20), "is a day"),
        ("now", "`now` as the reference time: This is not a day or time"),
        (None, "nothing as the reference time"),
    ],
)
def test_the_moment_to_look_from_has_a_time(plot: hiprun.Pack, at: Any, words: str) -> None:
    """Without a time it would be unclear what has happened already."""
    (problem,) = problems(plot, [], at)
    assert problem.code == "bad-when"
    assert words in problem.message


class Broken(Mapping[str, Any]):
    """A mapping that cannot be looked into."""

    def __getitem__(self, name: str) -> Any:
        raise RuntimeError

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError

    def __len__(self) -> int:
        return 1


class Hidden:
    """A value that fails in every way."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    def __hash__(self) -> int:
        raise RuntimeError


@pytest.mark.parametrize(
    ("diary", "code"),
    [
        ("when,what", "diary-shape"),
        ({"when": "2026-05-01"}, "diary-shape"),
        (3, "diary-shape"),
        ([3, "look"], "diary-shape"),
        ([{3: 4}], "diary-shape"),
        ([Broken()], "unreadable-value"),
        ([3] * 1000, "diary-shape"),
        ([look("2026-05-01T08:00", wilt=Hidden())], "wrong-type"),
        (iter([look("2026-05-01T08:00", wilt=float("nan"))]), "not-a-number"),
    ],
)
def test_what_is_no_diary_is_refused_in_words(plot: hiprun.Pack, diary: Any, code: str) -> None:
    """Whatever is handed over, what comes back is a mistake in words."""
    assert {problem.code for problem in problems(plot, diary)} - {"too-many-problems"} == {code}


def test_endless_diaries_end(plot: hiprun.Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more entries are taken than anyone writes."""
    monkeypatch.setattr("hiprun.diary.row_reader.MOST_ENTRIES", 50)

    def endless() -> Iterator[dict[str, Any]]:
        while True:
            yield look("2026-05-01T08:00")

    assert [problem.code for problem in problems(plot, endless())] == ["diary-too-long"]


def test_values_may_come_in_any_plain_form(plot: hiprun.Pack) -> None:
    """Numbers are exact in every form; what is None is not written down."""
    rows = [
        {"when": datetime.date(2026, 5, 1), "what": "night"},
        look("2026-05-20T08:00", wilt=Decimal("2.50"), pests=("slugs",), leaves=None),
        watering("2026-05-20T09:00", litres=0.1, minutes=1),
        watering("2026-05-20T10:00", litres=0.2, minutes=1),
    ]
    facts = plot.facts_from(rows, AT)
    assert (facts["wilt"], facts["slugs"], str(facts["water_so_far"])) == (Decimal("2.5"), True, "0.3")


def test_a_pack_without_a_diary_says_so(greenhouse: hiprun.Pack) -> None:
    """Facts follow from a diary only by rules that say how."""
    with pytest.raises(hiprun.HiprunError) as raised:
        greenhouse.facts_from([], AT)
    assert [problem.code for problem in raised.value.problems] == ["no-diary"]
