"""A session writes what was changed and nothing else, can take everything back, and leaves others' work alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from hiprun.interfaces.cli.application import application
from hiprun.interfaces.git_program import GitError
from hiprun.interfaces.workbench import PackFolder, Repository, Session
from hiprun.interfaces.workbench.pack_files import FilesError
from hiprun.interfaces.workbench.session import EditError
from hiprun.workspace import TextEdit

from . import clinic

PARAMETERS = "clinic/parameters.yaml"
LEVEL = ("parameters", "stop_level", "value")


def started(root: Path, *, in_git: bool = False) -> Session:
    """Return a session on a pack."""
    folder = PackFolder.at(root)
    return Session(folder, Repository.around(folder.root) if in_git else None)


def set_level(session: Session, value: int, file: str = PARAMETERS) -> None:
    """Set the parameter of the pack."""
    session.edit(session.state.current.set_value(file, LEVEL, value), f"The level is {value}.")


def test_a_save_writes_only_the_places_that_changed(tmp_path: Path) -> None:
    """Comments, layout and all other files stay as they are, and undoing a save brings every byte back."""
    root = clinic.write(tmp_path, parameters="\r\n".join(clinic.FILES["parameters.yaml"].split("\n")) + "# end\r\n")
    os.chmod(root / "parameters.yaml", 0o640)
    before = {path: path.read_bytes() for path in root.rglob("*.yaml")}
    session = started(root)
    set_level(session, 3)
    assert session.summary == ("The parameter `stop_level` was 4 and is now 3.",)
    assert (root / "parameters.yaml").read_bytes() == before[root / "parameters.yaml"]
    saved = session.save()
    after = {path: path.read_bytes() for path in root.rglob("*.yaml")}
    changed = [path for path in before if before[path] != after[path]]
    assert changed == [root / "parameters.yaml"]
    assert after[changed[0]] == before[changed[0]].replace(b"value: 4", b"value: 3")
    assert (root / "parameters.yaml").stat().st_mode & 0o777 == 0o640
    assert (saved.summary, saved.commit, saved.note) == (("The parameter `stop_level` was 4 and is now 3.",), "", "")
    assert not session.state.changed
    session.undo_save()
    assert {path: path.read_bytes() for path in root.rglob("*.yaml")} == before
    assert session.state.saved.model is not None
    with pytest.raises(EditError, match="Nothing has been saved yet"):
        session.undo_save()


def test_steps_are_taken_back_one_by_one_or_all_at_once(tmp_path: Path) -> None:
    """Each change is a step; a change that changes nothing is none; without steps there is nothing to take back."""
    session = started(clinic.write(tmp_path))
    for value in (3, 3, 2):
        set_level(session, value)
    assert [step.summary for step in session.state.steps] == ["The level is 3.", "The level is 2."]
    session.take_back()
    assert session.summary == ("The parameter `stop_level` was 4 and is now 3.",)
    session.take_back()
    assert (session.take_back().steps, session.state.changed) == ((), False)
    set_level(session, 2)
    assert not session.discard().changed


def test_a_new_file_is_written_and_undone(tmp_path: Path) -> None:
    """A file that the pack did not have is made, and deleted again when the save is undone; so is a file removed."""
    root = clinic.write(tmp_path)
    session = started(root)
    new = "cases: New\nexamples:\n  - {id: new, facts: {fever: true}, expect: {triage: {action: doctor}}}\n"
    session.replace({"clinic/cases/more/new.yaml": new}, "New cases.")
    session.save()
    assert (root / "cases/more/new.yaml").read_text(encoding="utf-8") == new
    session.undo_save()
    assert not (root / "cases/more/new.yaml").exists()
    session.replace({"clinic/properties.yaml": None}, "No promises.")
    session.save()
    assert not (root / "properties.yaml").exists()
    session.undo_save()
    assert (root / "properties.yaml").exists()


def test_a_save_is_not_undone_over_what_somebody_else_wrote(tmp_path: Path) -> None:
    """Where one of its files has changed since, the save stays as it is, and can be undone once it has it back."""
    root = clinic.write(tmp_path)
    session = started(root)
    before = {path: path.read_bytes() for path in root.rglob("*.yaml")}
    set_level(session, 3)
    session.edit([TextEdit("clinic/guidance.yaml", (1, 11), (1, 20), "A page")], "Another title.")
    session.save()
    saved = (root / "parameters.yaml").read_bytes()
    (root / "parameters.yaml").write_bytes(saved.replace(b"value: 3", b"value: 5"))
    others = {path: path.read_bytes() for path in root.rglob("*.yaml")}
    with pytest.raises(FilesError, match="somebody else"):
        session.undo_save()
    assert {path: path.read_bytes() for path in root.rglob("*.yaml")} == others
    (root / "parameters.yaml").write_bytes(saved)
    session.undo_save()
    assert {path: path.read_bytes() for path in root.rglob("*.yaml")} == before


def test_rules_with_mistakes_are_not_saved(tmp_path: Path) -> None:
    """A mistake can be left standing for a while, but not be saved; the steps say what was done meanwhile."""
    root = clinic.write(tmp_path)
    session = started(root)
    set_level(session, 40)
    assert session.summary == ("The level is 40.",)
    with pytest.raises(EditError, match="have mistakes"):
        session.save()
    with pytest.raises(EditError, match="unsaved changes"):
        session.undo_save()
    assert "value: 4," in (root / "parameters.yaml").read_text(encoding="utf-8")


def test_edits_that_overlap_change_nothing(tmp_path: Path) -> None:
    """Edits that do not fit together are refused as a whole."""
    session = started(clinic.write(tmp_path))
    edits = [TextEdit(PARAMETERS, (1, 1), (1, 5), "a"), TextEdit(PARAMETERS, (1, 3), (1, 6), "b")]
    with pytest.raises(EditError, match="overlap"):
        session.edit(edits, "")
    assert not session.state.changed


def test_what_somebody_else_changed_is_not_overwritten(tmp_path: Path) -> None:
    """A file that has changed on disk is not saved over; reading again keeps the changes to other files."""
    root = clinic.write(tmp_path)
    session = started(root)
    set_level(session, 3)
    guidance = (root / "guidance.yaml").read_text(encoding="utf-8")
    session.edit([TextEdit("clinic/guidance.yaml", (1, 11), (1, 20), "A page")], "Another title.")
    (root / "parameters.yaml").write_text(clinic.FILES["parameters.yaml"].replace("4", "5"), encoding="utf-8")
    with pytest.raises(FilesError, match="somebody else"):
        session.save()
    assert (root / "guidance.yaml").read_text(encoding="utf-8") == guidance
    state = session.read_again()
    assert list(state.contents) == ["clinic/guidance.yaml"]
    assert len(state.steps) == 1
    session.save()
    assert not session.read_again().steps


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (clinic.FILES["parameters.yaml"].replace("4", "3"), None),
        (clinic.FILES["parameters.yaml"].replace("4", "3"), b"parameters: \xff"),
        (None, clinic.FILES["parameters.yaml"].replace("4", "5").encode()),
    ],
    ids=["gone", "no text", "removed by us"],
)
def test_changes_of_a_file_that_cannot_be_put_together_are_left_out(
    tmp_path: Path, ours: str | None, theirs: bytes | None
) -> None:
    """What somebody else has made of it stays: its removal, what is no text, or another change of what we removed."""
    root = clinic.write(tmp_path)
    session = started(root)
    session.replace({PARAMETERS: ours}, "Ours.")
    if theirs is None:
        (root / "parameters.yaml").unlink()
    else:
        (root / "parameters.yaml").write_bytes(theirs)
    state = session.read_again()
    assert (state.left_out, state.changed, state.steps) == ((PARAMETERS,), False, ())
    there = state.current.texts.get(PARAMETERS)
    assert (there.encode() if isinstance(there, str) else there) == theirs


@pytest.mark.parametrize(
    "name",
    [
        "clinic/../other.yaml",
        "clinic//other.yaml",
        "other/facts.yaml",
        "clinic",
        "clinic/facts.txt",
        "clinic/.hidden.yaml",
        "clinic/.git/x.yaml",
        "clinic/a\\b.yaml",
        "clinic/c:d.yaml",
        "/etc/x.yaml",
        "clinic/cases/link/x.yaml",
        "clinic/linked.yaml",
        "clinic/folder.yaml",
    ],
)
def test_only_files_inside_the_pack_are_written(tmp_path: Path, name: str) -> None:
    """Names that lead out of the pack, links, hidden files and folders are refused."""
    root = clinic.write(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "cases/link").symlink_to(outside)
    (root / "linked.yaml").symlink_to(outside / "target.yaml")
    (root / "folder.yaml").mkdir()
    folder = PackFolder.at(root)
    with pytest.raises(FilesError, match="cannot be written"):
        folder.write({name: b"facts: {}"}, {name: None})
    assert list(outside.iterdir()) == []


def test_what_cannot_be_read_any_more_is_told_when_saving(tmp_path: Path) -> None:
    """A folder that has become a file since it was read keeps everything from being saved, in words."""
    root = clinic.write(tmp_path)
    session = started(root)
    (root / "cases" / "cases.yaml").unlink()
    (root / "cases").rmdir()
    (root / "cases").write_text("", encoding="utf-8")
    with pytest.raises(FilesError, match=r"cannot be read any more: not a directory\. Nothing was saved\."):
        session.folder.write({"clinic/cases/cases.yaml": b""}, {"clinic/cases/cases.yaml": b""})


def test_a_session_makes_no_file_outside_the_pack(tmp_path: Path) -> None:
    """Neither whole texts nor edits can name a file outside."""
    session = started(clinic.write(tmp_path))
    with pytest.raises(FilesError):
        session.replace({"clinic/../x.yaml": "facts: {}"}, "")
    with pytest.raises(FilesError):
        session.edit([TextEdit("clinic/../x.yaml", (1, 1), (1, 1), "facts: {}")], "")
    assert not session.state.changed


def test_a_write_that_fails_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full halfway, the files that were written get their old content back."""
    root = clinic.write(tmp_path)
    session = started(root)
    set_level(session, 3)
    session.edit([TextEdit("clinic/guidance.yaml", (1, 11), (1, 20), "A page")], "Another title.")
    before = {path: path.read_bytes() for path in root.rglob("*.yaml")}
    replace, written = os.replace, []

    def full(source: str, target: Path) -> None:
        written.append(target)
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(FilesError, match="no space left on device"):
        session.save()
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert session.state.changed


