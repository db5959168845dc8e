"""What a client fetches beforehand, and the facts in it: by the pack's file `record`, and from answers to its form."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, assert_never
from urllib.parse import quote

from hiprun.errors import FactError, Problem
from hiprun.inference.facts import check_facts
from hiprun.inference.text_answers import Reading
from hiprun.interfaces.cds_hooks.record_entries import (
    NotUsableError,
    Patient,
    belongs_to,
    entries_of,
    moment,
    value_of,
)
from hiprun.interfaces.fhir import Publication, read_response
from hiprun.interfaces.fhir.questionnaire import asked_facts, questionnaire_address
from hiprun.model.record_sources import RecordSource

ANSWERS = "answers"
PATIENT = "patient"


def templates(publication: Publication, decision: str) -> dict[str, str]:
    """Return what a client is to fetch for a decision, as queries by the key under which they are sent."""
    found: dict[str, str] = {}
    record = publication.pack.model.record
    if record and record.answer_hours:
        address = _quoted(f"{questionnaire_address(publication, decision)}|{publication.version}")
        found[ANSWERS] = (
            f"QuestionnaireResponse?patient={{{{context.patientId}}}}&questionnaire={address}&_sort=-authored&_count=1"
        )
    for source in _sources(publication, decision):
        found[_key(source)] = _query(source)
    return found


def missing(publication: Publication, decision: str, prefetch: Mapping[str, Any]) -> list[str]:
    """Return the keys that a client did not send. One without data is sent as null, or as an empty bundle."""
    return [key for key in templates(publication, decision) if key not in prefetch]


def read_prefetch(publication: Publication, decision: str, prefetch: Mapping[str, Any], patient: Patient) -> Reading:
    """Return the facts in what a client sent, and why anything else in it is not used.

    A fact for which the record and the answers differ is unknown.
    """
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for source in _sources(publication, decision):
        try:
            value = value_of(source, prefetch.get(_key(source)), patient)
        except NotUsableError as error:
            problems.append(_not_used(source.fact, f"{error}."))
            continue
        if value is not None:
            values[source.fact] = value
    values = _in_range(publication, values, problems)
    answers = _answers(publication, decision, prefetch.get(ANSWERS), patient, problems)
    differing = [name for name in values if name in answers and values[name] != answers[name]]
    problems += [_not_used(name, "the record and the answers differ.") for name in differing]
    both = {name: value for name, value in {**values, **answers}.items() if name not in differing}
    return Reading({name: both[name] for name in publication.pack.facts if name in both}, tuple(problems))


def _sources(publication: Publication, decision: str) -> Iterator[RecordSource]:
    record = publication.pack.model.record
    if record:
        asked = asked_facts(publication.pack, decision)
        yield from (source for source in record.sources if source.fact in asked)


def _key(source: RecordSource) -> str:
    return PATIENT if source.kind == "patient" else source.fact


def _query(source: RecordSource) -> str:
    codes = _quoted(",".join(source.codes))
    match source.kind:
        case "patient":
            return "Patient/{{context.patientId}}"
        case "condition":
            return f"Condition?patient={{{{context.patientId}}}}&code={codes}&clinical-status=active,recurrence,relapse"
        case "observation":
            final = "status=final,amended,corrected"
            return f"Observation?patient={{{{context.patientId}}}}&code={codes}&{final}&_sort=-date&_count=1"
        case _:
            assert_never(source.kind)


def _in_range(publication: Publication, values: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """Return the values that their facts can have."""
    try:
        return dict(check_facts(publication.pack.model, values).given)
    except FactError as error:
        problems += error.problems
        wrong = {problem.subject for problem in error.problems}
        right = {name: value for name, value in values.items() if name not in wrong}
        return dict(check_facts(publication.pack.model, right).given)


def _answers(
    publication: Publication, decision: str, given: Any, patient: Patient, problems: list[Problem]
) -> Mapping[str, Any]:
    """Return the facts that the latest response to the form of the decision says, if it still counts."""
    record = publication.pack.model.record
    responses = [entry for entry in entries_of(given) if isinstance(entry, Mapping) and belongs_to(entry, patient)]
    dated = [(when, entry) for entry in responses if (when := moment(entry.get("authored"))) and when <= patient.now]
    if not record or not dated:
        return {}
    when, latest = max(dated, key=lambda pair: pair[0])
    if when < patient.now - datetime.timedelta(hours=record.answer_hours):
        return {}
    reading = read_response(publication, decision, latest)
    problems += reading.problems
    return reading.facts


def _not_used(fact: str, why: str) -> Problem:
    return Problem("not-used", f"`{fact}` is not taken from the record: {why}", subject=fact)


def _quoted(text: str) -> str:
    return quote(text, safe=":/|,")
