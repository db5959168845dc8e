"""Frames in several batches, and in every form in which Arrow has columns: the answers stay the same."""

from __future__ import annotations

import datetime
import functools
import pickle
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyspark.sql import types as spark_types

import hiprun
from hiprun.backends.dataframe.arrow_values import Texts
from hiprun.backends.dataframe.bit_planes import Rows
from hiprun.errors import FactError

from ...property.cohorts import CONSTRUCTORS, Constructor, Outcomes, agrees, disagreements, interpreted, records, table
from ...property.test_frame import PACKS, patients_of, random_patients
from ..small_packs import PACK

EVERY_KIND = pytest.mark.parametrize("construct", CONSTRUCTORS.values(), ids=CONSTRUCTORS)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of 16 rows, so that a few patients fill several of them."""
    for module in ("evaluate", "duckdb_relations"):
        monkeypatch.setattr(f"hiprun.backends.dataframe.{module}.ROWS_IN_BATCH", 16)


@pytest.mark.usefixtures("small_batches")
@EVERY_KIND
def test_several_batches_say_what_one_says(construct: Constructor) -> None:
    """Rows keep their order, whichever core works out their batch."""
    pack = hiprun.load(PACKS["greenhouse"])
    patients, expected = interpreted_patients()
    decided = pack.evaluate_frame(construct(table(pack.model, patients)), on_error="column")
    assert disagreements(pack, decided, expected) == []


@functools.cache
def interpreted_patients() -> tuple[list[dict[str, Any]], list[Outcomes | None]]:
    """Return patients of the small pack, and what becomes of them."""
    pack = hiprun.load(PACKS["greenhouse"])
    patients = [*patients_of(pack, 20), *random_patients(random.Random(3), pack, 100)]
    return patients, interpreted(pack, patients)


@pytest.mark.usefixtures("small_batches")
def test_rows_are_counted_over_all_batches(greenhouse: hiprun.Pack) -> None:
    """The sample of bad values has the numbers of rows of the whole frame, and at most three of them."""
    numbers = [20.0] * 40
    for row in (17, 18, 33, 39):
        numbers[row] = 99.0
    with pytest.raises(FactError) as caught:
        greenhouse.evaluate_frame(pl.DataFrame({"temperature": numbers}), "alarm")
    (problem,) = caught.value.problems
    rows = "`99.0` in row 17, `99.0` in row 18, `99.0` in row 33"
    assert problem.message == f"`temperature`: outside its range (in 4 of 40 rows, such as {rows}, counted from 0)"
    frame = pd.DataFrame({"temperature": pd.Series([20, *["warm"] * 20, *[30.5] * 20], dtype=object)})
    reasons = greenhouse.evaluate_frame(frame, "alarm", on_error="column")["refused"]
    assert reasons.notna().tolist() == [False, *[True] * 20, *[False] * 20]


def plain() -> pa.Table:
    """Return facts of every type, in the plainest form."""
    day = datetime.date(2026, 5, 1)
    return pa.table(
        {
            "temperature": [31.0, None, 12.5, 20.0],
            "window_open": [True, False, None, True],
            "leaves": ["limp", "firm", None, "dry"],
            "season": ["summer", None, "winter", "spring"],
            "pests": [["slugs"], [], None, ["slugs", "aphids"]],
            "last_frost": [day, None, day, day - datetime.timedelta(days=60)],
            "days_since_watering": [1, 2, None, 3],
            "gardener": ["Al", None, "Bo", "a rather long name of someone"],
        }
    )


def _cast(**types: Any) -> Callable[[pa.Table], pa.Table]:
    def cast(frame: pa.Table) -> pa.Table:
        for name, kind in types.items():
            place = frame.schema.get_field_index(name)
            frame = frame.set_column(place, name, frame.column(name).combine_chunks().cast(kind))
        return frame

    return cast


def _dictionaries(frame: pa.Table) -> pa.Table:
    for name in ("leaves", "season", "gardener"):
        place = frame.schema.get_field_index(name)
        frame = frame.set_column(place, name, frame.column(name).dictionary_encode())
    return frame


def _null_in_dictionary(frame: pa.Table) -> pa.Table:
    codes = pa.array([0, 1, 2, 3], pa.int8())
    for name in ("leaves", "season", "gardener"):
        texts = pa.array(frame.column(name).to_pylist())
        column = pa.DictionaryArray.from_arrays(codes, texts)
        frame = frame.set_column(frame.schema.get_field_index(name), name, column)
    return frame


def _the_same_label_twice(frame: pa.Table) -> pa.Table:
    codes = pa.array([1, 2, None, 3], pa.int8())
    column = pa.DictionaryArray.from_arrays(codes, pa.array(["limp", "limp", "firm", "dry"]))
    return frame.set_column(frame.schema.get_field_index("leaves"), "leaves", column)


FORMS: dict[str, Callable[[pa.Table], pa.Table]] = {
    "behind other rows": lambda frame: pa.concat_tables([frame[:1], frame, frame]).combine_chunks()[5:9],
    "in chunks": lambda frame: pa.concat_tables([frame[:3], frame[3:]]),
    "large": _cast(leaves=pa.large_string(), pests=pa.large_list(pa.large_string())),
    "views": _cast(leaves=pa.string_view(), season=pa.string_view(), gardener=pa.string_view()),
    "moments": _cast(last_frost=pa.timestamp("ns")),
    "dates of milliseconds": _cast(last_frost=pa.date64()),
    "small whole numbers": _cast(days_since_watering=pa.uint8()),
    "large whole numbers": _cast(days_since_watering=pa.uint64()),
    "decimals": _cast(temperature=pa.decimal128(10, 2)),
    "single precision": _cast(temperature=pa.float32(), days_since_watering=pa.float32()),
    "half precision": _cast(temperature=pa.float16()),
    "dictionaries": _dictionaries,
    "nulls in dictionaries": _null_in_dictionary,
    "a label twice": _the_same_label_twice,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_of_arrow_is_read(greenhouse: hiprun.Pack, form: Callable[[pa.Table], pa.Table]) -> None:
    """However Arrow has a column, its values are the same."""
    expected = greenhouse.evaluate_frame(plain()).to_pylist()
    found = greenhouse.evaluate_frame(form(plain())).to_pylist()
    new = [name for name in expected[0] if name not in plain().schema.names]
    assert [{name: row[name] for name in new} for row in found] == [
        {name: row[name] for name in new} for row in expected
    ]


TEXTS = """\
decision: door
outputs: {sign: {type: string}, day: {type: date, range: [2026-01-01, 2026-12-31]}}
rules:
  - {id: long, when: {owner: a name of many letters}, then: {sign: long, day: 2026-01-02}}
  - {id: al, when: {owner: al}, then: {sign: short, day: 2026-01-03}}
  - {id: ice, when: {owner: {one_of: [ice, icicle]}}, then: {sign: cold, day: 2026-01-04}}
