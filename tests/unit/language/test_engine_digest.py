"""A checked form belongs to one engine: its version, and the very source that reads rules."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hiprun.language import engine_digest
from hiprun.language.engine_digest import ENGINE_FILE, engine, source_digest
from hiprun.version import VERSION

PACKAGE = Path(engine_digest.__file__).parents[1]


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the engine's source, which stands in for the engine."""
    shutil.copytree(PACKAGE, tmp_path / "hiprun", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(engine_digest, "_PACKAGE", str(tmp_path / "hiprun"))
    engine.cache_clear()
    yield tmp_path / "hiprun"
    engine.cache_clear()


@pytest.mark.parametrize(
    "file", ["language/resolver.py", "language/schemas/facts.schema.json", "model/pack_model.py", "errors.py"]
)
def test_other_source_is_another_engine(copied: Path, file: str) -> None:
    """In a working copy the version stays the same while the source changes."""
    before = engine()
    assert before == f"{VERSION} {source_digest(str(PACKAGE))}"
    (copied / file).write_text((copied / file).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    engine.cache_clear()
    assert engine() != before


def test_what_decides_nothing_about_rules_does_not_count(copied: Path) -> None:
    """A change in the command line leaves every form usable."""
    before = engine()
    (copied / "interfaces" / "cli" / "ask.py").write_text("")
    engine.cache_clear()
    assert engine() == before


def test_a_wheel_says_which_engine_it_has(copied: Path) -> None:
    """So that no start has to work it out."""
    (copied / ENGINE_FILE).write_text("made while the wheel was built")
    assert engine() == f"{VERSION} made while the wheel was built"
