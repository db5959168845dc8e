"""The rule book: what it says about a pack, where its links lead, and that nothing in a pack becomes markup."""

from __future__ import annotations

import functools
import itertools
import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

import hiprun
from hiprun.interfaces.book import book_of, chapters, printable, site, with_proofs
from hiprun.interfaces.cli.application import application
from hiprun.verification.run_bounds import Interrupted
from hiprun.verification.verify import verify

from ...small_packs import load, rule

PACKS = (
    "rules",
    "tests/packs/greenhouse",
    "tests/packs/kitchen",
    "tests/packs/plot",
    "tests/packs/seedlings",
    "examples/news2",
    "examples/units",
    "examples/body_and_kidney",
)
NASTY = "<script>alert('x')</script> & \"q\""


class _Page(HTMLParser):
    """The ids of a page, the addresses that it links to, its headings and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.levels: list[int] = []
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag in ("td", "th", "li", "p"):
            self.words.append(" ")
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdecimal():
            self.levels.append(int(tag[1]))
        for name, value in attributes:
            if name == "id":
                self.ids.append(value or "")
            elif name in ("href", "src", "action"):
                self.addresses.append(value or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """The text as it is read, spaces and line breaks alike."""
        return " ".join("".join(self.words).split())


@functools.cache
def site_of(folder: Path) -> dict[str, str]:
    """Return the site of a pack, which takes long to make."""
    return site(book_of(hiprun.load(folder)))


@pytest.fixture(scope="module", params=PACKS)
def files(request: pytest.FixtureRequest, root: Path) -> dict[str, str]:
    """The site of a pack."""
    return site_of(root / request.param)


def test_links(files: dict[str, str]) -> None:
    """Every link leads to a place in the book that exists exactly once, and nothing is fetched from elsewhere."""
    pages = {name: _Page(text) for name, text in files.items() if name.endswith(".html")}
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), name
        for address in page.addresses:
            file, _, anchor = unquote(address).partition("#")
            assert address == "data:," or (file or name) in files, (name, address)
            assert not anchor or anchor in pages[file or name].ids, (name, address)


def test_headings(files: dict[str, str]) -> None:
    """Every page has one main heading, and no level of headings is left out."""
    for name, text in files.items():
        levels = _Page(text).levels
        assert levels.count(1) == 1 or not name.endswith(".html"), name
        assert all(deeper - level <= 1 for level, deeper in itertools.pairwise(levels)), name


def test_found_entries(files: dict[str, str]) -> None:
    """The search finds every kind of entry, at a place that exists."""
    data = files["search-data.js"]
    entries = json.loads(data.removeprefix("const bookEntries = ").removesuffix(";\n"))
    for title, _, address in entries:
        file, _, anchor = unquote(address).partition("#")
        assert title
        assert not anchor or f'id="{anchor}"' in files[file]


def test_same_bytes(root: Path, tmp_path: Path) -> None:
    """The same pack gives the same files."""
    first, second = (
        CliRunner().invoke(application, ["book", str(root / PACKS[1]), "--out", str(tmp_path / name)]) for name in "ab"
    )
    assert first.output == f"{len(list((tmp_path / 'a').iterdir()))} files written to {tmp_path / 'a'}\n"
    assert second.exit_code == 0
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_what_the_book_says(hip: hiprun.Pack, root: Path) -> None:
    """The book has each rule in words, its reasons and sources, and from each statement the way back to its rules."""
    files = site_of(root / "rules")
    triage = _Page(files["decision-triage.html"]).text
    assert "If there is swelling around the hip, or there is numbness in the leg or hip" in triage
    assert "Get an urgent medical evaluation · Stop running" in triage
    assert "table.swelling-or-numbness Swelling or numbness calls for urgent medical evaluation." in triage
    assert "Otherwise: Nothing beyond the plan · No symptom rules out running" in triage
    statements = _Page(files["statements.html"]).text
    assert "Basis of: Is there swelling around the hip?" in statements
    assert "What a symptom calls for: Swelling or numbness" in statements
    assert "Pain at which to stop and reassess" in _Page(files["parameters.html"]).text
    assert "4 pain score 1 to 4 pain score" in _Page(files["parameters.html"]).text
    assert hip.digest in files["index.html"]
    assert hip.notice.split(".")[0] in files["index.html"]


def test_tables(root: Path) -> None:
    """A decision table is a table again, with values instead of the names of parameters."""
    page = _Page(site_of(root / "rules")["decision-phase.html"])
    assert "How many weeks ago was the injury? The phase of rehabilitation less than 1 week" in page.text
    score = next(entry for entry in book_of(hiprun.load(root / "examples/news2")).decisions if entry.name == "score")
    assert score.table is None, "one with an `any`, or very many columns, is a list"


def test_example_patients(root: Path) -> None:
    """An example patient is told by how it differs from the one it starts from, with what is expected."""
    page = _Page(site_of(root / "tests/packs/greenhouse")["examples.html"])
    assert "Like the patient mild, but: How warm is it inside? 30 °C; Which pests are there? slugs" in page.text
    assert "What the greenhouse needs now: Action: Act at once; Window: open; rules that apply: hot" in page.text
    assert "not known: What do the leaves look like?" in page.text
    assert "still to be asked: What do the leaves look like?" in page.text


def test_refused_patients(root: Path) -> None:
    """Example patients that are refused are shown as such."""
    files = site_of(root / "tests/packs/greenhouse")
    assert "→ These answers contradict each other and are not accepted." in _Page(files["examples.html"]).text


def test_everything_is_escaped(tmp_path: Path) -> None:
    """No text of a pack becomes markup or script, on the site and on the page to print."""
    nasty = json.dumps(NASTY)
    pack = load(
        tmp_path,
        pack=f"pack: garden\nlanguage: 1\nversion: 1.0.0\ntitle: {nasty}\nnotice: {nasty}\n",
        facts=f"facts:\n  dry: {{ask: {nasty}, type: boolean, because: {nasty}, interpretation: {nasty}, source: s}}\n",
        guidance=f"guidance: G\nstatements: {{s: {nasty}}}\n",
        parameters=f"parameters: {{limit: {{value: 1, title: {nasty}, range: [0, 2]}}}}\n",
        derived=f"derived: {{wet: {{title: {nasty}, when: {{dry: false}}}}}}\n",
        care=f"decision: care\ntitle: {nasty}\noutputs: {{advice: {{type: string}}}}\nhit: first\nrules:\n"
        f"  - {{id: it, when: {{wet: true}}, then: {{advice: {nasty}}}, because: {nasty}, source: s}}\n"
        "otherwise: no_match\n",
        cases=f"cases: C\nexamples: [{{id: one, title: {nasty}, facts: {{dry: true}}, expect: refused}}]\n",
        properties=f"properties: P\nalways: [{{id: so, then: {{dry: true}}, title: {nasty}, because: {nasty}}}]\n",
    )
    book = with_proofs(book_of(pack), verify(pack))
    files = site(book)
    for name, text in {**files, "page": printable(book)}.items():
        assert "<script>alert" not in text, name
        assert "script" not in _Page(text).tags or name == "search.html", name
    assert "alert" in files["search-data.js"]
    assert "<" not in files["search-data.js"]


def test_proofs(tmp_path: Path, root: Path) -> None:
    """With its proofs, the book says of each kind of claim how many hold, and what does not."""
    wet, fine = "{id: wet, then: {care.needed: true}}", "{id: fine, if: {dry: true}, then: {care.needed: true}}"
    properties = f"properties: P\nalways: [{wet}, {fine}]\n"
    folder = tmp_path / "pack"
    load(
        folder,
        care=rule("{dry: true}"),
        facts="facts: {dry: {ask: Is it dry?, type: boolean}}\n",
        properties=properties,
    )
    out, page = tmp_path / "out", tmp_path / "deep" / "book.html"
    result = CliRunner().invoke(
        application, ["book", str(folder), "--out", str(out), "--page", str(page), "--verify", "--jobs", "1"]
    )
    assert (result.exit_code, result.output) == (1, f"{len(list(out.iterdir())) + 1} files written to {out}\n")
    told = _Page((out / "proofs.html").read_text(encoding="utf-8")).text
    assert "what must hold for every patient 1 of 2" in told
    assert "Wet refuted" in told
    assert "Fine proved" in told
    assert "`wet` does not hold for this patient." in told
    assert "proved for every possible patient, with the settings in this book" in told
    assert "<style>" in page.read_text(encoding="utf-8")


def test_no_proofs(tmp_path: Path) -> None:
    """A book that was made without proofs says so."""
    files = site(book_of(load(tmp_path, care=rule("{dry: true}"))))
    assert "No proofs were made for this copy of the book." in files["proofs.html"]


def test_interrupted_proofs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written if the proofs are interrupted."""

    def interrupt(*arguments: object, **options: object) -> None:
        raise Interrupted(None)

    monkeypatch.setattr("hiprun.verification.verify.verify", interrupt)
    load(tmp_path / "pack", care=rule("{dry: true}"))
    command = ["book", str(tmp_path / "pack"), "--out", str(tmp_path / "out"), "--verify"]
    assert CliRunner().invoke(application, command).exit_code == 130
    assert not (tmp_path / "out").exists()


