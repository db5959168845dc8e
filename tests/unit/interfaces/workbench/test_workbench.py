"""The workbench page by page: what each shows and does, and who may use it."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

import hiprun
from hiprun.interfaces.workbench import (
    PackFolder,
    Repository,
    Session,
    make_context,
    pack_edits,
    workbench_application,
)
from hiprun.interfaces.workbench.effect_job import work

from . import clinic

KEY = "secret-key"


class Desk:
    """A workbench on the small pack, used like a browser that follows where it is led."""

    def __init__(self, root: Path, repository: Repository | None = None, language: str = "en") -> None:
        self.root = root
        self.context = make_context(Session(PackFolder.at(root), repository, language))
        self.application = workbench_application(self.context, KEY)
        self.cookies: dict[str, str] = {}

    def ask(
        self, method: str, path: str, fields: Mapping[str, str | Sequence[str]] | None = None, **headers: str
    ) -> httpx.Response:
        """Return the reply to one request."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.application, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1:8000", cookies=self.cookies
            ) as client:
                content = urlencode(fields or {}, doseq=True)
                reply = await client.request(method, path, content=content, headers=headers)
                self.cookies |= dict(client.cookies)
                return reply

        return asyncio.run(send())

    def get(self, path: str, status: int = 200) -> str:
        """Return a page as text, without its tags."""
        reply = self.ask("GET", path)
        assert reply.status_code == status, reply.text
        return plain(reply.text)

    def post(self, path: str, status: int = 303, **fields: str | Sequence[str]) -> str:
        """Send a form, and return the page that it leads to as text."""
        reply = self.ask("POST", path, fields)
        assert reply.status_code == status, plain(reply.text)
        return self.get(reply.headers["location"]) if status == 303 else plain(reply.text)


def plain(page: str) -> str:
    """Return what a page says, without tags."""
    page = re.sub(r"</?(code|strong|a|span)\b[^>]*>", "", page)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


