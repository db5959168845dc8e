"""The service over HTTP: what it answers, what it refuses, and what others think of its description."""

from __future__ import annotations

import asyncio
import datetime
import importlib
import json
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

import hiprun
from hiprun.interfaces import fhir
from hiprun.interfaces.service import ServiceLimits, openapi, published, service

from ..seedlings import SHADE
from .sensors import small_pack

NOW = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)
FOLDER = Path(__file__).parent.parent.parent / "packs" / "seedlings"
HIP = "/packs/hip-return-to-run/1.1.0"


@pytest.fixture(scope="module")
def small() -> hiprun.Pack:
    """A pack with three facts and one decision."""
    return small_pack()


class Log:
    """Keeps what is recorded."""

    def __init__(self) -> None:
        self.entries: list[tuple[hiprun.Outcome, datetime.datetime]] = []
        self.full = False

    def record(self, outcome: hiprun.Outcome, *, time: datetime.datetime) -> None:
        """Keep an outcome, or fail."""
        if self.full:
            raise OSError("no space left")
        self.entries.append((outcome, time))


@pytest.fixture(scope="module")
def log() -> Log:
    """The log of the service."""
    return Log()


@pytest.fixture(scope="module")
def client(hip: hiprun.Pack, small: hiprun.Pack, log: Log) -> Iterator[TestClient]:
    """A client of a service with three packs, one of them in two versions."""
    packs = published([hip, small, hiprun.load(FOLDER), hip.with_parameters(pain_stop_level=3)][:3])
    with TestClient(service(packs, recorder=log, clock=lambda: NOW), raise_server_exceptions=False) as found:
        yield found


def test_the_service_says_what_it_offers(client: TestClient, hip: hiprun.Pack) -> None:
    """The first page lists the packs with their versions, decisions and plans; each pack has a page of its own."""
    packs = {pack["name"]: pack for pack in client.get("/").json()["packs"]}
    assert list(packs) == ["hip-return-to-run", "small", "seedlings"]
    assert packs["hip-return-to-run"] == client.get(HIP).json()
    assert packs["hip-return-to-run"]["digest"] == hip.digest
    assert [decision["name"] for decision in client.get(HIP).json()["decisions"]] == list(hip.decisions)
    assert client.get("/health").json()["status"] == "ok"
    assert client.get("/ready").json() == {"status": "ready"}
    assert client.get(f"{HIP}/facts.schema.json").json() == json.loads(json.dumps(hip.input_schema()))


def test_two_packs_of_one_name_and_version_are_refused(hip: hiprun.Pack) -> None:
    """What is at an address has to be certain, also if only the settings differ."""
    with pytest.raises(hiprun.HiprunError, match="two packs called `hip-return-to-run`"):
        published([hip, hip.with_parameters(pain_stop_level=3)])


def test_decisions_are_those_of_the_pack(client: TestClient, hip: hiprun.Pack, log: Log) -> None:
    """The same facts give the same outcomes as in Python, one or all, and each outcome is recorded with its time."""
    facts = {"swelling": True, "pain_while_running": 2.5}
    before = len(log.entries)
    one = client.post(f"{HIP}/decisions/triage", json={"facts": facts})
    assert one.json() == json.loads(json.dumps(hip.decide("triage", facts).to_dict()))
    assert [entry[1] for entry in log.entries[before:]] == [NOW]
    some = client.post(f"{HIP}/evaluate", json={"facts": facts, "decisions": ["today", "shoes"]}).json()
    assert list(some["outcomes"]) == ["today", "shoes"]
    assert some["first"]["words"] == "Get an urgent medical evaluation"
    everything = client.post(f"{HIP}/evaluate", json={"facts": {}}).json()
    assert everything["outcomes"] == json.loads(json.dumps(hip.evaluate({}).to_dict()))
    assert everything["first"] is None


