"""Two packs have the same digest if and only if they mean the same."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import attrs
import pytest

import hiprun
from hiprun.model import Model
from hiprun.model.digest import digest


@pytest.fixture
def model(greenhouse: hiprun.Pack) -> Model:
    """A model with a bit of everything."""
    return greenhouse.model


def test_layout_and_comments_do_not_count(changed_greenhouse: Callable[..., Path], model: Model) -> None:
    """Comments, blank lines and another notation for the same value do not change the digest."""
    folder = changed_greenhouse("watering.yaml", "[spring, 2.5]\n", "[spring, 2.50]  # wet\n\n")
    assert digest(hiprun.load(folder).model) == digest(model)


def test_cases_and_properties_do_not_count(model: Model) -> None:
    """What cannot affect a result does not change the digest."""
    assert digest(attrs.evolve(model, examples=(), properties=(), patients={})) == digest(model)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("watering.yaml", "2.5", "2.6"),
        ("watering.yaml", "otherwise: no_match", "otherwise: {litres: 0}"),
        ("alarm.yaml", "Seedlings wilt in the heat.", "Seedlings do not like heat."),
        ("alarm.yaml", "act: Act at once", "act: Act now"),
        ("facts.yaml", "aphids, slugs, thrips", "slugs, aphids, thrips"),
        ("parameters.yaml", "value: 30", "value: 31"),
        ("guidance.yaml", "Look for pests.", "Look out for pests."),
        ("clash.yaml", "open}}\n  - {id: pests", "open}, because: It helps.}\n  - {id: pests"),
    ],
)
def test_everything_that_can_affect_a_result_counts(
    changed_greenhouse: Callable[..., Path], model: Model, file: str, old: str, new: str
) -> None:
    """Changing a number, an order, a text or a reason changes the digest."""
    assert digest(hiprun.load(changed_greenhouse(file, old, new)).model) != digest(model)


def test_numbers_differ_from_texts_that_look_the_same(model: Model) -> None:
    """Values of different types have different digests even if they look the same."""
    parameters = model.parameters
    seen = set()
    for value in (1, True, "1", Fraction(1, 2), "1/2"):
        changed = attrs.evolve(parameters["heat_limit"], value=value)
        seen.add(digest(attrs.evolve(model, parameters={**parameters, "heat_limit": changed})))
    assert len(seen) == 5
