"""What a command does after a fault of hiprun itself, an interruption, or a failure to write."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hiprun.__main__ import main
from hiprun.errors import MissingExtraError, Problem
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
def test_a_fault_of_hiprun_is_reported_as_such(
    broken: Callable[[BaseException], None], error: Exception, said: str
) -> None:
    """An unexpected error is reported as a fault of hiprun, with what to report, and without a traceback."""
    broken(error)
    result = CliRunner().invoke(application, ["broken"])
    assert result.exit_code == 70
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"This is a fault in hiprun {VERSION} itself, not in your rules, facts or command.",
        f"Please report it with the command, what it was given, and this: {said}",
        "Set HIPRUN_TRACEBACK=1 to see where it happened.",
    ]


def test_a_missing_package_is_no_mistake(broken: Callable[[BaseException], None]) -> None:
    """A missing package is reported with how to install it, and not counted as a mistake."""
    broken(MissingExtraError([Problem("missing-extra", "Something is missing.", help="pip install it")]))
    result = CliRunner().invoke(application, ["broken"])
    assert result.exit_code == 2
    assert result.stderr == "Something is missing. [missing-extra]\n      = pip install it\n"


def test_an_environment_variable_shows_the_traceback(
    broken: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With HIPRUN_TRACEBACK set, the exception is not caught."""
    broken(ZeroDivisionError())
    monkeypatch.setenv("HIPRUN_TRACEBACK", "1")
    assert isinstance(CliRunner().invoke(application, ["broken"]).exception, ZeroDivisionError)


def test_ctrl_c_has_its_own_exit_code(broken: Callable[[BaseException], None]) -> None:
    """Ctrl-C ends a command with a message on standard error and an exit code different from a finding."""
    broken(KeyboardInterrupt())
    result = CliRunner().invoke(application, ["broken"])
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "Interrupted.\n")


def test_ctrl_c_during_imports_gives_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C before the command is known ends in the same way."""

    class Interrupting:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name == "hiprun.interfaces.cli.application":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "hiprun.interfaces.cli.application")
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, capsys.readouterr().err) == (130, "Interrupted.\n")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full here")
@pytest.mark.parametrize("words", [["facts"], ["facts", "--json"], ["--help"], ["--version"]])
def test_a_full_disk_is_no_fault(root: Path, words: list[str]) -> None:
    """If the output cannot be written, a message says so, and the exit code is its own."""
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "hiprun", *words]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    assert (ended.returncode, ended.stderr) == (
        74,
        "The output could not be written: no space left on device.\n",
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [(OSError(errno.ENOSPC, "full"), 74), (OSError(errno.ENOENT, "gone"), 70), (BrokenPipeError(), 141)],
)
def test_write_errors_have_their_own_exit_codes(
    broken: Callable[[BaseException], None], error: Exception, code: int
) -> None:
    """A full disk and a closed pipe have exit codes different from that of faults."""
    broken(error)
    assert CliRunner().invoke(application, ["broken"]).exit_code == code


def test_other_os_errors_are_not_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """An OSError other than a full disk is not reported as one."""
    monkeypatch.setattr(click.Group, "main", lambda *_, **__: (_ for _ in ()).throw(OSError(errno.ENOENT, "gone")))
    with pytest.raises(FileNotFoundError):
        application.main([])


@pytest.mark.slow
def test_a_closed_pipe_is_no_fault(root: Path) -> None:
    """If the reader closes the pipe early, as `head` does, the command ends silently with the usual exit code."""
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    command = [sys.executable, "-m", "hiprun", "facts", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=root
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_the_program_is_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The installed program `hiprun` runs the command that was typed."""
    monkeypatch.setattr(sys, "argv", ["hiprun", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"hiprun, version {VERSION}\n"
