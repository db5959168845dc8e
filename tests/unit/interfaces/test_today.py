"""`hiprun today` as a user at a terminal sees it."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hiprun.interfaces.cli.application import application

EXAMPLE = ["--at", "2026-03-02T07:30"]


@pytest.fixture
def run(root: Path) -> Callable[..., Result]:
    """Return a function that asks about a diary, by default the one of the examples."""

    def command(*words: str, diary: Path = root / "examples" / "diary.csv") -> Result:
        result = CliRunner().invoke(application, ["today", "--diary", str(diary), *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


@pytest.fixture
def plot(root: Path) -> Path:
    """The rules of a small pack with a diary."""
    return root / "tests" / "packs" / "plot"


@pytest.fixture
def facts_of(run: Callable[..., Result], plot: Path, tmp_path: Path) -> Callable[..., dict[str, object]]:
    """Return a function that asks about a diary of the small pack, which gets a question, for the facts found in it."""
    rules = shutil.copytree(plot, tmp_path / "plot")
    with (rules / "diary.yaml").open("a", encoding="utf-8") as file:
        file.write("today: {decision: attention, wanted: {level: none}}\n")

    def ask(*words: str, diary: Path) -> dict[str, object]:
        result = run("--rules", str(rules), "--json", *words, diary=diary)
        assert result.exit_code in (0, 1), result.stderr
        return dict(json.loads(result.stdout)["diary"]["facts"])

    return ask


def test_the_answer_comes_with_its_session_its_reasons_and_what_would_change_it(run: Callable[..., Result]) -> None:
    """A runner who may run sees the session, the reasons, the entries, and what would change the answer."""
    result = run(*EXAMPLE, "--professional")
    assert (result.exit_code, result.stderr) == (0, "")
    text = result.stdout
    assert text.startswith("As of 2026-03-02 07:30\n\nWhat to do today\n  You may run today, as your plan has it\n")
    assert "\n\ntoday: What to do today\n" in text
    assert "\n  activity: run (You may run today, as your plan has it)\n\n" in text
    assert "  Today: A run, or a run with walking breaks: running 6 min, walking 11 min\n" in text
    assert "run 2026-02-28 18:00 (line 41): days_since_last_run 2, pain_while_running 0" in text
    assert "What would change the answer\n  activity: rest_or_cross_train with pain_quality sharp (now none)\n" in text
    assert "Not known yet" not in text
    assert text.endswith("first.\n")
    assert max(map(len, text.split("\n"))) <= 80


def test_what_is_not_known_is_asked_for(run: Callable[..., Result], tmp_path: Path) -> None:
    """A diary with too little in it gives the safest answer, and what is missing and why."""
    diary = tmp_path / "diary.csv"
    diary.write_text("when,what,pain\n2026-03-01 18:00,run,0\n", encoding="utf-8")
    text = run(*EXAMPLE, "cleared_by_professional=true", "--professional", diary=diary).stdout
    assert "Stop, and first get the help that the sign calls for" in " ".join(text.split())
    assert "To be answered next\n  - Is there swelling around the hip?\n" in text
    assert "to be safe: stop_and_follow_triage" in text
    assert "Not known yet\n" in text
    assert "  swelling: Is there swelling around the hip?\n      latest `symptoms` in the last 3 days: nothing" in text
    assert "jog_minutes" not in text


def test_a_run_yesterday_means_to_wait(run: Callable[..., Result]) -> None:
    """The fewest changes that would allow a run are shown."""
    text = run("--at", "2026-03-01T22:00", "--professional").stdout
    assert "- You may run today, as your plan has it: if your last run was at least 2 days ago" in " ".join(
        text.split()
    )
    assert "activity: rest_or_cross_train" in text
    assert "activity: run with days_since_last_run at least 2 days (now 1)" in text


@pytest.mark.slow
def test_other_facts_may_be_given(run: Callable[..., Result], tmp_path: Path) -> None:
    """Facts may be given on the command line or in a file, and must not contradict the diary."""
    more = tmp_path / "facts.yaml"
    more.write_text("pain_came_back: false\n", encoding="utf-8")
    assert (
        "  You may run today, as your plan has it\n" in run(*EXAMPLE, "--facts", str(more), "discouraged=false").stdout
    )
    refused = run(*EXAMPLE, "swelling=true")
    assert refused.exit_code == 2
    assert "`swelling` is given as true, but according to the diary it is false." in refused.stderr
    assert run(*EXAMPLE, "triage").exit_code == 2


def test_parameters_may_be_set(run: Callable[..., Result]) -> None:
    """`--set` applies here, too."""
    assert "  No run today; rest" in run(*EXAMPLE, "--set", "days_between_runs=3").stdout


def test_everything_can_be_had_as_json(run: Callable[..., Result]) -> None:
    """`--json` prints the facts with their entries, the outcome, the other decisions, the reasons and the ways."""
    data = json.loads(run(*EXAMPLE, "--json").stdout)
    assert list(data) == ["first", "diary", "outcome", "also", "plans", "explanation", "ways", "ways_exact"]
    assert data["diary"]["origins"]["days_since_last_run"][0]["line"] == 41
    assert data["outcome"]["possible"] == [{"activity": "run"}]
    assert data["also"]["run_walk"]["status"] == "decided"
    assert data["plans"]["run_walk"]["day"]["amounts"] == {"running": 6, "walking": 11}
    assert {way["to"]["activity"] for way in data["ways"]} == {
        "rest_or_cross_train",
        "do_not_run",
        "stop_and_follow_triage",
    }


def test_the_moment_is_now_by_default(
    run: Callable[..., Result], facts_of: Callable[..., dict[str, object]], tmp_path: Path
) -> None:
    """By default the moment is the current time, with a time zone if the diary has one."""
    today = datetime.datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    diary = tmp_path / "diary.jsonl"
    diary.write_text(json.dumps({"when": today.isoformat(), "what": "look", "wilt": 3}), encoding="utf-8")
    assert facts_of(diary=diary)["wilt"] == 3
    diary.write_text(json.dumps({"when": today.astimezone().isoformat(), "what": "look", "wilt": 3}), encoding="utf-8")
    result = run("--rules", str(tmp_path / "plot"), diary=diary)
    assert (result.exit_code, "--zone" in result.stderr) == (2, True)
    assert facts_of("--zone", "UTC", diary=diary)["wilt"] == 3


@pytest.mark.parametrize(
    ("at", "zone", "days"),
    [
        ("2026-05-20T12:00", "Europe/Berlin", 2),
        ("2026-05-20T10:00Z", "Europe/Berlin", 2),
        ("2026-05-20T10:00Z", "Asia/Tokyo", 1),
    ],
)
def test_days_can_be_those_of_a_time_zone(
    facts_of: Callable[..., dict[str, object]], tmp_path: Path, at: str, zone: str, days: int
) -> None:
    """`--zone` determines where a day begins."""
    diary = tmp_path / "diary.csv"
    diary.write_text("when,what\n,\n2026-05-18T22:30+02:00,watering\n", encoding="utf-8")
    assert facts_of("--at", at, "--zone", zone, diary=diary)["days_dry"] == days


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--at", "yesterday"], "`yesterday` as the reference time"),
        (["--at", "2026-03-02", "--zone", "UTC"], "is a day; the reference time also needs a time of day"),
        (["--zone", "Middle/Earth"], "`Middle/Earth` is not a time zone"),
        (["--zone", ".."], "`..` is not a time zone"),
        (["--at", "2026-02-20T08:00"], "in the future"),
    ],
)
def test_an_invalid_moment_is_rejected(run: Callable[..., Result], words: list[str], message: str) -> None:
    """The exit code is 2, and the message says what to write."""
    result = run(*words)
    assert result.exit_code == 2
    assert message in result.stderr


def test_rules_without_a_question_of_the_day_say_so(
    run: Callable[..., Result], plot: Path, greenhouse_folder: Path, tmp_path: Path
) -> None:
    """A pack without a question of the day gives a message that says how to add one."""
    for folder in (plot, greenhouse_folder):
        result = run("--rules", str(folder))
        assert result.exit_code == 2
        assert "do not declare a question of the day" in result.stderr


def test_decisions_without_an_answer_are_not_shown(run: Callable[..., Result], plot: Path, tmp_path: Path) -> None:
    """Of the other decisions, only those with an answer are shown."""
    for path in plot.iterdir():
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    with (tmp_path / "diary.yaml").open("a", encoding="utf-8") as file:
        file.write("today:\n  decision: attention\n  wanted: {level: none}\n  also: [tips, room, spare]\n")
    (tmp_path / "tips.yaml").write_text(
        "decision: tips\noutputs: {text: {type: string}}\nhit: collect\nrules:\n"
        "  - {id: dry, when: {days_dry: {above: 1}}, then: {text: Water it.}}\n",
        encoding="utf-8",
    )
    (tmp_path / "room.yaml").write_text(
        "limits: room\nbounds:\n  - {id: most, when: {sprayed: true}, quantity: waterings, at_most: 5}\n",
        encoding="utf-8",
    )
    (tmp_path / "spare.yaml").write_text(
        "decision: spare\noutputs: {text: {type: string}}\nrules:\n"
        "  - {id: never, when: {sprayed: true}, then: {text: Wait.}}\notherwise: no_match\n",
        encoding="utf-8",
    )
    diary = tmp_path / "diary.csv"
    diary.write_text(
        "when,what,litres,wilt\n2026-03-01 08:00,watering,3,\n2026-03-01 09:00,look,,0\n", encoding="utf-8"
    )
    fresh = run(*EXAMPLE, "--rules", str(tmp_path), "slugs=false", "--professional", diary=diary).stdout
    assert "level: none (Nothing)" in fresh
    assert [word for word in ("tips", "room", "spare") if f"{word}:" in fresh] == []
    sprayed = run(
        "--at",
        "2026-03-04T08:00",
        "--rules",
        str(tmp_path),
        "slugs=false",
        "sprayed=true",
        "--professional",
        diary=diary,
    ).stdout
    assert "tips:" in sprayed
    assert "waterings: at most 5 (most)" in sprayed
    assert "spare:" in sprayed
    assert "level: none with" in sprayed


@pytest.fixture
def swaying(run: Callable[..., Result], plot: Path, tmp_path: Path) -> Callable[..., str]:
    """Return a function that asks whether a plant sways far, which it does where a condition holds."""
    for path in plot.iterdir():
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    diary = tmp_path / "diary.csv"
    diary.write_text("when,what,litres,wilt\n2026-03-01 09:00,look,,8\n", encoding="utf-8")
    (tmp_path / "hill.yaml").write_text("derived:\n  hill: {title: Hill, formula: wilt * (3 - wilt)}\n")
    (tmp_path / "gust.yaml").write_text("facts:\n  gust: {ask: How strong are gusts?, type: number, range: [0, 9]}\n")
    (tmp_path / "lull.yaml").write_text("derived:\n  lull: {title: Lull, formula: gust * (3 - gust)}\n")
    german = "texts: de\nof:\n  facts.gust.ask: {from: How strong are gusts?, to: Wie stark ist der Wind?}\n"
    (tmp_path / "german.yaml").write_text(german)

    def ask(condition: str, wanted: str, *options: str) -> str:
        question = f"today: {{decision: sway, wanted: {{far: {wanted}}}}}\n"
        (tmp_path / "diary.yaml").write_text((plot / "diary.yaml").read_text(encoding="utf-8") + question)
        (tmp_path / "sway.yaml").write_text(
            "decision: sway\noutputs: {far: {type: boolean, title: It sways far}}\nrules:\n"
            f"  - {{id: far, when: {{{condition}}}, then: {{far: true}}}}\notherwise: {{far: false}}\n"
        )
        shown = run(*EXAMPLE, "--rules", str(tmp_path), *options, diary=diary)
        assert (shown.exit_code, shown.stderr) == (0, "")
        return str(shown.stdout)

    return ask


@pytest.mark.parametrize("wanted", ["true", "false"])
def test_an_answer_of_yes_or_no_has_its_other_side(swaying: Callable[..., str], wanted: str) -> None:
    """Whether or not the answer is the one hoped for, what leads to the other is said after its title."""
    shown = swaying("wilt: {at_least: 9}", wanted)
    assert "It sways far: no\n" in shown
    assert "  - It sways far: yes: if How wilted is it? at least 9\n" in shown
    assert "There may be others" not in shown
    assert json.loads(swaying("wilt: {at_least: 9}", wanted, "--json"))["ways_exact"]


def test_an_answer_does_not_wait_for_ways_to_another(swaying: Callable[..., str]) -> None:
    """Where it cannot be told what the smallest changes are, the answer is shown without them."""
    assert "What would change the answer" not in swaying("hill: {between: [2.2301, 2.2302]}", "true")


def test_that_there_may_be_other_ways_is_said_in_the_language_of_the_person(swaying: Callable[..., str]) -> None:
    """Where it cannot be told whether the ways are all there are, the person, a professional and a program read so."""
    asked = "any: [{lull: {between: [2.2301, 2.2302]}}, {wilt: {at_least: 9}}]", "true", "gust=3"
    assert "There may be others, also smaller ones" in swaying(*asked)
    german = swaying(*asked, "--language", "de", "--professional")
    assert german.count("Es kann noch andere geben, auch kleinere") == 2
    assert not json.loads(swaying(*asked, "--json"))["ways_exact"]
