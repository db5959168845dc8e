"""A plan as an iCalendar file of whole-day entries. Needs the extra `calendar`."""

from __future__ import annotations

import datetime
import json
import re
import uuid
from collections.abc import Iterable
from typing import Any

import attrs

from hiprun.errors import FactError, MissingExtraError, Problem
from hiprun.inference.facts import shown
from hiprun.plan.calendar_entries import CalendarEntry

_NAMESPACE = uuid.UUID("6f0c3f0e-9b3c-5d0a-8a53-5b1c6a2f7d11")
_ADDRESS = re.compile(r"(?:mailto:)?([^\s@:;,\"]+@[^\s@:;,\"]+)")


@attrs.frozen
class Calendar:
    """What all entries of a calendar file have in common.

    `owner` distinguishes the entries of one person from those of others. `sequence` grows with each new plan, `planned`
    is when it was made, in UTC.
    """

    title: str
    owner: str
    sequence: int
    planned: datetime.datetime
    organizer: str | None = None


def icalendar(calendar: Calendar, entries: Iterable[CalendarEntry]) -> bytes:
    """Return the file; the same plan gives the same bytes."""
    try:
        import icalendar as library
    except ImportError:
        message = "Calendar files need the package icalendar."
        raise MissingExtraError([Problem("missing-extra", message, help="pip install 'hiprun[calendar]'")]) from None
    organizer = None if calendar.organizer is None else library.vCalAddress(_mail_address(calendar.organizer))
    icalendar_file: Any = library.Calendar()
    icalendar_file.add("prodid", "-//hiprun//plan//")
    icalendar_file.add("version", "2.0")
    icalendar_file.add("method", "PUBLISH")
    icalendar_file.add("x-wr-calname", library.vText(calendar.title))
    for entry in entries:
        event: Any = library.Event()
        event.add("uid", _uid(calendar.owner, entry.key))
        event.add("dtstamp", calendar.planned.replace(microsecond=0))
        event.add("sequence", calendar.sequence)
        event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
        if organizer is not None:
            event.add("organizer", organizer)
        event.add("dtstart", entry.date)
        event.add("dtend", entry.date + datetime.timedelta(days=1))
        event.add("summary", entry.summary)
        event.add("transp", "TRANSPARENT")
        if entry.description:
            event.add("description", entry.description)
        icalendar_file.add_component(event)
    return icalendar_file.to_ical()  # type: ignore[no-any-return]


def _uid(owner: str, key: str) -> str:
    """Return an identifier that is unique to an entry and does not identify the owner."""
    return str(uuid.uuid5(_NAMESPACE, json.dumps([owner, key])))


def _mail_address(address: str) -> str:
    match = _ADDRESS.fullmatch(address)
    if match is None:
        message = f"{shown(address)} is not an e-mail address for the publisher of a calendar."
        raise FactError([Problem("bad-organizer", message, help="Give an e-mail address: clinic@example.org.")])
    return f"mailto:{match[1]}"
