"""What the service can be asked about a pack: one record for each operation, from which its description is made too."""

from __future__ import annotations

from hiprun.interfaces.service import health_operations, plan_request
from hiprun.interfaces.service.body_fields import (
    facts_reference,
    fields,
    mapping,
    names,
    names_schema,
    object_schema,
)
from hiprun.interfaces.service.calls import OUTCOME, Call, Operation
from hiprun.interfaces.service.messages import Data, Reply
from hiprun.interfaces.service.published_pack import PublishedPack
from hiprun.model.value_conversion import plain


def _describe(call: Call) -> Reply:
    return Reply(call.published.description)


def _facts_schema(call: Call) -> Reply:
    return Reply(call.published.facts_schema, media_type="application/schema+json")


def _read(call: Call) -> Reply:
    reading = call.published.pack.read(mapping(fields(call.body, required=["answers"]), "answers"))
    problems = [problem.to_dict() | {"subject": problem.subject} for problem in reading.problems]
    return Reply({"facts": plain(reading.facts), "problems": problems})


def _evaluate(call: Call) -> Reply:
    pack = call.published.pack
    body = fields(call.body, required=["facts"], optional=["decisions"])
    facts, wanted = mapping(body, "facts"), names(body, "decisions", list(pack.decisions))
    outcomes = pack.evaluate(facts, wanted)
    first = pack.first_words(facts)
    data = {"outcomes": outcomes.to_dict(), "first": first.to_dict() if first else None}
    return Reply(data, outcomes=tuple(outcomes.values()))


def _decide(call: Call) -> Reply:
    outcome = call.decide(mapping(fields(call.body, required=["facts"]), "facts"))
    return Reply(outcome.to_dict(), outcomes=(outcome,))


def _explain(call: Call) -> Reply:
    outcome = call.decide(mapping(fields(call.body, required=["facts"]), "facts"))
    explanation = outcome.explain()
    data = {"outcome": outcome.to_dict(), "explanation": explanation.to_dict(), "text": str(explanation)}
    return Reply(data, outcomes=(outcome,))


def _advise(call: Call) -> Reply:
    outcome = call.decide(mapping(fields(call.body, required=["facts"]), "facts"))
    advice = outcome.advice()
    data = {"outcome": outcome.to_dict(), "advice": advice.to_dict(), "text": str(advice), "html": advice.to_html()}
    return Reply(data, outcomes=(outcome,))


def _interview(call: Call) -> Reply:
    pack = call.published.pack
    body = fields(call.body, required=["facts"], optional=["not_known"])
    not_known = names(body, "not_known", list(pack.facts)) or ()
    step = pack.interview(call.path["decision"]).step(mapping(body, "facts"), not_known)
    return Reply(step.to_dict(), outcomes=(step.outcome,) if step.done else ())


def _plan(call: Call) -> Reply:
    body = fields(call.body, required=plan_request.REQUIRED, optional=plan_request.OPTIONAL)
    return Reply(plan_request.plan_for(call, body).to_dict())


def _facts_body(published: PublishedPack, name: str) -> Data:
    return object_schema({"facts": facts_reference(published)})


def _evaluate_body(published: PublishedPack, name: str) -> Data:
    decisions = names_schema(list(published.pack.decisions))
    return object_schema({"facts": facts_reference(published)}, {"decisions": decisions})


def _interview_body(published: PublishedPack, name: str) -> Data:
    return object_schema({"facts": facts_reference(published)}, {"not_known": names_schema(list(published.pack.facts))})


def _answers_body(published: PublishedPack, name: str) -> Data:
    return object_schema({"answers": {"type": "object", "description": "Texts by the names of facts."}})


OPERATIONS: tuple[Operation, ...] = (
    Operation("describe", "What the pack is about, and what it offers", "", _describe),
    Operation(
        "facts-schema",
        "A JSON Schema of the facts",
        "/facts.schema.json",
        _facts_schema,
        media_type="application/schema+json",
    ),
    Operation("read", "The facts that answers given as text say", "/read", _read, _answers_body),
    Operation(
        "evaluate",
        "The outcomes of all decisions, or of those named",
        "/evaluate",
        _evaluate,
        _evaluate_body,
        object_schema(
            {"outcomes": {"type": "object", "additionalProperties": OUTCOME}, "first": {"type": ["object", "null"]}}
        ),
    ),
    Operation("decide", "The outcome of one decision", "/decisions/{decision}", _decide, _facts_body, OUTCOME),
    Operation(
        "explain",
        "For a professional: how the outcome came about",
        "/decisions/{decision}/explain",
        _explain,
        _facts_body,
        object_schema({"outcome": OUTCOME, "explanation": {"type": "object"}, "text": {"type": "string"}}),
    ),
    Operation(
        "advice",
        "For the person: what to do, and why",
        "/decisions/{decision}/advice",
        _advise,
        _facts_body,
        object_schema(
            {
                "outcome": OUTCOME,
                "advice": {"type": "object"},
                "text": {"type": "string"},
                "html": {"type": "string"},
            }
        ),
    ),
    Operation(
        "interview",
        "The next question, or the end",
        "/decisions/{decision}/interview",
        _interview,
        _interview_body,
        object_schema(
            {
                "decision": {"type": "string"},
                "done": {"type": "boolean"},
                "question": {"type": ["object", "null"]},
                "open": {"type": "array", "items": {"type": "string"}},
                "most_left": {"type": "integer"},
                "outcome": OUTCOME,
            }
        ),
    ),
    Operation("plan", "A dated plan", "/plans/{stages}", _plan, plan_request.plan_schema),
    *health_operations.OPERATIONS,
)