def test_explanations_advice_and_interviews(client: TestClient, hip: hiprun.Pack) -> None:
    """What Python gives for a person and for a professional, and the next question, is there too."""
    body = {"facts": {"swelling": True}}
    outcome = hip.decide("triage", body["facts"])
    assert client.post(f"{HIP}/decisions/triage/explain", json=body).json()["text"] == str(outcome.explain())
    advice = client.post(f"{HIP}/decisions/triage/advice", json=body).json()
    assert (advice["text"], advice["html"]) == (str(outcome.advice()), outcome.advice().to_html())
    step = client.post(f"{HIP}/decisions/triage/interview", json={"facts": {}, "not_known": ["pain_while_running"]})
    expected = hip.interview("triage").step({}, ["pain_while_running"])
    assert step.json() == json.loads(json.dumps(expected.to_dict()))
    assert client.post(f"{HIP}/decisions/triage/interview", json=body).json()["done"] is True
    answers = {"swelling": "yes", "pain_while_running": "2,5"}
    reading = client.post(f"{HIP}/read", json={"answers": answers}).json()
    assert reading["facts"] == {"swelling": True}
    assert [problem["subject"] for problem in reading["problems"]] == ["pain_while_running"]


def test_plans(client: TestClient, hip: hiprun.Pack) -> None:
    """A plan is that of Python, as data and as a CarePlan; without the facts it needs there is none."""
    facts = {"running_stage": "not_running"}
    body = {"facts": facts, "start": "2026-03-02", "weeks": 2, "stage": "week_1"}
    plan = hip.plan("run_walk", facts, start="2026-03-02", weeks=2, stage="week_1")
    assert client.post(f"{HIP}/plans/run_walk", json=body).json() == json.loads(json.dumps(plan.to_dict()))
    refused = client.post(f"{HIP}/fhir/CarePlan/run_walk", json=body | {"subject": "Patient/1"})
    assert (refused.status_code, refused.json()["problems"][0]["code"]) == (409, "no-plan")
    growing = {"facts": SHADE, "start": "2026-03-02", "subject": "Patient/1"}
    written = client.post("/packs/seedlings/1.0.0/fhir/CarePlan/hardening", json=growing)
    assert written.headers["content-type"] == "application/fhir+json"
    seedlings = hiprun.load(FOLDER)
    plan = seedlings.plan("hardening", SHADE, start="2026-03-02")
    kept = fhir.care_plan(fhir.Publication(seedlings), plan, subject="Patient/1")
    assert written.json() == json.loads(json.dumps(kept))


def test_forms_and_guidance(client: TestClient, hip: hiprun.Pack) -> None:
    """FHIR over HTTP is what the functions give, with the media type of FHIR."""
    publication = fhir.Publication(hip)
    path = f"{HIP}/fhir/Questionnaire/triage"
    form = client.get(path)
    assert form.headers["content-type"] == "application/fhir+json"
    assert form.json() == json.loads(json.dumps(fhir.questionnaire(publication, "triage")))
    adaptive = fhir.questionnaire(publication, "triage", adaptive=True)
    assert client.get(f"{path}/adaptive").json() == json.loads(json.dumps(adaptive))
    begin = fhir.first_response(publication, "triage")
    asked = client.post(f"{path}/$next-question", json=begin).json()
    assert asked == json.loads(json.dumps(fhir.next_question(publication, "triage", begin)))
    wrapped = {"resourceType": "Parameters", "parameter": [{"name": "questionnaire-response", "resource": begin}]}
    again = client.post(f"{path}/$next-question", json=wrapped).json()
    assert again == {"resourceType": "Parameters", "parameter": [{"name": "return", "resource": asked}]}
    lost = client.post(f"{path}/$next-question", json={"resourceType": "Parameters"})
    assert (lost.status_code, lost.json()["problems"][0]["code"]) == (409, "bad-response")
    response = fhir.response(publication, form.json(), {"swelling": True})
    guidance = client.post(f"{path}/$guidance", json=response).json()
    assert (guidance["status"], guidance["occurrenceDateTime"]) == ("success", "2026-03-02T08:00:00+00:00")
    impossible = fhir.response(publication, form.json(), {"pain_while_running": 5, "pain_quality": "none"})
    for wrong in (response | {"questionnaire": "x"}, impossible):
        assert client.post(f"{path}/$guidance", json=wrong).json()["status"] == "failure"


def test_cards(client: TestClient) -> None:
    """A client of CDS Hooks discovers services and gets cards; 412 says that something was not fetched."""
    services = client.get(f"{HIP}/cds-services").json()["services"]
    assert "triage" in [service["id"] for service in services]
    request: dict[str, Any] = {
        "hook": "patient-view",
        "hookInstance": "1",
        "context": {"patientId": "1"},
        "prefetch": {"answers": None},
    }
    cards = client.post(f"{HIP}/cds-services/triage", json=request).json()["cards"]
    assert cards[0]["indicator"] == "critical"
    assert client.post(f"{HIP}/cds-services/triage", json=request | {"prefetch": {}}).status_code == 412
    assert client.post(f"{HIP}/cds-services/triage", json=request | {"hook": "x"}).status_code == 422
    assert client.post("/packs/seedlings/1.0.0/cds-services/hardening", json=request).status_code == 404


