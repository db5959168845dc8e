"""What a command does when hiprun itself is at fault, or is interrupted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hiprun.__main__ import main
from hiprun.interfaces.cli.application import application
from hiprun.version import VERSION


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Return a function that adds a command `broken`, which raises something."""
    monkeypatch.delenv("HIPRUN_TRACEBACK", raising=False)

    def add(error: BaseException) -> None:
        @click.command()
        def broken() -> None:
            raise error

        monkeypatch.setitem(application.commands, "broken", broken)

    return add


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (RecursionError(), "RecursionError"),
        (OSError("the disk is full"), "OSError: the disk is full"),
    ],
)
def test_a_fault_is_said_to_be_one(broken: Callable[[BaseException], None], error: Exception, said: str) -> None:
    """Whatever was not foreseen is said to be a fault of hiprun, with its kind and what to report, and no traceback."""
    broken(error)
    result = CliRunner().invoke(application, ["broken"])
    assert result.exit_code == 70
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"This is a fault in hiprun {VERSION} itself, not in your rules, facts or command.",
        f"Please report it with the command, what it was given, and this: {said}",
        "Set HIPRUN_TRACEBACK=1 to see where it happened.",
    ]


def test_the_traceback_is_there_for_who_asks(
    broken: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an environment variable the fault comes through as it is."""
    broken(ZeroDivisionError())
    monkeypatch.setenv("HIPRUN_TRACEBACK", "1")
    assert isinstance(CliRunner().invoke(application, ["broken"]).exception, ZeroDivisionError)


def test_whoever_interrupts_has_found_nothing(broken: Callable[[BaseException], None]) -> None:
    """Ctrl-C ends a command at once, without a word, and with another exit code than a finding."""
    broken(KeyboardInterrupt())
    result = CliRunner().invoke(application, ["broken"])
    assert (result.exit_code, result.output) == (130, "")


def test_a_reader_that_goes_away_is_no_fault(root: Path) -> None:
    """A pipe that is closed early, as by `head`, ends a command without a word."""
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    command = [sys.executable, "-m", "hiprun", "facts", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=root
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_the_program_is_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What is installed as `hiprun` runs the command that was typed."""
    monkeypatch.setattr(sys, "argv", ["hiprun", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"hiprun, version {VERSION}\n"
