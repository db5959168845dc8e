"""Texts in another language: what a model says, not what it means."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

import hiprun
from hiprun.model.reader_text_paths import changed_texts, reader_texts
from hiprun.model.translation import translated, untranslated

from .. import small_packs

PACK = "pack: garden\nlanguage: 2\nversion: 1.0.0\ntitle: A garden\nnotice: Ask a gardener.\nfirst: care\n"
PARAMETERS = "parameters:\n  hot: {value: 30, unit: degrees, range: [20, 40]}\n"
FACTS = """\
facts:
  warmth: {ask: How warm?, say: "it is {value}", type: number, range: [0, 100], unit: degrees, worse: higher}
  dry: {ask: Is it dry?, say: {true: it is dry, false: it is wet}, type: boolean, worse: true}
"""
CARE = """\
decision: care
title: How to look after the tree
outputs:
  call: {type: choice, choices: {leave: Leave it, look: Look at it}, worse: later}
hit: worst
rules:
  - {id: dry-out, when: {dry: true}, then: {call: look}, because: It is dry.}
  - {id: heat, when: {warmth: {above: hot}}, then: {call: look}, because: "Above {hot} it dries out."}
otherwise: {call: leave}
"""
NOTE = """\
decision: note
title: A note
outputs: {text: {type: string}, code: {type: string}}
hit: first
rules:
  - {id: dry, when: {dry: true}, then: {text: Water it., code: W}}
otherwise: {text: Wait., code: D}
"""
CODE = """\
decision: code
outputs: {done: {type: boolean}}
hit: first
rules:
  - {id: told, when: {note.code: W}, then: {done: true}}
otherwise: {done: false}
"""
GERMAN = """\
texts: de
of:
  pack.notice: {from: Ask a gardener., to: Fragen Sie im Gartenbau.}
  units.degrees: {from: degrees, to: Grad}
  facts.warmth.ask: {from: How warm?, to: Wie warm?}
  facts.warmth.say.value: {from: "it is {value}", to: "es sind {value}"}
  facts.dry.say.true: {from: it is dry, to: es ist trocken}
  facts.dry.say.false: {from: it was wet, to: es war nass}
  decisions.care.title: {from: How to look after the tree}
  decisions.care.outputs.call.choices.look: {from: Look at it, to: Sehen Sie danach}
  decisions.care.rules.heat.because: {from: "Above {hot} it dries out.", to: "Über {hot} trocknet er aus."}
"""


@pytest.fixture
def garden(tmp_path: Path) -> hiprun.Pack:
    """A pack with some of its texts in German; one of them is of an earlier version."""
    return small_packs.load(
        tmp_path / "garden",
        pack=PACK,
        facts=FACTS,
        parameters=PARAMETERS,
        care=CARE,
        note=NOTE,
        code=CODE,
        german=GERMAN,
    )


def test_a_pack_speaks_another_language_as_far_as_it_is_translated(garden: hiprun.Pack) -> None:
    """Texts without a translation, or with one of an earlier text, stay as they are; hiprun's own words follow."""
    german = garden.in_language("de")
    advice = german.decide("care", {"warmth": 31.5, "dry": False}).advice()
    assert (advice.title, advice.do) == ("How to look after the tree", ("Sehen Sie danach",))
    assert advice.why[0].text == "Es sind 31,5 Grad. Über 30 Grad trocknet er aus."
    assert (advice.notice, advice.language) == ("Fragen Sie im Gartenbau.", "de")
    assert german.decide("care", {"dry": False}).advice().ask == "Wie warm?"
    wet = german.decide("care", {"warmth": 20, "dry": False}).advice()
    assert wet.why[0].text == "It is wet."
    assert "Warum" in str(wet)
    first = german.first_words({"dry": True})
    assert first is not None
    assert first.words == "Sehen Sie danach"


def test_a_translation_means_the_same(garden: hiprun.Pack) -> None:
    """Answers and digest do not depend on the language; settings are kept from one language to the next."""
    german = garden.in_language("de")
    assert german.digest == garden.digest
    hotter = german.with_parameters(hot=35)
    assert hotter.digest == garden.with_parameters(hot=35).digest != garden.digest
    assert hotter.in_language("en").model == garden.with_parameters(hot=35).model
    assert (german.in_language("de").model, german.in_language("en").model) == (german.model, garden.model)
    for facts in ({"dry": True}, {"warmth": 32}, {}):
        before, after = (pack.decide("care", facts) for pack in (garden, german))
        assert (before.possible, before.needs, before.fired) == (after.possible, after.needs, after.fired)


