"""What an outcome says to the person it is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hiprun

from .. import small_packs

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
