"""How a problem could be mended: its help as an edit, where it is one, and declarations of what is missing.

These are proposals: whoever shows them tries them first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TypeAlias

from hiprun.errors import Problem, UnknownNameError
from hiprun.language.export.yaml_layout import entry_text, inline_text
from hiprun.language.syntax.source_tree import ListNode, MappingNode, ScalarNode
from hiprun.model.places import Place
from hiprun.workspace.descriptions import NOUNS, summary
from hiprun.workspace.help_edits import Fix, help_edits, written
from hiprun.workspace.mentions import SymbolKind
from hiprun.workspace.names import PackNames
from hiprun.workspace.symbols import Declaration, Symbol
from hiprun.workspace.text_edits import TextEdit
from hiprun.workspace.value_edits import FileSource, remove, set_value

_MEANT = re.compile(r"Did you mean `([^`]+)`\?")
_WRITE = re.compile(
    r"(?:(?:^|\. |, )[Ww]rite(?: a list)?|in quotes|in brackets|with a point|another name, for example):? "
    r"(?P<words>`[^`…]+`(?:,? or `[^`…]+`)*)"
)
_QUOTED = re.compile(r"`([^`]+)`")
_COMPARED = re.compile(r"\s*:\s*(?:\{\s*\w+\s*:\s*)?([^\s,{}\[\]]+)")
_UNWRITTEN = frozenset({"name: value", "[one, another]", "any", "over: last 14 days"})
"""What help texts show as the form of something, not as what to write."""

_IN_PARTS = frozenset(
    {"bad-escape", "formula-syntax", "bad-window", "row-length", "bad-placeholder", "name-not-text", "needs-language-2"}
)
"""Codes of problems whose help is about a part of what is underlined, or about another place."""

_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'"})
_SPACE_MISSING = re.compile(r"(?<=[\w\"']):(?=\S)")
_VALUE_IN_LINE = re.compile(r"\A(?P<before>(?:\s*- )?\s*(?:[\w.-]+:\s+)?)(?P<text>\S.*?)\s*$")
_MOST_CITATIONS = 5


Sources: TypeAlias = Callable[[str], FileSource | None]
"""Returns a file by its name; None if nothing in it can be read."""


def fixes(names: PackNames, sources: Sources, problem: Problem) -> tuple[Fix, ...]:
    """Return what could mend a problem, the likeliest first."""
    place = problem.place
    if place is None:
        return ()
    proposals = chain(
        _replacements(problem, place),
        _corrections(problem, place),
        _removals(sources(place.file), problem, place),
        _new_declarations(names, sources, problem),
        _citations(names, sources, problem, place),
        help_edits(sources(place.file), problem, place),
        _language(names, sources, problem),
    )
    return tuple(dict.fromkeys(proposals))


def _replacements(problem: Problem, place: Place) -> Iterator[Fix]:
    """Yield the fixes that write in place of a mistake what the help says."""
    meant = _MEANT.search(problem.help)
    if meant:
        edits = [_replaced(problem, there, meant[1]) for there in (place, *problem.also)]
        yield Fix(f"Write `{meant[1]}`", (edits[0],))
        if len(edits) > 1:
            yield Fix(f"Write `{meant[1]}` in all {len(edits)} places", tuple(edits))
    for found in _WRITE.finditer(problem.help) if problem.code not in _IN_PARTS else ():
        for quoted in _QUOTED.finditer(found["words"]):
            if quoted[1] not in _UNWRITTEN:
                yield Fix(f"Write `{quoted[1]}`", (written(place, quoted[1]),))


def _replaced(problem: Problem, place: Place, meant: str) -> TextEdit:
    """Return the edit that writes what was meant: of `decision.output`, only the part that is wrong, if just one is."""
    written = problem.line[problem.place.column - 1 :][: problem.place.width] if problem.place else ""
    quote = 1 if written[:1] in ("'", '"') and written[-1:] == written[:1] and len(written) > 1 else 0
    start, end = place.column + quote, place.column + place.width - quote
    decision, dot, _ = written[quote : len(written) - quote].partition(".")
    if dot and "." not in meant and problem.code == "unknown-output":
        start += len(decision) + 1
    elif dot and "." not in meant and problem.code == "unknown-entry":
        end = start + len(decision)
    return TextEdit(place.file, (place.line, start), (place.line, end), meant)


def _corrections(problem: Problem, place: Place) -> Iterator[Fix]:
    """Yield the fixes of characters: quotes, spaces, and what cannot be seen."""
    line = problem.line
    match problem.code:
        case "hidden-character" if "Type a space" in problem.help:
            yield Fix("Write an ordinary space", (written(place, " "),))
        case "hidden-character":
            yield Fix("Delete the invisible character", (written(place, ""),))
        case "tab":
            yield Fix("Write two spaces for each tab", (written(place, "  " * place.width),))
        case "curly-quotes":
            straight = TextEdit(place.file, (place.line, 1), (place.line, len(line) + 1), line.translate(_CURLY))
            yield Fix("Write straight quotes", (straight,))
        case "missing-space":
            colon = _SPACE_MISSING.search(line, place.column - 1)
            if colon:
                at = place.line, colon.end() + 1
                yield Fix("Write a space after the colon", (TextEdit(place.file, at, at, " "),))
        case _ if "in quotes" in problem.help:
            for text in _VALUE_IN_LINE.finditer(line):
                start, end = (place.line, text.start("text") + 1), (place.line, text.end("text") + 1)
                quoted = json.dumps(text["text"], ensure_ascii=False)
                yield Fix("Put the text in quotes", (TextEdit(place.file, start, end, quoted),))


def _removals(source: FileSource | None, problem: Problem, place: Place) -> Iterator[Fix]:
    """Yield the fixes that delete what does not belong there, or put two values in order."""
    if source is None:
        return
    path = source.tree.path_at((place.line, place.column))
    node = source.tree.at(path)
    if re.match(r"Delete (?:it|`\w+`)(?:[.,;]| if)", problem.help) or problem.code == "duplicate-value":
        written = problem.line[place.column - 1 :][: place.width]
        try:
            yield Fix(f"Delete `{written}`", remove(source, path))
        except UnknownNameError:
            return
    elif problem.code == "upside-down" and isinstance(node, ListNode):
        ends = [item for item in node.items if isinstance(item, ScalarNode)]
        edits = [
            TextEdit(place.file, end.start, end.end, other.text) for end, other in zip(ends, ends[::-1], strict=True)
        ]
        yield Fix("Write the lower one first", tuple(edits))


def _new_declarations(names: PackNames, sources: Sources, problem: Problem) -> Iterator[Fix]:
    """Yield the fixes that declare a name that nothing declares yet."""
    name = problem.subject
    if problem.code in ("unknown-name", "unknown-fact", "unknown-column") and re.fullmatch("[a-z][a-z0-9_]*", name):
        question = f"{name.replace('_', ' ').capitalize()}?"
        yield from _declared(names, sources, "fact", name, {"ask": question, **_guessed_type(problem)})
    elif problem.code == "unknown-statement" and name:
        yield from _declared(names, sources, "statement", name, "…")


def _language(names: PackNames, sources: Sources, problem: Problem) -> Iterator[Fix]:
    """Yield the fix that says in the pack file that the pack is written in the version that this needs."""
    if problem.code == "needs-language-2":
        packs = (source for name in names.files if (source := sources(name)) and source.tree.kind == "pack")
        for source in packs:
            yield Fix("Write `language: 2` in the pack file", set_value(source, ("language",), 2))


def _guessed_type(problem: Problem) -> dict[str, object]:
    """Return the type that a new fact has to have for what it is compared with."""
    compared = _COMPARED.match(problem.line, problem.place.column - 1 + problem.place.width) if problem.place else None
    word = compared[1] if compared else "true"
    if word in ("true", "false"):
        return {"type": "boolean"}
    if re.fullmatch("[a-z_]+", word):
        return {"type": "choice", "choices": [word, f"not_{word}"]}
    return {"type": "number", "range": [0, 100]}


def _declared(names: PackNames, sources: Sources, kind: SymbolKind, name: str, content: object) -> Iterator[Fix]:
    """Yield the fix that adds a declaration after the last of its kind in the first file that has some."""
    declared = list(names.of_kind(kind))
    source = sources(declared[0].file) if declared else None
    if source is None:
        return
    last = max((found for found in declared if found.file == source.name), key=lambda found: found.start)
    at = source.end_of_line(last.node.end[0])
    text = entry_text(name, content, " " * (last.start[1] - 1))
    yield Fix(f"Declare the {NOUNS[kind]} `{name}`", (TextEdit(source.name, at, at, f"\n{text}"),))


def _citations(names: PackNames, sources: Sources, problem: Problem, place: Place) -> Iterator[Fix]:
    """Yield the fixes that cite a statement: one for a rule that cites none, or one that nothing cites in a rule."""
    source = sources(place.file)
    if source is None:
        return
    if problem.code == "cites-nothing":
        path = source.tree.path_at((place.line, place.column))
        path = path if isinstance(source.tree.at(path), MappingNode) else path[:-1]
        rule = source.tree.at(path)
        if isinstance(rule, MappingNode):
            for statement in _likeliest(names, names.of_kind("statement"), _words_in(rule)):
                edits = set_value(source, (*path, "source"), statement.symbol.name)
                yield Fix(f"Cite `{statement.symbol}`: {summary(names, statement.symbol)}", edits)
    elif problem.code == "never-cited":
        path = source.tree.path_at((place.line, place.column))
        statement_text = summary(names, Symbol("statement", str(path[-1])))
        for declared in _likeliest(names, names.of_kind("rule"), _words(statement_text)):
            rule_source = sources(declared.file)
            edits = _with_citation(rule_source, declared, str(path[-1])) if rule_source else ()
            if edits:
                yield Fix(f"Cite it in the rule `{declared.symbol}`", edits)


def _with_citation(source: FileSource, declared: Declaration, statement: str) -> tuple[TextEdit, ...]:
    if not isinstance(declared.node, MappingNode):
        return ()
    cited = declared.node.get("source")
    if cited is None:
        path = source.tree.path_at(declared.start)[:-1]
        return set_value(source, (*path, "source"), statement)
    parts = cited.items if isinstance(cited, ListNode) else (cited,)
    cites = [part.text for part in parts if isinstance(part, ScalarNode)]
    return (TextEdit(source.name, cited.start, cited.end, inline_text([*cites, statement])),)


def _likeliest(names: PackNames, declared: Iterable[Declaration], words: frozenset[str]) -> Iterator[Declaration]:
    """Return the declarations that share the most words with a text."""

    def shared(declaration: Declaration) -> int:
        text = f"{declaration.symbol.name} {summary(names, declaration.symbol)}"
        return len(words & _words(text))

    return islice(sorted(declared, key=shared, reverse=True), _MOST_CITATIONS)


def _words_in(rule: MappingNode) -> frozenset[str]:
    texts = (entry.value.text for entry in rule.entries if isinstance(entry.value, ScalarNode))
    return _words(" ".join(texts))


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"[^\W\d_]+", text.lower()) if len(word) > 3)