def test_a_language_that_a_pack_does_not_have_is_refused(garden: hiprun.Pack) -> None:
    """The message says which ones it has."""
    with pytest.raises(hiprun.UnknownNameError, match="no texts in `fr`") as caught:
        garden.in_language("fr")
    assert caught.value.problems[0].help == "It has texts in `en`, `de`."


def test_what_is_not_translated_and_what_is_no_longer_said_is_known(garden: hiprun.Pack) -> None:
    """Each text of the pack is translated, missing or stale."""
    found = untranslated(garden.model, "de")
    assert found.stale == ("facts.dry.say.false",)
    assert {"pack.title", "decisions.care.title", "decisions.note.rules.dry.then.text"} <= set(found.missing)
    assert "facts.warmth.ask" not in found.missing


def test_texts_that_conditions_compare_are_names(garden: hiprun.Pack) -> None:
    """What a decision gives as text is translated, unless another one tests it."""
    paths = reader_texts(garden.model)
    assert "decisions.note.rules.dry.then.code" not in paths
    assert paths["decisions.note.rules.dry.then.text"] == "Water it."


def test_every_text_is_found_once_and_can_be_replaced(hip: hiprun.Pack) -> None:
    """Nothing changes if each text is replaced by itself, and every one of them can be."""
    assert changed_texts(hip.model, lambda path, text: text) == hip.model
    marked = changed_texts(hip.model, lambda path, text: f"{text}~")
    assert set(reader_texts(marked).values()) == {f"{text}~" for text in reader_texts(hip.model).values()}


def test_a_protocol_without_translations_has_hipruns_own_words(hip: hiprun.Pack) -> None:
    """What hiprun says is translated, what the pack says stays."""
    model = attrs.evolve(hip.model, translations={"de": {}})
    step = translated(model, "de").decisions["run_walk"]
    assert step.output("step").domain.choices["stop"] == "Aufhören"
    assert {rule.id: rule.title for rule in step.rules}["enter-week-1"] == "Noch nicht: First run/walk week"


def test_the_hip_pack_is_complete_in_german(hip: hiprun.Pack) -> None:
    """Every text has a translation that fits; `hiprun texts de rules` shows what is missing."""
    found = untranslated(hip.model, "de")
    assert (found.missing, found.stale) == ((), ())


def test_what_hiprun_says_in_the_decisions_of_a_protocol_is_translated(hip: hiprun.Pack) -> None:
    """Steps, stages and activities are in the language of the texts, also in decisions made from a protocol."""
    step = hip.in_language("de").decisions["run_walk"].output("step")
    assert step.domain.choices["advance"] == "Weiter zur nächsten Stufe"
    titles = {rule.id: rule.title for rule in hip.in_language("de").decisions["run_walk"].rules}
    assert titles["enter-week-1"] == "Noch nicht: Erste Woche mit Laufen und Gehen"
    assert hip.in_language("de").decisions["run_walk_day"].title.startswith("Vom Gehen")


@pytest.mark.parametrize(
    ("written", "german", "shown", "status"),
    [
        (("Go.", "Go."), ("Geh.", "Geh."), "Geh.", "decided"),
        (("Go.", "Go."), ("Geh.", "Los."), "Go.", "decided"),
        (("Go.", "Walk."), ("Geh.", "Lauf."), "Geh.", "conflict"),
        (("Go.", "Walk."), ("Geh.", "Geh."), "Go.", "conflict"),
    ],
)
def test_rules_agree_in_every_language_or_in_none(
    tmp_path: Path, written: tuple[str, str], german: tuple[str, str], shown: str, status: str
) -> None:
    """Where translations under `any` would agree otherwise than what is written, readers see what is written."""
    first, second = written
    advice = f"""\
decision: advice
outputs: {{text: {{type: string}}}}
hit: any
rules:
  - {{id: always, then: {{text: {first}}}}}
  - {{id: dry, when: {{dry: true}}, then: {{text: {second}}}}}
"""
    texts = f"""\
texts: de
of:
  decisions.advice.rules.always.then.text: {{from: {first}, to: {german[0]}}}
  decisions.advice.rules.dry.then.text: {{from: {second}, to: {german[1]}}}
"""
    pack = small_packs.load(tmp_path, pack=PACK.replace("first: care\n", ""), facts=FACTS, advice=advice, de=texts)
    in_german = pack.in_language("de")
    assert in_german.decide("advice", {"dry": False})["text"] == shown
    assert in_german.decide("advice", {"dry": True}).status == pack.decide("advice", {"dry": True}).status == status
