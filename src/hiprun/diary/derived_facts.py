"""A diary, read as of a moment → the facts that follow from it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import attrs

from hiprun.diary import timestamps
from hiprun.diary.entry_validation import Entry, check_entries
from hiprun.diary.facts_with_provenance import DiaryFacts, Noted
from hiprun.diary.index import Book
from hiprun.diary.measure_registry import MEASURES
from hiprun.diary.measure_result import Measured
from hiprun.diary.row_reader import Rows, rows_of
from hiprun.diary.timestamps import NoMomentError
from hiprun.errors import FactError, HiprunError, Problem
from hiprun.inference.facts import Facts, check_facts, shown
from hiprun.inference.operators import code
from hiprun.inference.partial_values import NothingLeft, Partial, Said, narrowed
from hiprun.model import Diary, DiaryMeasure, Domain, Model
from hiprun.model.units import has_finite_decimals
from hiprun.model.value_conversion import MOST_DIGITS, public
from hiprun.model.value_notation import notation

_PLACES = 10**MOST_DIGITS
BEYOND = "the value goes beyond the range of the fact, which ends here"
_OVER = {
    "today": "today",
    "this_week": "this week",
    "this_week_so_far": "this week so far",
    "week_before": "in the week before",
}


def facts_from(
    model: Model, diary: Any, at: Any, also: Mapping[str, Any], zone: datetime.tzinfo | None = None
) -> DiaryFacts:
    """Return the facts that follow from `diary` at the moment `at`, together with those in `also`.

    Days are those of `zone`, or of the zone of `at` if that is more than an offset.

    Raises `FactError` with every mistake in the diary, or in the facts; `HiprunError` if the pack has no diary.
    """
    if model.diary is None:
        help = "Add a file that begins with `diary:`."
        raise HiprunError([Problem("no-diary", "The rules of this pack do not mention a diary.", help=help)])
    rows = rows_of(diary)
    clock = _clock(at, zone, zoned=rows.zoned)
    book = _book(model, model.diary, rows, clock, timestamps.zone_of_days(clock, zone))
    found = {
        name: _within(model.facts[name].domain, MEASURES[recorded.measure].work_out(book, recorded))
        for name, recorded in model.diary.facts.items()
    }
    given = check_facts(model, also)
    known = {name: entry for name, entry in found.items() if entry.value is not None}
    facts = DiaryFacts(
        {name: _public(model.facts[name].domain, entry.value) for name, entry in known.items()},
        clock,
        {name: tuple(map(_noted, entry.entries)) for name, entry in known.items()},
        {name: _measure(recorded) for name, recorded in model.diary.facts.items()},
        {name: entry.reason for name, entry in found.items() if name not in known},
        {name: entry.reason for name, entry in known.items() if entry.reason},
    )
    return _with_given(model, facts, given)


def _clock(at: Any, zone: Any, *, zoned: bool) -> datetime.datetime:
    if not isinstance(zone, datetime.tzinfo | None):
        help = "Give a time zone, such as `zoneinfo.ZoneInfo('Europe/Berlin')`."
        raise FactError([Problem("bad-zone", f"{shown(zone)} is not a time zone.", help=help)])
    try:
        read = timestamps.read(at)
        if isinstance(read, datetime.datetime):
            read = timestamps.as_written(read, zone, zoned=zoned)
    except NoMomentError as error:
        raise _no_clock(f"{shown(at)} as the reference time: {error}") from None
    except Exception:  # a caller's time zone can raise anything
        raise _no_clock("The reference time cannot be understood.") from None
    if not isinstance(read, datetime.datetime):
        raise _no_clock(f"{shown(at)} is a day; the reference time also needs a time of day.")
    return read


def _no_clock(message: str) -> FactError:
    return FactError([Problem("bad-when", message, help=timestamps.TIME_HELP)])


def _book(model: Model, diary: Diary, rows: Rows, clock: datetime.datetime, zone: datetime.tzinfo | None) -> Book:
    parameters = {name: parameter.value for name, parameter in model.parameters.items()}
    now = timestamps.moment(clock, zone)
    entries = check_entries(diary, rows, now, zone, parameters)
    by_kind: dict[str, list[Entry]] = {name: [] for name in diary.entries}
    for entry in entries:
        by_kind[entry.kind].append(entry)
    days = [entry.day for entry in entries if not diary.entries[entry.kind].backdated]
    return Book(diary, now, by_kind, days[0] if days else None, parameters)


def _measure(recorded: DiaryMeasure) -> str:
    """Return in words how a fact follows from the diary."""
    taken = " and ".join(f"{kind}.{field}" if field else kind for kind, field in recorded.fields)
    said = MEASURES[recorded.measure].words.format(f"`{taken}`")
    window = recorded.over
    if window.kind == "days":
        return f"{said} in the last {window.number} days"
    if window.kind == "since":
        return f"{said} since the last `{window.entry}`"
    return f"{said} {_OVER[window.kind]}" if window.kind in _OVER else said


def _noted(entry: Entry) -> Noted:
    when = entry.when.clock or datetime.date.fromordinal(entry.day)
    return Noted(entry.kind, when, entry.number, entry.line)


def _public(domain: Domain, value: Any) -> Any:
    """Return an exact value, or bounds, as callers see values."""
    if isinstance(value, dict):
        return {side: _public(domain, bound) for side, bound in value.items()}
    if isinstance(value, Fraction) and not has_finite_decimals(value):
        value = Fraction(round(value * _PLACES), _PLACES)  # a fact has no more places than digits
    return public(domain, value)


def _within(domain: Domain, found: Measured) -> Measured:
    """Return the result of a measure within the range of its fact, without bounds that the range implies anyway."""
    if domain.type == "choice":
        low, *_, high = domain.choices
        return found if not isinstance(found.value, dict) else _bounded(found, found.value, low, high)
    if not domain.is_numeric or domain.lowest is None or domain.highest is None or found.value is None:
        return found
    low_end, high_end = domain.lowest, domain.highest
    bounds = found.value if isinstance(found.value, dict) else {"is": found.value}
    capped = {side: min(max(bound, low_end), high_end) for side, bound in bounds.items()}
    if "is" in capped:
        return found if capped == bounds else Measured(capped["is"], found.entries, BEYOND)
    made = _bounded(found, capped, low_end, high_end)
    return (
        made
        if capped == bounds or made.value is None or isinstance(made.value, dict)
        else attrs.evolve(made, reason=BEYOND)
    )


def _bounded(found: Measured, bounds: Mapping[str, Any], low: Any, high: Any) -> Measured:
    """Return a result with only the bounds that narrow the range, or the single value that remains."""
    if bounds.get("at_least") == high:
        return Measured(high, found.entries)
    if bounds.get("at_most") == low:
        return Measured(low, found.entries)
    ends = {"at_least": low, "at_most": high}
    said = {side: bound for side, bound in bounds.items() if bound != ends[side]}
    return attrs.evolve(found, value=said or None)


def _with_given(model: Model, facts: DiaryFacts, given: Facts) -> DiaryFacts:
    """Return the facts of a diary together with those given by the caller; the two must not contradict each other."""
    own = check_facts(model, facts)
    problems = []
    values = dict(facts)
    for name in given.given:
        agreed = given.given[name] if name not in facts else _agreed(model.facts[name].domain, name, facts, own, given)
        if agreed is None:
            said, written = notation(given.given[name]), notation(facts[name])
            message = f"`{name}` is given as {said}, but according to the diary it is {written}."
            problems.append(Problem("contradicts-diary", message, help=facts.explain_origin(name), subject=name))
        values[name] = agreed
    if problems:
        raise FactError(problems)
    ordered = {name: values[name] for name in model.facts if name in values}
    unknown = {name: reason for name, reason in facts.unknown.items() if name not in values}
    still_open = {name: reason for name, reason in facts.open.items() if name not in given.given}
    return attrs.evolve(facts, values_=ordered, unknown=unknown, open=still_open)


def _tests(name: str, said: Facts) -> Said:
    return (("is", (said.known[name],)),) if name in said.known else said.partial[name].tests


def _agreed(domain: Domain, name: str, facts: DiaryFacts, own: Facts, given: Facts) -> Any:
    """Return what the diary and the caller together say about a fact; None if they contradict each other."""
    try:
        both = narrowed(domain, _tests(name, own) + _tests(name, given))
    except NothingLeft:
        return None
    if not isinstance(both, Partial):
        return public(domain, both)
    said = dict(facts[name])
    for operator, operand in given.given[name].items():
        kept = said.get(operator)
        if operator in ("at_least", "at_most") and kept is not None:
            tighter = max if operator == "at_least" else min
            said[operator] = tighter(kept, operand, key=lambda value: code(domain, value))
        else:
            said[operator] = operand
    return said
