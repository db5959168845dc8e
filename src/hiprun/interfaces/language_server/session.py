"""What the server knows between two messages, and what it tells the client on its own: diagnostics and proofs."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any, Protocol

import attrs
from lsprotocol import types

from hiprun.errors import HiprunError
from hiprun.interfaces.language_server.case_results import CaseResults
from hiprun.interfaces.language_server.diagnostics import diagnostics
from hiprun.interfaces.language_server.open_packs import OpenFile, OpenPack, OpenPacks
from hiprun.interfaces.language_server.positions import Positions
from hiprun.interfaces.language_server.progress import CancelledError
from hiprun.verification.run_bounds import Progress
from hiprun.verification.verify import verify
from hiprun.workspace import Workspace


class Client(Protocol):
    """What is told to the client."""

    def text_document_publish_diagnostics(self, params: types.PublishDiagnosticsParams) -> None:
        """Show what is wrong in a file."""

    def window_show_message(self, params: types.ShowMessageParams) -> None:
        """Show a message."""


class _SupersededError(Exception):
    """The texts have changed while they were being proved."""


@attrs.define(eq=False)
class Session:
    """The open packs, and the work that is under way."""

    client: Client
    packs: OpenPacks = attrs.field(factory=lambda: OpenPacks(Positions()))
    verifies_on_save: bool = False
    _results: dict[Workspace, CaseResults] = attrs.field(factory=dict)
    _proving: threading.Lock = attrs.field(factory=threading.Lock)

    def configure(self, options: Any, encoding: str) -> None:
        """Take over what the client says when it starts."""
        self.packs.positions = Positions(encoding)
        self.set_options(options)

    def set_options(self, options: Any) -> None:
        """Take over the settings of the user; what is not among them stays."""
        if isinstance(options, dict) and isinstance(options.get("verifyOnSave"), bool):
            self.verifies_on_save = options["verifyOnSave"]

    def show(self, pack: OpenPack) -> None:
        """Publish the diagnostics of a pack, and clear those of files that have none any more."""
        found = diagnostics(pack, self.packs.positions)
        for uri in sorted({*found, *pack.shown, *self._open_in(pack)}):
            self.client.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found.get(uri, [])))
        pack.shown = frozenset(found)

    def clear(self, uri: str) -> None:
        """Publish that nothing is wrong in a file that is in no pack any more."""
        self.client.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def results(self, pack: OpenPack) -> CaseResults | None:
        """Return what comes of the cases of a pack; None as long as it has mistakes."""
        workspace = pack.workspace
        loaded = workspace.pack
        if loaded is None:
            return None
        if workspace not in self._results:
            current = {open_pack.workspace for open_pack in self.packs.all()}
            self._results = {known: results for known, results in self._results.items() if known in current}
            self._results[workspace] = CaseResults(loaded)
        return self._results[workspace]

    def verify(self, file: OpenFile, *, whole: bool, progress: Progress) -> str:
        """Prove what should hold for a pack, or only for the decisions of a file; return what came of it in words.

        What was found becomes part of the diagnostics, unless the texts have changed in the meantime.
        """
        pack, workspace = file.pack, file.pack.workspace
        if workspace.pack is None:
            return "Nothing can be proved as long as the pack has mistakes."
        decisions = None if whole else self._decisions(file)

        def is_current(done: int, of: int) -> None:
            if pack.workspace is not workspace:
                raise _SupersededError
            progress(done, of)

        with self._proving:
            try:
                report = verify(workspace.pack, decisions, progress=is_current)
            except _SupersededError:
                return "The rules have changed in the meantime, so nothing was proved."
            except CancelledError:
                return "Cancelled; nothing was proved."
            except HiprunError as error:
                return " ".join(f"{problem.message} {problem.help}".strip() for problem in error.problems)
        if pack.workspace is not workspace:
            return "The rules have changed in the meantime, so what was proved is not shown."
        pack.findings = tuple(report.findings())
        counted = f"{len(report.claims)} claims about every patient"
        proved = f"{len(pack.findings)} of {counted} were not proved." if pack.findings else f"{counted}: all proved."
        return " ".join([*report.faults, proved])

    def _decisions(self, file: OpenFile) -> Iterable[str] | None:
        """Return the decisions that a file declares; None, for all, if it declares anything else."""
        loaded = file.pack.workspace.pack
        declared = [symbol.name for symbol in file.pack.workspace.declared(file.name) if symbol.kind == "decision"]
        return [name for name in loaded.decisions if name in declared] or None if loaded is not None else None

    def _open_in(self, pack: OpenPack) -> list[str]:
        files = ((uri, self.packs.file(uri)) for uri in list(self.packs.unsaved))
        return [uri for uri, file in files if file is not None and file.pack is pack]
