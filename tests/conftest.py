"""What all tests share: the packs they run on."""

from __future__ import annotations

import gc
import importlib.resources
import json
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import hiprun

from .peers.browser import browser

__all__ = ["browser"]  # a fixture for all tests

# machines differ in speed, and a run that fails should fail again
settings.register_profile("hiprun", deadline=None, derandomize=True)
settings.load_profile("hiprun")

ROOT = Path(__file__).parent.parent
GREENHOUSE = Path(__file__).parent / "packs" / "greenhouse"


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def hip() -> hiprun.Pack:
    """The pack that hiprun comes with."""
    return hiprun.load()


@pytest.fixture(scope="session")
def greenhouse_folder() -> Path:
    """A small pack about something else, with every kind of file and decision."""
    return GREENHOUSE


@pytest.fixture(scope="session")
def greenhouse(greenhouse_folder: Path) -> hiprun.Pack:
    """The small pack, loaded."""
    return hiprun.load(greenhouse_folder)


@pytest.fixture(scope="module")
def by_columns() -> Iterator[None]:
    """Frames of few rows are worked out by columns, as frames of many are, instead of row by row."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hiprun.backends.dataframe.few_rows.MOST_ROWS", 0)
        yield


@pytest.fixture
def changed_greenhouse(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that copies the small pack and replaces text in one of its files, or adds a file."""

    def change(file: str, old: str = "", new: str = "") -> Path:
        folder = tmp_path / "greenhouse"
        if not folder.exists():
            shutil.copytree(GREENHOUSE, folder)
        path = folder / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert old in text
        path.write_text(text.replace(old, new) if old else new, encoding="utf-8")
        return folder

    return change


@pytest.fixture(scope="session")
def outcome_schema() -> dict[str, object]:
    """The published schema of an outcome."""
    schemas = importlib.resources.files("hiprun") / "language" / "schemas"
    return dict(json.loads((schemas / "outcome.schema.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test, nor any process that a test starts, uses the cache of whoever runs it: each run has its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIPRUN_CACHE", str(tmp_path_factory.mktemp("cache", numbered=False)))
        yield


def pytest_configure(config: pytest.Config) -> None:
    """Let workers take files in the order that is made below, instead of those with the most tests first."""
    config.option.loadscopereorder = False


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Look for examples in docstrings in the sources only, not in tests."""
    return [collector for collector in (yield) if type(collector) is pytest.Module or file_path.suffix != ".py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long: whoever gets one of them last works alone in the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow and "property" not in item.path.parts)


def pytest_collection_finish() -> None:
    """Let the garbage collector look less often, and not at what was imported; a tenth of the time goes into it else.

    Tests of what is let go collect by themselves.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _counts_for_coverage(test: pytest.Function) -> bool:
    """Say whether a test shows that lines are reached: one of a room of `src/`, or one of how mistakes are explained.

    Tests of properties, and those at the top, such as pages and examples that are played through, go through all
    rooms again with many inputs. Measuring trebles their time, and a line that only they reach should get a test of
    its own.
    """
    folder = Path(__file__).parent
    return test.path.is_relative_to(folder / "unit") or test.path == folder / "test_broken.py"


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Leave tests that do not count for coverage unmeasured while they run."""
    coverage = sys.modules.get("coverage")
    if not coverage or _counts_for_coverage(pyfuncitem):
        return (yield)
    measuring = []  # pytest-cov measures twice in a worker of xdist: where the one stops, the other goes on
    while current := coverage.Coverage.current():
        current.stop()
        measuring.append(current)
    try:
        return (yield)
    finally:
        for stopped in reversed(measuring):
            stopped.start()
