"""How far long work is, shown in the editor, from where it can be cancelled."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from concurrent.futures import TimeoutError as NotInTime

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from hiprun.verification.run_bounds import Progress, silent

_PATIENCE = 5
"""How many seconds the client has to say that it shows progress."""


class CancelledError(Exception):
    """Whoever waits for the work does not want it any more."""


@contextlib.contextmanager
def shown_progress(server: LanguageServer, title: str) -> Iterator[Progress]:
    """Yield what to tell how many parts are done; telling it raises `CancelledError` once the work is cancelled.

    Not to be used in the thread that reads messages. A client that does not show progress is not told.
    """
    window = server.client_capabilities.window
    if window is None or not window.work_done_progress:
        yield silent
        return
    token, progress = str(uuid.uuid4()), server.work_done_progress
    try:
        progress.create(token).result(_PATIENCE)
    except (JsonRpcException, NotInTime):
        yield silent
        return
    progress.begin(token, types.WorkDoneProgressBegin(title, cancellable=True, percentage=0))

    def report(done: int, of: int) -> None:
        if progress.tokens[token].cancelled():
            raise CancelledError
        percentage = 100 * done // max(of, 1)
        progress.report(token, types.WorkDoneProgressReport(message=f"{done} of {of}", percentage=percentage))

    try:
        yield report
    finally:
        progress.end(token, types.WorkDoneProgressEnd())
