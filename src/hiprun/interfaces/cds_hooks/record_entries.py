"""What a patient's record says, entry by entry: values with the time from which they are. Nothing in it is trusted."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

import attrs

from hiprun.inference.facts import MOST_ENTRIES
from hiprun.interfaces.fhir.ucum import SYSTEM
from hiprun.model.record_sources import RecordSource

_FINAL = frozenset({"final", "amended", "corrected"})
_ACTIVE = frozenset({"active", "recurrence", "relapse"})
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EARLIEST_ZONE = datetime.timezone(datetime.timedelta(hours=14))
"""Where a day begins first, for times that are only a day."""


class NotUsableError(Exception):
    """An entry of a record concerns a fact, but its value cannot be used; says why."""


@attrs.frozen
class Patient:
    """Whose record it is, and when it is read."""

    id: str
    now: datetime.datetime


def value_of(source: RecordSource, given: Any, patient: Patient) -> Any:
    """Return what a part of a record says about a fact, None if nothing; raises `NotUsableError`."""
    match source.kind:
        case "observation":
            return _latest_observation(source, given, patient)
        case "condition":
            return True if any(_is_present(source, entry) for entry in _entries(given, "Condition", patient)) else None
        case "patient":
            return _age(given, patient)
        case _:
            assert_never(source.kind)


def moment(text: Any) -> datetime.datetime | None:
    """Return a time as FHIR writes it, at its earliest if it is only a day; None if it is neither."""
    if not isinstance(text, str):
        return None
    try:
        if _DATE.fullmatch(text):
            return datetime.datetime.combine(datetime.date.fromisoformat(text), datetime.time(), _EARLIEST_ZONE)
        found = datetime.datetime.fromisoformat(text)
        return found if found.tzinfo and found.astimezone(datetime.UTC) else None
    except (ValueError, OverflowError):
        return None


def entries_of(given: Any) -> list[Any]:
    """Return the resources of a bundle, or the one resource that is given."""
    if not isinstance(given, Mapping):
        return []
    if given.get("resourceType") != "Bundle":
        return [given]
    entries = given.get("entry")
    listed = entries[:MOST_ENTRIES] if isinstance(entries, list) else []
    return [entry["resource"] for entry in listed if isinstance(entry, Mapping) and "resource" in entry]


def belongs_to(resource: Mapping[str, Any], patient: Patient) -> bool:
    """Return whether a resource is about the patient, as far as it says."""
    subject = resource.get("subject")
    reference = subject.get("reference") if isinstance(subject, Mapping) else None
    return not isinstance(reference, str) or reference.rpartition("/")[2] == patient.id


def _entries(given: Any, kind: str, patient: Patient) -> Iterator[Mapping[str, Any]]:
    for resource in entries_of(given):
        if isinstance(resource, Mapping) and resource.get("resourceType") == kind and belongs_to(resource, patient):
            yield resource


def _latest_observation(source: RecordSource, given: Any, patient: Patient) -> Any:
    since = patient.now - datetime.timedelta(hours=source.hours)
    dated = [
        (when, entry)
        for entry in _entries(given, "Observation", patient)
        if _text(entry, "status") in _FINAL
        and _has_code(entry.get("code"), source.codes)
        and (when := _effective(entry)) is not None
        and since <= when <= patient.now
    ]
    if not dated:
        return None
    latest = max(when for when, _ in dated)
    values = [value for when, entry in dated if when == latest for value in _values(source, entry)]
    if any(value != values[0] for value in values):
        raise NotUsableError("there are several values at the same time")
    return values[0] if values else None


def _effective(entry: Mapping[str, Any]) -> datetime.datetime | None:
    period = entry.get("effectivePeriod")
    if isinstance(period, Mapping):
        return moment(period.get("end"))
    return moment(entry.get("effectiveDateTime", entry.get("effectiveInstant")))


def _values(source: RecordSource, entry: Mapping[str, Any]) -> Iterator[Any]:
    if not source.component:
        yield from _value(source, entry)
        return
    components = entry.get("component")
    for part in components if isinstance(components, list) else []:
        if isinstance(part, Mapping) and _has_code(part.get("code"), source.component):
            yield from _value(source, part)


def _value(source: RecordSource, part: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the value of an observation or a part of one; nothing if it has none."""
    names = [name for name in part if name.startswith("value")]
    if not names:
        return
    value = part[names[0]]
    if source.unit:
        yield _amount(value, source.unit)
    elif source.values:
        yield _choice(value, source)
    elif names == ["valueBoolean"]:
        yield value
    else:
        raise NotUsableError("the value is neither true nor false")


def _amount(value: Any, unit: str) -> Any:
    quantity = value if isinstance(value, Mapping) else {}
    if quantity.get("system") != SYSTEM or quantity.get("code") != unit or "comparator" in quantity:
        raise NotUsableError(f"the value is not an amount in {unit}")
    return quantity.get("value")


def _choice(value: Any, source: RecordSource) -> str:
    found = [choice for choice, codes in source.values if _has_code(value, codes)]
    if len(found) != 1:
        raise NotUsableError("the value has no code, or several, that mean one of the choices")
    return found[0]


def _is_present(source: RecordSource, entry: Mapping[str, Any]) -> bool:
    return (
        _has_code(entry.get("code"), source.codes)
        and bool(_plain_codes(entry.get("clinicalStatus")) & _ACTIVE)
        and "confirmed" in _plain_codes(entry.get("verificationStatus"))
    )


def _age(given: Any, patient: Patient) -> int | None:
    resource = given if isinstance(given, Mapping) and given.get("resourceType") == "Patient" else {}
    born = resource.get("birthDate")
    if resource.get("id", patient.id) != patient.id or not isinstance(born, str) or not _DATE.fullmatch(born):
        return None
    try:
        birth = datetime.date.fromisoformat(born)
    except ValueError:
        return None
    today = patient.now.date()
    years = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    return years if years >= 0 else None


def _has_code(concept: Any, codes: tuple[str, ...]) -> bool:
    return any(f"{_text(coding, 'system')}|{_text(coding, 'code')}" in codes for coding in _codings(concept))


def _plain_codes(concept: Any) -> set[str]:
    return {_text(coding, "code") for coding in _codings(concept)}


def _text(part: Mapping[str, Any], name: str) -> str:
    found = part.get(name)
    return found if isinstance(found, str) else ""


def _codings(concept: Any) -> Iterator[Mapping[str, Any]]:
    listed = concept.get("coding") if isinstance(concept, Mapping) else None
    for coding in listed[:MOST_ENTRIES] if isinstance(listed, list) else []:
        if isinstance(coding, Mapping):
            yield coding
