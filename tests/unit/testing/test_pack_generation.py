"""The generator of packs, driven at random and by Hypothesis."""

from __future__ import annotations

import itertools
import random
import re
from typing import Any

import pytest
from hypothesis import strategies as st

from hiprun.model import Model
from hiprun.model.units import NO_UNIT, Units, has_finite_decimals
from hiprun.testing.pack_generation import Choices, PackOptions, RandomChoices, generate
from hiprun.testing.pack_generation.groups import with_groups
from hiprun.testing.pack_generation.units import DEFINITIONS, UNITS, adds, alike, decimally_alike
from hiprun.testing.strategies.packs import DrawnChoices, model_of

from ..drawn import collected, found

ENUMERABLE = PackOptions(enumerable=True, fact_types=("boolean", "integer"))
FUNCTIONS = ("min", "max", "abs", "round", "round_down", "round_up", "sqrt", "ln", "log10", "days", "years", "add_days")
TIED = PackOptions(enumerable=True, tied=True, fact_types=("boolean", "integer"))


@st.composite
def models(draw: st.DrawFn, options: PackOptions) -> Model:
    """Return a strategy for models that the generator makes with these options."""
    return generate(DrawnChoices(draw), options).model


@st.composite
def taken(draw: st.DrawFn, choice: Any) -> Any:
    """Return a strategy for what Hypothesis takes for one choice."""
    return choice(DrawnChoices(draw))


def test_random_packs_are_packs_without_mistakes() -> None:
    """The generator makes valid rule files at random too, the same ones for the same seed."""
    for seed in range(40):
        made = [generate(RandomChoices(random.Random(seed)), PackOptions()).files() for _ in range(2)]
        assert made[0] == made[1]
        assert model_of(made[0]).decisions


@pytest.mark.parametrize(
    ("choice", "simplest", "others"),
    [
        (lambda choices: choices.integer(2, 4), 2, {3, 4}),
        (lambda choices: choices.one_of("abc"), "a", {"b", "c"}),
        (lambda choices: choices.yes(), False, {True}),
        (lambda choices: choices.yes(0.9), False, {True}),
        (lambda choices: tuple(choices.some_of("ab")), (), {("a",), ("b",), ("a", "b"), ("b", "a")}),
        (lambda choices: tuple(choices.some_of("abc", 1, 1)), ("a",), {("b",), ("c",)}),
        (lambda choices: tuple(choices.some_of("", 0, 2)), (), set()),
    ],
)
def test_both_drivers_take_the_same_choices(choice: Any, simplest: Any, others: set[Any]) -> None:
    """Each result that one driver can give, the other can give too; Hypothesis shrinks to the simplest."""
    choices: Choices = RandomChoices(random.Random(1))
    assert {choice(choices) for _ in range(300)} == {simplest, *others}
    assert set(collected(taken(choice), 200)) == {simplest, *others}
    assert found(taken(choice), lambda _: True) == simplest


def test_packs_with_functions_are_packs_without_mistakes() -> None:
    """Formulas have every function that can be had anywhere, and rule files take them."""
    options = PackOptions(functions=True)
    texts = [
        text for seed in range(200) for text in generate(RandomChoices(random.Random(seed)), options).files().values()
    ]
    for seed in range(20):
        assert model_of(generate(RandomChoices(random.Random(seed)), options).files()).decisions
    found_in = [function for function in FUNCTIONS if any(f"{function}(" in text for text in texts)]
    assert found_in == list(FUNCTIONS)


def test_packs_in_version_2_convert_units_show_values_and_name_groups() -> None:
    """Rule files take all of it: units of one kind in one formula, texts with values, groups instead of choices."""
    options = PackOptions(functions=True, language=2, diary=True, stages=True)
    made = [generate(RandomChoices(random.Random(seed)), options) for seed in range(80)]
    for each in made[:12]:
        assert model_of(each.files()).language == 2
    text = "\n".join(text for each in made for name, text in each.files().items() if name != "units.yaml")
    for part in (r"unit: °F", r"unit: lb", r" \d+ (kg|g|lb)\b", r"\{level_1:number\}", r"\{steps_1\}", r"\{\{So\}\}"):
        assert re.search(part, text), part
    assert re.search(r"(of|none|any|all): \[group_\d\]", text)
    content = {"when": {"colour_1": {"one_of": ["red", "blue"]}, "colour_2": {"one_of": ["blue"], "is_not": "red"}}}
    named = {"when": {"colour_1": "cold", "colour_2": {"one_of": ["blue"], "is_not": "red"}}}
    assert with_groups([content], {"cold": ("red", "blue")}) == [named]


def test_units_that_are_alike_are_converted_into_one_another() -> None:
    """What the generator says of units holds of the definitions that it writes into packs."""
    known = Units(DEFINITIONS)
    for unit, other in itertools.product(UNITS, UNITS):
        ratio = known.ratio(*(known.parse(name) or NO_UNIT for name in (unit, other)))
        assert (other in alike(unit)) is (ratio is not None)
        if adds(unit) and adds(other):
            assert (unit in decimally_alike(other)) is (ratio is not None and has_finite_decimals(ratio))


def test_a_chance_is_kept() -> None:
    """`yes` is as likely as it says."""
    choices = RandomChoices(random.Random(2))
    assert 800 < sum(choices.yes(0.9) for _ in range(1000)) < 980
    assert 300 < sum(choices.yes(0.4) for _ in range(1000)) < 500


def test_enumerable_packs_have_few_values_and_nothing_that_no_answer_depends_on() -> None:
    """Every number has a range, and there are no texts, statements, cases, promises, diaries or protocols."""
    for model in collected(models(ENUMERABLE), 60):
        numbers = [fact.domain for fact in model.facts.values() if fact.domain.type == "integer"]
        assert all(domain.lowest is not None and domain.highest - domain.lowest < 6 for domain in numbers)
        for part in ("statements", "examples", "properties", "diary", "stages"):
            assert not getattr(model, part)
        assert not any(rule.because for decision in model.decisions.values() for rule in decision.rules)


def test_tied_packs_relate_numbers_to_each_other() -> None:
    """Some constraint compares a number with a formula; without one, packs shrink to the same few lines."""
    related = found(models(TIED), lambda model: model.constraints and len(model.facts) == 2)
    (constraint,) = related.constraints
    assert constraint.never.operands[0].name == "steps_1"
    assert len(found(models(ENUMERABLE), lambda _: True).facts) == 1
