"""The checked form of rules: the same model, bound to exactly the files it was made from."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import attrs
import pytest

import hiprun
from hiprun.inference.reader_texts import for_nobody
from hiprun.language.checked_form import precompiled, precompiled_form
from hiprun.language.rule_files import CHECKED_FORM, read_checked_form, read_files
from hiprun.model import Model
from hiprun.model.digest import digest
from hiprun.verification import cases


@pytest.fixture
def folder(greenhouse: hiprun.Pack, greenhouse_folder: Path, tmp_path: Path) -> Path:
    """Rules together with their checked form."""
    copied = tmp_path / "greenhouse"
    shutil.copytree(greenhouse_folder, copied)
    keep(greenhouse.model, copied)
    return copied


def keep(model: Model, folder: Path) -> None:
    """Put the checked form of a model beside the rules in a folder."""
    (folder / CHECKED_FORM).write_bytes(precompiled_form(model, read_files(folder)[0]))


def kept(folder: Path) -> Model | None:
    """Return the model in the checked form beside the rules, if it fits them."""
    form = read_checked_form(folder)
    found = None if form is None else precompiled(form, read_files(folder)[0])
    return None if found is None else found.model


def places(model: Model) -> list[object]:
    """Return the places of everything, which equality ignores."""
    return [
        (rule.id, rule.place, rule.condition.place) for decision in model.decisions.values() for rule in decision.rules
    ]


def test_what_was_stored_is_what_was_read(greenhouse: hiprun.Pack, folder: Path) -> None:
    """Everything is restored, including places, cases and properties."""
    model = kept(folder)
    assert model == greenhouse.model
    assert model is not None
    assert digest(model) == greenhouse.digest
    assert places(model) == places(greenhouse.model)
    assert model.properties == greenhouse.model.properties
    assert len(model.examples) == len(greenhouse.model.examples)
    assert hash(model.examples) == hash(greenhouse.model.examples)
    assert repr(model.examples) == repr(greenhouse.model.examples)
    assert model.examples[0] == greenhouse.model.examples[0]
    assert model.examples == kept(folder).examples  # type: ignore[union-attr]
    assert pickle.loads(pickle.dumps(model)) == greenhouse.model
    pack = hiprun.Pack(model)
    assert [result for example in model.examples if not (result := cases.run(pack, example)).passed] == []


def test_the_pack_that_comes_with_hiprun_can_be_stored(hip: hiprun.Pack, root: Path, tmp_path: Path) -> None:
    """Every kind of value that rules can contain is kept."""
    copied = tmp_path / "rules"
    shutil.copytree(root / "rules", copied)
    keep(hip.model, copied)
    assert kept(copied) == hip.model


def test_values_of_every_kind_are_kept(folder: Path) -> None:
    """Fractions stay exact, and lists, sets and mappings keep their types."""
    example = attrs.evolve(
        kept(folder).examples[0],  # type: ignore[union-attr]
        facts={"a": Fraction(1, 3), "b": [1, True, None], "c": frozenset({"x", "y"}), "d": {"at_least": 2}},
    )
    model = Model("small", "1.0.0", "Small", examples=(example,))
    keep(model, folder)
    assert kept(folder) == model


def rewritten(folder: Path, change: Callable[[str], str]) -> None:
    """Change the form and its own digest, which happens only on purpose."""
    path = folder / CHECKED_FORM
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
    path = folder / CHECKED_FORM
    path.write_text(path.read_text().split("\n")[0])


def damaged(folder: Path) -> None:
    """The form is not JSON."""
    rewritten(folder, lambda content: "{" + content)


def another_byte(folder: Path) -> None:
    """One byte of the form was changed, and it is still valid JSON."""
    path = folder / CHECKED_FORM
    text = path.read_text()
    assert text.count("Water every three days.") == 1
    path.write_text(text.replace("Water every three days.", "Water every threE days."))


def missing(folder: Path) -> None:
    """There is no form."""
    (folder / CHECKED_FORM).unlink()


@pytest.mark.parametrize(
    "change", [changed, added, renamed, of_another_version, cut_short, damaged, another_byte, missing]
)
def test_what_does_not_fit_the_files_is_left_aside(folder: Path, change: Callable[[Path], None]) -> None:
    """A form of other files, of another version, or a damaged one is not used."""
    assert kept(folder) is not None
    change(folder)
    assert kept(folder) is None


@pytest.mark.parametrize(
    ("module", "name", "fields", "fits"),
    [
        ("hiprun.model.declarations", "Statement", ["id", "text", "place"], True),
        ("hiprun.language.rule_files", "RuleFile", ["name", "content"], False),
        ("types", "SimpleNamespace", [], False),
        ("hiprun.model.declarations", "Iterator", [], False),
        ("hiprun.model.declarations", "Nothing", [], False),
    ],
)
def test_only_classes_of_the_model_are_made(
    folder: Path, module: str, name: str, fields: list[str], fits: bool
) -> None:
    """A form that names anything else is left aside, also other classes of hiprun."""

    def with_class(content: str) -> str:
        first, rest = content.split("\n", 1)
        header = json.loads(first)
        header["classes"].append([module, name, fields])
        header["fields"]["notice"] = [len(header["classes"]) - 1, *fields]
        return "\n".join((json.dumps(header), rest))

    rewritten(folder, with_class)
    assert (kept(folder) is not None) is fits


def test_what_came_from_a_form_can_be_stored_again(folder: Path) -> None:
    """A pack that was loaded from its checked form is put into the same form as one that was read."""
    before = (folder / CHECKED_FORM).read_bytes()
    model = kept(folder)
    assert model is not None
    keep(model, folder)
    assert (folder / CHECKED_FORM).read_bytes() == before


def test_a_pack_can_be_moved_with_its_form(greenhouse: hiprun.Pack, folder: Path) -> None:
    """Places are those of the folder that is loaded."""
    moved = folder.rename(folder.parent / "moved")
    model = kept(moved)
    assert model == greenhouse.model
    assert {fact.place.file.partition("/")[0] for fact in model.facts.values()} == {"moved"}  # type: ignore[union-attr]


def test_decisions_are_created_when_asked_for(greenhouse: hiprun.Pack, folder: Path) -> None:
    """They behave like a dictionary, equal to the one that was read."""
    decisions = kept(folder).decisions  # type: ignore[union-attr]
    expected = greenhouse.model.decisions
    name = next(iter(expected))
    assert decisions[name] is decisions[name]
    assert (list(decisions), len(decisions), name in decisions) == (list(expected), len(expected), True)
    assert "nothing" not in decisions
    assert decisions.get("nothing") is None
    assert (repr(decisions), expected) == (repr(expected), decisions)


def test_texts_are_filled_in_when_they_are_asked_for(hip: hiprun.Pack, root: Path) -> None:
    """What a pack in checked form shows to readers is what one that was read shows."""
    files = read_files(root / "rules")[0]
    found = precompiled(precompiled_form(hip.model, files), files)
    assert found is not None
    pack = hiprun.Pack(found.model)
    name = next(iter(hip.decisions))
    assert pack.decisions[name] is pack.decisions[name]
    assert "nothing" not in pack.decisions
    assert list(pack.decisions) == list(hip.decisions)
    assert pack.decisions == hip.decisions
    assert pickle.loads(pickle.dumps(pack.decisions)) == hip.decisions
    assert repr(pack.decisions) == repr(hip.decisions)
    assert for_nobody(pack.model) == for_nobody(hip.model)


def nested_too_deep(content: str) -> str:
    """A value inside a value, and so on."""
    first, rest = content.split("\n", 1)
    return "\n".join((first.replace('"fields":{', '"fields":{"diary":' + "[" * 100_000 + "]" * 100_000 + ",", 1), rest))


def of_other_fields(content: str) -> str:
    """A class has other fields now."""
    assert '"Fact",["name",' in content
    return content.replace('"Fact",["name",', '"Fact",["nickname",')


def of_no_value(content: str) -> str:
    """A fraction without a value."""
    first, rest = content.split("\n", 1)
    return "\n".join((first.replace('"notice":', '"notice":["/",1,0],"_":', 1), rest))


def of_another_model(content: str) -> str:
    """The model lacks a field."""
    return content.replace('"title":', '"subtitle":', 1)


@pytest.mark.parametrize("change", [nested_too_deep, of_other_fields, of_no_value, of_another_model])
def test_a_forged_form_raises_nothing(folder: Path, change: Callable[[str], str]) -> None:
    """What was bound to itself again after a change is left aside like any damage."""
    rewritten(folder, change)
    assert kept(folder) is None


@pytest.mark.parametrize("damage", ["[0", '["/",1,0]', "[999,1]", "[" * 100_000 + "]" * 100_000])
def test_damage_in_what_is_created_later_is_told_in_words(folder: Path, damage: str) -> None:
    """A forged form can hide its damage until an entry is asked for."""

    def damaged_entries(content: str) -> str:
        first, rest = content.split("\n", 1)
        return "\n".join((first, *(damage for _ in rest.split("\n"))))

    rewritten(folder, damaged_entries)
    model = kept(folder)
    assert model is not None
    with pytest.raises(hiprun.RuleError, match="tampered with"):
        list(model.decisions.values())
    with pytest.raises(hiprun.RuleError, match="tampered with"):
        len(model.examples)


def test_a_form_beyond_the_bound_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in a folder nor in a zip file, whatever size it claims."""
    archive = folder.parent / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(CHECKED_FORM, "x" * 2000)
    assert read_checked_form(archive) == b"x" * 2000
    monkeypatch.setattr("hiprun.language.rule_files.MOST_FORM_BYTES", 1000)
    assert read_checked_form(archive) is None
    assert read_checked_form(folder) is None


