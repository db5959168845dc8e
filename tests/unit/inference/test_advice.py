"""What an outcome says to the person it is about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hiprun
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
