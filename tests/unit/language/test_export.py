"""A model as rule files: how they look, and that unusual values survive the round trip."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.language.export.conditions import condition_data, formula_text, value_data
from hiprun.language.export.yaml_layout import WIDTH, number_text, yaml
from hiprun.language.resolve.formula_parser import MOST_CHARACTERS
from hiprun.language.syntax import parse
from hiprun.language.syntax.invisible_characters import first_hidden_character
from hiprun.language.writer import documents, files, write
from hiprun.model import All, AnyOf, Arithmetic, Constant, Count, Not, ParameterRef, Ref, Test
from hiprun.model.places import NOWHERE, SourceText
from hiprun.pack import Pack
from hiprun.testing.strategies.packs import model_of

WARM = Test(Ref("fact", "warm"), "is", (True,))
SIZE = Ref("fact", "size")
SMALL = Test(SIZE, "below", (Constant(3),))
LARGE = Test(SIZE, "above", (Constant(7),))

HEADER = {"pack.yaml": "{pack: colours, language: 1, version: 1.0.0, title: Colours}"}
FACTS = {
    "facts.yaml": "facts:\n  warm: {ask: Warm?, type: boolean}\n  size: {ask: Size?, type: number}\n"
    "  word: {ask: Which?, type: string}"
}
ALWAYS_TRUE = "{{decision: {}, outputs: {{near: {{type: boolean}}}}, rules: [{{id: one, then: {{near: true}}}}]}}"


def read(text: str) -> Any:
    """Return the data of a rule file without mistakes."""
    document, problems = parse(SourceText("file.yaml", text))
    assert problems == []
    assert document is not None
    return document.data


def written(**extra: str) -> dict[str, str]:
    """Return the files of a small pack, with further files added, as they are exported."""
    more = {f"{name}.yaml": text for name, text in extra.items()}
    return files(model_of({**HEADER, **FACTS, **more}))


# values and layout


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: not first_hidden_character(text)))
def test_any_text_comes_back(text: str) -> None:
    """Any text, with quotes, colons or line breaks, is read back unchanged."""
    for document in (
        {"facts": text},
        {"facts": {"ask": [text]}},
        {"facts": {"ask": {"because": text}, "b": [{"c": text}]}},
    ):
        assert read(yaml(document)) == document


@given(st.integers(-(10**39), 10**39), st.integers(-40, 40))
def test_any_number_comes_back(digits: int, exponent: int) -> None:
    """Every number that a rule file can contain is read back exactly, and its notation is short."""
    figure = digits * Fraction(10) ** exponent
    shown = number_text(figure.numerator if figure.denominator == 1 else figure)
    assert read(f"facts: {shown}") == {"facts": figure}
    assert len(shown) <= 45


def test_numbers_are_plain_where_that_is_short() -> None:
    """Only numbers that nobody would write out get an exponent."""
    shown = [number_text(figure) for figure in (0, -3, Fraction(1, 4), 1_000_000, 12345678901234567890123, 10**30)]
    assert shown == ["0", "-3", "0.25", "1000000", "12345678901234567890123", "1e30"]
    assert number_text(Fraction(-1, 10**30)) == "-1e-30"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Plain words (of one kind), here", "Plain words (of one kind), here"),
        ("yes", '"yes"'),
        ("12", '"12"'),
        ("2026-03-01", "2026-03-01"),
        ("time: now", '"time: now"'),
        ("", '""'),
        ("no-break\u00a0space", '"no-break\\u00a0space"'),
        ("two\nlines", '"two\\nlines"'),
    ],
)
def test_quotes_stand_only_where_they_are_needed(text: str, shown: str) -> None:
    """Text is written as people write it, and quoted where it would be read as something else."""
    assert yaml({"ask": text}) == f"ask: {shown}\n"


def test_long_text_and_long_entries_take_several_lines() -> None:
    """Short values take one line, long ones several, and no line is wider than a screen."""
    text = "A long reason that goes on and on. " * 8
    document = {
        "decision": "alarm",
        "rules": [
            {"id": "one", "when": {"warm": True}},
            {"id": "two", "because": text.strip(), "when": {"any": [{f"fact_{index}": index} for index in range(20)]}},
        ],
    }
    shown = yaml(document)
    assert read(shown) == document
    assert "  - {id: one, when: {warm: true}}\n" in shown
    assert "because: >-\n" in shown
    assert max(map(len, shown.splitlines())) <= WIDTH


# conditions and formulas


@pytest.mark.parametrize(
    ("given_condition", "shown"),
    [
        (WARM, {"warm": True}),
        (All((SMALL, LARGE)), {"size": {"below": 3, "above": 7}}),
        (All((SMALL, WARM, LARGE)), {"all": [{"size": {"below": 3}}, {"warm": True}, {"size": {"above": 7}}]}),
        (All((SMALL, SMALL)), {"all": [{"size": {"below": 3}}, {"size": {"below": 3}}]}),
        (All((WARM,)), {"all": [{"warm": True}]}),
        (All((WARM, All((SMALL,)))), {"warm": True, "all": [{"size": {"below": 3}}]}),
        (All((Not(WARM), Not(SMALL))), {"all": [{"not": {"warm": True}}, {"not": {"size": {"below": 3}}}]}),
        (AnyOf((WARM, Not(SMALL))), {"any": [{"warm": True}, {"not": {"size": {"below": 3}}}]}),
        (Count((WARM, SMALL), 2, 2), {"count": {"of": [{"warm": True}, {"size": {"below": 3}}], "at_least": 2}}),
    ],
)  # fmt: skip
def test_conditions_are_written_as_people_write_them(given_condition: Any, shown: Any) -> None:
    """Conditions that must all hold are written side by side where their names allow it."""
    assert condition_data(given_condition) == shown


@pytest.mark.parametrize(
    ("lowest", "highest", "shown"),
    [(1, 3, {"at_least": 1}), (0, 2, {"at_most": 2}), (1, 1, {"is": 1}), (1, 2, {"between": [1, 2]})],
)
def test_counts_say_their_bounds_in_one_word(lowest: int, highest: int, shown: Any) -> None:
    """The bounds of a count are written in the shortest way."""
    counted = condition_data(Count((WARM, SMALL, LARGE), lowest, highest))["count"]
    assert {name: entry for name, entry in counted.items() if name != "of"} == shown


def test_constants_have_the_notation_of_rule_files() -> None:
    """Sets become lists and dates take their usual form; numbers and texts stay as they are."""
    day = Test(Ref("fact", "day"), "between", (739676, 739677))
    places = Test(Ref("fact", "places"), "is", (frozenset({"left", "behind"}),))
    assert condition_data(All((day, places))) == {
        "day": {"between": ["2026-03-01", "2026-03-02"]},
        "places": ["behind", "left"],
    }


@pytest.mark.parametrize(
    "shown",
    [
        "size * 2 + 1",
        "2 * (size + 1)",
        "1 - (size - 2)",
        "1 - (size + 2)",
        "(size - 1) / 2",
        "size / (2 * level)",
        "-3 * size",
        "0 - size",
        "size / 2 * 3",
    ],
)
def test_formulas_keep_their_parentheses(shown: str) -> None:
    """Parentheses are written only where they change the value."""
    made = written(
        derived=f"derived: {{result: {{formula: {shown}}}}}",
        parameters="parameters: {level: {value: 1, range: [1, 2]}}",
    )
    assert made["derived.yaml"] == f"derived:\n  result: {{formula: {shown}}}\n"


def test_a_formula_that_is_nearly_too_long_is_written_without_spaces() -> None:
    """The longest formula that can be read can be read again after export."""
    total: Any = SIZE
    for _ in range(59):
        total = Arithmetic("+", total, ParameterRef("level_0"))
    assert len(formula_text(total)) > MOST_CHARACTERS
    assert len(value_data(total)) <= MOST_CHARACTERS


# whole packs


def test_a_table_comes_back_with_its_remarks() -> None:
    """Ids, reasons and interpretations get a column if any row has them; the text `any` is not a blank cell."""
    made = written(
        choice="decision: choice\noutputs: {far: {type: boolean}}\ntable:\n"
        "  - [id, warm, size, word, far, because, interpretation]\n"
        '  - [first, true, any, {is: any}, false, "", A reading.]\n'
        '  - [row-2, any, {above: 1, below: 3}, x, true, A reason., ""]\n'
        "otherwise: no_match"
    )
    assert read(made["decisions/choice.yaml"])["table"] == [
        ["id", "warm", "size", "word", "far", "because", "interpretation"],
        ["first", True, "any", {"is": "any"}, False, "", "A reading."],
        ["row-2", "any", {"above": 1, "below": 3}, "x", True, "A reason.", ""],
    ]


def test_statements_of_single_rows_are_a_column() -> None:
    """A table gets a column for statements that its rows cite apart from its own."""
    made = written(
        choice="decision: choice\nsource: one\noutputs: {far: {type: boolean}}\ntable:\n"
        "  - [warm, far, source]\n  - [true, true, two]\n  - [false, false, [one, two]]\notherwise: no_match",
        guidance="guidance: All\nstatements: {one: One., two: Two.}",
    )
    assert read(made["decisions/choice.yaml"])["table"][1:] == [[True, True, ["two"]], [False, False, ["one", "two"]]]


@pytest.mark.parametrize(
    ("facts", "column"),
    [("warm: {ask: Warm?, type: boolean}", "warm"), ("because: {ask: Why?, type: boolean}", "other.near")],
)
def test_a_table_in_which_nothing_matters_still_asks_about_something(facts: str, column: str) -> None:
    """A table has a fact column even if every cell in it is `any`."""
    made = files(
        model_of(
            {
                **HEADER,
                "facts.yaml": f"facts: {{{facts}}}",
                "choice.yaml": "decision: choice\noutputs: {far: {type: boolean}}\n"
                "table:\n  - [other.near, far]\n  - [any, true]",
                "list.yaml": ALWAYS_TRUE.format("list").replace("rules", "hit: collect, rules"),
                "other.yaml": ALWAYS_TRUE.format("other"),
            }
        )
    )
    assert read(made["decisions/choice.yaml"])["table"] == [[column, "far"], ["any", True]]


def test_decisions_keep_the_order_of_their_files() -> None:
    """The order of files can affect a result, so file names are kept, or numbered if there are none."""
    before = model_of(
        {**HEADER, **FACTS, "a.yaml": ALWAYS_TRUE.format("second"), "b.yaml": ALWAYS_TRUE.format("first")}
    )
    made = files(before)
    assert [name for name in made if name.startswith("decisions/")] == ["decisions/a.yaml", "decisions/b.yaml"]
    assert files(model_of(made)) == made
    placeless = {name: attrs.evolve(entry, place=NOWHERE) for name, entry in before.decisions.items()}
    made = files(attrs.evolve(before, decisions=placeless))
    assert {"decisions/001-second.yaml", "decisions/002-first.yaml"} < set(made)
    assert Pack(model_of(made)).digest == Pack(before).digest


def test_cases_start_from_the_nearest_patient(changed_greenhouse: Callable[..., Path]) -> None:
    """A case that differs a little from a named patient states only the differences."""
    folder = changed_greenhouse("cases/more.yaml", new="cases: More\npatients: {bare: {season: spring}}")
    model = hiprun.load(folder).model
    examples = {entry["id"]: entry for entry in documents(model)["cases/everything.yaml"]["examples"]}
    assert examples["hot-day"]["patient"] == "mild"
    assert examples["leaves-unknown"]["unknown"] == ["leaves", "pests"]
    assert set(documents(model)["patients.yaml"]["patients"]) == {"bare", "mild"}


def test_cases_without_a_file_get_one() -> None:
    """A model built by hand can be exported too."""
    given = {**HEADER, **FACTS, "tried/some.yaml": "cases: Some\nexamples: [{id: one, expect: refused}]"}
    model = model_of(given)
    assert "cases/tried/some.yaml" in files(model)
    placeless = attrs.evolve(model, examples=[attrs.evolve(entry, place=NOWHERE) for entry in model.examples])
    assert "cases/cases_1.yaml" in files(placeless)


def test_parameters_that_were_set_are_written(hip: hiprun.Pack, tmp_path: Path) -> None:
    """A pack with a clinic's own parameters can be exported as a pack."""
    name, parameter = next((name, entry) for name, entry in hip.parameters.items() if entry.highest is not None)
    clinic = hip.with_parameters(**{name: parameter.highest})
    write(files(clinic.model), tmp_path)
    assert hiprun.load(tmp_path).parameters[name].value == parameter.highest


