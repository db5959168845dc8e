"""The page in a real browser, on a phone and on a desk: through triage, readiness, today, and a plan made anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import hiprun
from hiprun.interfaces.page import make_page

from ....peers import browser as peers
from .visiting import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

EXAMPLES = Path(__file__).parents[4] / "examples"


@pytest.fixture(scope="module")
def address(hip: hiprun.Pack) -> Iterator[str]:
    """The address of the page of the pack that hiprun comes with."""
    with peers.served(make_page(hip, now=lambda: NOW)) as served:
        yield served


def fine(page: Page) -> None:
    """Check that everyone can use the page as it is shown, in light and dark: only contrast depends on the colours."""
    assert not peers.scrolls_sideways(page)
    assert peers.axe(page) == []
    page.emulate_media(color_scheme="dark")
    assert peers.axe(page, "color-contrast") == []
    page.emulate_media(color_scheme="light")


def press(page: Page, what: str | Locator) -> None:
    """Press a button, or something else that leads to a page, and wait for that page."""
    button = page.get_by_role("button", name=what, exact=True).first if isinstance(what, str) else what
    with page.expect_navigation(wait_until="domcontentloaded"):
        button.click()


def answer_all(page: Page) -> int:
    """Answer every question that comes with no, zero, or not known; return how many there were."""
    asked = 0
    while page.get_by_role("button", name="I do not know").count():
        asked += 1
        assert asked < 60
        if page.get_by_role("button", name="No", exact=True).count():
            press(page, "No")
        elif page.locator("input[inputmode]").count():
            page.locator("input[inputmode]").fill("0")
            press(page, "Next")
        else:
            press(page, "I do not know")
    return asked


@pytest.mark.parametrize("size", [peers.PHONE, peers.DESKTOP], ids=["phone", "desktop"])
def test_through_symptoms_and_readiness(browser: Browser, address: str, size: dict[str, int]) -> None:
    """From the start to an answer, one question at a time; what was answered for one is not asked for the other."""
    with peers.opened(browser, size) as page:
        page.goto(address)
        fine(page)
        press(page, page.get_by_role("link", name="symptom").first)
        press(page, "No")
        page.locator("select").first.select_option("at_least")
        page.locator("input[inputmode]").fill("4")
        press(page, "Next")
        fine(page)
        assert answer_all(page) == 1
        assert page.locator(".headline").first.inner_text() == "Stop the activity now and get checked before going on"
        fine(page)
        page.get_by_text("Your 3 answers").click()
        fine(page)
        press(page, page.locator("nav button[formaction='/ask/readiness']"))
        assert page.get_by_text("swelling around the hip?").count() <= 1
        answer_all(page)
        fine(page)


@pytest.mark.parametrize("size", [peers.PHONE, peers.DESKTOP], ids=["phone", "desktop"])
def test_through_today_and_a_plan_made_anew_after_a_bad_day(
    browser: Browser, address: str, size: dict[str, int], tmp_path: Path
) -> None:
    """A diary is opened, a bad morning written down; today and the plan say first what to do; all can be saved."""
    with peers.opened(browser, size) as page:
        page.goto(f"{address}/diary")
        page.locator("input[type=file]").set_input_files(EXAMPLES / "diary_sore.csv")
        press(page, "Open it")
        fine(page)
        press(page, page.locator("button[formaction='/diary/entry/symptoms']:not([name])"))
        fine(page)
        page.get_by_label("swelling around the hip").check()
        press(page, "Write it down")
        assert page.locator(".headline").first.inner_text() == "Get an urgent medical evaluation"
        with page.expect_download() as download:
            page.get_by_role("button", name="Save the diary").first.click()
        saved = Path(download.value.path()).read_text()
        assert saved.startswith((EXAMPLES / "diary_sore.csv").read_text())
        press(page, page.locator("nav button[formaction='/ask/today']"))
        answer_all(page)
        assert page.locator(".headline").first.inner_text() == "Get an urgent medical evaluation"
        fine(page)
        press(page, page.locator("nav button[formaction^='/plan']"))
        press(page, page.locator("button[formaction='/plan/run_walk']"))
        page.get_by_label("The plan begins on").fill("2026-03-02")
        press(page, "Show it")
        assert page.locator(".headline").first.inner_text() == "Get an urgent medical evaluation"
        assert page.locator("#changes li").count() > 0
        assert page.locator(".picture img").evaluate("image => image.complete && image.naturalWidth > 0")
        fine(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="Save for my calendar").click()
        assert download.value.suggested_filename == "plan.ics"


def test_every_other_page_is_for_everyone(browser: Browser, address: str) -> None:
    """What few people see is as good: plans to choose from, news on a day, reasons for professionals, and mistakes."""
    with peers.opened(browser, peers.PHONE) as page:
        page.goto(address)
        for path, name, value in _RARELY_SEEN:
            page.evaluate(_SENT, [path, name, value])
            page.wait_for_url(f"**{path}")
            page.wait_for_load_state()
            for size in (peers.PHONE, peers.DESKTOP):
                page.set_viewport_size(size)
                fine(page)


def test_keyboard_alone_gets_to_an_answer(browser: Browser, address: str) -> None:
    """Every step can be taken by keyboard, and what has the focus is in sight and not covered."""
    with peers.opened(browser, peers.PHONE) as page:
        page.goto(f"{address}/ask/triage")
        for reached, typed in (("value === '?'", ""), ("inputMode === 'decimal'", "5")):
            for _ in range(60):
                page.keyboard.press("Tab")
                assert page.evaluate(_FOCUS_IS_SEEN), page.evaluate("document.activeElement.outerHTML")
                if page.evaluate(f"document.activeElement.{reached}"):
                    break
            page.keyboard.type(typed)
            with page.expect_navigation(wait_until="domcontentloaded"):
                page.keyboard.press("Enter")
        page.locator(".headline").first.wait_for()


def test_printed_page_has_the_advice_and_no_buttons(browser: Browser, address: str) -> None:
    """On paper there is the answer with its reasons, in dark ink on white, and nothing to press."""
    with peers.opened(browser, peers.DESKTOP, scheme="dark") as page:
        page.goto(address)
        page.evaluate(_SENT, ["/ask/triage", "swelling", "true"])
        page.wait_for_url("**/ask/triage")
        page.emulate_media(media="print")
        assert page.locator(".headline").first.is_visible()
        assert page.get_by_text("Is there swelling around the hip?").is_visible()
        assert page.locator("button:visible").count() == 0
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 33, 37)"


_FOCUS_IS_SEEN = """() => {
    const focused = document.activeElement, box = focused.getBoundingClientRect();
    if (focused === document.body) return true;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const there = document.elementFromPoint(x, y);
    return Boolean(there) && (focused.contains(there) || there.contains(focused));
}"""
_RARELY_SEEN = (
    ("/plan", "swelling", "false"),
    ("/plan/run_walk", "running_stage", "eleven"),
    ("/plan/run_walk/changed", "running_stage", "run_walk"),
    ("/professional/triage", "swelling", "true"),
    ("/diary/entry/run", ".entry.when", "2026-03-16"),
    ("/diary", ".diary", "when,what\n2026-03-15,nothing\n"),
    ("/nowhere", "swelling", "true"),
)
_SENT = """([path, name, value]) => {
    const form = document.createElement("form"), input = document.createElement("input");
    [form.method, form.action, input.name, input.value] = ["post", path, name, value];
    form.append(input);
    document.body.append(form);
    form.submit();
}"""
