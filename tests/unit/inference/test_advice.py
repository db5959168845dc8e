"""What an outcome says to the person it is about."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.inference.outcome import outcome_of
from hiprun.testing.strategies import partial_patients, patients

from .. import drawn, small_packs

PACKS = Path(__file__).parents[2] / "packs"

CARE = """\
decision: care
title: How to look after the tree
because: A tree takes its time.
outputs:
  call: {type: choice, choices: {leave: Leave it, look: Look at it, fell: Fell it}, worse: later}
  mood: {type: choice, choices: [glad, sad], worse: later, title: How it will feel}
hit: worst
rules:
  - {id: dry-out, when: {dry: true}, then: {call: look}, because: It is dry.}
  - {id: rotten-fruit, when: {fruit: rotten}, then: {call: fell, mood: sad}, because: It rots.}
  - {id: windy-day, when: {windy: true}, then: {mood: sad}, because: It is windy.}
otherwise: {call: leave, mood: glad}
"""
FEED = """\
decision: feed
title: What to give it
outputs:
  what: {type: string}
  litres_at_least: {type: integer, unit: l}
  litres_at_most: {type: integer, unit: l}
  shade: {type: boolean, title: In the shade, optional: true}
hit: collect
rules:
  - {id: water, when: {dry: true}, then: {what: Water., litres_at_least: 2, litres_at_most: 5}, because: It is thirsty.}
  - {id: more, when: {warmth: {above: 30}}, then: {what: More, litres_at_least: 1, litres_at_most: 3, shade: true}}
