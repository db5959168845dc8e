"""Facts from months of made-up diaries, against the plain day-by-day reading of `plain_diary`."""

from __future__ import annotations

import datetime
import random
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import hiprun

from .plain_diary import Plain

ROOT = Path(__file__).parent.parent.parent
SEEDS = st.integers(0, 2**32 - 1)
DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def plot(root: Path) -> hiprun.Pack:
    """A small pack whose diary uses every measure, window and option."""
    return hiprun.load(root / "tests" / "packs" / "plot")


def declared(path: Path) -> Any:
    """Return what stands in a rule file, read without hiprun."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def value(source: random.Random, field: Mapping[str, Any]) -> Any:
    """Return a value of a field, often one at which rules decide."""
    match field["type"]:
        case "boolean":
            return source.random() < 0.5
        case "choice":
            return source.choice(list(field["choices"]))
        case "set":
            return [choice for choice in field["choices"] if source.random() < 0.2]
        case "string":
            return source.choice(["Ann", "Bo"])
        case "date":
            return datetime.date(2026, 1, 1) + source.randrange(300) * DAY
        case _:
            low, high = field["range"]
            whole = source.randint(low, min(high, 40))
            return whole if field["type"] == "integer" or source.random() < 0.5 else Decimal(whole * 10 + 5) / 10 % high


def month(source: random.Random, kinds: Mapping[str, Any]) -> tuple[list[dict[str, Any]], datetime.datetime]:
    """Return the entries of some weeks or months, each kind with habits of its own, and a moment after the last."""
    first = datetime.date(2026, 1, 1) + source.randrange(60) * DAY
    length = source.choice([0, 1, 2, 3, 8, 15, 40, 120])
    habits = {name: source.choice([0, 0.05, 0.2, 0.5, 0.9, 1]) for name in kinds}
    silences = {name: source.choice([0, 0, 0.1]) for name in kinds}
    omits = source.choice([0, 0.1, 0.5])
    level = source.choice([0, 2])
    rows: list[dict[str, Any]] = []
    for name, kind in kinds.items():
        resting, trend = 0, level
        for index in range(length):
            day = first + index * DAY
            resting = max(resting - 1, 0) if resting else source.choice([0, 5, 12]) * (source.random() < silences[name])
            if resting or source.random() > habits[name] or (kind.get("backdated") and source.random() < 0.9):
                continue
            trend = max(0, min(10, trend + source.choice([-2, -1, 0, 0, 0, 1, 2])))
            for hour in sorted(source.sample(range(24), 1 if kind.get("when") == "day" else source.choice([1, 1, 2]))):
                row: dict[str, Any] = {"what": name}
                row["when"] = (
                    day if kind.get("when") == "day" else datetime.datetime(day.year, day.month, day.day, hour, 30)
                )
                for field, about in kind.get("fields", {}).items():
                    if source.random() >= omits:
                        row[field] = trend if about.get("range") == [0, 10] else value(source, about)
                rows.append(row)
    hour = source.choice([0, 7, 22, -1])
    at = datetime.datetime.combine(first + length * DAY, datetime.time(max(hour, 0)))
    at -= datetime.timedelta(minutes=1) if hour < 0 else datetime.timedelta()
    return sorted(rows, key=lambda row: str(row["when"])), at


def plausible(row: dict[str, Any]) -> dict[str, Any]:
    """Return an entry without what would contradict itself; minutes stay below the next full hour."""
    for field in ("minutes", "jogged", "walked"):
        if field in row:
            row[field] = row[field] % 14
    if "litres" in row and "minutes" in row:
        row["litres"] = min(row["litres"], 2 * row["minutes"])
        row["minutes"] = row["minutes"] if row["litres"] else 0
    if "quality" in row:
        row["quality"] = "none" if row.get("pain") == 0 else {"none": "dull"}.get(row["quality"], row["quality"])
    if row.get("jogged") == row.get("walked") == 0:
        row.pop("distance", None)
    return row


def expected(pack: hiprun.Pack, reading: Plain) -> dict[str, Any]:
    """Return what facts should come out: what lies beyond a range is its end, and bounds at its ends say nothing."""
    found = {}
    for name, fact in reading.declared["facts"].items():
        domain = pack.facts[name].domain
        low, high = domain.lowest, domain.highest
        if domain.type == "choice":
            low, *_, high = domain.choices
        comes_to = reading.fact(fact)
        if domain.is_numeric and isinstance(comes_to, dict):
            comes_to = {side: min(max(bound, low), high) for side, bound in comes_to.items()}
        elif domain.is_numeric and comes_to is not None:
            comes_to = min(max(comes_to, low), high)
        if isinstance(comes_to, dict):
            if comes_to.get("at_least") == high:
                comes_to = high
            elif comes_to.get("at_most") == low:
                comes_to = low
            else:
                comes_to = {
                    side: end for side, end in comes_to.items() if end != {"at_least": low, "at_most": high}[side]
                }
        if comes_to is not None and comes_to != {}:
            found[name] = plain(comes_to)
    return found


def plain(given: Any) -> Any:
    """Return a value in one form, numbers as fractions to 20 digits."""
    if isinstance(given, Mapping):
        return {side: plain(bound) for side, bound in given.items()}
    if isinstance(given, list | frozenset):
        return sorted(given)
    if isinstance(given, int | Decimal | Fraction) and not isinstance(given, bool):
        return round(Fraction(given), 20)
    return given


def check(pack: hiprun.Pack, reading: Plain, rows: list[dict[str, Any]], at: datetime.datetime) -> None:
    """Hold every fact that can follow against the plain reading, and what is said about the unknown ones."""
    facts = pack.facts_from(rows, at)
    assert {name: plain(facts[name]) for name in facts} == expected(pack, reading)
    assert set(facts) | set(facts.unknown) == set(reading.declared["facts"])
    for name in facts:
        numbers = [entry.number for entry in facts.origins[name]]
        assert all(1 <= number <= len(rows) for number in numbers)
        assert facts.explain_origin(name)
    assert all(facts.unknown.values())
    assert {name for name in facts if isinstance(facts[name], Mapping)} <= set(facts.open)


@given(SEEDS)
def test_facts_of_a_plot_follow_day_by_day(plot: hiprun.Pack, seed: int) -> None:
    """Every measure, window and option gives what reading the diary day by day gives."""
    source = random.Random(seed)
    read = declared(ROOT / "tests" / "packs" / "plot" / "diary.yaml")
    rows, at = month(source, read["entries"])
    rows = [plausible(row) for row in rows]
    counts = {"wilt_that_counts": 1, "much_water": 20}
    check(plot, Plain(read, counts, rows, at), rows, at)


@given(SEEDS)
def test_facts_of_a_runner_follow_day_by_day(hip: hiprun.Pack, seed: int) -> None:
    """Months of a runner's diary give the facts of the pack that reading them day by day gives."""
    source = random.Random(seed)
    read = declared(ROOT / "rules" / "diary.yaml")
    rows, at = month(source, read["entries"])
    rows = [plausible(row) for row in rows]
    counts = {name: parameter.value for name, parameter in hip.parameters.items()}
    check(hip, Plain(read, counts, rows, at), rows, at)


