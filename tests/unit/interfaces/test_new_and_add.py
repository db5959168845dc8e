"""A pack from nothing, and what is added to it by questions and by options: comments stay, mistakes are not written."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.workspace.additions import fullest_patient
from hiprun.workspace.workspace import workspace_of


def run(*words: str | Path, answers: str = "") -> Result:
    """Return what a command prints and how it ends."""
    return CliRunner().invoke(application, list(map(str, words)), input=answers)


@pytest.fixture
def plants(tmp_path: Path) -> Path:
    """A new pack."""
    folder = tmp_path / "House Plants"
    assert run("new", folder).exit_code == 0
    return folder


def texts(folder: Path) -> dict[str, str]:
    """Return all files of a folder."""
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.yaml")}


def test_a_new_pack_is_green(plants: Path) -> None:
    """A new pack has no mistake, its cases pass and show everything, and everything about it is proved."""
    assert run("check", plants).output.startswith(
        "ok: house-plants 0.1.0\n    3 facts, 1 parameter, 1 decision, 3 rules"
    )
    assert run("test", plants, "--coverage").exit_code == 0
    assert run("verify", plants, "--jobs", "1").exit_code == 0


def test_a_new_pack_is_called_as_one_says(tmp_path: Path) -> None:
    """Name and title can be chosen; the folder has to be empty."""
    assert "hiprun check" in run("new", tmp_path / "a", "--name", "Ferns!", "--title", "Ferns: a start").output
    pack = hiprun.load(tmp_path / "a")
    assert (pack.name, pack.title) == ("ferns", "Ferns: a start")
    for folder in (tmp_path / "a", tmp_path / "a" / "pack.yaml"):
        refused = run("new", folder)
        assert (refused.exit_code, "is not an empty folder; nothing was written." in refused.output) == (2, True)


def test_additions_by_options(plants: Path) -> None:
    """A statement, a fact, a rule and a case are added in one line each, and nothing else changes."""
    before = texts(plants)
    at = ("--rules", plants)
    assert run("add", "statement", "light.sun", "--text", "Strong sun burns leaves.", *at).output == (
        "House Plants/guidance.yaml: changed\nStill to do: No rule cites the statement `light.sun`.\n"
    )
    fact = run(
        *("add", "fact", "has_burns", "--ask", "Are there burnt spots?", "--type", "boolean", "--worse", "true"),
        *("--usual", "false", "--source", "light.sun", *at),
    )
    assert fact.output == "House Plants/cases/first.yaml: changed\nHouse Plants/facts.yaml: changed\n"
    rule = ("add", "rule", "care", "burns", "--when", "has_burns: true", "--then", "{action: move}")
    assert run(*rule, "--because", "Too much sun.", "--source", "light.sun", "--before", "too-dark", *at).exit_code == 0
    case = ("add", "case", "burnt", "has_burns=true", "--title", "Burns", "--patient", "well")
    assert run(*case, "--expect", "care: {action: move}", *at).exit_code == 0
    assert run("test", plants).output == "7 cases: ok\n"
    after = texts(plants)
    added = {name: [line for line in after[name].split("\n") if line not in before[name].split("\n")] for name in after}
    assert added == {
        "care.yaml": [
            "  - id: burns",
            "    when: {has_burns: true}",
            "    because: Too much sun.",
            "    source: light.sun",
        ],
        "cases/first.yaml": [
            "  well: {soil_is_dry: false, days_since_watering: 2, drops_leaves: false, has_burns: false}",
            "  - id: burnt",
            "    title: Burns",
            "    facts: {has_burns: true}",
            "    expect: {care: {action: move}}",
        ],
        "facts.yaml": ["  has_burns: {ask: Are there burnt spots?, type: boolean, worse: true, source: light.sun}"],
        "guidance.yaml": ["  light.sun: Strong sun burns leaves."],
        "pack.yaml": [],
        "parameters.yaml": [],
        "properties.yaml": [],
    }
    assert after["care.yaml"].index("id: burns") < after["care.yaml"].index("id: too-dark")


def test_additions_by_questions(plants: Path) -> None:
    """What no option says is asked for."""
    at = ("--rules", plants)
    assert run("add", "statement", *at, answers="light.sun\nStrong sun burns leaves.\n").exit_code == 0
    answers = "burnt_spots\nHow many burnt spots?\ninteger\n0,9\nspots\nhigher\n0\n"
    assert run("add", "fact", "--source", "light.sun", *at, answers=answers).exit_code == 0
    assert run("add", "fact", *at, answers="kind\nWhich kind?\nchoice\nfern, palm\n\n\n").exit_code == 0
    assert run("add", "parameter", *at, answers="many_spots\n3\n1,5\nspots\nSpots that are many\n").exit_code == 0
    answers = "care\nburns\nburnt_spots: {at_least: many_spots}\naction: move\nToo much sun.\nlight.sun\n"
    assert run("add", "rule", *at, answers=answers).exit_code == 0
    answers = "burnt\nThree spots are many\n\nburnt_spots: 3\ncare: {action: move}\n"
    assert run("add", "case", "--file", "sun", *at, answers=answers).output.endswith(
        "House Plants/cases/sun.yaml: new\n"
    )
    assert run("test", plants).output == "7 cases: ok\n"
    pack = hiprun.load(plants)
    assert pack.facts["burnt_spots"].domain.worse == "higher"
    assert list(pack.facts["kind"].domain.choices) == ["fern", "palm"]
    assert (
        "many_spots: {value: 3, unit: spots, range: [1, 5], title: Spots that are many}"
        in texts(plants)["parameters.yaml"]
    )


def test_a_case_of_its_own(plants: Path) -> None:
    """A case may start from nobody, and goes to the first file of cases unless another is named."""
    case = ("add", "case", "alone", "soil_is_dry=true", "--title", "Dry", "--patient", "")
    assert run(*case, "--expect", "care: {action: water}", "--rules", plants).exit_code == 0
    assert "    title: Dry\n    facts: {soil_is_dry: true}\n" in texts(plants)["cases/first.yaml"]


def test_dates_and_files_that_cannot_be_written(plants: Path) -> None:
    """A date has a range too; a folder that cannot be written to is said to be so."""
    fact = ("add", "fact", "bought", "--ask", "When?", "--type", "date", "--range", "2020-01-01,2030-12-31")
    assert run(*fact, "--unit", "", "--usual", "", "--rules", plants).exit_code == 0
    (plants / "cases" / "sun.yaml").mkdir()
    case = ("add", "case", "alone", "soil_is_dry=true", "--title", "Dry", "--patient", "", "--file", "sun")
    result = run(*case, "--expect", "care: {action: water}", "--rules", plants)
    assert (result.exit_code, "cannot be written" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rule", "care", "x", "--when", "nope: true", "--then", "action: move"), "There is nothing called `nope`."),
        (("rule", "care", "dry-soil", "--when", "{}", "--then", "action: move"), "There is already a rule `dry-soil`."),
        (("rule", "cares", "x", "--when", "drops_leaves: true", "--then", "action: move"), "Did you mean `care`?"),
        (
            ("rule", "care", "x", "--when", "drops_leaves: true", "--then", "action: move", "--before", "dry"),
            "`care` has no rule `dry`.",
        ),
        (("rule", "care", "x", "--when", "[", "--then", "action: move"), "cannot be read"),
        (("rule", "care", "x", "--when", "[a]", "--then", "action: move"), "cannot be read"),
        (
            ("fact", "soil_is_dry", "--ask", "Dry?", "--type", "boolean", "--worse", "true", "--usual", ""),
            "already a fact",
        ),
        (
            ("fact", "Bad Name", "--ask", "Dry?", "--type", "boolean", "--worse", "neither", "--usual", ""),
            "`Bad Name` cannot be",
        ),
        (
            ("fact", "x", "--ask", "X?", "--type", "boolean", "--worse", "true", "--usual", "true", "--patient", "ill"),
            "There is no patient `ill`.",
        ),
        (
            ("case", "day-ten", "soil_is_dry=true", "--title", "T", "--patient", "well", "--expect", "{}"),
            "already a case",
        ),
    ],
)
def test_mistakes_are_not_written(plants: Path, words: tuple[str, ...], said: str) -> None:
    """What would be a mistake in the pack, or cannot be understood, is said, and no file changes."""
    before = texts(plants)
    more = ("--because", "Why.", "--source", "light.window") if words[0] == "rule" else ()
    result = run("add", *words, *more, "--rules", plants)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
    assert texts(plants) == before


def test_only_folders_can_be_added_to(tmp_path: Path) -> None:
    """Something is added to a folder, not to a file."""
    result = run("add", "statement", "a.b", "--text", "T", "--rules", tmp_path / "none")
    assert (result.exit_code, "is not a folder" in result.output) == (2, True)


def test_a_decision_without_a_list_of_rules(plants: Path) -> None:
    """A rule cannot be added to a decision table; the message says where to write the row."""
    rows = "table:\n  - [drops_leaves, size]\n  - [true, 1]\n  - [false, 2]\n"
    (plants / "pot.yaml").write_text(f"decision: pot\noutputs: {{size: {{type: integer}}}}\n{rows}", encoding="utf-8")
    rule = (
        "add",
        "rule",
        "pot",
        "x",
        "--when",
        "drops_leaves: true",
        "--then",
        "size: 1",
        "--because",
        "B",
        "--source",
        "s",
    )
    assert "`pot` is not written as a list of rules" in run(*rule, "--rules", plants).output


def test_files_that_are_missing_are_made(tmp_path: Path) -> None:
    """The first fact, parameter, statement and case of a pack each get a file; no patient is asked about."""
    (tmp_path / "pack.yaml").write_text("pack: bare\nlanguage: 2\nversion: 1.0.0\ntitle: Bare\n", encoding="utf-8")
    at = ("--rules", tmp_path)
    name = tmp_path.name
    statement = run("add", "statement", "a.b", "--text", "T", *at)
    assert statement.output.startswith(f"{name}/guidance.yaml: new\n")
    fact = run("add", "fact", "wet", "--ask", "Wet?", "--type", "boolean", "--worse", "neither", "--source", "a.b", *at)
    assert fact.output == f"{name}/facts.yaml: new\n"
    parameter = run("add", "parameter", "p", "--value", "1", "--title", "P", "--range", "", "--unit", "h", *at)
    assert parameter.output == f"{name}/parameters.yaml: new\n"
    assert texts(tmp_path)["guidance.yaml"] == "guidance: What the rules are based on\nstatements:\n  a.b: T\n"
    rules = "rules:\n  - {id: a, when: {wet: true}, then: {out: true}}\notherwise: no_match\n"
    decision = f"decision: care\noutputs: {{out: {{type: boolean}}}}\n{rules}"
    (tmp_path / "care.yaml").write_text(decision, encoding="utf-8")
    case = run(
        "add", "case", "one", "wet=true", "--title", "One", "--patient", "", "--expect", "care: {out: true}", *at
    )
    assert case.output.startswith(f"{name}/cases/first.yaml: new\n")


def test_the_fullest_patient() -> None:
    """A new fact belongs to the patient of whom most is known; broken files have no patients."""
    cases = "cases: C\npatients:\n  few: {a: 1}\n  many: {a: 1, b: 2}\nexamples: []\n"
    assert fullest_patient(workspace_of({"x/pack.yaml": "pack: [", "x/cases/a.yaml": cases})) == "many"
    assert fullest_patient(workspace_of({"x/cases/a.yaml": "cases: C\npatients: {odd: 3, more: {a: 1}}\n"})) == "more"
    assert fullest_patient(workspace_of({})) == ""


HOSTILE = ["../x", "a: b", "a\nb: {c: 1}", "\x1b[31m", "n" * 5_000, '"q', "{a: b}", "!!x", "*a", "\u202e"]


@pytest.mark.parametrize("words", HOSTILE)
def test_a_new_pack_has_any_name_or_none(tmp_path: Path, words: str) -> None:
    """Whatever name and title it is given, the pack has no mistake, or nothing is written."""
    folder = tmp_path / "plants"
    done = run("new", folder, "--name", words, "--title", words)
    if done.exit_code:
        assert not folder.exists()
        assert "\x1b" not in done.output
        assert isinstance(done.exception, SystemExit)
    else:
        assert hiprun.load(folder).title == words
        assert len(hiprun.load(folder).name) <= 110


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_is_added_under_a_name_that_is_none(plants: Path, words: str) -> None:
    """A name that rule files cannot have is told: of a fact, a parameter, a statement, a rule, a case."""
    before, at = texts(plants), ("--rules", plants)
    done = [
        run("add", "fact", words, "--ask", words, "--type", "boolean", "--worse", "neither", "--usual", "", *at),
        run("add", "parameter", words, "--value", "1", "--title", words, "--range", "", "--unit", "", *at),
        run("add", "statement", words, "--text", words, *at),
        run("add", "rule", words, words, "--when", words, "--then", words, "--because", words, "--source", words, *at),
        run("add", "case", words, "a=1", "--title", words, "--patient", "", "--expect", "{}", *at),
    ]
    assert [each.exit_code for each in done] == [2] * len(done)
    assert all(isinstance(each.exception, SystemExit) for each in done)
    assert "\x1b" not in "".join(each.output for each in done)
    assert texts(plants) == before


@pytest.mark.parametrize("file", [*HOSTILE, "../../evil", "/evil", "C:evil", "..", "a/b"])
def test_a_file_of_cases_is_in_their_folder(plants: Path, file: str) -> None:
    """A name that leads out of the folder, or is none, is told."""
    before = {path.name for path in plants.parent.iterdir()}
    answers = ("--title", "Dry", "--patient", "", "--expect", "care: {do: nothing}", "--file", file)
    done = run("add", "case", "parched", "soil=dry", *answers, "--rules", plants)
    assert (done.exit_code, "cannot be the name of a file of cases" in " ".join(done.output.split())) == (2, True)
    assert {path.name for path in plants.parent.iterdir()} == before
    assert sorted(path.name for path in (plants / "cases").iterdir()) == ["first.yaml"]
