"""Operations that speak FHIR and CDS Hooks."""

from __future__ import annotations

from hiprun.errors import FactError, UndecidedError
from hiprun.interfaces import cds_hooks, fhir
from hiprun.interfaces.service.body_fields import fields, text
from hiprun.interfaces.service.calls import Call, Operation
from hiprun.interfaces.service.messages import FHIR_JSON, Data, Reply, RequestError, refused
from hiprun.interfaces.service.plan_request import OPTIONAL, REQUIRED, plan_for, plan_schema
from hiprun.interfaces.service.published_pack import PublishedPack

_RESOURCE: Data = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"type": "string"}}}


_RESPONSE = "QuestionnaireResponse"


def _check_type(call: Call, *types: str) -> None:
    if not isinstance(call.body, dict) or call.body.get("resourceType") not in types:
        raise refused(422, "bad-request", f"The body is not a resource of the type {' or '.join(types)}.")


def _questionnaire(call: Call) -> Reply:
    return Reply(fhir.questionnaire(call.published.publication, call.path["decision"]), media_type=FHIR_JSON)


def _adaptive(call: Call) -> Reply:
    form = fhir.questionnaire(call.published.publication, call.path["decision"], adaptive=True)
    return Reply(form, media_type=FHIR_JSON)


def _next_question(call: Call) -> Reply:
    """Answer with what was asked with: a response alone, or one within Parameters."""
    publication, decision = call.published.publication, call.path["decision"]
    _check_type(call, _RESPONSE, "Parameters")
    parameters = call.body.get("parameter") if isinstance(call.body, dict) else None
    first = parameters[0] if isinstance(parameters, list) and len(parameters) == 1 else None
    is_wrapped = isinstance(first, dict) and first.get("name") == "questionnaire-response"
    try:
        found = fhir.next_question(publication, decision, first.get("resource") if is_wrapped and first else call.body)
    except FactError as error:
        raise RequestError(409, error.problems) from None
    wrapped = {"resourceType": "Parameters", "parameter": [{"name": "return", "resource": found}]}
    return Reply(wrapped if is_wrapped else found, media_type=FHIR_JSON)


def _guidance(call: Call) -> Reply:
    """Answer a response to the form; what cannot be used is a failure, which FHIR has a status for."""
    publication, decision = call.published.publication, call.path["decision"]
    _check_type(call, _RESPONSE)
    occurred = call.now.isoformat(timespec="seconds")
    reading = fhir.read_response(publication, decision, call.body)
    try:
        if reading.problems:
            raise FactError(reading.problems)
        outcome = call.decide(reading.facts)
    except FactError as error:
        return Reply(fhir.refused(publication, decision, error.problems, occurred=occurred), media_type=FHIR_JSON)
    return Reply(fhir.guidance(publication, outcome, occurred=occurred), media_type=FHIR_JSON, outcomes=(outcome,))


def _care_plan(call: Call) -> Reply:
    body = fields(call.body, required=[*REQUIRED, "subject"], optional=OPTIONAL)
    plan = plan_for(call, body)
    try:
        found = fhir.care_plan(call.published.publication, plan, subject=text(body, "subject") or "")
    except UndecidedError as error:
        raise RequestError(409, error.problems) from None
    return Reply(found, media_type=FHIR_JSON)


def _services(call: Call) -> Reply:
    return Reply({"services": list(call.published.services.values())})


def _cards(call: Call) -> Reply:
    try:
        cards, outcome = cds_hooks.respond(call.published.publication, call.path["service"], call.body, call.now)
    except cds_hooks.BadRequestError as error:
        raise RequestError(422, error.problems) from None
    except cds_hooks.MissingPrefetchError as error:
        raise RequestError(412, error.problems) from None
    return Reply(cards, outcomes=(outcome,))


def _response_body(published: PublishedPack, name: str) -> Data:
    return {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"const": _RESPONSE}}}


def _interview_body(published: PublishedPack, name: str) -> Data:
    kinds = {"enum": [_RESPONSE, "Parameters"]}
    return {"type": "object", "required": ["resourceType"], "properties": {"resourceType": kinds}}


def _care_plan_body(published: PublishedPack, name: str) -> Data:
    return plan_schema(published, name, {"subject": {"type": "string", "minLength": 1}})


def _hook_body(published: PublishedPack, name: str) -> Data:
    """Return the schema of a request: everything that the service asks for has to be there, if only as null."""
    fetched = {key: {"type": ["object", "null"]} for key in published.services[name]["prefetch"]}
    return {
        "type": "object",
        "required": ["hook", "hookInstance", "context", "prefetch"],
        "properties": {
            "hook": {"const": cds_hooks.HOOK},
            "hookInstance": {"type": "string", "minLength": 1},
            "context": {
                "type": "object",
                "required": ["patientId"],
                "properties": {"patientId": {"type": "string", "minLength": 1}},
            },
            "prefetch": {"type": "object", "required": list(fetched), "properties": fetched},
        },
    }


_FORM = "/fhir/Questionnaire/{decision}"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "questionnaire",
        "The questions of a decision as a FHIR Questionnaire",
        _FORM,
        _questionnaire,
        reply=_RESOURCE,
        media_type=FHIR_JSON,
    ),
    Operation(
        "adaptive-questionnaire",
        "The FHIR Questionnaire that asks one question at a time",
        f"{_FORM}/adaptive",
        _adaptive,
        reply=_RESOURCE,
        media_type=FHIR_JSON,
    ),
    Operation(
        "next-question",
        "A FHIR QuestionnaireResponse with its next question",
        f"{_FORM}/$next-question",
        _next_question,
        _interview_body,
        _RESOURCE,
        FHIR_JSON,
    ),
    Operation(
        "guidance",
        "The FHIR GuidanceResponse for a QuestionnaireResponse",
        f"{_FORM}/$guidance",
        _guidance,
        _response_body,
        _RESOURCE,
        FHIR_JSON,
    ),
    Operation(
        "care-plan",
        "A dated plan as a FHIR CarePlan",
        "/fhir/CarePlan/{stages}",
        _care_plan,
        _care_plan_body,
        _RESOURCE,
        FHIR_JSON,
    ),
    Operation(
        "cds-services",
        "CDS Hooks: the services of the pack",
        "/cds-services",
        _services,
        reply={"type": "object", "required": ["services"], "properties": {"services": {"type": "array"}}},
    ),
    Operation(
        "cds-cards",
        "CDS Hooks: the card of a decision for a patient",
        "/cds-services/{service}",
        _cards,
        _hook_body,
        {"type": "object", "required": ["cards"], "properties": {"cards": {"type": "array"}}},
    ),
)
