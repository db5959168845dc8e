"""A small pack for tests of the workbench: a few signs, what they call for, cases, statements and a promise."""

from __future__ import annotations

import subprocess
from pathlib import Path

FILES = {
    "pack.yaml": "pack: clinic\nlanguage: 1\nversion: 1.0.0\ntitle: A small clinic\n",
    "facts.yaml": """\
facts:
  # what hurts
  pain: {ask: "How strong is the pain?", type: number, range: [0, 10], unit: points, worse: higher, source: scale.pain}
  fever: {ask: Is there fever?, type: boolean, worse: true, source: signs.fever}
  mood: {ask: How is the mood?, type: choice, choices: {good: good, low: low}, worse: later, source: scale.pain}
  sites: {ask: Where does it hurt?, type: set, choices: {arm: in the arm, leg: in the leg}, source: scale.pain}
""",
    "parameters.yaml": """\
parameters:
  stop_level: {value: 4, unit: points, range: [1, 8], title: Pain at which to stop, source: scale.pain}
""",
    "guidance.yaml": """\
guidance: A leaflet
statements:
  scale.pain: Strong pain is a reason to stop.
  signs.fever: Fever is seen by a doctor.
""",
    "triage.yaml": """\
decision: triage
title: What a sign calls for
outputs: {action: {type: choice, choices: {none: Nothing, rest: Rest, doctor: See a doctor}, worse: later}}
hit: worst
rules:
  - id: fever
    when: {fever: true}
    then: {action: doctor}
    because: Fever is for a doctor.   # said so by everyone
    source: signs.fever
  - id: strong-pain
    when: {pain: {at_least: stop_level}}
    then: {action: rest}
    because: Strong pain needs rest.
    source: scale.pain
  - {id: low-mood, when: {mood: low, sites: {includes_any: [arm, leg]}}, then: {action: rest}, source: scale.pain}
otherwise: {action: none}
""",
    "plan.yaml": """\
decision: plan
title: How long to rest
outputs: {days: {type: number, unit: d}}
source: scale.pain
table:
  - [triage.action, days]
  - [rest, 2]
  - [doctor, 7]
  - [none, 0]
""",
    "properties.yaml": """\
properties: Promises
always:
  - id: no-sign-no-alarm
    if: {pain: 0, fever: false, mood: good}
    then: {triage.action: none}
    because: Without a sign there is nothing to do.
    source: scale.pain
""",
    "cases/cases.yaml": """\
cases: Cases
patients:
  calm: {pain: 0, fever: false, mood: good, sites: []}
examples:
  - {id: calm, title: Nobody is ill, patient: calm, expect: {triage: {action: none}, plan: {days: 0}}}
  - {id: fever, patient: calm, facts: {fever: true}, expect: {triage: {action: doctor}}}
  - {id: pain-3, title: Some pain, patient: calm, facts: {pain: 3}, expect: {triage: {action: none}}}
  - {id: pain-3-and-low, patient: calm, facts: {pain: 3, mood: low}, expect: {triage: {action: none}}}
  - {id: pain-4, title: Strong pain, patient: calm, facts: {pain: 4}, expect: {triage: {action: rest}}}
  - {id: low, patient: calm, facts: {mood: low, sites: [leg]}, expect: {triage: {action: rest}, plan: {days: 2}}}
""",
}


def write(folder: Path, **changed: str) -> Path:
    """Write the pack into a folder called `clinic`, with other texts for some files, and return that folder."""
    root = folder / "clinic"
    for name, text in {**FILES, **{f"{name}.yaml": text for name, text in changed.items()}}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, and return what it prints."""
    command = ["git", "-C", str(folder), "-c", "user.name=Ann", "-c", "user.email=ann@clinic.example", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def committed(folder: Path) -> None:
    """Put a folder into a new git repository, with everything in its first commit."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ann")
    git(folder, "config", "user.email", "ann@clinic.example")
    git(folder, "config", "commit.gpgsign", "false")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "First rules")
