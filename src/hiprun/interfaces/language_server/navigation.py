"""Where names are declared and used, renaming, and the outline of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from hiprun.interfaces.language_server.open_packs import OpenFile, OpenPack
from hiprun.interfaces.language_server.positions import Positions
from hiprun.language.syntax.source_tree import Point
from hiprun.workspace import Declaration, Occurrence, Symbol, TextEdit

_SYMBOL_KINDS: Mapping[str, types.SymbolKind] = {
    "fact": types.SymbolKind.Variable,
    "parameter": types.SymbolKind.Constant,
    "derived": types.SymbolKind.Variable,
    "decision": types.SymbolKind.Class,
    "output": types.SymbolKind.Field,
    "choice": types.SymbolKind.EnumMember,
    "rule": types.SymbolKind.Function,
    "statement": types.SymbolKind.String,
    "patient": types.SymbolKind.Object,
    "case": types.SymbolKind.Method,
    "property": types.SymbolKind.Event,
    "constraint": types.SymbolKind.Event,
    "group": types.SymbolKind.Enum,
    "stage": types.SymbolKind.Module,
    "activity": types.SymbolKind.EnumMember,
    "measure": types.SymbolKind.Number,
    "entry": types.SymbolKind.Struct,
    "field": types.SymbolKind.Field,
}


def named_at(file: OpenFile, position: types.Position) -> Occurrence | None:
    """Return the name at a position."""
    line, column = file.positions.point(file.lines, position)
    return file.pack.workspace.occurrence_at(file.name, line, column)


def definition(file: OpenFile, position: types.Position) -> types.Location | None:
    """Return where the name at a position is declared."""
    named = named_at(file, position)
    declaration = file.pack.workspace.declaration(named.symbol) if named else None
    return _location(file, declaration) if declaration else None


def references(file: OpenFile, position: types.Position, *, with_declaration: bool = True) -> list[types.Location]:
    """Return every place where the name at a position is used."""
    named = named_at(file, position)
    found = file.pack.workspace.occurrences(named.symbol) if named else ()
    return [_location(file, one) for one in found if with_declaration or not one.declares]


def highlights(file: OpenFile, position: types.Position) -> list[types.DocumentHighlight]:
    """Return every place in the same file where the name at a position is used."""
    named = named_at(file, position)
    found = file.pack.workspace.occurrences(named.symbol) if named else ()
    return [
        types.DocumentHighlight(
            file.positions.range(file.lines, one.start, one.end),
            types.DocumentHighlightKind.Write if one.declares else types.DocumentHighlightKind.Read,
        )
        for one in found
        if one.file == file.name
    ]


def renamed_name(file: OpenFile, position: types.Position) -> types.PrepareRenamePlaceholder | None:
    """Return the name at a position and its place, if it can be renamed."""
    named = named_at(file, position)
    if named is None or named.symbol not in file.pack.workspace.names.declarations:
        return None
    return types.PrepareRenamePlaceholder(file.positions.range(file.lines, named.start, named.end), named.symbol.name)


def rename(file: OpenFile, position: types.Position, new_name: str) -> types.WorkspaceEdit:
    """Return the edits that rename the name at a position; raises an error of the protocol that says why not."""
    named = named_at(file, position)
    if named is None:
        raise JsonRpcInvalidParams("There is nothing here that could be renamed.")
    renaming = file.pack.workspace.rename(named.symbol, new_name)
    if renaming.problems:
        problem = renaming.problems[0]
        raise JsonRpcInvalidParams(" ".join(filter(None, (problem.message, problem.help))))
    return workspace_edit(file, renaming.edits)


def workspace_edit(file: OpenFile, edits: Iterable[TextEdit]) -> types.WorkspaceEdit:
    """Return edits of files of a pack in the form of the protocol."""
    by_file: dict[str, list[TextEdit]] = {}
    for edit in edits:
        by_file.setdefault(edit.file, []).append(edit)
    pack = file.pack
    return types.WorkspaceEdit(
        changes={pack.uri(name): file.positions.edits(pack.lines(name), changes) for name, changes in by_file.items()}
    )


def document_symbols(file: OpenFile) -> list[types.DocumentSymbol]:
    """Return what a file declares, with what belongs to it below it."""
    workspace, lines = file.pack.workspace, file.lines
    roots: list[types.DocumentSymbol] = []
    open_symbols: list[tuple[Point, list[types.DocumentSymbol]]] = []
    declared = [found for symbol in workspace.declared(file.name) if (found := _declared_here(file, symbol))]
    for declaration in sorted(declared, key=lambda found: (_extent(found)[0], _reversed(_extent(found)[1]))):
        start, end = _extent(declaration)
        symbol = types.DocumentSymbol(
            name=declaration.symbol.name,
            detail=workspace.describe(declaration.symbol).text or None,
            kind=_SYMBOL_KINDS[declaration.symbol.kind],
            range=file.positions.range(lines, start, end),
            selection_range=file.positions.range(lines, declaration.start, declaration.end),
            children=[],
        )
        while open_symbols and open_symbols[-1][0] < end:
            open_symbols.pop()
        (open_symbols[-1][1] if open_symbols else roots).append(symbol)
        open_symbols.append((end, symbol.children))  # type: ignore[arg-type]
    return roots


def workspace_symbols(packs: Iterable[OpenPack], positions: Positions, query: str) -> list[types.WorkspaceSymbol]:
    """Return what packs declare with a text in its name."""
    found: list[types.WorkspaceSymbol] = []
    for pack in packs:
        file = OpenFile(pack, "", positions)
        for symbol, declaration in file.pack.workspace.names.declarations.items():
            if query.casefold() in symbol.name.casefold() and symbol.kind != "choice":
                found.append(
                    types.WorkspaceSymbol(
                        _location(file, declaration),
                        str(symbol),
                        _SYMBOL_KINDS[symbol.kind],
                        container_name=symbol.scope,
                    )
                )
    return found


def _declared_here(file: OpenFile, symbol: Symbol) -> Declaration | None:
    declaration = file.pack.workspace.declaration(symbol)
    return declaration if declaration is not None and declaration.file == file.name else None


def _extent(declaration: Declaration) -> tuple[Point, Point]:
    """Return the extent of a declaration, its name included."""
    return min(declaration.start, declaration.node.start), max(declaration.end, declaration.node.end)


def _reversed(point: Point) -> Point:
    return -point[0], -point[1]


def _location(file: OpenFile, found: Declaration | Occurrence) -> types.Location:
    lines = file.pack.lines(found.file)
    return types.Location(file.pack.uri(found.file), file.positions.range(lines, found.start, found.end))
