"""A pack is the same whichever way it was loaded, and rules that were checked before are not checked again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import hiprun
from hiprun.language.reader import pack_reader


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("HIPRUN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function after which no YAML can be read."""

    def forbid() -> None:
        monkeypatch.setattr(pack_reader, "check_files", None)

    return forbid


def test_a_second_start_reads_no_yaml(greenhouse_folder: Path, cache: Path, unread: Callable[[], None]) -> None:
    """The checked form in the user's cache gives the same pack."""
    first = hiprun.load(greenhouse_folder)
    assert len(list(cache.iterdir())) == 1
    unread()
    second = hiprun.load(greenhouse_folder)
    assert second.model == first.model
    assert second.digest == first.digest
    assert second.evaluate({}).to_dict() == first.evaluate({}).to_dict()
    with pytest.raises(TypeError):
        hiprun.load(greenhouse_folder, cache=False)


def test_without_the_cache_nothing_is_written(greenhouse_folder: Path, cache: Path) -> None:
    """`cache=False` leaves no trace."""
    hiprun.load(greenhouse_folder, cache=False)
    assert not cache.exists()


def test_a_copy_of_a_pack_shares_its_form(
    greenhouse_folder: Path, tmp_path: Path, cache: Path, unread: Callable[[], None]
) -> None:
    """The form belongs to what is in the files; places name the folder that was loaded."""
    hiprun.load(greenhouse_folder)
    shutil.copytree(greenhouse_folder, tmp_path / "copied")
    unread()
    pack = hiprun.load(tmp_path / "copied")
    assert pack.facts["season"].place.file.startswith("copied/")


def test_an_edited_pack_is_read_again(changed_greenhouse: Callable[..., Path], cache: Path) -> None:
    """What was kept for the old files is left aside."""
    folder = changed_greenhouse("pack.yaml", "language: 1", "language: 1")
    before = hiprun.load(folder)
    changed_greenhouse("pack.yaml", before.title, "Another title")
    assert hiprun.load(folder).title == "Another title"


@pytest.mark.parametrize("position", [0, 70, -5])
def test_a_changed_byte_in_the_cache_is_not_believed(greenhouse_folder: Path, cache: Path, position: int) -> None:
    """The rules are read again, and the form is put right."""
    expected = hiprun.load(greenhouse_folder).model
    (path,) = cache.iterdir()
    whole = path.read_bytes()
    content = bytearray(whole)
    content[position] ^= 1
    path.write_bytes(content)
    assert hiprun.load(greenhouse_folder).model == expected
    assert path.read_bytes() == whole


def test_mistakes_are_never_kept(changed_greenhouse: Callable[..., Path], cache: Path) -> None:
    """A pack with mistakes has no checked form."""
    folder = changed_greenhouse("more.yaml", "", "facts: {}\n")
    with pytest.raises(hiprun.RuleError):
        hiprun.load(folder)
    assert not cache.exists()
    with pytest.raises(hiprun.RuleError):
        hiprun.load(folder / "nothing")


def test_what_was_prepared_while_loading_is_not_prepared_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decisions whose size only preparing can tell are prepared once."""
    prepared: list[str] = []
    real = hiprun.inference.grounding._grounded

    def counting(decisions: object, decision: hiprun.Decision) -> object:
        prepared.append(decision.name)
        return real(decisions, decision)

    monkeypatch.setattr("hiprun.inference.grounding._grounded", counting)
    pack = hiprun.load(root / "rules", cache=False)
    assert prepared
    pack.evaluate({})
    assert sorted(prepared) == sorted(set(prepared) | set(pack.decisions))


def test_two_processes_can_start_at_once(greenhouse_folder: Path, cache: Path) -> None:
    """Both load the pack, and one form is kept."""
    command = [sys.executable, "-c", f"import hiprun; print(hiprun.load({str(greenhouse_folder)!r}).digest)"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    digests = {process.communicate()[0] for process in processes}
    assert digests == {f"{hiprun.load(greenhouse_folder).digest}\n"}
    assert len(list(cache.iterdir())) == 1
