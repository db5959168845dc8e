"""The diary of the page: a line more, a line fewer, a file of the person's, and advice from what is in it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import hiprun
from hiprun.interfaces.page import DiaryFile, diary_file

from .visiting import NOW, Page, Visitor

SORE = Path(__file__).parents[4] / "examples" / "diary_sore.csv"
NIGHT = (".entry.when", "2026-03-16"), (".entry.hours", "7")
SEEN = (".entry.when", "2026-03-16T07:00")


@pytest.fixture(scope="module")
def visitor(hip: hiprun.Pack) -> Visitor:
    """A visitor of the page of the pack that hiprun comes with."""
    return Visitor(hip)


@pytest.fixture(scope="module")
def plot(root: Path) -> hiprun.Pack:
    """A small pack with a diary."""
    return hiprun.load(root / "tests" / "packs" / "plot")


def diary_in(page: Page) -> str:
    """Return the diary that travels in a page."""
    return dict(page.hidden).get(".diary", "")


def test_diary_begins_empty_and_grows_line_by_line(visitor: Visitor) -> None:
    """What is written down travels in the page and can be saved; columns come as they are needed."""
    empty = visitor.get("/diary")
    assert "One line a day is enough." in empty.words
    form = visitor.get("/diary/entry/sleep")
    assert form.unlabelled == []
    one = visitor.send("/diary/entry/sleep", *form.hidden, *NIGHT)
    assert diary_in(one) == "when,what,hours\n2026-03-16,sleep,7\n"
    assert "Written down." in one.words
    two = visitor.send(
        "/diary/entry/symptoms",
        *one.hidden,
        SEEN,
        (".entry.pain", "0"),
        (".entry.quality", "none"),
        (".entry.signs", "none"),
    )
    lines = diary_in(two).split("\n")
    assert lines[0] == "when,what,hours,pain,quality,signs"
    assert lines[2] == "2026-03-16T07:00,symptoms,,0,none,none"
    assert "Mon, 16 March 2026, 07:00" in two.words
    response = visitor.request("POST", "/diary/download", "&".join(_fields(two)).encode())
    assert response.text == diary_in(two)
    assert response.headers["content-disposition"] == 'attachment; filename="diary.csv"'


def _fields(page: Page) -> list[str]:
    from urllib.parse import urlencode

    return [urlencode([field]) for field in page.hidden]


def test_what_must_not_wait_comes_first_in_the_diary_and_today(visitor: Visitor) -> None:
    """A sign that is written down is answered at once, in the diary and in the answer of the day."""
    signs = [(".entry.signs", "swelling"), (".entry.signs", "stiffness")]
    page = visitor.send("/diary/entry/symptoms", SEEN, *signs)
    assert "swelling; stiffness" in diary_in(page)
    for seen in (page, visitor.send("/ask/today", *page.hidden)):
        before = seen.words.partition("What is in it")[0]
        assert "Get an urgent medical evaluation" in before
        assert "must not wait" in before


def test_mistakes_in_an_entry_are_told_and_nothing_is_lost(visitor: Visitor) -> None:
    """An entry that cannot be is told in words with what was typed, and the diary stays as it was."""
    bad = [(".entry.pain", "11"), (".entry.quality", "sharp"), (".entry.signs", "stiffness")]
    page = visitor.send(
        "/diary/entry/symptoms", (".diary", "when,what,hours\n2026-03-15,sleep,7\n"), SEEN, *bad, status=422
    )
    assert "11" in page.words.partition("Please check this")[2][:200]
    assert any(one.get("value") == "11" for one in page.all("input"))
    assert sum("checked" in one for one in page.all("input")) == 2
    assert diary_in(page) == "when,what,hours\n2026-03-15,sleep,7\n"
    visitor.send("/diary/entry/nothing", status=404)


def test_a_line_can_be_taken_back(visitor: Visitor) -> None:
    """Removing an entry removes its line and nothing else; the last one leaves an empty diary."""
    start = (".diary", "when,what,hours\r\n2026-03-15,sleep,7\r\n2026-03-16,sleep,8\r\n")
    page = visitor.send("/diary/remove", start, (".line", "2"))
    assert diary_in(page) == "when,what,hours\n2026-03-16,sleep,8\n"
    assert diary_in(visitor.send("/diary/remove", *page.hidden, (".line", "x"))) == diary_in(page)
    assert diary_in(visitor.send("/diary/remove", *page.hidden, (".line", "2"))) == ""
    broken = visitor.send("/diary/remove", (".diary", 'when,what\n2026-03-15,"shoes\n'), (".line", "9"), status=422)
    assert "opening quote must be closed" in broken.words


def opened(visitor: Visitor, kind: str, page: Page, number: int) -> Page:
    """Open the entry on a line of the diary in `page`; check that it can be asked for there."""
    asked = [
        one
        for one in page.all("button")
        if (one.get("formaction"), one.get("name")) == (f"/diary/entry/{kind}", ".line")
    ]
    assert str(number) in {one["value"] for one in asked}
    return visitor.send(f"/diary/entry/{kind}", *page.hidden, (".line", str(number)))


def shown(page: Page) -> list[tuple[str, str]]:
    """Return what is filled in or ticked in the form of an entry."""
    fields = [one for one in page.all("input") if str(one["name"]).startswith(".entry.")]
    typed = [one for one in fields if one.get("type") not in ("radio", "checkbox") or "checked" in one]
    return [(str(one["name"]), str(one["value"])) for one in typed if one["value"]]


def test_an_entry_can_be_changed(visitor: Visitor) -> None:
    """It opens with what it says, keeps what is not changed, and stays in its place; all other lines stay as well."""
    signs = "2026-03-15T07:00:30,symptoms,,swelling; stiffness"
    text = f"when,what,hours,signs\r\n2026-03-15, sleep ,7\r\n{signs}\r\n2026-03-16,sleep,8"
    page = visitor.send("/diary", (".diary", text))
    form = opened(visitor, "symptoms", page, 3)
    assert shown(form) == [
        (".entry.when", "2026-03-15T07:00"),
        (".entry.signs", "swelling"),
        (".entry.signs", "stiffness"),
    ]
    assert "Keep the change" in form.words
    fields = [field for field in shown(form) if field[1] != "swelling"]
    wrong = visitor.send("/diary/entry/symptoms", *form.hidden, *fields, (".entry.pain", "11"), status=422)
    changed = visitor.send("/diary/entry/symptoms", *wrong.hidden, *fields, (".entry.pain", "2"))
    assert "Changed." in changed.words
    assert diary_in(changed).split("\n") == [
        "when,what,hours,signs,pain",
        "2026-03-15, sleep ,7",
        "2026-03-15T07:00:30,symptoms,,stiffness,2",
        "2026-03-16,sleep,8",
        "",
    ]
    spaced = visitor.send("/diary/entry/sleep", (".diary", "\n\nwhen,what,hours\n"), *NIGHT)
    assert diary_in(spaced) == "when,what,hours\n2026-03-16,sleep,7\n"
    night = opened(visitor, "sleep", changed, 4)
    assert shown(night) == [(".entry.when", "2026-03-16"), (".entry.hours", "8")]
    moved = visitor.send("/diary/entry/sleep", *night.hidden, (".entry.when", "2026-03-14"), (".entry.hours", "6"))
    assert diary_in(moved).split("\n")[3] == "2026-03-14,sleep,6,,"


def test_an_entry_that_is_no_longer_as_it_was_is_not_changed(visitor: Visitor) -> None:
    """What somebody else changed meanwhile, or goes on in several lines, is left alone and told."""
    page = visitor.send("/diary", (".diary", "when,what,hours\n2026-03-15,sleep,7\n2026-03-16,sleep,8\n"))
    form = dict(opened(visitor, "sleep", page, 2).hidden)
    other = form | {".diary": "when,what,hours\n2026-03-15,sleep,9\n"}
    told = visitor.send("/diary/entry/sleep", *other.items(), *NIGHT, status=422)
    assert "not in the diary as it was" in told.words
    assert diary_in(told) == other[".diary"]
    for kind, line in (("symptoms", "2"), ("sleep", "9"), ("sleep", "x")):
        assert (
            "not in the diary" in visitor.send(f"/diary/entry/{kind}", *page.hidden, (".line", line), status=422).words
        )
    assert visitor.send("/diary/entry/sleep", (".diary", "when\nsoon\n"), (".line", "2"), status=422).words


def test_a_saved_diary_can_be_opened_and_answers_the_question_of_the_day(visitor: Visitor) -> None:
    """An uploaded diary gives today's advice with the session, the other answers, and their reasons."""
    page = visitor.upload(SORE.read_bytes(), ("discouraged", "true"))
    assert ("discouraged", "true") in page.hidden
    assert "earlier entries" in page.words
    today = visitor.send("/ask/today", *page.hidden)
    main = today.words.partition("What to do today")[2]
    assert main.index("check in with the healthcare provider") < main.index("No run today") < main.index("Why")
    assert "Low-impact work, such as cycling or swimming" in main
    assert "as of Mon, 16 March 2026, 07:30" in main
    other = visitor.send("/ask/triage", *page.hidden)
    assert "Why" in other.words
    assert "Low-impact work, such as cycling" not in other.words
    assert diary_in(visitor.upload(b" ")) == ""


