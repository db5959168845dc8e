"""What every command says first, and which decisions it offers, as a person at a terminal sees it."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import hiprun
from hiprun.interfaces.cli.application import application

URGENT = (
    "Get an urgent medical evaluation\n"
    "  Swelling or numbness can be a sign of nerve trouble or another complication\n"
    "  and must not wait.\n\n"
)
MORNING = ["--at", "2026-03-02T07:30"]


def run(*words: str, said: str = "") -> Result:
    """Run a command and type `said`."""
    result = CliRunner().invoke(application, words, input=said)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def swollen(root: Path, tmp_path: Path) -> str:
    """The diary of the examples, with swelling noted in the morning."""
    with (root / "examples" / "diary.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    note = dict.fromkeys(rows[0], "") | {"when": "2026-03-02 07:00", "what": "symptoms", "signs": "swelling"}
    path = tmp_path / "diary.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows([*rows, note])
    return str(path)


def test_today_says_first_what_must_not_wait(swollen: str) -> None:
    """With swelling in this morning's diary, the urgent words come before everything else."""
    assert run("today", "--diary", swollen, *MORNING).stdout.startswith(f"{URGENT}As of 2026-03-02 07:30\n")
    data = json.loads(run("today", "--diary", swollen, *MORNING, "--json").stdout)
    assert data["first"]["words"] == "Get an urgent medical evaluation"
    assert data["plans"]["run_walk"]["status"] == "refer"


def test_a_calm_morning_says_nothing_first(root: Path) -> None:
    """Without a sign, today begins with its own answer, and the data say that nothing comes first."""
    calm = str(root / "examples" / "diary.csv")
    assert run("today", "--diary", calm, *MORNING).stdout.startswith("As of 2026-03-02 07:30\n")
    assert json.loads(run("today", "--diary", calm, *MORNING, "--json").stdout)["first"] is None


def test_a_plan_says_first_what_must_not_wait(swollen: str) -> None:
    """The plan from the same diary begins with the same words."""
    text = run("plan", "run_walk", "--diary", swollen, "--start", "2026-03-02", "--weeks", "2").stdout
    assert text.startswith("Get an urgent medical evaluation\n  Swelling or numbness")


@pytest.mark.parametrize("asked", ["shoes", "today", "triage"])
def test_eval_says_it_first_whatever_is_asked(asked: str) -> None:
    """Whatever decision is named, the words come first, in text and in data."""
    title = hiprun.load().decisions[asked].title
    assert run("eval", asked, "swelling=true").stdout.startswith(f"{URGENT}{title}")
    data = json.loads(run("eval", asked, "swelling=true", "--json").stdout)
    assert (list(data), data["first"]["certain"]) == (["first", asked], True)


def test_what_is_certain_only_in_part_is_said_as_such() -> None:
    """Clicking is looked at in any case; what is not known may make it urgent."""
    text = run("eval", "triage", "clicking=true").stdout
    assert " ".join(text.split()).startswith(
        "At least: Schedule a medical assessment. It may be: Get an urgent medical evaluation New clicking"
    )


def test_an_interview_ends_with_what_must_not_wait() -> None:
    """An interview about something else that comes upon a sign says first what it calls for."""
    text = run("ask", "today", "weeks_since_injury=20", said="yes\nstop\n").stdout
    assert f"\n{URGENT}What to do today" in text


def test_people_are_offered_what_is_for_them() -> None:
    """Decisions that only serve others are neither listed nor shown unless they are named; data have all of them."""
    listed = run("ask").stderr
    assert "Name one decision to ask about: today, triage, readiness, phase," in listed
    text = run("eval").stdout
    data = json.loads(run("eval", "--json").stdout)
    for name in ("exercise_load", "run_walk_stage", "milestones_day", "run_walk_session"):
        assert name not in listed
        assert f"\n{name}" not in text
        assert name in data
        assert f"\n{name}" in run("eval", name, "--professional").stdout
    assert text.startswith("What to do today")
    assert run("eval", "phase", "phase", "weeks_since_injury=20").stdout.count("The phase of rehabilitation") == 1


def test_what_is_for_professionals_is_only_shown_to_them() -> None:
    """Patterns are not shown to the person, not even if they ask; `--professional` shows them."""
    facts = ["pain_sites=[deep]", "pain_is_constant=true", "pain_quality=dull"]
    assert "What a professional may look for" not in run("eval", *facts).stdout
    asked = run("eval", "injury_pattern", *facts).stdout
    assert "This is for professionals. Show them the full explanation." in asked
    assert "a fine crack" not in asked
    assert "a fine crack" in run("eval", "--professional", *facts).stdout


def test_a_pack_without_a_first_decision_has_nothing_in_its_data(root: Path) -> None:
    """Data name what comes first only for a pack that says so."""
    data = json.loads(run("eval", "--rules", str(root / "tests" / "packs" / "greenhouse"), "--json").stdout)
    assert "first" not in data


def test_today_shows_the_session_and_the_step_of_the_plan_that_starts_now(root: Path) -> None:
    """Someone who goes on to the third week today is shown its session, not that of the week before."""
    text = run("today", "--diary", str(root / "examples" / "diary.csv"), *MORNING).stdout
    assert (
        "\nFrom walking to continuous running, through three run/walk weeks\n"
        "  Today: A run, or a run with walking breaks: running 6 min, walking 11 min\n"
        "      Jog in bouts of about a minute, and walk in between.\n"
        "  Step of the plan: Go on to the next stage: Third run/walk week\n"
    ) in text
    assert "step: advance" not in text
    professional = run("today", "--diary", str(root / "examples" / "diary.csv"), *MORNING, "--professional").stdout
    assert "  step: advance (Go on to the next stage), to: Third run/walk week\n" in professional


def test_what_a_plan_from_today_still_needs_is_said(tmp_path: Path) -> None:
    """A diary with too little in it gives no session, and says what is missing for one."""
    diary = tmp_path / "diary.csv"
    diary.write_text("when,what,pain\n2026-03-01 18:00,run,0\n", encoding="utf-8")
    text = run("today", "--diary", str(diary), *MORNING).stdout
    needed = "not decided yet: facts that the plan needs are missing\n  Still to be answered:\n    How are you running"
    assert needed in text
    data = json.loads(run("today", "--diary", str(diary), *MORNING, "--json").stdout)
    plan = data["plans"]["run_walk"]
    assert (plan["status"], plan["day"], plan["step"]) == ("undetermined", None, None)
    assert data["also"]["run_walk"]["status"] == "undetermined"


def test_days_of_a_plan_from_today_are_those_of_the_zone(root: Path, tmp_path: Path) -> None:
    """Late in the evening by one clock it is already the next day by that of the diary."""
    text = (root / "examples" / "diary.csv").read_text(encoding="utf-8")
    diary = tmp_path / "diary.csv"
    diary.write_text(re.sub(r"^(\S+ \d\d:\d\d),", r"\1+01:00,", text, flags=re.MULTILINE), encoding="utf-8")
    at = ["--at", "2026-03-01T23:30+00:00", "--zone", "Europe/Berlin"]
    data = json.loads(run("today", "--diary", str(diary), *at, "--json").stdout)
    assert data["plans"]["run_walk"]["day"]["date"] == "2026-03-02"
