"""The page that asks and answers in the browser alone: what it shows, and that nothing leaves it."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.interfaces.javascript.page import triage_page

from ....peers import browser as peers
from ... import small_packs

browser = peers.browser

_GARDEN = """\
facts:
  sick: {ask: <b>Is it</b> sick?, type: boolean, because: It may die.}
  height: {ask: How high is it?, type: number, range: [0, 20], unit: m}
  kind: {ask: Which tree?, type: choice, choices: {elm: An elm, oak: An oak}}
  pests: {ask: Which pests?, type: set, choices: {mites: Mites, rust: Rust}}
  planted: {ask: When was it planted?, type: date}
"""
_CARE = """\
decision: care
outputs:
  care: {type: choice, choices: {leave: Leave it, prune: Prune it, fell: <i>Fell</i> it}, worse: later}
  cuts: {type: integer, worse: higher}
hit: worst
otherwise: {care: leave, cuts: 0}
rules:
  - {id: sick, when: {sick: true, kind: elm}, then: {care: fell, cuts: 1}, because: A sick elm falls.}
  - {id: high, when: {height: {above: 3.5}}, then: {care: prune, cuts: 3}}
  - {id: pests, when: {all: [{pests: {includes: rust}}, {planted: {below: 2020-01-01}}]}, then: {care: prune, cuts: 2}}
"""


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a page about a garden, in a file."""
    folder = tmp_path_factory.mktemp("garden")
    pack = small_packs.load(folder, facts=_GARDEN, care=_CARE)
    page = folder / "page.html"
    page.write_text(triage_page(pack), encoding="utf-8")
    return page.as_uri()


def _choose(page: Any, text: str) -> None:
    page.get_by_text(text, exact=True).click()
    page.get_by_role("button", name="Next").click()


def test_a_page_asks_and_answers(browser: Any, garden: str) -> None:
    """Each kind of question can be answered, a wrong answer is refused, and the answer comes with its reason."""
    with peers.opened(browser, peers.PHONE) as page:
        page.goto(garden)
        answers = {
            "<b>Is it</b> sick?": lambda: _choose(page, "Yes"),
            "Which tree?": lambda: _choose(page, "An oak"),
            "How high is it?": lambda: height(),
            "Which pests?": lambda: _choose(page, "Rust"),
            "When was it planted?": lambda: page.get_by_role("button", name="I don't know").click(),
        }

        def height() -> None:
            page.get_by_role("button", name="Next").click()
            assert page.get_by_role("alert").inner_text() == "Choose an answer, or say that you don't know."
            page.get_by_role("textbox").fill("a lot")
            page.get_by_role("button", name="Next").click()
            assert "number" in page.get_by_role("alert").inner_text()
            page.get_by_role("textbox").fill("3,5")
            page.get_by_role("button", name="Next").click()

        asked = []
        while page.locator("form").count():
            assert not peers.axe(page)
            assert not peers.scrolls_sideways(page)
            asked.append(page.locator("legend").inner_text())
            answers[asked[-1]]()
        assert sorted(asked) == sorted(answers)
        assert page.locator("#answer .headline").inner_text() == "Prune it"
        assert "the safest of the answers that remain" in page.locator("#answer").inner_text()
        page.get_by_role("button", name="Back").click()
        page.locator("[name=answer]").fill("2021-05-01")
        page.get_by_role("button", name="Next").click()
        assert page.locator("#answer").inner_text().split("\n")[0] == "Leave it"
        page.get_by_role("button", name="Start over").click()
        assert page.locator("form").count() == 1


def test_nothing_leaves_the_page(browser: Any, garden: str) -> None:
    """No request is made, whatever is answered, and a script that tries to send something is kept from it."""
    with socket.create_server(("127.0.0.1", 0)) as listening, peers.opened(browser, peers.DESKTOP) as page:
        listening.setblocking(False)
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(garden)
        while page.locator("form").count():
            page.get_by_role("button", name="I don't know").click()
        assert page.locator("#answer .headline").inner_text() == "<i>Fell</i> it"
        assert [url for url in requests if not url.startswith("data:")] == [garden]
        tried = page.evaluate(
            """async (address) => {
              const failed = (promise) => promise.then(() => "sent", () => "blocked");
              const image = new Promise((done, fail) => {
                const made = new Image();
                made.onload = done; made.onerror = fail; made.src = address;
              });
              navigator.sendBeacon(address, "x");
              const script = document.createElement("script");
              script.textContent = "globalThis.ran = true";
              document.body.append(script);
              return [await failed(fetch(address)), await failed(image), String(globalThis.ran)];
            }""",
            f"http://127.0.0.1:{listening.getsockname()[1]}/",
        )
        assert tried == ["blocked", "blocked", "undefined"]
        with pytest.raises(BlockingIOError):
            listening.accept()
        assert page.evaluate("[localStorage.length, document.cookie]") == [0, ""]


def test_the_page_of_a_pack_is_one_file(tmp_path: Path) -> None:
    """The command writes the page of the first decision; one that gives a list, or does not exist, is refused."""
    page = tmp_path / "page.html"
    result = CliRunner().invoke(application, ["javascript", "--page", str(page), "--language", "de"])
    assert result.exit_code == 0, result.output
    assert "connect-src &#39;none&#39;" in page.read_text(encoding="utf-8")
    pack = hiprun.load()
    with pytest.raises(hiprun.RuleError, match="list or limits"):
        triage_page(pack, "stretching")
    with pytest.raises(hiprun.UnknownNameError):
        triage_page(pack, "triag")
