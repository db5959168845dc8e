"""`hiprun verify`, `gaps` and `diff` as a user at a terminal sees them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hiprun.interfaces.cli.application import application

from .. import small_packs

Change = Callable[..., Path]


def run(*arguments: object) -> Result:
    """Return what a command prints and exits with."""
    result = CliRunner().invoke(application, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_verify_prints_a_summary_and_counterexamples(greenhouse_folder: Path) -> None:
    """A summary by decision comes first, then every finding; findings give exit code 1."""
    result = run("verify", greenhouse_folder)
    assert result.exit_code == 1
    lines = result.stdout.split("\n")
    assert lines[0].split()[:3] == ["alarm", "20", "proved"]
    assert [line for line in lines if re.fullmatch(r"  in the setting heat_limit \d+ °C \(in the files 30\)", line)]
    assert "greenhouse/facts.yaml:16:3: Nothing uses the fact `gardener`." in lines


def test_verify_succeeds_when_everything_is_proved(greenhouse_folder: Path) -> None:
    """If every claim is proved, the exit code is 0."""
    result = run("verify", greenhouse_folder, "--decision", "stress", "--decision", "watering")
    assert result.exit_code == 0
    assert result.stdout.endswith("claims about every patient and every setting: all proved.\n")


def test_verify_as_data(greenhouse_folder: Path) -> None:
    """With --json a program gets everything."""
    data = json.loads(run("verify", greenhouse_folder, "--json", "--decision", "clash").stdout)
    assert {claim["decision"] for claim in data["claims"]} == {"clash"}
    assert not data["ok"]


def test_a_small_budget_is_exit_code_1(changed_greenhouse: Change) -> None:
    """A claim not proved within the budget is reported as open, and the exit code is 1."""
    folder = changed_greenhouse(
        "alarm.yaml", "temperature: {at_least: heat_limit}", "temperature: {at_least: 3 * water_today}"
    )
    result = run("verify", folder, "--decision", "alarm", "--budget", "1")
    assert result.exit_code == 1
    assert "The budget was too small" in result.stdout


def test_an_unknown_decision_is_a_mistake() -> None:
    """An unknown decision gives exit code 2 and a suggestion."""
    result = run("verify", "--decision", "triaje")
    assert (result.exit_code, "Did you mean `triage`?" in result.stderr) == (2, True)


def test_diff_says_what_comes_of_the_cases(greenhouse_folder: Path, changed_greenhouse: Change) -> None:
    """Before its verdict, the comparison groups the cases that fail by the rule that makes them fail."""
    new = changed_greenhouse("parameters.yaml", "value: 30", "value: 33")
    result = run("diff", greenhouse_folder, new)
    assert re.search(r"Cases of the new version: \d of \d+ cases fail\.", result.stdout)
    assert re.search(
        r"\d cases? gets? another answer because `alarm\.[a-z-]+`\s+\(\S+\)\s+no\s+longer fires", result.stdout
    )
    assert "Cases of the new version: all" in run("diff", greenhouse_folder, greenhouse_folder).stdout
    data = json.loads(run("diff", greenhouse_folder, new, "--json").stdout)
    assert "no longer fires" in {(cause["rule"] or {}).get("change") for cause in data["cases"]["causes"]}
    assert "failed before." in run("diff", new, greenhouse_folder).stdout


def test_diff_of_two_folders_shows_lines_beside_changes(greenhouse_folder: Path, changed_greenhouse: Change) -> None:
    """Changed answers are shown with the lines that changed, and `--fail-on` can make calmer answers fail."""
    new = changed_greenhouse("parameters.yaml", "value: 30", "value: 33")
    result = run("diff", greenhouse_folder, new, "--fail-on", "calmer")
    assert result.exit_code == 1
    assert "  calmer: action: act → nothing, window: open → as_it_is" in result.stdout
    assert "noticed by hot-day" in result.stdout
    assert "  -  heat_limit: {value: 30" in result.stdout
    assert re.search(r"\bclash\b[^:]*: the same for every patient, proved", " ".join(result.stdout.split()))
    assert run("diff", greenhouse_folder, new).exit_code == 0
    assert run("diff", greenhouse_folder, greenhouse_folder, "--fail-on", "any").exit_code == 0
    stricter = run("diff", new, greenhouse_folder, "--fail-on", "calmer")
    assert (stricter.exit_code, run("diff", new, greenhouse_folder, "--fail-on", "any").exit_code) == (0, 1)


def test_added_and_removed_files_are_shown(greenhouse_folder: Path, tmp_path: Path) -> None:
    """A file that only one version has is shown among the lines."""
    new = tmp_path / "greenhouse"
    shutil.copytree(greenhouse_folder, new)
    text = (new / "constraints.yaml").read_text(encoding="utf-8")
    (new / "constraints.yaml").unlink()
    (new / "impossible.yaml").write_text(text.replace("above: 45", "above: 40"), encoding="utf-8")
    result = run("diff", greenhouse_folder, new, "--json")
    assert [each["decision"] for each in json.loads(result.stdout)["decisions"] if each["status"] == "changed"] == [""]


@pytest.fixture
def repository(changed_greenhouse: Change) -> Path:
    """A folder of rules under git, of which the first version is called `first`."""
    folder = changed_greenhouse("pack.yaml", "version: 2.1.0", "version: 2.1.0")
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "First"],
        ["tag", "first"],
    ):
        subprocess.run(["git", "-C", str(folder), *command], check=True, capture_output=True)
    return changed_greenhouse("alarm.yaml", "{action: look}", "{action: act}")


def test_diff_with_a_revision(repository: Path) -> None:
    """A revision is that of the other folder or of `--rules`, and its name appears in places."""
    result = run("diff", "first", repository)
    assert "stricter: action: look → act" in result.stdout
    assert "before by alarm.limp-or-dry (first.zip/alarm.yaml:18:5)" in result.stdout
    assert "same answers as before" in run("diff", "first", "HEAD", "--rules", repository).stdout


def test_an_unknown_version_is_a_mistake(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is neither a folder nor a revision is reported."""
    for old in ("no-such-version", "--output=x"):
        result = run("diff", "--", old, repository)
        assert (result.exit_code, f"`{old}` is neither a folder nor a revision" in result.stderr) == (2, True)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in run("diff", "first", repository).stderr


def test_gaps_shows_whom_no_rule_covers(greenhouse_folder: Path) -> None:
    """Each decision that is named is shown with groups, or said to cover everyone; as data too."""
    result = run("gaps", "alarm", "stress", "--rules", greenhouse_folder, "--most", "1")
    assert result.exit_code == 0
    assert result.stdout.startswith("alarm: no rule covers these patients.\n\n  1. {temperature: ")
    assert "- id: alarm-covered-by-no-rule-1" in result.stdout
    data = json.loads(run("gaps", "alarm", "--rules", greenhouse_folder, "--json").stdout)
    assert [found["decision"] for found in data["decisions"]] == ["alarm"]
    assert run("gaps", "alarms", "--rules", greenhouse_folder).exit_code == 2


def test_check_has_notes(tmp_path: Path) -> None:
    """What is right but could be better is told, and no mistake."""
    care = "decision: care\noutputs: {told: {type: boolean}}\ntable: [[dry, told], [true, true], [false, false]]\n"
    small_packs.load(tmp_path, care=f"{care}otherwise: no_match\n")
    result = run("check", tmp_path)
    assert result.exit_code == 0
    assert "[otherwise-never-applies]" in result.stdout
    assert [note["code"] for note in json.loads(run("check", tmp_path, "--json").stdout)["notes"]] == [
        "otherwise-never-applies"
    ]