def test_a_zip_file_or_nothing_is_no_folder(tmp_path: Path) -> None:
    """The workbench needs a folder to write into."""
    with pytest.raises(FilesError, match="not a folder"):
        PackFolder.at(tmp_path / "rules.zip")


def test_in_git_a_save_is_a_commit_of_its_files_alone(tmp_path: Path) -> None:
    """What others staged or changed stays as it is; the message says what was changed; undoing is a commit too."""
    root = clinic.write(tmp_path)
    (tmp_path / "letter.txt").write_text("old", encoding="utf-8")
    clinic.committed(tmp_path)
    (tmp_path / "letter.txt").write_text("new", encoding="utf-8")
    clinic.git(tmp_path, "add", "letter.txt")
    (root / "guidance.yaml").write_text(clinic.FILES["guidance.yaml"] + "# to do\n", encoding="utf-8")
    session = started(root, in_git=True)
    set_level(session, 3)
    new = "cases: New\nexamples:\n  - {id: new, facts: {fever: true}, expect: {triage: {action: doctor}}}\n"
    session.replace({"clinic/cases/[new].yaml": new}, "New cases.")
    saved = session.save()
    assert saved.commit == clinic.git(tmp_path, "rev-parse", "HEAD").strip()
    message, _, files = clinic.git(tmp_path, "show", "--name-only", "--format=%B%x00", "HEAD").partition("\0")
    assert message.strip() == (
        "The parameter `stop_level` was 4 and is now 3. (and 1 more)\n\n"
        "- The parameter `stop_level` was 4 and is now 3.\n- The case `new` is new."
    )
    assert sorted(files.split()) == ["clinic/cases/[new].yaml", "clinic/parameters.yaml"]
    assert clinic.git(tmp_path, "status", "--porcelain").split("\n")[:2] == [" M clinic/guidance.yaml", "M  letter.txt"]
    undone = session.undo_save()
    assert clinic.git(tmp_path, "diff", "--stat", "HEAD~2", "HEAD") == ""
    assert undone.commit == clinic.git(tmp_path, "rev-parse", "HEAD").strip()
    assert [commit.title for commit in session.repository.commits()] == [
        "Undo: The parameter `stop_level` was 4 and is now 3. (and 1 more)",
        "The parameter `stop_level` was 4 and is now 3. (and 1 more)",
        "First rules",
    ]


