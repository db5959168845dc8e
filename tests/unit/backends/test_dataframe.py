"""Cohorts as someone with a dataframe meets them: columns, nulls, bad values, and what is said of them."""

from __future__ import annotations

import datetime
import math
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import hiprun
from hiprun.errors import FactError, UnknownNameError

from ...property.cohorts import CONSTRUCTORS, Constructor, records

Load = Callable[[str], hiprun.Pack]

EVERY_KIND = pytest.mark.parametrize("construct", CONSTRUCTORS.values(), ids=CONSTRUCTORS)


def problems(call: Callable[..., Any], *given: Any, **named: Any) -> list[tuple[str, str, str]]:
    """Return code, message and help of every problem that a call raises."""
    with pytest.raises(FactError) as caught:
        call(*given, **named)
    return [(problem.code, problem.message, problem.help) for problem in caught.value.problems]


@EVERY_KIND
def test_new_columns_stand_behind_those_that_were_there(greenhouse: hiprun.Pack, construct: Constructor) -> None:
    """A decision has its status, its outputs with the safest of each, and the rule that decided."""
    frame = construct(pa.table({"who": ["Ann", "Bob"], "temperature": [31.0, None], "season": ["summer", "winter"]}))
    decided = greenhouse.evaluate_frame(frame, ["watering", "alarm"], on_error="raise")
    ann, bob = records(decided)
    assert list(ann) == [
        *("who", "temperature", "season", "watering__status", "watering__litres", "watering__litres__at_least"),
        *("watering__litres__at_most", "watering__may_not_match", "watering__rule", "alarm__status", "alarm__action"),
        *("alarm__action__safest", "alarm__window", "alarm__window__safest", "alarm__rule"),
    ]
    assert (ann["who"], ann["watering__status"], ann["watering__litres"]) == ("Ann", "decided", 6.0)
    assert (ann["watering__rule"], ann["alarm__action"]) == ("row-2", "act")
    assert (bob["watering__status"], bob["watering__litres"]) == ("no_match", None)
    assert (bob["alarm__action"], bob["alarm__action__safest"]) == (None, "act")


