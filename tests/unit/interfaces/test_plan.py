"""`hiprun plan` as a user at a terminal sees it."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import icalendar
import pytest
from click.testing import CliRunner, Result

from hiprun.interfaces.cli.application import application

from ..seedlings import SHADE

START = ["--start", "2026-03-02"]


@pytest.fixture
def run(root: Path) -> Callable[..., Result]:
    """Return a function that plans run/walk weeks from a diary, by default the one of the examples."""

    def command(*words: str, diary: str | Path | None = "diary.csv") -> Result:
        given = ["--diary", str(root / "examples" / diary)] if diary else []
        result = CliRunner().invoke(application, ["plan", "run_walk", *given, *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


@pytest.fixture
def outside(root: Path, tmp_path: Path) -> Callable[..., Result]:
    """Return a function that plans for seedlings, with facts from a file."""
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps(SHADE), encoding="utf-8")
    rules = str(root / "tests" / "packs" / "seedlings")

    def command(*words: str, stages: str = "hardening") -> Result:
        result = CliRunner().invoke(application, ["plan", stages, "--rules", rules, "--facts", str(facts), *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


def test_twelve_weeks_from_a_diary(run: Callable[..., Result]) -> None:
    """A diary and a day are enough for twelve weeks, in a terminal's width, with the notice of the pack."""
    result = run(*START)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.split("\n")
    assert lines[:2] == [
        "From walking to continuous running, through three run/walk weeks",
        "  2026-03-02 to 2026-05-24",
    ]
    assert "   2  2026-03-09  6.5+10.5 ·  6.5+10.5 ·  6.5+10.5 ·  -   19.5+31.5  19.8" in lines
    assert max(map(len, lines)) <= 80
    assert result.stdout.endswith("first.\n")


def test_weeks_and_stage_may_be_chosen(outside: Callable[..., Result]) -> None:
    """Fewer weeks, another stage, other parameters."""
    text = outside(*START, "--weeks", "2", "--stage", "sun", "--set", "longest_day=2", "hours_last_week=4").stdout
    assert "2026-03-02 to 2026-03-15" in text
    assert "   1  2026-03-02  1.5+2 ·  1.5+2 ·  1+2 -  -   4+6" in text


@pytest.mark.slow
def test_a_painful_run_changes_the_plan(run: Callable[..., Result]) -> None:
    """A continued diary, or facts given with `--then`, show what changes and the rule responsible with its line."""
    text = run(*START, "--replan-from", "2026-03-16", "--professional", diary="diary_sore.csv").stdout
    assert text.startswith(
        "Rest, and check in with the healthcare provider\n"
        "  If pain comes back, the hip is not ready for more.\n\n"
        "run_walk: replanned from 2026-03-16\n"
        "  2026-03-16  repeat at continuous\n"
        "  2026-03-23  jump at continuous to week_1\n"
    )
    assert "triage.pain-came-back (rules/triage.yaml:123): If pain comes back, the hip is" in text
    assert "  2026-03-16  running 7 min, walking 10 min -> Low-impact work, such as cycling\n" in text
    assert "  2026-03-23  running 8 min, walking 9 min -> running 2 min, walking 15 min\n" in text
    assert "  2026-04-13 -> 2026-05-18  Run for as long as the first walks within a session\n" in text
    assert "  2026-03-23  pain_while_running: 0\n" in text
    told = run(*START, "--replan-from", "2026-03-11", "--then", "unusual_fatigue=true", "--professional").stdout
    assert "  2026-03-11  go back at continuous to week_3\n" in told
    assert "adjustment.limping-or-fatigue (rules/adjustment.yaml:47)" in told


@pytest.mark.slow
def test_given_facts_narrow_a_continued_diary(run: Callable[..., Result]) -> None:
    """Facts may be given with the diary for the later day, too, and must not contradict it."""
    words = [*START, "--replan-from", "2026-03-16", "--then"]
    assert run(*words, "swelling=true", diary="diary_sore.csv").exit_code == 2
    text = run(*words, "discouraged=true", "--professional", diary="diary_sore.csv").stdout
    assert "jump at continuous to week_1" in text


