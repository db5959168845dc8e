"""Months and years between days, and days some months on, as birthdays and schedules count them.

Days are their proleptic ordinals. Where a month is too short for a day, one of two rules says when the day is reached:
on the last day of that month, or on the first of the next.
"""

from __future__ import annotations

import datetime
from typing import Literal, TypeAlias

MonthEnd: TypeAlias = Literal["last_day", "next_day"]
"""When the 31st is reached in a month of 30 days, and 29 February in a year without one."""

MONTH_ENDS: tuple[MonthEnd, ...] = ("last_day", "next_day")
FIRST_DAY, LAST_DAY = datetime.date.min.toordinal(), datetime.date.max.toordinal()
_MONTHS = 12


def months_later(day: int, months: int, rule: MonthEnd) -> int:
    """Return the day `months` after a day; the calendar's first or last day where it ends before that.

    >>> days = [months_later(datetime.date(2023, 1, 31).toordinal(), 1, rule) for rule in MONTH_ENDS]
    >>> [str(datetime.date.fromordinal(day)) for day in days]
    ['2023-02-28', '2023-03-01']
    """
    start = datetime.date.fromordinal(day)
    year, month = divmod(start.year * _MONTHS + start.month - 1 + months, _MONTHS)
    if year < datetime.MINYEAR:
        return FIRST_DAY
    if year > datetime.MAXYEAR:
        return LAST_DAY
    import calendar  # few packs count months

    length = calendar.monthrange(year, month + 1)[1]
    if start.day <= length:
        return datetime.date(year, month + 1, start.day).toordinal()
    return datetime.date(year, month + 1, length).toordinal() + (rule == "next_day")


def months_between(start: int, end: int, rule: MonthEnd) -> int:
    """Return how many months were completed from one day to another; negative where `end` is the earlier one.

    >>> months_between(datetime.date(2024, 2, 29).toordinal(), datetime.date(2025, 2, 28).toordinal(), "last_day")
    12
    """
    if end < start:
        return -months_between(end, start, rule)
    first, last = datetime.date.fromordinal(start), datetime.date.fromordinal(end)
    months = (last.year - first.year) * _MONTHS + last.month - first.month
    return months if months_later(start, months, rule) <= end else months - 1


def years_between(start: int, end: int, rule: MonthEnd) -> int:
    """Return how many years were completed from one day to another; negative where `end` is the earlier one."""
    months = months_between(start, end, rule)
    return months // _MONTHS if months >= 0 else -(-months // _MONTHS)


def weeks_between(start: int, end: int) -> int:
    """Return how many weeks were completed from one day to another; negative where `end` is the earlier one."""
    days = end - start
    return days // 7 if days >= 0 else -(-days // 7)
