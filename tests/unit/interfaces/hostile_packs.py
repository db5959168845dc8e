"""Packs in which every text is an attack: on HTML, XML, scripts, attributes, templates and spreadsheets at once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from hiprun.language.reader.pack_reader import read_model
from hiprun.language.writer import as_json

HOSTILE = (
    "=1+1\"' onfocus=alert(1) x=</title></textarea></style></script><script>alert(1)</script>"
    "<img src=x onerror=alert(1)>&lt;]]>-->`${{alert(1)}}{{7*7}}{{%x%}}"
)
_TEXTS = {
    "ask",
    "because",
    "title",
    "notice",
    "interpretation",
    "unmet",
    "origin",
    "guidance",
    "properties",
    "cases",
    "diary",
}
_TEXTS_BY_NAME = {"statements", "activities", "starts"}


def write(source: Path, target: Path) -> Path:
    """Write the pack at `source` to `target`, every text in it replaced, and return `target`."""
    target.mkdir()
    for name, document in json.loads(as_json(read_model(source))).items():
        text = json.dumps(_attacked(document), indent=1)
        # dates are not texts in rule files
        text = re.sub(r'"(\d{4}-\d\d-\d\d)"', r"\1", text)
        (target / name.replace("/", "-")).write_text(text, encoding="utf-8")
    return target


def _attacked(value: Any, key: str = "") -> Any:
    if key == "result":  # its `unmet` is a name
        return value
    if key in _TEXTS and isinstance(value, str):
        return HOSTILE
    if key in _TEXTS_BY_NAME:
        return dict.fromkeys(value, HOSTILE)
    if key == "choices":
        return {name: f"{HOSTILE}{name}" for name in value}
    if isinstance(value, dict):
        return {name: _attacked(entry, name) for name, entry in value.items()}
    if isinstance(value, list):
        return [_attacked(entry) for entry in value]
    return value
