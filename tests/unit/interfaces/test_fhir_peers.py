"""FHIR as others see it: validators of resources and units, and a renderer of forms in a browser."""

from __future__ import annotations

import datetime
import functools
import http.server
import importlib
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.interfaces import fhir
from hiprun.interfaces.fhir.ucum import ucum_code

from ... import peers

RELEASES: tuple[fhir.Release, ...] = ("R4", "R5")
VALIDATE = """
const {Fhir} = require(process.argv[1]);
const resources = JSON.parse(require("fs").readFileSync(0, "utf8"));
const fhir = new Fhir();
const found = resources.map(one => fhir.validate(one, {errorOnUnexpected: true}))
  .map(one => one.messages.filter(message => ["error", "fatal"].includes(message.severity)));
console.log(JSON.stringify(found));
"""
UNITS = """
const {UcumLhcUtils} = require(process.argv[1]);
const units = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(units.map(unit => UcumLhcUtils.getInstance().validateUnitString(unit).status)));
"""
PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="webcomponent/styles.css">
<div id="form"></div>
<script src="webcomponent/assets/lib/zone.min.js"></script><script src="webcomponent/lhc-forms.js"></script>
<script src="fhir/lformsFHIRAll.min.js"></script>"""
DRAW = """async form => {
  const drawn = LForms.Util.convertFHIRQuestionnaireToLForms(form, "R4");
  await LForms.Util.addFormToPage(drawn, "form", {fhirVersion: "R4"});
}"""
FILL = """async ([form, response]) => {
  let filled = LForms.Util.convertFHIRQuestionnaireToLForms(form, "R4");
  filled = LForms.Util.mergeFHIRDataIntoLForms("QuestionnaireResponse", response, filled, "R4");
  await LForms.Util.addFormToPage(filled, "form", {fhirVersion: "R4"});
}"""
RESPONSE = "() => LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4')"
RUNNERS: list[dict[str, Any]] = [
    {},
    {"swelling": True, "pain_while_running": 2.5},
    {"pain_while_running": 0, "pain_quality": "none", "swelling": False, "numbness": False},
    {"pain_while_running": 7, "pain_quality": "sharp", "pain_trend": "increasing", "pain_is_constant": True},
]


def resources(pack: hiprun.Pack, release: fhir.Release) -> list[fhir.Resource]:
    """Return resources of every kind that the pack can give."""
    publication = fhir.Publication(pack, release=release)
    found = [fhir.questionnaire(publication, name) for name in pack.decisions]
    found += [fhir.questionnaire(publication, "triage", adaptive=True), fhir.first_response(publication, "triage")]
    interview = fhir.first_response(publication, "triage")
    for _ in range(3):
        interview = fhir.next_question(publication, "triage", interview)
    found.append(interview)
    for facts in RUNNERS:
        found.append(fhir.response(publication, found[0], facts))
        outcomes = pack.evaluate(facts).values()
        found += [fhir.guidance(publication, outcome, subject="Patient/1") for outcome in outcomes]
    problem = hiprun.Problem("wrong-type", "This is not a number.", help="Give a number.")
    found.append(fhir.refused(publication, "triage", [problem], request="1", occurred="2026-03-02T08:00:00Z"))
    found.append(fhir.operation_outcome(publication, [problem]))
    return found


@pytest.fixture(scope="module")
def plans(hip: hiprun.Pack, root: Path) -> list[fhir.Resource]:
    """Plans that go on, and that stop."""
    publication, start = fhir.Publication(hip), datetime.date(2026, 3, 2)
    facts = hip.facts_for_plan("run_walk", hiprun.read_diary(root / "examples" / "diary.csv"), start)
    plans = [hip.plan("run_walk", facts | more, start=start, weeks=3) for more in ({}, {"swelling": True})]
    return [fhir.care_plan(publication, plan, subject="Patient/1") for plan in plans]


def model(resource: fhir.Resource, release: fhir.Release) -> Any:
    """Return the class of `fhir.resources` for a resource; what it has for R4 is R4B, which is the same for these."""
    name = resource["resourceType"]
    package = "fhir.resources.R4B" if release == "R4" else "fhir.resources"
    return getattr(importlib.import_module(f"{package}.{name.lower()}"), name)


def same(resource: fhir.Resource, release: fhir.Release) -> bool:
    """Return whether `fhir.resources` accepts a resource and writes it again as it is."""
    return bool(json.loads(model(resource, release).model_validate(resource).model_dump_json()) == resource)


@pytest.mark.parametrize("release", RELEASES)
def test_fhir_resources_accepts_everything(hip: hiprun.Pack, release: fhir.Release) -> None:
    """The models of `fhir.resources` accept all resources of the pack, in R4 and in R5, and nothing is lost in them."""
    assert [one["resourceType"] for one in resources(hip, release) if not same(one, release)] == []


def test_fhir_resources_accepts_plans(plans: list[fhir.Resource]) -> None:
    """The model of CarePlan accepts plans with their goals and activities."""
    assert all(same(plan, "R4") for plan in plans)
    assert [("activity" in plan, "goal" in plan) for plan in plans] == [(True, True), (False, False)]


def node(script: str, package: str, data: Any) -> Any:
    """Return what a script of node prints about data, with a package of others."""
    command = [peers.program("node"), "-e", script, str(peers.node_package(package))]
    done = subprocess.run(command, input=json.dumps(data), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_validator_of_node_accepts_everything(hip: hiprun.Pack, plans: list[fhir.Resource]) -> None:
    """The npm package `fhir` finds no error in any resource of R4, and would: it finds one in a form that is wrong."""
    wrong = fhir.questionnaire(fhir.Publication(hip), "shoes")
    wrong = wrong | {"item": [{**wrong["item"][-1], "type": "banana"}], "itemz": 1}
    *found, mistakes = node(VALIDATE, "fhir", [*resources(hip, "R4"), *plans, wrong])
    assert [messages for messages in found if messages] == []
    assert len(mistakes) >= 2


def test_ucum_knows_the_units(hip: hiprun.Pack, root: Path) -> None:
    """Every unit of the packs here has a code that the UCUM validator of the National Library of Medicine accepts."""
    folders = [root / "examples" / name for name in ("news2", "body_and_kidney", "units")]
    packs = [hip, *map(hiprun.load, folders), hiprun.load(root / "tests" / "packs" / "kitchen")]
    units = {fact.domain.unit for pack in packs for fact in pack.facts.values() if fact.domain.unit}
    codes = sorted({ucum_code(unit) for unit in units})
    known = node(UNITS, "@lhncbc/ucum-lhc", codes)
    assert [code for code, status in zip(codes, known, strict=True) if status != "valid"] == []


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the files of the renderer, and the page that it draws on."""

    def do_GET(self) -> None:
        """Send the page or a file."""
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE.encode())
        return None

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


