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
            from hiprun.language.checked_form_files import complete_form
            from hiprun.language.engine_digest import ENGINE_FILE, source_digest
            from hiprun.language.reader.pack_reader import model_of_files
            from hiprun.language.rule_files import CHECKED_FORM, read_files
        finally:
            sys.path.pop(0)
        self._folder = tempfile.TemporaryDirectory()
        files, problems = read_files(root / "rules")
        contents = {
            f"hiprun/rules/{CHECKED_FORM}": complete_form(model_of_files(files, problems), files),
            f"hiprun/{ENGINE_FILE}": source_digest(str(root / "src" / "hiprun")).encode("ascii"),
        }
        for place, content in contents.items():
            made = Path(self._folder.name) / Path(place).name
            made.write_bytes(content)
            build_data["force_include"][str(made)] = place
