"""The tutorial is played through, step by step, in a copy of the rules: every change, every command, every answer."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import hiprun
from hiprun.interfaces.cli.application import application

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^```(shellsession|diff|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def play(command: str, shown: str) -> None:
    """Run one command of a session; what it prints is what is shown, with `…` for anything."""
    program, *arguments = shlex.split(command)
    if program == "cp":
        shutil.copytree(ROOT / arguments[1], arguments[2], ignore=shutil.ignore_patterns(".*"))
        return
    assert program == "hiprun"
    result = CliRunner().invoke(application, arguments)
    pattern = ".*".join(map(re.escape, _words(shown).split("…")))
    assert re.fullmatch(pattern, _words(result.output)), f"$ {command}\n{result.output}"


def _words(text: str) -> str:
    """Return what a reader reads: line numbers, and where lines break, change whenever a rule file does."""
    text = re.sub(r"\.yaml:\d+(:\d+)?", ".yaml:N", re.sub(r"^ *\d+ \|", "N |", text, flags=re.MULTILINE))
    return " ".join(text.split())


def change(diff: str) -> None:
    """Replace in each file the lines marked `-` by those marked `+`; a line may be cut off at its end."""
    for file, lines in re.findall(r"^--- (\S+)\n((?:[-+][^-+].*\n)+)", diff, re.MULTILINE):
        old, new = ("\n".join(re.findall(rf"^\{sign}(.*)$", lines, re.MULTILINE)) for sign in "-+")
        text = Path(file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} has not once: {old}"
        Path(file).write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.slow
def test_tutorial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone who does what the tutorial says sees what it shows."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "rules", "rules", ignore=shutil.ignore_patterns(".*"))
    blocks = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) > 10
    proved = ""
    for language, block in blocks:
        match language:
            case "diff":
                change(block)
            case "yaml":
                Path(block.split("\n")[0].removeprefix("# ")).write_text(block, encoding="utf-8")
            case _:
                for session in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                    command, shown = session.split("\n", 1)
                    play(command, shown)
                    if command == "hiprun verify my-rules":
                        assert shown.rstrip().endswith("all proved.")
                        proved = hiprun.load("my-rules").digest
    for command in ("check", "test"):
        assert CliRunner().invoke(application, [command, "my-rules"]).exit_code == 0, command
    assert hiprun.load("my-rules").digest == proved, "the rules that the tutorial leaves are not those that it proves"
