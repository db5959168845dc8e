"""Nothing of a pack reaches an output unescaped: every text is an attack, and no output has an element of it."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

import hiprun
from hiprun.interfaces.book import book_of, printable, site
from hiprun.interfaces.cli.application import application
from hiprun.interfaces.dmn import dmn_document
from hiprun.interfaces.javascript.page import triage_page
from hiprun.interfaces.python_types import python_types

from ..seedlings import SHADE
from . import hostile_packs
from .page.visiting import Visitor
from .workbench.test_workbench import KEY, Desk

ATTACKED = "onerror=alert(1)"


class _Elements(HTMLParser):
    """The elements of a page and the addresses that lead to others; fails at an element or attribute of an attack."""

    def __init__(self, page: str, text: str) -> None:
        super().__init__()
        self.page, self.addresses, self.inside = page, [], ""
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = dict(attrs)
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (self.page, tag, names)
        assert all(re.fullmatch(r"[a-z][a-z0-9-]*", name) and name[:2] != "on" for name in names), self.page
        assert tag != "img" or str(fields["src"]) != "x", self.page
        self.addresses += [str(fields["href"])] if tag == "a" and "href" in fields else []
        self.inside = tag

    def handle_data(self, data: str) -> None:
        assert self.inside != "script" or data.strip() != "alert(1)", self.page
        self.words.append(data)


def _check_page(page: str, text: str) -> _Elements:
    """Check that the texts of a pack are nothing but texts in a page."""
    assert "<img src=x" not in text, page
    return _Elements(page, text)


def _check_xml(page: str, text: str) -> None:
    """Check that a document is well-formed, and that the texts of a pack are nothing but texts in it."""
    words = []
    for element in ElementTree.fromstring(text).iter():
        words += [element.text or "", *element.attrib.values()]
        assert element.tag.rpartition("}")[2].lower() not in ("img", "script"), page
        assert not any(name.startswith("on") for name in element.attrib if name != "onload"), page
    assert any(ATTACKED in word for word in words), page


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, root: Path) -> dict[str, Path]:
    """Packs with every kind of rule file, in which every text is hostile."""
    base = tmp_path_factory.mktemp("hostile")
    packs = root / "tests" / "packs"
    return {name: hostile_packs.write(packs / name, base / name) for name in ("greenhouse", "seedlings", "plot")}


@pytest.fixture(scope="module")
def packs(folders: dict[str, Path]) -> dict[str, hiprun.Pack]:
    """The same packs, loaded."""
    return {name: hiprun.load(folder) for name, folder in folders.items()}


def _crawled(get: Any, start: str, most: int = 60) -> Iterator[tuple[str, str]]:
    """Yield the pages that links lead to, with their addresses."""
    seen, left = {start}, [start]
    while left and len(seen) <= most:
        address = left.pop()
        text = get(address)
        yield address, text
        found = [entry.partition("#")[0] for entry in _check_page(address, text).addresses]
        new = [entry for entry in dict.fromkeys(found) if entry.startswith("/") and entry not in seen]
        seen.update(new)
        left += new


def test_book(packs: dict[str, hiprun.Pack]) -> None:
    """In no page of the book, nor in the printed one, is a text of the pack an element or an attribute."""
    for name, pack in packs.items():
        book = book_of(pack)
        pages = {key: text for key, text in site(book).items() if key.endswith(".html")} | {"print": printable(book)}
        for page, text in pages.items():
            _check_page(f"{name} {page}", text)
        assert ATTACKED in "".join(_check_page("print", pages["print"]).words)


def test_pages_of_outcomes(packs: dict[str, hiprun.Pack]) -> None:
    """Outcomes, explanations, assessments and advice are text in notebooks and in pages."""
    for name, pack in packs.items():
        assessment = pack.evaluate({})
        shown = [assessment._repr_html_(), *(outcome._repr_html_() for outcome in assessment.values())]
        shown += [outcome.explain()._repr_html_() for outcome in assessment.values()]
        shown += [outcome.advice().to_html() for outcome in assessment.values()]
        for text in shown:
            _check_page(name, text)
        assert any(ATTACKED in "".join(_check_page(name, text).words) for text in shown)


def test_one_file_page(packs: dict[str, hiprun.Pack]) -> None:
    """The page that asks without a server has one script, which no text of the pack ends."""
    for name, decision in (("greenhouse", "alarm"), ("seedlings", "outlook")):
        text = triage_page(packs[name], decision)
        _check_page(name, text)
        assert text.lower().count("<script") == text.lower().count("</script") == 1


def test_plan(packs: dict[str, hiprun.Pack]) -> None:
    """The chart of a plan is well-formed, and its table has no formulas."""
    plan = packs["seedlings"].plan("hardening", SHADE, start="2026-03-02", weeks=3)
    _check_page("plan", plan._repr_html_())
    _check_xml("chart", plan.to_svg())
    cells = [cell for row in csv.reader(io.StringIO(plan.to_csv())) for cell in row]
    assert any(ATTACKED in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_page(packs: dict[str, hiprun.Pack]) -> None:
    """Every page that a visitor can open shows the texts as texts."""
    for name, pack in packs.items():
        visitor = Visitor(pack)
        shown = dict(_crawled(lambda address, visitor=visitor: visitor.request("GET", address).text, "/"))
        assert any(ATTACKED in "".join(_check_page(name, text).words) for text in shown.values()), name


def test_workbench(folders: dict[str, Path]) -> None:
    """Every page that the links of the workbench lead to shows the texts as texts."""
    desk = Desk(folders["greenhouse"])
    desk.ask("GET", f"/?key={KEY}")
    shown = dict(_crawled(lambda address: desk.ask("GET", address).text, "/read", most=40))
    assert len(shown) > 5
    assert any(ATTACKED in "".join(_check_page("workbench", text).words) for text in shown.values())


def test_xml(folders: dict[str, Path], packs: dict[str, hiprun.Pack]) -> None:
    """DMN and JUnit reports are well-formed, and have the texts as texts."""
    _check_xml("dmn", dmn_document(packs["greenhouse"], ["alarm"]))
    result = CliRunner().invoke(application, ["test", str(folders["greenhouse"]), "--format", "junit"])
    assert result.exit_code in (0, 1), result.output
    ElementTree.fromstring(result.stdout)


def test_types(packs: dict[str, hiprun.Pack]) -> None:
    """The types of a pack are a Python module, without any of its texts."""
    for pack in packs.values():
        written = python_types(pack)
        assert "alert" not in written
        ast.parse(written)
