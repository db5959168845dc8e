"""Frames of few rows, which are decided one by one: they get what frames of many get."""

from __future__ import annotations

import datetime
import gc
import math
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

import hiprun
from hiprun.errors import FactError
from hiprun.inference.conclusion import Conclusion

from ...property.cohorts import records
from ..small_packs import PACK


def known(number: int) -> pl.DataFrame:
    """Return so many rows of which `planting` and `alarm` need nothing more, each with another answer than the next."""
    days = [datetime.date(2026, 3, 1), datetime.date(2026, 6, 1)] * number
    return pl.DataFrame(
        {
            "temperature": [float(row % 40) for row in range(number)],
            "leaves": (["firm", "limp", "dry"] * number)[:number],
            "season": (["summer", "winter"] * number)[:number],
            "last_frost": days[:number],
            "pests": ([["slugs"], []] * number)[:number],
            "days_since_watering": [row % 4 for row in range(number)],
        }
    )


@pytest.mark.parametrize("number", [1, 2, 30, 200])
@pytest.mark.parametrize("kind", ["polars", "pyarrow", "pandas"])
def test_few_rows_get_what_many_get(greenhouse: hiprun.Pack, kind: str, number: int) -> None:
    """A few rows have the same columns, of the same types, as in a frame of many; the second time as the first."""
    construct = {"polars": pl.DataFrame, "pyarrow": lambda t: t, "pandas": lambda t: t.to_pandas()}[kind]
    many, few = construct(known(2_000).to_arrow()), construct(known(number).to_arrow())
    pack = hiprun.Pack(greenhouse.model)
    for names in (None, ["alarm"], ["planting"]):
        whole = pack.evaluate_frame(many, names)
        for _ in range(2):
            decided = pack.evaluate_frame(few, names)
            assert repr(records(decided)) == repr(records(whole)[:number])
            if isinstance(decided, pl.DataFrame):
                assert decided.schema == whole.schema


@pytest.mark.parametrize("columns", [["aphids", "slugs", "thrips"], ["slugs"]])
def test_sets_of_few_rows(greenhouse: hiprun.Pack, columns: list[str]) -> None:
    """Where each choice of a set has a column, a set known whole, in part or not at all is the same in few rows."""
    patterns = [
        [True, None, None],
        [False, True, False],
        [None, None, None],
        [None, False, False],
        [False, False, False],
    ]
    drawn = dict(zip(("aphids", "slugs", "thrips"), zip(*patterns, strict=True), strict=True))
    sets = pl.DataFrame({f"pests__{choice}": drawn[choice] for choice in columns})
    frame = pl.concat([known(2_000).drop("pests"), pl.concat([sets] * 400)], how="horizontal")
    pack = hiprun.Pack(greenhouse.model)
    whole = pack.evaluate_frame(frame, "planting")
    assert whole["planting__status"].n_unique() > 1
    for start in (0, 3, 0):
        few = pack.evaluate_frame(frame[start : start + 7], "planting")
        assert few.equals(whole[start : start + 7])


@pytest.mark.parametrize(
    "pests", [["slugs"], ["slugs", "slugs"], [], None, [None], ["slugs", None], ["cats"]], ids=repr
)
def test_lists_of_few_rows(greenhouse: hiprun.Pack, pests: list[str | None] | None) -> None:
    """A set in a list, also an odd one, is taken or refused in one row as in a frame of many."""
    kinds = {"pests": pl.List(pl.String), "leaves": pl.String}
    one = pl.DataFrame({"pests": [pests], "leaves": ["limp"]}, schema=kinds)
    pack = hiprun.Pack(greenhouse.model)
    many = pack.evaluate_frame(pl.concat([one] * 600), "planting", on_error="column")
    for _ in range(2):
        assert pack.evaluate_frame(one, "planting", on_error="column").equals(many[:1])


def test_few_rows_are_checked_as_many_are(greenhouse: hiprun.Pack) -> None:
    """A row that is refused, a text for a date, and a name that is nearly a fact's are seen in one row too."""
    good = pl.DataFrame({"temperature": [31.0], "season": ["summer"]})
    assert greenhouse.evaluate_frame(good, "alarm")["alarm__action"].to_list() == ["act"]
    for column, value in (("temperature", 99.0), ("temperature", math.nan), ("season", "spring!")):
        bad = good.with_columns(pl.lit(value).alias(column))
        with pytest.raises(FactError, match="in 1 of 1 rows"):
            greenhouse.evaluate_frame(bad, "alarm")
        decided = greenhouse.evaluate_frame(bad, "alarm", on_error="column")
        assert decided["alarm__status"].to_list() == ["refused"]
    with pytest.raises(FactError, match="not a date"):
        greenhouse.evaluate_frame(good.with_columns(last_frost=pl.lit("2026-03-01")), "alarm")
    impossible = good.with_columns(season=pl.lit("winter"), temperature=46.0)
    with pytest.raises(FactError, match="never that warm in winter"):
        greenhouse.evaluate_frame(impossible, "alarm")
    for _ in range(2):
        with pytest.warns(hiprun.ColumnWarning, match="Did you mean `leaves`"):
            greenhouse.evaluate_frame(good.with_columns(Leaves=pl.lit("limp")), "alarm")


