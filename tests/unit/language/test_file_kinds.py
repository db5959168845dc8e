"""Every kind of rule file is complete: a schema, a section, a sample, reading and exporting."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

import attrs
import pytest

from hiprun.language.checked_form import precompiled, precompiled_form
from hiprun.language.file_kinds import KINDS, DecisionPart
from hiprun.language.published_schemas import schema
from hiprun.language.reader.pack_reader import read_documents, read_model
from hiprun.language.rule_files import read_files
from hiprun.language.writer import documents, files, write
from hiprun.model import NO_RESULT, DecisionKind, Model
from hiprun.model.digest import digest
from hiprun.model.stages import PROJECTS_FROM, ProjectionKind

ROOT = Path(__file__).parent.parent.parent.parent
SAMPLES = {folder.name: folder for folder in (ROOT / "rules", *sorted((ROOT / "tests" / "packs").iterdir()))}
SHARED = {"advice", "common", "outcome"}
"""Schemas that are not those of a kind of file."""


@cache
def model(sample: str) -> Model:
    """Return the model of a sample pack."""
    return read_model(SAMPLES[sample])


@cache
def kinds_of(sample: str) -> frozenset[str]:
    """Return the kinds of files that a sample pack has."""
    return frozenset(document.kind for document in read_documents(SAMPLES[sample]).documents)


def test_every_kind_has_a_schema_and_every_schema_a_kind() -> None:
    """There is a published schema for each kind, for what they share, and for outcomes."""
    folder = ROOT / "src" / "hiprun" / "language" / "schemas"
    assert {path.name.removesuffix(".schema.json") for path in folder.iterdir()} == {*KINDS} | SHARED


def test_every_kind_has_its_section_in_the_language_page() -> None:
    """The language page describes the kinds of files in the order of the table."""
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    assert [title for title in re.findall(r"^## (.+)$", page, re.MULTILINE) if title in KINDS] == [*KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_shown_by_a_sample_pack(kind: str) -> None:
    """Each kind of file occurs in at least one pack of the tests."""
    assert [sample for sample in SAMPLES if kind in kinds_of(sample)], f"no sample pack has a file of {kind}"


@pytest.mark.parametrize("kind", KINDS)
def test_entries_of_a_kind_are_where_its_record_says(kind: str) -> None:
    """Only lists and mappings with free names can be recovered entry by entry."""
    entries = KINDS[kind].entries
    if entries is not None:
        held: Mapping[str, Any] = schema(kind)["properties"][entries]
        assert held["type"] == "array" or held["additionalProperties"] is not False


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES)
def test_what_is_read_is_written_again_in_files_of_the_same_kinds(sample: str, tmp_path: Path) -> None:
    """An exported pack has files of the same kinds and the same meaning."""
    assert {next(iter(data)) for data in documents(model(sample)).values()} == kinds_of(sample)
    write(files(model(sample)), tmp_path)
    assert read_model(tmp_path) == model(sample)


def defaults() -> dict[str, Any]:
    """Return each part of a model as it is when no file mentions it, but for what only a translation has."""
    empty = Model("", "", "")
    fields = [field.name for field in attrs.fields(Model) if field.name != "untranslated"]
    return {name: getattr(empty, name) for name in fields}


@pytest.mark.parametrize("part", defaults())
def test_every_part_of_a_model_is_shown_by_a_sample_pack(part: str) -> None:
    """The samples together fill every part of a model, so these tests notice a part that is lost."""
    assert [sample for sample in SAMPLES if getattr(model(sample), part) != defaults()[part]], part


@pytest.mark.parametrize(("sample", "part"), [*itertools.product(SAMPLES, defaults())])
def test_the_digest_depends_on_every_part_that_can_show(sample: str, part: str) -> None:
    """Removing a part changes the digest, except for parts declared not to affect any result."""
    without = attrs.evolve(model(sample), **{part: defaults()[part]})
    marked = attrs.fields_dict(Model)[part].metadata.get(NO_RESULT, False)
    assert (digest(without) == digest(model(sample))) is (marked or without == model(sample))


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_checked_form_holds_every_part(sample: str, tmp_path: Path) -> None:
    """A pack in checked form is restored unchanged."""
    folder = tmp_path / sample
    shutil.copytree(SAMPLES[sample], folder)
    files, _ = read_files(folder)
    found = precompiled(precompiled_form(model(sample), files), files)
    assert found is not None
    assert found.model == model(sample)


def test_every_kind_of_decision_comes_from_one_kind_of_file() -> None:
    """Every kind of decision belongs to exactly one kind of file."""
    made = [name for kind in KINDS.values() if isinstance(kind.content, DecisionPart) for name in kind.content.makes]
    assert sorted(made) == sorted(get_args(DecisionKind))


def test_every_kind_of_projection_is_listed() -> None:
    """What a plan can project is in one list, with what each kind names."""
    assert set(PROJECTS_FROM) == set(get_args(ProjectionKind))