def test_what_others_have_not_committed_is_not_committed_for_them(tmp_path: Path) -> None:
    """A file with changes that nobody committed is saved, but not committed, and the save says so."""
    root = clinic.write(tmp_path)
    clinic.committed(tmp_path)
    (root / "parameters.yaml").write_text(clinic.FILES["parameters.yaml"] + "# to do\n", encoding="utf-8")
    session = started(root, in_git=True)
    set_level(session, 3)
    saved = session.save("We stop at 3")
    assert saved.commit == ""
    assert "parameters.yaml had changes before that nobody committed" in saved.note
    assert "value: 3" in (root / "parameters.yaml").read_text(encoding="utf-8")


def test_a_commit_that_git_refuses_is_told(tmp_path: Path) -> None:
    """If git cannot commit, the files are saved all the same, and nothing stays staged."""
    root = clinic.write(tmp_path)
    clinic.committed(tmp_path)
    clinic.git(tmp_path, "config", "commit.gpgSign", "true")
    clinic.git(tmp_path, "config", "gpg.format", "none")
    session = started(root, in_git=True)
    new = "cases: New\nexamples:\n  - {id: new, facts: {fever: true}, expect: {triage: {action: doctor}}}\n"
    session.replace({"clinic/cases/new.yaml": new}, "New cases.")
    saved = session.save()
    assert saved.commit == ""
    assert saved.note.startswith("The files are saved, but git did not commit them: ")
    assert clinic.git(tmp_path, "status", "--porcelain") == "?? clinic/cases/new.yaml\n"
    set_level(session, 3)
    assert "git did not commit" in session.save().note


