"""An editor for tests: what it sends to a server, and what it is sent, over streams like those of a program."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

PATIENCE = 30


class Editor:
    """The other end of a language server: messages out, answers and notifications in."""

    def __init__(self, stream_in: BinaryIO, stream_out: BinaryIO) -> None:
        self._in, self._out = stream_in, stream_out
        self._ids = itertools.count(1)
        self._answers: dict[int, dict[str, Any]] = {}
        self._versions = itertools.count(1)
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.messages: list[str] = []
        self.progress: list[dict[str, Any]] = []
        self.cancels_progress = False
        self.refuses_progress = False
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def start(self, capabilities: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """Begin, and return what the server can do."""
        params = {
            "processId": None,
            "rootUri": None,
            "capabilities": capabilities or {},
            "initializationOptions": options,
        }
        result = self.ask("initialize", params)
        self.tell("initialized", {})
        return result["capabilities"]

    def stop(self) -> None:
        """End the server as an editor does."""
        self.ask("shutdown", None)
        self.tell("exit", None)

    def hang_up(self) -> None:
        """Send nothing more, as an editor that has crashed."""
        with contextlib.suppress(OSError):
            self._out.close()

    def close(self) -> None:
        """Close the streams, after the server has ended."""
        self.hang_up()
        self._listener.join(PATIENCE)
        self._in.close()

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        """Send a request and return its result; an error becomes an exception with its message."""
        answer = self.raw(method, params)
        if "error" in answer:
            raise RuntimeError(answer["error"]["message"])
        return answer["result"]

    def raw(self, method: str, params: Any) -> dict[str, Any]:
        """Send a request and return the whole answer."""
        id_ = next(self._ids)
        self._send({"jsonrpc": "2.0", "id": id_, "method": method, "params": params})
        self._wait(lambda: id_ in self._answers)
        return self._answers.pop(id_)

    def open(self, path: Path, text: str | None = None) -> str:
        """Open a file, with what is on the disk or another text; return its address once its diagnostics are there."""
        uri = path.as_uri()
        content = path.read_text(encoding="utf-8") if text is None else text
        self.diagnostics.pop(uri, None)
        document = {"uri": uri, "languageId": "yaml", "version": next(self._versions), "text": content}
        self.tell("textDocument/didOpen", {"textDocument": document})
        self._wait(lambda: uri in self.diagnostics)
        return uri

    def change(self, uri: str, text: str, *, wait: bool = True) -> list[dict[str, Any]]:
        """Replace the text of an open file, and return its new diagnostics."""
        self.diagnostics.pop(uri, None)
        document = {"uri": uri, "version": next(self._versions)}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        if wait:
            self._wait(lambda: uri in self.diagnostics)
        return self.diagnostics.get(uri, [])

    def at(self, uri: str, line: int, character: int, **more: Any) -> dict[str, Any]:
        """Return the parameters of a question about a place."""
        return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}, **more}

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds after a message."""
        self._wait(condition)

    def _wait(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._handle(self._events.get(timeout=PATIENCE))

    def _handle(self, message: dict[str, Any]) -> None:
        match message:
            case {"method": "textDocument/publishDiagnostics", "params": params}:
                self.diagnostics[params["uri"]] = params["diagnostics"]
            case {"method": "window/showMessage", "params": params}:
                self.messages.append(params["message"])
            case {"method": "window/workDoneProgress/create", "id": id_, "params": params}:
                if self.refuses_progress:
                    self._send({"jsonrpc": "2.0", "id": id_, "error": {"code": -32601, "message": "no"}})
                    return
                self._send({"jsonrpc": "2.0", "id": id_, "result": None})
                if self.cancels_progress:
                    self.tell("window/workDoneProgress/cancel", {"token": params["token"]})
            case {"method": "$/progress", "params": params}:
                self.progress.append(params["value"])
            case {"id": id_}:
                self._answers[id_] = message

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        self._out.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._out.flush()

    def _listen(self) -> None:
        with contextlib.suppress(ValueError, OSError):
            while line := self._in.readline():
                length = int(line.split(b":")[1])
                while self._in.readline().strip():
                    pass
                self._events.put(json.loads(self._in.read(length)))


@contextlib.contextmanager
def editor_of(serve: Callable[[BinaryIO, BinaryIO], None]) -> Iterator[Editor]:
    """Yield an editor of a server that runs in a thread of this process."""
    (server_in, editor_out), (editor_in, server_out) = os.pipe(), os.pipe()
    streams = os.fdopen(server_in, "rb"), os.fdopen(server_out, "wb")
    thread = threading.Thread(target=serve, args=streams, daemon=True)
    thread.start()
    editor = Editor(os.fdopen(editor_in, "rb"), os.fdopen(editor_out, "wb"))
    try:
        yield editor
        editor.stop()
    finally:
        editor.hang_up()  # a server whose editor is gone ends
        thread.join(PATIENCE)
        editor.close()
        for stream in streams:
            stream.close()
