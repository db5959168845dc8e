"""A real browser for tests of web pages, and what an accessibility checker finds in them.

`browser` is there for a whole module: while it is, no event loop can be run in the module's thread, so a module that
uses it calls no `asyncio.run`.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from . import absent, chromium, node_package

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("the Python package playwright")
    path = chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@contextlib.contextmanager
def opened(browser: Browser, size: dict[str, int], *, scheme: str = "light", **options: Any) -> Iterator[Page]:
    """Open an empty page of a size, in a `light` or `dark` colour scheme, as someone nobody has seen before."""
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce", **options)
    context.set_default_timeout(15_000)
    try:
        yield context.new_page()
    finally:
        context.close()


@contextlib.contextmanager
def served(application: Any, *, patience: float = 20.0) -> Iterator[str]:
    """Serve an application made by `hiprun.interfaces.web`, and return its address without a slash at the end."""
    from hiprun.interfaces.web import listen, make_server

    server = make_server(application, patience=patience)
    with listen(0) as listening:  # requests wait in its queue until the server is up
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=30)


def axe(page: Page, *rules: str) -> list[str]:
    """Return what axe-core finds against WCAG 2.2, level AA, on the page as it is shown: rule, help and element.

    With `rules`, such as `color-contrast`, only these are asked.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate((node_package("axe-core") / "axe.min.js").read_text(encoding="utf-8"))
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": _TAGS}
    result = page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only)
    return [
        f"{violation['id']}: {violation['help']}: {node['html']} ({node['failureSummary']})"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Return whether the page is wider than the window."""
    return bool(page.evaluate("() => { scrollTo(9999, scrollY); return scrollX > 0 }"))
