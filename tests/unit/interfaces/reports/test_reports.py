"""What the commands find is read by code hosts and build servers, in their formats."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from junitparser import JUnitXml

from hiprun.errors import Problem
from hiprun.interfaces.cli.application import COMMANDS, application
from hiprun.interfaces.reports.checks import Check, Report, folder_of, of_problems
from hiprun.interfaces.reports.formats import github, junit, sarif
from hiprun.interfaces.reports.proof_checks import of_claims, of_difference
from hiprun.model.places import NOWHERE, Place
from hiprun.verification.claims import Claim, RuleName, Verification
from hiprun.verification.difference_result import AnswerChange, DecisionDifference, Difference

from ... import small_packs

Change = Callable[..., Path]


def run(*arguments: object) -> Result:
    """Return what comes of a command."""
    result = CliRunner().invoke(application, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def read_sarif(text: str) -> list[dict[str, Any]]:
    """Return the results of a SARIF file, whose rules are those that they name."""
    data = json.loads(text)
    assert (data["version"], len(data["runs"])) == ("2.1.0", 1)
    rules = [rule["id"] for rule in data["runs"][0]["tool"]["driver"]["rules"]]
    results: list[dict[str, Any]] = data["runs"][0]["results"]
    assert [rules[result["ruleIndex"]] for result in results] == [result["ruleId"] for result in results]
    return results


def read_junit(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield suite, name and failure of each test case, as a reader of JUnit XML sees them."""
    suites = JUnitXml.fromstring(text.encode())
    for suite in suites:
        for case in suite:
            yield suite.name, case.name, case.result[0].text if case.is_failure else ""


@pytest.mark.parametrize("command", ["check", "test", "mutate", "verify"])
def test_sarif_is_valid(changed_greenhouse: Change, command: str) -> None:
    """Types that were made from the published schema of SARIF accept what every command finds."""
    peer: Any = importlib.import_module("pydantic_sarif.model")
    folder = changed_greenhouse("alarm.yaml", "Seedlings wilt in the heat.", "Seedlings wilt above 30 °C.")
    changed_greenhouse("cases/everything.yaml", "alarm: {action: nothing, window", "alarm: {action: act, window")
    result = run(command, folder, "--format", "sarif")
    log = peer.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate(json.loads(result.stdout))
    assert len(log.runs[0].results) == len(read_sarif(result.stdout)) > 0


