"""What all web pages share: every text escaped, strict headers, and bounds that rude clients run into."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

import hiprun
from hiprun.interfaces.web import (
    PageReply,
    PageRequest,
    Templates,
    WebApplication,
    announce_and_serve,
    make_application,
    stylesheet,
)
from hiprun.interfaces.web.forms import read_form

from ....peers.browser import served

TEMPLATES = Templates("hiprun.interfaces.web")


def _echo(request: PageRequest) -> PageReply:
    return PageReply(TEMPLATES.render("message.html", message=repr((request.path, request.fields, request.files))))


def _fault(request: PageRequest) -> PageReply:
    raise RuntimeError("secret")


ROUTES = {
    "GET /": lambda request: PageReply("start"),
    "GET /{name}": _echo,
    "POST /{name}": _echo,
    "GET /go/on": lambda request: PageReply(location="/there"),
    "GET /go/file": lambda request: PageReply(b"1,2", media_type="text/csv", download="diary.csv"),
    "GET /go/wrong": _fault,
    "GET /go/large": lambda request: PageReply(b"1" * 30_000_000, media_type="text/plain"),
}
APPLICATION = make_application(ROUTES, TEMPLATES, most_bytes=10_000)


def ask(method: str, path: str, content: bytes = b"", application: WebApplication = APPLICATION, **headers: str):
    """Return the reply to one request."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
            return await client.request(method, path, content=content, headers=headers)

    return asyncio.run(send())


def test_every_reply_has_strict_headers() -> None:
    """No script, no other site, no copy in a cache, whatever the reply is."""
    for reply in (ask("GET", "/"), ask("GET", "/style.css"), ask("GET", "/go/nowhere"), ask("GET", "/go/wrong")):
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["x-frame-options"] == "DENY"


def test_scripts_are_allowed_only_where_they_are_asked_for() -> None:
    """An application with scripts allows its own, and nobody else's."""
    policy = ask("GET", "/", application=make_application(ROUTES, TEMPLATES, scripts=True)).headers[
        "content-security-policy"
    ]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_what_is_sent_comes_back_as_text() -> None:
    """A template escapes everything that is filled in."""
    reply = ask("POST", "/x", urlencode({"a": "<script>alert('1')</script>"}).encode())
    assert reply.status_code == 200
    assert "<script" not in reply.text
    assert "&lt;script&gt;alert(" in reply.text


def test_files_and_fields_of_a_form_are_told_apart() -> None:
    """A form with files is read: fields with their values, files with their bytes."""
    kind = 'multipart/form-data; boundary="xYz"'
    body = (
        b'--xYz\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--xYz\r\nContent-Disposition: form-data; name="a"\r\n\r\n2\r\n--no\r\n'
        b'--xYz\r\nContent-Disposition: form-data; name="file"; filename="d.csv"\r\nContent-Type: text/csv\r\n\r\n'
        b"date,pain\r\n\xff\r\n\r\n"
        b"--xYz\r\nContent-Disposition: form-data\r\n\r\nnameless\r\n--xYz--\r\n"
    )
    assert read_form(kind, body) == ({"a": ["1", "2\r\n--no"]}, {"file": b"date,pain\r\n\xff\r\n"})
    assert read_form("text/plain", b"a=1") == ({}, {})
    with pytest.raises(ValueError, match="fields"):
        read_form(kind, b"\r\n--xYz" * 3000)
    assert read_form(kind, b"--xYz\r\n" + b"Content-Disposition:" * 50_000 + b"\r\n\r\n1\r\n--xYz--") == ({}, {})


def test_too_much_is_refused() -> None:
    """Too many bytes or fields are refused with a page that says so, and an unknown page is said to be."""
    for content in (b"a=" + b"1" * 20_000, b"&".join([b"a=1"] * 2_500)):
        reply = ask("POST", "/x", content)
        assert reply.status_code == 413
        assert "more than this page can accept" in reply.text
    missing = ask("GET", "/go/%3Cb%3E")
    assert (missing.status_code, "This page does not exist." in missing.text) == (404, True)
    assert ask("POST", "/go/on").status_code == 405


def test_a_fault_tells_the_client_nothing() -> None:
    """When a handler fails, the reply says so without a word about how."""
    reply = ask("GET", "/go/wrong")
    assert reply.status_code == 500
    assert "Something went wrong" in reply.text
    assert "secret" not in reply.text


def test_replies_can_lead_on_and_be_saved() -> None:
    """A reply can send the browser somewhere else, or give it a file to save."""
    on, file = ask("GET", "/go/on"), ask("GET", "/go/file")
    assert (on.status_code, on.headers["location"]) == (303, "/there")
    assert file.headers["content-disposition"] == 'attachment; filename="diary.csv"'
    assert file.headers["content-type"] == "text/csv; charset=utf-8"


