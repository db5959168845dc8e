"""What happens when texts change while they are being proved, and how positions are counted."""

from __future__ import annotations

import builtins
import importlib
import os
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

import hiprun.interfaces.language_server as package
from hiprun.errors import HiprunError, MissingExtraError, Problem
from hiprun.interfaces.language_server import session as session_module
from hiprun.interfaces.language_server.diagnostics import diagnostics
from hiprun.interfaces.language_server.open_packs import OpenFile, OpenPacks
from hiprun.interfaces.language_server.positions import Positions, split_lines
from hiprun.interfaces.language_server.session import Session
from hiprun.interfaces.language_server.writing_help import code_actions
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


def pack_in(folder: Path, name: str, warm: str = "warm") -> Path:
    """Write a small pack with one fact, and return its folder."""
    root = folder / name
    root.mkdir()
    (root / "pack.yaml").write_text(f"pack: {name}\nlanguage: 2\nversion: 1.0.0\ntitle: Some\n", encoding="utf-8")
    (root / "facts.yaml").write_text(f"facts:\n  {warm}: {{ask: Is it warm?, type: boolean}}\n", encoding="utf-8")
    return root


def test_two_folders_are_two_packs(tmp_path: Path) -> None:
    """What is typed in one changes nothing in the other, also where their files have the same names."""
    packs = OpenPacks(Positions())
    first, second = (pack_in(tmp_path, name) / "facts.yaml" for name in ("one", "two"))
    for path in (first, second):
        packs.change(path.as_uri(), path.read_text(encoding="utf-8"))
    packs.change(first.as_uri(), "facts:\n  cold: {ask: Is it cold?, type: boolean}\n")
    one, two = packs.file(first.as_uri()), packs.file(second.as_uri())
    assert one is not None
    assert two is not None
    assert "cold" in one.pack.workspace.text(one.name)
    assert "cold" not in two.pack.workspace.text(two.name)
    assert len(packs.all()) == 2


@pytest.mark.parametrize("outer_first", [True, False])
def test_a_file_belongs_to_the_innermost_pack(tmp_path: Path, outer_first: bool) -> None:
    """Whichever was opened first; the outer pack says that there is another one inside it, and nothing else of it."""
    outer = pack_in(tmp_path, "outer")
    inner = pack_in(outer, "inner", "cold")
    deep = inner / "more" / "facts.yaml"
    deep.parent.mkdir()
    deep.write_text("facts: {dry: {ask: Is it dry?, type: boolean}}\n", encoding="utf-8")
    packs = OpenPacks(Positions())
    for path in (outer, inner) if outer_first else (inner, outer):
        packs.file((path / "facts.yaml").as_uri())
    files = {path: packs.file(path.as_uri()) for path in (outer / "facts.yaml", inner / "facts.yaml", deep)}
    assert {path: file and (file.pack.folder, file.name) for path, file in files.items()} == {
        outer / "facts.yaml": (outer, "outer/facts.yaml"),
        inner / "facts.yaml": (inner, "inner/facts.yaml"),
        deep: (inner, "inner/more/facts.yaml"),
    }

    packs.change((inner / "facts.yaml").as_uri(), "facts: {cold: {ask: Is it cold?, type: bolean}}\n")
    told = {pack.folder: diagnostics(pack, packs.positions) for pack in packs.all()}
    codes = {
        folder: {uri: [one.code for one in found] for uri, found in files.items()} for folder, files in told.items()
    }
    assert codes == {
        inner: {(inner / "facts.yaml").as_uri(): ["unknown-word"]},
        outer: {(outer / "pack.yaml").as_uri(): ["two-packs"]},
    }


def test_a_pack_that_goes_away_leaves_mistakes_and_no_fault(tmp_path: Path) -> None:
    """Files that are deleted, turn into pipes or links to devices, or grow without end, are told like any others."""
    root = pack_in(tmp_path, "one")
    facts, packs = root / "facts.yaml", OpenPacks(Positions())
    file = packs.file((root / "pack.yaml").as_uri())
    assert file is not None
    facts.unlink()
    os.mkfifo(facts)
    packs.reread(facts.as_uri())
    assert "one/facts.yaml" not in file.pack.workspace.texts
    facts.unlink()
    facts.symlink_to("/dev/zero")
    packs.reread(facts.as_uri())
    assert "one/facts.yaml" not in file.pack.workspace.texts
    facts.unlink()
    facts.symlink_to("/proc/self/mem")  # an ordinary file, as far as anyone can see, that cannot be read
    packs.reread(facts.as_uri())
    assert "one/facts.yaml" not in file.pack.workspace.texts
    facts.unlink()
    facts.write_bytes(b"#" * 3_000_000)
    packs.reread(facts.as_uri())
    assert "file-too-large" in {problem.code for problem in file.pack.workspace.problems}
    root.rename(tmp_path / "elsewhere")
    for name in ("facts.yaml", "pack.yaml"):
        packs.reread((root / name).as_uri())
    assert file.pack.workspace.texts == {}


def test_many_mistakes_in_one_line_are_mended_a_few_at_a_time(tmp_path: Path) -> None:
    """A line with fifty aliases asks for no more work than one with a few."""
    root = pack_in(tmp_path, "one")
    line = f"facts: {{a: &a [x], b: [{', '.join(['*a'] * 200)}]}}\n"
    (root / "facts.yaml").write_text(line, encoding="utf-8")
    file = OpenPacks(Positions()).file((root / "facts.yaml").as_uri())
    assert file is not None
    assert len(file.pack.workspace.problems) > 40
    whole = types.Range(types.Position(0, 0), types.Position(1, 0))
    mended = {str(action.diagnostics) for action in code_actions(file, whole)}
    assert len(mended) <= 8
