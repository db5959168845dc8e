"""A CDS Hooks 2.0 service: what it offers, and the cards that it returns."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from types import NoneType
from typing import Any

from hiprun.errors import FactError, HiprunError, Problem
from hiprun.inference.outcome import Outcome
from hiprun.interfaces.cds_hooks.cards import card
from hiprun.interfaces.cds_hooks.prefetch import missing, read_prefetch, templates
from hiprun.interfaces.cds_hooks.record_entries import Patient
from hiprun.interfaces.fhir import Publication

HOOK = "patient-view"


class BadRequestError(HiprunError):
    """A request is not one that CDS Hooks describes."""


class MissingPrefetchError(HiprunError):
    """A client did not send what the service asks for; the status for it is 412."""


def services(publication: Publication) -> dict[str, Any]:
    """Return what a client discovers: a service for each decision that the pack offers.

    A pack without a file `record` offers none, since nothing says where its facts are found.
    """
    pack = publication.pack
    return {
        "services": [
            {
                "hook": HOOK,
                "id": name,
                "title": pack.decisions[name].title or name,
                "description": " – ".join(filter(None, (pack.title, pack.notice))),
                "prefetch": found,
            }
            for name in pack.model.offered
            if (found := templates(publication, name))
        ]
    }


def respond(
    publication: Publication, decision: str, request: Any, now: datetime.datetime
) -> tuple[dict[str, Any], Outcome]:
    """Return the cards for a request of a client, read at `now`, a time with a zone, and the outcome behind them.

    Raises `BadRequestError`, and `MissingPrefetchError` if something was not fetched. Facts that cannot be used or
    cannot occur together are told on the card, and are unknown.
    """
    instance, patient_id, prefetch = _read(request)
    absent = missing(publication, decision, prefetch)
    if absent:
        help = "Send null for what the record does not have."
        message = f"These were not fetched: {', '.join(absent)}."
        raise MissingPrefetchError([Problem("no-prefetch", message, help=help)])
    unusable = [key for key in templates(publication, decision) if not isinstance(prefetch[key], Mapping | NoneType)]
    if unusable:
        message = f"These are no resources: {', '.join(unusable)}."
        raise BadRequestError([Problem("bad-request", message, help="Send null for what the record does not have.")])
    reading = read_prefetch(publication, decision, prefetch, Patient(patient_id, now))
    problems = reading.problems
    try:
        outcome = publication.pack.decide(decision, reading.facts)
    except FactError as error:
        problems += error.problems
        outcome = publication.pack.decide(decision, {})
    return {"cards": [card(publication, outcome, problems, hook_instance=instance)]}, outcome


def _read(request: Any) -> tuple[str, str, Mapping[str, Any]]:
    """Return the hook instance, the patient and the prefetch of a request."""
    given = request if isinstance(request, Mapping) else {}
    context, prefetch = given.get("context"), given.get("prefetch", {})
    instance = given.get("hookInstance")
    patient = context.get("patientId") if isinstance(context, Mapping) else None
    wrong = {
        "hook": given.get("hook") != HOOK,
        "hookInstance": not isinstance(instance, str) or not instance or not instance.isprintable(),
        "context.patientId": not isinstance(patient, str) or not patient,
        "prefetch": not isinstance(prefetch, Mapping),
    }
    if any(wrong.values()):
        names = ", ".join(name for name, is_wrong in wrong.items() if is_wrong)
        message = f"This is not a request of the hook `{HOOK}`: {names} is missing or wrong."
        raise BadRequestError([Problem("bad-request", message)])
    return str(instance), str(patient), prefetch
