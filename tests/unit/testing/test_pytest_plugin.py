"""The pytest plugin: cases as test items, the fixture for a pack, and no cost for projects that do not use it."""

from __future__ import annotations

import ast
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hiprun
from hiprun import loading, version
from hiprun.language import diagnostic_renderer as report
from hiprun.testing import pytest_plugin
from hiprun.verification import cases

pytest_plugins = ["pytester"]

KEPT = (cases, loading, report)
"""A run of pytest within a test forgets what it imported first; these, with all that they need, are imported before."""

PLUGIN = ("-p", "hiprun.testing.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture
def project(pytester: pytest.Pytester, greenhouse_folder: Path) -> pytest.Pytester:
    """A project of someone else with a pack in `rules`, named in its settings, and a test of its own."""
    shutil.copytree(greenhouse_folder, pytester.path / "rules")
    pytester.makeini("[pytest]\nhiprun_packs = rules\ntestpaths = tests\n")
    (pytester.mkdir("tests") / "test_own.py").write_text("def test_own():\n    pass\n", encoding="utf-8")
    return pytester


def edit(path: Path, old: str, new: str) -> None:
    """Replace text in a file that has it."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_cases_of_the_packs_in_the_settings_are_run(project: pytest.Pytester) -> None:
    """A plain `pytest` runs the project's own tests and every case, each under its id."""
    result = project.runpytest_inprocess(*PLUGIN, "-v")
    result.assert_outcomes(passed=7)
    result.stdout.fnmatch_lines(["*rules/cases/everything.yaml::hot-day PASSED*"])


def test_what_is_named_in_the_command_line_is_run_alone(project: pytest.Pytester) -> None:
    """As with `testpaths`, paths on the command line override the settings, and a single case can be named."""
    project.runpytest_inprocess(*PLUGIN, "tests").assert_outcomes(passed=1)
    one = project.runpytest_inprocess(*PLUGIN, "rules/cases/everything.yaml::hot-day")
    one.assert_outcomes(passed=1)


def test_an_option_asks_for_a_pack(project: pytest.Pytester) -> None:
    """`--hiprun PATH` adds the cases of a pack, wherever it lies and however often it is named."""
    project.makeini("[pytest]\n")
    shutil.move(project.path / "rules", project.path / "tests" / "pack")
    project.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=1)
    named = ("--hiprun", "tests/pack", "--hiprun", str(project.path / "tests" / "pack"))
    project.runpytest_inprocess(*PLUGIN, *named).assert_outcomes(passed=7)
    project.runpytest_inprocess(*PLUGIN, *named, "tests/test_own.py").assert_outcomes(passed=7)


def test_a_failure_shows_what_was_expected_and_no_python(project: pytest.Pytester) -> None:
    """A case that fails is shown by its title and place, with what was expected, what was found and what fired."""
    edit(project.path / "rules" / "cases" / "everything.yaml", "points: 0", "points: 1")
    result = project.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(passed=6, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*Nothing to do*",
            "rules/cases/everything.yaml:*: mild-day (Nothing to do)",
            "  stress.points: expected 1, found 0",
            "    fired: no rule",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert "runtest" not in result.stdout.str()


def test_a_broken_pack_is_reported_once_in_words(project: pytest.Pytester) -> None:
    """The mistakes in a pack are reported when its folder is collected, with the line and what to write instead."""
    edit(project.path / "rules" / "alarm.yaml", "hit: worst", "hit: worse")
    result = project.runpytest_inprocess(*PLUGIN, "--continue-on-collection-errors")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR collecting rules*", "rules/alarm.yaml:*", "*Did you mean `worst`?*"])


def test_a_folder_inside_a_broken_pack_reports_it_too(project: pytest.Pytester) -> None:
    """If pytest collects only a folder within the pack, the mistakes are reported at its files."""
    edit(project.path / "rules" / "alarm.yaml", "hit: worst", "hit: worse")
    inside = project.path / "rules" / "cases"
    result = project.runpytest_inprocess(*PLUGIN, f"--confcutdir={inside}", str(inside))
    result.stdout.fnmatch_lines(["*ERROR collecting rules/cases/everything.yaml*", "*Did you mean `worst`?*"])


def test_a_mistake_of_hiprun_itself_keeps_its_traceback(project: pytest.Pytester) -> None:
    """Only failures of cases are shortened; other exceptions keep their traceback."""
    project.makeconftest(
        "import pytest\n"
        "@pytest.hookimpl(wrapper=True)\n"
        "def pytest_runtest_call(item):\n"
        "    yield\n"
        "    if item.name == 'hot-day':\n"
        "        raise ZeroDivisionError('a fault')\n"
    )
    result = project.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(passed=6, failed=1)
    result.stdout.fnmatch_lines(["*ZeroDivisionError*a fault*"])


def test_a_folder_that_is_not_there_is_named(project: pytest.Pytester) -> None:
    """A wrong path is an error of the command line."""
    result = project.runpytest_inprocess(*PLUGIN, "--hiprun", "nowhere")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no folder of rule files at *nowhere*"])


def test_other_yaml_files_are_left_alone(project: pytest.Pytester) -> None:
    """Files without cases, and files outside packs, are not collected."""
    (project.path / "tests" / "other.yaml").write_text("cases: not ours\n", encoding="utf-8")
    project.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=7)