def test_session_of_the_day_is_that_of_hiprun_today(hip: hiprun.Pack) -> None:
    """On a day for running, the page shows the session that the protocol holds for it."""
    visitor = Visitor(hip, datetime.datetime(2026, 3, 2, 7, 30))
    page = visitor.upload((SORE.parent / "diary.csv").read_bytes())
    assert "running 6 min, walking 11 min" in visitor.send("/ask/today", *page.hidden).words


def test_diary_that_cannot_be_read_is_told_and_the_rest_works(visitor: Visitor) -> None:
    """Mistakes in a diary are told with their line, and advice goes by the answers alone."""
    page = visitor.upload(b"when,what,pain\n2026-03-15T08:00,symptoms,12\n")
    assert "Please check this" in page.words
    assert "(line 2)" in page.words
    answer = visitor.send("/ask/triage", *page.hidden, ("swelling", "true"))
    assert "Get an urgent medical evaluation" in answer.words
    assert "(line 2)" in answer.words


def test_answer_that_contradicts_the_diary_is_told_at_its_question(visitor: Visitor) -> None:
    """Where an answer and the diary disagree, the diary counts and the answer is asked for again."""
    page = visitor.upload(SORE.read_bytes())
    answer = visitor.send("/ask/today", *page.hidden, ("days_since_last_run", "9"), status=422)
    assert "according to the diary" in answer.words
    assert "check in with the healthcare provider" in answer.words


