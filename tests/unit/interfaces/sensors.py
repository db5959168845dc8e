"""A pack with three facts and one decision, small enough for tests that try much."""

from __future__ import annotations

import tempfile
from pathlib import Path

import hiprun

_FILES = {
    "pack": "{pack: small, language: 2, version: 1.0.0, title: Small}",
    "facts": "facts: {hot: {type: boolean, ask: Is it hot?}, amount: {type: number, range: [0, 9], ask: How much?}, "
    "since: {type: date, range: [2026-01-01, 2026-12-31], ask: Since when?}}",
    "constraints": "constraints: [{id: no-heat-without-amount, never: {hot: true, amount: 0}}]",
    "high": "{decision: high, outputs: {high: {type: choice, choices: ['no', 'yes'], worse: later}}, rules: [{id: one, "
    "when: {all: [{hot: true}, {amount: {above: 5}}, {since: {above: 2026-02-01}}]}, then: {high: 'yes'}}], "
    "otherwise: {high: 'no'}}",
    "record": "{record: The sensors, answer_hours: 4}",
}


def small_pack() -> hiprun.Pack:
    """Return the pack."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in _FILES.items():
            (Path(folder) / f"{name}.yaml").write_text(text, encoding="utf-8")
        return hiprun.load(folder, cache=False)
