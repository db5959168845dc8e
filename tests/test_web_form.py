"""The web form of the examples: pages as a browser gets them, and one round in a real browser."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

import hiprun

ROOT = Path(__file__).parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PACKS = {"hip": None, "news2": ROOT / "examples" / "news2", "greenhouse": ROOT / "tests" / "packs" / "greenhouse"}


class Page(HTMLParser):
    """What a page holds, for questions about labels, links and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.raw, self.words, self.open = text, "", []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.unlabelled: list[dict[str, str | None]] = []
        self.feed(text)
        assert not self.open, f"not closed: {self.open}"
        targets = {fields["for"] for name, fields in self.elements if name == "label" and "for" in fields}
        self.unlabelled = [fields for fields in self.unlabelled if fields.get("id") not in targets]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the beginning of an element."""
        fields = dict(attrs)
        self.elements.append((tag, fields))
        if tag in ("input", "select") and "label" not in self.open and "aria-label" not in fields:
            self.unlabelled.append(fields)
        if tag not in ("input", "link", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Take text."""
        self.words += data

    def all(self, name: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements called `name`."""
        return [fields for found, fields in self.elements if found == name]

    @property
    def ids(self) -> list[str]:
        """Every id on the page."""
        return [str(fields["id"]) for _, fields in self.elements if "id" in fields]


class Visitor:
    """Someone who gets pages and sends what they filled in."""

    def __init__(self, application: Starlette) -> None:
        self.application = application

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return asyncio.run(self._request("GET", path, None))

    def post(self, path: str, content: str | bytes) -> httpx.Response:
        """Send a form."""
        return asyncio.run(self._request("POST", path, content))

    async def _request(self, method: str, path: str, content: str | bytes | None) -> httpx.Response:
        transport = httpx.ASGITransport(self.application)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if content is not None else {}
        async with httpx.AsyncClient(transport=transport, base_url="http://form") as client:
            return await client.request(method, path, content=content, headers=headers)


def application(pack: hiprun.Pack, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    """Return the form of one pack."""
    monkeypatch.syspath_prepend(str(ROOT))
    from examples.web_form.app import make_app

    return make_app(pack)


@pytest.fixture
def form(hip: hiprun.Pack, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """A visitor of the form of the pack that hiprun comes with."""
    return Visitor(application(hip, monkeypatch))


def sent(form: Visitor, decision: str, *fields: tuple[str, str], status: int = 200) -> Page:
    """Return the page that comes back when `fields` are sent."""
    response = form.post(f"/{decision}", urlencode(fields))
    assert response.status_code == status
    return Page(response.text)


@pytest.mark.parametrize("name", PACKS)
def test_every_decision_has_a_page_that_everyone_can_use(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For any pack: each field has a label, each id stands once, and each link leads somewhere."""
    pack = hiprun.load(PACKS[name])
    form = Visitor(application(pack, monkeypatch))
    home = Page(form.get("/").text)
    assert {link["href"] for link in home.all("a")} == {f"/{decision}" for decision in pack.model.offered_to_person}
    for decision in pack.decisions:
        asked = [fields["name"] for fields in Page(form.get(f"/{decision}").text).all("input")]
        for fields in ((), tuple((str(field), "1") for field in asked)):
            page = Page(form.post(f"/{decision}", urlencode(fields)).text)
            assert page.unlabelled == []
            assert len(page.ids) == len(set(page.ids))
            links = [str(link["href"]) for link in page.all("a")]
            assert [link for link in links if link.startswith("#") and link[1:] not in page.ids] == []


def test_first_visit_asks_and_frightens_no_one(form: Visitor, hip: hiprun.Pack) -> None:
    """Before anything is answered there are questions and no verdict."""
    page = Page(form.get("/triage").text)
    assert hip.facts["swelling"].ask in page.words
    assert "evaluation" not in page.words
    assert "ecided" not in page.words
    assert "Answer what you can." in page.words


def test_urgent_answer_is_shown_with_its_reason(form: Visitor, hip: hiprun.Pack) -> None:
    """What is decided is said in the words of the pack, with why and with the statement behind it."""
    page = sent(form, "triage", ("swelling", "true"))
    assert "Decided" in page.words
    assert "Get an urgent medical evaluation" in page.words
    assert "Swelling or numbness can be a sign of nerve trouble" in page.words
    assert hip.statements["table.swelling-or-numbness"].text in page.words
    assert "still needed" not in page.words.lower()


def test_what_is_not_decided_says_what_is_safe_and_what_is_needed(form: Visitor, hip: hiprun.Pack) -> None:
    """With answers missing there is the safe advice, what is ruled out, and links to the questions that remain."""
    page = sent(form, "triage", ("trouble_walking", "true"), ("swelling", "false"))
    assert "Not decided yet" in page.words
    assert "Get an urgent medical evaluation" in page.words
    assert "ruled out: See a doctor" in page.words
    assert "Still needed: 1" in page.words
    assert {"href": "#numbness"} in page.all("a")
    assert "no longer matters" in page.words


def test_number_may_be_known_in_part(form: Visitor) -> None:
    """A number can be given as at least or at most."""
    known = [("swelling", "false"), ("numbness", "false"), ("trouble_walking", "false")]
    page = sent(form, "triage", *known, ("pain_while_running", "4"), ("pain_while_running.test", "at_least"))
    assert "Stop the activity now and get checked before going on" in page.words
    assert "Decided" in page.words


def test_mistake_stands_at_its_question_and_the_rest_is_kept(form: Visitor) -> None:
    """A wrong answer is named and kept to be mended; what was right still counts."""
    page = sent(form, "triage", ("pain_while_running", "eleven"), ("swelling", "true"), status=422)
    assert "`eleven` is not a number. Give a number from 0 to 10 pain score." in page.words
    assert "Get an urgent medical evaluation" in page.words
    entry = next(fields for fields in page.all("input") if fields["name"] == "pain_while_running")
    assert entry["value"] == "eleven"
    assert entry["aria-invalid"] == "true"
    assert entry["aria-describedby"] in page.ids


def test_answers_that_cannot_be_together_are_said(form: Visitor) -> None:
    """A combination that cannot occur gives its reason instead of advice."""
    page = sent(form, "triage", ("pain_while_running", "3"), ("pain_quality", "none"), status=422)
    assert "These facts cannot occur together." in page.words
    assert "Decided" not in page.words


def test_none_of_these_is_an_answer(form: Visitor) -> None:
    """For a list of choices, nothing ticked is unknown, and `none of these` is known; both at once is a mistake."""
    assert "Where does the hip hurt?still needed" in sent(form, "injury_pattern", ("pain_quality", "sharp")).words
    page = sent(form, "injury_pattern", ("pain_quality", "sharp"), ("pain_sites", "none-of-these"))
    assert "Where does the hip hurt?still needed" not in page.words
    both = sent(form, "injury_pattern", ("pain_sites", "none-of-these"), ("pain_sites", "side"), status=422)
    assert "Tick some choices or “none of these”, but not both." in both.words


def test_what_must_not_wait_is_said_first(form: Visitor) -> None:
    """Whatever is asked, the words of the first decision stand before the result; without a sign there are none."""
    words = sent(form, "readiness", ("swelling", "true")).words
    assert words.index("Get an urgent medical evaluation") < words.index("must not wait")
    assert "must not wait" not in sent(form, "readiness", ("swelling", "false")).words


def test_criteria_limits_and_lists_are_shown(form: Visitor) -> None:
    """Each kind of decision shows what it gives."""
    ready = sent(form, "readiness", ("swelling", "true"))
    assert "Get the urgent medical evaluation" in ready.words
    week = [("running_stage", "continuous"), ("this_week_minutes", "90")]
    week += [("this_week_distance", "20"), ("next_week_distance", "23")]
    assert "AboveNext week distanceat most 22 km" in sent(form, "progression", *week).words
    assert "Certain" in sent(form, "mindset", ("discouraged", "true")).words


def test_what_is_typed_comes_back_as_text(form: Visitor) -> None:
    """Whatever is typed is shown as text, never taken for a part of the page."""
    attack = '"><script>alert(1)</script>'
    for field in ("pain_while_running", "swelling", "pain_quality", "pain_while_running.test"):
        page = sent(form, "triage", (field, attack), ("pain_while_running", "1"), status=422)
        assert page.all("script") == []
        assert "<script" not in page.raw


def test_pages_need_no_script_and_are_not_kept(form: Visitor) -> None:
    """Pages allow no script, no other site and no copy in a cache."""
    response = form.get("/triage")
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"
    assert not re.search(r"<script|\son\w+=|style=", response.text)
    assert form.get("/style.css").headers["content-type"].startswith("text/css")


def test_too_much_is_refused(form: Visitor) -> None:
    """A request beyond what the form holds is refused, and an unknown page is said to be."""
    assert form.post("/triage", b"a=" + b"1" * 100_000).status_code == 413
    assert form.post("/triage", b"&".join([b"a=1"] * 1000)).status_code == 413
    missing = form.get("/%3Cb%3E")
    assert missing.status_code == 404
    assert "<b>" not in missing.text


@pytest.fixture
def address(hip: hiprun.Pack, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the form, served for a real browser."""
    served = application(hip, monkeypatch)
    server = uvicorn.Server(uvicorn.Config(served, log_level="error", lifespan="off", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listening:  # requests wait in its queue until the server is up
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=30)


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_form_in_a_real_browser(address: str, tmp_path: Path) -> None:
    """Chromium fills the form in, sends it, and shows the answer."""
    start = tmp_path / "start.html"
    start.write_text(
        f'<form method="post" action="{address}/triage"><input name="swelling" value="true"></form>'
        "<script>document.forms[0].submit()</script>"
    )
    options = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=5000",
        f"--user-data-dir={tmp_path}/c",
    ]
    done = subprocess.run(
        [str(CHROMIUM), *options, "--dump-dom", str(start)], capture_output=True, text=True, timeout=120
    )
    assert "Get an urgent medical evaluation" in done.stdout
    assert 'value="true" checked' in done.stdout
