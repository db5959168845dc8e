"""What a language model can ask of a pack, and what it is told, also when it misuses the tools."""

from __future__ import annotations

import json
from typing import Any

import pytest

import hiprun
from hiprun.interfaces.mcp.tools import PackTools

from ... import small_packs


@pytest.fixture(scope="module")
def tools(hip: hiprun.Pack) -> PackTools:
    """The tools of the pack that hiprun comes with."""
    return PackTools(hip)


def call(tools: PackTools, name: str, **arguments: Any) -> dict[str, Any]:
    """Return the data of a call that is right, as a model gets it."""
    result = tools.call(name, arguments)
    assert not result.is_error, result.data
    data: dict[str, Any] = json.loads(json.dumps(result.data))
    return data


def refused(tools: PackTools, name: str, **arguments: Any) -> list[tuple[str, str, str]]:
    """Return the problems of a call that is refused: code, fact and what to do instead."""
    result = tools.call(name, arguments)
    assert result.is_error
    assert result.data["status"] == "refused"
    assert {"answer", "safest"}.isdisjoint(result.data)
    assert "do not replace what is wrong by a guess" in result.data["meaning"]
    return [(problem["code"], problem["fact"], problem["help"]) for problem in result.data["problems"]]


def test_every_description_keeps_a_model_from_guessing(tools: PackTools) -> None:
    """Wherever facts are passed, the schema says to leave out what the person has not said."""
    for tool in tools.tools:
        facts = tool.schema["properties"].get("facts")
        assert facts is None or "do not guess" in facts["description"]
        assert "do not turn silence into no" in json.dumps(tool.schema) or facts is None
        assert set(tool.schema["required"]) <= tool.schema["properties"].keys()
    assert "instead of guessing facts" in tools.instructions
    assert tools.pack.notice in tools.instructions
    assert "triage: " in tools.instructions


def test_what_can_be_known_is_listed(tools: PackTools) -> None:
    """Each fact that can matter has its question, type, and choices or unit and range."""
    facts = {fact["fact"]: fact for fact in call(tools, "what_can_be_known", decision="triage")["facts"]}
    assert list(facts) == list(tools.pack.decide("triage", {}).needs)
    assert facts["swelling"] == {"fact": "swelling", "ask": "Is there swelling around the hip?", "type": "boolean"}
    pain = facts["pain_while_running"]
    assert (pain["type"], pain["unit"], pain["lowest"], pain["highest"]) == ("number", "pain score", 0, 10)
    assert facts["pain_quality"]["choices"]["dull"] == "dull or aching"


def test_results_name_their_rules_and_the_notice(tools: PackTools) -> None:
    """Every result, also a refusal, has pack, version, digest, settings and what every reader should know."""
    results = [
        tools.call("what_can_be_known", {"decision": "triage"}),
        tools.call("next_question", {"decision": "triage", "facts": {}}),
        tools.call("decide", {"decision": "triage", "facts": {}}),
        tools.call("explain", {"decision": "triage", "facts": {}}),
        tools.call("decide", {"decision": "triage", "facts": {"swelling": "maybe"}}),
    ]
    for result in results:
        assert result.data["rules"] == tools.pack.provenance.to_dict()
        assert result.data["notice"] == tools.pack.notice


def test_a_decision_says_what_it_relied_on(tools: PackTools) -> None:
    """A certain answer is said in values and words, with the facts to read back and what comes before all else."""
    data = call(tools, "decide", decision="triage", facts={"swelling": "yes", "pain_while_running": "2.5"})
    assert data["status"] == "decided"
    assert data["answer"]["action"] == {"value": "urgent_evaluation", "words": "Get an urgent medical evaluation"}
    assert [(fact["fact"], fact["value"]) for fact in data["relied_on"]] == [
        ("pain_while_running", 2.5),
        ("swelling", True),
    ]
    assert data["say_first"]["words"] == "Get an urgent medical evaluation"
    assert (data["still_needed"], data["still_needed_in_all"]) == ([], 0)


def test_an_open_decision_is_not_an_answer(tools: PackTools) -> None:
    """While facts are missing there is no `answer`, but the safest one, and the questions that matter most."""
    data = call(tools, "decide", decision="triage", facts={})
    assert "answer" not in data
    assert data["safest"]["action"]["value"] == "urgent_evaluation"
    assert "act on `safest`" in data["meaning"]
    assert len(data["still_needed"]) == 5 < data["still_needed_in_all"]
    assert data["still_needed"][0]["ask"].endswith("?")
    assert data["relied_on"] == []


def test_a_guess_is_shown_to_be_relied_on(tools: PackTools) -> None:
    """Guesses can be calmer than silence, so each fact is listed with its question, to be read back."""
    guessed = {
        fact["fact"]: False
        for fact in call(tools, "what_can_be_known", decision="triage")["facts"]
        if fact["type"] == "boolean"
    }
    calmer = call(tools, "decide", decision="triage", facts=guessed)
    careful = call(tools, "decide", decision="triage", facts={})
    order = list(tools.pack.decisions["triage"].output("action").domain.choices)
    worst = [order.index(data["safest"]["action"]["value"]) for data in (calmer, careful)]
    assert worst[0] <= worst[1]
    assert {fact["fact"] for fact in calmer["relied_on"]} == set(guessed)
    assert all(fact["ask"].endswith("?") for fact in calmer["relied_on"])