def test_forms_are_found_wherever_rules_are(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In folders, in zip files and in packages, or not at all."""
    form = (folder / CHECKED_FORM).read_bytes()
    archive = folder.parent / "rules.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("greenhouse/deep/down/.checked.json", "too deep")
        packed.writestr("greenhouse/facts.yaml", "facts: {}")
    assert read_checked_form(archive) is None
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr(f"greenhouse/{CHECKED_FORM}", form)
    assert read_checked_form(archive) == form
    assert read_checked_form(zipfile.Path(archive, "greenhouse/")) == form
    (folder.parent / "damaged.zip").write_bytes(b"no zip file")
    assert read_checked_form(folder.parent / "damaged.zip") is None
    monkeypatch.setattr("hiprun.language.rule_files._RULES_OF_HIPRUN", (str(folder),))
    assert read_checked_form(None) == form


def test_a_form_that_may_not_be_read_is_left_aside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules are there all the same."""

    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("hiprun.language.rule_files._open", refuse)
    assert read_checked_form(folder) is None


def test_inside_a_zipped_installation_the_rules_are_resources(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package is no folder, its resources are asked."""
    folder.rename(folder.parent / "rules")
    monkeypatch.setattr("hiprun.language.rule_files._RULES_OF_HIPRUN", (str(folder),))
    monkeypatch.setattr("importlib.resources.files", lambda package: folder.parent)
    assert {file.name for file in read_files(None)[0]} >= {"rules/facts.yaml", "rules/pack.yaml"}
