"""Type checkers accept every snippet of the documentation, and know a pack by the module that `hiprun types` prints."""

from __future__ import annotations

import doctest
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from hiprun.interfaces.cli.application import application

from .test_documentation import PAGES, ROOT, blocks

pytestmark = pytest.mark.slow

_PACKS = {"hip": "rules", "greenhouse": "tests/packs/greenhouse", "news2": "examples/news2", "units": "examples/units"}
_RIGHT = """\
from decimal import Decimal
from typing import Literal, assert_type

import pandas as pd
import polars as pl
from greenhouse_types import Facts, load

import hiprun

pack = load()
facts: Facts = {
    "temperature": {"at_least": 31, "below": 33.5},
    "season": {"one_of": ["summer", "spring"]},
    "pests": ["slugs"],
    "window_open": None,
    "last_frost": "2026-03-01",
}
alarm = pack.decide("alarm", facts)
assert_type(alarm["action"], Literal["nothing", "look", "act"])
assert_type(alarm.safest["window"], Literal["as_it_is", "open"])
assert_type(alarm.label("action"), str)
assert_type(pack.evaluate(facts)["chores"]["minutes"], tuple[int | Decimal, ...])
assert_type(pack.decide("amounts", pack.read({"temperature": "3"}).facts)["water_today"], hiprun.Limit)
assert_type(pack.decide("stress", facts, budget=10)["points"], int)
pack.with_parameters(heat_limit=28).interview("alarm").step(facts)
hiprun.load("rules").plan("run_walk", {}, start="2026-03-02").to_dict()
polars = pl.DataFrame({"temperature": [31.0]})
assert_type(pack.evaluate_frame(polars), pl.DataFrame)
assert_type(pack.evaluate_frame(polars.lazy()), pl.LazyFrame)
"""
_WRONG = """\
from greenhouse_types import load

pack = load()
alarm = pack.decide("alarm", {})
"""
_MISTAKES = [
    'pack.decide("alrm", {})',
    'pack.decide("alarm", {"temprature": 3})',
    'pack.decide("alarm", {"temperature": "3"})',
    'pack.decide("alarm", {"season": "sumer"})',
    'pack.decide("alarm", {"pests": "slugs, thrips"})',
    'pack.decide("alarm", {"temperature": {"at_lest": 3}})',
    'pack.evaluate({"season": 3})',
    'pack.evaluate({}, ["alrm"])',
    'alarm["acton"]',
    'alarm.label("acton")',
    'assert alarm["action"] == "at"',
    "pack.with_parameters(heat_limt=28)",
]


def _snippets(page: Path) -> str:
    """Return the Python of a page as one module."""
    parts = ["from pathlib import Path\n\ntmp_path = Path()\n"]
    for code in blocks(page, "python"):
        examples = doctest.DocTestParser().get_examples(code) if ">>>" in code else ()
        parts.append("".join(example.source for example in examples) or code)
    return "\n".join(parts)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the snippets of all pages, the types of several packs, and programs that use them."""
    folder = tmp_path_factory.mktemp("types")
    for page in PAGES:
        if blocks(page, "python"):
            name = re.sub(r"\W", "_", str(page.relative_to(ROOT)))
            (folder / f"page_{name}.py").write_text(_snippets(page), encoding="utf-8")
    for name, rules in _PACKS.items():
        printed = CliRunner().invoke(application, ["types", str(ROOT / rules)])
        assert printed.exit_code == 0
        (folder / f"{name}_types.py").write_text(printed.stdout, encoding="utf-8")
    (folder / "right.py").write_text(_RIGHT, encoding="utf-8")
    (folder / "wrong.py").write_text(_WRONG + "\n".join(_MISTAKES) + "\n", encoding="utf-8")
    return folder


def _wrong_lines(found: set[int]) -> list[str]:
    """Return the mistakes that were not found."""
    first = _WRONG.count("\n") + 1
    return [mistake for line, mistake in enumerate(_MISTAKES, first) if line not in found]


def test_mypy_accepts_what_is_right_and_finds_what_is_misspelt(folder: Path) -> None:
    """Docs, examples and generated types pass `mypy --strict`; every misspelt name and wrong value is found."""
    examples = [ROOT / "examples" / "embed.py"]
    command = [sys.executable, "-m", "mypy", "--explicit-package-bases", *sorted(folder.glob("*.py")), *examples]
    environment = os.environ | {"MYPYPATH": f"{folder}{os.pathsep}{ROOT}"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert done.stderr == ""
    errors = re.findall(r"^(.+?):(\d+): error: (.+)$", done.stdout, re.MULTILINE)
    assert [error for error in errors if not error[0].endswith("wrong.py")] == []
    assert _wrong_lines({int(line) for _, line, _ in errors}) == []


def test_pyright_does_too(folder: Path) -> None:
    """The other type checker agrees, where it is installed."""
    program = shutil.which("pyright")
    if program is None:
        pytest.skip("pyright is not installed; `pip install pyright` brings it")
    settings = {"venvPath": str(Path(sys.prefix).parent), "venv": Path(sys.prefix).name, "pythonVersion": "3.11"}
    config = settings | {"extraPaths": [str(ROOT / "src")], "reportUnusedExpression": False}
    (folder / "pyrightconfig.json").write_text(json.dumps(config), encoding="utf-8")
    done = subprocess.run([program, "--outputjson"], capture_output=True, text=True, cwd=folder, check=False)
    if done.returncode not in (0, 1):
        pytest.skip(f"pyright cannot run here: {done.stderr[:200]}")
    errors = [found for found in json.loads(done.stdout)["generalDiagnostics"] if found["severity"] == "error"]
    assert [(found["file"], found["message"]) for found in errors if not found["file"].endswith("wrong.py")] == []
    found_lines = {found["range"]["start"]["line"] + 1 for found in errors}
    not_found = _wrong_lines(found_lines)
    assert not_found == ['assert alarm["action"] == "at"']  # reported only where comparisons are checked as well


def test_the_module_runs_and_changes_only_with_names(folder: Path) -> None:
    """The printed module loads the pack it is about, and the same names give the same text."""
    script = "import greenhouse_types as g; print(g.load('tests/packs/greenhouse').decide('alarm', g.Facts()).status)"
    environment = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT / 'src'}"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, env=environment, check=True
    )
    assert done.stdout == "undetermined\n"
    changed = CliRunner().invoke(application, ["types", "--rules", str(ROOT / "tests/packs/greenhouse")]).stdout
    assert changed == (folder / "greenhouse_types.py").read_text(encoding="utf-8")
