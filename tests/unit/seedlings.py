"""Seedlings that are put out into the open step by step: a small pack, and what can be known of them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import hiprun

FOLDER = Path(__file__).parent.parent / "packs" / "seedlings"
INDOORS: dict[str, Any] = {
    "place": "indoors",
    "leaves": "firm",
    "sturdy": False,
    "frost": False,
    "storm": False,
    "pests": False,
    "weeks_old": 4,
    "days_old": 28,
    "days_here": 3,
    "times_here": 3,
    "days_since_outside": 400,
    "hours_last_week": 0,
    "sun_last_week": 0,
}
SHADE = INDOORS | {"place": "shade", "shelf": 1, "sturdy": True, "days_here": 0, "times_here": 0}
SUN = SHADE | {"place": "sun", "hours_last_week": 6, "sun_last_week": 40, "days_since_outside": 3}


def load() -> hiprun.Pack:
    """Return the pack as it is."""
    return hiprun.load(FOLDER)


def changed(folder: Path, *changes: tuple[str, str, str]) -> hiprun.Pack:
    """Return the pack with text in its files replaced, or with other files in it: file, old text, new text."""
    folder = folder / "seedlings"
    shutil.copytree(FOLDER, folder)
    for file, old, new in changes:
        path = folder / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert old in text
        path.write_text(text.replace(old, new) if old else new, encoding="utf-8")
    return hiprun.load(folder)