@pytest.mark.slow
def test_without_facts_it_says_what_to_ask(run: Callable[..., Result], root: Path) -> None:
    """A plan that cannot be made names what is missing, with exit code 1."""
    result = run(*START, diary=None)
    assert result.exit_code == 1
    assert "  Still to be answered:\n    How are you running" in result.stdout
    named = run(*START, "--professional", diary=None).stdout
    assert "  still needed: running_stage, plan_week\n    running_stage: How are you running" in named
    held = run(*START, "--facts", str(root / "examples" / "runner.yaml"), "hours_of_pain_after_run=49", diary=None)
    assert (held.exit_code, "Go back: Third run/walk week" in held.stdout) == (0, True)


def test_it_can_be_written_in_other_formats(outside: Callable[..., Result], tmp_path: Path) -> None:
    """CSV, JSON, SVG and calendar."""
    rows = list(csv.DictReader(outside(*START, "--csv").stdout.splitlines()))
    assert len(rows) == 84
    data = json.loads(outside(*START, "--json").stdout)
    assert (data["status"], "changes" in data) == ("planned", False)
    words = ["--replan-from", "2026-03-16", "--then", "leaves=limp"]
    assert json.loads(outside(*START, *words, "--json").stdout)["changes"][0]["rules"] == ["hardening.limp"]
    picture, calendar = tmp_path / "plan.svg", tmp_path / "plan.ics"
    result = outside(*START, "--svg", str(picture), "--ics", str(calendar))
    assert result.stdout == ""
    assert result.stderr == f"written: {picture}\nwritten: {calendar}\n"
    assert ElementTree.parse(picture).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert len(icalendar.Calendar.from_ical(calendar.read_bytes()).walk("VEVENT")) > 30


