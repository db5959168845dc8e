"""Cases that fail for the same reason are reported together, after the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from hiprun.interfaces.cli.application import application

from .. import small_packs

FACTS = """\
facts:
  pain: {ask: Is there pain?, type: boolean, worse: true}
  night: {ask: At night?, type: boolean, worse: true}
  fever: {ask: Fever?, type: boolean, worse: true}
"""
TRIAGE = """\
decision: triage
title: What to do
outputs: {act: {type: choice, choices: [none, wait, doctor], worse: later}}
rules:
  - {id: pain, when: {pain: true}, then: {act: LEVEL}}
  - {id: night, when: {night: true}, then: {act: doctor}}
  - {id: fever, when: {fever: true}, then: {act: doctor}}
otherwise: {act: none}
"""


def failed(folder: Path, cases: str, level: str = "wait") -> list[str]:
    """Return what `hiprun test` prints for a pack with these cases."""
    small_packs.load(folder, facts=FACTS, triage=TRIAGE.replace("LEVEL", level), cases=cases)
    result = CliRunner().invoke(application, ["test", str(folder)])
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
    return result.stdout.splitlines()


def entries(*examples: str, patients: str = "") -> str:
    """Return a file of cases."""
    listed = "".join(f"  - {{id: case-{number}, {example}}}\n" for number, example in enumerate(examples, 1))
    return f"cases: Cases\n{patients}examples:\n{listed}"


def test_cases_that_lack_one_fact_have_one_cause(tmp_path: Path) -> None:
    """All cases that are undetermined for lack of one fact are grouped, with the patient that should have it."""
    calm = "patients:\n  calm: {pain: false, fever: false}\n"
    same = "patient: calm, expect: {triage: {act: none}}"
    lines = failed(
        tmp_path / "rules",
        entries(
            *[same] * 5,
            "facts: {pain: false, night: false, fever: true}, expect: {triage: {act: none}}",
            patients=calm,
        ),
    )
    assert lines[:3] == [
        "5 cases are undetermined because `night` is unknown; the patient `calm`",
        "    (rules/cases.yaml:3) does not give it. Adding `night: false` to `calm` mends",
        "    all 5.",
    ]
    assert lines[3:7] == [
        "  rules/cases.yaml:5:5: case-1",
        "    triage.status: expected decided, found undetermined",
        "    triage.act: expected none, found {one_of: [none, doctor]}",
        "      fired: no rule",
    ]
    assert lines[7] == "      not known, and needed: night"
    assert [line for line in lines if line.endswith(("case-4", "case-5"))] == [
        "  rules/cases.yaml:8:5: case-4",
        "  rules/cases.yaml:9:5: case-5",
    ]
    assert lines[-5:] == [
        "rules/cases.yaml:10:5: case-6",
        "  triage.act: expected none, found doctor",
        "    fired: fever (rules/triage.yaml:7:5)",
        "",
        "6 of 6 cases failed.",
    ]


@pytest.mark.parametrize(
    ("number", "said"), [(0, "is unknown. Adding"), (2, "`a` (rules/cases.yaml:3) and `b`"), (5, "and 2 more")]
)
def test_several_patients_or_none(tmp_path: Path, number: int, said: str) -> None:
    """The named patients that the cases start from are listed, if there are any."""
    names = "abcde"[:number]
    patients = "patients:\n" + "".join(f"  {name}: {{pain: false, fever: false}}\n" for name in names) if names else ""
    same = ", expect: {triage: {act: none}}"
    examples = [f"patient: {name}{same}" for name in names] or [f"facts: {{pain: false, fever: false}}{same}"] * 2
    text = " ".join(" ".join(failed(tmp_path / "rules", entries(*examples, patients=patients))).split())
    assert said in text


def test_cases_that_fail_in_the_same_way_are_grouped(tmp_path: Path) -> None:
    """Cases with the same expected answer, result and fired rule are one cause; others follow."""
    known = "facts: {pain: true, night: false, fever: false}, expect: {triage: {act: wait}}"
    refused = "facts: {pain: false}, expect: refused"
    lines = failed(tmp_path / "rules", entries(refused, known, known), level="doctor")
    assert " ".join(line.strip() for line in lines[:2]) == (
        "2 cases: triage.act: expected wait, found doctor; fired: pain (rules/triage.yaml:5:5)."
    )
    assert lines.index("  these facts should be refused and were accepted.") > 5


def test_of_many_cases_with_one_cause_some_are_listed(tmp_path: Path) -> None:
    """Three are shown in full and the places of seven more; the rest is counted."""
    calm = "patients:\n  calm: {pain: false, fever: false}\n"
    examples = ["patient: calm, expect: {triage: {act: none}}"] * 14
    lines = failed(tmp_path / "rules", entries(*examples, patients=calm))
    assert sum("case-" in line for line in lines) == 10
    assert "  … and 4 more; --json lists all of them" in lines
