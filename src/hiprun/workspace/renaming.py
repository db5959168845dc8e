"""What renaming something changes, everywhere in a pack."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import attrs

from hiprun.errors import Problem
from hiprun.language.published_schemas import schema
from hiprun.language.resolve.names import RESERVED, RESERVED_OUTPUTS
from hiprun.language.syntax.scalars import read_plain
from hiprun.model.stages import hyphenated
from hiprun.workspace.mentions import SymbolKind
from hiprun.workspace.names import PackNames
from hiprun.workspace.symbols import Occurrence, Symbol
from hiprun.workspace.text_edits import TextEdit

_FORMS: Mapping[SymbolKind, str] = {
    **dict.fromkeys(("rule", "case", "property", "constraint"), "id"),
    "statement": "statement_id",
    "patient": "label",
}
"""Which of the published forms the names of a kind have; all others have that of a name."""

_VALUES = frozenset({"fact", "parameter", "derived"})


@attrs.frozen
class Renaming:
    """The edits that rename something, by place, or why it cannot be renamed. There are edits only without problems."""

    symbol: Symbol
    new_name: str
    edits: tuple[TextEdit, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files that change."""
        return tuple(dict.fromkeys(edit.file for edit in self.edits))


def renaming(names: PackNames, symbol: Symbol, new_name: str) -> Renaming:
    """Return the edits that rename `symbol`, as far as the names of the pack show; the result has to be checked."""
    problems = tuple(_problems(names, symbol, new_name))
    if problems:
        return Renaming(symbol, new_name, problems=problems)
    found = names.by_symbol.get(symbol, ())
    if symbol.name == new_name:
        return Renaming(symbol, new_name)
    return Renaming(symbol, new_name, tuple(dict.fromkeys(_edit(occurrence, new_name) for occurrence in found)))


def _edit(occurrence: Occurrence, new_name: str) -> TextEdit:
    text = hyphenated(new_name) if occurrence.is_hyphenated else new_name
    return TextEdit(occurrence.file, occurrence.start, occurrence.end, text)


def _problems(names: PackNames, symbol: Symbol, new_name: str) -> Iterator[Problem]:
    if symbol not in names.declarations:
        yield Problem(
            "cannot-rename",
            f"`{symbol}` cannot be renamed.",
            help="Its name follows from the kind of its decision; only what a pack gives a name can be renamed.",
        )
        return
    form = schema("common")["$defs"][_FORMS.get(symbol.kind, "name")]
    if not re.search(form["pattern"], new_name) or new_name.endswith("\n"):
        yield Problem("bad-name", f"`{new_name}` cannot be the name of this.", help=form["errorMessage"])
    elif read_plain(new_name) != new_name:
        yield Problem(
            "bad-name",
            f"`{new_name}` would not be read as a name.",
            help="Choose a word that is neither a number nor one of yes, no, on, off, true and false.",
        )
    elif new_name in RESERVED | (RESERVED_OUTPUTS if symbol.kind in ("output", "measure") else frozenset()):
        yield Problem(
            "reserved-word",
            f"The word `{new_name}` has a meaning of its own in rule files and cannot be a name.",
            help=f"Choose another name, for example `{new_name}_value`.",
        )
    elif new_name != symbol.name and (taken := _taken_by(names, symbol, new_name)):
        declaration = names.declarations[taken]
        yield Problem(
            "duplicate-name",
            f"The name `{new_name}` is already taken ({declaration.file}, line {declaration.start[0]}).",
            help="Choose another name.",
        )


def _taken_by(names: PackNames, symbol: Symbol, new_name: str) -> Symbol | None:
    if symbol.kind in _VALUES:
        return names.value(new_name)
    other = attrs.evolve(symbol, name=new_name)
    return other if other in names.declarations else None
