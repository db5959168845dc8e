"""One entry of a rule file as text that somebody edits: a rule, a row, a fact, a case, without what is around it."""

from __future__ import annotations

import attrs

from hiprun.language.syntax import Path
from hiprun.workspace import TextEdit, Workspace


@attrs.frozen
class EntryText:
    """An entry as it is written, moved to the left margin; `start` and `end` say where it is in its file."""

    file: str
    text: str
    start: tuple[int, int]
    end: tuple[int, int]
    first_line: int

    def replaced(self, text: str) -> TextEdit:
        """Return the edit that puts another text in its place, as far to the right as it was."""
        indent = " " * (self.start[1] - 1)
        lines = text.replace("\r\n", "\n").rstrip().split("\n")
        moved = [lines[0], *(f"{indent}{line}" if line.strip() else "" for line in lines[1:])]
        return TextEdit(self.file, self.start, self.end, "\n".join(moved))


def entry_text(workspace: Workspace, file: str, path: Path) -> EntryText | None:
    """Return the entry at a path, with its name if it has one; None if there is none."""
    tree = workspace.tree(file)
    node = tree.at(path) if tree and path else None
    if tree is None or node is None:
        return None
    parent = tree.at(path[:-1])
    start = node.start
    entries = getattr(parent, "entries", ())
    for entry in entries:
        if entry.key.text == path[-1]:
            start = entry.key.start
    lines = workspace.text(file).replace("\r\n", "\n").replace("\r", "\n").split("\n")[start[0] - 1 : node.end[0]]
    lines[-1] = lines[-1][: node.end[1] - 1]
    lines[0] = lines[0][start[1] - 1 :]
    rest = [line[start[1] - 1 :] if not line[: start[1] - 1].strip() else line for line in lines[1:]]
    return EntryText(file, "\n".join([lines[0], *rest]), start, node.end, start[0])
