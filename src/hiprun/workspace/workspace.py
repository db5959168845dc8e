"""The texts of a pack while they are being changed: problems, places, names, and what a change would be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import attrs

from hiprun.errors import Problem, UnknownNameError
from hiprun.language.incremental_check import FileResult, PackResult, check_files, pack_documents, pack_result
from hiprun.language.resolve.reuse import KeptResults
from hiprun.language.rule_files import Location, read_files
from hiprun.language.syntax import Path, decode, parse
from hiprun.language.syntax.source_tree import ScalarNode, SourceTree, source_tree
from hiprun.model import Model
from hiprun.model.places import Place, SourceText
from hiprun.pack import Pack
from hiprun.version import LANGUAGES
from hiprun.workspace import value_edits
from hiprun.workspace.completions import Completion, completions
from hiprun.workspace.correction_edits import Fix
from hiprun.workspace.descriptions import Description, describe
from hiprun.workspace.fixes import fixes
from hiprun.workspace.formatting import formatting
from hiprun.workspace.mentions_by_kind import FileNames, names_in_file
from hiprun.workspace.names import PackNames
from hiprun.workspace.renaming import Renaming, renaming
from hiprun.workspace.symbols import Declaration, Occurrence, Symbol
from hiprun.workspace.text_edits import TextEdit, apply_edits
from hiprun.workspace.value_edits import FileSource

_Texts = Mapping[str, str | bytes]


@attrs.frozen(eq=False)
class _WrittenFile:
    """What is written in one file: its text, and the tree and names in it, as far as it can be read."""

    content: str | bytes
    text: str
    tree: SourceTree | None
    names: FileNames


@attrs.frozen(eq=False)
class Workspace:
    """The texts of a pack's files, and everything that follows from them.

    A workspace is a value: `with_texts` and `edited` return another one, which works out only what is new. `texts` maps
    the name of each file, as in `Place.file` and so with that of the pack's folder, to its text, or to bytes as they
    are on the disk. Texts can be anything; whatever is wrong with them is in `problems`.

    >>> workspace = workspace_of({"warmth/facts.yaml": "facts: {warm: {ask: Is it warm?, type: boolaen}}"})
    >>> [problem.help for problem in workspace.problems][:1]
    ['Did you mean `boolean`?']
    """

    texts: _Texts = attrs.field(repr=False)
    results: Mapping[str, FileResult] = attrs.field(repr=False)
    """What can be said about each file without the others."""
    read_problems: tuple[Problem, ...] = ()
    _earlier: Mapping[str, _WrittenFile] = attrs.field(factory=dict, repr=False)
    _resolved: KeptResults = attrs.field(factory=KeptResults, repr=False)

    def with_texts(self, texts: Mapping[str, str | bytes | None]) -> Workspace:
        """Return the workspace with some texts replaced or added; None removes a file."""
        merged = {**self.texts, **texts}
        kept = {name: text for name, text in sorted(merged.items()) if text is not None}
        resolved = self._newly_resolved[-1] if self._newly_resolved else self._resolved
        return Workspace(kept, check_files(kept, self.results), self.read_problems, self._files_so_far, resolved)

    def edited(self, edits: Iterable[TextEdit]) -> Workspace:
        """Return the workspace after edits; files that it does not have begin empty."""
        by_file: dict[str, list[TextEdit]] = {}
        for edit in edits:
            by_file.setdefault(edit.file, []).append(edit)
        return self.with_texts({name: apply_edits(self.text(name), changes) for name, changes in by_file.items()})

    def text(self, file: str) -> str:
        """Return the text of a file; empty if there is no such file or if its bytes are no text."""
        return self._written(file).text

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every mistake in all files, by place."""
        return self._result.problems

    @property
    def model(self) -> Model | None:
        """The model of the pack; None as long as there is a mistake."""
        return self._result.model

    @cached_property
    def pack(self) -> Pack | None:
        """The pack, to decide and verify with; None as long as there is a mistake."""
        return Pack(self._result.model, programs=self._result.programs) if self._result.model else None

    @cached_property
    def names(self) -> PackNames:
        """Every name in the pack: what it stands for, where it is declared and where it is used."""
        return PackNames({name: self._written(name).names for name in self.texts}, self._language)

    def declared(self, file: str) -> tuple[Symbol, ...]:
        """Return what a file declares, in its order."""
        return tuple(dict.fromkeys(found.symbol for found in self.names.occurrences_in(file) if found.declares))

    def used(self, file: str) -> tuple[Symbol, ...]:
        """Return what a file uses, in the order of the first use."""
        return tuple(dict.fromkeys(found.symbol for found in self.names.occurrences_in(file) if not found.declares))

    def occurrence_at(self, file: str, line: int, column: int) -> Occurrence | None:
        """Return the name at a place, and what it stands for; None if there is none that is declared."""
        covering = [found for found in self.names.occurrences_in(file) if found.covers(line, column)]
        return min(covering, key=lambda found: found.end[1] - found.start[1], default=None)

    def declaration(self, symbol: Symbol) -> Declaration | None:
        """Return where something is declared; None if nowhere.

        For an output that follows from the kind of its decision, that is where the decision is.
        """
        declarations = self.names.declarations
        if symbol in declarations or not self.names.is_given(symbol):
            return declarations.get(symbol)
        decision = self.names.protocol_of(symbol.scope) or symbol.scope
        return declarations.get(Symbol("decision", decision))

    def occurrences(self, symbol: Symbol) -> tuple[Occurrence, ...]:
        """Return every place where something is declared or used, file by file."""
        return self.names.by_symbol.get(symbol, ())

    def describe(self, symbol: Symbol) -> Description:
        """Return what a name stands for, in the words of the pack, and who uses it."""
        return describe(self.names, symbol)

    def rename(self, symbol: Symbol, new_name: str) -> Renaming:
        """Return the edits that rename something everywhere, or why it cannot be renamed.

        The pack after these edits has been checked: it has no mistakes that it did not have before.
        """
        result = renaming(self.names, symbol, new_name)
        if not result.edits:
            return result
        problems = self.edited(result.edits).problems
        if len(problems) <= len(self.problems):
            return result
        new = problems[0] if not self.problems else _first_new(problems, self.problems)
        reason = Problem(
            "cannot-rename",
            f"With `{new_name}` in place of `{symbol.name}`, the pack would be wrong: {new.message}",
            new.place,
            "Rename by hand what is said there, or choose another name.",
            new.line,
        )
        return Renaming(symbol, new_name, problems=(reason,))

    def completions(self, file: str, line: int, column: int) -> tuple[Completion, ...]:
        """Return what could be written at a place, the likeliest first, each with its title or question."""
        return completions(self.names, self.text(file), line, column)

    def fixes(self, problem: Problem) -> tuple[Fix, ...]:
        """Return the ways to mend a problem that are edits; each of them has been tried."""
        tried: dict[str, Fix] = {}
        for fix in fixes(self.names, self._readable_source, problem)[:_MOST_TRIED]:
            if fix.title not in tried and self._mends(fix, problem):
                tried[fix.title] = fix
        return tuple(tried.values())

    def formatting(self, file: str) -> tuple[TextEdit, ...]:
        """Return the edits that put the layout of a file in order; comments and every value stay as they are."""
        return formatting(file, self.text(file))

    def value_at(self, file: str, path: Path) -> str | None:
        """Return the text of the single value at a path of keys and indexes; None if there is none."""
        tree = self._written(file).tree
        node = tree.at(path) if tree else None
        return node.text if isinstance(node, ScalarNode) else None

    def set_value(self, file: str, path: Path, value: Any) -> tuple[TextEdit, ...]:
        """Return the edits after which `value` is at a path of keys and indexes.

        A name that is not there yet is added, with mappings on the way. Raises `UnknownNameError` if the path leads
        nowhere.
        """
        return value_edits.set_value(self._source(file), path, value)

    def insert_item(self, file: str, path: Path, index: int, value: Any) -> tuple[TextEdit, ...]:
        """Return the edits that insert `value` into the list at a path, before the item at `index`, or at the end.

        Raises `UnknownNameError` if the path leads to no list.
        """
        return value_edits.insert_item(self._source(file), path, index, value)

    def remove(self, file: str, path: Path) -> tuple[TextEdit, ...]:
        """Return the edits that remove what is at a path, and what would be empty without it.

        Raises `UnknownNameError` if there is nothing.
        """
        return value_edits.remove(self._source(file), path)

    def path_at(self, file: str, line: int, column: int) -> Path:
        """Return the path of the smallest part of a file that a place is in."""
        tree = self._written(file).tree
        return tree.path_at((line, column)) if tree else ()

    def place_of(self, file: str, path: Path) -> Place | None:
        """Return where the value at a path begins; None if there is none."""
        tree = self._written(file).tree
        node = tree.at(path) if tree else None
        return Place(file, *node.start) if node else None

    def tree(self, file: str) -> SourceTree | None:
        """Return what is written in a file as a tree; None if nothing can be read."""
        return self._written(file).tree

    def _mends(self, fix: Fix, problem: Problem) -> bool:
        """Return whether a problem is gone after a fix and there is no new one, but for those that it had hidden.

        What cannot be read hides what is said in it, and what has the wrong shape hides what it means.
        """
        mended = self.edited(fix.edits)
        if any((other.code, other.place) == (problem.code, problem.place) for other in mended.problems):
            return False
        before = {(other.code, other.message) for other in self.problems}
        new = [other for other in mended.problems if (other.code, other.message) not in before]
        if any(other.place and edit.holds_after(other.place) for edit in fix.edits for other in new):
            return False
        stage = self._stage(problem)
        return all(mended._stage(other) > stage for other in new)

    def _stage(self, problem: Problem) -> int:
        """Return how far reading has come: 0 if a file cannot be read, 1 if its shape is wrong, 2 for what it means."""
        result = self.results.get(problem.place.file) if problem.place else None
        if problem.place is None or result is None or problem not in result.problems:
            return 2
        _, found = parse(SourceText(problem.place.file, self.text(problem.place.file)))
        return 1 if problem not in found else 0

    @cached_property
    def _result(self) -> PackResult:
        result = pack_result(pack_documents(self.results, self.read_problems), self._resolved)
        self._newly_resolved.append(result.kept)
        return result

    @cached_property
    def _newly_resolved(self) -> list[KeptResults]:
        return []

    @cached_property
    def _files(self) -> dict[str, _WrittenFile]:
        return {}

    @property
    def _files_so_far(self) -> Mapping[str, _WrittenFile]:
        return {**self._earlier, **self._files}

    def _written(self, file: str) -> _WrittenFile:
        content = self.texts.get(file, "")
        known = self._files.get(file) or self._earlier.get(file)
        if known is None or known.content != content:
            known = _written_file(content, file)
        self._files[file] = known
        return known

    @property
    def _language(self) -> int:
        for name in self.texts:
            tree = self._written(name).tree
            if tree is not None and tree.kind == "pack":
                language = tree.root.get("language")
                return int(language.text) if isinstance(language, ScalarNode) and language.text in _LANGUAGES else 1
        return LANGUAGES[0]

    def _readable_source(self, file: str) -> FileSource | None:
        written = self._written(file)
        if file not in self.texts or written.tree is None:
            return None
        return FileSource(file, written.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), written.tree)

    def _source(self, file: str) -> FileSource:
        source = self._readable_source(file)
        if source is None:
            message = f"{file} cannot be read, so nothing in it can be changed by its path."
            raise UnknownNameError([Problem("no-such-place", message, Place(file), "Mend it as text first.")])
        return source


