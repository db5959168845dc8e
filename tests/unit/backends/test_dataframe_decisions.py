"""Decisions of many kinds over columns: each row says what the interpreter says of its patient."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import hiprun
from hiprun.inference.operators import OPERATORS

from ...property.cohorts import CONSTRUCTORS, disagreements, interpreted, records, table
from ...test_operators_everywhere import NEW, asked, garden
from ...test_operators_everywhere import VALUES as EVERY_VALUE
from .. import small_packs

pytestmark = pytest.mark.usefixtures("by_columns")

LINEAR = """\
decision: care
outputs: {litres: {type: number}}
rules:
  - {id: much, when: {dry: true}, then: {litres: 2 * height + warmth}}
otherwise: {litres: 1}
"""
DECISIONS = {
    "which of two rules decided, where both say the same": """\
decision: care
outputs: {grade: {type: choice, choices: [calm, act], worse: later}}
hit: worst
rules:
  - {id: dry, when: {dry: true}, then: {grade: act}}
  - {id: windy, when: {windy: true}, then: {grade: act}}
otherwise: {grade: calm}
""",
    "criteria with one condition between them": """\
criteria: care
all:
  - {id: wet, title: Wet, require: {dry: false}, unmet: Water it.}
  - {id: moist, title: Moist, require: {dry: false}, unmet: Water it again.}
""",
    "any text but some": small_packs.rule("{owner: {none_of: [ab, ac]}}"),
    "roots": """\
decision: care
outputs: {side: {type: number}}
rules:
  - {id: dry, when: {dry: true}, then: {side: round(sqrt(warmth))}}
otherwise: {side: 0}
""",
    "formulas without ends": LINEAR,
    "whole numbers in sums": small_packs.rule("{all: [{total: {at_least: 5}}, {rings: {below: 4}}]}"),
    "a sum alone": small_packs.rule("{total: {at_least: 5}}"),
}
VALUES: dict[str, list[Any]] = {
    "dry": [True, False, None],
    "windy": [True, None],
    "warmth": [30.0, None],
    "rings": [2, None],
    "owner": ["ab", "abel", "ac", "aa", None],
    "height": [1.5, None],
    "steps": [4, None],
}
DERIVED = """\
derived:
  total: {formula: rings + steps}
"""
MORE = """\
  height: {ask: How high is it?, type: number}
  steps: {ask: How many steps are there?, type: integer, range: [0, 9]}
"""


@pytest.fixture
def patients() -> list[dict[str, Any]]:
    """Return patients of whom every combination of some facts is known."""
    return [
        {name: value for name, value in zip(VALUES, values, strict=True) if value is not None}
        for values in product(*VALUES.values())
    ]


@pytest.mark.parametrize("says", DECISIONS)
def test_every_row_says_what_the_interpreter_says(tmp_path: Path, says: str, patients: list[dict[str, Any]]) -> None:
    """Known or not, whatever the condition and whatever comes out."""
    facts = small_packs.FACTS + MORE
    pack = small_packs.load(tmp_path, facts=facts, derived=DERIVED, care=DECISIONS[says])
    frame = pl.DataFrame(table(pack.model, patients))
    for known in (frame, frame.with_columns(pl.lit(None).cast(frame["dry"].dtype).alias("dry"))):
        given = [{name: value for name, value in row.items() if value is not None} for row in known.to_dicts()]
        decided = pack.evaluate_frame(known, on_error="column")
        assert disagreements(pack, decided, interpreted(pack, given)) == []


@pytest.mark.parametrize("limit", ["at_least: 2.5", "above: 3", "below: 2", "at_most: 2"])
def test_the_rule_that_decided_is_left_open_where_points_are(tmp_path: Path, limit: str) -> None:
    """Where two rules say the same and the first asks for points, it is named only where these certainly suffice."""
    score = """\
decision: score
outputs: {points: {type: integer}}
hit: sum
rules:
  - {id: always, then: {points: 1}}
  - {id: dry, when: {dry: true}, then: {points: 3}}
  - {id: windy, when: {windy: true}, then: {points: -2}}
"""
    care = f"""\
decision: care
outputs: {{grade: {{type: choice, choices: [calm, act]}}}}
hit: first
rules:
  - {{id: much, when: {{score.points: {{{limit}}}}}, then: {{grade: act}}}}
  - {{id: warm, when: {{warmth: {{at_least: 10}}}}, then: {{grade: act}}}}
