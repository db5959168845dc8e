"""The words of the workbench are in the catalogue: no template has its own, and the workbench speaks German too."""

from __future__ import annotations

import importlib.resources
import re
from html import unescape
from pathlib import Path

import jinja2
import pytest

from hiprun.catalogue import catalogue

from . import clinic
from .test_workbench import KEY, Desk, place, plain

DOORS = ("page", "web", "workbench")
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')
MARKUP = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
SAID = re.compile(r"""\b(?:aria-label|alt|label|placeholder|title)="([^"]*)\"""")
WORD = re.compile(r"[^\W\d_]{2,}")


def templates() -> list[tuple[str, str]]:
    """Return the name and the text of every template of the pages."""
    folders = [importlib.resources.files(f"hiprun.interfaces.{door}") / "templates" for door in DOORS]
    return [(file.name, file.read_text(encoding="utf-8")) for folder in folders for file in folder.iterdir()]


def segments(page: str) -> list[str]:
    """Return the pieces of text that somebody sees or hears on a page."""
    return [" ".join(unescape(said).split()) for said in [*re.split(r"<[^>]*>", page), *SAID.findall(page)]]


def own_words(template: str) -> list[str]:
    """Return the words that a template says itself: between tags, in labels, and as texts of its expressions."""
    said = [each for each in segments(MARKUP.sub("", template)) if WORD.search(ATTRIBUTE.sub("", each))]
    tokens = jinja2.Environment().lex(template)
    texts = [value[1:-1] for _, kind, value in tokens if kind == "string" and not value[1:-1].startswith((" ", "<"))]
    return said + [text for text in texts if re.search(r"[A-Z][a-z]|\w \w", text) and not text.startswith(("&", "/"))]


@pytest.mark.parametrize(("name", "template"), [pytest.param(*each, id=each[0]) for each in templates()])
def test_no_template_has_words_of_its_own(name: str, template: str) -> None:
    """What pages say comes from the catalogue and from the pack."""
    assert own_words(template) == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>Save</p>",
        '<nav aria-label="Workbench">',
        '{{ "s" if a }} more',
        '{{ "Mend it" if a else text("b.c") }}',
        "{% if a %}and{% endif %}",
    ],
)
def test_words_of_a_template_are_found(template: str) -> None:
    """Between tags, in labels and in expressions alike."""
    assert own_words(template) != []


ENGLISH = {
    text
    for key, text in catalogue().messages.items()
    if key.startswith(("workbench.", "web.", "page.", "text.")) and text not in catalogue("de").messages.values()
}


def test_the_workbench_speaks_german(tmp_path: Path) -> None:
    """Each page says in German what is hiprun's to say; this pack has no German texts, and keeps its own language."""
    desk = Desk(clinic.write(tmp_path), language="de")
    locked = desk.ask("GET", "/read").text
    assert '<html lang="de">' in locked
    desk.ask("GET", f"/?key={KEY}")
    rule = place(desk, "clinic/triage.yaml", "id: fever")
    entry = f"/change/entry?file={rule['file']}&line={rule['line']}&column={rule['column']}"
    addresses = [
        "/read/decision-triage",
        "/try?decision=triage&fact.fever=true&wanted=action%3Drest",
        "/change",
        "/change/fact",
        "/change/statement",
        "/change/patient?name=calm",
        "/change/table?decision=plan",
        "/change/file?file=clinic/facts.yaml",
        "/change/rule?file=clinic/triage.yaml",
        entry,
        f"{entry}&as=text",
        "/effect",
        "/history",
    ]
    pages: dict[str, str] = {}
    for address in addresses:
        reply = desk.ask("GET", address)
        assert (reply.status_code, '<html lang="de">' in reply.text) == (200, True), address
        pages[address] = reply.text
    found = {address: ENGLISH.intersection(segments(page)) for address, page in pages.items()}
    own = [address for address in addresses if not address.startswith(("/read", "/try"))]  # those show the pack
    assert {address: found[address] for address in own} == {address: set() for address in own}
    assert "Regel 1 ändern" in pages[f"{entry}&as=text"]
    desk.ask("POST", "/change/remove", rule)
    desk.context.effects.stop()
    assert desk.context.state.steps[-1].summary == "Regel 1 in clinic/triage.yaml wurde entfernt."


