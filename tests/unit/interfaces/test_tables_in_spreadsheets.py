"""A decision table out to a spreadsheet and back: only what was changed changes, and what is in doubt is told."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.interfaces.spreadsheets import read_workbook, write_workbook
from hiprun.workspace.sheet_values import DoubtError, cell_data

FACTS = """\
facts:
  kind: {ask: Kind?, type: choice, choices: [fern, palm, 'true']}
  size: {ask: Size?, type: number, range: [0, 100]}
  bought: {ask: Bought?, type: date, range: [2020-01-01, 2030-12-31]}
  code: {ask: Code?, type: string}
  inside: {ask: Inside?, type: boolean}
"""
POT = """\
decision: pot
# how big, and what else
outputs:
  width: {type: number}
  note: {type: string}
  until: {type: date}
  drained: {type: boolean}
hit: first
table:
  - [id, kind, size, code, bought, inside, width, note, until, drained]
  - [small-fern, fern, {below: 10}, '007', any, any, 12.50, "=1+1", 2026-05-01, true]   # the usual one
  - [big, any, 40, any, {at_least: 2024-01-01}, true, size / 2, "-", 2026-06-01, false]
  - - rest
    - any
    - {at_least: 10}
    - any
    - any
    - false
    - 30
    - "Ask: now"
    - 2026-07-01
    - true
otherwise: no_match
"""
PLAIN = """\
decision: plain
outputs: {width: {type: number}}
table:
  - [kind, inside, width]
  - [fern, true, 1]
  - [palm, any, 2]
otherwise: no_match
"""


def run(*words: str | Path) -> Result:
    """Return what a command prints and how it ends."""
    return CliRunner().invoke(application, list(map(str, words)))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack with two tables."""
    folder = tmp_path / "pots"
    folder.mkdir()
    texts = {
        "pack": "pack: pots\nlanguage: 2\nversion: 1.0.0\ntitle: Pots\n",
        "facts": FACTS,
        "pot": POT,
        "plain": PLAIN,
    }
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    hiprun.load(folder)
    return folder


def edited(file: Path, edit: Callable[[Any], None]) -> None:
    """Change a workbook as its owner does."""
    book = openpyxl.load_workbook(file)
    edit(book.active)
    book.save(file)


def imported(pack: Path, file: Path, decision: str = "pot", *options: str) -> Result:
    """Return what the import of a file says."""
    return run("table", "import", decision, file, "--rules", pack, *options)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("decision", ["pot", "plain"])
def test_there_and_back(pack: Path, tmp_path: Path, decision: str, ending: str) -> None:
    """A sheet that nobody touched changes nothing."""
    file = tmp_path / f"table.{ending}"
    assert run("table", "export", decision, file, "--rules", pack).exit_code == 0
    assert imported(pack, file, decision).output == "Nothing changed.\n"


def test_a_workbook(pack: Path, tmp_path: Path) -> None:
    """Numbers are numbers and everything else is text, so that nothing is run or turned into a date."""
    file = tmp_path / "table.xlsx"
    assert run("table", "export", "pot", file, "--rules", pack).output == f"3 rows written to {file}\n"
    sheet = openpyxl.load_workbook(file).active
    assert (sheet.title, sheet.freeze_panes) == ("pot", "A2")
    assert [cell.value for cell in sheet[2]] == [
        *("small-fern", "fern", "{below: 10}", "007", "any", "any", 12.5, "=1+1", "2026-05-01", "true"),
    ]
    assert [(cell.data_type, cell.number_format) for cell in sheet[2]][5:8] == [
        ("s", "@"),
        ("n", "General"),
        ("s", "@"),
    ]


def test_the_same_table_is_the_same_cells() -> None:
    """A number that a spreadsheet cannot hold exactly goes out as text."""
    long = 12345678901234567890
    assert read_workbook(write_workbook("T", [["a"], [long]])) == [["a"], [str(long)]]


def test_csv_is_safe(pack: Path, tmp_path: Path) -> None:
    """In CSV, a text that a spreadsheet would run is marked, and the mark is taken away again."""
    file = tmp_path / "table.csv"
    run("table", "export", "pot", file, "--rules", pack)
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfid,kind,size,")
    assert b",'=1+1," in content
    assert b",'-," in content
    file.write_bytes(content.removeprefix(b"\xef\xbb\xbf").replace(b",'=1+1,", b",'=2+2,"))
    assert imported(pack, file).output == "small-fern, note: =1+1 → =2+2\npots/pot.yaml: changed\n"
    assert '"=2+2"' in (pack / "pot.yaml").read_text(encoding="utf-8") or "=2+2" in (pack / "pot.yaml").read_text()