_LANGUAGES = frozenset(map(str, LANGUAGES))
_MOST_TRIED = 24
"""Of the ways to mend one problem; each of them is checked like a change of the pack."""


def workspace_of(texts: _Texts, read_problems: Iterable[Problem] = ()) -> Workspace:
    """Return the workspace of some texts by the names of their files."""
    in_order = dict(sorted(texts.items()))
    return Workspace(in_order, check_files(in_order), tuple(read_problems))


def open_workspace(location: Location | None = None, unsaved: _Texts | None = None) -> Workspace:
    """Return the workspace of the pack in a folder or zip file.

    `unsaved` texts take the place of those of its files.
    """
    files, problems = read_files(location)
    if unsaved:  # these may be the first files of a pack
        problems = [problem for problem in problems if problem.code != "no-rule-files"]
    return workspace_of({**{file.name: file.content for file in files}, **(unsaved or {})}, problems)


def _written_file(content: str | bytes, file: str) -> _WrittenFile:
    if isinstance(content, bytes):
        source, _ = decode(content, file)
        text = content.decode("utf-8-sig") if source else ""
    else:
        text = content.removeprefix("\ufeff")
    tree = source_tree(text)
    return _WrittenFile(content, text, tree, names_in_file(tree, text) if tree else FileNames(""))


def _first_new(problems: Iterable[Problem], before: Iterable[Problem]) -> Problem:
    known = {(problem.code, problem.message) for problem in before}
    *_, last = problems = list(problems)
    return next((problem for problem in problems if (problem.code, problem.message) not in known), last)