def problem(response: httpx.Response) -> tuple[int, str]:
    """Return the status of a reply that says what is wrong, and the code of its first problem."""
    assert response.headers["content-type"] == "application/problem+json"
    data = response.json()
    assert data["status"] == response.status_code
    assert data["type"].rpartition("/")[2] == (data["problems"][0]["code"] if data["problems"] else "fault")
    return response.status_code, data["type"].rpartition("/")[2]


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("decisions/high", b"{", (400, "bad-json")),
        ("decisions/high", b"\xff", (400, "bad-json")),
        ("decisions/high", b'{"facts": {"amount": NaN}}', (400, "bad-json")),
        ("decisions/high", b'{"facts": {"hot": true, "hot": false}}', (400, "bad-json")),
        ("decisions/high", b"[" * 100_000, (400, "bad-json")),
        ("decisions/high", b"[]", (422, "bad-request")),
        ("decisions/high", b"{}", (422, "bad-request")),
        ("decisions/high", b'{"facts": []}', (422, "bad-request")),
        ("decisions/high", b'{"facts": {}, "fact": {}}', (422, "bad-request")),
        ("decisions/high", b'{"facts": {"amount": 10}}', (422, "out-of-range")),
        ("decisions/high", b'{"facts": {"amount": "3"}}', (422, "wrong-type")),
        ("decisions/high", b'{"facts": {"hut": true}}', (422, "unknown-fact")),
        ("decisions/high", b'{"facts": {"hot": true, "amount": 0}}', (409, "impossible-facts")),
        ("decisions/high", b'{"facts": {"amount": {"above": 5, "below": 5}}}', (409, "nothing-left")),
        ("decisions/high", b'{"facts": {"since": "2020-01-01"}}', (409, "out-of-range")),
        (
            "decisions/high",
            b'{"facts": {"amount": 1.00000000000000000000000000000000000000000000001}}',
            (409, "number-too-long"),
        ),
        ("decisions/low", b'{"facts": {}}', (404, "unknown-decision")),
        ("decisions/high/interview", b'{"facts": {}, "not_known": "hot"}', (422, "bad-request")),
        ("decisions/high/interview", b'{"facts": {}, "not_known": ["hut"]}', (422, "bad-request")),
        ("decisions/high/interview", b'{"facts": {}, "not_known": ["hot", "hot"]}', (422, "bad-request")),
        ("evaluate", b'{"facts": {}, "decisions": [3]}', (422, "bad-request")),
        ("fhir/Questionnaire/high/$guidance", b'{"resourceType": "Patient"}', (422, "bad-request")),
        ("fhir/Questionnaire/high/$next-question", b"[]", (422, "bad-request")),
        ("plans/none", b'{"facts": {}, "start": "2026-03-02"}', (404, "unknown-stages")),
        ("nothing", b"{}", (404, "no-such-page")),
    ],
)
def test_what_is_wrong_is_said_as_rfc_9457_describes(
    client: TestClient, path: str, content: bytes, expected: tuple[int, str]
) -> None:
    """Each refusal has its status, and every problem with its code."""
    headers = {"Content-Type": "application/json"}
    response = client.post(f"/packs/small/1.0.0/{path}", content=content, headers=headers)
    assert problem(response) == expected


def test_a_misspelt_decision_gets_the_nearest_name(client: TestClient) -> None:
    """What is not there is refused with what was probably meant."""
    (found,) = client.post("/packs/small/1.0.0/decisions/hihg", json={"facts": {}}).json()["problems"]
    assert found["help"] == "Did you mean `high`?"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"start": 3}, (422, "bad-request")),
        ({"start": "2 March"}, (422, "bad-when")),
        ({"start": "2026-02-30"}, (422, "bad-when")),
        ({"start": "9999-12-31"}, (409, "bad-when")),
        ({"weeks": 1000}, (422, "bad-request")),
        ({"weeks": True}, (422, "bad-request")),
        ({"stage": "no_such_stage"}, (422, "unknown-stage")),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    client: TestClient, change: Mapping[str, Any], expected: tuple[int, str]
) -> None:
    """A day that is none, or too many weeks, are told."""
    body = {"facts": {}, "start": "2026-03-02"} | dict(change)
    assert problem(client.post("/packs/seedlings/1.0.0/plans/hardening", json=body)) == expected


