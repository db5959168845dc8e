"""An adaptive Questionnaire: `$next-question` of SDC, by the interview. It keeps nothing between two calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hiprun.errors import FactError
from hiprun.interfaces.fhir.answer_values import answers
from hiprun.interfaces.fhir.publication import Publication, Resource
from hiprun.interfaces.fhir.questionnaire import question, questionnaire, questionnaire_address
from hiprun.interfaces.fhir.response import contained_form, read_response

_FORM = "form"
_KEPT = ("id", "identifier", "subject", "encounter", "authored", "author", "source")
_PROFILE = "http://hl7.org/fhir/uv/sdc/StructureDefinition"


def next_question(publication: Publication, decision: str, resource: Any) -> Resource:
    """Return a response to the adaptive Questionnaire with its next question, or completed if there is none.

    `resource` is the response so far, or one without items for the first question. A question of the form within it
    that has no answer was asked and is not known. Raises `FactError` with every problem of the response.
    """
    reading = read_response(publication, decision, resource)
    if reading.problems:
        raise FactError(reading.problems)
    facts = publication.pack.facts
    asked = _asked(publication, resource)
    asked += [name for name in reading.facts if name not in asked]
    not_known = [name for name in asked if name not in reading.facts]
    step = publication.pack.interview(decision).step(reading.facts, not_known)
    new = [step.question.fact] if step.question else []
    items: list[Resource] = []
    for name in (*asked, *new):
        given = answers(publication, facts[name], reading.facts[name]) if name in reading.facts else []
        items.append({"linkId": name, "text": facts[name].ask} | ({"answer": given} if given else {}))
    return {
        "resourceType": "QuestionnaireResponse",
        **{key: resource[key] for key in _KEPT if key in resource},
        "meta": {"profile": [f"{_PROFILE}/sdc-questionnaireresponse-adapt"]},
        "contained": [_form(publication, decision, [*asked, *new])],
        "questionnaire": f"#{_FORM}",
        "status": "in-progress" if new else "completed",
    } | ({"item": items} if items else {})


def first_response(publication: Publication, decision: str) -> Resource:
    """Return the response with which an interview begins."""
    return {
        "resourceType": "QuestionnaireResponse",
        "contained": [_form(publication, decision, [])],
        "questionnaire": f"#{_FORM}",
        "status": "in-progress",
    }


def _form(publication: Publication, decision: str, names: list[str]) -> Resource:
    whole = questionnaire(publication, decision, adaptive=True)
    items = [question(publication, publication.pack.facts[name]) for name in names]
    kept = {key: whole[key] for key in ("resourceType", "version", "name", "title", "status", "subjectType")}
    return {
        **kept,
        "id": _FORM,
        "meta": {"profile": [f"{_PROFILE}/sdc-questionnaire-adapt"]},
        "url": f"{whole['url']}/form",
        "derivedFrom": [f"{questionnaire_address(publication, decision, adaptive=True)}|{publication.version}"],
        **({"item": items} if items else {}),
    }


def _asked(publication: Publication, resource: Mapping[str, Any]) -> list[str]:
    """Return the facts that the form within a response asks for; what else it says is made again, not believed."""
    form = contained_form(resource) or {}
    items = form.get("item")
    links = [item.get("linkId") for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    facts = publication.pack.facts
    return list(dict.fromkeys(link for link in links if isinstance(link, str) and link in facts))