@pytest.mark.parametrize("words", [["--svg", "plan.svg", "--ics", "plan.ics"], ["--csv"]])
def test_no_file_is_written_where_no_plan_can_be_made(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """Nothing is written that looks like a plan; standard error says why, with the questions."""
    monkeypatch.chdir(tmp_path)
    result = run(*START, "running_stage=not_running", *words, diary=None)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "\n    How many weeks ago was the injury?" in result.stderr
    assert "written" not in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_calendar_of_a_new_plan_replaces_the_one_before(
    run: Callable[..., Result], root: Path, tmp_path: Path
) -> None:
    """From the same diary, also when it has grown, or for the same person, entries keep their identifiers."""
    rows = (root / "examples" / "diary.csv").read_text(encoding="utf-8").rstrip("\n").split("\n")
    grown, other = tmp_path / "grown.csv", tmp_path / "other.csv"
    commas = "," * (rows[0].count(",") - 1)
    grown.write_text("\n".join([*rows, f"2026-03-02T21:00,symptoms{commas}"]), encoding="utf-8")
    other.write_text("\n".join([rows[0], f"2025-11-18,injury{commas}", *rows[2:]]), encoding="utf-8")

    def uids(*words: str, diary: Path | str) -> set[str]:
        path = tmp_path / "plan.ics"
        assert run(*START, "--weeks", "3", *words, "--ics", str(path), diary=diary).exit_code == 0
        return {str(event["UID"]) for event in icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")}

    replan = ["--replan-from", "2026-03-05", "--then", "swelling=true"]
    first = uids(diary="diary.csv")
    assert first <= uids(*replan, diary=grown)
    assert "STATUS:CANCELLED" in (tmp_path / "plan.ics").read_text(encoding="utf-8")
    assert not first & uids(diary=other)
    owned = uids("--person", "Ann", diary="diary.csv")
    assert owned <= uids(*replan, "--person", "Ann", diary=other)
    assert not owned & uids("--person", "Bob", diary="diary.csv")


def test_a_second_replan_cancels_what_the_first_added(outside: Callable[..., Result], tmp_path: Path) -> None:
    """With each day that was replanned from, a session that only the plan in between had is cancelled."""

    def events(*words: str) -> dict[str, icalendar.Event]:
        path = tmp_path / "plan.ics"
        assert outside(*START, *words, "--ics", str(path)).exit_code == 0
        found = icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")
        return {str(event["UID"]): event for event in found}

    def planned(found: dict[str, icalendar.Event]) -> set[str]:
        return {uid for uid, event in found.items() if event["STATUS"] == "CONFIRMED"}

    first = events()
    between = events("--replan-from", "2026-03-09", "--then", "leaves=limp")
    then = ["--then", "pests=true", "--then", "2026-03-09:leaves=limp"]
    last = events("--replan-from", "2026-03-12", "--replan-from", "2026-03-09", *then)
    added_and_dropped = planned(between) - planned(first) - planned(last)
    assert added_and_dropped
    for uid in added_and_dropped:
        assert last[uid]["STATUS"] == "CANCELLED"
        assert last[uid]["SEQUENCE"] > between[uid]["SEQUENCE"]
    assert not added_and_dropped & events("--replan-from", "2026-03-12", *then[:2]).keys()


def test_the_calendar_of_a_later_plan_wins(outside: Callable[..., Result], tmp_path: Path) -> None:
    """Two plans that are made anew from one day are told apart by when they were planned: now, or as it is said."""
    path = tmp_path / "plan.ics"

    def number(*words: str) -> int:
        replan = ["--replan-from", "2026-03-09", "--then", "leaves=limp"]
        assert outside(*START, *replan, *words, "--ics", str(path)).exit_code == 0
        return int(re.findall(r"SEQUENCE:(\d+)", path.read_text(encoding="utf-8"))[0])

    said = [number("--at", time) for time in ("2026-03-09T08:00", "2026-03-09T08:01+00:00", "2026-03-09T08:01")]
    assert said[0] < said[1] == said[2]
    assert number() > number("--at", "2026-03-09T08:00")
    refused = outside(*START, "--ics", str(path), "--at", "2026-03-09")
    assert (refused.exit_code, "is not a time. Write year-month-day and the time" in refused.stderr) == (2, True)
    assert "is not a time" in outside(*START, "--ics", str(path), "--at", "soon").stderr


def test_changes_are_those_of_the_last_replan(outside: Callable[..., Result]) -> None:
    """What is printed compares the plan with the one before, in which facts of the earlier day count already."""
    once = ["--replan-from", "2026-03-09", "--then", "2026-03-09:leaves=limp"]
    assert "2026-03-09  go back at shade to shelf" in outside(*START, *once, "--professional").stdout
    twice = outside(*START, *once, "--replan-from", "2026-03-12", "--professional").stdout
    assert twice.startswith("hardening: replanned from 2026-03-12\n  Nothing changes.\n")


@pytest.mark.slow
def test_a_diary_that_begins_with_the_plan_has_a_person_too(
    run: Callable[..., Result], root: Path, tmp_path: Path
) -> None:
    """Where nothing was written before the first day, the first entry tells people apart."""
    found = []
    for hours in (7, 8):
        diary, calendar = tmp_path / f"{hours}.csv", tmp_path / f"{hours}.ics"
        diary.write_text(f"when,what,hours\n2026-03-02,sleep,{hours}\n", encoding="utf-8")
        words = ["--facts", str(root / "examples" / "runner.yaml"), "--ics", str(calendar)]
        result = run(*START, *words, diary=diary)
        assert result.exit_code == 0, result.stderr
        found.append(set(re.findall("UID:(.*)", calendar.read_text(encoding="utf-8"))))
    assert found[0]
    assert not found[0] & found[1]


@pytest.mark.slow
def test_times_with_a_zone_need_a_zone_for_days(run: Callable[..., Result], tmp_path: Path) -> None:
    """With `--zone`, days are those of that time zone; without it, those of the local one."""
    diary = tmp_path / "diary.jsonl"
    entries = [
        {"when": "2026-02-28T23:30+00:00", "what": "run", "jogged": 4, "pain": 0},
        {"when": "2026-03-08T23:30+00:00", "what": "run", "jogged": 4, "pain": 0},
    ]
    diary.write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    result = run(*START, "--replan-from", "2026-03-10", "--zone", "Asia/Tokyo", diary=diary)
    assert (result.exit_code, "Still to be answered" in result.stdout) == (1, True)
    result = run(*START, "--replan-from", "2026-03-10", diary=diary)
    assert (result.exit_code, "`--zone` on the command line" in " ".join(result.stderr.split())) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start", "tomorrow"], "`tomorrow` is not a day that a plan can contain. Write year-month-day: 2026-03-01."),
        (["--start", "2026-02-30"], "`2026-02-30` is not a day that a plan can contain."),
        (["--start", "9999-12-01"], "`9999-12-01` is not a day that a plan can contain."),
        (["--start", "2026-03-02T08:00"], "`2026-03-02T08:00` is not a day that a plan can contain."),
        ([], "Missing option '--start'"),
        ([*START, "--weeks", "0"], "0 is not in the range 1<=x<=520"),
        ([*START, "--weeks", "many"], "'many' is not a valid integer"),
        ([*START, "--stage", "shad"], "= Did you mean `shade`?"),
        (
            [*START, "--then", "frost=true"],
            "`--then` says what is known on a later day; give the day with `--replan-from`.",
        ),
        (
            [*START, "--replan-from", "2026-06-01"],
            "is not a day of this plan, which runs from 2026-03-02 to 2026-05-24.",
        ),
        (
            [*START, "--replan-from", "2026-03-09", "--then", "2026-03-10:frost=true"],
            "is about a day that you do not replan from. Add `--replan-from 2026-03-10`.",
        ),
        ([*START, "--replan-from", "2026-03-09", "--then", "2026-02-30:frost=true"], "`2026-02-30` is not a day"),
        ([*START, "--replan-from", "2026-03-09", "--then", "frost"], "`frost` is not a name, an equals sign and a"),
        ([*START, "--replan-from", "2026-03-09", "--then", "frist=true"], "Did you mean `frost`?"),
        ([*START, "--replan-from", "2026-03-09", "--then", "frost=yes"], "`frost`"),
        ([*START, "storm"], "`storm` is a fact, and needs a value. [fact-without-value] = Write `storm=true`."),
        ([*START, "stormy"], "`stormy` is not of the form FACT=VALUE."),
        ([*START, "weeks_old=old"], "`weeks_old`"),
        ([*START, "--facts", "nowhere.yaml"], "`nowhere.yaml` cannot be read"),
        ([*START, "--svg", "."], "is a directory"),
        ([*START, "--svg", "nowhere/plan.svg"], "`nowhere/plan.svg` cannot be written: no such file or directory."),
        ([*START, "--diary", "nowhere.csv"], "`nowhere.csv` cannot be read: no such file or directory"),
        ([*START, "--diary", "examples/diary.csv"], "The rules of this pack do not mention a diary."),
        ([*START, "--zone", "Middle/Earth", "--diary", "examples/diary.csv"], "`Middle/Earth` is not a time zone"),
    ],
)
def test_mistakes_are_reported(
    outside: Callable[..., Result], root: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    """Each mistake in the command gives a message that says what to write instead."""
    monkeypatch.chdir(root)
    result = outside(*words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_a_misspelt_protocol_is_reported(outside: Callable[..., Result]) -> None:
    """The error suggests the name that was meant."""
    assert "Did you mean `hardening`?" in outside(*START, stages="hardenning").stderr


@pytest.mark.slow
def test_contradictions_with_a_diary_are_reported(run: Callable[..., Result]) -> None:
    """Facts that contradict the diary are rejected, as is a diary with entries after the start."""
    assert "`swelling` is given as true, but according to the diary it is false." in run(*START, "swelling=true").stderr
    assert "This is in the future" in run("--start", "2026-02-20").stderr


def test_a_calendar_needs_its_package(outside: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra there is a word on how to get it, and nothing is written."""
    monkeypatch.setitem(sys.modules, "icalendar", None)
    result = outside(*START, "--ics", "plan.ics")
    assert result.exit_code == 2
    assert "pip install 'hiprun[calendar]'" in result.stderr
