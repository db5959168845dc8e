"""Explanations say how the source is read, for the rules that decided and for the whole decision."""

from __future__ import annotations

from pathlib import Path

import pytest

import hiprun

from .. import small_packs

CARE = """\
decision: care
title: What the tree needs
interpretation: "“Now” means today."
outputs: {effort: {type: choice, choices: [none, some, much], worse: later}}
hit: worst
rules:
  - id: dry
    when: {dry: true}
    then: {effort: much}
    because: Dry trees die.
    interpretation: Wilting is <b>dry</b>.
  - {id: windy, when: {windy: true}, then: {effort: some}, interpretation: A breeze is no wind.}
otherwise: {effort: none}
"""
GERMAN = """\
texts: de
of: {decisions.care.title: {from: What the tree needs, to: Was der Baum braucht}}
"""


@pytest.fixture(name="garden")
def _garden(tmp_path: Path) -> hiprun.Pack:
    return small_packs.load(tmp_path, care=CARE, texts_de=GERMAN)


def test_only_the_rules_that_decided_say_how_they_read(garden: hiprun.Pack) -> None:
    """A rule that is open or did not fire does not, even where every rule is shown; the decision always does."""
    explanation = garden.decide("care", {"dry": True, "windy": False}).explain()
    lines = list(explanation.lines(every_rule=True))
    assert "  How the source is read: “Now” means today." in lines
    assert lines[lines.index("      Dry trees die.") + 1] == "      How the source is read: Wilting is <b>dry</b>."
    assert "A breeze" not in "\n".join(lines)
    assert "A breeze" not in str(garden.decide("care", {"dry": False}).explain())


def test_readings_are_said_as_data_as_html_and_in_german(garden: hiprun.Pack) -> None:
    """Data has the words of the pack alone; other forms lead in with hiprun's own words."""
    facts = {"dry": True, "windy": False}
    explanation = garden.decide("care", facts).explain()
    data = explanation.to_dict()
    assert data["interpretation"] == "“Now” means today."
    assert data["rules"][0]["interpretation"] == "Wilting is <b>dry</b>."
    assert "How the source is read: Wilting is &lt;b&gt;dry&lt;/b&gt;." in explanation._repr_html_()
    german = garden.in_language("de").decide("care", facts).explain()
    assert "      So wird die Quelle gelesen: Wilting is <b>dry</b>." in str(german).splitlines()


def test_reasons_name_texts_of_other_decisions_and_counts_from_above(tmp_path: Path) -> None:
    """What a text came to is said with its values, and how many of several tests may hold."""
    word = """\
decision: word
outputs: {text: {type: string}}
hit: first
rules:
  - {id: dry, when: {dry: true}, then: {text: Water it.}}
otherwise: {text: Look.}
"""
    few = "{count: {of: [{dry: true}, {windy: true}, {fruit: rotten}], at_most: 1}}"
    care = small_packs.rule(f"{{all: [{{word.text: Water it.}}, {few}]}}")
    garden = small_packs.load(tmp_path, word=word, care=care)
    (rule,) = garden.decide("care", {"dry": True, "windy": False, "fruit": "ripe"}).explain().rules
    assert rule.status == "fired"
    test, count = rule.condition.parts
    assert (test.found, count.text) == ("Water it.", "at most 1 of")
