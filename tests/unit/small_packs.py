"""Small packs written in a test, about a garden with one tree."""

from __future__ import annotations

from pathlib import Path

import hiprun

PACK = "pack: garden\nlanguage: 1\nversion: 1.0.0\ntitle: A garden\n"
FACTS = """\
facts:
  warmth: {ask: How warm?, type: number, range: [0, 100], worse: higher}
  rings: {ask: How many rings?, type: integer, range: [0, 9]}
  fruit: {ask: How ripe?, type: choice, choices: [green, ripe, rotten], worse: later}
  tree: {ask: Which tree?, type: choice, choices: [oak, elm, ash]}
  guests: {ask: Who is in it?, type: set, choices: [wasps, birds, mice]}
  dry: {ask: Is it dry?, type: boolean, worse: true}
  windy: {ask: Is it windy?, type: boolean}
  planted: {ask: When was it planted?, type: date, range: [2020-01-01, 2030-12-31]}
  owner: {ask: Whose is it?, type: string}
"""
CALM = """\
cases: Cases
patients:
  calm:
    {warmth: 20, rings: 3, fruit: green, tree: oak, guests: [], dry: false, windy: false, planted: 2024-05-01, owner: al}
examples:
"""


def load(folder: Path, **documents: str) -> hiprun.Pack:
    """Return the pack that `documents` say, by file name, with the facts of the garden."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"pack": PACK, "facts": FACTS, **documents}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return hiprun.load(folder)


def rule(condition: str) -> str:
    """Return a decision with one rule that has this condition."""
    when = f", when: {condition}" if condition else ""
    return f"""\
decision: care
outputs: {{needed: {{type: boolean}}}}
rules:
  - {{id: it{when}, then: {{needed: true}}}}
otherwise: {{needed: false}}
"""


def cases(*examples: str) -> str:
    """Return a case file with a calm patient and these examples, each in the braces of one line."""
    return CALM + "".join(f"  - {{id: case-{number}, {example}}}\n" for number, example in enumerate(examples, 1))


DECISIONS = {
    "level": """\
decision: level
outputs: {points: {type: integer}}
hit: sum
rules:
  - {id: dry, when: {dry: true}, then: {points: 2}}
  - {id: warm, when: {warmth: {above: 30}}, then: {points: 1}}
""",
    "checks": """\
criteria: checks
all:
  - {id: ripe, require: {fruit: ripe}}
  - {id: wet, require: {dry: false}}
""",
    "tips": """\
decision: tips
outputs: {text: {type: string}, litres: {type: number, optional: true}}
hit: collect
rules:
  - {id: water, when: {dry: true}, then: {text: Water it., litres: 2 * rings}}
  - {id: look, then: {text: Look.}}
""",
    "amounts": """\
limits: amounts
bounds:
  - {id: most, quantity: rings, at_most: 5}
  - {id: dry, when: {dry: true}, quantity: rings, at_least: 2, at_most: 4}
""",
    "either": """\
decision: either
outputs: {go: {type: boolean}}
rules:
  - {id: warm, when: {warmth: {above: 30}}, then: {go: true}}
  - {id: cold, when: {warmth: {below: 5}}, then: {go: false}}
otherwise: no_match
""",
    "reach": """\
decision: reach
outputs: {far: {type: number}}
hit: first
rules:
  - {id: near, when: {dry: true}, then: {far: 3 * rings}}
otherwise: {far: warmth}
""",
    "since": """\
decision: since
outputs: {day: {type: date}}
hit: first
rules:
  - {id: young, when: {planted: {above: 2025-03-01}, windy: false}, then: {day: 2025-03-01}}
otherwise: {day: 2020-01-01}
""",
    "enough": """\
decision: enough
outputs: {yes_it_is: {type: boolean}}
hit: first
rules:
  - id: two
    when: {count: {of: [{dry: true}, {windy: true}, {fruit: {at_least: ripe}}], is: 2}}
    then: {yes_it_is: true}
otherwise: {yes_it_is: false}
""",
}
"""A decision of each kind."""
