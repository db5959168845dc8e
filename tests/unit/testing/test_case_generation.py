"""Patients who satisfy a query: found, proved not to exist, or near to another patient."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

import hiprun
from hiprun.inference.grounding import Program
from hiprun.inference.grounding.decisions import Decisions
from hiprun.testing.case_generation import PatientSearch, existence_query

from .. import small_packs

Asked: TypeAlias = Callable[..., tuple[PatientSearch, Program]]

NAMED = (
    small_packs.CALM.replace("examples:\n", "")
    + "  vague: {rings: 3}\n"
    + "examples:\n  - {id: calm, patient: calm, expect: {care: {needed: false}}}\n"
)


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """Return a function that gives the search of a small pack and the query whether its one rule can apply."""

    def made(condition: str, budget: int = 100_000) -> tuple[PatientSearch, Program]:
        pack = small_packs.load(tmp_path / "garden", care=small_packs.rule(condition), cases=NAMED)
        return PatientSearch(pack.model, budget), query(pack)

    return made


def query(pack: hiprun.Pack) -> Program:
    """Return the query whether the rule of `care` can apply."""
    decisions = Decisions(pack.model)
    (node,) = decisions.rules(pack.model.decisions["care"])
    return existence_query(decisions.conditions, node)


@pytest.mark.parametrize(
    ("condition", "exists"),
    [
        ("{warmth: {above: 3}}", "yes"),
        ("{all: [{warmth: {above: 3}}, {warmth: {below: 2}}]}", "no"),
        ("{all: [{any: [{rings: 3}, {dry: true}]}, {not: {rings: 3}}, {dry: false}]}", "no"),
        ("{all: [{any: [{rings: 3}, {dry: true}]}, {any: [{not: {rings: 3}}, {windy: true}]}]}", "yes"),
        ("{all: [{any: [{rings: 3}, {dry: true}]}, {any: [{rings: 4}, {dry: true}]}, {dry: false}]}", "no"),
        (
            "{all: [{any: [{rings: 3}, {dry: true}]}, {any: [{rings: {one_of: [3, 4]}}, {dry: true}]}, {dry: false}]}",
            "yes",
        ),
        (
            "{all: [{any: [{not: {any: [{rings: {at_most: 3}}, {windy: true}]}}, {dry: true}]},"
            " {any: [{not: {any: [{rings: {at_least: 4}}, {windy: true}]}}, {dry: true}]}, {dry: false}]}",
            "no",
        ),
        ("{count: {of: [{rings: 3}, {dry: true}, {windy: true}], at_least: 2}}", "yes"),
        (
            "{all: [{count: {of: [{rings: 3}, {dry: true}, {windy: true}], at_least: 2}}, {rings: 4}, {dry: false}]}",
            "no",
        ),
        ("{all: [{guests: {includes: wasps}}, {not: {guests: {includes: birds}}}, {owner: {is: al}}]}", "yes"),
        ("{warmth: {above: 11 * rings}, rings: {at_least: 9}}", "yes"),
        ("{warmth: {above: 12 * rings}, rings: {at_least: 9}}", "no"),
        ("{not: {any: [{warmth: {at_most: 12 * rings}}, {rings: {below: 9}}]}}", "no"),
    ],
)
def test_a_patient_is_found_or_proved_not_to_exist(asked: Asked, condition: str, exists: str) -> None:
    """Tests, groups, counts, sets, texts and sums of facts are followed down to the facts."""
    search, program = asked(condition)
    assert search.exists(program) == exists
    assert search.work > 0


def test_beyond_the_budget_nothing_is_claimed(asked: Asked) -> None:
    """A search that may take hardly any steps neither finds a patient nor denies that there is one."""
    search, program = asked("{any: [{rings: 3}, {dry: true}]}", 1)
    assert search.exists(program) == "unknown"


CURVED = "{warmth: {above: 'abs(rings - 3) * warmth'}}"


def test_numbers_of_functions_are_found_within_the_budget(asked: Asked) -> None:
    """Whether numbers fit a function is part of the search, and counts as such."""
    for budget, exists in ((100, "unknown"), (100_000, "yes")):
        search, program = asked(CURVED, budget)
        assert search.exists(program) == exists
        assert search.work > budget or exists == "yes"


def test_a_patient_who_takes_long_to_find_counts_for_more(asked: Asked) -> None:
    """Every look for a near patient counts for what it took, so that a run of many ends by its own bound."""
    work = []
    for condition in ("{warmth: {above: rings + 1}}", CURVED):
        search, program = asked(condition)
        assert list(search.patients(program))
        work.append(search.work)
    assert work[1] > 10 * work[0]


def test_the_nearest_patient_differs_in_as_few_facts_as_can_be(asked: Asked) -> None:
    """What a named patient already is stays; values move no further than they have to."""
    search, program = asked("{warmth: {at_least: 30}, dry: false, any: [{rings: 3}, {windy: true}]}")
    first = next(search.patients(program))
    assert (first.base, first.changes) == ("calm", {"warmth": 30})


def test_a_fact_that_is_not_known_is_changed_only_if_it_is_asked_for(asked: Asked) -> None:
    """For a patient of whom little is known, only what the query needs is added."""
    search, program = asked("{any: [{rings: 3}, {windy: true, dry: true}], fruit: rotten}")
    changes = [patient.changes for patient in search.patients(program) if patient.base == "vague"]
    assert changes[0] == {"fruit": "rotten"}


@pytest.mark.parametrize(
    ("condition", "bound"),
    [
        ("{any: [{rings: 3}, {dry: true}], windy: true}", "_NEAREST"),
        ("{warmth: {above: 10 * rings}, rings: {at_least: 5}}", "_NEAREST_TIED"),
    ],
)
def test_patients_near_to_others_are_left_out_where_they_are_hard_to_find(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, condition: str, bound: str
) -> None:
    """Where looking for the nearest patient takes too long, none is named; that there is one is known all the same."""
    search, program = asked(condition)
    monkeypatch.setattr(f"hiprun.testing.case_generation.patient_search.{bound}", 0)
    assert (list(search.patients(program)), search.exists(program)) == ([], "yes")


def test_many_changes_are_made_if_it_takes_many(asked: Asked) -> None:
    """Beyond a handful of changes any patient will do, also with sets and sums."""
    search, program = asked(
        "{warmth: {above: 50}, rings: 7, fruit: rotten, tree: ash, windy: true, dry: true, guests: {includes: mice}}"
    )
    first = next(search.patients(program))
    assert first.base == "calm"
    assert first.changes.keys() == {"warmth", "rings", "fruit", "tree", "windy", "dry", "guests"}
    assert first.changes["guests"] == {"mice"}


def test_the_last_patient_knows_what_else_is_named(asked: Asked) -> None:
    """Facts that the query does not need can be asked for."""
    search, program = asked("{rings: 7}")
    *_, last = search.patients(program, ["windy"])
    assert (last.base, last.changes) == ("", {"rings": 7, "windy": False})


def test_where_sums_tie_facts_together_values_are_found_that_fit(asked: Asked) -> None:
    """A comparison of facts is met by values found for all of them at once."""
    search, program = asked("{warmth: {above: 10 * rings}, rings: {at_least: 5}}")
    first = next(search.patients(program))
    assert first.facts["warmth"] > 10 * first.facts["rings"] >= 50
