"""Facts as a QuestionnaireResponse, and a response as facts. A response comes from outside and is not trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hiprun.errors import FactError, Problem, did_you_mean
from hiprun.inference.facts import MOST_ENTRIES, check_facts, shown
from hiprun.inference.text_answers import Reading
from hiprun.interfaces.fhir.answer_values import AnswerError, AnswerReader, answers
from hiprun.interfaces.fhir.publication import Publication, Resource
from hiprun.interfaces.fhir.questionnaire import questionnaire_address


def response(publication: Publication, form: Resource, facts: Mapping[str, Any]) -> Resource:
    """Return the response to a Questionnaire of the pack that says what is known.

    Left out are facts that are unknown, known only in part, or not asked for. Raises `FactError`.
    """
    known = check_facts(publication.pack.model, facts).given
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{form['url']}|{form['version']}",
        "status": "completed",
        **_item(_answered(publication, form.get("item", []), known)),
    }


def read_response(publication: Publication, decision: str, resource: Any) -> Reading:
    """Return the facts that a response to the Questionnaire of a decision says, and the problems of all else in it.

    A question without an answer leaves its fact unknown.
    """
    problem = _refusal(publication, decision, resource)
    if problem is not None:
        return Reading({}, (problem,))
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    try:
        for link, given in _answered_items(resource):
            _take(publication, link, given, values, problems)
    except _MalformedError as error:
        return Reading({}, (Problem("bad-response", str(error)),))
    try:
        return Reading(check_facts(publication.pack.model, values).given, tuple(problems))
    except FactError as error:
        wrong = {entry.subject for entry in error.problems}
        right = {name: value for name, value in values.items() if name not in wrong}
        return Reading(check_facts(publication.pack.model, right).given, (*problems, *error.problems))


def contained_form(resource: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the Questionnaire within a response to an adaptive one; None if there is none."""
    name = resource.get("questionnaire")
    contained = resource.get("contained")
    if not isinstance(name, str) or not name.startswith("#") or not isinstance(contained, list):
        return None
    found = (part for part in contained if isinstance(part, Mapping) and part.get("id") == name[1:])
    return next((part for part in found if part.get("resourceType") == "Questionnaire"), None)


class _MalformedError(Exception):
    """A response is not what FHIR says it is."""


def _refusal(publication: Publication, decision: str, resource: Any) -> Problem | None:
    """Return why nothing in a response can be used."""
    if not isinstance(resource, Mapping) or resource.get("resourceType") != "QuestionnaireResponse":
        return Problem("bad-response", "This is not a QuestionnaireResponse.")
    if resource.get("status") == "entered-in-error":
        return Problem("bad-response", "This response was entered in error.")
    addresses = [questionnaire_address(publication, decision, adaptive=adaptive) for adaptive in (False, True)]
    address, _, version = _questionnaire_of(resource).partition("|")
    if address not in addresses:
        message = f"This is not a response to the questionnaire of `{decision}`."
        return Problem("other-questionnaire", message, help=f"Its `questionnaire` has to be `{addresses[0]}`.")
    if version not in ("", publication.version):
        message = f"This is a response to version {shown(version)} of the questionnaire, not {publication.version}."
        return Problem("other-questionnaire", message, help="Ask again, or use the rules of that version.")
    return None


def _questionnaire_of(resource: Mapping[str, Any]) -> str:
    form = contained_form(resource)
    named = resource.get("questionnaire")
    if form is not None:
        derived = form.get("derivedFrom")
        named = derived[0] if isinstance(derived, list) and len(derived) == 1 else None
    return named if isinstance(named, str) else ""


def _answered_items(resource: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield each item that has answers, with them, however deep it is."""
    waiting = _children(resource)
    for seen, item in enumerate(waiting):
        if seen >= MOST_ENTRIES:
            raise _MalformedError(f"There are more than {MOST_ENTRIES} items in this response.")
        if not isinstance(item, Mapping):
            raise _MalformedError("An item of this response is not an object.")
        given = item.get("answer", [])
        link = item.get("linkId")
        if not isinstance(given, list) or not isinstance(link, str):
            raise _MalformedError("An item of this response has no `linkId`, or an `answer` that is not a list.")
        if given:
            yield link, given
        waiting += _children(item)
        for answer in given:
            waiting += _children(answer) if isinstance(answer, Mapping) else []


def _children(part: Mapping[str, Any]) -> list[Any]:
    found = part.get("item", [])
    if not isinstance(found, list):
        raise _MalformedError("An `item` of this response is not a list.")
    return list(found[: MOST_ENTRIES + 1])


def _take(
    publication: Publication, link: str, given: list[Any], values: dict[str, Any], problems: list[Problem]
) -> None:
    facts = publication.pack.facts
    if link not in facts:
        message = f"{shown(link)} is not a question of this questionnaire."
        problems.append(Problem("unknown-fact", message, help=did_you_mean(link, facts), subject=link))
        return
    try:
        if link in values:
            raise AnswerError(facts[link], "several-answers", "the question is answered twice.", "Give one answer.")
        values[link] = AnswerReader(publication, facts[link]).value(given)
    except AnswerError as error:
        values.pop(link, None)
        problems.append(error.problem)


def _answered(publication: Publication, items: list[Resource], known: Mapping[str, Any]) -> list[Resource]:
    """Return the items of a response that say what is known, in the groups of the form."""
    found: list[Resource] = []
    for item in items:
        link = item["linkId"]
        if item["type"] == "group":
            part = _item(_answered(publication, item["item"], known))
        elif link in known:
            given = answers(publication, publication.pack.facts[link], known[link])
            part = {"answer": given} if given else {}
        else:
            part = {}
        found += [{"linkId": link, "text": item["text"], **part}] if part else []
    return found


def _item(items: list[Resource]) -> Resource:
    return {"item": items} if items else {}