otherwise: no_match
"""


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
def test_texts_that_rules_name(tmp_path: Path, kind: Any) -> None:
    """Long and short texts are told apart in every form, and those that are too long or hide something are refused."""
    facts = "facts:\n  owner: {ask: Whose is it?, type: string}\n"
    for name, text in {"pack": PACK, "facts": facts, "door": TEXTS}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    pack = hiprun.load(tmp_path)
    owners = ["al", "a name of many letters", "a name of many letter", "icicle", None, "x" * 10_001, "a\u200bl"]
    decided = pack.evaluate_frame(pa.table({"owner": pa.array(owners).cast(kind)}), on_error="column").to_pylist()
    assert [row["door__sign"] for row in decided] == ["short", "long", None, "cold", None, None, None]
    assert [row["door__day"] and row["door__day"].day for row in decided] == [3, 2, None, 4, None, None, None]
    statuses = ["decided", "decided", "no_match", "decided", "undetermined", "refused", "refused"]
    assert [row["door__status"] for row in decided] == statuses
    assert [row["refused"] for row in decided[5:]] == [
        "`owner`: text of more than 10,000 characters",
        "`owner`: text with invisible characters",
    ]


TEXT_TYPES = [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]


def test_days_of_few_rows(tmp_path: Path) -> None:
    """A day that comes out is a day in a few rows too, the second time as the first."""
    facts = "facts:\n  owner: {ask: Whose is it?, type: string}\n"
    for name, text in {"pack": PACK, "facts": facts, "door": TEXTS}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    pack = hiprun.load(tmp_path)
    for owners in (["al", "bo"], ["al"], ["bo"]):
        for _ in range(2):
            decided = pack.evaluate_frame(pl.DataFrame({"owner": owners}))
            days = {"al": datetime.date(2026, 1, 3), "bo": None}
            assert decided["door__day"].to_list() == [days[owner] for owner in owners]
            assert decided.schema["door__day"] == pl.Date


@pytest.mark.parametrize("kind", TEXT_TYPES, ids=str)
def test_texts_are_compared_alike_in_every_form(kind: Any) -> None:
    """Where a text comes before another, is longer, or contains something, is the same however Arrow has it."""
    written = ["ice", "", "älter", "ice cream", "z"]
    rows = Rows(len(written))
    texts = Texts(rows, pa.array(written).cast(kind), ["ice", "a text of many letters"])
    assert rows.flags(texts.before("icy")).tolist() == [True, True, False, True, False]
    assert rows.flags(texts.before("")).tolist() == [False] * 5
    assert rows.flags(texts.longer(3)).tolist() == [False, False, True, True, False]
    assert rows.flags(texts.matching("[ct]e")).tolist() == [True, False, True, True, False]
    assert rows.flags(texts.equal("a text of many letters")).tolist() == [False] * 5
    assert texts.at(np.array([3, 0])) == ["ice cream", "ice"]


def test_whole_numbers_beyond_those_of_arrow(greenhouse: hiprun.Pack) -> None:
    """A whole number that only an unsigned one can be is outside the range, not one that wrapped around."""
    column = pa.array([2**64 - 1, 3], pa.uint64())
    decided = greenhouse.evaluate_frame(pa.table({"days_since_watering": column}), "alarm", on_error="column")
    assert decided.column("refused").to_pylist() == ["`days_since_watering`: outside its range", None]


def test_a_lazy_frame_is_decided_only_where_that_is_asked_for(greenhouse: hiprun.Pack) -> None:
    """Its own columns come without the rules, in a stream the answers are the same, and objects are looked at."""
    frame = pl.LazyFrame({"temperature": [31.0, 99.0] * 50, "other": range(100)})
    decided = greenhouse.evaluate_frame(frame, "alarm")
    assert decided.select("other").collect().equals(frame.select("other").collect())
    assert decided.collect(engine="streaming").equals(decided.collect(engine="in-memory"))
    assert decided.filter(pl.col("alarm__status") == "decided").select("other").collect().height == 50
    objects = pl.LazyFrame({"temperature": pl.Series([31, "31", None], dtype=pl.Object), "season": ["summer"] * 3})
    rows = greenhouse.evaluate_frame(objects, "alarm").select("alarm__action", "refused").collect().rows()
    assert rows == [("act", None), (None, "`temperature`: not a number"), (None, None)]


@pytest.mark.usefixtures("small_batches")
def test_a_lazy_frame_is_filtered_before_it_is_decided(greenhouse: hiprun.Pack) -> None:
    """Filters, slices and columns that are asked for come to the same as in a frame in memory, in one query or two."""
    frame = pl.DataFrame({"temperature": [31.0, 99.0, 3.0, None] * 50, "other": range(200)})
    lazy = greenhouse.evaluate_frame(frame.lazy(), "alarm")
    eager = greenhouse.evaluate_frame(frame, "alarm", on_error="column")
    act, late, low = pl.col("alarm__action") == "act", pl.col("other") > 50, pl.col("temperature") < 40
    assert lazy.collect_schema() == eager.schema
    for query in (
        lambda rows: rows,
        lambda rows: rows.filter(act),
        lambda rows: rows.filter(late).filter(low).filter(act),
        lambda rows: rows.filter(act & late & low).select("other"),
        lambda rows: rows.filter(late | act).select("alarm__rule"),
        lambda rows: rows.head(70).filter(late),
        lambda rows: rows.filter(late).head(7).select("refused", "other"),
        lambda rows: rows.tail(3),
        lambda rows: rows.select("other").filter(pl.col("other") < 3),
        lambda rows: rows.select(pl.len()),
        lambda rows: rows.filter(late).select(pl.col("other").sum()),
    ):
        for engine in ("streaming", "in-memory"):
            assert query(lazy).collect(engine=engine).equals(query(eager)), query


def test_rows_that_are_filtered_out_are_not_decided(greenhouse: hiprun.Pack) -> None:
    """A filter on the frame's own columns comes before everything that is worked out for the rules."""
    frame = pl.LazyFrame({"temperature": [31.0, 99.0], "other": [1, 2]})
    seen: list[float] = []

    def look(column: pl.Series) -> pl.Series:
        seen.extend(column)
        return column

    looked_at = frame.with_columns(pl.col("temperature").map_batches(look, pl.Float64, is_elementwise=True))
    decided = greenhouse.evaluate_frame(looked_at, "alarm").filter(pl.col("other") == 1).collect()
    assert decided["alarm__action"].to_list() == ["act"]
    assert seen == [31.0]


