"""Days and times in words."""

from __future__ import annotations

import datetime

from hiprun.catalogue import Catalogue


def date_words(day: datetime.date, words: Catalogue) -> str:
    """Return a day with its weekday."""
    weekday, month = words.text(f"page.weekday.{day.weekday()}"), words.text(f"page.month.{day.month}")
    return words.text("page.date", weekday=weekday, day=day.day, month=month, year=day.year)


def time_words(when: datetime.date, words: Catalogue) -> str:
    """Return a day, and the time if there is one."""
    if not isinstance(when, datetime.datetime):
        return date_words(when, words)
    return words.text("page.date_and_time", date=date_words(when, words), time=f"{when:%H:%M}")
