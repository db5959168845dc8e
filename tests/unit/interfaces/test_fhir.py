"""FHIR, made from a pack: forms, their responses, guidance and plans."""

from __future__ import annotations

import datetime
import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

import hiprun
from hiprun.interfaces import fhir
from hiprun.interfaces.fhir.ucum import ucum_code
from hiprun.model import Domain

from ..seedlings import SHADE

FORM = fhir.Publication
HEADER = "{pack: small, language: 2, version: 1.0.0, title: Small}"


def small_pack(folder: Path, facts: str, **files: str) -> hiprun.Pack:
    """Return a pack with one decision, `high`, which the fact `dose` decides."""
    texts = {
        "pack": HEADER,
        "facts": f"facts:\n  dose: {{type: number, range: [0, 9], ask: How many?}}\n{facts}",
        "high": "{decision: high, outputs: {high: {type: boolean}}, rules: [{id: one, when: {dose: {above: 5}}, "
        "then: {high: true}}], otherwise: {high: false}}",
    } | files
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return hiprun.load(folder, cache=False)


def sent(resource: fhir.Resource) -> Any:
    """Return a resource as it arrives at the other end."""
    return json.loads(json.dumps(resource))


def drawn(domain: Domain, chance: random.Random) -> Any:
    """Return a value of a domain."""
    match domain.type:
        case "boolean":
            return chance.random() < 0.2
        case "choice":
            return chance.choice(list(domain.choices))
        case "set":
            return [choice for choice in domain.choices if chance.random() < 0.4]
        case "integer":
            return chance.randint(int(domain.lowest or 0), int(domain.highest or 0))
        case _:
            return round(Decimal(chance.uniform(float(domain.lowest or 0), float(domain.highest or 0))), 2)


def items(form: fhir.Resource) -> dict[str, Any]:
    """Return all items of a form or a response, by their link."""
    waiting, found = list(form["item"]), {}
    for item in waiting:
        found[item["linkId"]] = item
        waiting += item.get("item", [])
    return found


def form_items(pack: hiprun.Pack, decision: str) -> list[tuple[str, Any]]:
    """Return all items of the form of a decision, with their links."""
    return list(items(fhir.questionnaire(FORM(pack), decision)).items())


def test_no_answer_changes_on_the_way_through_a_form(hip: hiprun.Pack) -> None:
    """For 1,000 random runners, known in part, the response to the form gives the same decision as their facts."""
    publication = FORM(hip)
    forms = {name: fhir.questionnaire(publication, name) for name in ("triage", "today", "progression", "exercises")}
    chance = random.Random(20260302)
    tried, statuses = 0, set()
    while tried < 1000:
        name, known = chance.choice(list(forms)), chance.random() ** 0.5
        facts = {fact: drawn(hip.facts[fact].domain, chance) for fact in hip.facts if chance.random() < known}
        try:
            expected = hip.decide(name, facts)
        except hiprun.FactError:
            continue  # such a runner cannot be
        reading = fhir.read_response(publication, name, sent(fhir.response(publication, forms[name], facts)))
        assert reading.problems == ()
        assert hip.decide(name, reading.facts).conclusion == expected.conclusion
        statuses.add(expected.status)
        tried += 1
    assert statuses == {"decided", "undetermined"}


def test_a_form_asks_for_what_can_matter_in_groups(hip: hiprun.Pack) -> None:
    """The form of a decision that others serve has a group for each of them, with its title; no question is missing."""
    form = fhir.questionnaire(FORM(hip), "today")
    groups = {item["text"]: item for item in form["item"] if item["type"] == "group"}
    assert next(iter(groups)) == hip.decisions["triage"].title
    assert set(hip.decide("today", {}).needs) <= items(form).keys()
    assert form["item"][0]["text"] == form["description"] == hip.notice
    assert not any(item["type"] == "group" for item in fhir.questionnaire(FORM(hip), "triage")["item"])


