"""One small broken pack for each mistake; what its author is shown stands beside it, in `expected.txt`.

A new mistake is a new folder of `tests/broken`; `HIPRUN_UPDATE_EXPECTED=1 pytest tests/test_broken.py` writes its text.
A file too large for the repository is described in `make.yaml`: what stands before, what is repeated and how often.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import yaml

from hiprun.catalogue import catalogue
from hiprun.errors import RuleError
from hiprun.language.diagnostic_renderer import problems_text
from hiprun.language.reader.pack_reader import read_model

MESSAGES = Path(__file__).parent.parent / "docs" / "messages.md"
FOLDERS = sorted(folder for folder in (Path(__file__).parent / "broken").iterdir() if folder.is_dir())
ONLY_ENGLISH = frozenset(
    (
        "bad-escape",
        "bad-unit",
        "bad-window",
        "circular-unit",
        "constraint-of-two-kinds",
        "count-output",
        "course-unclear",
        "does-not-fit-policy",
        "exponent-not-a-number",
        "fields-differ",
        "first-stage",
        "grows-and-fills",
        "grows-without-limit",
        "measure-does-not-fit",
        "measure-lacks",
        "merge",
        "needs-number",
        "no-measure",
        "no-ordered-choice",
        "no-single-answer",
        "not-defined",
        "out-of-range",
        "pointless-step",
        "reserved-word",
        "source-does-not-fit",
        "source-unclear",
        "step-not-fixed",
        "two-diaries",
        "two-measures",
        "unit-mismatch",
        "unknown-fact",
        "unknown-function",
        "unordered-output",
    )
)
"""The kinds of mistakes of which some are said in English only; all others, the workbench says in German as well."""

BESIDE_THE_RULES = ("expected.txt", "make.yaml")


def make(recipe: Path, rules: Path) -> None:
    """Write the files that `recipe` describes."""
    for file in yaml.safe_load(recipe.read_text(encoding="utf-8")):
        content = file.get("before", "") + file["repeat"] * file["times"] + file.get("after", "")
        (rules / file["file"]).write_text(content, encoding="utf-8")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_mistake_is_explained(folder: Path, tmp_path: Path) -> None:
    """Its author is shown the place, the line, what is wrong and what to do, nothing else; its code is documented.

    In German it can be said too, unless it is of a kind that few clinicians meet.
    """
    rules = tmp_path / "rules"
    shutil.copytree(folder, rules, ignore=shutil.ignore_patterns(*BESIDE_THE_RULES))
    if (folder / "make.yaml").exists():
        make(folder / "make.yaml", rules)

    with pytest.raises(RuleError) as raised:
        read_model(rules)

    listed = MESSAGES.read_text(encoding="utf-8")
    assert [problem.code for problem in raised.value.problems if f"`{problem.code}`" not in listed] == []
    german = catalogue("de")
    said = [text for problem in raised.value.problems for text in (problem.message, problem.help) if text]
    if not {problem.code for problem in raised.value.problems} & ONLY_ENGLISH:
        assert [text for text in said if german.sentence(text) is None] == []
    shown = problems_text(raised.value.problems) + "\n"
    expected = folder / "expected.txt"
    if os.environ.get("HIPRUN_UPDATE_EXPECTED"):
        expected.write_text(shown, encoding="utf-8")
    assert shown == expected.read_text(encoding="utf-8")
