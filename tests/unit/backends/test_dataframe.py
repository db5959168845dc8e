"""Cohorts as someone with a dataframe meets them: columns, nulls, bad values, and what is said of them."""

from __future__ import annotations

import datetime
import math
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

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
NANO = pd.Timedelta(1, "ns")

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
            assert len(pack._frames.prepared) == 1


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
        told("wrong-type", "`gardener`: text of more than 10,000 characters", 1, f"`{'x' * 40}…` in row 1"),
        told("wrong-type", "`window_open`: neither true nor false", 1, "`yes` in row 0"),
        told("wrong-type", "`water_today`: not a number", 2, "`1 l` in row 0", "`2 l` in row 1"),
    }
    helps = {help_ for _, _, help_ in found}
    assert "It ranges from -40 to 60." in helps
    assert "The choices are `firm`, `limp`, `dry`." in helps
    assert "The column must contain booleans." in helps


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
    assert help_ == "Check them again, and leave out any that are not certain."
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
        pd.DataFrame({"temperature": pd.Series(["warm", 31], dtype=object)}),
        "`temperature`: not a number",
    ),
}


@pytest.mark.parametrize(("frame", "said"), NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_columns_of_the_wrong_kind_are_not_guessed_at(greenhouse: hiprun.Pack, frame: Any, said: str) -> None:
    """A column that cannot hold a fact refuses every row that says something there."""
    ((code, message, _),) = problems(greenhouse.evaluate_frame, frame, ["alarm"])
    assert (code, message.partition(" (in ")[0]) == ("wrong-type", said)
    assert greenhouse.evaluate_frame(frame, ["alarm"], on_error="column")["refused"][0] == said


MIXED: dict[str, tuple[str, list[Any], list[str | None]]] = {
    "truths": ("window_open", [True, "False", None, np.False_, 1], [None, "neither true nor false", None, None, "…"]),
    "numbers": ("temperature", [31, "warm", 20.5, True, Decimal(20)], [None, "not a number", None, "…", None]),
    "far too large": ("temperature", [31, 10**400, 2**70, 20.5, None], [None, "…", "outside its range", None, None]),
    "whole numbers too large": ("temperature", [31, 2**70], [None, "outside its range"]),
    "lists of several kinds": ("pests", [["slugs"], [1]], [None, "not a list of choices"]),
    "whole numbers": ("days_since_watering", [1, 2.5, "x"], [None, "not a whole number", "not a number"]),
    "choices": ("leaves", ["limp", b"limp", "wilted"], [None, "not one of the choices", "not one of the choices"]),
    "texts": ("gardener", ["Al", 7, None], [None, "not a text", None]),
    "lists": (
        "pests",
        [["slugs"], "slugs", ("aphids",), {"slugs": 1}, ["bugs"], [1], {"slugs"}, 7],
        [None, "not a list of choices", None, "…", "not a list of choices", "…", None, "…"],
    ),
    "members": ("pests__slugs", [True, "yes", None], [None, "`slugs` is neither true nor false", None]),
    "days": (
        "last_frost",
        [
            *(datetime.date(2026, 3, 1), datetime.datetime(2026, 3, 1), datetime.datetime(2026, 3, 1, 5), "2026-03-01"),
            *(datetime.datetime(2026, 3, 1, tzinfo=ZoneInfo("Asia/Tokyo")), pd.NaT, pd.Timestamp(2026, 3, 1)),
            *(datetime.datetime(2026, 3, 1, 20, tzinfo=ZoneInfo("Europe/Berlin")), pd.Timestamp("2026-03-01") + NANO),
        ],
        [None, None, "a time of day, not a date", "not a date", None, None, None, "a time of day, not a date", "…"],
    ),
}


@pytest.mark.parametrize("kind", [pd.Series, pl.Series])
@pytest.mark.parametrize(("name", "values", "said"), MIXED.values(), ids=MIXED)
def test_of_a_mixed_column_only_the_wrong_rows_are_refused(
    greenhouse: hiprun.Pack, kind: Any, name: str, values: list[Any], said: list[str | None]
) -> None:
    """Values of several kinds are looked at one by one; those that the fact can have are taken."""
    column = pd.Series(values, dtype=object) if kind is pd.Series else pl.Series(values, dtype=pl.Object)
    frame = (pd.DataFrame if kind is pd.Series else pl.DataFrame)({name: column})
    decided = greenhouse.evaluate_frame(frame, on_error="column")
    assert next(iter(decided.columns)) == name
    assert not [column for column in decided.columns if column.startswith("__hiprun")]
    found = [None if pd.isna(reason) else reason.partition(": ")[2] for reason in decided["refused"]]
    before = ""
    for reason, expected in zip(found, said, strict=True):
        before = (reason if expected == "…" else expected) or before
        assert reason == (before if expected else None)


def test_wrong_values_of_a_mixed_column_are_counted_with_a_sample(greenhouse: hiprun.Pack) -> None:
    """The sample shows the value as it stood in the column."""
    frame = pd.DataFrame({"window_open": pd.Series([True, "False", None], dtype=object)})
    ((code, message, help_),) = problems(greenhouse.evaluate_frame, frame, ["alarm"])
    words = "`window_open`: neither true nor false (in 1 of 3 rows, such as `False` in row 1, counted from 0)"
    assert (code, message, help_) == ("wrong-type", words, "The column must contain booleans.")


TOKYO = "Asia/Tokyo"


@pytest.fixture
def clock_of_duckdb() -> Iterator[None]:
    """DuckDB shows moments by the clock of its session: here that of Tokyo."""
    (before,) = duckdb.sql("select current_setting('timezone')").fetchall()[0]
    duckdb.sql(f"set timezone = '{TOKYO}'")
    yield
    duckdb.sql(f"set timezone = '{before}'")


@EVERY_KIND
@pytest.mark.usefixtures("clock_of_duckdb")
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_midnight_where_the_column_is_means_that_day(
    greenhouse: hiprun.Pack, construct: Constructor, unit: str
) -> None:
    """A moment with a zone counts by the clock of its zone; every other time of the day is refused."""
    zone = ZoneInfo(TOKYO)
    times = [(1, 0), (2, 0), (2, 9), (2, 23)]
    moments = [datetime.datetime(2026, 5, day, hour, tzinfo=zone) for day, hour in times]
    column = pa.array([*moments, None], pa.timestamp(unit, TOKYO))
    frame = construct(pa.table({"last_frost": column}))
    decided = records(greenhouse.evaluate_frame(frame, ["planting"], on_error="column"))
    refused = "`last_frost`: a time of day, not a date"
    assert [row["refused"] for row in decided] == [None, None, refused, refused, None]
    frost_is_over = [row["planting__frost_is_over"] for row in decided]
    assert frost_is_over == ["met", "unmet", None, None, "unknown"]


NUMERIC = pa.table(
    {
        "window_open": [1.0, 0.0, None, 2.0],
        "pests__slugs": pa.array([1, 0, None, 1], pa.int8()),
        "pests__aphids": [False, True, None, False],
        "temperature": [20.0] * 4,
    }
)


@EVERY_KIND
def test_one_and_zero_are_truths_if_asked_for(greenhouse: hiprun.Pack, construct: Constructor) -> None:
    """With an option numbers say yes and no, for facts and for the choices of sets; without it they are refused."""
    plain = pa.table(
        {
            "window_open": [True, False, None, None],
            "pests__slugs": [True, False, None, True],
            "pests__aphids": NUMERIC["pests__aphids"],
            "temperature": NUMERIC["temperature"],
        }
    )
    expected = records(greenhouse.evaluate_frame(construct(plain), on_error="column"))
    decided = greenhouse.evaluate_frame(construct(NUMERIC), on_error="column", numeric_booleans=True)
    rows = records(decided)
    for row, wanted in zip(rows[:3], expected[:3], strict=True):
        own = {name: value for name, value in wanted.items() if name not in NUMERIC.schema.names}
        assert {name: row[name] for name in own} == pytest.approx(own, nan_ok=True)
    assert list(rows[0]) == list(expected[0])
    assert rows[3]["refused"] == "`window_open`: neither true nor false"
    refused = [row["refused"] for row in records(greenhouse.evaluate_frame(construct(NUMERIC), on_error="column"))]
    both = "`pests`: not a list of choices; `window_open`: neither true nor false"
    assert [None if reason is None else "; ".join(sorted(reason.split("; "))) for reason in refused] == [
        *(both, both, None, both)
    ]


def test_numbers_beside_truths_are_truths_if_asked_for(greenhouse: hiprun.Pack) -> None:
    """In a column of several kinds, 1 and 0 count like true and false."""
    frame = pd.DataFrame({"window_open": pd.Series([True, 1, 0.0, 2, "yes", None], dtype=object)})
    decided = greenhouse.evaluate_frame(frame, "alarm", on_error="column", numeric_booleans=True)
    assert [pd.isna(reason) for reason in decided["refused"]] == [True, True, True, False, False, True]


@EVERY_KIND
def test_a_column_of_the_callers_own_is_kept(greenhouse: hiprun.Pack, construct: Constructor) -> None:
    """A new column takes the place of another only if the caller agrees; else an error names it."""
    frame = construct(pa.table({"refused": ["physio"], "temperature": [31.0]}))
    assert problems(greenhouse.evaluate_frame, frame, ["alarm"], on_error="column") == [
        (
            "column-exists",
            "`refused` would be a new column, but this frame already has a column called `refused`.",
            "Rename it, or use `overwrite` to replace it.",
        )
    ]
    assert records(greenhouse.evaluate_frame(frame, "alarm", on_error="raise"))[0]["refused"] == "physio"
    (row,) = records(greenhouse.evaluate_frame(frame, "alarm", on_error="column", overwrite=True))
    assert (row["refused"], row["alarm__action"]) == (None, "act")


def test_sql_does_not_tell_upper_case_from_lower(greenhouse: hiprun.Pack) -> None:
    """There, a column that differs in nothing else has to be renamed, since one name would mean both."""
    table = pa.table({"Refused": ["physio"], "temperature": [31.0]})
    for overwrite, help_ in [(False, "Rename it, or use `overwrite` to replace it."), (True, "Rename it.")]:
        ((code, message, said),) = problems(
            greenhouse.evaluate_frame, duckdb.from_arrow(table), "alarm", overwrite=overwrite
        )
        assert (code, said) == ("column-exists", help_)
        assert "called `Refused`" in message
    assert records(greenhouse.evaluate_frame(pl.LazyFrame(table), "alarm"))[0]["Refused"] == "physio"


NEAR = {
    " Temperature": "temperature",
    "window-open": "window_open",
    "LEAVES": "leaves",
    "days since watering": "days_since_watering",
    "temprature": "temperature",
    "tempersture": "temperature",
    "gardenner": "gardener",
    "pests__Slugs": "pests__slugs",
}


@EVERY_KIND
def test_a_column_that_is_nearly_a_fact_is_told(greenhouse: hiprun.Pack, construct: Constructor) -> None:
    """One warning a call, where the call is, names each such column and the fact that was probably meant."""
    frame = construct(pa.table({"season": ["summer"], "window-open": [True], "Leaves": ["limp"], "other": [1]}))
    with pytest.warns(hiprun.ColumnWarning) as caught:
        greenhouse.evaluate_frame(frame, "alarm")
    assert [(str(warning.message), warning.filename) for warning in caught] == [
        (
            "`window-open` is not a fact of this pack. Did you mean `window_open`? "
            "`Leaves` is not a fact of this pack. Did you mean `leaves`?",
            __file__,
        )
    ]


@pytest.mark.parametrize(("column", "name"), NEAR.items())
def test_blanks_signs_case_and_one_letter_are_seen_through(greenhouse: hiprun.Pack, column: str, name: str) -> None:
    """Where no column holds a fact, the help of the error says which ones were probably meant to."""
    ((code, _, help_),) = problems(greenhouse.evaluate_frame, pl.DataFrame({column: [1]}), "alarm")
    assert (code, help_) == ("no-facts", f"`{column}` is not a fact of this pack. Did you mean `{name}`?")


@pytest.mark.parametrize("column", ["temperature_2", "who", "lea", "tmprture", "alarm__action", "temperature"])
def test_other_columns_are_none_of_our_business(greenhouse: hiprun.Pack, column: str) -> None:
    """Numbers behind a name, short names, and names that differ by more are not guessed at; nor is what is mapped."""
    columns = {"temperature": "temp"} if column == "temperature" else {}
    frame = pl.DataFrame({"temp": [31], "season": ["summer"], column: [1]})
    assert "alarm__rule" in greenhouse.evaluate_frame(frame, "alarm", columns=columns, overwrite=True).columns


def test_pandas_keeps_its_index_and_takes_nan_for_unknown(greenhouse: hiprun.Pack) -> None:
    """The new columns stand beside the old ones, row for row."""
    frame = pd.DataFrame({"temperature": [math.nan, 31.0], "other": [1, 2]}, index=[7, 7])
    decided = greenhouse.evaluate_frame(frame, "alarm")
    assert list(decided.index) == [7, 7]
    assert list(decided["other"]) == [1, 2]
    assert list(decided["alarm__status"]) == ["undetermined", "decided"]
    assert list(frame.columns) == ["temperature", "other"]


WRONG: dict[str, tuple[Any, dict[str, Any], str, str]] = {
    "no frame": ({"temperature": [1]}, {}, "no-frame", "Pass a Polars, pandas, PyArrow, DuckDB or PySpark table"),
    "a file name": ("cohort.csv", {}, "no-frame", "one row for each patient"),
    "a series": (pl.Series("temperature", [1]), {}, "no-frame", "Pass a Polars"),
    "no column": (pl.DataFrame(), {}, "no-facts", "Give the columns the names of the facts"),
    "no fact": (pl.DataFrame({"x": [1]}), {}, "no-facts", "say which column contains which fact"),
    "twice": (pd.DataFrame([[1, 2]], columns=["temperature"] * 2), {}, "column-twice", "Rename one of them."),
    "ours": (pl.DataFrame({"__hiprun_0": [1]}), {}, "reserved-column", "Rename it."),
    "fact": (pl.DataFrame({"t": [1]}), {"columns": {"temperatur": "t"}}, "unknown-fact", "Did you mean `temperature`?"),
    "column": (pl.DataFrame({"tt": [1]}), {"columns": {"temperature": "t"}}, "unknown-column", "Did you mean `tt`?"),
    "turned": (pl.DataFrame({"t": [1]}), {"columns": {"t": "temperature"}}, "unknown-fact", "The fact comes first"),
    "shape": (pd.DataFrame({"t": [1]}), {"columns": ["t"]}, "columns-shape", "Name each fact and then its column"),
    "choice": (
        pl.DataFrame({"t": [1]}),
        {"on_error": "ignore"},
        "bad-choice",
        "Use `raise` to report them as an error",
    ),
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
        ("numpy", hiprun.HiprunError, r'Dataframes need the package numpy. .*pip install "hiprun\[frame\]"'),
        ("pyarrow", hiprun.HiprunError, r'Dataframes need the package pyarrow. .*pip install "hiprun\[frame\]"'),
        ("pyarrow.compute", ModuleNotFoundError, "pyarrow.compute"),
    ],
)
def test_without_arrow_the_extra_is_named(
    greenhouse_folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, error: type[Exception], said: str
) -> None:
    """Without a package that dataframes need, the error says what to install; a broken one is not taken for that."""
    for name in [name for name in sys.modules if name.startswith("hiprun.backends.dataframe")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(error, match=said):
        hiprun.load(greenhouse_folder).evaluate_frame(pl.DataFrame())
