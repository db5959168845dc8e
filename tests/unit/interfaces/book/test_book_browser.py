"""The rule book in a browser, from its files alone: readable on every size, searched without a server, printed."""

from __future__ import annotations

import contextlib
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.interfaces.book import book_of, site

from ....peers import browser as peers


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of a pack of an ordinary size as files."""
    out = tmp_path_factory.mktemp("book")
    for name, text in site(book_of(hiprun.load(root / "examples/news2"))).items():
        (out / name).write_text(text, encoding="utf-8")
    return out


@pytest.mark.parametrize("page_name", ["index", "decision-score", "parameters", "sign"])
def test_everyone_can_read_it(browser: Any, folder: Path, page_name: str) -> None:
    """axe-core finds nothing on any kind of page, on a phone in the dark and on a desk, and none scrolls sideways."""
    for size, scheme in ((peers.PHONE, "dark"), (peers.DESKTOP, "light")):
        with peers.opened(browser, size, scheme=scheme) as page:
            page.goto((folder / f"{page_name}.html").as_uri())
            assert peers.axe(page) == []
            assert not peers.scrolls_sideways(page)


def test_search(browser: Any, folder: Path) -> None:
    """The search finds entries that have all words, in any case, and leads to them; it says when there are none."""
    with peers.opened(browser, peers.DESKTOP) as page:
        page.goto((folder / "index.html").as_uri())
        page.fill("#search", "ASSESSMENT senior")
        page.click("button:has-text('Find')")
        assert "found" in page.inner_text("#search-summary")
        assert peers.axe(page) == []
        page.click("#search-results a")
        assert page.url.endswith("decision-actions.html#rule-actions-emergency-assessment")
        page.fill("#search", "giraffe <b>")
        page.press("#search", "Enter")
        assert page.inner_text("#search-summary") == "Nothing found."
        assert page.input_value("#search") == "giraffe <b>"


def test_print(browser: Any, folder: Path) -> None:
    """The whole book prints as one document of many pages."""
    with peers.opened(browser, peers.DESKTOP) as page:
        page.goto((folder / "book.html").as_uri())
        printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") > 10
    assert scales(printed) == {TRUE_SIZE}


TRUE_SIZE = 300 / 96
"""How many dots of the printer are a pixel of the page."""


def scales(printed: bytes) -> set[float]:
    """Return how large the pages of a document are drawn: Chromium shrinks all of them if one part does not fit."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", printed, re.DOTALL)
    found = set()
    for stream in streams:
        with contextlib.suppress(zlib.error):  # pictures and fonts are packed in other ways
            found |= {float(scale) for scale in re.findall(rb"q\n([\d.]+) 0 0 \1 ", zlib.decompress(stream))}
    return found
