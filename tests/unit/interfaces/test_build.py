"""`hiprun build` makes a form that starts use and `hiprun check` compares with the rules."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.language.reader import pack_reader

from .. import small_packs


@pytest.fixture
def folder(greenhouse_folder: Path, tmp_path: Path) -> Path:
    """A pack of one's own."""
    return Path(shutil.copytree(greenhouse_folder, tmp_path / "greenhouse"))


def run(*words: str | Path) -> Result:
    """Run hiprun."""
    return CliRunner().invoke(application, [str(word) for word in words])


def forge(path: Path, old: bytes, new: bytes) -> None:
    """Change a form and bind it to itself again, as only who means to would."""
    content = path.read_bytes().split(b"\n", 1)[1]
    assert old in content
    content = content.replace(old, new)
    path.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def test_the_form_beside_a_pack_is_used(folder: Path, greenhouse: hiprun.Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it is built, no YAML is read."""
    result = run("build", folder)
    assert result.exit_code == 0, result.output
    size = (folder / ".checked.json").stat().st_size
    assert result.output == f"{folder}/.checked.json: {size:,} bytes\n"
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == [".checked.json"]
    monkeypatch.setattr(pack_reader, "check_files", None)
    assert hiprun.load(folder).model == greenhouse.model


def test_one_file_to_ship(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds the rules and their form, is the same for the same rules, and can be built from a zip file too."""
    assert run("build", folder, "--out", tmp_path / "one.zip").exit_code == 0
    assert run("build", tmp_path / "one.zip", "--out", tmp_path / "two.ZIP").exit_code == 0
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.ZIP").read_bytes()
    assert run("check", tmp_path / "one.zip").exit_code == 0
    with zipfile.ZipFile(tmp_path / "nested.zip", "w") as archive:
        for name in zipfile.ZipFile(tmp_path / "one.zip").namelist():
            archive.writestr(f"greenhouse/{name}", zipfile.ZipFile(tmp_path / "one.zip").read(name))
    expected = hiprun.load(folder).model
    monkeypatch.setattr(pack_reader, "check_files", None)
    for name in ("one.zip", "two.ZIP", "nested.zip"):
        assert hiprun.load(tmp_path / name).model == expected


def test_an_edited_pack_is_read_and_check_says_so(folder: Path) -> None:
    """A form of the rules as they were is not used; that is no mistake."""
    run("build", folder)
    text = (folder / "pack.yaml").read_text(encoding="utf-8")
    (folder / "pack.yaml").write_text(text.replace("title: ", "title: New "), encoding="utf-8")
    assert hiprun.load(folder).title.startswith("New ")
    result = run("check", folder)
    assert result.exit_code == 0
    assert "[outdated-form]" in result.output
    run("build", folder)
    assert "form" not in run("check", folder).output


def test_a_forged_form_is_found(folder: Path) -> None:
    """It fits the rules in every digest but says something else: `check` reads the rules themselves."""
    run("build", folder)
    assert run("check", folder).exit_code == 0
    forge(folder / ".checked.json", b'"Water every', b'"Never water every')
    result = run("check", folder)
    assert result.exit_code == 2
    assert "greenhouse/.checked.json" in result.stderr
    assert "[forged-form]" in result.stderr
    assert '"forged-form"' in run("check", folder, "--json").output


KINDS = """\
decision: kinds
outputs: {share: {type: number}, due: {type: date}, note: {type: string}}
rules:
  - {id: dry, when: {dry: true}, then: {share: 0.5, due: 2024-05-01, note: Dry}}
  - {id: windy, when: {windy: true}, then: {share: 1.25, due: 2024-06-01, note: Windy}}
otherwise: {share: 0, due: 2025-01-01, note: Calm}
"""
BOUNDS = """\
limits: bounds
bounds:
  - {id: dry, quantity: warmth, when: {dry: true}, at_most: 20.5}
"""
CHECKS = "criteria: checks\nall:\n  - {id: a, require: {dry: false}}\n  - {id: b, require: {windy: false}}\n"
CARE = """\
decision: care
outputs: {what: {type: string}}
hit: collect
rules:
  - {id: water, when: {dry: true}, then: {what: Water}, because: It is dry.}
  - {id: any, when: {any: [{dry: true}, {dry: false}]}, then: {what: Look}}
"""


def test_what_follows_from_nothing_is_built_too(tmp_path: Path) -> None:
    """Every kind of outcome and value, as it would be worked out; who is known a little better gets his own."""
    documents = {"kinds": KINDS, "bounds": BOUNDS, "checks": CHECKS, "care": CARE}
    expected = small_packs.load(tmp_path / "garden", **documents)
    assert run("build", tmp_path / "garden").exit_code == 0
    assert run("check", tmp_path / "garden").exit_code == 0
    for facts in ({}, {"dry": None}, {"dry": False}, {"windy": True}, {}):
        pack = hiprun.load(tmp_path / "garden")
        outcomes = pack.evaluate(facts)
        assert outcomes == expected.interpret(facts)
        assert outcomes.to_dict() == expected.interpret(facts).to_dict()
        for name, outcome in outcomes.items():
            assert hiprun.load(tmp_path / "garden").decide(name, facts) == outcome
            assert pack.decide(name, facts).explain() == expected.decide(name, facts).explain()


def test_what_is_built_of_nobody_is_used_and_compared(tmp_path: Path) -> None:
    """A form that was changed there says something else, and `check` finds it."""
    small_packs.load(tmp_path / "garden", care=CARE)
    run("build", tmp_path / "garden")
    forge(tmp_path / "garden" / ".checked.json", b'"water","possible"', b'"water","excluded"')
    pack = hiprun.load(tmp_path / "garden")
    assert [item.certainty for item in pack.decide("care", {}).items] == ["excluded", "certain"]
    assert [item.certainty for item in pack.interpret({})["care"].items] == ["possible", "certain"]
    assert "[forged-form]" in run("check", tmp_path / "garden").stderr


def test_what_takes_too_long_to_work_out_is_not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pack works it out when it is asked."""
    monkeypatch.setattr("hiprun.inference.infer._FOR_NOBODY", 0)
    expected = small_packs.load(tmp_path / "garden", kinds=KINDS)
    run("build", tmp_path / "garden")
    assert b"undetermined" not in (tmp_path / "garden" / ".checked.json").read_bytes()
    assert hiprun.load(tmp_path / "garden").evaluate({}) == expected.evaluate({})


def test_a_pack_that_nobody_fits_can_be_built(tmp_path: Path) -> None:
    """Its constraints exclude everybody, which is said when it is asked."""
    nobody = "constraints:\n  - {id: none, never: {any: [{dry: true}, {dry: false}]}, because: Nobody.}\n"
    small_packs.load(tmp_path / "garden", kinds=KINDS, constraints=nobody)
    assert run("build", tmp_path / "garden").exit_code == 0
    with pytest.raises(hiprun.FactError, match="Nobody"):
        hiprun.load(tmp_path / "garden").evaluate({})


def test_mistakes_are_shown_and_nothing_is_written(folder: Path) -> None:
    """Rules with mistakes have no checked form."""
    (folder / "more.yaml").write_text("facts: {}")
    result = run("build", folder)
    assert (result.exit_code, "[empty]" in result.stderr) == (2, True)
    assert not (folder / ".checked.json").exists()


def test_what_cannot_be_written_is_named(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip file without --out, another ending, a folder that is missing, a disk that is full."""
    (tmp_path / "rules.zip").touch()
    assert "with --out" in run("build", tmp_path / "rules.zip").stderr
    assert "has to end in .zip" in run("build", folder, "--out", tmp_path / "form.json").stderr
    result = run("build", folder, "--out", tmp_path / "missing" / "a.zip")
    assert (result.exit_code, "cannot be written: No such file" in result.stderr) == (2, True)

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    assert run("build", folder, "--out", tmp_path / "full.zip").exit_code == 2
    assert not [name for name in os.listdir(tmp_path) if name.startswith("full")]


@pytest.mark.parametrize(
    ("words", "unneeded"),
    [
        (["--version"], {"attrs", "yaml", "jsonschema", "hiprun.errors"}),
        (["eval", "watering", "season=summer", "temperature=30", "--rules"], {"yaml", "jsonschema", "z3"}),
    ],
    ids=["version", "eval"],
)
def test_a_command_imports_only_what_it_needs(folder: Path, words: list[str], unneeded: set[str]) -> None:
    """The version needs nothing of the engine; deciding by a checked form needs nothing that reads YAML."""
    assert run("build", folder).exit_code == 0
    arguments = [*words, str(folder)] if words[-1] == "--rules" else words
    script = (
        f"import sys; sys.argv = ['hiprun', *{arguments!r}]\n"
        "from hiprun.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as ended: assert not ended.code\n"
        f"print(sorted({unneeded!r} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout.splitlines()[-1:]) == (0, ["[]"]), ended.stdout + ended.stderr
