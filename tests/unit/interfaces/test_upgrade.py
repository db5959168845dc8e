"""`hiprun check --upgrade`: what to change in a pack for the latest version of the language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hiprun.interfaces.cli.application import application

PACK = "pack: small\nlanguage: 1\nversion: 1.0.0\ntitle: Small\n"
FACTS = """facts:
  warmth: {ask: How warm is it?, type: number, range: [0, 40], unit: °C}
"""
DECISION = """decision: window
outputs: {say: {type: string}}
hit: first
rules:
  - id: warm
    when: {warmth: {above: 3 * 10}}
    then: {say: Open it.}
"""
GUIDANCE = "guidance: Windows\nstatements: {warm: 'Open {it}.'}\n"


def upgrade(folder: Path, *options: str, **files: str) -> Result:
    """Return what the command says of a pack with these files."""
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return CliRunner().invoke(application, ["check", "--upgrade", str(folder), *options])


def test_units_that_no_longer_fit_anywhere_are_shown(tmp_path: Path) -> None:
    """A plain number beside an amount is a mistake from version 2 on."""
    result = upgrade(tmp_path, pack=PACK, facts=FACTS, window=DECISION)
    assert result.exit_code == 1
    assert "For `language: 2`, change this:" in result.stdout
    assert "`warmth` is measured in °C, but this has no unit" in " ".join(result.stdout.split())


def test_braces_that_would_be_placeholders_are_shown(tmp_path: Path) -> None:
    """Whether or not they would be understood: in questions, reasons and texts that rules give, but not in guidance."""
    facts = FACTS.replace("How warm is it?", '"How warm is it, {roughly speaking}?"')
    decision = (
        DECISION.replace("3 * 10", "30")
        .replace("say: Open it.", "say: 'Open {warmth}.'")
        .replace("    then", "    because: At {warmth}.\n    source: warm\n    then")
    )
    result = upgrade(tmp_path, "--json", pack=PACK, facts=facts, window=decision, guidance=GUIDANCE)
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert [(problem["code"], problem["line"]) for problem in found["problems"]] == [
        ("new-placeholder", 2),
        ("new-placeholder", 7),
        ("new-placeholder", 9),
    ]


def test_braces_in_tables_are_shown(tmp_path: Path) -> None:
    """Every cell may be a text that the decision gives."""
    table = "decision: window\noutputs: {say: {type: string}}\ntable: [[warmth, say], [any, 'Open {it}.']]\n"
    result = upgrade(tmp_path, pack=PACK, facts=FACTS, window=table)
    assert "[new-placeholder]" in result.stdout


@pytest.mark.parametrize("language", [1, 2])
def test_a_pack_that_means_the_same_needs_no_change(tmp_path: Path, language: int) -> None:
    """A pack for the latest version needs none at all."""
    pack = PACK.replace("language: 1", f"language: {language}")
    result = upgrade(tmp_path, pack=pack, facts=FACTS, window=DECISION.replace("3 * 10", "30"))
    assert (result.exit_code, result.stdout) == (0, "Nothing else has to change for `language: 2`.\n")


def test_mistakes_come_first(tmp_path: Path) -> None:
    """A pack with mistakes in its own version is told of these."""
    result = upgrade(tmp_path, pack=PACK, facts=FACTS, window=DECISION.replace("warmth", "warmht"))
    assert result.exit_code == 2
    assert "Did you mean `warmth`?" in result.stderr
