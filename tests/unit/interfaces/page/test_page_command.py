"""`hiprun page` as a user at a terminal sees it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
from click.testing import CliRunner

from hiprun.interfaces.cli.application import application


def test_page_is_served_until_ctrl_c(root: Path, tmp_path: Path) -> None:
    """The command prints the address, serves the page of a pack with the diary in a file, and ends well."""
    words = [str(root / "tests" / "packs" / "plot"), "--port", "0", "--diary", str(tmp_path / "diary.csv")]
    command = [sys.executable, "-m", "hiprun", "page", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        address = running.stdout.readline().strip()
        assert "diary.csv" in httpx.get(f"{address}diary").text
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=30)
    assert (running.returncode, stdout, stderr) == (0, "", "")


def test_what_cannot_be_served_is_said(root: Path, tmp_path: Path) -> None:
    """A port that is taken, and a diary that nothing can be added to, end the command with a sentence."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(application, ["page", str(root / "tests" / "packs" / "plot"), "--port", port])
    assert result.exit_code == 2
    assert f"Port {port} cannot be used: address already in use. Choose another with --port." in result.stderr
    result = CliRunner().invoke(application, ["page", "--diary", str(tmp_path / "diary.yaml")])
    assert result.exit_code == 2
    assert "not a kind of file that the page can add entries to" in result.stderr
