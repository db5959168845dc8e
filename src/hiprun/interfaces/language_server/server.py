"""The messages of the Language Server Protocol, each passed to what answers it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from hiprun.interfaces.language_server import case_results, navigation, writing_help
from hiprun.interfaces.language_server.open_packs import OpenFile
from hiprun.interfaces.language_server.progress import shown_progress
from hiprun.interfaces.language_server.session import Session
from hiprun.version import VERSION

VERIFY = "hiprun.verify"
_PAUSE = 0.01
"""How many seconds without another change pass before a changed text is checked."""

_TRIGGERS = [" ", ":", ".", "{", "[", ","]


class _AnsweringProtocol(LanguageServerProtocol):
    """The protocol, with an error as the answer to a request that is none, such as one for a line below 0."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            # the client would wait for ever: pygls only reports what it cannot read
            if "id" in data and "method" in data:
                self._send_response(data["id"], None, error.to_response_error())
            raise


def make_server() -> LanguageServer:
    """Return a server that has not been started."""
    server = LanguageServer(
        "hiprun",
        VERSION,
        text_document_sync_kind=types.TextDocumentSyncKind.Full,
        protocol_cls=_AnsweringProtocol,
    )
    session = Session(server)
    _follow_settings(server, session)
    _follow_editor(server, session)
    _follow_disk(server, session)
    _answer_questions(server, session)
    _run_commands(server, session)
    return server


def serve(stdin: BinaryIO | None = None, stdout: BinaryIO | None = None) -> None:
    """Answer the client at the other end of standard input and output, or of two other streams, until it ends."""
    output = stdout or sys.stdout.buffer
    printed = sys.stdout
    # whatever is printed by mistake must not end up between two messages
    sys.stdout = sys.stderr
    try:
        make_server().start_io(stdin, output)
    finally:
        sys.stdout = printed


def _follow_settings(server: LanguageServer, session: Session) -> None:
    """Register what takes over what the client can do and what its user wants."""

    @server.feature(types.INITIALIZE)
    def _initialize(_: LanguageServer, params: types.InitializeParams) -> None:
        encoding = server.workspace.position_encoding
        session.configure(params.initialization_options, str(getattr(encoding, "value", encoding)))

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def _configure(_: LanguageServer, params: types.DidChangeConfigurationParams) -> None:
        settings = params.settings
        session.set_options(settings.get("hiprun") if isinstance(settings, dict) else None)


