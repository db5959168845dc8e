"""How a problem could be mended: its help as an edit, where it is one, and declarations of what is missing.

These are proposals: whoever shows them tries them first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import attrs

from hiprun.errors import Problem
from hiprun.language.export.yaml_layout import entry_text
from hiprun.model.places import Place
from hiprun.workspace.names import PackNames
from hiprun.workspace.symbols import SymbolKind
from hiprun.workspace.text_edits import TextEdit

_MEANT = re.compile(r"Did you mean `([^`]+)`\?")
_WRITE = re.compile(
    r"(?:[Ww]rite|[Pp]ut it in quotes|in brackets|[Ww]rite a list)(?:,[^`:]*)?:? (`[^`…]+`(?: or `[^`…]+`)*)"
)
_QUOTED = re.compile(r"`([^`]+)`")
_COMPARED = re.compile(r"\s*:\s*(?:\{\s*\w+\s*:\s*)?([^\s,{}\[\]]+)")


@attrs.frozen
class Fix:
    """A way to mend a problem: what it does, in words, and its edits."""

    title: str
    edits: tuple[TextEdit, ...]


def fixes(names: PackNames, texts: Mapping[str, str], problem: Problem) -> tuple[Fix, ...]:
    """Return what could mend a problem, the likeliest first."""
    place = problem.place
    if place is None or place.file not in texts:
        return ()
    return tuple(dict.fromkeys([*_replacements(problem, place), *_new_declarations(names, texts, problem)]))


def _replacements(problem: Problem, place: Place) -> Iterator[Fix]:
    meant = _MEANT.search(problem.help)
    if meant:
        edits = [_replaced(problem, there, meant[1]) for there in (place, *problem.also)]
        yield Fix(f"Write `{meant[1]}`", (edits[0],))
        if len(edits) > 1:
            yield Fix(f"Write `{meant[1]}` in all {len(edits)} places", tuple(edits))
    found = _WRITE.search(problem.help)
    for quoted in _QUOTED.finditer(found[1]) if found else ():
        edit = TextEdit(place.file, (place.line, place.column), (place.line, place.column + place.width), quoted[1])
        yield Fix(f"Write `{quoted[1]}`", (edit,))


def _replaced(problem: Problem, place: Place, meant: str) -> TextEdit:
    """Return the edit that writes what was meant: of `decision.output`, only the part that is wrong, if just one is."""
    written = problem.line[problem.place.column - 1 :][: problem.place.width] if problem.place else ""
    quote = 1 if written[:1] in ("'", '"') and written[-1:] == written[:1] and len(written) > 1 else 0
    start, end = place.column + quote, place.column + place.width - quote
    decision, dot, _ = written[quote : len(written) - quote].partition(".")
    if dot and "." not in meant and problem.code == "unknown-output":
        start += len(decision) + 1
    elif dot and "." not in meant and problem.code == "unknown-decision":
        end = start + len(decision)
    return TextEdit(place.file, (place.line, start), (place.line, end), meant)


def _new_declarations(names: PackNames, texts: Mapping[str, str], problem: Problem) -> Iterator[Fix]:
    """Yield the fixes that declare a name that nothing declares yet."""
    name = problem.subject
    if problem.code in ("unknown-name", "unknown-fact", "unknown-column") and re.fullmatch("[a-z][a-z0-9_]*", name):
        question = f"{name.replace('_', ' ').capitalize()}?"
        yield from _declared(names, texts, "fact", name, {"ask": question, **_guessed_type(problem)})
    elif problem.code == "unknown-statement" and name:
        yield from _declared(names, texts, "statement", name, "…")
    elif problem.code == "unknown-patient" and name:
        yield from _declared(names, texts, "patient", name, {})


def _guessed_type(problem: Problem) -> dict[str, object]:
    """Return the type that a new fact has to have for what it is compared with."""
    assert problem.place is not None
    compared = _COMPARED.match(problem.line, problem.place.column - 1 + problem.place.width)
    word = compared[1] if compared else "true"
    if word in ("true", "false"):
        return {"type": "boolean"}
    if re.fullmatch("[a-z_]+", word):
        return {"type": "choice", "choices": [word]}
    return {"type": "number", "range": [0, 100]}


def _declared(
    names: PackNames, texts: Mapping[str, str], kind: SymbolKind, name: str, content: object
) -> Iterator[Fix]:
    """Yield the fix that adds a declaration after the last of its kind in the first file that has some."""
    declared = list(names.of_kind(kind))
    if not declared:
        return
    last = max((found for found in declared if found.file == declared[0].file), key=lambda found: found.start)
    line, indent = last.node.end[0], " " * (last.start[1] - 1)
    lines = texts[last.file].replace("\r\n", "\n").split("\n")
    at = line, len(lines[line - 1]) + 1
    noun = {"fact": "fact", "statement": "statement", "patient": "patient"}[kind]
    text = entry_text(name, content, indent)
    yield Fix(f"Declare the {noun} `{name}`", (TextEdit(last.file, at, at, f"\n{text}"),))
