"""Diaries as files and dataframes: the same facts from each form, and mistakes in the form with their lines."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas
import polars
import pyarrow
import pytest

import hiprun
from hiprun.language.diagnostic_renderer import problems_text
from hiprun.language.reader.diary_formats import parse

AT = "2026-03-02T07:30"


@pytest.fixture(scope="module")
def plot(root: Path) -> hiprun.Pack:
    """A small pack with a diary."""
    return hiprun.load(root / "tests" / "packs" / "plot")


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Return a function that writes a diary to a file."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def wrong(path: Path) -> list[hiprun.Problem]:
    """Return what is wrong with the form of a file."""
    with pytest.raises(hiprun.FactError) as raised:
        hiprun.read_diary(path)
    return list(raised.value.problems)


def test_the_example_gives_facts(hip: hiprun.Pack, root: Path) -> None:
    """The diary of the examples is enough to answer whether to run."""
    facts = hip.facts_from(hiprun.read_diary(root / "examples" / "diary.csv"), AT)
    assert (facts["days_since_last_run"], facts["pain_free_runs"], facts["pain_trend"]) == (
        2,
        {"at_least": 6},
        "improving",
    )
    assert facts.origins["days_since_last_run"][0].line == 41
    assert hip.decide("today", facts)["activity"] == "run"


def test_every_form_of_a_file_says_the_same(hip: hiprun.Pack, root: Path) -> None:
    """JSON Lines and YAML hold what a table holds, with lists as lists."""
    found = [hip.facts_from(hiprun.read_diary(root / "examples" / f"diary.{form}"), AT) for form in ("jsonl", "yaml")]
    assert dict(found[0]) == dict(found[1])
    assert [entry.line for entry in found[0].origins["days_since_last_run"]] == [1]
    assert [entry.line for entry in found[1].origins["days_since_last_run"]] == [3]


def test_separators_line_breaks_and_empty_lines_do_not_matter(plot: hiprun.Pack, written: Any) -> None:
    """Tables come with commas, semicolons or tabs, from any system, with empty cells and lines."""
    facts = []
    for separator in (",", ";", "\t"):
        rows = [
            "when,what,wilt,leaves,pests",
            "2026-03-01 08:00,look,2.5,dry,",
            ",,,,",
            "",
            "2026-03-01 09:00,look,,,none",
        ]
        text = "\ufeff" + "\r\n".join(rows).replace(",", separator)
        facts.append(plot.facts_from(hiprun.read_diary(written("diary.csv", text)), AT))
    assert [dict(found) for found in facts] == [dict(facts[0])] * 3
    assert (facts[0]["wilt"], facts[0]["pests"]) == (Decimal("2.5"), frozenset())
    assert facts[0].origins["pests"][0].line == 5


def test_cells_stand_for_values(plot: hiprun.Pack, written: Any) -> None:
    """Lists are parted by semicolons, true and false are words, and text stays text."""
    text = (
        "when,what,pests,frost,by_hand,who\n"
        '2026-03-01 08:00,look,"aphids; slugs",2026-02-20,,\n'
        "2026-03-01 09:00,watering,,,TRUE,17\n"
    )
    facts = plot.facts_from(hiprun.read_diary(written("diary.csv", text)), AT)
    assert facts["pests"] == {"aphids", "slugs"}
    assert (facts["last_frost"], facts["days_by_hand"], facts["gardener"]) == (datetime.date(2026, 2, 20), 1, "17")


def test_an_empty_file_is_an_empty_diary(plot: hiprun.Pack, written: Any) -> None:
    """Nothing is written down, so nothing is known."""
    assert len(plot.facts_from(hiprun.read_diary(written("diary.csv", "\n")), AT)) == 0
    assert len(plot.facts_from(hiprun.read_diary(written("diary.csv", "when,what\n")), AT)) == 0
    assert hiprun.read_diary(written("diary.csv", "when,what\n")).zoned is False


def test_mistakes_in_a_file_are_shown_with_their_lines(plot: hiprun.Pack, written: Any) -> None:
    """All of them, in the order of the file, with the line itself and what to do."""
    text = (
        "when,what,wilt,wlit,litres,degrees\n"
        "2026-03-01 08:00,look,2,,,\n"
        '2026-03-01 08:30,look,"2,5",,,\n'
        "2026-03-01 09:00,look,,,,3\n"
        "2026-03-05 09:00,look,,4,,\n"
    )
    with pytest.raises(hiprun.FactError) as raised:
        plot.facts_from(hiprun.read_diary(written("diary.csv", text)), AT)
    assert problems_text(raised.value.problems) == (
        "diary.csv:1:1: No kind of entry has a field called `wlit`. [unknown-column]\n"
        "    1 | when,what,wilt,wlit,litres,degrees\n"
        "      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "      = Did you mean `wilt`?\n"
        "\n"
        "diary.csv:3:1: `wilt`: `2,5` is not a number. [wrong-type]\n"
        '    3 | 2026-03-01 08:30,look,"2,5",,,\n'
        "      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "      = Write it with a point: `2.5`.\n"
        "\n"
        "diary.csv:4:1: `look` has no field called `degrees`. [unknown-field]\n"
        "    4 | 2026-03-01 09:00,look,,,,3\n"
        "      | ^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "      = Available: `leaves`, `wilt`, `pests`, `frost`.\n"
        "\n"
        "diary.csv:5:1: This is in the future: it is 2026-03-02 07:30 now.\n"
        "    [entry-in-future]\n"
        "    5 | 2026-03-05 09:00,look,,4,,\n"
        "      | ^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "      = Correct its time, or how long it took.\n"
        "\n"
        "4 mistakes in 1 file."
    )


@pytest.mark.parametrize(
    ("name", "content", "codes", "line"),
    [
        ("diary.xlsx", b"PK", ["diary-format"], None),
        ("diary.csv", b"when,what\n2026-03-01,n\xefght\n", ["not-utf-8"], 2),
        ("diary.csv", "when,what,when,\n", ["duplicate-column", "missing-name"], 1),
        ("diary.csv", "when,what" + ",more" * 999 + "\n1\n", ["too-many-columns"], 1),
        ("diary.csv", "when,what\n2026-03-01,night,3\n", ["row-length"], 2),
        ("diary.csv", 'when,what\n2026-03-01,"night\n', ["bad-csv"], 2),
        ("diary.csv", 'when,what\n2026-03-01,"night"s\n', ["bad-csv"], 2),
        ("diary.jsonl", '\n{"when": 1\n', ["bad-json"], 2),
        ("diary.jsonl", '{"wilt": NaN}\n', ["bad-json"], 1),
        ("diary.jsonl", '{"wilt": 1, "wilt": 2}\n', ["duplicate-name"], 1),
        ("diary.jsonl", '["look"]\n{}', ["diary-shape"], 1),
        ("diary.jsonl", "[" * 100_000, ["bad-json"], 1),
        ("diary.yaml", "looks: []\n", ["diary-shape"], 1),
        ("diary.yaml", "entries: 3\n", ["diary-shape"], 1),
        ("diary.yaml", "entries:\n  - {what: look}\nmore: 3\n", ["diary-shape"], 3),
        ("diary.yaml", "entries:\n  - {what: look}\n  - look\n", ["diary-shape"], 3),
        ("diary.yaml", "entries:\n  - {what: look, wilt: yes}\n", ["not-true-or-false"], 2),
        ("diary.json", '{"entries": [{"what": "look", "what": "look"}]}', ["duplicate-name"], 1),
    ],
)
def test_a_file_of_the_wrong_form_is_refused(
    written: Any, name: str, content: str | bytes, codes: list[str], line: int | None
) -> None:
    """What cannot be read is a mistake with a line and with help, never a crash."""
    found = wrong(written(name, content))
    assert [problem.code for problem in found] == codes
    assert (found[0].place.line if found[0].place else None) == line
    assert all(problem.help for problem in found)


def test_files_that_are_not_there_or_too_large_are_refused(
    plot: hiprun.Pack, written: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a wrong path nor an endless file brings a program down."""
    assert [problem.code for problem in wrong(tmp_path / "none.csv")] == ["unreadable"]
    monkeypatch.setattr("hiprun.language.reader.diary_files.MOST_BYTES", 10)
    assert [problem.code for problem in wrong(written("diary.csv", "when,what\n" * 3))] == ["file-too-large"]


