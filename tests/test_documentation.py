"""The documentation is run: its Python, its commands and what they print."""

from __future__ import annotations

import doctest
import fnmatch
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from hiprun.interfaces.cli.application import application

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    """Return the code blocks of `page` in `language`."""
    return [code for found, code in _FENCE.findall(page.read_text(encoding="utf-8")) if found == language]


def _pages_with(language: str) -> list[object]:
    return [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES if blocks(page, language)]


@pytest.mark.parametrize("page", _pages_with("python"))
def test_python_on_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The snippets of a page, one after the other, do what they say."""
    monkeypatch.chdir(ROOT)
    namespace: dict[str, object] = {"__name__": "snippet", "tmp_path": tmp_path}
    for code in blocks(page, "python"):
        if ">>>" in code:
            example = doctest.DocTestParser().get_doctest(code, namespace, page.name, str(page), 0)
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
            runner.run(example, clear_globs=False)
            assert runner.summarize().failed == 0
            namespace |= example.globs
        else:
            exec(compile(code, str(page), "exec"), namespace)


@pytest.mark.parametrize("page", _pages_with("console"))
def test_commands_on_a_page_print_what_it_shows(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every `$ hiprun …` works, and prints the lines that follow it; `…` stands for anything."""
    monkeypatch.chdir(ROOT)
    for block in blocks(page, "console"):
        for session in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = session.partition("\n")
            program, *arguments = shlex.split(command, comments=True)
            assert program == "hiprun", f"only hiprun is shown in a console block, not {program}"
            result = CliRunner().invoke(application, arguments)
            assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
            if shown.strip():
                pattern = "\n".join(line.rstrip() for line in shown.strip().split("\n")).replace("[", "[[]")
                assert fnmatch.fnmatchcase(result.output.strip(), pattern.replace("…", "*")), result.output


def test_readme_has_two_lines_to_copy() -> None:
    """The README sets everything up in exactly two lines: one shows the main job, one runs the tests."""
    main_job, tests = (code.strip() for code in blocks(ROOT / "README.md", "sh"))
    assert "\n" not in main_job
    assert main_job.endswith("hiprun explain triage --facts examples/runner.yaml")
    assert "\n" not in tests
    assert "/pytest " in tests


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link of the documentation points at a file that is there."""
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_command_has_its_section() -> None:
    """The page on the command line describes every command there is, and no other."""
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## hiprun (\w+)", text, flags=re.MULTILINE)) == set(application.commands)
