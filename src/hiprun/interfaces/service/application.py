"""The service over HTTP: routes, limits on size, time and number of requests, and replies with their headers."""

from __future__ import annotations

import asyncio
import datetime
import functools
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import attrs
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from hiprun.errors import FactError, HiprunError, Problem, UnknownNameError, did_you_mean
from hiprun.inference.outcome import Outcome
from hiprun.interfaces.exact_json import read_json
from hiprun.interfaces.service.calls import Call, Operation
from hiprun.interfaces.service.messages import Reply, RequestError, problem_reply, refused
from hiprun.interfaces.service.metrics import Metrics
from hiprun.interfaces.service.openapi import METRICS_TYPE, openapi
from hiprun.interfaces.service.operations import OPERATIONS
from hiprun.interfaces.service.published_pack import PublishedPack
from hiprun.interfaces.web import host_name
from hiprun.version import VERSION

_BEYOND_SCHEMAS = frozenset(
    {"impossible-facts", "nothing-left", "hidden-character", "number-too-long", "too-many-problems"}
)
"""Codes of problems of facts that are as the schema of the facts says, and still cannot be."""

_LOG = logging.getLogger("hiprun.service")
_WORKERS = 8


class Recorder(Protocol):
    """Keeps a record of decisions, such as `hiprun.DecisionLog`."""

    def record(self, outcome: Outcome, *, time: datetime.datetime) -> object:
        """Write an entry."""


@attrs.frozen
class ServiceLimits:
    """What one request may take: bytes of its body, and seconds to send it and to answer it.

    `most_waiting` requests may wait while others are answered; any more are told to come again later.
    """

    most_bytes: int = 500_000
    body_seconds: float = 10.0
    answer_seconds: float = 10.0
    most_waiting: int = 100


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def service(
    packs: Mapping[str, PublishedPack],
    *,
    recorder: Recorder | None = None,
    limits: ServiceLimits | None = None,
    hosts: Collection[str] | None = None,
    clock: Callable[[], datetime.datetime] = _utc_now,
) -> Starlette:
    """Return the application that serves packs, as `published` returns them.

    `recorder` gets every outcome before it is sent; if it cannot keep it, the reply is that of a fault. `hosts` are the
    names under which it may be reached, None for any: otherwise a web site could read it through the browsers of its
    visitors, under a name of its own that points here.
    """
    return _Service(packs, recorder, limits or ServiceLimits(), hosts, clock).application()


