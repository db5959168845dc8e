"""The frame of all pages in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hiprun.interfaces.web import PageReply, Templates, make_application

from ....peers import browser as peers

TEMPLATES = Templates("hiprun.interfaces.web")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a page that has nothing but the frame."""
    routes = {"GET /": lambda request: PageReply(TEMPLATES.render("message.html", message="Nothing here."))}
    with peers.served(make_application(routes, TEMPLATES)) as served:
        yield served


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_frame_is_accessible(browser: Any, address: str, scheme: str) -> None:
    """The frame has its styles, fits a phone, and axe-core finds nothing; the keyboard can skip to the content."""
    with peers.opened(browser, peers.PHONE, scheme=scheme) as page:
        page.goto(address)
        assert page.evaluate("document.styleSheets.length") == 1
        assert peers.axe(page) == []
        assert not peers.scrolls_sideways(page)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
