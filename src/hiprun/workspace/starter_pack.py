"""A small pack to begin with: facts, a decision, statements, cases and a property, which check, pass and are proved."""

from __future__ import annotations

import importlib.resources
import re
from importlib.resources.abc import Traversable

from hiprun.workspace.workspace import Workspace, workspace_of

_PACK = "pack.yaml"
_LONGEST = 100


def starter_pack(name: str, title: str) -> Workspace:
    """Return a small pack called `name`, with mistakes if it cannot have that name or title."""
    starter = importlib.resources.files("hiprun.workspace") / "starter"
    workspace = workspace_of({path: text.read_text(encoding="utf-8") for path, text in _files(starter)})
    workspace = workspace.edited(workspace.set_value(_PACK, ("pack",), name))
    return workspace.edited(workspace.set_value(_PACK, ("title",), title))


def pack_name(words: str) -> str:
    """Return a name that a pack can have, made from any words; `my-rules` if nothing in them can be used.

    >>> pack_name("Fern Rules_2"), pack_name("2nd!"), pack_name("…")
    ('fern-rules-2', 'my-2nd', 'my-rules')
    """
    name = "-".join(re.findall("[a-z0-9]+", words[:_LONGEST].lower())) or "my-rules"
    return name if name[0].isalpha() else f"my-{name}"


def _files(folder: Traversable, prefix: str = "") -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _files(entry, f"{prefix}{entry.name}/")
        else:
            found.append((f"{prefix}{entry.name}", entry))
    return found
