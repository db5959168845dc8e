"""Texts for readers, filled in for a patient: in outcomes, explanations, interviews, cases and tables."""

from __future__ import annotations

import datetime
import functools
import pickle
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest

import hiprun
from hiprun.inference.reader_texts import has_placeholders, shown_names, with_texts_for_columns
from hiprun.pack import interpreted
from hiprun.verification import cases
from hiprun.verification.stale_numbers import stale_numbers

from .. import small_packs

KITCHEN = Path(__file__).parent.parent.parent / "packs" / "kitchen"
ROAST: dict[str, Any] = {
    "weight": 5,
    "oven": 392,
    "guests": 4,
    "days_kept": 1,
    "sides": ["potatoes"],
    "doneness": "well_done",
    "vegetarian": False,
    "cook": "Ann {x}",
    "eaten_on": datetime.date(2026, 1, 2),
}


@pytest.fixture(scope="module")
def kitchen() -> hiprun.Pack:
    """Return the pack whose texts show values of every kind."""
    return hiprun.load(KITCHEN)


def notes(pack: hiprun.Pack, facts: dict[str, Any]) -> dict[str, str]:
    """Return the notes to the cook, by rule."""
    return {item.rule: item.outputs["note"] for item in pack.decide("notes", facts).items}


def test_known_values_are_shown_as_people_write_them(kitchen: hiprun.Pack) -> None:
    """With unit, rounded, in the words of choices; braces in a text that somebody gave stay as they are."""
    assert notes(kitchen, ROAST) == {
        "weight": "The joint of 2.3 kg needs 1.85 hours at 200 °C.",
        "drink": "Drink 1 glass of wine {or two}.",
        "who": "Ann {x}, on 2026-01-02: potatoes, 3 each; vegetarians: no; well done;"
        " Roast it, 40 minutes for each kilogram, 111 min; at most 12 people.",
    }


def test_unknown_values_are_said_to_be_unknown(kitchen: hiprun.Pack) -> None:
    """In words, with the ends of a number as far as they are known."""
    shown = notes(kitchen, {"guests": {"at_least": 2}, "oven": {"at_least": 441, "is_not": 450}, "sides": []})
    assert shown["weight"] == (
        "The joint of (weight kg not known yet) needs (roasting not known yet) at (oven celsius not known yet)."
    )
    assert shown["who"] == (
        "(cook not known yet), on (eaten on not known yet): none; vegetarians: (vegetarian not known yet);"
        " (doneness not known yet); (advice not known yet), at least 0 and at most 736 min; at most 12 people."
    )
    assert "peas" not in shown["who"]
    assert "(advice not known yet), (time not known yet)" in notes(kitchen, {"oven": {"at_most": 300}})["who"]


def test_partly_known_numbers_show_their_ends(kitchen: hiprun.Pack) -> None:
    """What is known of a fact is shown, without tests that say little to a reader."""
    (criterion,) = kitchen.decide("kitchen", {"oven": {"at_most": 300}}).criteria
    assert criterion.unmet == "Heat it from at most 300 °F to 200 °C."
    (criterion,) = kitchen.decide("kitchen", {"oven": {"is_not": 300}}).criteria
    assert criterion.unmet == "Heat it from (oven not known yet) to 200 °C."


def test_an_answer_that_does_not_exist_is_said_not_to(kitchen: hiprun.Pack) -> None:
    """Where a decision finds no answer, a text that shows it says so."""
    assert "(no advice), (no time)" in notes(kitchen, {**ROAST, "oven": 100})["who"]


def test_every_way_to_an_outcome_fills_in_its_texts(kitchen: hiprun.Pack) -> None:
    """One decision, all of them, the bare function, and an outcome that travelled."""
    outcome = kitchen.decide("notes", ROAST)
    assert kitchen.evaluate(ROAST)["notes"] == outcome == kitchen.evaluate(ROAST, ["notes"])["notes"]
    assert [dict(answer) for answer in kitchen.compile("notes")(ROAST)] == [  # type: ignore[union-attr]
        dict(item.outputs) for item in outcome.items
    ]
    assert kitchen.compile("notes")({}) is None
    assert pickle.loads(pickle.dumps(outcome)).to_dict() == outcome.to_dict()
    assert outcome["note"][0] in str(outcome.to_dict())
    assert kitchen.interpret(ROAST)["notes"] == outcome
    written = interpreted(kitchen, ROAST, ["notes"])["notes"]["note"]
    assert written[1] == "Drink {glasses} of wine {{or two}}."