def test_every_kind_of_field_can_be_written_down(plot: hiprun.Pack) -> None:
    """Numbers, lists, texts, dates and truths are written as the diary has them, in a table or line by line."""
    visitor = Visitor(plot)
    look = [
        SEEN,
        (".entry.pests", "aphids"),
        (".entry.pests", "slugs"),
        (".entry.leaves", "limp"),
        (".entry.frost", "2026-03-17"),
    ]
    watering = [
        (".entry.when", "2026-03-15T07:00"),
        (".entry.litres", "2.5"),
        (".entry.minutes", "3"),
        (".entry.by_hand", "true"),
        (".entry.who", "A; B"),
    ]
    page = visitor.send("/diary/entry/watering", *visitor.send("/diary/entry/look", *look).hidden, *watering)
    assert diary_in(page).endswith("2026-03-15T07:00,watering,,,,2.5,3,true,A; B\n")
    assert "pests: aphids, slugs" in page.words
    assert "by hand: Yes" in page.words
    lines = visitor.send(
        "/diary/entry/look", (".diary", '{"when": "2026-03-14T08:00", "what": "look", "pests": []}'), *look
    )
    lines = visitor.send("/diary/entry/watering", *lines.hidden, *watering)
    assert diary_in(lines).split("\n")[1:3] == [
        '{"when": "2026-03-16T07:00", "what": "look", "leaves": "limp", '
        '"pests": ["aphids", "slugs"], "frost": "2026-03-17"}',
        '{"when": "2026-03-15T07:00", "what": "watering", "litres": 2.5, "minutes": 3, "by_hand": true, "who": "A; B"}',
    ]
    assert "pests: none" in lines.words
    nothing = visitor.send(
        "/diary/entry/look", *lines.hidden, (".entry.when", "2026-03-13T07:00"), (".entry.pests", "none")
    )
    assert diary_in(nothing).split("\n")[3] == '{"when": "2026-03-13T07:00", "what": "look", "pests": []}'


def test_every_kind_of_field_can_be_changed(plot: hiprun.Pack) -> None:
    """Numbers, lists, texts, dates and truths are in the form as the diary has them; one over several lines is not."""
    visitor = Visitor(plot, zone=ZoneInfo("Europe/Berlin"))
    lines = (
        '{"when": "2026-03-14T08:00+09:00", "what": "watering", "litres": 2.5, "by_hand": true, "who": "A"}\n'
        '{"when": "2026-03-15T08:00+09:00", "what": "look", "pests": [], "frost": "2026-03-17", "wilt": null}\n'
        '{"when": "2026-03-15T22:00+09:00", "what": "night", "degrees": 3}\n'
    )
    page = visitor.send("/diary", (".diary", lines))
    watering = opened(visitor, "watering", page, 1)
    assert sorted(shown(watering)) == [
        (".entry.by_hand", "true"),
        (".entry.litres", "2.5"),
        (".entry.when", "2026-03-14T08:00"),
        (".entry.who", "A"),
    ]
    look = opened(visitor, "look", page, 2)
    assert sorted(shown(look)) == [
        (".entry.frost", "2026-03-17"),
        (".entry.pests", "none"),
        (".entry.when", "2026-03-15T08:00"),
    ]
    kept = visitor.send("/diary/entry/look", *look.hidden, *shown(look))
    assert (
        diary_in(kept).split("\n")[1]
        == '{"when": "2026-03-15T08:00+09:00", "what": "look", "pests": [], "frost": "2026-03-17"}'
    )
    assert (".entry.when", "2026-03-15") in shown(opened(visitor, "night", page, 3))
    several = (".diary", 'when,what,who\n2026-03-15T08:00,watering,"A\nB"\n2026-03-15T09:00,watering,C\n')
    told = visitor.send("/diary/entry/watering", several, (".line", "2"), status=422)
    assert "has several lines" in told.words
    assert (".entry.who", "C") in shown(visitor.send("/diary/entry/watering", several, (".line", "4")))


