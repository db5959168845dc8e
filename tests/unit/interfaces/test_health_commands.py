"""`hiprun fhir` and `hiprun serve`: resources on standard output, and packs over HTTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

import hiprun
from hiprun.interfaces import fhir
from hiprun.interfaces.cli.application import application
from hiprun.interfaces.cli.serve import names_of


def run(*words: str | Path, given: str = "") -> Result:
    """Run hiprun."""
    return CliRunner().invoke(application, [str(word) for word in words], input=given)


def printed(*words: str | Path, given: str = "") -> Any:
    """Return the JSON that hiprun prints."""
    result = run(*words, given=given)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_forms_are_printed(hip: hiprun.Pack) -> None:
    """The form of a decision, of either release, and the one that asks one question at a time."""
    form = fhir.questionnaire(fhir.Publication(hip), "triage")
    assert printed("fhir", "questionnaire", "triage") == json.loads(json.dumps(form))
    changed = printed("fhir", "questionnaire", "triage", "--set", "pain_stop_level=3", "--base", "https://x.example")
    assert changed["version"] != form["version"]
    assert changed["url"].startswith("https://x.example/")
    choice = printed("fhir", "questionnaire", "triage", "--release", "R5")["item"][3]
    assert choice["type"] == "coding"
    assert "item" not in printed("fhir", "questionnaire", "triage", "--adaptive")
    german = printed("fhir", "questionnaire", "triage", "--language", "de")
    assert german["title"] == hip.in_language("de").decisions["triage"].title
    assert german["version"] == form["version"]
    assert run("fhir", "questionnaire", "triag").exit_code == 2


def test_an_interview_goes_on_from_file_to_file(hip: hiprun.Pack, tmp_path: Path) -> None:
    """Without a file an interview begins; with one, it goes on; the facts in it can be read."""
    response = printed("fhir", "next", "shoes")
    response["item"][0]["answer"] = [{"valueDecimal": 100}]
    file = tmp_path / "response.json"
    file.write_text(json.dumps(response))
    facts = printed("fhir", "facts", "shoes", file)
    assert facts == {response["item"][0]["linkId"]: 100}
    assert len(printed("fhir", "next", "shoes", "-", given=json.dumps(response))["item"]) == 2
    response["item"][0]["answer"] = [{"valueString": "yes"}]
    refused = run("fhir", "facts", "shoes", "-", given=json.dumps(response))
    assert (refused.exit_code, "[wrong-answer]" in refused.output) == (2, True)
    assert "is not JSON" in run("fhir", "facts", "shoes", "-", given="{").output
    assert run("fhir", "facts", "shoes", tmp_path / "none.json").exit_code == 2


def test_guidance_is_printed(hip: hiprun.Pack) -> None:
    """One decision gives one GuidanceResponse; none or two are refused."""
    found = printed("fhir", "guidance", "triage", "swelling=true", "--subject", "Patient/1")
    outcome = hip.decide("triage", {"swelling": True})
    assert found == json.loads(json.dumps(fhir.guidance(fhir.Publication(hip), outcome, subject="Patient/1")))
    assert run("fhir", "guidance", "triage", "shoes").exit_code == 2


def test_plans_are_printed_where_there_is_one(root: Path) -> None:
    """A plan is a CarePlan; facts that are missing are told."""
    words = ["fhir", "plan", "hardening", "--rules", root / "tests" / "packs" / "seedlings", "--start", "2026-03-02"]
    facts = json.dumps(
        {"place": "shade", "shelf": 1, "leaves": "firm", "sturdy": True, "frost": False, "storm": False, "pests": False}
        | {"weeks_old": 4, "days_old": 28, "days_here": 0, "times_here": 0, "days_since_outside": 400}
        | {"hours_last_week": 0, "sun_last_week": 0}
    )
    plan = printed(*words, "--subject", "Patient/1", "--facts", "-", "--weeks", "2", given=facts)
    assert (plan["resourceType"], plan["subject"]) == ("CarePlan", {"reference": "Patient/1"})
    assert plan["activity"]
    missing = run(*words, "--subject", "Patient/1")
    assert (missing.exit_code, "Still needed" in missing.output) == (2, True)
    assert run(*words, "--subject", "Patient/1", "outlook").exit_code == 2


def test_plans_are_not_published_in_r5(hip: hiprun.Pack) -> None:
    """An activity of R5 is a resource of its own, so it is refused and not written wrongly."""
    plan = hip.plan("run_walk", {}, start="2026-03-02")
    with pytest.raises(hiprun.HiprunError, match="R4 only"):
        fhir.care_plan(fhir.Publication(hip, release="R5"), plan, subject="Patient/1")


def test_packs_are_served(root: Path, tmp_path: Path) -> None:
    """`hiprun serve` says where each pack is, answers, keeps its log, and ends in peace after Ctrl-C."""
    log = tmp_path / "decisions.jsonl"
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}/packs/greenhouse/2.1.0"
    answers: list[Any] = []

    def ask() -> None:
        try:
            with httpx.Client(transport=httpx.HTTPTransport(retries=20)) as client:
                body = {"facts": {"temperature": 31, "gardener": "Ann"}}
                answers.append(client.post(f"{address}/decisions/alarm", json=body).json())
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    asking = threading.Thread(target=ask)
    asking.start()
    words = ["serve", root / "tests" / "packs" / "greenhouse", "--port", address.split("/")[2].partition(":")[2]]
    result = run(*words, "--log", log, "--erase", "gardener")
    asking.join()
    assert (result.exit_code, result.output) == (0, f"{address}\n")
    assert answers[0]["status"] == "decided"
    (entry,) = map(json.loads, log.read_text().splitlines())
    assert (entry["path"], "gardener" in entry["input"]) == ("alarm", False)


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("localhost", {"127.0.0.1", "localhost", "[::1]"}),
        ("127.0.0.2", {"127.0.0.1", "localhost", "[::1]", "127.0.0.2"}),
        ("::1", {"127.0.0.1", "localhost", "[::1]"}),
        ("0.0.0.0", None),
        ("clinic.example", None),
    ],
)
def test_on_loopback_the_names_are_those_of_this_machine(host: str, names: set[str] | None) -> None:
    """Where others can reach the address, their names for it are not known."""
    assert names_of(host) == names


def test_what_cannot_be_served_is_told(root: Path) -> None:
    """A port that is taken, a setting that does not exist, and an erased fact without a log are mistakes."""
    folder = root / "tests" / "packs" / "greenhouse"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("serve", folder, "--port", port)
    assert (result.exit_code, f"127.0.0.1:{port} cannot be used" in result.output) == (2, True)
    assert run("serve", folder, "--set", "no_such_limit=1").exit_code == 2
    assert run("serve", folder, "--erase", "gardener").exit_code == 2
    assert "two packs called" in run("serve", folder, folder).output


@pytest.mark.parametrize("package", ["starlette", "uvicorn"])
def test_a_missing_package_is_named(package: str) -> None:
    """Without the extra, `hiprun serve` says how to install it."""
    script = (
        f"import sys; sys.modules[{package!r}] = None; sys.argv[1:] = ['serve', '--port', '0']; "
        "from hiprun.__main__ import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert f"the package {package}" in " ".join(done.stderr.split())