def test_a_form_asks_for_what_constraints_tie_to_an_answer(hip: hiprun.Pack) -> None:
    """A fact that can matter only through a constraint is asked for too, and so is every quantity that is limited."""
    asked = items(fhir.questionnaire(FORM(hip), "progression"))
    assert {"days_since_last_run", "hours_of_pain_after_run", "next_week_distance"} <= asked.keys()


def test_what_derived_quantities_come_from_is_asked_for(greenhouse: hiprun.Pack) -> None:
    """Facts behind the quantities of limits are asked for, also through derived facts and other decisions."""
    for name, decision in greenhouse.decisions.items():
        if decision.quantities:
            form = fhir.questionnaire(FORM(greenhouse), name)
            assert all(ref.name in items(form) for _, ref in decision.quantities if ref.kind == "fact")


def test_each_type_of_fact_has_its_item(hip: hiprun.Pack, tmp_path: Path) -> None:
    """Types, ranges, units and choices of facts are those of the items; a set can also be none of its choices."""
    found = {name: item for form in ("today", "injury_pattern") for name, item in form_items(hip, form)}
    pain, sites, stand = (found[name] for name in ("pain_while_running", "pain_sites", "single_leg_stand_seconds"))
    extensions = {entry["url"].rpartition("/")[2]: entry for entry in pain["extension"]}
    assert (pain["type"], extensions["minValue"]["valueDecimal"], extensions["maxValue"]["valueDecimal"]) == (
        "decimal",
        0,
        10,
    )
    assert extensions["questionnaire-unit"]["valueCoding"]["code"] == "{pain_score}"
    assert stand["extension"][-1]["valueCoding"] == {"system": "http://unitsofmeasure.org", "code": "s", "display": "s"}
    assert pain["item"][0]["text"] == hip.facts["pain_while_running"].because
    assert (sites["type"], sites["repeats"]) == ("choice", True)
    none = sites["answerOption"][-1]
    assert none["valueCoding"]["display"] == "None of these"
    assert none["extension"][0]["valueBoolean"] is True

    pack = small_pack(
        tmp_path,
        "  day: {type: date, range: [2026-01-01, 2026-12-31], ask: When?}\n"
        "  name: {type: string, ask: Who?}\n"
        "  many: {type: integer, range: [0, 9999999999], ask: How many in all?}\n"
        "  few: {type: integer, range: [0, 9], ask: How few?}\n",
        high="{decision: high, outputs: {high: {type: boolean}}, rules: [{id: one, when: {all: [{dose: {above: 5}}, "
        "{day: {above: 2026-06-01}}, {name: me}, {many: 7}, {few: 2}]}, "
        "then: {high: true}}], otherwise: {high: false}}",
    )
    facts = {"day": datetime.date(2026, 7, 1), "name": "me", "many": 7, "few": 2, "dose": 6.5}
    form = fhir.questionnaire(FORM(pack), "high")
    found = items(form)
    assert [found[name]["type"] for name in facts] == ["date", "string", "decimal", "integer", "decimal"]
    assert found["day"]["extension"][0]["valueDate"] == "2026-01-01"
    assert found["many"]["extension"][-1]["valueInteger"] == 0
    assert "description" not in form  # this pack has no notice
    reading = fhir.read_response(FORM(pack), "high", sent(fhir.response(FORM(pack), form, facts)))
    assert pack.decide("high", reading.facts)["high"] is True


def test_r5_calls_a_choice_a_coding(hip: hiprun.Pack) -> None:
    """In R5, questions with choices have the type `coding`; responses are the same."""
    found = items(fhir.questionnaire(FORM(hip, release="R5"), "triage"))
    assert found["pain_quality"]["type"] == found["pain_sites"]["type"] == "coding"


def test_a_decision_without_questions_has_a_form_without_items(tmp_path: Path) -> None:
    """No list in FHIR is empty: a form or a response without items leaves them out."""
    always = "{decision: high, outputs: {high: {type: boolean}}, rules: [{id: one, then: {high: true}}]}"
    publication = FORM(small_pack(tmp_path, "", high=always))
    form = fhir.questionnaire(publication, "high")
    assert "item" not in form
    assert "item" not in fhir.response(publication, form, {})


