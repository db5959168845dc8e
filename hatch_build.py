"""Validates the rules while the wheel is built and lays their checked form beside them, so that no start has to."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CheckedRules(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the checked form to the wheel; a working copy does without, since its rules are being edited."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Read, check and store the rules."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        try:
            from hiprun.language.precompiled import FILE, precompiled_form
            from hiprun.language.reader import read_model
        finally:
            sys.path.pop(0)
        self._folder = tempfile.TemporaryDirectory()
        made = Path(self._folder.name) / FILE
        made.write_bytes(precompiled_form(read_model(root / "rules"), str(root / "rules")))
        build_data["force_include"][str(made)] = f"hiprun/rules/{FILE}"