def test_answers_in_the_place_of_earlier_ones(greenhouse: hiprun.Pack) -> None:
    """What is overwritten keeps its place, but in pandas; everything else keeps its value."""
    old = pa.table({"alarm__status": ["old"], "temperature": [31.0]})
    for kind, construct in CONSTRUCTORS.items():
        (row,) = records(greenhouse.evaluate_frame(construct(old), "alarm", overwrite=True))
        assert (row["alarm__status"], row["temperature"]) == ("decided", 31.0)
        if not kind.startswith("pandas"):
            assert next(iter(row)) == "alarm__status"


def test_a_relation_may_be_asked_again_and_in_part(greenhouse: hiprun.Pack) -> None:
    """A decided relation reads its source anew each time, stops when it has enough, and can be decided again."""
    connection = duckdb.connect()
    connection.execute("create table runners as select (i % 40)::double as temperature from range(1000) t(i)")
    decided = greenhouse.evaluate_frame(connection.table("runners"), "alarm")
    counted = "alarm__action, count(*) as many"
    before = sorted(decided.aggregate(counted).fetchall(), key=str)
    assert len(decided.limit(3).fetchall()) == 3
    connection.execute("insert into runners select * from runners")
    assert sorted(decided.aggregate(counted).fetchall(), key=str) == [(name, 2 * many) for name, many in before]
    twice = greenhouse.evaluate_frame(decided, "watering", overwrite=True)
    assert {"alarm__status", "watering__status"} <= set(twice.columns)
    assert twice.aggregate("count(*)").fetchall() == [(2000,)]


