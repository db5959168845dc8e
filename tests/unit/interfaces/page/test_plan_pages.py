"""The plan of the page: what it still needs, what it holds, its files, and how it is made anew."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

import hiprun

from ... import seedlings
from .visiting import NOW, Page, Visitor

EXAMPLES = Path(__file__).parents[4] / "examples"
BEGAN = (".start", "2026-03-02")
SHADE, INDOORS = (
    {name: str(value).lower() for name, value in facts.items()} for facts in (seedlings.SHADE, seedlings.INDOORS)
)


@pytest.fixture(scope="module")
def visitor(hip: hiprun.Pack) -> Visitor:
    """A visitor of the page of the pack that hiprun comes with."""
    return Visitor(hip)


@pytest.fixture(scope="module")
def gardener() -> Visitor:
    """A visitor of the page of a small pack with one protocol and no diary."""
    return Visitor(seedlings.load())


def asked(page: Page) -> str:
    """Return the field that is asked for; empty if there is none."""
    return next((str(one["name"]) for one in page.all("button") if one.get("value") == "?"), "")


def answered(visitor: Visitor, path: str, answers: dict[str, str], *fields: tuple[str, str]) -> Page:
    """Return the page after answering everything that is asked for; what has no answer is not known."""
    page = visitor.send(path, *fields)
    while name := asked(page):
        page = visitor.send(path, *page.hidden, (name, answers.get(name.rpartition("/")[2], "?")))
    return page


def test_plan_asks_for_what_it_needs_and_then_shows_what_comes_next(gardener: Visitor) -> None:
    """The one protocol of a pack needs no choice; its questions come one by one, and then the plan in words."""
    page = answered(gardener, "/plan", SHADE)
    assert "Next: Mon, 16 March 2026" in page.words
    assert "A stay outside: outside " in page.words
    assert "Week 1, from Mon, 16 March 2026" in page.words
    assert "10 more weeks" in page.words
    assert "A whole day of sun" in page.words
    assert 'src="data:image/svg+xml;base64,' in page.raw
    assert page.unlabelled == []


def test_what_a_plan_assumes_is_said(gardener: Visitor) -> None:
    """What has to be true for a plan to go on is said with the day from which it has to be."""
    page = answered(gardener, "/plan", INDOORS)
    assert "Are the stems sturdy? yes" in page.words.partition("What the plan assumes")[2]


def test_plan_that_depends_on_what_nobody_knows_says_so(gardener: Visitor) -> None:
    """If someone does not know what a plan needs, the page says what is missing and offers to answer it."""
    page = answered(gardener, "/plan/hardening", {})
    assert "There is no plan yet" in page.words
    assert "Where do they stand?" in page.words
    again = gardener.send("/plan/hardening", *page.hidden, (".change", "place"))
    assert asked(again) == "place"
    wrong = gardener.send("/plan/hardening", ("place", "moon"), status=422)
    assert asked(wrong) == "place"


def test_plan_is_made_anew_without_a_diary(gardener: Visitor) -> None:
    """Only what is new is reported, for a day; what changes is shown with its reasons, and reports add up."""
    plan = gardener.send("/plan/hardening", *SHADE.items())
    form = gardener.send("/plan/hardening/changed", *plan.hidden, (".day", "2026-03-18"))
    assert "Answer only what is new on Wed, 18 March 2026" in form.words
    assert form.unlabelled == []
    assert "2026-03-18/frost" in {one["name"] for one in form.all("input")}
    limp = gardener.send("/plan/hardening", *form.hidden, ("2026-03-18/leaves", "limp"))
    limp = answered(gardener, "/plan/hardening", {}, *limp.hidden)
    assert "What changes from Wed, 18 March 2026 on" in limp.words
    assert "They were out for too long." in limp.words
    assert ("2026-03-18/leaves", "limp") in limp.hidden
    same = gardener.send("/plan/hardening", *plan.hidden, ("2026-03-18/leaves", "firm"))
    assert "Nothing changes." in same.words
    early = gardener.send("/plan/hardening", ("2026-03-18/leaves", "limp"), ("soon/leaves", "limp"))
    assert asked(early) == "place"
    assert early.hidden == [("2026-03-18/leaves", "limp"), (".stages", "hardening"), (".start", "2026-03-16")]
    beside = gardener.send(
        "/plan/hardening", *plan.hidden, ("2020-03-18/leaves", "limp"), ("2026-03-18/leaves", "blue")
    )
    assert "2020-03-18 is not a day of this plan" in beside.words
    assert "blue" in beside.words


def test_plan_follows_the_diary_and_is_made_anew_after_a_bad_day(visitor: Visitor) -> None:
    """With a diary that has grown since the plan began, the plan says first what to do, and then what changes."""
    page = visitor.upload((EXAMPLES / "diary_sore.csv").read_bytes())
    choice = visitor.send("/plan", *page.hidden)
    assert "Which plan do you follow?" in choice.words
    plan = visitor.send("/plan/run_walk", *choice.hidden, BEGAN)
    main = plan.words.partition("three run/walk weeks")[2]
    assert main.index("check in with the healthcare provider") < main.index("What changes from Mon, 16 March 2026")
    assert "After a week without running, there is no running to build on." in main
    assert "running 2 min, walking 15 min" in main
    today = visitor.send("/plan/run_walk", *page.hidden)
    assert "What changes" not in today.words
    assert "Week 1, from Mon, 16 March 2026" in today.words


def test_diary_that_began_with_the_plan_gives_the_plan_of_today(visitor: Visitor) -> None:
    """Without an entry from before its first day, a plan begins today, from all that is known now."""
    rows = "when,what,stage,week\n2026-03-10,plan,run_walk,1\n"
    page = visitor.send("/plan/run_walk", (".diary", rows), ("swelling", "false"), BEGAN)
    assert asked(page)
    known = visitor.upload((EXAMPLES / "diary_sore.csv").read_bytes())
    plan = visitor.send("/plan/run_walk", *known.hidden, (".start", "2020-03-02"))
    assert "Week 1, from Mon, 16 March 2026" in plan.words
    assert "What changes" not in plan.words


def test_first_words_come_first_while_a_plan_asks(visitor: Visitor) -> None:
    """A sign that must not wait is said before the next question of a plan, and before the plan."""
    page = visitor.send("/plan/run_walk", ("swelling", "true"))
    assert asked(page)
    assert "Get an urgent medical evaluation" in page.words
    stopped = visitor.upload((EXAMPLES / "diary.csv").read_bytes(), ("swelling", "true"))
    plan = visitor.send("/plan/run_walk", *stopped.hidden).words
    assert plan.index("Get an urgent medical evaluation") < plan.index("Stop, and ask for help") < plan.index("Week 1")
    assert "Next:" not in plan


def test_plan_made_anew_shows_nothing_that_is_over_as_next(hip: hiprun.Pack, gardener: Visitor) -> None:
    """The next session is the first from the day of planning anew on, and after a stop there is none."""
    runner = Visitor(hip, datetime.datetime(2026, 3, 2, 7, 30))
    known = runner.upload((EXAMPLES / "diary.csv").read_bytes())
    assert "Next: Mon, 2 March 2026" in runner.send("/plan/run_walk", *known.hidden, BEGAN).words
    after = runner.send("/plan/run_walk", *known.hidden, BEGAN, ("2026-03-10/swelling", "true"))
    assert "Get an urgent medical evaluation" in after.words
    assert "Next:" not in after.words
    plan = gardener.send("/plan/hardening", *SHADE.items())
    later = answered(gardener, "/plan/hardening", {}, *plan.hidden, ("2026-03-25/leaves", "firm"))
    assert "Next: Wed, 25 March 2026" in later.words


def test_plan_can_be_saved(gardener: Visitor, visitor: Visitor) -> None:
    """The plan comes as a calendar and as a picture; where there is none, the page says why."""
    plan = gardener.send("/plan", *SHADE.items())
    fields = "&".join(f"{name}={value}" for name, value in plan.hidden).encode()
    calendar = gardener.request("POST", "/plan/hardening/calendar", fields)
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in calendar.content
    minute = datetime.timedelta(minutes=1)
    later = Visitor(seedlings.load(), NOW + minute).request("POST", "/plan/hardening/calendar", fields)
    numbers = [int(re.findall(rb"SEQUENCE:(\d+)", file.content)[0]) for file in (calendar, later)]
    assert numbers[0] < numbers[1]
    picture = gardener.request("POST", "/plan/hardening/picture", fields)
    assert picture.headers["content-disposition"] == 'attachment; filename="plan.svg"'
    assert picture.text.startswith("<svg")
    assert "There is no plan" in gardener.send("/plan/hardening/calendar", status=422).words
    for path in ("/plan/none", "/plan/none/calendar", "/plan/none/changed"):
        gardener.send(path, status=404)


def test_day_that_no_plan_can_begin_on_is_told(gardener: Visitor) -> None:
    """A first day that is none is taken as today, and one out of reach is told."""
    assert "Week 1, from Mon, 16 March" in gardener.send("/plan", *SHADE.items(), (".start", "soon")).words
    assert "Please check this" in gardener.send("/plan", *SHADE.items(), (".start", "0001-01-01"), status=422).words


def test_weeks_until_now_are_open(hip: hiprun.Pack) -> None:
    """Weeks up to the next one are shown at once; a plan that has ended shows no next session."""
    late = Visitor(hip, datetime.datetime(2026, 9, 1, 7, 30))
    page = late.upload((EXAMPLES / "diary.csv").read_bytes())
    plan = late.send("/plan/run_walk", *page.hidden, BEGAN)
    assert "Week 12, from Mon, 18 May 2026" in plan.words
    assert "Next:" not in plan.words
    assert "more weeks" not in plan.words


def test_a_week_without_sessions_says_nothing_of_how_they_are_done(visitor: Visitor) -> None:
    """A plan that stops holds rest every day, and no word of jogging; from the choice of plans one can go on."""
    page = visitor.upload((EXAMPLES / "diary.csv").read_bytes())
    plans = visitor.send("/plan", *page.hidden)
    assert "Go on with" in plans.words
    stopped = visitor.send("/plan/run_walk", *page.hidden, ("swelling", "true"))
    weeks = stopped.words.partition("Week by week")[2].partition("Milestones")[0]
    assert "Every day Rest" in weeks
    assert "Jog in bouts" not in weeks
