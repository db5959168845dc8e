"""What explanations have in common is made once, and no patient is told what holds for another."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.inference import explanation_parts
from hiprun.inference.explanation_parts import ExplanationParts

from .. import small_packs

KITCHEN = Path(__file__).parent.parent.parent / "packs" / "kitchen"
SOIL: dict[str, Any] = {"dry": True, "warmth": 31.5, "windy": False, "fruit": "ripe", "guests": ["birds"]}


def afresh(pack: hiprun.Pack, decision: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Return an explanation of a pack that has explained nothing yet."""
    return hiprun.Pack(pack.model).decide(decision, facts).explain().to_dict()


def some_of(rng: random.Random, values: dict[str, list[Any]]) -> dict[str, Any]:
    """Return facts, each with one of its values, or unknown."""
    return {name: rng.choice(given) for name, given in values.items() if rng.random() < 0.8}


@pytest.mark.parametrize("decision", [*small_packs.DECISIONS])
def test_patients_who_are_alike_to_a_rule_share_its_step_and_others_do_not(decision: str, tmp_path: Path) -> None:
    """Whoever was explained before, known in part or not, an explanation is that of a pack just loaded."""
    pack = small_packs.load(tmp_path, **small_packs.DECISIONS)
    values = {
        "dry": [True, False],
        "warmth": [2.5, 31.5, 40, {"above": 30}],
        "windy": [True, False],
        "fruit": ["ripe", "green"],
        "guests": [[], ["birds"], ["wasps", "birds"]],
        "planted": ["2024-05-01", "2021-01-01"],
    }
    rng = random.Random(7)
    for _ in range(25):
        facts = some_of(rng, values)
        assert pack.decide(decision, facts).explain().to_dict() == afresh(pack, decision, facts)


def test_texts_that_show_the_patient_are_said_of_each(tmp_path: Path) -> None:
    """A question, a reason and an output that show a value show that of the patient who is explained."""
    kitchen = hiprun.load(KITCHEN)
    for weight in (5, 6, 5):
        for cook in ("Ann {x}", "Bob"):
            for decision in kitchen.decisions:
                facts = {"weight": weight, "oven": 392, "guests": 4, "days_kept": 1, "cook": cook, "vegetarian": False}
                assert kitchen.decide(decision, facts).explain().to_dict() == afresh(kitchen, decision, facts)


def test_changing_what_was_explained_changes_nothing_else(tmp_path: Path) -> None:
    """The outputs of a step belong to who asked for it."""
    pack = small_packs.load(tmp_path, **small_packs.DECISIONS)
    outputs: Any = pack.decide("level", SOIL).explain().rules[0].outputs
    outputs.clear()
    assert pack.decide("level", SOIL).explain().rules[0].outputs == {"points": "2"}


def test_only_so_much_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a bound everything is made again, and says the same."""
    pack = small_packs.load(tmp_path, **small_packs.DECISIONS)
    monkeypatch.setattr(explanation_parts, "_MOST_KEPT", 5)
    for warmth in range(20):
        facts = SOIL | {"warmth": warmth}
        assert pack.decide("level", facts).explain().to_dict() == afresh(pack, "level", facts)
    parts: ExplanationParts | None = pack._explanation_parts
    assert parts is not None
    assert 0 < len(parts._kept) <= 5
