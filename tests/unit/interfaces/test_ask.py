"""Interviews and other answers at the terminal: `hiprun ask`, `--why-not`, `--ways-to`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hiprun.interfaces.cli.application import application

from .. import small_packs


def run(*words: str, said: str = "") -> Result:
    """Run a command and type `said`."""
    result = CliRunner().invoke(application, words, input=said)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_an_interview_ends_with_the_decision_and_why() -> None:
    """After the last question that matters the decision is printed with its reasons and the notice."""
    result = run("ask", "--professional", "triage", "pain_while_running=0", said="yes\n")
    assert result.exit_code == 0
    assert "action: urgent_evaluation" in result.stdout
    assert "* swelling-or-numbness (rules/triage.yaml:" in result.stdout
    assert "General guidance" in result.stdout
    assert max(map(len, result.stdout.split("\n"))) <= 80


def test_answers_can_be_taken_back() -> None:
    """`back` asks the previous question again; at the first question it changes nothing."""
    result = run("ask", "--professional", "triage", "pain_while_running=0", said="back\nno\nback\nyes\n")
    assert result.stdout.count("1. Is there swelling") == 3
    assert "action: urgent_evaluation" in result.stdout


def test_skipped_questions_stay_open() -> None:
    """Enter skips a question, the outcome stays open accordingly, and `back` asks it again."""
    result = run("ask", "--professional", "run_walk_plan", said="\n")
    assert "jog_minutes: 2 min or 4 min or 6 min" in result.stdout
    assert "still needed: plan_week" in result.stdout
    again = run("ask", "--professional", "triage", "pain_while_running=0", said="\nback\nyes\n")
    assert again.stdout.count("1. Is there swelling") == 2


@pytest.mark.parametrize("said", ["stop\n", "QUIT\n", ""])
def test_stopping_gives_the_safest_answer(said: str) -> None:
    """`stop`, or the end of the input, ends with the safest answer so far."""
    result = run("ask", "--professional", "triage", said=said)
    assert result.exit_code == 0
    assert "to be safe: urgent_evaluation" in result.stdout


def test_why_says_what_depends_on_a_question() -> None:
    """`why` names the rules that wait for the answer and the statements behind it, and asks again."""
    result = run("ask", "--professional", "triage", "pain_while_running=0", said="why\n?\nyes\n")
    assert result.stdout.count("These rules depend on it: triage.swelling-or-numbness.") == 2
    assert "Source: symptoms.others" in result.stdout


def test_why_gives_the_reason_of_the_pack(greenhouse_folder: Path) -> None:
    """If a fact has a reason, `why` prints it first."""
    result = run("ask", "--professional", "clash", "--rules", str(greenhouse_folder), said="why\nstop\n")
    assert "Heat harms seedlings first." in result.stdout


@pytest.mark.slow
def test_wrong_answers_are_refused_in_words_and_asked_again() -> None:
    """An invalid answer is rejected with an explanation, and the question is asked again."""
    result = run("ask", "--professional", "phase", said="many\n600\n[\n13\n")
    assert "`many` is not a number" in result.stdout
    assert "600 is out of range" in result.stdout
    assert "phase: return" in result.stdout
    said = run("ask", "--professional", "triage", "pain_while_running=0", said="maybe\nyes\n").stdout
    assert "   `maybe` is neither yes nor no. Answer yes or no; enter skips it.\n" in said
    assert "action: urgent_evaluation" in said


def test_the_person_is_told_what_to_answer_without_names() -> None:
    """A wrong answer, and why it is asked, are explained in words; rules and facts have no names here."""
    said = run("ask", "phase", said="many\n600\nwhy\n13\n").stdout
    assert "`many` does not answer the question. Answer with 0 to 520 weeks." in said
    assert said.count("does not answer the question.") == 2
    assert "The answer can still change." in said
    assert "weeks_since_injury" not in said


@pytest.mark.slow
def test_choices_are_taken_by_number_or_name() -> None:
    """Choices are numbered; a number or the name itself is an answer."""
    for said in ("3\n", "increasing\n"):
        result = run("ask", "--professional", "adjustment", "triage=1", said="stop\n")
        assert result.exit_code == 2
        facts = ["swelling=false", "numbness=false", "trouble_walking=false"]
        facts += ["pain_while_running=0", "pain_in_daily_life=0"]
        result = run("ask", "--professional", "adjustment", *facts, "hours_of_pain_after_run=0", said=said + "stop\n")
        assert "3 getting worse" in result.stdout
        assert "training: cut_back" in result.stdout


def test_sets_dates_texts_and_open_numbers_are_asked_for_in_their_own_way(tmp_path: Path) -> None:
    """For each type of fact, the prompt says what to type, and accepts it."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "pack.yaml").write_text("pack: small\nlanguage: 1\nversion: 1.0.0\ntitle: Small\n")
    (rules / "facts.yaml").write_text(
        "facts:\n"
        "  pests: {ask: Which pests?, type: set, choices: [aphids, slugs]}\n"
        "  planted: {ask: Planted when?, type: date}\n"
        "  name: {ask: Which plant?, type: string}\n"
        "  leaves: {ask: How many leaves?, type: integer, unit: leaves}\n"
    )
    (rules / "care.yaml").write_text(
        "decision: care\ntitle: Care\noutputs: {points: {type: integer}}\nhit: sum\nrules:\n"
        "  - {id: slugs, when: {pests: {includes: slugs}}, then: {points: 1}}\n"
        "  - {id: old, when: {planted: {below: 2026-01-01}}, then: {points: 2}}\n"
        "  - {id: rose, when: {name: rose}, then: {points: 4}}\n"
        "  - {id: big, when: {leaves: {above: 9}}, then: {points: 8}}\n"
    )
    answers = {"Which pests?": "2, aphids", "Planted when?": "2025-06-01", "Which plant?": "rose", "How many": "12"}
    said = ""
    for _ in answers:
        asked = run("ask", "--professional", "care", "--rules", str(rules), said=said).stdout
        said += next(answer for question, answer in answers.items() if question in asked.split("left]")[-2]) + "\n"
    result = run("ask", "--professional", "care", "--rules", str(rules), said=said)
    assert "points: 15" in result.stdout
    for words in ("numbers, or 0 for none", "a date such as", "[a text;", "[a number leaves;"):
        assert words in result.stdout
    assert (
        "points: 14"
        in run("ask", "--professional", "care", "--rules", str(rules), said=said.replace("2, aphids", "0")).stdout
    )


