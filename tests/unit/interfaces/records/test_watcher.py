"""Rules that change while a program runs are used only once they are known to be good."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import hiprun

from ... import small_packs

PROMISE = """\
properties: Safety
always:
  - {id: dry, if: {dry: true}, then: {care.needed: true}}
"""
CASE = small_packs.cases("patient: calm, facts: {dry: true}, expect: {care: {needed: true}}")
GOOD = small_packs.rule("{dry: true}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small pack with a case and a promise."""
    facts = "facts:\n  dry: {ask: Is it dry?, type: boolean, worse: true}\n"
    case = CASE.replace(CASE[CASE.index("{warmth") : CASE.index("}\nexamples") + 1], "{dry: false}")
    small_packs.load(tmp_path / "garden", facts=facts, care=GOOD, promise=PROMISE, cases=case)
    return tmp_path / "garden"


def test_a_good_version_is_swapped_in(folder: Path) -> None:
    """After a change that loads, passes its cases and keeps its promises, new questions go to the new rules."""
    watcher = hiprun.PackWatcher(folder)
    before = watcher.pack
    assert watcher.look() == hiprun.Update("unchanged", before)
    (folder / "care.yaml").write_text(GOOD.replace("id: it", "id: thirst"), encoding="utf-8")
    update = watcher.look()
    assert (update.status, update.problems) == ("swapped", ())
    assert watcher.pack is update.pack is not before
    assert watcher.pack.decide("care", {"dry": True}).fired == ("thirst",)
    assert before.decide("care", {"dry": True}).fired == ("it",)
    assert watcher.look().status == "unchanged"


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("care.yaml", "dry: true", "dri: true", "unknown-name"),
        ("care.yaml", "then: {needed: true}", "then: {needed: false}", "case-failed"),
        ("promise.yaml", "{dry: true}", "{dry: false}", "not-proved"),
    ],
)
def test_a_bad_version_is_refused_and_the_old_one_serves_on(
    folder: Path, file: str, old: str, new: str, problem: str
) -> None:
    """A mistake, a failing case and a broken promise each keep the old rules; the reasons are told once."""
    watcher = hiprun.PackWatcher(folder)
    before = watcher.pack
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    update = watcher.look()
    assert (update.status, update.pack) == ("refused", before)
    assert problem in [found.code for found in update.problems]
    assert watcher.pack is before
    assert watcher.look().status == "unchanged"
    (folder / file).write_text(text + "\n# as before\n", encoding="utf-8")
    assert watcher.look().status == "swapped"


def test_proofs_can_be_left_out(folder: Path) -> None:
    """Without proofs a broken promise is not noticed; cases still are."""
    watcher = hiprun.PackWatcher(folder, prove=False)
    promise = folder / "promise.yaml"
    promise.write_text(PROMISE.replace("{dry: true}", "{dry: false}"), encoding="utf-8")
    assert watcher.look().status == "swapped"


def test_settings_of_the_clinic_stay(changed_greenhouse: Callable[..., Path]) -> None:
    """A new version has the clinic's own values; one that does not allow them is refused."""
    folder = changed_greenhouse("notes.txt", new="Nothing.")
    watcher = hiprun.PackWatcher(folder, prove=False, settings={"cans": 3})
    assert watcher.pack.settings == {"cans": 3}
    changed_greenhouse("parameters.yaml", "range: [1, 5]", "range: [1, 2]")
    update = watcher.look()
    assert [problem.code for problem in update.problems] == ["out-of-range"]
    assert watcher.pack.settings == {"cans": 3}


def test_a_version_that_is_still_being_written_waits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the files change while they are looked at, the old rules stay until the next look sees all of them."""
    watcher = hiprun.PackWatcher(folder, prove=False)
    before = watcher.pack
    care = folder / "care.yaml"
    care.write_text(GOOD.replace("id: it", "id: half"), encoding="utf-8")
    whole = watcher._objections

    def and_writes_on(pack: hiprun.Pack) -> list[hiprun.Problem]:
        care.write_text(GOOD.replace("id: it", "id: whole"), encoding="utf-8")
        return whole(pack)

    monkeypatch.setattr(watcher, "_objections", and_writes_on)
    assert (watcher.look().status, watcher.pack) == ("unchanged", before)
    assert watcher.look().status == "swapped"
    assert watcher.pack.decide("care", {"dry": True}).fired == ("whole",)


def test_proofs_that_do_not_end_are_no_proofs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that is stopped, or names a fault of hiprun, refuses the version, though no claim failed."""
    from hiprun.verification import verify as module

    watcher = hiprun.PackWatcher(folder)
    report = hiprun.Verification("garden", "1.0.0", "", (), faults=("two methods disagree",))
    monkeypatch.setattr(module, "verify", lambda pack: report)
    (folder / "care.yaml").write_text(GOOD + "# more\n", encoding="utf-8")
    update = watcher.look()
    assert [(problem.code, problem.help) for problem in update.problems] == [("not-proved", "two methods disagree")]


class Rounds(threading.Event):
    """An event that is set after so many waits."""

    def __init__(self, rounds: int) -> None:
        """Wait so many times without waiting."""
        super().__init__()
        self.rounds = rounds

    def wait(self, timeout: float | None = None) -> bool:
        """Return whether all rounds are over."""
        self.rounds -= 1
        return self.rounds < 0


def test_a_loop_looks_again_and_again(folder: Path) -> None:
    """The loop tells of each swap and nothing else, and ends when it is told to."""
    watcher = hiprun.PackWatcher(folder, prove=False)
    updates: list[hiprun.Update] = []
    (folder / "care.yaml").write_text(GOOD.replace("id: it", "id: thirst"), encoding="utf-8")
    watcher.run(Rounds(3), tell=updates.append)
    assert [update.status for update in updates] == ["swapped"]
    (folder / "care.yaml").write_text(GOOD, encoding="utf-8")
    watcher.run(Rounds(1))
    assert watcher.pack.decide("care", {"dry": True}).fired == ("it",)
