"""The user's cache of checked forms: used where nobody else could have written it, bounded, and never in the way."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from hiprun.language import checked_form_cache
from hiprun.language.checked_form_cache import cache_folder, cached_form, keep_form

KEY = "a" * 64


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that is empty and does not exist yet."""
    chosen = tmp_path / "new" / "cache"
    monkeypatch.setenv("HIPRUN_CACHE", str(chosen))
    return chosen


def test_what_was_kept_comes_back(folder: Path) -> None:
    """The folder is made for the user alone, and nothing else is in it."""
    assert cached_form(KEY) is None
    keep_form(KEY, b"form")
    assert cached_form(KEY) == b"form"
    assert [path.name for path in folder.iterdir()] == [f"hiprun-{KEY}.json"]
    assert folder.stat().st_mode & 0o777 == 0o700


def test_it_can_be_turned_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written, and what is there is not read."""
    keep_form(KEY, b"form")
    monkeypatch.setenv("HIPRUN_CACHE", "off")
    assert cached_form(KEY) is None
    keep_form("b" * 64, b"form")
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("mode", [0o770, 0o702])
def test_a_folder_that_others_can_write_to_is_not_believed(folder: Path, mode: int) -> None:
    """Whoever can write there could put any rules in, so it is neither read nor written."""
    keep_form(KEY, b"form")
    folder.chmod(mode)
    assert cached_form(KEY) is None
    keep_form("b" * 64, b"form")
    assert len(list(folder.iterdir())) == 1


def test_a_file_that_others_can_write_to_is_not_believed(folder: Path) -> None:
    """As with the folder."""
    keep_form(KEY, b"form")
    next(folder.iterdir()).chmod(0o666)
    assert cached_form(KEY) is None


@pytest.mark.parametrize("changed", ["folder", "file"])
def test_what_belongs_to_someone_else_is_not_believed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    """Even if only its owner can write it."""
    keep_form(KEY, b"form")
    stated = "lstat" if changed == "folder" else "fstat"
    real = getattr(os, stated)

    def of_someone_else(*arguments: object) -> os.stat_result:
        status = real(*arguments)
        return os.stat_result((*status[:4], status.st_uid + 1, *status[5:]))

    monkeypatch.setattr(os, stated, of_someone_else)
    assert cached_form(KEY) is None


def test_links_are_not_followed(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a folder nor a file is taken from elsewhere."""
    keep_form(KEY, b"form")
    (folder / f"hiprun-{KEY}.json").rename(tmp_path / "elsewhere")
    (folder / f"hiprun-{KEY}.json").symlink_to(tmp_path / "elsewhere")
    assert cached_form(KEY) is None
    monkeypatch.setenv("HIPRUN_CACHE", str(tmp_path / "link"))
    (tmp_path / "link").symlink_to(folder)
    keep_form("b" * 64, b"form")
    assert cached_form("b" * 64) is None


def test_a_pipe_in_the_cache_keeps_nobody_waiting(folder: Path) -> None:
    """Whatever is no ordinary file is left alone."""
    keep_form(KEY, b"form")
    (folder / f"hiprun-{KEY}.json").unlink()
    os.mkfifo(folder / f"hiprun-{KEY}.json", 0o600)
    assert cached_form(KEY) is None


def test_what_cannot_be_written_is_no_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk or a folder without permission: nothing is kept, and nothing is left over."""
    keep_form(KEY, b"form")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    keep_form("b" * 64, b"form")
    assert [path.name for path in folder.iterdir()] == [f"hiprun-{KEY}.json"]
    monkeypatch.setenv("HIPRUN_CACHE", str(folder / f"hiprun-{KEY}.json" / "below a file"))
    keep_form(KEY, b"form")
    assert cached_form(KEY) is None


def test_a_form_beyond_the_bound_is_neither_kept_nor_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory that reading takes is bounded."""
    keep_form(KEY, b"form")
    monkeypatch.setattr(checked_form_cache, "MOST_FORM_BYTES", 3)
    assert cached_form(KEY) is None
    keep_form("b" * 64, b"form")
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(("bound", "most"), [("MOST_FORMS", 2), ("MOST_BYTES_OF_FORMS", 9)])
def test_the_oldest_make_room(folder: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int) -> None:
    """The cache is bounded in files and in bytes; files that are not its own stay."""
    folder.mkdir(parents=True, mode=0o700)
    (folder / "notes.txt").write_text("mine")
    for age, name in enumerate("abc"):
        keep_form(name * 64, b"form")
        os.utime(folder / f"hiprun-{name * 64}.json", ns=(age, age))
    monkeypatch.setattr(checked_form_cache, bound, most)
    keep_form("d" * 64, b"form")
    assert {path.name[:8] for path in folder.iterdir()} == {"notes.tx", "hiprun-c", "hiprun-d"}


def test_many_can_write_at_once(folder: Path) -> None:
    """Whoever reads meanwhile sees a whole form or none."""
    seen: set[bytes | None] = set()

    def write_and_read(letter: bytes) -> None:
        for _ in range(20):
            keep_form(KEY, letter * 100_000)
            seen.add(cached_form(KEY))

    threads = [threading.Thread(target=write_and_read, args=(letter,)) for letter in (b"x", b"y", b"z")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= {letter * 100_000 for letter in (b"x", b"y", b"z")}
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(
    ("platform", "variable", "value", "expected"),
    [
        ("linux", "XDG_CACHE_HOME", "/caches", "/caches"),
        ("linux", "XDG_CACHE_HOME", "not/absolute", "/home/me/.cache"),
        ("linux", "XDG_CACHE_HOME", "", "/home/me/.cache"),
        ("darwin", "XDG_CACHE_HOME", "/caches", "/home/me/Library/Caches"),
        ("win32", "LOCALAPPDATA", "C:/Local", "C:/Local"),
        ("win32", "LOCALAPPDATA", "", "/home/me/AppData/Local"),
    ],
)
def test_it_is_where_caches_are(
    monkeypatch: pytest.MonkeyPatch, platform: str, variable: str, value: str, expected: str
) -> None:
    """Each system has a place for what programs can make again."""
    monkeypatch.delenv("HIPRUN_CACHE")
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv(variable, value)
    monkeypatch.setattr("sys.platform", platform)
    assert cache_folder() == f"{expected}/hiprun"


def test_without_a_home_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some services run for nobody."""
    monkeypatch.delenv("HIPRUN_CACHE")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert cache_folder() is None
    assert cached_form(KEY) is None
    keep_form(KEY, b"form")
