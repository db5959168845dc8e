"""A pack that is read, written and read again says the same."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

import hiprun
from hiprun.export import files, write
from hiprun.model import Model
from hiprun.pack import Pack
from hiprun.strategies import pack_files, packs
from hiprun.strategies.packs import model_of

ROOT = Path(__file__).parent.parent.parent
FOLDERS = [
    ROOT / "rules",
    *sorted(file.parent for tree in ("tests/packs", "examples") for file in (ROOT / tree).rglob("pack.yaml")),
]
MANY = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_real_pack_comes_back_from_its_own_files(folder: Path, tmp_path: Path) -> None:
    """Written out and loaded again, a pack is equal, down to the digest and to every case."""
    pack = hiprun.load(folder)
    write(files(pack.model), tmp_path)
    again = hiprun.load(tmp_path)
    for name in attrs.fields_dict(Model):
        assert getattr(again.model, name) == getattr(pack.model, name)
    assert again.digest == pack.digest


@MANY
@given(packs())
def test_a_made_up_pack_comes_back_from_its_own_files(pack: Pack) -> None:
    """Whatever constructs a pack uses, writing it loses none of them, and writing it twice changes nothing."""
    written = files(pack.model)
    again = Pack(model_of(written))
    assert again.model == pack.model
    assert again.digest == pack.digest
    assert files(again.model) == written


@settings(MANY, max_examples=10)
@given(pack_files())
def test_made_up_files_load_from_a_folder(made: dict[str, str]) -> None:
    """What is made in memory is what `hiprun.load` finds on disk, without a single mistake."""
    with TemporaryDirectory() as folder:
        write(made, Path(folder))
        loaded = hiprun.load(folder)
    assert loaded.model == model_of(made)
