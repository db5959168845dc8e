"""The checked form of rules: the same model, bound to exactly the files it was made from."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import attrs
import pytest

import hiprun
from hiprun.language.precompiled import FILE, load_precompiled, precompiled_form
from hiprun.model import Model
from hiprun.model.digest import digest
from hiprun.verification import cases


@pytest.fixture
def folder(greenhouse: hiprun.Pack, greenhouse_folder: Path, tmp_path: Path) -> Path:
    """Rules together with their checked form."""
    copied = tmp_path / "greenhouse"
    shutil.copytree(greenhouse_folder, copied)
    (copied / FILE).write_bytes(precompiled_form(greenhouse.model, str(copied)))
    return copied


def places(model: Model) -> list[object]:
    """Return the places of everything, which equality ignores."""
    return [
        (rule.id, rule.place, rule.condition.place) for decision in model.decisions.values() for rule in decision.rules
    ]


def test_what_was_stored_is_what_was_read(greenhouse: hiprun.Pack, folder: Path) -> None:
    """Everything is restored, including places, cases and properties."""
    model = load_precompiled(str(folder))
    assert model == greenhouse.model
    assert model is not None
    assert digest(model) == greenhouse.digest
    assert places(model) == places(greenhouse.model)
    assert model.properties == greenhouse.model.properties
    assert len(model.examples) == len(greenhouse.model.examples)
    assert hash(model.examples) == hash(greenhouse.model.examples)
    assert model.examples[0] == greenhouse.model.examples[0]
    assert model.examples == load_precompiled(str(folder)).examples  # type: ignore[union-attr]
    assert pickle.loads(pickle.dumps(model)) == greenhouse.model
    pack = hiprun.Pack(model)
    assert [result for example in model.examples if not (result := cases.run(pack, example)).passed] == []


def test_the_pack_that_comes_with_hiprun_can_be_stored(hip: hiprun.Pack, root: Path, tmp_path: Path) -> None:
    """Every kind of value that rules can contain is kept."""
    copied = tmp_path / "rules"
    shutil.copytree(root / "rules", copied)
    (copied / FILE).write_bytes(precompiled_form(hip.model, str(copied)))
    assert load_precompiled(str(copied)) == hip.model


def test_values_of_every_kind_are_kept(folder: Path) -> None:
    """Fractions stay exact, and lists, sets and mappings keep their types."""
    example = attrs.evolve(
        load_precompiled(str(folder)).examples[0],  # type: ignore[union-attr]
        facts={"a": Fraction(1, 3), "b": [1, True, None], "c": frozenset({"x", "y"}), "d": {"at_least": 2}},
    )
    model = Model("small", "1.0.0", "Small", examples=(example,))
    (folder / FILE).write_bytes(precompiled_form(model, str(folder)))
    assert load_precompiled(str(folder)) == model


def rewritten(folder: Path, change: Callable[[str], str]) -> None:
    """Change the form and its own digest, which happens only on purpose."""
    path = folder / FILE
    content = change(path.read_text().split("\n", 1)[1]).encode("ascii")
    path.write_bytes(hashlib.sha256(content).hexdigest().encode("ascii") + b"\n" + content)


def changed(folder: Path) -> None:
    """A comment was added to a file."""
    path = folder / "facts.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")


def added(folder: Path) -> None:
    """A file was added in a folder."""
    (folder / "more").mkdir()
    (folder / "more" / "cases.yaml").write_text("cases: More\nexamples: []\n")


def renamed(folder: Path) -> None:
    """A file has another name."""
    (folder / "facts.yaml").rename(folder / "what.yaml")


def of_another_version(folder: Path) -> None:
    """The form was made with another version of hiprun."""

    def older(content: str) -> str:
        first, rest = content.split("\n", 1)
        return "\n".join((json.dumps(json.loads(first) | {"engine": "0.0.0"}), rest))

    rewritten(folder, older)


def cut_short(folder: Path) -> None:
    """The form is incomplete."""
    path = folder / FILE
    path.write_text(path.read_text().split("\n")[0])


def damaged(folder: Path) -> None:
    """The form is not JSON."""
    rewritten(folder, lambda content: "{" + content)


def another_byte(folder: Path) -> None:
    """One byte of the form was changed, and it is still valid JSON."""
    path = folder / FILE
    text = path.read_text()
    assert '"hiprun.model.pack_model","Model"' in text
    path.write_text(text.replace("30", "31", 1))


def missing(folder: Path) -> None:
    """There is no form."""
    (folder / FILE).unlink()


@pytest.mark.parametrize(
    "change", [changed, added, renamed, of_another_version, cut_short, damaged, another_byte, missing]
)
def test_what_does_not_fit_the_files_is_left_aside(folder: Path, change: Callable[[Path], None]) -> None:
    """A form of other files, of another version, or a damaged one is not used."""
    assert load_precompiled(str(folder)) is not None
    change(folder)
    assert load_precompiled(str(folder)) is None


def test_only_classes_of_hiprun_are_made(folder: Path) -> None:
    """A form that names anything outside the model is ignored."""
    assert '"hiprun.model.pack_model","Model"' in (folder / FILE).read_text()
    rewritten(folder, lambda content: content.replace('"hiprun.model.pack_model","Model"', '"shutil","Model"'))
    assert load_precompiled(str(folder)) is None


def test_rules_in_checked_form_load_without_being_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If their checked form is there, the rules that come with hiprun are not parsed at all."""
    monkeypatch.setattr("hiprun.language.precompiled._OWN_RULES", str(folder))
    assert hiprun.load().name == "greenhouse"
