"""*Read*: the rule book of the pack as it is now, with a way to try and to change what is on each page."""

from __future__ import annotations

import importlib.resources
from collections.abc import Sequence
from urllib.parse import quote

import attrs

from hiprun.errors import Problem
from hiprun.interfaces.book import CHAPTERS, Chapter, book_of, chapters
from hiprun.interfaces.web import PageReply, PageRequest
from hiprun.interfaces.workbench.context import Context
from hiprun.interfaces.workbench.session import EditError
from hiprun.model import Decision
from hiprun.model.places import Place
from hiprun.pack import Pack

_DECISION = "decision-"
_CONTENTS = "contents"


@attrs.frozen
class Changeable:
    """Something that a page is about and that can be changed: its name, and where it is written."""

    name: str
    place: Place


def read_page(context: Context, request: PageRequest) -> PageReply:
    """Show a chapter of the book; the contents, if the address names none."""
    pack = context.pack_to_read
    if pack is None:
        return context.refused(context.state.current.problems, "read")
    parts = {part.name: part for part in context.book(pack, _chapters)}
    part = parts.get(request.path.get("chapter", _CONTENTS))
    if part is None:
        raise EditError([Problem("no-such-chapter", "The book has no such page.")])
    name = part.name.removeprefix(_DECISION) if part.name.startswith(_DECISION) else ""
    decision = pack.decisions.get(name)
    return context.page(
        "read.html",
        "read",
        pack=pack,
        part=part,
        general=[parts[each] for each in CHAPTERS if each in parts],
        decisions=[each for each in parts.values() if each.name.startswith(_DECISION)],
        decision=decision,
        changeable=_changeable(pack, part.name, decision),
    )


def styles() -> str:
    """Return the styles of the book."""
    return (importlib.resources.files("hiprun.interfaces.book") / "static" / "book.css").read_text(encoding="utf-8")


def _chapters(pack: Pack) -> Sequence[Chapter]:
    return chapters(book_of(pack), _address)


def _address(chapter: str, anchor: str) -> str:
    return (f"/read/{quote(chapter)}" if chapter else "") + (f"#{quote(anchor)}" if anchor else "")


def _changeable(pack: Pack, chapter: str, decision: Decision | None) -> list[Changeable]:
    model = pack.model
    if decision is not None:
        return [Changeable(rule.id, rule.place) for rule in decision.rules]
    match chapter:
        case "questions":
            return [Changeable(fact.name, fact.place) for fact in model.facts.values()]
        case "findings":
            return [Changeable(derived.name, derived.place) for derived in model.derived.values()]
        case "parameters":
            return [Changeable(parameter.name, parameter.place) for parameter in model.parameters.values()]
        case "statements":
            return [Changeable(statement.id, statement.place) for statement in model.statements.values()]
        case "examples":
            return [Changeable(example.id, example.place) for example in model.examples]
        case "proofs":
            return [Changeable(claim.id, claim.place) for claim in model.properties]
        case _:
            return []