@given(SEEDS)
def test_the_order_of_entries_is_of_no_account(plot: hiprun.Pack, seed: int) -> None:
    """Entries may be written down in any order."""
    source = random.Random(seed)
    rows, at = month(source, declared(ROOT / "tests" / "packs" / "plot" / "diary.yaml")["entries"])
    rows = [plausible(row) for row in rows]
    shuffled = source.sample(rows, len(rows))
    assert dict(plot.facts_from(rows, at)) == dict(plot.facts_from(shuffled, at))


@given(SEEDS, st.sampled_from([-11, 0, 5]))
def test_one_time_zone_is_as_good_as_none(plot: hiprun.Pack, seed: int, hours: int) -> None:
    """With the same time zone everywhere, the facts are those of times without one."""
    zone = datetime.timezone(datetime.timedelta(hours=hours))
    rows, at = month(random.Random(seed), declared(ROOT / "tests" / "packs" / "plot" / "diary.yaml")["entries"])
    rows = [plausible(row) for row in rows]
    zoned = [
        {**row, "when": row["when"].replace(tzinfo=zone)} if isinstance(row["when"], datetime.datetime) else row
        for row in rows
    ]
    assert dict(plot.facts_from(rows, at)) == dict(plot.facts_from(zoned, at, zone=zone))