@pytest.mark.slow
def test_an_interview_is_about_one_decision() -> None:
    """Without a decision, or with several, the command says what is missing."""
    for words in ([], ["triage", "today"]):
        result = run("ask", "--professional", *words)
        assert result.exit_code == 2
        assert "Name one decision" in result.stderr


def test_why_not_names_the_rules_in_the_way(root: Path) -> None:
    """`--why-not` prints each rule that prevents the answer, with its facts and place."""
    runner = str(root / "examples" / "runner.yaml")
    text = run("explain", "today", "--facts", runner, "--why-not", "activity=run").stdout
    assert "Why not activity = run:" in text
    assert "- open-sign-or-pain (rules/today.yaml:" in text
    assert "or “Stop running” (triage.running: stop)." in " ".join(text.split())
    assert (
        "That is already the answer."
        in run("explain", "readiness", "--facts", runner, "--why-not", "result=ready").stdout
    )


@pytest.mark.slow
def test_ways_to_name_the_fewest_changes(root: Path) -> None:
    """`--ways-to` prints what would have to change and to what, with units."""
    runner = str(root / "examples" / "runner.yaml")
    text = run("explain", "today", "--facts", runner, "--ways-to", "activity=run").stdout
    assert "hours_of_pain_after_run: 60 -> at most 48 h" in text
    assert "pain_while_running: 3 -> 0 pain score" in text
    assert (
        "That is already the answer."
        in run("explain", "readiness", "--facts", runner, "--ways-to", "result=ready").stdout
    )
    never = run("explain", "today", "--facts", runner, "weeks_since_injury=3", "--ways-to", "activity=run").stdout
    assert "No change to the facts that can change leads to it." in never
    unknown = run("explain", "phase", "--ways-to", "phase=return").stdout
    assert "weeks_since_injury: not known" in unknown


@pytest.mark.slow
def test_other_answers_turn_into_json(root: Path) -> None:
    """With `--json` the outcome, the rules in the way and the ways are data."""
    words = ["explain", "today", "--facts", str(root / "examples" / "runner.yaml"), "--json"]
    found = json.loads(run(*words, "--why-not", "activity=run", "--ways-to", "activity=run").stdout)
    assert found["outcome"]["decision"] == "today"
    assert [step["id"] for step in found["why_not"]] == ["open-sign-or-pain"]
    assert len(found["ways_to"][0]["changes"]) == 3
    assert set(json.loads(run(*words, "--why-not", "activity=run").stdout)) == {"outcome", "why_not"}
    assert set(json.loads(run(*words, "--ways-to", "activity=run").stdout)) == {
        "outcome",
        "ways_to",
        "ways_exact",
    }


def test_other_answers_are_about_one_decision() -> None:
    """Several decisions have no common other answer."""
    result = run("explain", "today", "triage", "--why-not", "activity=run")
    assert result.exit_code == 2
    assert "Name one decision with --why-not and --ways-to." in result.stderr


def test_rules_without_a_reason_or_source_are_shown(tmp_path: Path) -> None:
    """If rules have neither a reason nor a source, an interview and `--why-not` show the rest."""
    small_packs.load(tmp_path, since=small_packs.DECISIONS["since"])
    result = run("ask", "--professional", "since", "--rules", str(tmp_path), said="why\nstop\n")
    assert "These rules depend on it: since.young." in result.stdout
    assert "Source:" not in result.stdout
    words = ("explain", "since", "--rules", str(tmp_path), "planted=2026-01-01", "windy=false")
    text = run(*words, "--why-not", "day=2020-01-01").stdout
    _, _, why = text.partition("Why not day = 2020-01-01:\n")
    assert why.splitlines()[0].startswith("  - young (")
    assert " ".join(why.split()).endswith("“Is it windy?” – no (windy: false).")