def test_mistakes_and_changes_are_german(tmp_path: Path) -> None:
    """What is wrong, what mends it, what was changed and why cases fail; kept like that in the history."""
    desk = Desk(clinic.write(tmp_path), language="de")
    desk.ask("GET", f"/?key={KEY}")
    rule = place(desk, "clinic/triage.yaml", "id: fever")
    wrong = "id: fever\nwhen: {fevr: true}\nthen: {action: doctor}\nsource: signs.fever"
    typed = plain(desk.ask("POST", "/change/entry", {**rule, "text": wrong}).text)
    assert "Unbekannter Name: Nichts heißt fevr. War fever gemeint?" in typed
    desk.ask("POST", "/change/entry", {**rule, "text": wrong, "anyway": "1"})
    effect = desk.ask("GET", "/effect").text
    assert "Die Angabe <code>fevr</code> anlegen" in effect
    assert 'lang="en"' not in effect
    desk.ask("POST", "/effect/back")

    parameter = {"name": "stop_level", "value": "30"}
    assert "geht von 1 bis 8; 30 liegt außerhalb." in desk.ask("POST", "/change/parameter", parameter).text
    tried = desk.ask("GET", "/try?decision=triage&fact.fever=maybe").text
    assert "ist weder Ja noch Nein. Antworten Sie mit Ja oder Nein" in tried

    desk.ask("POST", "/change/parameter", parameter | {"value": "3"})
    effect = plain(desk.ask("GET", "/effect").text)
    desk.context.effects.stop()
    assert "Die Einstellung stop_level war 4 und ist jetzt 3." in effect
    assert "weil triage.strong-pain (clinic/triage.yaml, Zeile 11) jetzt zutrifft." in effect
    assert "triage.action: erwartet none, gefunden rest" in effect
    assert "2 Fälle stimmen dann nicht." in desk.ask("POST", "/effect/save").text
    desk.ask("POST", "/effect/save", {"anyway": "1"})
    assert desk.context.state.saves[-1].summary == ("Die Einstellung `stop_level` war 4 und ist jetzt 3.",)


def test_what_has_no_german_form_says_so(tmp_path: Path) -> None:
    """Its kind is German, and all the rest of it is English, marked as that for those who listen to the page."""
    desk = Desk(clinic.write(tmp_path), language="de")
    desk.ask("GET", f"/?key={KEY}")
    text = clinic.FILES["triage.yaml"].replace("hit: worst", "hit: worst\norder: worst")
    page = desk.ask("POST", "/change/file", {"file": "clinic/triage.yaml", "text": text}).text
    assert "<strong>Passt nicht zur Art der Entscheidung</strong>" in page
    assert re.search(r'Nur auf Englisch:</span> <span lang="en"><code>order</code> is for [^ ]', page)
    assert "Löschen" not in page.partition("Nur auf Englisch")[2].partition("</li>")[0]
    tried = plain(desk.ask("GET", "/try?decision=triage&fact.pain=%7Bbetween%3A%203%7D").text)
    assert "Nur auf Englisch: `pain`: `between` needs a list of values. Write [3]." in tried


GERMAN = """\
texts: de
of:
  pack.title: {from: A small clinic, to: Eine kleine Praxis}
  facts.fever.ask: {from: Is there fever?, to: Besteht Fieber?}
  decisions.triage.title: {from: What a sign calls for, to: Was ein Zeichen verlangt}
  decisions.triage.outputs.action.choices.doctor: {from: See a doctor, to: Gehen Sie zum Arzt}
"""


def test_what_is_read_and_tried_is_german_where_the_pack_is(tmp_path: Path) -> None:
    """The book and the answer are in German; what is changed stays as the files have it."""
    desk = Desk(clinic.write(tmp_path, texts_de=GERMAN), language="de")
    desk.ask("GET", f"/?key={KEY}")
    assert desk.context.state.current.problems == ()
    assert "Was ein Zeichen verlangt" in desk.ask("GET", "/read/decision-triage").text
    tried = desk.ask("GET", "/try?decision=triage&fact.fever=true&fact.sites=none").text
    assert "Besteht Fieber?" in tried
    assert "Gehen Sie zum Arzt" in tried
    assert "Eine kleine Praxis" in tried
    assert "How is the mood?" in tried, "what is not translated is shown as it is"
    assert "Is there fever?" in desk.ask("GET", "/change/file?file=clinic/facts.yaml").text


def test_a_rule_that_applies_says_how_its_source_is_read(tmp_path: Path) -> None:
    """As in the book, in its words; one that does not apply does not."""
    reading = "source: signs.fever\n    interpretation: At 38 °C."
    triage = clinic.FILES["triage.yaml"].replace("source: signs.fever", reading, 1)
    desk = Desk(clinic.write(tmp_path, triage=triage), language="de")
    desk.ask("GET", f"/?key={KEY}")
    said = "<strong>So wird die Quelle gelesen:</strong> At 38 °C."
    assert said in desk.ask("GET", "/try?decision=triage&fact.fever=true&fact.sites=none").text
    assert "At 38 °C." not in desk.ask("GET", "/try?decision=triage&fact.fever=false&fact.sites=none").text