def test_where_to(tmp_path: Path, root: Path) -> None:
    """The command says that it needs to know where to write, and what cannot be written."""
    result = CliRunner().invoke(application, ["book"])
    assert (result.exit_code, "Say where to write the book" in result.output) == (2, True)
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = CliRunner().invoke(
        application, ["book", str(root / PACKS[1]), "--page", str(tmp_path / "file" / "book.html")]
    )
    assert (result.exit_code, "cannot be written" in result.output) == (2, True)


def test_chapters_for_other_pages(hip: hiprun.Pack) -> None:
    """Other pages can show the chapters, at their own addresses and below a heading of theirs."""
    parts = chapters(book_of(hip), lambda chapter, anchor: f"/read/{chapter}#{anchor}", heading=2)
    assert [part.name for part in parts[:3]] == ["contents", "decision-today", "decision-triage"]
    triage = next(part for part in parts if part.name == "decision-triage")
    assert triage.title == "What a symptom calls for"
    assert '<a class="ref" href="/read/questions#fact-swelling">' in triage.html
    assert _Page(triage.html).levels[0] == 2


NINE = [f"f{number}" for number in range(9)]
WIDE = f"""\
decision: wide
outputs: {{out: {{type: boolean}}}}
table:
  - [{", ".join(NINE)}, out]
  - [{", ".join(["true"] * 9)}, true]
otherwise: no_match
"""
MIXED = """\
decision: mixed
outputs: {out: {type: boolean}}
table:
  - [f0, both, out]
  - [true, any, true]
  - [any, false, false]
otherwise: no_match
"""
ASKS_FOR_A_VALUE = """\
decision: asks
outputs: {out: {type: boolean}}
table:
  - [mixed.out, out]
  - [{has_value: true}, true]
otherwise: no_match
"""