def test_mistakes_are_shown_at_their_lines(changed_greenhouse: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    """`check` reports each mistake with its path from where it runs, in every format."""
    folder = changed_greenhouse("alarm.yaml", "thirsty: true", "thirsti: true")
    monkeypatch.chdir(folder.parent.parent)
    path = f"{folder.parent.name}/greenhouse"
    annotated = run("check", path, "--format", "github")
    assert (annotated.exit_code, annotated.stderr) == (2, "")
    assert annotated.stdout == (
        f"::error file={path}/alarm.yaml,line=19,col=47,endColumn=54,title=unknown-name::"
        "There is nothing called `thirsti`. Did you mean `thirsty`?\n"
    )
    (result,) = read_sarif(run("check", path, "--format", "sarif").stdout)
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": f"{path}/alarm.yaml"}
    assert location["region"] == {"startLine": 19, "startColumn": 47, "endColumn": 54}
    ((suite, name, failure),) = read_junit(run("check", path, "--format", "junit").stdout)
    assert (suite, name) == ("rules", "unknown-name greenhouse/alarm.yaml:19:47")
    assert failure == result["message"]["text"]
    assert json.loads(run("check", path, "--format", "json").stdout) == json.loads(run("check", path, "--json").stdout)


@pytest.mark.parametrize("command", ["test", "verify", "mutate"])
def test_rules_with_mistakes_are_reported_by_every_command(changed_greenhouse: Change, command: str) -> None:
    """A command that cannot begin says why in the format that was asked for."""
    folder = changed_greenhouse("alarm.yaml", "thirsty: true", "thirsti: true")
    result = run(command, folder, "--format", "junit")
    assert (result.exit_code, result.stderr) == (2, "")
    assert [failure for _, _, failure in read_junit(result.stdout)] == [
        "There is nothing called `thirsti`. Did you mean `thirsty`?"
    ]
    assert run(command, folder).stdout == ""


def test_notes_do_not_fail(changed_greenhouse: Change) -> None:
    """What is right but could be better is a note; rules without mistakes are a test that passed."""
    folder = changed_greenhouse("alarm.yaml", "Seedlings wilt in the heat.", "Seedlings wilt above 30 °C.")
    result = run("check", folder, "--format", "sarif")
    assert result.exit_code == 0
    assert [found["level"] for found in read_sarif(result.stdout)] == ["note"]
    assert run("check", folder, "--format", "github").stdout.startswith("::notice file=")
    xml = run("check", folder, "--format", "junit").stdout
    assert [failure for _, _, failure in read_junit(xml)] == ["", ""]
    assert "<system-out>" in xml


def test_what_to_upgrade_is_reported(greenhouse_folder: Path) -> None:
    """`check --upgrade` has the formats as well."""
    result = run("check", greenhouse_folder, "--upgrade", "--format", "sarif")
    assert result.exit_code == len(read_sarif(result.stdout)[:1])
    assert run("check", greenhouse_folder, "--format", "github").stdout == ""


def test_each_case_is_a_test(changed_greenhouse: Change) -> None:
    """Cases that pass and fail are tests of a build server; a failure says what `hiprun test` says."""
    folder = changed_greenhouse(
        "cases/everything.yaml", "alarm: {action: nothing, window", "alarm: {action: act, window"
    )
    result = run("test", folder, "--format", "junit")
    assert result.exit_code == 1
    found = {name: failure for _, name, failure in read_junit(result.stdout)}
    assert [name for name, failure in found.items() if failure] == ["mild-day"]
    assert "expected act" in found["mild-day"] or "act" in found["mild-day"]
    assert len(found) == 6
    assert read_sarif(run("test", folder, "--format", "sarif").stdout)[0]["ruleId"] == "case-failed"


def test_what_no_case_shows_is_reported(greenhouse_folder: Path) -> None:
    """With `--coverage`, each gap is a finding at the line of its rule."""
    results = read_sarif(run("test", greenhouse_folder, "--coverage", "--format", "sarif").stdout)
    assert {result["ruleId"] for result in results} == {"not-covered"}
    assert all("locations" in result for result in results)


def test_faults_that_no_case_notices_are_reported(greenhouse_folder: Path) -> None:
    """`mutate` reports survivors, with the case that would notice; other faults are tests that passed."""
    result = run("mutate", greenhouse_folder, "--format", "junit", "--jobs", "1")
    assert result.exit_code == 1
    found = list(read_junit(result.stdout))
    survivors = [failure for _, _, failure in found if failure]
    assert 0 < len(survivors) < len(found)
    assert any("- id: " in failure for failure in survivors)
    assert run("mutate", greenhouse_folder, "--format", "junit", "--run-budget", "1").exit_code == 1


def test_claims_are_reported(tmp_path: Path) -> None:
    """`verify` reports what is refuted, with its patient; what is proved is a test that passed."""
    small_packs.load(
        tmp_path / "garden", care=small_packs.rule("{dry: true}").replace("otherwise: {needed: false}\n", "")
    )
    result = run("verify", tmp_path / "garden", "--format", "junit")
    assert result.exit_code == 1
    found = list(read_junit(result.stdout))
    assert any("dry: false" in failure for _, _, failure in found)
    assert any(not failure for _, _, failure in found)


def test_a_difference_is_reported(changed_greenhouse: Change, greenhouse_folder: Path) -> None:
    """`diff` reports each change: those that get calmer are warnings, or errors if they are to fail."""
    folder = changed_greenhouse("stress.yaml", "points: 2", "points: 1")
    changed_greenhouse("parameters.yaml", "heat_limit: {value: 30", "heat_limit: {value: 31")
    warned = run("diff", greenhouse_folder, folder, "--format", "sarif")
    assert warned.exit_code == 0
    levels = {result["ruleId"]: result["level"] for result in read_sarif(warned.stdout)}
    assert levels["answer-calmer"] == "warning"
    failed = run("diff", greenhouse_folder, folder, "--format", "sarif", "--fail-on", "calmer")
    assert failed.exit_code == 1
    assert {result["ruleId"]: result["level"] for result in read_sarif(failed.stdout)}["answer-calmer"] == "error"


def test_what_is_open_between_versions_is_reported() -> None:
    """A decision that was removed, and a run that ended early, are warnings, or errors if changes are to fail."""
    change = AnswerChange("a → b", "more urgent", {}, rules_before=(RuleName("d", "r", Place("p/d.yaml", 3)),))
    decisions = (
        DecisionDifference("same", "equivalent"),
        DecisionDifference("d", "changed", (change,), complete=False),
        DecisionDifference("", "removed", notes=("It is gone.",)),
    )
    difference = Difference("1", "2", decisions, faults=("two methods disagree",), stopped="bound")
    levels = [(check.code, check.level) for check in of_difference(difference, None)]
    assert levels == [
        ("answer-changed", "passed"),
        ("answer-more urgent", "note"),
        ("answer-open", "warning"),
        ("answer-open", "warning"),
        ("fault", "error"),
        ("stopped", "warning"),
    ]
    assert [check.level for check in of_difference(difference, "any")].count("error") == 5


def test_claims_without_words_are_reported() -> None:
    """A claim that stayed open has a sentence of its own; faults and the end of the budget are errors."""
    claims = (Claim("rule", "d.r", "unproved"), Claim("rule", "d.s", "proved", decision="d"))
    report = Verification("p", "1", "d", claims, faults=("two methods disagree",), stopped="bound")
    texts = [(check.level, check.text) for check in of_claims(report)]
    assert texts[0] == ("error", "d.r is unproved.")
    assert [level for level, _ in texts] == ["error", "passed", "error", "error"]


def test_texts_cannot_break_out() -> None:
    """Line breaks, colons, markup and characters that XML does not allow stay within their field."""
    nasty = "a::set-env,b=c%\n::error::x <b>&\x00\x1b \ud800"
    place = Place("r,u:l\nes/ä b.yaml", 2, 3, 4)
    report = Report("check", (Check(nasty, nasty, "x", "error", nasty, "", place),), "a folder")
    (line,) = github(report).splitlines()
    assert line.startswith("::error file=a folder/r%2Cu%3Al%0Aes/ä b.yaml,line=2,col=3,endColumn=7,title=x::a::set-env")
    ((suite, _, failure),) = read_junit(junit(report))
    assert "<b>&" in failure
    assert not re.search("[\x00\x1b\ud800]", suite + failure)
    (result,) = json.loads(sarif(report))["runs"][0]["results"]
    assert (
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        == "a%20folder/r%2Cu%3Al%0Aes/%C3%A4%20b.yaml"
    )


@pytest.mark.parametrize("form", ["sarif", "github", "junit", "json", "text"])
def test_names_of_files_that_are_no_text_are_reported(tmp_path: Path, form: str) -> None:
    """A mistake in a file whose name has bytes that no text has is shown like any other."""
    small_packs.load(tmp_path)
    try:
        (tmp_path / os.fsdecode(b"x\xff.yaml")).write_text("facts: {}")
    except OSError:  # some file systems have no such names
        pytest.skip("This file system takes only names that are text.")
    result = run("check", tmp_path, "--format", form)
    assert result.exit_code == 2
    assert "empty" in result.stdout + result.stderr
    assert (result.stdout + result.stderr).encode()


def test_paths_lead_to_the_pack() -> None:
    """Places begin with the name of the pack; what comes before is how the command was given it."""
    assert [folder_of(path) for path in (None, "rules", "packs/hip/rules/", "../rules")] == ["", "", "packs/hip", ".."]
    report = Report("check", (), "packs/hip")
    assert report.path(Place("rules/a.yaml")) == "packs/hip/rules/a.yaml"
    assert Report("check", ()).path(Place("rules/a.yaml")) == "rules/a.yaml"
    (check,) = of_problems([Problem("no-folder", "It is not there.")])
    assert (check.place, check.name) == (NOWHERE, "no-folder")
    assert "locations" not in json.loads(sarif(Report("check", (check,))))["runs"][0]["results"][0]
    assert github(Report("check", (check,))) == "::error title=no-folder::It is not there."


def test_the_action_runs_the_commands(root: Path, greenhouse_folder: Path, tmp_path: Path) -> None:
    """The script of the action runs what it is told, keeps the reports, and fails if one of them does."""
    action = yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))
    script = action["runs"]["steps"][-1]["run"]
    program = tmp_path / "hiprun"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hiprun "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    inputs = {"RULES": str(greenhouse_folder), "GITHUB_OUTPUT": str(tmp_path / "output"), "TMPDIR": str(tmp_path)}
    places = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(root / "src")}
    for commands, form, code in (("check test", "junit", 0), ("test --help", "github", 2)):
        environment = os.environ | inputs | places | {"COMMANDS": commands, "FORMAT": form}
        done = subprocess.run(
            ["bash", "-e", "-c", script], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout
    folder = Path((tmp_path / "output").read_text(encoding="utf-8").splitlines()[0].partition("=")[2])
    assert sorted(path.name for path in folder.iterdir()) == ["check.junit", "test.junit"]
    assert "test --help" not in done.stdout
    assert "--help is none of check, test, verify and mutate" in done.stdout


def test_hooks_run_commands_that_there_are(root: Path) -> None:
    """Every hook for packs names a command of hiprun, looks at the repository, and installs what it needs."""
    hooks = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks] == ["hiprun-check", "hiprun-test", "hiprun-verify"]
    extras = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for hook in hooks:
        program, command = hook["entry"].split()
        assert (program, command in COMMANDS, hook["pass_filenames"]) == ("hiprun", True, False)
        assert hook["args"] == ["."]  # without a folder the commands take the rules of hiprun
        (package,) = hook["additional_dependencies"]
        assert set(re.findall(r"\w+", package.partition("[")[2])) <= extras.keys()
