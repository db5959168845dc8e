"""CDS Hooks: what a clinical system discovers, what it sends, and the cards that it gets."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.interfaces import cds_hooks, fhir
from hiprun.interfaces.cds_hooks.cards import MOST_CHARACTERS, card, indicator
from hiprun.interfaces.cds_hooks.prefetch import templates

NOW = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


@pytest.fixture(scope="module")
def news2(root: Path) -> fhir.Publication:
    """A score from vital signs, which the record of a patient has."""
    return fhir.Publication(hiprun.load(root / "examples" / "news2"))


def quantity(value: Any, code: str) -> dict[str, Any]:
    """Return an amount."""
    return {"valueQuantity": {"value": value, "system": UCUM, "code": code}}


def observation(code: str, **more: Any) -> dict[str, Any]:
    """Return a final observation of this morning."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": "2026-03-02T07:00:00Z",
    } | more


def bundle(*resources: Any) -> dict[str, Any]:
    """Return what a search found."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": resource} for resource in resources]}


def request(publication: fhir.Publication, decision: str, **prefetch: Any) -> dict[str, Any]:
    """Return a request; what is not given was fetched and is not in the record."""
    nothing = dict.fromkeys(templates(publication, decision))
    return {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/1", "patientId": "4711"},
        "prefetch": nothing | prefetch,
    }


def facts(publication: fhir.Publication, decision: str, **prefetch: Any) -> dict[str, Any]:
    """Return the facts that a request leads to."""
    _, outcome = cds_hooks.respond(publication, decision, request(publication, decision, **prefetch), NOW)
    return dict(outcome.facts)


def only_card(publication: fhir.Publication, decision: str, **prefetch: Any) -> dict[str, Any]:
    """Return the card for a request."""
    cards, _ = cds_hooks.respond(publication, decision, request(publication, decision, **prefetch), NOW)
    (found,) = cards["cards"]
    return dict(found)


def test_a_client_discovers_services_and_what_to_fetch(news2: fhir.Publication) -> None:
    """Each decision on offer is a service; its prefetch has a query for each fact that it needs, codes included."""
    found = {service["id"]: service for service in cds_hooks.services(news2)["services"]}
    assert list(found) == list(news2.pack.model.offered)
    assert found["score"]["hook"] == "patient-view"
    assert found["score"]["description"].startswith("National Early Warning Score 2 – An example rule pack")
    assert found["score"]["prefetch"]["pulse"] == (
        "Observation?patient={{context.patientId}}&code=http://loinc.org|8867-4"
        "&status=final,amended,corrected&_sort=-date&_count=1"
    )
    answers = found["score"]["prefetch"]["answers"]
    assert "questionnaire=https://hiprun.dev/fhir/Questionnaire/news2/score|" in answers
    assert "%2B" in answers  # the + of the version is not a space
    asked = found["applicability"]["prefetch"]
    assert asked["patient"] == "Patient/{{context.patientId}}"
    assert asked["pregnant"].startswith("Condition?patient={{context.patientId}}&code=http://snomed.info/sct|77386006&")


def test_a_pack_that_does_not_say_where_its_facts_are_offers_nothing(changed_greenhouse: Callable[..., Path]) -> None:
    """Without a file `record` there is no service; without `answer_hours`, answers are not asked for."""
    folder = changed_greenhouse("record.yaml", "answer_hours: 12\n", "")
    asked = cds_hooks.services(fhir.Publication(hiprun.load(folder, cache=False)))["services"]
    assert asked
    assert not any("answers" in service["prefetch"] for service in asked)
    (folder / "record.yaml").unlink()
    assert cds_hooks.services(fhir.Publication(hiprun.load(folder, cache=False))) == {"services": []}


def test_vital_signs_of_a_record_are_facts(news2: fhir.Publication) -> None:
    """Amounts, components, codes, the age and conditions are read as the pack's file says."""
    pressure = observation("85354-9", component=[{"code": {"coding": []}}, "x"])
    systolic = {"code": {"coding": [{"system": LOINC, "code": "8480-6"}]}, **quantity(95, "mm[Hg]")}
    pressure["component"].append(systolic)
    alert = {"valueCodeableConcept": {"coding": [{"system": LOINC, "code": "LA17108-4"}]}}
    found = facts(
        news2,
        "score",
        pulse=bundle(observation("8867-4", **quantity(Decimal("131"), "/min"))),
        systolic_pressure=bundle(pressure),
        temperature=observation("8310-5", **quantity(Decimal("38.5"), "Cel")),
        consciousness=bundle(observation("67775-7", **alert)),
    )
    assert found == {
        "pulse": 131,
        "systolic_pressure": 95,
        "temperature": Decimal("38.5"),
        "consciousness": "voice",
    }
    status = {
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
    }
    pregnancy = {
        "resourceType": "Condition",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "77386006"}]},
    }
    born = {"resourceType": "Patient", "id": "4711", "birthDate": "1990-03-03"}
    assert facts(news2, "applicability", patient=born, pregnant=bundle(pregnancy | status)) == {
        "age": 35,
        "pregnant": True,
    }


