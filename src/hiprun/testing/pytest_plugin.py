"""A pytest plugin: the cases of rule packs as test items, and a fixture for a pack. Inactive unless a pack is named.

pytest imports this in every run wherever hiprun is installed, so it imports hiprun only when there is a pack.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hiprun.model import Example
    from hiprun.pack import Pack

_ENDINGS = (".yaml", ".yml")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option and the setting that name packs."""
    group = parser.getgroup("hiprun", "rule packs")
    group.addoption(
        "--hiprun",
        action="append",
        default=[],
        metavar="PATH",
        help="Run the cases of the rule pack in the folder PATH as tests. May be given several times.",
    )
    parser.addini("hiprun_packs", type="paths", default=[], help="Folders of rule packs whose cases are run as tests.")


def pytest_configure(config: pytest.Config) -> None:
    """Store the packs that are named, and make pytest collect their folders."""
    requested = [Path(config.invocation_params.dir, path).resolve() for path in config.getoption("hiprun")]
    configured = [Path(path).resolve() for path in config.getini("hiprun_packs")]
    for path in [*requested, *configured]:
        if not path.is_dir():
            raise pytest.UsageError(f"hiprun: there is no folder of rule files at {path}")
    config.stash[_PACKS] = _Packs([*requested, *(path for path in configured if path not in requested)])
    # Arguments on the command line override `hiprun_packs`, as they override `testpaths`.
    runs_all = config.args_source is not pytest.Config.ArgsSource.ARGS
    for path in [*requested, *(configured if runs_all else [])]:
        if not any(path.is_relative_to(Path(config.invocation_params.dir, arg).resolve()) for arg in config.args):
            config.args.append(str(path))


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Report a pack with mistakes once, when its folder is collected; none of its cases is run."""
    packs = parent.config.stash[_PACKS]
    folder = path.resolve()
    if folder not in packs.paths or not packs.problems(folder):
        return None
    return BrokenPack.from_parent(parent, path=path)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Return the collector for a file with cases."""
    packs = parent.config.stash[_PACKS]
    pack = packs.folder_of(file_path.resolve()) if file_path.suffix in _ENDINGS else None
    if pack is None or not (packs.problems(pack) or packs.cases(file_path.resolve())):
        return None
    return CaseFile.from_parent(parent, path=file_path)


@pytest.fixture(scope="session")
def hiprun_pack_path(pytestconfig: pytest.Config) -> Path | None:
    """The folder of the rule pack under test: the first that `--hiprun` or `hiprun_packs` names.

    Override it to test another pack; None means the rules that come with hiprun.
    """
    return next(iter(pytestconfig.stash[_PACKS].paths), None)


@pytest.fixture(scope="session")
def hiprun_pack(hiprun_pack_path: Path | None, pytestconfig: pytest.Config) -> Pack:
    """The rule pack under test, loaded."""
    packs = pytestconfig.stash[_PACKS]
    if packs.problems(hiprun_pack_path):
        pytest.fail(packs.problems(hiprun_pack_path), pytrace=False)
    return packs.pack(hiprun_pack_path)


class _Packs:
    """The packs of one pytest run, loaded when first needed."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths
        self._loaded: dict[Path | None, Pack] = {}
        self._problems: dict[Path | None, str] = {}

    def folder_of(self, file: Path) -> Path | None:
        """Return the folder of the pack that `file` belongs to."""
        return next((path for path in self.paths if file.is_relative_to(path)), None)

    def problems(self, path: Path | None) -> str:
        """Return the mistakes in the pack at `path` as text; empty if there are none."""
        if path not in self._problems:
            import hiprun
            from hiprun.language.diagnostic_renderer import problems_text

            self._problems[path] = ""
            try:
                self._loaded[path] = hiprun.load(path)
            except hiprun.RuleError as error:
                self._problems[path] = problems_text(error.problems)
        return self._problems[path]

    def pack(self, path: Path | None) -> Pack:
        """Return the pack at `path`, which has no mistakes."""
        return self._loaded[path]

    def cases(self, file: Path) -> list[Example]:
        """Return the cases in `file`, which belongs to a pack without mistakes."""
        path = self.folder_of(file)
        assert path is not None
        name = f"{path.name}/{file.relative_to(path).as_posix()}"
        return [example for example in self.pack(path).model.examples if example.place.file == name]


_PACKS = pytest.StashKey[_Packs]()


class BrokenPack(pytest.Directory):
    """The folder of a pack with mistakes."""

    def collect(self) -> list[pytest.Item]:
        """Report the mistakes."""
        raise self.CollectError(self.config.stash[_PACKS].problems(self.path.resolve()))


class CaseFile(pytest.File):
    """A file with cases."""

    def collect(self) -> Iterator[CaseItem]:
        """Yield its cases."""
        packs = self.config.stash[_PACKS]
        file = self.path.resolve()
        pack = packs.folder_of(file)
        if packs.problems(pack):
            raise self.CollectError(packs.problems(pack))
        for example in packs.cases(file):
            yield CaseItem.from_parent(self, name=example.id, pack=packs.pack(pack), example=example)


class CaseError(Exception):
    """A case that failed; the text says how."""


class CaseItem(pytest.Item):
    """One case: the facts of a patient and the expected answers."""

    def __init__(self, *, pack: Pack, example: Example, **others: Any) -> None:
        super().__init__(**others)
        self.pack, self.example = pack, example

    def runtest(self) -> None:
        """Run the case."""
        from hiprun.verification.cases import run

        result = run(self.pack, self.example)
        if not result.passed:
            raise CaseError(str(result))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the text of a failure: what was expected and what was found, without a Python traceback."""
        if isinstance(excinfo.value, CaseError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of the case and its title."""
        return self.path, self.example.place.line - 1, self.example.title or self.name
