"""`hiprun ask`: an interview in the terminal."""

from __future__ import annotations

from typing import Any

import attrs
import click

from hiprun.errors import FactError
from hiprun.inference.facts import shown
from hiprun.inference.interview import Interview, Question, Step
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import pack_at, patient, patient_options
from hiprun.interfaces.outcome_text import outcome_text, prose, wrapped
from hiprun.language.reader import read_value
from hiprun.model.value_notation import notation
from hiprun.pack import Pack

_HELP = "Answer, or: enter to skip what you do not know, `back`, `why`, `stop`."
_YES = frozenset({"y", "yes", "true"})
_NO = frozenset({"n", "no", "false"})


@attrs.frozen
class _Answers:
    """The answers so far: facts, and the facts that are not known; `order` is for going back."""

    facts: dict[str, Any]
    skipped: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    def answered(self, fact: str, value: Any) -> _Answers:
        return _Answers({**self.facts, fact: value}, self.skipped, (*self.order, fact))

    def without_answer(self, fact: str) -> _Answers:
        return _Answers(self.facts, (*self.skipped, fact), (*self.order, fact))

    def back(self) -> _Answers:
        last = self.order[-1]
        facts = {name: value for name, value in self.facts.items() if name != last}
        return _Answers(facts, tuple(name for name in self.skipped if name != last), self.order[:-1])


@click.command()
@patient_options
def ask(words: tuple[str, ...], facts_file: str | None, rules: str | None, settings: tuple[str, ...]) -> None:
    """Ask only the questions that can still change a decision.

    Facts you give as for `hiprun eval` are not asked for. At each question,
    Enter skips it, `back` takes back the last answer, `why` says why it is
    asked, and `stop` ends with the safest answer so far.
    """
    pack = pack_at(rules, settings)
    decisions, facts = patient(pack, words, facts_file)
    if len(decisions) != 1:
        raise click.UsageError("Name one decision to ask for, such as one that `hiprun eval` prints.")
    interview = pack.interview(decisions[0])
    step = _hold(interview, _Answers(dict(facts)))
    console.print_block(outcome_text(pack.decisions[step.decision], step.outcome).split("\n"))
    _why(pack, step)


def _why(pack: Pack, step: Step) -> None:
    click.echo()
    click.echo(str(attrs.evolve(step.outcome.explain(), notice="", decisions=())))
    click.echo()
    for line in prose(pack.notice):
        click.echo(line)


def _hold(interview: Interview, answers: _Answers) -> Step:
    """Hold the interview until it is done or someone stops, and return its last step."""
    click.echo(_HELP)
    while True:
        step = interview.step(answers.facts, answers.skipped)
        if step.question is None:
            click.echo()
            return step
        _show(step.question, len(answers.order) + 1, step.most_left)
        answered = _answer(interview, step.question, answers)
        if answered is None:
            return step
        answers = answered


def _show(question: Question, number: int, most_left: int) -> None:
    click.echo()
    for line in wrapped(f"{number}. {question.ask}"):
        click.echo(click.style(line, bold=True))
    for index, (name, text) in enumerate(question.choices.items(), 1):
        for line in wrapped(f"{index} {text or name}", "   "):
            click.echo(line)
    click.echo(f"   [{_expected(question)}; at most {console.counted(most_left, 'question')} left]")


def _expected(question: Question) -> str:
    unit = f" {question.unit}" if question.unit else ""
    match question.type:
        case "boolean":
            return "yes or no"
        case "choice":
            return "one number"
        case "set":
            return "numbers, or 0 for none"
        case "date":
            return "a date such as 2026-03-01"
        case "string":
            return "a text"
        case _:
            if question.lowest is not None and question.highest is not None:
                return f"{notation(question.lowest)} to {notation(question.highest)}{unit}"
            return f"a number{unit}"


def _answer(interview: Interview, question: Question, answers: _Answers) -> _Answers | None:
    """Return the answers with one more, or one fewer; None when someone stops."""
    while True:
        try:
            said = click.prompt(">", default="", show_default=False, prompt_suffix=" ").strip()
        except (click.Abort, EOFError):
            click.echo()
            return None
        match said.lower():
            case "stop" | "quit":
                click.echo()
                return None
            case "back":
                return answers.back() if answers.order else answers
            case "why" | "?":
                _say_why(question)
                continue
            case "" | "skip":
                return answers.without_answer(question.fact)
        answered = answers.answered(question.fact, _value(question, said))
        refusals = _refusals(interview, question, answered)
        if not refusals:
            return answered
        for refusal in refusals:
            for line in wrapped(refusal, "   "):
                click.echo(line)


def _refusals(interview: Interview, question: Question, answered: _Answers) -> list[str]:
    """Return what is wrong with the last answer, in the words in which it was asked for."""
    value = answered.facts[question.fact]
    if question.type == "boolean" and not isinstance(value, bool):
        return [f"{shown(value)} is neither yes nor no. Answer yes or no; enter skips it."]
    try:
        interview.step(answered.facts, answered.skipped)
    except FactError as error:
        return [f"{problem.message} {problem.help}".strip() for problem in error.problems]
    return []


def _say_why(question: Question) -> None:
    reasons = [question.because] if question.because else []
    reasons.append(f"These rules wait for it: {', '.join(question.rules)}.")
    if question.sources:
        reasons.append(f"Source: {', '.join(question.sources)}.")
    for reason in reasons:
        for line in wrapped(reason, "   "):
            click.echo(line)


def _value(question: Question, said: str) -> Any:
    """Return the typed text as a value; text that cannot be read is left for the pack to reject in its own words."""
    names = list(question.choices)
    match question.type:
        case "boolean":
            lowered = said.lower()
            return True if lowered in _YES else False if lowered in _NO else said
        case "choice":
            return _chosen(names, said)
        case "set":
            parts = said.replace(",", " ").split()
            return [] if parts == ["0"] else [_chosen(names, part) for part in parts]
        case "integer" | "number":
            try:
                return read_value(said)
            except FactError:
                return said
        case _:
            return said


def _chosen(names: list[str], said: str) -> str:
    return names[int(said) - 1] if said.isdecimal() and 0 < int(said[:6]) <= len(names) else said
