"""The days and times of entries, with or without a time zone."""

from __future__ import annotations

import datetime
import re
from typing import Any

import attrs

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
)
_FIRST_YEAR, _LAST_YEAR = 1971, 2199
_EPOCH = datetime.datetime(1970, 1, 1)
_EPOCH_UTC = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)
MINUTE = 60_000_000
HOUR = 60 * MINUTE

TIME_HELP = "Write year-month-day and the time: 2026-03-01T07:30, with an offset such as +01:00 or without."
ZONE_HELP = 'Name the time zone of the days: `zone=ZoneInfo("Europe/Berlin")`, or `--zone` on the command line.'
DAY_HELP = "Write year-month-day: 2026-03-01."


class NoMomentError(ValueError):
    """The given value is neither a day nor a time; the message says why."""


@attrs.frozen(order=True)
class Moment:
    """A moment: its day where the diary is kept, and microseconds since 1970 (-1: only the day is known).

    Moments are in order by day and time. `clock` is what the clock showed, `zone` whether a time zone was given.
    """

    day: int
    stamp: int
    clock: datetime.datetime | None = attrs.field(default=None, order=False)
    zoned: bool = attrs.field(default=False, order=False)

    def __str__(self) -> str:
        day = datetime.date.fromordinal(self.day)
        return self.clock.isoformat(" ", "minutes") if self.clock else day.isoformat()


def read(given: Any) -> datetime.datetime | datetime.date:
    """Return a day or time given as a value or as text; raises `NoMomentError`."""
    if isinstance(given, str):
        given = _from_text(given)
    if isinstance(given, datetime.datetime):
        if type(given) is not datetime.datetime:
            # other kinds of time, such as those of dataframes, may behave differently
            given = datetime.datetime.combine(given.date(), given.timetz().replace(fold=given.fold))
        return _checked(given)
    if isinstance(given, datetime.date):
        _check_year(given.year)
        return given
    raise NoMomentError("This is not a day or time.")


def moment(given: datetime.datetime, zone: datetime.tzinfo | None) -> Moment:
    """Return the moment of a time; its day is the one in `zone`, or its own if it has no zone."""
    if given.tzinfo is None:
        return Moment(given.toordinal(), (given - _EPOCH) // _MICROSECOND, given)
    local = given.astimezone(zone or given.tzinfo)
    return Moment(local.toordinal(), (given - _EPOCH_UTC) // _MICROSECOND, given, zoned=True)


def zone_of_days(at: datetime.datetime, zone: datetime.tzinfo | None) -> datetime.tzinfo | None:
    """Return the zone that decides when days begin: the given one, or that of `at` unless it is only an offset."""
    if zone is not None or isinstance(at.tzinfo, datetime.timezone):
        return zone
    return at.tzinfo


def as_written(at: datetime.datetime, zone: datetime.tzinfo | None, *, zoned: bool) -> datetime.datetime:
    """Return a moment in `zone`, or as a clock there shows it if the other times are written without a zone.

    Raises `NoMomentError` for a time that the clocks of the zone skip.
    """
    if zone is None:
        return at
    if not zoned:
        return at if at.tzinfo is None else at.astimezone(zone).replace(tzinfo=None)
    return _checked(at.replace(tzinfo=zone)) if at.tzinfo is None else at.astimezone(zone)


def whole_day(given: datetime.datetime | datetime.date, zone: datetime.tzinfo | None) -> Moment:
    """Return the day of a day or time as a moment, which comes before every time on that day."""
    if isinstance(given, datetime.datetime):
        return Moment(moment(given, zone).day, -1)
    return Moment(given.toordinal(), -1)


def _from_text(given: str) -> datetime.datetime | datetime.date:
    text = given.strip()
    try:
        if _DAY.fullmatch(text):
            return datetime.date.fromisoformat(text)
        if _TIME.fullmatch(text):
            return datetime.datetime.fromisoformat(text)
    except ValueError:
        raise NoMomentError("There is no such day or time.") from None
    raise NoMomentError("This is not a day or time as a diary writes them.")


def _checked(given: datetime.datetime) -> datetime.datetime:
    _check_year(given.year)
    zone = given.tzinfo
    if zone is None or isinstance(zone, datetime.timezone):
        return given
    if given.utcoffset() is None:
        return given.replace(tzinfo=None)
    back = given.astimezone(datetime.UTC).astimezone(zone)
    if back.replace(tzinfo=None, fold=0) != given.replace(tzinfo=None, fold=0):
        raise NoMomentError("This time does not exist: the clocks went forward past it.")
    return given


def _check_year(year: int) -> None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise NoMomentError(f"The year {year} is not from {_FIRST_YEAR} to {_LAST_YEAR}.")
