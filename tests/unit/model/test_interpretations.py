"""Whatever says how it reads the guidance is found by citations, and keeps it when the files are written again."""

from __future__ import annotations

from pathlib import Path

import pytest

import hiprun
from hiprun.language.writer import files, write
from hiprun.model.citations import citations

from .. import small_packs

CONSTRAINTS = """\
constraints:
  - {id: old, never: {dry: true, rings: 0}, because: So it is., interpretation: Seedlings are wet.}
"""
PROPERTIES = """\
properties: What holds
always:
  - {id: known, then: {care.needed: {has_value: true}}, interpretation: Care is needed or it is not.}
"""
CASES = (
    small_packs.CALM
    + '  - {id: dry, facts: {dry: true}, expect: {care: {needed: false}}, interpretation: "It can wait."}\n'
)
KEPT = {
    ("constraint", "old"): "Seedlings are wet.",
    ("property", "known"): "Care is needed or it is not.",
    ("case", "dry"): "It can wait.",
}


@pytest.fixture(name="pack")
def _pack(tmp_path: Path) -> hiprun.Pack:
    care = small_packs.rule("{windy: true}")
    return small_packs.load(tmp_path / "a", constraints=CONSTRAINTS, properties=PROPERTIES, cases=CASES, care=care)


def test_interpretations_are_kept(pack: hiprun.Pack, tmp_path: Path) -> None:
    """Those of constraints, properties and cases too, and a pack that is written and read again has the same."""
    write(files(pack.model), tmp_path / "b")
    for each in (pack, hiprun.load(tmp_path / "b")):
        assert {(entry.kind, entry.name): entry.interpretation for entry in citations(each.model)} == KEPT


def test_an_interpretation_is_part_of_what_a_pack_says(pack: hiprun.Pack, tmp_path: Path) -> None:
    """The digest knows that of a constraint, and not that of a case."""
    care = small_packs.rule("{windy: true}")
    other = CONSTRAINTS.replace("Seedlings are wet.", "Nobody knows.")
    changed = small_packs.load(tmp_path / "c", constraints=other, properties=PROPERTIES, cases=CASES, care=care)
    assert changed.digest != pack.digest
    case = CASES.replace("It can wait.", "It cannot.")
    same = small_packs.load(tmp_path / "d", constraints=CONSTRAINTS, properties=PROPERTIES, cases=case, care=care)
    assert same.digest == pack.digest
