"""`hiprun workbench` serves one folder until Ctrl-C, at an address that only its reader knows."""

from __future__ import annotations

import os
import signal
import socket
import threading
import webbrowser
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from hiprun.interfaces.cli.application import application

from . import clinic


def test_the_browser_opens_the_workbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address with its key is printed and opened; it leads to the pack, and Ctrl-C ends everything."""
    root = clinic.write(tmp_path)
    pages: list[str] = []

    def read(address: str) -> None:
        with httpx.Client(follow_redirects=True, timeout=60) as client:
            pages.append(client.get(address).text)
        os.kill(os.getpid(), signal.SIGINT)

    def opened(address: str) -> bool:
        threading.Thread(target=read, args=(address,)).start()
        return True

    monkeypatch.setattr(webbrowser, "open", opened)
    result = CliRunner().invoke(application, ["workbench", str(root), "--no-git"])
    assert "The workbench is at http://127.0.0.1:" in result.output
    assert "A small clinic" in pages[0]


def test_without_a_browser_the_address_is_only_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not know the key in the address sees nothing."""
    root = clinic.write(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    replies: list[int] = []

    def look() -> None:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=60) as client:
            replies.append(client.get(f"http://127.0.0.1:{port}/read").status_code)
        os.kill(os.getpid(), signal.SIGINT)

    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    threading.Thread(target=look).start()
    CliRunner().invoke(application, ["workbench", str(root), "--port", str(port), "--no-browser"])
    assert (replies, opened) == ([403], [])


def test_what_cannot_be_served_is_told(tmp_path: Path) -> None:
    """A port that is taken and a path that is no folder are told in a sentence."""
    root = clinic.write(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(application, ["workbench", str(root), "--port", str(port), "--no-browser"])
    assert (result.exit_code, f"Port {port} cannot be used" in result.output) == (1, True)
    result = CliRunner().invoke(application, ["workbench", str(tmp_path / "none")])
    assert (result.exit_code, "is not a folder" in " ".join(result.output.split())) == (2, True)
