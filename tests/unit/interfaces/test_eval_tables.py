"""`hiprun eval --facts TABLE --out TABLE`: every row decided, refused rows counted, and clear errors."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import click
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import hiprun
from hiprun.interfaces.cli import table_evaluation as cohort
from hiprun.interfaces.cli import table_files as tables
from hiprun.interfaces.cli.application import application

Run = Callable[..., Result]

CSV = """\
who,temperature,days_since_watering,leaves,pests,window_open,season,last_frost
Ann,20,1,firm,slugs;aphids,TRUE,summer,2026-03-01
Bob,x,1,firm,[],false,summer,
Cid,99,1.5,dry,,maybe,,2026-02-30
NA,,,,,,,
"Da, vid",31,2,limp,bugs,true,winter,2026-03-01
"""


@pytest.fixture
def run(greenhouse_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs `eval` on the small pack, in a folder of its own with a table in it."""
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text(CSV, encoding="utf-8")

    def command(*words: str) -> Result:
        result = CliRunner().invoke(application, ["eval", *words, "--rules", str(greenhouse_folder)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.stdout == ""
        assert not list(tmp_path.rglob("*.part"))
        return result

    return command


def test_no_cell_of_csv_is_run_by_a_spreadsheet(run: Run) -> None:
    """Texts and names that begin like a formula are marked as text; numbers with a sign stay as they are."""
    texts = ["=HYPERLINK(1)", "+49 30", "-5", "+1.5e3", "@x", "a=b", None, "\t=1", "-", "＝1"]
    table = pa.table({"=who": pa.array(texts, pa.large_string()), "season": ["spring"] * len(texts)})
    pq.write_table(table, "in.parquet")
    assert run("watering", "--facts", "in.parquet", "--out", "out.csv").exit_code == 0
    found = pl.read_csv("out.csv", infer_schema=False)
    marked = ["'=HYPERLINK(1)", "'+49 30", "-5", "+1.5e3", "'@x", "a=b", None, "'\t=1", "'-", "'＝1"]
    assert found["'=who"].to_list() == marked
    assert run("watering", "--facts", "in.parquet", "--out", "out.parquet").exit_code == 0
    assert pl.read_parquet("out.parquet")["=who"].to_list() == texts


def test_csv_keeps_what_was_read_and_gains_the_answers(run: Run) -> None:
    """Rows keep their text; refused rows say why and are counted by reason."""
    result = run("alarm", "chores", "--facts", "in.csv", "--out", "out.csv")
    assert result.exit_code == 1
    assert "5 rows written to out.csv.\n3 of them refused; the column `refused` says why:" in result.stderr
    assert "  1: `temperature`: not a number such as 2.5\n" in result.stderr
    rows = pl.read_csv("out.csv", infer_schema=False).to_dicts()
    assert pl.read_csv("out.csv", infer_schema=False).select(*CSV.split("\n")[0].split(",")).write_csv() == CSV
    assert [row["alarm__status"] for row in rows] == ["decided", "refused", "refused", "undetermined", "refused"]
    assert (rows[0]["alarm__action"], rows[0]["chores__slugs"]) == ("nothing", "certain")
    assert (rows[3]["alarm__action__safest"], rows[3]["chores__slugs"]) == ("act", "possible")
    assert (rows[1]["alarm__action__safest"], rows[1]["chores__slugs"]) == (None, None)
    assert rows[2]["refused"].split("; ") == [
        "`window_open`: neither true nor false",
        "`last_frost`: not a date such as 2026-03-01",
        "`temperature`: outside its range",
        "`days_since_watering`: not a whole number",
    ]


def test_parquet_gets_typed_columns(run: Run) -> None:
    """From CSV to Parquet, numbers and dates get their types, and the Parquet file can be read again."""
    assert run("alarm", "--facts", "in.csv", "--out", "mid.PARQUET").exit_code == 1
    frame = pl.read_parquet("mid.PARQUET")
    assert frame.schema["temperature"] == pl.Float64
    assert frame.schema["last_frost"] == pl.Date
    assert frame.schema["pests"] == pl.List(pl.String)
    assert frame["window_open"].to_list() == [True, False, None, None, True]
    assert frame["who"].to_list()[3] == "NA"
    again = (
        frame.drop_nulls("temperature")
        .filter(pl.col("temperature") < 30)
        .with_columns(pl.col("who").cast(pl.Categorical))
    )
    again.write_parquet("again.parquet")
    result = run("alarm", "--facts", "again.parquet", "--out", "out.csv", "--overwrite")
    assert result.exit_code == 0
    assert result.stderr.endswith("\n1 row written to out.csv.\n")
    row = pl.read_csv("out.csv").to_dicts()[0]
    assert (row["who"], row["pests"], row["alarm__action"]) == ("Ann", "slugs;aphids", "nothing")


def test_large_tables_go_through_in_batches(run: Run, monkeypatch: pytest.MonkeyPatch, greenhouse: hiprun.Pack) -> None:
    """Batches give the same result as the whole table."""
    monkeypatch.setattr(tables, "ROWS_IN_BATCH", 1000)
    numbers = [None if row % 7 == 0 else row % 70 - 5.5 for row in range(5_500)]
    frame = pl.DataFrame({"temperature": numbers, "pests": [["slugs"] if row % 3 else None for row in range(5_500)]})
    frame.write_parquet("in.parquet")
    assert run("alarm", "chores", "--facts", "in.parquet", "--out", "out.parquet").exit_code == 1
    expected = greenhouse.evaluate_frame(frame, ["alarm", "chores"], on_error="column")
    assert pl.read_parquet("out.parquet").to_dicts() == expected.to_dicts()
    frame.select("temperature").write_csv("large.csv")
    assert run("alarm", "--facts", "large.csv", "--out", "out.csv").exit_code == 1
    assert (
        pl.read_csv("out.csv", infer_schema_length=None)["alarm__action"].to_list()
        == expected["alarm__action"].to_list()
    )


def test_columns_may_have_names_of_their_own(run: Run) -> None:
    """`--column` says which column holds a fact, or whether a set has a choice."""
    Path("own.csv").write_text("t;slug\n31;true\n", encoding="utf-8")
    words = ["--column", "temperature=t", "--column", "pests__slugs=slug"]
    assert run("alarm", "chores", "--facts", "own.csv", "--out", "out.csv", *words).exit_code == 0
    row = pl.read_csv("out.csv").to_dicts()[0]
    assert (row["t"], row["alarm__action"], row["chores__slugs"]) == (31, "act", "certain")


def test_a_column_of_that_name_is_lost_only_if_that_is_agreed_to(run: Run) -> None:
    """Answers replace columns of earlier answers with `--overwrite`; without it nothing is written."""
    Path("own.csv").write_text("refused,temperature,alarm__status\nwas,31,was\n", encoding="utf-8")
    result = run("alarm", "--facts", "own.csv", "--out", "out.csv")
    assert result.exit_code == 2
    assert "already has a column called `refused`" in " ".join(result.stderr.split())
    assert not Path("out.csv").exists()
    assert run("alarm", "--facts", "own.csv", "--out", "out.csv", "--overwrite").exit_code == 0
    row = pl.read_csv("out.csv").to_dicts()[0]
    assert (row["refused"], row["alarm__status"]) == (None, "decided")


def test_the_columns_that_are_taken_are_said_and_those_that_nearly_are(run: Run) -> None:
    """Standard error names the facts with their columns, once for the whole file, and asks what else was meant."""
    Path("own.csv").write_text("id,t,season ,Window Open\n1,31,summer,true\n", encoding="utf-8")
    result = run("alarm", "--facts", "own.csv", "--out", "out.csv", "--column", "temperature=t")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "Facts are taken from 1 of 4 columns: temperature (from `t`).",
        "`season ` is not a fact of this pack. Did you mean `season`?",
        "`Window Open` is not a fact of this pack. Did you mean `window_open`?",
        "1 row written to out.csv.",
    ]


@pytest.mark.parametrize("name", ["in.tsv", "tabs.csv"])
def test_cells_may_be_separated_by_tabs(run: Run, name: str) -> None:
    """A `.tsv` file is read and written with tabs; a `.csv` file is read with them if they separate its header."""
    Path(name).write_text("who\ttemperature\tpests\nDa, vid\t31\tslugs;aphids\n", encoding="utf-8")
    assert run("alarm", "--facts", name, "--out", "out.TSV").exit_code == 0
    text = Path("out.TSV").read_text(encoding="utf-8")
    assert text.startswith('"who"\t"temperature"\t"pests"\t"alarm__status"')
    row = pl.read_csv("out.TSV", separator="\t").to_dicts()[0]
    assert (row["who"], row["temperature"], row["pests"], row["alarm__action"]) == (
        "Da, vid",
        31,
        "slugs;aphids",
        "act",
    )


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_one_and_zero_are_truths_if_asked_for(run: Run, ending: str) -> None:
    """In files as in frames, numbers say yes and no with an option, and are refused without it."""
    Path("own.csv").write_text("window_open,pests__slugs\n1,0\n0.0,1.0\n,\ntrue,false\n2,1\n", encoding="utf-8")
    numbers = pl.DataFrame({"window_open": [1.0, 0.0, None, 1.0, 2.0], "pests__slugs": [0, 1, None, 0, 1]})
    numbers.write_parquet("own.parquet")
    words = ("chores", "--facts", f"own.{ending}", "--out", "out.csv")
    assert run(*words, "--numeric-booleans").exit_code == 1
    rows = pl.read_csv("out.csv").to_dicts()
    assert [row["chores__slugs"] for row in rows] == ["excluded", "certain", "possible", "excluded", None]
    assert [row["refused"] for row in rows] == [None] * 4 + ["`window_open`: neither true nor false"]
    assert run(*words).exit_code == 1
    refused = pl.read_csv("out.csv")["refused"].is_not_null().to_list()
    assert refused == [True, True, False, ending == "parquet", True]


def test_a_table_without_rows_is_fine(run: Run) -> None:
    """The output then has the columns of answers and no rows."""
    Path("none.csv").write_text("\ufefftemperature\n", encoding="utf-8")
    said = "Facts are taken from 1 of 1 column: temperature.\n0 rows written to out.csv.\n"
    assert run("alarm", "--facts", "none.csv", "--out", "out.csv").stderr == said
    assert "alarm__action" in pl.read_csv("out.csv").columns


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "No column of this frame is a fact of this pack."),
        (b"temperature,season\n1\n", "Expected 2 columns, got 1"),
        (b"temperature,gardener\n1,\xff\xfe\n", "Save it as UTF-8."),
        (b"temperature,temperature\n1,2\n", "Two columns of `bad.csv` have the same name."),
        (b"a" + b",a" * 10_000, "`bad.csv` has 10,001 columns; a table has at most 10,000."),
        (b"temprature\n1\n", "No column of this frame is a fact of this pack."),
    ],
)
def test_unreadable_tables_are_reported(run: Run, content: bytes, said: str) -> None:
    """An unreadable file gives a message, and nothing is written."""
    Path("bad.csv").write_bytes(content)
    result = run("alarm", "--facts", "bad.csv", "--out", "out.csv")
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert not Path("out.csv").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--facts", "no.csv", "--out", "out.csv"], "`no.csv` cannot be read: No such file or directory."),
        (["--facts", "bad.parquet", "--out", "out.csv"], "`bad.parquet` cannot be read: Parquet magic bytes not found"),
        (["--facts", "in.csv", "--out", "no/out.csv"], "`no/out.csv` cannot be written: No such file or directory."),
        (["--facts", "in.csv", "--out", "folder.csv"], "`folder.csv` cannot be written: Is a directory."),
        (["--facts", "in.csv", "--out", "in.csv"], "--out would overwrite the table that is read"),
        (["--facts", "in.csv"], "needs --out with a file that ends in .parquet, .csv or .tsv"),
        (["--facts", "in.csv", "--out", "out.xlsx"], "needs --out with a file that ends in .parquet, .csv or .tsv"),
        (["--facts", "in.csv", "--out", "out.csv", "season=summer"], "only decisions can be named here"),
        (["--facts", "in.csv", "--out", "out.csv", "--json"], "--json is for one patient"),
        (["--out", "out.csv", "season=summer"], "needs a table of patients"),
        (["--column", "season=s"], "--column needs a table of patients"),
        (["--overwrite"], "--overwrite needs a table of patients"),
        (["--numeric-booleans"], "--numeric-booleans needs a table of patients"),
        (["--facts", "in.csv", "--out", "out.csv", "alrm"], "Did you mean `alarm`?"),
        (["--facts", "in.csv", "--out", "out.csv", "--column", "seson=who"], "Did you mean `season`?"),
        (["--facts", "in.csv", "--out", "out.csv", "--column", "season"], "a name, an equals sign and a value"),
    ],
)
def test_invalid_arguments_are_reported(run: Run, words: list[str], said: str) -> None:
    """Invalid names and files give exit code 2 and a message."""
    Path("folder.csv").mkdir()
    Path("bad.parquet").write_bytes(b"PAR1 and no more than that")
    result = run(*words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert not Path("out.csv").exists()


@pytest.mark.slow
def test_a_damaged_file_leaves_no_partial_output(run: Run) -> None:
    """A file that is damaged in a later part leaves no partial output."""
    lines = "".join(f"{row % 60}\n" for row in range(1_000_000))
    Path("late.csv").write_text(f"temperature\n{lines}1,2\n", encoding="utf-8")
    assert run("alarm", "--facts", "late.csv", "--out", "out.csv").exit_code == 2
    assert not Path("out.csv").exists()


def test_errors_without_a_message_are_reported(tmp_path: Path) -> None:
    """An error without a message still gives a sentence."""
    assert str(tables.file_problem("unreadable-table", "It cannot be read", pa.ArrowInvalid(""))) == (
        "It cannot be read: no reason is given [unreadable-table]"
    )


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_progress_is_shown_on_a_terminal_only(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], greenhouse: hiprun.Pack, ending: str
) -> None:
    """The progress bar is on standard error, and only if that is a terminal."""
    pq.write_table(pa.table({"temperature": [20.0, 31.0]}), "in.parquet")
    assert "Deciding" not in run("alarm", "--facts", f"in.{ending}", "--out", "out.csv").stderr
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with click.Context(application):
        cohort.evaluate_cohort(greenhouse, ["alarm"], cohort.TableOptions(), f"in.{ending}", "out.csv")
    shown = capsys.readouterr().err
    assert re.search(r"Deciding .*100%", shown)


@pytest.mark.parametrize(("module", "is_told"), [("pyarrow", True), ("pyarrow.csv", False)])
def test_without_pyarrow_the_extra_is_named(
    greenhouse_folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, is_told: bool
) -> None:
    """Without pyarrow, the error names the extra; another missing module is not mistaken for it."""
    for name in ("table_evaluation", "cell_parsing", "table_files"):
        monkeypatch.delitem(sys.modules, f"hiprun.interfaces.cli.{name}")
    monkeypatch.setitem(sys.modules, module, None)
    words = ["eval", "--facts", "in.csv", "--out", "out.csv", "--rules", str(greenhouse_folder)]
    result = CliRunner().invoke(application, words)
    assert result.exit_code == (2 if is_told else 70)
    assert ('pip install "hiprun[cli,frame]"' in " ".join(result.stderr.split())) is is_told
