"""What an editor knows about the fields of a diary."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import hiprun
from hiprun.language.editor_schema import editor_schema


@pytest.fixture(scope="module")
def plot(root: Path) -> hiprun.Pack:
    """A small pack with a diary."""
    return hiprun.load(root / "tests" / "packs" / "plot")


def test_a_field_that_means_the_same_in_two_kinds_of_entries_is_described_once(
    plot: hiprun.Pack, hip: hiprun.Pack
) -> None:
    """A field declared alike in two kinds of entries has one description in an editor, otherwise one for each."""
    fields = {}
    for pack in (plot, hip):
        schema = editor_schema(pack.model, "diary")
        Draft202012Validator.check_schema(schema)
        fields[pack] = schema["$defs"]["condition"]["properties"]
    assert fields[plot]["wilt"]["description"] == "(0 to 10)"
    assert [asked["description"] for asked in fields[hip]["pain"]["anyOf"]] == [
        "Pain while running, 0 for none (0 to 10) [pain score]",
        "Pain in everyday life, 0 for none (0 to 10) [pain score]",
    ]
