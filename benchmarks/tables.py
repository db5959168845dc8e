"""Triage tables as plain data, from which every contestant gets its own form."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Test = tuple[str, str, Any]
"""A fact, one of `==`, `>=`, `>` and `<`, and a value."""

Row = tuple[Sequence[Test], str]
"""What must hold, all of it, and the action then."""

ACTIONS = (
    "none",
    "rest_and_check_in",
    "schedule_assessment",
    "see_doctor",
    "stop_and_get_checked",
    "urgent_evaluation",
)

TEN: list[Row] = [
    ([("swelling", "==", True)], "urgent_evaluation"),
    ([("numbness", "==", True)], "urgent_evaluation"),
    ([("trouble_walking", "==", True)], "stop_and_get_checked"),
    ([("pain", ">", 0), ("quality", "==", "sharp")], "stop_and_get_checked"),
    ([("pain", ">=", 4)], "stop_and_get_checked"),
    ([("trend", "==", "increasing")], "see_doctor"),
    ([("weakness", "==", True)], "see_doctor"),
    ([("weeks", ">=", 3)], "see_doctor"),
    ([("clicking", "==", True)], "schedule_assessment"),
    ([("hours", ">", 48)], "rest_and_check_in"),
]
"""The first rows of the triage of the pack, without groups, since not every contestant knows those."""

KINDS: dict[str, Any] = {
    "swelling": bool,
    "numbness": bool,
    "trouble_walking": bool,
    "pain": (0, 10),
    "quality": ["none", "dull", "sharp"],
    "trend": ["improving", "steady", "increasing"],
    "weakness": bool,
    "weeks": (0, 520),
    "clicking": bool,
    "hours": (0, 1000),
}


def patients(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return patients of whom few have any one sign, so that every row has its turn."""
    rng = random.Random(seed)
    return [
        {
            "swelling": rng.random() < 0.1,
            "numbness": rng.random() < 0.1,
            "trouble_walking": rng.random() < 0.1,
            "pain": rng.choice((0, 0, 1, 2, 3, 3.5, 4, 6)),
            "quality": rng.choice(("none", "dull", "dull", "sharp")),
            "trend": rng.choice(("improving", "steady", "steady", "increasing")),
            "weakness": rng.random() < 0.1,
            "weeks": rng.choice((0, 0, 0, 1, 2, 3)),
            "clicking": rng.random() < 0.2,
            "hours": rng.choice((0, 2, 12, 47.5, 48, 60)),
        }
        for _ in range(count)
    ]


CALM = {
    "swelling": False,
    "numbness": False,
    "trouble_walking": False,
    "pain": 2,
    "quality": "dull",
    "trend": "steady",
    "weakness": False,
    "weeks": 1,
    "clicking": False,
    "hours": 12,
}
"""A patient whom no row meets, so that all of them are looked at."""


def grid(rows: int) -> tuple[list[Row], dict[str, Any]]:
    """Return a table of `rows` fields of a grid over two numbers, and the kinds of its facts."""
    across = max(2, round(rows**0.5))
    down = rows // across
    found: list[Row] = []
    for index in range(across * down):
        x, y = divmod(index, down)
        tests = [("age", "==", x), ("score", "==", y)]
        found.append((tests, ACTIONS[(x * 7 + y * 3) % len(ACTIONS)]))
    return found, {"age": (0, across), "score": (0, down)}


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}


def _cell(said: Sequence[str]) -> str:
    return f"{{{', '.join(said)}}}" if ":" in said[0] else said[0]


def pack_folder(folder: Path, rows: Sequence[Row], kinds: dict[str, Any]) -> Path:
    """Write a table as a folder of rule files."""
    words = {"==": "is", ">=": "at_least", ">": "above", "<": "below"}
    facts = []
    for name, kind in kinds.items():
        kind_text = "type: boolean" if kind is bool else f"type: number, range: [{kind[0]}, {kind[1]}]"
        if isinstance(kind, list):
            kind_text = f"type: choice, choices: [{', '.join(kind)}]"
        facts.append(f"  {name}: {{ask: '{name}?', {kind_text}}}")
    table = [f"  - [{', '.join(kinds)}, action]"]
    for tests, action in rows:
        by_fact: dict[str, list[str]] = {}
        for fact, operator, value in tests:
            written = str(value).lower() if isinstance(value, bool) else str(value)
            by_fact.setdefault(fact, []).append(written if operator == "==" else f"{words[operator]}: {written}")
        cells = [_cell(by_fact.get(name, ["any"])) for name in kinds]
        table.append(f"  - [{', '.join(cells)}, {action}]")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text("pack: bench\nlanguage: 1\nversion: 1.0.0\ntitle: A table\n")
    (folder / "facts.yaml").write_text("facts:\n" + "\n".join(facts) + "\n")
    (folder / "triage.yaml").write_text(
        "decision: triage\ntitle: Triage\noutputs:\n"
        f"  action: {{type: choice, choices: [{', '.join(ACTIONS)}], worse: later}}\n"
        "hit: first\ntable:\n" + "\n".join(table) + "\notherwise: {action: none}\n"
    )
    return folder