def test_times_with_offsets_stay_times_with_offsets(plot: hiprun.Pack) -> None:
    """In a diary from a phone, a new entry gets the offset of the zone in which the page is served."""
    visitor = Visitor(plot, zone=ZoneInfo("Europe/Berlin"))
    diary = (".diary", "when,what,wilt\n2026-03-14T08:00+01:00,look,1\n")
    page = visitor.send("/diary/entry/look", diary, SEEN, (".entry.wilt", "2"))
    assert diary_in(page).split("\n")[2] == "2026-03-16T07:00+01:00,look,2"
    wrong = visitor.send("/diary/entry/look", diary, (".entry.when", "soon"), (".entry.wilt", "2"), status=422)
    assert "year-month-day" in wrong.words
    night = visitor.send("/diary/entry/night", diary, (".entry.when", "2026-03-16"), (".entry.degrees", "2"))
    assert "2026-03-16,night,,2" in diary_in(night)


FILES: Mapping[str, str] = {
    "csv": "when,what,hours\n2026-03-16,sleep,7\n",
    "jsonl": '{"when": "2026-03-16", "what": "sleep", "hours": 7}\n',
}


@pytest.mark.parametrize("ending", FILES)
def test_diary_is_kept_in_the_file_of_the_person(hip: hiprun.Pack, tmp_path: Path, ending: str) -> None:
    """Started with a file, the page writes each line into it and sends no diary through the form."""
    path = tmp_path / f"mine.{ending}"
    visitor = Visitor(hip, diary=diary_file(str(path)))
    assert not path.exists()
    page = visitor.send("/diary/entry/sleep", *NIGHT)
    assert path.read_text(encoding="utf-8") == FILES[ending]
    assert diary_in(page) == ""
    assert "mine" in page.words
    path.chmod(0o600)
    visitor.send("/diary/entry/sleep", (".entry.when", "2026-03-15"), (".entry.hours", "6"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert visitor.request("POST", "/diary/download").text == path.read_text(encoding="utf-8")
    visitor.send("/diary/remove", (".line", "3" if ending == "csv" else "2"))
    assert path.read_text(encoding="utf-8") == FILES[ending]
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert diary_in(visitor.upload(b"when,what\n2026-03-15,shoes\n")) == ""
    assert path.read_text(encoding="utf-8") == FILES[ending]


def test_file_that_cannot_be_used_is_told(hip: hiprun.Pack, tmp_path: Path) -> None:
    """A file that is no diary, cannot be written, or has an ending for something else is told in words."""
    path = tmp_path / "mine.csv"
    path.write_bytes(b"when,what\n\xff\n")
    visitor = Visitor(hip, diary=diary_file(str(path)))
    assert "not saved as UTF-8" in visitor.send("/diary/download", status=422).words
    assert "not saved as UTF-8" in visitor.send("/diary/entry/sleep", *NIGHT, status=422).words
    assert path.read_bytes() == b"when,what\n\xff\n"
    nowhere = Visitor(hip, diary=DiaryFile(tmp_path / "none" / "mine.csv", "csv"))
    assert "cannot be written" in nowhere.send("/diary/entry/sleep", *NIGHT, status=422).words
    (tmp_path / "folder").mkdir()
    with pytest.raises(hiprun.FactError, match="`folder` cannot be written"):
        DiaryFile(tmp_path / "folder", "csv").write("when,what\n")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder", "mine.csv"]
    with pytest.raises(hiprun.HiprunError, match=r"Give it a name with one of these endings: \.csv"):
        diary_file("diary.yaml")


def test_page_reads_the_clock_when_it_is_asked(hip: hiprun.Pack) -> None:
    """A new entry is offered for now."""
    form = Visitor(hip).get("/diary/entry/symptoms")
    assert next(one["value"] for one in form.all("input") if one["name"] == ".entry.when") == f"{NOW:%Y-%m-%dT%H:%M}"


def test_diary_with_a_number_beyond_every_bound_is_told(hip: hiprun.Pack) -> None:
    """A line with an exponent that no decimal can have is one that cannot be read, not a fault."""
    row = '{"when": "2026-03-10", "what": "sleep", "hours": 1e99999999999999999999}'
    assert "This line cannot be read as JSON." in Visitor(hip).send("/diary", (".diary", row)).words
