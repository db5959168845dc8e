"""Rules are found in folders, zip files and packages, and nothing else is read."""

from __future__ import annotations

import os
import shutil
import socket
import zipfile
import zlib
from fractions import Fraction
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.errors import FactError, RuleError
from hiprun.language import incremental_check as results
from hiprun.language import rule_files as files
from hiprun.language.reader.fact_files import read_facts, read_value
from hiprun.language.reader.pack_reader import read_documents, read_model
from hiprun.language.syntax import MOST_BYTES

PACK = "pack: small\nlanguage: 1\nversion: 1.0.0\ntitle: Small\n"
FACTS = "facts:\n  warm: {ask: Is it warm?, type: boolean}\n  wet: {ask: Is it wet?, type: boolean}\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The smallest possible pack."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "pack.yaml").write_text(PACK)
    (folder / "facts.yaml").write_text(FACTS)
    return folder


def codes(path: Any) -> list[str]:
    """Return the codes of what is wrong with the pack at `path`."""
    with pytest.raises(RuleError) as raised:
        read_model(path)
    return [problem.code for problem in raised.value.problems]


def zipped(target: Path, members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write a zip file."""
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target


@pytest.mark.parametrize("text", [f'{{"swelling": {word}, "stiffness": true}}' for word in ("null", "~")])
def test_null_in_facts_is_unknown(hip: hiprun.Pack, text: str) -> None:
    """A fact with an explicit null in a file is unknown, as if it were left out."""
    facts = read_facts(text)
    assert facts == {"swelling": None, "stiffness": True}
    assert hip.decide("triage", facts) == hip.decide("triage", {"stiffness": True})


@pytest.mark.parametrize("text", ["swelling:", "pain_sites: [null]", "pain_while_running: {at_least: ~}"])
def test_nothing_elsewhere_is_a_mistake(text: str) -> None:
    """A blank value, or a null within a list or a test, is probably a slip and is rejected."""
    with pytest.raises(FactError) as raised:
        read_facts(text)
    assert [problem.code for problem in raised.value.problems] == ["no-value"]


def test_null_in_quotes_is_a_text() -> None:
    """A null in quotes is text."""
    assert read_facts('owner: "null"') == {"owner": "null"}
    assert read_value("null") is None


def test_a_folder_is_read_with_its_sub_folders(small: Path) -> None:
    """Both endings work, hidden and other files are ignored, and places begin with the name of the folder."""
    (small / "more" / "deep").mkdir(parents=True)
    (small / "more" / "deep" / "b.YML").write_text("facts:\n  cold: {ask: Is it cold?, type: boolean}\n")
    (small / ".schema").mkdir()
    (small / ".schema" / "facts.yaml").write_text("nonsense")
    (small / ".hidden.yaml").write_text("nonsense")
    (small / "README.md").write_text("# Rules")
    model = read_model(small)
    assert set(model.facts) == {"warm", "wet", "cold"}
    assert model.facts["cold"].place.file == "small/more/deep/b.YML"
    assert [document.source.file for document in read_documents(small).documents] == [
        "small/facts.yaml",
        "small/more/deep/b.YML",
        "small/pack.yaml",
    ]


@pytest.mark.parametrize("kind", [str, Path, lambda path: f"{path}/"])
def test_a_path_may_be_text_or_a_path(small: Path, kind: Any) -> None:
    """The name of a folder does not depend on how its path is written."""
    assert read_model(kind(small)).name == "small"


def test_the_current_folder_has_a_name_too(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path of `.` gives the name of the current folder."""
    monkeypatch.chdir(small)
    assert read_model(".").facts["warm"].place.file == "small/facts.yaml"


def test_without_a_path_the_rules_of_hiprun_are_read() -> None:
    """The rules that come with hiprun are found next to the sources or in the installed package."""
    assert read_model().name == read_model(Path(__file__).parents[3] / "rules").name


def test_the_rules_inside_an_installed_package_come_first(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules are found in an installed wheel."""
    package = small.parent / "installed"
    shutil.copytree(small, package / "rules")
    monkeypatch.setattr(files, "_RULES_OF_HIPRUN", (str(package / "rules"), str(small)))
    assert read_model().name == "small"


def test_a_zip_file_is_read_like_a_folder(small: Path, tmp_path: Path) -> None:
    """A zip file may contain the files or their folder, and files added by macOS are ignored."""
    flat: dict[str, bytes | str] = {
        "pack.yaml": PACK,
        "sub/facts.yaml": FACTS,
        "readme.txt": "x",
        "__MACOSX/._facts.yaml": b"\x00\x05",
    }
    nested = {f"small/{name}": content for name, content in flat.items() if not name.startswith("__")}
    first = read_model(zipped(tmp_path / "flat.zip", flat))
    second = read_model(zipped(tmp_path / "nested.ZIP", {"small/": b"", **nested}, zipfile.ZIP_STORED))
    assert first == second == read_model(small)
    assert first.facts["warm"].place.file == "flat.zip/sub/facts.yaml"
    assert second.facts["warm"].place.file == "nested.ZIP/sub/facts.yaml"


def test_a_folder_inside_a_package_is_read(small: Path) -> None:
    """Anything from importlib.resources works, even inside a zip file."""

    class Wrapped:
        """A folder that is not on the disk."""

        def __init__(self, path: Path) -> None:
            self.path, self.name = path, path.name

        def iterdir(self) -> Any:
            return map(Wrapped, self.path.iterdir())

        def is_dir(self) -> bool:
            return self.path.is_dir()

        def is_file(self) -> bool:
            return self.path.is_file()

        def open(self, mode: str) -> Any:
            return self.path.open(mode)

        def __str__(self) -> str:
            return f"inside {self.name}"

    folder: Any = Wrapped(small)
    assert read_model(folder) == read_model(small)
    assert codes(Wrapped(small / "nothing")) == ["no-folder"]
    archive = zipfile.Path(zipped(small.parent / "a.zip", {"r/pack.yaml": PACK, "r/facts.yaml": FACTS}), "r/")
    assert isinstance(archive, Traversable)
    assert read_model(archive).facts["warm"].place.file == "r/facts.yaml"


def test_places_without_rules_are_named(tmp_path: Path, small: Path) -> None:
    """Missing paths, empty folders and other files are reported."""
    (tmp_path / "empty").mkdir()
    assert codes(tmp_path / "nothing") == ["no-folder"]
    assert codes("with\0nul") == ["no-folder"]
    assert codes(tmp_path / "empty") == ["no-rule-files"]
    assert codes(small / "facts.yaml") == ["not-a-folder"]
    assert codes(zipped(tmp_path / "empty.zip", {})) == ["no-rule-files"]
    with pytest.raises(RuleError, match="Give the folder that contains it"):
        read_model(small / "facts.yaml")


def test_a_file_that_cannot_be_read_is_named(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken links, circular links and missing permissions are reported."""
    (small / "nowhere.yaml").symlink_to(small / "not-there.yaml")
    (small / "itself.yaml").symlink_to(small / "itself.yaml")
    with pytest.raises(RuleError) as raised:
        read_model(small)
    assert [str(problem.place) for problem in raised.value.problems] == [
        "small/itself.yaml:1:1",
        "small/nowhere.yaml:1:1",
    ]
    assert {problem.code for problem in raised.value.problems} == {"unreadable"}

    def refuse(folder: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(RuleError, match="permission denied"):
        read_model(small)


def test_an_error_without_a_reason_is_told_without_one(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system error without a reason is reported too."""

    def refuse(folder: str) -> None:
        raise OSError

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(RuleError, match="gives no reason"):
        read_model(small)


def test_a_link_back_up_is_not_followed_for_ever(small: Path) -> None:
    """A folder that contains itself is reported; a link to another folder is fine."""
    (small / "loop").symlink_to(small, target_is_directory=True)
    assert codes(small) == ["folder-loop"]
    (small / "loop").unlink()
    other = small.parent / "other"
    other.mkdir()
    (other / "facts.yaml").write_text("facts:\n  cold: {ask: Is it cold?, type: boolean}\n")
    (small / "linked").symlink_to(other, target_is_directory=True)
    assert read_model(small).facts["cold"].place.file == "small/linked/facts.yaml"


def test_folders_too_deep_are_not_followed(small: Path) -> None:
    """Folders nested too deeply are reported."""
    deep = small.joinpath(*"abcdefghijklmnopqrstuvwxyz")
    deep.mkdir(parents=True)
    assert codes(small) == ["folder-loop"]


def test_folders_full_of_other_things_are_not_searched(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many files, too many rule files and too many bytes are reported."""
    for number in range(30):
        (small / f"{number}.txt").touch()
    monkeypatch.setattr(files, "MOST_ENTRIES", 20)
    assert codes(small) == ["too-many-files"]
    monkeypatch.setattr(files, "MOST_ENTRIES", 100)
    monkeypatch.setattr(files, "MOST_FILES", 1)
    assert codes(small) == ["too-many-files"]
    monkeypatch.setattr(files, "MOST_FILES", 10)
    monkeypatch.setattr(files, "MOST_BYTES_TOGETHER", 100)
    assert codes(small) == ["too-many-files"]


def test_a_large_file_is_not_read_as_a_whole(small: Path) -> None:
    """No more than one byte beyond the bound is read."""
    with (small / "large.yaml").open("wb") as stream:
        stream.truncate(10**11)  # takes no room on disk
    assert codes(small) == ["file-too-large"]


@pytest.mark.parametrize("damage", [b"no zip file", b"PK\x05\x06" + b"\0" * 10])
def test_a_damaged_zip_file_is_named(tmp_path: Path, damage: bytes) -> None:
    """A damaged zip file is reported, whatever is wrong with it."""
    (tmp_path / "bad.zip").write_bytes(damage)
    assert codes(tmp_path / "bad.zip") == ["bad-zip"]


def test_a_zip_file_damaged_anywhere_is_refused_in_words(tmp_path: Path) -> None:
    """Whichever byte of a zip file is wrong or missing, it is rejected with a code or its rules are intact."""
    good = zipped(tmp_path / "good.zip", {"pack.yaml": PACK, "facts.yaml": FACTS}).read_bytes()
    whole = read_model(tmp_path / "good.zip").facts
    bad, found = tmp_path / "bad.zip", set()
    for place in range(len(good)):
        for damaged in (good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :], good[:place]):
            bad.write_bytes(damaged)
            try:
                assert read_model(bad).facts == whole
            except RuleError as error:
                found |= {problem.code for problem in error.problems}
    assert "bad-zip" in found
    assert found <= {"bad-zip", "unreadable", "no-rule-files", "no-pack"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "device"])
def test_only_files_are_read(small: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Anything else with the name of a rule file is rejected, and nothing waits for a pipe."""
    monkeypatch.chdir(small)  # the name of a socket has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        match kind:
            case "folder":
                Path("x.yaml").mkdir()
            case "pipe":
                os.mkfifo("x.yaml")
            case "socket":
                listener.bind("x.yaml")
            case "device":
                Path("x.yaml").symlink_to("/dev/zero")
        assert codes(small) == ["no-file"]


def test_a_zip_file_with_a_damaged_member_is_named(tmp_path: Path) -> None:
    """A damaged file in an intact zip file is reported."""
    target = zipped(tmp_path / "bad.zip", {"facts.yaml": "facts: " + "x" * 1000})
    content = bytearray(target.read_bytes())
    start = content.index(zlib.compress(b"facts: " + b"x" * 1000)[2:6])
    content[start : start + 4] = b"\xff\xff\xff\xff"
    target.write_bytes(content)
    assert codes(target) == ["bad-zip"]


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Huge files, huge archives, unbounded compression methods and passwords are rejected."""
    assert codes(zipped(tmp_path / "a.zip", {"facts.yaml": b"#" * 50 * MOST_BYTES})) == ["file-too-large"]
    assert codes(zipped(tmp_path / "b.zip", {"facts.yaml": FACTS}, zipfile.ZIP_LZMA)) == ["unreadable"]
    target = zipped(tmp_path / "c.zip", {"facts.yaml": FACTS}, zipfile.ZIP_STORED)
    content = bytearray(target.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # says that it is encrypted
    target.write_bytes(content)
    assert codes(target) == ["unreadable"]
    monkeypatch.setattr(files, "MOST_ENTRIES", 2)
    assert codes(zipped(tmp_path / "d.zip", dict.fromkeys("abc", ""))) == ["too-many-files"]
    monkeypatch.setattr(files, "MOST_BYTES_TOGETHER", 10)
    assert codes(zipped(tmp_path / "e.zip", {"facts.yaml": FACTS})) == ["too-many-files"]
    monkeypatch.setattr(files, "MOST_FORM_BYTES", 10)
    assert codes(zipped(tmp_path / "f.zip", {"readme.txt": "more than 20 bytes"})) == ["too-many-files"]


def test_a_file_that_hides_behind_txt_is_pointed_out(small: Path) -> None:
    """A rule file that ends in `.txt` is reported."""
    (small / "more.yaml.txt").write_text(FACTS)
    assert codes(small) == ["file-ending"]


def test_all_files_are_judged_at_once(small: Path) -> None:
    """No mistake hides another one, in another file or in the same one."""
    (small / "unreadable.yaml").write_bytes(b"derived: \xff")
    (small / "syntax.yaml").write_text("derived: {a: [\n")
    (small / "other.yaml").write_text("facts:\n  hot: {ask: Is it hot?}\n  dry: {ask: Is it dry?, type: choice}\n")
    (small / "rules.yaml").write_text(
        "constraints:\n  - {id: One, never: {warm: yes}}\n  - {id: two, never: {warm: 3}}\n"
    )
    with pytest.raises(RuleError) as raised:
        read_model(small)
    assert [
        (problem.place.file, problem.place.line, problem.code) for problem in raised.value.problems if problem.place
    ] == [
        ("small/other.yaml", 2, "missing-key"),
        ("small/other.yaml", 3, "no-choices"),
        ("small/rules.yaml", 2, "bad-name"),
        ("small/rules.yaml", 2, "not-true-or-false"),
        ("small/rules.yaml", 3, "wrong-type"),
        ("small/syntax.yaml", 1, "unclosed-bracket"),
        ("small/unreadable.yaml", 1, "not-utf-8"),
    ]


def test_names_that_may_stand_in_a_broken_file_are_not_called_unknown(small: Path) -> None:
    """Only certain mistakes are reported."""
    (small / "facts.yaml").write_text(FACTS + "  hot: {ask: Is it hot?, kind: boolean}\n")
    (small / "rules.yaml").write_text("constraints:\n  - {id: one, never: {hot: true}}\n")
    assert codes(small) == ["missing-key", "unknown-key"]


def test_a_mistake_in_the_frame_of_a_file_leaves_the_file_out(small: Path) -> None:
    """Parts without separate entries are left out as a whole, and so are files of which nothing remains."""
    (small / "facts.yaml").write_text(FACTS + "more: 1\n")
    assert read_documents(small).broken == {"facts"}
    assert [document.kind for document in read_documents(small).documents] == ["pack"]
    (small / "facts.yaml").write_text("facts:\n  warm: {ask: Is it warm?}\n")
    assert [document.kind for document in read_documents(small).documents] == ["pack"]
    (small / "facts.yaml").write_text("fact:\n  warm: {ask: Is it warm?}\n")
    assert read_documents(small).broken == {"?"}
    (small / "facts.yaml").write_text("- facts\n")
    assert read_documents(small).broken == {"?"}
    (small / "facts.yaml").write_text("facts: {\n")
    assert read_documents(small).broken == {"facts"}


def test_entries_keep_their_places_when_others_are_left_out(small: Path) -> None:
    """A rule keeps its place although the one before it is left out."""
    entries = ("{id: one, never: {warm: true}}", "{id: Two, never: {wet: true}}", "{id: three, never: {wet: 3}}")
    (small / "rules.yaml").write_text("constraints:\n" + "".join(f"  - {entry}\n" for entry in entries))
    (document,) = (document for document in read_documents(small).documents if document.kind == "constraints")
    assert [entry["id"] for entry in document.data["constraints"]] == ["one", "three"]
    assert document.place(("constraints", 1, "id")).line == 4
    assert document.place(("constraints", 1), key=True).line == 4


def test_a_flood_of_mistakes_is_cut_off(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a certain number of mistakes in several files, the rest is left for later."""
    monkeypatch.setattr(results, "MOST_PROBLEMS", 3)
    for number in range(9):
        (small / f"{number}.yaml").write_text("facts: yes\nmore: 1\n")
    found = codes(small)
    assert len(found) < 12
    assert "too-many-problems" in found


def test_facts_are_read_from_a_file_or_from_text(tmp_path: Path) -> None:
    """Files of facts are YAML or JSON."""
    expected = {"warm": True, "degrees": Fraction(5, 2), "day": "2026-03-01", "sites": ["a"], "size": {"at_least": 4}}
    yaml_text = "warm: true\ndegrees: 2.5\nday: 2026-03-01\nsites: [a]\nsize: {at_least: 4}\n"
    json_text = '{\n\t"warm":true,"degrees":2.5,"day":"2026-03-01","sites":["a"],"size":{"at_least":4}}'
    for name, text in (("a.yaml", yaml_text), ("a.json", json_text)):
        (tmp_path / name).write_text(text)
        assert read_facts(tmp_path / name) == read_facts(text) == expected


def test_mistakes_in_facts_are_explained(tmp_path: Path) -> None:
    """All mistakes in a file of facts are reported with their places, and so is a missing file."""
    with pytest.raises(FactError) as raised:
        read_facts("warm: yes\nwarm: null\n", name="standard input")
    assert [(str(problem.place), problem.code) for problem in raised.value.problems] == [
        ("standard input:1:7", "not-true-or-false"),
        ("standard input:2:1", "duplicate-name"),
        ("standard input:2:7", "no-value"),
    ]
    for text in ("warm", "- warm", ""):
        with pytest.raises(FactError, match="one fact on each line"):
            read_facts(text)
    with pytest.raises(FactError, match="cannot be read: no such file"):
        read_facts(tmp_path / "nothing.yaml")
    (tmp_path / "a.yaml").write_bytes(b"warm: \xff")
    with pytest.raises(FactError, match=r"a\.yaml:1:7"):
        read_facts(tmp_path / "a.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4", 4),
        (" 2.5 ", Fraction(5, 2)),
        ("true", True),
        ("[a, b]", ["a", "b"]),
        ("{at_least: 4}", {"at_least": 4}),
        ("two\nwords", "two words"),
        ("x: y", FactError),
        ("yes", FactError),
        ("", FactError),
        (">4", FactError),
        (">= 4", FactError),
        ("[a", FactError),
    ],
)
def test_a_single_value_is_read(text: str, value: Any) -> None:
    """A mistake in facts from the command line has no line to show."""
    if value is FactError:
        with pytest.raises(FactError) as raised:
            read_value(text)
        assert all(problem.place is None for problem in raised.value.problems)
    else:
        assert read_value(text) == value


def test_reading_is_all_there_is_to_loading(small: Path) -> None:
    """After loading, the files are no longer needed."""
    pack = hiprun.load(small)
    shutil.rmtree(small)
    assert set(pack.facts) == {"warm", "wet"}
    assert not os.path.exists(small)