NIGHT = {
    "file": "clinic/facts.yaml",
    "name": "night",
    "ask": "Pain at night?",
    "type": "boolean",
    "worse": "up",
    "source": "signs.fever",
}
NIGHT_RULE = {
    "file": "clinic/triage.yaml",
    "line": "",
    "id": "night",
    "subject": "night",
    "test": "is",
    "value": "true",
    "source": "signs.fever",
    "then.action": "doctor",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A workbench that somebody has opened with its key."""
    opened = Desk(clinic.write(tmp_path))
    assert opened.ask("GET", f"/?key={KEY}").status_code == 303
    yield opened
    opened.context.effects.stop()


def place(desk: Desk, file: str, text: str) -> dict[str, str]:
    """Return the fields that say where something is written."""
    lines = desk.context.state.current.text(file).split("\n")
    line = next(number for number, written in enumerate(lines, 1) if text in written)
    return {"file": file, "line": str(line), "column": str(lines[line - 1].index(text) + 1)}


def proved(desk: Desk) -> str:
    """Wait for the proofs that are under way, and return how they ended."""
    job = desk.context.effects.job(desk.context.state.saved, desk.context.state.current, start=False)
    assert job is not None
    return job.wait().status


# who may use it


def test_only_the_whole_address_opens_the_workbench(tmp_path: Path) -> None:
    """Without the key there is nothing to see; with it once, a cookie that scripts and other sites cannot use."""
    desk = Desk(clinic.write(tmp_path))
    for path in ("/", "/read", "/?key=wrong", "/?key=", "/workbench.js"):
        reply = desk.ask("GET", path)
        assert (reply.status_code, "key" in reply.text or path == "/workbench.js") == (403, True)
        assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert desk.ask("POST", f"/effect/save?key={KEY}").status_code == 403
    assert desk.ask("GET", "/style.css").status_code == 200
    assert desk.ask("GET", "/read", Cookie="hiprun-workbench=wrong").status_code == 403
    assert desk.ask("GET", "/read", Cookie="a/b=c").status_code == 403
    reply = desk.ask("GET", f"/try?decision=plan&key={KEY}")
    assert (reply.status_code, reply.headers["location"]) == (303, "/try?decision=plan")
    for odd, leads_to in (("/%0d%0aX: y", "/%0D%0AX%3A%20y"), ("/%2Fexample.org", "/example.org")):
        desk.cookies.clear()
        assert desk.ask("GET", f"{odd}?key={KEY}").headers["location"] == leads_to
    cookie = reply.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/"))
    assert "A small clinic" in desk.get("/read")


def test_other_sites_can_do_nothing(desk: Desk) -> None:
    """Requests from other sites, under other names of this machine, or too large are refused."""
    for headers in (
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ):
        assert desk.ask("POST", "/effect/save", {}, **headers).status_code == 403
    assert desk.ask("GET", "/read", Host="evil.example:8000").status_code == 403
    assert desk.ask("POST", "/change/file", {"text": "x" * 2_100_000}).status_code == 413
    reply = desk.ask("GET", "/read")
    assert "script-src 'self'" in reply.headers["content-security-policy"]
    assert "unsafe" not in reply.headers["content-security-policy"]
    assert desk.ask("GET", "/workbench.js").headers["content-type"].startswith("text/javascript")
    assert desk.ask("GET", "/workbench.css").headers["content-type"].startswith("text/css")
    assert asyncio.run(_lifespan(desk)) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def _lifespan(desk: Desk) -> list[str]:
    """Tell the application that its server starts and ends, and return what it says."""
    told = iter(("lifespan.startup", "lifespan.shutdown"))
    said: list[str] = []

    async def receive() -> dict[str, str]:
        return {"type": next(told)}

    async def send(message: Any) -> None:
        said.append(message["type"])

    await desk.application({"type": "lifespan"}, receive, send)
    return said


# read and try


def test_the_pack_can_be_read(desk: Desk) -> None:
    """Every chapter of the book is there; what is on a page can be tried and changed from there."""
    contents = desk.ask("GET", "/read").text
    chapters = set(re.findall(r'href="(/read/[^"#]*)"', contents))
    assert "/read/decision-triage" in chapters
    for address in chapters:
        desk.get(address)
    page = desk.get("/read/decision-triage")
    for words in ("What a sign calls for", "See a doctor", "Try it", "Change a rule fever strong-pain low-mood"):
        assert words in page
    assert "Change an entry pain fever mood sites" in desk.get("/read/questions")
    assert "no such page" in desk.get("/read/unheard-of", 422)
    assert desk.ask("GET", "/").headers["location"] == "/read"
    assert desk.ask("GET", "/book.css").headers["content-type"].startswith("text/css")


def test_a_patient_is_tried_from_another_one(desk: Desk) -> None:
    """Answers are filled in from a patient or a case; the answer, its rules and other answers are beside the form."""
    page = desk.ask("GET", "/try?decision=triage&start=patient:calm&load=1").text
    assert 'value="0"' in page
    assert "No rule applies." in plain(page)
    page = desk.get("/try?decision=triage&start=case:pain-4&load=1&wanted=action%3Dnone")
    assert "Strong pain needs rest." in page
    assert "What would have to be different" in page
    assert "How strong is the pain? 3" in page
    assert "In the way, or missing" in page
    page = desk.get("/try?decision=triage&start=case:unheard-of&load=1")
    assert "May apply" in page


def test_wrong_answers_are_told_beside_their_questions(desk: Desk) -> None:
    """An answer that cannot be read is told, and the others still count; what cannot be together is told too."""
    page = desk.get("/try?decision=triage&fact.pain=much&fact.fever=true")
    assert "See a doctor" in page
    assert "much" in page
    assert "is not a number" in page or "number" in page
    constraint = "constraints:\n  - {id: never, never: {fever: true, mood: good}, because: So., source: scale.pain}\n"
    other = Desk(clinic.write(desk.root.parent / "other", constraints=constraint))
    other.cookies = desk.cookies
    page = other.get("/try?decision=triage&fact.fever=true&fact.mood=good")
    assert "These answers cannot be together" in page
    fields = {"decision": "triage", "fact.fever": "true", "fact.mood": "good", "file": "clinic/cases/cases.yaml"}
    assert "Correct them first" in other.post("/try/keep", 422, **fields)


def test_ways_that_cannot_be_searched_are_told(desk: Desk) -> None:
    """An answer that the decision does not have is told in words, as are all other reasons."""
    assert "nothing" in desk.get("/try?decision=triage&fact.fever=true&wanted=action%3Dnothing")


def test_a_patient_is_kept_as_a_case(desk: Desk) -> None:
    """The case starts from the same patient, says what is different, and expects what came out."""
    fields = {
        "decision": "triage",
        "start": "patient:calm",
        "fact.pain": "5",
        "fact.fever": "false",
        "fact.mood": "good",
    }
    page = desk.post("/try/keep", **fields, id="pain-5", title="More pain", file="clinic/cases/cases.yaml")
    assert "The case pain-5 is new." in page
    assert "All 7 cases hold" in page
    text = desk.context.state.current.text("clinic/cases/cases.yaml")
    assert "id: pain-5" in text
    assert "facts: {pain: 5}" in text
    assert "unknown: [sites]" in text
    assert "no such file" in desk.post("/try/keep", 422, **fields, id="a", file="clinic/x.yaml")
    again = desk.post("/try/keep", 422, **fields, id="pain-5", file="clinic/cases/cases.yaml")
    assert "There is already a case pain-5." in again


# change


def test_everything_that_can_be_changed_is_listed(desk: Desk) -> None:
    """Parameters with their fields, decisions, facts, statements, patients, cases and files."""
    page = desk.get("/change")
    for words in (
        "Pain at which to stop",
        "(1 to 8)",
        "strong-pain",
        "Is there fever?",
        "signs.fever",
        "calm",
        "plan.yaml",
    ):
        assert words in page


def test_a_parameter_out_of_range_is_told_at_its_field(desk: Desk) -> None:
    """What was typed stays, with what is wrong; nothing has changed; a value in range leads to what it does."""
    reply = desk.ask("POST", "/change/parameter", {"name": "stop_level", "value": "30"})
    assert reply.status_code == 422
    assert "<code>stop_level</code> ranges from 1 to 8" in reply.text
    assert re.search(r'value="30"[^>]* aria-invalid="true"[^>]* autofocus', reply.text), "the browser goes there"
    assert not desk.context.state.changed
    page = desk.post("/change/parameter", name="stop_level", value="3")
    assert "The parameter stop_level was 4 and is now 3." in page
    assert "2 cases get another answer because triage.strong-pain" in page
    page = desk.post("/change/parameter", name="stop_level", value="30", anyway="1")
    assert "1 mistake to mend first" in page
    assert "The rules have 1 mistake." in desk.get("/history")
    assert "There is no parameter called nothing." in desk.post("/change/parameter", 422, name="nothing", value="3")


def test_a_rule_is_changed_by_form(desk: Desk) -> None:
    """The form shows the rule; what is sent back changes only what is different."""
    where = place(desk, "clinic/triage.yaml", "id: strong-pain")
    page = desk.ask("GET", f"/change/entry?{urlencode(where)}").text
    assert 'value="strong-pain"' in page
    assert re.search(r'<option value="at_least" selected>', page)
    fields = {"id": "strong-pain", "join": "all", "because": "Strong pain needs rest.", "source": "scale.pain"}
    line = {"subject": ["pain", ""], "test": ["at_least", "is"], "value": ["stop_level", ""]}
    page = desk.post("/change/rule", 422, **where, **fields, **line, **{"then.action": "res"})
    assert "1 mistake" in page
    assert "Keep it with its mistakes" in page
    page = desk.post("/change/rule", **where, **fields, **line, **{"then.action": "doctor"})
    assert "The rule strong-pain of triage gives something else." in page
    text = desk.context.state.current.text("clinic/triage.yaml")
    before, after, rest = clinic.FILES["triage.yaml"].partition("stop_level}}\n")
    assert text == before + after + rest.replace("then: {action: rest}", "then: {action: doctor}", 1)


def test_a_rule_comes_with_its_statement(desk: Desk) -> None:
    """A new rule can bring the statement that it cites; in whatever test is sent, only those of the language count."""
    assert "A new rule" in desk.get("/change/rule?file=clinic/triage.yaml")
    page = desk.post(
        "/change/rule",
        file="clinic/triage.yaml",
        line="",
        id="sad",
        join="any",
        subject=["mood", "sites"],
        test=["is", "includes"],
        value=["low", "arm"],
        because="Sad.",
        source="scale.pain, signs.mood",
        statement="Low mood is a sign.",
        before="fever",
        **{"then.action": "rest"},
    )
    assert "The rule sad of triage is new." in page
    assert "The statement signs.mood is new: Low mood is a sign." in page
    rule = desk.context.state.current.text("clinic/triage.yaml").partition("rules:\n")[2]
    assert rule.startswith("  - id: sad\n")
    assert "any:" in rule
    taken = desk.post("/change/rule", 422, file="clinic/triage.yaml", id="strong-pain")
    assert "There is already a rule strong-pain." in taken
    desk.post("/change/rule", 422, file="clinic/triage.yaml", id="x", subject="mood", test="drop", value="low")


def test_mistakes_are_shown_while_somebody_types(desk: Desk) -> None:
    """A check changes nothing and returns what would be wrong, or that nothing is."""
    where = place(desk, "clinic/facts.yaml", "fever:")
    text = "fever: {ask: Is there fever?, type: boolaen, worse: true, source: signs.fever}"
    page = desk.post("/change/entry", 200, **where, text=text, check="1")
    assert "Did you mean boolean?" in page
    page = desk.post("/change/entry", 200, **where, text=text.replace("boolaen", "boolean"), check="1")
    assert page == "No mistakes"
    assert not desk.context.state.changed


def test_an_entry_is_changed_as_text(desk: Desk) -> None:
    """Facts, rows, cases and nested rules have no form; a rule can be opened either way."""
    where = place(desk, "clinic/plan.yaml", "[rest, 2]")
    assert "Change row 1" in desk.get(f"/change/entry?{urlencode(where)}")
    page = desk.post("/change/entry", **where, text="[rest, 3]")
    assert "1 case gets another answer because plan.row-1" in page
    where = place(desk, "clinic/triage.yaml", "id: low-mood")
    text = "{id: low-mood, when: {not: {mood: good}}, then: {action: rest}, source: scale.pain}"
    page = desk.post("/change/entry", **where, text=text)
    assert "The rule low-mood of triage has another condition." in page
    assert "As it is written in the file" in desk.get(f"/change/entry?{urlencode(where)}")
    where = place(desk, "clinic/facts.yaml", "fever:")
    page = desk.post("/change/entry", 422, **where, text="fever: {ask: Fever?, type: boolaen}")
    assert "Did you mean boolean?" in page
    where = place(desk, "clinic/triage.yaml", "id: fever")
    page = desk.ask("GET", f"/change/entry?{urlencode({**where, 'as': 'text'})}").text
    assert "Change it by form" in page
    assert "Change rule 1" in plain(page)
    page = desk.post("/change/remove", **where)
    assert "The rule fever of triage is gone." in page
    assert "There is no entry" in desk.get("/change/entry?file=clinic/facts.yaml&line=9999", 422)
    assert "no such file" in desk.get("/change/entry?file=../x.yaml&line=1", 422)


def test_a_whole_file_is_changed_as_text(desk: Desk) -> None:
    """The file is shown, checked and replaced."""
    assert "The whole file" in desk.get("/change/file?file=clinic/guidance.yaml")
    text = clinic.FILES["guidance.yaml"].replace("Strong pain is", "Strong pain can be")
    page = desk.post("/change/file", file="clinic/guidance.yaml", text=text.replace("\n", "\r\n"))
    assert "The statement scale.pain is worded differently" in page
    page = desk.post("/change/file", 422, file="clinic/guidance.yaml", text="guidance: [")
    assert "mistake" in page
    desk.post("/change/file", file="clinic/guidance.yaml", text="guidance: [", anyway="1")
    assert "mistake" in desk.get("/change/file?file=clinic/guidance.yaml")


@pytest.mark.parametrize(
    ("fields", "declared"),
    [
        ({"type": "boolean", "worse": "up"}, {"worse": True}),
        ({"type": "boolean", "worse": "down"}, {"worse": False}),
        (
            {"type": "number", "worse": "none", "lowest": "1", "highest": "9", "unit": "h"},
            {"range": [1, 9], "unit": "h"},
        ),
        ({"type": "integer", "worse": "down"}, {"range": [0, 10], "worse": "lower"}),
        (
            {"type": "choice", "worse": "up", "choices": "no: not at all\n\nmuch"},
            {"choices": {"no": "not at all", "much": "much"}, "worse": "later"},
        ),
    ],
)
def test_a_fact_of_each_type_is_added(desk: Desk, fields: dict[str, str], declared: dict[str, object]) -> None:
    """The form writes the declaration, with the statement if that is new."""
    assert "A new fact" in desk.get("/change/fact")
    page = desk.post(
        "/change/fact",
        file="clinic/facts.yaml",
        name="night",
        ask="How is the night?",
        because="It matters.",
        source="signs.night",
        statement="The night matters.",
        **fields,
    )
    assert "The fact night is new: How is the night?" in page
    common = {"ask": "How is the night?", "type": fields["type"], "because": "It matters.", "source": "signs.night"}
    workspace = desk.context.state.current
    assert pack_edits.data_at(workspace, "clinic/facts.yaml", ("facts", "night")) == {**common, **declared}


def test_names_of_facts_and_statements_have_to_be_new(desk: Desk) -> None:
    """A name that is taken or missing is told, and what was typed stays; an uncited statement is a mistake."""
    fact = {"file": "clinic/facts.yaml", "ask": "Cold?", "type": "boolean", "source": "signs.fever"}
    assert "There is already a fact fever." in desk.post("/change/fact", 422, **fact, name="fever")
    assert "It needs a name." in desk.post("/change/fact", 422, **fact, name=" ")
    live = desk.post("/change/fact", 200, **fact, name="fever", check="yes")
    assert "There is already a fact fever." in live
    assert "Cold?" not in live
    assert "Cold?" in desk.ask("POST", "/change/fact", {**fact, "name": "not a name"}).text
    statement = {"file": "clinic/guidance.yaml", "text": "Cold is bad."}
    assert "A new statement" in desk.get("/change/statement")
    assert "needs a name" in desk.post("/change/statement", 422, **statement, name="")
    assert "No rule cites" in desk.post("/change/statement", 422, **statement, name="signs.cold")
    page = desk.post("/change/statement", **statement, name="signs.cold", anyway="1")
    assert "1 mistake to mend first" in page


def test_a_line_is_added_to_a_patient(desk: Desk) -> None:
    """A patient shows what it gives and what it does not; lines are added and replaced."""
    page = desk.get("/change/patient?name=calm")
    assert "6 cases start from this patient" in page
    page = desk.post("/change/patient", name="calm", fact="mood", value="low")
    assert "The patient calm now has mood: low." in page
    page = desk.post("/change/patient", 422, name="calm", fact="mood", value="glum")
    assert "glum" in page
    assert "no patient called nobody" in desk.get("/change/patient?name=nobody", 422)


# what it does


def test_what_a_symptom_does_and_how_it_is_mended(desk: Desk) -> None:
    """Cases that lack the new fact have one cause and one mend; a mistake in the page's numbers does nothing."""
    desk.post("/change/fact", **NIGHT)
    page = desk.post("/change/rule", **NIGHT_RULE)
    assert (
        "are undetermined because night is unknown; the patient calm (clinic/cases/cases.yaml:3) does not give it."
        in page
    )
    assert "Adding night: false to calm mends all 5." in page
    reason = re.search(r'name="reason" value="([^"]*)"', desk.ask("GET", "/effect").text)
    assert reason
    mend = {"cause": "0", "mend": "0", "reason": unescape(reason[1])}
    for wrong in ({"cause": "9"}, {"mend": "9"}, {"reason": "other"}):
        assert "changed since" in desk.post("/effect/mend", 422, **{**mend, **wrong})
    page = desk.post("/effect/mend", **mend)
    assert "All 6 cases hold" in page
    assert "The patient calm now has night: false." in page


def test_new_answers_are_taken_over(desk: Desk) -> None:
    """One case, or all with the same cause, expect what came out."""
    desk.post("/change/parameter", name="stop_level", value="3")
    reason = unescape(re.search(r'name="reason" value="([^"]*)"', desk.ask("GET", "/effect").text)[1])
    page = desk.post("/effect/accept", cause="0", reason=reason, case="pain-3")
    assert "1 of 6 cases do not" in page
    desk.post("/effect/back")
    page = desk.post("/effect/accept", cause="0", reason=reason)
    assert "All 6 cases hold" in page
    assert "changed since" in desk.post("/effect/accept", 422, cause="0", reason=reason)
    desk.post("/effect/back", all="1")
    desk.post("/change/parameter", name="stop_level", value="3")
    assert "changed since" in desk.post("/effect/accept", 422, cause="0", reason=reason, case="unheard-of")


def test_mistakes_are_mended_by_a_button(desk: Desk) -> None:
    """Help that is an edit can be chosen."""
    where = place(desk, "clinic/triage.yaml", "id: fever")
    text = "id: fever\nwhen: {fevr: true}\nthen: {action: doctor}\nsource: signs.fever"
    page = desk.post("/change/entry", **where, text=text, anyway="1")
    assert "There is nothing called fevr." in page
    assert "changed since" in desk.post("/effect/fix", 422, problem="7", fix="0")
    page = desk.post("/effect/fix", problem="0", fix="0")
    assert "All 6 cases hold" in page


def test_everyone_is_compared_and_proved(desk: Desk) -> None:
    """The comparison and the proofs run apart, are shown when they have ended, and go on while cases change."""
    assert desk.get("/effect/progress") == ""
    desk.post("/change/parameter", name="stop_level", value="3")
    job = desk.context.effects.job(desk.context.state.saved, desk.context.state.current, start=False)
    assert job is not None
    state = job.wait()
    assert (state.status, state.part) == ("done", "proofs")
    page = desk.get("/effect/progress")
    assert "Nobody gets a calmer answer than before." in page
    assert "stricter action: Nothing → Rest" in page
    assert "1 more decision follows these" in page
    assert "2 cases notice this." in page
    assert "claims about every patient are proved" in page
    address = re.search(r'href="(/try\?[^"]*)"', desk.ask("GET", "/effect").text)
    assert address
    assert "Strong pain needs rest." in desk.get(unescape(address[1]))
    reason = unescape(re.search(r'name="reason" value="([^"]*)"', desk.ask("GET", "/effect").text)[1])
    desk.post("/effect/accept", cause="0", reason=reason)
    page = desk.get("/effect/progress")
    assert "claims about every patient are proved" in page
    assert "notice this" not in page


def test_a_lost_proof_can_be_narrowed(desk: Desk) -> None:
    """A promise that no longer holds is shown with its patient; a line in its condition can make it hold again."""
    desk.post("/change/fact", **NIGHT)
    assert proved(desk) == "done"
    page = desk.get("/effect")
    assert "Newly claimed, and not proved Nothing uses the fact night." in page
    desk.post("/change/rule", **NIGHT_RULE)
    assert proved(desk) == "done"
    page = desk.get("/effect")
    assert "No longer proved" in page
    assert "It says: Without a sign there is nothing to do." in page
    assert "changed since" in desk.post("/effect/except", 422, property="unheard-of", fact="night", value="false")
    desk.post("/effect/except", property="no-sign-no-alarm", fact="night", value="false")
    state = desk.context.state
    assert proved(desk) == "done"
    assert "claims about every patient are proved" in desk.get("/effect")
    assert "mood: good, night: false}" in state.current.text("clinic/properties.yaml")


def test_proofs_can_be_stopped_and_started_again(desk: Desk) -> None:
    """What is under way ends at once; what would come of it is then not known, until it is started again."""
    desk.post("/change/parameter", name="stop_level", value="3")
    page = desk.post("/effect/stop")
    assert "You stopped this" in page
    page = desk.post("/effect/start")
    assert "You stopped this" not in page
    job = desk.context.effects.job(desk.context.state.saved, desk.context.state.current, start=False)
    assert job is not None
    job._process.kill()
    assert job.wait().status in ("failed", "done")
    desk.post("/effect/back")
    assert "Nothing yet." in desk.get("/effect")


def test_what_a_process_of_its_own_works_out(tmp_path: Path) -> None:
    """It sends how far it is, whose answers change, and what is proved, in this order."""
    old, new = (
        hiprun.load(clinic.write(tmp_path / name, **({} if name == "old" else {"parameters": text}))).model
        for text in (clinic.FILES["parameters.yaml"].replace("value: 4", "value: 3"),)
        for name in ("old", "new")
    )
    receiver, sender = multiprocessing.Pipe(duplex=False)
    work(sender, old, new)
    sent = []
    with contextlib.suppress(EOFError):
        while True:
            sent.append(receiver.recv())
    keys = [key for values in sent for key in values]
    assert keys.index("difference") < keys.index("proofs")
    assert sent[-1]["status"] == "done"
    assert {"done": 0, "whole": 2} in sent


# tables


def sent(desk: Desk, content: bytes) -> httpx.Response:
    """Send a spreadsheet with the table of the plan."""
    name = b'--cut\r\nContent-Disposition: form-data; name="decision"\r\n\r\nplan\r\n'
    file = b'--cut\r\nContent-Disposition: form-data; name="sheet"; filename="plan"\r\n\r\n' + content

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(desk.application, raise_app_exceptions=False)
        headers = {"Content-Type": "multipart/form-data; boundary=cut"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8000", cookies=desk.cookies
        ) as client:
            body = name + file + b"\r\n--cut--\r\n"
            return await client.post("/change/table/upload", content=body, headers=headers)

    return asyncio.run(send())


def test_a_table_is_changed_cell_by_cell(desk: Desk) -> None:
    """Only the cell that was typed differs in the file; what cannot be is told, with what was typed."""
    assert "cell by cell or in a spreadsheet" in desk.get("/change")
    reply = desk.ask("GET", "/change/table?decision=plan")
    cells = re.findall(r'name="cell" value="([^"]*)"', reply.text)
    assert cells == ["rest", "2", "doctor", "7", "none", "0"]
    page = desk.post("/change/table", decision="plan", cell=["rest", "3", *cells[2:]])
    assert "1 of 6 cases do not come out as expected" in page
    text = desk.context.state.current.text("clinic/plan.yaml")
    assert text == clinic.FILES["plan.yaml"].replace("[rest, 2]", "[rest, 3]")
    wrong = desk.ask("POST", "/change/table", {"decision": "plan", "cell": ["rests", *cells[1:]]})
    assert wrong.status_code == 422
    assert "Nothing was changed" in wrong.text
    assert 'value="rests"' in wrong.text
    assert desk.context.state.current.text("clinic/plan.yaml") == text
    assert "is not written as a table" in desk.get("/change/table?decision=triage", 422)


def test_a_table_goes_out_to_a_spreadsheet_and_comes_back(desk: Desk) -> None:
    """As a workbook and as text; a value that the spreadsheet may have changed is told, and nothing is changed."""
    csv = desk.ask("GET", "/change/table/download?decision=plan&as=csv")
    assert csv.headers["content-disposition"] == 'attachment; filename="plan.csv"'
    xlsx = desk.ask("GET", "/change/table/download?decision=plan")
    assert xlsx.headers["content-disposition"] == 'attachment; filename="plan.xlsx"'
    before = desk.context.state.current.text("clinic/plan.yaml")
    for content in (csv.content, xlsx.content):
        assert sent(desk, content).status_code == 303
        assert desk.context.state.current.text("clinic/plan.yaml") == before
    doubtful = sent(desk, csv.content.replace(b",2", b';"2,5"').replace(b",", b";"))
    assert doubtful.status_code == 422
    assert "Nothing was changed" in doubtful.text
    many = csv.content.replace(b",2", b",3").replace(b",7", b",8").replace(b",0", b",1")
    assert sent(desk, many).headers["location"] == "/effect"
    assert "[doctor, 8]" in desk.context.state.current.text("clinic/plan.yaml")


# save, undo, history


def test_saving_undoing_and_history(tmp_path: Path) -> None:
    """A pack in which cases fail is saved only on purpose; every save is in the history, and in git a commit."""
    root = clinic.write(tmp_path)
    clinic.committed(tmp_path)
    desk = Desk(root, Repository.around(root))
    desk.ask("GET", f"/?key={KEY}")
    desk.post("/change/parameter", name="stop_level", value="3")
    assert "2 cases would fail" in desk.post("/effect/save", 422)
    page = desk.post("/effect/save", anyway="1", title="We stop at 3")
    desk.context.effects.stop()
    assert "The parameter stop_level was 4 and is now 3." in page
    assert "We stop at 3" in page
    assert "value: 3" in (root / "parameters.yaml").read_text(encoding="utf-8")
    newest, oldest = [line.split()[0] for line in clinic.git(tmp_path, "log", "--format=%H").splitlines()]
    assert "The parameter stop_level was 4 and is now 3." in desk.get(f"/history/{newest}")
    assert "There are no rules before it" in desk.get(f"/history/{oldest}")
    assert "no such version" in desk.get("/history/HEAD", 422)
    page = desk.post("/history/undo")
    assert "Undo: The parameter stop_level was 4" in page
    assert "value: 4" in (root / "parameters.yaml").read_text(encoding="utf-8")
    assert "Nothing has been saved yet" in desk.post("/history/undo", 422)
    (root / "facts.yaml").write_text(clinic.FILES["facts.yaml"] + "  # more\n", encoding="utf-8")
    clinic.git(tmp_path, "commit", "-qam", "A comment")
    assert "comments or layout alone" in desk.get(f"/history/{clinic.git(tmp_path, 'rev-parse', 'HEAD').strip()}")
    (root / "facts.yaml").write_text("facts: [", encoding="utf-8")
    clinic.git(tmp_path, "commit", "-qam", "Broken")
    broken = clinic.git(tmp_path, "rev-parse", "HEAD").strip()
    assert "have mistakes" in desk.get(f"/history/{broken}")
    assert "1 mistake to mend first" in desk.post("/effect/read-again")


def test_a_version_can_be_compared_with_the_one_before(tmp_path: Path) -> None:
    """On request it is proved who gets another answer, decision by decision; it can be stopped and started again."""
    root = clinic.write(tmp_path)
    clinic.committed(tmp_path)
    facts = (root / "facts.yaml").read_text(encoding="utf-8")
    (root / "parameters.yaml").write_text(clinic.FILES["parameters.yaml"].replace("value: 4", "value: 3"), "utf-8")
    clinic.git(tmp_path, "commit", "-qam", "We stop at 3")
    (root / "facts.yaml").write_text(f"{facts}  # more\n", encoding="utf-8")
    clinic.git(tmp_path, "commit", "-qam", "A comment")
    comment, newest, oldest = clinic.git(tmp_path, "log", "--format=%H").split()
    desk = Desk(root, Repository.around(root))
    desk.ask("GET", f"/?key={KEY}")
    address = f"/history/{newest}"
    for other in (comment, oldest):
        assert "Compare the answers" not in desk.get(f"/history/{other}")
    desk.post(f"/history/{oldest}/start")
    assert "Compare the answers" in desk.get(address)
    assert "Comparing the answers to every possible patient" in desk.post(f"{address}/start")
    assert "You stopped this" in desk.post(f"{address}/stop")
    desk.post(f"{address}/start")
    found = desk.context.comparison.of(newest)
    assert found is not None
    found[1].wait()
    for page in (desk.get(address), plain(desk.ask("GET", f"{address}/progress").text)):
        assert "Nobody gets a calmer answer than before." in page
        assert "stricter" in page
        assert "1 more decision follows these" in page
        assert "Let it hold only for patients" not in page
    assert "Nobody gets a calmer answer" not in desk.ask("GET", f"/history/{comment}/progress").text


def test_a_version_that_git_cannot_read_is_told(tmp_path: Path) -> None:
    """If git fails, the page says what git said."""
    root = clinic.write(tmp_path)
    clinic.committed(tmp_path)
    commit = clinic.git(tmp_path, "rev-parse", "HEAD").strip()
    desk = Desk(root, Repository.around(root))
    desk.ask("GET", f"/?key={KEY}")
    tree = clinic.git(tmp_path, "rev-parse", "HEAD:clinic/facts.yaml").strip()
    (tmp_path / ".git/objects" / tree[:2] / tree[2:]).unlink()
    page = desk.get(f"/history/{commit}")
    assert "First rules" in page
    assert "fatal" in page or "error" in page
    page = desk.post(f"/history/{commit}/start")
    assert "fatal" in page or "error" in page
    assert desk.context.comparison.of(commit) is None


def test_a_pack_with_mistakes_can_be_opened_and_mended(tmp_path: Path) -> None:
    """While the rules on disk have mistakes, nothing can be tried, but everything can be changed as text."""
    desk = Desk(clinic.write(tmp_path, facts="facts: ["))
    desk.ask("GET", f"/?key={KEY}")
    for path in ("/read", "/try"):
        assert "This was not done" in desk.get(path, 422)
    assert "This was not done" in desk.post("/try/keep", 422)
    assert "facts.yaml" in desk.get("/change")
    assert "mend first" in desk.get("/effect")
    assert "Nothing yet" in desk.get("/history")
    assert "A new fact" in desk.get("/change/fact")
    assert "changed as text" in desk.get("/change/rule?file=clinic/triage.yaml", 422)
    assert "no patient" in desk.get("/change/patient?name=calm", 422)
    page = desk.post("/change/file", file="clinic/facts.yaml", text=clinic.FILES["facts.yaml"])
    assert "All 6 cases hold" in page
    desk.post("/effect/save")
    assert "A small clinic" in desk.get("/read")
