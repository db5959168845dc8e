"""DMN decision tables as rule files: what is taken means the same, and what is left out is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from click.testing import CliRunner

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.interfaces.dmn import dmn_document, read_document, rule_files
from hiprun.interfaces.dmn.rule_files import MOST_ATTEMPTS

_INPUTS = {
    "Age": "number",
    "Risk Category": "string",
    "Affordable": "boolean",
    "Since": "date",
    "Until": "date",
    "Age Low": "number",
    "all": "integer",
}


def _cells(tag: str, texts: Any) -> str:
    return "".join(f"<{tag}><text>{escape(text)}</text></{tag}>" for text in texts)


def _table(name: str, hit: str, inputs: list[str], outputs: list[str], *rows: str, values: str = "") -> str:
    """Return a decision; a row has its input entries and output entries with `|` between them."""
    columns = "".join(
        f"<input><inputExpression><text>{escape(entry)}</text></inputExpression>"
        + (_cells("inputValues", ['"High", "Low"']) if entry == "Risk Category" else "")
        + "</input>"
        for entry in inputs
    )
    given = "".join(
        f'<output name="{entry}">{_cells("outputValues", [values] if values else [])}</output>' for entry in outputs
    )
    written = []
    for row in rows:
        cells = [cell.strip() for cell in row.split("|")]
        entries = _cells("inputEntry", cells[: len(inputs)]) + _cells("outputEntry", cells[len(inputs) :])
        written.append(f"<rule>{entries}{_cells('annotationEntry', ['Because.'])}</rule>")
    return f'<decision name="{name}"><decisionTable {hit}>{columns}{given}{"".join(written)}</decisionTable></decision>'


def _document(*decisions: str) -> str:
    data = "".join(f'<inputData name="{n}"><variable typeRef="{kind}"/></inputData>' for n, kind in _INPUTS.items())
    space = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    return f'<definitions xmlns="{space}" name="Small Tables">{data}{"".join(decisions)}</definitions>'


def _loaded(folder: Path, *decisions: str) -> hiprun.Pack:
    found = rule_files(read_document(_document(*decisions)))
    assert found.left_out == ()
    for name, text in found.texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return hiprun.load(folder)


def _left_out(*decisions: str) -> list[str]:
    return [problem.message for problem in rule_files(read_document(_document(*decisions))).left_out]


def test_a_table_means_the_same_as_rule_files(tmp_path: Path) -> None:
    """Comparisons, ranges, lists, `not`, dates and other tables decide as DMN says."""
    pack = _loaded(
        tmp_path,
        _table(
            "Offer", 'hitPolicy="FIRST"', ["Status", "Since"], ["Rate"], '"Fine" | < date("2020-01-01") | 1.5', "-|-|2"
        ),
        _table(
            "Status",
            'hitPolicy="UNIQUE"',
            ["Age", "Risk Category", "Affordable"],
            ["status"],
            '[18..65) | not("High") | true | "Fine"',
            '< 18, >= 65, null | "High", "Low" | - | "Not so"',
        ),
    )
    adult = {"age": 18, "risk_category": "low", "affordable": True}
    assert pack.decide("status", adult)["status_value"] == "fine"
    assert pack.decide("status", adult | {"age": 65})["status_value"] == "not_so"
    assert pack.decide("status", adult | {"risk_category": "high"}).status == "no_match"
    assert pack.decide("status", {}).status == "undetermined"
    assert pack.decide("offer", adult | {"since": "2019-12-31"})["rate"] * 2 == 3
    assert pack.decide("offer", adult | {"since": "2020-01-01"})["rate"] == 2
    assert pack.decisions["status"].rules[0].because == "Because."


@pytest.mark.parametrize(
    ("entry", "inside"),
    [("[1..3]", {1, 2, 3}), ("(1..3)", {2}), ("]1..3[", {2}), ("]1..3]", {2, 3}), ("[1..3[", {1, 2})],
)
def test_a_bracket_that_is_turned_outwards_leaves_its_number_out(tmp_path: Path, entry: str, inside: set[int]) -> None:
    """FEEL writes the ends of a range with round brackets, or with square ones turned outwards."""
    pack = _loaded(tmp_path, _table("Near", 'hitPolicy="FIRST"', ["Age"], ["near"], f"{entry} | 1", "- | 0"))
    assert {age for age in range(5) if pack.decide("near", {"age": age})["near"] == 1} == inside


def test_an_output_without_a_list_of_values_does_not_rank(tmp_path: Path) -> None:
    """Beside one that has such a list it takes what its row says; the row whose listed value is first comes first."""
    columns = (
        '<output name="level"><outputValues><text>"low", "high"</text></outputValues></output><output name="note"/>'
    )
    rows = [("&gt; 10", "high", "late"), ("&gt; 5", "low", "early"), ("-", "high", "never")]
    written = "".join(
        f"<rule><inputEntry><text>{test}</text></inputEntry>"
        + "".join(f'<outputEntry><text>"{value}"</text></outputEntry>' for value in values)
        + "</rule>"
        for test, *values in rows
    )
    ages = "<input><inputExpression><text>Age</text></inputExpression></input>"
    table = '<decision name="Level"><decisionTable hitPolicy="{}">{}</decisionTable></decision>'
    pack = _loaded(tmp_path, table.format("PRIORITY", ages + columns + written))
    for age, level, note in ((12, "low", "early"), (6, "low", "early"), (3, "high", "never")):
        outcome = pack.decide("level", {"age": age})
        assert (outcome["level"], outcome["note"]) == (level, note)
    (tmp_path / "listed").mkdir()
    listed = _loaded(tmp_path / "listed", table.format("OUTPUT ORDER", ages + columns + written))
    certain = [item for item in listed.decide("level", {"age": 12}).items if item.certainty == "certain"]
    assert [item.rule for item in certain] == ["row-2", "row-1", "row-3"]


@pytest.mark.parametrize(
    ("hit", "expected"),
    [
        ('hitPolicy="PRIORITY"', "low"),
        ('hitPolicy="COLLECT"', ("high", "low")),
        ('hitPolicy="RULE ORDER"', ("high", "low")),
        ('hitPolicy="OUTPUT ORDER"', ("low", "high")),
    ],
)
def test_hit_policies_rank_and_list(tmp_path: Path, hit: str, expected: Any) -> None:
    """The first of the output values wins, or comes first."""
    pack = _loaded(
        tmp_path, _table("Far", hit, ["Age"], ["far"], '> 1 | "High"', '> 2 | "Low"', values='"Low", "High"')
    )
    assert pack.decide("far", {"age": 3})["far"] == expected


def test_a_row_for_everyone_leaves_the_say_to_those_that_rank_above_it(tmp_path: Path) -> None:
    """Under PRIORITY the order of rows has no say, so nothing behind a row without tests is left out."""
    rows = ('- | "Low"', '> 2 | "High"')
    pack = _loaded(tmp_path, _table("Far", 'hitPolicy="PRIORITY"', ["Age"], ["far"], *rows, values='"High", "Low"'))
    assert [pack.decide("far", {"age": age})["far"] for age in (2, 3)] == ["low", "high"]


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", 30), ("MIN", 10), ("MAX", 20), ("COUNT", 2)])
def test_aggregations_calculate(tmp_path: Path, aggregation: str, expected: int) -> None:
    """COLLECT with an aggregation is a sum, an extreme or a count."""
    hit = f'hitPolicy="COLLECT" aggregation="{aggregation}"'
    pack = _loaded(tmp_path, _table("Far", hit, ["Age"], [""], "> 1 | 10", "> 2 | 20"))
    assert pack.decide("far", {"age": 3})["result"] == expected


@pytest.mark.parametrize(
    ("inputs", "row", "reason"),
    [
        (["Age"], "> Since | 1", "only numbers and dates compare"),
        (["Age"], "> Sin | 1", "no simple test"),
        (["Age"], "[1..2 | 1", "no simple test"),
        (["Age"], "[1,2] | 1", "no simple test"),
        (["Age"], "null | 1", "no simple test"),
        (["Age"], "not(3 | 1", "no simple test"),
        (["Age"], "3 4 | 1", "no simple test"),
        (["Age"], "> null | 1", "no simple test"),
        (["Age"], "1e3 | 1", "no simple test"),
        (["Age"], f"{'1' * 90} | 1", "no simple test"),
        (["Age"], f"{'1,' * 2000} 1 | 1", "no simple test"),
        (["Since"], 'date("2020-02-31") | 1', "no simple test"),
        (["Age"], "3 | Age + Since", "calculated"),
        (["Age"], "3 | Age + true", "calculated"),
        (["Age"], "3 | Age ** 2", "calculated"),
        (["Age"], "3 | (Age + 1", "calculated"),
        (["Age"], "3 | Age Age", "calculated"),
        (["Age"], "3 | Affordable", "calculated"),
        (["Age"], f"3 | {'(' * 30}1{')' * 30}", "calculated"),
        (["Age"], "3 | 1 / Age", "divide by zero"),
        (["Age"], "3 | null", "gives null"),
        (["Age"], '"three" | 1', "another type"),
        (["Risk Category"], '"Medium" | 1', "not among the values"),
        (["Age + 1"], "3 | 1", "not the name of an input"),
        (["Income"], "3 | 1", "type of `Income`"),
        (["Age"], "3 | 1 | 2", "too few or too many"),
    ],
)
def test_what_cannot_be_said_is_named(inputs: list[str], row: str, reason: str) -> None:
    """An entry, an output or an input beyond the language leaves the decision out, with the reason."""
    [message] = _left_out(_table("Far", "", inputs, ["far"], row))
    assert message.startswith("`Far` was left out: ")
    assert reason in message


def test_decisions_that_cannot_stand_are_named() -> None:
    """So are decisions that are no tables, go round in a circle, clash, or use what was left out."""
    literal = '<decision name="Sum"><literalExpression/></decision>'
    user = _table("Far", "", ["Sum"], ["far"], "3 | 1")
    assert _left_out(literal, user) == [
        "`Sum` was left out: it is not a decision table.",
        "`Far` was left out: the type of `Sum`, which was left out, is not known.",
    ]
    circle = [_table(one, "", [other], ["x"], "3 | 1") for one, other in (("A", "B"), ("B", "A"))]
    assert all("in a circle" in message for message in _left_out(*circle))
    several = [_table("A", "", ["Age"], ["x", "y"], "3|1|2"), _table("B", "", ["A"], ["z"], "3|1")]
    assert "more than one value" in _left_out(*several)[0]
    twice = [_table("A b", "", ["Age"], ["x"], "3|1"), _table("A-b", "", ["Age"], ["x"], "3|1")]
    assert "same name" in _left_out(*twice)[0]
    for hit, rows, reason in (
        ('hitPolicy="BEST"', ["3 | 1"], "no hit policy"),
        ("", [], "no rows"),
        ('hitPolicy="COLLECT" aggregation="SUM"', ["3 | Age"], "`age` is calculated"),
        ('hitPolicy="COLLECT" aggregation="SUM"', ["3 | true"], "has a mistake"),
        ('hitPolicy="ANY"', ["3 | Risk Category"], "agree on the text of an input"),
        ('hitPolicy="PRIORITY"', ["3 | 1"], "comes first"),
        ('hitPolicy="PRIORITY"', ['3 | "a"'], "comes first"),
        ("", ["3 | 1", '4 | "a"'], "several types"),
        ("", ['3 | "a b"', '4 | "a-b"'], "same name"),
    ):
        assert reason in _left_out(_table("Far", hit, ["Age"], ["far"], *rows))[0]
    ranked = _table("Far", 'hitPolicy="PRIORITY"', ["Age"], ["far"], "3 | 1", values='"a", "b"')
    assert "no texts" in _left_out(ranked)[0]
    alone = _table("Far", 'hitPolicy="PRIORITY"', ["Age"], ["far"], '3 | "a"', values='"a"')
    assert "has one value" in _left_out(alone)[0]


def test_a_table_does_not_use_another_of_nearly_the_same_name() -> None:
    """Of two tables whose names come to the same, the second is left out; nobody gets the first in its place."""
    tables = [_table(name, "", ["Age"], ["x"], f"3 | {value}") for name, value in (("A b", 1), ("A-b", 2))]
    assert _left_out(*tables, _table("Far", "", ["A-b"], ["far"], "2 | 1")) == [
        "`A-b` was left out: another decision has the same name.",
        "`Far` was left out: the type of `A-b`, which was left out, is not known.",
    ]


def test_a_mistake_outside_the_tables_leaves_all_of_them_out() -> None:
    """What no rule file may contain, such as an invisible character in the name of a document, leaves nothing."""
    document = _document(*(_table(name, "", ["Age"], ["x"], "3 | 1") for name in ("A", "B")))
    found = rule_files(read_document(document.replace("Small Tables", "Small\u200b Tables")))
    assert found.texts == {}
    assert [problem.subject for problem in found.left_out] == ["A", "B"]
    assert all("invisible character (zero width space" in problem.message for problem in found.left_out)


@pytest.mark.parametrize("others", [MOST_ATTEMPTS, MOST_ATTEMPTS + 1])
def test_tables_are_given_up_one_by_one_only_so_often(others: int) -> None:
    """Each of these has a mistake and stands in the way of the next; after some, all that are left go at once."""
    wrong = [
        _table(f"T{number}", 'hitPolicy="COLLECT" aggregation="SUM"', ["Risk Category"], ["x"], "- | true").replace(
            '"High", "Low"', f'"High", "Low", "Level {number}"'
        )
        for number in range(others)
    ]
    right = _table("Right", "", ["Risk Category"], ["x"], '"High" | 1')
    found = rule_files(read_document(_document(*wrong, right)))
    assert [problem.subject for problem in found.left_out][:others] == [f"T{number}" for number in range(others)]
    assert all("has a mistake" in problem.message for problem in found.left_out)
    assert list(found.texts) == (["pack.yaml", "facts.yaml", "right.yaml"] if others == MOST_ATTEMPTS else [])


def test_a_literal_that_begins_with_the_name_of_an_input_is_one(tmp_path: Path) -> None:
    """Beside inputs called `date` and `tr`, dates and truths are read as ever, and the names as those of inputs."""
    inputs = "".join(f'<inputData name="{n}"><variable typeRef="{n}"/></inputData>' for n in ("date", "boolean"))
    inputs += '<inputData name="tr"><variable typeRef="number"/></inputData>'
    rows = ('> date("2020-01-01") | true | 7 | tr + 1', "date | - | - | 2")
    pack = _loaded(tmp_path, inputs, _table("Far", 'hitPolicy="FIRST"', ["date", "boolean", "tr"], ["far"], *rows))
    given = {"date": "2020-01-02", "boolean": True, "tr": 7}
    assert pack.decide("far", given)["far"] == 8
    assert pack.decide("far", given | {"date": "2020-01-01"})["far"] == 2


def test_a_text_that_a_table_gives_can_be_tested(tmp_path: Path) -> None:
    """Also where all its rows give the same, with signs that mean something in texts of rule files."""
    pack = _loaded(
        tmp_path,
        _table("Label", 'hitPolicy="FIRST"', ["Age"], ["label"], '> 3 | "a {b}"'),
        _table("Far", 'hitPolicy="FIRST"', ["Label"], ["far"], '"a {b}" | 1', "- | 2"),
    )
    assert pack.decide("label", {"age": 4})["label"] == "a {b}"
    assert [pack.decide("far", {"age": age})["far"] for age in (3, 4)] == [2, 1]


def test_entries_compare_with_other_inputs_and_calculate(tmp_path: Path) -> None:
    """An end of a range may be another input, and an output a sum or product of inputs, or the text of one."""
    pack = _loaded(
        tmp_path,
        _table("Within", 'hitPolicy="FIRST"', ["Age"], ["within"], "[Age Low..9] | 1", "- | 0"),
        _table("Later", 'hitPolicy="FIRST"', ["Since"], ["later"], "> Until | Since", "- | Until"),
        _table("Dose", 'hitPolicy="FIRST"', ["Age"], ["dose"], "< 3 | -(Age Low - 2.5 * Age) / 4", "- | Age"),
        _table("Level", 'hitPolicy="COLLECT"', ["Risk Category"], ["level"], '- | "a {b}"', "- | Risk Category"),
    )
    found = {"age": 2, "age_low": 1, "since": "2020-01-02", "until": "2020-01-01", "risk_category": "high"}
    assert pack.decide("within", found)["within"] == 1
    assert pack.decide("within", found | {"age_low": 3})["within"] == 0
    assert pack.decide("within", {"age": 2}).status == "undetermined"
    assert str(pack.decide("later", found)["later"]) == "2020-01-02"
    assert str(pack.decide("later", found | {"until": "2021-01-01"})["later"]) == "2021-01-01"
    assert pack.decide("dose", found)["dose"] == 1
    assert pack.decide("dose", found | {"age": 3})["dose"] == 3
    assert [item.outputs["level"] for item in pack.decide("level", found).items or ()] == ["a {b}", "High"]


def test_what_was_left_out_is_asked_where_its_type_is_known(tmp_path: Path) -> None:
    """A decision that is no table becomes a fact of the tables that use it, and this is said."""
    installment = '<decision name="Sum"><variable name="Sum" typeRef="number"/><literalExpression/></decision>'
    user = _table("Far", 'hitPolicy="FIRST"', ["Sum"], ["far"], "> 3 | 1", "- | 2")
    found = rule_files(read_document(_document(installment, user)))
    [problem] = found.left_out
    assert problem.message == "`Sum` was left out: it is not a decision table."
    assert "as a fact" in problem.help
    for name, text in found.texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert hiprun.load(tmp_path).decide("far", {"sum": 4})["far"] == 1
    lists = _table("All", 'hitPolicy="COLLECT"', ["Risk Category"], ["all"], "- | Risk Category")
    named = _table("One", 'hitPolicy="FIRST"', ["Risk Category"], ["one"], "- | Risk Category", '- | "None"')
    tests = [_table("Two", "", [used], ["two"], '"High" | 1') for used in ("All", "One")]
    assert "more than one value" in _left_out(lists, tests[0])[0]
    assert "takes from an input" in _left_out(named, tests[1])[0]


def test_types_that_a_document_defines_are_known(tmp_path: Path) -> None:
    """Other names of basic types, with their values, and the parts of structures."""
    defined = """
      <itemDefinition name="tRisk">
        <typeRef>tWords</typeRef><allowedValues><text>"High", "Low"</text></allowedValues>
      </itemDefinition>
      <itemDefinition name="tWords"><typeRef>feel:string</typeRef></itemDefinition>
      <itemDefinition name="tRound"><typeRef>tRound</typeRef></itemDefinition>
      <itemDefinition name="tMany" isCollection="true"><typeRef>string</typeRef></itemDefinition>
      <itemDefinition name="tLoan">
        <itemComponent name="Part">
          <itemComponent name="Size"><typeRef>number</typeRef></itemComponent>
        </itemComponent>
        <itemComponent name="Risk"><typeRef>tRisk</typeRef></itemComponent>
      </itemDefinition>
      <inputData name="Loan"><variable typeRef="tLoan"/></inputData>
      <inputData name="Round"><variable typeRef="tRound"/></inputData>
      <inputData name="Many"><variable typeRef="tMany"/></inputData>
    """
    table = _table("Far", "", ["Loan.Part.Size", "Loan.Risk"], ["far"], '> 3 | "High" | 1', "<= 3 | - | 2")
    pack = _loaded(tmp_path, defined, table)
    assert pack.facts["loan_risk"].domain.choices == {"high": "High", "low": "Low"}
    assert pack.decide("far", {"loan_part_size": 3})["far"] == 2
    for unknown in ("Round", "Many", "Loan", "Loan.Rest", "Loan.Part", "Nothing.Size"):
        assert (
            f"the type of `{unknown}` is not known"
            in _left_out(defined, _table("Far", "", [unknown], ["far"], "1|1"))[0]
        )


def test_what_is_written_can_be_loaded(tmp_path: Path) -> None:
    """Reserved words, names of files, and rows that are never reached do not stand in the way."""
    pack = _loaded(
        tmp_path,
        _table("Pack", 'hitPolicy="FIRST"', ["Age"], ["all"], '3 | "all"', '- | "any"', '4 | "not"'),
        _table("Facts", 'hitPolicy="FIRST"', ["all"], ["count"], "> 3 | 1").replace(
            '<output name="count">', f'<output name="count">{_cells("defaultOutputEntry", ["2"])}'
        ),
    )
    assert pack.decide("pack", {"age": 4})["all_value"] == "any_value"
    assert pack.decide("facts", {"all_value": 1})["count_value"] == 2
    same = _table("Far", "", ["Age"], ["a b", "a-b"], "3 | 1 | 2")
    assert "two of its outputs have the same name" in _left_out(same)[0]


def test_defaults_and_dates_are_taken(tmp_path: Path) -> None:
    """A default output is the answer without a match, and dates come out as dates."""
    table = _table("Due", "", ["Age"], ["due"], '3 | date("2026-01-02")')
    default = _cells("defaultOutputEntry", ['date("2026-01-01")'])
    pack = _loaded(tmp_path, table.replace('<output name="due">', f'<output name="due">{default}'))
    assert [str(pack.decide("due", {"age": age})["due"]) for age in (3, 4)] == ["2026-01-02", "2026-01-01"]


def test_an_input_has_one_declaration() -> None:
    """A table that declares other values of an input than one before it is left out."""
    other = _table("Near", "", ["Risk Category"], ["x"], '"High" | 1').replace('"High", "Low"', '"High", "Mid"')
    [message] = _left_out(_table("Far", "", ["Risk Category"], ["x"], '"High" | 1'), other)
    assert "declared in two ways" in message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><definitions>&a;</definitions>', "entities"),
        ("<definitions>", "not well-formed"),
        ("<html/>", "no `definitions`"),
        ("<definitions>" + " " * 1_000_000 + "</definitions>", "characters"),
    ],
)
def test_documents_are_read_with_care(text: str, reason: str) -> None:
    """Entities are never expanded, and whatever is no document is refused."""
    with pytest.raises(hiprun.RuleError, match=reason):
        read_document(text)


def test_tables_go_out_and_come_back(tmp_path: Path) -> None:
    """The command takes a table that `hiprun dmn export` wrote; for complete patients it answers the same."""
    file, folder = tmp_path / "phase.dmn", tmp_path / "again"
    pack = hiprun.load()
    file.write_text(dmn_document(pack, ["phase"]), encoding="utf-8")
    result = CliRunner().invoke(application, ["dmn", "import", str(file), str(folder)])
    assert result.exit_code == 0, result.output
    again = hiprun.load(folder)
    [fact] = again.facts
    [(name, decision)] = again.decisions.items()
    for choice in pack.facts[fact].domain.choices:
        given = pack.decide("phase", {fact: choice})
        assert (
            again.decide(name, {fact: choice})[decision.outputs[0].name]
            == given[pack.decisions["phase"].outputs[0].name]
        )
    full = CliRunner().invoke(application, ["dmn", "import", str(file), str(folder)])
    assert (full.exit_code, "not empty" in full.output) == (2, True)
    used = '<decision name="Sum"><variable name="Sum" typeRef="number"/></decision>'
    file.write_text(_document(used, _table("Far", "", ["Sum"], ["far"], "1 | 1")), encoding="utf-8")
    named = CliRunner().invoke(application, ["dmn", "import", str(file), str(tmp_path / "new")])
    words = "`Sum` was left out: it is not a decision table. Tables that use it ask for its value as a fact."
    assert (named.exit_code, words in named.output) == (1, True)
    missing = CliRunner().invoke(application, ["dmn", "import", str(tmp_path / "no.dmn"), str(tmp_path / "other")])
    assert (missing.exit_code, "cannot be read" in missing.output) == (2, True)