def test_what_few_rows_come_to_is_kept_within_a_bound(greenhouse: hiprun.Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound conclusions, kinds of frames and warnings are worked out again, with the same answers."""
    monkeypatch.setattr("hiprun.backends.dataframe.decided_rows.MOST_KEPT", 1)
    monkeypatch.setattr("hiprun.backends.dataframe.evaluate.MOST_PREPARED", 1)
    pack = hiprun.Pack(greenhouse.model)
    pack.evaluate_frame(known(3)[:1], "alarm")
    for row in (0, 1, 2, 0):
        pack.evaluate_frame(known(3)[row : row + 1], "alarm")
    for _ in range(3):
        for row in range(3):
            frame = known(3)[row : row + 1]
            for one in (frame, frame, frame.with_columns(pl.col("days_since_watering").cast(pl.Int8)), frame):
                found = pack.evaluate_frame(one, ["alarm", "watering"])
                assert found.select("alarm__action", "watering__litres").rows() == (
                    greenhouse.evaluate_frame(known(2_000), ["alarm", "watering"])
                    .select("alarm__action", "watering__litres")[row : row + 1]
                    .rows()
                )


@pytest.mark.parametrize("most", [1_000, 5])
def test_rows_keep_their_own_conclusions(greenhouse: hiprun.Pack, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Where the pack forgets what it concluded, each row still gets its own answer, and no more than so many stay."""
    monkeypatch.setattr("hiprun.backends.dataframe.decided_rows.MOST_KEPT", most)
    pack = hiprun.Pack(greenhouse.model)
    pack._compiled.memory.most = 0
    frame = known(60)
    expected = greenhouse.evaluate_frame(known(2_000), ["alarm", "planting"])
    for _ in range(2):
        for row in range(60):
            decided = pack.evaluate_frame(frame[row : row + 1], ["alarm", "planting"])
            assert repr(decided.rows()) == repr(expected[row : row + 1].rows())
    before = _conclusions()
    for row in range(60):
        pack.evaluate_frame(frame[row : row + 1], ["alarm", "planting"])
    assert _conclusions() - before <= 2 * most


def _conclusions() -> int:
    gc.collect()
    return sum(type(one) is Conclusion for one in gc.get_objects())


def test_texts_of_few_rows(tmp_path: Path) -> None:
    """A text that shows a value of the patient is the same text in few rows as in many, and that of its own rule."""
    facts = "facts:\n  days: {ask: How many?, type: integer, range: [0, 50]}\n  safe: {ask: Safe?, type: boolean}\n"
    rules = """decision: stay
outputs: {text: {type: string}, place: {type: choice, choices: [home, ward], worse: later}}
rules:
  - {id: unsafe, when: {safe: false}, then: {text: "Stay {days} days", place: ward}}
  - {id: long, when: {days: {above: 10}}, then: {text: "Stay as long as {days} days", place: ward}}
otherwise: {text: Go, place: home}
"""
    for name, text in {"pack": PACK.replace("language: 1", "language: 2"), "facts": facts, "stay": rules}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    pack = hiprun.load(tmp_path)
    frame = pl.DataFrame({"days": [3, 4, 20], "safe": [False, True, True]})
    many = pack.evaluate_frame(pl.concat([frame] * 400), "stay")
    assert many["stay__text"][:3].to_list() == ["Stay (days) days", "Go", "Stay as long as (days) days"]
    for _ in range(2):
        assert pack.evaluate_frame(frame, "stay").equals(many[:3])


@pytest.mark.parametrize("number", [1, 3, 30])
def test_tables_of_few_rows_in_pieces(greenhouse: hiprun.Pack, number: int) -> None:
    """A table whose columns are in several pieces, or of other types than the one before, has the same columns."""
    pack = hiprun.Pack(greenhouse.model)
    whole = known(number).to_arrow().drop_columns(["pests", "last_frost"])
    pieces = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
    expected = pack.evaluate_frame(known(2_000).to_arrow().drop_columns(["pests", "last_frost"]), "alarm").to_pylist()
    days = whole.schema.get_field_index("days_since_watering")
    for table in (whole, pieces, whole.set_column(days, "days_since_watering", whole.column(days).cast(pa.int8()))):
        for _ in range(2):
            decided = pack.evaluate_frame(table, "alarm")
            assert decided.schema.field(days).type == table.schema.field(days).type
            assert decided.to_pylist() == expected[:number]


@pytest.mark.parametrize("kind", ["polars", "pyarrow"])
def test_numbers_of_few_rows(greenhouse: hiprun.Pack, kind: str) -> None:
    """Numbers that follow from facts are those of each row, the second time as the first."""
    construct = {"polars": pl.DataFrame, "pyarrow": lambda table: table}[kind]
    pack = hiprun.Pack(greenhouse.model)
    decisions = [name for name in pack.decisions if name != "alarm"]
    many = records(pack.evaluate_frame(construct(known(2_000).to_arrow()), decisions))
    for _ in range(2):
        assert repr(records(pack.evaluate_frame(construct(known(9).to_arrow()), decisions))) == repr(many[:9])
