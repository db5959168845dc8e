"""Who may use the workbench: the person who was given its address, in one browser on this machine."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from hiprun.catalogue import Catalogue
from hiprun.interfaces.web import WebApplication
from hiprun.interfaces.workbench.marked_text import marked

_FIELD = "key"
_OPEN = frozenset({"/style.css"})
_MESSAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>
<body><main><h1>{heading}</h1>
<p>{help}</p>
</main></body></html>
"""


def guarded(application: WebApplication, key: str, words: Catalogue) -> WebApplication:
    """Return an application that answers only those who came by the address with the key.

    The key is in the address once. From then on it is in a cookie that no script can read and that no other site can
    make the browser send. Its name is that of this workbench alone, since cookies know no ports.
    """

    message = _message(words)
    cookie_name = f"hiprun-workbench-{hashlib.sha256(key.encode()).hexdigest()[:8]}"

    async def guard(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] in _OPEN or _same(_cookie(scope["headers"], cookie_name), key):
            await application(scope, receive, send)
            return
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=None)
        if scope["method"] == "GET" and _same("".join(query.get(_FIELD, ())), key):
            rest = urlencode([(name, value) for name, values in query.items() if name != _FIELD for value in values])
            location = f"/{quote(scope['path'].lstrip('/'))}" + (f"?{rest}" if rest else "")
            cookie = f"{cookie_name}={key}; Path=/; HttpOnly; SameSite=Strict"
            await _reply(send, 303, [(b"location", location.encode()), (b"set-cookie", cookie.encode())], b"")
        else:
            await _reply(send, 403, [(b"content-type", b"text/html; charset=utf-8")], message)

    return guard


def _message(words: Catalogue) -> bytes:
    """Return the page for those who do not have the key."""
    keys = {"title": "name", "heading": "locked", "help": "locked.help"}
    said = {place: marked(words.text(f"workbench.{key}")) for place, key in keys.items()}
    return _MESSAGE.format(language=words.language, **said).encode()


async def _reply(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    headers = [
        *headers,
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _cookie(headers: Iterable[tuple[bytes, bytes]], cookie_name: str) -> str:
    for name, value in headers:
        if name.lower() == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(cookie_name)
            except CookieError:
                continue
            if found is not None:
                return found.value
    return ""


def _same(given: str, key: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), key.encode())