class _Service:
    def __init__(
        self,
        packs: Mapping[str, PublishedPack],
        recorder: Recorder | None,
        limits: ServiceLimits,
        hosts: Collection[str] | None,
        clock: Callable[[], datetime.datetime],
    ) -> None:
        self._packs = list(packs.values())
        self._recorder = recorder
        self._limits = limits
        self._hosts = hosts
        self._clock = clock
        self._metrics = Metrics()
        self._workers = ThreadPoolExecutor(_WORKERS, "hiprun-service")
        self._running = 0

    def application(self) -> Starlette:
        routes = [
            self._route("/", "packs", self._overview),
            self._route("/health", "health", lambda: Reply({"status": "ok", "engine": VERSION})),
            self._route("/ready", "ready", self._ready),
            self._route("/metrics", "metrics", lambda: Reply(self._metrics.text(self._packs), media_type=METRICS_TYPE)),
            self._route("/openapi.json", "openapi", functools.cache(lambda: Reply(openapi(self._packs)))),
        ]
        for published in self._packs:
            for operation in OPERATIONS:
                answer = functools.partial(self._answer, published, operation)
                endpoint = self._endpoint(operation.name, answer)
                routes.append(Route(f"{published.path}{operation.path}", endpoint, methods=[operation.method]))
        return Starlette(routes=routes, exception_handlers={HTTPException: _no_such_page})

    def _overview(self) -> Reply:
        return Reply({"engine": VERSION, "packs": [published.description for published in self._packs]})

    def _ready(self) -> Reply:
        busy = self._running >= self._limits.most_waiting
        return Reply({"status": "busy" if busy else "ready"}, 503 if busy else 200)

    def _route(self, path: str, name: str, reply: Callable[[], Reply]) -> Route:
        async def answer(request: Request) -> Reply:
            return reply()

        return Route(path, self._endpoint(name, answer), methods=["GET"])

    def _endpoint(
        self, name: str, answer: Callable[[Request], Awaitable[Reply]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            started = time.perf_counter()
            try:
                self._check_host(request)
                reply = await answer(request)
            except RequestError as error:
                reply = problem_reply(error.status, error.problems)
            except ClientDisconnect:
                reply = problem_reply(400, [Problem("bad-request", "The client went away.")])
            except Exception as fault:
                _LOG.exception("A fault in %s: %s", name, type(fault).__name__)
                reply = problem_reply(500, [])
            self._metrics.request(name, reply.status, time.perf_counter() - started)
            return _response(reply)

        return endpoint

    def _check_host(self, request: Request) -> None:
        if self._hosts is not None and host_name(request.headers.get("host", "")) not in self._hosts:
            raise refused(421, "other-host", "The service is not reached under this name.")

    async def _answer(self, published: PublishedPack, operation: Operation, request: Request) -> Reply:
        _check_names(published, request.path_params)
        wanted = request.headers.get("if-match")
        if wanted is not None and not any(_names_etag(wanted, etag) for etag in published.etags):
            raise refused(412, "other-pack", "The pack is not the one that If-Match names.")
        published = published.in_language_of(request.headers.get("accept-language", ""))
        tag = {"ETag": published.etag, "Content-Language": published.language, "Vary": "Accept-Language"}
        if operation.body is None:
            if _names_etag(request.headers.get("if-none-match", ""), published.etag):
                return Reply("", 304, headers=tag)
            body = None
        else:
            body = _json(await self._body(request))
        call = Call(published, request.path_params, body, self._clock())
        reply = await self._in_thread(functools.partial(self._work, operation, call))
        for outcome in reply.outcomes:
            self._metrics.decision(published, outcome.decision, outcome.status)
        return attrs.evolve(reply, headers=tag)

    def _work(self, operation: Operation, call: Call) -> Reply:
        try:
            reply = operation.answer(call)
        except FactError as error:
            fits = all(_fits_schema(call.published, problem) for problem in error.problems)
            raise RequestError(409 if fits else 422, error.problems) from None
        except UnknownNameError as error:
            raise RequestError(422, error.problems) from None
        if self._recorder is not None:
            for outcome in reply.outcomes:
                self._recorder.record(outcome, time=call.now)
        return reply

    async def _in_thread(self, work: Callable[[], Reply]) -> Reply:
        """Run work in one of a few threads, and wait for it only so long; what has begun is not interrupted."""
        if self._running >= self._limits.most_waiting:
            raise refused(503, "busy", "The service is busy.", "Try again later.")
        self._running += 1
        future = asyncio.get_running_loop().run_in_executor(self._workers, work)
        future.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(future), self._limits.answer_seconds)
        except TimeoutError:
            raise refused(503, "busy", "The answer took too long.", "Ask for less, or try again later.") from None

    def _done(self, future: asyncio.Future[Reply]) -> None:
        self._running -= 1
        _ = future.cancelled() or future.exception()  # nobody may be waiting for it any more

    async def _body(self, request: Request) -> bytes:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
            raise refused(415, "not-json", "The body is not sent as JSON.", "Send `Content-Type: application/json`.")
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                async for part in request.stream():
                    body += part
                    if len(body) > self._limits.most_bytes:
                        message = f"The body has more than {self._limits.most_bytes} bytes."
                        raise refused(413, "too-large", message)
        except TimeoutError:
            raise refused(408, "too-slow", "The body took too long to arrive.") from None
        return bytes(body)


def _json(content: bytes) -> Any:
    try:
        return read_json(content)
    except HiprunError as error:
        raise RequestError(400, error.problems) from None


def _fits_schema(published: PublishedPack, problem: Problem) -> bool:
    """Return whether a fact with this problem is as the schema of the facts says; schemas have no ranges of dates."""
    fact = published.pack.facts.get(problem.subject)
    is_date = fact is not None and fact.domain.type == "date"
    return problem.code in _BEYOND_SCHEMAS or (is_date and problem.code == "out-of-range")


def _check_names(published: PublishedPack, path: Mapping[str, Any]) -> None:
    known: Mapping[str, Mapping[str, object]] = {
        "decision": published.pack.decisions,
        "stages": published.pack.model.stages,
        "service": published.services,
    }
    for kind, name in path.items():
        if name not in known[kind]:
            help_ = did_you_mean(name, known[kind])
            raise refused(404, f"unknown-{kind}", f"This pack has no {kind} of this name.", help_)


def _names_etag(header: str, etag: str) -> bool:
    return header.strip() == "*" or etag in [part.strip().removeprefix("W/") for part in header.split(",")]


async def _no_such_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    messages = {404: ("no-such-page", "There is nothing at this address."), 405: ("no-such-method", "Not this way.")}
    code, message = messages.get(status, ("bad-request", "The request cannot be answered."))
    return _response(attrs.evolve(problem_reply(status, [Problem(code, message)]), headers=headers))


def _response(reply: Reply) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **reply.headers}
    if "ETag" in reply.headers:
        headers["Cache-Control"] = "no-cache"
    if reply.status == 503:
        headers["Retry-After"] = "1"
    return Response(reply.content, reply.status, headers, reply.media_type)
