"""How a problem could be mended: its corrections as edits, and what only the rest of the pack can give.

These are proposals: whoever shows them tries them first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from hiprun.errors import Problem
from hiprun.language.export.yaml_layout import entry_text, inline_text
from hiprun.language.syntax.source_tree import ListNode, MappingNode, ScalarNode
from hiprun.model.places import Place
from hiprun.workspace.correction_edits import Fix, Sources, correction_edits
from hiprun.workspace.descriptions import NOUNS, summary
from hiprun.workspace.mentions import SymbolKind
from hiprun.workspace.names import PackNames
from hiprun.workspace.symbols import Declaration, Symbol
from hiprun.workspace.text_edits import TextEdit
from hiprun.workspace.value_edits import FileSource, set_value

_COMPARED = re.compile(r"\s*:\s*(?:\{\s*\w+\s*:\s*)?([^\s,{}\[\]]+)")
_MOST_CITATIONS = 5


def fixes(names: PackNames, sources: Sources, problem: Problem) -> tuple[Fix, ...]:
    """Return what could mend a problem, the likeliest first."""
    place = problem.place
    if place is None:
        return ()
    corrected = correction_edits(sources, problem, place)
    from_the_pack = chain(
        _new_declarations(names, sources, problem),
        _citations(names, sources, problem, place),
        _language(names, sources, problem),
    )
    is_certain = len(problem.corrections) == 1
    return tuple(dict.fromkeys(chain(corrected, from_the_pack) if is_certain else chain(from_the_pack, corrected)))


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
