"""The questions of the page: the answer first and in words, then the one question that matters most."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

import hiprun

from .visiting import Page, Visitor

ROOT = Path(__file__).parents[4]
PACKS = {"news2": ROOT / "examples" / "news2", "greenhouse": ROOT / "tests" / "packs" / "greenhouse"}
CALM = [("swelling", "false"), ("numbness", "false"), ("trouble_walking", "false")]


@pytest.fixture(scope="module")
def visitor(hip: hiprun.Pack) -> Visitor:
    """A visitor of the page of the pack that hiprun comes with."""
    return Visitor(hip)


def asked(page: Page) -> str:
    """Return the name of the field that is asked for; empty if there is none."""
    names = [str(fields["name"]) for fields in page.all("button") if fields.get("value") == "?"]
    return names[0] if names else ""


@pytest.mark.parametrize("name", PACKS)
def test_every_question_of_any_pack_can_be_answered_by_everyone(name: str) -> None:
    """For any pack: each field has a label, each id stands once, and it ends when nothing can change the answer."""
    pack = hiprun.load(PACKS[name])
    visitor = Visitor(pack)
    home = visitor.get("/")
    offered = {str(link["href"]) for link in home.all("a") if str(link["href"]).startswith("/ask/")}
    assert offered == {f"/ask/{name}" for name in pack.model.offered_to_person}
    for path in sorted(offered):
        page, questions = visitor.get(path), 0
        while name := asked(page):
            assert page.unlabelled == []
            assert len(page.ids) == len(set(page.ids))
            page = visitor.send(path, *page.hidden, (name, "?"))
            questions += 1
            assert questions <= len(pack.facts)


def test_page_starts_from_the_few_questions_of_the_pack(visitor: Visitor, hip: hiprun.Pack) -> None:
    """The pack's own questions come first, then plan and diary; others are behind one click."""
    home = visitor.get("/")
    links = [str(link["href"]) for link in home.all("a") if link["href"] != "#main"]
    first = [f"/ask/{name}" for name in hip.model.starts]
    assert links[: len(first) + 2] == [*first, "/plan", "/diary"]
    assert "/ask/warm_up" in links
    assert hip.notice in home.words


def test_first_visit_asks_and_frightens_no_one(visitor: Visitor) -> None:
    """Before anything is answered there is a question and no verdict."""
    page = visitor.get("/ask/triage")
    assert asked(page)
    assert "evaluation" not in page.words
    assert "it never counts as a no" in page.words


def test_urgent_answer_is_first_with_its_reason(visitor: Visitor, hip: hiprun.Pack) -> None:
    """What is decided comes before everything else, in the words of the pack, without a name of its rules."""
    page = visitor.send("/ask/triage", ("swelling", "true"))
    assert asked(page) == ""
    main = page.words.partition("What a symptom calls for")[2]
    assert main.index("Get an urgent medical evaluation") < main.index("Swelling or numbness can be a sign of nerve")
    assert "level-4" in page.raw
    assert not re.search(r"swelling-or-numbness|\(true\)|undetermined|triage\.", page.words)


def test_what_must_not_wait_is_said_first_whatever_is_asked(visitor: Visitor) -> None:
    """The words of the first decision stand before the answer; without a sign there are none."""
    words = visitor.send("/ask/readiness", ("swelling", "true")).words
    assert words.index("Get an urgent medical evaluation") < words.index("must not wait")
    assert words.index("must not wait") < words.index("Why")
    assert "must not wait" not in visitor.send("/ask/readiness", ("swelling", "false")).words


def test_what_has_to_be_settled_first_is_asked_first(visitor: Visitor) -> None:
    """While it is open how urgent something is, the next question settles that, whatever was asked for."""
    page = visitor.send("/ask/mindset", ("trouble_walking", "true"))
    assert "At least: " in page.words
    assert asked(page) in ("swelling", "numbness")


def test_interview_is_adaptive_and_each_question_comes_once(visitor: Visitor) -> None:
    """Answers are kept from decision to decision, and nothing is asked that was answered."""
    page, seen = visitor.send("/ask/triage", ("pain_while_running", "0"), ("pain_quality", "none")), []
    for path in ("/ask/triage", "/ask/readiness"):
        page = visitor.send(path, *page.hidden)
        while name := asked(page):
            seen.append(name)
            page = visitor.send(path, *page.hidden, (name, "?"))
    assert len(seen) == len(set(seen))
    assert "pain_quality" not in seen


def test_unknown_is_an_answer(visitor: Visitor, hip: hiprun.Pack) -> None:
    """Who does not know gets the safe answer, what is still open, and a way to answer it after all."""
    page = visitor.send("/ask/triage", *CALM[:2], ("trouble_walking", "?"), ("pain_while_running", "4"))
    assert asked(page) == ""
    assert "See a doctor" not in page.words
    page = visitor.send("/ask/triage", ("swelling", "?"), ("numbness", "?"), ("trouble_walking", "true"))
    assert "Still open" in page.words
    assert hip.facts["swelling"].ask in page.words
    assert "not known" in page.words
    again = visitor.send("/ask/triage", *page.hidden, (".change", "swelling"))
    assert asked(again) == "swelling"


def test_number_may_be_known_in_part(visitor: Visitor) -> None:
    """A number can be given as at least or at most."""
    page = visitor.send("/ask/triage", *CALM, ("pain_while_running", "4"), ("pain_while_running.test", "at_least"))
    assert "Stop the activity now and get checked before going on" in page.words
    assert "at least 4" in page.words


