"""A small pack to begin with: facts, a decision, statements, cases and a property, which check, pass and are proved."""

from __future__ import annotations

import importlib.resources
import re
from importlib.resources.abc import Traversable

from hiprun.workspace.workspace import workspace_of

_PACK = "pack.yaml"


def starter_pack(name: str, title: str) -> dict[str, str]:
    """Return the texts of a small pack called `name`, by file name within its folder."""
    starter = importlib.resources.files("hiprun.workspace") / "starter"
    workspace = workspace_of({path: text.read_text(encoding="utf-8") for path, text in _files(starter)})
    workspace = workspace.edited(workspace.set_value(_PACK, ("pack",), name))
    workspace = workspace.edited(workspace.set_value(_PACK, ("title",), title))
    return {file: workspace.text(file) for file in workspace.texts}


def pack_name(words: str) -> str:
    """Return a name that a pack can have, made from any words; `my-rules` if nothing in them can be used.

    >>> pack_name("Fern Rules_2"), pack_name("2nd!"), pack_name("…")
    ('fern-rules-2', 'my-2nd', 'my-rules')
    """
    name = "-".join(re.findall("[a-z0-9]+", words.lower())) or "my-rules"
    return name if name[0].isalpha() else f"my-{name}"


def _files(folder: Traversable, prefix: str = "") -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _files(entry, f"{prefix}{entry.name}/")
        else:
            found.append((f"{prefix}{entry.name}", entry))
    return found