otherwise: {{grade: calm}}
"""
    pack = small_packs.load(tmp_path, score=score, care=care)
    rows = list(product([True, False, None], [True, False, None], [30.0, 5.0]))
    decided = pack.evaluate_frame(pl.DataFrame(rows, ["dry", "windy", "warmth"], orient="row"), ["care"])
    given = [
        {name: value for name, value in row.items() if value is not None}
        for row in decided.select("dry", "windy", "warmth").to_dicts()
    ]
    assert disagreements(pack, decided.with_columns(refused=None), interpreted(pack, given), ["care"]) == []
    assert set(decided["care__rule"]) == {"much", "warm", None}


@pytest.mark.parametrize("kind", ["polars", "pyarrow"])
def test_a_test_for_how_texts_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A test for which texts are compared by the order of their characters holds in the same rows."""
    operator = NEW["starts_with"]
    monkeypatch.setitem(OPERATORS, operator.name, operator)  # type: ignore[arg-type]
    pack = garden(tmp_path, asked(operator, "owner"))
    owners = [*EVERY_VALUE["owner"], None] * 100
    frame = pl.DataFrame({"owner": owners})
    decided = pl.DataFrame(pack.evaluate_frame(frame if kind == "polars" else frame.to_arrow(), "care"))
    assert decided["care__needed"].to_list() == [None if name is None else name.startswith("al") for name in owners]


@pytest.mark.parametrize("kind", CONSTRUCTORS)
@pytest.mark.parametrize("number", [3, 9])
def test_few_and_many_choices_of_any_length(tmp_path: Path, kind: str, number: int) -> None:
    """Choices are told apart whether there are few or many, long ones too, and a text that is none is refused."""
    names = [f"{'long_' * (place % 4)}name_{place}" for place in range(number)]
    facts = f"facts:\n  sort: {{ask: Which?, type: choice, choices: [{', '.join(names)}]}}\n"
    pack = small_packs.load(
        tmp_path, facts=facts, care=small_packs.rule(f"{{sort: {{one_of: [{names[2]}, {names[0]}]}}}}")
    )
    given = [*names, f"{names[2]}s", None, ""]
    frame = CONSTRUCTORS[kind](pa.table({"sort": pa.array(given, pa.string())}))
    rows = records(pack.evaluate_frame(frame, "care", on_error="column"))
    bad = "`sort`: not one of the choices"
    assert [row["refused"] for row in rows] == [*[None] * number, bad, None, bad]
    assert [row["care__needed"] for row in rows][:number] == [name in (names[0], names[2]) for name in names]


def test_texts_where_every_row_is_refused(tmp_path: Path) -> None:
    """A decision that columns cannot tell has a column of texts also where there is no row to decide."""
    outputs = "outputs: {text: {type: string}, side: {type: number}}"
    rules = "rules: [{id: dry, when: {dry: true}, then: {text: Water, side: round(sqrt(warmth))}}]"
    pack = small_packs.load(tmp_path, care=f"decision: care\n{outputs}\n{rules}\notherwise: no_match\n")
    frame = pl.DataFrame({"dry": [True] * 3, "warmth": [101.0] * 3})
    decided = pack.evaluate_frame(frame, "care", on_error="column")
    assert decided["care__status"].to_list() == ["refused"] * 3
    assert (decided["care__text"].dtype, decided["care__text"].to_list()) == (pl.String, [None] * 3)


def test_a_dictionary_with_a_null_of_its_own(greenhouse: hiprun.Pack) -> None:
    """A text that is null among those of a dictionary is as unknown as a null in the rows."""
    season = pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.int8()), pa.array(["summer", None]))
    decided = greenhouse.evaluate_frame(pa.table({"season": season, "temperature": [20.0] * 3}), "watering")
    assert decided.column("watering__rule").to_pylist() == ["row-2", None, None]


def test_columns_of_pandas_are_their_own(greenhouse: hiprun.Pack) -> None:
    """A value that is set in one of the new columns is not one of another, though both said the same."""
    frame = pd.DataFrame({"temperature": [31.0, 3.0], "window_open": [True, False]}, index=["ann", "bob"])
    decided = greenhouse.evaluate_frame(frame, "alarm")
    assert decided["alarm__window"].to_list() == decided["alarm__window__safest"].to_list() == ["open", "as_it_is"]
    decided.loc["bob", "alarm__window"] = "open"
    assert decided["alarm__window"].to_list() == ["open", "open"]
    assert decided["alarm__window__safest"].to_list() == ["open", "as_it_is"]


def test_numbers_of_pandas_in_every_form(greenhouse: hiprun.Pack) -> None:
    """Columns that lie apart in memory, are turned around, or are empty are read as they say."""
    both = pd.DataFrame([[31.0, 1.0], [3.0, 2.0]], columns=["temperature", "other"])
    for frame in (both, both.iloc[::-1], both[:0], both.astype({"temperature": "float32"})):
        found = greenhouse.evaluate_frame(frame, "alarm")["alarm__action__safest"].to_list()
        assert found == ["act" if warmth > 30 else "look" for warmth in frame["temperature"]]