def test_only_changed_cells_are_written(pack: Path, tmp_path: Path) -> None:
    """Changed cells are written at their places; comments, layout and quotes of all others stay."""
    file = tmp_path / "table.xlsx"
    run("table", "export", "pot", file, "--rules", pack)

    def edit(sheet: Any) -> None:
        sheet["C2"] = "{below: 12}"
        sheet["G3"] = "size / 4"
        sheet["G4"] = 31.5
        sheet["I4"] = datetime.datetime(2026, 8, 1)
        sheet["J4"] = False

    edited(file, edit)
    changes = (
        "small-fern, size: {below: 10} → {below: 12}\nbig, width: size / 2 → size / 4\nrest, width: 30 → 31.5\n"
        "rest, until: 2026-07-01 → 2026-08-01\nrest, drained: true → false\n"
    )
    assert imported(pack, file, "pot", "--dry-run").output == changes
    assert (pack / "pot.yaml").read_text(encoding="utf-8") == POT
    assert imported(pack, file).output == f"{changes}pots/pot.yaml: changed\n"
    expected = POT.replace("{below: 10}", "{below: 12}").replace("size / 2", "size / 4").replace("- 30\n", "- 31.5\n")
    expected = expected.replace("    - 2026-07-01\n    - true", "    - 2026-08-01\n    - false")
    assert (pack / "pot.yaml").read_text(encoding="utf-8") == expected


