"""The page on the rule language names every word of the kinds of files whose words stand in tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")


def words(schema: Any) -> Iterator[str]:
    """Yield every key and every choice of words that a schema of a kind knows."""
    if isinstance(schema, list):
        for entry in schema:
            yield from words(entry)
    elif isinstance(schema, dict):
        yield from schema.get("properties", {})
        yield from (word for word in schema.get("enum", ()) if isinstance(word, str))
        for name, inner in schema.items():
            if name not in ("enum", "examples"):
                yield from words(inner)


@pytest.mark.parametrize("kind", ["diary", "stages"])
def test_every_word_stands_on_the_page(kind: str) -> None:
    """What the schema of a kind allows is explained in its section."""
    text = (ROOT / "src" / "hiprun" / "language" / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8")
    section = PAGE.split(f"\n## {kind}\n")[1].split("\n## ")[0]
    days = {"tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
    missing = {word for word in words(json.loads(text)) if not re.search(rf"\b{word}\b", section)}
    assert missing - days - {"boolean", "integer", "string", "date", "lower", "later", "earlier", "higher"} == set()
