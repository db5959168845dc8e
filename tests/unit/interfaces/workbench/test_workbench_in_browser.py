"""The whole round in a real browser: somebody who cannot program changes the rules, sees what that does, and saves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.interfaces.workbench import PackFolder, Repository, Session, make_context, workbench_application
from hiprun.verification import cases

from ....peers import browser as peers
from . import clinic

PROVED = "claims about every patient are proved"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The whole address of a workbench on the small pack, which is in git."""
    root = clinic.write(tmp_path)
    clinic.committed(tmp_path)
    context = make_context(Session(PackFolder.at(root), Repository.around(root)))
    with peers.served(workbench_application(context, "key")) as served:
        yield f"{served}/?key=key"
    context.effects.stop()


def look(page: Any) -> None:
    """Check that the page as it is now is accessible, in light and dark, and fits a phone and a desk."""
    for size, scheme in ((peers.PHONE, "dark"), (peers.DESKTOP, "light")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        assert peers.axe(page) == [], (page.url, scheme)
        assert not peers.scrolls_sideways(page), page.url


def passing(root: Path) -> bool:
    """Return whether the pack on disk loads, and all its cases hold."""
    pack = hiprun.load(root, cache=False)
    return all(result.passed for result in cases.run_all(pack, pack.model.examples))


def test_a_symptom_is_added(browser: Any, address: str, tmp_path: Path) -> None:
    """A symptom with its question, a statement, a rule, and the missing line in `calm`: seen, mended, proved, saved."""
    with peers.opened(browser, peers.DESKTOP) as page:
        page.set_default_timeout(60_000)
        page.goto(address)
        look(page)
        page.get_by_role("link", name="What a sign calls for").first.click()
        look(page)
        page.get_by_role("link", name="Change", exact=True).click()
        look(page)
        page.get_by_role("link", name="A fact and its question").click()
        page.get_by_label("The question that asks for it").fill("Does it hurt at night?")
        page.get_by_label("Its name in the rules").fill("night_pain")
        page.get_by_label("The statement it rests on").fill("signs.night")
        page.get_by_label("What it says, if it is new").fill("Pain at night is seen by a doctor.")
        page.get_by_text("No mistakes").wait_for()
        look(page)
        page.get_by_role("button", name="See what it does").click()
        page.get_by_text("All 6 cases hold").wait_for()
        page.get_by_role("link", name="Change", exact=True).click()
        page.get_by_label("A rule for").select_option(label="What a sign calls for")
        page.get_by_role("button", name="Write it").click()
        page.get_by_label("Its name").fill("night-pain")
        page.get_by_label("What is asked, line 1").select_option("night_pain")
        page.get_by_label("Value, line 1").fill("tru")
        page.get_by_label("action").select_option(label="See a doctor")
        page.get_by_label("Why, in words for the person").fill("Pain at night is for a doctor.")
        page.get_by_label("Statements it rests on").fill("signs.night")
        page.get_by_text("is true or false, not").wait_for()
        look(page)
        page.get_by_label("Value, line 1").fill("true")
        page.get_by_text("No mistakes").wait_for()
        page.get_by_role("button", name="See what it does").click()
        page.get_by_text("Adding night_pain: false to calm mends all 5.").wait_for()
        look(page)
        page.get_by_role("button", name="Add night_pain: false to calm").click()
        page.get_by_text("All 6 cases hold").wait_for()
        page.get_by_role("heading", name="No longer proved").wait_for()
        page.get_by_text("Nobody gets a calmer answer than before.").wait_for()
        look(page)
        page.get_by_role("button", name="Let it hold only for patients with night_pain: false").click()
        page.get_by_text(PROVED).wait_for()
        page.get_by_label("In one line, for the history").fill("Ask about pain at night")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="Ask about pain at night").click()
        page.get_by_text("The statement signs.night is new: Pain at night is seen by a doctor.").wait_for()
        look(page)
    assert passing(tmp_path / "clinic")
    assert "fever: false, mood: good, sites: [], night_pain: false}" in (
        (tmp_path / "clinic/cases/cases.yaml").read_text(encoding="utf-8")
    )
    assert clinic.git(tmp_path, "log", "-1", "--format=%s").strip() == "Ask about pain at night"


def test_a_threshold_without_any_script(browser: Any, address: str, tmp_path: Path) -> None:
    """Read, try, change a threshold, see what it does, mend the cases, save, undo: all with plain forms."""
    with peers.opened(browser, peers.DESKTOP, java_script_enabled=False) as page:
        page.goto(address)
        page.get_by_role("link", name="Try", exact=True).click()
        page.get_by_label("Start from").select_option(label="Strong pain")
        page.get_by_role("button", name="Start").click()
        page.get_by_text("Strong pain needs rest.").first.wait_for()
        page.get_by_role("link", name="Change", exact=True).click()
        page.get_by_label("Pain at which to stop").fill("30")
        page.get_by_role("button", name="Set Pain at which to stop").click()
        page.get_by_text("ranges from 1 to 8").wait_for()
        page.get_by_label("Pain at which to stop").fill("3")
        page.get_by_role("button", name="Set Pain at which to stop").click()
        page.get_by_text("2 cases get another answer because").wait_for()
        page.get_by_role("button", name="The new answers are right for all 2").click()
        page.get_by_text("All 6 cases hold").wait_for()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("The parameter stop_level was 4 and is now 3.", exact=True).wait_for()
        assert passing(tmp_path / "clinic")
        page.get_by_role("button", name="Undo the last save").click()
        page.get_by_role("link", name="Undo: The parameter stop_level was 4 and is now 3. (and 1 more)").wait_for()
    assert clinic.git(tmp_path, "diff", "--stat", "HEAD~2", "HEAD") == ""
    assert passing(tmp_path / "clinic")