def test_explanations_and_questions_show_values(kitchen: hiprun.Pack) -> None:
    """Reasons, advice, titles and questions are filled in for the patient."""
    explanation = kitchen.decide("dinner", {**ROAST, "days_kept": 6}).explain()
    assert explanation.title == "What to do with the joint, in an oven of 200 °C {more or less}"
    assert "Meat keeps for 5 days, and this was kept for 6 days." in str(explanation)
    assert "2.2 lb for 4 people; 2.73 left over, 0 hours." in str(kitchen.decide("notes", ROAST).explain())
    question = kitchen.interview("dinner").step({"guests": 3, "days_kept": 0, "oven": 392}).question
    assert question is not None
    assert question.because == "Each kilogram takes 40 minutes; 3 people want 250 g/person."


def test_without_a_patient_only_parameters_are_shown(kitchen: hiprun.Pack) -> None:
    """Lists of facts and decisions name what depends on a patient; a setting shows at once."""
    assert kitchen.facts["weight"].because == "Each kilogram takes 40 minutes; (guests) want 250 g/person."
    assert kitchen.facts["sides"].domain.choices["potatoes"] == "potatoes, 3 each"
    changed = kitchen.with_parameters(longest_kept=1, pace=30)
    assert changed.decisions["kitchen"].title == "Ready for 1 day"
    assert changed.facts["weight"].because.startswith("Each kilogram takes 30 minutes")


def test_a_text_is_the_same_wherever_an_outcome_has_it(tmp_path: Path) -> None:
    """What is possible, certain and safest shows the same values, and so does JSON."""
    pack = small_packs.load(
        tmp_path / "garden",
        pack="pack: garden\nlanguage: 2\nversion: 1.0.0\ntitle: A garden\n",
        note="decision: note\noutputs: {note: {type: string}}\nrules: [{id: a, then: {note: 'There are {rings}.'}}]\n",
    )
    outcome = pack.decide("note", {"rings": 3})
    assert outcome["note"] == outcome.possible[0]["note"] == outcome.safest["note"] == "There are 3."
    assert outcome.to_dict()["safest"] == {"note": "There are 3."}


def test_texts_are_digested_as_they_are_written(kitchen: hiprun.Pack) -> None:
    """What a text says follows from the rules, so only the texts of rule files count."""
    assert (
        kitchen.model.facts["weight"].because == "Each kilogram takes {pace:number} minutes; {guests} want {portion}."
    )


def test_texts_of_version_1_have_no_placeholders(kitchen: hiprun.Pack) -> None:
    """A brace means itself there."""
    pack = hiprun.Pack(attrs.evolve(kitchen.model, language=1))
    assert pack.decide("notes", ROAST)["note"][1] == "Drink {glasses} of wine {{or two}}."
    assert "keeps for {longest_kept}" in str(pack.decide("dinner", {**ROAST, "days_kept": 6}).explain())
    title = "What to do with the joint, in an oven of {hot} {{more or less}}"
    assert pack.decide("dinner", ROAST).advice().title == title
    assert pack.facts is pack.model.facts
    assert shown_names(pack.model) == frozenset()
    assert with_texts_for_columns(pack.model) is pack.model


def test_cases_may_expect_a_text_as_written_or_as_read(kitchen: hiprun.Pack) -> None:
    """Both say the same of every setting, or of the one in the files."""
    example = kitchen.model.examples[0]
    facts = {**ROAST, "sides": ["peas"], "eaten_on": "2026-01-02", "guests": 1}
    for drink in ("Drink {glasses} of wine {{or two}}.", "Drink 1 glass of wine {or two}."):
        weight = "The joint of {weight_kg} needs {roasting} at {oven_celsius}."
        expected = attrs.evolve(example, facts=facts, expect={"notes": {"note": [weight, drink]}})
        assert cases.run(kitchen, expected).passed
        assert cases.run(kitchen, expected, functools.partial(interpreted, kitchen)).passed
    other = attrs.evolve(example, facts=facts, expect={"notes": {"note": [weight, "Drink 2 glasses of wine."]}})
    assert not cases.run(kitchen, other).passed


def test_what_texts_show_is_used(kitchen: hiprun.Pack) -> None:
    """Names in texts are found wherever they are."""
    assert {"pace", "guests", "longest_kept", "potatoes_each", "shared", "table.guests"} <= shown_names(kitchen.model)
    assert [name for name, decision in kitchen.decisions.items() if has_placeholders(decision)] == ["notes"]
    assert [name for name, decision in kitchen.model.decisions.items() if has_placeholders(decision)] == [
        "kitchen",
        "notes",
    ]


