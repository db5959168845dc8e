"""Large tables of overlapping rows of which nothing is known: what examples show of them, and what they leave open."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import hiprun

from .. import small_packs

FACTS = "facts:\n" + "".join(f"  n{index}: {{ask: How many?, type: integer, range: [0, 100]}}\n" for index in range(10))
NAMES = {f"n{index}" for index in range(10)}


def table(*more: str) -> str:
    """Return a table of fifty rows over two of ten numbers each, that overlap at random, and more rows."""
    rng = random.Random(3)
    rows = [*more]
    for _ in range(50):
        tests = []
        for name in rng.sample(range(10), 2):
            low = rng.randint(0, 60)
            tests.append(f"n{name}: {{between: [{low}, {low + rng.randint(5, 40)}]}}")
        rows.append(f"when: {{{', '.join(tests)}}}, then: {{level: {rng.choice('abc')}}}")
    lines = "".join(f"  - {{id: r{index}, {row}}}\n" for index, row in enumerate(rows))
    levels = "{type: choice, choices: [a, b, c], worse: later}"
    return f"decision: table\noutputs: {{level: {levels}}}\nhit: worst\nrules:\n{lines}otherwise: {{level: a}}\n"


def decided(folder: Path, *more: str) -> hiprun.Outcome:
    """Return what such a table gives while nothing is known."""
    return small_packs.load(folder / "large", facts=FACTS, table=table(*more)).decide("table", {})


def test_examples_show_what_is_possible(tmp_path: Path) -> None:
    """The diagram would be too large, but everything can come out, whatever one number is, and each matters."""
    outcome = decided(tmp_path)
    assert outcome.exact
    assert [answer["level"] for answer in outcome.possible] == ["a", "b", "c"]
    assert outcome.needs == tuple(sorted(NAMES))
    assert outcome.safest == {"level": "c"}


OPEN = [
    "when: {n0: {at_least: 90}}, then: {level: c}",
    "when: {count: {of: [{n1: {above: 40}}, {n2: {above: 40}}, {n3: {above: 40}}], is: 2}}, then: {level: c}",
    "when: {any: [{n0: {above: 80}}, {not: {n1: {below: 90}}}], n2: {below: 9}}, then: {level: c}",
]


@pytest.mark.parametrize("row", OPEN, ids=["one fact decides", "a count", "all kinds of groups"])
def test_nothing_is_called_exact_that_examples_do_not_show(tmp_path: Path, row: str) -> None:
    """Where one number alone can settle the answer, or rows count, the outcome is as wide as ever, or exact."""
    outcome = decided(tmp_path, row)
    levels = {value for answer in outcome.possible for value in _values(answer["level"])}
    assert levels == {"a", "b", "c"}
    assert set(outcome.needs) == NAMES
    assert outcome.safest == {"level": "c"}


def test_a_fact_that_may_make_no_difference_is_not_said_to_matter(tmp_path: Path) -> None:
    """A row within another row of the same level adds nothing, so no outcome is exact that asks for its fact."""
    wide = "n0: {between: [5, 30]}, n1: {between: [5, 30]}"
    rows = (f"when: {{shade: true, {wide}}}, then: {{level: c}}", f"when: {{{wide}}}, then: {{level: c}}")
    facts = FACTS + "  shade: {ask: Is it in the shade?, type: boolean}\n"
    outcome = small_packs.load(tmp_path / "large", facts=facts, table=table(*rows)).decide("table", {})
    assert not (outcome.exact and "shade" in outcome.needs)


def test_a_row_for_everyone_leaves_out_what_is_calmer(tmp_path: Path) -> None:
    """Beside a row that always matches, examples show what is at least as bad as what that row gives."""
    rows = (OPEN[0], "then: {level: b}")
    text = table(*rows).replace("otherwise: {level: a}\n", "")
    outcome = small_packs.load(tmp_path / "large", facts=FACTS, table=text).decide("table", {})
    assert (outcome.exact, [answer["level"] for answer in outcome.possible]) == (True, ["b", "c"])
    assert outcome.needs == tuple(sorted(NAMES))


def _values(level: object) -> tuple[str, ...]:
    return (level,) if isinstance(level, str) else tuple(level["one_of"])  # type: ignore[index]


def test_a_set_is_more_than_its_members_one_by_one(tmp_path: Path) -> None:
    """Of a set with several members examples say nothing: what it narrows is all of them together."""
    facts = FACTS + "  where: {ask: Where?, type: set, choices: [left, right]}\n"
    rows = (
        "when: {where: {includes: left}, n0: 5}, then: {level: c}",
        "when: {where: {includes: right}, n1: 5}, then: {level: b}",
    )
    pack = small_packs.load(tmp_path / "large", facts=facts, table=table(*rows))
    assert set(pack.decide("table", {}).needs) == {*NAMES, "where"}
