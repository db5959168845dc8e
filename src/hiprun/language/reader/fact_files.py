"""Files of facts, and facts on the command line → plain values."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from hiprun.errors import FactError, Problem
from hiprun.language.bounds import MOST_BYTES
from hiprun.model import Domain
from hiprun.model.places import SourceText

if TYPE_CHECKING:
    from hiprun.language.syntax import Document

_SIMPLE_VALUE = re.compile(r"true|false|0|[1-9][0-9]{0,8}")
"""Values that mean the same to every parser, so that reading one on a command line need not import a parser."""

_TEXT_TYPES = frozenset({"choice", "set", "string"})
_ONE_PER_LINE = "Write one fact on each line, its name and its value: `name: value`."


def read_facts(
    given: str | os.PathLike[str], *, name: str = "facts", domains: Mapping[str, Domain] | None = None
) -> dict[str, Any]:
    """Return the facts in a YAML or JSON file, or in a text that is called `name` in messages.

    A fact that is `null` becomes None: not known. With `domains`, the `no` of a choice or the `123` of a text needs no
    quotes. Raises `FactError` with every mistake. Whether a pack has these facts is not checked here.

    >>> read_facts("warm: true\\nsize: 1.5")
    {'warm': True, 'size': Fraction(3, 2)}
    >>> read_facts('{"warm": null}')
    {'warm': None}
    """
    source, problems = (SourceText(name, given), []) if isinstance(given, str) else _read_source(os.fspath(given))
    document = None
    if source:
        text_facts = [fact for fact, domain in (domains or {}).items() if domain.type in _TEXT_TYPES]
        document, problems = _parse_with_unknowns(source, text_facts)
    if problems or document is None:
        raise FactError(map(_with_help_for_facts, problems))
    return document.data


def _parse_with_unknowns(source: SourceText, texts: Collection[str] = ()) -> tuple[Document | None, list[Problem]]:
    """Return a document of facts, with None for those given as `null`, and its problems."""
    from hiprun.language.syntax import parse

    document, problems = parse(source, texts=texts)
    if document is None:
        return None, problems
    missing = {problem.place for problem in problems if problem.code == "no-value"}
    unknown = {
        document.place((name,))
        for name, value in document.data.items()
        if value in ("null", "~") and document.place((name,)) in missing
    }
    data = {name: None if document.place((name,)) in unknown else value for name, value in document.data.items()}
    return attrs.evolve(document, data=data), [problem for problem in problems if problem.place not in unknown]


def read_value(text: str, domain: Domain | None = None) -> Any:
    """Return a value as rule files write it: `4`, `true`, `[a, b]` or `{at_least: 4}`.

    With its domain, a word that YAML would read as something else stays a word if one is meant.

    >>> read_value("{at_least: 4}")
    {'at_least': 4}
    >>> read_value("no", Domain("choice", choices={"no": "", "se": ""})), read_value("12", Domain("string"))
    ('no', '12')
    """
    if domain and text in domain.choices:
        return text
    if _SIMPLE_VALUE.fullmatch(text) and not (domain and domain.type in _TEXT_TYPES):
        return text == "true" if text in ("true", "false") else int(text)
    from hiprun.language.syntax import is_null

    if domain and domain.type == "string" and text[:1] not in ("{", "'", '"') and not is_null(text):
        return text
    text_facts = ["value"] if domain and domain.type in _TEXT_TYPES else []
    document, problems = _parse_with_unknowns(SourceText("", f"value: {' '.join(text.split())}"), text_facts)
    if document is None or problems:
        raise FactError(attrs.evolve(problem, place=None, line="") for problem in problems)
    return document.data["value"]


def _read_source(path: str) -> tuple[SourceText | None, list[Problem]]:
    try:
        with open(path, "rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "the system gives no reason").lower()
        return None, [Problem("unreadable", f"`{path}` cannot be read: {reason}.", help="Check the path.")]
    from hiprun.language.syntax import decode

    return decode(content, os.path.basename(path))


def _with_help_for_facts(problem: Problem) -> Problem:
    return attrs.evolve(problem, help=_ONE_PER_LINE) if problem.code in ("not-a-mapping", "empty-file") else problem