PULSE = observation("8867-4", **quantity(80, "/min"))


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {"resourceType": "Bundle"},
        {"resourceType": "Bundle", "entry": ["x", {}, {"resource": "x"}]},
        PULSE | {"resourceType": "Patient"},
        PULSE | {"status": "entered-in-error"},
        PULSE | {"code": {"coding": "x"}},
        PULSE | {"code": {"coding": ["x", {"system": LOINC, "code": "1-1"}]}},
        PULSE | {"effectiveDateTime": "2026-03-01T07:00:00Z"},  # too old
        PULSE | {"effectiveDateTime": "2026-03-02T09:00:00Z"},  # in the future
        PULSE | {"effectiveDateTime": "2026-03-02T07:00:00"},  # nobody knows where
        PULSE | {"effectiveDateTime": "2026-03-01"},  # may be older than it counts
        PULSE | {"effectiveDateTime": "yesterday"},
        PULSE | {"effectiveDateTime": 7},
        PULSE | {"effectivePeriod": {"end": "2026-01-01T00:00:00Z"}},
        PULSE | {"subject": {"reference": "Patient/4712"}},
        {key: value for key, value in PULSE.items() if key != "valueQuantity"},
    ],
)
def test_what_does_not_count_leaves_a_fact_unknown(news2: fhir.Publication, entry: Any) -> None:
    """Entries that are old, withdrawn, of someone else or about something else say nothing."""
    assert facts(news2, "score", pulse=entry) == {}


@pytest.mark.parametrize(
    "patient",
    [
        {"resourceType": "Group", "birthDate": "1990-03-03"},
        {"resourceType": "Patient", "id": "4712", "birthDate": "1990-03-03"},
        {"resourceType": "Patient", "birthDate": "1990"},
        {"resourceType": "Patient", "birthDate": "1990-02-31"},
        {"resourceType": "Patient", "birthDate": "2027-01-01"},
        {"resourceType": "Patient"},
    ],
)
def test_an_age_that_is_not_certain_is_unknown(news2: fhir.Publication, patient: Any) -> None:
    """A birthday that is not a day, of someone else, or still to come, gives no age."""
    assert facts(news2, "applicability", patient=patient) == {}


@pytest.mark.parametrize(
    ("status", "verified"), [("resolved", "confirmed"), ("active", "refuted"), ("active", None), (None, "confirmed")]
)
def test_a_condition_that_is_not_active_and_confirmed_is_unknown(
    news2: fhir.Publication, status: str | None, verified: str | None
) -> None:
    """No condition makes a fact false, and only one that is certain makes it true."""
    entry = {
        "resourceType": "Condition",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "77386006"}]},
        "clinicalStatus": {"coding": [{"code": status}]},
        "verificationStatus": {"coding": [{"code": verified}]},
    }
    assert facts(news2, "applicability", pregnant=bundle(entry)) == {}