def test_kinds_of_frames_are_kept_in_mind_within_a_bound(
    greenhouse: hiprun.Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How columns are read is worked out once for frames of the same kind, and again beyond the bound."""
    monkeypatch.setattr("hiprun.backends.dataframe.evaluate.MOST_PREPARED", 1)
    pack = hiprun.Pack(greenhouse.model)
    for _ in range(2):
        for values in ([31], [31.0]):
            assert pack.evaluate_frame(pl.DataFrame({"temperature": values}), "alarm")["alarm__action"][0] == "act"
            assert pack._frames is not None
            assert len(pack._frames.prepared) == 1


# Spark without a cluster: what its workers do, in this process


class DataFrame:
    """A stand-in for a frame of Spark: two partitions, and workers that are here."""

    __module__ = "pyspark.sql.classic.dataframe"

    def __init__(self, table: pa.Table, kinds: Sequence[spark_types.DataType]) -> None:
        fields = [spark_types.StructField(*field) for field in zip(table.schema.names, kinds, strict=True)]
        self.table, self.schema = table, spark_types.StructType(fields)

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return [field.name for field in self.schema.fields]

    def select(self, *names: str) -> DataFrame:
        """Return a frame of some columns."""
        wanted = [name.strip("`") for name in names]
        return DataFrame(self.table.select(wanted), [self.schema[name].dataType for name in wanted])

    def mapInArrow(self, work: Callable[..., Iterator[Any]], schema: Any) -> Any:  # noqa: N802 - the name is Spark's
        """Return what the workers make of each partition."""
        work = pickle.loads(pickle.dumps(work))
        half = len(self.table) // 2
        parts = [self.table[:half], self.table[half:]]
        batches = [batch for part in parts for batch in work(iter(part.to_batches(max_chunksize=2)))]
        return Worked(pa.Table.from_batches(batches), schema)


class Worked:
    """What came back from the workers."""

    def __init__(self, table: pa.Table, schema: Any) -> None:
        self.table, self.schema = table, schema

    def collect(self) -> Sequence[Any]:
        """Return the rows."""
        return [type("Row", (), row)() for row in self.table.to_pylist()]


def test_what_the_workers_of_spark_do(greenhouse: hiprun.Pack) -> None:
    """Workers get the rules with the query and give the same answers, with the types that the query was promised."""
    frame = plain()
    text = spark_types.StringType()
    kinds = [
        *(spark_types.DoubleType(), spark_types.BooleanType(), text, spark_types.VarcharType(9)),
        *(spark_types.ArrayType(text), spark_types.DateType(), spark_types.LongType(), text),
    ]
    decided = greenhouse.evaluate_frame(DataFrame(frame, kinds))
    expected = greenhouse.evaluate_frame(frame, on_error="column").to_pylist()
    assert [field.name for field in decided.schema.fields] == decided.table.schema.names
    for found, wanted in zip(decided.table.to_pylist(), expected, strict=True):
        assert all(agrees(found[name], wanted[name]) for name in wanted)
    types = {field.name: field.dataType.simpleString() for field in decided.schema.fields}
    assert (types["alarm__status"], types["stress__points"], types["refused"]) == ("string", "bigint", "string")


def test_days_and_texts_from_the_workers_of_spark(tmp_path: Path) -> None:
    """Outputs that are days, texts and fractions have these types."""
    facts = "facts:\n  owner: {ask: Whose is it?, type: string}\n"
    rules = "rules:\n  - {id: al, when: {owner: al}, then: {part: 0.25}}\notherwise: {part: 0.5}\n"
    share = f"decision: share\noutputs: {{part: {{type: number}}}}\n{rules}"
    for name, text in {"pack": PACK, "facts": facts, "door": TEXTS, "share": share}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    frame = DataFrame(pa.table({"owner": ["al", "bo"]}), [spark_types.StringType()])
    decided = hiprun.load(tmp_path).evaluate_frame(frame)
    types = {field.name: field.dataType.simpleString() for field in decided.schema.fields}
    assert (types["door__day"], types["door__sign"], types["share__part"]) == ("date", "string", "double")
    first, second = decided.table.to_pylist()
    assert (first["door__day"], first["door__sign"]) == (datetime.date(2026, 1, 3), "short")
    assert (second["door__day"], second["share__part"]) == (None, 0.5)


def test_what_the_workers_of_spark_count(greenhouse: hiprun.Pack) -> None:
    """Bad values are counted by the workers, and their counts are joined."""
    table = pa.table({"temperature": [99.0, 20.0, 98.0, 97.0, 96.0, 20.0], "amount": pa.array([1] * 6, pa.int32())})
    with pytest.raises(FactError) as caught:
        greenhouse.evaluate_frame(
            DataFrame(table, [spark_types.DoubleType(), spark_types.IntegerType()]), "alarm", on_error="raise"
        )
    (problem,) = caught.value.problems
    sample = "`99.0`, `98.0`, `97.0`"
    assert problem.message == f"`temperature`: outside its range (in 4 of 6 rows, such as {sample})"
    good = DataFrame(table[1:2], [spark_types.DecimalType(9, 2), spark_types.IntegerType()])
    decided = greenhouse.evaluate_frame(good, "alarm", on_error="raise")
    assert "refused" not in decided.table.schema.names


# decisions of many limits, and rows that differ in many numbers


def test_a_table_of_many_limits(tmp_path: Path) -> None:
    """Numbers between many limits, known and unknown, get what the interpreter gives them."""
    level, steps = "level: {ask: How high?, type: number, range: [0, 20]}", "steps: {ask: How many?, type: integer}"
    facts = f"facts:\n  {level}\n  {steps}\n"
    rules = ""
    for row in range(19, -1, -1):
        when = f"{{level: {{at_least: {row}.5}}, steps: {{below: {20 - row}}}}}"
        rules += f"  - {{id: r{row}, when: {when}, then: {{points: {row}}}}}\n"
    table_ = f"decision: table\noutputs: {{points: {{type: integer}}}}\nrules:\n{rules}otherwise: {{points: -1}}\n"
    for name, text in {"pack": PACK, "facts": facts, "table": table_}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    pack = hiprun.load(tmp_path)
    rng = random.Random(1)
    some = [
        {"level": rng.choice([0.5, 3.5, 3.49, 19.5, 20, None]), "steps": rng.choice([0, 5, 17, 40, None])}
        for _ in range(100)
    ]
    patients = [{name: value for name, value in one.items() if value is not None} for one in some]
    for construct in CONSTRUCTORS.values():
        decided = pack.evaluate_frame(construct(table(pack.model, patients)), on_error="column")
        assert disagreements(pack, decided, interpreted(pack, patients)) == []


def test_rows_that_differ_in_many_numbers(tmp_path: Path) -> None:
    """Rows whose sums are open are told apart by every number in them, however many ways there are to differ."""
    names = [f"part_{index}" for index in range(12)]
    facts = "".join(f"  {name}: {{ask: How much?, type: number, range: [0, 100]}}\n" for name in names)
    rules = "  - {id: much, when: {total: {at_least: 600}}, then: {action: much}}\n"
    full = "decision: full\noutputs: {action: {type: choice, choices: [little, much], worse: later}}\nrules:\n"
    documents = {
        "pack": PACK,
        "facts": f"facts:\n{facts}",
        "derived": f"derived:\n  total: {{formula: {' + '.join(names)}}}\n",
        "full": f"{full}{rules}otherwise: {{action: little}}\n",
    }
    for name, text in documents.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    pack = hiprun.load(tmp_path)
    rng = random.Random(1)
    patients = [{name: rng.random() * 100 for name in names[:11]} for _ in range(200)]
    decided = pack.evaluate_frame(pl.DataFrame(table(pack.model, patients)), on_error="column")
    assert disagreements(pack, decided, interpreted(pack, patients)) == []


def test_columns_without_chunks_or_values(greenhouse: hiprun.Pack) -> None:
    """A column without any chunk, and one that is null throughout, are columns of unknown facts."""
    empty = pa.table({"temperature": pa.chunked_array([], pa.float64())})
    assert greenhouse.evaluate_frame(empty, "alarm").num_rows == 0
    nothing = pa.table({"temperature": pa.nulls(400, pa.float64()), "leaves": pa.nulls(400, pa.string())})
    decided = greenhouse.evaluate_frame(nothing, "alarm")
    assert set(decided.column("alarm__status").to_pylist()) == {"undetermined"}