def test_rows(pack: Path, tmp_path: Path) -> None:
    """Where rows have ids, they can be added, removed and sorted; columns can change places."""
    file = tmp_path / "table.csv"
    rows = [
        "note;id;kind;size;code;bought;inside;width;until;drained",
        "Ask: now;rest;any;{at_least: 10};any;any;FALSE;30;2026-07-01;TRUE",
        "New;palm;palm;5;any;any;any;9;2026-09-01;FALSE",
        "=1+1;small-fern;fern;{below: 10};007;any;any;12.5;2026-05-01;TRUE",
        ";;;;;;;;;",
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    assert imported(pack, file).output == "big: removed\npalm: added\npots/pot.yaml: changed\n"
    text = (pack / "pot.yaml").read_text(encoding="utf-8")
    assert "- [palm, palm, 5, any, any, any, 9, New, 2026-09-01, false]" in text or "id: big" not in text
    assert [rule.id for rule in hiprun.load(pack).decisions["pot"].rules] == ["small-fern", "rest", "palm"]


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("B2", True, "B2, column `kind`: A spreadsheet made TRUE of `fern`."),
        ("B2", None, "B2, column `kind`: The cell is empty."),
        ("C2", datetime.datetime(2026, 1, 10), "A spreadsheet made the date 2026-01-10 of `{below: 10}`."),
        ("C2", "1,5", "`1,5` may be a number with a decimal comma. [sheet-cell] = Write `1.5` if it is."),
        ("C2", "1E+05", "A spreadsheet shortened a number to `1E+05`."),
        ("C2", "10.1.2026", "A spreadsheet may have made the date `10.1.2026` of `{below: 10}`."),
        ("C2", "10-Jan", "A spreadsheet may have made the date `10-Jan` of `{below: 10}`."),
        ("C2", "=A1", "The cell has the formula `=A1`."),
        ("C2", "{below", "`{below` cannot be read: "),
        ("C2", "{below: nothing}", "There is nothing called `nothing`;"),
        ("C3", 0.1234567890123456789, "A spreadsheet cannot hold 0.1234567890123457 exactly."),
        ("D2", 7, "A spreadsheet made the number 7 of `007`."),
        ("G2", datetime.time(12, 30), "12:30"),
        ("I2", datetime.datetime(2026, 1, 10, 12), "A spreadsheet made the date 2026-01-10 of `2026-05-01`."),
        ("J2", "yes", "yes"),
        ("K1", "colour", "The table has no column `colour`."),
        ("A1", "name", "The sheet has no column `id`."),
        ("A3", "small-fern", "The sheet has two rows with the id `small-fern`."),
    ],
)
def test_what_is_in_doubt_is_told(pack: Path, tmp_path: Path, cell: str, value: Any, said: str) -> None:
    """What a spreadsheet may have made of something else is named with its cell, and nothing is written."""
    file = tmp_path / "table.xlsx"
    run("table", "export", "pot", file, "--rules", pack)
    edited(file, lambda sheet: sheet.__setitem__(cell, value))
    result = imported(pack, file)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
    assert (pack / "pot.yaml").read_text(encoding="utf-8") == POT


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fern,true,1", "fern,TRUE,1", "Nothing changed."),
        ("fern,true,1", "fern,FALSE,1", "row 1, inside: true → false"),
        ("fern,true,1", "TRUE,true,1", "A spreadsheet made TRUE of `fern`."),
        ("fern,true,1", "fern,true,1.0", "Nothing changed."),
        ("fern,true,1", "fern,true", "The cell is empty."),
        ("palm,any,2", "palm,any,2\r\nfern,any,3", "The sheet has 3 rows and the table has 2."),
        ("fern,true,1", '"fern,true,1', "The file is not CSV: "),
    ],
)
def test_csv_that_a_spreadsheet_saved(pack: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    """The same holds for CSV, in which everything is text."""
    file = tmp_path / "table.csv"
    run("table", "export", "plain", file, "--rules", pack)
    content = file.read_bytes().decode("utf-8")
    assert old in content
    file.write_bytes(content.replace(old, new).encode("utf-8"))
    assert said in " ".join(imported(pack, file, "plain").output.split())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",007,", ",7,", "A spreadsheet made `7` of `007`."),
        (",007,", ",TRUE,", "small-fern, code: 007 → TRUE"),
        (",007,", ",01.02.2026,", "A spreadsheet may have made the date `01.02.2026` of `007`."),
        ("Ask: now", "Ask: later", "rest, note: Ask: now → Ask: later"),
    ],
)
def test_texts_that_a_spreadsheet_saved(pack: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    """A column of texts takes any text, but not one that a spreadsheet has made of another."""
    file = tmp_path / "table.csv"
    run("table", "export", "pot", file, "--rules", pack)
    file.write_bytes(file.read_bytes().replace(old.encode(), new.encode()))
    assert said in " ".join(imported(pack, file, "pot", "--dry-run").output.split())


def test_numbers_that_are_none() -> None:
    """A number that is none, as a damaged sheet may have it, is told."""
    with pytest.raises(DoubtError, match="`nan` is not an ordinary number"):
        cell_data(float("nan"), None, [], is_text=False)


@pytest.mark.parametrize("damage", [b"", b"PK", b"\xff\xfe\x00"])
def test_files_that_are_no_sheets(pack: Path, tmp_path: Path, damage: bytes) -> None:
    """A file that is none of the two kinds is said to be so, and never a traceback."""
    workbook, text = tmp_path / "table.xlsx", tmp_path / "table.csv"
    workbook.write_bytes(damage)
    text.write_bytes(damage)
    assert "The file is no workbook." in imported(pack, workbook).output
    assert imported(pack, text).exit_code == 2


def test_workbooks_that_unpack_to_too_much() -> None:
    """A workbook that grows too large when it is unpacked, or has too many cells, is refused."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"xl/{number}", bytes(10_000_000))
    with pytest.raises(hiprun.FactError, match="The workbook is too large"):
        read_workbook(written.getvalue())
    book, wide = openpyxl.Workbook(), io.BytesIO()
    for number in range(1, 14):
        book.active.cell(number, 16_384, "far out")
    book.save(wide)
    with pytest.raises(hiprun.FactError, match="too many cells"):
        read_workbook(wide.getvalue())


def with_sheet(sheet: str) -> bytes:
    """Return a workbook with this as the XML of its sheet."""
    plain, written = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return written.getvalue()


NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('<row r="100000000000"><c r="A100000000000"><v>1</v></c></row>', "too many cells"),
        ("<row/>" * 60_000, "too many cells"),
        ('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>', "no workbook"),
        (f'<row r="1"><c r="A1"><v>{"9" * 5_000}</v></c></row>', "no workbook"),
    ],
    ids=["far down", "empty rows", "far out", "long number"],
)
def test_sheets_made_to_take_long(content: str, said: str) -> None:
    """Rows that are left out, empty rows, columns that no sheet has, and endless numbers end in a word."""
    sheet = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{content}</sheetData></worksheet>'
    with pytest.raises(hiprun.FactError, match=said):
        read_workbook(with_sheet(sheet))


def test_entities_of_a_sheet_are_not_unfolded() -> None:
    """A text that is made of itself, ten times over and over, is no workbook."""
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 12))
    sheet = (
        f'<!DOCTYPE w [<!ENTITY e0 "x">{levels}]><worksheet xmlns="{NAMESPACE}"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>&e11;</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(hiprun.FactError, match="no workbook"):
        read_workbook(with_sheet(sheet))


def test_merged_cells_and_links_to_other_files_are_cells_like_others(pack: Path, tmp_path: Path) -> None:
    """Of merged cells all but the first are empty, which is told; a formula that points elsewhere is not followed."""
    file = tmp_path / "table.xlsx"
    run("table", "export", "plain", file, "--rules", pack)
    edited(file, lambda sheet: sheet.merge_cells("A2:A3"))
    assert "A3, column `kind`: The cell is empty." in " ".join(imported(pack, file, "plain").output.split())
    run("table", "export", "plain", file, "--rules", pack)
    edited(file, lambda sheet: sheet.__setitem__("A2", "='file:///etc/[passwd]x'!A1"))
    assert "The cell has the formula" in imported(pack, file, "plain").output


def test_long_cells_are_told_and_not_repeated(pack: Path, tmp_path: Path) -> None:
    """What a cell says is shortened in the message about it."""
    file = tmp_path / "table.csv"
    run("table", "export", "plain", file, "--rules", pack)
    kept = file.read_text(encoding="utf-8")
    file.write_text(kept.replace("fern", "f" * 20_000), encoding="utf-8")
    output = imported(pack, file, "plain").output
    assert "The cell has more than 10000 characters." in output
    assert len(output) < 1_000
    file.write_bytes(b"x" * 8_000_001)
    assert "The file is too large." in imported(pack, file, "plain").output


def test_many_new_rows_come_in_their_order(pack: Path, tmp_path: Path) -> None:
    """Rows that are added one after the other stand below the row that they follow in the sheet."""
    file = tmp_path / "table.csv"
    run("table", "export", "pot", file, "--rules", pack)
    head, first, *others = file.read_text(encoding="utf-8").splitlines()
    new = [first.replace("small-fern", f"fern-{number}") for number in range(300)]
    file.write_text("\n".join([head, new[0], first, *new[1:], *others]), encoding="utf-8")
    assert imported(pack, file).exit_code == 0
    ids = [rule.id for rule in hiprun.load(pack).decisions["pot"].rules]
    assert ids == ["fern-0", "small-fern", *(f"fern-{number}" for number in range(1, 300)), "big", "rest"]


def test_what_cannot_be_exported(pack: Path, tmp_path: Path) -> None:
    """The command says what there is instead: files, folders, decisions, tables, a pack without mistakes."""
    file = tmp_path / "table.csv"
    assert (
        "ends neither in .xlsx nor in .csv" in run("table", "export", "pot", tmp_path / "t.ods", "--rules", pack).output
    )
    assert "is not a folder" in run("table", "export", "pot", file, "--rules", tmp_path / "none").output
    assert "Did you mean `pot`?" in run("table", "export", "pott", file, "--rules", pack).output
    assert "cannot be read" in imported(pack, file).output
    rules = "rules:\n  - {id: a, when: {inside: true}, then: {out: true}}\notherwise: no_match\n"
    (pack / "ruled.yaml").write_text(f"decision: ruled\noutputs: {{out: {{type: boolean}}}}\n{rules}", encoding="utf-8")
    assert "Tables: plain, pot." in run("table", "export", "ruled", file, "--rules", pack).output
    (pack / "ruled.yaml").write_text("decision: [", encoding="utf-8")
    assert run("table", "export", "pot", file, "--rules", pack).exit_code == 2


def test_without_openpyxl(pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, CSV works and the message for workbooks says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    result = run("table", "export", "pot", tmp_path / "t.xlsx", "--rules", pack)
    assert 'pip install "hiprun[sheet]"' in result.output
    assert run("table", "export", "pot", tmp_path / "t.csv", "--rules", pack).exit_code == 0