@pytest.mark.parametrize(
    ("form", "line", "head"),
    [("csv", "2026-03-01,night\n", "when,what\n"), ("jsonl", '{"what": "night"}\n', "")],
)
def test_long_diaries_are_cut_off(monkeypatch: pytest.MonkeyPatch, form: str, line: str, head: str) -> None:
    """More entries than anyone writes are not even read to their end."""
    monkeypatch.setattr("hiprun.language.reader.diary_formats.MOST_ENTRIES", 20)
    with pytest.raises(hiprun.FactError) as raised:
        parse(head + line * 1000, "diary", form)
    assert [problem.code for problem in raised.value.problems] == ["diary-too-long"]


@pytest.mark.parametrize(("form", "line", "head"), [("csv", "a,b,c\n", "when,what\n"), ("jsonl", "no\n", "")])
def test_files_full_of_mistakes_are_cut_off(form: str, line: str, head: str) -> None:
    """Reading stops where there is no use in going on."""
    with pytest.raises(hiprun.FactError) as raised:
        parse(head + line * 1000, "diary", form)
    assert len(raised.value.problems) == 101
    assert raised.value.problems[-1].code == "too-many-problems"


def test_whether_a_diary_has_time_zones_is_seen_at_its_first_time() -> None:
    """Days alone, and what is no time at all, do not say."""
    lines = ["when,what", "soon,look", "2026-03-01,night", "2026-03-01T08:00Z,look", "2026-03-01T09:00,look"]
    assert parse("\n".join(lines), "diary.csv", "csv").zoned is True
    assert parse("\n".join(lines[:3]), "diary.csv", "csv").zoned is False