@pytest.fixture
def page() -> Iterator[Any]:
    """A page in a browser with LHC-Forms."""
    folder = peers.node_package("lforms") / "dist" / "lforms"
    executable = peers.chromium()
    from playwright.sync_api import sync_playwright

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page()
        opened.goto(f"http://127.0.0.1:{server.server_port}/")
        opened.wait_for_function("window.LForms && LForms.Util && LForms.FHIR")
        yield opened
        browser.close()
    server.shutdown()
    server.server_close()


def test_lhc_forms_draws_the_form_and_its_response_gives_the_same_decision(hip: hiprun.Pack, page: Any) -> None:
    """A form filled in by hand in LHC-Forms, and responses shown in it, give the decision that their facts give."""
    publication = fhir.Publication(hip)
    form = fhir.questionnaire(publication, "triage")
    page.evaluate(DRAW, form)
    page.wait_for_selector("[id^='pain_while_running/']")
    texts = page.inner_text("#form")
    assert all(hip.facts[item["linkId"]].ask in texts for item in form["item"] if item["type"] != "display")
    number = page.locator("[id='pain_while_running/1']")
    number.fill("11")
    number.press("Tab")
    assert "10" in page.locator("text=/must be|less than|maximum/i").first.inner_text()
    number.fill("2.5")
    page.locator("lhc-item", has_text=hip.facts["trouble_walking"].ask).get_by_text("Yes", exact=True).last.click()
    facts = {"pain_while_running": 2.5, "trouble_walking": True}
    reading = fhir.read_response(publication, "triage", page.evaluate(RESPONSE))
    assert (reading.facts, reading.problems) == (facts, ())
    assert hip.decide("triage", reading.facts) == hip.decide("triage", facts)

    sites = fhir.questionnaire(publication, "injury_pattern")
    cases = [("triage", form, facts) for facts in RUNNERS]
    cases += [("injury_pattern", sites, {"pain_sites": chosen}) for chosen in ([], ["side"], ["front", "deep"])]
    for name, drawn, facts in cases:
        page.evaluate(FILL, [drawn, fhir.response(publication, drawn, facts)])
        reading = fhir.read_response(publication, name, page.evaluate(RESPONSE))
        assert reading.problems == ()
        assert hip.decide(name, reading.facts) == hip.decide(name, facts)
