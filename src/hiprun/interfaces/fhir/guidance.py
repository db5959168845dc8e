"""An outcome as a GuidanceResponse: what was decided, what is needed to decide, or why nothing can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeAlias, assert_never

from hiprun.errors import Problem
from hiprun.inference.conclusion import Limit
from hiprun.inference.outcome import Outcome
from hiprun.interfaces.fhir.publication import Publication, Resource
from hiprun.model import Output
from hiprun.model.value_conversion import plain

GuidanceStatus: TypeAlias = Literal["success", "data-required", "failure"]
_OUTPUTS = "outputs"
_MESSAGES = "messages"


def guidance(
    publication: Publication, outcome: Outcome, *, subject: str = "", occurred: str = "", request: str = ""
) -> Resource:
    """Return an outcome as a GuidanceResponse. Its contained Parameters have the outputs, one by one.

    `subject` refers to the patient, such as `Patient/1`; `occurred` is when it was decided, as a FHIR dateTime;
    `request` identifies the request. An outcome that is not settled has the status `data-required`, the questions that
    are needed as its `dataRequirement`, and the `safest` answer among the outputs. If no rule applies, the status is
    `success`, and the parameter `status` is `no_match`.
    """
    status = guidance_status(outcome)
    contained: list[Resource] = [
        {"resourceType": "Parameters", "id": _OUTPUTS, "parameter": list(_parameters(publication, outcome))}
    ]
    if status == "failure":
        message = "The rules contradict each other for this patient, so there is no answer."
        contained.append(operation_outcome(publication, [Problem("conflict", message)], id=_MESSAGES))
    resource = _response(publication, outcome.decision, status, contained) | _circumstances(subject, occurred, request)
    resource["outputParameters"] = {"reference": f"#{_OUTPUTS}"}
    resource["note"] = [{"text": str(outcome.advice())}]
    if outcome.needs:
        resource["dataRequirement"] = [_requirement(publication, name) for name in outcome.needs]
    return resource


def refused(
    publication: Publication,
    decision: str,
    problems: Iterable[Problem],
    *,
    subject: str = "",
    occurred: str = "",
    request: str = "",
) -> Resource:
    """Return the GuidanceResponse for facts that cannot be used: a failure, with the problems."""
    contained = [operation_outcome(publication, problems, id=_MESSAGES)]
    return _response(publication, decision, "failure", contained) | _circumstances(subject, occurred, request)


def guidance_status(outcome: Outcome) -> GuidanceStatus:
    """Return the status of the guidance that an outcome gives."""
    match outcome.status:
        case "decided" | "no_match":
            return "success"
        case "undetermined":
            return "data-required"
        case "conflict":
            return "failure"
        case _:
            assert_never(outcome.status)


def operation_outcome(publication: Publication, problems: Iterable[Problem], *, id: str = "") -> Resource:
    """Return problems as an OperationOutcome."""
    system = f"{publication.base}/CodeSystem/problems"
    issues = [
        {
            "severity": "error",
            "code": "invalid",
            "details": {"coding": [{"system": system, "code": problem.code}], "text": problem.message},
        }
        | ({"diagnostics": problem.help} if problem.help else {})
        for problem in problems
    ]
    return {"resourceType": "OperationOutcome", **({"id": id} if id else {}), "issue": issues}


def _response(publication: Publication, decision: str, status: GuidanceStatus, contained: list[Resource]) -> Resource:
    resource: Resource = {
        "resourceType": "GuidanceResponse",
        "contained": contained,
        "identifier": publication.identifiers(),
        "moduleCanonical": publication.canonical("Library", decision),
        "status": status,
    }
    if status == "failure":
        message = {"reference": f"#{_MESSAGES}"}
        resource["evaluationMessage"] = message if publication.release == "R5" else [message]
    return resource


def _circumstances(subject: str, occurred: str, request: str) -> Resource:
    found: Resource = {"requestIdentifier": {"value": request}} if request else {}
    if subject:
        found["subject"] = {"reference": subject}
    if occurred:
        found["occurrenceDateTime"] = occurred
    return found


def _requirement(publication: Publication, fact: str) -> Resource:
    """Return what has to be known about a fact; its code is that of the question in the Questionnaire."""
    system = publication.address("CodeSystem", "facts")
    code = {"system": system, "code": fact, "display": publication.pack.facts[fact].ask}
    return {"type": "Observation", "codeFilter": [{"path": "code", "code": [code]}]}


def _parameters(publication: Publication, outcome: Outcome) -> Iterator[Resource]:
    decision = publication.pack.decisions[outcome.decision]
    yield {"name": "status", "valueCode": outcome.status}
    if outcome.limits:
        for limit in outcome.limits:
            yield {"name": "limit", "part": list(_limit_parts(limit))}
        return
    for item in outcome.items:
        outputs = list(_outputs(publication, outcome, item.outputs))
        certainty: Resource = {"name": "certainty", "valueCode": item.certainty}
        yield {"name": "item", "part": [{"name": "rule", "valueString": item.rule}, certainty, *outputs]}
    if outcome.items:
        return
    settled = {output.name: outcome.get(output.name) for output in decision.outputs}
    yield from _outputs(publication, outcome, settled)
    for criterion in outcome.criteria:
        met: Resource = {"name": "status", "valueCode": criterion.status}
        yield {"name": "criterion", "part": [{"name": "criterion", "valueString": criterion.id}, met]}
    safest = list(_outputs(publication, outcome, outcome.safest or {}))
    if outcome.status == "undetermined" and safest:
        yield {"name": "safest", "part": safest}


def _outputs(publication: Publication, outcome: Outcome, values: Mapping[str, Any]) -> Iterator[Resource]:
    for output in publication.pack.decisions[outcome.decision].outputs:
        value = values.get(output.name)
        if isinstance(value, tuple | frozenset):
            for one in sorted(value):
                yield {"name": output.name, **_value(publication, outcome.decision, output, one)}
        elif value not in (None, {}):  # nothing bounds an open number that is {}
            yield {"name": output.name, **_value(publication, outcome.decision, output, value)}


def _value(publication: Publication, decision: str, output: Output, value: Any) -> Resource:
    """Return the value of an output; one that is still open is a range, or the values that it may have."""
    if isinstance(value, Mapping):
        parts = [
            {"name": name, **_value(publication, decision, output, one)}
            for name, listed in value.items()
            for one in (listed if name == "one_of" else [listed])
        ]
        return {"part": parts}
    match output.domain.type:
        case "boolean":
            return {"valueBoolean": value}
        case "integer" | "number":
            return {"valueDecimal": plain(value)}
        case "string":
            return {"valueString": value}
        case "date":
            return {"valueDate": plain(value)}
        case "choice" | "set":
            system = publication.address("CodeSystem", f"{decision}.{output.name}")
            return {"valueCoding": {"system": system, "code": value, "display": output.domain.choices[value] or value}}
        case _:
            assert_never(output.domain.type)


def _limit_parts(limit: Limit) -> Iterator[Resource]:
    yield {"name": "quantity", "valueString": limit.quantity}
    for name in ("at_least", "at_most", "safest_at_least", "safest_at_most"):
        value = plain(getattr(limit, name))
        if value is not None:
            yield {"name": name, **({"valueDate": value} if isinstance(value, str) else {"valueDecimal": value})}
    if limit.unit:
        yield {"name": "unit", "valueString": limit.unit}
    if limit.verdict:
        yield {"name": "verdict", "valueCode": limit.verdict}
