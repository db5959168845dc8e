"""The web application: one page for each decision of a pack. Nothing is stored, logged or put into an address."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

from examples.web_form import page
from examples.web_form.answers import Fields, read
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

import hiprun

MOST_BYTES = 64_000
MOST_FIELDS = 500
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def make_app(pack: hiprun.Pack) -> Starlette:
    """Return the application for one pack, shared by all requests."""
    asked = {name: _asked(pack, name) for name in pack.decisions}

    def home(request: Request) -> Response:
        return HTMLResponse(page.home(pack), headers=_HEADERS)

    async def form(request: Request) -> Response:
        name = request.path_params["decision"]
        if name not in pack.decisions:
            return HTMLResponse(page.sorry(pack, "This page does not exist."), 404, _HEADERS)
        try:
            fields = await _fields(request)
        except ValueError:
            return HTMLResponse(page.sorry(pack, "You sent more than this form can accept."), 413, _HEADERS)
        return await run_in_threadpool(answered, name, fields)

    def answered(name: str, fields: Fields) -> Response:
        answers = read(pack, asked[name], fields)
        outcome = None if "" in answers.problems else pack.decide(name, answers.facts)
        text = page.form(pack, pack.decisions[name], asked[name], answers, outcome)
        return HTMLResponse(text, 422 if answers.problems else 200, _HEADERS)

    def style(request: Request) -> Response:
        return FileResponse(Path(__file__).with_name("style.css"), media_type="text/css")

    return Starlette(
        routes=[
            Route("/", home),
            Route("/style.css", style),
            Route("/{decision}", form, methods=["GET", "POST"]),
        ]
    )


def _asked(pack: hiprun.Pack, decision: str) -> list[str]:
    """Return the facts to ask for. If nothing is known, those that are needed are all that can matter."""
    wanted = set(pack.decide(decision, {}).needs)
    wanted |= {ref.name for _, ref in pack.decisions[decision].quantities}
    return [name for name in pack.facts if name in wanted]


async def _fields(request: Request) -> Fields:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise ValueError
    return parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
