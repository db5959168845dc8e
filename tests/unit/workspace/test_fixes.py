"""A problem can be mended by an edit where its help says what to write; what is offered has been tried."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hiprun.workspace import Workspace, open_workspace, workspace_of

from ...examples import examples

BROKEN = Path(__file__).parent.parent.parent / "broken"
FACTS = "facts:\n  warm: {ask: Is it warm?, type: boolean}   # the only one\n"
PACK = "pack: p\nlanguage: 2\nversion: 1.0.0\ntitle: Some\n"
RULES = "decision: d\noutputs: {o: {type: boolean}}\nrules:\n  - {id: one, when: {%s}, then: {o: true}}\notherwise: no_match\n"


def titles(workspace: Workspace) -> list[list[str]]:
    """Return the titles of the fixes of each problem."""
    return [[fix.title for fix in workspace.fixes(problem)] for problem in workspace.problems[:3]]


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("at-least-sign", [["Write `{at_least: 20}`"]]),
        ("bad-id", [["Write `never-both`"]]),
        ("between-upside-down", [["Write the lower one first"]]),
        ("choice-unknown", [["Write `wet`"]]),
        ("colon-in-text", [["Put the text in quotes"]]),
        (
            "comparison-as-condition",
            [
                ["Write `{degrees: {above: 30}}`"],
                ["Write `{all: [{degrees: {at_most: 0}}, {wet: true}]}`"],
                ["Write `{degrees: {is_not: 3}}`"],
            ],
        ),
        ("condition-as-list", [["All of these must hold: `all`", "One of these is enough: `any`"]]),
        ("curly-quotes-around-name", [["Write straight quotes"]]),
        ("decimal-comma-in-braces", [["Write `1.5`"], ["Write `-2.25`"]]),
        ("fact-unknown", [["Write `temperature`", "Declare the fact `temprature`"]]),
        ("no-break-space", [["Write an ordinary space"], ["Write an ordinary space"]]),
        ("no-space-after-dash", [["Write `- warm`"]]),
        ("no-space-before-brace", [["Write a space after the colon"]]),
        ("number-for-true-or-false", [["Write `true`", "Write `false`"]]),
        ("order-outside-collect", [["Delete `order`"]]),
        ("otherwise-under-sum", [["Delete `otherwise`"]]),
        ("output-of-decision-unknown", [["Write `advice`"]]),
        (
            "parameter-constraint-misspelt",
            [["Write `wait_to` in all 2 places"]],
        ),
        ("range-with-dash", [["Write `[3, 5]`"], ["Write `{between: [10, 20]}`"], []]),
        ("rule-cites-nothing", [["Cite `signs.tired`: Tired patients call."]]),
        ("same-choice-twice", [["Delete `dry`"]]),
        ("statement-never-cited", [["Cite it in the rule `visit.ill`"]]),
        ("statement-unknown", [["Write `signs.tired`", "Declare the statement `sign.tired`"]]),
        ("tab-indentation", [["Write two spaces for each tab"]] * 3),
        ("windows-1252", [[]]),
        ("yes-and-no", [['Write `"yes"`'], ['Write `"no"`']]),
        ("zero-width-space", [["Delete the invisible character"]]),
        ("no-pack-file", [[]]),
        ("expectation-of-unknown-decision", [["Write `visit`"]]),
        ("word-for-number", [["Write `temperature`"]]),
    ],
)
def test_help_is_an_edit_where_it_says_what_to_write(folder: str, expected: list[list[str]]) -> None:
    """What is offered for small packs with one kind of mistake each, problem by problem."""
    assert titles(open_workspace(BROKEN / folder)) == expected


@pytest.mark.parametrize(
    ("condition", "title", "mended"),
    [
        ("degrees: {above: 2 × 3}", "Write `*`", "2 * 3"),
        ("degrees: {above: 6 ÷ 3}", "Write `/`", "6 / 3"),
        ("degrees: {above: (2)²}", "Write `^ 2`", "(2) ^ 2"),
        ("degrees: {above: 2 * .5}", "Write `0.`", "2 * 0.5"),
        ("degrees: {above: (2 + 3}", "Add `)`", "(2 + 3)"),
        ("degrees: {above: 2 + 3)}", "Delete `)`", "2 + 3}"),
        ('degrees: {above: "2 * 38,5"}', "Write a point", '{above: "2 * 38.5"}'),
        ("degrees: {above: 0x1f}", "Write `31`", "{above: 31}"),
        ("steps: {is: 2.5}", "Write `3`", "steps: {is: 3}"),
        ("season: [winter, summer]", "Write `{one_of: [winter, summer]}`", "season: {one_of: [winter, summer]}"),
        ("steps: {between: [5, 2]}", "Write the lower one first", "between: [2, 5]"),
        ("season: 1", "Write `winter`", "season: winter"),
        ("warm: 1", "Write `true`", "warm: true"),
        ("sesaon: summer", "Write `season`", "season: summer"),
    ],
)
def test_what_a_condition_should_say_is_written(condition: str, title: str, mended: str) -> None:
    """Each correction is written where it belongs, and nothing else changes."""
    facts = (
        "facts:\n  warm: {ask: Warm?, type: boolean}\n  degrees: {ask: How warm?, type: number, range: [0, 100]}\n"
        "  steps: {ask: How many?, type: integer, range: [0, 100]}\n  season: {ask: When?, type: choice, choices: [winter, summer]}\n"
    )
    workspace = workspace_of({"p/facts.yaml": facts, "p/pack.yaml": PACK, "p/d.yaml": RULES % condition})
    problem = workspace.problems[0]
    fixes = [fix for fix in workspace.fixes(problem) if fix.title == title]
    assert [mended in workspace.edited(fix.edits).text("p/d.yaml") for fix in fixes] == [True], workspace.fixes(problem)


MENDABLE = sorted(path.name for path in BROKEN.iterdir() if path.is_dir() and not (path / "make.yaml").exists())


@pytest.mark.slow
def test_each_fix_mends_its_problem(tmp_path: Path) -> None:
    """After it, the problem is gone, and there is no new one but what could not be seen before it was mended.

    One broken pack in eight is tried, all of them with HIPRUN_EXAMPLES=8.
    """
    fixed = problems = 0
    for folder in MENDABLE[:: max(1, 8 // examples(1))]:
        shutil.copytree(BROKEN / folder, tmp_path / folder, ignore=shutil.ignore_patterns("expected.txt"))
        workspace = open_workspace(tmp_path / folder)
        before = {(problem.code, problem.message) for problem in workspace.problems}
        for problem in workspace.problems:
            fixes = workspace.fixes(problem)
            problems += 1
            fixed += bool(fixes)
            for fix in fixes[:3]:
                after = workspace.edited(fix.edits).problems
                assert (problem.code, problem.place) not in [(other.code, other.place) for other in after], folder
                in_one_file = [result for result in workspace.results.values() if problem in result.problems]
                new = [other.message for other in after if (other.code, other.message) not in before]
                assert in_one_file or new == [], folder
    assert fixed > problems / 4


@pytest.mark.parametrize(
    ("rules", "title", "mended"),
    [
        (
            "rules:\n  id: one\n  then: {o: true}\n",
            "Make it one entry of a list",
            "rules:\n  - id: one\n    then: {o: true}\n",
        ),
        (
            "rules:\n  - id: one\n    when:\n      or:\n        warm: true\n        cold: true\n    then: {o: true}\n",
            "Make each line an entry of a list, under `any`",
            "when:\n      any:\n        - warm: true\n        - cold: true\n",
        ),
        (
            "rules:\n  - id: one\n    when:\n      - warm: true\n        cold: true\n      - cold: true\n    then: {o: true}\n",
            "One of these is enough: `any`",
            "when: {any: [{warm: true, cold: true}, {cold: true}]}\n",
        ),
        (
            "rules:\n  - {id: one, when: [{warm: true}, {cold: true}], then: {o: true}}\n",
            "One of these is enough: `any`",
            "when: {any: [{warm: true}, {cold: true}]}, then",
        ),
    ],
)
def test_lists_and_groups_are_written_where_they_belong(rules: str, title: str, mended: str) -> None:
    """A mapping becomes a list, and a list of conditions a group, with what they hold as it was."""
    facts = "facts:\n  warm: {ask: Warm?, type: boolean}\n  cold: {ask: Cold?, type: boolean}\n"
    decision = f"decision: d\noutputs: {{o: {{type: boolean}}}}\n{rules}otherwise: no_match\n"
    workspace = workspace_of({"p/facts.yaml": facts, "p/pack.yaml": PACK, "p/d.yaml": decision})
    (fix,) = [fix for fix in workspace.fixes(workspace.problems[0]) if fix.title == title]
    assert mended in workspace.edited(fix.edits).text("p/d.yaml")


def test_a_name_that_is_wrong_twice_in_a_line_is_put_right_in_both_places() -> None:
    """Each place is written anew where it is, not where the same words come first."""
    other = RULES.replace("decision: d\noutputs: {o:", "decision: other\noutputs: {late:").replace(
        "{o: true}", "{late: true}"
    )
    texts = {
        "p/facts.yaml": FACTS,
        "p/pack.yaml": PACK,
        "p/other.yaml": other % "warm: true",
        "p/d.yaml": RULES % "any: [{other.leta: true}, {warm: false, other.leta: false}]",
    }
    workspace = workspace_of(texts)
    (fix,) = [fix for fix in workspace.fixes(workspace.problems[0]) if fix.title == "Write `late` in all 2 places"]
    mended = workspace.edited(fix.edits)
    assert mended.problems == ()
    assert "any: [{other.late: true}, {warm: false, other.late: false}]" in mended.text("p/d.yaml")


def test_a_bracket_may_be_closed_lines_after_it_was_opened() -> None:
    """The end of each of the next lines is tried, and offered where the file can be read then."""
    rules = RULES.replace("when: {%s}", "when: {all: [\n      {warm: true},\n      {warm: false}\n    }")
    workspace = workspace_of({"p/facts.yaml": FACTS, "p/pack.yaml": PACK, "p/d.yaml": rules})
    (fix,) = workspace.fixes(workspace.problems[0])
    assert fix.title == "Add `]` at the end of line 6"
    assert workspace.edited(fix.edits).problems == ()


def test_in_a_file_that_cannot_be_read_only_the_line_is_changed() -> None:
    """In a long file with a bracket that is never closed, entries cannot be told apart."""
    padding = "# nothing\n" * 10_000
    workspace = workspace_of({"p/facts.yaml": f"facts:\n  cold:\n{padding}  dry: [\n"})
    assert workspace.tree("p/facts.yaml") is None
    fixes = {problem.code: [fix.title for fix in workspace.fixes(problem)] for problem in workspace.problems}
    assert fixes == {"no-value": ["Delete the line"], "unclosed-bracket": ["Add `]` at the end of line 10003"]}


@pytest.mark.slow
def test_no_help_stops_being_an_edit() -> None:
    """Of the problems of the broken packs, more than half can be mended by an edit."""
    workspaces = [open_workspace(BROKEN / folder) for folder in MENDABLE]
    mended = [bool(workspace.fixes(problem)) for workspace in workspaces for problem in workspace.problems]
    assert sum(mended) >= 281


@pytest.mark.parametrize(
    ("condition", "declared"),
    [
        ("cold: true", "  cold: {ask: Cold?, type: boolean}\n"),
        ("night_pain: {at_least: 3}", "  night_pain: {ask: Night pain?, type: number, range: [0, 100]}\n"),
        ("colour: red", "  colour: {ask: Colour?, type: choice, choices: [red, not_red]}\n"),
    ],
)
def test_a_fact_is_declared_with_the_type_that_it_needs(condition: str, declared: str) -> None:
    """After the last one, with a question to reword; then the pack is right."""
    workspace = workspace_of({"p/facts.yaml": FACTS, "p/pack.yaml": PACK, "p/d.yaml": RULES % condition})
    fix = next(fix for fix in workspace.fixes(workspace.problems[0]) if fix.title.startswith("Declare"))
    mended = workspace.edited(fix.edits)
    assert mended.text("p/facts.yaml") == f"{FACTS}{declared}"
    assert mended.problems == ()


def test_nothing_can_be_declared_where_nothing_is() -> None:
    """Without a file of facts, there is no place for one."""
    workspace = workspace_of({"p/pack.yaml": PACK, "p/d.yaml": RULES % "cold: true"})
    assert titles(workspace) == [[]]


@pytest.mark.parametrize(
    ("source", "cited"),
    [
        ("", "  - id: warm-days\n    then: {o: true}\n    source: about.warm-days\n"),
        ("    source: about.cold\n", "    source: [about.cold, about.warm-days]\n"),
        ("    source: [about.cold]\n", "    source: [about.cold, about.warm-days]\n"),
    ],
)
def test_a_statement_is_cited_in_the_rule_that_is_most_like_it(source: str, cited: str) -> None:
    """Beside the statements that the rule cites already."""
    rules = (
        "decision: d\nsource: about.cold\noutputs: {o: {type: boolean}}\nhit: first\nrules:\n"
        f"  - id: warm-days\n    then: {{o: true}}\n{source}otherwise: no_match\n"
    )
    guidance = "guidance: G\nstatements:\n  about.cold: It is cold.\n  about.warm-days: On warm days, open it.\n"
    workspace = workspace_of({"p/pack.yaml": PACK, "p/facts.yaml": FACTS, "p/d.yaml": rules, "p/g.yaml": guidance})
    problem = next(problem for problem in workspace.problems if problem.code == "never-cited")
    (fix,) = workspace.fixes(problem)
    assert cited in workspace.edited(fix.edits).text("p/d.yaml")


@pytest.mark.parametrize(("empty", "expected"), [('""', ["Write `row-2-2`"]), ("''", [])])
def test_only_what_is_in_the_line_is_replaced(empty: str, expected: list[str]) -> None:
    """The id of a row that is left empty is written where it is empty as the correction has it, and nowhere else."""
    table = f"table:\n  - [id, warm, o]\n  - [row-2, true, true]\n  - [{empty}, false, false]\n"
    rules = f"decision: d\noutputs: {{o: {{type: boolean}}}}\n{table}otherwise: no_match\n"
    workspace = workspace_of({"p/pack.yaml": PACK, "p/facts.yaml": FACTS, "p/d.yaml": rules})
    assert [problem.code for problem in workspace.problems] == ["duplicate-id"]
    assert titles(workspace) == [expected]


def test_rows_of_tables_are_not_given_citations() -> None:
    """Their columns would have to change, for a row that cites nothing as well as for a statement that nothing cites."""
    rules = "decision: d\nsource: about.cold\noutputs: {o: {type: boolean}}\ntable:\n  - [id, warm, o]\n  - [warm-days, true, true]\notherwise: no_match\n"
    guidance = "guidance: G\nstatements:\n  about.cold: It is cold.\n  about.warm-days: On warm days, open it.\n"
    workspace = workspace_of({"p/pack.yaml": PACK, "p/facts.yaml": FACTS, "p/d.yaml": rules, "p/g.yaml": guidance})
    assert titles(workspace) == [[]]
    without = workspace.with_texts({"p/d.yaml": rules.replace("source: about.cold\n", "")})
    assert [problem.code for problem in without.problems][:1] == ["cites-nothing"]
    assert titles(without)[0] == []
