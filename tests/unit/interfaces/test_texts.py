"""`hiprun texts`, `--language`, and PO files for translators."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result

import hiprun
from hiprun.interfaces.cli.application import application

KITCHEN = Path(__file__).parents[2] / "packs" / "kitchen"


def run(*words: str, said: str = "") -> Result:
    """Run a command and type `said`."""
    result = CliRunner().invoke(application, words, input=said)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def kitchen(tmp_path: Path) -> Path:
    """A folder of rules without texts in another language."""
    return shutil.copytree(KITCHEN, tmp_path / "kitchen")


def test_the_file_to_translate_has_every_text(kitchen: Path) -> None:
    """It loads as it is; what has no translation is counted, and noted by `hiprun check`."""
    result = run("texts", "de", str(kitchen))
    assert result.exit_code == 1
    assert "texts are to be translated.\n" in result.stderr
    (kitchen / "texts_de.yaml").write_text(result.stdout, encoding="utf-8")
    assert hiprun.load(kitchen).in_language("de").title == "Roasting a joint for guests"
    checked = run("check", str(kitchen)).stdout
    assert "[not-translated]" in checked
    assert "`hiprun texts de` prints the file" in " ".join(checked.split())


def test_translations_go_to_po_and_back(kitchen: Path) -> None:
    """A PO file has each text with its path; what is translated in it becomes the rule file, what is fuzzy does not."""
    po = run("texts", "de", "--po", str(kitchen)).stdout
    found = {message.context: message.id for message in read_po(po.encode().splitlines(keepends=True)) if message.id}
    assert found["facts.vegetarian.ask"] == "Is anyone a vegetarian?"
    question = 'msgid "Is anyone a vegetarian?"\nmsgstr '
    filled = po.replace(f'{question}""', f'{question}"Isst jemand kein Fleisch?"')
    filled = filled.replace('msgctxt "facts.oven.ask"', '#, fuzzy\nmsgctxt "facts.oven.ask"')
    filled = filled.replace('msgid "How warm is the oven?"\nmsgstr ""', 'msgid "How warm is the oven?"\nmsgstr "Ofen?"')
    (kitchen.parent / "de.po").write_text(filled, encoding="utf-8")
    result = run("texts", "de", "--from-po", str(kitchen.parent / "de.po"), str(kitchen))
    (kitchen / "texts_de.yaml").write_text(result.stdout, encoding="utf-8")
    german = hiprun.load(kitchen).in_language("de")
    assert german.facts["vegetarian"].ask == "Isst jemand kein Fleisch?"
    assert german.facts["oven"].ask == "How warm is the oven?"
    again = run("texts", "de", "--po", str(kitchen)).stdout
    assert 'msgstr "Isst jemand kein Fleisch?"' in again


def test_a_translation_of_an_earlier_text_is_not_shown(kitchen: Path) -> None:
    """Once the text has changed, `hiprun check` notes it, and readers see the new text."""
    (kitchen / "texts_de.yaml").write_text(
        "texts: de\nof:\n  pack.title: {from: Roasting a goose, to: Eine Gans braten}\n", encoding="utf-8"
    )
    assert hiprun.load(kitchen).in_language("de").title == "Roasting a joint for guests"
    assert "1 text has a translation of an earlier text" in " ".join(run("check", str(kitchen)).stdout.split())


def test_a_complete_translation_has_nothing_to_translate() -> None:
    """The hip pack has all its texts in German, so the exit code is 0."""
    result = run("texts", "de")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("texts: de\nof:\n  pack.title: {from: Returning to running")


def test_mistakes_are_reported(kitchen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The language of the pack itself, a file that is no PO file, and a missing package end with exit code 2."""
    assert (run("texts", "en", str(kitchen)).exit_code, run("eval", "--language", "fr").exit_code) == (2, 2)
    broken = tmp_path / "broken.po"
    broken.write_text('msgid "unfinished\n', encoding="utf-8")
    result = run("texts", "de", "--from-po", str(broken), str(kitchen))
    assert (result.exit_code, "not a PO file" in result.stderr) == (2, True)
    monkeypatch.setitem(sys.modules, "babel.messages.catalog", None)
    result = run("texts", "de", "--po", str(kitchen))
    assert (result.exit_code, 'pip install "hiprun[translate]"' in " ".join(result.stderr.split())) == (2, True)


def test_commands_speak_the_language_that_is_asked_for(root: Path) -> None:
    """The texts of the pack and hiprun's own words are German, in advice, interviews and plans."""
    text = run("eval", "today", "--language", "de", "swelling=true").stdout
    assert text.startswith("Lassen Sie sich dringend ärztlich untersuchen\n")
    assert "\nWarum\n  - Die Hüfte ist geschwollen." in text
    asked = run("ask", "triage", "pain_while_running=0", "--language", "de", said="warum\nvielleicht\nja\n").stdout
    assert "1. Ist die Hüfte geschwollen?\n   [ja oder nein; noch höchstens" in asked
    assert "`vielleicht` ist weder Ja noch Nein." in asked
    assert "Lassen Sie sich dringend ärztlich untersuchen" in asked
    diary = ["--diary", str(root / "examples" / "diary.csv"), "--language", "de"]
    plan = run("plan", "run_walk", "--start", "2026-03-02", *diary).stdout
    assert "\nEtappenziele:\n" in plan
    assert "Heute: Ein Lauf" in run("today", "--at", "2026-03-02T07:30", *diary).stdout
    assert max(map(len, (text + asked + plan).split("\n"))) <= 80