def test_the_fixture_is_the_first_pack_that_is_named(project: pytest.Pytester) -> None:
    """`hiprun_pack` is the pack of the settings, and the one of the command line before it."""
    (project.path / "tests" / "test_own.py").write_text(
        "def test_own(hiprun_pack, hiprun_pack_path):\n"
        "    assert hiprun_pack.name == 'greenhouse'\n"
        "    assert hiprun_pack_path.name == 'rules'\n",
        encoding="utf-8",
    )
    project.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=7)


@pytest.mark.slow
def test_without_settings_the_fixture_is_the_pack_that_hiprun_comes_with(project: pytest.Pytester) -> None:
    """Nothing needs to be set to test against the rules of hiprun."""
    project.makeini("[pytest]\n")
    (project.path / "tests" / "test_own.py").write_text(
        "import hiprun\n\ndef test_own(hiprun_pack):\n    assert hiprun_pack.name == hiprun.load().name\n",
        encoding="utf-8",
    )
    project.runpytest_inprocess(*PLUGIN, "tests").assert_outcomes(passed=1)


def test_the_fixture_says_in_words_what_is_wrong_with_its_pack(project: pytest.Pytester) -> None:
    """A test that asks for a broken pack fails with its mistakes."""
    edit(project.path / "rules" / "alarm.yaml", "hit: worst", "hit: worse")
    (project.path / "tests" / "test_own.py").write_text("def test_own(hiprun_pack): pass\n", encoding="utf-8")
    result = project.runpytest_inprocess(*PLUGIN, "tests")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*Did you mean `worst`?*"])


def test_runs_without_a_pack_import_nothing(pytester: pytest.Pytester) -> None:
    """Without a pack, the plugin imports only `hiprun` itself: no YAML, schemas, rules or prover."""
    pytester.makepyfile("def test_own():\n    pass\n")
    script = f"import pytest, sys; print(pytest.main({list(PLUGIN)!r}).name, sorted(sys.modules))"
    here = os.environ | {"PYTHONPATH": str(Path(hiprun.__file__).parent.parent), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, cwd=pytester.path, env=here, check=True)
    outcome, _, modules = done.stdout.strip().split("\n")[-1].partition(" ")
    imported = set(ast.literal_eval(modules))
    assert outcome == "OK"
    assert {name for name in imported if name.partition(".")[0] == "hiprun"} == {
        "hiprun",
        "hiprun.testing",
        "hiprun.testing.pytest_plugin",
        "hiprun.version",
    }
    assert imported.isdisjoint({"attr", "attrs", "click", "hypothesis", "jsonschema", "narwhals", "yaml", "z3"})


def test_what_pytest_imports_first_can_be_imported_at_any_time() -> None:
    """Importing the plugin, and `hiprun` with it, has no side effects."""
    again = runpy.run_path(str(pytest_plugin.__file__))
    assert {name for name in again if name.startswith(("pytest_", "hiprun_"))} == {
        name for name in vars(pytest_plugin) if name.startswith(("pytest_", "hiprun_"))
    }
    entrance = runpy.run_path(str(hiprun.__file__))
    assert entrance["__all__"] == hiprun.__all__
    assert entrance["__dir__"]() == sorted(entrance["__all__"])
    assert runpy.run_path(str(version.__file__))["VERSION"] == hiprun.__version__
