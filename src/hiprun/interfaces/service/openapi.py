"""The description of the service in OpenAPI 3.1, made from its packs and the table of operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hiprun.interfaces.service.calls import Operation
from hiprun.interfaces.service.messages import JSON, PROBLEM_JSON, Data
from hiprun.interfaces.service.operations import OPERATIONS
from hiprun.interfaces.service.published_pack import PublishedPack, outcome_schema
from hiprun.version import VERSION

METRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_PROBLEM: Data = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "problems"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "problems": {"type": "array", "items": {"type": "object", "required": ["code", "message"]}},
    },
}
_REFUSALS: Mapping[int, str] = {
    400: "The body is not JSON.",
    404: "There is no such decision or protocol.",
    408: "The body took too long to arrive.",
    409: "What was sent is as described, but contradicts the rules: facts that cannot occur together, for example.",
    412: "The pack is not the one that If-Match names, or something was not fetched beforehand.",
    413: "The body is too large.",
    415: "The body is not sent as JSON.",
    421: "The request is for another host: on loopback, the service answers under names of this machine alone.",
    422: "What was sent is not as described. Every problem is listed.",
    500: "The service is at fault.",
    503: "The service is busy, or the answer took too long. Try again later.",
}
_WITHOUT_BODY = (404, 412, 421, 500, 503)
_OF_ALL = (421, 500)


def openapi(packs: Iterable[PublishedPack]) -> Data:
    """Return the description of a service with these packs."""
    entries = list(packs)
    paths: dict[str, Data] = dict(_SHARED)
    for published in entries:
        for operation in OPERATIONS:
            for path, described in _paths(published, operation):
                paths.setdefault(f"{published.path}{path}", {})[operation.method.lower()] = described
    schemas = {f"{published.key}.facts": _component(published.facts_schema) for published in entries}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "hiprun",
            "version": VERSION,
            "description": "\n\n".join(f"{entry.pack.title}. {entry.pack.notice}".strip() for entry in entries),
        },
        "paths": paths,
        "components": {
            "schemas": schemas | {"outcome": outcome_schema("#/components/schemas/outcome"), "problem": _PROBLEM}
        },
    }


def _paths(published: PublishedPack, operation: Operation) -> Iterator[tuple[str, Data]]:
    """Yield the paths of an operation. If its body differs from name to name, each name has a path of its own."""
    names = {
        "decision": list(published.pack.decisions),
        "stages": list(published.pack.model.stages),
        "service": list(published.services),
    }
    kind = next((kind for kind in names if f"{{{kind}}}" in operation.path), None)
    if kind is None or kind == "decision":
        parameters = [{"name": kind, "in": "path", "required": True, "schema": {"enum": names[kind]}}] if kind else []
        yield operation.path, _operation(published, operation, "", parameters)
        return
    for name in names[kind]:
        yield operation.path.replace(f"{{{kind}}}", name), _operation(published, operation, name, [])


def _operation(published: PublishedPack, operation: Operation, name: str, parameters: list[Data]) -> Data:
    statuses = _REFUSALS if operation.body else _WITHOUT_BODY
    described: Data = {
        "operationId": ".".join(filter(None, (published.key, operation.name, name))),
        "summary": operation.summary,
        "tags": [f"{published.pack.name} {published.pack.version}"],
        "responses": {
            "200": {"description": operation.summary, "content": {operation.media_type: {"schema": operation.reply}}},
            **{str(status): _refusal(status) for status in statuses},
        },
    }
    if not operation.body:
        described["responses"]["304"] = {"description": "It is what If-None-Match names."}
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        content = {JSON: {"schema": operation.body(published, name)}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _refusal(status: int) -> Data:
    return {
        "description": _REFUSALS[status],
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/problem"}}},
    }


def _component(schema: Mapping[str, Any]) -> Data:
    return {key: value for key, value in schema.items() if key != "$schema"}


def _shared(name: str, summary: str, media_type: str = JSON, kind: str = "object") -> Data:
    reply = {"description": summary, "content": {media_type: {"schema": {"type": kind}}}}
    refusals = {str(status): _refusal(status) for status in _OF_ALL}
    return {"get": {"operationId": name, "summary": summary, "responses": {"200": reply, **refusals}}}


def _ready() -> Data:
    described = _shared("ready", "Whether the service can answer")
    responses = described["get"]["responses"]
    responses["503"] = responses["200"] | {"description": "It is busy."}
    return described


_SHARED: Mapping[str, Data] = {
    "/": _shared("packs", "The packs that the service offers"),
    "/health": _shared("health", "Whether the service runs"),
    "/ready": _ready(),
    "/metrics": _shared("metrics", "What the service has done, in OpenMetrics", METRICS_TYPE, "string"),
    "/openapi.json": _shared("openapi", "This description"),
}