"""
CALM = {"dry": False, "fruit": "ripe", "windy": False, "warmth": 20}


@pytest.fixture
def garden(tmp_path: Path) -> hiprun.Pack:
    """A pack whose first decision is about care."""
    pack = f"{small_packs.PACK}first: care\nnotice: Ask a gardener.\n"
    return small_packs.load(tmp_path / "garden", pack=pack, care=CARE, feed=FEED)


def test_the_answer_comes_with_its_reasons_what_matters_most_first(garden: hiprun.Pack) -> None:
    """What to do are the words of the answer; why are the facts behind the rules that give it, each fact once."""
    advice = garden.decide("care", CALM | {"fruit": "rotten", "windy": True}).advice()
    assert (advice.title, advice.remark) == ("How to look after the tree", "A tree takes its time.")
    assert (advice.do, advice.certain) == (("Fell it", "How it will feel: sad"), True)
    assert [reason.to_dict() for reason in advice.why] == [
        {"facts": ["How ripe? rotten"], "because": "It rots."},
        {"facts": ["Is it windy? yes"], "because": "It is windy."},
    ]
    assert advice.notice == "Ask a gardener."


@pytest.mark.parametrize(("facts", "first"), [({"dry": True}, "Look at it"), ({"dry": False}, "")])
def test_the_first_decision_has_its_say_before_any_other(
    garden: hiprun.Pack, facts: dict[str, Any], first: str
) -> None:
    """The words that come first are there unless that decision is calm, and not a second time in its own advice."""
    advice = garden.decide("feed", CALM | facts).advice()
    assert advice.first == first
    assert advice.first_because == (("It is dry.",) if first else ())
    assert garden.decide("care", CALM | facts).advice().first == ""


def test_what_is_for_professionals_is_not_shown_to_the_person(tmp_path: Path) -> None:
    """Of such a decision the person reads neither the answer nor its reasons nor questions, only whom it is for."""
    hidden = CARE.replace("decision: care\n", "decision: care\naudience: professional\n")
    garden = small_packs.load(tmp_path, care=hidden)
    for facts in (CALM | {"fruit": "rotten"}, {}):
        advice = garden.decide("care", facts).advice()
        assert advice.do == ("This is for professionals. Show them the full explanation.",)
        assert (advice.why, advice.also, advice.ask, advice.open) == ((), (), "", ())


def test_amounts_are_said_with_their_unit(garden: hiprun.Pack) -> None:
    """The two ends of a range are one amount; what has no unit is named; what may apply is told from what does."""
    advice = garden.decide("feed", {"dry": True}).advice()
    assert [item.to_dict() for item in advice.also] == [
        {"text": "Water.", "amounts": ["2 to 5 l"], "because": "It is thirsty.", "certain": True},
        {"text": "More.", "amounts": ["1 to 3 l", "In the shade: yes"], "because": "", "certain": False},
    ]
    assert (advice.ask, advice.open, advice.certain) == ("How ripe?", ("Is it windy?", "How warm?"), False)


def names_of(pack: hiprun.Pack) -> set[str]:
    """Return the names that a person must not meet: all that could not be words of a text."""
    model = pack.model
    names = {*model.facts, *model.parameters, *model.derived, *model.decisions, *model.stages}
    for decision in model.decisions.values():
        names |= {rule.id for rule in decision.rules} | {output.name for output in decision.outputs}
        names |= {choice for output in decision.outputs for choice in output.domain.choices}
    return {name for name in names if "_" in name or ("-" in name and name not in ALSO_WORDS)}


ALSO_WORDS = {"low-impact", "weight-bearing", "pain-free", "warm-up", "self-care", "dry-out"}
STATUS_WORDS = ("undetermined", "no_match", "(true)", "(false)", "None", ".yaml", "`")


def assert_for_people(pack: hiprun.Pack, advice: hiprun.Advice, names: re.Pattern[str]) -> None:
    """Fail if advice has a name of the pack or a status in it, or is too wide."""
    shown = str(advice)
    assert names.findall(shown) == []
    assert [word for word in STATUS_WORDS if word in shown] == []
    assert all(len(line) <= 80 for line in shown.split("\n"))
    assert names.findall(json.dumps(list(texts_in(advice.to_dict())))) == []


def texts_in(data: Any) -> Iterator[str]:
    """Yield the texts in plain data, without its keys."""
    match data:
        case str():
            yield data
        case dict():
            for part in data.values():
                yield from texts_in(part)
        case list():
            for part in data:
                yield from texts_in(part)
        case _:
            pass


@pytest.mark.parametrize("name", ["hip", "greenhouse", "kitchen", "plot", "seedlings"])
def test_no_name_of_the_rules_reaches_the_person(name: str) -> None:
    """Whoever the patient is and whatever is known: advice has no names of facts, rules, parameters or files."""
    pack = hiprun.load(None if name == "hip" else PACKS / name)
    names = re.compile("|".join(rf"(?<![\w-]){re.escape(each)}(?![\w-])" for each in sorted(names_of(pack))) or r"(?!)")
    number = 3 if name == "hip" else 15
    many = drawn.collected(patients(pack), number) + drawn.collected(partial_patients(pack), number)
    for facts in many:
        for outcome in pack.evaluate(facts).values():
            assert_for_people(pack, outcome.advice(), names)


def test_advice_is_html_that_a_page_can_take(tmp_path: Path) -> None:
    """Every text is escaped; what is there has a part with a class and a heading below that of the title."""
    care = CARE.replace("title: How to look after the tree", "title: '<b>Trees</b> & more'")
    pack = small_packs.load(
        tmp_path / "garden", pack=f"{small_packs.PACK}first: care\nnotice: A > B\n", care=care, feed=FEED
    )
    page = pack.decide("care", {"dry": True}).advice().to_html(heading=3)
    assert "<h3>&lt;b&gt;Trees&lt;/b&gt; &amp; more</h3>" in page
    assert '<p class="advice-notice">A &gt; B</p>' in page
    assert re.findall(r'<section class="([a-z-]+)">\n<h4>', page) == ["advice-why", "advice-ask", "advice-open"]
    first = pack.decide("feed", {"dry": True}).advice().to_html()
    assert (
        '<div class="advice-first" role="note">\n<p><strong>At least: Look at it. It may be: Fell it</strong></p>'
        in first
    )
    assert "<li>Water (2 to 5 l). It is thirsty.</li>" in first
    assert "<style" not in page


def test_only_some_parts_can_be_asked_for(garden: hiprun.Pack) -> None:
    """Parts come in their order, with an empty line between them, and none for a part that is empty."""
    advice = garden.decide("feed", CALM | {"dry": True}).advice()
    assert list(advice.lines(("notice", "first"))) == ["Look at it", "  It is dry.", "", "Ask a gardener."]
    assert list(advice.lines(("why", "ask", "open"))) == []


def test_many_questions_and_reasons_are_counted_in_the_text() -> None:
    """The text names the first few; the data and the page have all."""
    advice = hiprun.Advice(
        "A title",
        why=(hiprun.AdviceReason(("it is so",)),),
        more_reasons=2,
        ask="First?",
        open=tuple(f"Question {number}?" for number in range(6)),
    )
    text = str(advice)
    assert "  - It is so.\n  - There are 2 more reasons.\n" in text
    assert "  - Question 3?\n  - There are 2 more questions." in text
    assert "Question 5?" in advice.to_html()


CONTRADICTION = "The guidance contradicts itself here, so there is no answer. Ask a professional."
LINES = {
    "clash": """\
decision: clash
title: Two opinions
outputs: {hot: {type: boolean}}
hit: any
rules:
  - {id: warm, when: {warmth: {above: 10}}, then: {hot: true}}
  - {id: cold, when: {warmth: {below: 20}}, then: {hot: false}}
otherwise: no_match
""",
    "drink": """\
decision: drink
title: What to drink
outputs:
  kind: {type: choice, choices: [tea, water, juice, milk, beer]}
  cups: {type: integer}
hit: first
rules:
  - {id: dry, when: {dry: true}, then: {kind: water, cups: 3}}
  - {id: hot, when: {warmth: {above: 30}}, then: {kind: juice, cups: 1}}
  - {id: ripe, when: {fruit: ripe}, then: {kind: milk, cups: 4}}
  - {id: windy, when: {windy: true}, then: {kind: beer, cups: 5}}
otherwise: {kind: tea, cups: 2}
""",
    "fit": """\
criteria: fit
title: Fit for guests
all:
  - {id: not-dry, require: {dry: false}, unmet: Water it.}
  - {id: no-wind, require: {windy: false}}
