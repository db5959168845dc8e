"""The shape of the code: imports point one way, files stay short, and the engine knows no hip."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MOST_LINES = 450
_BODY_WORDS = re.compile(
    r"\b(hips?|knees?|pains?|painful|swelling|numbness|limping|glutes?|joints?|injur\w+|clamshells?|ankles?|physio\w*)\b",
    re.IGNORECASE,
)


def test_imports_point_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every contract on imports in pyproject.toml is kept."""
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def test_importing_hiprun_imports_nothing_else() -> None:
    """`import hiprun` brings in no package but itself and the standard library, so that it costs next to nothing."""
    script = (
        "import sys; before = set(sys.modules); import hiprun; "
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}; "
        "print(sorted(new - set(sys.stdlib_module_names) - {'hiprun'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_loading_and_deciding_needs_no_optional_package() -> None:
    """Packages that come with extras are imported only by the parts that need them."""
    script = (
        "import sys, hiprun; hiprun.load().evaluate({}); "
        "print([name for name in ('click', 'z3', 'narwhals', 'hypothesis', 'pytest') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_file_is_read_in_one_sitting() -> None:
    """No source file is longer than a reader takes in at once."""
    assert [path for path in SOURCES if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES] == []


def test_the_engine_knows_no_hip() -> None:
    """No word about the body stands in the engine; what is guidance stands in rules/."""
    found = {path: _BODY_WORDS.findall(path.read_text(encoding="utf-8")) for path in SOURCES}
    assert {path: words for path, words in found.items() if words} == {}


def test_no_fact_of_the_pack_is_named_in_the_engine() -> None:
    """The names that the pack gives its facts occur nowhere in the engine."""
    declared = (ROOT / "rules").rglob("facts*.yaml")
    names = {
        name for path in declared for name in re.findall(r"^  ([a-z][a-z0-9_]*_[a-z0-9_]*):", path.read_text(), re.M)
    }
    assert names
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    assert [name for name in sorted(names) if re.search(rf"\b{name}\b", code)] == []


def test_what_does_not_count_for_coverage_is_not_measured() -> None:
    """Where coverage is measured, it is not while a test like this one runs, which would take three times as long."""
    assert "coverage" not in type(sys.gettrace()).__module__
