"""`hiprun ask`: an interview in the terminal."""

from __future__ import annotations

from typing import Any

import attrs
import click

from hiprun.errors import FactError
from hiprun.inference.facts import shown
from hiprun.inference.interview import Interview, Question, Step
from hiprun.inference.outcome_text import outcome_text, prose, wrapped
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import pack_at, patient, patient_options
from hiprun.language.reader.fact_files import read_value
from hiprun.model.value_notation import notation
from hiprun.pack import Pack

_HELP = "Type an answer, or press enter to skip; `back`, `why` and `stop` also work."
_YES = frozenset({"y", "yes", "true"})
_NO = frozenset({"n", "no", "false"})


@attrs.frozen
class _Answers:
    """The answers so far: facts, and facts that were skipped; `order` is needed for going back."""

    facts: dict[str, Any]
    skipped: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    def with_answer(self, fact: str, value: Any) -> _Answers:
        return _Answers({**self.facts, fact: value}, self.skipped, (*self.order, fact))

    def skipping(self, fact: str) -> _Answers:
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
        raise click.UsageError(f"Name one decision to ask about: {', '.join(pack.model.offered)}.")
    interview = pack.interview(decisions[0])
    step = _run_interview(interview, _Answers(dict(facts)))
    console.print_first(pack, step.outcome.facts)
    console.print_block(outcome_text(pack.decisions[step.decision], step.outcome).split("\n"))
    _print_explanation(pack, step)


def _print_explanation(pack: Pack, step: Step) -> None:
    click.echo()
    click.echo(str(attrs.evolve(step.outcome.explain(), notice="", decisions=())))
    click.echo()
    for line in prose(pack.notice):
        click.echo(line)


def _run_interview(interview: Interview, answers: _Answers) -> Step:
    """Run the interview until it is finished or stopped, and return its last step."""
    click.echo(_HELP)
    while True:
        step = interview.step(answers.facts, answers.skipped)
        if step.question is None:
            click.echo()
            return step
        _print_question(step.question, len(answers.order) + 1, step.most_left)
        answered = _read_answer(interview, step.question, answers)
        if answered is None:
            return step
        answers = answered


def _print_question(question: Question, number: int, most_left: int) -> None:
    click.echo()
    for line in wrapped(f"{number}. {question.ask}"):
        click.echo(click.style(line, bold=True))
    for index, (name, text) in enumerate(question.choices.items(), 1):
        for line in wrapped(f"{index} {text or name}", "   "):
            click.echo(line)
    click.echo(f"   [{_expected_input(question)}; at most {console.counted(most_left, 'question')} left]")


def _expected_input(question: Question) -> str:
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


def _read_answer(interview: Interview, question: Question, answers: _Answers) -> _Answers | None:
    """Return the answers with one more or one fewer; None to stop."""
    while True:
        try:
            reply = click.prompt(">", default="", show_default=False, prompt_suffix=" ").strip()
        except (click.Abort, EOFError):
            click.echo()
            return None
        match reply.lower():
            case "stop" | "quit":
                click.echo()
                return None
            case "back":
                return answers.back() if answers.order else answers
            case "why" | "?":
                _print_reasons(question)
                continue
            case "" | "skip":
                return answers.skipping(question.fact)
        answered = answers.with_answer(question.fact, _value(question, reply))
        refusals = _refusals(interview, question, answered)
        if not refusals:
            return answered
        for refusal in refusals:
            for line in wrapped(refusal, "   "):
                click.echo(line)


def _refusals(interview: Interview, question: Question, answered: _Answers) -> list[str]:
    """Return what is wrong with the last answer, in the words of the question."""
    value = answered.facts[question.fact]
    if question.type == "boolean" and not isinstance(value, bool):
        return [f"{shown(value)} is neither yes nor no. Answer yes or no; enter skips it."]
    try:
        interview.step(answered.facts, answered.skipped)
    except FactError as error:
        return [f"{problem.message} {problem.help}".strip() for problem in error.problems]
    return []


def _print_reasons(question: Question) -> None:
    reasons = [question.because] if question.because else []
    reasons.append(f"These rules depend on it: {', '.join(question.rules)}.")
    if question.sources:
        reasons.append(f"Source: {', '.join(question.sources)}.")
    for reason in reasons:
        for line in wrapped(reason, "   "):
            click.echo(line)


def _value(question: Question, text: str) -> Any:
    """Return the typed text as a value; text that cannot be read is left for the pack to reject in its own words."""
    names = list(question.choices)
    match question.type:
        case "boolean":
            lowered = text.lower()
            return True if lowered in _YES else False if lowered in _NO else text
        case "choice":
            return _choice(names, text)
        case "set":
            parts = text.replace(",", " ").split()
            return [] if parts == ["0"] else [_choice(names, part) for part in parts]
        case "integer" | "number":
            try:
                return read_value(text)
            except FactError:
                return text
        case _:
            return text


def _choice(names: list[str], text: str) -> str:
    return names[int(text) - 1] if text.isdecimal() and 0 < int(text[:6]) <= len(names) else text
