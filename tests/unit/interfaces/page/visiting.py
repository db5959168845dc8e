"""What the tests of the page share: a visitor who gets pages and sends forms, and a reader of what comes back."""

from __future__ import annotations

import asyncio
import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import httpx

import hiprun
from hiprun.interfaces.page import DiaryFile, make_page

NOW = datetime.datetime(2026, 3, 16, 7, 30)
_VOID = ("input", "link", "meta", "img")


class Page(HTMLParser):
    """What a page holds, for questions about labels, fields and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.raw, self.text, self.open = text, "", []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.unlabelled: list[dict[str, str | None]] = []
        self.feed(text)
        assert not self.open, f"not closed: {self.open}"
        targets = {fields["for"] for name, fields in self.elements if name == "label" and "for" in fields}
        self.unlabelled = [fields for fields in self.unlabelled if fields.get("id") not in targets]
        self.words = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the beginning of an element."""
        fields = dict(attrs)
        self.elements.append((tag, fields))
        visible = tag in ("input", "select", "textarea") and fields.get("type") != "hidden"
        if visible and "label" not in self.open and "aria-label" not in fields:
            self.unlabelled.append(fields)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Take text that is seen."""
        self.text += f"{data} "

    def all(self, name: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements called `name`."""
        return [fields for found, fields in self.elements if found == name]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The fields that travel in the first form."""
        forms = [index for index, (name, _) in enumerate(self.elements) if name == "form"]
        end = forms[1] if len(forms) > 1 else len(self.elements)
        fields = [fields for name, fields in self.elements[forms[0] : end] if name == "input"]
        return [(str(one["name"]), str(one["value"])) for one in fields if one.get("type") == "hidden"]

    @property
    def ids(self) -> list[str]:
        """Every id on the page."""
        return [str(fields["id"]) for _, fields in self.elements if "id" in fields]


class Visitor:
    """Someone who opens pages and sends what they filled in, at a quarter to eight on a Monday."""

    def __init__(self, pack: hiprun.Pack, now: datetime.datetime = NOW, **options: Any) -> None:
        self.application = make_page(pack, now=lambda: now, **options)

    def get(self, path: str, status: int = 200) -> Page:
        """Open a page."""
        response = self.request("GET", path)
        assert response.status_code == status
        return Page(response.text)

    def send(self, path: str, *fields: tuple[str, str], status: int = 200) -> Page:
        """Send a form."""
        response = self.request("POST", path, urlencode(fields).encode())
        assert response.status_code == status, Page(response.text).words[:600]
        return Page(response.text)

    def upload(self, content: bytes, *fields: tuple[str, str]) -> Page:
        """Send a diary as a file."""
        parts = [f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields]
        head = '--cut\r\nContent-Disposition: form-data; name=".upload"; filename="d.csv"\r\n\r\n'
        body = "".join(parts).encode() + head.encode() + content + b"\r\n--cut--\r\n"
        return Page(self.request("POST", "/diary/upload", body, "multipart/form-data; boundary=cut").text)

    def request(self, method: str, path: str, content: bytes = b"", kind: str = "") -> httpx.Response:
        """Return the reply to one request."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.application)
            headers = {"Content-Type": kind or "application/x-www-form-urlencoded"} if content else {}
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.request(method, path, content=content, headers=headers)

        return asyncio.run(send())


__all__ = ["NOW", "DiaryFile", "Page", "Visitor"]