def test_only_its_own_pages_reach_it() -> None:
    """Other names for this machine, and forms on other sites, are turned away; what is embedded may have any name."""
    assert ask("GET", "/", Host="evil.example").status_code == 403
    assert ask("GET", "/", Host="127.0.0.1:8000").status_code == 200
    assert ask("GET", "/", Host="[::1]").status_code == 200
    assert ask("DELETE", "/").status_code == 403
    assert ask("POST", "/x", Origin="http://evil.example").status_code == 403
    assert ask("POST", "/x", Origin="null").status_code == 403
    assert ask("POST", "/x", Origin="http://[").status_code == 403
    assert ask("POST", "/x", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert ask("POST", "/x", Origin="http://localhost:8000", **{"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert ask("GET", "/", application=make_application(ROUTES, TEMPLATES, hosts=None), Host="a.example").is_success


def test_a_page_of_one_file_has_its_styles_inside() -> None:
    """With `inline_style`, a page needs no other file."""
    page = Templates("hiprun.interfaces.web", values={"inline_style": "p{}"}).render("message.html", message="m")
    assert "<style>p{}</style>" in page
    assert "style.css" not in page
    assert "prefers-color-scheme" in stylesheet() or "light-dark(" in stylesheet()


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """The application behind its server, which waits a fifth of a second for a client."""
    with served(APPLICATION, patience=0.2) as url:
        yield "127.0.0.1", int(url.rpartition(":")[2])


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: loc",
        b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\na=1",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHo",
    ],
    ids=["nothing", "half a header", "half a body", "half a second request"],
)
def test_slow_clients_are_cut_off(
    address: tuple[str, int], sent: bytes, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A client that does not finish its request is cut off, and nothing is logged about it."""
    with socket.create_connection(address, timeout=30) as client, caplog.at_level(logging.INFO):
        client.sendall(sent)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while part := client.recv(4096):
                received += part
    assert received.count(b"HTTP/1.1 200") == sent.count(b"\r\n\r\n") - sent.count(b"POST")
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("sent", "broken", "status"),
    [
        (b"", b"\x16\x03\x01\r\n\r\n", b"HTTP/1.1 400"),
        (b"", b"POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 400"),
        (b"", b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 400"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", b"zz\r\n", b"HTTP/1.1 405"),
    ],
    ids=["no request", "a broken body", "a broken body that nobody reads", "a broken body after the reply"],
)
def test_what_is_not_http_leaves_no_trace(
    address: tuple[str, int], sent: bytes, broken: bytes, status: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """A client that does not speak HTTP is refused and cut off, without a traceback."""
    with socket.create_connection(address, timeout=30) as client:
        client.sendall(sent)
        received = client.recv(4096) if sent else b""
        client.sendall(broken)
        with contextlib.suppress(ConnectionResetError):
            while part := client.recv(4096):
                received += part
    assert (received.startswith(status), received.count(b"HTTP/1.1")) == (True, 1)
    assert caplog.text == ""


def test_requests_in_a_row_are_all_answered(address: tuple[str, int]) -> None:
    """A client may send its next request before the reply to the last."""
    with socket.create_connection(address, timeout=30) as client:
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
        client.sendall(request + b"\r\n" + request + b"Connection: close\r\n\r\n")
        received = b""
        while part := client.recv(4096):
            received += part
    assert received.count(b"HTTP/1.1 200") == 2


def test_server_may_tell_it_that_it_starts_and_ends() -> None:
    """An application that is mounted elsewhere takes part in the start and the end of its server."""
    told: list[str] = []
    messages = iter(({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}))

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        told.append(message["type"])

    asyncio.run(APPLICATION({"type": "lifespan", "state": {}}, receive, send))
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@pytest.mark.parametrize("package", ["jinja2", "uvicorn"])
def test_missing_package_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the error says what to install; that anything else is missing is told as it is."""
    monkeypatch.setitem(sys.modules, package, None)
    for name in [name for name in sys.modules if name.startswith("hiprun.interfaces.web")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(hiprun.MissingExtraError, match=f"Web pages need the package {package}.*hiprun.web"):
        importlib.import_module("hiprun.interfaces.web")
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "hiprun.catalogue", None)
    for name in [name for name in sys.modules if name.startswith("hiprun.interfaces.web")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ModuleNotFoundError, match=r"hiprun\.catalogue"):
        importlib.import_module("hiprun.interfaces.web")


def test_client_that_does_not_take_the_reply_is_cut_off(address: tuple[str, int]) -> None:
    """A client that asks for something large and does not read it holds nothing for long."""
    with socket.create_connection(address, timeout=30) as client:
        client.sendall(b"GET /go/large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for _ in range(2):  # by the time that these two are cut off, so is the first
            with socket.create_connection(address, timeout=30) as other:
                other.recv(1)
        received = 0
        with contextlib.suppress(ConnectionResetError):
            while part := client.recv(1_000_000):
                received += len(part)
    assert 0 < received < 30_000_000


def test_client_that_leaves_leaves_no_trace(address: tuple[str, int], capfd: pytest.CaptureFixture[str]) -> None:
    """A client that goes away in the middle of its request leaves no traceback behind, and the next is served."""
    with socket.create_connection(address, timeout=30) as client:
        client.sendall(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\na=1")
    with socket.create_connection(address, timeout=30) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 200")
    assert capfd.readouterr() == ("", "")


def test_address_is_announced_and_ctrl_c_ends_it() -> None:
    """Whoever starts the server is told where it is, and ends it with Ctrl-C."""
    seen: list[str] = []

    def visit(url: str) -> None:
        seen.append(httpx.get(url).text)
        signal.raise_signal(signal.SIGINT)

    def announce(url: str) -> None:
        threading.Thread(target=visit, args=[url]).start()  # waits until the server is up

    announce_and_serve(APPLICATION, 0, announce)
    assert seen == ["start"]


def test_taken_port_is_an_error() -> None:
    """Two servers cannot have the same place."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        announce_and_serve(APPLICATION, taken.getsockname()[1], print)
