"""From a folder of rule files to a pack."""

from __future__ import annotations

import os

from hiprun.language.precompiled import load_precompiled
from hiprun.pack import Pack


def load(path: str | os.PathLike[str] | None = None) -> Pack:
    """Return the pack in the folder or zip file `path`, or the one that comes with hiprun.

    Raises `RuleError` with every mistake in every file; a pack is loaded completely or not at all.
    """
    model = load_precompiled() if path is None else None
    if model is None:
        from hiprun.language.reader import read_model  # imports much that rules in checked form can do without

        model = read_model(path)
    return Pack(model)
