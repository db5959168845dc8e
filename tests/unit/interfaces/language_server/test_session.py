"""What happens when texts change while they are being proved, and how positions are counted."""

from __future__ import annotations

import builtins
import importlib
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

import hiprun.interfaces.language_server as package
from hiprun.errors import HiprunError, MissingExtraError, Problem
from hiprun.interfaces.language_server import session as session_module
from hiprun.interfaces.language_server.open_packs import OpenFile
from hiprun.interfaces.language_server.positions import Positions, split_lines
from hiprun.interfaces.language_server.session import Session
from hiprun.workspace import workspace_of

GREENHOUSE = Path(__file__).parent.parent.parent.parent / "packs" / "greenhouse"
PATIENT = "facts: {warm: {ask: Is it warm?, type: boolean}}\n"
PACK = "pack: p\nlanguage: 2\nversion: 1.0.0\ntitle: Some\n"
RULES = """\
decision: d
outputs: {o: {type: boolean}}
rules:
  - {id: one, when: {warm: true}, then: {o: true}}
otherwise: {o: false}
"""


class Listener:
    """A client that remembers what it is told."""

    def __init__(self) -> None:
        self.published: dict[str, list[types.Diagnostic]] = {}

    def text_document_publish_diagnostics(self, params: types.PublishDiagnosticsParams) -> None:
        """Remember what is wrong in a file."""
        self.published[params.uri] = list(params.diagnostics)

    def window_show_message(self, params: types.ShowMessageParams) -> None:
        """Messages are shown by commands alone."""
        raise AssertionError(params)


@pytest.fixture
def file() -> OpenFile:
    """A file of the small pack, opened by a session."""
    found = Session(Listener()).packs.file((GREENHOUSE / "stress.yaml").as_uri())
    assert found is not None
    return found


def silent(done: int, of: int) -> None:
    """Tell nobody."""


def test_all_proved_is_said(file: OpenFile) -> None:
    """With how many claims there were, of the decisions of the file."""
    file.pack.workspace = workspace_of({"p/facts.yaml": PATIENT, "p/pack.yaml": PACK, "p/d.yaml": RULES})
    said = Session(Listener()).verify(OpenFile(file.pack, "p/d.yaml", Positions()), whole=False, progress=silent)
    assert said.endswith("claims about every patient: all proved.")
    assert file.pack.findings == ()


@pytest.mark.parametrize(("at", "said"), [(0, "so nothing was proved."), (1, "so what was proved is not shown.")])
def test_proofs_of_texts_that_have_changed_are_not_shown(file: OpenFile, at: int, said: str) -> None:
    """They stop as soon as that is known, and are not shown if it comes to light at the end."""
    file.pack.workspace = workspace_of({"p/facts.yaml": PATIENT, "p/pack.yaml": PACK, "p/d.yaml": RULES})
    calls: list[int] = []

    def progress(done: int, of: int) -> None:
        calls.append(done)
        if len(calls) == at + 1:
            file.pack.workspace = file.pack.workspace.with_texts({"p/facts.yaml": f"{PATIENT}# changed\n"})

    session = Session(Listener())
    found = session.verify(OpenFile(file.pack, "p/d.yaml", Positions()), whole=True, progress=progress)
    assert found.startswith("The rules have changed in the meantime")
    assert found.endswith(said)


def test_what_keeps_proofs_from_being_made_is_said(file: OpenFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """For example that the prover is not installed."""

    def no_prover(*_: Any, **__: Any) -> None:
        raise HiprunError([Problem("missing-extra", "Proofs need a package.", help="Install it.")])

    monkeypatch.setattr(session_module, "verify", no_prover)
    assert Session(Listener()).verify(file, whole=True, progress=silent) == "Proofs need a package. Install it."


@pytest.mark.parametrize(
    ("encoding", "character", "column"),
    [("utf-16", 6, 6), ("utf-8", 11, 6), ("utf-32", 5, 6), ("utf-16", 99, 8), ("utf-8", 0, 1)],
)
def test_characters_are_counted_in_the_units_that_were_agreed_on(encoding: str, character: int, column: int) -> None:
    """In each encoding, a position and a column stand for the same place."""
    positions, lines = Positions(encoding), split_lines("one\r\naä🌱€bcd\rthree")
    assert len(lines) == 3
    assert positions.point(lines, types.Position(1, character)) == (2, column)
    if character != 99:
        assert positions.position(lines, (2, column)) == types.Position(1, character)
    assert positions.point(lines, types.Position(9, 4)) == (10, 1)
    assert positions.position(lines, (9, 4)) == types.Position(8, 0)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts the server without its extra is told what to install; any other missing module is a fault."""
    real = builtins.__import__

    def without(missing: str) -> Any:
        def importing(name: str, *arguments: Any, **named: Any) -> Any:
            if name == "hiprun.interfaces.language_server.server":
                raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)
            return real(name, *arguments, **named)

        return importing

    monkeypatch.setattr(builtins, "__import__", without("pygls"))
    with pytest.raises(MissingExtraError, match=r"hiprun\[lsp\]"):
        importlib.reload(package)
    monkeypatch.setattr(builtins, "__import__", without("something"))
    with pytest.raises(ModuleNotFoundError, match="something"):
        importlib.reload(package)
    monkeypatch.undo()
    importlib.reload(package)
