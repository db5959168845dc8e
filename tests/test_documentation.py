"""The documentation is run: its Python, its commands and what they print."""

from __future__ import annotations

import doctest
import fnmatch
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import hiprun
from hiprun.interfaces.cli.application import COMMANDS, application

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    """Return the code blocks of `page` in `language`."""
    return [code for found, code in _FENCE.findall(page.read_text(encoding="utf-8")) if found == language]


def _pages_with(language: str) -> list[object]:
    return [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES if blocks(page, language)]


@pytest.mark.slow
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


@pytest.mark.slow
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


def test_the_worked_example_shows_rules_as_they_are() -> None:
    """Every line of YAML on the page is in the pack that it explains, a block in one file and in its order."""
    files = [
        path.read_text(encoding="utf-8").splitlines() for path in (ROOT / "examples/body_and_kidney").rglob("*.yaml")
    ]
    for block in blocks(ROOT / "docs" / "worked-example.md", "yaml"):
        rest = [iter(lines) for lines in files]
        assert any(all(line in left for line in block.splitlines()) for left in rest), block


def test_readme_has_two_lines_to_copy() -> None:
    """The README sets everything up in exactly two lines: one shows the main job, one runs the tests."""
    main_job, tests = (code.strip() for code in blocks(ROOT / "README.md", "sh"))
    assert "\n" not in main_job
    assert main_job.endswith("hiprun explain triage --facts examples/runner.yaml")
    assert "\n" not in tests
    assert ".[dev]" in tests
    assert "/pytest " in tests


def test_daily_commands_are_those_of_the_justfile() -> None:
    """CONTRIBUTING lists every public recipe of the justfile, and no other."""
    justfile = (ROOT / "justfile").read_text(encoding="utf-8")
    recipes = re.findall(r"(?<!\[private\]\n)^(\w+)(?: .*)?:(?: .*)?$", justfile, re.MULTILINE)
    listed = re.findall(r"^\| `just (\w+)`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == recipes


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link of the documentation points at a file that is there."""
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_public_name_is_in_the_table() -> None:
    """The page on embedding lists exactly what can be imported from `hiprun`, and all of it is there."""
    text = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    section = text.partition("\n## Names\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(set(hiprun.__all__) - {"__version__"})
    assert all(getattr(hiprun, name).__name__ == name for name in named)


def test_links_of_the_readme_work_outside_the_repository() -> None:
    """Every link of the README is absolute, as a package index needs it, and leads to a file of the project."""
    home = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Homepage"]
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert links
    for link in links:
        target = re.fullmatch(rf"{re.escape(home)}/(blob|tree)/main/(.+)", link)
        assert target, f"README links to {link}"
        assert (ROOT / target[2]).is_dir() if target[1] == "tree" else (ROOT / target[2]).is_file(), link


def test_every_command_has_its_section() -> None:
    """The page on the command line describes every command there is, and no other."""
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## hiprun (\w+)", text, flags=re.MULTILINE)) == set(COMMANDS)
