"""Files that somebody else renames, deletes, adds or breaks while a workbench runs: it says so, and goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from hiprun.interfaces.workbench import Repository

from . import clinic
from .test_workbench import NIGHT, Desk, desk, place

__all__ = ["desk"]

PAGES = (
    "/read",
    "/read/decision-triage",
    "/try?decision=triage&fact.fever=true&wanted=action%3Drest",
    "/try?load=1&start=patient:calm",
    "/change",
    "/change/fact",
    "/change/statement",
    "/change/patient?name=calm",
    "/change/table?decision=plan",
    "/change/table/download?decision=plan",
    "/change/file?file=clinic/triage.yaml",
    "/change/rule?file=clinic/triage.yaml",
    "/change/entry?file=clinic/triage.yaml&line=6&column=5",
    "/effect",
    "/effect/progress",
    "/history",
    "/history/abc",
)
FORMS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/change/parameter", {"name": "stop_level", "value": "3"}),
    ("/change/entry", {"file": "clinic/triage.yaml", "line": "6", "column": "5", "text": "id: x", "anyway": "1"}),
    ("/change/fact", NIGHT),
    ("/change/patient", {"name": "calm", "fact": "pain", "value": "2"}),
    ("/try/keep", {"decision": "triage", "id": "x", "file": "clinic/cases/cases.yaml"}),
    ("/effect/save", {"anyway": "1"}),
    ("/history/undo", {}),
    ("/effect/back", {"all": "1"}),
)


def only_facts(root: Path) -> None:
    """Leave a pack that decides nothing."""
    for file in root.rglob("*.yaml"):
        if file.name not in ("pack.yaml", "facts.yaml"):
            file.unlink()
    (root / "facts.yaml").write_text("facts: {wet: {ask: Is it wet?, type: boolean}}\n", encoding="utf-8")


def a_folder(root: Path) -> None:
    """Put a folder where a file was."""
    (root / "facts.yaml").unlink()
    (root / "facts.yaml").mkdir()


EVENTS: dict[str, Callable[[Path], object]] = {
    "folder gone": shutil.rmtree,
    "folder renamed": lambda root: root.rename(root.with_name("practice")),
    "pack file gone": lambda root: (root / "pack.yaml").unlink(),
    "decision gone": lambda root: (root / "triage.yaml").unlink(),
    "file renamed": lambda root: (root / "triage.yaml").rename(root / "signs.yaml"),
    "broken": lambda root: (root / "triage.yaml").write_text("decision: triage\nrules: [", encoding="utf-8"),
    "another kind": lambda root: (root / "triage.yaml").write_text("constraints: []\n", encoding="utf-8"),
    "not UTF-8": lambda root: (root / "facts.yaml").write_bytes(b"facts: \xff\xfe"),
    "a folder in place of a file": a_folder,
    "no decisions": only_facts,
}


@pytest.mark.parametrize("event", EVENTS)
def test_every_page_goes_on(desk: Desk, event: str) -> None:
    """Before the files are read again and after; nothing is written to what is there now."""
    EVENTS[event](desk.root)
    there = {path: path.read_bytes() for path in desk.root.parent.rglob("*.yaml") if path.is_file()}
    for again in (False, True):
        if again:
            desk.post("/effect/read-again")
        told = desk.get("/change")
        assert ("What you see here is from before that" in told) is not again
        replies = {page: desk.ask("GET", page).status_code for page in PAGES}
        replies |= {address: desk.ask("POST", address, fields).status_code for address, fields in FORMS}
        desk.context.effects.stop()
        assert {address: status for address, status in replies.items() if status >= 500} == {}
        assert {path: path.read_bytes() for path in desk.root.parent.rglob("*.yaml") if path.is_file()} == there


def test_what_happened_is_said_on_every_page(desk: Desk) -> None:
    """Which files were changed, added, and are gone; and that nothing can be saved until they are read again."""
    (desk.root / "plan.yaml").unlink()
    (desk.root / "more.yaml").write_text("guidance: Another\nstatements: {}\n", encoding="utf-8")
    with (desk.root / "facts.yaml").open("a", encoding="utf-8") as facts:
        facts.write("# a note\n")
    for page in ("/read/decision-triage", "/try", "/change", "/effect", "/history"):
        told = desk.get(page)
        assert "Somebody has changed a file of this pack: clinic/facts.yaml" in told
        assert "Somebody has added a file to this pack: clinic/more.yaml" in told
        assert "A file of this pack is gone, or has another name: clinic/plan.yaml" in told
    desk.post("/change/parameter", name="stop_level", value="5")
    refused = desk.post("/effect/save", 422, anyway="1")
    assert "clinic/facts.yaml and 2 more have been changed by somebody else" in refused
    desk.context.effects.stop()
    assert "value: 4" in (desk.root / "parameters.yaml").read_text(encoding="utf-8")
    assert "has no column" not in desk.post("/effect/read-again")
    assert "Somebody has" not in desk.get("/change")


def test_changes_in_different_places_of_a_file_are_both_kept(desk: Desk) -> None:
    """Reading again puts them together; what does with them is shown, and saved with what the other has written."""
    file = desk.root / "triage.yaml"
    desk.post("/change/entry", **place(desk, "clinic/triage.yaml", "id: fever"), text=FEVER)
    file.write_text(file.read_text(encoding="utf-8").replace("Strong pain needs rest", "Much pain"), encoding="utf-8")
    assert "all are kept that are in other places" in desk.get("/effect")
    told = desk.post("/effect/read-again")
    desk.context.effects.stop()
    assert "The rule fever of triage is worded differently." in told
    desk.post("/effect/save", anyway="1")
    written = file.read_text(encoding="utf-8")
    assert ("Fever is for today" in written, "Much pain" in written) == (True, True)


FEVER = "id: fever\nwhen: {fever: true}\nthen: {action: doctor}\nbecause: Fever is for today.\nsource: signs.fever"


def test_a_change_in_the_same_place_is_left_out_and_told(desk: Desk) -> None:
    """What somebody else has written stays, and whose change is missing is said."""
    file = desk.root / "triage.yaml"
    desk.post("/change/entry", **place(desk, "clinic/triage.yaml", "id: fever"), text=FEVER)
    theirs = file.read_text(encoding="utf-8").replace("Fever is for a doctor", "Fever is for the night")
    file.write_text(theirs, encoding="utf-8")
    told = desk.post("/effect/read-again")
    assert "these changes of yours were left out, in: clinic/triage.yaml" in told
    assert not desk.context.state.changed
    desk.post("/change/parameter", name="stop_level", value="5")
    desk.context.effects.stop()
    assert "were left out" not in desk.get("/effect")
    desk.post("/effect/save", anyway="1")
    assert file.read_text(encoding="utf-8") == theirs


def test_a_form_changes_only_what_it_has_shown(desk: Desk) -> None:
    """A page that was open while the files were read again, or in another tab, changes nothing else in its place."""
    rule = place(desk, "clinic/triage.yaml", "id: fever")
    page = desk.ask("GET", f"/change/entry?{urlencode(rule)}&as=text").text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    whole = desk.ask("GET", "/change/file?file=clinic/triage.yaml").text
    seen_whole = whole.partition('name="seen" value="')[2].partition('"')[0]
    assert seen
    assert seen_whole
    file = desk.root / "triage.yaml"
    added = "  - {id: first, when: {pain: 9}, then: {action: doctor}, source: scale.pain}\n  - id: fever"
    file.write_text(file.read_text(encoding="utf-8").replace("  - id: fever", added), encoding="utf-8")
    desk.post("/effect/read-again")
    for address, fields in (
        ("/change/entry", {**rule, "text": FEVER}),
        ("/change/rule", {**rule, "id": "fever", "then.action": "rest"}),
        ("/change/remove", rule),
        ("/change/file", {"file": "clinic/triage.yaml", "text": "decision: triage\n"}),
    ):
        mark = seen_whole if address == "/change/file" else seen
        told = desk.post(address, 422, **fields, seen=mark)
        assert "This has changed since the page was made. Copy what you have typed" in told
        checked = desk.ask("POST", address, {**fields, "seen": mark, "check": "1"})
        assert (checked.status_code, "This has changed since" in checked.text) == (200, True)
    assert not desk.context.state.changed


def test_another_branch_is_checked_out(tmp_path: Path) -> None:
    """The history is that of the branch that is there now; undoing does not write over its files."""
    root = clinic.write(tmp_path)
    clinic.committed(root)
    opened = Desk(root, Repository.around(root))
    opened.ask("GET", "/?key=secret-key")
    opened.post("/change/parameter", name="stop_level", value="5")
    opened.context.effects.stop()
    opened.post("/effect/save", anyway="1")
    clinic.git(root, "switch", "--quiet", "--create", "other", "HEAD~1")
    assert "Somebody has changed a file of this pack: clinic/parameters.yaml" in opened.get("/history")
    assert "parameters.yaml has been changed by somebody else" in opened.post("/history/undo", 422)
    assert "value: 4" in (root / "parameters.yaml").read_text(encoding="utf-8")
    shutil.rmtree(root / ".git")
    assert opened.get("/history")
    opened.post("/effect/read-again")
    opened.post("/change/parameter", name="stop_level", value="6")
    opened.context.effects.stop()
    assert "git did not commit them" in opened.post("/effect/save", anyway="1")