def test_everything_has_the_address_and_version_of_its_pack(hip: hiprun.Pack) -> None:
    """Addresses begin with the base; the version changes with the settings, which change the digest."""
    form = fhir.questionnaire(FORM(hip, "https://clinic.example/fhir"), "triage")
    assert form["url"] == "https://clinic.example/fhir/Questionnaire/hip-return-to-run/triage"
    assert form["identifier"][0]["value"] == hip.digest
    assert form["version"] == f"{hip.version}+{hip.digest[:12]}"
    assert form["version"] != FORM(hip.with_parameters(pain_stop_level=3)).version


def test_a_partly_known_fact_has_no_answer(hip: hiprun.Pack) -> None:
    """What is known only in part cannot be said in a response, and is left out of it."""
    form = fhir.questionnaire(FORM(hip), "triage")
    said = fhir.response(FORM(hip), form, {"pain_while_running": {"at_least": 4}, "swelling": False})
    assert [item["linkId"] for item in said["item"]] == ["swelling"]


def answered(*given: Any, link: str = "pain_while_running", **more: Any) -> Any:
    """Return a response to the form of `triage` with these answers to one question."""
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": "https://hiprun.dev/fhir/Questionnaire/hip-return-to-run/triage",
        "item": [{"linkId": link, "answer": list(given)}],
    } | more


CODES = "https://hiprun.dev/fhir/CodeSystem/hip-return-to-run"
PAIN_UNIT = {"system": "http://unitsofmeasure.org", "code": "{pain_score}"}


