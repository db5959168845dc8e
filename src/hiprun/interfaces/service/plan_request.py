"""A request for a plan → the plan."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from hiprun.interfaces.service.body_fields import facts_reference, mapping, object_schema, text, whole_number
from hiprun.interfaces.service.calls import Call
from hiprun.interfaces.service.messages import Data, refused
from hiprun.interfaces.service.published_pack import PublishedPack
from hiprun.plan import Plan

MOST_WEEKS = 104
REQUIRED = ("facts", "start")
OPTIONAL = ("weeks", "stage")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def plan_for(call: Call, body: Mapping[str, Any]) -> Plan:
    """Return the plan that a body with the fields of a plan asks for."""
    return call.published.pack.plan(
        call.path["stages"],
        mapping(body, "facts"),
        start=_day(text(body, "start") or ""),
        weeks=whole_number(body, "weeks", 12, MOST_WEEKS),
        stage=text(body, "stage"),
    )


def plan_schema(published: PublishedPack, name: str, more: Data | None = None) -> Data:
    """Return the schema of a request for a plan by a protocol, with `more` fields that it needs."""
    required = {"facts": facts_reference(published), "start": {"type": "string", "format": "date"}}
    weeks = {"type": "integer", "minimum": 1, "maximum": MOST_WEEKS, "default": 12}
    stages = [stage.name for stage in published.pack.model.stages[name].stages]
    return object_schema(required | (more or {}), {"weeks": weeks, "stage": {"enum": stages}})


def _day(given: str) -> datetime.date:
    """Return the day on which a plan is to begin; a century from now, dates end."""
    try:
        day = datetime.date.fromisoformat(given) if len(given) == len("2026-03-02") else None
    except ValueError:
        day = None
    if day is None:
        raise refused(422, "bad-when", "`start` is not a day.", "Write a date such as 2026-03-02.")
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise refused(
            409, "bad-when", "No plan can begin on this day.", f"Give a day from {_FIRST_YEAR} to {_LAST_YEAR}."
        )
    return day
