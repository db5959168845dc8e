"""What is accepted at first sight is what jsonschema finds no mistake in: two readings of the same schemas."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hiprun.language.compiled_schemas import accepts
from hiprun.language.file_kinds import KINDS
from hiprun.language.reader.pack_reader import read_documents
from hiprun.language.schema_validation import check
from hiprun.language.syntax import Document, parse
from hiprun.model.places import SourceText

ROOT = Path(__file__).parents[3]
PACKS = [ROOT / "rules", *(path for path in (ROOT / "tests" / "packs").iterdir() if path.is_dir())]
OTHERS: tuple[Any, ...] = (
    True, 0, 1, -1, Fraction(1, 2), "", "x", "Not a name", "a_name\n", "no_match", [], ["x"], ["x", "x"], [1, 2, 3],
    {}, {"x": 1}, {"at_least": 3}, {"between": [1, 2]}, {"all": []}, {"all": [{"x": True}]}, {"not": {"x": True}},
    {"formula": "x"}, [{"x": True}], {"any": {}}, {"type": "boolean"},
)  # fmt: skip


def documents() -> Iterator[Document]:
    """Yield every document of every pack here, and the broken ones that can be read."""
    for pack in PACKS:
        yield from read_documents(pack).documents
    for path in sorted((ROOT / "tests" / "broken").rglob("*.yaml")):
        document, _ = parse(SourceText(path.name, path.read_bytes().decode("utf-8", "replace")))
        if document is not None and document.kind in KINDS:
            yield document


def inner(value: Any) -> Iterator[dict[Any, Any] | list[Any]]:
    """Yield every mapping and list within a value."""
    if isinstance(value, dict | list):
        yield value
        for part in value.values() if isinstance(value, dict) else value:
            yield from inner(part)


def changed(data: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Return the data with one value replaced, removed, renamed, repeated or added, anywhere but in its kind."""
    data = copy.deepcopy(data)
    parts = [part for part in inner(data) if part]
    part = rng.choice(parts)
    key: Any = rng.choice(list(part)) if isinstance(part, dict) else rng.randrange(len(part))
    match rng.randrange(5):
        case 0:
            part[key] = copy.deepcopy(rng.choice(OTHERS))
        case 1 if len(part) > 1 and not (part is data and key == next(iter(data))):
            del part[key]
        case 2 if isinstance(part, dict) and part is not data:
            part[rng.choice(("x", "", "when", "then", "Not a name", "otherwise"))] = part.pop(key)
        case 3 if isinstance(part, list):
            part.append(part[key])
        case _ if isinstance(part, dict):
            part[rng.choice(("x", "when", "then", "if", "rules", "table", "unit", "otherwise"))] = rng.choice(OTHERS)
    return data


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_can_be_turned_into_a_function(kind: str) -> None:
    """No schema uses a keyword that has no meaning here."""
    assert not accepts(kind, {})
    assert not accepts(kind, [])


def test_both_readings_agree() -> None:
    """On every document, right or wrong, and on each with single changes anywhere."""
    rng = random.Random(1)
    accepted = refused = 0
    for document in documents():
        for round in range(5):
            data = changed(document.data, rng) if round else document.data
            current = Document(document.source, data, document.places, document.keys)
            if current.kind not in KINDS:
                continue
            right = not check(current)
            assert accepts(current.kind, data) is right, (document.source.file, data)
            accepted, refused = accepted + right, refused + (not right)
    assert accepted > 150
    assert refused > 500