def test_the_next_question_is_asked_in_the_words_of_the_pack(tools: PackTools) -> None:
    """One question at a time, not again what is not known, until nothing more can change the answer."""
    first = call(tools, "next_question", decision="triage", facts={"pain_while_running": 0})
    assert (first["done"], first["question"]["fact"]) == (False, "swelling")
    second = call(tools, "next_question", decision="triage", facts={"pain_while_running": 0}, not_known=["swelling"])
    assert second["question"]["fact"] != "swelling"
    assert second["most_left"] < first["most_left"]
    end = call(tools, "next_question", decision="triage", facts={"swelling": True})
    assert (end["done"], end["question"], end["status"]) == (True, None, "decided")


def test_an_explanation_is_text(tools: PackTools) -> None:
    """The rules, reasons and sources are those of `hiprun explain`."""
    data = call(tools, "explain", decision="triage", facts={"swelling": True})
    assert data["explanation"] == str(tools.pack.decide("triage", {"swelling": True}).explain())


def test_every_kind_of_answer_has_words(greenhouse: hiprun.Pack) -> None:
    """Lists, limits, scores and contradictions are told as what they are."""
    tools = PackTools(greenhouse)
    facts = {"temperature": 31, "days_since_watering": 5, "pests": "slugs", "season": "Summer", "water_today": "7 l"}
    chores = call(tools, "decide", decision="chores", facts=facts)["answer"]
    assert chores["task"] == {"value": ["collect", "sweep"], "words": "Collect by hand, Sweep the floor"}
    limit = call(tools, "decide", decision="amounts", facts=facts)["answer"]["water_today"]
    assert (limit["value"]["verdict"], limit["words"]) == ("within", "at least 5 and at most 19 l")
    conflict = call(tools, "decide", decision="clash", facts=facts)
    assert "contradict each other" in conflict["meaning"]
    assert conflict["safest"] == {}
    none = call(tools, "decide", decision="watering", facts={"season": "winter"})
    assert (none["status"], "do not make one up" in none["meaning"]) == ("no_match", True)


def test_criteria_and_parts_without_a_value_are_left_out(tmp_path: Any) -> None:
    """An output that the certain answer does not have is not made up."""
    pack = small_packs.load(tmp_path, care=small_packs.rule("{dry: true}"))
    assert call(PackTools(pack), "decide", decision="care", facts={"dry": "no"})["answer"] == {
        "needed": {"value": False, "words": "no"}
    }


@pytest.mark.parametrize(
    ("name", "arguments", "problems"),
    [
        ("decde", {}, [("unknown-tool", "", "Did you mean `decide`?")]),
        ("decide", {}, [("unknown-decision", "", "Available: `")]),
        ("decide", {"decision": "triag"}, [("unknown-decision", "", "Did you mean `triage`?")]),
        ("decide", {"decision": ["triage"]}, [("unknown-decision", "", "Did you mean `triage`?")]),
        (
            "decide",
            {"decision": "triage", "patient": {}},
            [("unknown-argument", "", "Available: `decision`")],
        ),
        ("decide", {"decision": "triage", "facts": "swelling"}, [("facts-shape", "", "")]),
        (
            "decide",
            {"decision": "triage", "facts": {"sweling": True}},
            [("unknown-fact", "sweling", "Did you mean `swelling`?")],
        ),
        (
            "decide",
            {"decision": "triage", "facts": {"pain_while_running": "quite strong"}},
            [("wrong-type", "pain_while_running", "Give a number from 0 to 10 pain score.")],
        ),
        (
            "decide",
            {"decision": "triage", "facts": {"pain_while_running": "3,5", "swelling": "probably not"}},
            [
                ("comma-in-number", "pain_while_running", "Write 3.5 with a point."),
                ("wrong-type", "swelling", "Answer yes or no, or nothing if it is not known."),
            ],
        ),
        (
            "decide",
            {"decision": "triage", "facts": {"pain_while_running": 11}},
            [("out-of-range", "pain_while_running", "Give a value from 0 to 10 pain score.")],
        ),
        (
            "next_question",
            {"decision": "triage", "facts": {}, "not_known": "swelling"},
            [("bad-answer", "", "")],
        ),
        (
            "next_question",
            {"decision": "triage", "facts": {}, "not_known": ["sweling"]},
            [("unknown-fact", "", "Did you mean `swelling`?")],
        ),
    ],
)
def test_misuse_decides_nothing_and_says_what_to_do(
    tools: PackTools, name: str, arguments: dict[str, Any], problems: list[tuple[str, str, str]]
) -> None:
    """Wrong names, guessed words and text for numbers are refused with what to do instead, and no answer beside it."""
    found = refused(tools, name, **arguments)
    assert [entry[:2] for entry in found] == [entry[:2] for entry in problems]
    assert all(help.startswith(expected) for (_, _, help), (_, _, expected) in zip(found, problems, strict=True))


def test_facts_that_cannot_occur_together_are_refused(greenhouse: hiprun.Pack) -> None:
    """A combination that a constraint rules out is a reason to ask again, not to decide."""
    facts = {"season": "winter", "temperature": 50}
    ((code, fact, help),) = refused(PackTools(greenhouse), "decide", decision="alarm", facts=facts)
    assert (code, fact, help) == ("impossible-facts", "", "Check them again, and leave out any that are not certain.")


def test_a_call_without_arguments_is_refused(tools: PackTools) -> None:
    """A model may pass nothing at all."""
    assert tools.call("decide", None).is_error