ENTRIES = [
    {
        "when": "2026-03-01T08:00",
        "what": "look",
        "wilt": 2.5,
        "pests": "slugs; aphids",
        "minutes": None,
        "by_hand": None,
    },
    {"when": "2026-03-01T09:00", "what": "watering", "wilt": None, "pests": None, "minutes": 4, "by_hand": True},
    {"when": "2026-03-02T07:00", "what": "look", "wilt": None, "pests": "none", "minutes": None, "by_hand": None},
]


def as_json_lines(tmp_path: Path) -> Any:
    """Return the entries by way of a file."""
    path = tmp_path / "diary.jsonl"
    lists = [
        {**entry, "pests": [part for part in (entry["pests"] or "").split("; ") if part != "none"]} for entry in ENTRIES
    ]
    lists = [{name: value for name, value in entry.items() if value not in (None, [""])} for entry in lists]
    path.write_text("\n".join(map(json.dumps, lists)), encoding="utf-8")
    return hiprun.read_diary(path)


@pytest.mark.parametrize(
    "frame",
    [
        pandas.DataFrame(ENTRIES),
        pandas.DataFrame(ENTRIES).assign(when=lambda frame: pandas.to_datetime(frame["when"])),
        polars.DataFrame(ENTRIES),
        polars.DataFrame(ENTRIES).lazy(),
        polars.DataFrame(ENTRIES).with_columns(polars.col("when").str.to_datetime()),
        pyarrow.Table.from_pylist(ENTRIES),
    ],
    ids=["pandas", "pandas times", "polars", "polars lazy", "polars times", "pyarrow"],
)
def test_dataframes_say_what_a_file_says(plot: hiprun.Pack, frame: Any, tmp_path: Path) -> None:
    """A frame of any library has a row for each entry; what is missing in a row is not written down."""
    from_file = plot.facts_from(as_json_lines(tmp_path), AT)
    assert dict(plot.facts_from(frame, AT)) == dict(from_file)
    assert from_file["pests"] == frozenset()


def test_dataframes_with_mistakes_are_refused_in_words(plot: hiprun.Pack) -> None:
    """Columns that mean nothing are named; missing times are missing, and what only looks like a frame is no diary."""
    frame = pandas.DataFrame({"when": ["2026-03-01T08:00", None], "what": ["look", "look"], "wlit": [1, 2]})
    with pytest.raises(hiprun.FactError) as raised:
        plot.facts_from(frame.assign(when=pandas.to_datetime(frame["when"])), AT)
    assert [problem.code for problem in raised.value.problems] == ["unknown-column", "no-when"]

    class LooksLikeOne:
        columns = ("when", "what")

    with pytest.raises(hiprun.FactError) as raised:
        plot.facts_from(LooksLikeOne(), AT)
    assert [problem.code for problem in raised.value.problems] == ["diary-shape"]


def test_dataframes_need_an_extra(plot: hiprun.Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without narwhals, the message says what to install; everything else works."""
    monkeypatch.setitem(__import__("sys").modules, "narwhals", None)
    with pytest.raises(hiprun.MissingExtraError) as raised:
        plot.facts_from(pandas.DataFrame(ENTRIES), AT)
    assert raised.value.problems[0].help == 'Install it with: pip install "hiprun[frame]"'
    assert plot.facts_from([{"when": "2026-03-01", "what": "planting"}], AT)