@pytest.mark.parametrize(
    ("key", "entries", "words"),
    [
        ("pulse", [observation("8867-4", **quantity(80, "h"))], "not an amount in /min"),
        ("pulse", [observation("8867-4", valueString="80")], "not an amount in /min"),
        ("pulse", [observation("8867-4", **quantity(2000, "/min"))], "out of range"),
        ("pulse", [PULSE, PULSE | quantity(90, "/min")], "several values at the same time"),
        ("consciousness", [observation("67775-7", valueCodeableConcept={"coding": []})], "no code, or several"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_on_the_card(
    news2: fhir.Publication, key: str, entries: list[Any], words: str
) -> None:
    """The fact is unknown, an older value is not taken instead, and the card says why."""
    older = {"effectiveDateTime": "2026-03-02T05:00:00Z"}
    found = only_card(news2, "score", **{key: bundle(*entries, entries[0] | older)})
    assert words in found["detail"].replace("\\", "")


def test_true_and_false_and_several_codes_are_read(changed_greenhouse: Callable[..., Path]) -> None:
    """A yes-or-no fact can be an observation that is true or false; a choice can have several codes."""
    old = "window_open: {condition: 'https://sensors.example|open'}"
    folder = changed_greenhouse("record.yaml", old, "window_open: {observation: 'http://loinc.org|open', hours: 12}")
    publication = fhir.Publication(hiprun.load(folder, cache=False))
    decision = next(name for name in publication.pack.decisions if "window_open" in templates(publication, name))
    for value in (True, False):
        given = bundle(observation("open", valueBoolean=value))
        assert facts(publication, decision, window_open=given) == {"window_open": value}
    assert facts(publication, decision, window_open=bundle(observation("open", valueString="yes"))) == {}
    seasonal = next(name for name in publication.pack.decisions if "season" in templates(publication, name))
    frosty = {"coding": [{"system": "https://sensors.example", "code": "frosty"}]}
    season = observation("x") | {"code": {"coding": [{"system": "https://sensors.example", "code": "season"}]}}
    found = facts(publication, seasonal, season=season | {"valueCodeableConcept": frosty})
    assert found == {"season": "winter"}


def answers(hip: hiprun.Pack, authored: str, **known: Any) -> dict[str, Any]:
    """Return a response to the form of `triage`."""
    publication = fhir.Publication(hip)
    return fhir.response(publication, fhir.questionnaire(publication, "triage"), known) | {"authored": authored}


def test_answers_to_the_form_count_while_they_are_fresh(hip: hiprun.Pack) -> None:
    """The latest response counts for as many hours as the pack says; none that is older, or from the future."""
    publication = fhir.Publication(hip)
    late = answers(hip, "2026-03-02T06:00:00Z", swelling=True)
    early = answers(hip, "2026-03-01T20:00:00Z", swelling=False)
    assert facts(publication, "triage", answers=bundle(early, late)) == {"swelling": True}
    assert facts(publication, "triage", answers=answers(hip, "2026-02-01T06:00:00Z", swelling=True)) == {}
    assert facts(publication, "triage", answers=answers(hip, "2026-03-03T06:00:00Z", swelling=True)) == {}
    found = only_card(publication, "triage", answers=late | {"questionnaire": "https://elsewhere.example/form"})
    assert "not a response to the questionnaire" in found["detail"]


def test_a_record_and_answers_that_differ_leave_a_fact_unknown(news2: fhir.Publication) -> None:
    """Neither is believed, and the card says so; if they agree, the fact is known."""
    form = fhir.questionnaire(news2, "score")
    given = fhir.response(news2, form, {"pulse": 90}) | {"authored": "2026-03-02T07:30:00Z"}
    found = only_card(news2, "score", answers=given, pulse=PULSE)
    assert "record and the answers differ" in found["detail"].replace("\\", "")
    assert facts(news2, "score", answers=given, pulse=PULSE) == {}
    assert facts(news2, "score", answers=given, pulse=PULSE | quantity(90, "/min")) == {"pulse": 90}


def test_a_card_says_what_to_do_how_urgent_it_is_and_why(hip: hiprun.Pack) -> None:
    """A settled answer gives its words in at most 140 characters, its urgency, its reasons and its source."""
    publication = fhir.Publication(hip)
    found = only_card(publication, "triage", answers=answers(hip, "2026-03-02T06:00:00Z", swelling=True))
    assert found["summary"].startswith("Get an urgent medical evaluation")
    assert len(found["summary"]) <= MOST_CHARACTERS
    assert found["indicator"] == "critical"
    assert "must not wait" in found["detail"]
    assert found["source"]["topic"]["code"] == "triage"
    assert hip.version in found["source"]["label"]
    assert found["extension"]["dev.hiprun"]["provenance"]["digest"] == hip.digest
    again = only_card(publication, "triage", answers=answers(hip, "2026-03-02T06:00:00Z", swelling=True))
    assert again["uuid"] == found["uuid"]


def test_what_is_unknown_is_shown_as_such_with_the_safest_answer(hip: hiprun.Pack) -> None:
    """Without answers nothing is settled: the card says so, names the safest answer, and lists what is open."""
    found = only_card(fhir.Publication(hip), "triage")
    assert found["summary"].startswith("Not settled yet. To be safe: Get an urgent medical evaluation")
    assert found["indicator"] == "critical"
    assert found["extension"]["dev.hiprun"]["status"] == "undetermined"
    assert hip.facts["swelling"].ask in found["detail"].replace("\\", "")


def test_facts_that_cannot_occur_together_are_told(hip: hiprun.Pack) -> None:
    """Answers that contradict each other are not used, so the card shows the safest answer."""
    given = answers(hip, "2026-03-02T06:00:00Z", pain_while_running=5, pain_quality="none")
    found = only_card(fhir.Publication(hip), "triage", answers=given)
    assert found["indicator"] == "critical"
    assert "Not used" in found["detail"]


def test_urgency_follows_the_order_of_the_answers(hip: hiprun.Pack, greenhouse: hiprun.Pack) -> None:
    """The calmest answer is info, the worst of three or more critical, all others warnings; so are contradictions."""
    calm = {name: False for name, fact in hip.facts.items() if fact.domain.type == "boolean"} | {
        "pain_while_running": 0,
        "pain_in_daily_life": 0,
        "pain_quality": "none",
        "pain_trend": "improving",
        "hours_of_pain_after_run": 0,
        "weeks_of_pain_despite_rest": 0,
    }
    triage = hip.decisions["triage"]
    assert indicator(triage, hip.decide("triage", calm)) == "info"
    assert indicator(triage, hip.decide("triage", calm | {"clicking": True})) == "warning"
    assert indicator(triage, hip.decide("triage", calm | {"swelling": True})) == "critical"
    assert indicator(hip.decisions["shoes"], hip.decide("shoes", {})) == "info"
    assert indicator(hip.decisions["readiness"], hip.decide("readiness", {"pain_in_daily_life": 9})) == "warning"
    for name, decision in greenhouse.decisions.items():
        outcome = greenhouse.decide(name, {})
        if outcome.may_conflict or outcome.may_not_match:
            assert indicator(decision, outcome) != "info"


def test_what_has_to_be_read_first_comes_first_on_a_card(hip: hiprun.Pack) -> None:
    """Whatever was asked, a sign that decides alone is on top, and why."""
    outcome = hip.decide("readiness", {"swelling": True})
    first, *_ = hip.decide("triage", {"swelling": True}).advice().do
    found = card(fhir.Publication(hip), outcome)
    lines = found["detail"].replace("\\", "").split("\n")
    assert lines[0] == f"**{first}**"
    assert lines[1:3] == ["", *outcome.advice().first_because][:2]
    assert found["summary"].startswith(first[:100])


def test_texts_of_a_card_are_not_read_as_markdown(greenhouse: hiprun.Pack) -> None:
    """Clients show the detail as Markdown, so whatever could be markup is escaped."""
    outcome = greenhouse.decide("alarm", {"temperature": 31})
    problem = hiprun.Problem("x", "[click](https://evil.example) <b>*now*</b>")
    detail = card(fhir.Publication(greenhouse), outcome, [problem])["detail"]
    assert r"\[click\]\(https://evil\.example\) \<b\>\*now\*\</b\>" in detail


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"hook": "order-sign"}, "hook"),
        ({"hookInstance": ""}, "hookInstance"),
        ({"context": {}}, "context.patientId"),
        ({"context": None}, "context.patientId"),
        ({"prefetch": []}, "prefetch"),
        ({"prefetch": {"answers": []}}, "answers"),
    ],
)
def test_a_request_that_is_none_is_refused(hip: hiprun.Pack, change: dict[str, Any], named: str) -> None:
    """What is missing or wrong is named."""
    publication = fhir.Publication(hip)
    with pytest.raises(cds_hooks.BadRequestError, match=named):
        cds_hooks.respond(publication, "triage", request(publication, "triage") | change, NOW)
    with pytest.raises(cds_hooks.BadRequestError):
        cds_hooks.respond(publication, "triage", "x", NOW)


def test_a_client_that_did_not_fetch_is_told_what(hip: hiprun.Pack) -> None:
    """Null means that the record has nothing; a key that is not there was not fetched."""
    publication = fhir.Publication(hip)
    with pytest.raises(cds_hooks.MissingPrefetchError, match="answers"):
        cds_hooks.respond(publication, "triage", request(publication, "triage") | {"prefetch": {}}, NOW)
