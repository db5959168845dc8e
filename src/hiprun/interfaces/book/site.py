"""A book as pages: chapters to put into other pages, a static site with a search, and one page to print."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import attrs
from markupsafe import Markup

from hiprun.inference.phrases import Phrase, Piece
from hiprun.interfaces.book.contents import Book, DecisionEntry
from hiprun.interfaces.web import Templates, stylesheet

_PACKAGE = "hiprun.interfaces.book"

Address: TypeAlias = Callable[[str, str], str]
"""From a chapter and an anchor in it, either of them perhaps empty, to the address of a link."""

CHAPTERS = (
    "contents",
    "questions",
    "findings",
    "parameters",
    "statements",
    "interpretations",
    "examples",
    "proofs",
    "sign",
)
"""The chapters that are not about one decision, each with a template of its name."""

_CHAPTER_OF = {
    "fact": "questions",
    "diary": "questions",
    "derived": "findings",
    "constraint": "findings",
    "parameter": "parameters",
    "statement": "statements",
    "case": "examples",
    "property": "proofs",
}
_DECISION = "decision-"


@attrs.frozen
class Chapter:
    """One chapter: its name, which is part of addresses, its title, and its content as HTML."""

    name: str
    title: str
    html: Markup


def chapters(book: Book, address: Address, *, heading: int = 1) -> tuple[Chapter, ...]:
    """Return the chapters of a book, to be put into pages of others; `heading` is the level of their titles."""
    writer = _Writer(book, address, heading)
    return tuple(writer.chapters())


def site(book: Book) -> dict[str, str]:
    """Return the files of a static site by their names: `index.html`, a page for each chapter, and what they need.

    `book.html` is the whole book on one page, to be printed. The same book gives the same files.
    """
    writer = _Writer(book, _site_address, 1)
    parts = list(writer.chapters())
    pages = {_file(part.name): writer.page(part, parts) for part in parts}
    return {
        **pages,
        "book.html": _Writer(book, _page_address, 2).whole(),
        "search.html": writer.search(parts),
        "search-data.js": f"const bookEntries = {_script_data(list(_search_entries(writer)))};\n",
        "search.js": _static("search.js"),
        "style.css": stylesheet(),
        "book.css": _static("book.css"),
    }


def printable(book: Book) -> str:
    """Return the whole book as one page that needs no other file."""
    return _Writer(book, _page_address, 2).whole(alone=True)


def _site_address(chapter: str, anchor: str) -> str:
    return f"{_file(chapter)}#{anchor}" if anchor else _file(chapter)


def _page_address(chapter: str, anchor: str) -> str:
    return f"#{anchor or chapter}"


def _file(chapter: str) -> str:
    return "index.html" if chapter == "contents" else f"{chapter}.html"


def _static(name: str) -> str:
    return (importlib.resources.files(_PACKAGE) / "static" / name).read_text(encoding="utf-8")


class _Writer:
    """Writes the chapters of one book, whose links go to `address`."""

    def __init__(self, book: Book, address: Address, heading: int) -> None:
        self.book = book
        self.address = address
        shared: dict[str, Any] = {"book": book, "h": heading, "href": self.href, "address": address}
        shared |= {"is_short": _is_short, "style_address": "style.css"}
        self.templates = Templates(_PACKAGE, language=book.language, values=shared)
        self.words = self.templates.words

    def href(self, kind: str, name: str) -> str:
        """Return the address of an entry."""
        match kind:
            case "decision" | "output":
                return self.address(f"{_DECISION}{name}", "")
            case "rule":
                decision, _, rule = name.partition(".")
                return self.address(f"{_DECISION}{decision}", f"rule-{decision}-{rule}")
            case _:
                return self.address(_CHAPTER_OF[kind], f"{kind}-{name}")

    def chapters(self) -> Iterator[Chapter]:
        """Yield all chapters in the order in which they are read."""
        first, *others = CHAPTERS
        yield self.chapter(first)
        for decision in self.book.decisions:
            html = self.templates.render("decision.html", decision=decision)
            yield Chapter(f"{_DECISION}{decision.name}", decision.title, Markup(html))
        yield from map(self.chapter, others)

    def chapter(self, name: str) -> Chapter:
        html = self.templates.render(f"{name}.html")
        return Chapter(name, self.words.text(f"book.chapter.{name}"), Markup(html))

    def page(self, chapter: Chapter, parts: Iterable[Chapter]) -> str:
        return self.templates.render("page.html", chapter=chapter, parts=list(parts))

    def search(self, parts: Iterable[Chapter]) -> str:
        title = self.words.text("book.chapter.search")
        return self.templates.render("search.html", chapter=Chapter("search", title, Markup("")), parts=list(parts))

    def whole(self, *, alone: bool = False) -> str:
        styles = Markup(f"{stylesheet()}\n{_static('book.css')}") if alone else ""
        return self.templates.render("whole.html", parts=list(self.chapters()), inline_style=styles)


def _is_short(phrase: Phrase) -> bool:
    """Return whether a phrase reads well in one line."""
    return len(phrase.parts) <= 2 and not any(part.parts for part in phrase.parts)


def _search_entries(writer: _Writer) -> Iterator[list[str]]:
    """Yield the title, the text and the address of everything that can be found."""
    book = writer.book
    for decision in book.decisions:
        yield [decision.title, decision.remarks.because, writer.href("decision", decision.name)]
        yield from _rule_entries(writer, decision)
    for fact in book.facts:
        yield [fact.ask, _text(fact.choices, [fact.remarks.because, fact.name]), writer.href("fact", fact.name)]
    for derived in book.derived:
        said = derived.condition.text if derived.condition else "".join(piece.text for piece in derived.formula)
        yield [derived.title, said, writer.href("derived", derived.name)]
    for parameter in book.parameters:
        yield [parameter.title, _text([parameter.value, parameter.range]), writer.href("parameter", parameter.name)]
    for statement in book.statements:
        yield [statement.text, statement.id, writer.href("statement", statement.id)]
    for group in book.cases:
        for case in group.cases:
            yield [case.title, _text(case.known), writer.href("case", case.id)]
    for promise in book.properties:
        yield [promise.title, promise.remarks.because, writer.href("property", promise.id)]


def _rule_entries(writer: _Writer, decision: DecisionEntry) -> Iterator[list[str]]:
    for rule in decision.rules:
        results = [_joined(pieces) for pieces in rule.results] or [rule.title or rule.unmet]
        text = _text([rule.condition.text], [rule.remarks.because, rule.remarks.interpretation])
        yield [f"{decision.title}: {'; '.join(results)}", text, writer.href("rule", f"{decision.name}.{rule.id}")]


def _joined(pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _text(*texts: Iterable[str]) -> str:
    return " · ".join(text for part in texts for text in part if text)


def _script_data(value: Any) -> str:
    """Return data as a script can hold it, whatever it says."""
    written = json.dumps(value, ensure_ascii=True, indent=0)
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
