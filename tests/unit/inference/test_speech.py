"""Values as they are said to the person: in the words of the pack, or with the question where it has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.inference.facts import check_facts
from hiprun.inference.outcome import Outcome
from hiprun.inference.reader_texts import ReaderTexts
from hiprun.inference.speech import Speech

KITCHEN = Path(__file__).parents[2] / "packs" / "kitchen"


def said(pack: hiprun.Pack, name: str, value: Any) -> str:
    """Return what is said of one fact, of a patient of whom nothing else is known."""

    def outcome(decision: str) -> Outcome:
        return pack.decide(decision, {name: value})

    facts = check_facts(pack.model, {name: value})
    return Speech(ReaderTexts(pack.model, facts, outcome)).fact(name, facts.given[name])


@pytest.fixture(scope="module")
def kitchen() -> hiprun.Pack:
    """A pack that says something of most of its facts."""
    return hiprun.load(KITCHEN)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("vegetarian", True, "somebody eats no meat"),
        ("vegetarian", False, "everybody eats meat"),
        ("doneness", "well_done", "they like it well done"),
        ("weight", 3, "the joint weighs 3 lb, enough for (guests not known yet)"),
        ("weight", 0, "there is no joint"),
        ("weight", {"at_least": 3}, "the joint weighs at least 3 lb, enough for (guests not known yet)"),
        ("cook", "Ann", "Ann cooks"),
        ("eaten_on", "2026-12-24", "dinner is on 2026-12-24"),
        ("sides", ["peas", "potatoes"], "there will be potatoes, 3 each, green peas"),
        ("sides", [], "nothing goes with it"),
        ("sides", {"includes": "peas"}, "there will be green peas"),
        ("sides", {"includes_all": ["peas", "beans"]}, "there will be green peas, beans"),
        ("sides", {"includes_none": ["peas"]}, "there will be not known"),
        ("weight", {"one_of": [1, 2]}, "the joint weighs 1 lb, 2 lb, enough for (guests not known yet)"),
        ("doneness", {"one_of": ["rare"]}, "they like it rare"),
        ("days_kept", 1, "For how many days has it been in the fridge? 1 day"),
    ],
)
def test_a_value_is_said_in_the_words_of_the_pack(kitchen: hiprun.Pack, name: str, value: Any, words: str) -> None:
    """Each kind of value has its text, with the value in it; without one, the question is asked and answered."""
    assert said(kitchen, name, value) == words