# the command


def test_the_command_writes_a_pack_with_other_numbers(greenhouse_folder: Path, tmp_path: Path) -> None:
    """`hiprun export` writes rule files that load, with the parameters that were set."""
    folder = tmp_path / "new" / "rules"
    arguments = ["export", "--rules", str(greenhouse_folder), "--set", "heat_limit=28.5", str(folder)]
    result = CliRunner().invoke(application, arguments)
    assert result.exit_code == 0
    assert result.output == f"{len(list(folder.rglob('*.yaml')))} files written to {folder}\n"
    assert hiprun.load(folder).parameters["heat_limit"].value == Fraction(57, 2)


def test_the_command_prints_json(greenhouse_folder: Path) -> None:
    """The JSON has every file, with numbers as numbers."""
    result = CliRunner().invoke(application, ["export", "--rules", str(greenhouse_folder), "--to", "json"])
    data = json.loads(result.output)
    assert data["decisions/watering.yaml"]["table"][1] == ["spring", 2.5]
    assert data.keys() == files(hiprun.load(greenhouse_folder).model).keys()


@pytest.mark.slow
def test_the_command_overwrites_nothing(tmp_path: Path) -> None:
    """A folder that is not empty, one that cannot be written and a missing one are errors of the command."""
    (tmp_path / "mine.yaml").write_text("notes", encoding="utf-8")
    for arguments, message in (
        ([str(tmp_path)], "is not empty; nothing was written"),
        ([str(tmp_path / "mine.yaml")], "cannot be written"),
        ([], "Name the folder to write to"),
    ):
        result = CliRunner().invoke(application, ["export", *arguments])
        assert result.exit_code == 2
        assert message in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]