def test_a_repository_runs_no_program_that_it_names(tmp_path: Path) -> None:
    """Hooks, filters and signing programs that came with a folder do not run when it is read, saved or compared."""
    root = clinic.write(tmp_path)
    clinic.committed(tmp_path)
    ran, program = tmp_path / "ran", tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $0 >> {ran}\ncat\n", encoding="utf-8")
    program.chmod(0o755)
    for hook in ("pre-commit", "commit-msg", "post-index-change", "reference-transaction"):
        (tmp_path / ".git/hooks" / hook).symlink_to(program)
    (tmp_path / ".git/info/attributes").write_text("*.yaml filter=theirs\n", encoding="utf-8")
    for name in ("core.fsmonitor", "filter.theirs.clean", "filter.theirs.smudge", "gpg.program", "core.pager"):
        clinic.git(tmp_path, "config", name, str(program))
    clinic.git(tmp_path, "config", "log.showSignature", "true")
    ran.unlink(missing_ok=True)
    session = started(root, in_git=True)
    set_level(session, 3)
    assert session.save().commit
    assert session.repository is not None
    last, first = session.repository.commits()
    assert session.repository.contents(first.id)
    assert CliRunner().invoke(application, ["diff", last.id, str(root)]).exit_code == 0
    clinic.git(tmp_path, "config", "commit.gpgSign", "true")
    set_level(session, 5)
    assert "git did not commit" in session.save().note
    assert not ran.exists()
    clinic.git(tmp_path, "config", "filter.a=b.clean", str(program))
    assert Repository.around(root) is None
    assert Repository.around(Path("no\0folder")) is None


def test_without_git_nothing_is_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder outside a work tree has no repository, nor has any folder where git is not installed."""
    root = clinic.write(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert Repository.around(root) is None
    clinic.committed(tmp_path)
    assert Repository.around(root) is not None
    assert Repository.around(tmp_path / ".git") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Repository.around(root) is None
    session = Session(PackFolder.at(root), Repository(root))
    set_level(session, 3)
    assert "git did not commit" in session.save().note
    assert session.repository.commits() == ()


def test_versions_are_read_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule files of a commit are read as they were; hidden files, others and too many are left out."""
    from hiprun.interfaces.workbench import git_commits

    root = clinic.write(tmp_path)
    (root / ".hidden.yaml").write_text("x", encoding="utf-8")
    (root / "notes.txt").write_text("x", encoding="utf-8")
    clinic.committed(tmp_path)
    repository = Repository(root)
    (commit,) = repository.commits()
    assert (commit.author, commit.title, len(commit.short)) == ("Ann", "First rules", 10)
    contents = repository.contents(commit.id)
    assert {name.removeprefix("clinic/") for name in contents} == set(clinic.FILES)
    assert contents["clinic/parameters.yaml"].decode() == clinic.FILES["parameters.yaml"]
    assert repository.parent(commit.id) is None
    assert repository.changed([]) == ()
    for bad in ("HEAD", "", "--all", "main:x"):
        with pytest.raises(GitError):
            repository.contents(bad)
    monkeypatch.setattr(git_commits, "MOST_FILES", 2)
    assert len(repository.contents(commit.id)) == 2