def _follow_editor(server: LanguageServer, session: Session) -> None:
    """Register what keeps the texts of the session as they are in the editor."""
    waiting: dict[str, int] = {}

    def take_over(uri: str) -> None:
        text = server.workspace.get_text_document(uri).source
        pack = session.packs.change(uri, text)
        if pack is None:
            session.clear(uri)
        else:
            session.show(pack)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def _opened(_: LanguageServer, params: types.DidOpenTextDocumentParams) -> None:
        take_over(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def _changed(_: LanguageServer, params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        session.packs.unsaved[uri] = server.workspace.get_text_document(uri).source
        waiting[uri] = waiting.get(uri, 0) + 1
        own = waiting[uri]
        await asyncio.sleep(_PAUSE)
        if waiting.get(uri) == own:
            take_over(uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def _closed(_: LanguageServer, params: types.DidCloseTextDocumentParams) -> None:
        waiting.pop(params.text_document.uri, None)
        pack = session.packs.close(params.text_document.uri)
        if pack is not None:
            session.show(pack)


def _follow_disk(server: LanguageServer, session: Session) -> None:
    """Register what follows when files change on the disk, by the editor or by others."""

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def _changed_on_disk(_: LanguageServer, params: types.DidChangeWatchedFilesParams) -> None:
        packs = {session.packs.reread(change.uri): None for change in params.changes}
        for pack in packs:
            if pack is not None:
                session.show(pack)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE, types.SaveOptions(include_text=False))
    @server.thread()
    def _saved(_: LanguageServer, params: types.DidSaveTextDocumentParams) -> None:
        file = session.packs.file(params.text_document.uri)
        if file is not None and session.verifies_on_save:
            session.verify(file, whole=False, progress=lambda _done, _of: None)
            session.show(file.pack)


def _answer_questions(server: LanguageServer, session: Session) -> None:
    """Register what answers a question about a file; about one that is in no pack, nothing is known."""

    def answer(
        feature: str, function: Callable[[OpenFile, Any], Any], options: Any = None, *, in_thread: bool = False
    ) -> None:
        def handler(_: LanguageServer, params: Any) -> Any:
            file = _current(server, session, params.text_document.uri)
            return function(file, params) if file is not None else None

        server.feature(feature, options)(server.thread()(handler) if in_thread else handler)

    answer(
        types.TEXT_DOCUMENT_COMPLETION,
        lambda file, params: writing_help.completions(file, params.position),
        types.CompletionOptions(trigger_characters=_TRIGGERS),
    )
    answer(types.TEXT_DOCUMENT_HOVER, lambda file, params: writing_help.hover(file, params.position))
    answer(types.TEXT_DOCUMENT_INLAY_HINT, lambda file, params: writing_help.inlay_hints(file, params.range))
    answer(
        types.TEXT_DOCUMENT_CODE_ACTION,
        lambda file, params: writing_help.code_actions(file, params.range),
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    )
    answer(types.TEXT_DOCUMENT_DEFINITION, lambda file, params: navigation.definition(file, params.position))
    answer(
        types.TEXT_DOCUMENT_REFERENCES,
        lambda file, params: navigation.references(
            file, params.position, with_declaration=params.context.include_declaration
        ),
    )
    answer(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, lambda file, params: navigation.highlights(file, params.position))
    answer(types.TEXT_DOCUMENT_PREPARE_RENAME, lambda file, params: navigation.renamed_name(file, params.position))
    answer(
        types.TEXT_DOCUMENT_RENAME,
        lambda file, params: navigation.rename(file, params.position, params.new_name),
        types.RenameOptions(prepare_provider=True),
    )
    answer(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, lambda file, _: navigation.document_symbols(file))
    answer(
        types.TEXT_DOCUMENT_FORMATTING,
        lambda file, _: file.positions.edits(file.lines, file.pack.workspace.formatting(file.name)),
    )
    answer(
        types.TEXT_DOCUMENT_CODE_LENS,
        lambda file, _: case_results.code_lenses(file, session.results(file.pack)),
        types.CodeLensOptions(resolve_provider=False),
        in_thread=True,
    )

    @server.feature(types.WORKSPACE_SYMBOL)
    def _symbols(_: LanguageServer, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        return navigation.workspace_symbols(session.packs.all(), session.packs.positions, params.query)


def _current(server: LanguageServer, session: Session, uri: str) -> OpenFile | None:
    """Return a file with its latest text, even if that has not been checked yet."""
    if uri in session.packs.unsaved:
        session.packs.change(uri, server.workspace.get_text_document(uri).source)
    return session.packs.file(uri)


def _run_commands(server: LanguageServer, session: Session) -> None:
    """Register the commands that an editor can run: proofs, one case, the cases of a rule."""

    def tell(text: str) -> None:
        server.window_show_message(types.ShowMessageParams(types.MessageType.Info, text))

    @server.command(VERIFY)
    @server.thread()
    def _verify(_: LanguageServer, uri: str) -> str:
        file = session.packs.file(uri)
        if file is None:
            return "This file belongs to no pack."
        with shown_progress(server, "Proving what holds for every patient") as report:
            said = session.verify(file, whole=True, progress=report)
        session.show(file.pack)
        tell(said)
        return said

    def with_results(uri: str, text: Callable[[case_results.CaseResults], str]) -> str:
        file = session.packs.file(uri)
        results = session.results(file.pack) if file else None
        said = text(results) if results else "Cases are run once the pack has no mistakes."
        tell(said)
        return said

    @server.command(case_results.RUN_CASE)
    @server.thread()
    def _run_case(_: LanguageServer, uri: str, id_: str) -> str:
        return with_results(uri, lambda results: case_results.case_text(results, id_))

    @server.command(case_results.CASES_OF_RULE)
    @server.thread()
    def _cases_of_rule(_: LanguageServer, uri: str, decision: str, rule: str) -> str:
        return with_results(uri, lambda results: case_results.rule_text(results, decision, rule))
