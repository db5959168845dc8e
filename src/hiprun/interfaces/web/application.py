"""The application behind a door's pages: routes to handlers, within bounds, with strict headers on every reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hiprun.interfaces.web.forms import read_form, read_query
from hiprun.interfaces.web.messages import PageReply, PageRequest
from hiprun.interfaces.web.templating import Templates, stylesheet

Handler: TypeAlias = Callable[[PageRequest], PageReply]
WebApplication: TypeAlias = ASGIApp

MOST_BYTES = 2_000_000
"""Of the body of one request."""

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
_METHODS = frozenset({"GET", "HEAD", "POST"})
_STATUS_KEYS = {403: "web.not_from_here", 404: "web.no_such_page", 405: "web.no_such_page", 413: "web.too_much"}
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_POLICY = (
    "default-src 'none'; {script}style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_SCRIPT_POLICY = "script-src 'self'; connect-src 'self'; "


def make_application(
    routes: Mapping[str, Handler],
    templates: Templates,
    *,
    scripts: bool = False,
    hosts: frozenset[str] | None = LOCAL_HOSTS,
    most_bytes: int = MOST_BYTES,
) -> WebApplication:
    """Return the application with `routes`, from `GET /path/{part}` to a handler, which is run in a thread.

    Adds `/style.css`. What goes wrong becomes a page made from `message.html`. `scripts` allows scripts from the
    application's own addresses. `hosts` are the names under which it may be reached, None for any: otherwise another
    web site could read its pages under a name of its own that points here.
    """
    styles = PageReply(stylesheet(), media_type="text/css")
    table = {"GET /style.css": lambda request: styles, **routes}
    application = Starlette(
        routes=[_route(pattern, handler, templates, most_bytes) for pattern, handler in table.items()],
        exception_handlers={
            HTTPException: lambda request, error: _response(_message(templates, getattr(error, "status_code", 500))),
            Exception: lambda request, error: _response(_message(templates, 500)),
        },
    )
    policy = _POLICY.format(script=_SCRIPT_POLICY if scripts else "")
    return _Guard(application, {**_HEADERS, "Content-Security-Policy": policy}, hosts, templates)


def _route(pattern: str, handler: Handler, templates: Templates, most_bytes: int) -> Route:
    method, _, path = pattern.partition(" ")

    async def endpoint(request: Request) -> Response:
        try:
            body = await _body(request, most_bytes)
            query = read_query(request.url.query)
            fields, files = read_form(request.headers.get("content-type", ""), body)
        except ValueError:
            return _response(_message(templates, 413))
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        given = PageRequest(request.method, request.path_params, query, fields, files, body)
        return _response(await run_in_threadpool(handler, given))

    return Route(path, endpoint, methods=[method], name=pattern)


async def _body(request: Request, most_bytes: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise ValueError("too many bytes")
    return bytes(body)


def _message(templates: Templates, status: int) -> PageReply:
    message = templates.words.text(_STATUS_KEYS.get(status, "web.fault"))
    return PageReply(templates.render("message.html", message=message), status)


def _response(reply: PageReply) -> Response:
    headers: dict[str, str] = {}
    if reply.download:
        headers["Content-Disposition"] = f'attachment; filename="{reply.download}"'
    if reply.location:
        headers["Location"] = reply.location
    status = 303 if reply.location else reply.status
    return Response(reply.content, status, headers, reply.media_type)


class _Guard:
    """Lets in only requests that come from the application's own pages under its own name; adds the strict headers."""

    def __init__(
        self, application: ASGIApp, headers: Mapping[str, str], hosts: frozenset[str] | None, templates: Templates
    ) -> None:
        self._application = application
        self._headers = headers
        self._hosts = hosts
        self._templates = templates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)  # start and end of the server; nothing else is served
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        allowed = self._is_allowed(Request(scope))
        application = self._application if allowed else _response(_message(self._templates, 403))
        await application(scope, receive, send_with_headers)

    def _is_allowed(self, request: Request) -> bool:
        host = request.headers.get("host", "")
        if request.method not in _METHODS or (self._hosts is not None and host_name(host) not in self._hosts):
            return False
        if request.method != "POST":
            return True
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        return site in (None, "same-origin", "none") and (origin is None or origin.partition("://")[2] == host)


def host_name(host: str) -> str:
    """Return a host without its port."""
    name, _, port = host.rpartition(":")
    return name if name and port.isdecimal() else host
