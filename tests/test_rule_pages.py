"""The rule files on the pages of the documentation: put together, each page is a pack that does as it says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

import hiprun
from hiprun.language import incremental_check as rules
from hiprun.language import rule_files as files
from hiprun.language.resolve import domains
from hiprun.language.resolve import formula_parser as formulas
from hiprun.language.syntax import builder as tree
from hiprun.language.syntax import encoding
from hiprun.model.citations import citations
from hiprun.model.value_conversion import MOST_DIGITS
from hiprun.verification import cases

ROOT = Path(__file__).parent.parent
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [page for page in sorted((ROOT / "docs").glob("*.md")) if "\npack: " in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_rule_files_on_a_page_are_one_pack(page: Path, tmp_path: Path) -> None:
    """All YAML of a page that shows a pack loads as that pack, and its cases hold."""
    for number, block in enumerate(_BLOCK.findall(page.read_text(encoding="utf-8"))):
        (tmp_path / f"{number:02}.yaml").write_text(block, encoding="utf-8")
    pack = hiprun.load(tmp_path)
    results = [cases.run(pack, example) for example in pack.model.examples]
    assert [str(result) for result in results if not result.passed] == []


def test_language_page_shows_a_pack() -> None:
    """The page on the rule language is among those that are put together."""
    assert ROOT / "docs" / "language.md" in PAGES


@pytest.mark.parametrize(
    "words",
    [
        f"{encoding.MOST_BYTES:,} bytes, {tree.MOST_VALUES:,} values, nested {tree.MOST_DEPTH} deep",
        f"{files.MOST_FILES} files, {files.MOST_BYTES_TOGETHER:,} bytes together",
        f"folders {files.MOST_FOLDERS_DEEP} deep",
        f"a number | {MOST_DIGITS} digits",
        f"{formulas.MOST_CHARACTERS} characters, {formulas.MOST_PARTS} numbers and names",
        f"choices of a fact or an output | {domains.MOST_CHOICES:,}",
        f"mistakes shown | {rules.MOST_PROBLEMS}",
    ],
)
def test_bounds_are_those_of_the_engine(words: str) -> None:
    """The page on the rule language states the bounds as they are."""
    assert words in (ROOT / "docs" / "language.md").read_text(encoding="utf-8")


def test_interpretations_page_names_all_of_them(hip: hiprun.Pack) -> None:
    """The page on interpretations names everything that carries one, and nothing else."""
    text = (ROOT / "docs" / "interpretations.md").read_text(encoding="utf-8")
    listed = re.findall(r"^(?:Found in .*(?:\n[`\[].*)*|\| `.*?\|)", text, flags=re.MULTILINE)
    named = set(re.findall(r"`([a-z0-9_.-]+)`", " ".join(listed)))
    carried = {entry.name for entry in citations(hip.model) if entry.interpretation}
    assert sorted(named) == sorted(carried)


def test_interpretations_page_points_at_the_right_files(hip: hiprun.Pack) -> None:
    """Each name among the eight follows a link to the file that has it."""
    text = (ROOT / "docs" / "interpretations.md").read_text(encoding="utf-8")
    places = {entry.name: entry.place.file for entry in citations(hip.model) if entry.interpretation}
    for file, names in re.findall(r"\]\(\.\./(rules/\w+\.yaml)\)([^\[#]*)", text):
        assert {places[name] for name in re.findall(r"`([a-z0-9_.-]+)`", names.split("\n##")[0])} == {file}


def test_architecture_page_names_every_part() -> None:
    """The table of files on the page about the architecture has each module and folder of the engine, and no other."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.split("## The rooms, top to bottom")[1].split("## ")[0]
    named = set(re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE))
    source = ROOT / "src" / "hiprun"
    rooms = [path for path in source.iterdir() if path.is_dir() and path.name != "__pycache__"]
    folders = {f"{path.name}/" for path in rooms if any(path.glob("*.[pj][ys]*"))}
    files = {path.name for path in source.glob("*.py")} - {"__init__.py"}
    assert sorted(named) == sorted(folders | files)


def test_glossary_defines_each_term_once_with_the_module_that_owns_it() -> None:
    """Terms are in alphabetical order, each names a module that exists, and every room has at least one."""
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    entries = re.findall(r"^(?:- )?\*\*(.+?)\*\* \(`(hiprun[.\w]*)`\): \S", page, re.MULTILINE)
    terms = [term.lower() for term, _ in entries]
    assert terms == sorted(set(terms))
    assert len(entries) == len(re.findall(r"\*\*.+?\*\* \(", page))
    assert [module for _, module in entries if importlib.util.find_spec(module) is None] == []
    source = ROOT / "src" / "hiprun"
    rooms = {path.name for path in source.iterdir() if (path / "__init__.py").exists()}
    assert rooms - {module.split(".")[1] for _, module in entries if "." in module} == set()