def test_values_and_tables(tmp_path: Path) -> None:
    """Ranges are said, and a table is shown as one unless it has too many columns or a cell that is no value."""
    facts = "facts:\n" + "".join(f"  {name}: {{ask: F?, type: boolean}}\n" for name in NINE)
    facts += "  low: {ask: Low?, type: number, range: [1, 2], unit: m}\n"
    derived = "derived: {both: {title: Both, when: {f0: true, f1: true}}}\n"
    book = book_of(load(tmp_path, facts=facts, derived=derived, wide=WIDE, mixed=MIXED, asks=ASKS_FOR_A_VALUE))
    tables = {decision.name: decision.table for decision in book.decisions}
    assert tables["wide"] is tables["asks"] is None
    assert tables["mixed"] is not None
    rows = [["".join(piece.text for piece in cell) for cell in cells] for _, cells in tables["mixed"].rows]
    assert (tables["mixed"].heads, rows) == (("F?", "Both"), [["yes", "–", "yes"], ["–", "no", "no"]])
    assert next(fact.values for fact in book.facts if fact.name == "low") == "a number, 1 to 2 m"


def test_another_language(tmp_path: Path, root: Path) -> None:
    """The book of a pack that has texts in another language can be had in that."""
    out = tmp_path / "buch"
    assert (
        CliRunner().invoke(application, ["book", str(root / "rules"), "--out", str(out), "--language", "de"]).exit_code
        == 0
    )
    page = (out / "decision-triage.html").read_text(encoding="utf-8")
    assert '<html lang="de">' in page
    assert "Bedingung: die Hüfte ist geschwollen, oder es gibt Taubheit" in _Page(page).text


def test_the_diary(root: Path) -> None:
    """The book says what is written down day by day, and which answers follow from it."""
    page = _Page(site_of(root / "tests/packs/plot")["questions.html"])
    assert "also follows from the diary" in page.text
    assert "What is written down day by day" in page.text