PACK = """pack: drinks
language: 2
version: 1.0.0
title: Drinks, at most {most}
"""
PARAMETERS = (
    "parameters: {most: {value: 2, unit: glasses, range: [1, 3]}, few: {value: 1.5}, some: {value: 4, unit: glasses}}\n"
)
FACTS = "facts:\n  thirst: {ask: 'How thirsty, with {most} at most?', type: number, range: [0, 9], unit: glasses}\n"
DERIVED = """derived:
  thirsty: {title: Thirsty, when: {thirst: {at_least: some}}}
  double: {title: Double, unit: glasses, formula: 2 * thirst + some}
"""
DRINK = """decision: drink
outputs: {text: {type: string}, other: {type: string}}
hit: first
rules:
  - {id: much, when: {thirst: {above: most}}, then: {text: 'Drink {most}, not 2.', other: '{thirst} is thirst'}}
otherwise: {text: 'Drink {few}.', other: plain}
"""


@pytest.fixture
def drinks(tmp_path: Path) -> hiprun.Pack:
    """Return a pack that gives a text as its answer."""
    for name, content in {"pack": PACK, "parameters": PARAMETERS, "facts": FACTS, "drink": DRINK}.items():
        (tmp_path / f"{name}.yaml").write_text(content, encoding="utf-8")
    return hiprun.load(tmp_path)


def test_answers_that_are_texts_are_filled_in(drinks: hiprun.Pack) -> None:
    """An output, every answer that remains, and what is said of the pack."""
    assert drinks.title == "Drinks, at most 2 glasses"
    assert dict(drinks.decide("drink", {"thirst": 5}).possible[0]) == {
        "text": "Drink 2 glasses, not 2.",
        "other": "5 glasses is thirst",
    }
    possible = [answer["text"] for answer in drinks.decide("drink", {}).possible]
    assert possible == ["Drink 1.5.", "Drink 2 glasses, not 2."]
    assert drinks.with_parameters(most=3).decide("drink", {"thirst": 5})["text"] == "Drink 3 glasses, not 2."
    answer = drinks.compile("drink")({"thirst": 1})
    assert answer == {"text": "Drink 1.5.", "other": "plain"}
    assert "text = Drink 2 glasses" in str(drinks.decide("drink", {"thirst": 5}).explain())


def test_many_patients_have_their_texts_filled_in(drinks: hiprun.Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is the same for all patients is kept, but only so much of it."""
    monkeypatch.setattr("hiprun.inference.outcome_texts._MOST_KEPT", 1)
    (rule,) = drinks.model.decisions["drink"].rules
    rule = attrs.evolve(rule, then=(rule.then[0], ("other", "plain")))
    decision = attrs.evolve(drinks.model.decisions["drink"], rules=(rule,))
    pack = hiprun.Pack(attrs.evolve(drinks.model, decisions={"drink": decision}))
    texts = [pack.decide("drink", {"thirst": thirst})["text"] for thirst in (5, 1, 5, 5, 1)]
    assert texts == [f"Drink {'2 glasses, not 2' if thirst > 2 else '1.5'}." for thirst in (5, 1, 5, 5, 1)]
    assert pack.compile("drink")({"thirst": 5}) == {"text": "Drink 2 glasses, not 2.", "other": "plain"}


def test_columns_show_parameters_and_name_what_depends_on_a_patient(drinks: hiprun.Pack) -> None:
    """One text stands for many rows, so it shows only what is the same in all of them."""
    result = drinks.evaluate_frame(pl.DataFrame({"thirst": [5.0, 1.0]}))
    assert result["drink__text"].to_list() == ["Drink 2 glasses, not 2.", "Drink 1.5."]
    assert result["drink__other"].to_list() == ["(thirst) is thirst", "plain"]


def test_numbers_behind_derived_facts_are_noted(tmp_path: Path) -> None:
    """A rule that asks for a derived fact depends on its parameters."""
    decision = DRINK.replace("{above: most}}", "{above: most}, thirsty: true, double: {above: 1 glasses}}")
    decision = decision.replace("not 2.", "not 4 or 4.5.")
    contents = {"pack": PACK, "parameters": PARAMETERS, "facts": FACTS, "derived": DERIVED, "drink": decision}
    for name, content in contents.items():
        (tmp_path / f"{name}.yaml").write_text(content, encoding="utf-8")
    (note,) = stale_numbers(hiprun.load(tmp_path).model)
    assert "says 4, the value of `some`" in note.message


def test_numbers_in_texts_that_would_go_stale_are_noted(drinks: hiprun.Pack) -> None:
    """A number that is the value of a parameter of the same rule, but not one in a placeholder."""
    (note,) = stale_numbers(drinks.model)
    assert "says 2, the value of `most`" in note.message
    assert note.help == "Write `{most}`, or `{most:number}` without its unit."
    (note,) = stale_numbers(attrs.evolve(drinks.model, language=1))
    assert note.help.endswith("with `language: 2` in the pack file.")
