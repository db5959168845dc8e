"""What can be added to a pack: facts, parameters, statements, rules and cases, as edits of its texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, assert_never

from hiprun.errors import Problem, UnknownNameError, did_you_mean
from hiprun.language.export.yaml_layout import entry_text, inline_text, item_text
from hiprun.language.syntax import Path
from hiprun.language.syntax.source_tree import ListNode, MappingNode, ScalarNode
from hiprun.workspace.mentions import SymbolKind
from hiprun.workspace.symbols import Symbol
from hiprun.workspace.text_edits import TextEdit
from hiprun.workspace.workspace import Workspace

_FILE_NAME = re.compile(r"\w[\w-]{0,99}(?:\.yaml)?")
_MOST_SHOWN = 60

Edits: TypeAlias = tuple[TextEdit, ...]
"""Edits of a workspace as it is."""


def add_fact(
    workspace: Workspace, name: str, entry: Mapping[str, Any], usual: Mapping[str, Any] | None = None, file: str = ""
) -> Edits:
    """Return the edits that declare a fact, after the others of `file`: by default, the first that has facts.

    `entry` is what its file says of it: `ask`, `type`, and so on. `usual` is the value that named patients get in the
    case files, by patient; of others it is not known, so that what depends on it stays open in their cases.
    """
    edits = list(_declare(workspace, Symbol("fact", name), ("facts",), entry, file))
    for patient, value in (usual or {}).items():
        cases = _declaring(workspace, Symbol("patient", patient))
        edits += workspace.set_value(cases, ("patients", patient, name), value)
    return tuple(edits)


def fullest_patient(workspace: Workspace) -> str:
    """Return the named patient of whom most is known, to whom a new fact belongs; empty if there is none."""
    known: dict[str, int] = {}
    for file in workspace.texts:
        for symbol in workspace.declared(file):
            if symbol.kind == "patient":
                known[symbol.name] = _size(workspace, file, ("patients", symbol.name))
    return max(known, key=lambda name: known[name], default="")


def add_parameter(workspace: Workspace, name: str, entry: Mapping[str, Any]) -> Edits:
    """Return the edits that declare a parameter, after the others."""
    return _declare(workspace, Symbol("parameter", name), ("parameters",), entry)


def add_statement(workspace: Workspace, id_: str, text: str, file: str = "") -> Edits:
    """Return the edits that add a statement to the guidance, after the others of `file`: by default, the first."""
    return _declare(workspace, Symbol("statement", id_), ("statements",), text, file)


def add_rule(workspace: Workspace, decision: str, entry: Mapping[str, Any], before: str = "") -> Edits:
    """Return the edits that add a rule to a decision, before the rule called `before`, or after the others.

    Raises `UnknownNameError` if there is no such decision or rule, or if the decision is not written as rules.
    """
    file = _declaring(workspace, Symbol("decision", decision))
    _check_new(workspace, Symbol("rule", str(entry.get("id", "")), decision))
    if workspace.place_of(file, ("rules",)) is None:
        message = f"`{decision}` is not written as a list of rules, so none can be added to it."
        raise UnknownNameError([Problem("no-rules-here", message, help=f"Edit {file} by hand.", subject=decision)])
    ids = [symbol.name for symbol in workspace.declared(file) if symbol.kind == "rule"]
    if before and before not in ids:
        raise _unknown(f"`{decision}` has no rule `{before}`.", before, ids)
    index = ids.index(before) if before else len(ids)
    return workspace.insert_item(file, ("rules",), index, dict(entry))


def add_case(workspace: Workspace, entry: Mapping[str, Any], file: str = "") -> Edits:
    """Return the edits that add a case, after the others of `file`.

    `file` is a file of the pack, or a name in its folder `cases`; by default, the first file of
    cases. A file that is not there yet is made.
    """
    _check_new(workspace, Symbol("case", str(entry["id"])))
    if file and file not in workspace.texts and not _FILE_NAME.fullmatch(file):
        message = f"`{file[:_MOST_SHOWN]}` cannot be the name of a file of cases."
        raise UnknownNameError([Problem("bad-name", message, help="Write a word of letters, digits, `-` and `_`.")])
    name = file if file in workspace.texts else ""
    name = name or (
        _in_pack(workspace, f"cases/{file.removesuffix('.yaml')}.yaml") if file else _file_declaring(workspace, "case")
    )
    name = name or _in_pack(workspace, "cases/first.yaml")
    if name in workspace.texts:
        return workspace.insert_item(name, ("examples",), _size(workspace, name, ("examples",)), dict(entry))
    title = name.rpartition("/")[2].removesuffix(".yaml").replace("_", " ").capitalize()
    return _new_file(name, f"cases: {inline_text(title)}\nexamples:", item_text(dict(entry), "  ", opened=True))


def _declare(workspace: Workspace, symbol: Symbol, path: Path, entry: Any, file: str = "") -> Edits:
    """Return the edits that declare something in `file`, or in the first that has such names, or in a new one."""
    _check_new(workspace, symbol)
    key = str(path[0])
    file = file or _file_declaring(workspace, symbol.kind)
    value = dict(entry) if isinstance(entry, Mapping) else entry
    if file:
        return workspace.set_value(file, (*path, symbol.name), value)
    is_guidance = key == "statements"
    title = "guidance: What the rules are based on\n" if is_guidance else ""
    name = _in_pack(workspace, "guidance.yaml" if is_guidance else f"{key}.yaml")
    return _new_file(name, f"{title}{key}:", entry_text(symbol.name, value, "  "))


def _new_file(name: str, head: str, entry: str) -> Edits:
    return (TextEdit(name, (1, 1), (1, 1), f"{head}\n{entry}\n"),)


def _check_new(workspace: Workspace, symbol: Symbol) -> None:
    declaration = workspace.declaration(symbol)
    if declaration is not None:
        message = f"There is already a {symbol.kind} `{symbol.name}`."
        help = f"Choose another name, or edit {declaration.file}:{declaration.start[0]}."
        raise UnknownNameError([Problem("declared-twice", message, help=help, subject=symbol.name)])


def _declaring(workspace: Workspace, symbol: Symbol) -> str:
    """Return the file that declares something, or raise `UnknownNameError`."""
    declaration = workspace.declaration(symbol)
    if declaration is not None:
        return declaration.file
    names = (known.name for file in workspace.texts for known in workspace.declared(file) if known.kind == symbol.kind)
    raise _unknown(f"There is no {symbol.kind} `{symbol.name}`.", symbol.name, names)


def _unknown(message: str, name: str, names: Iterable[str]) -> UnknownNameError:
    return UnknownNameError([Problem("unknown-name", message, help=did_you_mean(name, names), subject=name)])


def _file_declaring(workspace: Workspace, kind: SymbolKind) -> str:
    """Return the first file that declares something of a kind; empty if there is none."""
    declaring = (file for file in workspace.texts if any(found.kind == kind for found in workspace.declared(file)))
    return next(declaring, "")


def _file_with(workspace: Workspace, key: str) -> str:
    """Return the first file that has a key at its top; empty if there is none."""
    return next((file for file in workspace.texts if workspace.place_of(file, (key,)) is not None), "")


def _in_pack(workspace: Workspace, name: str) -> str:
    """Return the name of a file in the folder of the pack."""
    pack = _file_with(workspace, "pack")
    return f"{pack.rpartition('/')[0]}/{name}".removeprefix("/")


def _size(workspace: Workspace, file: str, path: Path) -> int:
    """Return how many entries a mapping or a list has; none if there is neither."""
    tree = workspace.tree(file)
    node = tree.at(path) if tree else None
    match node:
        case MappingNode(entries):
            return len(entries)
        case ListNode(items):
            return len(items)
        case ScalarNode() | None:
            return 0
        case _:
            assert_never(node)