def test_other_methods_and_types_are_refused(client: TestClient) -> None:
    """A wrong method says which are right; a body that is not JSON is not read."""
    path = "/packs/small/1.0.0/decisions/high"
    wrong = client.get(path)
    assert (problem(wrong), wrong.headers["allow"]) == ((405, "no-such-method"), "POST")
    assert problem(client.post(path, content=b"hot=yes"))[0] == 415
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert problem(client.post(path, content=b"hot=yes", headers=form)) == (415, "not-json")
    as_fhir = {"Content-Type": "application/fhir+json; charset=utf-8"}
    assert client.post(path, content=b'{"facts": {}}', headers=as_fhir).status_code == 200


def test_what_has_not_changed_is_not_sent_again(client: TestClient, hip: hiprun.Pack) -> None:
    """The tag is that of the digest: a client that has it gets nothing, and one that wants another pack is told."""
    first = client.get(HIP)
    tag = first.headers["etag"]
    assert hip.digest in tag
    again = client.get(HIP, headers={"If-None-Match": f'"old", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    path, body = f"{HIP}/decisions/triage", {"facts": {}}
    assert client.post(path, json=body, headers={"If-Match": tag}).status_code == 200
    assert client.post(path, json=body, headers={"If-Match": "*"}).status_code == 200
    assert problem(client.post(path, json=body, headers={"If-Match": '"other"'})) == (412, "other-pack")


def test_metrics_count_requests_and_decisions(client: TestClient) -> None:
    """The metrics can be read by the parser of Prometheus and have what was done; no fact is in them."""
    client.post(f"{HIP}/decisions/shoes", json={"facts": {"shoe_miles": 123}})
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    families = {family.name: family for family in text_string_to_metric_families(response.text)}
    decided = {tuple(sample.labels.values()): sample.value for sample in families["hiprun_decisions"].samples}
    assert any(key[0] == "hip-return-to-run" and key[2] == "shoes" for key in decided)
    buckets = [sample.value for sample in families["hiprun_request_seconds"].samples if "le" in sample.labels]
    assert buckets == sorted(buckets)
    assert buckets[-1] >= 1
    assert "shoe_miles" not in response.text


def test_an_outcome_that_cannot_be_recorded_is_not_sent(client: TestClient, log: Log) -> None:
    """If the log is full, the reply is that of a fault, without details."""
    log.full = True
    try:
        response = client.post(f"{HIP}/decisions/triage", json={"facts": {}})
    finally:
        log.full = False
    assert problem(response) == (500, "fault")
    assert "space" not in response.text


def called(application: Starlette, parts: list[bytes], pause: float = 0.0, path: str = "") -> tuple[int, bytes]:
    """Return the status and the body of the reply to a request whose body arrives in parts."""
    sent: list[dict[str, Any]] = []

    async def call() -> None:
        waiting = iter(parts)

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(pause)
            part = next(waiting, None)
            if part is None:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": part, "more_body": True}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": path or "/packs/small/1.0.0/decisions/high",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
        }
        await application(scope, receive, send)

    asyncio.run(call())
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def test_bodies_are_bounded_in_size_and_time(small: hiprun.Pack) -> None:
    """A body that is too large, comes too slowly or stops coming is not waited for."""
    application = service(published([small]), limits=ServiceLimits(most_bytes=100, body_seconds=0.05))
    assert called(application, [b" " * 60] * 3)[0] == 413
    assert called(application, [b" "] * 1000, pause=0.01)[0] == 408
    assert called(application, [b" "])[0] == 400


def test_a_busy_service_says_so(small: hiprun.Pack) -> None:
    """Requests beyond those that may wait are told to come again, and so are those whose answer takes too long."""
    held, begun = threading.Event(), threading.Event()

    class Slow:
        def record(self, outcome: hiprun.Outcome, *, time: datetime.datetime) -> None:
            begun.set()
            held.wait(10)

    limits = ServiceLimits(answer_seconds=0.05, most_waiting=1)
    application = service(published([small]), recorder=Slow(), limits=limits)
    with TestClient(application) as client:
        path, body = "/packs/small/1.0.0/decisions/high", {"facts": {}}
        late = client.post(path, json=body)
        assert (problem(late), late.headers["retry-after"]) == ((503, "busy"), "1")
        assert "took too long" in late.json()["detail"]
        assert begun.is_set()
        full = client.post(path, json=body)
        assert (problem(full), full.json()["detail"]) == ((503, "busy"), "The service is busy.")
        assert client.get("/ready").status_code == 503
        held.set()


def test_the_description_is_valid_openapi(hip: hiprun.Pack, small: hiprun.Pack) -> None:
    """A validator of OpenAPI 3.1 accepts the description of the hip pack and of a small one."""
    validate(openapi(published([hip, small, hiprun.load(FOLDER)]).values()))


def test_numbers_beyond_every_bound_are_not_json(client: TestClient) -> None:
    """A number whose exponent no decimal can have is refused like anything else that cannot be read."""
    body = '{"facts": {"swelling": 1e99999999999999999999}}'
    reply = client.post(f"{HIP}/evaluate", content=body, headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["problems"][0]["code"]) == (400, "bad-json")


def test_on_loopback_it_answers_under_names_of_this_machine_alone(small: hiprun.Pack) -> None:
    """A web site that points a name of its own at this machine reads nothing through its visitors' browsers."""
    client = TestClient(service(published([small]), hosts=["127.0.0.1", "[::1]"]))
    for name in ("127.0.0.1", "127.0.0.1:8080", "[::1]:8080"):
        assert client.get("/", headers={"Host": name}).status_code == 200
    for name in ("rebound.example", "rebound.example:8080", "127.0.0.1.rebound.example", "127.0.0.1@x", ""):
        reply = client.get("/health", headers={"Host": name})
        assert (reply.status_code, reply.json()["type"].rpartition("/")[2]) == (421, "other-host")


def test_what_any_address_may_reply_is_described(small: hiprun.Pack) -> None:
    """That the request is for another host, and that nothing has changed, are replies of the description."""
    client = TestClient(service(published([small]), hosts=["testserver"]))
    for template, methods in client.get("/openapi.json").json()["paths"].items():
        path = template.replace("{decision}", next(iter(small.decisions)))
        for method, described in methods.items():
            elsewhere = client.request(method, path, headers={"Host": "rebound.example"})
            assert str(elsewhere.status_code) == "421" in described["responses"], path
            if method == "get" and "304" in described["responses"]:
                tag = client.get(path).headers["ETag"]
                assert client.get(path, headers={"If-None-Match": tag}).status_code == 304, path


def test_texts_come_in_the_language_that_the_client_likes_best(client: TestClient) -> None:
    """What is decided is the same; what is cached is told apart by the language."""
    path = f"{HIP}/decisions/triage/advice"

    def advice(**headers: str) -> httpx.Response:
        return client.post(path, json={"facts": {"swelling": True}}, headers=headers)

    english, german = advice(), advice(**{"Accept-Language": "fr, de-CH;q=0.8, en;q=0.5"})
    assert german.json()["advice"]["do"][0] == "Lassen Sie sich dringend ärztlich untersuchen"
    assert english.json()["outcome"]["possible"] == german.json()["outcome"]["possible"]
    assert (english.headers["Content-Language"], german.headers["Content-Language"]) == ("en", "de")
    assert german.headers["Vary"] == "Accept-Language"
    assert english.headers["ETag"] != german.headers["ETag"]
    assert advice(**{"If-Match": german.headers["ETag"]}).status_code == 200
    for unclear in ("de;q=0, en", "de;q=2", "de;q=x", ";;,,q=", "fr", "x" * 5000 + ",de"):
        assert advice(**{"Accept-Language": unclear}).headers["Content-Language"] == "en", unclear


def test_the_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the error says what to install; any other module that is missing is a fault."""
    for missing, error in (("starlette", hiprun.MissingExtraError), ("hiprun.interfaces.fhir", ModuleNotFoundError)):
        with monkeypatch.context() as without:
            for name in [name for name in sys.modules if name.startswith(("hiprun.interfaces.service", missing))]:
                without.delitem(sys.modules, name)
            without.setitem(sys.modules, missing, None)
            with pytest.raises(error, match=r"starlette.*hiprun\[serve\]" if missing == "starlette" else "fhir"):
                importlib.import_module("hiprun.interfaces.service")
