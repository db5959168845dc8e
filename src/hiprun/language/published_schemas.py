"""The published JSON Schemas of rule files, as data."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

ADDRESS = "https://hiprun.dev/schema/1/"


def schema(name: str) -> dict[str, Any]:
    """Return the published JSON Schema of a kind of file, or `common` for what they share.

    >>> schema("facts")["title"]
    'Facts'
    """
    content = files("hiprun").joinpath("language", "schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    return json.loads(content)  # type: ignore[no-any-return]
