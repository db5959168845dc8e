"""A server for this machine alone, which waits only so long for a slow client."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from hiprun.interfaces.web.application import WebApplication

PATIENCE = 20.0
"""Seconds that a client has to take a reply and to send the next request."""

_MOST_CONNECTIONS = 200
_IDLE_SECONDS = 5


def listen(port: int) -> socket.socket:
    """Return a socket on this machine's own address, which no other machine reaches. OSError if the port is taken."""
    return socket.create_server(("127.0.0.1", port))


def make_server(application: WebApplication, *, patience: float = PATIENCE) -> uvicorn.Server:
    """Return a server for an application; `run(sockets=[listen(port)])` starts it. It logs nobody's requests."""

    class Protocol(_PatientProtocol):
        seconds = patience

    return uvicorn.Server(
        uvicorn.Config(
            application,
            http=Protocol,
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=2,
            server_header=False,
        )
    )


def announce_and_serve(application: WebApplication, port: int, announce: Callable[[str], None]) -> None:
    """Serve an application until Ctrl-C; `announce` is called with its address. OSError if the port is taken."""
    with listen(port) as listening:
        announce(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        with contextlib.suppress(KeyboardInterrupt):
            make_server(application).run(sockets=[listening])


class _PatientProtocol(H11Protocol):
    """HTTP with a limit on the time for which a client keeps the server waiting.

    The time runs from the connection, or from when a reply is there for the client to take, to the end of the next
    request. A client for whom it runs out is cut off.
    """

    seconds = PATIENCE
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._is_waiting():
            self._stop_waiting()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_waiting():
            self._wait()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, and drop the reply to the request it came in; cut it off if that has begun."""
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _is_waiting(self) -> bool:
        """Return whether the next step is the client's: a request has not arrived in full."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def _wait(self) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(self.seconds, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