def test_plans_are_kept_within_a_bound(greenhouse: hiprun.Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound the plan of the decision that was asked for first makes way, and is made anew when needed."""
    monkeypatch.setattr("hiprun.backends.dataframe.decision_plans.MOST_KEPT", 1)
    pack = hiprun.Pack(greenhouse.model)
    frame = pl.DataFrame({"season": ["summer"], "temperature": [20.0]})
    for _ in range(2):
        for decision in ("watering", "alarm"):
            assert records(pack.evaluate_frame(frame, decision)) == records(greenhouse.evaluate_frame(frame, decision))
            assert pack._frames is not None
            assert list(pack._frames.plans._made) == [decision]


@EVERY_KIND
def test_everything_known_is_decided(greenhouse: hiprun.Pack, construct: Constructor) -> None:
    """Where nothing is unknown nothing remains open, and the rule that decided is named."""
    frame = construct(pa.table({"season": ["summer", "spring"], "temperature": [20.0, 30.0]}))
    rows = records(greenhouse.evaluate_frame(frame, "watering", on_error="raise"))
    assert [(row["watering__litres"], row["watering__rule"]) for row in rows] == [(6.0, "row-2"), (2.5, "row-1")]


@EVERY_KIND
def test_columns_may_have_names_of_their_own(greenhouse: hiprun.Pack, construct: Constructor) -> None:
    """A mapping from facts to columns says where a fact stands; the columns of the same name are then left aside."""
    frame = construct(pa.table({"t": [31.0], "temperature": [0.0], "slug": [True]}))
    decided = greenhouse.evaluate_frame(
        frame, ["alarm", "chores"], columns={"temperature": "t", "pests__slugs": "slug"}, on_error="raise"
    )
    (row,) = records(decided)
    assert row["alarm__action"] == "act"
    assert (row["chores__slugs"], row["chores__aphids"]) == ("certain", "possible")


@EVERY_KIND
def test_one_decision_or_none_may_be_named(greenhouse: hiprun.Pack, construct: Constructor) -> None:
    """A single name stands for itself, naming one twice changes nothing, and no name stands for all decisions."""
    frame = construct(pa.table({"temperature": [31.0]}))
    one = records(greenhouse.evaluate_frame(frame, "alarm"))
    assert records(greenhouse.evaluate_frame(frame, ["alarm", "alarm"])) == one
    names = {name.partition("__")[0] for name in records(greenhouse.evaluate_frame(frame, on_error="raise"))[0]}
    assert names == {"temperature", *greenhouse.decisions}


@EVERY_KIND
def test_frames_without_rows_get_the_columns_too(greenhouse: hiprun.Pack, construct: Constructor) -> None:
    """An empty cohort is decided like any other."""
    decided = greenhouse.evaluate_frame(construct(pa.table({"temperature": pa.array([], pa.float64())})))
    assert records(decided) == []
    columns = decided.collect_schema() if isinstance(decided, pl.LazyFrame) else getattr(decided, "columns", None)
    names = decided.schema.names if isinstance(decided, pa.Table) else list(columns)
    assert "alarm__action" in names


BAD = pa.table(
    {
        "temperature": [20.0, 99.0, math.inf, 99.5, None],
        "days_since_watering": [1.0, 2.5, 3.0, None, 4.0],
        "leaves": ["firm", "wilted", None, "dry", "limp"],
        "pests": [["slugs"], ["bugs"], [], None, [None]],
        "last_frost": [datetime.datetime(2026, 3, 1), datetime.datetime(2026, 3, 1, 5), None, None, None],
        "gardener": ["Al", "x" * 20_000, None, None, None],
        "window_open": ["yes", None, None, None, None],
        "season": ["winter", "winter", "winter", None, None],
        "water_today": ["1 l", "2 l", None, None, None],
    }
)


@EVERY_KIND
def test_bad_values_are_counted_with_a_sample(greenhouse: hiprun.Pack, construct: Constructor) -> None:
    """Every way in which values are wrong is told once, with how many rows have it and the first of them."""
    frame = construct(BAD)
    found = problems(greenhouse.evaluate_frame, frame, ["alarm"], on_error="raise")
    lazy = isinstance(frame, pl.LazyFrame | duckdb.DuckDBPyRelation)

    def told(code: str, words: str, count: int, *values: str) -> tuple[str, str]:
        rows = [value.partition(" in row")[0] for value in values] if lazy else [*values, "counted from 0"]
        return code, f"{words} (in {count} of 5 rows, such as {', '.join(rows)})"

    assert {(code, message) for code, message, _ in found} == {
        told("out-of-range", "`temperature`: outside its range", 2, "`99.0` in row 1", "`99.5` in row 3"),
        told("not-a-number", "`temperature`: not an ordinary number", 1, "`inf` in row 2"),
        told("not-whole", "`days_since_watering`: not a whole number", 1, "`2.5` in row 1"),
        told("not-a-choice", "`leaves`: not one of the choices", 1, "`wilted` in row 1"),
        told("not-a-choice", "`pests`: not a list of choices", 2, "[`bugs`] in row 1", "[nothing] in row 4"),
        told("wrong-type", "`last_frost`: a time of day, not a date", 1, "`2026-03-01T05:00:00` in row 1"),
        told("wrong-type", "`gardener`: a text of more than 10,000 characters", 1, f"`{'x' * 40}…` in row 1"),
        told("wrong-type", "`window_open`: neither true nor false", 1, "`yes` in row 0"),
        told("wrong-type", "`water_today`: not a number", 2, "`1 l` in row 0", "`2 l` in row 1"),
    }
    helps = {help_ for _, _, help_ in found}
    assert "It goes from -40 to 60." in helps
    assert "Choices are `firm`, `limp`, `dry`." in helps
    assert "The column has to be of true and false." in helps


@EVERY_KIND
def test_rows_with_bad_values_may_be_refused_one_by_one(greenhouse: hiprun.Pack, construct: Constructor) -> None:
    """A column says why a row is refused; the others are decided as if it were not there."""
    decided = records(greenhouse.evaluate_frame(construct(BAD.drop(["window_open", "water_today"])), on_error="column"))
    assert [row["alarm__status"] for row in decided] == ["decided", "refused", "refused", "refused", "refused"]
    assert decided[0]["refused"] is None
    assert decided[0]["stress__points"] == 0
    assert decided[3]["refused"] == "`temperature`: outside its range"
    assert decided[1]["refused"].split("; ")[:2] == [
        "`temperature`: outside its range",
        "`days_since_watering`: not a whole number",
    ]
    for row in decided[1:]:
        said = {
            name: value
            for name, value in row.items()
            if name not in BAD.schema.names and value not in (None, "refused")
        }
        assert said.keys() <= {"refused", "amounts__exact"}


@EVERY_KIND
def test_facts_that_cannot_occur_together_are_refused(greenhouse: hiprun.Pack, construct: Constructor) -> None:
    """A constraint of the pack refuses a row, in its own words."""
    frame = construct(pa.table({"season": ["winter", "winter", None], "temperature": [46.0, 45.0, 46.0]}))
    ((code, message, help_),) = problems(greenhouse.evaluate_frame, frame, ["alarm"], on_error="raise")
    rows = "" if isinstance(frame, pl.LazyFrame | duckdb.DuckDBPyRelation) else ", such as row 0, counted from 0"
    words = "These facts cannot occur together. It is never that warm in winter."
    assert (code, message) == ("impossible-facts", f"{words} (in 1 of 3 rows{rows})")
    assert help_ == "Look at them again, and leave out what is not certain."
    decided = records(greenhouse.evaluate_frame(frame, ["alarm"], on_error="column"))
    assert [row["refused"] for row in decided] == [words, None, None]


def test_lazy_frames_refuse_rows_unless_told_otherwise(greenhouse: hiprun.Pack) -> None:
    """In memory bad values are an error; a lazy frame is not looked at before it is collected."""
    frame = pl.DataFrame({"temperature": [99.0]})
    assert problems(greenhouse.evaluate_frame, frame, "alarm")
    decided = greenhouse.evaluate_frame(frame.lazy(), "alarm")
    assert isinstance(decided, pl.LazyFrame)
    assert decided.collect()["refused"].to_list() == ["`temperature`: outside its range"]


ODD_COLUMNS: dict[str, Any] = {
    "decimals": pl.DataFrame({"temperature": [Decimal("31.5")]}),
    "single precision": pl.DataFrame({"temperature": pl.Series([31.5], dtype=pl.Float32)}),
    "half precision": pa.table({"temperature": pa.array(np.array([31.5], dtype=np.float16))}),
    "bytes": pl.DataFrame({"temperature": pl.Series([31], dtype=pl.Int8)}),
    "unsigned": pa.table({"temperature": pa.array([31], pa.uint64())}),
    "nullable": pd.DataFrame({"temperature": pd.Series([31], dtype="Int64")}),
    "objects": pd.DataFrame({"temperature": pd.Series([31.5], dtype=object)}),
    "decimal objects": pd.DataFrame({"temperature": pd.Series([Decimal("31.5")], dtype=object)}),
    "categories": pl.DataFrame({"leaves": pl.Series(["limp"], dtype=pl.Categorical), "temperature": [31]}),
    "enums": pl.DataFrame({"leaves": pl.Series(["limp"], dtype=pl.Enum(["limp"])), "temperature": [31]}),
    "dictionaries": pa.table({"leaves": pa.array(["limp"]).dictionary_encode(), "temperature": [31]}),
    "pandas categories": pd.DataFrame({"leaves": pd.Categorical(["limp"]), "temperature": [31]}),
    "names that are no texts": pd.DataFrame([[31, 1]], columns=["temperature", 7]),
    "a column of another": pl.DataFrame({"temperature": [31], "alarm__action": ["mine"], "refused": [1]}),
    "nothing but nulls": pa.table({"temperature": [31], "leaves": pa.nulls(1), "pests": pa.nulls(1)}),
    "large lists": pa.table({"temperature": [31], "pests": pa.array([["slugs"]], pa.large_list(pa.large_string()))}),
}


@pytest.mark.parametrize("frame", ODD_COLUMNS.values(), ids=ODD_COLUMNS)
def test_columns_of_uncommon_kinds_are_taken(greenhouse: hiprun.Pack, frame: Any) -> None:
    """What says the same gets the same answer, whatever kind of column it stands in."""
    (row,) = records(greenhouse.evaluate_frame(frame, ["alarm"]))
    assert (row["alarm__status"], row["alarm__action"], row["alarm__rule"]) == ("decided", "act", "hot")


NOT_TAKEN: dict[str, tuple[Any, str]] = {
    "texts": (pl.DataFrame({"temperature": ["31"]}), "`temperature`: not a number"),
    "texts for dates": (pl.DataFrame({"last_frost": ["2026-03-01"]}), "`last_frost`: not a date"),
    "numbers for choices": (pl.DataFrame({"leaves": [1]}), "`leaves`: not one of the choices"),
    "numbers for texts": (pl.DataFrame({"gardener": [1]}), "`gardener`: not a text"),
    "numbers for truths": (pl.DataFrame({"window_open": [1]}), "`window_open`: neither true nor false"),
    "lists of numbers": (pl.DataFrame({"pests": [[1]]}), "`pests`: not a list of choices"),
    "one text for a list": (pl.DataFrame({"pests": ["slugs"]}), "`pests`: not a list of choices"),
    "numbers for members": (
        pl.DataFrame({"pests__slugs": [1], "pests__aphids": [True]}),
        "`pests`: not a list of choices",
    ),
    "several kinds": (
        pd.DataFrame({"temperature": pd.Series([31, "warm"], dtype=object)}),
        "`temperature`: not a number",
    ),
}


@pytest.mark.parametrize(("frame", "said"), NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_columns_of_the_wrong_kind_are_not_guessed_at(greenhouse: hiprun.Pack, frame: Any, said: str) -> None:
    """A column that cannot hold a fact refuses every row that says something there."""
    ((code, message, _),) = problems(greenhouse.evaluate_frame, frame, ["alarm"])
    assert (code, message.partition(" (in ")[0]) == ("wrong-type", said)
    assert greenhouse.evaluate_frame(frame, ["alarm"], on_error="column")["refused"][0] == said


def test_pandas_keeps_its_index_and_takes_nan_for_unknown(greenhouse: hiprun.Pack) -> None:
    """The new columns stand beside the old ones, row for row."""
    frame = pd.DataFrame({"temperature": [math.nan, 31.0], "other": [1, 2]}, index=[7, 7])
    decided = greenhouse.evaluate_frame(frame, "alarm")
    assert list(decided.index) == [7, 7]
    assert list(decided["other"]) == [1, 2]
    assert list(decided["alarm__status"]) == ["undetermined", "decided"]
    assert list(frame.columns) == ["temperature", "other"]


WRONG: dict[str, tuple[Any, dict[str, Any], str, str]] = {
    "no frame": ({"temperature": [1]}, {}, "no-frame", "Give a table of Polars, pandas, PyArrow, DuckDB or PySpark"),
    "a file name": ("cohort.csv", {}, "no-frame", "one row for each patient"),
    "a series": (pl.Series("temperature", [1]), {}, "no-frame", "Give a table"),
    "no column": (pl.DataFrame(), {}, "no-facts", "Name the columns as the facts are named"),
    "no fact": (pl.DataFrame({"x": [1]}), {}, "no-facts", "say which column holds which fact"),
    "twice": (pd.DataFrame([[1, 2]], columns=["temperature"] * 2), {}, "column-twice", "Rename one of them."),
    "ours": (pl.DataFrame({"__hiprun_0": [1]}), {}, "reserved-column", "Rename it."),
    "fact": (pl.DataFrame({"t": [1]}), {"columns": {"temperatur": "t"}}, "unknown-fact", "Did you mean `temperature`?"),
    "column": (pl.DataFrame({"tt": [1]}), {"columns": {"temperature": "t"}}, "unknown-column", "Did you mean `tt`?"),
    "turned": (pl.DataFrame({"t": [1]}), {"columns": {"t": "temperature"}}, "unknown-fact", "The fact comes first"),
    "shape": (pd.DataFrame({"t": [1]}), {"columns": ["t"]}, "columns-shape", "Name each fact and then its column"),
    "choice": (pl.DataFrame({"t": [1]}), {"on_error": "ignore"}, "bad-choice", "`raise` tells of them as an error"),
}


@pytest.mark.parametrize(("frame", "named", "code", "help_"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_evaluated_is_said(
    greenhouse: hiprun.Pack, frame: Any, named: dict[str, Any], code: str, help_: str
) -> None:
    """Each mistake has a code of its own, and a hint."""
    ((found, _, said),) = problems(greenhouse.evaluate_frame, frame, ["alarm"], **named)
    assert found == code
    assert help_ in said


def test_misspelt_decisions_are_corrected(greenhouse: hiprun.Pack) -> None:
    """A name that is nearly right is guessed."""
    with pytest.raises(UnknownNameError, match=r"Did you mean `alarm`\?"):
        greenhouse.evaluate_frame(pl.DataFrame({"temperature": [1]}), "alrm")


@pytest.mark.parametrize(
    ("module", "error", "said"),
    [
        ("narwhals", hiprun.HiprunError, r'Dataframes need the package narwhals. .*pip install "hiprun\[frame\]"'),
        ("narwhals.exceptions", ModuleNotFoundError, "narwhals.exceptions"),
    ],
)
def test_without_narwhals_the_extra_is_named(
    greenhouse_folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, error: type[Exception], said: str
) -> None:
    """Who has no dataframes installed is told what to install; a broken package is not taken for a missing one."""
    for name in [name for name in sys.modules if name.startswith("hiprun.backends.dataframe")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(error, match=said):
        hiprun.load(greenhouse_folder).evaluate_frame(pl.DataFrame())
