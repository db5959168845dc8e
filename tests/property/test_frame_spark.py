"""Cohorts on Spark: the same call, lazy and distributed, with the same answers; needs Java 17."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import hiprun
from hiprun.pack import Pack

from .cohorts import disagreements, interpreted, records, table
from .random_models import random_model
from .test_frame import PACKS, SOME, patients_of, random_patients

pytestmark = pytest.mark.skipif(
    shutil.which("java") is None, reason="Spark needs Java 17, for example: apt-get install openjdk-17-jre-headless"
)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A Spark session of two cores in this process."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.python.sql.dataFrameDebugging.enabled": "false",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    os.environ["PYSPARK_PYTHON"] = sys.executable  # else Spark takes any Python it finds, of another version perhaps
    builder = SparkSession.builder.master("local[2]").appName("cohorts")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def test_patients_of_the_pack(spark: Any, hip: hiprun.Pack) -> None:
    """Every second patient of the case files, and random ones of whom less is known, gets the same answers."""
    patients = patients_of(hip, 20)[::2]
    some = SOME[:2]
    decided = hip.evaluate_frame(spark.createDataFrame(table(hip.model, patients)), some)
    assert disagreements(hip, decided, interpreted(hip, patients, some), some) == []


@pytest.mark.parametrize("name", sorted(PACKS))
def test_patients_of_small_packs(spark: Any, name: str) -> None:
    """Packs with every kind of fact and decision give the same answers."""
    pack = hiprun.load(PACKS[name])
    patients = [*patients_of(pack, 20), *random_patients(random.Random(name), pack, 20)]
    decided = pack.evaluate_frame(spark.createDataFrame(table(pack.model, patients)))
    assert disagreements(pack, decided, interpreted(pack, patients)) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_packs(spark: Any, seed: int) -> None:
    """Random patients of random packs get the same answers."""
    rng = random.Random(seed)
    pack = Pack(random_model(rng, reals=seed % 2 == 1))
    patients = random_patients(rng, pack, 20)
    decided = pack.evaluate_frame(spark.createDataFrame(table(pack.model, patients)))
    assert disagreements(pack, decided, interpreted(pack, patients)) == []


def test_bad_values(spark: Any, greenhouse: hiprun.Pack) -> None:
    """They are counted with a sample where that is asked for, and refused row by row where not."""
    rows = [(20.0, ["slugs"]), (99.0, ["bugs"]), (float("nan"), None), (None, [])]
    frame = spark.createDataFrame(rows, "temperature double, pests array<string>")
    with pytest.raises(hiprun.FactError) as caught:
        greenhouse.evaluate_frame(frame, "alarm", on_error="raise")
    assert [problem.message for problem in caught.value.problems] == [
        "`temperature`: not an ordinary number (in 1 of 4 rows, such as `nan`)",
        "`temperature`: outside its range (in 1 of 4 rows, such as `99.0`)",
        "`pests`: not a list of choices (in 1 of 4 rows, such as [`bugs`])",
    ]
    assert [row["refused"] for row in records(greenhouse.evaluate_frame(frame, "alarm"))] == [
        None,
        "`temperature`: outside its range; `pests`: not a list of choices",
        "`temperature`: not an ordinary number",
        None,
    ]


def test_stays_lazy_and_distributed(spark: Any, greenhouse: hiprun.Pack) -> None:
    """What comes back is a Spark frame that nothing was worked out of, in as many partitions as before."""
    frame = spark.range(0, 1000, numPartitions=4).selectExpr("cast(id % 40 as double) as temperature")
    decided = greenhouse.evaluate_frame(frame, ["alarm"])
    assert type(decided) is type(frame)
    assert decided.rdd.getNumPartitions() == 4
    assert {row["alarm__status"] for row in records(decided)} == {"decided", "undetermined"}


def test_midnight_by_the_clock_of_the_session(spark: Any, greenhouse: hiprun.Pack) -> None:
    """Spark shows moments by the clock of its session: midnight there is that day, other times are refused."""
    before = spark.conf.get("spark.sql.session.timeZone")
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    try:
        frame = spark.sql(
            "select timestamp'2026-05-01 00:00:00' last_frost union all select timestamp'2026-05-02 00:00:00' "
            "union all select timestamp'2026-05-02 09:00:00'"
        )
        decided = records(greenhouse.evaluate_frame(frame, "planting"))
    finally:
        spark.conf.set("spark.sql.session.timeZone", before)
    assert [row["planting__frost_is_over"] for row in decided] == ["met", "unmet", None]
    assert decided[2]["refused"] == "`last_frost`: a time of day, not a date"


def test_names_and_numbers_for_truths(spark: Any, greenhouse: hiprun.Pack) -> None:
    """Upper and lower case are one name there; 1 and 0 are truths if that is asked for."""
    frame = spark.createDataFrame([(1, "mine"), (0, "mine"), (2, "mine")], "window_open int, Refused string")
    with pytest.raises(hiprun.FactError, match="already has a column called `Refused`"):
        greenhouse.evaluate_frame(frame, "alarm")
    rows = records(greenhouse.evaluate_frame(frame.drop("Refused"), "alarm", numeric_booleans=True))
    assert [row["refused"] for row in rows] == [None, None, "`window_open`: neither true nor false"]