""",
    "bounds": """\
limits: bounds
title: How much
bounds:
  - {id: most, when: {dry: true}, quantity: rings, at_most: 5, because: More is too much.}
  - {id: least, quantity: rings, at_least: 2}
""",
}


@pytest.fixture
def orchard(tmp_path: Path) -> hiprun.Pack:
    """A pack with decisions of several kinds."""
    return small_packs.load(tmp_path / "orchard", **LINES)


@pytest.mark.parametrize(
    ("decision", "facts", "do", "also"),
    [
        (
            "clash",
            {"warmth": 15},
            ("The guidance contradicts itself here, so there is no answer. Ask a professional.",),
            "",
        ),
        ("clash", {"warmth": 30}, ("Yes",), ""),
        ("drink", {}, ("Not settled yet.", "Not settled yet."), ""),
        (
            "drink",
            {"dry": False, "warmth": 3, "windy": False},
            ("Not settled yet; it may be one of: Kind: tea; Kind: milk",),
            "",
        ),
        ("fit", {"dry": True}, ("Not all that is needed is so.",), "Water it."),
        ("fit", {"dry": False, "windy": True}, ("Not all that is needed is so.",), "No wind"),
        ("fit", {"dry": False, "windy": False}, ("All that is needed is so.",), ""),
        ("fit", {"dry": False}, ("Not settled yet. To be safe: Not all that is needed is so.",), ""),
        (
            "bounds",
            {"dry": True, "rings": 6},
            (),
            "At least 2 and at most 5. What you plan is too much. More is too much.",
        ),
        ("bounds", {"dry": False, "rings": 1}, (), "How many rings? At least 2. What you plan is too little."),
    ],
)
def test_each_kind_of_decision_says_what_to_do(
    orchard: hiprun.Pack, decision: str, facts: dict[str, Any], do: tuple[str, ...], also: str
) -> None:
    """An answer, what it may be, that there is none, what criteria lack, and limits with where the plan is."""
    advice = orchard.decide(decision, facts).advice()
    assert advice.do[: len(do)] == do
    assert bool(advice.do) == bool(do)
    assert also in " ".join(str(advice).split())


def test_advice_of_an_outcome_from_another_process_needs_its_rules(garden: hiprun.Pack) -> None:
    """The same words are made where the rules are loaded; an outcome made by hand has none."""
    outcome = garden.decide("care", CALM | {"dry": True})
    assert pickle.loads(pickle.dumps(outcome)).advice() == outcome.advice()
    with pytest.raises(hiprun.UndecidedError):
        outcome_of(outcome.conclusion).advice()


def test_an_exception_that_does_not_apply_is_no_reason(hip: hiprun.Pack) -> None:
    """A runner who is not ready is told what speaks against it, not why they are no exception to that."""
    (reason,) = hip.decide("today", {"discomfort_stairs": True, "pain_quality": "none", "swelling": False}).advice().why
    assert reason.facts == ("climbing stairs causes discomfort",)


def test_what_decides_on_the_first_words_is_asked_for_first(hip: hiprun.Pack) -> None:
    """While it is open how urgent it is, that is asked before what was asked about."""
    advice = hip.decide("shoes", {"clicking": True}).advice()
    assert advice.first.startswith("At least: Schedule a medical assessment.")
    assert advice.ask == hip.facts[hip.decide("triage", {"clicking": True}).needs[0]].ask
    assert "How many miles have you run in your running shoes?" in advice.open


def test_outputs_are_said_as_the_pack_says_them() -> None:
    """An output with `say` is said in these words, with its value in them."""
    kitchen = hiprun.load(PACKS / "kitchen")
    advice = kitchen.decide("dinner", {"weight": 3, "oven": 400, "days_kept": 1}).advice()
    assert advice.do[0].startswith("it takes ")
    assert advice.do[0].endswith(" min in the oven")
    assert kitchen.decide("kitchen", {"oven": 450}).advice().do == ("The kitchen is ready",)


def test_a_fact_is_said_once(hip: hiprun.Pack) -> None:
    """Of two reasons that rest on the same fact, the second only says what that means."""
    facts = {"pain_sites": ["deep"], "weeks_of_pain_despite_rest": 4, "pain_quality": "dull"}
    first, second, *_ = hip.decide("triage", facts).advice().why
    assert first.facts == ("it hurts deep in the joint", "the pain has lasted 4 weeks despite rest")
    assert (second.facts, second.because[:29]) == ((), "A professional should look at")


def test_a_choice_without_a_text_is_said_with_its_output(tmp_path: Path) -> None:
    """The word `no` alone says nothing: what it is the answer to stands before it."""
    where = """\
decision: where
outputs: {cup: {type: choice, choices: ["no", other]}}
hit: first
rules: [{id: dry, when: {dry: true}, then: {cup: "no"}}]
otherwise: {cup: other}
"""
    pack = small_packs.load(tmp_path / "orchard", where=where)
    assert "  cup: no" in str(pack.decide("where", {"dry": True}).advice()).splitlines()
