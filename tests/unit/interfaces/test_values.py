"""Facts on the command line or in a file: read by the types that the pack declares, not as YAML guesses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hiprun.interfaces.cli.application import application

from .. import small_packs

FACTS = """\
facts:
  country: {ask: Which?, type: choice, choices: ["no", se, "null"]}
  seen: {ask: Where?, type: set, choices: ["no", "off", "y"]}
  name: {ask: Who?, type: string}
  wet: {ask: Is it wet?, type: boolean}
"""
WHERE = """\
decision: where
title: Where
outputs: {cc: {type: choice, choices: ["no", other]}}
hit: first
rules:
  - {id: norway, when: {country: "no"}, then: {cc: "no"}}
  - {id: wet, when: {wet: true, name: x, seen: {includes: "no"}}, then: {cc: "no"}}
otherwise: {cc: other}
"""


@pytest.fixture
def rules(tmp_path: Path) -> str:
    """Return the folder of a pack whose facts have values that YAML takes for something else."""
    small_packs.load(tmp_path / "rules", facts=FACTS, where=WHERE)
    return str(tmp_path / "rules")


def run(*words: str, said: str = "") -> Result:
    """Run a command."""
    result = CliRunner().invoke(application, words, input=said)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize(
    ("word", "taken"),
    [
        ("country=no", {"country": "no"}),
        ("country={one_of: [no, se]}", {"country": {"one_of": ["no", "se"]}}),
        ("country=null", {"country": "null"}),
        ("country=~", {}),
        ("seen=[no, y, off]", {"seen": ["no", "off", "y"]}),
        ("seen={includes: off}", {"seen": {"includes": "off"}}),
        ("name=123", {"name": "123"}),
        ("name=1,5: [a # b", {"name": "1,5: [a # b"}),
        ("name='123'", {"name": "123"}),
        ("name={one_of: [007, yes]}", {"name": {"one_of": ["007", "yes"]}}),
        ("name=null", {}),
        ("wet=true", {"wet": True}),
    ],
)
def test_a_value_is_read_by_the_type_of_its_fact(rules: str, word: str, taken: dict[str, object]) -> None:
    """Choices, lists of them and texts stay words, whatever YAML would read; `null` means unknown."""
    result = run("eval", "where", "--rules", rules, "--json", word)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["where"]["facts"] == taken


def test_booleans_are_only_true_and_false(rules: str) -> None:
    """For a boolean fact, `yes` is rejected."""
    result = run("eval", "where", "--rules", rules, "wet=yes")
    assert result.exit_code == 2
    assert "Write `true`" in result.stderr


def test_files_of_facts_are_read_in_the_same_way(rules: str, tmp_path: Path) -> None:
    """In a file of facts, or from standard input, a choice called `no` and a text of digits need no quotes either."""
    file = tmp_path / "facts.yaml"
    file.write_text("country: no\nname: 123\nseen: [off, y]\nwet: null\n")
    expected = {"country": "no", "seen": ["off", "y"], "name": "123"}
    for result in (
        run("eval", "where", "--rules", rules, "--json", "--facts", str(file)),
        run("eval", "where", "--rules", rules, "--json", "--facts", "-", said=file.read_text()),
    ):
        assert json.loads(result.stdout)["where"]["facts"] == expected
    file.write_text("country: ~\nname: null\nwet: no\n")
    assert "neither `true` nor `false`" in run("eval", "where", "--rules", rules, "--facts", str(file)).stderr


def test_outputs_are_asked_for_by_their_words(rules: str) -> None:
    """`--why-not` and `--ways-to` read the values of outputs by their types too."""
    assert "norway" in run("explain", "where", "--rules", rules, "country=se", "wet=false", "--why-not", "cc=no").stdout
    assert "country: se -> no" in run("explain", "where", "--rules", rules, "country=se", "--ways-to", "cc=no").stdout
    unknown = run("explain", "whre", "--rules", rules, "--ways-to", "cc=no")
    assert (unknown.exit_code, "Did you mean `where`?" in unknown.stderr) == (2, True)


def test_a_search_that_is_not_exact_does_not_say_that_there_is_no_way(tmp_path: Path) -> None:
    """The only change is to a third, which has no decimals."""
    amounts = "type: number, range: [0, 9]"
    facts = f"facts:\n  oats: {{ask: Oats?, {amounts}}}\n  rye: {{ask: Rye?, {amounts}, changeable: false}}\n"
    rule = "rules: [{id: third, when: {rye: 3 * oats}, then: {go: true}}]\notherwise: {go: false}\n"
    small_packs.load(tmp_path, facts=facts, d=f"decision: d\noutputs: {{go: {{type: boolean}}}}\nhit: first\n{rule}")
    asked = ("explain", "d", "--rules", str(tmp_path), "rye=1", "--ways-to", "go=true")
    assert "None was found." in run(*asked, "oats=1").stdout
    assert "That is already the answer." in run(*asked[:-3], "rye=3", *asked[-2:], "oats=1").stdout


@pytest.mark.parametrize(("fact", "help"), [("wet", "`wet=true`"), ("country", "`country=no`"), ("name", "`name=…`")])
def test_a_fact_in_place_of_a_decision(rules: str, fact: str, help: str) -> None:
    """A fact without a value is distinguished from an unknown decision, with how to write it."""
    result = run("eval", "--rules", rules, fact)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"`{fact}` is a fact, and needs a value. [fact-without-value]\n")
    assert f"Write {help}." in result.stderr
    assert "unknown-decision" in run("eval", "--rules", rules, "cloudy").stderr


@pytest.mark.parametrize("command", ["check", "test", "verify", "mutate"])
def test_rules_are_named_in_either_way(command: str, rules: str) -> None:
    """Commands that take a folder also take it as `--rules`, but not both."""
    by_option, by_place = (
        re.sub(r"[0-9.]+ s\b", "", run(command, *words).stdout) for words in (("--rules", rules), (rules,))
    )
    assert by_option == by_place != ""
    twice = run(command, rules, "--rules", rules)
    assert (twice.exit_code, "give only one of them" in twice.stderr) == (2, True)


def test_a_word_that_no_case_has_is_a_mistake(rules: str) -> None:
    """If `-k` selects no case, that is a mistake, with a suggestion."""
    result = run("test", "-k", "dull-pian-3")
    assert result.exit_code == 2
    assert "No case has `dull-pian-3` in its file, id or title. [no-case]" in " ".join(result.stderr.split())
    assert "Did you mean `dull-pain-3`?" in result.stderr
    assert "The rules have no cases." in run("test", "-k", "any", rules).stderr


def test_mistakes_as_data(rules: str, tmp_path: Path) -> None:
    """`check --json` prints every mistake with its code, message and place, or the counts of the pack."""
    good = run("check", rules, "--json")
    assert (good.exit_code, good.stderr) == (0, "")
    data = json.loads(good.stdout)
    assert (data["ok"], data["problems"], data["counts"]["rules"]) == (True, [], 2)
    Path(rules, "where.yaml").write_text(WHERE.replace("wet: true", "wit: true"))
    bad = run("check", "--json", rules)
    assert (bad.exit_code, bad.stderr) == (2, "")
    [first] = json.loads(bad.stdout)["problems"]
    assert first == {
        "code": "unknown-name",
        "message": "There is nothing called `wit`.",
        "help": "Did you mean `wet`?",
        "file": "rules/where.yaml",
        "line": 7,
        "column": 22,
        "width": 3,
        "also": [],
    }
    nowhere = json.loads(run("check", "--json", str(tmp_path / "none")).stdout)["problems"][0]
    assert (nowhere["code"], nowhere["file"], nowhere["line"]) == ("no-folder", None, None)