def test_mistake_stands_at_its_question_and_the_rest_counts(visitor: Visitor) -> None:
    """A wrong answer is asked again with what was typed and what is wrong; what was right still counts."""
    page = visitor.send("/ask/triage", ("swelling", "true"), ("pain_while_running", "eleven"), status=422)
    assert "`eleven` is not a number. Give a number from 0 to 10" in page.words
    assert "Get an urgent medical evaluation" in page.words
    entry = next(fields for fields in page.all("input") if fields["name"] == "pain_while_running")
    assert (entry["value"], entry["aria-invalid"]) == ("eleven", "true")
    assert entry["aria-describedby"] in page.ids


def test_answers_that_cannot_be_together_are_said_at_the_last(visitor: Visitor) -> None:
    """A combination that cannot occur is told at the answer that completed it, and that one does not count."""
    page = visitor.send("/ask/triage", ("pain_quality", "none"), ("pain_while_running", "3"), status=422)
    assert asked(page) == "pain_while_running"
    assert "These facts cannot occur together." in page.words


def test_none_of_these_is_an_answer(visitor: Visitor) -> None:
    """For a list of choices, `none of these` is known; together with another it is a mistake."""
    page = visitor.send("/ask/injury_pattern", ("pain_sites", "none"))
    assert "Where does the hip hurt? none" in page.words
    both = visitor.send("/ask/injury_pattern", ("pain_sites", "none"), ("pain_sites", "side"), status=422)
    assert "Give one or the other." in both.words


def test_answers_can_be_looked_over_and_changed(visitor: Visitor, hip: hiprun.Pack) -> None:
    """Each answer is shown with its question, and can be given anew; `Back` goes to the last one."""
    page = visitor.send("/ask/triage", ("pain_while_running", "2"), ("swelling", "false"))
    assert "Your 2 answers" in page.words
    assert f"{hip.facts['swelling'].ask} no" in page.words
    assert {"swelling"} == {str(one["value"]) for one in page.all("button") if one.get("name") == ".change"} - {
        "pain_while_running"
    }
    anew = visitor.send("/ask/triage", *page.hidden, (".change", "pain_while_running"))
    assert asked(anew) == "pain_while_running"
    assert ("swelling", "false") in anew.hidden


def test_items_criteria_and_limits_are_in_words(visitor: Visitor) -> None:
    """Each kind of decision shows what it gives."""
    assert "Get the urgent medical evaluation" in visitor.send("/ask/readiness", ("swelling", "true")).words
    week = [("running_stage", "continuous"), ("this_week_minutes", "90"), ("this_week_distance", "20")]
    assert "22 km" in visitor.send("/ask/progression", *week, ("next_week_distance", "23")).words
    assert "perhaps" in visitor.send("/ask/mindset", ("discouraged", "?")).words


def test_professional_can_see_how_it_came_about(visitor: Visitor) -> None:
    """The rules behind an answer are one click away, and the answers come back from there."""
    page = visitor.send("/professional/triage", ("swelling", "true"))
    assert "swelling-or-numbness" in page.words
    assert page.hidden == [("swelling", "true")]
    visitor.send("/professional/nothing", status=404)


def test_what_is_typed_comes_back_as_text(visitor: Visitor) -> None:
    """Whatever is typed is shown as text, never taken for a part of the page."""
    attack = '"><script>alert(1)</script>'
    for field in ("pain_while_running", "swelling", "pain_quality", "pain_while_running.test", ".diary", ".start"):
        for path in ("/ask/triage", "/plan/run_walk", "/diary"):
            fields = [("pain_while_running", "1"), (field, attack)]
            response = visitor.request("POST", path, b"&".join(_encoded(*one) for one in fields))
            assert response.status_code in (200, 422)
            assert "<script" not in response.text


def _encoded(name: str, value: str) -> bytes:
    return urlencode([(name, value)]).encode()


def test_texts_of_a_pack_are_text(changed_greenhouse: Callable[..., Path]) -> None:
    """A pack that nobody trusts puts nothing into the page but text."""
    attack = "<img src=x onerror=alert(1)>"
    folder = changed_greenhouse("pack.yaml", "title: ", f'title: "{attack}" #')
    for path in folder.glob("*.yaml"):
        path.write_text(re.sub(r"(ask|title|because|notice): (?=[A-Z])", rf"\1: {attack} ", path.read_text()))
    pack = hiprun.load(folder)
    visitor = Visitor(pack)
    paths = ["/", *(f"/ask/{name}" for name in pack.model.offered)]
    if pack.model.diary:
        paths += ["/diary", *(f"/diary/entry/{name}" for name in pack.model.diary.entries)]
    for path in paths:
        raw = visitor.request("GET", path).text
        assert "<img src=x" not in raw
        assert "&lt;img src=x" in raw


def test_pages_need_no_script_and_no_cookie(visitor: Visitor) -> None:
    """Pages have no script, no style of their own and no cookie, and unknown ones are said to be."""
    response = visitor.request("POST", "/ask/triage", b"swelling=true")
    assert not re.search(r"<script|\son\w+=|\sstyle=", response.text)
    assert "set-cookie" not in response.headers
    assert "This page does not exist." in visitor.get("/ask/%3Cb%3E", status=404).words


def test_pack_without_diary_and_plan_offers_none() -> None:
    """What a pack does not have is not offered."""
    visitor = Visitor(hiprun.load(PACKS["news2"]))
    assert "My plan" not in visitor.get("/").words
    assert "My diary" not in visitor.get("/").words
    for path in ("/plan", "/plan/x", "/diary", "/diary/entry/x", "/plan/x/calendar", "/plan/x/changed"):
        visitor.send(path, status=404)