@pytest.mark.parametrize(
    ("response", "value"),
    [
        (answered({"valueInteger": 3}), 3),
        (answered({"valueQuantity": {"value": 2.5, **PAIN_UNIT}}), Decimal("2.5")),
        (answered({"valueDecimal": Decimal("0.1")}), Decimal("0.1")),
        (answered({"valueCoding": {"code": "dull"}}, link="pain_quality"), "dull"),
        (
            answered({"valueCoding": {"code": "_none"}}, {"valueCoding": {"code": "_none"}}, link="pain_sites"),
            frozenset(),
        ),
        (answered({"valueCoding": {"code": "side", "system": f"{CODES}/pain_sites"}}, link="pain_sites"), {"side"}),
        (answered({"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}]}), None),
        (answered(), None),
        (answered({}, link="pain_sites"), None),
        (
            answered(item=[{"linkId": "_group", "item": [{"linkId": "swelling", "answer": [{"valueBoolean": True}]}]}]),
            True,
        ),
        (answered(item=[{"linkId": "swelling", "answer": [{"valueBoolean": True, "item": [{"linkId": "x"}]}]}]), True),
    ],
)
def test_answers_are_read(hip: hiprun.Pack, response: Any, value: Any) -> None:
    """An answer gives the value of its fact, wherever it is in the response; without a value the fact is unknown."""
    reading = fhir.read_response(FORM(hip), "triage", response)
    assert reading.problems == ()
    assert list(reading.facts.values()) == ([] if value is None else [value])


@pytest.mark.parametrize(
    ("response", "code", "words"),
    [
        ("a text", "bad-response", "not a QuestionnaireResponse"),
        ({"resourceType": "Patient"}, "bad-response", "not a QuestionnaireResponse"),
        (answered(status="entered-in-error"), "bad-response", "entered in error"),
        (answered(questionnaire=None), "other-questionnaire", "not a response to the questionnaire of `triage`"),
        (answered(questionnaire="https://elsewhere.example/form"), "other-questionnaire", "not a response"),
        (answered(questionnaire=f"{answered()['questionnaire']}|0.9.0"), "other-questionnaire", "version `0.9.0`"),
        (answered(questionnaire="#form"), "other-questionnaire", "not a response"),
        (answered(questionnaire="#form", contained=["x"]), "other-questionnaire", "not a response"),
        (
            answered(questionnaire="#f", contained=[{"id": "f", "resourceType": "Questionnaire", "derivedFrom": "x"}]),
            "other-questionnaire",
            "not a response",
        ),
        (answered(item="x"), "bad-response", "not a list"),
        (answered(item=["x"]), "bad-response", "not an object"),
        (answered(item=[{"linkId": 3}]), "bad-response", "no `linkId`"),
        (answered(item=[{"linkId": "swelling", "answer": {}}]), "bad-response", "not a list"),
        (answered(item=[{"linkId": "x"}] * 5000), "bad-response", "more than 1000 items"),
        (answered({"valueBoolean": True}, link="swolling"), "unknown-fact", "not a question of this questionnaire"),
        (answered("3"), "wrong-answer", "not an object"),
        (answered({"valueDecimal": 3, "valueInteger": 3}), "wrong-answer", "several values"),
        (answered({"valueString": "3"}), "wrong-answer", "`valueString` does not fit"),
        (answered({"valueDecimal": True}), "wrong-type", "not a number"),
        (answered({"valueDecimal": 11}), "out-of-range", "11"),
        (answered({"valueDecimal": 1}, {"valueDecimal": 2}), "several-answers", "2 answers"),
        (answered({"valueQuantity": {"value": 3, "code": "h"}}), "wrong-answer", "not in the unit"),
        (answered({"valueQuantity": {"value": 3, **PAIN_UNIT, "code": "h"}}), "wrong-answer", "not in the unit"),
        (answered({"valueQuantity": {"value": 3, "comparator": ">", **PAIN_UNIT}}), "wrong-answer", "not in the unit"),
        (answered({"valueQuantity": 3}), "wrong-answer", "not in the unit"),
        (answered({"valueCoding": {"code": "none_of"}}, link="pain_quality"), "not-a-choice", "`none_of`"),
        (answered({"valueCoding": {"code": "_none"}}, link="pain_quality"), "not-a-choice", "`_none`"),
        (answered({"valueString": "dull"}, link="pain_quality"), "wrong-answer", "`valueString` does not fit"),
        (answered({"valueCoding": "dull"}, link="pain_quality"), "not-a-choice", "not one of the choices"),
        (answered({"valueCoding": {"code": "dull", "system": "x"}}, link="pain_quality"), "wrong-answer", "the system"),
        (
            answered({"valueCoding": {"code": "_none"}}, {"valueCoding": {"code": "side"}}, link="pain_sites"),
            "several-answers",
            "with other choices",
        ),
        (
            answered(item=[{"linkId": "swelling", "answer": [{"valueBoolean": True}]}] * 2),
            "several-answers",
            "answered twice",
        ),
    ],
)
def test_what_cannot_be_read_is_told_and_not_guessed(hip: hiprun.Pack, response: Any, code: str, words: str) -> None:
    """Each mistake in a response is a problem with its code, and its fact stays unknown."""
    reading = fhir.read_response(FORM(hip), "triage", response)
    assert [problem.code for problem in reading.problems] == [code]
    assert words in reading.problems[0].message
    assert reading.facts == {}


def test_right_answers_beside_a_wrong_one_are_kept(hip: hiprun.Pack) -> None:
    """One wrong answer does not hide the others."""
    both = [
        {"linkId": "pain_while_running", "answer": [{"valueDecimal": 11}]},
        {"linkId": "swelling", "answer": [{"valueBoolean": True}]},
    ]
    reading = fhir.read_response(FORM(hip), "triage", answered(item=both))
    assert reading.facts == {"swelling": True}
    assert reading.problems[0].subject == "pain_while_running"


def test_an_interview_asks_one_question_after_another(hip: hiprun.Pack) -> None:
    """`$next-question` adds the question that the interview asks, until the answer is settled."""
    publication = FORM(hip)
    response = sent(fhir.next_question(publication, "triage", fhir.first_response(publication, "triage")))
    response["subject"] = {"reference": "Patient/1"}
    facts: dict[str, Any] = {}
    while response["status"] == "in-progress":
        asked = response["item"][-1]
        expected = hip.interview("triage").step(facts).question
        assert expected is not None
        assert (asked["linkId"], asked["text"]) == (expected.fact, expected.ask)
        assert response["contained"][0]["item"][-1]["linkId"] == expected.fact
        number = hip.facts[expected.fact].domain.type == "number"
        facts[expected.fact] = 5 if number else False
        asked["answer"] = [{"valueDecimal": 5} if number else {"valueBoolean": False}]
        response = sent(fhir.next_question(publication, "triage", response))
    assert response["subject"] == {"reference": "Patient/1"}
    assert fhir.read_response(publication, "triage", response).facts == facts


def test_a_question_without_an_answer_is_not_asked_again(hip: hiprun.Pack) -> None:
    """Who does not know gets the next question; when no other is left, the response is completed."""
    publication = FORM(hip)
    response = fhir.first_response(publication, "shoes")
    for _ in range(3):
        response = sent(fhir.next_question(publication, "shoes", response))
    assert response["status"] == "completed"
    assert [item["linkId"] for item in response["item"]] == list(hip.decide("shoes", {}).needs)
    assert fhir.questionnaire(publication, "shoes", adaptive=True)["extension"][0]["valueBoolean"] is True


def test_an_interview_can_begin_with_what_is_known(hip: hiprun.Pack) -> None:
    """Answers that nobody asked for count, and what the form within the response says besides is not believed."""
    publication = FORM(hip)
    response = fhir.first_response(publication, "triage")
    response["item"] = [{"linkId": "swelling", "answer": [{"valueBoolean": True}]}]
    response["contained"][0]["item"] = ["x", {"linkId": 3}, {"linkId": "unheard_of"}]
    done = fhir.next_question(publication, "triage", response)
    assert done["status"] == "completed"
    assert [item["linkId"] for item in done["contained"][0]["item"]] == ["swelling"]
    response["item"][0]["answer"] = [{"valueBoolean": "yes"}]
    with pytest.raises(hiprun.FactError, match="swelling"):
        fhir.next_question(publication, "triage", response)


def parameters(resource: fhir.Resource) -> list[Any]:
    """Return the parameters of a guidance."""
    found: list[Any] = resource["contained"][0]["parameter"]
    return found


def test_guidance_says_what_was_decided(hip: hiprun.Pack) -> None:
    """A settled outcome is a success with its outputs, its words, and what identifies it."""
    outcome = hip.decide("triage", {"swelling": True})
    found = fhir.guidance(FORM(hip), outcome, subject="Patient/1", occurred="2026-03-02T08:00:00Z", request="request-1")
    assert (found["status"], found["requestIdentifier"]) == ("success", {"value": "request-1"})
    assert (found["subject"], found["occurrenceDateTime"]) == ({"reference": "Patient/1"}, "2026-03-02T08:00:00Z")
    assert found["moduleCanonical"].startswith("https://hiprun.dev/fhir/Library/hip-return-to-run/triage|1.")
    assert [part["name"] for part in parameters(found)] == ["status", "action", "running"]
    assert parameters(found)[1]["valueCoding"]["display"] == "Get an urgent medical evaluation"
    assert "must not wait" in " ".join(found["note"][0]["text"].split())
    assert "dataRequirement" not in found


def test_guidance_says_what_is_needed(hip: hiprun.Pack) -> None:
    """An open outcome asks for data, question by question, and gives what is certain and the safest answer."""
    outcome = hip.decide("triage", {"trouble_walking": True})
    found = fhir.guidance(FORM(hip), outcome)
    assert found["status"] == "data-required"
    codes = [entry["codeFilter"][0]["code"][0] for entry in found["dataRequirement"]]
    assert [code["code"] for code in codes] == list(outcome.needs)
    form = items(fhir.questionnaire(FORM(hip), "triage"))
    assert all({key: code[key] for key in ("system", "code")} in form[code["code"]]["code"] for code in codes)
    certain = {part["name"]: part for part in parameters(found)}
    assert certain["running"]["valueCoding"]["code"] == "stop"
    assert "action" not in certain
    assert certain["safest"]["part"][0]["valueCoding"]["code"] == "urgent_evaluation"


def test_guidance_tells_of_contradictions_and_bad_facts(greenhouse: hiprun.Pack) -> None:
    """Rules that contradict each other, and facts that cannot be used, are failures with a reason."""
    publication = FORM(greenhouse)
    clash = fhir.guidance(publication, greenhouse.decide("clash", {"temperature": 30, "pests": ["slugs"]}))
    assert (clash["status"], clash["evaluationMessage"]) == ("failure", [{"reference": "#messages"}])
    assert clash["contained"][1]["issue"][0]["details"]["coding"][0]["code"] == "conflict"
    problem = hiprun.Problem("wrong-type", "`temperature` is not a number.", help="Give a number.")
    found = fhir.refused(publication, "alarm", [problem], subject="Patient/1")
    assert (found["status"], found["contained"][0]["issue"][0]["diagnostics"]) == ("failure", "Give a number.")
    single = fhir.refused(FORM(greenhouse, release="R5"), "alarm", [problem])
    assert single["evaluationMessage"] == {"reference": "#messages"}


def test_no_rule_is_a_success_that_says_so(greenhouse: hiprun.Pack) -> None:
    """Nobody is left out in silence: the parameter `status` says that no rule applies."""
    found = fhir.guidance(FORM(greenhouse), greenhouse.decide("clash", {"temperature": 20, "pests": []}))
    assert (found["status"], parameters(found)) == ("success", [{"name": "status", "valueCode": "no_match"}])


def test_lists_criteria_limits_and_numbers_are_parameters(greenhouse: hiprun.Pack) -> None:
    """What a decision of another kind gives is there part by part; an open number is a range."""
    publication = FORM(greenhouse)
    items = parameters(fhir.guidance(publication, greenhouse.decide("chores", {"temperature": 31})))[1:]
    assert items
    assert all([part["name"] for part in item["part"]][:2] == ["rule", "certainty"] for item in items)
    planting = fhir.guidance(publication, greenhouse.decide("planting", {"temperature": 31}))
    outcome = greenhouse.decide("planting", {"temperature": 31})
    met = [part["part"][1]["valueCode"] for part in parameters(planting) if part["name"] == "criterion"]
    assert met == [criterion.status for criterion in outcome.criteria]
    facts = {"days_since_watering": 2, "temperature": 20, "water_today": 50}
    (limit,) = parameters(fhir.guidance(publication, greenhouse.decide("amounts", facts)))[1:]
    assert {part["name"]: part for part in limit["part"]}["at_most"]["valueDecimal"] == 10
    assert limit["part"][-1] == {"name": "verdict", "valueCode": "above"}
    stress = greenhouse.decide("stress", {})
    assert stress.status == "undetermined"
    assert fhir.guidance(publication, stress)["status"] == "data-required"


def test_outputs_of_every_type_are_parameters(tmp_path: Path) -> None:
    """Truth values, texts, dates, sets and open numbers keep their types."""
    outputs = (
        "{decision: high, outputs: {high: {type: boolean}, words: {type: string}, day: {type: date}, "
        "kinds: {type: set, choices: [a, b]}, many: {type: integer}, rest: {type: number}}, "
        "rules: [{id: one, when: {dose: {above: 5}}, then: {high: true, words: Go, day: 2026-03-02, kinds: [b, a], "
        "many: 3, rest: 2 * dose}}], "
        "otherwise: {high: false, words: Wait, day: 2026-03-03, kinds: [], many: 0, rest: 0}}"
    )
    pack = small_pack(tmp_path, "", high=outputs)
    found = parameters(fhir.guidance(FORM(pack), pack.decide("high", {"dose": 7})))[1:]
    values = [(part["name"], value) for part in found for name, value in part.items() if name.startswith("value")]
    assert [value["code"] if isinstance(value, dict) else value for _, value in values] == [
        True,
        "Go",
        "2026-03-02",
        "a",
        "b",
        3,
        14,
    ]


def test_an_open_number_of_a_list_is_a_range(tmp_path: Path) -> None:
    """An item whose amount is not known yet has the ends that it can have."""
    listed = (
        "{decision: high, hit: collect, outputs: {rest: {type: number}}, "
        "rules: [{id: one, when: {dose: {above: 5}}, then: {rest: 2 * dose}}]}"
    )
    pack = small_pack(tmp_path, "", high=listed)
    (item,) = parameters(fhir.guidance(FORM(pack), pack.decide("high", {"dose": {"at_least": 6}})))[1:]
    assert item["part"][2]["part"] == [
        {"name": "at_least", "valueDecimal": 12},
        {"name": "at_most", "valueDecimal": 18},
    ]


def test_a_plan_that_stops_says_why_first(hip: hiprun.Pack, root: Path) -> None:
    """The first note of a plan is what has to be read first; what a plan assumes, and the notice, follow."""
    start = datetime.date(2026, 3, 2)
    facts = hip.facts_for_plan("run_walk", hiprun.read_diary(root / "examples" / "diary.csv"), start)
    going_on = fhir.care_plan(FORM(hip), hip.plan("run_walk", facts, start=start, weeks=3), subject="Patient/1")
    stopped = fhir.care_plan(
        FORM(hip), hip.plan("run_walk", facts | {"swelling": True}, start=start, weeks=3), subject="Patient/1"
    )
    assert stopped["note"][0]["text"].startswith("Get an urgent medical evaluation")
    assert "activity" not in stopped
    assert going_on["note"][-1]["text"] == hip.notice
    assert going_on["note"][0]["text"].startswith("Assumed")
    assert [goal["reference"] for goal in going_on["goal"]] == ["#milestone-1"]
    assert "running 6 min" in going_on["activity"][0]["detail"]["description"]


def test_quantities_of_other_decisions_ask_for_the_facts_behind_them(tmp_path: Path) -> None:
    """If a limit is on the output of another decision, the form asks for what that depends on."""
    bounds = ", ".join(f"{{id: {name}, quantity: high.{name}, at_most: 5}}" for name in ("amount", "total"))
    limits = f"{{limits: most, bounds: [{bounds}]}}"
    high = (
        "{decision: high, outputs: {amount: {type: number}, total: {type: number}}, rules: [{id: one, "
        "when: {dose: {above: 5}}, then: {amount: 2 * dose, total: dose}}], otherwise: {amount: 1, total: 1}}"
    )
    pack = small_pack(tmp_path, "", high=high, limits=limits)
    assert [item["linkId"] for item in fhir.questionnaire(FORM(pack), "most")["item"]] == ["dose"]


def test_a_limit_without_a_unit_names_none(tmp_path: Path) -> None:
    """The part for the unit is left out."""
    pack = small_pack(tmp_path, "", limits="{limits: most, bounds: [{id: one, quantity: dose, at_most: 5}]}")
    (limit,) = parameters(fhir.guidance(FORM(pack), pack.decide("most", {"dose": 6})))[1:]
    assert [part["name"] for part in limit["part"]] == ["quantity", "at_most", "safest_at_most", "verdict"]


def test_a_plan_of_a_pack_without_a_notice_has_none(root: Path) -> None:
    """Its notes are what the plan itself says."""
    pack = hiprun.load(root / "tests" / "packs" / "seedlings")
    silent = hiprun.Pack(attrs.evolve(pack.model, notice=""))
    start = datetime.date(2026, 3, 2)
    said, unsaid = (
        fhir.care_plan(FORM(each), each.plan("hardening", SHADE, start=start), subject="Patient/1")
        for each in (pack, silent)
    )
    assert said["note"] == [*unsaid.get("note", []), {"text": pack.notice}]


def test_units_are_written_as_ucum_writes_them() -> None:
    """Common units have their UCUM codes, and what is only counted is an annotation."""
    units = ["°C", "mmol/L", "mL/min/1.73 m^2", "kg/m²", "pain score", "/min", "±", "beats/min", "h", "%", "10^9/L"]
    codes = ["Cel", "mmol/L", "mL/{1.73_m2}/min", "kg/m2", "{pain_score}", "/min", "{_}", "{beats}/min", "h", "%"]
    assert list(map(ucum_code, units)) == [*codes, "10*9/L"]
