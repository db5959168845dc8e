"""What helps while writing: completions, what a word means, the first words of cited statements, and mending."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from lsprotocol import types

from hiprun.errors import Problem
from hiprun.interfaces.language_server.diagnostics import diagnostic_of
from hiprun.interfaces.language_server.navigation import named_at, workspace_edit
from hiprun.interfaces.language_server.open_packs import OpenFile
from hiprun.workspace import Completion, Description

_FIRST_WORDS = 45
_MOST_MENDED = 8
"""Of the problems in the part of a file that fixes are asked for."""

_COMPLETION_KINDS: Mapping[str, types.CompletionItemKind] = {
    "name": types.CompletionItemKind.Variable,
    "word": types.CompletionItemKind.Keyword,
    "value": types.CompletionItemKind.EnumMember,
}
_MARKUP = re.compile(r"([\\`*_\[\]<>|~&]|^[-+#=](?=\s)|(?<=^[0-9])[.)](?=\s))")


def completions(file: OpenFile, position: types.Position) -> types.CompletionList:
    """Return what could be written at a position."""
    line, column = file.positions.point(file.lines, position)
    found = file.pack.workspace.completions(file.name, line, column)
    return types.CompletionList(
        is_incomplete=False, items=[_item(file, number, completion) for number, completion in enumerate(found)]
    )


def _item(file: OpenFile, number: int, completion: Completion) -> types.CompletionItem:
    extent = file.positions.range(file.lines, completion.start, completion.end)
    return types.CompletionItem(
        label=completion.label,
        label_details=types.CompletionItemLabelDetails(description=completion.detail or None),
        kind=_COMPLETION_KINDS[completion.kind],
        detail=completion.detail or None,
        sort_text=f"{number:05}",
        filter_text=completion.label,
        text_edit=types.TextEdit(extent, completion.text),
    )


def hover(file: OpenFile, position: types.Position) -> types.Hover | None:
    """Return what the name at a position stands for."""
    named = named_at(file, position)
    if named is None:
        return None
    description = file.pack.workspace.describe(named.symbol)
    return types.Hover(
        types.MarkupContent(types.MarkupKind.Markdown, "\n\n".join(_paragraphs(description))),
        file.positions.range(file.lines, named.start, named.end),
    )


def _paragraphs(description: Description) -> Iterator[str]:
    """Yield what is known about a name as paragraphs of Markdown; texts of a pack are never markup."""
    values = f": {_plain(description.values)}" if description.values else ""
    yield f"**{_plain(str(description.symbol))}** ({description.noun}){values}"
    if description.text:
        yield _plain(description.text)
    if description.choices:
        choices = (f"- {_code(name)}{f': {_plain(text)}' if text else ''}" for name, text in description.choices)
        yield "\n".join(choices)
    if description.because:
        yield f"Why: {_plain(description.because)}"
    if description.used_by:
        users = ", ".join(f"{_plain(symbol.name)} ({symbol.kind})" for symbol in description.used_by)
        more = f" and {description.more_users} more" if description.more_users else ""
        yield f"Used by {users}{more}"


def _code(name: str) -> str:
    """Return a name as code; one that could end the code too early, as text."""
    return _plain(name) if "`" in name else f"`{' '.join(name.split())}`"


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def inlay_hints(file: OpenFile, extent: types.Range) -> list[types.InlayHint]:
    """Return the first words of each statement that is cited in a part of a file, after its id."""
    workspace, hints = file.pack.workspace, []
    first, last = extent.start.line + 1, extent.end.line + 1
    for found in workspace.names.occurrences_in(file.name):
        if found.symbol.kind == "statement" and not found.declares and first <= found.end[0] <= last:
            text = workspace.describe(found.symbol).text
            words = text if len(text) <= _FIRST_WORDS else f"{text[:_FIRST_WORDS].rsplit(' ', 1)[0]} …"
            position = file.positions.position(file.lines, found.end)
            hints.append(types.InlayHint(position, f"({words})", padding_left=True, tooltip=text))
    return hints


def code_actions(file: OpenFile, extent: types.Range) -> list[types.CodeAction]:
    """Return the ways to mend the problems in a part of a file, each as an edit that has been tried."""
    workspace = file.pack.workspace
    actions: list[types.CodeAction] = []
    within = (problem for problem in workspace.problems if _is_within(file, problem, extent))
    for problem in islice(within, _MOST_MENDED):
        diagnostic = diagnostic_of(file.pack, file.positions, problem, types.DiagnosticSeverity.Error)
        for number, fix in enumerate(workspace.fixes(problem)):
            actions.append(
                types.CodeAction(
                    title=fix.title,
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[diagnostic],
                    edit=workspace_edit(file, fix.edits),
                    is_preferred=number == 0,
                )
            )
    return actions


def _is_within(file: OpenFile, problem: Problem, extent: types.Range) -> bool:
    place = problem.place
    if place is None or place.file != file.name:
        return False
    own = file.positions.place_range(file.lines, place)
    return (own.start.line, own.start.character) <= (extent.end.line, extent.end.character) and (
        extent.start.line,
        extent.start.character,
    ) <= (own.end.line, own.end.character)
